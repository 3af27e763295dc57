/* pictures_noise_put.c: what is said of labels that seem wrong. */
#include "dataset/pictures_noise.h"

#include "mien/report.h"

#include <stdio.h>

enum { PAIRS = 12, SUSPECTS = 10, SHOWN = 30, TOLD = MI_PAIRS_TOLD };

static const char cannot_know[] =
    "This is disagreement with a model that learned from the other pictures, "
    "not truth: where a kind of picture is labelled wrong throughout it "
    "agrees, "
    "and a kind that looks like another class it calls wrong. Look before a "
    "label is changed.";

static const char *const found_name[] = {"none", "question", "wrong"};

static const char *class_name(const mien_pictures_check *c, int task, int k)
{
    return c->labels->task[task].class_name[k];
}

static double percent(double share) { return 100 * share; }

/* ---- a sentence ---------------------------------------------------------- */

/* What was found of a task. */
static void put_sentence(const mien_pictures_check *c, int task,
                         mien_buffer *out)
{
    const mien_noise *t = &c->noise->task[task];
    /* Two digits, and of 100 no exponent. */
    const int digits = t->high < .995 ? 2 : 3;
    mien_buffer_printf(out,
                       "about %.2g %% (%.2g to %.*g) of %lld labels of %s seem "
                       "wrong: more pictures than overlapping classes explain "
                       "look like another class to a model that learned from "
                       "the others",
                       percent(t->share), percent(t->low), digits,
                       percent(t->high), (long long)t->pictures, t->task);
    for (int i = 0; i < t->pairs && i < 3; i++)
        mien_buffer_printf(
            out, "%s %s that is likely %s (%.0f)", i ? "," : "; most",
            class_name(c, task, t->pair[i].given),
            class_name(c, task, t->pair[i].likely), t->pair[i].count);
    if (t->found == MIEN_NOISE_QUESTION)
        mien_buffer_puts(out, "; this may be chance");
}

int mi_noise_findings(const mien_pictures_check *c, mi_finding *tell, void *arg)
{
    int n = 0;
    for (int t = 0; c->noise && t < c->noise->tasks; t++) {
        mien_buffer text = {0};
        if (c->noise->task[t].found == MIEN_NOISE_NONE)
            continue;
        put_sentence(c, t, &text);
        mien_buffer_put(&text, "", 1);
        tell(arg, text.failed ? "labels seem wrong" : (const char *)text.data);
        mien_buffer_free(&text);
        n++;
    }
    return n;
}

/* ---- text ---------------------------------------------------------------- */

/* What was looked at, and how well the model knows it. */
static void put_model(const mien_noise *t, mien_buffer *out)
{
    mien_buffer_printf(out, "%lld", (long long)t->pictures);
    if (t->pictures < t->of)
        mien_buffer_printf(out, " of %lld", (long long)t->of);
    mien_buffer_printf(out,
                       " pictures of %d classes; a model that learned from "
                       "other pictures, by gradients, greys and colours%s, "
                       "tells %.1f %% as they are labelled (the largest class "
                       "is %.1f %%)",
                       t->classes,
                       t->faces ? ", and networks' answers about faces" : "",
                       percent(t->accuracy), percent(t->largest));
    if (t->few)
        mien_buffer_printf(out,
                           "; %d classes of fewer than %d pictures left "
                           "out",
                           t->few, MIEN_NOISE_LEAST);
}

/* A task as lines. */
static void put_task(const mien_pictures_check *c, int task, mien_buffer *out)
{
    const mien_noise *t = &c->noise->task[task];
    if (*t->why) {
        mien_buffer_printf(out, "\n(labels of %s were not judged: %s)\n",
                           t->task, t->why);
        return;
    }
    mien_buffer_printf(out, "\nlabels of %s: ", t->task);
    put_model(t, out);
    if (t->found == MIEN_NOISE_NONE) {
        mien_buffer_puts(out, "; no more are called otherwise than overlapping "
                              "classes explain\n");
        return;
    }
    mien_buffer_printf(out, "\n%-20s %-20s %7s %15s %10s\n", "labelled",
                       "likely", "wrong", "95 %", "confident");
    for (int i = 0; i < t->pairs && i < PAIRS; i++) {
        const mien_noise_pair *p = &t->pair[i];
        char range[40];
        snprintf(range, sizeof range, "%.0f to %.0f", p->low, p->high);
        mien_buffer_printf(out, "%-20s %-20s %7.0f %15s %10.0f\n",
                           class_name(c, task, p->given),
                           class_name(c, task, p->likely), p->count, range,
                           p->confident);
    }
    mien_buffer_printf(out, "the most suspicious of %lld:\n",
                       (long long)t->suspects);
    for (int64_t i = 0; i < t->suspects && i < SUSPECTS; i++) {
        const mien_noise_suspect *s = &t->suspect[i];
        mien_buffer_printf(out, "  %s: %s, likely %s (%.2f)\n",
                           c->labels->name[s->picture],
                           class_name(c, task, s->given),
                           class_name(c, task, s->likely), s->probability);
    }
    mien_buffer_printf(out, "%s\n", cannot_know);
}

/* Was anything not looked at? */
static int is_left_out(const mien_pictures_check *c)
{
    return c->labels->n > c->noise->room || c->labels->tasks > c->noise->tasks;
}

/* What was not looked at. */
static void put_left_out(const mien_pictures_check *c, mien_buffer *out)
{
    const mien_labels *l = c->labels;
    if (l->n > c->noise->room)
        mien_buffer_printf(out,
                           "(labels were looked at in a random sample of %lld "
                           "pictures)\n",
                           (long long)c->noise->room);
    if (l->tasks > c->noise->tasks)
        mien_buffer_printf(out,
                           "(labels of the first %d of %d questions were "
                           "looked at)\n",
                           c->noise->tasks, l->tasks);
}

void mi_noise_text(const mien_pictures_check *c, mien_buffer *out)
{
    if (!c->noise)
        return;
    for (int t = 0; t < c->noise->tasks; t++)
        put_task(c, t, out);
    put_left_out(c, out);
}

/* ---- JSON ---------------------------------------------------------------- */

/* Pairs of classes. */
static void put_json_pairs(const mien_pictures_check *c, int task, mien_json *j)
{
    const mien_noise *t = &c->noise->task[task];
    mien_json_array(j, "pairs");
    for (int i = 0; i < t->pairs; i++) {
        const mien_noise_pair *p = &t->pair[i];
        mien_json_object(j, NULL);
        mien_json_text(j, "given", class_name(c, task, p->given));
        mien_json_text(j, "likely", class_name(c, task, p->likely));
        mien_json_rounded(j, "count", p->count, 4);
        mien_json_rounded(j, "low", p->low, 4);
        mien_json_rounded(j, "high", p->high, 4);
        mien_json_rounded(j, "confident", p->confident, 4);
        mien_json_close(j);
    }
    mien_json_close(j);
}

/* Pictures, worst first. */
static void put_json_suspects(const mien_pictures_check *c, int task,
                              mien_json *j)
{
    const mien_noise *t = &c->noise->task[task];
    mien_json_int(j, "suspects", t->suspects);
    mien_json_array(j, "suspect");
    for (int64_t i = 0; i < t->suspects && i < TOLD; i++) {
        const mien_noise_suspect *s = &t->suspect[i];
        mien_json_object(j, NULL);
        mien_json_text(j, "file", c->labels->name[s->picture]);
        mien_json_text(j, "given", class_name(c, task, s->given));
        mien_json_text(j, "likely", class_name(c, task, s->likely));
        mien_json_rounded(j, "wrong", s->wrong, 4);
        mien_json_rounded(j, "probability", s->probability, 4);
        mien_json_close(j);
    }
    mien_json_close(j);
}

void mi_noise_json(const mien_pictures_check *c, mien_json *j)
{
    mien_json_array(j, "label_noise");
    for (int i = 0; c->noise && i < c->noise->tasks; i++) {
        const mien_noise *t = &c->noise->task[i];
        mien_json_object(j, NULL);
        mien_json_text(j, "task", t->task);
        if (*t->why)
            mien_json_text(j, "why", t->why);
        mien_json_int(j, "pictures", t->pictures);
        mien_json_int(j, "of", t->of);
        mien_json_int(j, "classes", t->classes);
        mien_json_int(j, "few", t->few);
        if (!*t->why) {
            mien_json_bool(j, "faces", t->faces);
            mien_json_rounded(j, "accuracy", t->accuracy, 6);
            mien_json_rounded(j, "largest", t->largest, 6);
            mien_json_rounded(j, "gain", t->gain, 4);
            mien_json_text(j, "found", found_name[t->found]);
            mien_json_rounded(j, "share", t->share, 4);
            mien_json_rounded(j, "low", t->low, 4);
            mien_json_rounded(j, "high", t->high, 4);
            put_json_pairs(c, i, j);
            put_json_suspects(c, i, j);
        }
        mien_json_close(j);
    }
    mien_json_close(j);
}

/* ---- page ---------------------------------------------------------------- */

/* Pairs of classes as a table. */
static void put_page_pairs(const mien_pictures_check *c, int task,
                           mien_buffer *out)
{
    const mien_noise *t = &c->noise->task[task];
    mien_buffer_puts(out,
                     "<div class=\"wide\"><table>\n<tr><th>labelled</th>"
                     "<th>likely</th><th>wrong, about</th><th>95&nbsp;%</th>"
                     "<th>confident learning</th></tr>\n");
    for (int i = 0; i < t->pairs && i < PAIRS; i++) {
        const mien_noise_pair *p = &t->pair[i];
        mien_buffer_puts(out, "<tr><td>");
        mien_page_text(out, class_name(c, task, p->given));
        mien_buffer_puts(out, "</td><td>");
        mien_page_text(out, class_name(c, task, p->likely));
        mien_buffer_printf(out,
                           "</td><td>%.0f</td><td>%.0f–%.0f</td><td>%.0f</td>"
                           "</tr>\n",
                           p->count, p->low, p->high, p->confident);
    }
    mien_buffer_puts(out, "</table></div>\n");
}

/* A task with its most suspicious pictures. */
static mien_status put_page_task(const mien_pictures_check *c, int task,
                                 mi_noise_picture *put, mien_buffer *out,
                                 mien_error *err)
{
    const mien_noise *t = &c->noise->task[task];
    mien_buffer model = {0};
    mien_status st = MIEN_OK;
    mien_buffer_puts(out, "<h2>Labels of ");
    mien_page_text(out, t->task);
    mien_buffer_puts(out, "</h2>\n<p>");
    if (*t->why)
        mien_buffer_printf(&model, "Not judged: %s.", t->why);
    else
        put_model(t, &model);
    if (!*t->why && t->found == MIEN_NOISE_NONE)
        mien_buffer_puts(&model, "; no more are called otherwise than "
                                 "overlapping classes explain.");
    mien_buffer_put(&model, "", 1);
    if (!model.failed)
        mien_page_text(out, (const char *)model.data);
    mien_buffer_free(&model);
    mien_buffer_puts(out, "</p>\n");
    if (t->found == MIEN_NOISE_NONE)
        return MIEN_OK;
    put_page_pairs(c, task, out);
    mien_buffer_printf(out, "<p>%s</p>\n<div>", cannot_know);
    for (int64_t i = 0; i < t->suspects && i < SHOWN && !st; i++) {
        const mien_noise_suspect *s = &t->suspect[i];
        mien_buffer said = {0};
        mien_buffer_printf(&said, ": likely %s (%.2f)",
                           class_name(c, task, s->likely), s->probability);
        mien_buffer_put(&said, "", 1);
        st = put(c, s->picture, said.failed ? "" : (const char *)said.data, out,
                 err);
        mien_buffer_free(&said);
    }
    mien_buffer_puts(out, "</div>\n");
    return st;
}

mien_status mi_noise_page(const mien_pictures_check *c, mi_noise_picture *put,
                          mien_buffer *out, mien_error *err)
{
    mien_status st = MIEN_OK;
    for (int t = 0; c->noise && t < c->noise->tasks && !st; t++)
        st = put_page_task(c, t, put, out, err);
    if (c->noise && !st && is_left_out(c)) {
        mien_buffer_puts(out, "<p>");
        put_left_out(c, out);
        mien_buffer_puts(out, "</p>\n");
    }
    return st;
}
