/* check_spelling.c: one category written in several ways, dates of two forms.
 *
 * Two values are one in other writing if they are the same letters but for
 * case, blanks, full stops, hyphens and marks on Latin letters; or if a rare
 * one is one letter away from one that is fifty times as frequent (Damerau's
 * four ways to mistype a word: Damerau, CACM 7, 1964).  Digits are not letters:
 * A1 and A2 are two categories. */
#include "dataset/check.h"

#include "base/alloc.h"
#include "base/utf8.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 800, SHOWN = 5, RARE = 50, WORD = 4 };

/* A value and its plain form. */
typedef struct written {
    const mi_value *v;
    char plain[MI_PLAIN];
    int n;
} written;

/* The letter below the marks of U+00C0..U+017F; 0: it has none. */
static char unmarked(int32_t c)
{
    static const char latin[] =
        "aaaaaaaceeeeiiiidnooooo\0ouuuuypsaaaaaaaceeeeii"
        "iidnooooo\0ouuuuypy";
    static const char more[] =
        "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkklllllllllln"
        "nnnnnnnnoooooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";
    _Static_assert(sizeof latin == 65 && sizeof more == 129, "a letter each");
    if (c >= 0xc0 && c <= 0xff)
        return latin[c - 0xc0];
    return (char)(c >= 0x100 && c <= 0x17f ? more[c - 0x100] : 0);
}

int mi_plain_of(mien_text text, char out[MI_PLAIN])
{
    const uint8_t *p = (const uint8_t *)text.at;
    int length, n = 0;
    for (size_t i = 0; i < text.n && n < MI_PLAIN - 5; i += (size_t)length) {
        int32_t c = mi_utf8_of(p + i, text.n - i, &length);
        char mark = unmarked(c);
        if (c == ' ' || c == '.' || c == '-' || c == '_')
            continue;
        if (mark)
            out[n++] = mark;
        else if (c >= 0 && c < 128)
            out[n++] = (char)tolower(c);
        else
            for (int k = 0; k < length; k++)
                out[n++] = (char)p[i + (size_t)k];
    }
    return n;
}

static mien_text text_of(const mi_value *v)
{
    return (mien_text){v->text,
                       v->length == 255 ? (size_t)MI_VALUE_TEXT : v->length};
}

static int by_plain(const void *a, const void *b)
{
    const written *x = a, *y = b;
    int least = x->n < y->n ? x->n : y->n;
    int order = memcmp(x->plain, y->plain, (size_t)least);
    if (order || x->n != y->n)
        return order ? order : (x->n > y->n) - (x->n < y->n);
    if (x->v->count != y->v->count)
        return x->v->count < y->v->count ? 1 : -1;
    return (x->v->hash > y->v->hash) - (x->v->hash < y->v->hash);
}

static int is_letter(char c)
{
    return isalpha((unsigned char)c) || (unsigned char)c > 127;
}

/* Are two plain forms one slip apart: a letter too many, too few, another one,
 * or two that changed places? */
static int is_slip(const written *a, const written *b)
{
    if (a->n > b->n)
        return is_slip(b, a);
    if (a->n < WORD || b->n - a->n > 1)
        return 0;
    int i = 0, k = 0;
    while (i < a->n && a->plain[i] == b->plain[i])
        i++;
    while (k < a->n - i && a->plain[a->n - 1 - k] == b->plain[b->n - 1 - k])
        k++;
    int left = a->n - i - k, right = b->n - i - k;
    const char *x = a->plain + i, *y = b->plain + i;
    if (left == 0 && right == 1)
        return is_letter(*y);
    if (left == 1 && right == 1)
        return is_letter(*x) && is_letter(*y);
    return left == 2 && right == 2 && x[0] == y[1] && x[1] == y[0] &&
           is_letter(x[0]) && is_letter(x[1]);
}

static void put_value(mien_buffer *out, const mi_value *v)
{
    int cut = v->length == 255, n = cut ? MI_VALUE_TEXT : v->length;
    mien_buffer_printf(out, "'%.*s%s' (%lld)", n, v->text, cut ? "..." : "",
                       (long long)v->count);
}

/* A finding of a column: what was written otherwise is put by the caller. */
static mi_finding *begin(mien_dataset *d, int column, int64_t rows,
                         const char *text)
{
    const mi_summary *s = &d->column[column];
    mi_finding *f = mi_finding_new(d, "spelling", MIEN_WEIGHT_QUESTION,
                                   (double)rows / (double)s->count);
    if (!f)
        return NULL;
    mi_finding_column(d, f, column);
    mi_finding_count(f, rows, s->count);
    mien_buffer_puts(&f->text, text);
    mien_buffer_puts(&f->advice, "Write each value one way before groups are "
                                 "counted or a model makes a column of each.");
    return f;
}

/* Values of one plain form. */
static void say_writing(mien_dataset *d, int column, const written *w, int n)
{
    int64_t rows = 0;
    int groups = 0;
    mi_finding *f = NULL;
    for (int i = 1; i < n; i++) {
        const written *a = &w[i - 1], *b = &w[i];
        if (a->n != b->n || memcmp(a->plain, b->plain, (size_t)a->n) != 0 ||
            b->n == 0 || b->v->length == 255)
            continue;
        if (!f)
            f = begin(d, column, 0, "One value is written in several ways: ");
        if (!f)
            return;
        if (groups++ < SHOWN) {
            mien_buffer_puts(&f->text, groups > 1 ? "; " : "");
            put_value(&f->text, b->v);
            mien_buffer_puts(&f->text, " beside ");
            put_value(&f->text, a->v);
        }
        rows += b->v->count;
    }
    if (!f)
        return;
    if (groups > SHOWN)
        mien_buffer_printf(&f->text, " and %d more", groups - SHOWN);
    mien_buffer_puts(&f->text, ".");
    mi_finding_count(f, rows, d->column[column].count);
    f->rank = (double)rows / (double)d->column[column].count;
}

/* Rare values that are a slip away from frequent ones. */
static void say_slips(mien_dataset *d, int column, const written *w, int n)
{
    int64_t rows = 0;
    int slips = 0;
    mi_finding *f = NULL;
    for (int i = 0; i < n; i++) {
        const written *of = NULL;
        for (int k = 0; k < n; k++)
            if (w[k].v->count >= RARE * w[i].v->count &&
                is_slip(&w[i], &w[k]) && (!of || of->v->count < w[k].v->count))
                of = &w[k];
        if (!of)
            continue;
        if (!f)
            f = begin(d, column, 0, "Rare values are a letter away from ");
        if (!f)
            return;
        if (slips++ < SHOWN) {
            mien_buffer_puts(&f->text, slips > 1 ? "; " : "frequent ones: ");
            put_value(&f->text, w[i].v);
            mien_buffer_puts(&f->text, " beside ");
            put_value(&f->text, of->v);
        }
        rows += w[i].v->count;
    }
    if (!f)
        return;
    if (slips > SHOWN)
        mien_buffer_printf(&f->text, " and %d more", slips - SHOWN);
    mien_buffer_puts(&f->text, ".");
    mi_finding_count(f, rows, d->column[column].count);
    f->rank = (double)rows / (double)d->column[column].count;
}

void mi_check_spelling(mien_dataset *d, int column)
{
    const mi_summary *s = &d->column[column];
    int n = 0;
    if (s->sketch || s->values.used > MOST || s->values.used < 2 ||
        s->numeric == s->count || (int64_t)s->values.used * 5 > s->count)
        return;
    written *w = mi_alloc(s->values.used, sizeof *w);
    if (!w) {
        d->failed = 1;
        return;
    }
    for (uint32_t i = 0; i < s->values.slots; i++) {
        if (!s->values.slot[i].hash)
            continue;
        w[n].v = &s->values.slot[i];
        w[n].n = mi_plain_of(text_of(w[n].v), w[n].plain);
        n++;
    }
    qsort(w, (size_t)n, sizeof *w, by_plain);
    say_writing(d, column, w, n);
    say_slips(d, column, w, n);
    mi_free(w);
}

/* ---- dates --------------------------------------------------------------- */

/* Three groups of digits with one sign between them. */
typedef struct date_form {
    char sign;
    int year_first;
    int64_t count;
    int64_t first_above, second_above; /* 12: it is no month */
    mien_text example;
} date_form;
enum { FORMS = 6 };

/* Two digits at most; 0: there are none.  *p moves behind them. */
static int read_digits(const char **p, const char *end, int *digits)
{
    int v = 0;
    *digits = 0;
    for (; *p < end && isdigit((unsigned char)**p) && *digits < 5; ++*p) {
        v = v * 10 + **p - '0';
        ++*digits;
    }
    return v;
}

/* The form of a text that begins with a date; 0: it does not. */
static int read_form(mien_text t, date_form *out, int *first, int *second)
{
    const char *p = t.at, *end = t.at + t.n;
    int n[3];
    *first = read_digits(&p, end, &n[0]);
    if (p >= end || !n[0] || !strchr("-/.", *p))
        return 0;
    out->sign = *p++;
    *second = read_digits(&p, end, &n[1]);
    if (p >= end || *p++ != out->sign)
        return 0;
    read_digits(&p, end, &n[2]);
    out->year_first = n[0] == 4;
    return (n[0] == 4 && n[1] <= 2 && n[1] && n[2] <= 2 && n[2]) ||
           (n[0] <= 2 && n[1] <= 2 && n[1] && (n[2] == 4 || n[2] == 2));
}

/* Count a date among the forms that were seen. */
static int add_form(date_form *form, int n, mien_text t)
{
    date_form is = {0};
    int first, second, at = 0;
    if (!t.n || !read_form(t, &is, &first, &second))
        return n;
    while (at < n &&
           (form[at].sign != is.sign || form[at].year_first != is.year_first))
        at++;
    if (at == n) {
        form[at] = is;
        form[at].example = t;
        n++;
    }
    form[at].count++;
    form[at].first_above += !is.year_first && first > 12;
    form[at].second_above += !is.year_first && second > 12;
    return n;
}

/* A finding about dates of several forms. */
static void say_forms(mien_dataset *d, int column, const date_form *form, int n,
                      int64_t all)
{
    int64_t most = 0;
    int both = 0;
    for (int i = 0; i < n; i++) {
        most = form[i].count > most ? form[i].count : most;
        both |= form[i].first_above && form[i].second_above;
    }
    if (n < 2 && !both)
        return;
    mi_finding *f = mi_finding_new(d, "dates", MIEN_WEIGHT_WRONG,
                                   1 - (double)most / (double)all + both);
    if (!f)
        return;
    mi_finding_column(d, f, column);
    mi_finding_count(f, all - most, all);
    mien_buffer_puts(&f->text, n > 1 ? "Dates have several forms: " : "");
    for (int i = 0; n > 1 && i < n; i++)
        mien_buffer_printf(
            &f->text, "%s'%.*s' (%lld)", i ? ", " : "",
            (int)(form[i].example.n < 30 ? form[i].example.n : 30),
            form[i].example.at, (long long)form[i].count);
    mien_buffer_puts(&f->text, n > 1 ? ". " : "");
    if (both)
        mien_buffer_puts(&f->text, "In some the day stands first, in others "
                                   "the month: those of both below 13 cannot "
                                   "be read.");
    mien_buffer_puts(&f->advice, "Write all as 2019-04-02 from the place where "
                                 "each form is still known.");
}

void mi_check_dates(mien_dataset *d, int column)
{
    mien_column c = mien_table_column(d->sample, column);
    int64_t rows = mien_table_rows(d->sample), there = 0, dates = 0;
    date_form form[FORMS + 1] = {0};
    int n = 0;
    for (int64_t i = 0; c.text && i < rows && n <= FORMS; i++) {
        there += c.text[i].n > 0;
        n = add_form(form, n, c.text[i]);
    }
    for (int i = 0; i < n; i++)
        dates += form[i].count;
    if (n > 0 && n <= FORMS && dates >= there * 4 / 5)
        say_forms(d, column, form, n, dates);
}
