/* visit.h: a request at the desk, which has the lock. */
#ifndef MI_SERVE_VISIT_H
#define MI_SERVE_VISIT_H

#include "serve/ask.h"
#include "serve/body.h"

#include "mien/gallery_inferred.h"
#include "mien/json.h"

/* Who stands behind the desk: the file of keys, and the server's owner. */
typedef struct mi_owner {
    int (*may_delete)(void *keys, const char *id); /* 1: a key is good still */
    void *keys;
    void (*deletion)(void *arg, const mien_serve_deletion *deletion);
    void *deletion_arg;
} mi_owner;

typedef struct mi_visit {
    mien_gallery *g;
    const mi_owner *owner;
    int *gone;         /* set to 1: the gallery is deleted */
    const char *model; /* SHA-256 of the network of its descriptors */
    mien_describer describer;
    float tolerance; /* 0: as the gallery was calibrated */
    const mi_ask *ask;
    const mi_body *body;
    const mien_reading *got;
    mien_buffer *out;
} mi_visit;

/* Refuse it: the status, which is returned, and why. */
int mi_visit_refuse(const mi_visit *v, int status, const char *why);
/* The same, of what the gallery refused. */
int mi_visit_refused(const mi_visit *v, mien_status st, const mien_error *err);
/* For what it is: the key's purpose, or that of the query.  0, or the status of
 * a refusal. */
int mi_visit_purpose(const mi_visit *v, const char **out);
/* May the request's key know of somebody? */
int mi_visit_sees(const mi_visit *v, const mien_gallery_person *p);
/* Somebody whom it may know of; NULL: there is none. */
const mien_gallery_person *mi_visit_find(const mi_visit *v, const char *name);
/* Write a number as a UUID, as CompreFace's are. */
void mi_visit_put_id(mien_json *j, const char *name, int64_t id);
/* Write what certifies that somebody was erased. */
void mi_visit_put_certificate(mien_json *j, const mien_gallery_certificate *c);
/* Write which files of predictions have rows about that person still. */
void mi_visit_put_files(mien_json *j, const mien_gallery_inferred *e, int n);
/* The number of such a text; 0: it is none. */
int64_t mi_visit_read_id(const char *text);
/* A descriptor of the network that describes here, as a gallery takes it. */
mien_gallery_faces mi_visit_described(const mi_visit *v, const float *row);
/* The one face of a photo, described; NULL, and the status of a refusal. */
const mien_face *mi_visit_face(const mi_visit *v, int *status);

#endif
