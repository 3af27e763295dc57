/* summary.c: what one pass over a column counts.
 *
 * Sums of a block are taken about the block's own mean and joined to those
 * before (Chan, Golub, LeVeque, Algorithms for computing the sample variance,
 * 1983, equation 1.5). */
#include "dataset/summary.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/utf8.h"
#include "table/number_fast.h"

#include <float.h>
#include <math.h>

static uint64_t mix(uint64_t x)
{
    x ^= x >> 32;
    x *= 0xd6e8feb86659fd93;
    x ^= x >> 32;
    x *= 0xd6e8feb86659fd93;
    return x ^ x >> 32;
}

uint64_t mi_hash_number(double x)
{
    uint64_t bits;
    x += 0.0; /* -0 is 0 */
    memcpy(&bits, &x, sizeof bits);
    return mix(bits + 0x9e3779b97f4a7c15) | 1;
}

uint64_t mi_hash_text(mien_text text, uint64_t *high)
{
    uint64_t h = 0x51ed270b7a4d1a6d ^ text.n, word, all = 0;
    const char *p = text.at;
    size_t n = text.n;
    for (; n >= 8; p += 8, n -= 8) {
        memcpy(&word, p, 8);
        all |= word;
        h = (h ^ word) * 0xff51afd7ed558ccd;
        h ^= h >> 29;
    }
    word = 0;
    if (n)
        memcpy(&word, p, n);
    all |= word;
    *high |= all & 0x8080808080808080;
    return mix((h ^ word) * 0xff51afd7ed558ccd) | 1;
}

mien_status mi_summary_init(mi_summary *s, const char *name,
                            mien_column_type type, uint32_t most,
                            mien_error *err)
{
    *s = (mi_summary){
        .type = type, .min = (double)INFINITY, .max = (double)-INFINITY};
    s->bad_row[0] = s->bad_row[1] = s->bad_row[2] = -1;
    s->rises = s->falls = 1;
    s->last = (double)NAN;
    size_t n = strlen(name) + 1;
    s->name = mi_alloc_raw(n, 1);
    if (!s->name)
        return mi_no_memory(err);
    memcpy(s->name, name, n);
    return mi_values_init(&s->values, most, err);
}

void mi_summary_done(mi_summary *s)
{
    mi_free(s->name);
    mi_free(s->sketch);
    mi_values_done(&s->values);
    *s = (mi_summary){0};
}

/* From the moment when values are forgotten a sketch counts all of them. */
static int begin_sketch(mi_summary *s)
{
    s->sketch = mi_alloc(MI_SKETCH, 1);
    if (!s->sketch)
        return 0;
    for (uint32_t i = 0; i < s->values.slots; i++)
        if (s->values.slot[i].hash)
            mi_sketch_add(s->sketch, s->values.slot[i].hash);
    return 1;
}

/* Count a value that is there. */
static void count_value(mi_summary *s, uint64_t hash, double number,
                        const mien_text *text, int64_t row)
{
    mi_values *v = &s->values;
    s->digest += mix(hash ^ (uint64_t)row * 0x9e3779b97f4a7c15);
    if (!s->sketch && v->slots == v->most && v->used >= v->slots / 4 * 3)
        s->failed |= !begin_sketch(s);
    s->failed |= !mi_values_add(v, hash, number, text);
    if (s->sketch)
        mi_sketch_add(s->sketch, hash);
}

/* Join the sums of n values, about their own mean, to those before. */
static void join_sums(mi_summary *s, int64_t before, int64_t n, double mean,
                      double m2)
{
    double all = (double)(before + n), gap = mean - s->mean;
    s->mean += gap * (double)n / all;
    s->m2 += m2 + gap * gap * (double)before * (double)n / all;
}

/* Sums of the finite numbers of a block. */
static void add_sums(mi_summary *s, const double *x, int64_t n)
{
    double sum = 0, low = s->min, high = s->max, m2 = 0;
    int64_t finite = 0, negative = 0, zero = 0, whole = 0;
    for (int64_t i = 0; i < n; i++) {
        if (!(fabs(x[i]) <= DBL_MAX))
            continue;
        sum += x[i];
        finite++;
        negative += x[i] < 0;
        zero += x[i] == 0;
        whole += fabs(x[i]) < 1e15 && (double)(int64_t)x[i] == x[i];
        low = x[i] < low ? x[i] : low;
        high = x[i] > high ? x[i] : high;
    }
    if (!finite)
        return;
    double mean = sum / (double)finite;
    for (int64_t i = 0; i < n; i++)
        if (fabs(x[i]) <= DBL_MAX)
            m2 += (x[i] - mean) * (x[i] - mean);
    join_sums(s, s->count - s->infinite, finite, mean, m2);
    s->count += finite;
    s->negative += negative;
    s->zero += zero;
    s->whole += whole;
    s->min = low;
    s->max = high;
}

/* Add the values of a column of numbers. */
static void add_numbers(mi_summary *s, const double *x, int64_t n, int64_t row)
{
    enum { BLOCK = 4096 };
    double last = s->last;
    for (int64_t from = 0; from < n; from += BLOCK)
        add_sums(s, x + from, n - from < BLOCK ? n - from : BLOCK);
    for (int64_t i = 0; i < n; i++) {
        if (isnan(x[i])) {
            s->missing++;
            continue;
        }
        if (isinf(x[i])) {
            s->infinite++;
            s->count++;
        }
        s->rises &= !(x[i] < last);
        s->falls &= !(x[i] > last);
        last = x[i];
        count_value(s, mi_hash_number(x[i]), x[i], NULL, row + i);
    }
    s->last = last;
}

/* Is a text UTF-8; and does it hold what UTF-8 looks like that was read as
 * CP1252 and written again: a letter of C3 or E2 80 with a sign behind it that
 * no word has? */
static void look_at_bytes(mi_summary *s, mien_text t, int64_t row)
{
    const uint8_t *p = (const uint8_t *)t.at;
    int32_t last = 0;
    int doubled = 0, length;
    for (size_t i = 0; i < t.n; i += (size_t)length) {
        int32_t c = mi_utf8_of(p + i, t.n - i, &length);
        if (c < 0) {
            if (!s->broken++)
                s->bad_row[1] = row;
            return;
        }
        doubled |= (last == 0xc3 && c >= 0xa0 && c <= 0xbf) ||
                   (last == 0xc2 && c >= 0xa0 && c <= 0xbf) ||
                   (last == 0xe2 && c == 0x20ac);
        last = c;
    }
    s->beyond++;
    if (doubled && !s->doubled++)
        s->bad_row[2] = row;
}

static int reads_as_number(mien_text t)
{
    double x;
    char c = *t.at;
    if (c > '9' && (c | 32) != 'i')
        return 0;
    const char *end = t.at + t.n, *stop = mi_number_fast(t.at, end, &x);
    return stop == end || mi_number_read(t.at, end, &x) == end;
}

/* Add the values of a column of texts. */
static void add_texts(mi_summary *s, const mien_text *text, int64_t n,
                      int64_t row)
{
    for (int64_t i = 0; i < n; i++) {
        mien_text t = text[i];
        uint64_t high = 0;
        if (t.n == 0) {
            s->missing++;
            continue;
        }
        int numeric = reads_as_number(t);
        s->count++;
        s->numeric += numeric;
        if (!numeric && s->bad_row[0] < 0)
            s->bad_row[0] = row + i;
        s->blank += t.at[0] == ' ' || t.at[t.n - 1] == ' ';
        count_value(s, mi_hash_text(t, &high), (double)NAN, &t, row + i);
        if (high)
            look_at_bytes(s, t, row + i);
    }
}

/* A column of numbers became one of texts: what is known of it by number is
 * kept as such. */
static int widen(mi_summary *s)
{
    mi_values old = s->values;
    s->type = MIEN_COLUMN_TEXT;
    s->widened = s->numeric = s->count;
    if (mi_values_init(&s->values, old.most, NULL)) {
        s->values = old;
        return 0;
    }
    for (uint32_t i = 0; i < old.slots; i++) {
        char text[MI_NUMBER_SIZE];
        uint64_t high = 0;
        if (!old.slot[i].hash)
            continue;
        int n = mi_number_write(old.slot[i].number, text);
        mien_text t = {text, (size_t)n};
        uint64_t hash = mi_hash_text(t, &high);
        mi_value *to = mi_values_add(&s->values, hash, (double)NAN, &t);
        s->failed |= !to;
        if (to)
            to->count = old.slot[i].count;
    }
    s->values.offset = old.offset;
    mi_values_done(&old);
    return 1;
}

void mi_summary_add(mi_summary *s, const mien_column *c, int64_t n, int64_t row)
{
    if (c->type == MIEN_COLUMN_TEXT && s->type == MIEN_COLUMN_NUMBER)
        s->failed |= !widen(s);
    if (c->type == MIEN_COLUMN_NUMBER)
        add_numbers(s, c->number, n, row);
    else
        add_texts(s, c->text, n, row);
}

double mi_summary_distinct(const mi_summary *s, int *exact)
{
    *exact = !s->sketch;
    return s->sketch ? mi_sketch_count(s->sketch) : s->values.used;
}

int mi_summary_top(const mi_summary *s, int most, const mi_value **out)
{
    int n = 0;
    for (uint32_t i = 0; i < s->values.slots; i++) {
        const mi_value *v = &s->values.slot[i];
        if (!v->hash)
            continue;
        int at = n < most ? n++ : most;
        for (; at > 0; at--) {
            const mi_value *before = out[at - 1];
            if (before->count > v->count ||
                (before->count == v->count && before->hash < v->hash))
                break;
            if (at < most)
                out[at] = before;
        }
        if (at < most)
            out[at] = v;
    }
    return n;
}

double mi_summary_collision(const mi_summary *s)
{
    double sum = 0, all = (double)(s->count + s->missing);
    double rest = (double)s->count;
    int exact;
    double distinct = mi_summary_distinct(s, &exact);
    if (all == 0)
        return 1;
    for (uint32_t i = 0; i < s->values.slots; i++) {
        if (!s->values.slot[i].hash)
            continue;
        double share = (double)s->values.slot[i].count / all;
        sum += share * share;
        rest -= (double)s->values.slot[i].count;
    }
    double missing = (double)s->missing / all;
    double others = distinct - s->values.used;
    if (rest > 0 && others > 0)
        sum += rest / all * (rest / all) / others;
    return sum + missing * missing;
}

double mi_summary_deviation(const mi_summary *s)
{
    int64_t n = s->count - s->infinite;
    return n > 1 ? sqrt(s->m2 / (double)(n - 1)) : (double)NAN;
}
