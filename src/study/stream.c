/* stream.c: predictions for tables that come piece by piece. */
#include "mien/study.h"

#include "base/blocks.h"
#include "mien/file.h"

/* The table's bytes, and where its lines go. */
typedef struct input {
    const mien_predict_stream *to;
    const mien_csv_options *csv;
    mi_blocks b;
} input;

/* Lines of the rows that can be read now. */
static mien_status predict_rows(mien_predictor *p, input *in,
                                mien_csv_stream **s, mien_buffer *out,
                                mien_error *err)
{
    const mien_table *t = NULL;
    size_t used = 0;
    mien_status st = MIEN_OK;
    if (!*s) {
        st = mien_csv_stream_new(in->b.data, in->b.n, in->b.final, in->csv,
                                 &used, s, err);
        if (st)
            return st;
        mi_blocks_use(&in->b, used);
    }
    st = mien_csv_stream_next(*s, in->b.data, in->b.n, in->b.final, &used, &t,
                              err);
    if (!st)
        st = mien_predictor_rows(p, t, out, err);
    if (st)
        return st;
    mi_blocks_use(&in->b, used);
    return in->to->write(in->to->arg, out, err);
}

/* What has to be read whole: packed files, other encodings. */
static mien_status predict_whole(mien_predictor *p, input *in, mien_buffer *out,
                                 mien_error *err)
{
    mien_bytes unpacked = {0};
    mien_table *t = NULL;
    mien_status st = MIEN_OK;
    while (!st && !in->b.final)
        st = mi_blocks_more(&in->b, err);
    if (!st)
        st = mien_file_gunzip(in->b.data, in->b.n, 0, &unpacked, err);
    int packed = unpacked.data != NULL;
    if (!st)
        st = mien_csv_read(packed ? unpacked.data : in->b.data,
                           packed ? unpacked.n : in->b.n, in->csv, &t, err);
    if (!st)
        st = mien_predictor_rows(p, t, out, err);
    if (!st)
        st = in->to->write(in->to->arg, out, err);
    mien_table_free(t);
    mien_bytes_free(&unpacked);
    return st;
}

mien_status mien_predictor_stream(mien_predictor *p,
                                  const mien_csv_options *csv,
                                  const mien_predict_stream *stream,
                                  mien_error *err)
{
    input in = {stream, csv, {.read = stream->read, .arg = stream->arg}};
    mien_csv_stream *s = NULL;
    mien_buffer out = {0};
    mien_status st = MIEN_OK;
    mien_predictor_head(p, &out);
    while (!st && !in.b.final && in.b.n < MI_BLOCK)
        st = mi_blocks_more(&in.b, err);
    if (!st && !mien_csv_can_stream(in.b.data, in.b.n, csv)) {
        st = predict_whole(p, &in, &out, err);
    } else if (!st) {
        st = predict_rows(p, &in, &s, &out, err);
        while (!st && !in.b.final) {
            st = mi_blocks_more(&in.b, err);
            if (!st)
                st = predict_rows(p, &in, &s, &out, err);
        }
    }
    mien_buffer_free(&out);
    mien_csv_stream_free(s);
    mi_blocks_free(&in.b);
    return st;
}
