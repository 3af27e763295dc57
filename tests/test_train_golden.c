/* Gradients and ten steps of Adam against PyTorch's, network by network. */
#include "nn/graph.h"
#include "nn/op_attr.h"
#include "tests/check.h"
#include "train/trainer.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_NODES = 64 };
#define TOLERANCE 2e-5

static json_t *goldens;

/* ---- numbers of the file ---------------------------------------------------
 */

static int64_t count(const json_t *a)
{
    if (!json_is_array(a))
        return 1;
    int64_t n = 0;
    for (size_t i = 0; i < json_array_size(a); i++)
        n += count(json_array_get(a, i));
    return n;
}

static float *put(const json_t *a, float *to)
{
    if (!json_is_array(a)) {
        *to = (float)json_number_value(a);
        return to + 1;
    }
    for (size_t i = 0; i < json_array_size(a); i++)
        to = put(json_array_get(a, i), to);
    return to;
}

/* All numbers of an array in order; the test ends before they are freed. */
static float *numbers(const json_t *a)
{
    float *x = malloc(sizeof *x * (size_t)(count(a) + 1));
    put(a, x);
    return x;
}

static mien_shape shape_of(const json_t *a)
{
    mien_shape s = {0};
    for (; json_is_array(a); a = json_array_get(a, 0))
        s.dim[s.rank++] = (int64_t)json_array_size(a);
    return s;
}

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
    return mi_graph_parameter(n->g, name, shape_of(a), numbers(a));
}

static const float *data(const net *n, const char *name)
{
    return numbers(json_object_get(json_object_get(n->golden, "data"), name));
}

/* Classes by number as probabilities of 4. */
static const float *one_hot(const net *n, const char *name)
{
    const json_t *a = json_object_get(json_object_get(n->golden, "data"), name);
    float *x = calloc((size_t)count(a) * 4, sizeof *x);
    for (size_t i = 0; i < json_array_size(a); i++)
        x[i * 4 + (size_t)json_integer_value(json_array_get(a, i))] = 1;
    return x;
}

static mi_node *input(net *n, const char *name)
{
    mien_shape s =
        shape_of(json_object_get(json_object_get(n->golden, "data"), name));
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

static void compare(const char *what, const char *name, const float *got,
                    const json_t *want, double tolerance)
{
    const float *w = numbers(want);
    double size = 0, worst = 0;
    for (int64_t i = 0; i < count(want); i++)
        size = fmax(size, fabs((double)w[i]));
    for (int64_t i = 0; i < count(want); i++)
        worst = fmax(worst, fabs((double)got[i] - (double)w[i]));
    CHECK_MSG(worst <= tolerance * (size > 1e-3 ? size : 1e-3),
              "%s of %s: off by %g of %g", what, name, worst, size);
}

static void compare_gradients(const net *n, const mien_trainer *t)
{
    const char *name;
    json_t *want;
    json_object_foreach(json_object_get(n->golden, "gradients"), name, want)
    {
        const mi_node *p = mi_graph_find(n->g, name);
        CHECK_MSG(p && t->tape[0]->node[p->id].grad, "no gradient of %s", name);
        if (p && t->tape[0]->node[p->id].grad)
            compare("gradient", name, t->tape[0]->node[p->id].grad, want,
                    TOLERANCE);
    }
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
        compare("value", name, p->value, want, TOLERANCE);
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

int main(void)
{
    const char *shared = getenv("MIEN_SHARED");
    char path[1024];
    snprintf(path, sizeof path, "%s/goldens/torch/dense.json",
             shared ? shared : "../shared");
    goldens = json_load_file(path, 0, NULL);
    if (!goldens)
        CHECK_SKIP("%s is not there", path);
    test_autoencoder();
    test_batch_norm_and_softmax();
    test_several_outputs();
    test_weights_of_classes();
    return check_done();
}
