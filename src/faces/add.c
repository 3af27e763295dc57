/* add.c: a concept added to a photo's face: code + strength x vector. */
#include "mien/faces_concepts.h"

#include "base/alloc.h"
#include "base/error.h"
#include "faces/code.h"

#include <assert.h>
#include <string.h>

mien_status mien_faces_add(mien_coder *c, mien_analyzer *yunet,
                           const char *path, const mien_concept *concept,
                           const mien_add_options *options, mien_image *out,
                           mien_error *err)
{
    const mien_add_options *o = options;
    int units = mien_coder_get_info(c).units;
    mi_coded from;
    assert(o->n > 0);
    if (concept->units != units)
        return mi_fail(err, MIEN_EARG,
                       "a concept of %d numbers, the model's codes have %d",
                       concept->units, units);
    float *code = mi_alloc((size_t)units, sizeof *code);
    if (!code)
        return mi_no_memory(err);
    memset(out, 0, (size_t)o->n * sizeof *out);
    mien_status st = mi_coded_load(c, yunet, path, &from, err);
    for (int i = 0; i < o->n && !st; i++) {
        mien_code_add(units, from.face.code, o->strength[i], concept->vector,
                      code);
        st = mien_coded_show(c, &from.face, code, o->onto, &o->look, &out[i],
                             err);
    }
    for (int i = 0; i < o->n && st; i++)
        mien_image_free(&out[i]);
    mi_coded_free(&from);
    mi_free(code);
    return st;
}
