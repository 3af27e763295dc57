/* verify.c: whose descriptors are they, and do two show one person? */
#include "mien/face.h"

#include "base/error.h"

/* By the number of a describer. */
static const struct {
    const char *name;
    int numbers;
    float threshold;
} describers[] = {{"dlib", MIEN_DESCRIPTOR, MIEN_SAME_PERSON},
                  {"mobilefacenet", MIEN_DESCRIPTOR_MOST, 1.21F}};

enum { DESCRIBERS = sizeof describers / sizeof *describers };

static int known(mien_describer d)
{
    return (unsigned)d < DESCRIBERS ? (int)d : MIEN_DESCRIBER_DLIB;
}

const char *mien_describer_name(mien_describer d)
{
    return describers[known(d)].name;
}

int mien_describer_numbers(mien_describer d)
{
    return describers[known(d)].numbers;
}

float mien_describer_threshold(mien_describer d)
{
    return describers[known(d)].threshold;
}

int mien_face_described(const mien_face *f, mien_describer d)
{
    return f->has & MIEN_FACE_DESCRIPTOR && f->describer == d;
}

mien_status mien_face_verify(const mien_face *a, const mien_face *b,
                             float threshold, mien_verification *out,
                             mien_error *err)
{
    if (!(a->has & b->has & MIEN_FACE_DESCRIPTOR))
        return mi_fail(err, MIEN_EARG, "verify: the %s face has no descriptor",
                       a->has & MIEN_FACE_DESCRIPTOR ? "second" : "first");
    int of[2] = {known(a->describer), known(b->describer)};
    if (of[0] != of[1])
        return mi_fail(err, MIEN_EARG,
                       "verify: descriptors of %s (%d numbers) and %s (%d "
                       "numbers) cannot be compared",
                       describers[of[0]].name, describers[of[0]].numbers,
                       describers[of[1]].name, describers[of[1]].numbers);
    float most = threshold < 0 ? describers[of[0]].threshold : threshold;
    float d = mien_descriptor_apart(describers[of[0]].numbers, a->descriptor,
                                    b->descriptor);
    *out = (mien_verification){d, most, d < most};
    return MIEN_OK;
}
