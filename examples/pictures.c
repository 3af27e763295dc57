/* pictures.c: a small network, described as text, learns to tell crosses from
 * rings in pictures that are made in memory. */
#include <mien/mien.h>
#include <stdio.h>
#include <string.h>

enum { PICTURES = 400, TEST = 100, SIDE = 16, AREA = SIDE * SIDE };
static float pixel[PICTURES][AREA], kind[PICTURES][2]; /* 0..1; shares */

/* As docs/networks.md has it. */
static const char text[] =
    "{\"mien\": \"net/1\", \"layers\": ["
    "{\"name\": \"image\", \"kind\": \"input\", \"shape\": [1, 16, 16]},"
    "{\"kind\": \"conv2d\", \"units\": 8, \"kernel\": 3, \"bias\": false},"
    "{\"kind\": \"batch_norm\", \"momentum\": 0.9}, {\"kind\": \"relu\"},"
    "{\"kind\": \"max_pool\", \"kernel\": 2},"
    "{\"kind\": \"conv2d\", \"units\": 16, \"kernel\": 3, \"padding\": 1},"
    "{\"kind\": \"relu\"}, {\"kind\": \"global_pool\"},"
    "{\"name\": \"kind\", \"kind\": \"dense\", \"units\": 2}],"
    "\"losses\": [{\"output\": \"kind\", \"kind\": \"cce\"}]}";

/* A cross or a ring somewhere in noise. */
static void draw(float *p, int ring, mien_random *r)
{
    int x = (int)mien_random_below(r, 8) + 4,
        y = (int)mien_random_below(r, 8) + 4;
    for (int i = 0; i < AREA; i++)
        p[i] = (float)(0.5 * mien_random_unit(r));
    for (int i = 0; i < AREA; i++) {
        int dx = i % SIDE - x, dy = i / SIDE - y, d = dx * dx + dy * dy;
        int on = ring ? d >= 4 && d <= 9 : d <= 16 && (dx == 0 || dy == 0);
        p[i] += 0.5f * (float)on;
    }
}

/* How many of the last TEST pictures the network tells right. */
static int count_right(mien_plan *plan)
{
    float logit[TEST][2];
    int right = 0, first = PICTURES - TEST;
    memcpy(mien_plan_input(plan, 0).data, pixel[first], TEST * sizeof *pixel);
    mien_plan_run(plan);
    mien_plan_read(plan, 0, logit[0]);
    for (int i = 0; i < TEST; i++)
        right += (logit[i][1] > logit[i][0]) == (kind[first + i][1] > 0);
    return right;
}

int main(void)
{
    mien_random random;
    mien_net *net = NULL;
    mien_trainer *trainer = NULL;
    mien_plan *plan = NULL;
    mien_error err = {0};
    mien_losses loss;
    const float *in[] = {pixel[0]}, *want[] = {kind[0]};
    mien_samples part = {.n = PICTURES - TEST, .inputs = in, .targets = want};
    mien_trainer_options options = MIEN_TRAINER_DEFAULTS;
    mien_random_init(&random, 1);
    for (int i = 0; i < PICTURES; i++)
        kind[i][i % 2] = 1, draw(pixel[i], i % 2, &random);
    const uint8_t *json = (const uint8_t *)text;
    mien_status st = mien_net_read(json, strlen(text), NULL, &net, &err);
    if (!st) {
        options.losses = net->loss, options.n_losses = net->n_losses;
        options.batch = 20, options.optimizer.rate = 0.01f;
        st = mien_trainer_new(net->graph, &options, &trainer, &err);
    }
    for (int epoch = 0; epoch < 40 && !st; epoch++)
        st = mien_trainer_epoch(trainer, &part, &loss, &err);
    mien_shape batch = {4, {TEST, 1, SIDE, SIDE}};
    if (st || mien_plan_new(net->graph, &batch, 1, NULL, &plan, &err))
        return fprintf(stderr, "pictures: %s\n", err.text), 1;
    printf("loss %.3f, %d of %d right\n", loss.total, count_right(plan), TEST);
    mien_plan_free(plan), mien_trainer_free(trainer), mien_net_free(net);
    return 0;
}
