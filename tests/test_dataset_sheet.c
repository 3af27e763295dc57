/* Sheets of data: what is computed, what is answered, what stays
 * open, and which data a model may learn from. */
/* Not as WebAssembly: reads JSON with jansson. */
#include "base/alloc.h"
#include "tests/sheet_make.h"
#include "tests/study_make.h"

static const char first[] =
    "1111111111111111111111111111111111111111111111111111111111111111";
static const char second[] =
    "2222222222222222222222222222222222222222222222222222222222222222";

static const char table_text[] = "when,age,sex,same,copy\n"
                                 "2020-01-01,20,f,1,20\n"
                                 "2020-01-02,30,m,1,30\n"
                                 "2020-02-01,,f,1,\n"
                                 "2020-01-02,30,m,1,30\n";

/* A sheet of the table. */
static mien_datasheet *made(const char *sha256)
{
    static const char *const group[] = {"sex"};
    const mien_datasheet_data data = {
        .name = "t.csv", .sha256 = sha256, .group = group, .groups = 1};
    mien_table *t = study_table(table_text);
    mien_datasheet *s = NULL;
    mien_error err = {0};
    CHECK(!mien_datasheet_new(&s, NULL));
    CHECK_MSG(!mien_datasheet_compute(s, t, &data, &err), "%s", err.text);
    mien_table_free(t);
    return s;
}

/* Written and read again; the first is freed. */
static mien_datasheet *reread(mien_datasheet *s)
{
    mien_buffer b = {0};
    mien_datasheet *back = NULL;
    mien_error err = {0};
    CHECK(!mien_datasheet_write(s, &b, NULL));
    CHECK_MSG(!mien_datasheet_read(b.data, b.n, &back, &err), "%s", err.text);
    mien_buffer_free(&b);
    mien_datasheet_free(s);
    return back;
}

/* Answer everything that is required. */
static void answer_required(mien_datasheet *s)
{
    const mien_datasheet_question *q = NULL;
    for (int i = 0; (q = mien_datasheet_question_at(i)); i++)
        if (q->required)
            CHECK(!mien_datasheet_answer(s, q->key, "so", NULL));
}

static void test_what_a_table_tells_is_computed(void)
{
    mien_datasheet *s = made(first);
    json_t *j = sheet_json(s);
    CHECK(strcmp(sheet_text(j, "computed", "contents"),
                 "4 rows, 5 columns: when (date), age (number), sex (text), "
                 "same (number), copy (number)") == 0);
    CHECK(strcmp(sheet_text(j, "computed", "missing"),
                 "2 of 20 values (10 %), in 2 of 5 columns: age 25 %, copy 25 "
                 "%") == 0);
    CHECK(strcmp(sheet_text(j, "computed", "completeness"),
                 "3 of 4 rows have every value (75 %)") == 0);
    CHECK(strcmp(sheet_text(j, "computed", "groups"),
                 "sex: f 2 (50 %), m 2 (50 %)") == 0);
    CHECK(strcmp(sheet_text(j, "computed", "duplication"),
                 "1 of 4 rows are copies of earlier ones (25 %)") == 0);
    CHECK(strcmp(sheet_text(j, "computed", "time"),
                 "when: 2020-01-01 to 2020-02-01") == 0);
    CHECK(strcmp(sheet_text(j, "computed", "timeliness"),
                 "the last when is 2020-02-01") == 0);
    CHECK(strcmp(sheet_text(j, "computed", "consistency"),
                 "same never changes; copy is a copy of age") == 0);
    CHECK(strcmp(sheet_text(j, "computed", "origin"), "") == 0);
    CHECK(strcmp(sheet_text(j, "data", "sha256"), first) == 0);
    json_decref(j);
    mien_datasheet_free(s);
}

static void test_answers_stay_and_can_be_taken_back(void)
{
    mien_datasheet *s = made(first);
    int open = mien_datasheet_open(s, 0), required = mien_datasheet_open(s, 1);
    CHECK(!mien_datasheet_answer(s, "origin", "Two mills\nin Finland", NULL));
    CHECK(!mien_datasheet_answer(s, "owns", "nobody", NULL));
    CHECK_EQ(mien_datasheet_open(s, 0), open - 2);
    CHECK_EQ(mien_datasheet_open(s, 1), required - 1);
    s = reread(s);
    json_t *j = sheet_json(s);
    CHECK(strcmp(sheet_text(j, "answers", "origin"), "Two mills\nin Finland") ==
          0);
    CHECK_EQ(json_integer_value(json_object_get(j, "open")), open - 2);
    CHECK_EQ((long long)json_array_size(json_object_get(j, "open_required")),
             required - 1);
    json_decref(j);
    CHECK(!mien_datasheet_answer(s, "origin", "", NULL));
    CHECK_EQ(mien_datasheet_open(s, 0), open - 1);
    mien_error err = {0};
    CHECK_EQ(mien_datasheet_answer(s, "orgin", "x", &err), MIEN_EARG);
    CHECK(strstr(err.text, "is it 'origin'?"));
    CHECK_EQ(mien_datasheet_answer(s, "origin", "a\033[2J", &err), MIEN_EARG);
    CHECK_EQ(mien_datasheet_answer(s, "origin", "\xff", &err), MIEN_EARG);
    char *large = malloc(MIEN_DATASHEET_MAX_ANSWER + 2);
    memset(large, 'a', MIEN_DATASHEET_MAX_ANSWER + 1);
    large[MIEN_DATASHEET_MAX_ANSWER + 1] = 0;
    CHECK_EQ(mien_datasheet_answer(s, "origin", large, &err), MIEN_ELIMIT);
    CHECK(!mien_datasheet_answer(s, "origin", large + 1, &err));
    free(large);
    mien_datasheet_free(s);
}

static void test_the_gate(void)
{
    mien_error err = {0};
    mien_table *t = study_table(table_text);
    mien_datasheet *s = made(first);
    CHECK_EQ(mien_datasheet_gate(s, first, &err), MIEN_EARG);
    /* Of what time they are, the table tells. */
    CHECK_EQ(mien_datasheet_open(s, 1), 9);
    CHECK(strstr(err.text, "9 required questions are open: origin, collection, "
                           "purpose, fit, covered, under_represented, "
                           "units_missing, place, personal;"));
    answer_required(s);
    s = reread(s);
    CHECK_EQ(mien_datasheet_gate(s, first, &err), MIEN_OK);
    CHECK_EQ(mien_datasheet_gate(s, second, &err), MIEN_EARG);
    CHECK(strstr(err.text, "of other data"));
    mien_datasheet_data data = {.name = "t.csv", .sha256 = second};
    CHECK(!mien_datasheet_changed(s));
    CHECK(!mien_datasheet_compute(s, t, &data, NULL));
    s = reread(s);
    CHECK(mien_datasheet_changed(s));
    CHECK_EQ(mien_datasheet_gate(s, second, &err), MIEN_EARG);
    CHECK(strstr(err.text, "changed since the questions were answered"));
    mien_card *c = NULL;
    mien_buffer b = {0};
    CHECK(!mien_datasheet_card(s, &c, NULL) && !mien_card_text(c, &b, NULL));
    mien_buffer_put(&b, "", 1);
    CHECK(strstr((char *)b.data, "has changed since the questions"));
    CHECK(strstr((char *)b.data, "\nNot known: "));
    CHECK(strstr((char *)b.data, "(origin): so\n"));
    mien_buffer_free(&b);
    mien_card_free(c);
    data.confirm = 1;
    CHECK(!mien_datasheet_compute(s, t, &data, NULL));
    CHECK_EQ(mien_datasheet_gate(s, second, &err), MIEN_OK);
    /* The columns of groups were kept. */
    json_t *j = sheet_json(s);
    CHECK(strncmp(sheet_text(j, "computed", "groups"), "sex: f 2", 8) == 0);
    json_decref(j);
    mien_datasheet_free(s);
    mien_table_free(t);
}

static void test_columns_that_are_not_there(void)
{
    static const char *const group[] = {"height"};
    const mien_datasheet_data data = {
        .name = "t.csv", .sha256 = second, .group = group, .groups = 1};
    mien_table *t = study_table(table_text);
    mien_datasheet *s = made(first);
    mien_error err = {0};
    CHECK_EQ(mien_datasheet_compute(s, t, &data, &err), MIEN_EARG);
    CHECK(strstr(err.text, "no column 'height'"));
    CHECK(strcmp(mien_datasheet_digest(s), first) == 0);
    mien_datasheet_free(s);
    mien_table_free(t);
}

/* What a text is refused for. */
static void refused(const char *text, mien_status want, const char *why)
{
    mien_datasheet *s = NULL;
    mien_error err = {0};
    mien_status st =
        mien_datasheet_read((const uint8_t *)text, strlen(text), &s, &err);
    CHECK_MSG(st == want && strstr(err.text, why), "%s: %d %s", text, st,
              err.text);
    mien_datasheet_free(st ? NULL : s);
}

static void test_hostile_sheets(void)
{
    refused("", MIEN_EFORMAT, "line 1");
    refused("[]", MIEN_EFORMAT, "schema '' cannot");
    refused("{\"schema\": \"mien/datasheet/9\"}", MIEN_EFORMAT, "datasheet/9");
#define HEAD "{\"schema\": \"mien/datasheet/1\", "
    refused(HEAD "\"data\": {\"name\": \"a\"}}", MIEN_EFORMAT, "answers");
    refused(HEAD "\"answers\": {}}", MIEN_EFORMAT, "no \"data\"");
    refused(HEAD "\"answers\": {}, \"data\": {\"name\": 3}}", MIEN_EFORMAT,
            "no \"data\"");
#define NAMED HEAD "\"data\": {\"name\": \"a\"}, "
    refused(NAMED "\"answers\": {\"origin\": 3}}", MIEN_EFORMAT, "no text");
    refused(NAMED "\"answers\": {\"ownss\": \"a\"}}", MIEN_EARG,
            "is it 'owns'?");
    refused(NAMED "\"answers\": {\"owns\": \"\\u0007\"}}", MIEN_EARG, "owns");
    refused(HEAD "\"answers\": {}, \"data\": {\"name\": \"a\", \"sha256\": "
                 "\"12\"}}",
            MIEN_EFORMAT, "data.sha256");
    refused(HEAD "\"answers\": {}, \"data\": {\"name\": \"a\", \"groups\": "
                 "[\"a\",\"a\",\"a\",\"a\",\"a\",\"a\",\"a\",\"a\",\"a\"]}}",
            MIEN_ELIMIT, "9 columns");
    refused(HEAD "\"answers\": {}, \"data\": {\"name\": \"a\", \"groups\": "
                 "[1]}}",
            MIEN_EFORMAT, "element 0");
    char *large = calloc(1, MIEN_DATASHEET_MAX_BYTES + 2);
    memset(large, ' ', MIEN_DATASHEET_MAX_BYTES + 1);
    refused(large, MIEN_ELIMIT, "at most");
    free(large);
}

/* Every beginning of a sheet, and every byte changed: refused, or whole. */
static void test_damaged_sheets(void)
{
    mien_datasheet *s = made(first), *back = NULL;
    mien_buffer b = {0};
    answer_required(s);
    CHECK(!mien_datasheet_write(s, &b, NULL));
    mien_datasheet_free(s);
    for (size_t i = 0; i + 2 < b.n; i++)
        CHECK(mien_datasheet_read(b.data, i, &back, NULL) != MIEN_OK);
    for (size_t i = 0; i < b.n; i++) {
        uint8_t was = b.data[i];
        b.data[i] = (uint8_t)(was ^ 1u << i % 8);
        back = NULL;
        if (!mien_datasheet_read(b.data, b.n, &back, NULL))
            CHECK(mien_datasheet_open(back, 0) >= 0);
        mien_datasheet_free(back);
        b.data[i] = was;
    }
    mien_buffer_free(&b);
}

static void test_answers_are_taken_all_or_none(void)
{
    static const char good[] = "{\"origin\": \"here\", \"owns\": \"us\"}";
    static const char bad[] = "{\"origin\": \"there\", \"own\": \"us\"}";
    mien_datasheet *s = made(first);
    mien_error err = {0};
    CHECK(
        !mien_datasheet_answers(s, (const uint8_t *)good, strlen(good), &err));
    CHECK_EQ(mien_datasheet_answers(s, (const uint8_t *)bad, strlen(bad), &err),
             MIEN_EARG);
    json_t *j = sheet_json(s);
    CHECK(strcmp(sheet_text(j, "answers", "origin"), "here") == 0);
    json_decref(j);
    CHECK_EQ(mien_datasheet_answers(s, (const uint8_t *)"[1]", 3, &err),
             MIEN_EFORMAT);
    mien_datasheet_free(s);
}

static void test_memory_that_ends(void)
{
    static const char *const group[] = {"sex"};
    const mien_datasheet_data data = {
        .name = "t.csv", .sha256 = first, .group = group, .groups = 1};
    mien_table *t = study_table(table_text);
    mien_status st = MIEN_ENOMEM;
    int n = 0;
    for (; st == MIEN_ENOMEM && n < 2000; n++) {
        mien_datasheet *s = NULL, *back = NULL;
        mien_card *c = NULL;
        mien_buffer b = {0}, text = {0};
        mi_alloc_fail_after(n);
        st = mien_datasheet_new(&s, NULL);
        if (!st)
            st = mien_datasheet_compute(s, t, &data, NULL);
        if (!st)
            st = mien_datasheet_answer(s, "origin", "here", NULL);
        if (!st)
            st = mien_datasheet_write(s, &b, NULL);
        if (!st)
            st = mien_datasheet_read(b.data, b.n, &back, NULL);
        if (!st)
            st = mien_datasheet_croissant(s, t, &text, NULL);
        if (!st)
            st = mien_datasheet_ddi(s, t, &text, NULL);
        if (!st)
            st = mien_datasheet_card(back, &c, NULL);
        if (!st)
            st = mien_card_text(c, &text, NULL);
        mi_alloc_fail_after(-1);
        CHECK(st == MIEN_OK || st == MIEN_ENOMEM);
        mien_datasheet_free(s);
        mien_datasheet_free(back);
        mien_card_free(c);
        mien_buffer_free(&b);
        mien_buffer_free(&text);
    }
    CHECK(!st && n > 50);
    mien_table_free(t);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_what_a_table_tells_is_computed);
    RUN(test_answers_stay_and_can_be_taken_back);
    RUN(test_the_gate);
    RUN(test_columns_that_are_not_there);
    RUN(test_hostile_sheets);
    RUN(test_damaged_sheets);
    RUN(test_answers_are_taken_all_or_none);
    RUN(test_memory_that_ends);
    return check_done();
}
