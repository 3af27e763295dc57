/* own.c: the cascades inside the library. */
#include "mien/vision.h"

#include "base/error.h"
#include "vision/embedded.h"

#include <assert.h>
#include <string.h>

mien_status mien_cascade_own(const char *name, mien_cascade **out,
                             mien_error *err)
{
    assert(name && out);
    if (strcmp(name, "face") != 0)
        return mi_fail(err, MIEN_EARG, "cascade: '%.40s', wanted 'face'", name);
    return mien_cascade_read(mi_embedded_face_cascade,
                             mi_embedded_face_cascade_n, out, err);
}
