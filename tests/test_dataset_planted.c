/* Faults planted in made tables are found, and clean tables are left alone:
 * five seeds of each, fifty with TORTURE=1, which prints how many. */
#include "tests/dataset_make.h"

enum { FAULTS = 12 };

typedef enum fault {
    CLEAN,
    NOISE,    /* a tenth of the labels changed */
    NOISE3,   /* the same of three classes */
    BLOCK,    /* fifty rows again at the end */
    DROPPED,  /* a group of a tenth of the population is gone */
    UNIT,     /* a tenth of the weights in pounds */
    LEAK,     /* a column that is the label and a little noise */
    SHIFT,    /* half a deviation more in the last three tenths */
    HEAP,     /* a fifth of the counts rounded to tens */
    SENTINEL, /* ten values are 9999 */
    SLIP,     /* five rows with a letter too many */
    AGAIN     /* thirty rows again with a number of their own */
} fault;

static const struct {
    fault is;
    const char *check, *where, *name;
} faults[FAULTS] = {
    {CLEAN, "", "", "clean"},
    {NOISE, "noise", "y", "10 % of the labels, 4000 rows"},
    {NOISE3, "noise", "y", "10 % of the labels of three classes, 4000 rows"},
    {BLOCK, "duplicates", "", "50 of 2000 rows again"},
    {DROPPED, "coverage", "group", "a group of 10 % gone, 2000 rows"},
    {UNIT, "units", "weight", "10 % of 2000 weights in pounds"},
    {LEAK, "leak", "after", "the label and noise of 0.2, 2000 rows"},
    {SHIFT, "shift", "a", "0.5 deviations in the last 30 % of 2000 rows"},
    {HEAP, "heaping", "counted", "20 % of 2000 counts rounded to tens"},
    {SENTINEL, "sentinel", "counted", "10 of 2000 values 9999"},
    {SLIP, "spelling", "town", "5 of 2000 rows with a letter too many"},
    {AGAIN, "near", "id", "30 of 2000 rows again with a new number"},
};

static double logistic(double v) { return 1 / (1 + exp(-v)); }

/* A row: an identifier, three measures, a weight, a count, a town, a group, the
 * label. */
static void put_row(mien_buffer *b, int i, int rows, fault f, mien_random *r)
{
    static const char *const town[] = {"Hamburg", "Lisboa", "Krakow", "Torino"};
    static const char *const group[] = {"a", "b", "c", "d"};
    double x[3], weight = exp(4.2 + .15 * mien_random_normal(r));
    for (int k = 0; k < 3; k++)
        x[k] = mien_random_normal(r);
    x[1] += .5 * x[0];
    double odds = 2 * x[0] - 2 * x[1] + 2 * x[2];
    int y = mien_random_unit(r) < logistic(odds);
    double counted = floor(exp(5 + .5 * mien_random_normal(r)));
    double u = mien_random_unit(r);
    int g = u < .4 ? 0 : u < .7 ? 1 : u < .9 ? 2 : 3;
    int t = (int)mien_random_below(r, 4);
    double luck = mien_random_unit(r), more = mien_random_normal(r);
    if (f == NOISE3) /* the class whose odds are largest, by a draw */
        y = odds > 1.5 + more ? 2 : odds > -1.5 + more;
    double after = y + .2 * more;
    if (f == NOISE && luck < .1)
        y = !y;
    if (f == NOISE3 && luck < .1)
        y = (y + 1 + (int)mien_random_below(r, 2)) % 3;
    if (f == DROPPED && g == 3)
        g = 0;
    if (f == UNIT && luck < .1)
        weight *= 2.20462;
    if (f == SHIFT && i >= rows * 7 / 10)
        x[0] += .5;
    if (f == HEAP && luck < .2)
        counted = 10 * rint(counted / 10);
    if (f == SENTINEL && i % (rows / 10) == 3)
        counted = 9999;
    mien_buffer_printf(b, "%.4f,%.4f,%.4f,%.2f,%.0f,%s%s,%s,%d", x[0], x[1],
                       x[2], weight, counted, town[t],
                       f == SLIP && i % (rows / 5) == 7 ? "g" : "", group[g],
                       y);
    if (f == LEAK)
        mien_buffer_printf(b, ",%.3f", after);
    mien_buffer_puts(b, "\n");
}

static void make_table(mien_buffer *b, fault f, unsigned seed)
{
    mien_random r;
    int rows = f == NOISE || f == NOISE3 ? 4000 : 2000;
    size_t again = 0, line = 0;
    mien_random_init(&r, seed);
    mien_buffer_printf(b, "id,a,b,c,weight,counted,town,group,y%s\n",
                       f == LEAK ? ",after" : "");
    for (int i = 0; i < rows; i++) {
        mien_buffer_printf(b, "n%d,", i * 7919 % 1000003);
        line = b->n;
        put_row(b, i, rows, f, &r);
        if (i == 100)
            again = line;
        if (f == AGAIN && i >= 1000 && i < 1030) { /* under a new number */
            mien_buffer row = {0};
            mien_buffer_put(&row, b->data + line, b->n - line);
            mien_buffer_printf(b, "m%d,", i);
            mien_buffer_put(b, row.data, row.n);
            mien_buffer_free(&row);
        }
    }
    if (f != BLOCK)
        return;
    mien_buffer block = {0};
    size_t from = again;
    while (b->data[from - 1] != '\n')
        from--;
    size_t to = from;
    for (int lines = 0; lines < 50; to++)
        lines += b->data[to] == '\n';
    mien_buffer_put(&block, b->data + from, to - from);
    mien_buffer_put(b, block.data, block.n);
    mien_buffer_free(&block);
}

static const char population[] = "group,people\na,40\nb,30\nc,20\nd,10\n";

/* The findings about a made table. */
static mien_dataset *look(fault f, unsigned seed)
{
    static const char *const by[] = {"group"};
    mien_buffer b = {0};
    mien_dataset *d = NULL;
    mien_table *people = NULL;
    mien_error err = {0};
    mien_dataset_options o = MIEN_DATASET_DEFAULTS;
    CHECK_EQ(mien_csv_read((const uint8_t *)population, sizeof population - 1,
                           NULL, &people, NULL),
             MIEN_OK);
    o.label = "y";
    o.group = by;
    o.groups = 1;
    o.population = people;
    make_table(&b, f, seed);
    CHECK_MSG(look_at(b.data, b.n, &o, &d, &err) == MIEN_OK, "%s", err.text);
    mien_buffer_free(&b);
    mien_table_free(people);
    return d;
}

static int seeds(void) { return getenv("TORTURE") ? 50 : 5; }

static void test_faults_are_found(void)
{
    for (int f = 1; f < FAULTS; f++) {
        int found = 0, n = seeds();
        for (int s = 0; s < n; s++) {
            mien_dataset *d = look(faults[f].is, 1000 * check_seed + s);
            found += d && find_finding(d, faults[f].check, faults[f].where);
            mien_dataset_free(d);
        }
        printf("%s: %s in %d of %d\n", faults[f].check, faults[f].name, found,
               n);
        CHECK_MSG(found >= n * 9 / 10, "%s: found in %d of %d", faults[f].name,
                  found, n);
    }
}

/* What is said of clean tables, by check. */
static void test_clean_tables_are_left_alone(void)
{
    int n = seeds(), cries[FAULTS] = {0}, other = 0;
    for (int s = 0; s < n; s++) {
        mien_dataset *d = look(CLEAN, 500 + 1000 * check_seed + s);
        int found;
        const mien_finding *is = d ? mien_dataset_findings(d, &found) : NULL;
        for (int i = 0; is && i < found; i++) {
            int known = 0;
            for (int f = 1; f < FAULTS; f++)
                if (!known && strcmp(is[i].check, faults[f].check) == 0) {
                    cries[f]++;
                    known = 1;
                }
            other += !known;
            printf("false: %s: %s: %s\n", is[i].check, is[i].where, is[i].text);
        }
        mien_dataset_free(d);
    }
    for (int f = 1; f < FAULTS; f++)
        CHECK_MSG(cries[f] <= n / 20, "%s: %d false cries in %d tables",
                  faults[f].check, cries[f], n);
    CHECK(other <= n / 20);
    printf("clean: nothing said of %d tables, or what stands above\n", n);
}

/* Columns of many shapes, none of them wrong. */
static void put_shapes(mien_buffer *b, mien_random *r)
{
    double g[6], e = -log(1 - mien_random_unit(r)), limit = exp(-5.), p = 1;
    int poisson = -1;
    for (int k = 0; k < 6; k++)
        g[k] = mien_random_normal(r);
    for (; p > limit; poisson++)
        p *= mien_random_unit(r);
    mien_buffer_printf(
        b,
        "%.3f,%.3f,%.3f,%.4f,%.3f,%.3f,%d,%.0f,%.0f,%.3f,%u,%s,2020-%02u-%"
        "02u\n",
        3 + g[0], 5 + g[1], exp(g[2]), e, 1 + mien_random_unit(r),
        g[3] / fabs(g[4]), poisson, 80 + 20 * g[5], exp(4 + g[0] + g[1]),
        (mien_random_unit(r) < .3 ? 9 : 3) + g[2] / 2,
        mien_random_below(r, 200000),
        mien_random_unit(r) < .02 ? "rare" : "usual",
        1 + mien_random_below(r, 12), 1 + mien_random_below(r, 28));
}

static void test_shapes_are_left_alone(void)
{
    int n = 4 * seeds(), cries = 0;
    for (int s = 0; s < n; s++) {
        mien_buffer b = {0};
        mien_dataset *d = NULL;
        mien_random r;
        int found = 0;
        mien_random_init(&r, 9000 + 1000 * check_seed + s);
        mien_buffer_puts(&b, "bell3,bell5,log,tail,even,cauchy,poisson,whole,"
                             "wide,two,sparse,word,day\n");
        for (int i = 0; i < 1000; i++)
            put_shapes(&b, &r);
        CHECK_EQ(look_at(b.data, b.n, NULL, &d, NULL), MIEN_OK);
        const mien_finding *is = d ? mien_dataset_findings(d, &found) : NULL;
        cries += found > 0;
        for (int i = 0; i < found; i++)
            printf("false: %s: %s: %s\n", is[i].check, is[i].where, is[i].text);
        mien_dataset_free(d);
        mien_buffer_free(&b);
    }
    printf("shapes: something said of %d tables in %d\n", cries, n);
    CHECK_MSG(cries <= n / 20, "%d of %d", cries, n);
}

/* The lower tail of a bell is long in logarithms, and no second unit. */
static void test_tails_are_no_units(void)
{
    enum { COLUMNS = 60, ROWS = 500 };
    mien_buffer b = {0};
    mien_dataset *d = NULL;
    mien_random r;
    int found = 0, cries = 0;
    mien_random_init(&r, 77 + check_seed);
    for (int i = 0; i <= ROWS; i++)
        for (int c = 0; c < COLUMNS; c++) {
            double x = 3 + c % 4 + mien_random_normal(&r);
            mien_buffer_printf(&b, i ? "%.3f%s" : "c%.0f%s", i ? x : c,
                               c + 1 < COLUMNS ? "," : "\n");
        }
    CHECK_EQ(look_at(b.data, b.n, NULL, &d, NULL), MIEN_OK);
    const mien_finding *is = d ? mien_dataset_findings(d, &found) : NULL;
    for (int i = 0; i < found; i++)
        cries += strcmp(is[i].check, "units") == 0;
    CHECK_MSG(cries <= 1, "%d of %d columns", cries, (int)COLUMNS);
    mien_dataset_free(d);
    mien_buffer_free(&b);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_faults_are_found);
    RUN(test_clean_tables_are_left_alone);
    RUN(test_shapes_are_left_alone);
    RUN(test_tails_are_no_units);
    return check_done();
}
