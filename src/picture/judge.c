/* judge.c: how good the answers of a network are.
 *
 * Points are measured twice: their squared errors in pixels of what the network
 * sees, as articles print them, and the errors over the distance of the eyes in
 * pixels of the photo, which a stretched cut would distort. */
#include "picture/picture.h"

#include "base/alloc.h"
#include "base/error.h"
#include "mien/metrics_image.h"

#include <math.h>
#include <string.h>

static const double point_limit = 0.1;

void mien_picture_verdict_free(mien_picture_verdict *v)
{
    if (!v)
        return;
    for (int i = 0; v->answer && i < v->answers; i++) {
        mien_answer_verdict *a = &v->answer[i];
        for (int c = 0; a->class_name && c < a->classes; c++)
            mi_free(a->class_name[c]);
        for (int c = 0; a->group_name && c < a->groups; c++)
            mi_free(a->group_name[c]);
        mi_free(a->class_name);
        mi_free(a->group_name);
        mi_free(a->matrix);
        mi_free(a->each);
        mi_free(a->group_n);
        mi_free(a->group_accuracy);
        mi_free(a->group);
    }
    mi_free(v->answer);
    *v = (mien_picture_verdict){0};
}

/* What the judging of one answer works on. */
typedef struct judging {
    const mi_rows *r;
    const mi_said *said;
    const mi_answer *answer;
    int which;     /* answer */
    int *group;    /* [n] of each row, or NULL: none */
    double *error; /* [n] of each row, for the worst; NaN: not known */
} judging;

/* Copies of n names, each freed with mi_free. */
static char **copy_names(int n, char *const *from)
{
    char **to = mi_alloc((size_t)n + 1, sizeof *to);
    for (int i = 0; to && i < n; i++) {
        size_t len = strlen(from[i]) + 1;
        to[i] = mi_alloc(len, 1);
        if (!to[i]) {
            for (int j = 0; j < i; j++)
                mi_free(to[j]);
            mi_free(to);
            return NULL;
        }
        memcpy(to[i], from[i], len);
    }
    return to;
}

static int largest(const float *v, int n)
{
    int best = 0;
    for (int i = 1; i < n; i++)
        best = v[i] > v[best] ? i : best;
    return best;
}

/* The class that shares speak for; -1: unknown. */
static int class_of(const float *share, int n)
{
    int best = largest(share, n);
    return share[best] > 0 ? best : -1;
}

/* ---- classes ----------------------------------------------------------------
 */

/* Count rows into the matrix, and note each row's log loss. */
static void count(const judging *j, mien_answer_verdict *v)
{
    const mi_answer *a = j->answer;
    for (int64_t i = 0; i < j->said->n; i++) {
        const float *z = j->said->said[j->which] + i * a->units;
        const float *t = j->said->truth[j->which] + i * a->units;
        int is = j->said->weight[i] > 0 ? class_of(t, a->units) : -1;
        double top = (double)z[largest(z, a->units)], sum = 0;
        j->error[i] = (double)NAN;
        if (is < 0)
            continue;
        for (int c = 0; c < a->units; c++)
            sum += exp(((double)z[c] - top) / a->temperature);
        j->error[i] = log(sum) + (top - (double)z[is]) / a->temperature;
        v->matrix[is * a->units + largest(z, a->units)]++;
        v->log_loss += j->error[i];
        v->n++;
    }
    v->log_loss = v->n ? v->log_loss / (double)v->n : (double)NAN;
}

/* Accuracies of the groups. */
static void judge_groups(const judging *j, mien_answer_verdict *v)
{
    const mi_answer *a = j->answer;
    for (int64_t i = 0; i < j->said->n; i++) {
        int g = j->group[i];
        if (g < 0 || !isfinite(j->error[i]))
            continue;
        const float *z = j->said->said[j->which] + i * a->units;
        const float *t = j->said->truth[j->which] + i * a->units;
        v->group_n[g]++;
        v->group_accuracy[g] += largest(z, a->units) == class_of(t, a->units);
    }
    for (int g = 0; g < v->groups; g++)
        v->group_accuracy[g] /= (double)v->group_n[g]; /* 0/0: NaN */
}

/* The confusion matrix, rates and log loss of a task. */
static mien_status judge_classes(const judging *j, mien_answer_verdict *v,
                                 mien_error *err)
{
    const mi_answer *a = j->answer;
    size_t k = (size_t)a->units;
    v->classes = a->units;
    v->temperature = a->temperature;
    v->class_name = copy_names(a->units, a->class_name);
    v->matrix = mi_alloc(k * k, sizeof *v->matrix);
    v->each = mi_alloc(k, sizeof *v->each);
    if (!v->class_name || !v->matrix || !v->each)
        return mi_no_memory(err);
    count(j, v);
    if (v->n)
        v->rates = mien_matrix_rates_of(a->units, v->matrix, v->each);
    if (j->group)
        judge_groups(j, v);
    return MIEN_OK;
}

/* ---- points -----------------------------------------------------------------
 */

/* Points of all rows in pixels of their photos. */
static void scale_points(const judging *j, const float *from, float *to)
{
    const mi_view *v = j->r->view;
    int units = j->answer->units;
    for (int64_t i = 0; i < j->said->n; i++) {
        const float *size = j->said->size + 2 * i;
        int known = j->said->weight[i] > 0 && size[0] > 0 && size[1] > 0;
        for (int u = 0; u < units; u++, from++, to++)
            *to = known ? *from * size[u % 2] / (float)(u % 2 ? v->h : v->w)
                        : NAN;
    }
}

/* Width and height of the faces' boxes, [n, 2]; 0: unknown. */
static void box_sizes(const judging *j, float *out)
{
    const mien_picture_set *set = j->r->set;
    const mien_box *box = set->box ? set->box : set->labels->box;
    for (int64_t i = 0; i < j->r->n; i++) {
        out[2 * i] = box ? box[j->r->row[i]].width : 0;
        out[2 * i + 1] = box ? box[j->r->row[i]].height : 0;
    }
}

/* Errors of every face: squares as the network sees it, the rest by its photo.
 */
static mien_status measure(const judging *j, float *room, mien_point_error *e,
                           mien_point_error *seen, mien_error *err)
{
    int64_t n = j->said->n, all = n * j->answer->units;
    mien_faces_scored f = {.n = n, .points = j->answer->units / 2};
    int eyes[2];
    mi_find_eyes(j->r->set->labels, eyes);
    f.left_eye = eyes[0];
    f.right_eye = eyes[1];
    f.found = j->said->said[j->which];
    f.truth = j->said->truth[j->which];
    mien_status st = mien_point_errors_of(&f, seen, err);
    scale_points(j, f.found, room);
    scale_points(j, f.truth, room + all);
    box_sizes(j, room + 2 * all);
    f.found = room;
    f.truth = room + all;
    f.box = room + 2 * all;
    if (!st)
        st = mien_point_errors_of(&f, e, err);
    for (int64_t i = 0; i < n && !st; i++) {
        e[i].square = e[i].known ? seen[i].square : (double)NAN;
        j->error[i] = e[i].eyes;
    }
    return st;
}

/* Errors of points: of all faces, by error, by group. */
static mien_status judge_points(const judging *j, mien_answer_verdict *v,
                                mien_error *err)
{
    size_t n = (size_t)j->said->n;
    float *room =
        mi_alloc(n + 1, 2 * ((size_t)j->answer->units + 1) * sizeof *room);
    mien_point_error *e = mi_alloc(n + 1, 2 * sizeof *e);
    mien_status st = room && e ? MIEN_OK : mi_no_memory(err);
    if (!st)
        st = measure(j, room, e, e + n, err);
    if (!st) {
        v->points = mien_point_summary_of((int64_t)n, e, NULL, 0, point_limit);
        v->n = v->points.n;
        mien_point_curve((int64_t)n, e, MIEN_ANSWER_CURVE, 2 * point_limit,
                         v->curve);
    }
    for (int g = 0; g < v->groups && !st; g++) {
        v->group[g] =
            mien_point_summary_of((int64_t)n, e, j->group, g, point_limit);
        v->group_n[g] = v->group[g].n;
    }
    mi_free(room);
    mi_free(e);
    return st;
}

/* ---- numbers ----------------------------------------------------------------
 */

static void judge_number(const judging *j, mien_answer_verdict *v)
{
    for (int64_t i = 0; i < j->said->n; i++) {
        double e = (double)j->said->said[j->which][i] -
                   (double)j->said->truth[j->which][i];
        j->error[i] = j->said->weight[i] > 0 ? fabs(e) : (double)NAN;
        if (!isfinite(j->error[i]))
            continue;
        v->absolute += fabs(e);
        v->root_square += e * e;
        v->n++;
    }
    v->absolute = v->n ? v->absolute / (double)v->n : (double)NAN;
    v->root_square = v->n ? sqrt(v->root_square / (double)v->n) : (double)NAN;
}

/* ---- pictures and divergences
 * ------------------------------------------------------ */

static void judge_picture(const judging *j, mien_answer_verdict *v)
{
    for (int64_t i = 0; i < j->said->n; i++) {
        const float *said = j->said->said[j->which] + 2 * i;
        j->error[i] = j->said->weight[i] > 0 ? (double)said[0] : (double)NAN;
        if (!isfinite(j->error[i]))
            continue;
        v->square += j->error[i];
        v->ssim += (double)said[1];
        v->n++;
    }
    v->square /= (double)v->n; /* 0/0: NaN */
    v->ssim /= (double)v->n;
    v->psnr = mien_psnr(v->square, 1);
}

static void judge_divergence(const judging *j, mien_answer_verdict *v)
{
    for (int64_t i = 0; i < j->said->n; i++) {
        double nats = 0;
        for (int u = 0; u < j->answer->units; u++)
            nats += (double)j->said->said[j->which][i * j->answer->units + u];
        j->error[i] = j->said->weight[i] > 0 ? nats / log(2.0) : (double)NAN;
        if (!isfinite(j->error[i]))
            continue;
        v->bits += j->error[i];
        v->n++;
    }
    v->bits /= (double)v->n;
}

static void judge_loss(const judging *j, mien_answer_verdict *v)
{
    for (int64_t i = 0; i < j->said->n; i++) {
        double loss = (double)j->said->said[j->which][i * j->answer->units];
        j->error[i] = j->said->weight[i] > 0 ? loss : (double)NAN;
        if (!isfinite(j->error[i]))
            continue;
        v->loss += j->error[i];
        v->n++;
    }
    v->loss /= (double)v->n;
}

/* ---- all
 * ---------------------------------------------------------------------- */

static mien_status make_groups(const judging *j, const mien_label_task *task,
                               mien_answer_verdict *v, mien_error *err)
{
    if (!j->group)
        return MIEN_OK;
    size_t n = (size_t)task->classes;
    v->group_name = copy_names(task->classes, task->class_name);
    v->group_n = mi_alloc(n, sizeof *v->group_n);
    v->group_accuracy = mi_alloc(n, sizeof *v->group_accuracy);
    v->group = mi_alloc(n, sizeof *v->group);
    v->groups = v->group_name ? task->classes : 0;
    return v->group_name && v->group_n && v->group_accuracy && v->group
               ? MIEN_OK
               : mi_no_memory(err);
}

/* Note the rows with the largest errors, the worst first. */
static void find_worst(const judging *j, mien_picture_verdict *v)
{
    const int most = sizeof v->worst / sizeof *v->worst;
    for (int64_t i = 0; i < j->said->n; i++) {
        double e = j->error[i];
        int at = v->worst_n;
        if (!isfinite(e) || (at == most && e <= v->worst_error[at - 1]))
            continue;
        at = at < most ? v->worst_n++ : most - 1;
        for (; at > 0 && e > v->worst_error[at - 1]; at--) {
            v->worst[at] = v->worst[at - 1];
            v->worst_error[at] = v->worst_error[at - 1];
        }
        v->worst[at] = j->r->row[i];
        v->worst_error[at] = e;
    }
}

/* The figures of one answer, by its kind. */
static mien_status judge_answer(const judging *j, const mien_label_task *task,
                                mien_answer_verdict *v, mien_error *err)
{
    memcpy(v->name, j->answer->name, sizeof v->name);
    v->kind = j->answer->kind;
    mien_status st = make_groups(j, task, v, err);
    if (st)
        return st;
    if (v->kind == MIEN_ANSWER_CLASSES)
        return judge_classes(j, v, err);
    if (v->kind == MIEN_ANSWER_POINTS)
        return judge_points(j, v, err);
    if (v->kind == MIEN_ANSWER_PICTURE)
        judge_picture(j, v);
    else if (v->kind == MIEN_ANSWER_DIVERGENCE)
        judge_divergence(j, v);
    else if (v->kind == MIEN_ANSWER_LOSS)
        judge_loss(j, v);
    else
        judge_number(j, v);
    return MIEN_OK;
}

mien_status mi_judge(const mi_rows *r, const mi_said *said,
                     const mien_labels *labels, int group,
                     mien_picture_verdict *out, mien_error *err)
{
    mien_picture_verdict v = {.n = r->n};
    judging j = {.r = r, .said = said};
    size_t n = (size_t)r->n + 1;
    j.error = mi_alloc(n, sizeof *j.error);
    j.group = group < 0 ? NULL : mi_alloc(n, sizeof *j.group);
    v.answer = mi_alloc((size_t)r->view->n_answers + 1, sizeof *v.answer);
    mien_status st = j.error && (group < 0 || j.group) && v.answer
                         ? MIEN_OK
                         : mi_no_memory(err);
    for (int64_t i = 0; i < r->n && !st; i++) {
        v.failures += !(said->weight[i] > 0);
        if (j.group)
            j.group[i] = labels->label[r->row[i] * labels->tasks + group];
    }
    for (int i = 0; i < r->view->n_answers && !st; i++) {
        j.answer = &r->view->answer[i];
        j.which = i;
        if (j.answer->place < 0 && mi_answer_labelled(j.answer))
            continue;
        st = judge_answer(&j, group < 0 ? NULL : &labels->task[group],
                          &v.answer[v.answers++], err);
        if (!st && v.answers == 1)
            find_worst(&j, &v);
    }
    mi_free(j.error);
    mi_free(j.group);
    if (st)
        mien_picture_verdict_free(&v);
    else
        *out = v;
    return st;
}

mien_status mi_temperatures(mi_view *v, const mi_said *said, mien_error *err)
{
    mien_status st = MIEN_OK;
    int32_t *is = mi_alloc((size_t)said->n + 1, sizeof *is);
    if (!is)
        return mi_no_memory(err);
    for (int i = 0; i < v->n_answers && !st; i++) {
        mi_answer *a = &v->answer[i];
        if (a->kind != MIEN_ANSWER_CLASSES || a->units < 2 || !said->truth[i])
            continue;
        for (int64_t r = 0; r < said->n; r++)
            is[r] = said->weight[r] > 0
                        ? class_of(said->truth[i] + r * a->units, a->units)
                        : -1;
        st = mien_temperature_fit(said->n, a->units, said->said[i], is,
                                  &a->temperature, NULL, NULL, err);
    }
    mi_free(is);
    return st;
}

/* Add the middle and the sides of the points' box of a row, in shares. */
static void add_frame(const mi_view *v, const float *xy, int units,
                      double sum[4])
{
    float low[2] = {xy[0], xy[1]}, high[2] = {xy[0], xy[1]};
    for (int i = 2; i < units; i++) {
        low[i % 2] = fminf(low[i % 2], xy[i]);
        high[i % 2] = fmaxf(high[i % 2], xy[i]);
    }
    for (int c = 0; c < 2; c++) {
        double side = c ? v->h : v->w;
        sum[c] += (double)(low[c] + high[c]) / 2 / side + 0.5;
        sum[2 + c] += (double)(high[c] - low[c]) / side;
    }
}

void mi_frame(mi_view *v, const mi_said *said)
{
    double sum[4] = {0}, n = 0;
    for (int i = 0; i < v->n_answers && v->view.crop == MIEN_CROP_WHOLE; i++) {
        const mi_answer *a = &v->answer[i];
        if (a->kind != MIEN_ANSWER_POINTS || !said->truth[i])
            continue;
        for (int64_t r = 0; r < said->n; r++)
            if (said->weight[r] > 0) {
                add_frame(v, said->truth[i] + r * a->units, a->units, sum);
                n++;
            }
    }
    if (n > 0)
        v->frame = (mien_box){(float)((sum[0] - sum[2] / 2) / n),
                              (float)((sum[1] - sum[3] / 2) / n),
                              (float)(sum[2] / n), (float)(sum[3] / n)};
}
