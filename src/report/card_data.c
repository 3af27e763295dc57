/* card_data.c: what a model was trained on. */
#include "report/card.h"

#include "base/alloc.h"
#include "base/fields.h"

#include <string.h>

/* The lines of an array of texts. */
static void put_lines(mien_card *c, const mi_card_facts *f, const char *key,
                      const char *title)
{
    mien_buffer b = {0};
    const json_t *lines = json_object_get(f->metrics, key);
    for (size_t i = 0; i < json_array_size(lines); i++) {
        const char *text = json_string_value(json_array_get(lines, i));
        if (text)
            mien_buffer_printf(&b, "%s\n", text);
    }
    mi_card_give_lines(c, key, title, &b);
}

/* A text of the metrics' "data"; "" where there is none. */
static const char *data_text(const mi_card_facts *f, const char *key)
{
    const json_t *data = json_object_get(f->metrics, "data");
    const char *text = json_string_value(json_object_get(data, key));
    return text ? text : "";
}

/* What the sheet answers, or what was computed for it; NULL: neither. */
static const char *sheet_text(const mi_card_facts *f, const char *key)
{
    static const char *const parts[] = {"answers", "computed"};
    const char *text = NULL;
    for (int i = 0; i < 2 && !text; i++)
        text = json_string_value(
            json_object_get(json_object_get(f->sheet, parts[i]), key));
    return text;
}

/* A whole number of the metrics; -1: there is none. */
static long long number(const mi_card_facts *f, const char *key)
{
    const json_t *v = json_object_get(f->metrics, key);
    return json_is_integer(v) ? (long long)json_integer_value(v) : -1;
}

/* Rows and events of a table, samples of pictures. */
static void put_size(mien_card *c, const mi_card_facts *f)
{
    mien_buffer b = {0};
    long long rows = number(f, "rows"), events = number(f, "events");
    long long train = number(f, "training_samples");
    if (rows >= 0) {
        mien_buffer_printf(&b, "%lld rows", rows);
        if (events >= 0 && rows > 0)
            mien_buffer_printf(&b, ", %lld of them events (%.4g %%)", events,
                               100 * (double)events / (double)rows);
    } else if (train >= 0) {
        mien_buffer_printf(&b, "%lld samples to learn from", train);
        if (number(f, "validation_samples") >= 0)
            mien_buffer_printf(&b, ", %lld for validation",
                               number(f, "validation_samples"));
        if (number(f, "test_samples") >= 0)
            mien_buffer_printf(&b, ", %lld for the test",
                               number(f, "test_samples"));
    }
    if (b.n || b.failed)
        mi_card_give(c, "size", "Size", MIEN_CARD_COMPUTED, &b);
    else
        mien_card_put(c, "size", "Size", MIEN_CARD_OPEN, mi_card_no_metrics(f));
}

/* How the table was parted. */
static void put_split(mien_card *c, const mi_card_facts *f)
{
    const char *split = json_string_value(json_object_get(f->metrics, "split"));
    mien_buffer b = {0};
    if (!split) {
        if (f->kind == MI_CARD_TABLE)
            mien_card_put(c, "split", "Split", MIEN_CARD_OPEN,
                          mi_card_no_metrics(f));
        return;
    }
    mien_buffer_printf(&b, "%s", split);
    if (number(f, "training_rows") >= 0)
        mien_buffer_printf(&b, ", %lld training rows",
                           number(f, "training_rows"));
    if (number(f, "seed") >= 0)
        mien_buffer_printf(&b, ", seed %lld", number(f, "seed"));
    if (number(f, "purge") > 0)
        mien_buffer_printf(&b, ", %lld rows left out between parts",
                           number(f, "purge"));
    mi_card_give(c, "split", "Split", MIEN_CARD_COMPUTED, &b);
}

/* Walk lines of fields, which are undone in a copy. */
static void put_fields(mien_card *c, const char *text,
                       void (*line)(mien_buffer *out, char **field, int n),
                       mien_buffer *out)
{
    size_t n = strlen(text) + 1;
    char *copy = mi_alloc(n, 1), *field[4];
    if (!copy) {
        c->failed = 1;
        return;
    }
    memcpy(copy, text, n);
    for (char *at = copy, *next; at && *at; at = next) {
        next = strchr(at, '\n');
        if (next)
            *next++ = 0;
        int fields = mi_field_split(at, field, 4);
        line(out, field, fields);
    }
    mi_free(copy);
}

/* "number NAME ...", "text NAME LEVEL ..." */
static void column_line(mien_buffer *out, char **field, int n)
{
    if (n >= 2)
        mien_buffer_printf(out, "%s%s", out->n ? ", " : "", field[1]);
}

/* "group BY NAME COUNT" */
static void group_line(mien_buffer *out, char **field, int n)
{
    if (n == 4)
        mien_buffer_printf(out, "%s: %s: %s rows%s\n", field[1], field[2],
                           field[3],
                           strcmp(field[3], "0") == 0
                               ? " - never seen in training: cannot judge"
                               : "");
}

/* Which groups of rows it learned from, and what it has never seen. */
static void put_seen(mien_card *c, const mi_card_facts *f)
{
    mien_buffer b = {0};
    mien_card_section(c, "seen", "What it has seen, and what it has not");
    put_fields(c, mi_card_meta(f, "mien.groups"), group_line, &b);
    if (b.n || b.failed)
        mi_card_give_lines(c, "groups_seen", "Groups of the training rows", &b);
    else
        mien_card_put(c, "groups_seen", "Groups it learned from",
                      MIEN_CARD_OPEN,
                      f->kind == MI_CARD_TABLE
                          ? "not recorded: training with --by records them"
                          : "neither the file nor the catalogue tells of whom "
                            "the training pictures are");
    mien_card_put(c, "unseen", "What it has never seen", MIEN_CARD_STATED,
                  f->kind == MI_CARD_TABLE
                      ? "a group without training rows, or a text that is no "
                        "level of its column, cannot be judged: what the model "
                        "says there is chance"
                      : "cameras, light, ages and origins of people that are "
                        "not in its training pictures cannot be judged without "
                        "figures of their own");
}

/* Digests of the data and of its sheet. */
static void put_digests(mien_card *c, const mi_card_facts *f)
{
    const char *data = mi_card_meta(f, "mien.data_sha256");
    const char *sheet = mi_card_meta(f, "mien.sheet_sha256");
    mi_card_known(c, "data_sha256", "SHA-256 of the data",
                  *data ? data : data_text(f, "sha256"),
                  "not recorded when it was trained");
    mi_card_known(c, "sheet_sha256", "SHA-256 of the data's sheet",
                  *sheet ? sheet : data_text(f, "sheet_sha256"),
                  f->kind == MI_CARD_TABLE || f->kind == MI_CARD_PICTURES
                      ? "trained on data without a sheet: mien dataset sheet "
                        "makes one, --require-sheet asks for it"
                      : "there is none");
}

/* Role of the data, and whether another model inferred some of them. */
static void put_role(mien_card *c, const mi_card_facts *f)
{
    const char *rows = mi_card_meta(f, "mien.data_rows");
    const char *by = mi_card_meta(f, "mien.inferred_by");
    mien_buffer b = {0};
    if (f->kind != MI_CARD_TABLE)
        return;
    mien_buffer_printf(&b, "training data%s%s%s", *rows ? ", " : "", rows,
                       *rows ? " rows" : "");
    mi_card_give(c, "data_role", "Role of the data", MIEN_CARD_COMPUTED, &b);
    if (!*by)
        return;
    mien_buffer_printf(&b,
                       "by the model %s: this one learned that one's mistakes "
                       "too",
                       by);
    mi_card_give(c, "data_inferred_by", "Inferred, not observed",
                 MIEN_CARD_COMPUTED, &b);
}

/* What the sheet of the data answers, or the model itself, and would have. */
static void put_answers(mien_card *c, const mi_card_facts *f)
{
    static const struct {
        const char *key, *title, *question, *meta;
    } wanted[] = {{"data_origin", "Where the data come from", "origin", ""},
                  {"data_rights", "Licence of the data", "licence", ""},
                  {"data_personal",
                   "Are they about people, and on what legal ground",
                   "personal", "mien.basis"},
                  {"data_covered", "Who is covered", "covered", ""},
                  {"data_under_represented", "Who is under-represented",
                   "under_represented", ""},
                  {"data_time", "Of what time they are", "time", ""},
                  {"data_place", "Of what places they are", "place", ""},
                  {"data_retention", "Until when they are kept", "retention",
                   "mien.retention"}};
    const char *missing = f->source->sheet && !f->sheet
                              ? "the datasheet.json beside the model is not "
                                "the one it was trained with"
                          : f->sheet ? "the sheet of the data leaves it open"
                                     : "not stated";
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        const char *own =
            *wanted[i].meta ? mi_card_meta(f, wanted[i].meta) : "";
        const char *text = *own ? own : sheet_text(f, wanted[i].question);
        mien_card_put(c, wanted[i].key, wanted[i].title,
                      text ? MIEN_CARD_STATED : MIEN_CARD_OPEN,
                      text ? text : missing);
    }
}

void mi_card_data(mien_card *c, const mi_card_facts *f)
{
    mien_buffer b = {0};
    mien_card_section(c, "data", "What it was trained on");
    mi_card_known(c, "data", "Data", data_text(f, "name"),
                  mi_card_no_metrics(f));
    put_role(c, f);
    put_answers(c, f);
    put_digests(c, f);
    put_size(c, f);
    put_split(c, f);
    put_fields(c, mi_card_meta(f, "mien.columns"), column_line, &b);
    if (b.n || b.failed)
        mi_card_give(c, "columns", "Columns it reads", MIEN_CARD_COMPUTED, &b);
    put_lines(c, f, "notes", "What was seen in the data");
    put_lines(c, f, "settings", "How it was trained");
    put_seen(c, f);
}
