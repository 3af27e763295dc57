/* search.c: who described faces are, for another server or for this one. */
#include "serve/search.h"

#include "base/alloc.h"

#include <string.h>

mien_status mi_search_faces(const mi_visit *v, const char *purpose,
                            const mi_shard_question *q,
                            mien_shard_answer *answer, mien_error *err)
{
    mien_status st = MIEN_OK;
    for (int i = 0; !st && i < q->n; i++) {
        const mien_gallery_faces face = mi_visit_described(
            v, q->descriptor + (size_t)i * (size_t)q->numbers);
        st = mien_gallery_search_shard(v->g, purpose, q->day, &face,
                                       q->threshold, &answer[i], err);
    }
    return st;
}

/* The answers to a question whose network is this server's. */
static int answer_question(const mi_visit *v, const char *purpose,
                           const mi_shard_question *q)
{
    mien_error err = {0};
    mien_shard_answer *a = mi_alloc((size_t)q->n, sizeof *a);
    if (!a)
        return mi_visit_refused(v, MIEN_ENOMEM, &err);
    mien_status st = mi_search_faces(v, purpose, q, a, &err);
    if (!st)
        mi_shard_answers_write(q, a, v->out);
    mi_free(a);
    return st ? mi_visit_refused(v, st, &err) : 200;
}

int mi_search_answer(const mi_visit *v)
{
    const char *purpose = NULL;
    mi_shard_question q = {0};
    mien_error err = {0};
    int status = mi_visit_purpose(v, &purpose);
    if (status)
        return status;
    mien_status st = mi_shard_question_read(
        v->body, v->model, mien_describer_numbers(v->describer), &q, &err);
    if (st)
        return mi_visit_refuse(v,
                               st == MIEN_ENOMEM   ? 503
                               : st == MIEN_EUNSUP ? 409
                                                   : 400,
                               err.text);
    status = answer_question(v, purpose, &q);
    mi_shard_question_free(&q);
    return status;
}
