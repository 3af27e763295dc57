/* csv_hint.c: columns of texts that look like numbers, and what would read them
 * so.  A sample of the rows is looked at, then all where it was of one kind. */
#include "table/csv.h"

#include <stdio.h>
#include <string.h>

enum { SAMPLE = 1000, SHOWN = 5 };

/* How numbers are written elsewhere, and what reads them so. */
static const struct form {
    char decimal, thousands;
    const char *options;
} forms[] = {{'.', ',', "--thousands , (or --decimal ,)"},
             {',', 0, "--decimal ,"},
             {',', '.', "--decimal , --thousands ."},
             {'.', ' ', "--thousands ' '"},
             {',', ' ', "--decimal , --thousands ' '"},
             {'.', '\'', "--thousands \"'\""}};
enum { FORMS = sizeof forms / sizeof *forms };

/* What the texts of a column are. */
typedef struct kinds {
    int64_t all, numbers, large, marked, of[FORMS];
    mien_text other; /* the first that is no number */
} kinds;

static int reads(mien_text text, char decimal, char thousands)
{
    const mi_csv_marks m = {.decimal = decimal, .thousands = thousands};
    double x;
    return mi_csv_value(&m, text, &x) == MI_CSV_IS_NUMBER;
}

static int is_mark(char c)
{
    static const char marks[] = "$%()+ \xc2\xa3\xa5\xe2\x82\xac";
    return memchr(marks, c, sizeof marks - 1) != NULL;
}

/* Is it a number but for what it is of: "$1,500.25", "10 %", "(3)"? */
static int is_marked(mien_text text)
{
    for (; text.n && is_mark(*text.at); text.n--)
        text.at++;
    while (text.n && is_mark(text.at[text.n - 1]))
        text.n--;
    return text.n && (reads(text, '.', 0) || reads(text, '.', ','));
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
        if (is != MI_CSV_IS_TEXT)
            continue;
        for (int f = 0; f < FORMS; f++)
            k.of[f] += reads(text, forms[f].decimal, forms[f].thousands);
        k.marked += is_marked(text);
        if (!k.other.n)
            k.other = text;
    }
    return k;
}

/* The form that most texts have; how many have it. */
static int64_t find_form(const kinds *k, int *form)
{
    *form = 0;
    for (int f = 1; f < FORMS; f++)
        if (k->of[f] > k->of[*form])
            *form = f;
    return k->of[*form];
}

/* Why a column of texts may be one of numbers; 0: it is not. */
static int put_hint(const char *name, const mien_column *c, int64_t rows,
                    mien_buffer *out)
{
    int form;
    kinds k = count_kinds(c, rows < SAMPLE ? rows : SAMPLE);
    int64_t most = find_form(&k, &form);
    most = most > k.marked ? most : k.marked;
    char shown[MI_CSV_SHOWN + 4];
    if (!k.all || k.numbers + k.large + most < k.all / 2 + 1)
        return 0;
    k = count_kinds(c, rows);
    most = find_form(&k, &form);
    int64_t numbers = k.numbers + k.large;
    if (k.large && numbers == k.all) {
        mien_buffer_printf(out,
                           "column '%.100s' holds whole numbers beyond 2^53, "
                           "kept as texts, since as numbers some would be one; "
                           "--types '%.100s=number' reads them so\n",
                           name, name);
        return 1;
    }
    int other = numbers * 10 >= k.all * 9;
    if (!k.other.n ||
        (most + numbers != k.all && k.marked + numbers != k.all && !other))
        return 0;
    mien_buffer_printf(out, "column '%.100s' is read as texts: ", name);
    mi_csv_show(k.other, shown);
    if (most && most + numbers == k.all)
        mien_buffer_printf(out, "numbers such as '%s' want %s\n", shown,
                           forms[form].options);
    else if (k.marked + numbers == k.all)
        mien_buffer_printf(out,
                           "numbers such as '%s' are not read with what is "
                           "around them\n",
                           shown);
    else
        mien_buffer_printf(out,
                           "%lld of %lld values are numbers, others such as "
                           "'%s' are not; --na takes them for missing\n",
                           (long long)numbers, (long long)k.all, shown);
    return 1;
}

/* What may stand between the values of an only column: a character that all
 * rows hold as often as the name, or one fewer; of the usual ones as often as
 * each other.  0: none. */
static char other_delimiter(const mien_column *c, int64_t rows)
{
    static const char all[] = ";,\t| :^~";
    for (int i = 0; all[i]; i++) {
        int64_t name = 0, first = 0, row = 0;
        for (const char *p = c->name; *p; p++)
            name += *p == all[i];
        for (; row < rows && row < SAMPLE; row++) {
            int64_t count = 0;
            for (size_t k = 0; k < c->text[row].n; k++)
                count += c->text[row].at[k] == all[i];
            first = row ? first : count;
            if (!count || count != first)
                break;
        }
        if (row > 1 && (row == rows || row == SAMPLE) &&
            (i < 4 || (name && (name == first || name == first - 1))))
            return all[i];
    }
    return 0;
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
    mien_column only = {0};
    if (t->columns == 1 && !o->delimiter && !o->column)
        only = mien_table_column(t, 0);
    char delimiter = (char)(only.text ? other_delimiter(&only, t->rows) : 0);
    if (delimiter)
        mien_buffer_printf(
            notes,
            "there is one column, and all its rows hold '%.*s': --delimiter "
            "'%.*s' says that it stands between values\n",
            delimiter == '\t' ? 3 : 1, delimiter == '\t' ? "tab" : &delimiter,
            delimiter == '\t' ? 3 : 1, delimiter == '\t' ? "tab" : &delimiter);
    for (int i = 0; i < t->columns && said < SHOWN && !delimiter; i++) {
        mien_column c = mien_table_column(t, i);
        if (c.text && !is_asked(o, c.name))
            said += put_hint(c.name, &c, t->rows, notes);
    }
}
