/* desk.h: a gallery behind a server: one request at a time is at the desk. */
#ifndef MI_SERVE_DESK_H
#define MI_SERVE_DESK_H

#include "serve/ask.h"
#include "serve/body.h"
#include "serve/peers.h"
#include "serve/routes.h"
#include "serve/visit.h"

#include <pthread.h>

typedef struct mi_desk {
    /* NULL: there is none, or none any more; set with the lock held */
    mien_gallery *_Atomic gallery;
    pthread_mutex_t lock;
    char model[MIEN_GALLERY_DIGEST]; /* of the descriptors that come; "": not
                                        known */
    mien_describer describer;
    mi_peers *peers; /* NULL: there are none */
    float tolerance; /* 0: as the gallery was calibrated, or the network's */
    mi_owner owner;
} mi_desk;

/* Why it is refused where there is none. */
extern const char mi_desk_closed[];

/* Answer a request that needs the gallery: the HTTP status, and the answer's
 * text in out.
 *
 *   got  [1] what was read of a photo, with descriptors; none for routes
 *        without pictures */
int mi_desk_answer(mi_desk *d, const mi_route *route, const mi_ask *ask,
                   const mi_body *body, const mien_reading *got,
                   mien_buffer *out);

/* As mien_server_comparable. */
int mi_desk_comparable(mi_desk *d, int opt_out, int *enrolled);

/* Erase whose end has come; 0: it failed, and is tried again. */
int mi_desk_sweep(mi_desk *d);

#endif
