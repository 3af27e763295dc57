/* study.c: making a study, learning, judging. */
#include "picture/picture.h"

#include "base/alloc.h"
#include "base/error.h"
#include "mien/model.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- making
 * ------------------------------------------------------------------ */

/* Weights that make the classes of an answer equal, by the training part. */
static void balance(mien_picture_study *s, const mi_answer *a, float *weight)
{
    const mien_labels *l = s->train_set.labels;
    double n[MIEN_METRICS_CLASSES_MAX] = {0}, all = 0;
    int seen = 0;
    for (int64_t i = 0; i < s->part[0].n; i++) {
        int label = l->label[s->part[0].row[i] * l->tasks + a->of];
        if (label >= 0 && label < a->classes) {
            n[label]++;
            all++;
        }
    }
    for (int c = 0; c < a->classes; c++)
        seen += n[c] > 0;
    for (int c = 0; c < a->classes; c++)
        weight[c] = n[c] > 0 ? (float)(all / (seen * n[c])) : 1;
}

/* The losses that are learned, with the study's weights and smoothing. */
static void choose_losses(mien_picture_study *s)
{
    const mien_net *net = s->net;
    int answer = 0;
    for (int i = 0; i < net->n_losses; i++) {
        mien_loss l = net->loss[i];
        if (s->o.weight)
            l.weight = s->o.weight[i];
        if (s->o.weight && l.weight == 0)
            continue;
        s->loss_answer[s->losses] = answer;
        const mi_answer *a = &s->view.answer[answer++];
        if (l.kind == MIEN_LOSS_CCE && s->o.smoothing > 0)
            l.smoothing = s->o.smoothing;
        if (l.kind == MIEN_LOSS_CCE && s->o.balanced &&
            s->train_set.labels->label &&
            a->classes <= MIEN_METRICS_CLASSES_MAX) {
            balance(s, a, s->class_weight[s->losses]);
            l.class_weight = s->class_weight[s->losses];
        }
        s->loss[s->losses++] = l;
    }
}

/* The trainer of the losses that are learned. */
static mien_status make_trainer(mien_picture_study *s, mien_error *err)
{
    mien_trainer_options t = MIEN_TRAINER_DEFAULTS;
    choose_losses(s);
    if (!s->losses)
        return mi_fail(err, MIEN_EARG,
                       "the network has no loss that is learned from");
    t.pool = s->o.pool;
    t.batch = s->o.batch;
    t.seed = s->o.seed;
    t.optimizer = s->o.optimizer;
    t.losses = s->loss;
    t.n_losses = s->losses;
    t.schedule = s->o.schedule;
    if (t.schedule.kind == MIEN_RATE_COSINE && !(t.schedule.epochs > 0))
        t.schedule.epochs = s->o.epochs;
    t.average = s->o.average;
    t.team = s->o.team;
    s->mapped = mi_alloc((size_t)s->o.batch + MI_AHEAD, sizeof *s->mapped);
    return s->mapped ? mien_trainer_new(s->net->graph, &t, &s->trainer, err)
                     : mi_no_memory(err);
}

/* The task that errors are told by. */
static mien_status find_group(mien_picture_study *s, mien_error *err)
{
    s->group = -1;
    if (!s->o.group)
        return MIEN_OK;
    s->group = mien_labels_task(s->test_labels, s->o.group);
    return s->group >= 0
               ? MIEN_OK
               : mi_fail(err, MIEN_EARG,
                         "the labels of the test part have no task '%s'",
                         s->o.group);
}

/* Bind the answers, and open the pictures of both sets. */
static mien_status open_sets(mien_picture_study *s,
                             const mien_picture_set *test, mien_error *err)
{
    mien_picture_options plain = s->o;
    s->view.view = s->o.view;
    mien_status st =
        mi_bind(s->net, s->train_set.labels, s->o.weight, &s->view, err);
    if (!st)
        st = mi_view_loader(&s->view, &s->train_set, &s->o, &s->loader, err);
    s->test_set = test ? *test : s->train_set;
    s->test_labels = s->test_set.labels;
    if (st || !test)
        return st;
    plain.augment = (mien_augment)MIEN_AUGMENT_NONE;
    st = mi_align(&s->view, test->labels, &s->test_view, &s->aligned, err);
    s->test_set.labels = &s->aligned;
    if (!st)
        st = mi_view_loader(&s->test_view, &s->test_set, &plain,
                            &s->test_loader, err);
    return st;
}

static mien_status check_options(const mien_picture_options *o, mien_error *err)
{
    if (o->batch < 1 || o->batch > 1 << 20 || !(o->valid > 0 && o->valid < 1) ||
        !(o->test >= 0 && o->test < 1) ||
        !(o->smoothing >= 0 && o->smoothing < 1))
        return mi_fail(err, MIEN_EARG,
                       "a batch of %d, a validation share of %g, a test share "
                       "of %g, smoothing of %g: wanted 1 or more, and parts of "
                       "1",
                       o->batch, o->valid, o->test, (double)o->smoothing);
    return MIEN_OK;
}

mien_status mien_picture_study_new(mien_net *net, const mien_picture_set *train,
                                   const mien_picture_set *test,
                                   const mien_picture_options *options,
                                   mien_picture_study **out, mien_error *err)
{
    mien_status st = check_options(options, err);
    mien_picture_study *s = st ? NULL : mi_alloc(1, sizeof *s);
    if (!s)
        return st ? st : mi_no_memory(err);
    s->o = *options;
    s->net = net;
    if (s->o.data_sha256)
        snprintf(s->data_sha256, sizeof s->data_sha256, "%s", s->o.data_sha256);
    if (s->o.sheet)
        mien_sha256(s->o.sheet, s->o.sheet_size, s->sheet_sha256);
    s->train_set = *train;
    st = open_sets(s, test, err);
    if (!st)
        st = find_group(s, err);
    if (!st)
        st = mi_parts(s, test != NULL, err);
    if (!st && !s->o.state)
        st = mi_begin(s, err);
    if (!st)
        st = mi_weigh(s, err);
    if (!st)
        st = make_trainer(s, err);
    if (st) {
        mien_picture_study_free(s);
        return st;
    }
    *out = s;
    return MIEN_OK;
}

void mien_picture_study_free(mien_picture_study *s)
{
    if (!s)
        return;
    mien_fit_free(s->fit);
    mien_trainer_free(s->trainer);
    mien_loader_free(s->loader);
    mien_loader_free(s->test_loader);
    mi_aligned_free(&s->aligned);
    for (int i = 0; i < 3; i++)
        mi_free(s->row[i]);
    mi_free(s->mapped);
    mi_free(s->row_weight);
    mien_picture_verdict_free(&s->verdict[0]);
    mien_picture_verdict_free(&s->verdict[1]);
    mien_bytes_free(&s->file);
    mien_codes_free(&s->codes);
    mi_free(s);
}

mien_picture_parts mien_picture_study_parts(const mien_picture_study *s)
{
    return s->parts;
}

size_t mien_picture_study_bytes(const mien_picture_study *s)
{
    return mien_trainer_memory(s->trainer);
}

mien_picture_view mien_picture_study_view(const mien_picture_study *s)
{
    return s->o.view;
}

const int64_t *mien_picture_study_test_rows(const mien_picture_study *s,
                                            int64_t *n)
{
    *n = s->part[2].n;
    return s->part[2].row;
}

const mien_bytes *mien_picture_study_model(const mien_picture_study *s)
{
    return &s->file;
}

void mien_picture_study_set_identity(mien_picture_study *s,
                                     const mien_identity *kept)
{
    s->verdict[1].identity = *kept;
}

const mien_fit *mien_picture_study_fit(const mien_picture_study *s)
{
    return s->fit;
}

const mien_trainer *mien_picture_study_trainer(const mien_picture_study *s)
{
    return s->trainer;
}

/* ---- learning
 * ---------------------------------------------------------------- */

static int on_epoch(void *arg, const mien_fit *f, const mien_epoch *e)
{
    mien_picture_study *s = arg;
    (void)f;
    return s->o.on_epoch ? s->o.on_epoch(s->o.arg, s, e) : 0;
}

mien_status mien_picture_study_learn(mien_picture_study *s, mien_fit_end *end,
                                     mien_error *err)
{
    mien_fit_options fo = MIEN_FIT_DEFAULTS;
    mi_asked train = {s, &s->part[0], 1}, valid = {s, &s->part[1], 0};
    const mien_row_source from = {mi_fill, mi_ahead, &train};
    const mien_row_source check = {mi_fill, mi_ahead, &valid};
    const mien_samples rows = {.n = s->part[0].n, .source = &from};
    const mien_samples measured = {.n = s->part[1].n, .source = &check};
    double start = mien_clock();
    assert(!s->fit);
    fo.epochs = s->o.epochs;
    fo.patience = s->o.patience;
    fo.task_patience = s->o.task_patience;
    fo.plateau = s->o.plateau;
    fo.on_epoch = on_epoch;
    fo.arg = s;
    mien_status st = mien_fit_new(s->trainer, &fo, &s->fit, err);
    if (!st)
        st = mi_state_read(s, err);
    if (!st)
        st = mien_fit_run(s->fit, &rows, &measured, end, err);
    if (st && s->stopped) {
        st = MIEN_OK;
        if (end)
            *end = MIEN_FIT_ASKED;
    }
    s->seconds += mien_clock() - start;
    return st;
}

/* ---- judging
 * ----------------------------------------------------------------- */

/* Frame and temperatures by the validation part; the verdict of either. */
static mien_status judge_part(mien_picture_study *s, int part, mi_said *said,
                              mien_error *err)
{
    const mien_labels *labels =
        part == 2 ? s->test_labels : s->train_set.labels;
    int group = part == 2    ? s->group
                : s->o.group ? mien_labels_task(labels, s->o.group)
                             : -1;
    if (part == 1) {
        mi_frame(&s->view, said);
        mien_status st = mi_temperatures(&s->view, said, err);
        if (st)
            return st;
        for (int i = 0; i < s->test_view.n_answers; i++)
            for (int k = 0; k < s->view.n_answers; k++)
                if (strcmp(s->test_view.answer[i].name,
                           s->view.answer[k].name) == 0)
                    s->test_view.answer[i].temperature =
                        s->view.answer[k].temperature;
    }
    return mi_judge(&s->part[part], said, labels, group, &s->verdict[part - 1],
                    err);
}

/* Which data it learned from, into the model. */
static mien_status put_data(const mien_picture_study *s, mien_error *err)
{
    mien_graph *g = s->net->graph;
    if (*s->data_sha256)
        mien_graph_set_meta(g, "mien.data_sha256", s->data_sha256);
    if (*s->sheet_sha256)
        mien_graph_set_meta(g, "mien.sheet_sha256", s->sheet_sha256);
    return mien_graph_check(g, err);
}

mien_status mien_picture_study_judge(mien_picture_study *s, mien_error *err)
{
    mien_status st = MIEN_OK;
    for (int part = 1; part <= 2 && !st; part++) {
        mi_said said = {0};
        mien_picture_verdict_free(&s->verdict[part - 1]);
        st = mi_predict(s->net->graph, &s->part[part], s->o.mirror, s->o.pool,
                        &said, err);
        if (!st)
            st = judge_part(s, part, &said, err);
        mi_said_free(&said);
    }
    if (!st)
        st = mi_baseline(s, err);
    if (!st)
        st = mi_codes_fit(s, err);
    if (!st)
        st = mi_view_put(&s->view, s->net->graph, err);
    if (!st)
        st = put_data(s, err);
    mien_bytes_free(&s->file);
    return st ? st : mien_onnx_write(s->net->graph, &s->file, err);
}

const mien_picture_verdict *
mien_picture_study_verdict(const mien_picture_study *s, int test)
{
    return &s->verdict[test != 0];
}

mien_picture_baseline mien_picture_study_baseline(const mien_picture_study *s)
{
    return s->baseline;
}
