/* bench_nn.c: how fast networks run, and how near to the core's limit.
 *
 *   bench_nn [--threads 1] [--seconds 1] [--shape 1x3x320x320] [--input IN.f32]
 *            [--output OUT.f32] [--peak GFLOPS] [--steps] [--cpu] [--json]
 *            FILE...
 *
 * A row for each file: planning time, best and median of a run, multiply-adds
 * times two, GFLOP/s and the share of the peak of one core (times threads).
 * "3x3" is that share for the 3x3 convolutions over all channels alone.
 * --cpu takes the processor's time of this process instead of the clock's.
 * --steps lists the steps of a plan, slowest first.  Without a file: the peak.
 */
#include "mien/engine.h"
#include "bench/bench.h"
#include "bench/peak.h"
#include "engine/steps.h"

typedef struct {
    int threads, steps, json;
    double seconds, peak;
    const char *shape, *input, *output;
} settings;

/* Multiply-adds of a node times two, from its output and weight shapes. */
static double node_flop(const mi_node *n)
{
    if (n->op != &mi_op_conv && n->op != &mi_op_gemm && n->op != &mi_op_matmul)
        return 0;
    const mien_shape *w = &n->in[1]->shape;
    double len = (double)mi_shape_len(&n->shape);
    double each = 1;
    if (n->op == &mi_op_conv)
        for (int i = 1; i < w->rank; i++)
            each *= (double)w->dim[i];
    else
        each =
            (double)mi_shape_len(w) / (double)n->shape.dim[n->shape.rank - 1];
    return 2 * len * each;
}

/* The node whose multiply-adds step s does, or NULL. */
static const mi_node *step_node(const mien_plan *p, const mi_step *s)
{
    for (int i = 0; i < p->n_nodes; i++)
        if (p->of[i].value == s->out[0] &&
            node_flop(&p->node[p->of[i].head]) > 0)
            return &p->node[p->of[i].head];
    return NULL;
}

static double plan_flop(const mien_plan *p)
{
    double sum = 0;
    for (int i = 0; i < p->n_nodes; i++)
        if (p->of[i].live && !p->of[i].constant)
            sum += node_flop(&p->node[i]);
    return sum;
}

/* "1x3x320x320" fills in the dimensions that the file leaves free. */
static mien_shape input_shape(const mien_graph *g, const char *text)
{
    mien_shape s = mien_graph_input_shape(g, 0);
    for (int i = 0; i < s.rank; i++) {
        char *end = NULL;
        long given = text ? strtol(text, &end, 10) : 0;
        if (text)
            text = *end == 'x' ? end + 1 : end;
        if (s.dim[i] < 1)
            s.dim[i] = given;
    }
    return s;
}

/* ONNX's order in a file or from the generator, to where the plan wants it. */
static void fill_input(const mien_plan *p, const char *path)
{
    mien_tensor x = mien_plan_input(p, 0);
    size_t n = (size_t)mi_shape_len(&x.shape);
    float *numbers = malloc(n * sizeof *numbers);
    if (!numbers)
        exit(1);
    bench_numbers(numbers, n);
    if (path) {
        mien_error err = {0};
        mien_bytes bytes = {0};
        bench_must(mien_file_load(path, 0, &bytes, &err), &err);
        if (bytes.n == n * sizeof *numbers)
            memcpy(numbers, bytes.data, bytes.n);
        else
            fprintf(stderr, "%s: %zu bytes, wanted %zu\n", path, bytes.n,
                    n * sizeof *numbers);
        mien_bytes_free(&bytes);
    }
    size_t c = x.channels_last ? (size_t)x.shape.dim[1] : 1, plane = n / c;
    for (size_t i = 0; i < n; i++)
        x.data[i % plane * c + i / plane] = numbers[i];
    free(numbers);
}

static void save_outputs(const mien_plan *p, const mien_graph *g,
                         const char *path)
{
    FILE *f = fopen(path, "wb");
    if (!f) {
        perror(path);
        exit(1);
    }
    for (int i = 0; i < mien_graph_outputs(g); i++) {
        mien_shape shape = mien_plan_output(p, i).shape;
        size_t n = (size_t)mi_shape_len(&shape);
        float *y = malloc(n * sizeof *y);
        if (!y)
            exit(1);
        mien_plan_read(p, i, y);
        fwrite(y, sizeof *y, n, f);
        free(y);
    }
    if (fclose(f))
        perror(path);
}

static void run_plan(void *plan) { mien_plan_run(plan); }

/* Milliseconds of each step within whole runs on this thread, so that memory
 * is as warm as a run finds it; the best of some runs.  Free it. */
static double *time_steps(const mien_plan *p)
{
    double *best = calloc((size_t)p->n_steps, sizeof *best);
    if (!best)
        exit(1);
    for (int round = 0; round < 15; round++)
        for (int i = 0; i < p->n_steps; i++) {
            const mi_step *s = &p->step[i];
            double start = bench_now();
            for (int t = 0; t < s->tasks; t++)
                s->run(p, s, t, p->scratch);
            double ms = bench_now() - start;
            if (round == 0 || ms < best[i])
                best[i] = ms;
        }
    return best;
}

/* GFLOP/s of all 3x3 convolutions over all channels together; 0: none. */
static double conv3x3_gflops(const mien_plan *p, const double *step_ms)
{
    double flop = 0, ms = 0;
    for (int i = 0; i < p->n_steps; i++) {
        const mi_node *n = step_node(p, &p->step[i]);
        if (!n || n->op != &mi_op_conv || n->in[1]->shape.dim[1] < 2 ||
            n->in[1]->shape.dim[2] != 3 || n->in[1]->shape.dim[3] != 3)
            continue;
        flop += node_flop(n);
        ms += step_ms[i];
    }
    return ms > 0 ? flop / ms * 1e-6 : 0;
}

typedef struct {
    double ms;
    int step;
} timed_step;

static int slower_first(const void *a, const void *b)
{
    return bench_compare(&((const timed_step *)b)->ms,
                         &((const timed_step *)a)->ms);
}

static void print_step(const mien_plan *p, const timed_step *t, double all,
                       double peak)
{
    const mi_step *s = &p->step[t->step];
    const mi_node *n = step_node(p, s);
    double gflops = n ? node_flop(n) / t->ms * 1e-6 : 0;
    printf("  %3d %-12s %9.4f ms %5.1f %%", t->step, s->what, t->ms,
           100 * t->ms / all);
    if (n)
        printf(" %8.1f GFLOP/s %5.1f %% of peak, weights", gflops,
               peak > 0 ? 100 * gflops / peak : 0);
    for (int k = 0; n && k < n->in[1]->shape.rank; k++)
        printf(k ? "x%lld" : " %lld", (long long)n->in[1]->shape.dim[k]);
    const mien_shape *y = &p->value[s->out[0]].shape;
    for (int k = 0; k < y->rank; k++)
        printf(k ? "x%lld" : " -> %lld", (long long)y->dim[k]);
    putchar('\n');
}

static void print_steps(const mien_plan *p, const double *step_ms, double peak)
{
    timed_step *each = calloc((size_t)p->n_steps, sizeof *each);
    if (!each)
        exit(1);
    double all = 0;
    for (int i = 0; i < p->n_steps; i++) {
        each[i] = (timed_step){step_ms[i], i};
        all += step_ms[i];
    }
    qsort(each, (size_t)p->n_steps, sizeof *each, slower_first);
    for (int i = 0; i < p->n_steps; i++)
        print_step(p, &each[i], all, peak);
    printf("  %d steps: %.3f ms\n", p->n_steps, all);
    free(each);
}

static void print_row(const char *file, const settings *set, bench_times *t,
                      const mien_plan *p, double plan_ms, double conv)
{
    double best = bench_best(t), median = bench_median(t);
    double gflop = plan_flop(p) * 1e-9, gflops = gflop / best * 1e3;
    double share = gflops / (set->peak * set->threads);
    double mb = (double)mien_plan_memory(p) / 1e6;
    const char *slash = strrchr(file, '/');
    if (set->json)
        printf("{\"file\":\"%s\",\"threads\":%d,\"calls\":%d,\"plan\":%.4f,"
               "\"best\":%.4f,\"median\":%.4f,\"gflop\":%.5f,"
               "\"gflops\":%.2f,\"peak\":%.2f,\"share\":%.4f,"
               "\"conv3x3_share\":%.4f,\"memory_mb\":%.2f,\"isa\":\"%s\"}\n",
               slash ? slash + 1 : file, set->threads, t->n, plan_ms, best,
               median, gflop, gflops, set->peak, share, conv, mb, mien_isa());
    else
        printf(
            "%-28s %d thr  plan %7.2f  best %8.3f  median %8.3f ms  "
            "%7.4f GFLOP  %6.1f GFLOP/s  %3.0f %% (3x3 %3.0f %%)  %5.1f MB\n",
            slash ? slash + 1 : file, set->threads, plan_ms, best, median,
            gflop, gflops, 100 * share, 100 * conv, mb);
    fflush(stdout);
}

static void measure(const char *file, const settings *set)
{
    mien_error err = {0};
    bench_model m = {0};
    bench_model_load(&m, file);
    mien_plan_options options = {0};
    if (set->threads > 1)
        bench_must(mien_pool_new(set->threads, &options.pool, &err), &err);
    mien_shape shape = input_shape(m.graph, set->shape);
    mien_plan *plan;
    double start = bench_now();
    bench_must(mien_plan_new(m.graph, &shape, 1, &options, &plan, &err), &err);
    double plan_ms = bench_now() - start;
    fill_input(plan, set->input);
    static bench_times t;
    bench_repeat(&t, set->seconds, 5, run_plan, plan);
    double *step_ms = time_steps(plan);
    print_row(file, set, &t, plan, plan_ms,
              conv3x3_gflops(plan, step_ms) / set->peak);
    if (set->output) {
        fill_input(plan, set->input);
        mien_plan_run(plan);
        save_outputs(plan, m.graph, set->output);
    }
    if (set->steps)
        print_steps(plan, step_ms, set->peak);
    free(step_ms);
    mien_plan_free(plan);
    mien_pool_free(options.pool);
    bench_model_done(&m);
}

int main(int argc, char **argv)
{
    settings set = {1, 0, 0, 1, 0, NULL, NULL, NULL};
    const char *v, *files[64];
    int n = 0;
    for (int i = 1; i < argc; i++) {
        if ((v = bench_option(argc, argv, &i, "--threads")))
            set.threads = (int)strtol(v, NULL, 10);
        else if ((v = bench_option(argc, argv, &i, "--seconds")))
            set.seconds = strtod(v, NULL);
        else if ((v = bench_option(argc, argv, &i, "--peak")))
            set.peak = strtod(v, NULL);
        else if ((v = bench_option(argc, argv, &i, "--shape")))
            set.shape = v;
        else if ((v = bench_option(argc, argv, &i, "--input")))
            set.input = v;
        else if ((v = bench_option(argc, argv, &i, "--output")))
            set.output = v;
        else if (strcmp(argv[i], "--steps") == 0)
            set.steps = 1;
        else if (strcmp(argv[i], "--json") == 0)
            set.json = 1;
        else if (strcmp(argv[i], "--cpu") == 0)
            bench_clock = CLOCK_PROCESS_CPUTIME_ID;
        else if (n < 64)
            files[n++] = argv[i];
    }
    if (set.peak <= 0)
        set.peak = bench_peak();
    if (!n)
        printf(set.json ? "{\"peak\":%.2f,\"isa\":\"%s\"}\n"
                        : "%.1f GFLOP/s a core with %s\n",
               set.peak, mien_isa());
    for (int i = 0; i < n; i++)
        measure(files[i], &set);
    return 0;
}
