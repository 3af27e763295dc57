/* rows.c: rows of a part as a trainer asks for them. */
#include "picture/picture.h"

#include "base/error.h"
#include "team/team.h"

#include <string.h>

/* Samples of the rows that follow, so that threads prepare them. */
static void look_ahead(mi_asked *a, int epoch)
{
    mien_picture_study *s = a->study;
    int64_t more = s->order_n - s->order_at;
    int n = (int)(more < MI_AHEAD ? more : MI_AHEAD);
    int64_t *to = s->mapped + s->o.batch;
    for (int i = 0; i < n; i++)
        to[i] = a->rows->row[s->order[s->order_at + i]];
    mien_loader_prefetch(a->rows->loader, epoch, to, n);
}

void mi_ahead(void *arg, int epoch, const int64_t *rows, int64_t n)
{
    mi_asked *a = arg;
    a->study->order = rows;
    a->study->order_n = n;
    a->study->order_at = 0;
    a->study->done = 0;
    look_ahead(a, a->learn ? epoch : -1);
}

/* Numbers of mean 0 and deviation 1 for inputs that are noise: those that the
 * own rows have in the whole batch, of `all` rows. */
static void fill_noise(const mi_asked *a, int epoch, int64_t all, mi_share own,
                       float *const *inputs)
{
    const mien_picture_study *s = a->study;
    mien_random random;
    mien_random_init(&random, s->o.seed ^ (uint32_t)(epoch + 1) * 2654435761U ^
                                  (uint32_t)(s->done + 1) * 40503U);
    for (int i = 0; i < s->net->n_inputs; i++) {
        int64_t row = 1;
        if (!s->net->input[i].noise)
            continue;
        for (int d = 1; d < s->net->input[i].shape.rank; d++)
            row *= s->net->input[i].shape.dim[d];
        for (int64_t k = 0; k < all * row; k++) {
            int64_t at = k - own.first * row;
            float drawn = a->learn ? (float)mien_random_normal(&random) : 0;
            if (at >= 0 && at < own.n * row)
                inputs[i][at] = drawn;
        }
    }
}

mien_status mi_fill(void *arg, int epoch, const int64_t *rows, int64_t n,
                    float *const *inputs, float *const *targets, float *weights,
                    mien_error *err)
{
    mi_asked *a = arg;
    mien_picture_study *s = a->study;
    const mi_view *v = a->rows->view;
    float *to[MIEN_MAX_LOSSES] = {NULL};
    int shown = a->learn ? epoch : -1;
    int64_t left = a->rows->n - s->done;
    int64_t all = left < s->o.batch ? left : s->o.batch;
    for (int64_t i = 0; i < n; i++)
        s->mapped[i] = a->rows->row[rows[i]];
    for (int i = 0; i < s->losses; i++) {
        int place = v->answer[s->loss_answer[i]].place;
        if (place >= 0)
            to[place] = targets[i];
    }
    mien_status st = mien_loader_fill(a->rows->loader, shown, s->mapped, (int)n,
                                      &inputs[v->input], to, weights, err);
    if (st)
        return st;
    for (int64_t i = 0; i < n && s->row_weight; i++)
        weights[i] *= s->row_weight[s->mapped[i]];
    mi_view_colours(v, n, inputs[v->input]);
    fill_noise(a, epoch, all, mi_team_share(s->o.team, all), inputs);
    for (int i = 0; i < v->n_answers; i++)
        if (v->answer[i].kind == MIEN_ANSWER_POINTS)
            mi_view_points(v, n, v->answer[i].units, to[v->answer[i].place]);
    s->order_at += n;
    look_ahead(a, shown);
    s->done += all;
    if (a->learn && s->o.on_batch && s->o.on_batch(s->o.arg, s, s->done)) {
        s->stopped = 1;
        return mi_fail(err, MIEN_EARG, "stopped in mid epoch");
    }
    return MIEN_OK;
}
