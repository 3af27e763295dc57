/* csv_layout.c: what the first rows of a CSV file say: the delimiter, the
 * names, a first guess at the types, and which columns are wanted.
 *
 * The delimiter is the one whose number in the header is found again in most of
 * the first rows.  A column is taken for numbers until a value says no. */
#include "table/csv.h"

#include "base/alloc.h"
#include "base/error.h"
#include "table/csv_scan.h"

#include <assert.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { SAMPLE_ROWS = 128, SNIFF_ROWS = 24, SNIFF_BYTES = 1 << 18 };

static const char *skip_line_ends(const char *p, const char *end)
{
    while (p < end && mi_is_line_end(*p))
        p++;
    return p;
}

/* The place behind so many lines, and empty ones behind them. */
static const char *skip_rows(const char *p, const char *end, int lines)
{
    for (; lines > 0 && p < end; lines--) {
        while (p < end && !mi_is_line_end(*p))
            p++;
        if (p < end)
            p += *p == '\r' && p + 1 < end && p[1] == '\n' ? 2 : 1;
    }
    return skip_line_ends(p, end);
}

/* Delimiters of the row at *p, which is moved behind it. */
static int count_in_row(const char **p, const char *end, char delimiter)
{
    int count = 0, inside = 0;
    const char *c = *p;
    for (; c < end && (inside || !mi_is_line_end(*c)); c++) {
        inside ^= *c == '"';
        count += !inside && *c == delimiter;
    }
    *p = skip_line_ends(c, end);
    return count;
}

char mi_csv_delimiter(const char *start, const char *end)
{
    static const char candidates[] = {',', ';', '\t', '|'};
    char best = ',';
    int most = 0;
    if (end - start > SNIFF_BYTES)
        end = start + SNIFF_BYTES;
    for (size_t i = 0; i < sizeof candidates; i++) {
        const char *p = start;
        int header = count_in_row(&p, end, candidates[i]), same = 1;
        for (int row = 1; row < SNIFF_ROWS && p < end; row++)
            same += count_in_row(&p, end, candidates[i]) == header;
        if (header > 0 && same > most) {
            most = same;
            best = candidates[i];
        }
    }
    return best;
}

char mi_csv_said_delimiter(const uint8_t *p, size_t n)
{
    size_t from = n >= 3 && !memcmp(p, "\xef\xbb\xbf", 3) ? 3 : 0;
    from += from < n && p[from] == '"';
    if (n < from + 6 || strncasecmp((const char *)p + from, "sep=", 4) != 0)
        return 0;
    const uint8_t *end = p + from + 5;
    end += *end == '"' && p[from - (from > 0)] == '"';
    char c = (char)p[from + 4];
    return (char)(end < p + n && (*end == '\n' || *end == '\r') && c != '"' &&
                          !mi_is_line_end(c)
                      ? c
                      : 0);
}

/* ---- names ----------------------------------------------------------------
 */

/* Walk through the fields of the row at p; the place behind it, or NULL. */
static const char *
walk_row(const mi_csv_layout *l, const char *p, const char *end,
         int (*each)(void *arg, int i, mien_text text, int quoted), void *arg,
         mi_csv_fail *fail)
{
    const char *start = p;
    for (int i = 0;; i++) {
        mien_text text;
        int quoted;
        p = mi_csv_field(p, end, l->delimiter, &text, &quoted, fail);
        if (!p)
            return NULL;
        if (i >= MIEN_TABLE_MAX_COLUMNS)
            return mi_csv_fail_at(fail, MIEN_ELIMIT, start,
                                  ": more than %d columns",
                                  MIEN_TABLE_MAX_COLUMNS);
        if (!each(arg, i, text, quoted))
            return mi_csv_fail_at(fail, MIEN_ENOMEM, start, ": no memory");
        if (p - start > MIEN_CSV_MAX_ROW)
            return mi_csv_fail_at(fail, MIEN_ELIMIT, start,
                                  ": a row of more than %d bytes",
                                  MIEN_CSV_MAX_ROW);
        if (p >= end || *p != l->delimiter)
            return p;
        p++;
    }
}

typedef struct {
    const mi_csv_layout *layout;
    int columns, numbers;
} counted;

static int count_field(void *arg, int i, mien_text text, int quoted)
{
    counted *c = arg;
    double x;
    (void)quoted;
    c->columns = i + 1;
    int is = mi_csv_value(&c->layout->marks, text, &x);
    c->numbers += is == MI_CSV_IS_NUMBER || is == MI_CSV_IS_LARGE;
    return 1;
}

typedef struct {
    mien_table *head;
    int none; /* there is no header: make names up */
    mien_error *err;
} named;

/* Name column i of the head by a field, or by its number. */
static int name_field(void *arg, int i, mien_text text, int quoted)
{
    named *d = arg;
    char *name = mi_table_room(d->head, text.n + 16);
    if (!name)
        return 0;
    if (d->none) {
        snprintf(name, 16, "x%d", i);
    } else {
        if (quoted == 2)
            text = mi_csv_unquote(text, name);
        else if (text.n > 0)
            memcpy(name, text.at, text.n);
        name[text.n] = '\0';
    }
    return mi_table_set(d->head, i, name, MIEN_COLUMN_NUMBER, d->err) ==
           MIEN_OK;
}

/* Read the header, or make names, and note where the rows begin. */
static mien_status read_names(mi_csv_layout *l, const char *start,
                              const char *p, const char *end,
                              mien_csv_header header, mien_error *err)
{
    mi_csv_fail fail = {0};
    counted c = {l, 0, 0};
    const char *stop = walk_row(l, p, end, count_field, &c, &fail);
    if (!stop)
        return mi_csv_report(&fail, start, 0, err);
    if (header == MIEN_CSV_HEADER_FIRST && c.numbers == c.columns)
        return mi_fail(err, MIEN_EFORMAT,
                       "csv: line %lld: every name in the header is a number; "
                       "if there is no header, say so (--no-header)",
                       (long long)mi_csv_lines(start, p) + 1);
    mien_status st = mi_table_new(0, c.columns, &l->head, err);
    if (st != MIEN_OK)
        return st;
    named d = {l->head, header == MIEN_CSV_HEADER_NONE, err};
    if (!walk_row(l, p, end, name_field, &d, &fail))
        return mi_fail(err, MIEN_ENOMEM, "csv: %d names", c.columns);
    if (header != MIEN_CSV_HEADER_NONE) {
        l->header = (mien_text){p, (size_t)(stop - p)};
        p = stop;
        if (p < end)
            p += *p == '\r' && p + 1 < end && p[1] == '\n' ? 2 : 1;
    }
    l->data = (size_t)(p - start);
    return l->strict ? mi_table_check_names(l->head, err)
                     : mi_csv_names_mend(l, err);
}

/* ---- types ----------------------------------------------------------------
 */

static int look_at_type(void *arg, int i, mien_text text, int quoted)
{
    mi_csv_layout *l = arg;
    double x;
    (void)quoted;
    if (i < l->head->columns &&
        mi_csv_value(&l->marks, text, &x) >= MI_CSV_IS_LARGE)
        l->place[i].kind = MI_CSV_TEXT;
    return 1;
}

/* What is wrong in the first rows is said when they are read.  A row that may
 * go on behind end says nothing. */
static void guess_types(mi_csv_layout *l, const char *p, const char *end,
                        int final)
{
    mi_csv_fail fail = {0};
    for (int c = 0; c < l->head->columns; c++)
        l->place[c].kind = MI_CSV_NUMBER;
    for (int row = 0; row < SAMPLE_ROWS; row++) {
        p = skip_line_ends(p, end);
        if (p >= end)
            return;
        counted c = {l, 0, 0};
        const char *stop = walk_row(l, p, end, count_field, &c, &fail);
        if (!stop || (stop == end && !final))
            return;
        p = walk_row(l, p, end, look_at_type, l, &fail);
    }
}

static mien_status no_column(const mi_csv_layout *l, const char *name,
                             mien_error *err)
{
    const mi_column *c = l->head->column;
    int n = l->head->columns;
    return mi_fail(err, MIEN_EARG,
                   "csv: no column '%.60s'; the file has %d: '%.40s'%s%.40s%s",
                   name, n, c[0].name, n > 1 ? " .. '" : "",
                   n > 1 ? c[n - 1].name : "", n > 1 ? "'" : "");
}

/* Types of the columns: as asked for, else as guessed. */
static mien_status set_types(mi_csv_layout *l, const mien_csv_options *o,
                             mien_error *err)
{
    for (int i = 0; i < o->types; i++) {
        int c = mien_table_find(l->head, o->type[i].name);
        if (c < 0)
            return no_column(l, o->type[i].name, err);
        l->place[c].fixed = 1;
        l->place[c].kind =
            o->type[i].type == MIEN_COLUMN_NUMBER ? MI_CSV_NUMBER : MI_CSV_TEXT;
    }
    for (int c = 0; c < l->head->columns; c++) {
        mi_column *h = &l->head->column[c];
        h->type = l->place[c].kind == MI_CSV_TEXT ? MIEN_COLUMN_TEXT
                                                  : MIEN_COLUMN_NUMBER;
        if (h->type == MIEN_COLUMN_TEXT && !h->text) {
            mi_free(h->number);
            h->number = NULL;
            h->text = mi_alloc(0, sizeof *h->text);
            if (!h->text)
                return mi_fail(err, MIEN_ENOMEM, "csv: types");
        }
    }
    return MIEN_OK;
}

/* Which columns go where; the others are skipped, in runs. */
static mien_status set_places(mi_csv_layout *l, const mien_csv_options *o,
                              mien_error *err)
{
    int all = l->head->columns;
    l->wanted = o->column ? o->columns : all;
    if (l->wanted > all)
        return mi_fail(err, MIEN_EARG, "csv: %d columns asked for of %d",
                       l->wanted, all);
    l->from = mi_alloc((size_t)l->wanted, sizeof *l->from);
    if (!l->from)
        return mi_fail(err, MIEN_ENOMEM, "csv: %d columns", l->wanted);
    for (int c = 0; c < all; c++)
        l->place[c].slot = -1;
    for (int i = 0; i < l->wanted; i++) {
        int c = o->column ? mien_table_find(l->head, o->column[i]) : i;
        if (c < 0)
            return no_column(l, o->column[i], err);
        if (l->place[c].slot >= 0)
            return mi_fail(err, MIEN_EARG,
                           "csv: column '%.100s' asked for "
                           "twice",
                           o->column[i]);
        l->place[c].slot = i;
        l->from[i] = c;
    }
    for (int c = all - 1, run = 0; c >= 0; c--) {
        run = l->place[c].slot < 0 ? run + 1 : 0;
        l->place[c].run = run;
        if (run)
            l->place[c].kind = MI_CSV_SKIP;
    }
    return MIEN_OK;
}

/* All that the first bytes say: marks, delimiter, names, types, places. */
static mien_status read_layout(const char *start, const char *end, int final,
                               const mien_csv_options *o, mi_csv_layout *l,
                               mien_error *err)
{
    mien_status st = mi_csv_marks_new(o->missing, o->missings, &l->marks, err);
    if (st != MIEN_OK)
        return st;
    const char *p = start;
    if (end - p >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0)
        p += 3;
    p = skip_rows(p, end, o->skip);
    l->finite = o->finite;
    l->strict = o->strict;
    l->marks.decimal = (char)(o->decimal == '.' ? 0 : o->decimal);
    l->marks.thousands = o->thousands;
    if (p >= end)
        return mi_fail(err, MIEN_EFORMAT, "csv: the file is empty");
    l->delimiter = o->delimiter;
    if (!l->delimiter)
        l->delimiter = mi_csv_delimiter(p, end);
    st = read_names(l, start, p, end, o->header, err);
    if (st != MIEN_OK)
        return st;
    if (!final && l->data == (size_t)(end - start))
        return mi_fail(err, MIEN_ELIMIT,
                       "csv: the header does not end in the first %zu bytes",
                       l->data);
    l->place = mi_alloc((size_t)l->head->columns, sizeof *l->place);
    if (!l->place)
        return mi_fail(err, MIEN_ENOMEM, "csv: %d columns", l->head->columns);
    guess_types(l, start + l->data, end, final);
    st = set_types(l, o, err);
    return st == MIEN_OK ? set_places(l, o, err) : st;
}

/* May a character be a mark of numbers?  Not what numbers are made of. */
static int is_outside_numbers(char c)
{
    return !isalnum((unsigned char)c) && c != '-' && c != '+';
}

mien_status mi_csv_layout_read(const uint8_t *bytes, size_t n, int final,
                               const mien_csv_options *o, mi_csv_layout *out,
                               mien_error *err)
{
    char d = o->delimiter;
    if (d == '"' || mi_is_line_end(d))
        return mi_fail(err, MIEN_EARG,
                       "csv: a quote or a line end cannot be the delimiter");
    if (!is_outside_numbers(o->decimal) || !is_outside_numbers(o->thousands))
        return mi_fail(err, MIEN_EARG,
                       "csv: digits, letters and signs cannot stand before the "
                       "fraction of a number or between its digits");
    mi_csv_layout l = {0};
    const char *start = (const char *)bytes;
    mien_status st = read_layout(start, start + n, final, o, &l, err);
    if (st == MIEN_OK)
        *out = l;
    else
        mi_csv_layout_done(&l);
    return st;
}

void mi_csv_layout_done(mi_csv_layout *l)
{
    mien_table_free(l->head);
    mien_buffer_free(&l->notes);
    mi_free(l->place);
    mi_free(l->from);
    mi_csv_marks_done(&l->marks);
    *l = (mi_csv_layout){0};
}
