/* Filters in bytes: how far what a graph makes of them is from what they were,
 * for each number of bits.
 *
 * Not as WebAssembly: the converter is not there. */
#include "tests/check.h"

#include "model/tfjs.h"

#include "base/alloc.h"

#include <math.h>
#include <string.h>

/* Filters of one window of a side. */
typedef struct layer {
    const char *name;
    int64_t out, in, side;
    int last, small;
    double
        steps; /* filters are off by 1 / steps of a channel's range at most */
    int rests; /* bytes of what is left over, of two filters */
} layer;

static const layer layers[] = {
    {"few", 4, 5, 3, 0, 0, 65279, 2},
    {"many", 32, 128, 3, 0, 0, 2 * 3750, 1},
    {"many, odd", 33, 128, 3, 0, 0, 65279, 2},
    {"many, last", 64, 128, 3, 1, 0, 2 * 127, 0},
    {"some, last", 32, 128, 3, 1, 0, 2 * 3750, 1},
    {"small", 32, 128, 3, 0, 1, 2 * 127, 0},
};

static int64_t each_of(const layer *l) { return l->in * l->side * l->side; }

static mi_tf_conv make(mien_graph *g, const layer *l)
{
    mi_tf_conv c = {.out = l->out, .in = l->in, .h = l->side, .w = l->side};
    int64_t n = l->out * each_of(l);
    mien_random r;
    mien_random_init(&r, 7);
    c.group = 1;
    c.last = l->last;
    c.x = mi_graph_input(g, "x", (mien_shape){4, {1, l->in, l->side, l->side}});
    c.filters = mi_alloc((size_t)n, sizeof *c.filters);
    for (int64_t i = 0; c.filters && i < n; i++)
        c.filters[i] =
            (float)mien_random_normal(&r) * (float)(1 + i / each_of(l) % 7);
    return c;
}

/* What a node is, by the operators' definitions; its values are freed with the
 * other nodes'. */
static const float *evaluate(const mien_graph *g, const mi_node *last)
{
    for (int i = 0; i <= last->id; i++) {
        mi_node *n = mi_graph_at(g, i);
        size_t len = (size_t)mi_shape_len(&n->shape);
        if (n->type != MI_F32 || (!n->op && !n->value))
            continue;
        n->eval = mi_alloc(len, sizeof *n->eval);
        if (!n->eval)
            return NULL;
        if (n->op)
            n->op->eval(n);
        else
            memcpy(n->eval, n->value, len * sizeof *n->eval);
    }
    return last->eval;
}

static void forget(const mien_graph *g)
{
    for (int i = 0; i < mi_graph_size(g); i++) {
        mi_free(mi_graph_at(g, i)->eval);
        mi_graph_at(g, i)->eval = NULL;
    }
}

/* Bytes of constants of a graph. */
static int64_t count_bytes(const mien_graph *g)
{
    int64_t n = 0;
    for (int i = 0; i < mi_graph_size(g); i++)
        if (mi_graph_at(g, i)->type == MI_U8)
            n += mi_shape_len(&mi_graph_at(g, i)->shape);
    return n;
}

static float range_of(const float *v, int64_t n)
{
    float low = 0, high = 0;
    for (int64_t i = 0; i < n; i++) {
        low = fminf(low, v[i]);
        high = fmaxf(high, v[i]);
    }
    return high - low;
}

static void compare(const layer *l, const mi_tf_conv *c, const float *got)
{
    int64_t each = each_of(l);
    /* factors make steps of some inputs larger where a byte is all */
    double wider = l->rests ? 1 : 1.5, worst = 0;
    for (int64_t o = 0; o < l->out; o++) {
        const float *want = c->filters + o * each;
        double range = (double)range_of(want, each);
        for (int64_t k = 0; k < each; k++)
            worst =
                fmax(worst, fabs((double)got[o * each + k] - (double)want[k]) /
                                range * l->steps);
    }
    CHECK_MSG(worst <= wider && worst > 0.25,
              "%s: off by %g of the most that is allowed", l->name, worst);
}

/* A graph with a layer's filters packed; 0 after a failed check. */
static int pack(const layer *l, mien_graph **g, mi_tf_conv *c, mi_node **out)
{
    if (mien_graph_new(g, NULL) != MIEN_OK)
        return 0;
    mi_tf t = {.g = *g, .small = l->small};
    *c = make(*g, l);
    *out = mi_tf_packed(&t, c);
    return *out != NULL;
}

static void check_layer(const layer *l)
{
    mien_graph *g = NULL;
    mi_node *packed = NULL;
    mi_tf_conv c = {0};
    int64_t n = l->out * each_of(l), zeros = 2 * l->out + 1;
    int64_t want = n + n * l->rests / 2;
    const float *got = pack(l, &g, &c, &packed) ? evaluate(g, packed) : NULL;
    CHECK(got != NULL);
    if (got) {
        CHECK(count_bytes(g) >= want && count_bytes(g) <= want + zeros);
        compare(l, &c, got);
    }
    forget(g);
    mi_free(c.filters);
    mien_graph_free(g);
}

static void test_filters_are_near(void)
{
    for (size_t i = 0; i < sizeof layers / sizeof *layers; i++)
        check_layer(&layers[i]);
}

static void test_without_memory(void)
{
    mien_graph *g = NULL;
    mi_node *packed = NULL;
    mi_tf_conv c = {0};
    CHECK(pack(&layers[1], &g, &c, &packed));
    mi_tf t = {.g = g};
    for (long fail = 0; fail < 3; fail++) {
        mi_alloc_fail_after(fail);
        packed = mi_tf_packed(&t, &c);
        mi_alloc_fail_after(-1);
        CHECK(packed == NULL);
    }
    mi_free(c.filters);
    mien_graph_free(g);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_filters_are_near);
    RUN(test_without_memory);
    return check_done();
}
