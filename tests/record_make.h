/* record_make.h: things found, for tests of the records of them. */
#ifndef RECORD_MAKE_H
#define RECORD_MAKE_H

#include "mien/record.h"
#include "tests/check.h"

#include <string.h>

enum { EVERYTHING = 31 };

/* A face whose numbers are all different, and have more digits than are
 * written. */
static inline mien_face made_face(unsigned seed, unsigned has)
{
    mien_face f = {.has = has, .n_keypoints = 5};
    f.n_landmarks = has & MIEN_FACE_LANDMARKS ? 68 : 0;
    float *v = &f.box.x;
    for (int i = 0; i < 4; i++)
        v[i] = (float)(check_rand(&seed) % 1000000) / 777 - 200;
    f.score = (float)(check_rand(&seed) % 1000000) / 1000003;
    for (int i = 0; i < 5; i++)
        f.keypoints[i] = (mien_point){(float)i / 3, -(float)i / 7};
    for (int i = 0; i < 68; i++)
        f.landmarks[i] = (mien_point){1000 + (float)i / 3, (float)i * 1e-5f};
    f.aligned = (mien_box){f.box.x + 0.12345f, f.box.y, 10, 11};
    for (int i = 0; i < MIEN_DESCRIPTOR; i++)
        f.descriptor[i] = (float)(check_rand(&seed) % 65536) / 400000 - 0.08f;
    for (int i = 0; i < 7; i++)
        f.expression[i] = (float)(check_rand(&seed) % 65536) / 65537;
    f.age = 31.23456f;
    f.male = 0.123456789f;
    return f;
}

static inline const mien_model_digest *made_digests(void)
{
    static mien_model_digest d[2] = {{"detector", "0123456789abcdef"},
                                     {"landmarks", "fedc"}};
    return d;
}

/* The text in b, which is emptied; lives until the next call. */
static inline const char *taken(mien_buffer *b)
{
    static char text[1 << 16];
    CHECK(!b->failed && b->n < sizeof text);
    size_t n = b->n < sizeof text ? b->n : 0;
    if (n)
        memcpy(text, b->data, n);
    text[n] = 0;
    mien_buffer_free(b);
    return text;
}

static inline void check_text(mien_buffer *b, const char *want)
{
    const char *text = taken(b);
    CHECK_MSG(strcmp(text, want) == 0, "%s, want %s", text, want);
}

#endif
