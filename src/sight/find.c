/* Networks looked up and checked.
 *
 * A file may be called face_recognition.onnx and hold another network; that is
 * found out here, by its outputs, and said with the place it came from. */
#include "sight/stage.h"

#include "base/error.h"

#include <string.h>

/* The end of a place tells more than its start, when it is long. */
static const char *end_of(const char *place)
{
    enum { SHOWN = 60 };
    size_t n = strlen(place);
    return n > SHOWN ? place + n - SHOWN : place;
}

mien_status mi_stage_find(const mi_stage_kind *kind,
                          const mien_model_entry *entry,
                          mien_model_lookup *find, void *arg,
                          mien_model_file *file, mien_graph **graph,
                          mien_error *err)
{
    size_t n;
    int w, h;
    mien_error why = {0};
    mien_status st = MIEN_OK;
    const uint8_t *bytes = mien_model_embedded(entry->name, &n);
    if (!bytes && !find)
        return mi_fail(err, MIEN_EIO, "model %s: a file, and no way to find it",
                       entry->name);
    if (!bytes) {
        st = find(arg, entry, file, err);
        bytes = file->bytes.data;
        n = file->bytes.n;
    }
    if (st != MIEN_OK)
        return st;
    st = mien_onnx_read_borrowed(bytes, n, graph, &why);
    if (st == MIEN_OK)
        st = mi_stage_check(kind, *graph, &w, &h, &why);
    if (st == MIEN_OK)
        return st;
    const char *place = *file->place ? file->place : entry->file;
    return mi_fail(err, st, "%s: %s", end_of(place), why.text);
}
