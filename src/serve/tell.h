/* tell.h: the pieces of answers. */
#ifndef MI_SERVE_TELL_H
#define MI_SERVE_TELL_H

#include "serve/ask.h"

#include "mien/json.h"

/* Why a request is refused, as JSON: {"message", "code"}. */
void mi_tell_error(int code, const char *message, mien_buffer *out);
/* That no face is in an image; 400. */
int mi_tell_no_face(const char *image, mien_buffer *out);
/* mi_tell_error with the status as code, which is returned. */
int mi_tell_refuse(int status, const char *why, mien_buffer *out);
/* The HTTP status of a failure. */
int mi_tell_status(mien_status st);
/* What was asked for of a face, into the object that is open. */
void mi_tell_face(mien_json *j, const mi_ask *ask, const mien_face *f);
/* Milliseconds over all faces of a photo. */
void mi_tell_times(mien_json *j, const char *key, const mien_reading *r);
/* The name that the catalogue has for the network of descriptors. */
const char *mi_tell_network(mien_describer describer);
/* The networks behind MIEN_FACE_*. */
void mi_tell_versions(mien_json *j, unsigned want, mien_describer describer);

#endif
