/* smile.c: who smiles in a page's video. */
#include "wasm/smile.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const double least_step = 1e-3; /* seconds between frames */

struct web_smiles {
    mien_smiles *seen;
    web_picture photo;          /* the frame of now */
    mien_smile_network network; /* its analyzer: NULL if a cascade judges */
    int64_t frame;              /* number of the one to come */
    double seconds;             /* of the last one */
};

/* The network of expressions. */
static mien_status open_network(const mien_web *w, web_smiles *s,
                                mien_error *err)
{
    mien_face_options o = MIEN_FACE_DEFAULTS;
    mien_analyzer *a = NULL;
    o.want = MIEN_FACE_EXPRESSION;
    o.pool = web_pool(w);
    const mien_face_models models = web_face_models(w, &o);
    mien_status st = mien_analyzer_new(&models, &o, &a, err);
    if (st == MIEN_OK) {
        s->network.analyzer = a;
        s->network.frame = &s->photo.im;
    }
    return st;
}

mien_status web_smiles_new(mien_web *w, const web_cascade *const *sights,
                           const web_smile_wish *how, web_smiles **out)
{
    static const mien_smile_options presets[] = {MIEN_SMILE_DEFAULTS,
                                                 MIEN_SMILE_ARTICLE};
    mien_smile_options o = presets[how->article != 0];
    mien_error err = {0};
    mien_status st = MIEN_OK;
    web_text_begin(w);
    web_smiles *s = calloc(1, sizeof *s);
    if (!s)
        return web_text_end(w, MIEN_ENOMEM, NULL);
    o.faces.cascade = web_cascade_of(sights[0]);
    o.eyes.cascade = web_cascade_of(sights[1]);
    o.smiles.cascade = web_cascade_of(sights[2]);
    o.begin = how->begin;
    o.end = how->end;
    if (how->neighbours >= 0)
        o.smiles.options.neighbors = how->neighbours;
    if (how->network) {
        st = open_network(w, s, &err);
        o.scorer = mien_smile_by_network;
        o.scorer_arg = &s->network;
    }
    if (st == MIEN_OK)
        st = mien_smiles_new(&o, &s->seen, &err);
    if (st == MIEN_OK)
        *out = s;
    else
        web_smiles_free(s);
    return web_text_end(w, st, &err);
}

void web_smiles_free(web_smiles *s)
{
    if (!s)
        return;
    mien_smiles_free(s->seen);
    mien_analyzer_free(s->network.analyzer);
    free(s->photo.im.data);
    free(s);
}

/* Look at the frame that was taken. */
static mien_status look(web_smiles *s, double seconds, mien_error *err)
{
    mien_gray g;
    double step = s->frame ? seconds - s->seconds : 1;
    mien_status st = mien_gray_from(&s->photo.im, &g, err);
    if (st != MIEN_OK)
        return st;
    st = mien_smiles_next(s->seen, &g, seconds,
                          step > least_step ? step : least_step, err);
    mien_gray_free(&g);
    return st;
}

mien_status web_smiles_next(mien_web *w, web_smiles *s, const uint8_t *rgba,
                            int width, int height, double seconds)
{
    mien_error err = {0};
    mien_buffer *text = web_text_begin(w);
    double since = mien_clock();
    mien_status st = isfinite(seconds) ? MIEN_OK : MIEN_EARG;
    if (st)
        snprintf(err.text, sizeof err.text,
                 "smiles: a frame at %g seconds, wanted a number", seconds);
    if (st == MIEN_OK)
        st = web_picture_take(&s->photo, rgba, width, height, &err);
    if (st == MIEN_OK)
        st = look(s, seconds, &err);
    if (st == MIEN_OK) {
        mien_json j;
        mien_record_smiles(s->frame++, seconds, s->seen, text);
        s->seconds = seconds;
        j = mien_json_on(text, 0);
        mien_json_object(&j, NULL);
        mien_json_int(&j, "width", width);
        mien_json_int(&j, "height", height);
        mien_json_rounded(&j, "ms", (mien_clock() - since) * 1e3, 3);
        mien_json_close(&j);
    }
    return web_text_end(w, st, &err);
}

/* The smiles of a face, in the array that is open. */
static void write_smiles(mien_json *j, const mien_smiles *s, int64_t id)
{
    double begin, end;
    for (int i = 0; mien_smiles_at(s, id, i, &begin, &end); i++) {
        mien_json_object(j, NULL);
        mien_json_rounded(j, "begin", begin, 3);
        mien_json_rounded(j, "end", end, 3);
        mien_json_close(j);
    }
}

mien_status web_smiles_list(mien_web *w, const web_smiles *s)
{
    int n;
    const mien_story *story =
        mien_history_stories(mien_smiles_history(s->seen), &n);
    mien_json j = mien_json_on(web_text_begin(w), 0);
    mien_json_array(&j, NULL);
    for (int i = 0; i < n; i++) {
        mien_json_object(&j, NULL);
        mien_json_int(&j, "id", story[i].id);
        mien_json_rounded(&j, "begin", story[i].begin, 3);
        mien_json_rounded(&j, "end", story[i].end, 3);
        mien_json_int(&j, "frames", story[i].frames);
        mien_json_int(&j, "smiling", mien_smiles_frames(s->seen, story[i].id));
        mien_json_array(&j, "smiles");
        write_smiles(&j, s->seen, story[i].id);
        mien_json_close(&j);
        mien_json_close(&j);
    }
    mien_json_close(&j);
    return web_text_end(w, MIEN_OK, NULL);
}
