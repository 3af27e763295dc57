/* Croissant metadata, read: what is proposed and what is not, in every form of
 * names; files and columns compared; hostile texts; what is written reads back
 * to the same answers. */
/* Not as WebAssembly: reads JSON with jansson. */
#include "base/alloc.h"
#include "tests/sheet_make.h"
#include "tests/study_make.h"

static const char digest[] =
    "1111111111111111111111111111111111111111111111111111111111111111";
static const char table_text[] = "age,sex,day,share\n"
                                 "20,f,2020-01-02,1.5\n"
                                 "30,m,2020-01-03,2\n";

/* A sheet of the table. */
static mien_datasheet *made(const mien_table *t)
{
    const mien_datasheet_data data = {.name = "t.csv", .sha256 = digest};
    mien_datasheet *s = NULL;
    CHECK(!mien_datasheet_new(&s, NULL));
    CHECK(!mien_datasheet_compute(s, t, &data, NULL));
    return s;
}

/* Read a text into a sheet of the table, t NULL: as if it were of pictures. */
static mien_status take(mien_datasheet *s, const char *text,
                        const mien_table *t, mien_error *err)
{
    return mien_datasheet_from_croissant(s, (const uint8_t *)text, strlen(text),
                                         "c.json", t, err);
}

/* The same of a good text, into a new sheet. */
static mien_datasheet *taken(const char *text, const mien_table *t)
{
    mien_datasheet *s = made(t);
    mien_error err = {0};
    CHECK_MSG(!take(s, text, t, &err), "%s: %s", text, err.text);
    return s;
}

static void test_proposals_are_no_answers(void)
{
    mien_table *t = study_table(table_text);
    mien_datasheet *s = made(t), *back = NULL;
    mien_buffer b = {0};
    mien_card *c = NULL;
    mien_error err = {0};
    const int open = mien_datasheet_open(s, 0);
    CHECK(!mien_datasheet_answer(s, "licence", "mine", NULL));
    CHECK(!take(s,
                "{\"@type\": \"sc:Dataset\", \"license\": \"theirs\", "
                "\"rai:dataCollection\": \"two\\tmills\\r\\nin Finland\", "
                "\"creator\": [{\"name\": \"Ann\"}, {\"name\": \"Bo\"}], "
                "\"url\": \"http://a\", \"version\": \"1.0\", "
                "\"keywords\": [\"a\", \"b\"]}",
                t, &err));
    CHECK_EQ(mien_datasheet_open(s, 0), open - 1);
    CHECK_EQ(mien_datasheet_proposals(s), 2);
    CHECK_STR(mien_datasheet_proposal(s, "origin"), "two mills\nin Finland");
    CHECK_STR(mien_datasheet_proposal(s, "collection"), "Ann, Bo");
    CHECK(!mien_datasheet_proposal(s, "licence"));
    CHECK_STR(mien_datasheet_left_out(s),
              "license: its question is answered already\nurl: http://a\n"
              "version: 1.0\nkeywords: a b\n");
    /* They stay such when they are written and read. */
    CHECK(!mien_datasheet_write(s, &b, NULL));
    CHECK(!mien_datasheet_read(b.data, b.n, &back, &err));
    mien_datasheet_free(s);
    CHECK_EQ(mien_datasheet_proposals(back), 2);
    CHECK_STR(mien_datasheet_croissant_file(back), "c.json");
    CHECK(strstr(mien_datasheet_left_out(back), "version: 1.0\n"));
    CHECK_EQ(mien_datasheet_gate(back, digest, &err), MIEN_EARG);
    CHECK(strstr(err.text, "open: origin, collection"));
    b.n = 0;
    CHECK(!mien_datasheet_card(back, &c, NULL) && !mien_card_text(c, &b, NULL));
    mien_buffer_put(&b, "", 1);
    CHECK(strstr((char *)b.data, "(collection): **not known** (from c.json, "
                                 "not confirmed: Ann, Bo)\n"));
    mien_card_free(c);
    /* An answer, or an empty one, takes the place of a proposal. */
    CHECK(!mien_datasheet_answer(back, "collection", "", NULL));
    CHECK_EQ(mien_datasheet_proposals(back), 1);
    mien_datasheet_confirm(back);
    CHECK_EQ(mien_datasheet_proposals(back), 0);
    CHECK_EQ(mien_datasheet_open(back, 0), open - 2);
    CHECK(!mien_datasheet_changed(back));
    mien_buffer_free(&b);
    mien_datasheet_free(back);
    mien_table_free(t);
}

/* What says the same as an answer is neither proposed nor left out; and a sheet
 * that has both keeps the answer. */
static void test_an_answer_needs_no_proposal(void)
{
    static const char both[] =
        "{\"schema\": \"mien/datasheet/1\", \"data\": {\"name\": \"t.csv\"}, "
        "\"answers\": {\"owns\": \"us\"}, \"proposed\": {\"owns\": \"them\", "
        "\"uses\": \"all\"}, \"croissant\": {\"file\": \"c.json\"}}";
    mien_table *t = study_table(table_text);
    mien_datasheet *s = made(t);
    CHECK(!mien_datasheet_answer(s, "licence", "L", NULL));
    CHECK(!take(s, "{\"@type\": \"Dataset\", \"license\": \"L\"}", t, NULL));
    CHECK_EQ(mien_datasheet_proposals(s), 0);
    CHECK_STR(mien_datasheet_left_out(s), "");
    mien_datasheet_free(s);
    CHECK(!mien_datasheet_read((const uint8_t *)both, strlen(both), &s, NULL));
    CHECK_EQ(mien_datasheet_proposals(s), 1);
    CHECK_STR(mien_datasheet_proposal(s, "uses"), "all");
    mien_datasheet_free(s);
    mien_table_free(t);
}

static void test_names_in_every_form(void)
{
    static const char *const text[] = {
        "{\"@type\": \"Dataset\", \"license\": \"L\", \"dataBiases\": \"B\"}",
        "{\"@type\": [\"x\", \"schema:Dataset\"], \"schema:license\": \"L\", "
        "\"cr:dataBiases\": \"B\"}",
        "{\"@type\": \"https://schema.org/Dataset\", "
        "\"http://schema.org/license\": [{\"@value\": \"L\"}], "
        "\"http://mlcommons.org/croissant/RAI/dataBiases\": [{\"@value\": "
        "\"B\"}]}",
        "{\"@context\": {\"s\": \"https://schema.org/\", \"bias\": "
        "\"r:dataBiases\", \"r\": {\"@id\": "
        "\"http://mlcommons.org/croissant/RAI/\"}}, \"@type\": \"s:Dataset\", "
        "\"s:license\": {\"@type\": \"s:CreativeWork\", \"s:name\": \"L\"}, "
        "\"bias\": {\"@value\": \"B\", \"@language\": \"en\"}}",
        "{\"@context\": [\"https://schema.org/\", {\"@vocab\": "
        "\"https://schema.org\", \"rai\": "
        "\"http://mlcommons.org/croissant/RAI/\"}], \"@graph\": [{\"@id\": "
        "\"l\", \"name\": \"L\"}, {\"@type\": \"Dataset\", \"license\": "
        "{\"@id\": \"l\"}, \"rai:dataBiases\": {\"fr\": \"b\", \"en\": "
        "\"B\"}}]}",
        "[{\"@id\": \"x\"}, {\"@type\": \"sc:Dataset\", \"sc:license\": "
        "\"L\", \"rai:dataBiases\": [\"B\"]}]"};
    mien_table *t = study_table(table_text);
    for (size_t i = 0; i < sizeof text / sizeof *text; i++) {
        mien_datasheet *s = taken(text[i], t);
        CHECK_STR(mien_datasheet_proposal(s, "licence"), "L");
        CHECK_STR(mien_datasheet_proposal(s, "under_represented"), "B");
        mien_datasheet_free(s);
    }
    /* The same letters of another vocabulary are another word. */
    mien_datasheet *s =
        taken("{\"@context\": {\"sc\": \"http://a.org/\"}, \"@type\": "
              "\"https://schema.org/Dataset\", \"sc:license\": \"L\", "
              "\"x:license\": \"M\", \"http://b.org/license\": \"N\"}",
              t);
    CHECK_EQ(mien_datasheet_proposals(s), 0);
    CHECK_STR(mien_datasheet_left_out(s),
              "sc:license: L\nx:license: M\nhttp://b.org/license: N\n");
    mien_datasheet_free(s);
    /* One word in two forms. */
    s = taken("{\"@type\": \"Dataset\", \"license\": \"L\", \"sc:license\": "
              "\"M\"}",
              t);
    CHECK_EQ(mien_datasheet_proposals(s), 1);
    CHECK(strstr(mien_datasheet_left_out(s), "license: the same stands there"));
    mien_datasheet_free(s);
    mien_table_free(t);
}

#define FIELD(name, type) \
    "{\"@type\": \"cr:Field\", \"name\": \"" name "\", \"dataType\": " type "}"
#define SET(fields) "{\"name\": \"rows\", \"field\": [" fields "]}"
#define WITH(parts) "{\"@type\": \"sc:Dataset\", " parts "}"

/* All columns of the table, of the right types. */
#define GOOD                                                         \
    SET(FIELD("age", "\"sc:Integer\"") ", " FIELD(                   \
        "sex",                                                       \
        "\"sc:Text\"") ", " FIELD("day",                             \
                                  "\"sc:Date\"") ", " FIELD("share", \
                                                            "\"cr:Float64\""))
/* One is missing, one is not there, two are of another type. */
#define BAD                                                            \
    SET(FIELD("age", "\"sc:Text\"") ", " FIELD(                        \
        "share",                                                       \
        "\"cr:Int64\"") ", " FIELD("sex",                              \
                                   "[\"wd:Q1\"]") ", " FIELD("height", \
                                                             "\"sc:Float\""))
#define ONES "1111111111111111"

static void test_files_and_columns_are_compared(void)
{
    static const struct {
        const char *text, *differences;
    } cases[] = {
        {WITH("\"version\": 1"),
         "none of its files has the SHA-256 of the table, which is "
         "111111111111... (0 of 0 have a digest)\nit describes no columns\n"},
        {WITH("\"distribution\": {\"@id\": \"d.csv\", \"sha256\": "
              "\"" ONES ONES ONES ONES "\"}, \"recordSet\": " GOOD),
         "d.csv has the SHA-256 of the table\nits 4 columns are those of the "
         "table\n"},
        {WITH("\"distribution\": [{\"name\": \"repo\", \"sha256\": "
              "\"none\"}], \"recordSet\": [" SET(
                  FIELD("weight", "\"sc:Text\"")) ", " BAD "]"),
         "repo has a sha256 that is no digest: none\n"
         "none of its files has the SHA-256 of the table, which is "
         "111111111111... (0 of 1 have a digest)\n"
         "of its 2 sets of records the columns are compared with those of "
         "rows\n"
         "columns that it describes and the table has not: height\n"
         "columns of the table that it does not describe: day\n"
         "columns of another type: age (there Text, here Integer), share "
         "(there Integer, here Float)\n"
         "types that cannot be compared: 1\n"}};
    mien_table *t = study_table(table_text);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        mien_datasheet *s = taken(cases[i].text, t);
        CHECK_STR(mien_datasheet_differences(s), cases[i].differences);
        mien_datasheet_free(s);
    }
    /* A column by what is extracted; what is extracted from elsewhere is none.
     */
    mien_datasheet *s = taken(
        WITH("\"recordSet\": " SET(
            "{\"name\": \"split\", \"source\": {\"extract\": "
            "{\"fileProperty\": \"fullpath\"}}}, {\"name\": \"years\", "
            "\"source\": {\"extract\": {\"column\": \"age\"}}}, {\"@id\": "
            "\"rows/sex\"}, {\"@id\": \"rows/day\"}, {\"@id\": "
            "\"rows/share\"}")),
        t);
    CHECK(strstr(mien_datasheet_differences(s), "its 4 columns are those of"));
    mien_datasheet_free(s);
    mien_table_free(t);
}

static void test_what_was_compared_holds_for_those_data_alone(void)
{
    static const char other[] =
        "2222222222222222222222222222222222222222222222222222222222222222";
    mien_table *t = study_table(table_text);
    mien_datasheet *s = taken(WITH("\"version\": 1"), t);
    mien_datasheet_data data = {.name = "t.csv", .sha256 = digest};
    CHECK(!mien_datasheet_compute(s, t, &data, NULL));
    CHECK(strstr(mien_datasheet_differences(s), "describes no columns"));
    data.sha256 = other;
    CHECK(!mien_datasheet_compute(s, t, &data, NULL));
    CHECK_STR(mien_datasheet_differences(s),
              "the data have changed since it was compared with them\n");
    /* Other programs write digests in capitals. */
#define EIGHT "ABCDEF01"
    data.sha256 =
        "abcdef01abcdef01abcdef01abcdef01abcdef01abcdef01abcdef01abcdef01";
    CHECK(!mien_datasheet_compute(s, t, &data, NULL));
    CHECK(!take(
        s,
        WITH("\"distribution\": {\"@id\": \"d.csv\", \"sha256\": \"" EIGHT EIGHT
                 EIGHT EIGHT EIGHT EIGHT EIGHT EIGHT "\"}"),
        t, NULL));
    CHECK_STR(mien_datasheet_differences(s),
              "d.csv has the SHA-256 of the table\n"
              "it describes no columns\n");
    mien_datasheet_free(s);
    mien_table_free(t);
}

static void test_a_set_of_pictures(void)
{
    mien_table *t = study_table(table_text);
    mien_datasheet *s = made(t);
    CHECK(!take(s, WITH("\"identifier\": \"doi:1\""), NULL, NULL));
    CHECK_STR(mien_datasheet_differences(s),
              "it has no digest of a set of pictures\n");
    CHECK_STR(mien_datasheet_left_out(s), "identifier: doi:1\n");
#define IDENTIFIER(value)                                         \
    WITH("\"identifier\": {\"propertyID\": \"mien/pictures/1\", " \
         "\"value\": \"" value "\"}")
    CHECK(!take(s, IDENTIFIER("x"), NULL, NULL));
    CHECK_STR(mien_datasheet_differences(s),
              "it is of other pictures: their digest is none..., that of these "
              "111111111111...\n");
    CHECK_STR(mien_datasheet_left_out(s), "");
    CHECK(!take(s,
                IDENTIFIER("1111111111111111111111111111111111111111111111111"
                           "111111111111111"),
                NULL, NULL));
    CHECK_STR(mien_datasheet_differences(s),
              "it has the digest of these pictures\n");
    mien_datasheet_free(s);
    mien_table_free(t);
}

/* A text of up to so many characters, with what has to be escaped. */
static void random_text(mien_random *r, char *out, int most)
{
    static const char *const part[] = {
        "a", "B", " ",  "\"",  "\\", "\n", "<",  "&",
        "{", "é", "文", "@id", "sc", ":",  "//", "\xf0\x9f\x90\x9f"};
    int n = 1 + (int)(mien_random_unit(r) * (most - 1));
    for (int i = 0; i < n; i++) {
        const char *next = part[(int)(mien_random_unit(r) * 15.999)];
        memcpy(out, next, strlen(next));
        out += strlen(next);
    }
    *out = 0;
}

/* What is written is read: the same answers, to every question. */
static void test_round_trip(void)
{
    mien_table *t = study_table(table_text);
    mien_random r;
    mien_random_init(&r, check_seed + 7);
    for (int round = 0; round < 100; round++) {
        mien_datasheet *s = made(t), *back = made(t);
        const mien_datasheet_question *q = NULL;
        mien_buffer b = {0};
        mien_error err = {0};
        char answer[48][200];
        int answers = 0;
        for (int i = 0; (q = mien_datasheet_question_at(i)); i++) {
            *answer[i] = 0;
            if (mien_random_unit(&r) < .6) {
                random_text(&r, answer[i], 40);
                answers++;
            }
            CHECK(!mien_datasheet_answer(s, q->key, answer[i], &err));
        }
        CHECK(!mien_datasheet_croissant(s, t, &b, &err));
        mien_buffer_put(&b, "", 1);
        CHECK_MSG(!take(back, (const char *)b.data, t, &err), "%s", err.text);
        CHECK_EQ(mien_datasheet_proposals(back), answers);
        for (int i = 0; (q = mien_datasheet_question_at(i)); i++)
            if (*answer[i])
                CHECK_STR(mien_datasheet_proposal(back, q->key), answer[i]);
        CHECK_STR(mien_datasheet_left_out(back), "");
        CHECK(strstr(mien_datasheet_differences(back),
                     "t.csv has the SHA-256 of the table\nits 4 columns are "
                     "those of the table\n"));
        mien_buffer_free(&b);
        mien_datasheet_free(s);
        mien_datasheet_free(back);
    }
    mien_table_free(t);
}

/* What a text is refused for; the sheet stays as it was. */
static void refused(const mien_table *t, const char *text, mien_status want,
                    const char *why)
{
    mien_datasheet *s = taken(WITH("\"license\": \"L\""), t);
    mien_error err = {0};
    mien_status st = take(s, text, t, &err);
    CHECK_MSG(st == want && strstr(err.text, why), "%.60s: %d %s", text, st,
              err.text);
    CHECK_STR(mien_datasheet_proposal(s, "licence"), "L");
    mien_datasheet_free(s);
}

static void test_hostile_texts(void)
{
    mien_table *t = study_table(table_text);
    refused(t, "", MIEN_EFORMAT, "line 1");
    refused(t, "3", MIEN_EFORMAT, "line 1");
    refused(t, "[3, null, []]", MIEN_EFORMAT, "no object with the \"@type\"");
    refused(t, "{\"@type\": {\"Dataset\": 1}}", MIEN_EFORMAT, "data set");
    refused(t, WITH("\"license\": \"a\", \"license\": \"b\""), MIEN_EFORMAT,
            "duplicate");
    refused(t, WITH("\"license\": \"a\\u0000b\""), MIEN_EFORMAT, "u0000");
    refused(t, WITH("\"license\": \"\xff\""), MIEN_EFORMAT, "byte 0xff");
    char *deep = malloc(5000), *large = calloc(1, MIEN_DATASHEET_MAX_BYTES + 2);
    memset(deep, '[', 4999);
    deep[4999] = 0;
    refused(t, deep, MIEN_EFORMAT, "depth");
    memset(large, ' ', MIEN_DATASHEET_MAX_BYTES + 1);
    refused(t, large, MIEN_ELIMIT, "at most");
    mien_buffer many = {0};
    mien_buffer_puts(&many, "{\"@type\": \"Dataset\"");
    for (int i = 0; i < 300; i++)
        mien_buffer_printf(&many, ", \"k%d\": 1", i);
    mien_buffer_put(&many, "}", 2);
    refused(t, (const char *)many.data, MIEN_ELIMIT,
            "301 members, at most 256");
    mien_buffer_free(&many);
    free(deep);
    free(large);
    mien_table_free(t);
}

static void test_wrong_types_and_cycles(void)
{
    static const char *const text[] = {
        WITH("\"license\": {\"@id\": \"a\"}, \"creator\": {\"@id\": \"b\"}, "
             "\"distribution\": [{\"@id\": \"a\", \"name\": {\"@id\": \"b\"}}, "
             "{\"@id\": \"b\", \"name\": {\"@id\": \"a\"}}, 3, null, \"x\"]"),
        WITH("\"@id\": \"me\", \"license\": {\"@id\": \"me\"}, \"name\": "
             "{\"@id\": \"me\"}"),
        WITH("\"license\": 7, \"creator\": [null, [], {}, true], "
             "\"recordSet\": {\"field\": {\"field\": {\"name\": 3}}}"),
        WITH("\"recordSet\": [[[]], {\"field\": [1, \"age\", {\"source\": 3, "
             "\"dataType\": {}}]}], \"distribution\": {\"sha256\": 3}"),
        WITH("\"additionalProperty\": [1, {}, {\"propertyID\": "
             "\"mien/datasheet/1\", \"name\": \"owns\", \"value\": []}]")};
    mien_table *t = study_table(table_text);
    for (size_t i = 0; i < sizeof text / sizeof *text; i++) {
        mien_datasheet *s = taken(text[i], t);
        CHECK(*mien_datasheet_differences(s));
        mien_datasheet_free(s);
    }
    mien_datasheet *s = taken(text[2], t);
    CHECK_STR(mien_datasheet_proposal(s, "licence"), "7");
    CHECK_STR(mien_datasheet_proposal(s, "collection"), "true");
    mien_datasheet_free(s);
    s = taken(WITH("\"license\": \"a\\u001b[2Jb\", \"k\\u001b\": "
                   "\"x\\u001by\""),
              t);
    CHECK_EQ(mien_datasheet_proposals(s), 0);
    CHECK(strstr(mien_datasheet_left_out(s), "license: answer of licence: "
                                             "byte 27 is no text"));
    CHECK(strstr(mien_datasheet_left_out(s), "k?: x?y\n"));
    mien_datasheet_free(s);
    mien_table_free(t);
}

/* A list of references to things with many names: an end is found, and said. */
static void test_huge_lists(void)
{
    enum { MANY = 40000 };
    mien_table *t = study_table(table_text);
    mien_buffer b = {0};
    mien_buffer_puts(&b, "{\"@type\": \"Dataset\", \"distribution\": "
                         "[{\"@id\": \"a\", \"name\": [");
    for (int i = 0; i < MANY; i++)
        mien_buffer_puts(&b, i ? ",\"n\"" : "\"n\"");
    mien_buffer_puts(&b, "]}], \"creator\": [");
    for (int i = 0; i < MANY; i++)
        mien_buffer_puts(&b, i ? ",{\"@id\":\"a\"}" : "{\"@id\":\"a\"}");
    mien_buffer_puts(&b, "], \"recordSet\": {\"field\": [");
    for (int i = 0; i < MANY; i++)
        mien_buffer_printf(&b, "%s{\"name\":\"c%d\"}", i ? "," : "", i);
    mien_buffer_puts(&b, "]}}");
    mien_buffer_put(&b, "", 1);
    mien_datasheet *s = taken((const char *)b.data, t);
    CHECK(strstr(mien_datasheet_left_out(s),
                 "creator: longer than an answer may be"));
    CHECK(strstr(mien_datasheet_differences(s),
                 "only its first 4096 fields were compared\ncolumns that it "
                 "describes and the table has not: c0, c1, "));
    CHECK(strstr(mien_datasheet_differences(s), " c19 and 4076 more\n"));
    mien_datasheet_free(s);
    mien_buffer_free(&b);
    mien_table_free(t);
}

/* Whatever stands in a file, the sheet that keeps it can be read again. */
static void test_much_is_left_out_in_few_lines(void)
{
    enum { MANY = 100000, EACH = 4096 };
    mien_table *t = study_table(table_text);
    mien_datasheet *back = NULL;
    mien_buffer b = {0};
    mien_error err = {0};
    mien_buffer_puts(&b, "{\"@type\": \"Dataset\", \"additionalProperty\": [");
    for (int i = 0; i < MANY; i++)
        mien_buffer_puts(&b, i ? ",{}" : "{}");
    mien_buffer_puts(&b, "], \"recordSet\": [");
    for (int i = 0; i < MANY; i++)
        mien_buffer_puts(&b, i ? ",{}" : "{\"name\": \"r\", \"field\": []}");
    mien_buffer_puts(&b, "]");
    for (int k = 0; k < 5; k++) {
        mien_buffer_printf(&b, ", \"x%d\": [0", k);
        for (int i = 0; i < EACH; i++)
            mien_buffer_puts(&b, ",0");
        mien_buffer_puts(&b, "]");
    }
    mien_buffer_puts(&b, "}");
    mien_buffer_put(&b, "", 1);
    mien_datasheet *s = taken((const char *)b.data, t);
    CHECK(strstr(mien_datasheet_left_out(s),
                 "additionalProperty: of 100000 the first 96 were read\n"));
    CHECK(strstr(mien_datasheet_left_out(s), "\nx0: 0 0 0 "));
    CHECK(strstr(mien_datasheet_left_out(s), "\nx4: too much to be shown\n"));
    CHECK(strstr(mien_datasheet_differences(s),
                 "of its 100000 sets of records 4096 were compared\n"));
    b.n = 0;
    CHECK(!mien_datasheet_write(s, &b, NULL));
    CHECK_MSG(!mien_datasheet_read(b.data, b.n, &back, &err), "%s", err.text);
    mien_datasheet_free(s);
    mien_datasheet_free(back);
    mien_buffer_free(&b);
    mien_table_free(t);
}

static void test_memory_that_ends(void)
{
    static const char text[] =
        WITH("\"@context\": {\"a\": \"sc:license\"}, \"a\": [\"L\", \"M\"], "
             "\"url\": \"u\", \"recordSet\": " SET(
                 FIELD("age", "\"sc:Text\"") ", " FIELD(
                     "x", "\"sc:Text\"")) ", \"distribution\": [{\"@id\": "
                                          "\"f\", \"name\": \"f\"}], "
                                          "\"version\": 1");
    mien_table *t = study_table(table_text);
    mien_status st = MIEN_ENOMEM;
    int n = 0;
    for (; st == MIEN_ENOMEM && n < 2000; n++) {
        mien_datasheet *s = made(t), *back = NULL;
        mien_card *c = NULL;
        mien_buffer b = {0};
        mi_alloc_fail_after(n);
        st = take(s, text, t, NULL);
        mi_alloc_fail_after(-1);
        CHECK_EQ(mien_datasheet_proposals(s), st ? 0 : 2);
        mi_alloc_fail_after(n);
        if (!st)
            st = mien_datasheet_write(s, &b, NULL);
        if (!st)
            st = mien_datasheet_read(b.data, b.n, &back, NULL);
        if (!st)
            st = mien_datasheet_card(back, &c, NULL);
        if (!st)
            st = mien_card_text(c, &b, NULL);
        mi_alloc_fail_after(-1);
        CHECK(st == MIEN_OK || st == MIEN_ENOMEM);
        mien_card_free(c);
        mien_datasheet_free(s);
        mien_datasheet_free(back);
        mien_buffer_free(&b);
    }
    CHECK(!st && n > 50);
    mien_table_free(t);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_proposals_are_no_answers);
    RUN(test_an_answer_needs_no_proposal);
    RUN(test_names_in_every_form);
    RUN(test_files_and_columns_are_compared);
    RUN(test_what_was_compared_holds_for_those_data_alone);
    RUN(test_a_set_of_pictures);
    RUN(test_round_trip);
    RUN(test_hostile_texts);
    RUN(test_wrong_types_and_cycles);
    RUN(test_huge_lists);
    RUN(test_much_is_left_out_in_few_lines);
    RUN(test_memory_that_ends);
    return check_done();
}
