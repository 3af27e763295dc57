/* wider.c: which detector, at which input size?  Average precision on WIDER
 * FACE pictures against milliseconds a picture.
 *
 *   wider [--threads 1] [--only yunet|tiny|ssd] [--sizes 320,640]
 *         [--pictures N] [--passes 3] [--cpu] [--json] [FOLDER]
 *
 * FOLDER holds images/ and annotations_416.txt (name x y w h, then six marks
 * of which the fourth says that the box is not to be counted); default
 * $MIEN_SHARED/data/wider.  The pictures there were stretched to 416x416.
 * Two rows of figures: all faces, and faces at least 20 pixels high with the
 * smaller ones ignored. */
#include "bench/ap.h"
#include "bench/bench.h"
#include "bench/models.h"

enum { MAX_PICTURES = 4096, MAX_SIZES = 16, MAX_FOUND = 1 << 20 };

typedef struct {
    char name[128];
    mien_image image;
} picture;

typedef struct {
    int n_pictures, n_truth, n_found;
    picture *picture;
    ap_truth *truth;
    ap_found *found;
} data;

typedef struct {
    mien_detector detector;
    int size[MAX_SIZES];
} sweep;

/* 0 is the detector's own default. */
static const sweep sweeps[] = {
    {MIEN_DETECTOR_YUNET, {0, 256, 320, 416, 512, 640, 832, 960, 1280, -1}},
    {MIEN_DETECTOR_TINY, {0, 128, 160, 224, 320, 416, 512, 608, -1}},
    {MIEN_DETECTOR_SSD, {0, -1}},
};

static void *must_have(void *p)
{
    if (p)
        return p;
    fprintf(stderr, "wider: no memory\n");
    exit(1);
}

/* The picture's number, read from disk when it is first named; -1 if the file
 * is not there. */
static int picture_of(data *d, const char *folder, const char *name, int most)
{
    if (d->n_pictures && !strcmp(d->picture[d->n_pictures - 1].name, name))
        return d->n_pictures - 1;
    if (d->n_pictures == most)
        return -1;
    char images[BENCH_PATH], path[BENCH_PATH];
    bench_path(images, folder, "images");
    bench_path(path, images, name);
    FILE *f = fopen(path, "rb");
    if (!f)
        return -1;
    fclose(f);
    mien_error err = {0};
    picture *p = &d->picture[d->n_pictures];
    bench_must(bench_photo_load(path, &p->image, &err), &err);
    snprintf(p->name, sizeof p->name, "%s", name);
    return d->n_pictures++;
}

static void load(data *d, const char *folder, int most)
{
    char path[BENCH_PATH], line[512], name[128];
    bench_path(path, folder, "annotations_416.txt");
    FILE *f = fopen(path, "r");
    if (!f) {
        perror(path);
        exit(1);
    }
    d->picture = must_have(calloc(MAX_PICTURES, sizeof *d->picture));
    d->found = must_have(calloc(MAX_FOUND, sizeof *d->found));
    int room = 0;
    while (fgets(line, sizeof line, f)) {
        mien_box b;
        int invalid;
        if (line[0] == '#' ||
            sscanf(line, "%127s %f %f %f %f %*d %*d %*d %d", name, &b.x, &b.y,
                   &b.width, &b.height, &invalid) != 6 ||
            b.width <= 0 || b.height <= 0)
            continue;
        int at = picture_of(d, folder, name, most);
        if (at < 0)
            continue;
        if (d->n_truth == room) {
            room = room ? 2 * room : 1024;
            d->truth =
                must_have(realloc(d->truth, (size_t)room * sizeof *d->truth));
        }
        d->truth[d->n_truth++] = (ap_truth){b, at, invalid, 0, 0};
    }
    fclose(f);
}

static void keep(data *d, const mien_faces *faces, int at)
{
    for (int k = 0; k < faces->n && d->n_found < MAX_FOUND; k++)
        d->found[d->n_found++] =
            (ap_found){faces->face[k].box, faces->face[k].score, at};
}

/* Detect on all pictures; a picture's time is the best of the passes, and the
 * answer is the median of all pictures, in milliseconds. */
static double detect_all(data *d, mien_analyzer *a, int passes)
{
    static bench_times t;
    t.n = d->n_found = 0;
    mien_error err = {0};
    for (int i = 0; i < d->n_pictures; i++) {
        double best = 0;
        for (int pass = 0; pass < passes; pass++) {
            mien_faces faces = {0};
            double start = bench_now();
            bench_must(mien_analyzer_run(a, &d->picture[i].image, &faces, &err),
                       &err);
            double ms = bench_now() - start;
            best = pass == 0 || ms < best ? ms : best;
            if (pass == 0)
                keep(d, &faces, i);
            mien_faces_free(&faces);
        }
        bench_add(&t, best);
    }
    return bench_median(&t);
}

/* The score that detections need by default. */
static float usual_score(mien_detector detector)
{
    return detector == MIEN_DETECTOR_YUNET ? 0.6f : 0.5f;
}

static void print_row(const mien_face_options *o, double ms, ap_result all,
                      ap_result large, int json)
{
    const char *name = bench_detector_name(o->detector);
    if (json) {
        printf("{\"detector\":\"%s\",\"size\":%d,\"ms\":%.3f,"
               "\"threads\":%d,\"isa\":\"%s\","
               "\"all\":{\"ap\":%.4f,\"recall\":%.4f,\"precision\":%.4f},",
               name, o->input_size, ms, mien_pool_size(o->pool), mien_isa(),
               all.ap, all.recall, all.precision);
        printf("\"from_20\":{\"ap\":%.4f,\"recall\":%.4f,"
               "\"precision\":%.4f}}\n",
               large.ap, large.recall, large.precision);
        return;
    }
    char size[16] = "default";
    if (o->input_size)
        snprintf(size, sizeof size, "%d", o->input_size);
    printf("| %-5s | %7s | %8.2f | %6.3f | %6.3f | %6.3f | %6.3f | %6.3f | "
           "%6.3f |\n",
           name, size, ms, all.ap, all.recall, all.precision, large.ap,
           large.recall, large.precision);
    fflush(stdout);
}

static void measure(data *d, mien_face_options options, int passes, int json)
{
    mien_error err = {0};
    bench_face_models m = {0};
    bench_face_models_load(&m, options.detector, 0, options.describer);
    mien_analyzer *a;
    options.min_score = 0.01f;
    options.max_faces = 1000;
    bench_must(mien_analyzer_new(&m.use, &options, &a, &err), &err);
    double ms = detect_all(d, a, passes);
    float usual = usual_score(options.detector);
    ap_result all =
        ap_score(d->found, d->n_found, d->truth, d->n_truth, 0, usual);
    ap_result large =
        ap_score(d->found, d->n_found, d->truth, d->n_truth, 20, usual);
    print_row(&options, ms, all, large, json);
    mien_analyzer_free(a);
    bench_face_models_done(&m);
}

static void print_head(const data *d)
{
    int large = 0, all = 0;
    for (int i = 0; i < d->n_truth; i++) {
        all += !d->truth[i].invalid;
        large += !d->truth[i].invalid && d->truth[i].box.height >= 20;
    }
    printf("%d pictures, %d faces, %d of them at least 20 pixels high; %s\n\n"
           "| detector | size | ms | AP all | recall | precision | AP from 20 "
           "px | recall | precision |\n"
           "|---|--:|--:|--:|--:|--:|--:|--:|--:|\n",
           d->n_pictures, all, large, mien_isa());
}

static int read_sizes(const char *text, int *size)
{
    int n = 0;
    while (*text && n < MAX_SIZES - 1) {
        char *end;
        size[n++] = (int)strtol(text, &end, 10);
        text = *end == ',' ? end + 1 : "";
    }
    size[n] = -1;
    return n;
}

int main(int argc, char **argv)
{
    mien_face_options options = MIEN_FACE_DEFAULTS;
    int json = 0, threads = 1, passes = 3, most = MAX_PICTURES;
    int sizes[MAX_SIZES] = {-1};
    const char *v, *only = NULL;
    char home[BENCH_PATH];
    bench_path(home, bench_shared(), "data/wider");
    const char *folder = home;
    for (int i = 1; i < argc; i++) {
        if ((v = bench_option(argc, argv, &i, "--threads")))
            threads = (int)strtol(v, NULL, 10);
        else if ((v = bench_option(argc, argv, &i, "--only")))
            only = v;
        else if ((v = bench_option(argc, argv, &i, "--sizes")))
            read_sizes(v, sizes);
        else if ((v = bench_option(argc, argv, &i, "--passes")))
            passes = (int)strtol(v, NULL, 10);
        else if ((v = bench_option(argc, argv, &i, "--pictures")))
            most = (int)strtol(v, NULL, 10);
        else if (strcmp(argv[i], "--json") == 0)
            json = 1;
        else if (strcmp(argv[i], "--cpu") == 0)
            bench_clock = CLOCK_PROCESS_CPUTIME_ID;
        else
            folder = argv[i];
    }
    mien_error err = {0};
    if (threads > 1)
        bench_must(mien_pool_new(threads, &options.pool, &err), &err);
    static data d;
    load(&d, folder, most < MAX_PICTURES ? most : MAX_PICTURES);
    if (!json)
        print_head(&d);
    for (size_t s = 0; s < sizeof sweeps / sizeof *sweeps; s++) {
        options.detector = sweeps[s].detector;
        if (only && strcmp(only, bench_detector_name(options.detector)) != 0)
            continue;
        const int *size = sizes[0] >= 0 ? sizes : sweeps[s].size;
        for (; *size >= 0; size++) {
            options.input_size = *size;
            measure(&d, options, passes, json);
        }
    }
    for (int i = 0; i < d.n_pictures; i++)
        mien_image_free(&d.picture[i].image);
    free(d.picture);
    free(d.found);
    free(d.truth);
    mien_pool_free(options.pool);
    return 0;
}
