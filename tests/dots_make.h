/* dots_make.h: pictures of a bright dot somewhere, and a network that is to
 * tell its place, side and brightness. */
#ifndef DOTS_MAKE_H
#define DOTS_MAKE_H

#include "mien/picture.h"
#include "tests/check.h"

#include <string.h>

enum { SIDE = 16, N = 240 };

static uint8_t pixels[N * SIDE * SIDE];
static mien_point place[N];
static float number[N];
static int label[N * 2];
static char *number_name[] = {(char *)"level"};
static char *point_name[] = {(char *)"dot"};
static char *side_name[] = {(char *)"left", (char *)"right"};
static char *half_name[] = {(char *)"upper", (char *)"lower"};
static mien_label_task task[] = {{(char *)"side", 0, 2, side_name},
                                 {(char *)"half", 0, 2, half_name}};

static inline mien_labels dots(void)
{
    unsigned seed = 9;
    for (int i = 0; i < N; i++) {
        int x = 2 + (int)(check_rand(&seed) % (SIDE - 4));
        int y = 2 + (int)(check_rand(&seed) % (SIDE - 4));
        int level = 120 + (int)(check_rand(&seed) % 130);
        uint8_t *p = pixels + i * SIDE * SIDE;
        for (int k = 0; k < SIDE * SIDE; k++)
            p[k] = (uint8_t)(check_rand(&seed) % 20);
        for (int k = 0; k < 9; k++)
            p[(y - 1 + k / 3) * SIDE + x - 1 + k % 3] = (uint8_t)level;
        place[i] = (mien_point){(float)x + .5f, (float)y + .5f};
        number[i] = (float)level / 100;
        label[2 * i] = x >= SIDE / 2;
        label[2 * i + 1] = y >= SIDE / 2;
    }
    return (mien_labels){.n = N,
                         .points = 1,
                         .point_name = point_name,
                         .point = place,
                         .tasks = 2,
                         .task = task,
                         .label = label,
                         .numbers = 1,
                         .number_name = number_name,
                         .number = number,
                         .w = SIDE,
                         .h = SIDE,
                         .pixels = pixels};
}

static const char net_text[] =
    "{\"mien\": \"net/1\", \"name\": \"dots\", \"layers\": ["
    "{\"name\": \"image\", \"kind\": \"input\", \"shape\": [1, 16, 16],"
    " \"scale\": 0.004},"
    "{\"kind\": \"conv2d\", \"units\": 8, \"kernel\": 3, \"padding\": "
    "\"same\"},"
    "{\"kind\": \"relu\"}, {\"kind\": \"max_pool\", \"kernel\": 2},"
    "{\"kind\": \"flatten\"}, {\"kind\": \"dense\", \"units\": 32},"
    "{\"name\": \"trunk\", \"kind\": \"relu\"},"
    "{\"name\": \"points\", \"kind\": \"dense\", \"inputs\": \"trunk\","
    " \"units\": 2},"
    "{\"name\": \"side\", \"kind\": \"dense\", \"inputs\": \"trunk\","
    " \"units\": 2},"
    "{\"name\": \"level\", \"kind\": \"dense\", \"inputs\": \"trunk\","
    " \"units\": 1}],"
    "\"outputs\": [\"points\", \"side\", \"level\"],"
    "\"losses\": [{\"output\": \"points\", \"kind\": \"mse\"},"
    "{\"output\": \"side\", \"kind\": \"cce\", \"weight\": 2},"
    "{\"output\": \"level\", \"kind\": \"huber\"}]}";

static inline mien_net *network(const char *text)
{
    mien_net *net = NULL;
    mien_error err = {0};
    CHECK_MSG(mien_net_read((const uint8_t *)text, strlen(text), NULL, &net,
                            &err) == MIEN_OK,
              "%s", err.text);
    return net;
}

static inline mien_picture_options options(void)
{
    mien_picture_options o = MIEN_PICTURE_DEFAULTS;
    o.epochs = 12;
    o.batch = 16;
    o.valid = .2;
    o.test = .2;
    o.optimizer.rate = 3e-3f;
    o.group = "half";
    return o;
}

#endif
