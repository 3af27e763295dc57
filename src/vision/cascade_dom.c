/* cascade_dom.c: XML through expat, into a table of elements.
 *
 * Text and names lie behind one another in one block.  While it grows it may
 * move, so elements hold offsets until the document has ended. */
#include "vision/cascade_dom.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/grow.h"

#include <ctype.h>
#include <expat.h>
#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { MAX_DEPTH = 32, MAX_NODES = 4000000, MAX_TEXT = 64 << 20 };

/* Offsets into the text while it grows. */
typedef struct offsets {
    size_t name, type, text;
} offsets;

typedef struct reader {
    XML_Parser parser;
    mi_xml_node *node;
    offsets *at;
    int n;
    char *text;
    size_t n_text;
    int depth, open[MAX_DEPTH];
    mien_status st;
    mien_error *err;
} reader;

static void stop(reader *r, mien_status st)
{
    r->st = st;
    XML_StopParser(r->parser, XML_FALSE);
}

static int line_of(const reader *r)
{
    return (int)XML_GetCurrentLineNumber(r->parser);
}

/* Append to the document's text; 0 if the reader has stopped. */
static int put(reader *r, const char *s, size_t n)
{
    if (r->n_text + n > MAX_TEXT) {
        stop(r, mi_fail(r->err, MIEN_ELIMIT,
                        "cascade: line %d: more than %d bytes of text",
                        line_of(r), MAX_TEXT));
        return 0;
    }
    if (!mi_grow(&r->text, (int64_t)r->n_text, (int64_t)n, 1)) {
        stop(r, mi_no_memory(r->err));
        return 0;
    }
    memcpy(r->text + r->n_text, s, n);
    r->n_text += n;
    return 1;
}

static const char *attribute(const char **list, const char *name)
{
    for (; list[0]; list += 2)
        if (!strcmp(list[0], name))
            return list[1];
    return "";
}

/* An element begins: note it as the last child of the open one. */
static void on_start(void *user, const char *name, const char **attributes)
{
    reader *r = user;
    if (r->st != MIEN_OK)
        return;
    if (r->depth == MAX_DEPTH || r->n == MAX_NODES) {
        stop(r, mi_fail(r->err, MIEN_ELIMIT,
                        "cascade: line %d: <%.40s>: elements lie more than %d "
                        "deep, or are more than %d",
                        line_of(r), name, MAX_DEPTH, MAX_NODES));
        return;
    }
    const char *type = attribute(attributes, "type_id");
    if (!mi_push(&r->node, r->n, sizeof *r->node) ||
        !mi_push(&r->at, r->n, sizeof *r->at)) {
        stop(r, mi_no_memory(r->err));
        return;
    }
    size_t at = r->n_text;
    if (!put(r, name, strlen(name) + 1) || !put(r, type, strlen(type) + 1))
        return;
    int me = r->n++;
    r->at[me] = (offsets){at, at + strlen(name) + 1, r->n_text};
    r->node[me] =
        (mi_xml_node){.line = line_of(r), .child = -1, .last = -1, .next = -1};
    if (r->depth) {
        mi_xml_node *parent = &r->node[r->open[r->depth - 1]];
        if (parent->last >= 0)
            r->node[parent->last].next = me;
        else
            parent->child = me;
        parent->last = me;
    }
    r->open[r->depth++] = me;
}

static void on_end(void *user, const char *name)
{
    reader *r = user;
    (void)name;
    if (r->st != MIEN_OK)
        return;
    int me = r->open[--r->depth];
    if (r->node[me].child < 0) /* its text is what was put last */
        put(r, "", 1);
}

/* Only the innermost element has text that matters. */
static void on_text(void *user, const char *s, int n)
{
    reader *r = user;
    if (r->st != MIEN_OK || !r->depth ||
        r->node[r->open[r->depth - 1]].child >= 0)
        return;
    put(r, s, (size_t)n);
}

static void on_doctype(void *user, const char *name, const char *system,
                       const char *public, int internal)
{
    reader *r = user;
    (void)system, (void)public, (void)internal;
    stop(r, mi_fail(r->err, MIEN_EFORMAT,
                    "cascade: line %d: a document type ('%.40s'), wanted none",
                    line_of(r), name));
}

static void *take(size_t n) { return mi_alloc_raw(n, 1); }

/* realloc on mi_alloc: the size in front of each block. */
enum { HEAD = 64 };
static void *expat_alloc(size_t n)
{
    char *p = n <= SIZE_MAX - HEAD ? take(n + HEAD) : NULL;
    if (!p)
        return NULL;
    memcpy(p, &n, sizeof n);
    return p + HEAD;
}
static void expat_free(void *p)
{
    if (p)
        mi_free((char *)p - HEAD);
}
static void *expat_realloc(void *p, size_t n)
{
    void *made = expat_alloc(n);
    if (made && p) {
        size_t had;
        memcpy(&had, (char *)p - HEAD, sizeof had);
        memcpy(made, p, had < n ? had : n);
        expat_free(p);
    }
    return made;
}

/* Give n bytes to the parser, at most 1 MiB at a time. */
static enum XML_Status parse_part(reader *r, const char *bytes, size_t n)
{
    enum XML_Status st = XML_STATUS_OK;
    for (size_t some; n && st == XML_STATUS_OK && r->st == MIEN_OK;
         bytes += some, n -= some) {
        some = n < (1 << 20) ? n : 1 << 20;
        st = XML_Parse(r->parser, bytes, (int)some, 0);
    }
    return st;
}

/* The first comment that XML forbids, and where it ends; NULL: there is none.
 * In cascades comments may begin with more than two dashes, or be Latin-1. */
static const char *odd_comment(const char *at, const char *end,
                               const char **after)
{
    const char *from;
    for (; (from = memmem(at, (size_t)(end - at), "<!--", 4)); at = *after) {
        const char *p = from + 4;
        while (p + 1 < end && (signed char)*p >= 0 && memcmp(p, "--", 2) != 0)
            p++;
        *after = memmem(p, (size_t)(end - p), "-->", 3);
        if (*after != p)
            break;
        *after += 3;
    }
    if (from && *after)
        *after += 3;
    return from;
}

/* An encoding that expat does not know: what matters is ASCII in all. */
static int on_encoding(void *user, const char *name, XML_Encoding *out)
{
    (void)user, (void)name;
    for (int i = 0; i < 256; i++)
        out->map[i] = i < 128 ? i : 0xfffd;
    out->data = NULL;
    out->convert = NULL;
    out->release = NULL;
    return XML_STATUS_OK;
}

/* Give a document to the parser without blanks in front and zero bytes behind,
 * and of odd comments the ends of lines alone. */
static enum XML_Status parse_document(reader *r, const char *at, size_t n)
{
    const char *end = at + n, *after = NULL;
    enum XML_Status st = XML_STATUS_OK;
    int wide = n > 1 && (!at[0] || !at[1] || (at[0] ^ at[1]) == 1); /* UTF-16 */
    while (end > at && !wide && !end[-1])
        end--;
    while (at < end && *at && strchr(" \n\r\t", *at))
        at++;
    while (at < end && st == XML_STATUS_OK && r->st == MIEN_OK) {
        const char *from = odd_comment(at, end, &after);
        st = parse_part(r, at, (size_t)((from ? from : end) - at));
        if (!from)
            break;
        if (!after && r->st == MIEN_OK)
            r->st = mi_fail(r->err, MIEN_EFORMAT,
                            "cascade: line %d: a comment without an end",
                            line_of(r));
        at = after ? after : end;
        for (; from < at && st == XML_STATUS_OK; from++)
            if (*from == '\n')
                st = XML_Parse(r->parser, "\n", 1, 0);
    }
    return st == XML_STATUS_OK && r->st == MIEN_OK
               ? XML_Parse(r->parser, "", 0, 1)
               : st;
}

/* Parse a whole document into the reader. */
static mien_status parse(reader *r, const uint8_t *bytes, size_t n)
{
    static const XML_Memory_Handling_Suite memory = {expat_alloc, expat_realloc,
                                                     expat_free};
    r->parser = XML_ParserCreate_MM(NULL, &memory, NULL);
    if (!r->parser)
        return mi_no_memory(r->err);
    XML_SetUserData(r->parser, r);
    XML_SetElementHandler(r->parser, on_start, on_end);
    XML_SetCharacterDataHandler(r->parser, on_text);
    XML_SetStartDoctypeDeclHandler(r->parser, on_doctype);
    XML_SetUnknownEncodingHandler(r->parser, on_encoding, NULL);
    enum XML_Status done = parse_document(r, (const char *)bytes, n);
    if (r->st == MIEN_OK && done != XML_STATUS_OK) {
        enum XML_Error why = XML_GetErrorCode(r->parser);
        r->st = why == XML_ERROR_NO_MEMORY
                    ? mi_no_memory(r->err)
                    : mi_fail(r->err, MIEN_EFORMAT,
                              "cascade: line %d: %s, wanted XML", line_of(r),
                              XML_ErrorString(why));
    }
    XML_ParserFree(r->parser);
    return r->st;
}

mien_status mi_xml_read(const uint8_t *bytes, size_t n, mi_xml *out,
                        mien_error *err)
{
    reader r = {.err = err, .st = MIEN_OK};
    mien_status st = parse(&r, bytes, n);
    for (int i = 0; st == MIEN_OK && i < r.n; i++) {
        r.node[i].name = r.text + r.at[i].name;
        r.node[i].type = r.text + r.at[i].type;
        r.node[i].text = r.node[i].child < 0 ? r.text + r.at[i].text : "";
    }
    mi_free(r.at);
    *out = (mi_xml){r.n, r.node, r.text};
    if (st != MIEN_OK)
        mi_xml_free(out);
    return st;
}

void mi_xml_free(mi_xml *x)
{
    mi_free(x->node);
    mi_free(x->text);
    *x = (mi_xml){0};
}

int mi_xml_child(const mi_xml *x, int node, const char *name)
{
    for (int i = x->node[node].child; i >= 0; i = x->node[i].next)
        if (!strcmp(x->node[i].name, name))
            return i;
    return -1;
}

/* A number at *p as C writes it, whatever the locale, or .Nan, .Inf and -.Inf
 * as OpenCV writes them, infinite ones as the largest float; 0 if there is
 * none. */
static int number(const char **p, double *out)
{
    const char *from = *p;
    int minus = *from == '-';
    from += minus || *from == '+';
    from += from[0] == '.' && isalpha((unsigned char)from[1]);
    int word = isalpha((unsigned char)*from);
    if (!word && !isdigit((unsigned char)*from) && *from != '.')
        return 0;
    locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    char *end;
    double v = strtod_l(from, &end, c);
    freelocale(c);
    *p = end;
    if (word && isinf(v))
        v = (double)FLT_MAX;
    *out = minus ? -v : v;
    /* as nine digits have the largest */
    return end != from && !(v >= (double)FLT_MAX * (1 + 0x1p-25));
}

int mi_xml_numbers(const mi_xml *x, int node, int max, double *out,
                   mien_error *err)
{
    const mi_xml_node *e = &x->node[node];
    const char *p = e->text;
    int n = 0;
    for (;; n++) {
        while (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t')
            p++;
        if (!*p)
            return n;
        const char *from = p;
        double v;
        if (n == max || !number(&p, &v) || (*p && !strchr(" \n\r\t", *p))) {
            (void)mi_fail(err, MIEN_EFORMAT,
                          "cascade: line %d, <%.40s>: '%.20s', wanted at most "
                          "%d numbers that a float holds",
                          e->line, e->name, from, max);
            return -1;
        }
        out[n] = v;
    }
}

mien_status mi_xml_number(const mi_xml *x, int node, const char *name,
                          double lo, double hi, double *out, mien_error *err)
{
    int child = mi_xml_child(x, node, name);
    if (child < 0)
        return mi_fail(err, MIEN_EFORMAT,
                       "cascade: line %d: no <%s> in <%.40s>",
                       x->node[node].line, name, x->node[node].name);
    double v = 0;
    int n = mi_xml_numbers(x, child, 1, &v, err);
    if (n < 0)
        return MIEN_EFORMAT;
    if (n == 0 || !(v >= lo && v <= hi))
        return mi_fail(err, MIEN_EFORMAT,
                       "cascade: line %d, <%s>: '%.20s', wanted %g..%g",
                       x->node[child].line, name, x->node[child].text, lo, hi);
    *out = v;
    return MIEN_OK;
}
