/* answer.h: what a request about photos asks for, and its answer. */
#ifndef MI_SERVE_ANSWER_H
#define MI_SERVE_ANSWER_H

#include "serve/body.h"
#include "serve/routes.h"

#include "mien/serve.h"

/* What the query of a request asks for. */
typedef struct mi_ask {
    mien_serve_wish wish;
    int landmarks, status; /* 1: they are told, too */
} mi_ask;

/* Read a parameter of a query; value NULL: it has none.  Those of other names
 * are passed over.  Fails with EARG. */
MIEN_CHECKED mien_status mi_ask_set(mi_ask *ask, const char *name,
                                    const char *value, mien_error *err);

/* Why a request is refused, as JSON: {"message", "code"}. */
void mi_answer_error(int code, const char *message, mien_buffer *out);

/* Who reads photos for one thread. */
typedef struct mi_sight {
    mien_serve_read *read;
    void *arg;
    int lane;
} mi_sight;

/* Read the pictures of a body and answer for a route that has some: the HTTP
 * status, and the answer's text in out.
 *
 *   type  the Content-Type; NULL: none */
int mi_answer(const mi_route *route, const mi_ask *ask, const char *type,
              const mien_buffer *body, const mi_sight *sight, mien_buffer *out);

#define MI_ASK_DEFAULTS    \
    {                      \
        {0, 0.6f, 0}, 0, 0 \
    }

#endif
