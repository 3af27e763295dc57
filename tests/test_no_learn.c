/* A library without the kernels that training alone wants, as pages have it:
 * networks run, transposed convolutions too, which have such kernels elsewhere;
 * training is refused. */
#include "mien/engine.h"
#include "mien/train.h"
#include "tests/nn_check.h"

/* A table for this test, in place of all others (kern/kern.c). */
#pragma GCC diagnostic ignored "-Wunused-function"
#pragma GCC diagnostic ignored "-Wunused-const-variable"
#define MIEN_NO_LEARN
#define MI_ISA page
#define ROWS1 8
#define ROWS2 4
#define WORDS_PAY 0
#include "kern/variant.h"

const mi_kern *mi_kern_at(int i) { return i ? NULL : &mi_kern_page; }
const mi_kern *mi_kern_best(void) { return &mi_kern_page; }
const char *mien_isa(void) { return mi_kern_page.isa; }

enum { C = 50 };

/* A convolution, transposed or not, that squares suit; SiLU and a maximum. */
static mien_graph *network(int rows)
{
    mien_graph *g = NULL;
    CHECK_EQ(mi_graph_new(&g, NULL), MIEN_OK);
    const mi_ints pads = {.n = 4, .v = {1, 1, 1, 1}};
    mi_conv_attr conv = *(const mi_conv_attr *)mi_op_conv.attr_defaults;
    const mi_conv_transpose_attr up = {
        .group = 1, .auto_pad = "NOTSET", .pads = pads};
    mi_pool_attr pool = *(const mi_pool_attr *)mi_op_max_pool.attr_defaults;
    conv.pads = pads;
    pool.kernel_shape = pool.strides = (mi_ints){2, {2, 2}};
    mi_node *y = mi_graph_input(g, "x", (mien_shape){4, {rows, C, 6, 6}});
    for (int i = 0; i < 2; i++) {
        mi_node *in[] = {y, weights(g, 4, C, C, 3, 3),
                         weights(g, 1, C, 0, 0, 0)};
        for (int k = 0; k < C * C * 9; k++)
            mi_values_of(in[1])[k] *= 0.0625F;
        y = i ? mi_graph_node(g, &mi_op_conv, in, 3, &conv, NULL)
              : mi_graph_node(g, &mi_op_conv_transpose, in, 3, &up, NULL);
        mi_node *by[] = {y,
                         mi_graph_node(g, &mi_op_sigmoid, &y, 1, NULL, NULL)};
        y = mi_graph_node(g, &mi_op_mul, by, 2, NULL, NULL);
    }
    mi_graph_output(g, mi_graph_node(g, &mi_op_max_pool, &y, 1, &pool, NULL),
                    "y");
    return g;
}

static void test_networks_run(void)
{
    mien_error err = {0};
    mien_plan *p = NULL;
    mien_graph *g = network(2);
    const mien_shape in = mien_graph_input_shape(g, 0);
    float *x = random_floats(mi_shape_len(&in));
    const float *inputs[1] = {x};
    reference r = run_reference(g, inputs);
    mien_status st = mien_plan_new(g, &in, 1, NULL, &p, &err);
    CHECK_MSG(st == MIEN_OK, "%s", err.text);
    if (st == MIEN_OK) {
        fill_input(mien_plan_input(p, 0), x);
        mien_plan_run(p);
        compare_outputs(g, p, &r, 0, "a page's");
    }
    mien_plan_free(p);
    free_reference(&r);
    mi_free(x);
    mien_graph_free(g);
}

static void test_training_is_refused(void)
{
    mien_error err = {0};
    mien_trainer *t = NULL;
    mien_graph *g = network(-1);
    mien_trainer_options o = MIEN_TRAINER_DEFAULTS;
    o.losses = &(mien_loss){.kind = MIEN_LOSS_MSE, .weight = 1};
    o.n_losses = 1;
    for (int i = 0; i < mi_graph_size(g); i++)
        mi_graph_at(g, i)->learned = mi_graph_at(g, i)->value != NULL;
    CHECK(!mi_kern_best()->adam_f32 && !mi_kern_best()->winograd_f32);
    CHECK_EQ(mien_trainer_new(g, &o, &t, &err), MIEN_EUNSUP);
    CHECK_MSG(strstr(err.text, "this build of the library does not learn"),
              "%s", err.text);
    CHECK(!t);
    mien_graph_free(g);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_networks_run);
    RUN(test_training_is_refused);
    return check_done();
}
