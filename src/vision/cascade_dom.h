/* cascade_dom.h: the elements of a small XML document, from expat. */
#ifndef MI_VISION_CASCADE_DOM_H
#define MI_VISION_CASCADE_DOM_H

#include "mien/base.h"

/* An element.  Numbers are indices of elements; -1: none. */
typedef struct mi_xml_node {
    const char *name; /* in the document's text */
    const char *type; /* its type_id attribute; "" if it has none */
    const char *text; /* what stands in it itself, children left out */
    int line, child, last, next;
} mi_xml_node;

typedef struct mi_xml {
    int n;
    mi_xml_node *node; /* [n], 0 is the root */
    char *text;
} mi_xml;

/* Read a document; free it with mi_xml_free.
 *
 * Elements lie at most 32 deep; there are at most 4 million, with 64 MB of
 * text; document types (and so entities) are refused.
 * Fails with EFORMAT, ELIMIT, ENOMEM. */
mien_status mi_xml_read(const uint8_t *bytes, size_t n, mi_xml *out,
                        mien_error *err);
/* Release what mi_xml_read filled in. */
void mi_xml_free(mi_xml *x);

/* The first child of that name; -1 if there is none. */
int mi_xml_child(const mi_xml *x, int node, const char *name);

/* The numbers in an element's text, at most max of them, each within a float's
 * range; how many there are, or -1 with err filled when something else stands
 * there. */
int mi_xml_numbers(const mi_xml *x, int node, int max, double *out,
                   mien_error *err);

/* The one number of a child; EFORMAT where it is missing or not in lo..hi. */
mien_status mi_xml_number(const mi_xml *x, int node, const char *name,
                          double lo, double hi, double *out, mien_error *err);

#endif
