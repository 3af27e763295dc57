/* Gradients and ten steps of Adam against PyTorch's, network by network. */
/* Not as WebAssembly: reads JSON with jansson. */
#include "graph/graph.h"
#include "graph/op_attr.h"
#include "tests/golden_json.h"
#include "engine/learn.h"
#include "train/trainer.h"

#include <string.h>

#define TOLERANCE 2e-5

static json_t *goldens;

/* ---- networks --------------------------------------------------------------
 */

typedef struct net {
    const json_t *golden;
    mien_graph *g;
} net;

static net net_of(const char *name)
{
    net n = {json_object_get(goldens, name), NULL};
    CHECK_EQ(mi_graph_new(&n.g, NULL), MIEN_OK);
    return n;
}

static mi_node *parameter(net *n, const char *name)
{
    const json_t *a =
        json_object_get(json_object_get(n->golden, "parameters"), name);
    return mi_graph_parameter(n->g, name, golden_shape(a), golden_numbers(a));
}

static const float *data(const net *n, const char *name)
{
    return golden_numbers(
        json_object_get(json_object_get(n->golden, "data"), name));
}

/* Classes by number as probabilities of 4. */
static const float *one_hot(const net *n, const char *name)
{
    const json_t *a = json_object_get(json_object_get(n->golden, "data"), name);
    float *x = golden_room(golden_count(a) * 4);
    for (size_t i = 0; i < json_array_size(a); i++)
        x[i * 4 + (size_t)json_integer_value(json_array_get(a, i))] = 1;
    return x;
}

static mi_node *input(net *n, const char *name)
{
    mien_shape s =
        golden_shape(json_object_get(json_object_get(n->golden, "data"), name));
    s.dim[0] = -1;
    return mi_graph_input(n->g, name, s);
}

static mi_node *node(net *n, const mi_op *op, mi_node *a, mi_node *b,
                     mi_node *c)
{
    mi_node *in[] = {a, b, c};
    return mi_graph_node(n->g, op, in, c ? 3 : b ? 2 : 1, NULL, NULL);
}

static mi_node *dense(net *n, mi_node *x, const char *name)
{
    mi_gemm_attr attr = *(const mi_gemm_attr *)mi_op_gemm.attr_defaults;
    char weight[64], bias[64];
    snprintf(weight, sizeof weight, "%s.weight", name);
    snprintf(bias, sizeof bias, "%s.bias", name);
    attr.transB = 1;
    mi_node *in[] = {x, parameter(n, weight), parameter(n, bias)};
    return mi_graph_node(n->g, &mi_op_gemm, in, 3, &attr, name);
}

static mi_node *relu(net *n, mi_node *x, const char *name)
{
    return mi_graph_node(n->g, &mi_op_relu, &x, 1, NULL, name);
}

/* ---- comparing -------------------------------------------------------------
 */

static void compare_gradients(const net *n, const mien_trainer *t)
{
    const char *name;
    json_t *want;
    json_object_foreach(json_object_get(n->golden, "gradients"), name, want)
    {
        const mi_node *p = mi_graph_find(n->g, name);
        const float *g = p ? mi_plan_gradient(t->plan[0], p->id) : NULL;
        CHECK_MSG(g != NULL, "no gradient of %s", name);
        if (g)
            golden_compare("gradient", name, g, want, TOLERANCE);
    }
}

/* What a batch norm takes away again, a bias before it, has no gradient but
 * rounding, which Adam makes as large as any other: nothing to compare. */
static int has_gradient(const net *n, const char *name)
{
    const json_t *a =
        json_object_get(json_object_get(n->golden, "gradients"), name);
    const float *g = golden_numbers(a);
    double size = 0;
    for (int64_t i = 0; i < golden_count(a); i++)
        size = fmax(size, fabs((double)g[i]));
    return size > 1e-12;
}

static void compare_steps(const net *n, mien_trainer *t,
                          const mien_samples *samples)
{
    const json_t *adam = json_object_get(n->golden, "adam");
    const json_t *losses = json_object_get(adam, "losses");
    for (size_t i = 0; i < json_array_size(losses); i++) {
        double want = json_number_value(json_array_get(losses, i));
        mien_losses l = {0};
        mien_error err = {0};
        CHECK_MSG(mien_trainer_epoch(t, samples, &l, &err) == MIEN_OK, "%s",
                  err.text);
        CHECK_NEAR(l.total, want, 1e-6 * fmax(1, fabs(want)));
        if (i == 0)
            compare_gradients(n, t);
    }
    const char *name;
    json_t *want;
    json_object_foreach(json_object_get(adam, "parameters"), name, want)
    {
        const mi_node *p = mi_graph_find(n->g, name);
        if (has_gradient(n, name))
            golden_compare("value", name, p->value, want, TOLERANCE);
    }
}

static void train(net *n, mien_trainer_options o, const float *x,
                  const float *const *targets)
{
    mien_trainer *t = NULL;
    mien_error err = {0};
    const json_t *batch =
        json_object_get(json_object_get(n->golden, "data"), "x");
    mien_samples s = {
        .n = (int64_t)json_array_size(batch), .inputs = &x, .targets = targets};
    o.batch = (int)s.n;
    o.shuffle = 0;
    o.optimizer = (mien_optimizer)MIEN_ADAM_TORCH;
    o.optimizer.epsilon = 1e-7f;
    CHECK_MSG(mien_trainer_new(n->g, &o, &t, &err) == MIEN_OK, "%s", err.text);
    if (t)
        compare_steps(n, t, &s);
    mien_trainer_free(t);
    mien_graph_free(n->g);
}

/* ---- the five --------------------------------------------------------------
 */

static void test_autoencoder(void)
{
    net n = net_of("autoencoder");
    mi_node *y = relu(&n, dense(&n, input(&n, "x"), "e1"), "code");
    y = relu(&n, dense(&n, y, "e2"), NULL);
    y = relu(&n, dense(&n, y, "d1"), NULL);
    y = relu(&n, dense(&n, y, "d2"), NULL);
    mi_graph_output(n.g, dense(&n, y, "d3"), "y");
    const float *x = data(&n, "x");
    mien_trainer_options o = MIEN_TRAINER_DEFAULTS;
    o.losses = &(mien_loss){.kind = MIEN_LOSS_MSE, .weight = 1};
    o.n_losses = 1;
    o.penalties = &(mien_penalty){"code", 1e-3f, 0};
    o.n_penalties = 1;
    train(&n, o, x, &x);
}

static void test_batch_norm_and_softmax(void)
{
    net n = net_of("batchnorm_softmax");
    mi_node *y = dense(&n, input(&n, "x"), "f1");
    mi_batch_norm_attr attr =
        *(const mi_batch_norm_attr *)mi_op_batch_norm.attr_defaults;
    attr.epsilon = 1e-3f;
    float zeros[10] = {0}, ones[10];
    for (int i = 0; i < 10; i++)
        ones[i] = 1;
    const mien_shape ten = {1, {10}};
    mi_node *in[] = {y, parameter(&n, "bn.weight"), parameter(&n, "bn.bias"),
                     mi_graph_parameter(n.g, "bn.mean", ten, zeros),
                     mi_graph_parameter(n.g, "bn.variance", ten, ones)};
    y = mi_graph_node(n.g, &mi_op_batch_norm, in, 5, &attr, NULL);
    y = node(&n, &mi_op_tanh, y, NULL, NULL);
    mi_graph_output(n.g, dense(&n, y, "f2"), "y");
    mien_trainer_options o = MIEN_TRAINER_DEFAULTS;
    o.losses = &(mien_loss){.kind = MIEN_LOSS_CCE, .weight = 1};
    o.n_losses = 1;
    const float *targets[] = {one_hot(&n, "y")};
    train(&n, o, data(&n, "x"), targets);
}

static void test_several_outputs(void)
{
    net n = net_of("multi_output");
    mi_node *y = dense(&n, input(&n, "x"), "trunk");
    y = relu(&n, y, NULL);
    mi_graph_output(n.g, dense(&n, y, "points"), "points_out");
    mi_graph_output(n.g, dense(&n, y, "gender"), "gender_out");
    mi_graph_output(n.g, dense(&n, y, "pose"), "pose_out");
    const mien_loss losses[] = {
        {.output = 0, .kind = MIEN_LOSS_MSE, .weight = 7},
        {.output = 1, .kind = MIEN_LOSS_BCE, .weight = 2},
        {.output = 2, .kind = MIEN_LOSS_CCE, .weight = 3}};
    mien_trainer_options o = MIEN_TRAINER_DEFAULTS;
    o.losses = losses;
    o.n_losses = 3;
    const float *targets[] = {data(&n, "points"), data(&n, "gender"),
                              data(&n, "pose")};
    train(&n, o, data(&n, "x"), targets);
}

static void test_weights_of_classes(void)
{
    net n = net_of("logistic_weighted");
    mi_graph_output(n.g, dense(&n, input(&n, "x"), "w"), "y");
    const float weights[] = {4, 5};
    mien_trainer_options o = MIEN_TRAINER_DEFAULTS;
    o.losses = &(mien_loss){
        .kind = MIEN_LOSS_BCE, .weight = 1, .class_weight = weights};
    o.n_losses = 1;
    o.penalties = &(mien_penalty){"w.weight", 0, 0.01f};
    o.n_penalties = 1;
    const float *targets[] = {data(&n, "y")};
    train(&n, o, data(&n, "x"), targets);
}

/* PyTorch's rows of gates are i, f, g, o; ONNX's i, o, f, c. */
static void put_gates(const float *from, int64_t each, float *to)
{
    static const int place[] = {0, 2, 3, 1};
    for (int g = 0; g < 4; g++)
        memcpy(to + place[g] * each, from + g * each,
               (size_t)each * sizeof *to);
}

static mi_node *lstm_weights(net *n, const char *lstm, const char *part,
                             int64_t hidden)
{
    char name[64];
    snprintf(name, sizeof name, "%s.weight_%s_l0", lstm, part);
    const json_t *a =
        json_object_get(json_object_get(n->golden, "parameters"), name);
    int64_t len = golden_count(a);
    float *x = golden_room(len);
    put_gates(golden_numbers(a), len / 4, x);
    const mien_shape s = {3, {1, 4 * hidden, len / 4 / hidden}};
    return mi_graph_parameter(n->g, name, s, x);
}

static mi_node *lstm_bias(net *n, const char *lstm, int64_t hidden)
{
    const json_t *p = json_object_get(n->golden, "parameters");
    float x[256];
    char name[64];
    snprintf(name, sizeof name, "%s.bias_ih_l0", lstm);
    put_gates(golden_numbers(json_object_get(p, name)), hidden, x);
    snprintf(name, sizeof name, "%s.bias_hh_l0", lstm);
    put_gates(golden_numbers(json_object_get(p, name)), hidden, x + 4 * hidden);
    snprintf(name, sizeof name, "%s.bias", lstm);
    const mien_shape s = {2, {1, 8 * hidden}};
    return mi_graph_parameter(n->g, name, s, x);
}

/* [steps, batch, in] to [steps, batch, hidden]. */
static mi_node *lstm(net *n, mi_node *x, const char *name, int64_t hidden)
{
    mi_node *in[] = {x, lstm_weights(n, name, "ih", hidden),
                     lstm_weights(n, name, "hh", hidden),
                     lstm_bias(n, name, hidden)};
    mi_node *y = mi_graph_node(n->g, &mi_op_lstm, in, 4, NULL, NULL);
    const mien_shape one = {1, {1}};
    const int64_t axis = 1;
    return node(n, &mi_op_squeeze, y,
                mi_graph_constant(n->g, NULL, MI_I64, one, &axis, MI_COPY),
                NULL);
}

static mi_node *swap_steps(net *n, mi_node *x)
{
    const mi_transpose_attr attr = {{3, {1, 0, 2}}};
    return mi_graph_node(n->g, &mi_op_transpose, &x, 1, &attr, NULL);
}

static mi_node *per_step(net *n, mi_node *x)
{
    const mien_shape two = {1, {2}}, three = {1, {3}};
    const int64_t flat[] = {-1, 6}, deep[] = {-1, 5, 4};
    mi_node *rows =
        node(n, &mi_op_reshape, x,
             mi_graph_constant(n->g, NULL, MI_I64, two, flat, MI_COPY), NULL);
    return node(n, &mi_op_reshape, dense(n, rows, "out"),
                mi_graph_constant(n->g, NULL, MI_I64, three, deep, MI_COPY),
                NULL);
}

/* The golden has the values of all gates in its own order. */
static void compare_lstm(const net *n, const mien_trainer *t, const char *part,
                         const char *values, int gradients)
{
    const char *name;
    json_t *want;
    json_object_foreach(
        json_object_get(strcmp(values, "gradients") == 0
                            ? n->golden
                            : json_object_get(n->golden, "adam"),
                        values),
        name, want)
    {
        const mi_node *p = mi_graph_find(n->g, name);
        float x[1024];
        if (!p || !strstr(name, part))
            continue;
        int64_t len = golden_count(want);
        put_gates(golden_numbers(want), len / 4, x);
        const float *got =
            gradients ? mi_plan_gradient(t->plan[0], p->id) : p->value;
        for (int64_t i = 0; i < len; i++)
            CHECK_MSG(fabs((double)got[i] - (double)x[i]) <=
                          1e-6 + 2e-5 * fabs((double)x[i]),
                      "%s of %s: %g, want %g", values, name, (double)got[i],
                      (double)x[i]);
    }
}

static void test_lstm(void)
{
    net n = net_of("lstm_autoencoder");
    mi_node *y = lstm(&n, swap_steps(&n, input(&n, "x")), "enc", 6);
    y = lstm(&n, y, "enc2", 3);
    const mien_shape one = {1, {1}};
    const int64_t last[] = {-1};
    y = node(&n, &mi_op_gather, y,
             mi_graph_constant(n.g, NULL, MI_I64, one, last, MI_COPY), NULL);
    mi_node *again[] = {y, y, y, y, y};
    const mi_concat_attr steps = {0};
    y = mi_graph_node(n.g, &mi_op_concat, again, 5, &steps, NULL);
    y = swap_steps(&n, lstm(&n, y, "dec", 6));
    mi_graph_output(n.g, per_step(&n, y), "y");
    const float *x = data(&n, "x");
    const mien_loss loss = {.kind = MIEN_LOSS_MSE, .weight = 1};
    mien_trainer_options o = MIEN_TRAINER_DEFAULTS;
    o.losses = &loss;
    o.n_losses = 1;
    o.batch = 12;
    o.shuffle = 0;
    o.optimizer = (mien_optimizer)MIEN_ADAM_TORCH;
    o.optimizer.epsilon = 1e-7f;
    mien_samples s = {.n = 12, .inputs = &x, .targets = &x};
    mien_trainer *t = NULL;
    mien_error err = {0};
    CHECK_MSG(mien_trainer_new(n.g, &o, &t, &err) == MIEN_OK, "%s", err.text);
    const json_t *losses =
        json_object_get(json_object_get(n.golden, "adam"), "losses");
    for (size_t i = 0; t && i < json_array_size(losses); i++) {
        mien_losses l = {0};
        CHECK_EQ(mien_trainer_epoch(t, &s, &l, &err), MIEN_OK);
        CHECK_NEAR(l.total, json_number_value(json_array_get(losses, i)), 1e-6);
        if (i == 0)
            compare_lstm(&n, t, ".weight_", "gradients", 1);
    }
    if (t)
        compare_lstm(&n, t, ".weight_", "parameters", 0);
    mien_trainer_free(t);
    mien_graph_free(n.g);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    char path[1024];
    goldens = golden_load("torch/dense.json", path);
    if (!goldens)
        CHECK_SKIP("%s is not there", path);
    RUN(test_autoencoder);
    RUN(test_batch_norm_and_softmax);
    RUN(test_several_outputs);
    RUN(test_weights_of_classes);
    RUN(test_lstm);
    golden_done(goldens);
    return check_done();
}
