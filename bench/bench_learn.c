/* bench_learn: steps of training of article 4's network (align) and of an
 * emotion network, on random pictures.
 *
 *   bench_learn [align|emotion] [threads] [steps]
 *
 * Prints one line of JSON: the median time of a step, its images a second, the
 * loss before the last step and the process' peak of memory. */
#include "bench/bench.h"
#include "mien/mien.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

enum { BATCH = 64, MAX_STEPS = 100 };

typedef struct job {
    mien_graph *g;
    mien_random random;
    mien_layer_options layer;
    mien_loss loss[5];
    int n_losses, side, channels;
} job;

static mien_node *conv(job *j, mien_node *x, int units, int kernel, int same)
{
    const mien_window w = MIEN_WINDOW(kernel, 1, same);
    return mien_layer_conv2d(j->g, x, units, &w, &j->layer, NULL);
}

static mien_node *halve(job *j, mien_node *x)
{
    const mien_window w = MIEN_WINDOW(2, 2, 0);
    return mien_layer_max_pool(j->g, x, &w, NULL);
}

static void add_head(job *j, mien_node *x, int units)
{
    int i = j->n_losses++;
    j->loss[i] = (mien_loss){.output = i, .kind = MIEN_LOSS_MSE, .weight = 1};
    mien_graph_output(j->g, mien_layer_dense(j->g, x, units, &j->layer, NULL),
                      NULL);
}

static mien_node *input(job *j, int channels, int side)
{
    j->side = side;
    j->channels = channels;
    return mien_graph_input(j->g, "x",
                            (mien_shape){4, {-1, channels, side, side}});
}

/* Article 4: four convolutions, three poolings, five heads. */
static void build_align(job *j)
{
    static const int units[4] = {16, 48, 64, 64}, kernel[4] = {5, 3, 3, 2};
    static const int heads[5] = {10, 2, 2, 2, 5};
    mien_node *x = input(j, 3, 160);
    for (int i = 0; i < 4; i++) {
        x = conv(j, x, units[i], kernel[i], 0);
        x = mien_layer_relu(j->g, x, NULL);
        x = i < 3 ? halve(j, x) : x;
    }
    x = mien_layer_flatten(j->g, x, NULL);
    x = mien_layer_dense(j->g, x, 100, &j->layer, NULL);
    x = mien_layer_relu(j->g, x, NULL);
    for (int i = 0; i < 5; i++)
        add_head(j, x, heads[i]);
}

/* Six convolutions with batch normalisation. */
static void build_emotion(job *j)
{
    static const int units[6] = {32, 64, 96, 128, 128, 128};
    mien_node *x = input(j, 1, 48);
    for (int i = 0; i < 6; i++) {
        x = conv(j, x, units[i], 3, 1);
        x = mien_layer_batch_norm(j->g, x, 1e-5F, 0.9F, NULL);
        x = mien_layer_relu(j->g, x, NULL);
        x = i == 0 || i == 1 || i == 3 ? halve(j, x) : x;
    }
    add_head(j, mien_layer_global_pool(j->g, x, NULL), 7);
}

static void run_steps(job *j, mien_trainer *t, int steps, double *ms,
                      mien_losses *last)
{
    size_t row = (size_t)(j->channels * j->side * j->side);
    float *x = malloc(BATCH * row * sizeof *x);
    float *zeros = calloc(BATCH * 10, sizeof *zeros);
    if (!x || !zeros)
        exit(1);
    for (size_t i = 0; i < BATCH * row; i++)
        x[i] = (float)mien_random_unit(&j->random);
    const float *in = x, *targets[5] = {zeros, zeros, zeros, zeros, zeros};
    const mien_samples s = {BATCH, &in, targets, NULL, NULL};
    mien_error err = {0};
    for (int i = 0; i < steps; i++) {
        double start = mien_clock();
        bench_must(mien_trainer_epoch(t, &s, last, &err), &err);
        ms[i] = 1e3 * (mien_clock() - start);
    }
    free(x);
    free(zeros);
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

int main(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "align";
    int threads = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 1;
    int steps = argc > 3 ? (int)strtol(argv[3], NULL, 10) : 10;
    job j = {.layer = MIEN_LAYER_TORCH};
    mien_error err = {0};
    mien_trainer_options o = MIEN_TRAINER_DEFAULTS;
    mien_trainer *t = NULL;
    double ms[MAX_STEPS];
    mien_losses last = {0};
    steps = steps < 3 ? 3 : steps > MAX_STEPS ? MAX_STEPS : steps;
    mien_random_init(&j.random, 1);
    j.layer.random = &j.random;
    bench_must(mien_pool_new(threads, &o.pool, &err), &err);
    bench_must(mien_graph_new(&j.g, &err), &err);
    (strcmp(name, "emotion") == 0 ? build_emotion : build_align)(&j);
    o.batch = BATCH;
    o.shuffle = 0;
    o.optimizer = (mien_optimizer)MIEN_ADAM_TORCH;
    o.losses = j.loss;
    o.n_losses = j.n_losses;
    bench_must(mien_trainer_new(j.g, &o, &t, &err), &err);
    run_steps(&j, t, steps, ms, &last);
    qsort(ms + 2, (size_t)(steps - 2), sizeof *ms, by_size);
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    double median = ms[2 + (steps - 2) / 2];
    printf("{\"net\":\"%s\",\"threads\":%d,\"ms\":%.1f,\"images_s\":%.1f,"
           "\"loss\":%.7g,\"peak_mb\":%.0f,\"isa\":\"%s\"}\n",
           name, threads, median, 1e3 * BATCH / median, last.total,
           (double)usage.ru_maxrss / 1024, mien_isa());
    mien_trainer_free(t);
    mien_graph_free(j.g);
    mien_pool_free(o.pool);
    return 0;
}
