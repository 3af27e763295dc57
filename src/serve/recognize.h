/* recognize.h: who the faces of a photo are, by this server's gallery and those
 * of its peers. */
#ifndef MI_SERVE_RECOGNIZE_H
#define MI_SERVE_RECOGNIZE_H

#include "serve/desk.h"

/* Answer a request, where there is a gallery or peers: the HTTP status, and the
 * answer's text in out.  The desk is locked while its gallery is
 * searched, and not while peers are waited for: two servers that ask each other
 * would wait for each other.
 *
 *   got   what was read of the photo, with descriptors
 *   lane  of the thread, to ask peers */
int mi_recognize(mi_desk *d, const mi_ask *ask, const mien_reading *got,
                 int lane, mien_buffer *out);

#endif
