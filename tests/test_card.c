/* test_card.c: cards of models: what is known, what is not, and that no text
 * becomes markup. */
/* Not as WebAssembly: reads JSON with jansson. */
#include "base/alloc.h"
#include "mien/graph.h"
#include "mien/report_card.h"
#include "tests/check.h"
#include "tests/study_make.h"

#include <jansson.h>

/* What a buffer holds, as a text to be freed. */
static char *text_of(mien_buffer *b)
{
    mien_buffer_put(b, "", 1);
    char *text = strdup((const char *)b->data);
    mien_buffer_free(b);
    return text;
}

/* A model's card as JSON; NULL and the status. */
static json_t *card_of(mien_bytes model, const char *metrics,
                       mien_status *status, mien_error *err)
{
    mien_card_source source = {
        .name = "some.onnx", .model = model.data, .model_n = model.n};
    mien_card *c = NULL;
    mien_buffer b = {0};
    if (metrics)
        source.metrics = (const uint8_t *)metrics;
    source.metrics_n = metrics ? strlen(metrics) : 0;
    *status = mien_card_of_model(&source, &c, err);
    if (*status)
        return NULL;
    CHECK(!mien_card_json(c, &b, NULL));
    mien_card_free(c);
    char *text = text_of(&b);
    json_t *j = json_loads(text, 0, NULL);
    CHECK(j != NULL);
    free(text);
    return j;
}

/* An item of a card by its key; NULL: there is none. */
static const json_t *item(const json_t *card, const char *key)
{
    const json_t *sections = json_object_get(card, "sections");
    for (size_t s = 0; s < json_array_size(sections); s++) {
        const json_t *items =
            json_object_get(json_array_get(sections, s), "items");
        for (size_t i = 0; i < json_array_size(items); i++) {
            const json_t *at = json_array_get(items, i);
            if (!strcmp(json_string_value(json_object_get(at, "key")), key))
                return at;
        }
    }
    return NULL;
}

static const char *said(const json_t *card, const char *key, const char *what)
{
    const char *text =
        json_string_value(json_object_get(item(card, key), what));
    return text ? text : "(none)";
}

static int is_open(const json_t *card, const char *key)
{
    return strcmp(said(card, key, "state"), "open") == 0;
}

/* All lines of an item, one behind the other. */
static void lines_of(const json_t *card, const char *key, char out[8192])
{
    const json_t *lines = json_object_get(item(card, key), "lines");
    *out = 0;
    for (size_t i = 0; i < json_array_size(lines); i++) {
        const char *line = json_string_value(json_array_get(lines, i));
        size_t n = strlen(out);
        snprintf(out + n, 8192 - n, "%s\n", line);
    }
}

static const char sheet[] = "{\"answers\": {\"origin\": \"Two mills\"}, "
                            "\"computed\": {\"time\": \"2020\"}}";

/* ---- models of tables ---------------------------------------------------- */

static void test_a_table_model_tells_what_it_was_made_of(void)
{
    static const char *const by[] = {"kind"};
    char digest[65], lines[8192], *csv = study_csv(600, 3);
    mien_table *t = study_table(csv);
    mien_study_options o = study_options(MIEN_ESTIMATOR_LOGISTIC);
    memset(digest, 'a', 64);
    digest[64] = 0;
    o.data_sha256 = digest;
    o.sheet = (const uint8_t *)sheet;
    o.sheet_size = strlen(sheet);
    o.by = by;
    o.bys = 1;
    o.terms = (mien_data_terms){"2031-01-31", "contract", digest};
    mien_study *s = study_must(t, &o);
    mien_buffer b = {0};
    mien_status st;
    mien_study_metrics(s, &b);
    char *metrics = text_of(&b);
    json_t *card = card_of(mien_study_model(s), metrics, &st, NULL);
    CHECK(strstr(said(card, "kind", "text"), "y = yes"));
    CHECK(strcmp(said(card, "data", "text"), "made.csv") == 0);
    CHECK(strcmp(said(card, "data_sha256", "text"), digest) == 0);
    char want[65];
    mien_sha256(sheet, strlen(sheet), want);
    CHECK(strcmp(said(card, "sheet_sha256", "text"), want) == 0);
    CHECK(strncmp(said(card, "size", "text"), "600 rows, ", 10) == 0);
    CHECK(strstr(said(card, "split", "text"), "random, 384 training rows"));
    CHECK(strcmp(said(card, "data_role", "text"), "training data, 600 rows") ==
          0);
    CHECK(strcmp(said(card, "data_retention", "text"), "2031-01-31") == 0);
    CHECK(strcmp(said(card, "data_personal", "text"), "contract") == 0);
    CHECK(strstr(said(card, "data_inferred_by", "text"), digest));
    CHECK(strcmp(said(card, "columns", "text"), "a, b, kind") == 0);
    CHECK(is_open(card, "licence") && is_open(card, "data_origin") &&
          is_open(card, "consequences"));
    lines_of(card, "test", lines);
    CHECK(strstr(lines, "auc: 0.") && strstr(lines, " to "));
    lines_of(card, "test_by", lines);
    CHECK(strstr(lines, "blue") && strstr(lines, "recall: "));
    lines_of(card, "groups_seen", lines);
    CHECK(strstr(lines, "kind: red: "));
    lines_of(card, "weights", lines);
    CHECK(strstr(lines, "more a speaks for y = yes") &&
          strstr(lines, "more b speaks for y = yes"));
    CHECK(strncmp(lines, "+", 1) == 0);
    CHECK(!is_open(card, "significance"));
    json_t *not_known = json_object_get(card, "not_known");
    CHECK_EQ((long long)json_array_size(not_known),
             json_integer_value(json_object_get(card, "open")));
    json_decref(card);
    card = card_of(mien_study_model(s), NULL, &st, NULL);
    CHECK(is_open(card, "data") && is_open(card, "size") &&
          is_open(card, "split") && is_open(card, "test"));
    CHECK(strcmp(said(card, "data_sha256", "text"), digest) == 0);
    json_decref(card);
    /* Metrics that say that they are of another model tell nothing. */
    char *at = strstr(metrics, "\"model_sha256\": \"");
    CHECK(at != NULL);
    at[17] = at[17] == '0' ? '1' : '0';
    card = card_of(mien_study_model(s), metrics, &st, NULL);
    CHECK(is_open(card, "size") && is_open(card, "test") &&
          strstr(said(card, "test", "text"), "of another one"));
    json_decref(card);
    free(metrics);
    mien_study_free(s);
    mien_table_free(t);
    free(csv);
}

/* The sheet that a model was trained with tells where its data come from; any
 * other does not. */
static void test_the_sheet_of_its_data(void)
{
    char *csv = study_csv(600, 3);
    mien_table *t = study_table(csv);
    mien_study_options o = study_options(MIEN_ESTIMATOR_LOGISTIC);
    o.sheet = (const uint8_t *)sheet;
    o.sheet_size = strlen(sheet);
    mien_study *s = study_must(t, &o);
    for (int other = 0; other < 2; other++) {
        mien_card *c = NULL;
        mien_buffer b = {0};
        const mien_bytes model = mien_study_model(s);
        const mien_card_source source = {.name = "model.onnx",
                                         .model = model.data,
                                         .model_n = model.n,
                                         .sheet = o.sheet,
                                         .sheet_n =
                                             o.sheet_size - (size_t)other};
        CHECK(!mien_card_of_model(&source, &c, NULL));
        CHECK(!mien_card_json(c, &b, NULL));
        char *text = text_of(&b);
        json_t *card = json_loads(text, 0, NULL);
        CHECK_EQ(is_open(card, "data_origin"), other);
        CHECK_EQ(is_open(card, "data_time"), other);
        CHECK(is_open(card, "data_place"));
        CHECK(strcmp(said(card, "data_origin", "text"), "Two mills") == 0 ||
              strstr(said(card, "data_origin", "text"), "not the one"));
        json_decref(card);
        free(text);
        mien_card_free(c);
    }
    mien_study_free(s);
    mien_table_free(t);
    free(csv);
}

/* Metadata without a key are those of no question. */
static void test_metadata_without_a_key_answer_nothing(void)
{
    static const uint8_t lie[] = {0x72, 7, 0x0a, 0, 0x12, 3, 'l', 'i', 'e'};
    char *csv = study_csv(600, 3);
    mien_table *t = study_table(csv);
    mien_study_options o = study_options(MIEN_ESTIMATOR_LOGISTIC);
    mien_study *s = study_must(t, &o);
    const mien_bytes model = mien_study_model(s);
    mien_buffer b = {0};
    mien_status st;
    mien_buffer_put(&b, model.data, model.n);
    mien_buffer_put(&b, lie, sizeof lie);
    json_t *card = card_of((mien_bytes){b.data, b.n}, NULL, &st, NULL);
    CHECK_EQ(st, MIEN_OK);
    CHECK(is_open(card, "data_origin") && is_open(card, "data_rights") &&
          is_open(card, "data_covered"));
    json_decref(card);
    mien_buffer_free(&b);
    mien_study_free(s);
    mien_table_free(t);
    free(csv);
}

/* ---- others -------------------------------------------------------------- */

static void test_a_network_of_the_catalogue(void)
{
    mien_bytes model = {0};
    mien_status st;
    model.data = (uint8_t *)(uintptr_t)mien_model_embedded("yunet", &model.n);
    json_t *card = card_of(model, NULL, &st, NULL);
    CHECK(strcmp(said(card, "licence", "text"), "BSD-3-Clause") == 0);
    CHECK(strcmp(said(card, "source", "text"), "YuNet, version 2023") == 0);
    CHECK(strstr(said(card, "intended", "text"), "not whose"));
    CHECK(is_open(card, "data") && is_open(card, "test") &&
          is_open(card, "groups_seen"));
    static const char *const refused[] = {"refused_scraping", "refused_emotion",
                                          "refused_categories", "gdpr_9",
                                          "gdpr_22"};
    for (int i = 0; i < 5; i++)
        CHECK_MSG(strcmp(said(card, refused[i], "state"), "stated") == 0, "%s",
                  refused[i]);
    CHECK(item(card, "refused_scoring") == NULL);
    json_decref(card);
}

static void test_a_cascade_tells_little(void)
{
    static const char xml[] = "<?xml version=\"1.0\"?><opencv_storage>"
                              "<cascade></cascade></opencv_storage>";
    mien_status st;
    json_t *card = card_of((mien_bytes){(uint8_t *)(uintptr_t)xml, sizeof xml},
                           NULL, &st, NULL);
    CHECK(strstr(said(card, "kind", "text"), "cascade"));
    CHECK(is_open(card, "licence") && is_open(card, "source"));
    json_decref(card);
}

/* What training notes of the data, in a comment at the head. */
static void test_a_cascade_names_its_data(void)
{
#define SIXTEEN "0123456789abcdef"
#define DIGEST SIXTEEN SIXTEEN SIXTEEN SIXTEEN
#define AROUND(comment)                                    \
    "<?xml version=\"1.0\"?>\n" comment "<opencv_storage>" \
    "<cascade></cascade></opencv_storage>"
    static const char xml[][320] = {
        AROUND("<!-- mien.data_sha256 " DIGEST " mien.sheet_sha256 " DIGEST
               " -->"),
        AROUND("<!-- mien.data_sha256 " SIXTEEN " -->"),
        AROUND("<!-- mien.data_sha256 " DIGEST)};
    for (int i = 0; i < 3; i++) {
        mien_status st;
        json_t *card =
            card_of((mien_bytes){(uint8_t *)(uintptr_t)xml[i], strlen(xml[i])},
                    NULL, &st, NULL);
        CHECK_EQ(is_open(card, "data_sha256"), i > 0);
        CHECK_EQ(is_open(card, "sheet_sha256"), i > 0);
        if (!i)
            CHECK(strcmp(said(card, "data_sha256", "text"), DIGEST) == 0);
        json_decref(card);
    }
}

static void test_what_is_no_model_is_refused(void)
{
    mien_status st;
    mien_error err = {0};
    mien_bytes model = {(uint8_t *)(uintptr_t) "not a model", 11};
    CHECK(!card_of(model, NULL, &st, &err) && st == MIEN_EFORMAT);
    model.data = (uint8_t *)(uintptr_t)mien_model_embedded("yunet", &model.n);
    CHECK(!card_of(model, "[1, 2]", &st, &err) && st == MIEN_EFORMAT &&
          strstr(err.text, "metrics.json: no JSON object"));
    CHECK(!card_of(model, "{\"a\": ", &st, &err) && st == MIEN_EFORMAT &&
          strstr(err.text, "metrics.json: line 1"));
    /* Anything else in it is passed over. */
    json_t *card = card_of(
        model,
        "{\"rows\": \"many\", \"events\": {}, \"split\": 3, \"data\": [],"
        "\"notes\": [1, {}, null], \"settings\": {\"a\": 1}, \"test\": "
        "{\"auc\": {\"value\": null, \"low\": 1}, \"deep\": [[[[[[[[[[[[[[[[1"
        "]]]]]]]]]]]]]]]]}, \"test_by\": 7}",
        &st, &err);
    char lines[8192];
    lines_of(card, "test", lines);
    CHECK(strstr(lines, "auc: could not be measured"));
    json_decref(card);
}

static void test_no_text_becomes_markup(void)
{
    mien_card *c = NULL;
    mien_buffer b = {0};
    CHECK(!mien_card_new("x/1", "A <b> title", &c, NULL));
    mien_card_section(c, "s", "Section");
    mien_card_put(c, "a", "Name", MIEN_CARD_COMPUTED,
                  "<script>x</script>\n# no heading [a](b)\033\xff");
    mien_card_put(c, "b", "Other", MIEN_CARD_OPEN, "");
    mien_card_lines(c, "c", "Lines", "```\n<i>\n\nlast");
    mien_card_lines(c, "d", "None", "");
    CHECK_EQ(mien_card_open(c), 1);
    CHECK(!mien_card_text(c, &b, NULL));
    char *text = text_of(&b);
    CHECK(strcmp(text, "# A \\<b\\> title\n\nNot known: 1 of 3.\n\n"
                       "## Section\n\n"
                       "- Name: \\<script\\>x\\</script\\> \\# no heading "
                       "\\[a\\](b) \357\277\275\n"
                       "- Other: **not known**\n\n"
                       "Lines:\n\n    ```\n    <i>\n\n    last\n"
                       "\n## Not known\n\n- Section: Other\n") == 0);
    CHECK(!strstr(text, "\n\n\n"));
    free(text);
    CHECK(!mien_card_page(c, &b, NULL));
    text = text_of(&b);
    CHECK(strstr(text, "&lt;script>x&lt;/script>") && strstr(text, "<pre>```"));
    CHECK(!strstr(text, "<script"));
    free(text);
    mien_card_free(c);
}

static void test_memory_that_ends(void)
{
    char *csv = study_csv(400, 3);
    mien_table *t = study_table(csv);
    mien_study_options o = study_options(MIEN_ESTIMATOR_LOGISTIC);
    mien_study *s = study_must(t, &o);
    mien_status st = MIEN_ENOMEM;
    int n = 0;
    for (; st == MIEN_ENOMEM && n < 5000; n++) {
        mien_buffer b = {0};
        mien_error err = {0};
        mi_alloc_fail_after(n);
        st = mien_study_card(s, &b, &err);
        mi_alloc_fail_after(-1);
        CHECK(!st || (st == MIEN_ENOMEM && err.text[0]));
        mien_buffer_free(&b);
    }
    CHECK(!st && n > 50);
    mien_study_free(s);
    mien_table_free(t);
    free(csv);
}

/* No name of a label or a column is a link, an emphasis or a cell. */
static void test_no_text_is_markdown(void)
{
    static const char *const texts[][2] = {
        {"a|b\nc", "a\\|b c"},
        {"[x](http://y) <b>", "\\[x\\](http://y) \\<b\\>"},
        {"_a_b_ *c* `d`", "\\_a_b\\_ \\*c\\* \\`d\\`"},
        {"\377\303\251\033[1m", "\357\277\275\303\251 \\[1m"},
        {"", ""}};
    mien_buffer b = {0};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        b.n = 0;
        mien_markdown_text(&b, texts[i][0]);
        mien_buffer_put(&b, "", 1);
        CHECK_MSG(!b.failed && strcmp((char *)b.data, texts[i][1]) == 0, "%s",
                  (char *)b.data);
    }
    b.n = 0;
    mien_markdown_lines(&b, "a*\n\nb");
    mien_buffer_put(&b, "", 1);
    CHECK(!b.failed && strcmp((char *)b.data, "    a*\n\n    b\n") == 0);
    mien_buffer_free(&b);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_no_text_is_markdown);
    RUN(test_a_table_model_tells_what_it_was_made_of);
    RUN(test_the_sheet_of_its_data);
    RUN(test_metadata_without_a_key_answer_nothing);
    RUN(test_a_network_of_the_catalogue);
    RUN(test_a_cascade_tells_little);
    RUN(test_a_cascade_names_its_data);
    RUN(test_what_is_no_model_is_refused);
    RUN(test_no_text_becomes_markup);
    RUN(test_memory_that_ends);
    return check_done();
}
