/* csv_field.c: one field of a CSV file, and what its value is.
 * Source: RFC 4180, section 2. */
#include "table/csv.h"

#include "base/alloc.h"
#include "base/error.h"
#include "table/csv_scan.h"
#include "table/number_fast.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

/* What pandas.read_csv takes for missing values. */
static const char *const usual_marks[] = {
    "#N/A", "#N/A N/A", "#NA",     "-1.#IND", "-1.#QNAN", "-NaN",
    "-nan", "1.#IND",   "1.#QNAN", "<NA>",    "N/A",      "NA",
    "NULL", "NaN",      "None",    "n/a",     "nan",      "null"};

const char *mi_csv_fail_at(mi_csv_fail *fail, mien_status st, const char *at,
                           const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    fail->status = st;
    fail->at = at;
    vsnprintf(fail->text, sizeof fail->text, fmt, ap);
    va_end(ap);
    return NULL;
}

const char *mi_csv_show(mien_text text, char out[MI_CSV_SHOWN + 4])
{
    size_t n = text.n < MI_CSV_SHOWN ? text.n : MI_CSV_SHOWN;
    if (n < text.n) /* not in the middle of a character */
        while (n > 0 && (text.at[n] & 0xc0) == 0x80)
            n--;
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)text.at[i];
        out[i] = text.at[i];
        if (c < ' ' || c == 127)
            out[i] = '?';
    }
    memcpy(out + n, n < text.n ? "..." : "", n < text.n ? 4 : 1);
    return out;
}

int64_t mi_csv_lines(const char *p, const char *end)
{
    int64_t lines = 0;
    if (p < end && memchr(p, '\r', (size_t)(end - p))) {
        for (; p < end; p++)
            lines +=
                *p == '\n' || (*p == '\r' && !(p + 1 < end && p[1] == '\n'));
        return lines;
    }
    for (; end - p > 0; p += end - p < 16 ? end - p : 16) {
        unsigned mask = mi_mask16(mi_equal16(mi_load16(p, end), '\n'));
        for (; mask; mask &= mask - 1)
            lines++;
    }
    return lines;
}

mien_status mi_csv_report(const mi_csv_fail *fail, const char *start,
                          int64_t before, mien_error *err)
{
    int64_t line = before + mi_csv_lines(start, fail->at) + 1;
    return mi_fail(err, fail->status, "csv: line %lld%s", (long long)line,
                   fail->text);
}

/* The field whose first quote is at p, as mi_csv_field has it. */
static const char *quoted_field(const char *p, const char *end, char delimiter,
                                mien_text *text, int *quoted, mi_csv_fail *fail)
{
    const char *start = p++, *limit = end;
    if (limit - p > MIEN_CSV_MAX_FIELD + 1)
        limit = p + MIEN_CSV_MAX_FIELD + 1;
    *quoted = 1;
    for (;;) {
        const char *quote =
            p < limit ? memchr(p, '"', (size_t)(limit - p)) : NULL;
        if (!quote && limit < end)
            return mi_csv_fail_at(fail, MIEN_ELIMIT, start,
                                  ": a quoted field of more than %d bytes; is "
                                  "its last quote missing?",
                                  MIEN_CSV_MAX_FIELD);
        if (!quote)
            return mi_csv_fail_at(fail, MIEN_EFORMAT, start,
                                  ": a quoted field is never closed");
        p = quote + 1;
        if (p >= end || *p != '"')
            break;
        p++;
        *quoted = 2;
    }
    *text = (mien_text){start + 1, (size_t)(p - start) - 2};
    const char *nul = text->n ? memchr(text->at, 0, text->n) : NULL;
    if (nul)
        return mi_csv_fail_at(fail, MIEN_EFORMAT, nul, ": a NUL byte");
    if (p < end && *p != delimiter && !mi_is_line_end(*p))
        return mi_csv_fail_at(fail, MIEN_EFORMAT, p,
                              ": a quoted field goes on behind its quotes");
    return p;
}

const char *mi_csv_field(const char *p, const char *end, char delimiter,
                         mien_text *text, int *quoted, mi_csv_fail *fail)
{
    const char *start = p;
    *quoted = 0;
    if (p < end && *p == '"')
        return quoted_field(p, end, delimiter, text, quoted, fail);
    for (;; p += 16) {
        unsigned mask = mi_mask16(mi_special16(mi_load16(p, end), delimiter)) &
                        mi_valid16(p, end);
        for (; mask; mask &= mask - 1) {
            const char *stop = p + __builtin_ctz(mask);
            *text = (mien_text){start, (size_t)(stop - start)};
            if (*stop == delimiter || mi_is_line_end(*stop))
                return stop;
            if (*stop == '\0')
                return mi_csv_fail_at(fail, MIEN_EFORMAT, stop, ": a NUL byte");
            if (*stop == '"')
                return mi_csv_fail_at(fail, MIEN_EFORMAT, stop,
                                      ": a quote inside a field that is not "
                                      "quoted");
        }
        if (end - p <= 16)
            break;
        if (p - start > MIEN_CSV_MAX_FIELD)
            return mi_csv_fail_at(fail, MIEN_ELIMIT, start,
                                  ": a field of more than %d bytes",
                                  MIEN_CSV_MAX_FIELD);
    }
    *text = (mien_text){start, (size_t)(end - start)};
    return end;
}

mien_text mi_csv_unquote(mien_text text, char *to)
{
    size_t n = 0;
    for (size_t i = 0; i < text.n; i++) {
        to[n++] = text.at[i];
        i += text.at[i] == '"'; /* the second of two */
    }
    return (mien_text){to, n};
}

/* ---- values ---------------------------------------------------------------
 */

mien_status mi_csv_marks_new(const char *const *mark, int n, mi_csv_marks *out,
                             mien_error *err)
{
    int usual = !mark;
    if (usual) {
        mark = usual_marks;
        n = sizeof usual_marks / sizeof *usual_marks;
    }
    size_t bytes = 0;
    for (int i = 0; i < n; i++)
        bytes += strlen(mark[i]);
    mi_csv_marks m = {0};
    m.mark = mi_alloc(1, (size_t)n * sizeof *m.mark + bytes);
    if (!m.mark)
        return mi_fail(err, MIEN_ENOMEM, "csv: %d marks", n);
    m.n = n;
    m.usual = usual;
    char *to = (char *)(m.mark + n);
    for (int i = 0; i < n; i++) {
        size_t len = strlen(mark[i]);
        if (len > 0)
            memcpy(to, mark[i], len);
        m.mark[i] = (mien_text){to, len};
        m.first[(unsigned char)mark[i][0]] = 1;
        m.longest = len > m.longest ? len : m.longest;
        double x;
        m.numeric |= mi_number_read(to, to + len, &x) == to + len;
        to += len;
    }
    *out = m;
    return MIEN_OK;
}

void mi_csv_marks_done(mi_csv_marks *m)
{
    mi_free(m->mark);
    m->mark = NULL;
}

static int is_mark(const mi_csv_marks *m, mien_text text)
{
    if (text.n > m->longest || !m->first[(unsigned char)*text.at])
        return 0;
    for (int i = 0; i < m->n; i++)
        if (m->mark[i].n == text.n &&
            memcmp(m->mark[i].at, text.at, text.n) == 0)
            return 1;
    return 0;
}

static int is_blank(char c) { return c == ' ' || c == '\t'; }

static mien_text trimmed(mien_text text)
{
    while (text.n > 0 && is_blank(*text.at)) {
        text.at++;
        text.n--;
    }
    while (text.n > 0 && is_blank(text.at[text.n - 1]))
        text.n--;
    return text;
}

int mi_csv_is_missing(const mi_csv_marks *m, mien_text text)
{
    text = trimmed(text);
    if (text.n == 0)
        return 1;
    return is_mark(m, text) &&
           !(m->usual && text.n == 4 && memcmp(text.at, "None", 4) == 0);
}

/* Is a number, from 2^53 on, only the nearest to the whole one that the text
 * means?  w 10^q is a double if w 5^q without its factors 2 is below 2^53. */
static int is_merged(mien_text text, double x)
{
    const uint64_t limit = (uint64_t)1 << 53;
    uint64_t w = 0;
    size_t zeros = 0;
    if (!(fabs(x) >= (double)limit) || isinf(x))
        return 0;
    for (size_t i = *text.at == '-' || *text.at == '+'; i < text.n; i++) {
        if (text.at[i] < '0' || text.at[i] > '9')
            return 0; /* not written as a whole number */
        zeros++;
        if (text.at[i] == '0')
            continue;
        for (; zeros > 0; zeros--, w *= 10)
            if (w > UINT64_MAX / 10 - 1)
                return 1;
        w += (uint64_t)(text.at[i] - '0');
    }
    while (w && w % 2 == 0)
        w /= 2;
    for (; zeros > 0 && w < limit; zeros--)
        w *= 5;
    return w >= limit;
}

/* A number with other marks than a point; 0: it is none. */
static int regional(const mi_csv_marks *m, mien_text text, double *out)
{
    char plain[64], decimal = (char)(m->decimal ? m->decimal : '.');
    size_t n = 0;
    int digits = 0, group = -1; /* digits of a group; -1: none began, -2: none
                                   may begin any more */
    if (text.n >= sizeof plain)
        return 0;
    for (size_t i = 0; i < text.n; i++) {
        char c = text.at[i];
        int digit = c >= '0' && c <= '9', whole = group < 0 || group == 3;
        if (m->thousands && c == m->thousands) {
            if (!whole || group == -2 || digits < 1 ||
                (group < 0 && digits > 3))
                return 0;
            group = 0;
            continue;
        }
        if (!digit && (!whole || (c == '.' && decimal != '.')))
            return 0;
        if (!digit && digits)
            group = -2;
        digits += digit;
        group += digit && group >= 0;
        plain[n++] = (char)(c == decimal ? '.' : c);
    }
    return n > 0 && (group < 0 || group == 3) &&
           mi_number_read(plain, plain + n, out) == plain + n;
}

int mi_csv_value(const mi_csv_marks *m, mien_text text, double *out)
{
    text = trimmed(text);
    if (text.n == 0 || is_mark(m, text))
        return MI_CSV_IS_MISSING;
    const char *end = text.at + text.n;
    if (m->decimal || m->thousands)
        return regional(m, text, out) ? MI_CSV_IS_NUMBER : MI_CSV_IS_TEXT;
    if (mi_number_read(text.at, end, out) != end)
        return MI_CSV_IS_TEXT;
    return is_merged(text, *out) ? MI_CSV_IS_LARGE : MI_CSV_IS_NUMBER;
}
