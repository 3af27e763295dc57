/* bench_learn: steps of training of a network (models/nets), on random numbers.
 *
 *   bench_learn NET.json [--batch 64] [--threads 1] [--steps 10] [--save FILE]
 *               [--list]
 *
 * What is learned is the same for all, so that a peer needs no more than the
 * network: the sum over its outputs of their mean square.  Prints one line of
 * JSON: the median time of a step by the clock and by the processor, images a
 * second, the loss before the last step, the share of the peak of multiply-adds
 * (one core, measured in the same run) in the steps that convolve, forward and
 * backward, weighted by FLOPs, and the process' peak of memory.
 * --save FILE writes what a peer has to begin with: floats of the inputs, then
 * of all parameters.  --list: time of each step of the plan, slowest first. */
#include "bench/bench.h"
#include "bench/peak.h"
#include "engine/learn.h"
#include "engine/steps.h"
#include "mien/net.h"
#include "train/plans.h"

#include <sys/resource.h>

enum { MAX_STEPS = 100, ROUNDS = 5 };

/* A network, what it is given, and how long each step took. */
typedef struct {
    mien_net *net;
    int batch;
    size_t len[MIEN_NET_MAX_INPUTS]; /* of a row */
    float *in[MIEN_NET_MAX_INPUTS], *zeros;
    mien_loss loss[MIEN_MAX_LOSSES];
    int n_losses;
    double ms[MAX_STEPS], cpu[MAX_STEPS];
    mien_losses last;
} run;

static size_t row_of(mien_shape s)
{
    size_t n = 1;
    for (int d = 1; d < s.rank; d++)
        n *= (size_t)s.dim[d];
    return n;
}

static float *numbers(size_t n)
{
    float *p = calloc(n ? n : 1, sizeof *p);
    if (!p)
        exit(1);
    return p;
}

static void load(run *r, const char *path)
{
    mien_error err = {0};
    mien_bytes file = {0};
    bench_must(mien_file_load(path, 0, &file, &err), &err);
    bench_must(mien_net_read(file.data, file.n, NULL, &r->net, &err), &err);
    mien_bytes_free(&file);
}

/* Inputs of 0..1 and targets of 0. */
static void fill(run *r)
{
    const mien_graph *g = r->net->graph;
    mien_random random;
    size_t batch = (size_t)r->batch, most = 1;
    mien_random_init(&random, 1);
    for (int i = 0; i < r->net->n_inputs; i++) {
        r->len[i] = row_of(r->net->input[i].shape);
        r->in[i] = numbers(batch * r->len[i]);
        for (size_t j = 0; j < batch * r->len[i]; j++)
            r->in[i][j] = (float)mien_random_unit(&random);
    }
    for (int i = 0; i < r->net->n_outputs && i < MIEN_MAX_LOSSES; i++) {
        size_t row = row_of(mien_graph_output_shape(g, i));
        r->loss[r->n_losses++] =
            (mien_loss){.output = i, .kind = MIEN_LOSS_MSE, .weight = 1};
        most = row > most ? row : most;
    }
    r->zeros = numbers(batch * most);
}

static void done(run *r)
{
    for (int i = 0; i < r->net->n_inputs; i++)
        free(r->in[i]);
    free(r->zeros);
    mien_net_free(r->net);
}

static double cpu_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec * 1e-6;
}

static void run_steps(run *r, mien_trainer *t, int steps)
{
    const float *in[MIEN_NET_MAX_INPUTS], *targets[MIEN_MAX_LOSSES];
    for (int i = 0; i < r->net->n_inputs; i++)
        in[i] = r->in[i];
    for (int i = 0; i < r->n_losses; i++)
        targets[i] = r->zeros;
    const mien_samples s = {.n = r->batch, .inputs = in, .targets = targets};
    mien_error err = {0};
    for (int i = 0; i < steps; i++) {
        double start = bench_now(), cpu = cpu_now();
        bench_must(mien_trainer_epoch(t, &s, &r->last, &err), &err);
        r->ms[i] = bench_now() - start;
        r->cpu[i] = cpu_now() - cpu;
    }
}

/* The middle of the steps after the second. */
static double median(double *ms, int steps)
{
    qsort(ms + 2, (size_t)(steps - 2), sizeof *ms, bench_compare);
    return ms[2 + (steps - 2) / 2];
}

/* ---- steps of the plan -----------------------------------------------------
 */

typedef struct {
    double ms;
    const mi_step *step;
} timed;

static int slower_first(const void *a, const void *b)
{
    return bench_compare(&((const timed *)b)->ms, &((const timed *)a)->ms);
}

static int convolves(const mi_step *s)
{
    return strncmp(s->what, "conv", 4) == 0 ||
           strcmp(s->what, "products") == 0 ||
           (strcmp(s->what, "data") == 0 && s->in[1] != s->out[0]);
}

/* The best processor's time of each step in whole runs; free it. */
static timed *time_steps(const mien_plan *p)
{
    timed *best = calloc((size_t)p->n_steps, sizeof *best);
    if (!best)
        exit(1);
    for (int round = 0; round < ROUNDS; round++)
        for (int i = 0; i < p->n_steps; i++) {
            const mi_step *s = &p->step[i];
            double start = cpu_now();
            for (int t = 0; t < s->tasks; t++)
                s->run(p, s, t, p->scratch);
            double ms = cpu_now() - start;
            if (round == 0 || ms < best[i].ms)
                best[i] = (timed){ms, s};
        }
    return best;
}

/* GFLOP/s of all steps that convolve together; prints each step if asked. */
static double convolutions(mien_trainer *t, int rows, int list)
{
    mien_plan *p = NULL;
    mien_error err = {0};
    double flop = 0, conv = 0, all = 0;
    bench_must(mi_trainer_plan(t, rows, &p, &err), &err);
    timed *each = time_steps(p);
    for (int i = 0; i < p->n_steps; i++) {
        all += each[i].ms;
        if (convolves(each[i].step)) {
            flop += 2 * each[i].step->work;
            conv += each[i].ms;
        }
    }
    qsort(each, (size_t)p->n_steps, sizeof *each, slower_first);
    for (int i = 0; i < p->n_steps && list; i++) {
        const mi_step *s = each[i].step;
        const mien_shape *y = &p->value[s->out[0]].shape;
        printf("  %3d %-14s %8.3f ms %5.1f %% %8.1f GFLOP/s",
               (int)(s - p->step), s->what, each[i].ms, 100 * each[i].ms / all,
               convolves(s) ? 2e-6 * s->work / each[i].ms : 0);
        for (int d = 0; d < y->rank; d++)
            printf(d ? "x%lld" : " -> %lld", (long long)y->dim[d]);
        putchar('\n');
    }
    if (list)
        printf("  all %.1f ms, convolutions %.1f ms\n", all, conv);
    free(each);
    return flop / conv * 1e-6;
}

/* ---- what a peer begins with -----------------------------------------------
 */

static int is_statistic(const char *name)
{
    const char *dot = strrchr(name, '.');
    return dot && (strcmp(dot, ".mean") == 0 || strcmp(dot, ".variance") == 0);
}

static void save(const run *r, const char *path)
{
    const mien_graph *g = r->net->graph;
    FILE *f = fopen(path, "wb");
    if (!f) {
        perror(path);
        exit(1);
    }
    for (int i = 0; i < r->net->n_inputs; i++)
        fwrite(r->in[i], sizeof(float), (size_t)r->batch * r->len[i], f);
    for (int i = 0; i < mi_graph_size(g); i++) {
        const mi_node *p = mi_graph_at(g, i);
        if (p->learned && !is_statistic(p->name))
            fwrite(p->value, sizeof(float), (size_t)mi_shape_len(&p->shape), f);
    }
    if (fclose(f)) {
        perror(path);
        exit(1);
    }
}

typedef struct {
    const char *net, *save;
    int batch, threads, steps, list;
} settings;

static settings read_settings(int argc, char **argv)
{
    settings s = {NULL, NULL, 64, 1, 10, 0};
    const char *v;
    for (int i = 1; i < argc; i++) {
        if ((v = bench_option(argc, argv, &i, "--batch")))
            s.batch = (int)strtol(v, NULL, 10);
        else if ((v = bench_option(argc, argv, &i, "--threads")))
            s.threads = (int)strtol(v, NULL, 10);
        else if ((v = bench_option(argc, argv, &i, "--steps")))
            s.steps = (int)strtol(v, NULL, 10);
        else if ((v = bench_option(argc, argv, &i, "--save")))
            s.save = v;
        else if (strcmp(argv[i], "--list") == 0)
            s.list = 1;
        else
            s.net = argv[i];
    }
    if (!s.net || s.batch < 1) {
        fprintf(stderr, "bench_learn NET.json [--batch 64] [--threads 1] "
                        "[--steps 10] [--save FILE] [--list]\n");
        exit(2);
    }
    s.steps = s.steps < 3 ? 3 : s.steps > MAX_STEPS ? MAX_STEPS : s.steps;
    return s;
}

static void print(const run *r, const settings *set, const double peak,
                  double conv)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    printf("{\"net\":\"%s\",\"threads\":%d,\"batch\":%d,\"ms\":%.1f,"
           "\"cpu_ms\":%.1f,\"images_s\":%.1f,\"loss\":%.7g,\"gflops\":%.1f,"
           "\"peak\":%.1f,\"share\":%.3f,\"peak_mb\":%.0f,\"isa\":\"%s\"}\n",
           r->net->name, set->threads, r->batch, r->ms[0], r->cpu[0],
           1e3 * r->batch / r->ms[0], r->last.total, conv, peak, conv / peak,
           (double)usage.ru_maxrss / 1024, mien_isa());
}

int main(int argc, char **argv)
{
    const settings set = read_settings(argc, argv);
    static run r;
    mien_error err = {0};
    mien_trainer_options o = MIEN_TRAINER_DEFAULTS;
    mien_trainer *t = NULL;
    r.batch = set.batch;
    load(&r, set.net);
    fill(&r);
    if (set.save)
        save(&r, set.save);
    bench_must(mien_pool_new(set.threads, &o.pool, &err), &err);
    o.batch = r.batch;
    o.shuffle = 0;
    o.optimizer = (mien_optimizer)MIEN_ADAM_TORCH;
    o.losses = r.loss;
    o.n_losses = r.n_losses;
    bench_must(mien_trainer_new(r.net->graph, &o, &t, &err), &err);
    run_steps(&r, t, set.steps);
    r.ms[0] = median(r.ms, set.steps);
    r.cpu[0] = median(r.cpu, set.steps);
    bench_clock = CLOCK_PROCESS_CPUTIME_ID;
    double peak = bench_peak();
    print(&r, &set, peak, convolutions(t, r.batch, set.list));
    mien_trainer_free(t);
    mien_pool_free(o.pool);
    done(&r);
    return 0;
}
