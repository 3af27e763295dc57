/* op_cases_move.h: operators that move elements; included by test_op.c. */

static void test_shape(void)
{
    const mi_shape_attr tail = {-2, INT64_MAX}, none = {2, 1};
    mi_node *x = counting(DIMS(1, 3, 5), 0);
    WANT_INTS(run(&mi_op_shape, NULL, IN(x)), 1, 3, 5);
    WANT_INTS(run(&mi_op_shape, &tail, IN(x)), 3, 5);
    CHECK_EQ(run(&mi_op_shape, &none, IN(x))->n_known, 0);
    CHECK_EQ(run(&mi_op_shape, NULL, IN(FLOATS(SCALAR, 1)))->n_known, 0);
    /* of everything, even of integers; nothing is refused */
    WANT_INTS(run(&mi_op_shape, NULL, IN(INTS(7, 8))), 2);
}

static void test_reshape(void)
{
    const mi_reshape_attr zero = {1};
    mi_node *x = counting(DIMS(2, 3), 0);
    WANT(run(&mi_op_reshape, NULL, IN(x, INTS(3, -1))), DIMS(3, 2), 0, 1, 2, 3,
         4, 5);
    WANT(run(&mi_op_reshape, NULL, IN(x, INTS(0, 1, 3))), DIMS(2, 1, 3), 0, 1,
         2, 3, 4, 5);
    WANT_INTS(run(&mi_op_reshape, NULL, IN(INTS(4, 5), INTS(1, 2))), 4, 5);
    REFUSED("the shape holds -1 twice", &mi_op_reshape, NULL,
            IN(x, INTS(-1, -1)));
    REFUSED("the shape holds a negative dimension", &mi_op_reshape, NULL,
            IN(x, INTS(-2, 3)));
    REFUSED("the shape has no place for all elements", &mi_op_reshape, NULL,
            IN(x, INTS(4, -1)));
    REFUSED("the shape has no place for all elements", &mi_op_reshape, &zero,
            IN(x, INTS(0, -1)));
    REFUSED("the shape has another number of elements", &mi_op_reshape, NULL,
            IN(x, INTS(7)));
    REFUSED("the shape is too large", &mi_op_reshape, NULL,
            IN(x, INTS(INT64_MAX, INT64_MAX, -1)));
    REFUSED("the shape copies a dimension that is not there", &mi_op_reshape,
            NULL, IN(x, INTS(2, 3, 0)));
    REFUSED("the shape has too many dimensions", &mi_op_reshape, NULL,
            IN(x, INTS(1, 1, 1, 1, 1, 2, 3)));
    REFUSED("a list of integers is too long", &mi_op_reshape, NULL,
            IN(x, INTS(1, 1, 1, 1, 1, 2, 3, 1, 1, 1, 1, 1, 1)));
    REFUSED("a list of integers is not known before a run", &mi_op_reshape,
            NULL, IN(x, x));
}

static void test_flatten(void)
{
    const mi_flatten_attr all = {0}, last = {-1}, far = {4};
    mi_node *x = counting(DIMS(1, 2, 2), 5);
    WANT(run(&mi_op_flatten, NULL, IN(x)), DIMS(1, 4), 5, 6, 7, 8);
    WANT(run(&mi_op_flatten, &all, IN(x)), DIMS(1, 4), 5, 6, 7, 8);
    WANT(run(&mi_op_flatten, &last, IN(x)), DIMS(2, 2), 5, 6, 7, 8);
    REFUSED("axis is out of range", &mi_op_flatten, &far, IN(x));
}

static void test_squeeze(void)
{
    mi_node *x = counting(DIMS(1, 2, 1, 2), 0);
    WANT(run(&mi_op_squeeze, NULL, IN(x)), DIMS(2, 2), 0, 1, 2, 3);
    WANT(run(&mi_op_squeeze, NULL, IN(x, INTS(-2))), DIMS(1, 2, 2), 0, 1, 2, 3);
    WANT_INTS(run(&mi_op_squeeze, NULL, IN(INTS(9), INTS(0))), 9);
    REFUSED("an axis to drop is not 1", &mi_op_squeeze, NULL, IN(x, INTS(1)));
    REFUSED("an axis is out of range", &mi_op_squeeze, NULL,
            IN(x, INTS(INT64_MIN)));
    REFUSED("an axis stands twice", &mi_op_squeeze, NULL, IN(x, INTS(0, -4)));
}

static void test_unsqueeze(void)
{
    mi_node *x = counting(DIMS(2), 0);
    WANT(run(&mi_op_unsqueeze, NULL, IN(x, INTS(0, -1))), DIMS(1, 2, 1), 0, 1);
    WANT_INTS(
        run(&mi_op_unsqueeze, NULL, IN(ints(SCALAR, (int64_t[]){6}), INTS(0))),
        6);
    REFUSED("an axis is out of range", &mi_op_unsqueeze, NULL, IN(x, INTS(2)));
    REFUSED("an axis stands twice", &mi_op_unsqueeze, NULL, IN(x, INTS(0, 0)));
    REFUSED("the result has too many dimensions", &mi_op_unsqueeze, NULL,
            IN(x, INTS(0, 1, 2, 3, 4, 5)));
}

static void test_transpose(void)
{
    const mi_transpose_attr turn = {LIST(2, 0, 1)}, twice = {LIST(0, 0, 1)};
    const mi_transpose_attr few = {LIST(1, 0)}, below = {LIST(0, 1, -1)};
    mi_node *x = counting(DIMS(2, 1, 3), 0);
    WANT(run(&mi_op_transpose, &turn, IN(x)), DIMS(3, 2, 1), 0, 3, 1, 4, 2, 5);
    WANT(run(&mi_op_transpose, NULL, IN(x)), DIMS(3, 1, 2), 0, 3, 1, 4, 2, 5);
    REFUSED("an axis stands twice", &mi_op_transpose, &twice, IN(x));
    REFUSED("perm has not one entry for each axis", &mi_op_transpose, &few,
            IN(x));
    REFUSED("perm is out of range", &mi_op_transpose, &below, IN(x));
}

static void test_slice(void)
{
    mi_node *x = counting(DIMS(2, 4), 0);
    WANT(run(&mi_op_slice, NULL, IN(x, INTS(0, 1), INTS(9, -1))), DIMS(2, 2), 1,
         2, 5, 6);
    WANT(run(&mi_op_slice, NULL,
             IN(x, INTS(-1), INTS(INT64_MIN), INTS(1), INTS(-2))),
         DIMS(2, 2), 3, 1, 7, 5);
    WANT(run(&mi_op_slice, NULL,
             IN(x, INTS(0), INTS(INT64_MAX), INTS(-1), INTS(INT64_MAX))),
         DIMS(2, 1), 0, 4);
    WANT_INTS(run(&mi_op_slice, NULL, IN(INTS(1, 3, 5, 7), INTS(2), INTS(4))),
              5, 7);
    CHECK_EQ(run(&mi_op_slice, NULL, IN(INTS(1), INTS(1), INTS(1)))->n_known,
             0);
    REFUSED("the result has no elements", &mi_op_slice, NULL,
            IN(x, INTS(2), INTS(2)));
    REFUSED("a step is 0", &mi_op_slice, NULL,
            IN(x, INTS(0), INTS(1), INTS(0), INTS(0)));
    REFUSED("the lists are not equally long", &mi_op_slice, NULL,
            IN(x, INTS(0), INTS(1, 2)));
    REFUSED("an axis is out of range", &mi_op_slice, NULL,
            IN(x, INTS(0), INTS(1), INTS(2)));
    REFUSED("an axis is out of range", &mi_op_slice, NULL,
            IN(x, INTS(0, 0, 0), INTS(1, 1, 1)));
}

static void test_gather(void)
{
    const mi_gather_attr across = {1}, far = {2};
    mi_node *x = counting(DIMS(2, 3), 0);
    WANT(run(&mi_op_gather, NULL, IN(x, INTS(1, -2, 1))), DIMS(3, 3), 3, 4, 5,
         0, 1, 2, 3, 4, 5);
    WANT(run(&mi_op_gather, &across, IN(x, ints(SCALAR, (int64_t[]){-1}))),
         DIMS(2), 2, 5);
    WANT(
        run(&mi_op_gather, &across, IN(x, ints(DIMS(2, 1), (int64_t[]){2, 0}))),
        DIMS(2, 2, 1), 2, 0, 5, 3);
    WANT_INTS(run(&mi_op_gather, NULL, IN(INTS(4, 5, 6), INTS(2, 0))), 6, 4);
    REFUSED("an index is out of range", &mi_op_gather, NULL, IN(x, INTS(2)));
    REFUSED("an index is out of range", &mi_op_gather, NULL,
            IN(x, INTS(INT64_MIN)));
    REFUSED("axis is out of range", &mi_op_gather, &far, IN(x, INTS(0)));
    REFUSED("the indices are not known before a run", &mi_op_gather, NULL,
            IN(x, x));
    REFUSED("the result has too many dimensions", &mi_op_gather, NULL,
            IN(x, ints(DIMS(1, 1, 1, 1, 1, 1), (int64_t[]){0})));
}

static void test_concat(void)
{
    const mi_concat_attr rows = {0}, last = {-1}, far = {2};
    mi_node *a = counting(DIMS(2, 1), 0), *b = counting(DIMS(2, 2), 10);
    WANT(run(&mi_op_concat, &last, IN(a, b, a)), DIMS(2, 4), 0, 10, 11, 0, 1,
         12, 13, 1);
    WANT(run(&mi_op_concat, &rows, IN(a, counting(DIMS(1, 1), 7))), DIMS(3, 1),
         0, 1, 7);
    WANT_INTS(run(&mi_op_concat, &rows, IN(INTS(1), INTS(2, 3))), 1, 2, 3);
    REFUSED("axis is missing or out of range", &mi_op_concat, NULL, IN(a, b));
    REFUSED("axis is missing or out of range", &mi_op_concat, &far, IN(a, b));
    REFUSED("the inputs differ in another axis", &mi_op_concat, &rows,
            IN(a, b));
    REFUSED("the inputs have different ranks", &mi_op_concat, &rows,
            IN(a, counting(DIMS(2), 0)));
    REFUSED("the inputs have different types", &mi_op_concat, &rows,
            IN(counting(DIMS(1), 0), INTS(1)));
    REFUSED("an input is missing", &mi_op_concat, &rows, IN(a, NULL));
}

static void test_pad(void)
{
    const mi_pad_attr edge = {"edge"}, reflect = {"reflect"}, odd = {"wrap"};
    mi_node *x = counting(DIMS(1, 3), 1);
    WANT(run(&mi_op_pad, NULL, IN(x, INTS(0, 2, 1, 1))), DIMS(2, 6), 0, 0, 1, 2,
         3, 0, 0, 0, 0, 0, 0, 0);
    WANT(run(&mi_op_pad, NULL, IN(x, INTS(0, -1, 0, 1), FLOATS(SCALAR, 9))),
         DIMS(1, 3), 2, 3, 9);
    WANT(run(&mi_op_pad, NULL, IN(x, INTS(1, 0), FLOATS(SCALAR, 9), INTS(-1))),
         DIMS(1, 4), 9, 1, 2, 3);
    WANT(run(&mi_op_pad, &edge, IN(x, INTS(1, 1, 0, 2))), DIMS(2, 6), 1, 1, 2,
         3, 3, 3, 1, 1, 2, 3, 3, 3);
    WANT(run(&mi_op_pad, &reflect, IN(x, INTS(0, 2, 0, 2))), DIMS(1, 7), 3, 2,
         1, 2, 3, 2, 1);
    REFUSED("mode is not constant, edge or reflect", &mi_op_pad, &odd,
            IN(x, INTS(0, 0, 0, 0)));
    REFUSED("pads has not two entries for each axis", &mi_op_pad, NULL,
            IN(x, INTS(0, 0)));
    REFUSED("a pad is too large", &mi_op_pad, NULL,
            IN(x, INTS(0, 0, 0, INT64_MAX)));
    REFUSED("the result is too large", &mi_op_pad, NULL,
            IN(x, INTS(0, 1 << 20, 1 << 20, 0)));
    REFUSED("the result has no elements", &mi_op_pad, NULL,
            IN(x, INTS(0, -2, 0, -1)));
    REFUSED("negative pads need the constant mode", &mi_op_pad, &edge,
            IN(x, INTS(0, -1, 0, 0)));
    REFUSED("pads of a reflection are not smaller than the axis", &mi_op_pad,
            &reflect, IN(x, INTS(0, 3, 0, 0)));
    REFUSED("the value is not one float", &mi_op_pad, NULL,
            IN(x, INTS(0, 0, 0, 0), x));
}
