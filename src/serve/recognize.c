/* recognize.c: who the faces of a photo are, by this server's gallery and those
 * of its peers. */
#include "serve/recognize.h"

#include "base/alloc.h"
#include "base/error.h"
#include "mien/match.h"
#include "serve/search.h"
#include "serve/tell.h"
#include "serve/visit.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* How many of this server's gallery a search could find, and how many there
 * are: the rest have no face that this network described. */
typedef struct counts {
    int compared, enrolled;
} counts;

/* A photo's faces on their way. */
typedef struct party {
    const char *purpose;
    mi_shard_question q;       /* the faces that were described */
    int shards;                /* galleries: this server's, and peers */
    mien_shard_answer *answer; /* [shards, q.n] this server's first */
    mi_peer_reply *reply;      /* [peers] */
    mien_shard_answer *joined; /* [q.n] */
    int gone;                  /* this server's gallery was deleted meanwhile */
    counts people, opt_out;
    mien_taken_record taken; /* for this server's gallery */
} party;

static void done(party *p)
{
    mi_shard_question_free(&p->q);
    mi_free(p->answer);
    mi_free(p->reply);
    mi_free(p->joined);
}

/* ---- searching ----------------------------------------------------------- */

/* The distance at which a face gets a name. */
static mien_status near_enough(const mi_visit *v, const char *purpose,
                               float *out, mien_error *err)
{
    mien_gallery_threshold kept;
    int found = 0;
    mien_status st = MIEN_OK;
    *out = v->tolerance > 0 ? v->tolerance
                            : mien_describer_threshold(v->describer);
    if (v->tolerance <= 0 && v->g)
        st = mien_gallery_threshold_of(v->g, purpose, v->model, &found, &kept,
                                       err);
    if (!st && found)
        *out = kept.threshold;
    return st;
}

/* Look into this server's gallery, if there is one, before a search. */
static mien_status look(mi_desk *d, const mi_visit *v, party *p,
                        mien_error *err)
{
    const char *said = v->ask->has_taken ? v->ask->taken : NULL;
    mi_visit now = *v;
    /* Peers may have birth dates where this server has none. */
    snprintf(p->q.day, sizeof p->q.day, "%s", said ? said : v->got->taken);
    pthread_mutex_lock(&d->lock);
    now.g = d->gallery;
    mien_status st = near_enough(&now, p->purpose, &p->q.threshold, err);
    if (now.g) {
        mien_gallery_taken(now.g, p->purpose, said, v->got->taken, &p->taken);
        p->people.compared = mien_gallery_comparable(
            now.g, p->purpose, v->model, &p->people.enrolled);
        p->opt_out.compared = mien_gallery_comparable(
            now.g, MIEN_GALLERY_OPT_OUT, v->model, &p->opt_out.enrolled);
    }
    pthread_mutex_unlock(&d->lock);
    return st;
}

/* Take the faces that were described; room for all answers. */
static mien_status gather(const mi_desk *d, const mi_visit *v, party *p,
                          mien_error *err)
{
    const mien_faces *f = &v->got->faces;
    int peers = d->peers ? mi_peers_count(d->peers) : 0;
    size_t n = (size_t)f->n;
    size_t numbers = (size_t)mien_describer_numbers(v->describer);
    p->shards = (v->g != NULL) + peers;
    p->q.numbers = (int)numbers;
    p->q.descriptor = mi_alloc(n * numbers, sizeof(float));
    p->answer = mi_alloc(n * (size_t)p->shards, sizeof *p->answer);
    p->reply = mi_alloc((size_t)peers + 1, sizeof *p->reply);
    p->joined = mi_alloc(n, sizeof *p->joined);
    if (!p->q.descriptor || !p->answer || !p->reply || !p->joined)
        return mi_no_memory(err);
    memcpy(p->q.model, v->model, sizeof p->q.model);
    for (int i = 0; i < f->n; i++)
        if (f->face[i].has & MIEN_FACE_DESCRIPTOR)
            memcpy(p->q.descriptor + (size_t)p->q.n++ * numbers,
                   f->face[i].descriptor, numbers * sizeof(float));
    return MIEN_OK;
}

/* Join what all galleries say of each face. */
static void join(party *p)
{
    mien_shard_answer of[MIEN_SHARDS_MAX];
    for (int i = 0; i < p->q.n; i++) {
        for (int k = 0; k < p->shards; k++)
            of[k] = p->answer[(size_t)k * (size_t)p->q.n + (size_t)i];
        mien_shard_answers_join(p->shards, of, &p->joined[i]);
    }
}

/* Ask this server's gallery, if it is there still. */
static mien_status search_own(mi_desk *d, const mi_visit *v, party *p,
                              mien_error *err)
{
    mi_visit now = *v;
    pthread_mutex_lock(&d->lock);
    now.g = d->gallery;
    p->gone = !now.g;
    mien_status st =
        now.g ? mi_search_faces(&now, p->purpose, &p->q, p->answer, err)
              : MIEN_EARG;
    pthread_mutex_unlock(&d->lock);
    return st;
}

/* Ask all galleries, this server's own while the peers are at it. */
static mien_status search(mi_desk *d, const mi_visit *v, int lane, party *p,
                          mien_error *err)
{
    mien_status st = MIEN_OK;
    if (d->peers)
        st = mi_peers_ask(d->peers, lane, p->purpose, &p->q, err);
    if (st)
        return st;
    if (v->g)
        st = search_own(d, v, p, err);
    if (d->peers && st)
        mi_peers_drop(d->peers, lane);
    else if (d->peers)
        mi_peers_wait(d->peers, lane, &p->q,
                      p->answer + (v->g ? (size_t)p->q.n : 0), p->reply);
    if (!st)
        join(p);
    return st;
}

/* ---- the answer ---------------------------------------------------------- */

/* The subjects of a face: the nearest, or none, which is null where it is not
 * known. */
static void put_match(mien_json *j, const mi_desk *d,
                      const mien_shard_answer *a, float near)
{
    int sure = a->answered == a->asked;
    int found = a->distance < near && *a->name;
    if (!found && !sure) {
        mien_json_null(j, "subjects");
    } else {
        mien_json_array(j, "subjects");
        if (found) {
            mien_json_object(j, NULL);
            mien_json_text(j, "subject", a->name);
            mien_json_real(j, "similarity",
                           1 - (double)a->distance / (2 * (double)near), 6);
            mien_json_real(j, "distance", (double)a->distance, 6);
            mien_json_close(j);
        }
        mien_json_close(j);
    }
    if (d->peers)
        mien_json_bool(j, "certain", sure);
}

/* How many of this server's gallery could be found. */
static void put_counts(mien_json *j, const party *p)
{
    mien_json_int(j, "compared", p->people.compared);
    mien_json_int(j, "enrolled", p->people.enrolled);
    mien_json_object(j, "opt_out");
    mien_json_int(j, "compared", p->opt_out.compared);
    mien_json_int(j, "enrolled", p->opt_out.enrolled);
    mien_json_close(j);
}

/* Which galleries were asked, and which did not answer. */
static void put_shards(mien_json *j, const mi_desk *d, const mi_visit *v,
                       const party *p)
{
    int peers = mi_peers_count(d->peers), answered = v->g != NULL;
    for (int i = 0; p->q.n && i < peers; i++)
        answered += p->reply[i].end == MI_PEER_ANSWERED;
    mien_json_object(j, "shards");
    mien_json_int(j, "asked", p->q.n ? p->shards : 0);
    mien_json_int(j, "answered", p->q.n ? answered : 0);
    mien_json_int(j, "compared", p->q.n ? p->joined[0].compared : 0);
    mien_json_int(j, "incomparable", p->q.n ? p->joined[0].incomparable : 0);
    mien_json_array(j, "missing");
    for (int i = 0; p->q.n && i < peers; i++) {
        const mi_peer_reply *r = &p->reply[i];
        if (r->end == MI_PEER_ANSWERED)
            continue;
        mien_json_object(j, NULL);
        mien_json_int(j, "peer", i + 1);
        mien_json_text(j, "why", mi_peer_ends[r->end]);
        if (r->status)
            mien_json_int(j, "status", r->status);
        mien_json_close(j);
    }
    mien_json_close(j);
    mien_json_close(j);
}

/* The whole answer. */
static void put_faces(const mi_desk *d, const mi_visit *v, const party *p)
{
    /* Of a face that could not be described it is not known who it is. */
    const mien_shard_answer unread = {.asked = d->peers != NULL,
                                      .distance = NAN};
    const mien_faces *f = &v->got->faces;
    mien_json j = mien_json_on(v->out, 0);
    mien_json_object(&j, NULL);
    mien_json_array(&j, "result");
    for (int i = 0, k = 0; i < f->n; i++) {
        mien_json_object(&j, NULL);
        int described = (f->face[i].has & MIEN_FACE_DESCRIPTOR) != 0;
        const mien_shard_answer *a = described ? &p->joined[k++] : &unread;
        mi_tell_face(&j, v->ask, &f->face[i]);
        put_match(&j, d, a, p->q.threshold);
        mien_json_bool(&j, "described", described);
        mien_json_int(&j, "compared", a->compared);
        mien_json_close(&j);
    }
    mien_json_close(&j);
    if (v->g) {
        put_counts(&j, p);
        mien_record_taken(&j, &p->taken);
    }
    if (d->peers)
        put_shards(&j, d, v, p);
    if (v->ask->status) {
        mi_tell_versions(&j, v->ask->wish.want | MIEN_FACE_DESCRIPTOR,
                         v->describer);
        mi_tell_times(&j, "execution_time", v->got);
        mien_json_real(&j, "threshold", (double)p->q.threshold, 6);
    }
    mien_json_close(&j);
}

/* A request whose purpose is known. */
static int recognize(mi_desk *d, const mi_visit *v, int lane, party *p)
{
    mien_error err = {0};
    mien_status st = look(d, v, p, &err);
    if (!st)
        st = gather(d, v, p, &err);
    if (!st && d->peers && p->q.n > MI_SHARD_FACES)
        return mi_visit_refuse(v, 400,
                               "limit: of more than 1000 faces peers are not "
                               "asked");
    if (!st && p->q.n)
        st = search(d, v, lane, p, &err);
    if (p->gone)
        return mi_visit_refuse(v, 404, mi_desk_closed);
    if (st)
        return mi_visit_refused(v, st, &err);
    put_faces(d, v, p);
    return 200;
}

int mi_recognize(mi_desk *d, const mi_ask *ask, const mien_reading *got,
                 int lane, mien_buffer *out)
{
    const mi_visit v = {
        .g = d->gallery,
        .model = d->model,
        .describer = d->describer,
        .tolerance = d->tolerance,
        .ask = ask,
        .got = got,
        .out = out,
    };
    party p = {0};
    int status = mi_visit_purpose(&v, &p.purpose);
    if (status)
        return status;
    if (!got->faces.n)
        return mi_tell_no_face("given", out);
    status = recognize(d, &v, lane, &p);
    done(&p);
    return status;
}
