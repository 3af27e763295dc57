/* held.h: what else is held of somebody: evidence, and faces that are not that
 * person; and the last change, taken back. */
#ifndef MI_SERVE_HELD_H
#define MI_SERVE_HELD_H

#include "serve/routes.h"
#include "serve/visit.h"

/* Answer a request at the desk about them: the HTTP status. */
int mi_held_answer(const mi_visit *v, const mi_route *r);

#endif
