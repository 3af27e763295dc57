/* tabular.c: models of tables, asked about the tables of a page. */
#include "wasm/tabular.h"

#include <math.h>
#include <stdlib.h>

enum { PIECE = 4 << 20 }; /* bytes of a step */

struct web_prediction {
    mien_predictor *p;
    const uint8_t *bytes; /* the table's */
    size_t n, at;
    mien_csv_options how;
    mien_csv_stream *stream; /* NULL: not begun, or the file is read whole */
    int begun, ended;
};

/* The texts that a column may have. */
static void put_column(mien_json *j, const mien_encoder_column *c)
{
    mien_json_object(j, NULL);
    mien_json_text(j, "name", c->name);
    mien_json_text(j, "type", c->type == MIEN_COLUMN_TEXT ? "text" : "number");
    mien_json_array(j, "levels");
    for (int i = 0; i < c->levels; i++)
        mien_json_text(j, NULL, c->level[i]);
    mien_json_close(j);
    mien_json_close(j);
}

/* What a model is and wants. */
static void put_model(const mien_tabular *m, mien_buffer *out)
{
    static const char *const texts[] = {"kind", "label", "positive"};
    const mien_encoder *e = mien_tabular_encoder(m);
    mien_json j = mien_json_on(out, 0);
    mien_json_object(&j, NULL);
    for (int i = 0; i < 3; i++)
        mien_json_text(&j, texts[i], mien_tabular_text(m, texts[i]));
    mien_json_real(&j, "threshold", mien_tabular_threshold(m), 0);
    mien_json_int(&j, "window", mien_tabular_window(m));
    mien_json_array(&j, "columns");
    for (int i = 0; i < e->columns; i++)
        put_column(&j, &e->column[i]);
    mien_json_close(&j);
    mien_json_close(&j);
}

mien_status web_tabular_new(mien_web *w, const uint8_t *bytes, size_t n,
                            mien_tabular **out)
{
    mien_error err = {0};
    mien_buffer *text = web_text_begin(w);
    mien_status st = mien_tabular_read(bytes, n, out, &err);
    if (st == MIEN_OK)
        put_model(*out, text);
    return web_text_end(w, st, &err);
}

void web_tabular_free(mien_tabular *m) { mien_tabular_free(m); }

mien_status web_prediction_new(mien_web *w, mien_tabular *m, const web_table *t,
                               double threshold, int top, int highest,
                               web_prediction **out)
{
    mien_error err = {0};
    mien_status st = MIEN_ENOMEM;
    mien_predict_options o = MIEN_PREDICT_DEFAULTS;
    o.threshold = isnan(threshold) ? NULL : &threshold;
    o.top = top;
    o.highest = highest;
    web_text_begin(w);
    web_prediction *p = calloc(1, sizeof *p);
    if (p) {
        p->bytes = web_table_file(t, &p->n, &p->how);
        mien_tabular_restart(m);
        st = mien_predictor_new(m, &o, &p->p, &err);
    }
    if (st == MIEN_OK) {
        mien_predictor_csv(p->p, &p->how);
        *out = p;
    } else {
        free(p);
    }
    return web_text_end(w, st, &err);
}

void web_prediction_free(web_prediction *p)
{
    if (!p)
        return;
    mien_csv_stream_free(p->stream);
    mien_predictor_free(p->p);
    free(p);
}

/* A file that has to be read at once. */
static mien_status predict_whole(web_prediction *p, mien_buffer *out,
                                 mien_error *err)
{
    mien_table *t = NULL;
    mien_status st = mien_csv_read(p->bytes, p->n, &p->how, &t, err);
    if (st == MIEN_OK)
        st = mien_predictor_rows(p->p, t, out, err);
    mien_table_free(t);
    p->ended = 1;
    return st;
}

/* The next piece of a file: larger ones until a row ends in it. */
static mien_status predict_piece(web_prediction *p, mien_buffer *out,
                                 mien_error *err)
{
    const mien_table *t = NULL;
    mien_status st = MIEN_OK;
    size_t used = 0;
    for (size_t piece = PIECE; st == MIEN_OK && !used && !p->ended;
         piece *= 2) {
        size_t left = p->n - p->at, n = left < piece ? left : piece;
        st = mien_csv_stream_next(p->stream, p->bytes + p->at, n, n == left,
                                  &used, &t, err);
        p->ended = n == left;
    }
    p->at += used;
    return st == MIEN_OK ? mien_predictor_rows(p->p, t, out, err) : st;
}

/* The titles, and how the file is read. */
static mien_status begin(web_prediction *p, mien_buffer *out, mien_error *err)
{
    size_t n = p->n < PIECE ? p->n : PIECE;
    p->begun = 1;
    mien_predictor_head(p->p, out);
    if (!mien_csv_can_stream(p->bytes, n, &p->how))
        return MIEN_OK;
    return mien_csv_stream_new(p->bytes, n, n == p->n, &p->how, &p->at,
                               &p->stream, err);
}

mien_status web_prediction_next(mien_web *w, web_prediction *p)
{
    mien_error err = {0};
    mien_buffer *text = web_text_begin(w);
    mien_status st = p->begun ? MIEN_OK : begin(p, text, &err);
    if (st == MIEN_OK && !p->ended)
        st = p->stream ? predict_piece(p, text, &err)
                       : predict_whole(p, text, &err);
    return web_text_end(w, st, &err);
}

double web_prediction_done(const web_prediction *p)
{
    return p->ended || !p->n ? 1 : (double)p->at / (double)p->n;
}

mien_status web_prediction_about(mien_web *w, web_prediction *p)
{
    mien_json j = mien_json_on(web_text_begin(w), 0);
    mien_predictor_json(p->p, NULL, &j);
    return web_text_end(w, MIEN_OK, NULL);
}

mien_status web_tabular_judge(mien_web *w, mien_tabular *m, const web_table *t)
{
    mien_error err = {0};
    mien_csv_options how;
    mien_table *again = NULL;
    mien_bytes kept = {0};
    mien_verdict v;
    size_t n = 0;
    mien_json j = mien_json_on(web_text_begin(w), 0);
    const uint8_t *bytes = web_table_file(t, &n, &how);
    mien_status st = mien_evaluate_csv(m, &how, &kept, &err);
    if (st == MIEN_OK)
        st = mien_csv_read(bytes, n, &how, &again, &err);
    if (st == MIEN_OK)
        st = mien_evaluate(m, again, NULL, &v, &err);
    if (st == MIEN_OK)
        mien_verdict_json(&v, NULL, &j);
    mien_table_free(again);
    mien_bytes_free(&kept);
    return web_text_end(w, st, &err);
}
