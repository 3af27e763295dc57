/* Splits and samples against scikit-learn's and imbalanced-learn's. */
/* Not as WebAssembly: reads JSON with jansson. */
#include "mien/split.h"
#include "tests/check.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum { N = 1000 };

static void same(const char *what, const json_t *want, const int64_t *got,
                 int64_t n)
{
    CHECK_MSG((int64_t)json_array_size(want) == n, "%s: %lld rows, want %zu",
              what, (long long)n, json_array_size(want));
    for (size_t i = 0; i < json_array_size(want) && (int64_t)i < n; i++)
        CHECK_MSG(json_integer_value(json_array_get(want, i)) == got[i],
                  "%s: row %zu is %lld", what, i, (long long)got[i]);
}

static void check_draws(const json_t *g, uint32_t seed)
{
    mien_random r;
    int64_t order[20];
    mien_random_init(&r, seed);
    for (size_t i = 0; i < 5; i++)
        CHECK_EQ(mien_random_below(&r, 1000000000),
                 json_integer_value(
                     json_array_get(json_object_get(g, "randint_1e9"), i)));
    for (size_t i = 0; i < 5; i++)
        CHECK(mien_random_unit(&r) ==
              json_real_value(
                  json_array_get(json_object_get(g, "random_sample"), i)));
    for (size_t i = 0; i < 5; i++)
        CHECK_NEAR(
            mien_random_normal(&r),
            json_real_value(json_array_get(json_object_get(g, "normal"), i)),
            1e-15);
    mien_random_init(&r, seed);
    mien_random_permutation(&r, 20, order);
    same("permutation", json_object_get(g, "permutation20"), order, 20);
}

static void check_split(const json_t *g, uint32_t seed)
{
    uint8_t y[N];
    int32_t classes[N];
    int64_t rows[3 * N], n = 0;
    mien_split s;
    for (int i = 0; i < N; i++)
        classes[i] = y[i] = i % 37 == 0;
    mien_split_options o = {.test = 0.2, .seed = seed};
    CHECK_EQ(mien_split_random(N, &o, &s, NULL), MIEN_OK);
    same("test", json_object_get(g, "split_test_1000_0.2"), s.test, s.tests);
    same("train", json_object_get(g, "split_train_head"), s.train, 20);
    mien_split_free(&s);
    o.classes = classes;
    CHECK_EQ(mien_split_random(N, &o, &s, NULL), MIEN_OK);
    same("stratified", json_object_get(g, "stratified_test"), s.test, s.tests);
    mien_split_free(&s);
    CHECK_EQ(mien_sample_under(N, y, 0.8, seed, rows, &n, NULL), MIEN_OK);
    same("under", json_object_get(g, "under_0.8"), rows, n);
    CHECK_EQ(mien_sample_wanted(N, y, 1.0, &n, NULL), MIEN_OK);
    CHECK_EQ(mien_sample_over(N, y, n, seed, rows, NULL), MIEN_OK);
    same("over", json_object_get(g, "over_1.0_tail"), rows + N + n - 30, 30);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    const char *shared = getenv("MIEN_SHARED");
    char path[1024];
    snprintf(path, sizeof path, "%s/goldens/tabular/sklearn.json",
             shared ? shared : "../shared");
    json_t *all = json_load_file(path, 0, NULL);
    if (!all)
        CHECK_SKIP("%s is not there", path);
    const uint32_t seeds[] = {0, 1, 123};
    for (int i = 0; i < 3; i++) {
        char name[32];
        snprintf(name, sizeof name, "seed%u", seeds[i]);
        RUN(check_draws, json_object_get(all, name), seeds[i]);
        RUN(check_split, json_object_get(all, name), seeds[i]);
    }
    json_decref(all);
    return check_done();
}
