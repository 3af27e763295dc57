/* op_cases_window.h: convolution, pools and resizing; included by test_op.c. */

/* A convolution from the other side: every input element is added to all the
 * results that see it. */
static void scatter(const mi_node *n, const mi_window *v, double *y)
{
    const int64_t *x = n->in[0]->shape.dim, *w = n->in[1]->shape.dim;
    const int64_t *o = n->shape.dim;
    int64_t group = ((const mi_conv_attr *)n->attr)->group;
    int64_t taps = w[1] * w[2] * w[3];
    for (int64_t e = 0; e < mi_shape_len(&n->in[0]->shape); e++)
        for (int64_t f = 0; f < w[0] * taps; f++) {
            int64_t m = f / taps, c = f / (w[2] * w[3]) % w[1];
            int64_t i = e / x[3] % x[2] + v->before[0] -
                        f / w[3] % w[2] * v->dilation[0];
            int64_t j = e % x[3] + v->before[1] - f % w[3] * v->dilation[1];
            if (e / (x[2] * x[3]) % x[1] != m / (w[0] / group) * w[1] + c ||
                i % v->stride[0] || j % v->stride[1] || i < 0 || j < 0)
                continue;
            i /= v->stride[0];
            j /= v->stride[1];
            if (i < o[2] && j < o[3])
                y[((e / (x[1] * x[2] * x[3]) * o[1] + m) * o[2] + i) * o[3] +
                  j] += (double)n->in[0]->eval[e] * (double)n->in[1]->eval[f];
        }
    for (int64_t e = 0; n->n_in > 2 && e < mi_shape_len(&n->shape); e++)
        y[e] += (double)n->in[2]->eval[e / (o[2] * o[3]) % o[1]];
}

static void test_conv_against_scatter(void)
{
    const mi_conv_attr plain = {.group = 1, .auto_pad = "NOTSET"};
    unsigned seed = 5;
    for (int t = 0; t < 60; t++) {
        mi_conv_attr a = plain;
        a.group = 1 + check_rand(&seed) % 3;
        a.strides = LIST(1 + check_rand(&seed) % 3, 1 + check_rand(&seed) % 3);
        a.dilations =
            LIST(1 + check_rand(&seed) % 2, 1 + check_rand(&seed) % 2);
        a.pads = LIST(check_rand(&seed) % 3, check_rand(&seed) % 3,
                      check_rand(&seed) % 3, check_rand(&seed) % 3);
        set_text(a.auto_pad, t % 4 == 1   ? "SAME_UPPER"
                             : t % 4 == 2 ? "SAME_LOWER"
                                          : "NOTSET");
        int64_t m = a.group * (1 + check_rand(&seed) % 2), c = t % 2 + 1;
        int64_t kh = 1 + t % 3, kw = 1 + t % 2;
        begin();
        mi_node *x = noise(DIMS(2, c * a.group, 5, 6), &seed);
        mi_node *w = noise(DIMS(m, c, kh, kw), &seed);
        mi_node *b = noise(DIMS(m), &seed);
        mi_node *n =
            run(&mi_op_conv, &a, (mi_node *[]){x, w, b}, t % 5 ? 3 : 2);
        double y[4096] = {0};
        mi_window v;
        CHECK(mi_conv_window(n, &v) == NULL);
        scatter(n, &v, y);
        want(__LINE__, n, n->shape, y);
        end();
    }
}

static void test_conv(void)
{
    mi_conv_attr a = {.group = 1, .auto_pad = "SAME_LOWER"};
    mi_node *x = counting(DIMS(1, 1, 1, 4), 1),
            *w = counting(DIMS(1, 1, 1, 2), 1);
    WANT(run(&mi_op_conv, NULL, IN(x, w)), DIMS(1, 1, 1, 3), 5, 8, 11);
    WANT(run(&mi_op_conv, &a, IN(x, w)), DIMS(1, 1, 1, 4), 2, 5, 8, 11);
    set_text(a.auto_pad, "SAME_UPPER");
    WANT(run(&mi_op_conv, &a, IN(x, w)), DIMS(1, 1, 1, 4), 5, 8, 11, 4);
    set_text(a.auto_pad, "VALID");
    WANT(run(&mi_op_conv, &a, IN(x, w, FLOATS(DIMS(1), 100))), DIMS(1, 1, 1, 3),
         105, 108, 111);
    set_text(a.auto_pad, "MAYBE");
    REFUSED("auto_pad is unknown", &mi_op_conv, &a, IN(x, w));
    REFUSED("only two spatial dimensions are supported", &mi_op_conv, NULL,
            IN(counting(DIMS(1, 1, 4), 0), counting(DIMS(1, 1, 2), 0)));
    REFUSED("the window is larger than the input", &mi_op_conv, NULL,
            IN(w, counting(DIMS(1, 1, 2, 1), 0)));
    REFUSED("the weights have not as many channels as the input", &mi_op_conv,
            NULL, IN(x, counting(DIMS(1, 2, 1, 1), 0)));
    REFUSED("the bias has not one number for each result channel", &mi_op_conv,
            NULL, IN(x, w, counting(DIMS(2), 0)));
}

static void test_conv_is_refused(void)
{
    const mi_conv_attr plain = {.group = 1, .auto_pad = "NOTSET"};
    mi_node *x = counting(DIMS(1, 2, 3, 3), 1),
            *w = counting(DIMS(2, 2, 1, 1), 1);
#define BAD_CONV(reason, field, ...)                \
    do {                                            \
        mi_conv_attr a = plain;                     \
        a.field = __VA_ARGS__;                      \
        REFUSED(reason, &mi_op_conv, &a, IN(x, w)); \
    } while (0)
    BAD_CONV("kernel_shape differs from the weights", kernel_shape, LIST(3, 3));
    BAD_CONV("kernel_shape differs from the weights", kernel_shape, LIST(1));
    BAD_CONV("strides are not two numbers in range", strides, LIST(0, 1));
    BAD_CONV("strides are not two numbers in range", strides, LIST(1, -1));
    BAD_CONV("strides are not two numbers in range", strides, LIST(1, 1, 1));
    BAD_CONV("strides are not two numbers in range", strides,
             LIST(1, INT64_MAX));
    BAD_CONV("dilations are not two numbers in range", dilations, LIST(1, 0));
    BAD_CONV("pads are negative or too large", pads, LIST(0, 0, 0, -1));
    BAD_CONV("pads are negative or too large", pads, LIST(INT64_MAX, 0, 0, 0));
    BAD_CONV("pads are not four numbers", pads, LIST(1, 1));
    BAD_CONV("the result is too large", pads,
             LIST(1 << 20, 1 << 20, 1 << 20, 1 << 20));
    BAD_CONV("group does not divide the channels", group, 0);
    BAD_CONV("group does not divide the channels", group, -1);
    BAD_CONV("group does not divide the channels", group, 3);
    BAD_CONV("the weights have not as many channels as the input", group, 2);
#undef BAD_CONV
}

/* 1 x 1 x 1 x 2 by 1 x 1 x 1 x 3, worked out by hand. */
static void test_conv_transpose(void)
{
    mi_conv_transpose_attr a = {.group = 1, .auto_pad = "NOTSET"};
    mi_node *x = counting(DIMS(1, 1, 1, 2), 1),
            *w = counting(DIMS(1, 1, 1, 3), 1);
    const mi_op *op = &mi_op_conv_transpose;
    WANT(run(op, NULL, IN(x, w)), DIMS(1, 1, 1, 4), 1, 4, 7, 6);
    WANT(run(op, NULL, IN(x, w, FLOATS(DIMS(1), 10))), DIMS(1, 1, 1, 4), 11, 14,
         17, 16);
    a.strides = LIST(1, 2);
    WANT(run(op, &a, IN(x, w)), DIMS(1, 1, 1, 5), 1, 2, 5, 4, 6);
    a.output_padding = LIST(0, 1);
    WANT(run(op, &a, IN(x, w)), DIMS(1, 1, 1, 6), 1, 2, 5, 4, 6, 0);
    a.pads = LIST(0, 1, 0, 2);
    WANT(run(op, &a, IN(x, w)), DIMS(1, 1, 1, 3), 2, 5, 4);
    a.output_padding = LIST(0, 0);
    set_text(a.auto_pad, "SAME_UPPER");
    WANT(run(op, &a, IN(x, w)), DIMS(1, 1, 1, 4), 1, 2, 5, 4);
    set_text(a.auto_pad, "SAME_LOWER");
    WANT(run(op, &a, IN(x, w)), DIMS(1, 1, 1, 4), 2, 5, 4, 6);
    set_text(a.auto_pad, "VALID");
    WANT(run(op, &a, IN(x, w)), DIMS(1, 1, 1, 5), 1, 2, 5, 4, 6);
    a.output_shape = LIST(1, 7);
    set_text(a.auto_pad, "NOTSET");
    WANT(run(op, &a, IN(x, w)), DIMS(1, 1, 1, 7), 1, 2, 5, 4, 6, 0, 0);
    a.output_shape = LIST(1, 2);
    WANT(run(op, &a, IN(x, w)), DIMS(1, 1, 1, 2), 5, 4);
}

static void test_conv_transpose_is_refused(void)
{
    const mi_conv_transpose_attr plain = {.group = 1, .auto_pad = "NOTSET"};
    mi_node *x = counting(DIMS(1, 2, 3, 3), 1),
            *w = counting(DIMS(2, 2, 1, 1), 1);
#define BAD_TRANSPOSE(reason, field, ...)                     \
    do {                                                      \
        mi_conv_transpose_attr a = plain;                     \
        a.field = __VA_ARGS__;                                \
        REFUSED(reason, &mi_op_conv_transpose, &a, IN(x, w)); \
    } while (0)
    BAD_TRANSPOSE("kernel_shape differs from the weights", kernel_shape,
                  LIST(3, 3));
    BAD_TRANSPOSE("strides are not two numbers in range", strides, LIST(0, 1));
    BAD_TRANSPOSE("pads are negative or too large", pads, LIST(0, 0, 0, -1));
    BAD_TRANSPOSE("the pads leave nothing of the result", pads,
                  LIST(2, 0, 1, 0));
    BAD_TRANSPOSE("the result is too large", strides, LIST(1 << 16, 1 << 16));
    BAD_TRANSPOSE("output_padding is not two numbers", output_padding, LIST(1));
    BAD_TRANSPOSE("output_padding is negative or not less than the stride",
                  output_padding, LIST(0, 1));
    BAD_TRANSPOSE("output_padding is negative or not less than the stride",
                  output_padding, LIST(-1, 0));
    BAD_TRANSPOSE("output_shape is not two numbers", output_shape, LIST(3));
    BAD_TRANSPOSE("output_shape is out of range", output_shape, LIST(0, 3));
    BAD_TRANSPOSE("output_shape is out of range", output_shape,
                  LIST(3, INT64_MAX));
    BAD_TRANSPOSE("group does not divide the channels", group, 0);
    BAD_TRANSPOSE("group does not divide the channels", group, 3);
#undef BAD_TRANSPOSE
    mi_conv_transpose_attr a = plain;
    set_text(a.auto_pad, "MAYBE");
    REFUSED("auto_pad is unknown", &mi_op_conv_transpose, &a, IN(x, w));
    REFUSED("the weights have not as many channels as the input",
            &mi_op_conv_transpose, NULL, IN(x, counting(DIMS(3, 1, 1, 1), 1)));
    REFUSED("the bias has not one number for each result channel",
            &mi_op_conv_transpose, NULL, IN(x, w, counting(DIMS(3), 0)));
    REFUSED("only two spatial dimensions are supported", &mi_op_conv_transpose,
            NULL, IN(counting(DIMS(1, 1, 4), 0), counting(DIMS(1, 1, 2), 0)));
}

/* It is the gradient of the convolution from its result to its input. */
static void test_conv_transpose_is_a_gradient(void)
{
    unsigned seed = 8;
    for (int t = 0; t < 60; t++) {
        mi_conv_transpose_attr a = {.group = 1 + check_rand(&seed) % 3,
                                    .auto_pad = "NOTSET"};
        a.strides = LIST(1 + check_rand(&seed) % 3, 1 + check_rand(&seed) % 3);
        a.dilations =
            LIST(1 + check_rand(&seed) % 2, 1 + check_rand(&seed) % 2);
        a.pads = LIST(check_rand(&seed) % 2, check_rand(&seed) % 2,
                      check_rand(&seed) % 2, check_rand(&seed) % 2);
        a.output_padding = LIST(check_rand(&seed) % a.strides.v[0],
                                check_rand(&seed) % a.strides.v[1]);
        int64_t o = 1 + t % 2, kh = 1 + t % 3, kw = 1 + t / 3 % 2;
        begin();
        mi_node *x = noise(DIMS(2, 2 * a.group, 4, 5), &seed);
        mi_node *w = noise(DIMS(2 * a.group, o, kh, kw), &seed);
        mi_node *n = run(&mi_op_conv_transpose, &a, (mi_node *[]){x, w}, 2);
        mi_window v;
        CHECK(mi_conv_transpose_window(n, &v) == NULL);
        CHECK_EQ(v.out[0], 4);
        CHECK_EQ(v.in[1], n->shape.dim[3]);

        mi_conv_attr c = {.strides = a.strides,
                          .dilations = a.dilations,
                          .group = a.group,
                          .auto_pad = "NOTSET"};
        c.pads = LIST(a.pads.v[0], a.pads.v[1], 0, 0);
        for (int d = 0; d < 2; d++) {
            int64_t more = a.pads.v[d + 2] - a.output_padding.v[d];
            c.pads.v[d + 2] = more > 0 ? more : 0;
        }
        float dy[4096] = {0};
        double wanted[4096];
        mi_node conv = {.op = &mi_op_conv, .attr = &c, .n_in = 2};
        mi_node from = *n;
        from.grad = dy;
        conv.in[0] = &from;
        conv.in[1] = w;
        CHECK(mi_op_conv.shape(&conv) == NULL);
        CHECK(mi_shape_equal(&conv.shape, &x->shape));
        conv.grad = x->eval;
        mi_op_conv.grad(&conv);
        for (int64_t i = 0; i < mi_shape_len(&n->shape); i++)
            wanted[i] = (double)dy[i];
        want(__LINE__, n, n->shape, wanted);
        end();
    }
}

static const mi_pool_attr plain_pool = {.auto_pad = "NOTSET",
                                        .kernel_shape = {2, {2, 2}}};

static void test_max_pool(void)
{
    mi_pool_attr a = plain_pool;
    mi_node *x = counting(DIMS(1, 1, 3, 3), -4);
    WANT(run(&mi_op_max_pool, &a, IN(x)), DIMS(1, 1, 2, 2), 0, 1, 3, 4);
    a.strides = LIST(2, 2);
    WANT(run(&mi_op_max_pool, &a, IN(x)), DIMS(1, 1, 1, 1), 0);
    a.ceil_mode = 1;
    WANT(run(&mi_op_max_pool, &a, IN(x)), DIMS(1, 1, 2, 2), 0, 1, 3, 4);
    a.pads = LIST(1, 1, 0, 0); /* padding is no maximum */
    WANT(run(&mi_op_max_pool, &a, IN(x)), DIMS(1, 1, 2, 2), -4, -2, 2, 4);
    a.pads = LIST(0, 0, 1, 1); /* a third window would start in the padding */
    a.strides = LIST(3, 3);
    WANT(run(&mi_op_max_pool, &a, IN(x)), DIMS(1, 1, 1, 1), 0);
    a = plain_pool;
    a.dilations = LIST(2, 2);
    WANT(run(&mi_op_max_pool, &a, IN(x)), DIMS(1, 1, 1, 1), 4);
    set_text(a.auto_pad, "SAME_UPPER");
    a.dilations = LIST(1, 1);
    WANT(run(&mi_op_max_pool, &a, IN(x)), DIMS(1, 1, 3, 3), 0, 1, 1, 3, 4, 4, 3,
         4, 4);
    REFUSED("the kernel is not two numbers in range", &mi_op_max_pool, NULL,
            IN(x));
    a = plain_pool;
    a.pads = LIST(0, 2, 0, 0);
    REFUSED("pads are not smaller than the kernel", &mi_op_max_pool, &a, IN(x));
    a.pads = LIST(0, 0, 0, 0);
    a.kernel_shape = LIST(4, 1);
    REFUSED("the window is larger than the input", &mi_op_max_pool, &a, IN(x));
    a.kernel_shape = LIST(1 << 16, 1);
    a.dilations = LIST(1 << 16, 1);
    REFUSED("the window is too large", &mi_op_max_pool, &a, IN(x));
    REFUSED("only two spatial dimensions are supported", &mi_op_max_pool,
            &plain_pool, IN(counting(DIMS(1, 1, 3), 0)));
}

static void test_average_pool(void)
{
    mi_pool_attr a = plain_pool;
    mi_node *x = counting(DIMS(1, 1, 3, 3), 0);
    WANT(run(&mi_op_average_pool, &a, IN(x)), DIMS(1, 1, 2, 2), 2, 3, 5, 6);
    a.pads = LIST(1, 1, 0, 0);
    a.strides = LIST(2, 2);
    WANT(run(&mi_op_average_pool, &a, IN(x)), DIMS(1, 1, 2, 2), 0, 1.5, 4.5, 6);
    a.count_include_pad = 1;
    WANT(run(&mi_op_average_pool, &a, IN(x)), DIMS(1, 1, 2, 2), 0, 0.75, 2.25,
         6);
    a.pads = LIST(0, 0, 0, 0);
    a.ceil_mode = 1; /* what hangs over the end is not padding */
    WANT(run(&mi_op_average_pool, &a, IN(x)), DIMS(1, 1, 2, 2), 2, 3.5, 6.5, 8);
    a.strides = LIST(0, 1);
    REFUSED("strides are not two numbers in range", &mi_op_average_pool, &a,
            IN(x));
}

static void test_global_average_pool(void)
{
    WANT(run(&mi_op_global_average_pool, NULL,
             IN(counting(DIMS(1, 2, 1, 3), 0))),
         DIMS(1, 2, 1, 1), 1, 4);
    REFUSED("only two spatial dimensions are supported",
            &mi_op_global_average_pool, NULL, IN(counting(DIMS(1, 2, 3), 0)));
}

static mi_resize_attr how(const char *mode, const char *places,
                          const char *nearest)
{
    mi_resize_attr a = {.keep_aspect_ratio_policy = "stretch"};
    set_text(a.mode, mode);
    set_text(a.coordinate_transformation_mode, places);
    set_text(a.nearest_mode, nearest);
    return a;
}

static void test_resize(void)
{
    mi_node *row = counting(DIMS(1, 4), 0);
    mi_node *twice = FLOATS(DIMS(2), 1, 2);
    mi_resize_attr a = how("nearest", "asymmetric", "floor");
    WANT(run(&mi_op_resize, &a, IN(row, NULL, twice)), DIMS(1, 8), 0, 0, 1, 1,
         2, 2, 3, 3);
    WANT(run(&mi_op_resize, &a, IN(row, NULL, NULL, INTS(1, 6))), DIMS(1, 6), 0,
         0, 1, 2, 2, 3);
    a = how("nearest", "asymmetric", "ceil");
    WANT(run(&mi_op_resize, &a, IN(row, NULL, twice)), DIMS(1, 8), 0, 1, 1, 2,
         2, 3, 3, 3);
    /* places 0.5 and 2.5: ties */
    a = how("nearest", "half_pixel", "round_prefer_ceil");
    WANT(run(&mi_op_resize, &a, IN(row, NULL, NULL, INTS(2, 2))), DIMS(2, 2), 1,
         3, 1, 3);
    WANT(run(&mi_op_resize, NULL, IN(row, NULL, NULL, INTS(1, 2))), DIMS(1, 2),
         0, 2);
    a = how("nearest", "tf_half_pixel_for_nn", "floor");
    WANT(run(&mi_op_resize, &a, IN(row, NULL, NULL, INTS(1, 2))), DIMS(1, 2), 1,
         3);
    a = how("linear", "half_pixel", "floor");
    WANT(run(&mi_op_resize, &a, IN(row, NULL, twice)), DIMS(1, 8), 0, 0.25,
         0.75, 1.25, 1.75, 2.25, 2.75, 3);
    a = how("linear", "align_corners", "floor");
    WANT(run(&mi_op_resize, &a,
             IN(counting(DIMS(2, 2), 0), NULL, NULL, INTS(3, 3))),
         DIMS(3, 3), 0, 0.5, 1, 1, 1.5, 2, 2, 2.5, 3);
    a = how("linear", "asymmetric", "floor");
    WANT(run(&mi_op_resize, &a, IN(row, counting(DIMS(0), 0), twice)),
         DIMS(1, 8), 0, 0.5, 1, 1.5, 2, 2.5, 3, 3);
    a = how("linear", "pytorch_half_pixel", "floor");
    WANT(run(&mi_op_resize, &a, IN(row, NULL, NULL, INTS(1, 1))), DIMS(1, 1),
         0);
}

static void test_resize_is_refused(void)
{
    mi_node *row = counting(DIMS(1, 4), 0), *size = INTS(1, 8);
    mi_resize_attr cubic = how("cubic", "half_pixel", "floor");
    mi_resize_attr crop = how("linear", "tf_crop_and_resize", "floor");
    mi_resize_attr odd = how("nearest", "half_pixel", "sometimes");
    REFUSED("mode is not nearest or linear", &mi_op_resize, &cubic,
            IN(row, NULL, NULL, size));
    REFUSED("coordinate_transformation_mode is not supported", &mi_op_resize,
            &crop, IN(row, NULL, NULL, size));
    REFUSED("nearest_mode is unknown", &mi_op_resize, &odd,
            IN(row, NULL, NULL, size));
    REFUSED("one of scales and sizes is wanted", &mi_op_resize, NULL, IN(row));
    REFUSED("one of scales and sizes is wanted", &mi_op_resize, NULL,
            IN(row, NULL, FLOATS(DIMS(2), 1, 2), size));
    REFUSED("scales has not one entry for each axis", &mi_op_resize, NULL,
            IN(row, NULL, FLOATS(DIMS(1), 1)));
    REFUSED("a scale is out of range", &mi_op_resize, NULL,
            IN(row, NULL, FLOATS(DIMS(2), 1, NAN)));
    REFUSED("a scale is out of range", &mi_op_resize, NULL,
            IN(row, NULL, FLOATS(DIMS(2), 1, 1e20F)));
    REFUSED("a scale is out of range", &mi_op_resize, NULL,
            IN(row, NULL, FLOATS(DIMS(2), -1, 2)));
    REFUSED("a scale is out of range", &mi_op_resize, NULL,
            IN(row, NULL, FLOATS(DIMS(2), 0.4F, 1)));
    REFUSED("a size is less than 1", &mi_op_resize, NULL,
            IN(row, NULL, NULL, INTS(1, 0)));
    REFUSED("sizes has not one entry for each axis", &mi_op_resize, NULL,
            IN(row, NULL, NULL, INTS(1)));
    REFUSED("the result is too large", &mi_op_resize, NULL,
            IN(row, NULL, NULL, INTS(1 << 20, 1 << 20)));
    REFUSED("scales are not a constant of floats", &mi_op_resize, NULL,
            IN(row, NULL, run(&mi_op_relu, NULL, IN(counting(DIMS(2), 1)))));
}
