/* highest.c: the rows with the highest scores, in a heap whose root is the
 * lowest of them, and what was found as JSON. */
#include "mien/study_roles.h"
#include "study/predictor.h"

#include <math.h>
#include <stdlib.h>

/* 1: a comes before b, by its score and then its place. */
static int before(const mien_predicted *a, const mien_predicted *b)
{
    if (a->decision != b->decision)
        return a->decision > b->decision;
    return a->row < b->row;
}

/* Move the row at a place up to where no row above it comes before it. */
static void rise(mien_predicted *h, int at)
{
    const mien_predicted r = h[at];
    for (int up; at > 0 && before(&h[up = (at - 1) / 2], &r); at = up)
        h[at] = h[up];
    h[at] = r;
}

/* Move the root down. */
static void sink(mien_predicted *h, int n)
{
    const mien_predicted r = h[0];
    int at = 0;
    for (int next; (next = 2 * at + 1) < n; at = next) {
        if (next + 1 < n && before(&h[next], &h[next + 1]))
            next++;
        if (!before(&r, &h[next]))
            break;
        h[at] = h[next];
    }
    h[at] = r;
}

void mi_predictor_keep(mien_predictor *p, const mien_predicted *row,
                       const float *part)
{
    int full = p->kept == p->o.highest;
    if (isnan(row->decision) || !p->o.highest)
        return;
    /* Sorted rows end with the lowest: a heap the other way round. */
    for (int i = 0; p->sorted && i < p->kept / 2; i++) {
        mien_predicted swap = p->highest[i];
        p->highest[i] = p->highest[p->kept - 1 - i];
        p->highest[p->kept - 1 - i] = swap;
    }
    p->sorted = 0;
    if (full && !before(row, &p->highest[0]))
        return;
    mien_predicted *to = &p->highest[full ? 0 : p->kept++];
    *to = *row;
    to->tops = mi_predictor_top(p, part, to->top);
    for (int i = 0; i < to->tops; i++)
        to->part[i] = part[to->top[i]];
    if (full)
        sink(p->highest, p->kept);
    else
        rise(p->highest, p->kept - 1);
}

static int in_order(const void *a, const void *b)
{
    return before(a, b) ? -1 : before(b, a);
}

const mien_predicted *mien_predictor_highest(mien_predictor *p, int *count)
{
    if (!p->sorted && p->kept)
        qsort(p->highest, (size_t)p->kept, sizeof *p->highest, in_order);
    p->sorted = 1;
    *count = p->kept;
    return p->highest;
}

/* The rows that were kept. */
static void put_highest(mien_predictor *p, mien_json *j)
{
    int n = 0;
    const mien_predicted *r = mien_predictor_highest(p, &n);
    mien_json_array(j, "highest");
    for (int i = 0; i < n; i++, r++) {
        mien_json_object(j, NULL);
        mien_json_int(j, "row", r->row);
        mien_json_real(j, "score", r->score, 0);
        mien_json_bool(j, "alarm", r->alarm);
        mien_json_array(j, "top");
        for (int k = 0; k < r->tops; k++) {
            mien_json_object(j, NULL);
            mien_json_text(j, "name", p->name[r->top[k]]);
            mien_json_real(j, "contribution", (double)r->part[k], 7);
            mien_json_close(j);
        }
        mien_json_close(j);
        mien_json_close(j);
    }
    mien_json_close(j);
}

void mien_predictor_json(mien_predictor *p, const mien_roles *roles,
                         mien_json *j)
{
    static const char *const texts[] = {"kind", "label", "positive"};
    mien_json_object(j, NULL);
    for (int i = 0; i < 3; i++)
        mien_json_text(j, texts[i], mien_tabular_text(p->model, texts[i]));
    mien_json_real(j, "threshold", mien_tabular_score_of(p->model, p->cut), 0);
    mien_json_int(j, "window", mien_tabular_window(p->model));
    mien_json_int(j, "rows", p->row);
    mien_json_int(j, "scored", p->scored);
    mien_json_int(j, "alarms", p->alarms);
    mien_json_array(j, "columns");
    for (int i = 0; i < p->encoder->columns; i++) {
        mien_json_object(j, NULL);
        mien_json_text(j, "name", p->encoder->column[i].name);
        mien_json_int(j, "missing", p->missing[i]);
        mien_json_int(j, "unseen", p->unseen[i]);
        mien_json_close(j);
    }
    mien_json_close(j);
    put_highest(p, j);
    if (roles)
        mien_roles_json(roles, "roles", j);
    mien_json_close(j);
}
