/* Every gradient of op_list.h against central differences: the cases of
 * op_cases_*.h are run here too, and after each the inputs are filled with
 * numbers away from kinks and
 *
 *   L(x) = sum r_i y_i(x),   (L(x + h d) - L(x - h d)) / 2h = <grad, d>
 *
 * is checked for random r and d, of every input that a gradient flows to.  The
 * differences are extrapolated from h and h / 2, so that their error falls as
 * the fourth power of h. */
#include "graph/graph.h"

static void check_gradient(const mi_node *n);
#define AFTER_RUN(n) check_gradient(n)
#include "tests/op_check.h"

#include "tests/op_cases_learn.h"
#include "tests/op_cases_loss.h"
#include "tests/op_cases_math.h"
#include "tests/op_cases_move.h"
#include "tests/op_cases_window.h"

enum { DIRECTIONS = 3 };
#define STEP 0.02
#define TOLERANCE 2e-3
#define NOISE 1e-6 /* of the floats that L is summed of */

static unsigned seed = 11;
static int n_checked;

/* A node of its own, with its inputs. */
typedef struct trial {
    mi_node node, in[MI_MAX_IN];
    mien_random random;
    float *r, *d, *start;
} trial;

static size_t len_of(const mi_node *n)
{
    return (size_t)mi_shape_len(&n->shape);
}

/* Inputs that an operator gives no gradient by, though they may be floats. */
static int flows(const mi_node *n, int k)
{
    const mi_op *op = n->op;
    if (!n->in[k] || n->in[k]->type != MI_F32)
        return 0;
    if (op == &mi_op_clip || op == &mi_op_dropout || op == &mi_op_pad ||
        op == &mi_op_resize)
        return k == 0;
    return !op->statistics || k < op->statistics;
}

static float between(float low, float high)
{
    return low + (high - low) * (float)(check_rand(&seed) % 4096) / 4096;
}

/* Distinct numbers of either sign, away from 0 and from each other. */
static void fill(const mi_op *op, float *x, size_t n)
{
    int positive = op == &mi_op_log || op == &mi_op_sqrt || op == &mi_op_pow;
    for (size_t i = 0; i < n; i++)
        x[i] = 0.33F + 1.2F * (float)i / (float)n;
    for (size_t i = n; i > 1; i--) {
        size_t k = check_rand(&seed) % i;
        float swap = x[i - 1];
        x[i - 1] = x[k];
        x[k] = swap;
    }
    for (size_t i = 0; i < n && !positive; i++)
        x[i] = check_rand(&seed) % 2 ? x[i] : -x[i];
}

static void set_up(trial *t, const mi_node *n, int learned)
{
    *t = (trial){.node = *n};
    for (int k = 0; k < n->n_in; k++) {
        if (!n->in[k])
            continue;
        mi_node *in = &t->in[k];
        *in = *n->in[k];
        t->node.in[k] = in;
        if (in->type != MI_F32)
            continue;
        in->eval = mi_alloc(len_of(in), sizeof *in->eval);
        memcpy(in->eval, n->in[k]->eval, len_of(in) * sizeof *in->eval);
        in->learned = learned;
        if (!flows(n, k))
            continue;
        fill(n->op, in->eval, len_of(in));
        in->grad = mi_alloc(len_of(in), sizeof *in->grad);
    }
    size_t len = len_of(n), save = n->op->save_len ? n->op->save_len(n) : 0;
    t->node.eval = mi_alloc(len, sizeof *t->r);
    t->node.grad = mi_alloc(len, sizeof *t->r);
    t->node.save = mi_alloc(save + 1, sizeof *t->r);
    t->node.random = &t->random;
    t->r = mi_alloc(len, sizeof *t->r);
    for (size_t i = 0; i < len; i++)
        t->r[i] = between(-1, 1);
}

static void tear_down(trial *t)
{
    for (int k = 0; k < t->node.n_in; k++)
        if (t->node.in[k] && t->in[k].type == MI_F32) {
            mi_free(t->in[k].eval);
            mi_free(t->in[k].grad);
        }
    mi_free(t->node.eval);
    mi_free(t->node.grad);
    mi_free(t->node.save);
    mi_free(t->r);
}

/* L, with the same random numbers every time; size: of what is summed. */
static double loss(trial *t, double *size)
{
    const mi_op *op = t->node.op;
    double sum = 0;
    mien_random_init(&t->random, 5);
    if (op->train)
        op->train(&t->node);
    else
        op->eval(&t->node);
    *size = 0;
    for (size_t i = 0; i < len_of(&t->node); i++) {
        double y = (double)t->r[i] * (double)t->node.eval[i];
        sum += y;
        *size += fabs(y);
    }
    return sum;
}

/* The gradient by all inputs, begun with `start`; bit k of without: input k
 * wants none. */
static void run_grad(trial *t, float start, unsigned without)
{
    double size;
    float *grad[MI_MAX_IN];
    for (int k = 0; k < t->node.n_in; k++) {
        grad[k] = t->in[k].grad;
        for (size_t i = 0; grad[k] && i < len_of(&t->in[k]); i++)
            grad[k][i] = start;
        if (without >> k & 1)
            t->in[k].grad = NULL;
    }
    loss(t, &size);
    memcpy(t->node.grad, t->r, len_of(&t->node) * sizeof *t->r);
    t->node.op->grad(&t->node);
    for (int k = 0; k < t->node.n_in; k++)
        t->in[k].grad = grad[k];
}

static double slope(trial *t, mi_node *in, const float *at, const float *d,
                    double h, double *noise)
{
    double side[2], size;
    for (int s = 0; s < 2; s++) {
        for (size_t i = 0; i < len_of(in); i++)
            in->eval[i] = (float)((double)at[i] + (s ? -h : h) * (double)d[i]);
        side[s] = loss(t, &size);
    }
    *noise = NOISE * size / h;
    return (side[0] - side[1]) / (2 * h);
}

static void compare(trial *t, int k, const float *at, float *d)
{
    mi_node *in = &t->in[k];
    double want = 0, size = 0, noise;
    for (size_t i = 0; i < len_of(in); i++) {
        d[i] = between(-1, 1);
        want += (double)in->grad[i] * (double)d[i];
        size += fabs((double)in->grad[i] * (double)d[i]);
    }
    double whole = slope(t, in, at, d, STEP, &noise);
    double half = slope(t, in, at, d, STEP / 2, &noise);
    double got = (4 * half - whole) / 3;
    memcpy(in->eval, at, len_of(in) * sizeof *at);
    CHECK_MSG(fabs(got - want) <= TOLERANCE * size + noise,
              "%s: input %d: gradient along a direction %.7g, differences %.7g",
              t->node.op->name, k, want, got);
    n_checked++;
}

/* A gradient is added to what is there, and only where it is wanted. */
static void check_adding(trial *t)
{
    float *first[MI_MAX_IN] = {NULL};
    for (int k = 0; k < t->node.n_in; k++) {
        if (!t->in[k].grad)
            continue;
        first[k] = mi_alloc(len_of(&t->in[k]), sizeof **first);
        memcpy(first[k], t->in[k].grad, len_of(&t->in[k]) * sizeof **first);
    }
    for (int gone = -1; gone < t->node.n_in; gone++) {
        run_grad(t, 7, gone < 0 ? 0 : 1u << gone);
        for (int k = 0; k < t->node.n_in; k++)
            for (size_t i = 0; first[k] && i < len_of(&t->in[k]); i++) {
                double want = k == gone ? 7 : (double)first[k][i] + 7;
                CHECK_MSG(fabs((double)t->in[k].grad[i] - want) <=
                              1e-5 * (fabs(want) + 7),
                          "%s: input %d: not added, or added unasked",
                          t->node.op->name, k);
            }
    }
    for (int k = 0; k < t->node.n_in; k++)
        mi_free(first[k]);
}

static void check_trial(const mi_node *n, int learned)
{
    trial t;
    set_up(&t, n, learned);
    run_grad(&t, 0, 0);
    for (int k = 0; k < n->n_in; k++) {
        if (!t.in[k].grad)
            continue;
        float *at = mi_alloc(len_of(&t.in[k]), sizeof *at);
        float *d = mi_alloc(len_of(&t.in[k]), sizeof *d);
        memcpy(at, t.in[k].eval, len_of(&t.in[k]) * sizeof *at);
        for (int i = 0; i < DIRECTIONS; i++)
            compare(&t, k, at, d);
        mi_free(at);
        mi_free(d);
    }
    check_adding(&t);
    tear_down(&t);
}

static void check_gradient(const mi_node *n)
{
    if (!n->op->grad || n->type != MI_F32)
        return;
    check_trial(n, 0);
    if (n->op->statistics)
        check_trial(n, 1);
}

/* Nothing flows back through integers. */
static void check_row(const mi_op *op, int checked)
{
    int want = op != &mi_op_shape && op != &mi_op_dequantize;
    CHECK_MSG((op->grad != NULL) == want, "%s: its gradient", op->name);
    CHECK_MSG(checked == want, "%s: no gradient was checked", op->name);
}

/* Running statistics move toward those of the batch, where they are learned. */
static void test_statistics_move(void)
{
    const mi_batch_norm_attr attr = {0, 0.75F, 0};
    float save[8], y[4];
    begin();
    mi_node *x = FLOATS(DIMS(2, 2), 1, 10, 3, 30);
    mi_node *in[] = {x, FLOATS(DIMS(2), 1, 1), FLOATS(DIMS(2), 0, 5),
                     FLOATS(DIMS(2), 0, 4), FLOATS(DIMS(2), 1, 0)};
    mi_node *n = make(&mi_op_batch_norm, &attr, in, 5);
    CHECK(n->op->shape(n) == NULL);
    n->save = save;
    n->eval = y;
    in[3]->learned = in[4]->learned = 1;
    n->op->train(n);
    WANT(n, DIMS(2, 2), -1, 4, 1, 6);
    WANT(in[3], DIMS(2), 0.5, 8);
    WANT(in[4], DIMS(2), 1, 25);
    end();
}

/* Dropped elements are 0, the others larger, so that the mean stays; another
 * run drops others. */
static void test_dropout_drops(void)
{
    enum { N = 4000 };
    static float ones[N], y[N], save[N], first[N];
    mien_random random;
    begin();
    for (int i = 0; i < N; i++)
        ones[i] = 1;
    mi_node *x = mi_graph_constant(graph, NULL, MI_F32, DIMS(N), ones, MI_COPY);
    x->eval = ones;
    mi_node *in[] = {x, FLOATS(SCALAR, 0.25F)};
    mi_node *n = make(&mi_op_dropout, NULL, in, 2);
    CHECK(n->op->shape(n) == NULL);
    CHECK_EQ(n->op->save_len(n), N);
    n->eval = y;
    n->save = save;
    n->random = &random;
    mien_random_init(&random, 1);
    n->op->train(n);
    int dropped = 0, same = 0;
    for (int i = 0; i < N; i++) {
        dropped += y[i] == 0;
        CHECK(y[i] == 0 || fabsf(y[i] - 4 / 3.0F) < 1e-6F);
        first[i] = y[i];
    }
    CHECK_NEAR(dropped, N / 4, 100);
    n->op->train(n);
    for (int i = 0; i < N; i++)
        same += y[i] == first[i];
    CHECK_NEAR(same, N * 10 / 16, 150);
    end();
}

/* Of equal numbers the first is the maximum. */
static void test_first_maximum(void)
{
    mi_pool_attr a = plain_pool;
    float g[] = {2};
    float want[] = {0, 2, 0, 0}, got[4] = {0};
    begin();
    mi_node *x = FLOATS(DIMS(1, 1, 2, 2), 1, 5, 5, 5);
    mi_node *n = make(&mi_op_max_pool, &a, &x, 1);
    CHECK(n->op->shape(n) == NULL);
    n->grad = g;
    x->grad = got;
    n->op->grad(n);
    CHECK(memcmp(got, want, sizeof want) == 0);
    end();
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
#define MI_OP(name, onnx)                             \
    {                                                 \
        int before = n_checked;                       \
        begin();                                      \
        test_##name();                                \
        end();                                        \
        check_row(&mi_op_##name, n_checked > before); \
    }
#include "graph/op_list.h"
#undef MI_OP
    RUN(test_conv_against_scatter);
    RUN(test_conv_transpose_is_a_gradient);
    begin();
    RUN(test_conv_is_refused);
    RUN(test_conv_transpose_is_refused);
    RUN(test_resize_is_refused);
    end();
    RUN(test_statistics_move);
    RUN(test_dropout_drops);
    RUN(test_first_maximum);
    return check_done();
}
