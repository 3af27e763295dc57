/* coder_make.h: an auto-encoder of small pictures, in a file. */
#ifndef CODER_MAKE_H
#define CODER_MAKE_H

#include "mien/file.h"
#include "mien/kit.h"
#include "mien/model.h"
#include "mien/picture.h"
#include "tests/check.h"

enum { SIDE = 16, CODER_PICTURES = 40, CODER_UNITS = 4 };

static const char coder_text[] =
    "{\"mien\": \"net/1\", \"name\": \"coder\", \"layers\": ["
    "{\"name\": \"image\", \"kind\": \"input\", \"shape\": [3, 16, 16],"
    " \"colour\": \"bgr\", \"scale\": 0.00392157},"
    "{\"name\": \"code\", \"kind\": \"flatten\"},"
    "{\"name\": \"mean\", \"kind\": \"dense\", \"units\": 4},"
    "{\"name\": \"log_variance\", \"kind\": \"dense\", \"inputs\": \"code\","
    " \"units\": 4},"
    "{\"name\": \"noise\", \"kind\": \"input\", \"shape\": [4],"
    " \"fill\": \"normal\"},"
    "{\"name\": \"latent\", \"kind\": \"sample\","
    " \"inputs\": [\"mean\", \"log_variance\", \"noise\"]},"
    "{\"kind\": \"dense\", \"units\": 768},"
    "{\"kind\": \"reshape\", \"shape\": [3, 16, 16]},"
    "{\"name\": \"again\", \"kind\": \"sigmoid\"}],"
    "\"outputs\": [\"again\", \"mean\", \"log_variance\"],"
    "\"losses\": [{\"output\": \"again\", \"kind\": \"mse\", \"sum\": true,"
    " \"target\": \"image\"},"
    "{\"kind\": \"kl\", \"mean\": \"mean\","
    " \"log_variance\": \"log_variance\"}]}";

/* Pictures that are loaded: one colour each. */
static mien_status coder_load(void *arg, const char *name, mien_image *out,
                              mien_error *err)
{
    (void)arg;
    mien_status st = mien_image_new(SIDE, SIDE, out, err);
    for (int i = 0; i < SIDE * SIDE * 3 && !st; i++)
        out->data[i] = (uint8_t)(strtol(name, NULL, 10) * (1 + i % 3));
    return st;
}

/* A model of some epochs. */
static void coder_save(const char *path, int epochs)
{
    mien_net *net = NULL;
    mien_labels l = {0};
    mien_picture_study *s = NULL;
    mien_picture_options o = MIEN_PICTURE_DEFAULTS;
    mien_bytes file = {0};
    char name[CODER_PICTURES][4];
    const char *paths[CODER_PICTURES];
    for (int i = 0; i < CODER_PICTURES; i++) {
        snprintf(name[i], sizeof name[i], "%d", 2 * i);
        paths[i] = name[i];
    }
    CHECK(!mien_plain_paths(CODER_PICTURES, paths, &l, NULL));
    const mien_picture_set set = {"colours", &l, coder_load, NULL, NULL};
    o.epochs = epochs;
    CHECK(!mien_net_read((const uint8_t *)coder_text, strlen(coder_text), NULL,
                         &net, NULL));
    CHECK(!mien_picture_study_new(net, &set, NULL, &o, &s, NULL));
    CHECK(!mien_picture_study_learn(s, NULL, NULL));
    CHECK(!mien_picture_study_judge(s, NULL));
    CHECK(!mien_onnx_write(net->graph, &file, NULL));
    CHECK(!mien_file_save(path, file.data, file.n, NULL));
    mien_bytes_free(&file);
    mien_picture_study_free(s);
    mien_net_free(net);
    mien_labels_free(&l);
}

#endif
