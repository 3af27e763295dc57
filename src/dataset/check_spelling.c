/* check_spelling.c: one category written in several ways.
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
            if (w[i].v->length != 255 && w[k].v->length != 255 &&
                w[k].v->count >= RARE * w[i].v->count &&
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
