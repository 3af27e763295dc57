/* golden_json.h: numbers of a file of answers, and how far others are off. */
#ifndef GOLDEN_JSON_H
#define GOLDEN_JSON_H

#include "tests/check.h"

#include "mien/graph.h"

#include <jansson.h>
#include <stdlib.h>

enum { GOLDEN_MAX_LISTS = 4096 };
static float *golden_lists[GOLDEN_MAX_LISTS]; /* freed at the end */
static int golden_n;

/* Room for n numbers, until golden_done. */
static inline float *golden_room(int64_t n)
{
    if (golden_n == GOLDEN_MAX_LISTS)
        abort();
    return golden_lists[golden_n++] = calloc((size_t)n + 1, sizeof(float));
}

static inline int64_t golden_count(const json_t *a)
{
    if (!json_is_array(a))
        return 1;
    int64_t n = 0;
    for (size_t i = 0; i < json_array_size(a); i++)
        n += golden_count(json_array_get(a, i));
    return n;
}

static inline float *golden_put(const json_t *a, float *to)
{
    if (!json_is_array(a)) {
        *to = (float)json_number_value(a);
        return to + 1;
    }
    for (size_t i = 0; i < json_array_size(a); i++)
        to = golden_put(json_array_get(a, i), to);
    return to;
}

/* All numbers of an array in order. */
static inline float *golden_numbers(const json_t *a)
{
    float *x = golden_room(golden_count(a));
    golden_put(a, x);
    return x;
}

static inline mien_shape golden_shape(const json_t *a)
{
    mien_shape s = {0};
    for (; json_is_array(a); a = json_array_get(a, 0))
        s.dim[s.rank++] = (int64_t)json_array_size(a);
    return s;
}

/* Each number within the tolerance times the largest of them. */
static inline void golden_compare(const char *what, const char *name,
                                  const float *got, const json_t *want,
                                  double tolerance)
{
    const float *w = golden_numbers(want);
    double size = 0, worst = 0;
    for (int64_t i = 0; i < golden_count(want); i++)
        size = fmax(size, fabs((double)w[i]));
    for (int64_t i = 0; i < golden_count(want); i++)
        worst = fmax(worst, fabs((double)got[i] - (double)w[i]));
    CHECK_MSG(worst <= 1e-6 + tolerance * size, "%s of %s: off by %g of %g",
              what, name, worst, size);
}

/* The file of answers goldens/NAME of $MIEN_SHARED, or NULL; its path. */
static inline json_t *golden_load(const char *name, char path[1024])
{
    const char *shared = getenv("MIEN_SHARED");
    snprintf(path, 1024, "%s/goldens/%s", shared ? shared : "../shared", name);
    return json_load_file(path, 0, NULL);
}

static inline void golden_done(json_t *file)
{
    while (golden_n > 0)
        free(golden_lists[--golden_n]);
    json_decref(file);
}

#endif
