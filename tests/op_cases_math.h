/* op_cases_math.h: operators that compute; included by test_op.c. */

static void test_add(void)
{
    WANT(run(&mi_op_add, NULL,
             IN(FLOATS(DIMS(2, 1), 10, 20), FLOATS(DIMS(3), 1, 2, 3))),
         DIMS(2, 3), 11, 12, 13, 21, 22, 23);
    WANT_INTS(run(&mi_op_add, NULL, IN(INTS(1, 2, 3), INTS(10))), 11, 12, 13);
    REFUSED("the shapes cannot be broadcast to each other", &mi_op_add, NULL,
            IN(counting(DIMS(2), 0), counting(DIMS(3), 0)));
    REFUSED("an input is not of floats", &mi_op_add, NULL,
            IN(counting(DIMS(2), 0), INTS(1, 2)));
    REFUSED("integers overflow or are divided by 0", &mi_op_add, NULL,
            IN(INTS(INT64_MAX), INTS(1)));
    REFUSED("the result is too large", &mi_op_add, NULL,
            IN(counting(DIMS(4096, 1, 1), 0),
               run(&mi_op_add, NULL,
                   IN(counting(DIMS(512, 1), 0), counting(DIMS(1, 512), 0)))));
}

static void test_sub(void)
{
    WANT(run(&mi_op_sub, NULL,
             IN(FLOATS(SCALAR, 10), FLOATS(DIMS(1, 2), 1, 2.5F))),
         DIMS(1, 2), 9, 7.5);
    WANT_INTS(run(&mi_op_sub, NULL, IN(INTS(5, 7), INTS(1, 10))), 4, -3);
    REFUSED("integers overflow or are divided by 0", &mi_op_sub, NULL,
            IN(INTS(INT64_MIN), INTS(1)));
}

static void test_mul(void)
{
    WANT(run(&mi_op_mul, NULL,
             IN(counting(DIMS(1, 2, 1, 2), 1), FLOATS(DIMS(2, 1, 1), 2, 3))),
         DIMS(1, 2, 1, 2), 2, 4, 9, 12);
    WANT_INTS(run(&mi_op_mul, NULL, IN(INTS(5, 7), INTS(2))), 10, 14);
    REFUSED("integers overflow or are divided by 0", &mi_op_mul, NULL,
            IN(INTS(INT64_MAX), INTS(2)));
}

static void test_div(void)
{
    WANT(run(&mi_op_div, NULL, IN(FLOATS(DIMS(2), 1, 9), FLOATS(DIMS(1), 4))),
         DIMS(2), 0.25, 2.25);
    WANT_INTS(run(&mi_op_div, NULL, IN(INTS(7, -7), INTS(2))), 3, -3);
    REFUSED("integers overflow or are divided by 0", &mi_op_div, NULL,
            IN(INTS(1), INTS(0)));
    REFUSED("integers overflow or are divided by 0", &mi_op_div, NULL,
            IN(INTS(INT64_MIN), INTS(-1)));
}

static void test_exp(void)
{
    WANT(run(&mi_op_exp, NULL, IN(FLOATS(DIMS(3), 0, 1, -2))), DIMS(3), 1,
         2.718281828, 0.135335283);
    REFUSED("an input is not of floats", &mi_op_exp, NULL, IN(INTS(1)));
}

static void test_relu(void)
{
    WANT(run(&mi_op_relu, NULL, IN(FLOATS(DIMS(1, 3), -1, 0, 2))), DIMS(1, 3),
         0, 0, 2);
    REFUSED("an input has no elements", &mi_op_relu, NULL,
            IN(counting(DIMS(0), 0)));
}

static void test_sigmoid(void)
{
    WANT(run(&mi_op_sigmoid, NULL, IN(FLOATS(DIMS(3), 0, 2, -100))), DIMS(3),
         0.5, 0.880797078, 0);
    REFUSED("an input is not of floats", &mi_op_sigmoid, NULL, IN(INTS(1)));
}

static void test_tanh(void)
{
    WANT(run(&mi_op_tanh, NULL, IN(FLOATS(DIMS(2), 1, -1))), DIMS(2),
         0.761594156, -0.761594156);
    REFUSED("an input is not of floats", &mi_op_tanh, NULL, IN(INTS(1)));
}

static void test_leaky_relu(void)
{
    const mi_leaky_relu_attr tenth = {0.1F};
    WANT(run(&mi_op_leaky_relu, NULL, IN(FLOATS(DIMS(2), -1, 3))), DIMS(2),
         -0.01, 3);
    WANT(run(&mi_op_leaky_relu, &tenth, IN(FLOATS(DIMS(2), -1, 3))), DIMS(2),
         -0.1, 3);
    REFUSED("an input is not of floats", &mi_op_leaky_relu, NULL, IN(INTS(1)));
}

static void test_prelu(void)
{
    mi_node *x = FLOATS(DIMS(1, 2, 1, 2), -1, 2, -3, 4);
    WANT(run(&mi_op_prelu, NULL, IN(x, FLOATS(DIMS(2, 1, 1), 0.5F, 2))),
         DIMS(1, 2, 1, 2), -0.5, 2, -6, 4);
    REFUSED("the slope cannot be broadcast to the input", &mi_op_prelu, NULL,
            IN(FLOATS(DIMS(2), -1, 2), x));
    REFUSED("the slope cannot be broadcast to the input", &mi_op_prelu, NULL,
            IN(FLOATS(DIMS(1), -1), FLOATS(DIMS(2), 1, 2)));
}

static void test_clip(void)
{
    mi_node *x = FLOATS(DIMS(4), -1, 0.5F, 6, 9);
    WANT(run(&mi_op_clip, NULL, IN(x, FLOATS(SCALAR, 0), FLOATS(SCALAR, 6))),
         DIMS(4), 0, 0.5, 6, 6);
    WANT(run(&mi_op_clip, NULL, IN(x, NULL, FLOATS(SCALAR, 1))), DIMS(4), -1,
         0.5, 1, 1);
    WANT(run(&mi_op_clip, NULL, IN(x)), DIMS(4), -1, 0.5, 6, 9);
    REFUSED("a bound is not one number", &mi_op_clip, NULL,
            IN(x, FLOATS(DIMS(2), 0, 1)));
}

static void test_identity(void)
{
    WANT(run(&mi_op_identity, NULL, IN(FLOATS(DIMS(2), 3, 4))), DIMS(2), 3, 4);
    WANT_INTS(run(&mi_op_identity, NULL, IN(INTS(3, 4))), 3, 4);
    REFUSED("an input is neither of floats nor of int64", &mi_op_identity, NULL,
            IN(bytes(DIMS(1), (uint8_t[]){1})));
}

static void test_dropout(void)
{
    WANT(run(&mi_op_dropout, NULL,
             IN(FLOATS(DIMS(2), 3, 4), FLOATS(SCALAR, 0.5F))),
         DIMS(2), 3, 4);
    REFUSED("the ratio is not one float", &mi_op_dropout, NULL,
            IN(counting(DIMS(2), 0), counting(DIMS(2), 0)));
    REFUSED("the result has no elements", &mi_op_dropout, NULL,
            IN(counting(DIMS(2, 0), 0)));
}

static void test_cast(void)
{
    const mi_cast_attr to_float = {MI_F32}, to_int = {MI_I64}, to_text = {8};
    int64_t many[40];
    for (int i = 0; i < 40; i++)
        many[i] = i;
    WANT(run(&mi_op_cast, &to_float, IN(INTS(3, -4))), DIMS(2), 3, -4);
    WANT(run(&mi_op_cast, &to_float, IN(FLOATS(DIMS(1), 3.5F))), DIMS(1), 3.5);
    WANT(run(&mi_op_cast, &to_float, IN(bytes(DIMS(1), (uint8_t[]){200}))),
         DIMS(1), 200);
    CHECK_NEAR(run(&mi_op_cast, &to_float, IN(ints(DIMS(40), many)))->eval[39],
               39, 0);
    WANT_INTS(run(&mi_op_cast, &to_int, IN(FLOATS(DIMS(3), 3.9F, -3.9F, 0))), 3,
              -3, 0);
    WANT_INTS(run(&mi_op_cast, &to_int, IN(INTS(9))), 9);
    REFUSED("the type it casts to is neither float nor int64", &mi_op_cast,
            &to_text, IN(INTS(1)));
    REFUSED("a float does not fit an int64", &mi_op_cast, &to_int,
            IN(FLOATS(DIMS(1), 1e30F)));
    REFUSED("a float does not fit an int64", &mi_op_cast, &to_int,
            IN(FLOATS(DIMS(1), NAN)));
    mi_node *unknown = run(&mi_op_cast, &to_int,
                           IN(run(&mi_op_relu, NULL, IN(FLOATS(DIMS(1), 1)))));
    CHECK_EQ(unknown->n_known, -1);
    REFUSED("its integers are not known before a run", &mi_op_cast, &to_float,
            IN(unknown));
}

static void test_dequantize(void)
{
    const mi_dequantize_attr last = {-1};
    mi_node *x = bytes(DIMS(2, 2), (uint8_t[]){0, 10, 128, 255});
    WANT(run(&mi_op_dequantize, NULL,
             IN(x, FLOATS(SCALAR, 0.5F), bytes(SCALAR, (uint8_t[]){128}))),
         DIMS(2, 2), -64, -59, 0, 63.5);
    WANT(run(&mi_op_dequantize, &last,
             IN(x, FLOATS(DIMS(2), 1, 2), bytes(DIMS(2), (uint8_t[]){0, 10}))),
         DIMS(2, 2), 0, 0, 128, 490);
    WANT(run(&mi_op_dequantize, &(mi_dequantize_attr){0},
             IN(x, FLOATS(DIMS(2), 1, 2))),
         DIMS(2, 2), 0, 10, 256, 510);
    REFUSED("its input is not a uint8 constant", &mi_op_dequantize, NULL,
            IN(FLOATS(SCALAR, 1), FLOATS(SCALAR, 1)));
    REFUSED("scale has not as many elements as its axis", &mi_op_dequantize,
            NULL, IN(x, counting(DIMS(3), 1)));
    REFUSED("scale has not as many elements as its axis", &mi_op_dequantize,
            &(mi_dequantize_attr){9}, IN(x, counting(DIMS(2), 1)));
    REFUSED("the zero point is not shaped as scale", &mi_op_dequantize, NULL,
            IN(x, FLOATS(SCALAR, 1), bytes(DIMS(2), (uint8_t[]){0, 1})));
}

static void test_gemm(void)
{
    const mi_gemm_attr twice = {2, 10, 1, 1};
    mi_node *a = counting(DIMS(2, 3), 1), *b = counting(DIMS(3, 2), 1);
    WANT(run(&mi_op_gemm, NULL, IN(a, b, FLOATS(DIMS(2), 100, 200))),
         DIMS(2, 2), 122, 228, 149, 264);
    /* A' is 3 x 2, B' is 2 x 3 */
    WANT(run(&mi_op_gemm, &twice, IN(a, b, FLOATS(DIMS(3, 1), 1, 2, 3))),
         DIMS(3, 3), 28, 48, 68, 44, 72, 100, 60, 96, 132);
    REFUSED("the inner sizes of the matrices differ", &mi_op_gemm, NULL,
            IN(a, a));
    REFUSED("an input is not a matrix", &mi_op_gemm, NULL,
            IN(a, counting(DIMS(3), 0)));
    REFUSED("the sum's third input cannot be broadcast to the result",
            &mi_op_gemm, NULL, IN(a, b, counting(DIMS(3), 0)));
    REFUSED("the sum's third input has too many dimensions", &mi_op_gemm, NULL,
            IN(a, b, counting(DIMS(1, 1, 1), 0)));
}

static void test_matmul(void)
{
    mi_node *a = counting(DIMS(2, 3), 1), *b = counting(DIMS(3, 2), 1);
    WANT(run(&mi_op_matmul, NULL, IN(a, b)), DIMS(2, 2), 22, 28, 49, 64);
    WANT(run(&mi_op_matmul, NULL,
             IN(counting(DIMS(2, 1, 1, 2), 1), counting(DIMS(2, 2, 1), 1))),
         DIMS(2, 2, 1, 1), 5, 11, 11, 25);
    REFUSED("the inner sizes of the matrices differ", &mi_op_matmul, NULL,
            IN(a, a));
    REFUSED("an input has less than two dimensions", &mi_op_matmul, NULL,
            IN(a, counting(DIMS(3), 0)));
    REFUSED("the axes before the matrices cannot be broadcast", &mi_op_matmul,
            NULL, IN(counting(DIMS(2, 1, 1), 0), counting(DIMS(3, 1, 1), 0)));
}

/* Two groups of two channels of two numbers, worked out by hand. */
static void test_group_norm(void)
{
    mi_group_norm_attr a = {3, 2, 1};
    mi_node *x = FLOATS(DIMS(1, 4, 2), 1, 3, 1, 3, 0, 0, 4, 4);
    mi_node *s = FLOATS(DIMS(4), 1, 2, 3, -1), *b = counting(DIMS(4), 0);
    WANT(run(&mi_op_group_norm, &a, IN(x, s, b)), DIMS(1, 4, 2), -0.5, 0.5, 0,
         2, 2 - 6 / sqrt(7), 2 - 6 / sqrt(7), 3 - 2 / sqrt(7), 3 - 2 / sqrt(7));
    a.num_groups = 1;
    WANT(run(&mi_op_group_norm, &a, IN(x, FLOATS(DIMS(4), 0, 0, 0, 0), b)),
         DIMS(1, 4, 2), 0, 0, 1, 1, 2, 2, 3, 3);
    a.num_groups = 3;
    REFUSED("num_groups does not divide the channels", &mi_op_group_norm, &a,
            IN(x, s, b));
    a.num_groups = 0;
    REFUSED("num_groups does not divide the channels", &mi_op_group_norm, &a,
            IN(x, s, b));
    a.num_groups = 2;
    REFUSED("an input has not one number for each channel", &mi_op_group_norm,
            &a, IN(x, s, counting(DIMS(2), 0)));
    REFUSED("its input has no channels", &mi_op_group_norm, &a,
            IN(counting(DIMS(4), 0), s, b));
}

static void test_batch_norm(void)
{
    const mi_batch_norm_attr one = {1, 0, 0}, training = {1, 0, 1};
    mi_node *v = FLOATS(DIMS(2), 3, 8), *x = counting(DIMS(1, 2, 1, 2), 1);
    mi_node *scale = FLOATS(DIMS(2), 2, 3), *bias = FLOATS(DIMS(2), 10, 20);
    mi_node *mean = FLOATS(DIMS(2), 1, 4);
    WANT(run(&mi_op_batch_norm, &one, IN(x, scale, bias, mean, v)),
         DIMS(1, 2, 1, 2), 10, 11, 19, 20);
    WANT(run(&mi_op_batch_norm, &one,
             IN(counting(DIMS(1, 2), 3), scale, bias, mean, v)),
         DIMS(1, 2), 12, 20);
    REFUSED("training_mode is not supported", &mi_op_batch_norm, &training,
            IN(x, scale, bias, mean, v));
    REFUSED("an input has not one number for each channel", &mi_op_batch_norm,
            NULL, IN(x, scale, bias, mean, counting(DIMS(3), 0)));
    REFUSED("only ranks 2 and 4 are supported", &mi_op_batch_norm, NULL,
            IN(mean, scale, bias, mean, v));
}

static void test_softmax(void)
{
    const mi_softmax_attr first = {0}, far = {2};
    const float ln3 = 1.09861229F;
    mi_node *x = FLOATS(DIMS(2, 2), 500, 500 + ln3, 500, 500);
    WANT(run(&mi_op_softmax, NULL, IN(x)), DIMS(2, 2), 0.25, 0.75, 0.5, 0.5);
    WANT(run(&mi_op_softmax, &first, IN(x)), DIMS(2, 2), 0.5, 0.75, 0.5, 0.25);
    REFUSED("axis is out of range", &mi_op_softmax, &far, IN(x));
    REFUSED("axis is out of range", &mi_op_softmax, NULL,
            IN(FLOATS(SCALAR, 1)));
}

static void test_reduce_mean(void)
{
    const mi_reduce_mean_attr outer = {LIST(0, -1), 0}, mid = {LIST(1), 1};
    const mi_reduce_mean_attr twice = {LIST(1, -2), 1}, far = {LIST(3), 1};
    mi_node *x = counting(DIMS(2, 2, 2), 0);
    WANT(run(&mi_op_reduce_mean, NULL, IN(x)), DIMS(1, 1, 1), 3.5);
    WANT(run(&mi_op_reduce_mean, &outer, IN(x)), DIMS(2), 2.5, 4.5);
    WANT(run(&mi_op_reduce_mean, &mid, IN(x)), DIMS(2, 1, 2), 1, 2, 5, 6);
    REFUSED("an axis stands twice", &mi_op_reduce_mean, &twice, IN(x));
    REFUSED("an axis is out of range", &mi_op_reduce_mean, &far, IN(x));
}
