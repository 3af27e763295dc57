/* reader.c: analyzers with their models, from the paths of photos to faces. */
#include "kit/image.h"

#include "base/alloc.h"
#include "base/error.h"

#include <assert.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

/* What a lane works with. */
typedef struct mi_lane {
    mien_pool *pool; /* NULL: one thread */
    mien_analyzer *analyzer;
} mi_lane;

struct mien_reader {
    mien_face_kit kit;
    unsigned want;
    mien_rotate rotate;
    mien_read_options image;
    int lanes;
    mi_lane *lane; /* [lanes] */
    mien_model_digest digest[MIEN_FACE_MAX_MODELS];
    pthread_t hasher;
    pthread_mutex_t lock; /* of hashing */
    int hashing;          /* 1: the thread hasher writes the digests */
};

static void *hash_all(void *arg)
{
    mien_reader *r = arg;
    for (int i = 0; i < r->kit.n; i++) {
        const mien_face_model *m = &r->kit.model[i];
        size_t n = m->file.bytes.n;
        const uint8_t *bytes = m->file.bytes.data;
        if (!bytes)
            bytes = mien_model_embedded(m->entry->name, &n);
        r->digest[i].task = m->entry->task;
        mien_sha256(bytes, n, r->digest[i].sha256);
    }
    return NULL;
}

/* Hash beside what follows: planning takes one thread, reading all of them. */
static void start_hashing(mien_reader *r)
{
    r->hashing = pthread_create(&r->hasher, NULL, hash_all, r) == 0;
    if (!r->hashing)
        hash_all(r);
}

static mien_status open_lane(mien_reader *r, mi_lane *l,
                             const mien_reader_options *o, mien_error *err)
{
    mien_face_options face = o->face;
    mien_status st = MIEN_OK;
    if (o->threads != 1)
        st = mien_pool_new(o->threads, &l->pool, err);
    face.pool = l->pool;
    if (st == MIEN_OK)
        st = mien_analyzer_new(&r->kit.graphs, &face, &l->analyzer, err);
    return st;
}

/* Find the models and make the analyzers. */
static mien_status open_all(mien_reader *r, const mien_reader_options *o,
                            mien_error *err)
{
    const char *folder = o->models;
    r->want = o->face.want;
    r->rotate = o->face.rotate;
    r->image = o->image;
    r->lanes = o->lanes ? o->lanes : 1;
    if (r->lanes < 1 || r->lanes > MIEN_POOL_MAX)
        return mi_fail(err, MIEN_EARG, "reader: %d lanes, wanted 1..%d",
                       r->lanes, MIEN_POOL_MAX);
    r->lane = mi_alloc((size_t)r->lanes, sizeof *r->lane);
    if (!r->lane)
        return mi_no_memory(err);
    mien_status st =
        mien_face_kit_find(&o->face, mien_models_lookup, &folder, &r->kit, err);
    if (st == MIEN_OK)
        start_hashing(r);
    for (int i = 0; i < r->lanes && st == MIEN_OK; i++)
        st = open_lane(r, &r->lane[i], o, err);
    return st;
}

mien_status mien_reader_open(const mien_reader_options *options,
                             mien_reader **out, mien_error *err)
{
    static const mien_reader_options usual = MIEN_READER_DEFAULTS;
    mien_reader *r = mi_alloc(1, sizeof *r);
    if (!r)
        return mi_no_memory(err);
    pthread_mutex_init(&r->lock, NULL);
    mien_status st = open_all(r, options ? options : &usual, err);
    if (st != MIEN_OK) {
        mien_reader_free(r);
        return st;
    }
    *out = r;
    return MIEN_OK;
}

static void wait_for_digests(mien_reader *r)
{
    pthread_mutex_lock(&r->lock);
    if (r->hashing)
        pthread_join(r->hasher, NULL);
    r->hashing = 0;
    pthread_mutex_unlock(&r->lock);
}

void mien_reader_free(mien_reader *r)
{
    if (!r)
        return;
    wait_for_digests(r);
    for (int i = 0; r->lane && i < r->lanes; i++) {
        mien_analyzer_free(r->lane[i].analyzer);
        mien_pool_free(r->lane[i].pool);
    }
    mien_face_kit_done(&r->kit);
    pthread_mutex_destroy(&r->lock);
    mi_free(r->lane);
    mi_free(r);
}

mien_analyzer *mien_reader_analyzer(mien_reader *r, int lane)
{
    assert(lane >= 0 && lane < r->lanes);
    return r->lane[lane].analyzer;
}

const mien_model_digest *mien_reader_digests(mien_reader *r, int *n)
{
    wait_for_digests(r);
    *n = r->kit.n;
    return r->digest;
}

/* Say how a photo was turned, if nobody asked for that turn. */
static void note_turn(const mien_reader *r, mien_reading *got)
{
    int degrees = got->faces.n ? got->faces.face[0].rotation : 0;
    if (!degrees || r->rotate != MIEN_ROTATE_AUTO)
        return;
    snprintf(got->remark, sizeof got->remark,
             "the face%s; read after a turn of %d degrees clockwise",
             degrees == 180     ? got->faces.n > 1 ? "s stand on their heads"
                                                   : " stands on its head"
             : got->faces.n > 1 ? "s lie on their side"
                                : " lies on its side",
             degrees);
}

mien_status mien_reader_read(mien_reader *r, int lane, const char *path,
                             mien_image *photo, mien_reading *out,
                             mien_error *err)
{
    mien_analyzer *a = mien_reader_analyzer(r, lane);
    mien_photo p = {0};
    mien_reading got = {0};
    double start = mien_clock();
    mien_status st = mi_photo_load(path, &r->image, &p, err);
    got.decode = mien_clock() - start;
    got.w = p.w;
    got.h = p.h;
    memcpy(got.warning, p.warning, sizeof got.warning);
    memcpy(got.taken, p.taken, sizeof got.taken);
    if (st == MIEN_OK)
        st = mien_analyzer_run(a, &p.im, &got.faces, err);
    if (st == MIEN_OK && (p.w != p.im.w || p.h != p.im.h))
        mien_faces_scale(&got.faces, (float)p.w / (float)p.im.w,
                         (float)p.h / (float)p.im.h);
    got.times = mien_analyzer_times(a);
    note_turn(r, &got);
    if (st == MIEN_OK)
        *out = got;
    if (st == MIEN_OK && photo)
        *photo = p.im;
    else
        mien_photo_free(&p);
    return st;
}

mien_status mien_reader_face(mien_reader *r, const char *path, mien_pick pick,
                             mien_face *out, mien_error *err)
{
    mien_reading got = {0};
    mien_error why = {0};
    mien_status st = mien_reader_read(r, 0, path, NULL, &got, &why);
    if (st != MIEN_OK)
        return mi_file_fail(err, st, path, why.text);
    const mien_face *f =
        pick == MIEN_PICK_LARGEST
            ? mien_faces_largest(&got.faces, r->want)
            : mien_faces_central(&got.faces, got.w, got.h, r->want);
    if (f)
        *out = *f;
    else
        st = mi_file_fail(err, MIEN_EFORMAT, path, "no face found");
    mien_faces_free(&got.faces);
    return st;
}

/* Why a photo does not show the face that is wanted; 0: it does. */
static int lacks(const mien_faces *f, unsigned want, int number, char words[80])
{
    const int at = number ? number - 1 : 0;
    if (!f->n)
        snprintf(words, 80, "no face found");
    else if (!number && f->n > 1)
        snprintf(words, 80, "%d faces, wanted is one; choose one by its number",
                 f->n);
    else if (at >= f->n)
        snprintf(words, 80, "%d face%s, wanted is number %d", f->n,
                 f->n == 1 ? "" : "s", number);
    else if ((f->face[at].has & want) != want)
        snprintf(words, 80, "the face is too far outside to be read");
    else
        return 0;
    return 1;
}

mien_status mien_reader_one(mien_reader *r, const char *path, int number,
                            mien_face *out, mien_error *err)
{
    mien_reading got = {0};
    mien_error why = {0};
    char words[80];
    mien_status st = mien_reader_read(r, 0, path, NULL, &got, &why);
    if (st != MIEN_OK)
        return mi_file_fail(err, st, path, why.text);
    if (lacks(&got.faces, r->want, number, words))
        st = mi_file_fail(err, MIEN_EFORMAT, path, words);
    else
        *out = got.faces.face[number ? number - 1 : 0];
    mien_faces_free(&got.faces);
    return st;
}
