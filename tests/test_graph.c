/* Graphs: building, the first mistake, names, limits, memory that runs out. */
#include "base/alloc.h"
#include "graph/graph.h"
#include "graph/op_attr.h"
#include "tests/check.h"

#include <string.h>

static const mien_shape image = {4, {1, 3, -1, -1}}, one = {1, {1}};
static const float number[1] = {7};

static mien_graph *new_graph(void)
{
    mien_graph *g = NULL;
    mien_error err = {0};
    CHECK_EQ(mi_graph_new(&g, &err), MIEN_OK);
    return g;
}

/* The status of the first mistake; its text must hold the words. */
static void ends_with(mien_graph *g, mien_status st, const char *words)
{
    mien_error err = {0};
    CHECK_EQ(mi_graph_check(g, &err), st);
    CHECK_EQ(err.status, st);
    CHECK_MSG(strstr(err.text, words) != NULL, "'%s' lacks '%s'", err.text,
              words);
    CHECK(mi_graph_check(g, NULL) == st);
    mien_graph_free(g);
}

static void test_a_small_graph_is_kept(void)
{
    const mi_concat_attr rows = {0};
    mien_graph *g = new_graph();
    mi_node *x = mi_graph_input(g, "x", image);
    mi_graph_dim_name(g, 0, 2, "height");
    mi_node *c = mi_graph_constant(g, "c", MI_F32, one, number, MI_BORROW);
    mi_node *d = mi_graph_constant(g, NULL, MI_F32, one, number, MI_COPY);
    mi_node *y =
        mi_graph_node(g, &mi_op_concat, (mi_node *[]){c, d}, 2, &rows, NULL);
    mi_node *z =
        mi_graph_node(g, &mi_op_clip, (mi_node *[]){x, NULL, c}, 3, NULL, "z");
    mi_graph_output(g, z, "z");
    mi_graph_output(g, y, "joined");
    mi_graph_set_meta(g, "age", "1");
    mi_graph_set_meta(g, "author", "us");
    mi_graph_set_meta(g, "age", "2");

    CHECK_EQ(mi_graph_check(g, NULL), MIEN_OK);
    CHECK_EQ(mi_graph_size(g), 6);
    for (int i = 0; i < mi_graph_size(g); i++) {
        CHECK_EQ(mi_graph_at(g, i)->id, i);
        CHECK(mi_graph_find(g, mi_graph_at(g, i)->name) == mi_graph_at(g, i));
    }
    CHECK(c->value == number && d->value != number && d->n_known == -1);
    CHECK(memcmp(d->value, number, sizeof number) == 0);
    CHECK(y->attr != &rows && ((const mi_concat_attr *)y->attr)->axis == 0);
    CHECK(y->in[1] == d && z->in[1] == NULL && z->n_in == 3);
    CHECK_EQ(mien_graph_inputs(g), 1);
    CHECK(strcmp(mien_graph_input_name(g, 0), "x") == 0);
    CHECK_EQ(mien_graph_input_shape(g, 0).dim[2], -1);
    CHECK(strcmp(mi_graph_dim_name_of(g, 0, 2), "height") == 0);
    CHECK(mi_graph_dim_name_of(g, 0, 3) == NULL);
    CHECK_EQ(mien_graph_outputs(g), 2);
    CHECK(mi_graph_output_node(g, 0) == z);
    CHECK(strcmp(mien_graph_output_name(g, 1), "joined") == 0);
    CHECK(mi_graph_output_node(g, 1)->op == &mi_op_identity);
    CHECK(mi_graph_output_node(g, 1)->in[0] == y);
    const char *key = NULL, *value = NULL;
    CHECK(mien_graph_meta_at(g, 1, &key, &value) && !strcmp(key, "author") &&
          !strcmp(value, "us"));
    CHECK(!mien_graph_meta_at(g, 2, &key, &value) && !strcmp(value, "us"));
    CHECK(!mien_graph_meta_at(g, -1, &key, &value));
    CHECK_EQ(mien_graph_nodes(g), 6);
    CHECK_EQ(mien_graph_parameters(g), 2);
    CHECK(mien_graph_operator(g, x->id) == NULL);
    CHECK(mien_graph_operator(g, c->id) == NULL);
    CHECK(strcmp(mien_graph_operator(g, y->id), "Concat") == 0);
    CHECK_EQ(mien_graph_output_shape(g, 0).rank, 4);
    CHECK_EQ(mien_graph_output_shape(g, 0).dim[1], 3);
    CHECK(strcmp(mien_graph_meta(g, "age"), "2") == 0);
    CHECK(mien_graph_meta(g, "none") == NULL);
    CHECK(mi_graph_find(g, "none") == NULL);
    mien_graph_free(g);
    mien_graph_free(NULL);
}

static void test_small_integers_are_known(void)
{
    const int64_t many[17] = {4, 5, 6};
    mien_graph *g = new_graph();
    mi_node *n =
        mi_graph_constant(g, NULL, MI_I64, (mien_shape){1, {3}}, many, MI_COPY);
    CHECK(n->n_known == 3 && n->known[2] == 6);
    n = mi_graph_constant(g, NULL, MI_I64, (mien_shape){0}, many, MI_COPY);
    CHECK(n->n_known == 1 && n->known[0] == 4);
    n = mi_graph_constant(g, NULL, MI_I64, (mien_shape){1, {0}}, NULL,
                          MI_BORROW);
    CHECK(n->n_known == 0 && n->value);
    n = mi_graph_constant(g, NULL, MI_I64, (mien_shape){1, {17}}, many,
                          MI_COPY);
    CHECK(n->n_known == -1 && n->value);
    ends_with(g, MIEN_OK, "");
}

static void test_the_first_mistake_is_kept(void)
{
    mien_graph *g = new_graph(), *other = new_graph();
    mi_node *x = mi_graph_input(g, "x", image);
    mi_node *bad = mi_graph_node(g, &mi_op_add, &x, 1, NULL, "sum");
    int size = mi_graph_size(g);
    CHECK(bad && bad != x);
    CHECK(mi_graph_node(g, &mi_op_relu, &bad, 1, NULL, NULL) != NULL);
    CHECK(mi_graph_input(g, "x", image) != NULL);
    CHECK(mi_graph_constant(g, "x", MI_F32, one, number, MI_COPY) != NULL);
    mi_graph_output(g, bad, "y");
    mi_graph_set_meta(g, "a", "b");
    mi_graph_dim_name(g, 7, 7, "");
    CHECK_EQ(mi_graph_size(g), size);
    CHECK_EQ(mien_graph_outputs(g), 0);
    ends_with(g, MIEN_EFORMAT, "(Add 'sum'): the number of inputs is wrong");

    g = new_graph();
    mi_graph_input(g, "x", image);
    x = mi_graph_input(other, "x", image);
    mi_graph_node(g, &mi_op_relu, &x, 1, NULL, NULL);
    ends_with(g, MIEN_EFORMAT, "an input is missing");
    ends_with(other, MIEN_OK, "");
}

static void test_mistakes(void)
{
    mi_conv_attr long_text = {.group = 1}, long_list = {.group = 1};
    memset(long_text.auto_pad, 'a', sizeof long_text.auto_pad);
    long_list.pads.n = MI_MAX_INTS + 1;
    char name[MI_MAX_NAME + 2];
    memset(name, 'n', sizeof name - 1);
    name[sizeof name - 1] = 0;
#define MISTAKE(words, call)                        \
    do {                                            \
        mien_graph *g = new_graph();                \
        mi_node *x = mi_graph_input(g, "x", image); \
        mi_node *in[MI_MAX_IN + 1] = {x, x};        \
        (void)in;                                   \
        call;                                       \
        ends_with(g, MIEN_EFORMAT, words);          \
    } while (0)
    MISTAKE("the name is taken", mi_graph_input(g, "x", image));
    MISTAKE("the name is taken",
            mi_graph_node(g, &mi_op_relu, &x, 1, NULL, "x"));
    MISTAKE("a name is empty", mi_graph_node(g, &mi_op_relu, &x, 1, NULL, ""));
    MISTAKE("a name is too long", mi_graph_input(g, name, image));
    MISTAKE("a name holds a control character",
            mi_graph_input(g, "\033[2J", image));
    MISTAKE("an input is missing",
            mi_graph_node(g, &mi_op_add, (mi_node *[]){x, NULL}, 2, NULL, "y"));
    MISTAKE("the number of inputs is wrong",
            mi_graph_node(g, &mi_op_concat, in, MI_MAX_IN + 1, NULL, NULL));
    MISTAKE("the number of inputs is wrong",
            mi_graph_node(g, &mi_op_relu, in, -1, NULL, NULL));
    MISTAKE("a text attribute is too long",
            mi_graph_node(g, &mi_op_conv, in, 2, &long_text, NULL));
    MISTAKE("an attribute's list is too long",
            mi_graph_node(g, &mi_op_conv, in, 2, &long_list, NULL));
    MISTAKE("the rank is out of range",
            mi_graph_input(g, "y", (mien_shape){7, {1}}));
    MISTAKE("the rank is out of range",
            mi_graph_input(g, "y", (mien_shape){-1, {1}}));
    MISTAKE("a dimension is out of range",
            mi_graph_input(g, "y", (mien_shape){1, {0}}));
    MISTAKE("a dimension is out of range",
            mi_graph_constant(g, "y", MI_F32, (mien_shape){1, {-1}}, number,
                              MI_BORROW));
    MISTAKE("a dimension is too large",
            mi_graph_input(g, "y", (mien_shape){1, {INT64_MAX}}));
    MISTAKE("it has too many elements",
            mi_graph_input(g, "y", (mien_shape){2, {1 << 20, 1 << 20}}));
    MISTAKE("it is an output twice", mi_graph_output(g, x, "x");
            mi_graph_output(g, x, NULL));
    MISTAKE("too many outputs",
            for (int i = 0; i <= MI_MAX_PORTS; i++) mi_graph_output(
                g, mi_graph_node(g, &mi_op_relu, &x, 1, NULL, NULL), NULL));
    MISTAKE("too many inputs", for (int i = 0; i <= MI_MAX_PORTS; i++)
                                   mi_graph_input(g, NULL, image));
#undef MISTAKE
}

static void test_limits(void)
{
    mien_graph *g = new_graph();
    const mien_shape large = {1, {MIEN_MAX_TENSOR}};
    mi_graph_constant(g, "a", MI_F32, large, number, MI_BORROW);
    CHECK_EQ(mi_graph_check(g, NULL), MIEN_OK);
    mi_graph_constant(g, "b", MI_F32, one, number, MI_BORROW);
    ends_with(g, MIEN_EFORMAT, "the constants are too large together");

    g = new_graph();
    for (int i = 0; i <= MI_MAX_METAS; i++) {
        char key[16];
        snprintf(key, sizeof key, "key %d", i);
        mi_graph_set_meta(g, key, "");
    }
    ends_with(g, MIEN_ELIMIT, "more than 256 metadata");
}

/* Made names never collide with given ones, and many nodes stay quick. */
static void test_many_nodes(void)
{
    mien_graph *g = new_graph();
    mi_node *x = mi_graph_input(g, "Relu_1", image);
    x = mi_graph_node(g, &mi_op_relu, &x, 1, NULL, "Relu_0");
    while (mi_graph_size(g) < MI_MAX_NODES)
        x = mi_graph_node(g, &mi_op_relu, &x, 1, NULL, NULL);
    CHECK_EQ(mi_graph_check(g, NULL), MIEN_OK);
    CHECK(mi_graph_find(g, "Relu_50000") != NULL);
    CHECK(mi_graph_at(g, MI_MAX_NODES - 1) == x);
    mi_graph_node(g, &mi_op_relu, &x, 1, NULL, NULL);
    ends_with(g, MIEN_ELIMIT, "more than 65536 nodes");
}

static void build(mien_graph *g)
{
    static float weights[9000];
    mi_node *x = mi_graph_input(g, "x", image);
    mi_graph_dim_name(g, 0, 2, "height");
    for (int i = 0; i < 200 && mi_graph_check(g, NULL) == MIEN_OK; i++) {
        mi_node *in[2] = {x, mi_graph_constant(g, NULL, MI_F32,
                                               (mien_shape){1, {9000}}, weights,
                                               i % 50 ? MI_BORROW : MI_COPY)};
        x = mi_graph_node(g, &mi_op_add, in, 2, NULL, NULL);
        x = mi_graph_node(g, &mi_op_leaky_relu, &x, 1, NULL, NULL);
    }
    mi_graph_output(g, x, "y");
    mi_graph_set_meta(g, "key", "value");
}

static void test_every_allocation_may_fail(void)
{
    mien_status st = MIEN_ENOMEM;
    long n = 0;
    for (; st != MIEN_OK && n < 1000; n++) {
        mien_graph *g = NULL;
        mien_error err = {0};
        mi_alloc_fail_after(n);
        st = mi_graph_new(&g, &err);
        if (st == MIEN_OK) {
            build(g);
            st = mi_graph_check(g, &err);
        }
        mi_alloc_fail_after(-1);
        CHECK(st == MIEN_OK || (st == MIEN_ENOMEM && err.text[0]));
        mien_graph_free(g);
    }
    CHECK_EQ(st, MIEN_OK);
    CHECK(n > 10);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_a_small_graph_is_kept);
    RUN(test_small_integers_are_known);
    RUN(test_the_first_mistake_is_kept);
    RUN(test_mistakes);
    RUN(test_limits);
    RUN(test_many_nodes);
    RUN(test_every_allocation_may_fail);
    return check_done();
}
