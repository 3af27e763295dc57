/* smiles.c: how many smiles each way of finding them finds, and how often it
 * errs, on pictures with labels.
 *
 *   smiles [LIST [SHARE [N ...]]]
 *
 * LIST is in the form of MTFL (a picture, ten coordinates of points, gender,
 * smile 1 or 2, glasses, pose), its pictures beside it; default
 * $MIEN_SHARED/data/mtfl/testing.txt.  Of each picture the face around its
 * labelled nose counts; a face that is not found does not smile; frontal
 * ones (pose 3) are counted once more by themselves.  Each SHAREth
 * line is taken (default 1).  Each N is tried for the windows that must agree
 * in the default settings.
 *
 *   smiles $MIEN_SHARED/data/mtfl/training.txt 4 16 20 24 28 32
 *
 * is what the default was chosen by; the table in docs/video.md is of the
 * testing list, which had no part in it. */
#include "bench/bench.h"

#include <math.h>

enum { MOST = 24 };

/* A way of finding smiles, and how it did. */
typedef struct way {
    char name[64];
    mien_smile_options options;
    int network;  /* 1: by the network of expressions */
    int faces[2]; /* labelled faces that were found: all, frontal ones */
    int smiles[2], others[2], found[2], wrong[2]; /* the same */
} way;

typedef struct label {
    char name[256];
    double nose_x, nose_y;
    int smiles, frontal; /* 0 or 1 */
} label;

static mien_cascade *cascade_of(const char *name)
{
    mien_cascade *c = NULL;
    mien_error err = {0};
    bench_must(mien_cascade_load(name, NULL, &c, &err), &err);
    return c;
}

/* ---- pictures ------------------------------------------------------------ */

static int read_label(const char *line, label *l)
{
    double p[10];
    int v[4];
    if (sscanf(line,
               " %255s %lf %lf %lf %lf %lf %lf %lf %lf %lf %lf %d %d %d %d",
               l->name, p, p + 1, p + 2, p + 3, p + 4, p + 5, p + 6, p + 7,
               p + 8, p + 9, v, v + 1, v + 2, v + 3) != 15)
        return 0;
    for (char *c = l->name; *c; c++)
        *c = *c == '\\' ? '/' : *c;
    l->nose_x = p[2];
    l->nose_y = p[7];
    l->smiles = v[1] == 1;
    l->frontal = v[3] == 3;
    return 1;
}

/* The face around the nose, the smallest of several; NULL if there is none. */
static const mien_smile_face *labelled_face(const mien_smiles *s,
                                            const label *l)
{
    int n;
    const mien_smile_face *f = mien_smiles_faces(s, &n), *best = NULL;
    for (int i = 0; i < n; i++) {
        double x = l->nose_x - (double)f[i].box.x;
        double y = l->nose_y - (double)f[i].box.y;
        if (x >= 0 && y >= 0 && x <= (double)f[i].box.width &&
            y <= (double)f[i].box.height &&
            (!best || f[i].box.width < best->box.width))
            best = &f[i];
    }
    return best;
}

/* Judge the picture as the first frame of a video. */
static void judge(way *w, mien_smile_network *network, const mien_gray *g,
                  const label *l)
{
    mien_error err = {0};
    mien_smiles *s = NULL;
    mien_smile_options o = w->options;
    if (w->network) {
        o.scorer = mien_smile_by_network;
        o.scorer_arg = network;
    }
    bench_must(mien_smiles_new(&o, &s, &err), &err);
    bench_must(mien_smiles_next(s, g, 0, 1, &err), &err);
    const mien_smile_face *f = labelled_face(s, l);
    int says = f && f->votes > 0;
    for (int i = 0; i <= l->frontal; i++) {
        w->faces[i] += f != NULL;
        w->smiles[i] += l->smiles;
        w->others[i] += !l->smiles;
        w->found[i] += says && l->smiles;
        w->wrong[i] += says && !l->smiles;
    }
    mien_smiles_free(s);
}

static void judge_line(int n, way *ways, mien_smile_network *network,
                       const char *folder, const label *l)
{
    char path[BENCH_PATH];
    mien_image photo = {0};
    mien_gray g = {0};
    mien_error err = {0};
    bench_path(path, folder, l->name);
    bench_must(bench_photo_load(path, &photo, &err), &err);
    bench_must(mien_gray_from(&photo, &g, &err), &err);
    network->frame = &photo;
    for (int i = 0; i < n; i++)
        judge(&ways[i], network, &g, l);
    mien_gray_free(&g);
    mien_image_free(&photo);
}

/* ---- the table ----------------------------------------------------------- */

/* "16 of 22  72.7 % (51.8 to 86.8)": Wilson's interval of 95 %. */
static void print_share(int hits, int n)
{
    double z = 1.959964, p = n ? (double)hits / n : 0, d = 1 + z * z / n;
    double middle = (p + z * z / (2. * n)) / d;
    double half = z / d * sqrt(p * (1 - p) / n + z * z / (4. * n * n));
    printf("  %5d of %5d  %5.1f %% (%4.1f to %4.1f)", hits, n, 100 * p,
           100 * (middle - half), 100 * (middle + half));
}

static void print_table(int n, const way *ways, int frontal)
{
    printf("%-28s %6s  %-36s  %s\n", frontal ? "frontal faces" : "all faces",
           "found", "smiles found", "others called smiles");
    for (int i = 0; i < n; i++) {
        const way *w = &ways[i];
        printf("%-28s %6d", w->name, w->faces[frontal]);
        print_share(w->found[frontal], w->smiles[frontal]);
        print_share(w->wrong[frontal], w->others[frontal]);
        printf("\n");
    }
}

static int add_way(way *ways, int n, const char *name,
                   mien_smile_options options, int network)
{
    if (n == MOST)
        return n;
    ways[n] = (way){.options = options, .network = network};
    snprintf(ways[n].name, sizeof ways[n].name, "%s", name);
    return n + 1;
}

/* The ways to be tried; how many. */
static int list_ways(int argc, char **argv, way *ways)
{
    mien_smile_options article = MIEN_SMILE_ARTICLE, o = MIEN_SMILE_DEFAULTS;
    int n = add_way(ways, 0, "--preset article", article, 0);
    article.smiles.options.neighbors = 10;
    n = add_way(ways, n, "article, --smile smile,1.7,10", article, 0);
    article.smiles.options.scale = 1.3;
    n = add_way(ways, n, "article, --smile smile,1.3,10", article, 0);
    n = add_way(ways, n, "default", o, 0);
    for (int i = 3; i < argc; i++) {
        char name[64];
        o.smiles.options.neighbors = (int)strtol(argv[i], NULL, 10);
        snprintf(name, sizeof name, "default, --smile smile,1.2,%d",
                 o.smiles.options.neighbors);
        n = add_way(ways, n, name, o, 0);
    }
    return add_way(ways, n, "--scorer expression", o, 1);
}

/* Judge the pictures of a list, which lie beside it. */
static void judge_list(const char *list, int share, int n, way *ways,
                       mien_smile_network *network)
{
    char folder[BENCH_PATH], line[1024];
    const char *end = strrchr(list, '/');
    int lines = 0;
    snprintf(folder, sizeof folder, "%.*s", end ? (int)(end - list) : 1,
             end ? list : ".");
    FILE *f = fopen(list, "r");
    if (!f) {
        fprintf(stderr, "%s: cannot be opened\n", list);
        exit(1);
    }
    while (fgets(line, sizeof line, f)) {
        label l;
        if (read_label(line, &l) && lines++ % (share > 0 ? share : 1) == 0)
            judge_line(n, ways, network, folder, &l);
    }
    fclose(f);
}

int main(int argc, char **argv)
{
    char list[BENCH_PATH];
    mien_reader_options ro = MIEN_READER_DEFAULTS;
    mien_reader *r = NULL;
    mien_error err = {0};
    way ways[MOST];
    int n = list_ways(argc, argv, ways);
    int share = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 1;
    bench_path(list, bench_shared(), "data/mtfl/testing.txt");
    mien_cascade *faces = cascade_of("frontalface_default");
    mien_cascade *eyes = cascade_of("eye"), *smiles = cascade_of("smile");
    for (int i = 0; i < n; i++) {
        ways[i].options.faces.cascade = faces;
        ways[i].options.eyes.cascade = eyes;
        ways[i].options.smiles.cascade = smiles;
    }
    ro.face.want = MIEN_FACE_EXPRESSION;
    ro.threads = 1;
    bench_must(mien_reader_open(&ro, &r, &err), &err);
    mien_smile_network network = {mien_reader_analyzer(r, 0), NULL};
    judge_list(argc > 1 ? argv[1] : list, share, n, ways, &network);
    print_table(n, ways, 0);
    print_table(n, ways, 1);
    mien_reader_free(r);
    mien_cascade_free(faces);
    mien_cascade_free(eyes);
    mien_cascade_free(smiles);
    return 0;
}
