/* Networks as text: what is refused and how it is said, the summary, that the
 * same text gives the same network, and that every allocation may fail. */
/* Not as WebAssembly: the texts are read with jansson. */
#include "mien/engine.h"
#include "mien/net.h"

#include "base/alloc.h"
#include "tests/check.h"

#include <string.h>

/* The texts have ' for ", so that they can be read here. */
static const char *quoted(const char *text)
{
    static char copy[65536];
    size_t n = strlen(text);
    for (size_t i = 0; i <= n && i < sizeof copy - 1; i++)
        copy[i] = text[i] == '\'' ? '"' : text[i];
    return copy;
}

static mien_status read_with(const char *text, const mien_net_options *o,
                             mien_net **out, mien_error *err)
{
    const char *q = quoted(text);
    return mien_net_read((const uint8_t *)q, strlen(q), o, out, err);
}

static const char small[] =
    "{'mien': 'net/1', 'name': 'small', 'note': 'for tests', 'layers': ["
    "{'name': 'x', 'kind': 'input', 'shape': [3, 12, 10], 'colour': 'bgr',"
    " 'mean': [1, 2, 3], 'scale': 0.5},"
    "{'name': 'c', 'kind': 'conv2d', 'units': 4, 'kernel': [3, 2],"
    " 'stride': [2, 1], 'padding': [1, 0], 'init': 'he_normal'},"
    "{'name': 'b', 'kind': 'batch_norm'},"
    "{'name': 'r', 'kind': 'relu'},"
    "{'name': 'd', 'kind': 'dropout', 'ratio': 0.2, 'spatial': true},"
    "{'name': 'e', 'kind': 'conv2d', 'kernel': 3, 'group': 'all',"
    " 'padding': 'same', 'bias': false},"
    "{'kind': 'add', 'inputs': ['e', 'r']},"
    "{'name': 'p', 'kind': 'max_pool', 'kernel': 3},"
    "{'name': 'f', 'kind': 'flatten'},"
    "{'name': 'y', 'kind': 'dense', 'units': 2}],"
    "'losses': [{'output': 'y', 'kind': 'huber', 'delta': 2, 'sum': true,"
    " 'target': 'label', 'weight': 3}]}";

/* ---- what is read ----------------------------------------------------------
 */

static void test_what_the_text_says(void)
{
    mien_net *n = NULL;
    mien_error err = {0};
    CHECK_MSG(read_with(small, NULL, &n, &err) == MIEN_OK, "%s", err.text);
    if (!n)
        return;
    CHECK(strcmp(n->name, "small") == 0);
    CHECK_EQ(n->n_inputs, 1);
    CHECK(n->input[0].colour == MIEN_NET_BGR && !n->input[0].noise);
    CHECK(n->input[0].mean[2] == 3 && n->input[0].scale[2] == .5f);
    CHECK(n->n_outputs == 1 && mien_graph_outputs(n->graph) == 1);
    CHECK(n->n_losses == 1 && n->loss[0].kind == MIEN_LOSS_HUBER);
    CHECK(n->loss[0].weight == 6 && n->loss[0].delta == 2);
    CHECK(strcmp(n->target[0], "label") == 0);
    CHECK(strcmp(n->layer[6].name, "add_7") == 0);
    CHECK(n->layer[6].from[0] == 5 && n->layer[6].from[1] == 3);
    CHECK(!mien_graph_values(n->graph, "e.bias", NULL));
    mien_net_free(n);
}

/* Worked out by hand: 6 x 9 pixels after the first convolution. */
static void test_summary(void)
{
    static const struct {
        int layer;
        int64_t parameters, statistics;
        double flops;
    } rows[] = {{1, 4 * 18 + 4, 0, 4 * 54 * (2 * 18 + 1)},
                {2, 8, 8, 216},
                {3, 0, 0, 216},
                {5, 36, 0, 216 * 18},
                {6, 0, 0, 216},
                {7, 0, 0, 4 * 6 * 9},
                {9, 24 * 2 + 2, 0, 2 * 48 + 2}};
    mien_net *n = NULL;
    CHECK_EQ(read_with(small, NULL, &n, NULL), MIEN_OK);
    if (!n)
        return;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const mien_net_layer *l = &n->layer[rows[i].layer];
        CHECK_MSG(l->parameters == rows[i].parameters &&
                      l->statistics == rows[i].statistics &&
                      l->flops == rows[i].flops,
                  "%s: %lld, %lld, %g", l->name, (long long)l->parameters,
                  (long long)l->statistics, l->flops);
    }
    mien_shape s = n->layer[7].shape;
    CHECK(s.rank == 4 && s.dim[0] == -1 && s.dim[2] == 2 && s.dim[3] == 3);
    mien_buffer table = {0}, json = {0};
    mien_net_table(n, &table);
    mien_net_json(n, &json);
    mien_buffer_put(&table, "", 1);
    mien_buffer_put(&json, "", 1);
    CHECK(!table.failed && !json.failed);
    CHECK(strstr((char *)table.data, "10 layers, 178 parameters (170 of them"));
    CHECK(strstr((char *)table.data, "   e, r\n"));
    CHECK(strstr((char *)json.data, "\"colour\": \"bgr\""));
    CHECK(strstr((char *)json.data, "\"parameters\": 170"));
    mien_buffer_free(&table);
    mien_buffer_free(&json);
    mien_net_free(n);
}

/* Twice the rows take more, less than twice as much: parameters stay. */
static void test_memory_of_a_step(void)
{
    mien_net *n = NULL;
    mien_error err = {0};
    size_t one = 0, two = 0;
    CHECK_EQ(read_with(small, NULL, &n, NULL), MIEN_OK);
    if (!n)
        return;
    CHECK_EQ(mien_net_memory(n, 64, &one, &err), MIEN_OK);
    CHECK_EQ(mien_net_memory(n, 128, &two, &err), MIEN_OK);
    CHECK_MSG(one > 64 * 4000 && two > one && two < 2 * one, "%zu, %zu", one,
              two);
    CHECK_EQ(mien_net_memory(n, 0, &one, &err), MIEN_EARG);
    n->n_losses = 0;
    CHECK_EQ(mien_net_memory(n, 64, &one, &err), MIEN_OK);
    mien_net_free(n);
}

static void test_seeds(void)
{
    const mien_net_options one = {.seed = 1}, two = {.seed = 2};
    mien_net *a = NULL, *b = NULL, *c = NULL;
    CHECK_EQ(read_with(small, &one, &a, NULL), MIEN_OK);
    CHECK_EQ(read_with(small, &one, &b, NULL), MIEN_OK);
    CHECK_EQ(read_with(small, &two, &c, NULL), MIEN_OK);
    if (a && b && c) {
        const float *x = mien_graph_values(a->graph, "c.weight", NULL);
        const float *y = mien_graph_values(b->graph, "c.weight", NULL);
        const float *z = mien_graph_values(c->graph, "c.weight", NULL);
        CHECK(memcmp(x, y, 72 * sizeof *x) == 0);
        CHECK(memcmp(x, z, 72 * sizeof *x) != 0);
    }
    mien_net_free(a);
    mien_net_free(b);
    mien_net_free(c);
}

/* Every kind of layer, with all it may say, learns for a step of two rows. */
static void test_every_kind_learns(void)
{
    static const char text[] =
        "{'mien': 'net/1', 'init': 'torch', 'layers': ["
        "{'name': 'x', 'kind': 'input', 'shape': [2, 8, 8]},"
        "{'kind': 'conv2d', 'units': 4, 'kernel': 3, 'dilation': 2,"
        " 'padding': 2, 'group': 2}, {'kind': 'batch_norm', 'epsilon': 1e-5,"
        " 'momentum': 0.9}, {'name': 'a', 'kind': 'leaky_relu'},"
        "{'name': 'h', 'kind': 'average_pool', 'kernel': 2},"
        "{'kind': 'prelu', 'alpha': 0.1},"
        "{'kind': 'conv2d_transpose', 'units': 4, 'kernel': 4, 'stride': 2,"
        " 'padding': 1}, {'kind': 'elu'}, {'kind': 'add', 'inputs': ["
        "'elu_8', 'a']}, {'kind': 'silu'}, {'kind': 'max_pool', 'kernel': 2},"
        "{'kind': 'dropout', 'spatial': true, 'ratio': 0.25},"
        "{'name': 'u', 'kind': 'upsample', 'mode': 'linear'},"
        "{'name': 'v', 'kind': 'upsample', 'inputs': 'h'},"
        "{'name': 'm', 'kind': 'multiply', 'inputs': ['u', 'v', 'a']},"
        "{'kind': 'pad', 'pixels': [0, 1, 2, 0]}, {'kind': 'relu', 'most': 6},"
        "{'kind': 'conv2d', 'group': 'all', 'multiplier': 2, 'kernel': [3, 2]},"
        "{'name': 'few', 'kind': 'conv2d', 'units': 4, 'kernel': 1},"
        "{'kind': 'group_norm', 'groups': 2}, {'name': 's', 'kind': 'sigmoid'},"
        "{'kind': 'concat', 'inputs': ['m', 's']},"
        "{'name': 'pool', 'kind': 'global_pool'},"
        "{'kind': 'reshape', 'shape': [2, 4]}, {'kind': 'tanh'},"
        "{'kind': 'softmax'}, {'kind': 'flatten'}, {'kind': 'dropout'},"
        "{'name': 'mean', 'kind': 'dense', 'units': 3},"
        "{'name': 'log', 'kind': 'dense', 'units': 3, 'inputs': 'pool'},"
        "{'name': 'noise', 'kind': 'input', 'shape': [3], 'fill': 'normal'},"
        "{'name': 'z', 'kind': 'sample', 'inputs': ['mean', 'log', 'noise']},"
        "{'name': 'y', 'kind': 'dense', 'units': 2, 'bias': false}],"
        "'outputs': ['y', 'z'], 'losses': [{'output': 'y', 'kind': 'cce',"
        "'smoothing': 0.1}, {'output': 'y', 'kind': 'bce', 'warmup': 3},"
        "{'output': 'y', 'kind': 'wing', 'delta': 1, 'target': 'w'}, "
        "{'output': 'z',"
        "'kind': 'mse', 'target': 'noise'}, {'kind': 'kl', 'mean': 'mean',"
        "'log_variance': 'log', 'weight': 0.01, 'free': 0.25}, {'output': 'z',"
        "'kind': 'gaussian', 'target': 'noise'}]}";
    static const float targets[] = {1, 0, 0, 1}, noise[] = {1, -1, 0, 2, 1, 0};
    float x[256];
    const float *const inputs[] = {x, noise};
    const float *const target[6] = {targets, targets, targets};
    mien_samples s = {.n = 2, .inputs = inputs, .targets = target};
    mien_trainer_options o = MIEN_TRAINER_DEFAULTS;
    mien_trainer *t = NULL;
    mien_net *n = NULL;
    mien_error err = {0};
    mien_losses l = {0};
    for (int i = 0; i < 256; i++)
        x[i] = (float)sin(0.9 * i);
    CHECK_MSG(read_with(text, NULL, &n, &err) == MIEN_OK, "%s", err.text);
    if (!n)
        return;
    CHECK(n->loss[0].smoothing == .1f && n->loss[1].warmup == 3);
    CHECK(n->loss[2].kind == MIEN_LOSS_WING && n->loss[2].curvature == 2);
    CHECK(n->loss[3].of_input == 2 && n->n_outputs == 2);
    CHECK(n->loss[4].kind == MIEN_LOSS_DIVERGENCE && n->loss[4].free == .25f);
    CHECK(n->loss[5].kind == MIEN_LOSS_GAUSSIAN && n->loss[5].of_input == 2);
    o.losses = n->loss;
    o.n_losses = n->n_losses;
    CHECK_MSG(mien_trainer_new(n->graph, &o, &t, &err) == MIEN_OK, "%s",
              err.text);
    if (t)
        CHECK_MSG(mien_trainer_epoch(t, &s, &l, &err) == MIEN_OK, "%s",
                  err.text);
    CHECK(l.part[0] > 0 && l.part[4] >= .75 && isfinite(l.total));
    CHECK_NEAR(l.part[5], 1.5 * (log(6.283185307 * l.part[3]) + 1), 1e-4);
    mien_trainer_free(t);
    mien_net_free(n);
}

/* ---- what is refused -------------------------------------------------------
 */

/* A text of one input and a layer, or of whatever is given. */
static void refuse(const char *text, mien_status st, const char *says)
{
    mien_net *n = NULL;
    mien_error err = {0};
    mien_status got = read_with(text, NULL, &n, &err);
    CHECK_MSG(got == st && !n && err.status == st, "%s: status %d, %s", text,
              got, err.text);
    CHECK_MSG(strstr(err.text, says) != NULL, "'%s' does not say '%s'",
              err.text, says);
    mien_net_free(n);
}

#define WHOLE(layer)                                               \
    "{'mien': 'net/1', 'layers': [{'name': 'x', 'kind': 'input', " \
    "'shape': [2, 6, 6]}, " layer "]}"
#define LOSS(loss)                                                 \
    "{'mien': 'net/1', 'layers': [{'name': 'x', 'kind': 'input', " \
    "'shape': [3]}, {'name': 'y', 'kind': 'dense', 'units': 2}], " \
    "'losses': [" loss "]}"

static void test_texts_that_are_none(void)
{
    refuse("", MIEN_EFORMAT, "net: line");
    refuse("[1]", MIEN_EFORMAT, "no object");
    refuse("{'mien': 'net/1',\n 'layers': [}", MIEN_EFORMAT,
           "line 2, column 13");
    refuse("{'mien': 'net/1', 'mien': 'net/1'}", MIEN_EFORMAT, "duplicate");
    refuse("{}", MIEN_EFORMAT, "wanted \"net/1\"");
    refuse("{'mien': 'net/2'}", MIEN_EUNSUP, "wanted \"net/1\"");
    refuse("{'mien': 'net/1'}", MIEN_EFORMAT, "'layers' is no list");
    refuse("{'mien': 'net/1', 'layers': []}", MIEN_EFORMAT, "1 to 1024");
    refuse("{'mien': 'net/1', 'layer': []}", MIEN_EFORMAT,
           "key \"layer\" is unknown");
    refuse("{'mien': 'net/1', 'layers': [7]}", MIEN_EFORMAT, "layer 1: it is");
}

static void test_layers_that_do_not_fit(void)
{
    refuse(WHOLE("{'kind': 'magic'}"), MIEN_EUNSUP, "kind 'magic' is unknown");
    refuse(WHOLE("{'name': 'x', 'kind': 'relu'}"), MIEN_EFORMAT,
           "layer 'x' (relu): its name is taken by layer 1");
    refuse(WHOLE("{'name': 'a b', 'kind': 'relu'}"), MIEN_EFORMAT, "letters");
    refuse(WHOLE("{'name': 'a', 'kind': 'relu', 'inputs': 'b'}, {'name': 'b', "
                 "'kind': 'relu', 'inputs': 'a'}"),
           MIEN_EFORMAT, "layer 'a' (relu): its input 'b' is no layer before");
    refuse(WHOLE("{'name': 'a', 'kind': 'relu', 'inputs': 'a'}"), MIEN_EFORMAT,
           "'a' is no layer before it");
    refuse(WHOLE("{'kind': 'relu', 'inputs': ['x', 'x']}"), MIEN_EFORMAT,
           "it has 2 inputs, wanted 1 to 1");
    refuse(WHOLE("{'kind': 'add'}"), MIEN_EFORMAT, "wanted 2 to 16");
    refuse(WHOLE("{'kind': 'relu', 'alpha': 1}"), MIEN_EFORMAT,
           "key \"alpha\" is unknown, wanted: name kind inputs note");
    refuse(WHOLE("{'kind': 'conv2d', 'kernel': 3}"), MIEN_EFORMAT,
           "'units' is missing, wanted a whole number from 1 to 65536");
    refuse(WHOLE("{'kind': 'conv2d', 'units': 4, 'kernel': 'big'}"),
           MIEN_EFORMAT, "'kernel' is \"big\", wanted");
    refuse(WHOLE("{'kind': 'conv2d', 'units': 4, 'kernel': [3, 3, 3]}"),
           MIEN_EFORMAT, "'kernel' is [3,3,3], wanted one number, or two");
    refuse(WHOLE("{'kind': 'conv2d', 'units': 4, 'kernel': 9}"), MIEN_EFORMAT,
           "conv2d_2");
    refuse(WHOLE("{'kind': 'conv2d', 'units': 3, 'kernel': 3, 'group': 2}"),
           MIEN_EFORMAT, "'group' is 2, wanted a divisor");
    refuse(WHOLE("{'kind': 'conv2d', 'units': 3, 'kernel': 3, 'padding': 'x'}"),
           MIEN_EFORMAT, "'padding' is \"x\", wanted one of: same valid");
    refuse(WHOLE("{'kind': 'dropout', 'ratio': 1}"), MIEN_EFORMAT, "'ratio'");
    refuse(WHOLE("{'kind': 'dense', 'units': 2}"), MIEN_EFORMAT,
           "number of dimensions");
    refuse(WHOLE("{'kind': 'flatten'}, {'kind': 'conv2d', 'units': 1, "
                 "'kernel': 1}"),
           MIEN_EFORMAT, "it takes a picture");
    refuse(WHOLE("{'kind': 'input', 'shape': [4], 'mean': 1}"), MIEN_EFORMAT,
           "without a picture");
    refuse(WHOLE("{'kind': 'input', 'shape': [4, 5, 5], 'colour': 'rgb'}"),
           MIEN_EFORMAT, "has 4 channels, wanted 3");
    refuse(WHOLE("{'kind': 'group_norm', 'groups': 4}"), MIEN_EFORMAT,
           "'groups' is 4, wanted a divisor of 2 channels");
    refuse(WHOLE("{'kind': 'upsample', 'factor': 1.5}"), MIEN_EFORMAT,
           "'factor' is 1.5, wanted a whole number");
}

/* 1 - SSIM of two pictures of 8 x 9, values 0..1, windows of 7 x 7. */
static double unlikeness(const float *x, const float *y)
{
    double sum = 0;
    for (int top = 0; top < 2; top++)
        for (int left = 0; left < 3; left++) {
            double m = 0, n = 0, xx = 0, yy = 0, xy = 0;
            for (int i = 0; i < 49; i++) {
                int at = (top + i / 7) * 9 + left + i % 7;
                m += (double)x[at] / 49;
                n += (double)y[at] / 49;
                xx += (double)x[at] * (double)x[at] / 49;
                yy += (double)y[at] * (double)y[at] / 49;
                xy += (double)x[at] * (double)y[at] / 49;
            }
            sum += (2 * m * n + 1e-4) * (2 * (xy - m * n) + 9e-4) /
                   ((m * m + n * n + 1e-4) * (xx - m * m + yy - n * n + 9e-4)) /
                   6;
        }
    return 1 - sum;
}

/* The loss is that of the plain loops, wherever pixels begin; learning makes it
 * smaller. */
static void test_unlikeness(void)
{
    static const char text[] =
        "{'mien': 'net/1', 'layers': [{'name': 'x', 'kind': 'input', 'shape':"
        "[1, 8, 9], 'scale': 0.00392157, 'mean': %s}, {'kind': 'flatten'},"
        "{'kind': 'dense', 'units': 72}, {'name': 'y', 'kind': 'reshape',"
        "'shape': [1, 8, 9]}], 'losses': [{'output': 'y', 'kind': 'ssim',"
        "'target': 'x'}, {'output': 'y', 'kind': 'mae', 'target': 'x'}]}";
    float in[72], out[72];
    const float *const inputs[] = {in}, *const targets[] = {NULL, NULL};
    const mien_samples s = {.n = 1, .inputs = inputs, .targets = targets};
    for (int shifted = 0; shifted < 2; shifted++) {
        char written[600];
        const mien_shape shape = {4, {1, 1, 8, 9}};
        float off = shifted ? .5f : 0;
        double absolute = 0;
        mien_trainer_options o = MIEN_TRAINER_DEFAULTS;
        mien_losses before = {0}, l = {0};
        mien_plan *p = NULL;
        mien_trainer *t = NULL;
        mien_net *n = NULL;
        snprintf(written, sizeof written, text, shifted ? "127.5" : "0");
        CHECK_EQ(read_with(written, NULL, &n, NULL), MIEN_OK);
        for (int i = 0; i < 72; i++)
            in[i] = (float)(.5 + .4 * sin(i * i)) - off;
        CHECK(!mien_plan_new(n->graph, &shape, 1, NULL, &p, NULL));
        memcpy(mien_plan_input(p, 0).data, in, sizeof in);
        mien_plan_run(p);
        mien_plan_read(p, 0, out);
        o.losses = n->loss;
        o.n_losses = 2;
        CHECK(!mien_trainer_new(n->graph, &o, &t, NULL));
        CHECK(!mien_trainer_evaluate(t, &s, &before, NULL));
        for (int i = 0; i < 72; i++) {
            absolute += fabs((double)in[i] - (double)out[i]) / 72;
            in[i] += off;
            out[i] += off;
        }
        CHECK_NEAR(before.part[0], unlikeness(out, in), 1e-4);
        CHECK_NEAR(before.part[1], absolute, 1e-5);
        for (int i = 0; i < 72; i++)
            in[i] -= off;
        for (int i = 0; i < 60; i++)
            CHECK(!mien_trainer_epoch(t, &s, &l, NULL));
        CHECK(l.part[0] < before.part[0] / 2 && l.part[1] < before.part[1]);
        mien_plan_free(p);
        mien_trainer_free(t);
        mien_net_free(n);
    }
    refuse(LOSS("{'output': 'y', 'kind': 'ssim', 'target': 'y'}"), MIEN_EFORMAT,
           "no input of pictures of 7 x 7 pixels or more");
}

/* Whole numbers have names, which the caller may give other values. */
static void test_numbers_by_name(void)
{
    static const char text[] =
        "{'mien': 'net/1', 'numbers': {'wide': 6, 'side': 4}, 'layers': ["
        "{'kind': 'input', 'shape': [1, 'side', 'side']},"
        "{'kind': 'flatten'}, {'kind': 'dense', 'units': 'wide'}]}";
    const mien_net_number nine = {"wide", 9}, none = {"tall", 9},
                          large = {"wide", 70000};
    mien_net_options o = {.number = &nine};
    mien_net *n = NULL;
    mien_error err = {0};
    for (int given = 0; given < 2; given++) {
        o.n_numbers = given;
        CHECK_EQ(read_with(text, &o, &n, NULL), MIEN_OK);
        CHECK(n->layer[1].shape.dim[1] == 16 &&
              n->layer[2].shape.dim[1] == (given ? 9 : 6));
        mien_net_free(n);
    }
    o.number = &none;
    CHECK_EQ(read_with(text, &o, &n, &err), MIEN_EARG);
    CHECK_MSG(strstr(err.text, "it has no number 'tall' among its 'numbers'"),
              "%s", err.text);
    o.number = &large;
    CHECK_EQ(read_with(text, &o, &n, &err), MIEN_EFORMAT);
    refuse("{'mien': 'net/1', 'numbers': 3}", MIEN_EFORMAT, "is no object");
    refuse("{'mien': 'net/1', 'numbers': {'a': 'b'}}", MIEN_EFORMAT,
           "'a' is \"b\", wanted a whole number");
    refuse("{'mien': 'net/1', 'numbers': {'a': 1}, 'layers': [{'kind': "
           "'input', 'shape': ['b']}]}",
           MIEN_EFORMAT, "'shape' is \"b\", wanted a whole number");
    refuse(WHOLE("{'kind': 'conv2d', 'units': 2, 'kernel': 1, 'init': "
                 "'components'}"),
           MIEN_EFORMAT, "which is for dense layers alone");
    refuse("{'mien': 'net/1', 'init': 'components'}", MIEN_EFORMAT,
           "which is for dense layers alone");
}

static void test_sizes_beyond_the_limits(void)
{
    static char many[MIEN_NET_MAX_BYTES + 1];
    const mien_net_options few = {.max_parameters = 100};
    mien_net *n = NULL;
    mien_error err = {0};
    refuse(WHOLE("{'kind': 'flatten'}, {'kind': 'dense', 'units': 65537}"),
           MIEN_EFORMAT, "'units' is 65537");
    refuse(WHOLE("{'kind': 'conv2d', 'units': 65536, 'kernel': 1000, "
                 "'padding': 1000}"),
           MIEN_ELIMIT, "parameters, room is left for 134217728");
    refuse(WHOLE("{'kind': 'upsample', 'factor': 1000}, {'kind': 'upsample', "
                 "'factor': 1000}"),
           MIEN_EFORMAT, "upsample_3");
    refuse("{'mien': 'net/1', 'layers': [{'kind': 'input', 'shape': "
           "[100000, 100000, 1]}]}",
           MIEN_EFORMAT, "input_1");
    refuse(WHOLE("{'kind': 'flatten'}, {'kind': 'dense', 'units': 40000, "
                 "'init': 'orthogonal'}"),
           MIEN_ELIMIT, "begin orthogonal, room is left for 2097152");
    CHECK_EQ(read_with(small, &few, &n, &err), MIEN_ELIMIT);
    int at = snprintf(many, sizeof many,
                      "{'mien': 'net/1', 'layers': [{'kind': 'input', 'shape':"
                      " [1]}");
    for (int i = 0; i < 1024; i++)
        at +=
            snprintf(many + at, sizeof many - (size_t)at, ", {'kind': 'relu'}");
    snprintf(many + at, sizeof many - (size_t)at, "]}");
    refuse(many, MIEN_EFORMAT, "1 to 1024 layers");
    CHECK_EQ(mien_net_read((const uint8_t *)many, MIEN_NET_MAX_BYTES + 1, NULL,
                           &n, &err),
             MIEN_ELIMIT);
}

static void test_outputs_and_losses_that_do_not_fit(void)
{
    refuse("{'mien': 'net/1', 'layers': [{'name': 'x', 'kind': 'input', "
           "'shape': [3]}], 'outputs': ['z']}",
           MIEN_EFORMAT, "output 'z' is no layer");
    refuse("{'mien': 'net/1', 'layers': [{'name': 'x', 'kind': 'input', "
           "'shape': [3]}], 'outputs': ['x', 'x']}",
           MIEN_EFORMAT, "named twice");
    refuse(LOSS("{'output': 'x', 'kind': 'mse'}"), MIEN_EFORMAT,
           "loss 1: 'output' is 'x', wanted one of the network's outputs");
    refuse(LOSS("{'output': 'y', 'kind': 'mean'}"), MIEN_EFORMAT,
           "wanted one of: mse");
    refuse(LOSS("{'output': 'y', 'kind': 'mse', 'delta': 1}"), MIEN_EFORMAT,
           "key \"delta\" is unknown");
    refuse(LOSS("{'output': 'y', 'kind': 'mse', 'target': 'x'}"), MIEN_EFORMAT,
           "has not the shape of input 'x'");
    refuse(LOSS("{'output': 'y', 'kind': 'cce', 'smoothing': 2}"), MIEN_EFORMAT,
           "'smoothing' is 2, wanted a number from 0 to 0.999");
    refuse(LOSS("{'kind': 'kl', 'mean': 'y'}"), MIEN_EFORMAT, "log_variance");
    refuse(LOSS("{'kind': 'kl', 'mean': 'y', 'log_variance': 'x'}"),
           MIEN_EFORMAT, "not two rows of one length");
}

/* A text cut at any place, and with any byte of it changed, never crashes. */
static void test_damaged_texts(void)
{
    const mien_net_options few = {.max_parameters = 100000};
    char text[sizeof small];
    unsigned seed = 5;
    int good = 0;
    memcpy(text, quoted(small), sizeof small);
    for (size_t i = 0; i < 2 * sizeof small; i++) {
        mien_net *n = NULL;
        mien_error err = {0};
        size_t at = i % sizeof small,
               len = i < sizeof small ? at : sizeof small;
        char was = text[at];
        if (i >= sizeof small)
            text[at] = (char)check_rand(&seed);
        mien_status st =
            mien_net_read((const uint8_t *)text, len, &few, &n, &err);
        CHECK(st ? err.text[0] && !n : n != NULL);
        good += !st;
        text[at] = was;
        mien_net_free(n);
    }
    CHECK(good < 400);
}

static void test_every_allocation_may_fail(void)
{
    mien_status st = MIEN_ENOMEM;
    int i = 0;
    for (; st == MIEN_ENOMEM && i < 1000; i++) {
        mien_net *n = NULL;
        mien_error err = {0};
        mi_alloc_fail_after(i);
        st = read_with(small, NULL, &n, &err);
        mi_alloc_fail_after(-1);
        CHECK_MSG(st == MIEN_OK || (st == MIEN_ENOMEM && !n), "%s", err.text);
        mien_net_free(n);
    }
    CHECK_EQ(st, MIEN_OK);
    CHECK(i > 5);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_what_the_text_says);
    RUN(test_summary);
    RUN(test_memory_of_a_step);
    RUN(test_seeds);
    RUN(test_every_kind_learns);
    RUN(test_texts_that_are_none);
    RUN(test_layers_that_do_not_fit);
    RUN(test_unlikeness);
    RUN(test_numbers_by_name);
    RUN(test_sizes_beyond_the_limits);
    RUN(test_outputs_and_losses_that_do_not_fit);
    RUN(test_damaged_texts);
    RUN(test_every_allocation_may_fail);
    return check_done();
}
