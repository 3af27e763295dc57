/* op_cases_learn.h: operators that losses and sequences are made of; included
 * by test_op.c and test_grad.c. */

static void test_abs(void)
{
    WANT(run(&mi_op_abs, NULL, IN(FLOATS(DIMS(3), -2, 0, 3))), DIMS(3), 2, 0,
         3);
    REFUSED("an input is not of floats", &mi_op_abs, NULL, IN(INTS(1)));
}

static void test_log(void)
{
    WANT(run(&mi_op_log, NULL, IN(FLOATS(DIMS(2), 1, 10))), DIMS(2), 0,
         2.302585093);
    REFUSED("an input is not of floats", &mi_op_log, NULL, IN(INTS(1)));
}

static void test_neg(void)
{
    WANT(run(&mi_op_neg, NULL, IN(FLOATS(DIMS(2), -2, 3))), DIMS(2), 2, -3);
    REFUSED("an input is not of floats", &mi_op_neg, NULL, IN(INTS(1)));
}

static void test_sqrt(void)
{
    WANT(run(&mi_op_sqrt, NULL, IN(FLOATS(DIMS(2), 4, 2))), DIMS(2), 2,
         1.414213562);
    REFUSED("an input is not of floats", &mi_op_sqrt, NULL, IN(INTS(1)));
}

static void test_softplus(void)
{
    WANT(run(&mi_op_softplus, NULL, IN(FLOATS(DIMS(4), 0, 2, -2, 200))),
         DIMS(4), 0.693147181, 2.126928011, 0.126928011, 200);
    REFUSED("an input is not of floats", &mi_op_softplus, NULL, IN(INTS(1)));
}

static void test_elu(void)
{
    const mi_elu_attr half = {0.5F};
    mi_node *x = FLOATS(DIMS(3), -1, 0, 2);
    WANT(run(&mi_op_elu, NULL, IN(x)), DIMS(3), -0.632120559, 0, 2);
    WANT(run(&mi_op_elu, &half, IN(x)), DIMS(3), -0.316060279, 0, 2);
    REFUSED("an input is not of floats", &mi_op_elu, NULL, IN(INTS(1)));
}

static void test_pow(void)
{
    WANT(
        run(&mi_op_pow, NULL, IN(FLOATS(DIMS(3), -2, 0, 3), FLOATS(SCALAR, 2))),
        DIMS(3), 4, 0, 9);
    WANT(run(&mi_op_pow, NULL,
             IN(FLOATS(DIMS(2, 1), 4, 9), FLOATS(DIMS(2), 0.5F, -1))),
         DIMS(2, 2), 2, 0.25, 3, 0.111111111);
    REFUSED("an input is not of floats", &mi_op_pow, NULL,
            IN(FLOATS(DIMS(1), 1), INTS(1)));
    REFUSED("the shapes cannot be broadcast to each other", &mi_op_pow, NULL,
            IN(counting(DIMS(2), 1), counting(DIMS(3), 1)));
}

static void test_reduce_sum(void)
{
    const mi_reduce_sum_attr flat = {.keepdims = 0};
    const mi_reduce_sum_attr none = {1, .noop_with_empty_axes = 1};
    mi_node *x = counting(DIMS(2, 3), 1);
    WANT(run(&mi_op_reduce_sum, NULL, IN(x)), DIMS(1, 1), 21);
    WANT(run(&mi_op_reduce_sum, NULL, IN(x, INTS(-1))), DIMS(2, 1), 6, 15);
    WANT(run(&mi_op_reduce_sum, &flat, IN(x, INTS(0))), DIMS(3), 5, 7, 9);
    WANT(run(&mi_op_reduce_sum, &none, IN(x)), DIMS(2, 3), 1, 2, 3, 4, 5, 6);
    REFUSED("an axis is out of range", &mi_op_reduce_sum, NULL, IN(x, INTS(2)));
    REFUSED("an axis stands twice", &mi_op_reduce_sum, NULL,
            IN(x, INTS(1, -1)));
    REFUSED("a list of integers is not known before a run", &mi_op_reduce_sum,
            NULL, IN(x, x));
    REFUSED("its input does not hold floats", &mi_op_reduce_sum, NULL,
            IN(INTS(1)));
}

static void test_expand(void)
{
    mi_node *x = FLOATS(DIMS(2, 1), 1, 2);
    WANT(run(&mi_op_expand, NULL, IN(x, INTS(2, 1, 3))), DIMS(2, 2, 3), 1, 1, 1,
         2, 2, 2, 1, 1, 1, 2, 2, 2);
    WANT(run(&mi_op_expand, NULL, IN(x, INTS(2))), DIMS(2, 2), 1, 1, 2, 2);
    REFUSED("the input cannot be broadcast to the shape", &mi_op_expand, NULL,
            IN(x, INTS(3, 1)));
    REFUSED("the shape holds a dimension below 1", &mi_op_expand, NULL,
            IN(x, INTS(2, -1)));
    REFUSED("the shape has too many dimensions", &mi_op_expand, NULL,
            IN(x, INTS(1, 1, 1, 1, 1, 1, 1)));
    REFUSED("a list of integers is not known before a run", &mi_op_expand, NULL,
            IN(x, x));
    REFUSED("its input does not hold floats", &mi_op_expand, NULL,
            IN(INTS(1), INTS(2)));
}

/* low, low + step, ... */
static mi_node *ramp(mien_shape shape, double low, double step)
{
    float v[64];
    for (int64_t i = 0; i < mi_shape_len(&shape); i++)
        v[i] = (float)(low + step * (double)i);
    return floats(shape, v);
}

/* Results: PyTorch 1.13's LSTM with its gates in ONNX's order. */
static void test_lstm(void)
{
    const mi_lstm_attr back = {.direction = "reverse"};
    const mi_lstm_attr wide = {.hidden_size = 3, .direction = "forward"};
    mi_node *x = ramp(DIMS(2, 2, 2), -0.3, 0.1);
    mi_node *w = ramp(DIMS(1, 8, 2), -0.8, 0.1);
    mi_node *r = ramp(DIMS(1, 8, 2), -0.4, 0.05);
    mi_node *b = ramp(DIMS(1, 16), -0.8, 0.1);
    WANT(run(&mi_op_lstm, NULL, IN(x, w, r, b)), DIMS(2, 1, 2, 2), 0.031385803,
         0.053726432, 0.046250158, 0.081714523, 0.061985414, 0.119306069,
         0.062827401, 0.131747997);
    WANT(run(&mi_op_lstm, NULL, IN(x, w, r)), DIMS(2, 1, 2, 2), -0.069679245,
         -0.090725147, -0.010600574, -0.015580714, -0.008385372, -0.010776120,
         0.045503724, 0.073454699);
    run(&mi_op_lstm, NULL,
        IN(ramp(DIMS(4, 1, 3), -1, 0.2), ramp(DIMS(1, 4, 3), -1, 0.15),
           ramp(DIMS(1, 4, 1), 0.5, 0.3)));
    REFUSED("only one direction, layout 0 and no coupled gates are supported",
            &mi_op_lstm, &back, IN(x, w, r, b));
    REFUSED("the weights do not fit the input or each other", &mi_op_lstm,
            &wide, IN(x, w, r, b));
    REFUSED("the weights do not fit the input or each other", &mi_op_lstm, NULL,
            IN(x, w, ramp(DIMS(1, 8, 1), 0, 1)));
    REFUSED("an input has not three dimensions", &mi_op_lstm, NULL,
            IN(b, w, r));
    REFUSED("the bias has not 8 numbers for each unit", &mi_op_lstm, NULL,
            IN(x, w, r, ramp(DIMS(1, 8), 0, 1)));
    REFUSED("lengths, initial states and peepholes are not supported",
            &mi_op_lstm, NULL, IN(x, w, r, b, NULL, x));
}
