/* csv_hint.c: columns of texts that look like numbers, and what would read them
 * so.  A sample of the rows is looked at, then all where it was of one kind. */
#include "table/csv.h"

#include <stdio.h>
#include <string.h>

enum { SAMPLE = 1000, SHOWN = 5 };

/* What the texts of a column are. */
typedef struct kinds {
    int64_t all, numbers, large, comma, pointed, grouped;
    mien_text other; /* the first that is none of them */
} kinds;

static int reads(mien_text text, char decimal, char thousands)
{
    const mi_csv_marks m = {.decimal = decimal, .thousands = thousands};
    double x;
    return mi_csv_value(&m, text, &x) == MI_CSV_IS_NUMBER;
}

/* Count the kinds of the first n rows. */
static kinds count_kinds(const mien_column *c, int64_t n)
{
    const mi_csv_marks plain = {0};
    kinds k = {0};
    double x;
    for (int64_t i = 0; i < n; i++) {
        mien_text text = c->text[i];
        if (!text.n)
            continue;
        int is = mi_csv_value(&plain, text, &x);
        k.all++;
        k.numbers += is == MI_CSV_IS_NUMBER;
        k.large += is == MI_CSV_IS_LARGE;
        k.comma += is == MI_CSV_IS_TEXT && reads(text, ',', '.');
        k.pointed += is == MI_CSV_IS_TEXT && reads(text, ',', '.') &&
                     !reads(text, ',', 0);
        k.grouped += is == MI_CSV_IS_TEXT && reads(text, '.', ',');
        if (is == MI_CSV_IS_TEXT && !k.other.n)
            k.other = text;
    }
    return k;
}

/* Why a column of texts may be one of numbers; 0: it is not. */
static int put_hint(const char *name, const mien_column *c, int64_t rows,
                    mien_buffer *out)
{
    kinds k = count_kinds(c, rows < SAMPLE ? rows : SAMPLE);
    char shown[MI_CSV_SHOWN + 4];
    if (!k.all || k.numbers + k.large + k.comma + k.grouped < k.all / 2 + 1)
        return 0;
    k = count_kinds(c, rows);
    int64_t numbers = k.numbers + k.large;
    if (k.large && numbers == k.all)
        mien_buffer_printf(out,
                           "column '%.100s' holds whole numbers beyond 2^53, "
                           "kept as texts, since as numbers some would be one; "
                           "--types '%.100s=number' reads them so\n",
                           name, name);
    else if (k.grouped && numbers + k.grouped == k.all)
        mien_buffer_printf(out,
                           "column '%.100s' is read as texts: numbers such as "
                           "'%s' want --thousands , (or --decimal ,)\n",
                           name, mi_csv_show(k.other, shown));
    else if (k.comma && numbers + k.comma == k.all)
        mien_buffer_printf(out,
                           "column '%.100s' is read as texts: numbers such as "
                           "'%s' want --decimal ,%s\n",
                           name, mi_csv_show(k.other, shown),
                           k.pointed ? " --thousands ." : "");
    else if (numbers * 10 >= k.all * 9)
        mien_buffer_printf(out,
                           "column '%.100s' is read as texts: %lld of %lld "
                           "values are numbers, others such as '%s' are not; "
                           "--na takes them for missing\n",
                           name, (long long)numbers, (long long)k.all,
                           mi_csv_show(k.other, shown));
    else
        return 0;
    return 1;
}

/* 1: its type was asked for. */
static int is_asked(const mien_csv_options *o, const char *name)
{
    for (int i = 0; i < o->types; i++)
        if (strcmp(o->type[i].name, name) == 0)
            return 1;
    return 0;
}

void mi_csv_hint(const mien_table *t, const mien_csv_options *o,
                 mien_buffer *notes)
{
    int said = 0;
    for (int i = 0; i < t->columns && said < SHOWN; i++) {
        mien_column c = mien_table_column(t, i);
        if (c.text && !is_asked(o, c.name))
            said += put_hint(c.name, &c, t->rows, notes);
    }
}
