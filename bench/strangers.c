/* strangers.c: how many strangers get a name when so many people are known.
 *
 *   strangers [--descriptor mobilefacenet] [FOLDER]
 *
 * FOLDER holds Name/photo.jpg; default $MIEN_SHARED/data/lfw.  The largest face
 * of each photo is described.  One photo each of so many people, drawn again
 * and again, is known; one of each other person is a stranger.  What is printed
 * is in docs/people.md, and the shares of pairs are those of
 * src/match/threshold.c. */
#include "bench/gallery.h"

#include <math.h>

enum { MOST = GALLERY_MOST, SHARES = 13, HALVES = 6, SIZES = 10 };
/* Distances whose shares are printed, by the number of a describer. */
static const double firsts[] = {0.38, 0.98}, steps[] = {0.02, 0.02};
static mien_describer by = MIEN_DESCRIBER_DLIB;
static const int sizes[SIZES] = {1, 2, 5, 10, 20, 50, 100, 200, 500, 1000};

static gallery g;

/* ---- what a distance means ----------------------------------------------- */

/* The shares of pairs of two of the people that lie nearer than each distance;
 * how many pairs there are. */
static int64_t find_shares(const uint8_t *in, double share[SHARES])
{
    int64_t pairs = 0, nearer[SHARES] = {0};
    for (int i = 0; i < g.photos; i++)
        for (int k = 0; k < i; k++) {
            if (g.photo[i].person == g.photo[k].person ||
                !in[g.photo[i].person] || !in[g.photo[k].person])
                continue;
            pairs++;
            for (int b = 0; b < SHARES; b++)
                nearer[b] += (double)g.apart[i][k] < firsts[by] + b * steps[by];
        }
    for (int b = 0; b < SHARES; b++)
        share[b] = (double)nearer[b] / (double)pairs;
    return pairs;
}

/* The rule of mien_match_threshold for other shares, at 1 %. */
static double threshold_of(const double share[SHARES], int known)
{
    double wanted = -log1p(-MIEN_FALSE_MATCH) / known;
    int b = SHARES - 2;
    while (b > 0 && share[b - 1] > 0 && share[b] > wanted)
        b--;
    double low = log(share[b]), high = log(share[b + 1]);
    double t =
        firsts[by] + steps[by] * (b + (log(wanted) - low) / (high - low));
    return fmin(t, (double)mien_describer_threshold(by));
}

/* ---- drawing ------------------------------------------------------------- */

typedef struct counts {
    int64_t strangers, named,
        at_default;       /* of them within 0.6, the threshold */
    int64_t known, right; /* of known people seen again */
} counts;

/* Draw n known people among those of a list, and count. */
static void draw(mien_random *r, int n, double threshold, int m,
                 const int *list, counts *c)
{
    int64_t order[MOST];
    int known[MOST];
    mien_random_permutation(r, m, order);
    for (int i = 0; i < n; i++)
        known[i] = gallery_draw(&g, r, list[order[i]]);
    const double usual = (double)mien_describer_threshold(by);
    for (int i = n; i < m; i++) {
        int of = gallery_draw(&g, r, list[order[i]]);
        double d = (double)g.apart[of][gallery_nearest(&g, of, n, known)];
        c->strangers++;
        c->named += d < usual;
        c->at_default += d < threshold;
    }
    for (int i = 0; i < n; i++) {
        int of = gallery_draw(&g, r, g.photo[known[i]].person);
        if (of == known[i])
            continue;
        int best = gallery_nearest(&g, of, n, known);
        c->known++;
        c->right += best == known[i] && (double)g.apart[of][best] < threshold;
    }
}

/* Many draws of n known people of a list. */
static counts draw_many(mien_random *r, int n, double threshold, int m,
                        const int *list)
{
    counts c = {0};
    for (int i = 0; i < (n < 250 ? 2000 / n : 8); i++)
        draw(r, n, threshold, m, list, &c);
    return c;
}

static double per_cent(int64_t part, int64_t of)
{
    return of ? 100 * (double)part / (double)of : 0;
}

/* Fit to half of the people, count on the others. */
static void print_halves(mien_random *r, int n)
{
    static uint8_t in[MOST];
    static int list[MOST];
    double sum = 0, least = 100, most = 0;
    for (int h = 0; h < HALVES; h++) {
        int64_t order[MOST];
        double share[SHARES];
        int m = 0;
        mien_random_permutation(r, g.people, order);
        memset(in, 0, sizeof in);
        for (int i = 0; i < g.people; i++)
            if (i < g.people / 2)
                in[order[i]] = 1;
            else
                list[m++] = (int)order[i];
        find_shares(in, share);
        counts c = draw_many(r, n, threshold_of(share, n), m, list);
        double named = per_cent(c.at_default, c.strangers);
        sum += named;
        least = fmin(least, named);
        most = fmax(most, named);
    }
    printf("%5d known: %.1f %% of strangers named, %.1f to %.1f\n", n,
           sum / HALVES, least, most);
}

int main(int argc, char **argv)
{
    char folder[BENCH_PATH];
    static uint8_t in[MOST];
    static int list[MOST];
    double share[SHARES];
    mien_random r;
    bench_path(folder, bench_shared(), "data/lfw");
    for (int i = 1; i < argc; i++) {
        const char *v = bench_option(argc, argv, &i, "--descriptor");
        if (v)
            by = bench_describer_named(v);
        else
            snprintf(folder, sizeof folder, "%s", argv[i]);
    }
    gallery_read(&g, by, folder, NULL);
    memset(in, 1, sizeof in);
    for (int i = 0; i < g.people; i++)
        list[i] = i;
    if (g.people < 2 * sizes[0] + 1)
        return fprintf(stderr, "strangers: no people there\n"), 1;
    printf("%d photos of %d people, %lld pairs of two; nearer than\n", g.photos,
           g.people, (long long)find_shares(in, share));
    for (int b = 0; b < SHARES; b++)
        printf("  %.2f %.3e\n", firsts[by] + b * steps[by], share[b]);
    mien_random_init(&r, 1);
    printf("known  within %.2f  distance  strangers  known named\n",
           (double)mien_describer_threshold(by));
    for (int i = 0; i < SIZES && sizes[i] < g.people; i++) {
        float t = mien_match_threshold_by(by, sizes[i], MIEN_FALSE_MATCH);
        counts c = draw_many(&r, sizes[i], (double)t, g.people, list);
        printf("%5d  %9.1f %%  %8.3f  %7.1f %%  %9.0f %%\n", sizes[i],
               per_cent(c.named, c.strangers), (double)t,
               per_cent(c.at_default, c.strangers), per_cent(c.right, c.known));
    }
    printf("fitted to half of the people, counted on the others, %d times:\n",
           HALVES);
    for (int i = 2; i < 8 && 4 * sizes[i] < g.people; i++)
        print_halves(&r, sizes[i]);
    return 0;
}
