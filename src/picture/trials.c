/* trials.c: FOLDER/trials, from which a comparison goes on.
 *
 *   lines "key, tab, value"   data and choices, as before a checkpoint
 *   an empty line
 *   "MIENCMP1", check         as every checkpoint begins
 *   test                      u64: samples that judge
 *   measures                  u32; for each the length of its name (u32) and
 *                             the name
 *   begun, finished           u32: trials
 *   trials                    epochs (u32), seconds, measures (f64)
 *
 * Variant and seed of a trial follow from its place. */
#include "picture/trials.h"

#include "base/error.h"
#include "base/fields.h"
#include "mien/file.h"
#include "picture/picture.h"
#include "train/checkpoint.h"
#include "train/state.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define MAGIC "MIENCMP1"

static const char first_line[] = "mien/picture-trials/1\n";
static const char file[] = "trials";

void mi_trials_head(mi_comparing *j, const float *weight, int losses)
{
    mien_buffer *b = &j->head, net = {0};
    mien_buffer_puts(b, first_line);
    mi_state_choices(b, j->study);
    mien_buffer_printf(b, "epochs\t%d\npatience\t%d,%d\nmirror\t%d\n",
                       j->study->epochs, j->study->patience,
                       j->study->task_patience, j->study->mirror);
    mien_buffer_puts(b, "variants");
    for (int i = 0; i < j->c->variants; i++) {
        const mien_picture_variant *v = &j->variant[i];
        mi_field_put(b, v->name);
        mi_field_put(b, v->outputs ? v->outputs : "*");
    }
    mien_buffer_puts(b, "\nweights");
    for (int i = 0; i < losses; i++)
        mien_buffer_printf(b, "%c%.9g", i ? ',' : '\t', (double)weight[i]);
    mien_buffer_puts(b, "\n");
    mien_buffer_put(&net, j->net, j->n);
    mi_state_digest(b, "network", &net);
    b->failed |= net.failed;
    mien_buffer_free(&net);
    mi_state_set(b, "samples", j->train->labels);
    if (j->test)
        mi_state_set(b, "test samples", j->test->labels);
    mien_buffer_puts(b, "\n");
}

void mi_trials_folder(const mi_comparing *j, const mien_picture_trial *t,
                      mien_buffer *path)
{
    int dash = 1; /* one stands at the end */
    mien_buffer_printf(path, "%s/%d-", j->how->folder, t->variant + 1);
    for (const char *p = j->c->name[t->variant]; *p; p++) {
        int plain = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') ||
                    (*p >= '0' && *p <= '9');
        if (plain || !dash)
            mien_buffer_put(path, plain ? p : "-", 1);
        dash = !plain;
    }
    mien_buffer_printf(path, "%sseed-%u", dash ? "" : "-", t->seed);
    mien_buffer_put(path, "", 1);
}

mien_status mi_trials_save(const mi_comparing *j, mien_error *err)
{
    const mien_picture_comparison *c = j->c;
    mien_buffer b = {0}, all = {0};
    mien_bytes state = {0};
    mi_state_begin(&b, MAGIC);
    mi_buffer_u64le(&b, (uint64_t)c->test);
    mi_buffer_u32le(&b, (uint32_t)c->measures);
    for (int m = 0; m < c->measures; m++) {
        mi_buffer_u32le(&b, (uint32_t)strlen(c->measure[m]));
        mien_buffer_puts(&b, c->measure[m]);
    }
    mi_buffer_u32le(&b, (uint32_t)j->begun);
    mi_buffer_u32le(&b, (uint32_t)c->trials);
    for (int i = 0; i < c->trials; i++) {
        mi_buffer_u32le(&b, (uint32_t)c->trial[i].epochs);
        mi_buffer_f64le(&b, c->trial[i].seconds);
        for (int m = 0; m < c->measures; m++)
            mi_buffer_f64le(&b, c->trial[i].measure[m]);
    }
    mien_status st = mi_state_end(&b, &state, err);
    mien_buffer_put(&all, j->head.data, j->head.n);
    mien_buffer_put(&all, state.data, state.n);
    all.failed |= j->head.failed;
    mien_bytes_free(&state);
    if (!st)
        st = mien_folder_save_buffer(j->how->folder, file, &all, err);
    mien_buffer_free(&all);
    return st;
}

/* The names of the measures. */
static mien_status get_measures(mi_cursor *p, mien_picture_comparison *c,
                                mien_error *err)
{
    uint32_t n = mi_cursor_u32le(p);
    for (uint32_t m = 0; m < n && n <= MIEN_COMPARE_MEASURES; m++) {
        uint32_t len = mi_cursor_u32le(p);
        mi_cursor name = mi_cursor_take(p, len);
        if (p->bad || len >= sizeof c->measure[m])
            break;
        memcpy(c->measure[m], name.start, len);
        c->measure[m][len] = 0;
        c->measures = (int)m + 1;
    }
    return n == (uint32_t)c->measures
               ? MIEN_OK
               : mi_fail(err, MIEN_EFORMAT,
                         "%s: %u measures, or a name longer than %d", file, n,
                         (int)sizeof c->measure[0] - 1);
}

/* The finished trials, as many as are wanted. */
static mien_status get_trials(mi_cursor *p, mi_comparing *j, mien_error *err)
{
    mien_picture_comparison *c = j->c;
    uint32_t begun = mi_cursor_u32le(p), n = mi_cursor_u32le(p);
    uint32_t wanted = (uint32_t)(c->variants * c->seeds);
    uint64_t size = 4 + 8 + 8 * (uint64_t)c->measures;
    if (p->bad || begun < n || begun > n + 1 || n * size != mi_cursor_left(p))
        return mi_fail(err, MIEN_EFORMAT,
                       "%s: %u trials of %llu bytes, %u begun, and %zu bytes",
                       file, n, (unsigned long long)size, begun,
                       mi_cursor_left(p));
    j->begun = (int)(begun < wanted ? begun : wanted);
    for (uint32_t i = 0; i < n && i < wanted; i++) {
        mien_picture_trial *t = &c->trial[c->trials++];
        *t = (mien_picture_trial){.variant = (int)i % c->variants,
                                  .seed = j->study->seed +
                                          i / (uint32_t)c->variants};
        t->epochs = (int)mi_cursor_u32le(p);
        t->seconds = mi_cursor_f64le(p);
        for (int m = 0; m < MIEN_COMPARE_MEASURES; m++)
            t->measure[m] = m < c->measures ? mi_cursor_f64le(p) : (double)NAN;
    }
    return MIEN_OK;
}

mien_status mi_trials_load(mi_comparing *j, mien_error *err)
{
    mien_bytes b = {0};
    mien_error why = {0};
    mien_status st = mien_folder_load(j->how->folder, file, &b, &why);
    if (st == MIEN_EIO)
        return mi_fail(err, MIEN_EARG,
                       "there is no comparison to go on from: %s", why.text);
    if (st)
        return mi_fail(err, st, "%s", why.text);
    st = mi_checkpoint_check(&j->head, b.data, b.n, err);
    if (!st) {
        mi_cursor p = mi_cursor_of(b.data + j->head.n, b.n - j->head.n);
        st = mi_state_open(&p, MAGIC, err);
        if (!st) {
            j->c->test = (int64_t)mi_cursor_u64le(&p);
            j->c->measures = 0;
            st = get_measures(&p, j->c, err);
        }
        if (!st)
            st = get_trials(&p, j, err);
    }
    mien_bytes_free(&b);
    return st;
}
