/* bench_team: steps that ranks take together, and what of them is exchange.
 *
 *   [mpirun -n 2] bench_team NET.json [--batch 64] [--threads 1] [--steps 10]
 *
 * Random inputs; learned is the sum over the outputs of their mean squares.
 * Rank 0 prints one line of JSON: medians of a step, by the clock and by its
 * processor, and of adding up as many floats as the network has parameters; the
 * bytes that a rank sends for that; images a second of all ranks. */
#include "bench/bench.h"
#include "mien/net.h"
#include "team/team.h"

enum { SUMS = 41 };

typedef struct {
    const char *net;
    int batch, threads, steps;
} settings;

static settings read_settings(int argc, char **argv)
{
    settings s = {NULL, 64, 1, 10};
    const char *v;
    for (int i = 1; i < argc; i++) {
        if ((v = bench_option(argc, argv, &i, "--batch")))
            s.batch = (int)strtol(v, NULL, 10);
        else if ((v = bench_option(argc, argv, &i, "--threads")))
            s.threads = (int)strtol(v, NULL, 10);
        else if ((v = bench_option(argc, argv, &i, "--steps")))
            s.steps = (int)strtol(v, NULL, 10);
        else
            s.net = argv[i];
    }
    if (s.net && s.batch > 0 && s.steps > 2)
        return s;
    fprintf(stderr, "bench_team NET.json [--batch 64] [--threads 1] "
                    "[--steps 10]\n");
    exit(2);
}

static mien_net *load(const char *path)
{
    mien_error err = {0};
    mien_bytes file = {0};
    mien_net *net = NULL;
    bench_must(mien_file_load(path, 0, &file, &err), &err);
    bench_must(mien_net_read(file.data, file.n, NULL, &net, &err), &err);
    mien_bytes_free(&file);
    return net;
}

/* Numbers of 0..1, or zeros, for `rows` of a shape whose first is free. */
static float *make_rows(mien_shape s, int rows, mien_random *random)
{
    size_t n = (size_t)rows;
    for (int d = 1; d < s.rank; d++)
        n *= (size_t)s.dim[d];
    float *x = calloc(n, sizeof *x);
    if (!x)
        exit(1);
    for (size_t i = 0; i < n && random; i++)
        x[i] = (float)mien_random_unit(random);
    return x;
}

/* Times by the clock and by this rank's processor. */
typedef struct {
    bench_times clock, cpu;
} both_times;

static void add_both(both_times *t, const double start[2])
{
    bench_add(&t->clock, bench_now() - start[0]);
    bench_clock = CLOCK_PROCESS_CPUTIME_ID;
    bench_add(&t->cpu, bench_now() - start[1]);
    bench_clock = CLOCK_MONOTONIC;
}

static void begin_both(double start[2])
{
    bench_clock = CLOCK_PROCESS_CPUTIME_ID;
    start[1] = bench_now();
    bench_clock = CLOCK_MONOTONIC;
    start[0] = bench_now();
}

/* Steps after the second: the first make plans. */
static void time_steps(const mien_net *net, const settings *set,
                       const mien_team *team, both_times *times)
{
    static mien_loss loss[MIEN_MAX_LOSSES];
    float *in[MIEN_NET_MAX_INPUTS], *to[MIEN_MAX_LOSSES];
    const float *inputs[MIEN_NET_MAX_INPUTS], *targets[MIEN_MAX_LOSSES];
    mien_trainer_options o = MIEN_TRAINER_DEFAULTS;
    mien_trainer *t = NULL;
    mien_error err = {0};
    mien_losses l;
    mien_random random;
    mien_random_init(&random, 1);
    for (int i = 0; i < net->n_inputs; i++)
        inputs[i] = in[i] = make_rows(net->input[i].shape, set->batch, &random);
    for (int i = 0; i < net->n_outputs && i < MIEN_MAX_LOSSES; i++) {
        loss[o.n_losses++] =
            (mien_loss){.output = i, .kind = MIEN_LOSS_MSE, .weight = 1};
        targets[i] = to[i] =
            make_rows(mien_graph_output_shape(net->graph, i), set->batch, NULL);
    }
    bench_must(mien_pool_new(set->threads, &o.pool, &err), &err);
    o.batch = set->batch;
    o.optimizer = (mien_optimizer)MIEN_ADAM_TORCH;
    o.losses = loss;
    o.team = team;
    bench_must(mien_trainer_new(net->graph, &o, &t, &err), &err);
    const mien_samples s = {
        .n = set->batch, .inputs = inputs, .targets = targets};
    for (int i = 0; i < set->steps + 2; i++) {
        double start[2];
        begin_both(start);
        bench_must(mien_trainer_epoch(t, &s, &l, &err), &err);
        if (i >= 2)
            add_both(times, start);
    }
    mien_trainer_free(t);
    mien_pool_free(o.pool);
    for (int i = 0; i < net->n_inputs; i++)
        free(in[i]);
    for (int i = 0; i < o.n_losses; i++)
        free(to[i]);
}

static void time_sums(const mien_team *team, size_t n, both_times *times)
{
    mien_error err = {0};
    float *x = calloc(n, sizeof *x),
          *room = calloc(mi_team_room(team, n) + 1, sizeof *room);
    if (!x || !room)
        exit(1);
    for (int i = 0; i < SUMS; i++) {
        double start[2];
        begin_both(start);
        bench_must(mi_team_sum(team, x, n, room, &err), &err);
        add_both(times, start);
    }
    free(x);
    free(room);
}

int main(int argc, char **argv)
{
    const settings set = read_settings(argc, argv);
    mien_error err = {0};
    mien_mpi *mpi = NULL;
    bench_must(mien_mpi_open(0, &mpi, &err), &err);
    const mien_team *team = mien_mpi_team(mpi);
    int size = team ? team->size : 1;
    mien_net *net = load(set.net);
    size_t n = (size_t)mien_graph_parameters(net->graph);
    static both_times step, sum;
    time_steps(net, &set, team, &step);
    time_sums(team, n, &sum);
    double ms = bench_median(&step.clock);
    if (!team || team->rank == 0)
        printf("{\"net\":\"%s\",\"ranks\":%d,\"threads\":%d,\"batch\":%d,"
               "\"step_ms\":%.2f,\"step_cpu_ms\":%.2f,\"sum_ms\":%.3f,"
               "\"sum_cpu_ms\":%.3f,\"sent_mb\":%.3f,\"images_s\":%.1f,"
               "\"isa\":\"%s\"}\n",
               net->name, size, set.threads, set.batch, ms,
               bench_median(&step.cpu), bench_median(&sum.clock),
               bench_median(&sum.cpu), 8e-6 * (double)n * (size - 1) / size,
               1e3 * set.batch / ms, mien_isa());
    mien_net_free(net);
    bench_must(mien_mpi_finish(mpi, &err), &err);
    mien_mpi_free(mpi);
    return 0;
}
