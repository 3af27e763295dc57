/* calibrate.c: are calibrated rates what they say they are?
 *
 *   calibrate [--cache FILE] [--resamples 200] [FOLDER]
 *
 * FOLDER holds Name/photo.jpg; default $MIEN_SHARED/data/lfw.  First all people
 * calibrate.  Then, again and again, half of the people drawn at random do, and
 * what comes out is held against everybody, against the other half, and against
 * identification among the other half: of one photo each of half of them, by
 * another photo of the same people and by one each of the others.
 * With --cache descriptors are kept in a file between runs. */
#include "bench/gallery.h"

#include <math.h>

enum { WANTED = 2 };
static const double wanted[WANTED] = {0.01, 0.001};

static gallery g;

/* ---- one calibration ----------------------------------------------------- */

/* The photos of the people of a list, numbered as they stand there. */
static mien_match_calibration calibrate(int n, const int64_t *list,
                                        double share, int known)
{
    mien_match_calibrate_options o = MIEN_MATCH_CALIBRATE_DEFAULTS;
    mien_match_calibration c;
    mien_index *x = NULL;
    mien_error err = {0};
    o.false_match = share;
    o.known = known;
    bench_must(mien_index_new(MIEN_DESCRIPTOR, &x, &err), &err);
    for (int32_t i = 0; i < n; i++)
        for (int k = g.begin[list[i]]; k < g.begin[list[i] + 1]; k++)
            bench_must(mien_index_add(x, 1, g.photo[k].descriptor, &i, &err),
                       &err);
    bench_must(mien_match_calibrate(x, &o, &c, NULL, &err), &err);
    mien_index_free(x);
    return c;
}

static void print_rate(const char *name, const mien_pair_rate *r)
{
    printf("  %-28s %8.4f %% (%.4f to %.4f), %lld of %lld%s\n", name,
           100 * r->value, 100 * r->low, 100 * r->high, (long long)r->count,
           (long long)r->of, r->few ? ", too few to say" : "");
}

static void print_all(double share, const int64_t *list)
{
    mien_match_calibration c = calibrate(g.people, list, share, 100);
    printf("wanted %g %% of pairs of two: within %.4f\n", 100 * share,
           (double)c.threshold);
    print_rate("false matches", &c.false_match);
    print_rate("true matches", &c.true_match);
    print_rate("strangers among 100 people", &c.strangers);
}

/* ---- resamples ----------------------------------------------------------- */

/* What is summed over resamples. */
typedef struct sums {
    int n, in_all, in_half, in_strangers;
    double threshold, predicted, all, half;
    double accepts, first, first_near, strangers, strangers_predicted;
} sums;

/* The share of pairs of two of the people of a list that lie nearer, or of one
 * person. */
static double share_of(int n, const int64_t *list, int one, float t)
{
    int64_t near = 0, of = 0;
    for (int i = 0; i < n; i++)
        for (int a = g.begin[list[i]]; a < g.begin[list[i] + 1]; a++) {
            for (int j = 0; j < i && !one; j++)
                for (int b = g.begin[list[j]]; b < g.begin[list[j] + 1]; b++) {
                    of++;
                    near += g.apart[a][b] < t;
                }
            for (int b = g.begin[list[i]]; b < a && one; b++) {
                of++;
                near += g.apart[a][b] < t;
            }
        }
    return (double)near / (double)of;
}

/* One photo each of the first n people of a list is known; m others are not. */
static double identify(mien_random *r, int n, int m, const int64_t *list,
                       float t, sums *s)
{
    static int known[GALLERY_MOST];
    int seen = 0, first = 0, first_near = 0, named = 0;
    for (int i = 0; i < n; i++)
        known[i] = gallery_draw(&g, r, list[i]);
    for (int i = 0; i < n; i++)
        for (int k = g.begin[list[i]]; k < g.begin[list[i] + 1]; k++) {
            if (k == known[i])
                continue;
            int best = gallery_nearest(&g, k, n, known);
            seen++;
            first += best == known[i];
            first_near += best == known[i] && g.apart[k][best] < t;
        }
    for (int i = n; i < n + m; i++) {
        int of = gallery_draw(&g, r, list[i]);
        named += g.apart[of][gallery_nearest(&g, of, n, known)] < t;
    }
    s->first += (double)first / seen;
    s->first_near += (double)first_near / seen;
    s->strangers += (double)named / m;
    return (double)named / m;
}

/* Whether another sample's rate is as far away as both intervals allow. */
static int fits(const mien_pair_rate *a, double value, const mien_pair_rate *b)
{
    double wide = log(a->high / a->value), too = log(b->high / b->value);
    return fabs(log(value / a->value)) <= sqrt(wide * wide + too * too);
}

static void resample(mien_random *r, double share, sums *s)
{
    static int64_t order[GALLERY_MOST], everybody[GALLERY_MOST];
    int half = g.people / 2, others = g.people - half, known = others / 2;
    mien_random_permutation(r, g.people, order);
    for (int i = 0; i < g.people; i++)
        everybody[i] = i;
    mien_match_calibration c = calibrate(half, order, share, known);
    mien_match_calibration d = calibrate(others, order + half, share, known);
    if (c.false_match.few || d.false_match.few)
        return;
    double all = share_of(g.people, everybody, 0, c.threshold);
    double other = share_of(others, order + half, 0, c.threshold);
    double named =
        identify(r, known, others - known, order + half, c.threshold, s);
    /* half of the other half are strangers, half are known, drawn once */
    double p = c.strangers.value,
           far = log(d.strangers.high / d.strangers.value);
    double drawn = 1.96 * 1.96 * (1 - p) / p / (others - known);
    mien_pair_rate own = {.value = p,
                          .high = p * exp(sqrt(2 * far * far + drawn))};
    s->n++;
    s->in_all += all > c.false_match.low && all < c.false_match.high;
    s->in_half += fits(&c.false_match, other, &d.false_match);
    s->in_strangers += fits(&c.strangers, named, &own);
    s->threshold += (double)c.threshold;
    s->predicted += c.false_match.value;
    s->all += all;
    s->half += other;
    s->accepts += share_of(others, order + half, 1, c.threshold);
    s->strangers_predicted += p;
}

static void print_resamples(int resamples, double share)
{
    sums s = {0};
    mien_random r;
    mien_random_init(&r, 1);
    for (int i = 0; i < resamples; i++)
        resample(&r, share, &s);
    if (!s.n) {
        printf("%g %%: too few to say\n", 100 * share);
        return;
    }
    double n = s.n, known = (g.people - g.people / 2) / 2;
    printf("half of the people, wanted %g %%, %d resamples: within %.4f\n",
           100 * share, s.n, s.threshold / n);
    printf("  false matches: said %.4f %%, everybody %.4f %%, other half %.4f "
           "%%\n",
           100 * s.predicted / n, 100 * s.all / n, 100 * s.half / n);
    printf("  in the interval: everybody %.1f %%, the other half %.1f %% (with "
           "its own)\n",
           100 * s.in_all / n, 100 * s.in_half / n);
    printf("  true matches of the other half: %.2f %%\n", 100 * s.accepts / n);
    printf("  of %.0f known by a photo: first %.2f %%, first and near %.2f "
           "%%\n",
           known, 100 * s.first / n, 100 * s.first_near / n);
    printf("  strangers named: said %.2f %%, counted %.2f %%, in the interval "
           "%.1f %% (with its own)\n",
           100 * s.strangers_predicted / n, 100 * s.strangers / n,
           100 * s.in_strangers / n);
}

int main(int argc, char **argv)
{
    static int64_t list[GALLERY_MOST];
    const char *v, *cache = NULL;
    char folder[BENCH_PATH];
    int resamples = 200;
    bench_path(folder, bench_shared(), "data/lfw");
    for (int i = 1; i < argc; i++) {
        if ((v = bench_option(argc, argv, &i, "--cache")))
            cache = v;
        else if ((v = bench_option(argc, argv, &i, "--resamples")))
            resamples = (int)strtol(v, NULL, 10);
        else
            bench_path(folder, argv[i], "");
    }
    gallery_read(&g, MIEN_DESCRIBER_DLIB, folder, cache);
    if (g.people < 2 * MIEN_CALIBRATE_PEOPLE)
        return fprintf(stderr, "calibrate: too few people in %s\n", folder), 1;
    for (int i = 0; i < g.people; i++)
        list[i] = i;
    printf("%d photos of %d people\n", g.photos, g.people);
    for (int i = 0; i < WANTED; i++)
        print_all(wanted[i], list);
    for (int i = 0; i < WANTED; i++)
        print_resamples(resamples, wanted[i]);
    return 0;
}
