/* bench_pipeline.c: the whole reading of one photo, stage by stage.
 *
 *   bench_pipeline [--threads 1] [--seconds 3] [--detector ssd|tiny|yunet]
 *                  [--size 0] [--cpu] [--json] PHOTO
 *
 * Detector, 68 points, expression, age, gender and descriptor.  first is from
 * reading the model files to the first answer, decoding included; decode is
 * the photo's bytes to pixels; total is one analysis of decoded pixels. */
#include "bench/bench.h"
#include "bench/models.h"

typedef struct {
    int threads, json, size;
    mien_detector detector;
    double seconds;
    const char *photo;
} settings;

typedef struct {
    bench_times total, decode, detect, landmarks, descriptor, attributes;
    double load, make, first;
    int faces;
} results;

typedef struct {
    mien_analyzer *analyzer;
    const mien_image *photo;
    results *out;
} job;

static void analyze_once(void *arg)
{
    job *j = arg;
    results *r = j->out;
    mien_error err = {0};
    mien_faces faces = {0};
    bench_must(mien_analyzer_run(j->analyzer, j->photo, &faces, &err), &err);
    r->faces = faces.n;
    mien_faces_free(&faces);
    mien_face_times t = mien_analyzer_times(j->analyzer);
    bench_add(&r->detect, t.detect * 1e3);
    bench_add(&r->landmarks, t.landmarks * 1e3);
    bench_add(&r->descriptor, t.descriptor * 1e3);
    bench_add(&r->attributes, t.attributes * 1e3);
}

typedef struct {
    mien_bytes bytes;
} file_job;

static void decode_once(void *arg)
{
    const file_job *j = arg;
    mien_read_options options = MIEN_READ_DEFAULTS;
    mien_error err = {0};
    mien_image photo = {0};
    bench_must(
        mien_image_read(j->bytes.data, j->bytes.n, &options, &photo, &err),
        &err);
    mien_image_free(&photo);
}

static void measure(const settings *set, results *r)
{
    mien_error err = {0};
    mien_pool *pool = NULL;
    if (set->threads > 1)
        bench_must(mien_pool_new(set->threads, &pool, &err), &err);
    double start = bench_now();
    bench_face_models m = {0};
    bench_face_models_load(&m, set->detector, BENCH_WANT_ALL,
                           MIEN_DESCRIBER_DLIB);
    r->load = bench_now() - start;
    mien_face_options options = MIEN_FACE_DEFAULTS;
    options.detector = set->detector;
    options.input_size = set->size;
    options.want = BENCH_WANT_ALL;
    options.pool = pool;
    mien_analyzer *analyzer;
    bench_must(mien_analyzer_new(&m.use, &options, &analyzer, &err), &err);
    r->make = bench_now() - start;
    file_job file = {{0}};
    bench_must(mien_file_load(set->photo, 0, &file.bytes, &err), &err);
    mien_image photo = {0};
    bench_must(bench_photo_load(set->photo, &photo, &err), &err);
    job j = {analyzer, &photo, r};
    analyze_once(&j);
    r->first = bench_now() - start;
    bench_repeat(&r->decode, set->seconds / 8, 3, decode_once, &file);
    r->detect.n = r->landmarks.n = r->descriptor.n = r->attributes.n = 0;
    bench_repeat(&r->total, set->seconds, 3, analyze_once, &j);
    mien_image_free(&photo);
    mien_bytes_free(&file.bytes);
    mien_analyzer_free(analyzer);
    bench_face_models_done(&m);
    mien_pool_free(pool);
}

static void print_json(const settings *set, results *r)
{
    printf("{\"detector\":\"%s\",\"threads\":%d,\"isa\":\"%s\",\"faces\":%d,"
           "\"calls\":%d,\"load\":%.3f,\"make\":%.3f,\"first\":%.3f,",
           bench_detector_name(set->detector), set->threads, mien_isa(),
           r->faces, r->total.n, r->load, r->make, r->first);
    printf("\"best\":%.3f,\"median\":%.3f,\"decode\":%.3f,\"detect\":%.3f,"
           "\"landmarks\":%.3f,\"descriptor\":%.3f,\"attributes\":%.3f}\n",
           bench_best(&r->total), bench_median(&r->total),
           bench_best(&r->decode), bench_best(&r->detect),
           bench_best(&r->landmarks), bench_best(&r->descriptor),
           bench_best(&r->attributes));
}

static void print_table(const settings *set, results *r)
{
    printf("%s, %d thread(s), %s, %d faces, %d runs\n",
           bench_detector_name(set->detector), set->threads, mien_isa(),
           r->faces, r->total.n);
    printf("  models read      %9.3f ms\n  analyzer ready   %9.3f ms\n"
           "  first answer     %9.3f ms (decoding included)\n",
           r->load, r->make, r->first);
    const struct {
        const char *name;
        bench_times *t;
    } row[] = {{"decode", &r->decode},         {"detect", &r->detect},
               {"landmarks", &r->landmarks},   {"descriptor", &r->descriptor},
               {"attributes", &r->attributes}, {"all but decode", &r->total}};
    for (size_t i = 0; i < sizeof row / sizeof *row; i++)
        printf("  %-15s  %9.3f ms best  %9.3f ms median\n", row[i].name,
               bench_best(row[i].t), bench_median(row[i].t));
}

int main(int argc, char **argv)
{
    settings set = {1, 0, 0, MIEN_DETECTOR_SSD, 3, NULL};
    const char *v;
    for (int i = 1; i < argc; i++) {
        if ((v = bench_option(argc, argv, &i, "--threads")))
            set.threads = (int)strtol(v, NULL, 10);
        else if ((v = bench_option(argc, argv, &i, "--seconds")))
            set.seconds = strtod(v, NULL);
        else if ((v = bench_option(argc, argv, &i, "--size")))
            set.size = (int)strtol(v, NULL, 10);
        else if ((v = bench_option(argc, argv, &i, "--detector")))
            set.detector = bench_detector_named(v);
        else if (strcmp(argv[i], "--json") == 0)
            set.json = 1;
        else if (strcmp(argv[i], "--cpu") == 0)
            bench_clock = CLOCK_PROCESS_CPUTIME_ID;
        else
            set.photo = argv[i];
    }
    if (!set.photo) {
        fprintf(stderr, "bench_pipeline: a photo is missing\n");
        return 2;
    }
    static results r;
    measure(&set, &r);
    if (set.json)
        print_json(&set, &r);
    else
        print_table(&set, &r);
    return 0;
}
