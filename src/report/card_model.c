/* card_model.c: the card of a model: what stands in its file, in its metrics
 * and in the catalogue.
 *
 * The sections are those of M. Mitchell et al., Model Cards for Model Reporting
 * (2019), and one in plain words for a person whom the model judges, as article
 * 13(2)(f) of Regulation (EU) 2016/679 asks: logic, significance, consequences.
 */
#include "report/card.h"

#include "base/error.h"
#include "base/json_read.h"

#include <stdio.h>
#include <string.h>

/* What train cascade --require-sheet notes at the head of a cascade. */
static const char *const noted[] = {"mien.data_sha256", "mien.sheet_sha256"};

const char *mi_card_meta(const mi_card_facts *f, const char *key)
{
    const char *text = f->graph ? mien_graph_meta(f->graph, key) : NULL;
    for (int i = 0; i < 2 && !f->graph; i++)
        if (strcmp(key, noted[i]) == 0)
            text = f->noted[i];
    return text ? text : "";
}

/* The catalogue's entry of a file with this digest. */
static const mien_model_entry *entry_of(const char *sha256)
{
    const mien_model_entry *e = NULL;
    for (int i = 0; (e = mien_model_at(i)); i++)
        if (strcmp(e->sha256, sha256) == 0)
            return e;
    return NULL;
}

static mi_card_kind kind_of(const mi_card_facts *f)
{
    const char *task = mi_card_meta(f, "mien.task");
    if (!f->graph)
        return MI_CARD_CASCADE;
    if (f->entry)
        return strcmp(f->entry->task, "objects") == 0 ? MI_CARD_OBJECTS
                                                      : MI_CARD_FACES;
    if (strcmp(task, "tabular") == 0)
        return MI_CARD_TABLE;
    return strcmp(task, "pictures") == 0 ? MI_CARD_PICTURES : MI_CARD_OTHER;
}

/* ---- what it is ---------------------------------------------------------- */

/* "age [1,1], gender [1,2]" */
static void put_ports(const mien_graph *g, int outputs, mien_buffer *out)
{
    int n = outputs ? mien_graph_outputs(g) : mien_graph_inputs(g);
    for (int i = 0; i < n; i++) {
        mien_shape s = outputs ? mien_graph_output_shape(g, i)
                               : mien_graph_input_shape(g, i);
        mien_buffer_printf(out, "%s%s [", i ? ", " : "",
                           outputs ? mien_graph_output_name(g, i)
                                   : mien_graph_input_name(g, i));
        for (int d = 0; d < s.rank; d++) {
            mien_buffer_puts(out, d ? "," : "");
            if (s.dim[d] > 0)
                mien_buffer_printf(out, "%lld", (long long)s.dim[d]);
            else
                mien_buffer_puts(out, "n");
        }
        mien_buffer_puts(out, "]");
    }
}

/* What kind of model, in words. */
static void put_kind(mien_card *c, const mi_card_facts *f)
{
    static const char *const words[] = {
        "scores rows of tables",
        "a network that learned from pictures",
        "a published network about faces",
        "a published network about things",
        "a cascade of boosted stages (Viola and Jones)",
        "a network"};
    mien_buffer b = {0};
    mien_buffer_puts(&b, words[f->kind]);
    if (f->kind == MI_CARD_TABLE)
        mien_buffer_printf(&b, ": %s, for %s = %s",
                           strcmp(mi_card_meta(f, "mien.kind"), "logistic") == 0
                               ? "logistic regression"
                               : "auto-encoder, by its error of reconstruction",
                           mi_card_meta(f, "mien.label"),
                           mi_card_meta(f, "mien.positive"));
    if (f->entry)
        mien_buffer_printf(&b, ": %s, %s", f->entry->task, f->entry->summary);
    mi_card_give(c, "kind", "Kind", MIEN_CARD_COMPUTED, &b);
}

/* Where it comes from, and what its licence is. */
static void put_origin(mien_card *c, const mi_card_facts *f)
{
    int own = f->kind == MI_CARD_TABLE || f->kind == MI_CARD_PICTURES;
    const mien_model_entry *e = f->entry;
    mien_buffer b = {0};
    if (e)
        mien_buffer_printf(&b, "%s, version %s", e->source, e->version);
    else if (own)
        mien_buffer_puts(&b, "trained with mien");
    if (b.n || b.failed)
        mi_card_give(c, "source", "Source", MIEN_CARD_COMPUTED, &b);
    else
        mi_card_known(c, "source", "Source", mi_card_meta(f, "mien.source"),
                      "neither the file nor the catalogue tells it");
    mi_card_known(c, "licence", "Licence",
                  e ? e->licence : mi_card_meta(f, "mien.licence"),
                  "the file does not tell it: who trained it has to");
    if (e && e->note)
        mien_card_put(c, "note", "To know before use", MIEN_CARD_STATED,
                      e->note);
}

/* Kind, digest, shapes, origin. */
static void put_model(mien_card *c, const mi_card_facts *f)
{
    mien_buffer b = {0};
    mien_card_section(c, "model", "Model");
    put_kind(c, f);
    mien_buffer_printf(&b, "%s, %zu bytes", f->sha256, f->source->model_n);
    mi_card_give(c, "sha256", "SHA-256 of the file", MIEN_CARD_COMPUTED, &b);
    if (f->graph) {
        put_ports(f->graph, 0, &b);
        mi_card_give(c, "inputs", "Inputs", MIEN_CARD_COMPUTED, &b);
        put_ports(f->graph, 1, &b);
        mi_card_give(c, "outputs", "Outputs", MIEN_CARD_COMPUTED, &b);
        mien_buffer_printf(&b, "%lld",
                           (long long)mien_graph_parameters(f->graph));
        mi_card_give(c, "parameters", "Parameters", MIEN_CARD_COMPUTED, &b);
    }
    put_origin(c, f);
}

/* ---- the whole ----------------------------------------------------------- */

/* Does a text look like a cascade of OpenCV's? */
static int is_cascade(const uint8_t *bytes, size_t n)
{
    static const char word[] = "cascade";
    return n && bytes[0] == '<' &&
           memmem(bytes, n < 4096 ? n : 4096, word, sizeof word - 1) != NULL;
}

const char *mi_card_no_metrics(const mi_card_facts *f)
{
    if (f->metrics)
        return "the metrics.json beside the model does not tell it";
    return f->source->metrics ? "the metrics.json beside the model is of "
                                "another one"
           : f->entry         ? "the catalogue does not tell it"
                              : "no metrics.json lies beside the model";
}

/* Leave metrics out that say that they are of another model. */
static void check_metrics(mi_card_facts *f)
{
    const char *of =
        json_string_value(json_object_get(f->metrics, "model_sha256"));
    if (of && strcmp(of, f->sha256) != 0) {
        json_decref(f->metrics);
        f->metrics = NULL;
    }
}

/* Read the sheet of the data, if it is the one that the model knows. */
static mien_status read_sheet(mi_card_facts *f, mien_error *err)
{
    const mien_card_source *s = f->source;
    char digest[65];
    if (!s->sheet)
        return MIEN_OK;
    mien_sha256(s->sheet, s->sheet_n, digest);
    if (strcmp(digest, mi_card_meta(f, "mien.sheet_sha256")) != 0)
        return MIEN_OK;
    return mi_json_read("datasheet.json", s->sheet, s->sheet_n,
                        MIEN_CARD_MAX_SHEET, &f->sheet, err);
}

/* Read what stands in the comment at the head of a cascade: "KEY DIGEST". */
static void read_noted(mi_card_facts *f)
{
    char head[4096];
    size_t n = f->source->model_n;
    n = n < sizeof head - 1 ? n : sizeof head - 1;
    memcpy(head, f->source->model, n);
    head[n] = 0;
    char *comment = strstr(head, "<!--");
    char *end = comment ? strstr(comment, "-->") : NULL;
    if (!end)
        return;
    *end = 0;
    for (int i = 0; i < 2; i++) {
        const char *at = strstr(comment, noted[i]);
        at = at ? at + strlen(noted[i]) : "";
        if (*at == ' ' && strspn(at + 1, "0123456789abcdef") == 64)
            memcpy(f->noted[i], at + 1, 64);
    }
}

/* Read the file and its metrics. */
static mien_status read_facts(mi_card_facts *f, mien_error *err)
{
    const mien_card_source *s = f->source;
    mien_status st = MIEN_OK;
    mien_sha256(s->model, s->model_n, f->sha256);
    f->entry = entry_of(f->sha256);
    if (is_cascade(s->model, s->model_n))
        read_noted(f);
    else
        st = mien_onnx_read_borrowed(s->model, s->model_n, &f->graph, err);
    if (!st && s->metrics)
        st = mi_json_read("metrics.json", s->metrics, s->metrics_n,
                          MIEN_CARD_MAX_METRICS, &f->metrics, err);
    if (!st && s->metrics && !json_is_object(f->metrics))
        st = mi_fail(err, MIEN_EFORMAT,
                     "metrics.json: no JSON object, wanted what training "
                     "writes beside a model");
    check_metrics(f);
    f->kind = kind_of(f);
    return st ? st : read_sheet(f, err);
}

/* "Logistic regression for y = yes" */
static void put_title(const mi_card_facts *f, mien_buffer *out)
{
    const char *kind = mi_card_meta(f, "mien.kind");
    const char *network =
        json_string_value(json_object_get(f->metrics, "network"));
    if (f->kind == MI_CARD_TABLE)
        mien_buffer_printf(out, "%s for %s = %s",
                           strcmp(kind, "logistic") == 0 ? "Logistic regression"
                                                         : "Auto-encoder",
                           mi_card_meta(f, "mien.label"),
                           mi_card_meta(f, "mien.positive"));
    else
        mien_buffer_puts(out, f->entry              ? f->entry->name
                              : network && *network ? network
                                                    : f->source->name);
    mien_buffer_put(out, "", 1);
}

mien_status mien_card_of_model(const mien_card_source *source, mien_card **out,
                               mien_error *err)
{
    mi_card_facts f = {.source = source};
    mien_buffer title = {0};
    mien_card *c = NULL;
    mien_status st = read_facts(&f, err);
    if (!st) {
        put_title(&f, &title);
        st = title.failed ? mi_no_memory(err)
                          : mien_card_new("mien/model-card/1",
                                          (const char *)title.data, &c, err);
    }
    if (!st) {
        put_model(c, &f);
        mi_card_uses(c, &f);
        mi_card_data(c, &f);
        mi_card_figures(c, &f);
        mi_card_person(c, &f);
        if (c->failed)
            st = mi_no_memory(err);
    }
    mien_buffer_free(&title);
    mien_graph_free(f.graph);
    json_decref(f.metrics);
    json_decref(f.sheet);
    if (st)
        mien_card_free(c);
    else
        *out = c;
    return st;
}
