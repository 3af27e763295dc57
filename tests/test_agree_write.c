/* test_agree_write.c: agreement by group, one label a unit, what is said and
 * written, by threads and where memory ends.
 * Not as WebAssembly: a page's figure is drawn by cairo. */
#include "base/alloc.h"
#include "tests/agree_make.h"
#include "tests/study_make.h"

#include <math.h>

/* ---- groups, ties, writing ----------------------------------------------- */

/* A table of ordinal words: groups g, of which one agrees less, and groups h
 * that are alike. */
static mien_table *two_groups(int units)
{
    static const char *const words[] = {"low", "middle", "high"};
    char *text = malloc((size_t)units * 60 + 60), *at = text;
    unsigned seed = 3;
    at += snprintf(at, 60, "u,a,b,c,g,h\n");
    for (int i = 0; i < units; i++) {
        unsigned noise = i % 2 ? 5 : 60, truth = check_rand(&seed) % 3;
        at += snprintf(at, 20, "x%d", i);
        for (int k = 0; k < 3; k++) {
            int is_noise = check_rand(&seed) % 100 < noise;
            at += snprintf(at, 10, ",%s",
                           words[is_noise ? check_rand(&seed) % 3 : truth]);
        }
        at += snprintf(at, 10, ",%s", i % 2 ? "clear" : "dim");
        at += snprintf(at, 10, ",%s\n", i / 2 % 2 ? "one" : "two");
    }
    mien_table *t = study_table(text);
    mien_table *copy = NULL; /* its texts lie in `text`: keep them */
    mien_column c[6];
    for (int i = 0; i < 6; i++)
        c[i] = mien_table_column(t, i);
    CHECK(!mien_table_new(units, 6, c, &copy, NULL));
    mien_table_free(t);
    free(text);
    return copy;
}

static const char *const words_order[] = {"low", "middle", "high"};

static mien_agree_options ordinal_options(void)
{
    mien_agree_options o = agree_options(3, MIEN_AGREE_ANY);
    o.unit = "u";
    o.by = "g";
    o.order = words_order;
    o.orders = 3;
    o.replicates = 200;
    return o;
}

static void test_groups(void)
{
    mien_table *t = two_groups(300);
    mien_agree_options o = ordinal_options();
    mien_agreement a = agree_of(t, &o);
    CHECK_EQ(a.level, MIEN_AGREE_ORDINAL);
    CHECK(a.groups == 2 && strcmp(a.group[0].name, "dim") == 0);
    CHECK(a.group[0].alpha.high < a.group[1].alpha.low);
    CHECK(a.gap.low > 0 && a.gap.groups == 2);
    CHECK_NEAR(a.gap.value, a.group[1].alpha.value - a.group[0].alpha.value,
               1e-12);
    CHECK(strcmp(a.label[0], "low") == 0 && strcmp(a.label[2], "high") == 0);
    mien_agreement_free(&a);
    o.by = "h";
    a = agree_of(t, &o);
    CHECK(a.gap.low < 0 && a.gap.value >= 0 && a.gap.high > a.gap.value);
    mien_agreement_free(&a);
    mien_table_free(t);
}

/* Alpha of a group is that of a table of its rows alone, of every level. */
static void test_a_group_is_as_its_rows(void)
{
    mien_table *t = study_table("g,a,b\ny,3,1\nx,1,2\nx,5,4\ny,4,4\nx,9,9\n"
                                "y,2,6\nx,2,2\n");
    mien_table *x = study_table("g,a,b\nx,1,2\nx,5,4\nx,9,9\nx,2,2\n");
    for (int level = MIEN_AGREE_NOMINAL; level <= MIEN_AGREE_RATIO; level++) {
        mien_agree_options o = agree_options(2, (mien_agree_level)level);
        mien_agreement alone = agree_of(x, &o), all;
        o.by = "g";
        all = agree_of(t, &o);
        const mien_agree_group *g = &all.group[all.group[0].name[0] != 'x'];
        CHECK(all.groups == 2 && g->units == 4);
        CHECK_NEAR(g->alpha.value, alone.alpha.value, 1e-12);
        mien_agreement_free(&alone);
        mien_agreement_free(&all);
    }
    mien_table_free(t);
    mien_table_free(x);
}

static void test_consensus(void)
{
    mien_table *t = study_table("a,b,c\nx,y,x\nx,y,\n,,\nz,z,z\n"), *out = NULL;
    mien_agree_options o = agree_options(3, MIEN_AGREE_ANY);
    mien_agreement a = agree_of(t, &o);
    mien_bytes bytes = {0};
    CHECK(!mien_agreement_consensus(&a, &out, NULL));
    CHECK(!mien_csv_write(out, NULL, 0, NULL, &bytes, NULL));
    static const char want[] = "unit,label,share,labels,tied\n"
                               "row 1,x,0.6666666666666666,3,\n"
                               "row 2,,0.5,2,x|y\nrow 4,z,1,3,\n";
    CHECK_MSG(bytes.n == sizeof want - 1 &&
                  memcmp(bytes.data, want, bytes.n) == 0,
              "%.*s", (int)bytes.n, (const char *)bytes.data);
    mien_bytes_free(&bytes);
    mien_table_free(out);
    mien_agreement_free(&a);
    mien_table_free(t);
    t = study_table("a,b,c\n1,2,6\n4,,\n2,4,\n");
    a = agree_of(t, &o);
    CHECK(!mien_agreement_consensus(&a, &out, NULL));
    mien_column mean = mien_table_column(out, 1);
    mien_column median = mien_table_column(out, 2);
    CHECK(strcmp(median.name, "median") == 0);
    CHECK(mean.number[0] == 3 && median.number[0] == 2 && mean.number[2] == 3);
    CHECK(isnan(mien_table_column(out, 3).number[1]));
    mien_table_free(out);
    mien_agreement_free(&a);
    mien_table_free(t);
}

/* Votes for numbers have the mean and median of those, in whatever order their
 * columns stand. */
static void test_consensus_of_votes_for_numbers(void)
{
    static const char *const votes[] = {"5", "1", "3"};
    static const double want[] = {3, 4};
    mien_table *t = study_table("u,5,1,3\na,1,1,1\nb,1,0,1\n"), *c = NULL;
    mien_agree_options o = MIEN_AGREE_DEFAULTS;
    o.votes = votes;
    o.n_votes = 3;
    o.level = MIEN_AGREE_INTERVAL;
    mien_agreement a = agree_of(t, &o);
    CHECK(!mien_agreement_consensus(&a, &c, NULL));
    for (int row = 0; row < 2; row++)
        for (int k = 1; k <= 2; k++)
            CHECK_NEAR(mien_table_column(c, k).number[row], want[row], 1e-12);
    mien_table_free(c);
    mien_agreement_free(&a);
    mien_table_free(t);
}

/* Everything that is said of an agreement. */
static void write_all(const mien_agreement *a, mien_buffer *out)
{
    mien_json j = mien_json_on(out, 0);
    mien_error err = {0};
    mien_table *t = NULL;
    mien_agreement_json(a, &j);
    mien_agreement_text(a, out);
    mien_agreement_markdown(a, "<t|able>", out);
    if (mien_agreement_page(a, "<table>", out, &err))
        out->failed = 1;
    if (mien_agreement_consensus(a, &t, &err))
        out->failed = 1;
    mien_table_free(t);
}

static void test_what_is_said(void)
{
    mien_table *t = two_groups(60);
    mien_agree_options o = ordinal_options();
    mien_agreement a = agree_of(t, &o);
    mien_buffer out = {0};
    write_all(&a, &out);
    char *text = study_text(&out);
    static const char *const words[] = {"\"schema\":\"mien/agreement/1\"",
                                        "Krippendorff's alpha",
                                        "quadratic",
                                        "alpha by group",
                                        "# Agreement: \\<t\\|able\\>",
                                        "&lt;table>",
                                        "<svg",
                                        "labels that are mixed up most"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        CHECK_MSG(strstr(text, words[i]), "%s", words[i]);
    CHECK(!strstr(text, "nan") && !strstr(text, "(null)"));
    free(text);
    mien_agreement_free(&a);
    mien_table_free(t);
}

/* Of many labellers the busiest are paired, and that is said. */
static void test_many_labellers(void)
{
    agree_plant p = {.units = 30, .labellers = 26, .labels = 3, .right = 0.8};
    mien_table *t = agree_wide(&p);
    mien_agree_options o = agree_options(26, MIEN_AGREE_NOMINAL);
    o.replicates = 20;
    mien_agreement a = agree_of(t, &o);
    mien_buffer out = {0};
    CHECK(a.pairs == 276 && a.all_pairs == 325);
    mien_agreement_text(&a, &out);
    char *text = study_text(&out);
    CHECK(strstr(text, "of 325 pairs those of the 24 busiest"));
    CHECK(strstr(text, "and 6 more (--json has all)"));
    free(text);
    mien_agreement_free(&a);
    mien_table_free(t);
}

static void test_threads_change_nothing(void)
{
    mien_table *t = two_groups(120);
    mien_agree_options o = ordinal_options();
    mien_buffer text[2] = {{0}, {0}};
    mien_pool *pool = NULL;
    CHECK(!mien_pool_new(3, &pool, NULL));
    for (int i = 0; i < 2; i++) {
        mien_json j = mien_json_on(&text[i], 0);
        o.pool = i ? pool : NULL;
        mien_agreement a = agree_of(t, &o);
        mien_agreement_json(&a, &j);
        mien_agreement_free(&a);
    }
    CHECK(text[0].n == text[1].n &&
          memcmp(text[0].data, text[1].data, text[0].n) == 0);
    mien_buffer_free(&text[0]);
    mien_buffer_free(&text[1]);
    mien_pool_free(pool);
    mien_table_free(t);
}

/* Every allocation of reading, measuring and writing fails in turn. */
static void end_memory(const mien_table *t, const mien_agree_options *o)
{
    mien_status st = MIEN_ENOMEM;
    int n = 0;
    for (; st && n < 4000; n++) {
        mien_agreement a = {0};
        mien_error err = {0};
        mien_buffer out = {0};
        mi_alloc_fail_after(n);
        st = mien_dataset_agree(t, o, &a, &err);
        CHECK(st == MIEN_OK || (st == MIEN_ENOMEM && err.text[0]));
        if (!st) {
            write_all(&a, &out);
            st = out.failed ? MIEN_ENOMEM : MIEN_OK;
        }
        mi_alloc_fail_after(-1);
        mien_buffer_free(&out);
        mien_agreement_free(&a);
    }
    CHECK_MSG(!st && n > 50, "%d allocations", n);
}

static void test_memory_that_ends(void)
{
    static const char *const votes[] = {"v", "w", "x", "y", "z"};
    static const char *const numbers[] = {"5", "1"};
    mien_table *t = two_groups(12);
    mien_agree_options o = ordinal_options();
    o.replicates = 20;
    end_memory(t, &o);
    mien_table_free(t);
    t = study_table(agree_krippendorff);
    o = agree_options(4, MIEN_AGREE_ANY);
    o.replicates = 20;
    end_memory(t, &o);
    o.n_labellers = 2;
    end_memory(t, &o);
    mien_table_free(t);
    t = study_table(agree_fleiss);
    o = (mien_agree_options)MIEN_AGREE_DEFAULTS;
    o.votes = votes;
    o.n_votes = 5;
    o.replicates = 20;
    end_memory(t, &o);
    mien_table_free(t);
    t = study_table("u,5,1\na,2,1\nb,1,2\n");
    o.votes = numbers;
    o.n_votes = 2;
    o.level = MIEN_AGREE_INTERVAL;
    end_memory(t, &o);
    mien_table_free(t);
    t = study_table("u,w,l\n1,a,x\n1,a,y\n2,b,x\n2,A,x\n3,a,y\n3,b,y\n");
    o = (mien_agree_options)MIEN_AGREE_DEFAULTS;
    o.unit = "u";
    o.labeller = "w";
    o.label = "l";
    o.repeat = 1;
    end_memory(t, &o);
    mien_table_free(t);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_groups);
    RUN(test_a_group_is_as_its_rows);
    RUN(test_consensus);
    RUN(test_consensus_of_votes_for_numbers);
    RUN(test_what_is_said);
    RUN(test_many_labellers);
    RUN(test_threads_change_nothing);
    RUN(test_memory_that_ends);
    return check_done();
}
