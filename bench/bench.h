/* bench.h: what the measuring programs share: a clock, the middle of many
 * times, command-line options, numbers for an input. */
#ifndef BENCH_H
#define BENCH_H

#include "mien/mien.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* What bench_now reads.  CLOCK_PROCESS_CPUTIME_ID leaves out what else the
 * machine did: for comparing at one thread while others use it. */
static clockid_t bench_clock = CLOCK_MONOTONIC;

/* Milliseconds of a clock that only goes forward. */
static inline double bench_now(void)
{
    struct timespec t;
    clock_gettime(bench_clock, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec * 1e-6;
}

/* Say what went wrong and leave. */
static inline void bench_must(mien_status st, const mien_error *err)
{
    if (st == MIEN_OK)
        return;
    fprintf(stderr, "%s: %s\n", mien_status_name(st), err->text);
    exit(1);
}

/* Times of repeated calls, in milliseconds. */
enum { BENCH_MAX_TIMES = 4096 };
typedef struct bench_times {
    int n;
    double ms[BENCH_MAX_TIMES];
} bench_times;

static inline int bench_compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static inline void bench_add(bench_times *t, double ms)
{
    if (t->n < BENCH_MAX_TIMES)
        t->ms[t->n++] = ms;
}

/* Sorts the times; 0 if there are none. */
static inline double bench_best(bench_times *t)
{
    qsort(t->ms, (size_t)t->n, sizeof t->ms[0], bench_compare);
    return t->n ? t->ms[0] : 0;
}

static inline double bench_median(bench_times *t)
{
    bench_best(t);
    return t->n ? (t->ms[(t->n - 1) / 2] + t->ms[t->n / 2]) / 2 : 0;
}

/* Call run(arg) for a time, but no fewer than least times, after warming up
 * for a quarter of it. */
static inline void bench_repeat(bench_times *t, double seconds, int least,
                                void (*run)(void *), void *arg)
{
    double end = bench_now() + seconds * 250;
    int warm = 0;
    while (warm++ < least || bench_now() < end)
        run(arg);
    t->n = 0;
    end = bench_now() + seconds * 1e3;
    while (t->n < least || (bench_now() < end && t->n < BENCH_MAX_TIMES)) {
        double start = bench_now();
        run(arg);
        bench_add(t, bench_now() - start);
    }
}

/* 0..255 from a small generator: the same as peers/ort.mjs makes. */
static inline void bench_numbers(float *x, size_t n)
{
    uint32_t state = 1;
    for (size_t i = 0; i < n; i++) {
        state = state * 1664525u + 1013904223u;
        x[i] = (float)(state >> 24);
    }
}

/* The value of --name if argv[*i] is it, moving *i to it; else NULL. */
static inline const char *bench_option(int argc, char **argv, int *i,
                                       const char *name)
{
    if (strcmp(argv[*i], name) != 0)
        return NULL;
    if (*i + 1 >= argc) {
        fprintf(stderr, "%s: a value is missing\n", name);
        exit(2);
    }
    return argv[++*i];
}

/* The network of a --descriptor; leaves the program if there is none. */
static inline mien_describer bench_describer_named(const char *text)
{
    static const mien_describer all[] = {MIEN_DESCRIBER_DLIB,
                                         MIEN_DESCRIBER_MOBILEFACENET};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (strcmp(text, mien_describer_name(all[i])) == 0)
            return all[i];
    fprintf(stderr, "no descriptor is called %s\n", text);
    exit(2);
}

/* The folder of data that is not part of the project. */
static inline const char *bench_shared(void)
{
    const char *dir = getenv("MIEN_SHARED");
    return dir ? dir : "../shared";
}

/* The folder of converted models. */
static inline const char *bench_models(void)
{
    const char *dir = getenv("MIEN_MODELS");
    return dir ? dir : "build/share/mien/models";
}

enum { BENCH_PATH = 1024 };

/* "folder/name"; leaves the program if that is too long. */
static inline void bench_path(char out[BENCH_PATH], const char *folder,
                              const char *name)
{
    int n = snprintf(out, BENCH_PATH, "%s/%s", folder, name);
    if (n >= 0 && n < BENCH_PATH)
        return;
    fprintf(stderr, "%s: this path is too long\n", folder);
    exit(1);
}

/* A network file and the bytes it lies in. */
typedef struct bench_model {
    mien_bytes bytes;
    mien_graph *graph;
} bench_model;

static inline void bench_model_load(bench_model *m, const char *path)
{
    mien_error err = {0};
    bench_must(mien_file_load(path, 0, &m->bytes, &err), &err);
    bench_must(
        mien_onnx_read_borrowed(m->bytes.data, m->bytes.n, &m->graph, &err),
        &err);
}

/* The model of a catalogue name, from the folder of models or built in. */
static inline void bench_model_named(bench_model *m, const char *name)
{
    mien_error err = {0};
    size_t n;
    const uint8_t *inside = mien_model_embedded(name, &n);
    if (inside) {
        bench_must(mien_onnx_read_borrowed(inside, n, &m->graph, &err), &err);
        return;
    }
    const mien_model_entry *entry = mien_model_find(name);
    if (!entry) {
        fprintf(stderr, "no model is called %s\n", name);
        exit(1);
    }
    char path[BENCH_PATH];
    bench_path(path, bench_models(), entry->file);
    bench_model_load(m, path);
}

static inline void bench_model_done(bench_model *m)
{
    mien_graph_free(m->graph);
    mien_bytes_free(&m->bytes);
    memset(m, 0, sizeof *m);
}

/* A photo file as upright pixels. */
static inline mien_status bench_photo_load(const char *path, mien_image *out,
                                           mien_error *err)
{
    mien_bytes bytes = {0};
    mien_status st = mien_file_load(path, 0, &bytes, err);
    if (st != MIEN_OK)
        return st;
    mien_read_options options = MIEN_READ_DEFAULTS;
    st = mien_image_read(bytes.data, bytes.n, &options, out, err);
    mien_bytes_free(&bytes);
    return st;
}

#endif
