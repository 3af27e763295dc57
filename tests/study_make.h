/* study_make.h: small tables to learn from, the same every time. */
#ifndef STUDY_MAKE_H
#define STUDY_MAKE_H

#include "mien/study.h"
#include "tests/check.h"

#include <stdlib.h>
#include <string.h>

/* "a,b,kind,y" of n rows, some of whose events are told by a and b, few by
 * neither; text is kept for the table. */
static inline char *study_csv(int n, unsigned seed)
{
    char *text = malloc((size_t)n * 40 + 40), *at = text;
    at += snprintf(at, 40, "a,b,kind,y\n");
    for (int i = 0; i < n; i++) {
        double a = check_rand(&seed) % 1000 / 500. - 1;
        double b = check_rand(&seed) % 1000 / 500. - 1;
        int event = a + b > 1 || check_rand(&seed) % 40 == 0;
        at += snprintf(at, 40, "%.3f,%.3f,%s,%s\n", a, b,
                       check_rand(&seed) % 3 ? "red" : "blue",
                       event ? "yes" : "no");
    }
    return text;
}

static inline mien_table *study_table(const char *text)
{
    mien_table *t = NULL;
    mien_error err = {0};
    mien_status st =
        mien_csv_read((const uint8_t *)text, strlen(text), NULL, &t, &err);
    CHECK_MSG(!st, "%s", err.text);
    return t;
}

/* The choices for such a table. */
static inline mien_study_options study_options(mien_estimator e)
{
    static const int layer[] = {4, 2, 4};
    mien_study_options o = MIEN_STUDY_DEFAULTS;
    o.name = "made.csv";
    o.recipe.label = "y";
    o.recipe.positive = "yes";
    o.estimator = e;
    o.autoencoder.layer = layer;
    o.autoencoder.layers = 3;
    o.autoencoder.epochs = 4;
    o.autoencoder.batch = 32;
    return o;
}

/* A study that has learned and was judged; NULL, and the status. */
static inline mien_study *study_of(const mien_table *t,
                                   const mien_study_options *o,
                                   mien_status *status, mien_error *err)
{
    mien_study *s = NULL;
    mien_status st = mien_study_new(t, o, &s, err);
    if (!st)
        st = mien_study_learn(s, NULL, err);
    if (!st)
        st = mien_study_judge(s, err);
    if (st) {
        mien_study_free(s);
        s = NULL;
    }
    *status = st;
    return s;
}

/* The same; a study that fails ends the test. */
static inline mien_study *study_must(const mien_table *t,
                                     const mien_study_options *o)
{
    mien_status st;
    mien_error err = {0};
    mien_study *s = study_of(t, o, &st, &err);
    CHECK_MSG(s != NULL, "%s", err.text);
    if (!s)
        exit(check_done());
    return s;
}

/* What a buffer holds, as C text to be freed. */
static inline char *study_text(mien_buffer *b)
{
    mien_buffer_put(b, "", 1);
    CHECK(!b->failed);
    char *text = b->failed ? NULL : malloc(b->n);
    if (text)
        memcpy(text, b->data, b->n);
    mien_buffer_free(b);
    return text ? text : calloc(1, 1);
}

#endif
