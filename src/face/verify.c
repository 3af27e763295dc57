/* verify.c: do two faces show one person? */
#include "mien/face.h"

#include "base/error.h"

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
    if (a->describer != b->describer)
        return mi_fail(err, MIEN_EARG,
                       "verify: descriptors of %s (%d numbers) and %s (%d "
                       "numbers) cannot be compared",
                       mien_describer_name(a->describer),
                       mien_describer_numbers(a->describer),
                       mien_describer_name(b->describer),
                       mien_describer_numbers(b->describer));
    float most =
        threshold < 0 ? mien_describer_threshold(a->describer) : threshold;
    float d = mien_descriptor_apart(mien_describer_numbers(a->describer),
                                    a->descriptor, b->descriptor);
    *out = (mien_verification){d, most, d < most};
    return MIEN_OK;
}
