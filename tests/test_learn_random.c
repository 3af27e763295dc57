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
    static const mi_op *const ops[] = {
        &mi_op_mean_loss,      &mi_op_mean_squared_error,
        &mi_op_huber_loss,     &mi_op_sigmoid_cross_entropy,
        &mi_op_wing_loss,      &mi_op_absolute_error,
        &mi_op_gaussian_loss,  &mi_op_softmax_cross_entropy,
        &mi_op_divergence_loss};
    const mi_wing_attr wing = {0.5F, 0.25F};
    const mi_smoothing_attr smoothing = {0.2F};
    const mi_divergence_attr divergence = {0.125F};
    int rank = y->shape.rank;
    const mi_op *op = ops[between(0, rank == 2 ? 8 : rank > 1 ? 7 : 6)];
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
        n_doubled += strcmp(p->step[i].what, "taps") == 0 ||
                     strcmp(p->step[i].what, "conv doubled") == 0;
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

#include "tests/learn_cases.h"

/* ---- random ones -----------------------------------------------------------
 */

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
    seed = 14;
    RUN(test_lstm, 3, 5, 4, 3);
    RUN(test_lstm, 2, 20, 7, 9);
    RUN(test_lstm, 1, 1, 1, 1);
    RUN(test_maximum_of_relu);
    RUN(test_conv_transpose);
    RUN(test_convolutions_by_squares, 4, 4);
    RUN(test_convolutions_by_squares, 2, 3);
    RUN(test_upsampling, "nearest", "asymmetric");
    RUN(test_upsampling, "linear", "half_pixel");
    RUN(test_upsampling, "linear", "align_corners");
    RUN(test_doubled, 2, 5, 3, 1, 1);
    RUN(test_doubled, 2, 24, 17, 1, 1);
    RUN(test_doubled, 2, 3, 5, 0, 0);
    RUN(test_doubled, 3, 3, 5, 1, 0);
    RUN(test_batch_norm_silu, 7, 0);
    RUN(test_batch_norm_silu, 45, 0);
    RUN(test_batch_norm_silu, 5, 1);
    RUN(test_group_norm);
    RUN(test_dropout);
    CHECK_MSG(n_learning == 0 || 3 * n_compared > n_learning,
              "only %d of %d networks were compared", n_compared, n_learning);
    return check_done();
}
