/* stream.c: predictions for tables that come piece by piece. */
#include "mien/study.h"

#include "base/alloc.h"
#include "base/error.h"
#include "mien/file.h"

#include <string.h>

enum { BLOCK = 4 << 20 };

/* Bytes of the table that are not used yet. */
typedef struct input {
    const mien_predict_stream *from;
    const mien_csv_options *csv;
    uint8_t *data;
    size_t n, cap;
    int final;
} input;

/* Read another block behind what is left; room grows by a half, so that what
 * is read whole is not copied again every other block. */
static mien_status read_more(input *in, mien_error *err)
{
    size_t got = 0;
    if (in->cap - in->n < BLOCK) {
        size_t cap = in->n + in->n / 2 + 2 * (size_t)BLOCK;
        uint8_t *data = mi_alloc(cap, 1);
        if (!data)
            return mi_no_memory(err);
        if (in->n)
            memcpy(data, in->data, in->n);
        mi_free(in->data);
        in->data = data;
        in->cap = cap;
    }
    mien_status st =
        in->from->read(in->from->arg, in->data + in->n, BLOCK, &got, err);
    in->final = !st && got == 0;
    in->n += got;
    return st;
}

static void use(input *in, size_t used)
{
    memmove(in->data, in->data + used, in->n - used);
    in->n -= used;
}

/* Lines of the rows that can be read now. */
static mien_status predict_rows(mien_predictor *p, input *in,
                                mien_csv_stream **s, mien_buffer *out,
                                mien_error *err)
{
    const mien_table *t = NULL;
    size_t used = 0;
    mien_status st = MIEN_OK;
    if (!*s) {
        st = mien_csv_stream_new(in->data, in->n, in->final, in->csv, &used, s,
                                 err);
        if (st)
            return st;
        use(in, used);
    }
    st = mien_csv_stream_next(*s, in->data, in->n, in->final, &used, &t, err);
    if (!st)
        st = mien_predictor_rows(p, t, out, err);
    if (st)
        return st;
    use(in, used);
    return in->from->write(in->from->arg, out, err);
}

/* What has to be read whole: packed files, other encodings. */
static mien_status predict_whole(mien_predictor *p, input *in, mien_buffer *out,
                                 mien_error *err)
{
    mien_bytes unpacked = {0};
    mien_table *t = NULL;
    mien_status st = MIEN_OK;
    while (!st && !in->final)
        st = read_more(in, err);
    if (!st)
        st = mien_file_gunzip(in->data, in->n, 0, &unpacked, err);
    int packed = unpacked.data != NULL;
    if (!st)
        st = mien_csv_read(packed ? unpacked.data : in->data,
                           packed ? unpacked.n : in->n, in->csv, &t, err);
    if (!st)
        st = mien_predictor_rows(p, t, out, err);
    if (!st)
        st = in->from->write(in->from->arg, out, err);
    mien_table_free(t);
    mien_bytes_free(&unpacked);
    return st;
}

mien_status mien_predictor_stream(mien_predictor *p,
                                  const mien_csv_options *csv,
                                  const mien_predict_stream *stream,
                                  mien_error *err)
{
    input in = {.from = stream, .csv = csv};
    mien_csv_stream *s = NULL;
    mien_buffer out = {0};
    mien_status st = MIEN_OK;
    mien_predictor_head(p, &out);
    while (!st && !in.final && in.n < BLOCK)
        st = read_more(&in, err);
    if (!st && !mien_csv_can_stream(in.data, in.n, csv)) {
        st = predict_whole(p, &in, &out, err);
    } else if (!st) {
        st = predict_rows(p, &in, &s, &out, err);
        while (!st && !in.final) {
            st = read_more(&in, err);
            if (!st)
                st = predict_rows(p, &in, &s, &out, err);
        }
    }
    mien_buffer_free(&out);
    mien_csv_stream_free(s);
    mi_free(in.data);
    return st;
}
