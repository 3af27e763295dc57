/* search.h: who described faces are, for another server or for this one. */
#ifndef MI_SERVE_SEARCH_H
#define MI_SERVE_SEARCH_H

#include "serve/shard.h"
#include "serve/visit.h"

/* Search this server's gallery for the faces of a question.
 *
 *   purpose  what for
 *   answer   [q->n] set
 *
 * Fails as mien_gallery_search_shard does. */
MIEN_CHECKED mien_status mi_search_faces(const mi_visit *v, const char *purpose,
                                         const mi_shard_question *q,
                                         mien_shard_answer *answer,
                                         mien_error *err);

/* Answer another server at the desk: the HTTP status.  It is never handed on:
 * servers that name each other as peers end there. */
int mi_search_answer(const mi_visit *v);

#endif
