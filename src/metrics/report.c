/* report.c: precision, recall and F1 of each class as a text table.
 *
 * The layout is that of scikit-learn 1.2's classification_report, which people
 * compare by eye and scripts by diff: names flush right in a column as wide as
 * the longest of them (12, "weighted avg", or `digits` at least), numbers in
 * columns of 9 after two blanks.  If the rows shown are all the classes that
 * occur, micro precision, recall and F1 are one number and the row is called
 * "accuracy"; else the row is "micro avg" and counts only the classes shown.
 *
 * Numbers are 0..1, so that what printf writes is one digit, the locale's
 * point and `digits` digits: the point is put in here. */
#include "metrics/rows.h"

#include "base/alloc.h"
#include "base/error.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Classes that occur or are shown, and what is counted of each. */
typedef struct classes {
    int n;
    int32_t label[MIEN_METRICS_CLASSES_MAX];
    int64_t told[MIEN_METRICS_CLASSES_MAX];
    int64_t called[MIEN_METRICS_CLASSES_MAX];
    int64_t found[MIEN_METRICS_CLASSES_MAX];
} classes;

/* Where label is, or would have to be. */
static int place(const classes *c, int32_t label)
{
    int low = 0, high = c->n;
    while (low < high) {
        int middle = (low + high) / 2;
        if (c->label[middle] < label)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static int has(const classes *c, int at, int32_t label)
{
    return at < c->n && c->label[at] == label;
}

static mien_status enter(classes *c, int32_t label, mien_error *err)
{
    int at = place(c, label);
    if (has(c, at, label))
        return MIEN_OK;
    if (c->n == MIEN_METRICS_CLASSES_MAX)
        return mi_fail(err, MIEN_ELIMIT, "report: more than %d classes",
                       MIEN_METRICS_CLASSES_MAX);
    memmove(c->label + at + 1, c->label + at,
            (size_t)(c->n - at) * sizeof *c->label);
    c->label[at] = label;
    c->n++;
    return MIEN_OK;
}

/* How often each class is true, called, and both. */
static mien_status count(classes *c, int64_t n, const int32_t *truth,
                         const int32_t *predicted, mien_error *err)
{
    mien_status st = MIEN_OK;
    for (int64_t i = 0; !st && i < n; i++) {
        st = enter(c, truth[i], err);
        if (!st)
            st = enter(c, predicted[i], err);
    }
    for (int64_t i = 0; !st && i < n; i++) {
        int t = place(c, truth[i]);
        c->told[t]++;
        c->called[place(c, predicted[i])]++;
        c->found[t] += truth[i] == predicted[i];
    }
    return st;
}

/* ---- text --------------------------------------------------------------- */

typedef struct page {
    char *text;
    size_t n, room;
    int width, digits;
    int decimal_support; /* see write_table */
} page;

static void put(page *p, const char *s, size_t n)
{
    if (p->text && n <= p->room - p->n)
        memcpy(p->text + p->n, s, n);
    p->n += n;
}

static size_t characters(const char *s)
{
    size_t n = 0;
    for (; *s; s++)
        n += ((unsigned char)*s & 0xC0) != 0x80;
    return n;
}

/* s flush right in a column of so many characters. */
static void put_right(page *p, const char *s, int width)
{
    for (size_t n = characters(s); n < (size_t)width; n++)
        put(p, " ", 1);
    put(p, s, strlen(s));
}

static void put_number(page *p, double x)
{
    char printed[64], s[64];
    int n = snprintf(printed, sizeof printed, "%.*f", p->digits, x);
    if (p->digits == 0)
        snprintf(s, sizeof s, "%s", printed);
    else
        snprintf(s, sizeof s, "%c.%s", printed[0], printed + n - p->digits);
    put(p, " ", 1);
    put_right(p, s, 9);
}

/* A line of the report: name, rates, how many. */
static void put_row(page *p, const char *name, const mien_class_rates *r,
                    int only_f1)
{
    char support[32];
    snprintf(support, sizeof support, "%" PRId64 "%s", (int64_t)r->support,
             p->decimal_support ? ".0" : "");
    put_right(p, name, p->width);
    put(p, " ", 1);
    const double x[3] = {r->precision, r->recall, r->f1};
    for (int i = 0; i < 3; i++)
        if (only_f1 && i < 2)
            put_right(p, "", 10);
        else
            put_number(p, x[i]);
    put(p, " ", 1);
    put_right(p, support, 9);
    put(p, "\n", 1);
}

/* ---- the table ---------------------------------------------------------- */

typedef struct table {
    int n; /* classes shown */
    const int32_t *label;
    const char *const *name;
    int is_accuracy;
    int all_wrong; /* no row at all was called what it is */
    mien_class_rates each[MIEN_METRICS_CLASSES_MAX];
    mien_class_rates micro, macro, weighted;
} table;

/* F1 from precision and recall, as the peer forms it: a number that lies
 * between two printed ones must fall to the same side. */
static mien_class_rates rates(double found, double told, double called)
{
    double p = called > 0 ? found / called : 0;
    double r = told > 0 ? found / told : 0;
    double f = p + r > 0 ? 2 * p * r / (p + r) : 0;
    return (mien_class_rates){p, r, f, told, 0};
}

/* The sum of x in numpy's order: eight sums side by side, halves from 128 on.
 */
static double sum_of(const double *x, int n)
{
    double s[8] = {0}, rest = 0;
    int i = 0;
    if (n > 128) {
        int half = n / 2 - n / 2 % 8;
        return sum_of(x, half) + sum_of(x + half, n - half);
    }
    for (; i + 8 <= n; i += 8)
        for (int k = 0; k < 8; k++)
            s[k] += x[i + k];
    rest = ((s[0] + s[1]) + (s[2] + s[3])) + ((s[4] + s[5]) + (s[6] + s[7]));
    for (; i < n; i++)
        rest += x[i];
    return rest;
}

/* The mean over classes of one member, by support or each class alike. */
static double mean_of(const table *t, size_t member, int by_support)
{
    double x[MIEN_METRICS_CLASSES_MAX] = {0}, all = t->n;
    for (int i = 0; i < t->n; i++)
        x[i] = t->each[i].support;
    if (by_support)
        all = sum_of(x, t->n);
    for (int i = 0; i < t->n; i++) {
        const char *one = (const char *)&t->each[i];
        double value = *(const double *)(const void *)(one + member);
        x[i] = by_support ? value * x[i] : value;
    }
    return all > 0 ? sum_of(x, t->n) / all : 0;
}

static mien_class_rates means(const table *t, int by_support, double told)
{
    return (mien_class_rates){
        mean_of(t, offsetof(mien_class_rates, precision), by_support),
        mean_of(t, offsetof(mien_class_rates, recall), by_support),
        mean_of(t, offsetof(mien_class_rates, f1), by_support), told, 0};
}

/* The rates of each class, and their means. */
static void fill(table *t, const classes *c)
{
    double told = 0, called = 0, found = 0;
    for (int i = 0; i < t->n; i++) {
        int at = place(c, t->label[i]);
        if (!has(c, at, t->label[i]))
            continue;
        t->each[i] = rates((double)c->found[at], (double)c->told[at],
                           (double)c->called[at]);
        told += (double)c->told[at];
        called += (double)c->called[at];
        found += (double)c->found[at];
    }
    t->micro = rates(found, told, called);
    t->macro = means(t, 0, told);
    t->weighted = means(t, 1, told);
}

static const char *name_of(const table *t, int i, char *number, size_t room)
{
    if (t->name)
        return t->name[i];
    snprintf(number, room, "%" PRId32, t->label[i]);
    return number;
}

static int column_width(const table *t, int digits)
{
    size_t width = strlen("weighted avg");
    char number[16];
    for (int i = 0; i < t->n; i++) {
        size_t n = characters(name_of(t, i, number, sizeof number));
        width = n > width ? n : width;
    }
    return width > (size_t)digits ? (int)width : digits;
}

/* scikit-learn writes supports as decimal numbers where no row is right. */
static void write_table(page *p, const table *t)
{
    static const char *const head[] = {"precision", "recall", "f1-score",
                                       "support"};
    char number[16];
    p->decimal_support = t->all_wrong;
    put_right(p, "", p->width + 1);
    for (int i = 0; i < 4; i++)
        put_right(p, head[i], 10);
    put(p, "\n\n", 2);
    for (int i = 0; i < t->n; i++)
        put_row(p, name_of(t, i, number, sizeof number), &t->each[i], 0);
    put(p, "\n", 1);
    put_row(p, t->is_accuracy ? "accuracy" : "micro avg", &t->micro,
            t->is_accuracy);
    put_row(p, "macro avg", &t->macro, 0);
    put_row(p, "weighted avg", &t->weighted, 0);
}

/* Measure, allocate, write. */
static mien_status print(const table *t, int digits, mien_bytes *out,
                         mien_error *err)
{
    page p = {.digits = digits, .width = column_width(t, digits)};
    write_table(&p, t);
    p.room = p.n;
    p.text = mi_alloc(p.room + 1, 1);
    if (!p.text)
        return mi_fail(err, MIEN_ENOMEM, "metrics: no memory");
    p.n = 0;
    write_table(&p, t);
    *out = (mien_bytes){(uint8_t *)p.text, p.n};
    return MIEN_OK;
}

/* Which classes are shown, under which names. */
static mien_status show(table *t, const classes *c,
                        const mien_report_options *o, mien_error *err)
{
    t->n = o->labels ? o->n_labels : c->n;
    t->label = o->labels ? o->labels : c->label;
    t->name = o->names;
    if (t->n < 1 || t->n > MIEN_METRICS_CLASSES_MAX)
        return mi_fail(err, MIEN_EARG, "report: %d labels, wanted 1..%d", t->n,
                       MIEN_METRICS_CLASSES_MAX);
    if (t->name && o->n_names != t->n)
        return mi_fail(err, MIEN_EARG,
                       "report: %d names for %d classes, wanted one each",
                       o->n_names, t->n);
    t->is_accuracy = t->n == c->n;
    t->all_wrong = 1;
    for (int i = 0; i < c->n; i++)
        t->all_wrong &= c->found[i] == 0;
    for (int i = 0; i < t->n; i++) {
        if (!has(c, place(c, t->label[i]), t->label[i]))
            t->is_accuracy = 0;
        for (int j = 0; o->labels && j < i; j++)
            if (t->label[i] == t->label[j])
                return mi_fail(err, MIEN_EARG, "report: label %d twice",
                               (int)t->label[i]);
    }
    return MIEN_OK;
}

mien_status mien_report_text(int64_t n, const int32_t *truth,
                             const int32_t *predicted,
                             const mien_report_options *options,
                             mien_bytes *out, mien_error *err)
{
    const mien_report_options defaults = MIEN_REPORT_DEFAULTS;
    const mien_report_options *o = options ? options : &defaults;
    if (n < 1)
        return mi_fail(err, MIEN_EARG, "report: %lld rows, wanted 1 or more",
                       (long long)n);
    if (o->digits < 0 || o->digits > 15)
        return mi_fail(err, MIEN_EARG, "report: %d digits, wanted 0..15",
                       o->digits);
    classes *c = mi_alloc(1, sizeof *c);
    table *t = mi_alloc(1, sizeof *t);
    mien_status st =
        c && t ? MIEN_OK : mi_fail(err, MIEN_ENOMEM, "metrics: no memory");
    if (!st)
        st = count(c, n, truth, predicted, err);
    if (!st)
        st = show(t, c, o, err);
    if (!st) {
        fill(t, c);
        st = print(t, o->digits, out, err);
    }
    mi_free(c);
    mi_free(t);
    return st;
}
