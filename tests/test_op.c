/* Every operator of op_list.h: what shape refuses, and what eval gives, against
 * results worked out by hand.  An operator without a test does not compile. */
#include "tests/op_check.h"

#include "tests/op_cases_learn.h"
#include "tests/op_cases_loss.h"
#include "tests/op_cases_math.h"
#include "tests/op_cases_move.h"
#include "tests/op_cases_window.h"

/* Shape -> Gather -> Unsqueeze -> Concat -> Reshape, as exporters write it. */
static void test_sizes_computed_from_a_shape(void)
{
    const mi_concat_attr rows = {0};
    mi_node *x = counting(DIMS(1, 4, 2, 3), 0);
    mi_node *shape = run(&mi_op_shape, NULL, IN(x));
    mi_node *second = ints(SCALAR, (int64_t[]){1});
    mi_node *c = run(&mi_op_gather, NULL, IN(shape, second));
    CHECK_EQ(c->shape.rank, 0);
    mi_node *list = run(&mi_op_unsqueeze, NULL, IN(c, INTS(0)));
    mi_node *want = run(&mi_op_concat, &rows, IN(INTS(1), list, INTS(-1)));
    WANT_INTS(want, 1, 4, -1);
    mi_node *y = run(&mi_op_reshape, NULL, IN(x, want));
    CHECK_EQ(y->shape.rank, 3);
    CHECK_EQ(y->shape.dim[2], 6);
    CHECK_EQ(y->eval[23], 23);
}

static void check_row(const mi_op *op, const char *onnx)
{
    CHECK(strcmp(op->name, onnx) == 0);
    CHECK(op->min_in >= 1 && op->min_in <= op->max_in);
    CHECK(op->max_in <= MI_MAX_IN);
    CHECK(!op->attr_size == !op->attr_defaults);
    CHECK(!op->attr_size == !op->attrs);
    CHECK(mi_op_find(onnx) == op);
}

static void test_names_are_found(void)
{
    CHECK(mi_op_find("Nope") == NULL);
    CHECK(mi_op_find("") == NULL);
#define MI_OP(word, onnx) check_row(&mi_op_##word, onnx);
#include "graph/op_list.h"
#undef MI_OP
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
#define MI_OP(name, onnx) \
    begin();              \
    test_##name();        \
    end();
#include "graph/op_list.h"
#undef MI_OP
    RUN(test_conv_against_scatter);
    RUN(test_conv_transpose_is_a_gradient);
    begin();
    RUN(test_conv_is_refused);
    RUN(test_conv_transpose_is_refused);
    RUN(test_resize_is_refused);
    RUN(test_sizes_computed_from_a_shape);
    end();
    RUN(test_names_are_found);
    return check_done();
}
