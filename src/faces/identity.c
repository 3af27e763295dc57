/* identity.c: whose face it still is once an auto-encoder has made it again.
 *
 * A face as the model sees it and what the model makes of it are described by
 * the network that recognises people; beside their distance stands that of two
 * faces that follow each other in the set. */
#include "mien/faces.h"

#include "base/alloc.h"
#include "base/error.h"
#include "mien/match.h"
#include "mien/model.h"

enum { MOST = 200 };

/* Models that a face is described and made again with. */
typedef struct describing {
    mien_coder *coder;
    mien_analyzer *analyzer;
    const mien_picture_set *set;
    float *code; /* [units] */
} describing;

/* The descriptor of a chip's face; EFORMAT: none could be read. */
static mien_status describe(const describing *d, const mien_image *chip,
                            float *out, mien_error *err)
{
    const float side = (float)chip->w;
    const mien_box box = {.18f * side, .2f * side, .64f * side, .68f * side};
    mien_face face = {0};
    mien_status st = mien_analyzer_read(d->analyzer, chip, box, &face, err);
    if (!st && !mien_face_described(&face, MIEN_DESCRIBER_DLIB))
        return MIEN_EFORMAT;
    for (int i = 0; i < MIEN_DESCRIPTOR && !st; i++)
        out[i] = face.descriptor[i];
    return st;
}

/* Descriptors of a picture of the set and of what is made of it. */
static mien_status describe_both(const describing *d, int64_t row,
                                 float out[2][MIEN_DESCRIPTOR], mien_error *err)
{
    const mien_coder_info size = mien_coder_get_info(d->coder);
    mien_image whole = {0}, seen = {0}, again = {0};
    mien_status st =
        d->set->load(d->set->arg, d->set->labels->name[row], &whole, err);
    if (!st)
        st = mien_image_resize(&whole, size.w, size.h, MIEN_AREA, &seen, err);
    if (!st)
        st = mien_coder_encode(d->coder, &seen, d->code, NULL, err);
    if (!st)
        st = mien_coder_decode(d->coder, d->code, &again, err);
    if (!st)
        st = describe(d, &seen, out[0], err);
    if (!st)
        st = describe(d, &again, out[1], err);
    mien_image_free(&whole);
    mien_image_free(&seen);
    mien_image_free(&again);
    return st;
}

/* Distances over at most MOST of n rows, at even distances. */
static mien_status measure(const describing *d, const int64_t *row, int64_t n,
                           mien_identity *out, mien_error *err)
{
    float now[2][MIEN_DESCRIPTOR], last[MIEN_DESCRIPTOR];
    int64_t m = n < MOST ? n : MOST, pairs = 0;
    mien_identity sum = {0};
    for (int64_t i = 0; i < m; i++) {
        int64_t at = i * n / m;
        mien_status st = describe_both(d, row ? row[at] : at, now, err);
        if (st == MIEN_ENOMEM)
            return st;
        if (st)
            continue;
        double kept = (double)mien_descriptor_distance(now[0], now[1]);
        sum.kept += kept;
        sum.same += kept < (double)MIEN_SAME_PERSON;
        if (sum.n++) {
            sum.strangers += (double)mien_descriptor_distance(now[0], last);
            pairs++;
        }
        for (int k = 0; k < MIEN_DESCRIPTOR; k++)
            last[k] = now[0][k];
    }
    if (pairs) {
        sum.kept /= (double)sum.n;
        sum.same /= (double)sum.n;
        sum.strangers /= (double)pairs;
        *out = sum;
    }
    return MIEN_OK;
}

mien_status mien_identity_of(const mien_bytes *model, const char *models,
                             const mien_picture_set *set, const int64_t *row,
                             int64_t n, mien_identity *out, mien_error *err)
{
    const mien_face_options o = {.want = MIEN_FACE_DESCRIPTOR};
    describing d = {.set = set};
    *out = (mien_identity){0};
    if (!set->load || mien_models_missing(models, &o))
        return MIEN_OK;
    mien_status st = mien_coder_new(model->data, model->n, NULL, &d.coder, err);
    if (!st)
        st = mien_analyzer_find(&o, mien_models_lookup, &models, &d.analyzer,
                                err);
    if (!st) {
        d.code = mi_alloc((size_t)mien_coder_get_info(d.coder).units,
                          sizeof *d.code);
        st = d.code ? measure(&d, row, n, out, err) : mi_no_memory(err);
    }
    mien_coder_free(d.coder);
    mien_analyzer_free(d.analyzer);
    mi_free(d.code);
    return st;
}

mien_status mien_faces_judge(mien_picture_study *s, const char *models,
                             const mien_picture_set *test, mien_error *err)
{
    mien_identity same = {0};
    int64_t n = 0;
    mien_status st = mien_picture_study_judge(s, err);
    if (st || !mien_picture_study_view(s).aligned)
        return st;
    const int64_t *row = mien_picture_study_test_rows(s, &n);
    st = mien_identity_of(mien_picture_study_model(s), models, test, row, n,
                          &same, err);
    if (!st)
        mien_picture_study_set_identity(s, &same);
    return st;
}

mien_status mien_faces_evaluate(const mien_bytes *model, const char *models,
                                const mien_picture_set *set,
                                const mien_picture_evaluate_options *options,
                                mien_picture_verdict *out, mien_error *err)
{
    mien_graph *g = NULL;
    mien_picture_view view = {0};
    mien_status st =
        mien_picture_evaluate(model->data, model->n, set, options, out, err);
    if (!st)
        st = mien_onnx_read(model->data, model->n, &g, err);
    if (!st)
        st = mien_picture_view_of(g, &view, err);
    mien_graph_free(g);
    if (!st && view.aligned)
        st = mien_identity_of(model, models, set, NULL, set->labels->n,
                              &out->identity, err);
    if (st)
        mien_picture_verdict_free(out);
    return st;
}
