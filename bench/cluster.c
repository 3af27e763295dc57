/* cluster.c: unknown faces put together, how well and how fast.
 *
 *   cluster [--peer dlib_whispers.so] [--descriptor mobilefacenet] [FOLDER]
 *   cluster --made FACES [--threads 1]
 *
 * FOLDER holds Name/photo.jpg; default $MIEN_SHARED/data/lfw.  The face nearest
 * to the middle of each photo is described, and groups are compared with the
 * names by BCubed: precision is the share of a face's group that shows the same
 * person, recall the share of this person's faces that are in the group, both
 * averaged over faces; a face in no group is one of its own.  The people are
 * all, then those with two photos or more.
 * Source: E. Amigo et al., A comparison of extrinsic clustering evaluation
 * metrics based on formal constraints, 2009.
 *
 * Made faces are of people far apart on a sphere, 1 to 19 faces each, at about
 * 0.4 from each other; neighbours are nearer than 0.5. */
#include "bench/gallery.h"

#include <dlfcn.h>
#include <math.h>
#include <sys/resource.h>

enum { D = MIEN_DESCRIPTOR, MOST = GALLERY_MOST, NAMED = 1 << 20 };
enum { FULL = MIEN_DESCRIPTOR_MOST }; /* zeros behind a shorter one */

typedef void whispers(int faces, int64_t n, const int32_t *pairs, int *label);

static float row[MOST][FULL];
static int person[MOST], faces, people;

/* ---- photos -------------------------------------------------------------- */

static void read_all(const char *folder, mien_describer describer)
{
    static gallery g;
    gallery_describe(&g, MIEN_PICK_CENTRAL, describer, folder);
    for (; faces < g.photos; faces++) {
        memcpy(row[faces], g.photo[faces].descriptor, sizeof row[faces]);
        person[faces] = g.photo[faces].person;
    }
    people = g.people;
}

/* Leave out people with one photo; photos of one person lie together. */
static void keep_several(void)
{
    int kept = 0, last = -1, n = 0;
    for (int i = 0; i < faces; i++) {
        int several = (i > 0 && person[i] == person[i - 1]) ||
                      (i + 1 < faces && person[i] == person[i + 1]);
        if (!several)
            continue;
        n += person[i] != last;
        last = person[i];
        memmove(row[kept], row[i], sizeof row[i]);
        person[kept++] = last;
    }
    faces = kept;
    people = n;
}

/* ---- how well ------------------------------------------------------------ */

typedef struct score {
    double precision, recall, f;
    int groups; /* of two faces or more */
} score;

/* group of a face; less than 0: its own */
static score judge(const int *group)
{
    score s = {0};
    for (int i = 0; i < faces; i++) {
        int same = 0, together = 0, both = 0, first = 1;
        for (int k = 0; k < faces; k++) {
            int p = person[k] == person[i];
            int g = k == i || (group[i] >= 0 && group[k] == group[i]);
            same += p;
            together += g;
            both += p && g;
            first &= !(g && k < i);
        }
        s.precision += (double)both / together / faces;
        s.recall += (double)both / same / faces;
        s.groups += first && together > 1;
    }
    s.f = 2 * s.precision * s.recall / (s.precision + s.recall);
    return s;
}

static void print_score(const char *name, float threshold, score s)
{
    printf("| %s | %.3g | %d | %.3f | %.3f | %.3f |\n", name, (double)threshold,
           s.groups, s.precision, s.recall, s.f);
}

static score by_mien(mien_cluster_method method, float threshold, int core)
{
    mien_cluster_options o = MIEN_CLUSTER_DEFAULTS;
    mien_clusters c = {0};
    mien_error err = {0};
    o.method = method;
    o.threshold = threshold;
    o.core = core;
    bench_must(mien_cluster(faces, FULL, row[0], &o, &c, &err), &err);
    score s = judge(c.group);
    mien_clusters_free(&c);
    return s;
}

static score by_dlib(whispers *peer, float threshold)
{
    static int32_t pair[NAMED][2];
    static int label[MOST];
    int64_t n = 0;
    for (int i = 0; i < faces; i++)
        for (int k = 0; k < i && n < NAMED; k++)
            if (mien_descriptor_apart(FULL, row[i], row[k]) < threshold) {
                pair[n][0] = k;
                pair[n++][1] = i;
            }
    if (n == NAMED)
        printf("(too many pairs: those after the first %d left out)\n", NAMED);
    peer(faces, n, pair[0], label);
    return judge(label);
}

/* Around where each network's best lies.
 *
 *   from  the first of seven thresholds, 0.04 apart */
static void print_table(whispers *peer, float from)
{
    printf("%d photos of %d people\n", faces, people);
    printf("| | threshold | groups | precision | recall | F |\n"
           "|---|--:|--:|--:|--:|--:|\n");
    for (int i = 0; i < 7; i++) {
        float t = from + 0.04f * (float)i;
        print_score("whispers", t, by_mien(MIEN_CLUSTER_WHISPERS, t, 3));
        if (peer)
            print_score("dlib", t, by_dlib(peer, t));
        print_score("DBSCAN, core 2", t, by_mien(MIEN_CLUSTER_DENSITY, t, 2));
        print_score("DBSCAN, core 3", t, by_mien(MIEN_CLUSTER_DENSITY, t, 3));
    }
}

static void measure_quality(const char *folder, const char *library,
                            mien_describer describer)
{
    const float from = describer == MIEN_DESCRIBER_DLIB ? 0.36f : 0.88f;
    whispers *peer = NULL;
    if (library) {
        void *so = dlopen(library, RTLD_NOW);
        void *f = so ? dlsym(so, "dlib_whispers") : NULL;
        if (!f)
            fprintf(stderr, "cluster: %s\n", dlerror());
        memcpy(&peer, &f, sizeof peer);
    }
    read_all(folder, describer);
    print_table(peer, from);
    keep_several();
    print_table(peer, from);
}

/* ---- how fast ------------------------------------------------------------ */

static void make_faces(int n, float *out, int *who)
{
    mien_random r;
    int left = 0, people_made = -1;
    float centre[D];
    mien_random_init(&r, 1);
    for (int i = 0; i < n; i++) {
        double length = 0;
        if (left-- == 0) {
            for (int k = 0; k < D; k++) {
                centre[k] = (float)mien_random_normal(&r);
                length += (double)centre[k] * (double)centre[k];
            }
            for (int k = 0; k < D; k++)
                centre[k] /= (float)sqrt(length);
            left = (int)mien_random_below(&r, 19);
            people_made++;
        }
        for (int k = 0; k < D; k++)
            out[(ptrdiff_t)i * D + k] =
                centre[k] + 0.025f * (float)mien_random_normal(&r);
        who[i] = people_made;
    }
}

/* What is not as it was made: neighbours in the order that are of one person
 * and not of one group, or the other way; and groups too many or too few. */
static int64_t count_wrong(int n, const int *who, const mien_clusters *c)
{
    int64_t wrong = 0, several = 0;
    for (int i = 1; i < n; i++) {
        int same = c->group[i] >= 0 && c->group[i] == c->group[i - 1];
        int one = who[i] == who[i - 1];
        wrong += same != one;
        several += one && (i == 1 || who[i - 2] != who[i]);
    }
    return wrong + llabs(several - c->groups);
}

static double seconds_of_processor(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void measure_time(int n, int threads)
{
    mien_cluster_options o = MIEN_CLUSTER_DEFAULTS;
    mien_clusters c = {0};
    mien_error err = {0};
    struct rusage used;
    float *x = malloc((size_t)n * D * sizeof *x);
    int *who = malloc((size_t)n * sizeof *who);
    if (!x || !who) {
        fprintf(stderr, "cluster: no memory\n");
        exit(1);
    }
    o.threshold = 0.5f;
    make_faces(n, x, who);
    getrusage(RUSAGE_SELF, &used);
    long before = used.ru_maxrss;
    bench_must(mien_pool_new(threads, &o.pool, &err), &err);
    double start = bench_now(), busy = seconds_of_processor();
    bench_must(mien_cluster(n, D, x, &o, &c, &err), &err);
    busy = seconds_of_processor() - busy;
    double took = (bench_now() - start) / 1e3;
    getrusage(RUSAGE_SELF, &used);
    printf("%d faces, %d threads: %.2f s (%.2f s of processors, %.0f GFLOP/s "
           "of them), %ld MiB beside the descriptors' %.0f; %lld pairs, %d "
           "groups, %d rounds, %lld wrong\n",
           n, mien_pool_size(o.pool), took, busy,
           (double)n * n * D / busy * 1e-9, (used.ru_maxrss - before) / 1024,
           (double)n * D * 4 / 1048576, (long long)c.pairs, c.groups, c.rounds,
           (long long)count_wrong(n, who, &c));
    mien_clusters_free(&c);
    mien_pool_free(o.pool);
    free(x);
    free(who);
}

int main(int argc, char **argv)
{
    char folder[BENCH_PATH];
    const char *v, *from = folder, *peer = NULL;
    int made = 0, threads = 1;
    mien_describer describer = MIEN_DESCRIBER_DLIB;
    bench_path(folder, bench_shared(), "data/lfw");
    for (int i = 1; i < argc; i++) {
        if ((v = bench_option(argc, argv, &i, "--made")))
            made = (int)strtol(v, NULL, 10);
        else if ((v = bench_option(argc, argv, &i, "--threads")))
            threads = (int)strtol(v, NULL, 10);
        else if ((v = bench_option(argc, argv, &i, "--peer")))
            peer = v;
        else if ((v = bench_option(argc, argv, &i, "--descriptor")))
            describer = bench_describer_named(v);
        else
            from = argv[i];
    }
    if (made > 0)
        measure_time(made, threads);
    else
        measure_quality(from, peer, describer);
    return 0;
}
