/* The networks of models/nets: each is read, describes itself and learns for a
 * step of two rows. */
/* Not as WebAssembly: the texts are read with jansson. */
#include "mien/file.h"
#include "mien/net.h"

#include "tests/check.h"

typedef struct shipped {
    const char *name;
    int64_t least, most; /* parameters */
} shipped;

/* Any numbers for n elements of each of two rows. */
static float *rows_of(const mien_shape *s, unsigned *seed)
{
    int64_t n = 2;
    for (int d = 1; d < s->rank; d++)
        n *= s->dim[d];
    float *x = calloc((size_t)n, sizeof *x);
    for (int64_t i = 0; x && i < n; i++)
        x[i] = (float)(check_rand(seed) % 1000) / 1000;
    return x;
}

/* The layer that an output is. */
static const mien_net_layer *layer_of(const mien_net *net, int output)
{
    const char *name = mien_graph_output_name(net->graph, output);
    int i = 0;
    while (i < net->n_layers && strcmp(net->layer[i].name, name) != 0)
        i++;
    return i < net->n_layers ? &net->layer[i] : NULL;
}

static void learn(mien_net *net, const char *name)
{
    mien_trainer_options o = MIEN_TRAINER_DEFAULTS;
    float *input[MIEN_NET_MAX_INPUTS] = {0}, *target[MIEN_MAX_LOSSES] = {0};
    mien_trainer *t = NULL;
    mien_error err = {0};
    mien_losses first = {0}, second = {0};
    unsigned seed = 1;
    for (int i = 0; i < net->n_inputs; i++)
        input[i] = rows_of(&net->input[i].shape, &seed);
    for (int i = 0; i < net->n_losses; i++)
        if (net->target[i][0] && !net->loss[i].of_input)
            target[i] =
                rows_of(&layer_of(net, net->loss[i].output)->shape, &seed);
    const mien_samples s = {.n = 2,
                            .inputs = (const float *const *)input,
                            .targets = (const float *const *)target};
    o.losses = net->loss;
    o.n_losses = net->n_losses;
    o.batch = 2;
    mien_status st = mien_trainer_new(net->graph, &o, &t, &err);
    if (!st)
        st = mien_trainer_epoch(t, &s, &first, &err);
    if (!st)
        st = mien_trainer_epoch(t, &s, &second, &err);
    CHECK_MSG(st == MIEN_OK, "%s: %s", name, err.text);
    CHECK_MSG(isfinite(first.total) && first.total > 0 &&
                  second.total != first.total,
              "%s: losses %g, %g", name, first.total, second.total);
    mien_trainer_free(t);
    for (int i = 0; i < MIEN_NET_MAX_INPUTS; i++)
        free(input[i]);
    for (int i = 0; i < MIEN_MAX_LOSSES; i++)
        free(target[i]);
}

static void test_a_network(const shipped *which)
{
    char path[200];
    mien_bytes file = {0};
    mien_net *net = NULL;
    mien_error err = {0};
    snprintf(path, sizeof path, "models/nets/%s.json", which->name);
    mien_status st = mien_file_load(path, MIEN_NET_MAX_BYTES, &file, &err);
    if (!st)
        st = mien_net_read(file.data, file.n, NULL, &net, &err);
    CHECK_MSG(st == MIEN_OK, "%s: %s", path, err.text);
    mien_bytes_free(&file);
    if (st)
        return;
    int64_t parameters = 0;
    for (int i = 0; i < net->n_layers; i++)
        parameters += net->layer[i].parameters;
    CHECK_MSG(parameters >= which->least && parameters <= which->most,
              "%s: %lld parameters", which->name, (long long)parameters);
    CHECK(strcmp(net->name, which->name) == 0 && net->n_losses > 0);
    learn(net, which->name);
    mien_net_free(net);
}

int main(int argc, char **argv)
{
    static const shipped all[] = {
        {"align", 1904157, 1904157},       {"align_small", 500000, 999999},
        {"emotion", 481575, 481575},       {"emotion_article", 241950, 241950},
        {"emotion_small", 150000, 175000}, {"mini_xception", 50000, 60000},
        {"vae", 7386403, 7386403},         {"vae_up", 1000000, 6000000},
        {"vae_64", 935267, 935267},        {"face_64", 4379139, 4379139},
        {"face_128", 17401347, 17401347}};
    check_start(argc, argv);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        RUN(test_a_network, &all[i]);
    return check_done();
}
