/* Random networks that learn: losses, gradients of all parameters and running
 * statistics must be what the operators' definitions give, with the same bits
 * for any number of threads. */
#include "engine/learn.h"
#include "engine/steps.h"
#include "graph/loss.h"
#include "tests/net_random.h"

static int n_learning, n_compared, n_doubled;

/* ---- a graph that learns ---------------------------------------------------
 */

/* Whether input i of an operator may be a parameter. */
static int may_learn(const mi_op *op, int i)
{
    return op == &mi_op_add || op == &mi_op_sub || op == &mi_op_mul ||
           op == &mi_op_div || (op == &mi_op_prelu && i == 1) ||
           (i > 0 && (op == &mi_op_conv || op == &mi_op_conv_transpose ||
                      op == &mi_op_gemm || op == &mi_op_matmul ||
                      op == &mi_op_group_norm || op == &mi_op_batch_norm));
}

/* Most constants become parameters. */
static void choose_parameters(mien_graph *g)
{
    for (int i = 0; i < mi_graph_size(g); i++) {
        mi_node *n = mi_graph_at(g, i);
        n->learned = n->value && n->type == MI_F32 && between(0, 3);
    }
    for (int i = 0; i < mi_graph_size(g); i++) {
        mi_node *n = mi_graph_at(g, i);
        for (int k = 0; n->op && k < n->n_in; k++)
            if (n->in[k] && n->in[k]->value && !may_learn(n->op, k))
                n->in[k]->learned = 0;
    }
}

/* A constant of y's shape. */
static mi_node *target_of(mien_graph *g, const mi_node *y)
{
    float *v = random_floats(mi_shape_len(&y->shape));
    mi_node *n = mi_graph_constant(g, NULL, MI_F32, y->shape, v, MI_COPY);
    mi_free(v);
    return n;
}

static void add_loss(mien_graph *g, mi_node *y)
{
    static const mi_op *const ops[] = {&mi_op_mean_loss,
                                       &mi_op_mean_squared_error,
                                       &mi_op_huber_loss,
                                       &mi_op_sigmoid_cross_entropy,
                                       &mi_op_wing_loss,
                                       &mi_op_gaussian_loss,
                                       &mi_op_softmax_cross_entropy,
                                       &mi_op_divergence_loss};
    const mi_wing_attr wing = {0.5F, 0.25F};
    const mi_smoothing_attr smoothing = {0.2F};
    const mi_divergence_attr divergence = {0.125F};
    int rank = y->shape.rank;
    const mi_op *op = ops[between(0, rank == 2 ? 7 : rank > 1 ? 6 : 5)];
    int alone = op == &mi_op_mean_loss || op == &mi_op_divergence_loss;
    const void *attr =
        op == &mi_op_wing_loss               ? (const void *)&wing
        : op == &mi_op_softmax_cross_entropy ? (const void *)&smoothing
        : op == &mi_op_divergence_loss       ? (const void *)&divergence
                                             : NULL;
    mi_node *in[3] = {y, alone ? NULL : target_of(g, y)};
    if (between(0, 1))
        in[2] = weights(g, 1, (int)y->shape.dim[0], 0, 0, 0);
    mi_graph_output(g, mi_graph_node(g, op, in, 3, attr, NULL), NULL);
}

/* The graph with a loss behind each output and some penalties. */
static mien_graph *add_losses(const mien_graph *from)
{
    mien_graph *g = NULL;
    CHECK_EQ(mi_graph_copy(from, &g, NULL), MIEN_OK);
    int n = mi_graph_size(g);
    for (int i = 0; i < mien_graph_outputs(from); i++) {
        mi_node *y = mi_graph_at(g, mi_graph_output_node(from, i)->id);
        if (y->shape.rank > 0)
            add_loss(g, y);
    }
    for (int i = 0; i < n; i++) {
        mi_node *x = mi_graph_at(g, i);
        const mi_penalty_attr a = {0.25F, 0.5F, x->op && x->shape.rank > 0};
        if (x->type == MI_F32 && (x->op || x->learned) &&
            mi_shape_len(&x->shape) > 0 && between(0, 5) == 0)
            mi_graph_output(
                g, mi_graph_node(g, &mi_op_penalty, &x, 1, &a, NULL), NULL);
    }
    return g;
}

/* ---- the definitions -------------------------------------------------------
 */

/* Mark what an output needs: those nodes alone are run. */
static void mark_live(const mien_graph *g, char *live)
{
    for (int i = 0; i < mien_graph_outputs(g); i++)
        live[mi_graph_output_node(g, i)->id] = 1;
    for (int i = mi_graph_size(g) - 1; i >= 0; i--) {
        const mi_node *n = mi_graph_at(g, i);
        int runs = live[i] && n->type == MI_F32; /* shapes are known before */
        for (int k = 0; runs && k < n->n_in; k++)
            if (n->in[k])
                live[n->in[k]->id] = 1;
    }
}

static float *zeros(size_t n) { return mi_alloc(n + 1, sizeof(float)); }

/* Forward in training, then backward; outputs' gradients are w. */
static reference learn_reference(const mien_graph *g,
                                 const float *const *inputs, const float *w)
{
    reference r = run_reference(g, inputs);
    char live[MOST * 16] = {0};
    mark_live(g, live);
    for (int i = 0; i < r.n; i++) {
        mi_node *n = &r.node[i];
        if (n->type != MI_F32)
            continue;
        n->grad = zeros((size_t)mi_shape_len(&n->shape));
        if (n->op && n->op->save_len)
            n->save = zeros(n->op->save_len(n));
        if (n->op && live[i])
            (n->op->train ? n->op->train : n->op->eval)(n);
    }
    for (int i = 0; i < mien_graph_outputs(g); i++)
        r.node[mi_graph_output_node(g, i)->id].grad[0] = w[i];
    for (int i = r.n - 1; i >= 0; i--)
        if (r.node[i].op && r.node[i].op->grad && r.node[i].grad)
            r.node[i].op->grad(&r.node[i]);
    return r;
}

static void free_learned(reference *r)
{
    for (int i = 0; i < r->n; i++) {
        mi_free(r->node[i].grad);
        mi_free(r->node[i].save);
    }
    free_reference(r);
}

/* ---- kinks and cliffs, where rounding decides
 * -----------------------------------------
 */

/* Whether some element of x lies at the edge v, but for rounding. */
static int near_edge(const mi_node *x, double v)
{
    for (int64_t i = 0; i < mi_shape_len(&x->shape); i++) {
        double d = fabs((double)x->eval[i] - v);
        if (d > 0 && d < 1e-4)
            return 1;
    }
    return 0;
}

/* Whether two elements differ by rounding alone. */
static int nearly_alike(const mi_node *x)
{
    int64_t n = mi_shape_len(&x->shape);
    for (int64_t i = 0; i < n; i++)
        for (int64_t k = i + 1; k < n; k++) {
            double d = fabs((double)x->eval[i] - (double)x->eval[k]);
            if (d < 1e-4 && (d > 0 || x->eval[i] != 0))
                return 1;
        }
    return 0;
}

/* Whether a batch hardly varies, so that its rounding is enlarged. */
static int hardly_varies(const mi_node *norm)
{
    for (int64_t c = 0; c < norm->in[0]->shape.dim[1]; c++)
        if (norm->save[2 * c + 1] > 30)
            return 1;
    return 0;
}

static int has_kink(const reference *r)
{
    for (int i = 0; i < r->n; i++) {
        const mi_node *n = &r->node[i];
        const mi_op *op = n->op;
        if ((op == &mi_op_relu || op == &mi_op_leaky_relu ||
             op == &mi_op_prelu) &&
            near_edge(n->in[0], 0))
            return 1;
        for (int k = 1; op == &mi_op_clip && k < n->n_in; k++)
            if (n->in[k] && near_edge(n->in[0], (double)n->in[k]->eval[0]))
                return 1;
        if (op == &mi_op_batch_norm && hardly_varies(n))
            return 1;
        if (op == &mi_op_penalty && near_edge(n->in[0], 0))
            return 1;
        if (op == &mi_op_max_pool && nearly_alike(n->in[0]))
            return 1;
    }
    return 0;
}

/* ---- comparing -------------------------------------------------------------
 */

static double largest_gradient(const reference *r)
{
    double most = 0;
    for (int i = 0; i < r->n; i++)
        for (int64_t k = 0;
             r->node[i].grad && k < mi_shape_len(&r->node[i].shape); k++) {
            double v = fabs((double)r->node[i].grad[k]);
            most = v <= most ? most : v;
            if (!isfinite(v))
                return HUGE_VAL;
        }
    return most;
}

static void compare_gradient(const mien_plan *p, const mi_node *want,
                             double most, const char *what)
{
    const float *got = mi_plan_gradient(p, want->id);
    int bad = 0;
    double worst = 0;
    for (int64_t i = 0; i < mi_shape_len(&want->shape); i++) {
        double g = got ? (double)got[i] : 0, w = (double)want->grad[i];
        bad += !(fabs(g - w) <= 3e-5 * (1 + fabs(w) + most));
        worst = fmax(worst, fabs(g - w));
    }
    CHECK_MSG(!bad, "%s: gradient of %s: %d wrong, by up to %g", what,
              want->name, bad, worst);
}

static void compare_statistic(const mi_node *want, const float *got,
                              const char *what)
{
    int bad = 0;
    for (int64_t i = 0; i < mi_shape_len(&want->shape); i++)
        bad += !(fabs((double)got[i] - (double)want->eval[i]) <=
                 2e-5 * (1 + fabs((double)want->eval[i])));
    CHECK_MSG(!bad, "%s: statistic %s: %d wrong", what, want->name, bad);
}

static void run_plan(mien_plan *p, int n, float *const *x)
{
    for (int i = 0; i < n; i++)
        fill_input(mien_plan_input(p, i), x[i]);
    mi_plan_forward(p, 1);
    mi_plan_backward_run(p);
}

static void compare_all(const mien_graph *g, mien_plan *p, const reference *r,
                        const char *what)
{
    double most = largest_gradient(r), size = largest(r);
    if (most > 1e3 || size > 1e3)
        return;
    n_compared++;
    for (int i = 0; i < mien_graph_outputs(g); i++) {
        double w = (double)r->node[mi_graph_output_node(g, i)->id].eval[0];
        CHECK_MSG(fabs(mi_plan_loss(p, i) - w) <= 3e-5 * (1 + fabs(w) + size),
                  "%s: loss %d: %g, want %g", what, i, mi_plan_loss(p, i), w);
    }
    for (int i = 0; i < r->n; i++)
        if (r->node[i].learned) {
            compare_gradient(p, &r->node[i], most + size, what);
            compare_statistic(&r->node[i], mi_values_of(mi_graph_at(g, i)),
                              what);
        }
}

/* Parameters as they were, so that statistics move from the same place. */
static void reset(const mien_graph *g, float **kept, int keep)
{
    for (int i = 0; i < mi_graph_size(g); i++) {
        mi_node *n = mi_graph_at(g, i);
        size_t bytes = (size_t)mi_shape_len(&n->shape) * sizeof(float);
        if (!n->learned)
            continue;
        if (keep) {
            kept[i] = mi_alloc(bytes, 1);
            memcpy(kept[i], n->value, bytes);
        } else {
            memcpy(mi_values_of(n), kept[i], bytes);
        }
    }
}

/* The same bits with three threads. */
static void compare_threads(const mien_graph *g, const mien_shape *in, int n,
                            mi_learning by, float *const *x,
                            const mien_plan *one, const char *what)
{
    mien_pool *pool = NULL;
    mien_plan *p = NULL;
    CHECK_EQ(mien_pool_new(3, &pool, NULL), MIEN_OK);
    by.pool = pool;
    CHECK_EQ(mi_plan_learning(g, in, n, &by, &p, NULL), MIEN_OK);
    run_plan(p, n, x);
    for (int i = 0; i < mi_graph_size(g); i++) {
        const float *a = mi_plan_gradient(one, i), *b = mi_plan_gradient(p, i);
        size_t bytes = (size_t)mi_shape_len(&mi_graph_at(g, i)->shape) * 4;
        CHECK_MSG(!a == !b && (!a || memcmp(a, b, bytes) == 0),
                  "%s: other bits with three threads", what);
    }
    mien_plan_free(p);
    mien_pool_free(pool);
}

static void check_learning(const mien_graph *from, const mien_shape *in,
                           float *const *x, int threads, const char *what)
{
    float w[MI_MAX_PORTS], *kept[MOST * 16] = {NULL};
    mien_graph *g = add_losses(from);
    int n = mien_graph_inputs(g);
    mien_error err = {0};
    mien_random random = {.pos = 624};
    mien_plan *p = NULL;
    CHECK(mi_graph_size(g) < MOST * 16);
    for (int i = 0; i < mien_graph_outputs(g); i++)
        w[i] = (float)between(1, 4) / 2;
    const float *const inputs[2] = {x[0], x[1]};
    const mi_learning by = {NULL, &random, w, 0};
    reset(g, kept, 1);
    reference r = learn_reference(g, inputs, w);
    mien_status st = mi_plan_learning(g, in, n, &by, &p, &err);
    CHECK_MSG(st == MIEN_OK || st == MIEN_EUNSUP, "%s: %s", what, err.text);
    n_learning++;
    for (int i = 0; !st && i < p->n_steps; i++)
        n_doubled += strcmp(p->step[i].what, "taps") == 0;
    for (int again = 0; !st && again < 2 && !has_kink(&r); again++) {
        reset(g, kept, 0);
        run_plan(p, n, x);
        compare_all(g, p, &r, what);
    }
    if (!st && threads) {
        reset(g, kept, 0);
        run_plan(p, n, x);
        reset(g, kept, 0);
        compare_threads(g, in, n, by, x, p, what);
    }
    mien_plan_free(p);
    free_learned(&r);
    for (int i = 0; i < mi_graph_size(g); i++)
        mi_free(kept[i]);
    mien_graph_free(g);
}

/* ---- what random networks seldom hold --------------------------------------
 */

static void check_fixed(mien_graph *g, const char *what)
{
    const mien_shape in = mien_graph_input_shape(g, 0);
    float *x[2] = {random_floats(mi_shape_len(&in)), NULL};
    int before = n_compared;
    for (int i = 0; i < mi_graph_size(g); i++) {
        mi_node *n = mi_graph_at(g, i);
        n->learned = n->value && n->type == MI_F32;
    }
    check_learning(g, &in, x, 1, what);
    CHECK_MSG(n_compared > before, "%s was not compared", what);
    mi_free(x[0]);
    mien_graph_free(g);
}

static void test_lstm(int steps, int batch, int in, int units)
{
    mien_graph *g = NULL;
    CHECK_EQ(mi_graph_new(&g, NULL), MIEN_OK);
    const mien_shape shape = {3, {steps, batch, in}};
    mi_node *x[4] = {mi_graph_input(g, "x", shape)};
    x[1] = weights(g, 3, 1, 4 * units, in, 0);
    x[2] = weights(g, 3, 1, 4 * units, units, 0);
    x[3] = weights(g, 2, 1, 8 * units, 0, 0);
    mi_graph_output(g, mi_graph_node(g, &mi_op_lstm, x, 4, NULL, NULL), "y");
    check_fixed(g, "lstm");
}

/* Windows whose numbers are all negative have no gradient. */
static void test_maximum_of_relu(void)
{
    mien_graph *g = NULL;
    CHECK_EQ(mi_graph_new(&g, NULL), MIEN_OK);
    mi_pool_attr a = *(const mi_pool_attr *)mi_op_max_pool.attr_defaults;
    a.kernel_shape = a.strides = (mi_ints){.n = 2, .v = {2, 2}};
    mi_node *x = mi_graph_input(g, "x", (mien_shape){4, {1, 2, 4, 4}});
    mi_node *in[] = {x, weights(g, 4, 6, 2, 1, 1)};
    mi_node *y = mi_graph_node(g, &mi_op_conv, in, 2, NULL, NULL);
    y = mi_graph_node(g, &mi_op_relu, &y, 1, NULL, NULL);
    y = mi_graph_node(g, &mi_op_max_pool, &y, 1, &a, NULL);
    mi_graph_output(g, y, "y");
    check_fixed(g, "maximum of relu");
}

/* Two transposed convolutions with ReLU between, of several images. */
static void test_conv_transpose(void)
{
    mien_graph *g = NULL;
    CHECK_EQ(mi_graph_new(&g, NULL), MIEN_OK);
    mi_conv_transpose_attr a = {.group = 1, .auto_pad = "SAME_UPPER"};
    a.strides = (mi_ints){.n = 2, .v = {2, 2}};
    mi_node *y = mi_graph_input(g, "x", (mien_shape){4, {2, 5, 2, 3}});
    const int to[] = {5, 2, 19};
    for (int i = 0; i < 2; i++) {
        mi_node *in[] = {y, weights(g, 4, to[i], to[i + 1], 4, 4),
                         weights(g, 1, to[i + 1], 0, 0, 0)};
        y = mi_graph_node(g, &mi_op_conv_transpose, in, 3, &a, NULL);
        if (i == 0)
            y = mi_graph_node(g, &mi_op_relu, &y, 1, NULL, NULL);
    }
    mi_graph_output(g, y, "y");
    check_fixed(g, "transposed convolution");
}

/* Enlarged, as the text says, behind SiLU and a sum; the sum is read twice. */
static void test_upsampling(const char *mode, const char *places)
{
    mien_graph *g = NULL;
    CHECK_EQ(mi_graph_new(&g, NULL), MIEN_OK);
    mi_resize_attr a = *(const mi_resize_attr *)mi_op_resize.attr_defaults;
    snprintf(a.mode, sizeof a.mode, "%s", mode);
    snprintf(a.coordinate_transformation_mode,
             sizeof a.coordinate_transformation_mode, "%s", places);
    const int64_t size[4] = {1, 5, 6, 9};
    mi_node *y = mi_graph_input(g, "x", (mien_shape){4, {1, 2, 3, 3}});
    for (int i = 0; i < 2; i++) {
        mi_node *in[] = {y, weights(g, 4, i ? 2 : 5, i ? 5 : 2, 1, 1)}, *z,
                *two[2];
        two[0] = z = mi_graph_node(g, &mi_op_conv, in, 2, NULL, NULL);
        two[1] = mi_graph_node(g, &mi_op_sigmoid, &z, 1, NULL, NULL);
        y = mi_graph_node(g, &mi_op_mul, two, 2, NULL, NULL);
        if (i == 1)
            break;
        mi_node *sizes[] = {y, NULL, NULL,
                            mi_graph_constant(g, NULL, MI_I64,
                                              (mien_shape){1, {4}}, size,
                                              MI_COPY)};
        z = mi_graph_node(g, &mi_op_resize, sizes, 4, &a, NULL);
        mi_node *sum[] = {z, mi_graph_node(g, &mi_op_tanh, &z, 1, NULL, NULL)};
        y = mi_graph_node(g, &mi_op_add, sum, 2, NULL, NULL);
    }
    mi_graph_output(g, y, "y");
    check_fixed(g, "upsampling");
}

/* Three convolutions with pixels repeated `times` between them. */
static mien_graph *repeating(int times, int c, int oc, int pad)
{
    mien_graph *g = NULL;
    CHECK_EQ(mi_graph_new(&g, NULL), MIEN_OK);
    mi_resize_attr a = *(const mi_resize_attr *)mi_op_resize.attr_defaults;
    mi_conv_attr conv = *(const mi_conv_attr *)mi_op_conv.attr_defaults;
    snprintf(a.coordinate_transformation_mode,
             sizeof a.coordinate_transformation_mode, "asymmetric");
    snprintf(a.nearest_mode, sizeof a.nearest_mode, "floor");
    conv.pads = (mi_ints){.n = 4, .v = {pad, pad, pad, pad}};
    const float scale[4] = {1, 1, (float)times, (float)times};
    const int to[] = {2, c, oc, 3};
    mi_node *y = mi_graph_input(g, "x", (mien_shape){4, {2, 2, 4, 5}});
    for (int i = 0; i < 3; i++) {
        int side = i ? 3 : 1;
        mi_node *in[] = {y, weights(g, 4, to[i + 1], to[i], side, side),
                         weights(g, 1, to[i + 1], 0, 0, 0)};
        y = mi_graph_node(g, &mi_op_conv, in, 3, i ? &conv : NULL, NULL);
        mi_node *up[] = {y, NULL,
                         mi_graph_constant(g, NULL, MI_F32,
                                           (mien_shape){1, {4}}, scale,
                                           MI_COPY)};
        if (i < 2)
            y = mi_graph_node(g, &mi_op_resize, up, 3, &a, NULL);
    }
    mi_graph_output(g, y, "y");
    return g;
}

/* The engine goes over the small picture where pixels are repeated twice and
 * nothing but a 3x3 convolution reads them: both do, unless a penalty does. */
static void test_doubled(int times, int c, int oc, int pad, int doubled)
{
    int before = n_doubled, compared = n_compared;
    for (int round = 0; round < 8; round++) {
        mien_graph *g = repeating(times, c, oc, pad);
        const mien_shape in = mien_graph_input_shape(g, 0);
        float *x[2] = {random_floats(mi_shape_len(&in)), NULL};
        for (int i = 0; i < mi_graph_size(g); i++) {
            mi_node *n = mi_graph_at(g, i);
            n->learned = n->value && n->type == MI_F32 && n->shape.dim[0] != 4;
        }
        check_learning(g, &in, x, 1, "repeated pixels");
        mi_free(x[0]);
        mien_graph_free(g);
    }
    CHECK(n_compared > compared);
    CHECK(doubled ? n_doubled - before > 8 : n_doubled == before);
}

/* More pixels than are summed in floats, and a gradient that is added. */
static void test_group_norm(void)
{
    mien_graph *g = NULL;
    CHECK_EQ(mi_graph_new(&g, NULL), MIEN_OK);
    const mi_group_norm_attr a = {1e-5F, 3, 1};
    mi_node *x = mi_graph_input(g, "x", (mien_shape){4, {2, 2, 9, 8}});
    mi_node *in[] = {x, weights(g, 4, 6, 2, 1, 1)};
    mi_node *y[3] = {mi_graph_node(g, &mi_op_conv, in, 2, NULL, NULL),
                     weights(g, 1, 6, 0, 0, 0), weights(g, 1, 6, 0, 0, 0)};
    mi_node *z = mi_graph_node(g, &mi_op_group_norm, y, 3, &a, NULL);
    z = mi_graph_node(g, &mi_op_mul, (mi_node *[]){z, y[0]}, 2, NULL, NULL);
    mi_graph_output(g, z, "z");
    check_fixed(g, "group normalisation");
}

/* The loss is the sum of x times its gradient, which is 0 or one number. */
static void test_dropout(void)
{
    enum { N = 200 };
    mien_graph *g = NULL;
    mien_plan *p = NULL;
    const float one = 1;
    mien_random random;
    mien_random_init(&random, 5);
    CHECK_EQ(mi_graph_new(&g, NULL), MIEN_OK);
    mi_node *x = weights(g, 2, 1, N, 0, 0), *y = x;
    x->learned = 1;
    y = mi_graph_node(g, &mi_op_dropout, &y, 1, NULL, NULL);
    y = mi_graph_node(g, &mi_op_mean_loss, &y, 1, NULL, NULL);
    mi_graph_output(g, y, NULL);
    const mi_learning by = {NULL, &random, &one, 0};
    CHECK_EQ(mi_plan_learning(g, NULL, 0, &by, &p, NULL), MIEN_OK);
    mi_plan_forward(p, 1);
    mi_plan_backward_run(p);
    const float *d = mi_plan_gradient(p, x->id), *v = mi_values_of(x);
    double sum = 0, most = 0;
    int kept = 0;
    for (int i = 0; i < N; i++)
        most = fmax(most, (double)d[i]);
    for (int i = 0; i < N; i++) {
        sum += (double)d[i] * (double)v[i];
        kept += d[i] > 0;
        CHECK(d[i] == 0 || (double)d[i] == most);
    }
    CHECK(kept > N / 3 && kept < 2 * N / 3);
    CHECK_NEAR(sum, mi_plan_loss(p, 0), 1e-5);
    mien_plan_free(p);
    mien_graph_free(g);
}

static void check_random(unsigned number)
{
    maker m;
    char what[40];
    float *x[2] = {NULL, NULL};
    mien_shape in[2];
    seed = number;
    snprintf(what, sizeof what, "graph %u", number);
    random_graph(&m, 1);
    choose_parameters(m.g);
    int n = mien_graph_inputs(m.g);
    for (int i = 0; i < n; i++) {
        in[i] = mien_graph_input_shape(m.g, i);
        x[i] = random_floats(mi_shape_len(&in[i]));
    }
    check_learning(m.g, in, x, number % 50 == 0, what);
    for (int i = 0; i < n; i++)
        mi_free(x[i]);
    mien_graph_free(m.g);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    for (unsigned i = 1; i <= 6000; i++)
        RUN(check_random, (i + check_seed) * 7919);
    seed = 11;
    RUN(test_lstm, 3, 5, 4, 3);
    RUN(test_lstm, 2, 20, 7, 9);
    RUN(test_lstm, 1, 1, 1, 1);
    RUN(test_maximum_of_relu);
    RUN(test_conv_transpose);
    RUN(test_upsampling, "nearest", "asymmetric");
    RUN(test_upsampling, "linear", "half_pixel");
    RUN(test_upsampling, "linear", "align_corners");
    RUN(test_doubled, 2, 5, 3, 1, 1);
    RUN(test_doubled, 2, 24, 17, 1, 1);
    RUN(test_doubled, 2, 3, 5, 0, 0);
    RUN(test_doubled, 3, 3, 5, 1, 0);
    RUN(test_group_norm);
    RUN(test_dropout);
    CHECK_MSG(n_learning == 0 || 3 * n_compared > n_learning,
              "only %d of %d networks were compared", n_compared, n_learning);
    return check_done();
}
