/* labels.c: labelled samples as arrays, a row a sample. */
#include "samples/labels.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/grow.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- release ------------------------------------------------------------- */

static void free_texts(char **text, int64_t n)
{
    for (int64_t i = 0; text && i < n; i++)
        mi_free(text[i]);
    mi_free(text);
}

static void free_task(mien_label_task *t)
{
    free_texts(t->class_name, t->classes);
    mi_free(t->name);
}

void mien_labels_free(mien_labels *l)
{
    if (!l)
        return;
    free_texts(l->name, l->n);
    mi_free(l->folder);
    free_texts(l->point_name, l->points);
    free_texts(l->number_name, l->numbers);
    for (int t = 0; t < l->tasks; t++)
        free_task(&l->task[t]);
    mi_free(l->task);
    mi_free(l->line);
    mi_free(l->part);
    mi_free(l->point);
    mi_free(l->box);
    mi_free(l->label);
    mi_free(l->number);
    mi_free(l->share);
    mi_free(l->pixels);
    *l = (mien_labels){0};
}

/* ---- columns ------------------------------------------------------------- */

char *mi_labels_text(const char *p, size_t n)
{
    char *copy = mi_alloc(n + 1, 1);
    if (copy && n)
        memcpy(copy, p, n);
    return copy;
}

/* Copies of texts; *n is how many there are, also when memory ended. */
static mien_status copy_texts(const char *const *from, int count, char ***out,
                              int *n, mien_error *err)
{
    *out = mi_alloc((size_t)count + 1, sizeof **out);
    if (!*out)
        return mi_no_memory(err);
    for (*n = 0; *n < count; ++*n) {
        (*out)[*n] = mi_labels_text(from[*n], strlen(from[*n]));
        if (!(*out)[*n])
            return mi_no_memory(err);
    }
    return MIEN_OK;
}

mien_status mi_labels_set_points(mien_labels *l, int n,
                                 const char *const *names, mien_error *err)
{
    if (n > MIEN_LABELS_MAX_POINTS)
        return mi_fail(err, MIEN_ELIMIT, "labels: %d points, at most %d", n,
                       MIEN_LABELS_MAX_POINTS);
    return copy_texts(names, n, &l->point_name, &l->points, err);
}

mien_status mi_labels_add_task(mien_labels *l, const char *name, int first,
                               int classes, const char *const *names,
                               mien_error *err)
{
    if (l->tasks >= MIEN_LABELS_MAX_TASKS || classes > MIEN_LABELS_MAX_CLASSES)
        return mi_fail(err, MIEN_ELIMIT,
                       "labels: task %d '%.60s' of %d classes, at most %d "
                       "tasks of %d classes",
                       l->tasks + 1, name, classes, MIEN_LABELS_MAX_TASKS,
                       MIEN_LABELS_MAX_CLASSES);
    mien_label_task *t = mi_push(&l->task, l->tasks, sizeof *t);
    if (!t)
        return mi_no_memory(err);
    l->tasks++;
    t->first = first;
    t->name = mi_labels_text(name, strlen(name));
    mien_status st =
        copy_texts(names, classes, &t->class_name, &t->classes, err);
    return st ? st : t->name ? MIEN_OK : mi_no_memory(err);
}

mien_status mi_labels_add_number(mien_labels *l, const char *name,
                                 mien_error *err)
{
    if (l->numbers >= MIEN_LABELS_MAX_TASKS)
        return mi_fail(err, MIEN_ELIMIT,
                       "labels: '%.60s' is column %d of numbers, at most %d",
                       name, l->numbers + 1, MIEN_LABELS_MAX_TASKS);
    char **place = mi_push(&l->number_name, l->numbers, sizeof *place);
    char *copy = place ? mi_labels_text(name, strlen(name)) : NULL;
    if (!copy)
        return mi_no_memory(err);
    *place = copy;
    l->numbers++;
    return MIEN_OK;
}

/* ---- rows ---------------------------------------------------------------- */

/* Room for a row of `count` elements; 0: memory ended. */
static int add_row(void *items, int64_t n, int count, size_t size)
{
    return !count || mi_push(items, n, (size_t)count * size) != NULL;
}

mien_status mi_labels_add(mien_labels *l, const char *name, size_t length,
                          int64_t line, mien_error *err)
{
    char *copy = mi_labels_text(name, length);
    if (!copy || !add_row(&l->name, l->n, 1, sizeof *l->name) ||
        !add_row(&l->line, l->n, 1, sizeof *l->line) ||
        !add_row(&l->part, l->n, 1, sizeof *l->part) ||
        !add_row(&l->box, l->n, 1, sizeof *l->box) ||
        !add_row(&l->point, l->n, l->points, sizeof *l->point) ||
        !add_row(&l->label, l->n, l->tasks, sizeof *l->label) ||
        !add_row(&l->number, l->n, l->numbers, sizeof *l->number) ||
        !add_row(&l->share, l->n, l->shares, sizeof *l->share) ||
        !add_row(&l->pixels, l->n, l->w * l->h, 1)) {
        mi_free(copy);
        return mi_no_memory(err);
    }
    l->name[l->n] = copy;
    l->line[l->n] = line;
    for (int i = 0; i < l->points; i++)
        l->point[l->n * l->points + i] = (mien_point){NAN, NAN};
    for (int i = 0; i < l->tasks; i++)
        l->label[l->n * l->tasks + i] = -1;
    for (int i = 0; i < l->numbers; i++)
        l->number[l->n * l->numbers + i] = NAN;
    l->n++;
    return MIEN_OK;
}

void mi_labels_leave_out(mien_labels *l, const mien_error *why)
{
    if (l->left_out < MIEN_LABELS_TOLD)
        l->told[l->left_out] = *why;
    l->left_out++;
}

mien_status mi_labels_finish(mien_labels *l, const char *what, mien_labels *out,
                             mien_error *err)
{
    mien_status st = MIEN_OK;
    if (!l->n && l->left_out)
        st = mi_fail(err, MIEN_EFORMAT, "%s", l->told[0].text);
    else if (!l->n)
        st = mi_fail(err, MIEN_EFORMAT, "%s: no samples", what);
    if (st)
        mien_labels_free(l);
    else
        *out = *l;
    return st;
}

/* Move a row of n elements of size bytes. */
static void move_row(void *items, int64_t to, int64_t from, int n, size_t size)
{
    size_t row = (size_t)n * size;
    uint8_t *p = items;
    if (p && row)
        memmove(p + (size_t)to * row, p + (size_t)from * row, row);
}

void mien_labels_keep(mien_labels *l, const uint8_t *keep)
{
    int64_t n = 0;
    for (int64_t i = 0; i < l->n; i++) {
        if (!keep[i]) {
            mi_free(l->name[i]);
            continue;
        }
        move_row(l->name, n, i, 1, sizeof *l->name);
        move_row(l->line, n, i, 1, sizeof *l->line);
        move_row(l->part, n, i, 1, sizeof *l->part);
        move_row(l->box, n, i, 1, sizeof *l->box);
        move_row(l->point, n, i, l->points, sizeof *l->point);
        move_row(l->label, n, i, l->tasks, sizeof *l->label);
        move_row(l->number, n, i, l->numbers, sizeof *l->number);
        move_row(l->share, n, i, l->shares, sizeof *l->share);
        move_row(l->pixels, n, i, l->w * l->h, 1);
        n++;
    }
    l->n = n;
}

/* ---- names --------------------------------------------------------------- */

int mien_labels_task(const mien_labels *l, const char *name)
{
    for (int i = 0; i < l->tasks; i++)
        if (!strcmp(l->task[i].name, name))
            return i;
    return -1;
}

int mien_labels_number(const mien_labels *l, const char *name)
{
    for (int i = 0; i < l->numbers; i++)
        if (!strcmp(l->number_name[i], name))
            return i;
    return -1;
}

/* Is b the name a with its first left as right, or its first right as left? */
static int is_other_side(const char *a, const char *b)
{
    static const char *const side[2] = {"left", "right"};
    for (int s = 0; s < 2; s++) {
        const char *from = side[s], *to = side[1 - s];
        const char *at = strstr(a, from);
        size_t before = at ? (size_t)(at - a) : 0;
        if (at && !strncmp(a, b, before) &&
            !strncmp(b + before, to, strlen(to)) &&
            !strcmp(b + before + strlen(to), at + strlen(from)))
            return 1;
    }
    return 0;
}

/* The name on the other side of name i; i if there is none. */
static int other_side(char *const *name, int n, int i)
{
    for (int j = 0; j < n; j++)
        if (is_other_side(name[i], name[j]))
            return j;
    return i;
}

int mien_labels_mirror_point(const mien_labels *l, int i)
{
    assert(i >= 0 && i < l->points);
    return other_side(l->point_name, l->points, i);
}

int mien_label_mirror_class(const mien_label_task *task, int i)
{
    assert(i >= -1 && i < task->classes);
    return i < 0 ? i : other_side(task->class_name, task->classes, i);
}

int mi_labels_part_of(const char *p, size_t n)
{
    static const struct {
        const char *name;
        mien_label_use part;
    } parts[] = {{"train", MIEN_FOR_TRAINING},
                 {"training", MIEN_FOR_TRAINING},
                 {"val", MIEN_FOR_VALIDATION},
                 {"valid", MIEN_FOR_VALIDATION},
                 {"validation", MIEN_FOR_VALIDATION},
                 {"publictest", MIEN_FOR_VALIDATION},
                 {"test", MIEN_FOR_TEST},
                 {"testing", MIEN_FOR_TEST},
                 {"privatetest", MIEN_FOR_TEST}};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (strlen(parts[i].name) == n && !strncasecmp(parts[i].name, p, n))
            return (int)parts[i].part;
    return -1;
}

/* ---- classes by their names ---------------------------------------------- */

int mi_labels_order(const void *a, const void *b)
{
    const mien_text *x = a, *y = b;
    size_t n = x->n < y->n ? x->n : y->n;
    int order = n ? memcmp(x->at, y->at, n) : 0;
    return order ? order : (x->n > y->n) - (x->n < y->n);
}

int64_t mi_labels_sort(mien_text *text, int64_t n)
{
    int64_t kept = 0;
    if (n)
        qsort(text, (size_t)n, sizeof *text, mi_labels_order);
    for (int64_t i = 0; i < n; i++)
        if (!kept || mi_labels_order(&text[kept - 1], &text[i]))
            text[kept++] = text[i];
    return kept;
}

mien_status mi_labels_add_texts(mien_labels *l, const char *task,
                                const mien_text *text, int64_t n,
                                const char *where, mien_error *err)
{
    if (n > MIEN_LABELS_MAX_CLASSES)
        return mi_fail(err, MIEN_ELIMIT,
                       "%s: %lld classes of '%.60s', at most %d", where,
                       (long long)n, task, MIEN_LABELS_MAX_CLASSES);
    char **name = mi_alloc((size_t)n + 1, sizeof *name);
    mien_status st = name ? MIEN_OK : mi_no_memory(err);
    for (int64_t i = 0; !st && i < n; i++) {
        name[i] = mi_labels_text(text[i].at, text[i].n);
        st = name[i] ? MIEN_OK : mi_no_memory(err);
    }
    if (!st)
        st = mi_labels_add_task(l, task, 0, (int)n, (const char *const *)name,
                                err);
    for (int64_t i = 0; name && i < n; i++)
        mi_free(name[i]);
    mi_free(name);
    return st;
}
