/* labels.h: how readers put labels together. */
#ifndef MI_SAMPLES_LABELS_H
#define MI_SAMPLES_LABELS_H

#include "mien/samples_labels.h"
#include "mien/table.h"
#include "mien/text.h"

/* Name the points of samples, before the first sample. */
mien_status mi_labels_set_points(mien_labels *l, int n,
                                 const char *const *names, mien_error *err);
/* Add a task, before the first sample; names are copied. */
mien_status mi_labels_add_task(mien_labels *l, const char *name, int first,
                               int classes, const char *const *names,
                               mien_error *err);
/* Add a column of numbers, before the first sample. */
mien_status mi_labels_add_number(mien_labels *l, const char *name,
                                 mien_error *err);
/* A sample of which nothing is known yet; its number is l->n - 1. */
mien_status mi_labels_add(mien_labels *l, const char *name, size_t length,
                          int64_t line, mien_error *err);
/* Count a line that is left out, and keep why. */
void mi_labels_leave_out(mien_labels *l, const mien_error *why);
/* Hand over what was read, or fail if that is nothing; `what` names the kind of
 * source.  l is released on failure. */
mien_status mi_labels_finish(mien_labels *l, const char *what, mien_labels *out,
                             mien_error *err);
/* The order of texts, mien_text, by their bytes; for qsort and bsearch. */
int mi_labels_order(const void *a, const void *b);
/* Sort texts, and keep each once; how many there are. */
int64_t mi_labels_sort(mien_text *text, int64_t n);
/* A task whose classes are these texts; `where` begins the text of ELIMIT. */
mien_status mi_labels_add_texts(mien_labels *l, const char *task,
                                const mien_text *text, int64_t n,
                                const char *where, mien_error *err);
/* A copy of n bytes as a text; NULL: memory ended. */
char *mi_labels_text(const char *p, size_t n);
/* What "train", "Training", "PublicTest", ... mean; -1: none of them. */
int mi_labels_part_of(const char *p, size_t n);

#endif
