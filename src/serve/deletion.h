/* deletion.h: the gallery deleted by two keys, and all of a purpose by one. */
#ifndef MI_SERVE_DELETION_H
#define MI_SERVE_DELETION_H

#include "serve/routes.h"
#include "serve/visit.h"

/* Answer a request at the desk about it: the HTTP status.  *v->gone is set to 1
 * once the gallery can only be closed. */
int mi_deletion_answer(const mi_visit *v, const mi_route *r);

#endif
