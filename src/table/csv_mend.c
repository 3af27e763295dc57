/* csv_mend.c: fields written anew: comments left out, other quotes, quotes that
 * stand where RFC 4180 has none.
 *
 *   5" pipe       a quote inside a field is one of its characters
 *   a, "b, c"     blanks before quotes are left out
 *   "a"b          what follows quotes belongs to the field
 *   1,2,          an empty field more than the header has, at the end
 *   x,y, / 1,2    the same in the header alone
 *   x,y / 1,2,3   rows that all begin with a field more: a column of no name
 *
 * Every line stays where it was, so that messages name the lines of the file.
 * Source: what Python's csv.reader takes such fields for. */
#include "table/csv_mend.h"

#include "base/error.h"
#include "table/csv_scan.h"

#include <string.h>

typedef struct mender {
    const char *p, *end;
    const mi_csv_mending *how;
    mien_buffer *out;
    mi_csv_bent *bent;
    int64_t line;    /* from 1 */
    int header;      /* fields of the first row; 0: not yet known */
    mien_buffer raw; /* the field being read */
} mender;

/* Add to the field, counting lines. */
static void add(mender *m, char c)
{
    m->line +=
        c == '\n' || (c == '\r' && !(m->p + 1 < m->end && m->p[1] == '\n'));
    mien_buffer_put(&m->raw, &c, 1);
}

/* The rest of a field up to the next delimiter or line end. */
static void take_plain(mender *m)
{
    while (m->p < m->end && *m->p != m->how->delimiter &&
           !mi_is_line_end(*m->p))
        add(m, *m->p++);
}

/* What stands between quotes; 0: they are never closed. */
static int take_quoted(mender *m)
{
    char quote = m->how->quote;
    for (m->p++; m->p < m->end; m->p++) {
        if (*m->p != quote) {
            add(m, *m->p);
        } else if (m->p + 1 < m->end && m->p[1] == quote) {
            add(m, *m->p++);
        } else {
            m->p++;
            return 1;
        }
    }
    return 0;
}

/* Blanks before a quote, which are left out. */
static void skip_blanks(mender *m)
{
    const char *p = m->p;
    while (p < m->end && (*p == ' ' || *p == '\t') && *p != m->how->delimiter)
        p++;
    if (p > m->p && p < m->end && *p == m->how->quote) {
        m->p = p;
        m->bent->quotes++;
        m->bent->first = m->bent->first ? m->bent->first : m->line;
    }
}

/* The field that was read, in quotes where it has to be. */
static void put_field(mender *m, int quoted)
{
    const char *s = (const char *)m->raw.data;
    size_t n = m->raw.n;
    int quotes = n && memchr(s, '"', n) != NULL;
    if (!quoted && !quotes && !(n && memchr(s, m->how->delimiter, n))) {
        mien_buffer_put(m->out, s, n);
        return;
    }
    mien_buffer_put(m->out, "\"", 1);
    for (size_t i = 0; i < n; i++) {
        if (s[i] == '"')
            mien_buffer_put(m->out, "\"", 1);
        mien_buffer_put(m->out, s + i, 1);
    }
    mien_buffer_put(m->out, "\"", 1);
}

/* One field; 0: its quotes are never closed. */
static int mend_field(mender *m)
{
    int lenient = m->how->lenient, quoted = 0;
    int64_t line = m->line;
    m->raw.n = 0;
    if (lenient && m->how->quote)
        skip_blanks(m);
    if (m->how->quote && m->p < m->end && *m->p == m->how->quote) {
        quoted = 1;
        if (!take_quoted(m))
            return 0;
        size_t n = m->raw.n;
        take_plain(m);
        quoted += m->raw.n > n;
    } else {
        take_plain(m);
        quoted = m->how->quote && m->raw.n &&
                         memchr(m->raw.data, m->how->quote, m->raw.n)
                     ? 3
                     : 0;
    }
    if (quoted > 1) {
        m->bent->quotes++;
        m->bent->first = m->bent->first ? m->bent->first : line;
    }
    put_field(m, quoted);
    return 1;
}

/* One row up to its line end; 0: a field is never closed. */
static int mend_row(mender *m)
{
    int fields = 0;
    if (!m->header && m->bent->unnamed)
        mien_buffer_put(m->out, &m->how->delimiter, 1);
    for (;;) {
        size_t start = m->out->n;
        if (!mend_field(m))
            return 0;
        fields++;
        int last = m->p >= m->end || *m->p != m->how->delimiter;
        if (last && !m->header && m->bent->head) {
            m->out->n--;
            fields--;
        }
        if (last && m->how->lenient && !m->bent->unnamed && m->header &&
            fields == m->header + 1 && m->out->n == start) {
            m->out->n--; /* the delimiter before it */
            m->bent->ends++;
        }
        if (last)
            break;
        mien_buffer_put(m->out, m->p++, 1);
    }
    if (!m->header)
        m->header = fields;
    return 1;
}

/* Mend row after row; comments go, rows to be skipped stay. */
static mien_status mend_rows(mender *m, mien_error *err)
{
    while (m->p < m->end) {
        if (m->line <= m->how->skip && !mi_is_line_end(*m->p)) {
            mien_buffer_put(m->out, m->p++, 1);
        } else if (mi_is_line_end(*m->p)) {
            m->line += *m->p == '\n' || !(m->p + 1 < m->end && m->p[1] == '\n');
            mien_buffer_put(m->out, m->p++, 1);
        } else if (m->how->comment && *m->p == m->how->comment) {
            while (m->p < m->end && !mi_is_line_end(*m->p))
                m->p++;
        } else if (!mend_row(m)) {
            return mi_fail(err, MIEN_EFORMAT,
                           "csv: line %lld: a quoted field is never closed",
                           (long long)m->line);
        }
    }
    return m->out->failed || m->raw.failed ? mi_no_memory(err) : MIEN_OK;
}

/* The fields of the row at *p, which is moved behind it; less 1 if the last is
 * empty. */
static int count_fields(const char **p, const char *end,
                        const mi_csv_mending *how)
{
    int fields = 1, inside = 0, fresh = 1; /* fresh: at the start of a field */
    const char *s = *p;
    for (; s < end && (inside || !mi_is_line_end(*s)); s++) {
        if (how->quote && *s == how->quote && (fresh || inside))
            inside = !inside;
        int is = !inside && *s == how->delimiter;
        fields += is;
        fresh = is || (fresh && *s == ' ');
    }
    fields -= s > *p && s[-1] == how->delimiter;
    while (s < end && mi_is_line_end(*s))
        s++;
    *p = s;
    return fields;
}

/* 1: the row behind the header has a field more than it, not an empty one at
 * its end.  A header of one field, without quotes, may as well be a title: then
 * the first field has to be a number, as of an index. */
static int is_unnamed(const char *p, const char *end, const mi_csv_mending *how)
{
    for (int i = 0; i < how->skip && p < end; p++)
        i += *p == '\n';
    int comment = p < end && (*p == '#' || *p == '%');
    int title = p < end && *p != how->quote;
    int header = count_fields(&p, end, how);
    title &= header == 1 && p < end && !(*p >= '0' && *p <= '9');
    return !comment && !title && p < end &&
           count_fields(&p, end, how) == header + 1;
}

/* 1: the header ends with a delimiter, and the row behind it has as many fields
 * without one. */
static int has_longer_head(const char *p, const char *end,
                           const mi_csv_mending *how)
{
    for (int i = 0; i < how->skip && p < end; p++)
        i += *p == '\n';
    const char *first = p;
    int header = count_fields(&p, end, how);
    const char *second = p, *e = p;
    while (e > first && mi_is_line_end(e[-1]))
        e--;
    int longer = e > first + 1 && e[-1] == how->delimiter;
    if (!longer || p >= end || count_fields(&p, end, how) != header)
        return 0;
    while (p > second && mi_is_line_end(p[-1]))
        p--;
    return p[-1] != how->delimiter;
}

mien_status mi_csv_mend(const char *p, const char *end,
                        const mi_csv_mending *how, mien_buffer *out,
                        mi_csv_bent *bent, mien_error *err)
{
    mender m = {
        .p = p, .end = end, .how = how, .out = out, .bent = bent, .line = 1};
    *bent = (mi_csv_bent){0};
    bent->unnamed = how->lenient && is_unnamed(p, end, how);
    bent->head = how->lenient && has_longer_head(p, end, how);
    mien_buffer_reserve(out, (size_t)(end - p) + 16);
    mien_status st = mend_rows(&m, err);
    mien_buffer_free(&m.raw);
    return st;
}
