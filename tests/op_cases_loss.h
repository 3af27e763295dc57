/* op_cases_loss.h: losses and penalties, which mien alone has; included by
 * test_op.c and test_grad.c. */

#define PAIR FLOATS(DIMS(2, 2), 1, 2, 3, 4), FLOATS(DIMS(2, 2), 0, 2, 1, 1)

static void test_mean_loss(void)
{
    mi_node *y = FLOATS(DIMS(2, 2), 1, 2, 3, 4);
    WANT(run(&mi_op_mean_loss, NULL, IN(y)), SCALAR, 2.5);
    WANT(run(&mi_op_mean_loss, NULL, IN(y, NULL, FLOATS(DIMS(2), 2, 0.5F))),
         SCALAR, 2.375);
    REFUSED("there are no rows", &mi_op_mean_loss, NULL, IN(FLOATS(SCALAR, 1)));
    REFUSED("the weights are not one for each row", &mi_op_mean_loss, NULL,
            IN(y, NULL, y));
}

static void test_mean_squared_error(void)
{
    WANT(run(&mi_op_mean_squared_error, NULL, IN(PAIR)), SCALAR, 3.5);
    WANT(run(&mi_op_mean_squared_error, NULL,
             IN(PAIR, FLOATS(DIMS(2), 2, 0.5F))),
         SCALAR, 2.125);
    REFUSED("the targets have another shape", &mi_op_mean_squared_error, NULL,
            IN(counting(DIMS(2, 2), 1), counting(DIMS(2, 1), 1)));
}

static void test_absolute_error(void)
{
    WANT(run(&mi_op_absolute_error, NULL, IN(PAIR)), SCALAR, 1.5);
    WANT(run(&mi_op_absolute_error, NULL, IN(PAIR, FLOATS(DIMS(2), 2, 0.5F))),
         SCALAR, 1.125);
    REFUSED("the targets have another shape", &mi_op_absolute_error, NULL,
            IN(counting(DIMS(2, 2), 1), counting(DIMS(2, 1), 1)));
}

static void test_huber_loss(void)
{
    const mi_huber_attr two = {2};
    WANT(run(&mi_op_huber_loss, NULL, IN(PAIR)), SCALAR, 1.125);
    WANT(run(&mi_op_huber_loss, &two, IN(PAIR)), SCALAR, 1.625);
    REFUSED("an input is not of floats", &mi_op_huber_loss, NULL,
            IN(INTS(1), INTS(1)));
}

/* Errors 1, 0, 2 and 3: 2 log 3, 0, then |e| - 2 + 2 log 5. */
static void test_wing_loss(void)
{
    const mi_wing_attr bent = {2, 0.5F};
    WANT(run(&mi_op_wing_loss, &bent, IN(PAIR)), SCALAR, 2.408744057);
    WANT(run(&mi_op_wing_loss, NULL, IN(PAIR)), SCALAR, 5.037257551);
    REFUSED("the targets have another shape", &mi_op_wing_loss, NULL,
            IN(counting(DIMS(2, 2), 1), counting(DIMS(2, 1), 1)));
}

/* A mean squared error of 3.5, 2 numbers a row: log(2 pi 3.5) + 1. */
static void test_gaussian_loss(void)
{
    mi_node *y = FLOATS(DIMS(2, 2), 1, 2, 3, 4);
    WANT(run(&mi_op_gaussian_loss, NULL, IN(PAIR)), SCALAR, 4.090640035);
    WANT(run(&mi_op_gaussian_loss, NULL, IN(PAIR, FLOATS(DIMS(2), 2, 0.5F))),
         SCALAR, 3.591648869);
    WANT(run(&mi_op_gaussian_loss, NULL, IN(y, y)), SCALAR, -11.977633492);
    REFUSED("the targets have another shape", &mi_op_gaussian_loss, NULL,
            IN(counting(DIMS(2, 2), 1), counting(DIMS(2, 1), 1)));
}

/* Columns with means 2, 3 and 0.25. */
static void test_divergence_loss(void)
{
    const mi_divergence_attr half = {0.5F};
    mi_node *y = FLOATS(DIMS(2, 3), 1, 2, 0, 3, 4, 0.5F);
    WANT(run(&mi_op_divergence_loss, NULL, IN(y)), SCALAR, 5.25);
    WANT(run(&mi_op_divergence_loss, &half, IN(y)), SCALAR, 5.5);
    WANT(run(&mi_op_divergence_loss, &half,
             IN(y, NULL, FLOATS(DIMS(2), 2, 0.5F))),
         SCALAR, 5.25);
    REFUSED("there are no rows of numbers", &mi_op_divergence_loss, NULL,
            IN(FLOATS(DIMS(2), 1, 2)));
    REFUSED("there are targets", &mi_op_divergence_loss, NULL, IN(y, y));
    REFUSED("the weights are not one for each row", &mi_op_divergence_loss,
            NULL, IN(y, NULL, y));
}

static void test_sigmoid_cross_entropy(void)
{
    mi_node *z = FLOATS(DIMS(1, 2), 0, 2), *t = FLOATS(DIMS(1, 2), 1, 0);
    WANT(run(&mi_op_sigmoid_cross_entropy, NULL, IN(z, t)), SCALAR,
         1.410037596);
    WANT(run(&mi_op_sigmoid_cross_entropy, NULL,
             IN(z, t, NULL, FLOATS(DIMS(2), 3, 0.5F))),
         SCALAR, 3.363678812);
    WANT(run(&mi_op_sigmoid_cross_entropy, NULL,
             IN(FLOATS(DIMS(1, 2), 200, -200), t)),
         SCALAR, 0);
    REFUSED("the weights are not one for each class",
            &mi_op_sigmoid_cross_entropy, NULL,
            IN(z, t, NULL, counting(DIMS(3), 1)));
}

static void test_softmax_cross_entropy(void)
{
    mi_node *z = FLOATS(DIMS(1, 3), 1, 2, 3), *t = FLOATS(DIMS(1, 3), 0, 0, 1);
    WANT(run(&mi_op_softmax_cross_entropy, NULL, IN(z, t)), SCALAR,
         0.407605964);
    WANT(run(&mi_op_softmax_cross_entropy, NULL,
             IN(z, t, FLOATS(DIMS(1), 3), FLOATS(DIMS(3), 1, 1, 2))),
         SCALAR, 2.445635783);
    WANT(run(&mi_op_softmax_cross_entropy, NULL,
             IN(FLOATS(DIMS(2, 1, 2), 1, 2, 2, 1),
                FLOATS(DIMS(2, 1, 2), 0, 1, 0.5F, 0.5F))),
         SCALAR, 0.563261687);
    const mi_smoothing_attr tenth = {0.1F};
    WANT(run(&mi_op_softmax_cross_entropy, &tenth, IN(z, t)), SCALAR,
         0.507605964);
    WANT(run(&mi_op_softmax_cross_entropy, &tenth,
             IN(z, t, FLOATS(DIMS(1), 3), FLOATS(DIMS(3), 1, 1, 2))),
         SCALAR, 3.045635787);
    REFUSED("there are no classes", &mi_op_softmax_cross_entropy, NULL,
            IN(counting(DIMS(3), 1), counting(DIMS(3), 1)));
    REFUSED("the weights are not one for each class",
            &mi_op_softmax_cross_entropy, NULL,
            IN(z, t, NULL, counting(DIMS(2), 1)));
}

static void test_penalty(void)
{
    const mi_penalty_attr both = {0.5F, 0.25F, 0}, rows = {0.5F, 0.25F, 1};
    mi_node *x = FLOATS(DIMS(3), -2, 0, 3);
    WANT(run(&mi_op_penalty, &both, IN(x)), SCALAR, 5.75);
    WANT(run(&mi_op_penalty, &rows, IN(x)), SCALAR, 1.916666667);
    REFUSED("there are no rows", &mi_op_penalty, &rows, IN(FLOATS(SCALAR, 1)));
}
