/* align.c: labels of one set in the words of another: a test folder may lack a
 * class, or a list may name its classes in another order. */
#include "picture/picture.h"

#include "base/alloc.h"
#include "base/error.h"

#include <string.h>

void mi_aligned_free(mien_labels *l)
{
    mi_free(l->task);
    mi_free(l->label);
    *l = (mien_labels){0};
}

/* The task of a set that an answer is about, or -1. */
static int task_of(const mien_labels *set, const mi_view *v, const mi_answer *a)
{
    int task = mien_labels_task(set, a->task), classifiers = 0;
    for (int i = 0; i < v->n_answers; i++)
        classifiers += v->answer[i].kind == MIEN_ANSWER_CLASSES;
    return task < 0 && set->tasks == 1 && classifiers == 1 ? 0 : task;
}

/* The answer's number of a class of that name, or -1. */
static int class_of(const mi_answer *a, const char *name)
{
    for (int i = 0; i < a->classes; i++)
        if (strcmp(a->class_name[i], name) == 0)
            return i;
    return -1;
}

/* Take over one task's labels. */
static mien_status take_task(const mien_labels *set, int task, mi_answer *a,
                             mien_labels *to, mien_error *err)
{
    const mien_label_task *from = &set->task[task];
    int place = to->tasks++;
    to->task[place] =
        (mien_label_task){from->name, 0, a->classes, a->class_name};
    for (int64_t i = 0; i < set->n; i++) {
        int label = set->label[i * set->tasks + task];
        int is = label < 0 ? -1 : class_of(a, from->class_name[label]);
        if (label >= 0 && is < 0)
            return mi_fail(err, MIEN_EARG,
                           "'%s' of task '%s' is no class that the network "
                           "knows",
                           from->class_name[label], from->name);
        to->label[i * MIEN_MAX_LOSSES + place] = is;
    }
    a->of = place;
    return MIEN_OK;
}

/* Put the labels of the tasks side by side. */
static void close_up(mien_labels *l)
{
    for (int64_t i = 0; i < l->n; i++)
        for (int t = 0; t < l->tasks; t++)
            l->label[i * l->tasks + t] = l->label[i * MIEN_MAX_LOSSES + t];
}

/* Whether a set has what an answer is compared with; a class's task. */
static int has_labels(const mien_labels *set, const mi_view *v,
                      const mi_answer *a, int *of)
{
    if (!mi_answer_labelled(a)) {
        *of = -1;
        return 1;
    }
    *of = a->kind == MIEN_ANSWER_CLASSES  ? task_of(set, v, a)
          : a->kind == MIEN_ANSWER_NUMBER ? mien_labels_number(set, a->task)
                                          : -1;
    return a->kind == MIEN_ANSWER_POINTS ? 2 * set->points == a->units
                                         : *of >= 0;
}

mien_status mi_align(const mi_view *v, const mien_labels *set, mi_view *to,
                     mien_labels *out, mien_error *err)
{
    mien_labels l = *set;
    mi_view w = *v;
    mien_status st = MIEN_OK;
    l.tasks = 0;
    l.task = mi_alloc(MIEN_MAX_LOSSES, sizeof *l.task);
    l.label = mi_alloc((size_t)set->n + 1, MIEN_MAX_LOSSES * sizeof *l.label);
    if (!l.task || !l.label)
        st = mi_no_memory(err);
    w.n_answers = 0;
    int places = 0;
    for (int i = 0; i < v->n_answers && !st; i++) {
        mi_answer a = v->answer[i];
        int of;
        if (!has_labels(set, v, &a, &of))
            continue;
        a.of = of;
        a.place = mi_answer_labelled(&a) ? places++ : -1;
        if (a.kind == MIEN_ANSWER_CLASSES)
            st = take_task(set, of, &a, &l, err);
        a.target.of = a.of;
        w.answer[w.n_answers++] = a;
    }
    if (!st && !w.n_answers)
        st = mi_fail(err, MIEN_EARG,
                     "the samples have labels for none of the network's "
                     "answers ('%s')",
                     v->n_answers ? v->answer[0].task : "");
    if (st) {
        mi_aligned_free(&l);
        return st;
    }
    close_up(&l);
    *out = l;
    *to = w;
    return MIEN_OK;
}
