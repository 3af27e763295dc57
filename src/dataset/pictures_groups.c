/* pictures_groups.c: pictures by what is known of them.
 *
 *   "gender"        the classes of a task
 *   "age:18:65"     bands of a number: below 18, 18 to below 65, 65 and more
 *   "gender x age:18:65"   both together, also combinations that nobody has
 */
#include "dataset/pictures.h"

#include "base/alloc.h"
#include "base/error.h"
#include "mien/num.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BOUNDS = 30, WORD = 256, TOGETHER = 4 };

/* One of the things that are joined. */
typedef struct axis {
    int task, number; /* -1: the other */
    int bounds;
    double bound[BOUNDS];
    int groups;
} axis;

/* ---- words --------------------------------------------------------------- */

/* "age:18:65" -> its column and bounds. */
static mien_status read_bounds(char *word, axis *a, mien_error *err)
{
    char *at = strchr(word, ':');
    if (at)
        *at++ = 0;
    while (at && *at) {
        char *end = NULL;
        double v = strtod(at, &end);
        if (end == at || (*end && *end != ':') || !isfinite(v) ||
            (a->bounds && v <= a->bound[a->bounds - 1]))
            return mi_fail(err, MIEN_EARG,
                           "groups by '%.60s': bounds '%.60s', wanted "
                           "ascending numbers",
                           word, at);
        if (a->bounds == BOUNDS)
            return mi_fail(err, MIEN_EARG,
                           "groups by '%.60s': more than %d bounds", word,
                           BOUNDS);
        a->bound[a->bounds++] = v;
        at = *end ? end + 1 : end;
    }
    return MIEN_OK;
}

/* What one word names: a task, or bands of a number. */
static mien_status read_axis(const mien_labels *l, char *word, axis *a,
                             mien_error *err)
{
    *a = (axis){-1, -1, 0, {0}, 0};
    mien_status st = read_bounds(word, a, err);
    if (st)
        return st;
    a->task = a->bounds ? -1 : mien_labels_task(l, word);
    a->number = a->task < 0 ? mien_labels_number(l, word) : -1;
    if (a->task < 0 && a->number < 0)
        return mi_fail(err, MIEN_EARG,
                       "groups by '%.100s': the pictures have no such %s", word,
                       a->bounds ? "number" : "label");
    if (a->number >= 0 && !a->bounds)
        return mi_fail(err, MIEN_EARG,
                       "groups by '%.60s': a number, which wants bounds: "
                       "%.60s:18:65",
                       word, word);
    a->groups = a->task >= 0 ? l->task[a->task].classes : a->bounds + 1;
    return MIEN_OK;
}

/* The axes of "gender x age:18:65". */
static mien_status read_word(const mien_labels *l, const char *by, axis *a,
                             int *n, mien_error *err)
{
    char word[WORD];
    int64_t groups = 1;
    mien_status st = MIEN_OK;
    *n = 0;
    for (const char *p = by; p && !st;) {
        const char *next = strstr(p, " x ");
        size_t k = next ? (size_t)(next - p) : strlen(p);
        if (k >= sizeof word || *n == TOGETHER)
            return mi_fail(err, MIEN_EARG,
                           "groups by '%.60s': wanted %d words at most, each "
                           "of fewer than %d bytes",
                           by, TOGETHER, WORD);
        memcpy(word, p, k);
        word[k] = 0;
        st = read_axis(l, word, &a[*n], err);
        if (st)
            break;
        groups *= a[(*n)++].groups;
        if (groups > MIEN_PICTURES_MAX_GROUPS)
            return mi_fail(err, MIEN_EARG,
                           "groups by '%.60s': %lld groups, wanted %d at most",
                           by, (long long)groups, MIEN_PICTURES_MAX_GROUPS);
        p = next ? next + 3 : NULL;
    }
    return st;
}

/* ---- which group --------------------------------------------------------- */

/* The place of a picture along an axis; -1: not known. */
static int place(const mien_labels *l, const axis *a, int64_t i)
{
    if (a->task >= 0)
        return l->label[i * l->tasks + a->task];
    double v = (double)l->number[i * l->numbers + a->number];
    int at = 0;
    if (isnan(v))
        return -1;
    while (at < a->bounds && v >= a->bound[at])
        at++;
    return at;
}

/* The group of a picture, the last axis the fastest; -1: not known. */
static int group_of(const mien_labels *l, int n, const axis *a, int64_t i)
{
    int group = 0;
    for (int k = 0; k < n; k++) {
        int at = place(l, &a[k], i);
        if (at < 0)
            return -1;
        group = group * a[k].groups + at;
    }
    return group;
}

/* The name of a place along an axis. */
static void put_place(const mien_labels *l, const axis *a, int at,
                      mien_buffer *out)
{
    if (a->task >= 0) {
        const char *name = l->task[a->task].class_name[at];
        mien_buffer_puts(out, name);
        return;
    }
    const char *of = l->number_name[a->number];
    if (at == 0)
        mien_buffer_printf(out, "%s below %g", of, a->bound[0]);
    else if (at == a->bounds)
        mien_buffer_printf(out, "%s %g and more", of, a->bound[at - 1]);
    else
        mien_buffer_printf(out, "%s %g to %g", of, a->bound[at - 1],
                           a->bound[at]);
}

/* "female, age 18 to 65"; NULL: no memory. */
static char *name_of(const mien_labels *l, int n, const axis *a, int group)
{
    mien_buffer out = {0};
    int at[TOGETHER];
    for (int k = n - 1; k >= 0; k--) {
        at[k] = group % a[k].groups;
        group /= a[k].groups;
    }
    for (int k = 0; k < n; k++) {
        if (k)
            mien_buffer_puts(&out, ", ");
        put_place(l, &a[k], at[k], &out);
    }
    mien_buffer_put(&out, "", 1);
    if (out.failed) {
        mien_buffer_free(&out);
        return NULL;
    }
    return (char *)out.data;
}

/* ---- figures ------------------------------------------------------------- */

/* Medians of a group.
 *
 *   which  [n of labels] the group of each
 *   x      [n of labels] scratch */
static mien_status medians(const mien_pictures_check *c, const int *which,
                           int group, double *x, mien_picture_group *g,
                           mien_error *err)
{
    double *const to[] = {&g->sharpness, &g->brightness, &g->face, &g->turned,
                          &g->covered};
    mien_status st = MIEN_OK;
    for (int k = 0; k < 5 && !st; k++) {
        int64_t n = 0;
        for (int64_t i = 0; i < c->labels->n; i++) {
            const mien_picture_measure *m = &c->measure[i];
            const float v = k == 0   ? m->sharpness
                            : k == 1 ? m->brightness
                            : k == 2 ? m->face
                            : k == 3 ? m->turned
                                     : m->covered;
            if (which[i] == group && m->w && v == v)
                x[n++] = (double)v;
        }
        st = mien_median(n, x, to[k], err);
    }
    return st;
}

/* Counts of all groups, and which lie apart from all others together. */
static void compare(const mien_pictures_check *c, const int *which,
                    mien_picture_grouping *g)
{
    int64_t odd[MIEN_PICTURE_ODDITIES] = {0}, told[MIEN_PICTURE_ODDITIES] = {0};
    for (int64_t i = 0; i < c->labels->n; i++) {
        mien_picture_group *to = which[i] < 0 ? NULL : &g->group[which[i]];
        g->unknown += !to;
        if (!to)
            continue;
        to->n++;
        to->read += c->measure[i].w > 0;
        for (int o = 0; o < MIEN_PICTURE_ODDITIES; o++) {
            int can = mi_pictures_told(c, i, (mien_picture_oddity)o);
            to->odd[o].count += c->odd[i] >> o & 1;
            to->odd[o].of += can;
            odd[o] += c->odd[i] >> o & 1;
            told[o] += can;
        }
    }
    for (int k = 0; k < g->groups; k++) {
        mien_picture_group *to = &g->group[k];
        g->few += to->n < MIEN_GROUPS_FEW;
        for (int o = 0; o < MIEN_PICTURE_ODDITIES; o++) {
            mien_share *s = &to->odd[o];
            *s = mien_share_of(s->count, s->of);
            mien_share rest = mien_share_of(odd[o] - s->count, told[o] - s->of);
            to->apart[o] = (s->low > rest.high || s->high < rest.low) &&
                           fabs(s->value - rest.value) >= 0.05;
        }
    }
}

/* The groups of one word. */
static mien_status group_by(const mien_pictures_check *c, const char *by,
                            mien_picture_grouping *g, mien_error *err)
{
    const mien_labels *l = c->labels;
    axis a[TOGETHER];
    int n = 0;
    mien_status st = read_word(l, by, a, &n, err);
    if (st)
        return st;
    int groups = 1;
    for (int k = 0; k < n; k++)
        groups *= a[k].groups;
    int *which = mi_alloc((size_t)l->n + 1, sizeof *which);
    double *x = mi_alloc((size_t)l->n + 1, sizeof *x);
    g->by = mi_text_copy(by);
    g->group = mi_alloc((size_t)groups, sizeof *g->group);
    if (!which || !x || !g->by || !g->group)
        st = mi_no_memory(err);
    for (int64_t i = 0; i < l->n && !st; i++)
        which[i] = group_of(l, n, a, i);
    for (int k = 0; k < groups && !st; k++) {
        g->groups++;
        g->group[k].name = name_of(l, n, a, k);
        st = g->group[k].name ? medians(c, which, k, x, &g->group[k], err)
                              : mi_no_memory(err);
    }
    if (!st)
        compare(c, which, g);
    mi_free(which);
    mi_free(x);
    return st;
}

void mi_picture_grouping_free(mien_picture_grouping *g)
{
    for (int k = 0; k < g->groups; k++)
        mi_free(g->group[k].name);
    mi_free(g->group);
    mi_free(g->by);
}

mien_status mi_pictures_group(mien_pictures_check *c, mien_error *err)
{
    const mien_labels *l = c->labels;
    mien_status st = MIEN_OK;
    int asked = c->o.n_by ? c->o.n_by : l->tasks;
    c->grouping = mi_alloc((size_t)asked + 1, sizeof *c->grouping);
    if (!c->grouping)
        return mi_no_memory(err);
    for (int i = 0; i < asked && !st; i++) {
        const char *by = c->o.n_by ? c->o.by[i] : l->task[i].name;
        if (!c->o.n_by && l->task[i].classes > MIEN_PICTURES_MAX_GROUPS)
            continue;
        st = group_by(c, by, &c->grouping[c->groupings++], err);
    }
    return st;
}
