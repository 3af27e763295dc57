/* bench_objects.c: looking for objects in one photo.
 *
 *   bench_objects [--threads 1] [--seconds 3] [--cpu] [--json] PHOTO
 *
 * first is from reading the model's file to the first answer; then milliseconds
 * a photo of decoded pixels: sampling, the network, one box a thing.  The
 * network alone, and its share of the core's peak, are bench_nn's. */
#include "bench/bench.h"

typedef struct settings {
    int threads, json;
    double seconds;
    const char *photo;
} settings;

typedef struct job {
    mien_object_detector *detector;
    mien_image photo;
    int objects;
} job;

static void look(void *arg)
{
    job *j = arg;
    mien_objects found;
    mien_error err = {0};
    bench_must(mien_object_detector_run(j->detector, &j->photo, &found, &err),
               &err);
    j->objects = found.n;
    mien_objects_free(&found);
}

static void measure(const settings *s)
{
    static bench_times times;
    job j = {.objects = 0};
    mien_object_options o = MIEN_OBJECT_DEFAULTS;
    mien_pool *pool = NULL;
    mien_error err = {0};
    bench_must(mien_image_load(s->photo, NULL, &j.photo, &err), &err);
    if (s->threads != 1)
        bench_must(mien_pool_new(s->threads, &pool, &err), &err);
    o.pool = pool;
    double start = bench_now();
    bench_must(mien_object_detector_find(&o, mien_models_lookup, NULL,
                                         &j.detector, &err),
               &err);
    look(&j);
    double first = bench_now() - start;
    bench_repeat(&times, s->seconds, 5, look, &j);
    printf(s->json ? "{\"first\":%.2f,\"best\":%.3f,\"median\":%.3f,"
                     "\"objects\":%d}\n"
                   : "first %.1f ms, then best %.2f, median %.2f ms a photo; "
                     "%d objects\n",
           first, bench_best(&times), bench_median(&times), j.objects);
    mien_object_detector_free(j.detector);
    mien_pool_free(pool);
    mien_image_free(&j.photo);
}

int main(int argc, char **argv)
{
    settings s = {.threads = 1, .seconds = 3};
    for (int i = 1; i < argc; i++) {
        const char *v;
        if ((v = bench_option(argc, argv, &i, "--threads")))
            s.threads = (int)strtol(v, NULL, 10);
        else if ((v = bench_option(argc, argv, &i, "--seconds")))
            s.seconds = strtod(v, NULL);
        else if (!strcmp(argv[i], "--json"))
            s.json = 1;
        else if (!strcmp(argv[i], "--cpu"))
            bench_clock = CLOCK_PROCESS_CPUTIME_ID;
        else
            s.photo = argv[i];
    }
    if (!s.photo)
        return fprintf(stderr, "usage: bench_objects [OPTION]... PHOTO\n"), 2;
    measure(&s);
    return 0;
}
