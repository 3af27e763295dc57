/* net.c: a small network learns which points lie in a circle. */
#include <mien/mien.h>
#include <stdio.h>

#define POINTS 512
static float x[2 * POINTS], y[POINTS]; /* points, and 1 for those in it */

/* A point -> 32 units -> how sure it is that the point lies in the circle. */
static mien_status build(mien_graph *g, mien_random *random, mien_error *err)
{
    mien_layer_options o = MIEN_LAYER_KERAS;
    o.random = random;
    mien_node *n = mien_graph_input(g, "point", (mien_shape){2, {-1, 2}});
    n = mien_layer_relu(g, mien_layer_dense(g, n, 32, &o, NULL), NULL);
    mien_graph_output(g, mien_layer_dense(g, n, 1, &o, "logit"), NULL);
    return mien_graph_check(g, err);
}

/* How many points the network puts on the side where they lie. */
static int count_right(mien_plan *plan)
{
    int right = 0;
    for (int i = 0; i < 2 * POINTS; i++)
        mien_plan_input(plan, 0).data[i] = x[i];
    mien_plan_run(plan);
    for (int i = 0; i < POINTS; i++)
        right += (mien_plan_output(plan, 0).data[i] > 0) == (y[i] > 0);
    return right;
}

int main(void)
{
    mien_random random;
    mien_graph *g = NULL;
    mien_trainer *trainer = NULL;
    mien_fit *fit = NULL;
    mien_plan *plan = NULL;
    mien_error err = {0};
    mien_loss loss = {.kind = MIEN_LOSS_BCE, .weight = 1};
    const float *in[] = {x}, *want[] = {y};
    mien_samples points = {.n = POINTS, .inputs = in, .targets = want};
    mien_trainer_options options = MIEN_TRAINER_DEFAULTS;
    options.losses = &loss, options.n_losses = 1, options.batch = 8;
    mien_random_init(&random, 1);
    for (int i = 0; i < 2 * POINTS; i++)
        x[i] = (float)(2 * mien_random_unit(&random) - 1);
    for (int i = 0; i < POINTS; i++)
        y[i] = x[2 * i] * x[2 * i] + x[2 * i + 1] * x[2 * i + 1] < .5f;
    if (mien_graph_new(&g, &err) || build(g, &random, &err) ||
        mien_trainer_new(g, &options, &trainer, &err) ||
        mien_fit_new(trainer, NULL, &fit, &err) ||
        mien_fit_run(fit, &points, NULL, NULL, &err) ||
        mien_plan_new(g, &(mien_shape){2, {POINTS, 2}}, 1, NULL, &plan, &err))
        return fprintf(stderr, "net: %s\n", err.text), 1;
    printf("%d of %d points right\n", count_right(plan), POINTS);
    mien_plan_free(plan), mien_fit_free(fit);
    mien_trainer_free(trainer), mien_graph_free(g);
    return 0;
}
