/* made.c: rows of the test part that were made of rows of the training part, by
 * a SMOTE of the whole table. */
#include "study/study.h"

#include "base/alloc.h"

enum { MOST_TESTS = 64 }; /* rows of a class that are looked at */

/* Rows of one class in one part; *row has room for them. */
static int64_t rows_of(const mien_study *s, int label, int64_t n,
                       const int64_t *sample, int64_t *row)
{
    int64_t found = 0;
    for (int64_t i = 0; i < n; i++)
        if (mi_study_label(s, sample[i]) == label)
            row[found++] = s->end[sample[i]];
    return found;
}

/* Keep at most so many, evenly. */
static int64_t thin(int64_t *row, int64_t n, int64_t most)
{
    int64_t kept = n < most ? n : most;
    for (int64_t i = 0; i < kept; i++)
        row[i] = row[(int64_t)((double)i * (double)n / (double)kept)];
    return kept;
}

/* Rows of each class and how many of them lie between two training rows; as
 * many training rows for both classes, so that the counts can be compared. */
static mien_status count_made(const mien_study *s, int64_t *room,
                              int64_t tests[2], int64_t made[2])
{
    int64_t trains[2], *train[2], *test[2];
    for (int c = 0; c < 2; c++) {
        train[c] = room + s->samples * c * 2;
        test[c] = train[c] + s->samples;
        trains[c] = rows_of(s, c, s->split.trains, s->split.train, train[c]);
        tests[c] = rows_of(s, c, s->split.tests, s->split.test, test[c]);
        tests[c] = thin(test[c], tests[c], MOST_TESTS);
    }
    mien_status st = MIEN_OK;
    for (int c = 0; c < 2 && st == MIEN_OK; c++) {
        int64_t n = thin(train[c], trains[c], trains[1 - c]);
        st = mien_sample_between(s->width, s->x, n, train[c], tests[c], test[c],
                                 &made[c], NULL);
    }
    return st;
}

void mi_study_put_made(const mien_study *s, mien_buffer *out)
{
    int64_t tests[2] = {0, 0}, made[2] = {0, 0};
    if (s->o.recipe.window > 1 || !s->width)
        return;
    int64_t *room = mi_alloc((size_t)s->samples + 1, 4 * sizeof *room);
    int known = room && !count_made(s, room, tests, made);
    mi_free(room);
    out->failed |= !known;
    int c = made[1] * tests[0] >= made[0] * tests[1];
    int64_t share = made[c] * tests[1 - c], other = made[1 - c] * tests[c];
    if (known && made[c] >= 3 && made[c] * 20 > tests[c] && share > 4 * other)
        mien_buffer_printf(
            out,
            "  warning: %lld of %lld %s of the test part lie exactly between "
            "two of the training part, as rows made by SMOTE do (%lld of %lld "
            "%s): figures are flattering if the table was resampled as a "
            "whole\n",
            (long long)made[c], (long long)tests[c],
            c ? "events" : "other rows", (long long)made[1 - c],
            (long long)tests[1 - c], c ? "other rows" : "events");
}
