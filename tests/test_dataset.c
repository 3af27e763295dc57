/* What a look at a table counts: exactly, by estimate within its bound, the
 * same for any pieces and threads; files that are no tables; memory that ends.
 */
#include "base/alloc.h"
#include "tests/dataset_make.h"

static const mien_dataset_options usual = MIEN_DATASET_DEFAULTS;

/* What is said of a text, as JSON that the caller frees. */
static char *json_of(const char *text, size_t n, const mien_dataset_options *o)
{
    mien_dataset *d = NULL;
    mien_error err = {0};
    mien_buffer b = {0};
    mien_json j = mien_json_on(&b, 0);
    CHECK_MSG(look_at(text, n, o, &d, &err) == MIEN_OK, "%s", err.text);
    if (d)
        mien_dataset_json(d, "t.csv", &j);
    mien_dataset_free(d);
    mien_buffer_put(&b, "", 1);
    return (char *)b.data;
}

/* A text stands in what is said of a table. */
static void check_said(const char *csv, const char *wanted)
{
    char *json = json_of(csv, strlen(csv), NULL);
    CHECK_MSG(json && strstr(json, wanted), "no %s in %.600s", wanted,
              json ? json : "");
    mi_free(json);
}

static void test_counts(void)
{
    static const char csv[] =
        "a,b,c\n1,x,2.5\n2,,2.5\n3,y,inf\n,x,-1\n4,x,2.5\n";
    char *json = json_of(csv, sizeof csv - 1, NULL);
    static const char *const wanted[] = {
        "\"rows\":5",
        "\"a\":{\"type\":\"number\",\"count\":4,\"missing\":1,\"distinct\":4,"
        "\"distinct_exact\":true,\"infinite\":0,\"negative\":0,\"zero\":0,"
        "\"mean\":2.5,\"deviation\":1.2909944487358056,\"min\":1",
        "\"b\":{\"type\":\"text\",\"count\":4,\"missing\":1,\"distinct\":2",
        "{\"value\":\"x\",\"count\":3},{\"value\":\"y\",\"count\":1}",
        "\"infinite\":1,\"negative\":1",
        "\"where\":\"c\",\"count\":1,\"of\":5"};
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        CHECK_MSG(strstr(json, wanted[i]), "no %s in %s", wanted[i], json);
    mi_free(json);
}

/* Rows of numbers that all differ, some again, and a long tail of texts. */
static void make_long(mien_buffer *b, int rows)
{
    mien_random r;
    mien_random_init(&r, 7 + check_seed);
    mien_buffer_puts(b, "n,x,word\n");
    for (int i = 0; i < rows; i++) {
        int k = i >= rows - 100 ? i - rows / 2 : i;
        mien_buffer_printf(b, "%d,%d,%s%d\n", k, k * 3 % 1000,
                           k % 3 ? "w" : "often", k % 3 ? k : 0);
    }
    (void)r;
}

static double number_behind(const char *json, const char *before)
{
    const char *at = strstr(json, before);
    return at ? strtod(at + strlen(before), NULL) : (double)NAN;
}

static void test_many_values_are_estimated(void)
{
    enum { ROWS = 60000 };
    mien_buffer b = {0};
    make_long(&b, ROWS);
    char *json = json_of((const char *)b.data, b.n, &usual);
    const char *n = strstr(json, "\"n\":{"), *x = strstr(json, "\"x\":{");
    const char *word = strstr(json, "\"word\":{");
    CHECK_EQ(number_behind(json, "\"duplicates\":{\"rows\":"), 100);
    CHECK_EQ(number_behind(json, "\"longest_block\":"), 100);
    CHECK_EQ(number_behind(json, "\"longest_block_from\":"), ROWS - 99);
    CHECK(n && strstr(n, "\"distinct_exact\":false") < x);
    CHECK_NEAR(number_behind(n, "\"distinct\":"), ROWS - 100, .05 * ROWS);
    CHECK_EQ(number_behind(x, "\"distinct\":"), 1000);
    CHECK_NEAR(number_behind(word, "\"distinct\":"), ROWS * 2 / 3, .05 * ROWS);
    /* what comes often is never lost, and its count off by no more than said */
    double error = number_behind(word, "\"count_error\":");
    double often = number_behind(word, "{\"value\":\"often0\",\"count\":");
    CHECK(error > 0 && error < ROWS / 1000);
    CHECK(often <= 20000 + 100 && often >= 20000 - 100 - error);
    mi_free(json);
    mien_buffer_free(&b);
}

static void test_the_same_for_any_threads_and_pieces(void)
{
    mien_buffer b = {0};
    mien_pool *pool = NULL;
    mien_dataset_options o = MIEN_DATASET_DEFAULTS;
    mien_dataset *d = NULL;
    mien_json j;
    make_long(&b, 30000);
    CHECK_EQ(mien_pool_new(3, &pool, NULL), MIEN_OK);
    char *one = json_of((const char *)b.data, b.n, &usual);
    o.csv.pool = pool;
    char *three = json_of((const char *)b.data, b.n, &o);
    CHECK(strcmp(one, three) == 0);
    memory_file f = {b.data, b.n, 0, 777};
    const mien_dataset_source source = {read_memory, &f};
    mien_buffer text = {0};
    CHECK_EQ(mien_dataset_check(&source, &o, &d, NULL), MIEN_OK);
    j = mien_json_on(&text, 0);
    mien_dataset_json(d, "t.csv", &j);
    mien_buffer_put(&text, "", 1);
    CHECK(strcmp(one, (const char *)text.data) == 0);
    mien_dataset_free(d);
    mien_buffer_free(&text);
    mien_buffer_free(&b);
    mi_free(one);
    mi_free(three);
    mien_pool_free(pool);
}

/* A column of numbers in which a text comes late, beyond the first block. */
static void test_a_late_text_among_numbers(void)
{
    mien_buffer b = {0};
    mien_dataset *d = NULL;
    mien_error err = {0};
    mien_buffer_puts(&b, "a,b\n");
    for (int i = 0; i < 1000000; i++)
        mien_buffer_printf(&b, "%s,%d.25\n", i == 999990 ? "oops" : "17.5", i);
    CHECK_MSG(look_at(b.data, b.n, NULL, &d, &err) == MIEN_OK, "%s", err.text);
    const mien_finding *f = d ? find_finding(d, "type", "a") : NULL;
    CHECK(f && f->count == 1 && f->of == 1000000 &&
          strstr(f->text, "row 999991"));
    CHECK_EQ(d ? mien_dataset_rows(d) : 0, 1000000);
    mien_buffer text = {0};
    mien_json j = mien_json_on(&text, 0);
    mien_dataset_json(d, "late.csv", &j);
    mien_buffer_put(&text, "", 1);
    const char *said = (const char *)text.data;
    CHECK_EQ(number_behind(said, "\"sample_rows\":"), 65536);
    CHECK_NEAR(number_behind(said, "\"q25\":"), 250000, 6400);
    CHECK_NEAR(number_behind(said, "\"median\":"), 500000, 6400);
    mien_buffer_free(&text);
    mien_dataset_free(d);
    mien_buffer_free(&b);
}

static void test_what_is_odd_in_texts(void)
{
    mien_buffer b = {0};
    mien_dataset *d = NULL;
    mien_buffer_puts(&b, "day,name,word,other,same\n");
    for (int i = 0; i < 300; i++)
        mien_buffer_printf(
            &b, "%s,%s,%s,%d,%d\n", i % 30 == 7 ? "13/05/2019" : "2019-05-13",
            i % 50 == 3   ? "female "
            : i % 50 == 4 ? "FEMALE"
            : i % 2       ? "Female"
                          : "Male",
            i == 200 ? "caf\xc3\x83\xc2\xa9" : "caf\xc3\xa9", i, i);
    CHECK_EQ(look_at(b.data, b.n, NULL, &d, NULL), MIEN_OK);
    const mien_finding *f = find_finding(d, "dates", "day");
    CHECK(f && f->count == 10 && strstr(f->text, "'13/05/2019' (10)"));
    f = find_finding(d, "spelling", "name");
    CHECK(f && f->count == 12 && strstr(f->text, "'FEMALE' (6)"));
    f = find_finding(d, "blanks", "name");
    CHECK(f && f->count == 6);
    f = find_finding(d, "encoding", "word");
    CHECK(f && f->count == 1 && strstr(f->text, "row 201"));
    f = find_finding(d, "copy", "same");
    CHECK(f && strstr(f->text, "other"));
    mien_dataset_free(d);
    mien_buffer_free(&b);
}

/* Two columns that are equal where the label is 1, a file sorted by its label,
 * and days on which only one class was collected. */
static void test_what_knows_the_label(void)
{
    mien_buffer b = {0};
    mien_dataset *d = NULL;
    mien_dataset_options o = MIEN_DATASET_DEFAULTS;
    mien_random r;
    mien_random_init(&r, 5 + check_seed);
    mien_buffer_puts(&b, "amount,balance,word,day,y\n");
    for (int i = 0; i < 900; i++) {
        double amount = 1000 * mien_random_unit(&r);
        int y = i >= 700;
        mien_buffer_printf(&b, "%.2f,%.2f,%s,2020-%02d-%02u,%s\n", amount,
                           y ? amount : 1000 * mien_random_unit(&r),
                           i % 3 ? "u" : "v", y ? 7 : 3,
                           1 + mien_random_below(&r, 28), y ? "yes" : "no");
    }
    o.label = "y";
    CHECK_EQ(look_at(b.data, b.n, &o, &d, NULL), MIEN_OK);
    const mien_finding *f = find_finding(d, "leak", "amount, balance");
    CHECK(f && f->size < .01 &&
          strstr(f->text, "equal in 100.0 % of its rows"));
    f = find_finding(d, "leak", "day");
    CHECK(f && f->size > .99 && strstr(f->text, "Time alone tells"));
    f = find_finding(d, "order", "y");
    CHECK(f && f->size > .99);
    CHECK(!find_finding(d, "leak", "word"));
    mien_dataset_free(d);
    mien_buffer_free(&b);
}

static void check_refused(const char *csv, const mien_dataset_options *o,
                          mien_status status, const char *why)
{
    mien_dataset *d = NULL;
    mien_error err = {0};
    CHECK_EQ(look_at(csv, strlen(csv), o, &d, &err), status);
    CHECK_MSG(strstr(err.text, why), "'%s' in '%s'", why, err.text);
    CHECK(d == NULL);
}

/* Long rows are kept in bounded memory: fewer of them are in the sample. */
static void test_long_rows(void)
{
    enum { ROWS = 6000, LONG = 16000 };
    static char text[LONG + 1];
    mien_buffer b = {0};
    memset(text, 'x', LONG);
    mien_buffer_puts(&b, "a,b\n");
    for (int i = 0; i < ROWS; i++)
        mien_buffer_printf(&b, "%d,%s\n", i, text);
    char *json = json_of((const char *)b.data, b.n, NULL);
    double rows = number_behind(json, "\"sample_rows\":");
    CHECK(rows >= 1000 && rows <= 4200);
    CHECK_NEAR(number_behind(json, "\"median\":"), ROWS / 2, ROWS / 20);
    mi_free(json);
    mien_buffer_free(&b);
}

static void test_bad_input(void)
{
    static const char *const by[] = {"sex"}, *const wrong[] = {"sexe"};
    mien_dataset_options o = MIEN_DATASET_DEFAULTS;
    mien_table *people = NULL;
    check_refused("", NULL, MIEN_EFORMAT, "empty");
    check_refused("a,b\n", NULL, MIEN_EFORMAT, "no rows");
    check_refused("a,b\n1,2\n1,2,3\n", NULL, MIEN_EFORMAT, "line 3");
    o.label = "z";
    check_refused("a,b\n1,2\n", &o, MIEN_EARG, "no column 'z'");
    o.label = NULL;
    o.groups = 1;
    o.group = wrong;
    check_refused("sex,b\nf,2\n", &o, MIEN_EARG, "did you mean 'sex'?");
    o.group = by;
    static const char none[] = "age,people\n1,2\n";
    CHECK_EQ(mien_csv_read((const uint8_t *)none, sizeof none - 1, NULL,
                           &people, NULL),
             MIEN_OK);
    o.population = people;
    check_refused("sex,b\nf,2\n", &o, MIEN_EARG,
                  "the population has no column 'sex'");
    mien_table_free(people);
    static const char words[] = "sex,people\nf,many\n";
    CHECK_EQ(mien_csv_read((const uint8_t *)words, sizeof words - 1, NULL,
                           &people, NULL),
             MIEN_OK);
    o.population = people;
    check_refused("sex,b\nf,2\n", &o, MIEN_EARG, "0 columns of numbers");
    mien_table_free(people);
}

static void test_tables_with_little_in_them(void)
{
    check_said("a\n1\n", "\"findings\":[]");
    check_said("a,b\n1,2\n", "\"rows\":1");
    check_said("a,b\n,1\n,2\n", "No value is there.");
    check_said("a,b\n,\n,\n", "\"weight\":\"wrong\",\"where\":\"a, b\"");
}

static void test_ten_thousand_columns(void)
{
    mien_buffer b = {0}, page = {0};
    mien_dataset *d = NULL;
    for (int r = 0; r < 4; r++)
        for (int c = 0; c < 10000; c++)
            mien_buffer_printf(&b, "%s%d%s", r ? "" : "c", r ? r * c : c,
                               c < 9999 ? "," : "\n");
    CHECK_EQ(look_at(b.data, b.n, NULL, &d, NULL), MIEN_OK);
    mien_dataset_page(d, "wide.csv", &page);
    CHECK(!page.failed && page.n < 8 << 20);
    mien_dataset_free(d);
    mien_buffer_free(&page);
    mien_buffer_free(&b);
}

/* Groups against a population: raking gives each value its share. */
static void test_groups_and_a_population(void)
{
    static const char *const by[] = {"sex", "age"};
    static const char census[] =
        "sex,age,people\nf,young,300\nf,old,250\nm,young,250\nm,old,200\n";
    mien_dataset_options o = MIEN_DATASET_DEFAULTS;
    mien_table *people = NULL;
    mien_buffer b = {0};
    CHECK_EQ(mien_csv_read((const uint8_t *)census, sizeof census - 1, NULL,
                           &people, NULL),
             MIEN_OK);
    o.group = by;
    o.groups = 2;
    o.population = people;
    mien_buffer_puts(&b, "sex,age,x\n");
    for (int i = 0; i < 400; i++)
        mien_buffer_printf(&b, "%s,%s,%d\n",
                           i < 100   ? "f"
                           : i < 110 ? "F."
                                     : "m",
                           i % 4 ? "young" : "old", i * i % 997);
    char *json = json_of((const char *)b.data, b.n, &o);
    CHECK(strstr(json, "'F.' (10; it has 'f')"));
    CHECK_NEAR(number_behind(json, "\"unmatched\":"), 10. / 400, 1e-9);
    CHECK_NEAR(number_behind(json, "\"f\":{\"rows\":100,\"population\":"), .55,
               1e-9);
    /* 75 f young, 25 f old, 217 m young, 73 m old: margins .55 and .55 */
    double fy = number_behind(json, "\"sex\":\"f\",\"age\":\"young\",\"rows\":"
                                    "75,\"population\":0.3,\"weight\":");
    double fo = number_behind(json, "\"sex\":\"f\",\"age\":\"old\",\"rows\":25,"
                                    "\"population\":0.25,\"weight\":");
    CHECK_NEAR((75 * fy + 25 * fo) / 390, .55, 1e-5);
    mi_free(json);
    mien_buffer_free(&b);
    mien_table_free(people);
}

static void test_memory_that_ends(void)
{
    static const char *const by[] = {"g"};
    mien_dataset_options o = MIEN_DATASET_DEFAULTS;
    mien_buffer b = {0};
    mien_random r;
    mien_random_init(&r, 3);
    mien_buffer_puts(&b, "a,b,g,y\n");
    for (int i = 0; i < 240; i++) {
        double x = mien_random_normal(&r);
        mien_buffer_printf(&b, "%.3f,%.3f,%s,%d\n", x, mien_random_normal(&r),
                           i % 3 ? "u" : "v", x + mien_random_normal(&r) > 0);
    }
    o.label = "y";
    o.group = by;
    o.groups = 1;
    long n = 0, every = check_every() * 3;
    mien_status st = MIEN_ENOMEM;
    for (; st == MIEN_ENOMEM && n < 100000; n += every) {
        mien_dataset *d = NULL;
        mien_error err = {0};
        mi_alloc_fail_after(n);
        st = look_at(b.data, b.n, &o, &d, &err);
        mi_alloc_fail_after(-1);
        CHECK_MSG(st == MIEN_OK || st == MIEN_ENOMEM, "%ld: %s", n, err.text);
        CHECK((d != NULL) == (st == MIEN_OK));
        mien_dataset_free(d);
    }
    CHECK_EQ(st, MIEN_OK);
    mien_buffer_free(&b);
}

/* What a model inferred is asked about, wherever its roles say so. */
static void test_inferred_columns_are_a_question(void)
{
    static const char csv[] = "a,score,verdict\n1,0.5,1\n2,0.25,0\n3,0.1,0\n";
    static const mien_roles_facts facts = {"", "", "", "", "", "", ""};
    static const mien_roles_part parts[] = {{"a", MIEN_ROLE_INFERRED, 1},
                                            {"a", MIEN_ROLE_INPUT, 0},
                                            {"verdict", MIEN_ROLE_INFERRED, 0},
                                            {"none", MIEN_ROLE_INFERRED, 0}};
    for (int i = 0; i < 3; i++) {
        mien_dataset_options o = MIEN_DATASET_DEFAULTS;
        mien_dataset *d = NULL;
        mien_roles *r = NULL;
        CHECK_EQ(mien_roles_new(&facts, &r, NULL), MIEN_OK);
        for (int k = 0; i == 2 && k < 4; k++)
            CHECK_EQ(mien_roles_add(r, &parts[k], NULL), MIEN_OK);
        o.roles = i ? r : NULL;
        CHECK_EQ(look_at(csv, strlen(csv), &o, &d, NULL), MIEN_OK);
        const mien_finding *f = find_finding(d, "inferred", "");
        CHECK_EQ(f != NULL, i == 2);
        if (f) {
            CHECK(strcmp(f->where, "verdict") == 0);
            CHECK(f->count == 1 && f->of == 3);
            CHECK(f->weight == MIEN_WEIGHT_QUESTION);
            CHECK(strstr(f->text, "1 of 3 columns were not observed"));
        }
        mien_dataset_free(d);
        mien_roles_free(r);
    }
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_counts);
    RUN(test_many_values_are_estimated);
    RUN(test_the_same_for_any_threads_and_pieces);
    RUN(test_a_late_text_among_numbers);
    RUN(test_what_is_odd_in_texts);
    RUN(test_what_knows_the_label);
    RUN(test_long_rows);
    RUN(test_bad_input);
    RUN(test_tables_with_little_in_them);
    RUN(test_ten_thousand_columns);
    RUN(test_groups_and_a_population);
    RUN(test_memory_that_ends);
    RUN(test_inferred_columns_are_a_question);
    return check_done();
}
