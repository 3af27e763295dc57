/* cmd_table_describe.c: what the columns of a table hold. */
#include "cli/cli_json.h"
#include "cli/cli_table.h"

#include "base/alloc.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { OPT_BY, OPT_CORRELATION, OPT_JSON, OPT_TABLE };
enum { FIGURES = 9, MOST_GROUPS = 100 };

static const cli_option options[] = {
    {"by", 0, CLI_TEXT, "COLUMN", NULL, "a table for each value of a column"},
    {"correlation", 0, CLI_CHOICE, "KIND", "pearson,spearman",
     "how columns of numbers go together"},
    {"json", 'j', CLI_FLAG, NULL, NULL, "a JSON object, all digits"},
    CLI_OPTIONS_TABLE,
    CLI_OPTION_END,
};

static const cli_row examples[] = {
    {"mien table describe data.csv", "count, mean, deviation, quartiles"},
    {"mien table describe quartet.csv --by set --correlation pearson",
     "for each set"},
    {NULL, NULL},
};

static const cli_row exits[] = {
    {"0", "the table was described"},
    {"2", "the command line is wrong"},
    {"3", "the table could not be read"},
    {"4", "output could not be written"},
    {NULL, NULL},
};

static const char *const titles[FIGURES] = {
    "mean", "std", "min", "25%", "50%", "75%", "max", "missing", "distinct"};

static void figures_of(const mien_summary *s, double v[FIGURES])
{
    const double all[FIGURES] = {
        s->mean, s->deviation,       s->min,
        s->q25,  s->median,          s->q75,
        s->max,  (double)s->missing, (double)s->distinct};
    memcpy(v, all, sizeof all);
}

/* Characters on a screen: bytes that begin one. */
static int wide(const char *s)
{
    int n = 0;
    for (; *s; s++)
        n += ((unsigned char)*s >> 6) != 2;
    return n;
}

static void put_row(mien_buffer *out, const char *name, int room,
                    const mien_summary *s, int text)
{
    double v[FIGURES];
    mien_buffer_printf(out, "%s%*s %8lld", name, room - wide(name), "",
                       (long long)s->count);
    if (text) {
        mien_buffer_printf(out,
                           "  text: %lld distinct, %lld missing; most frequent "
                           "'%.*s' (%lld)\n",
                           (long long)s->distinct, (long long)s->missing,
                           (int)(s->top.n < 40 ? s->top.n : 40),
                           s->top.at ? s->top.at : "", (long long)s->frequency);
        return;
    }
    figures_of(s, v);
    for (int k = 0; k < FIGURES; k++) {
        if (k >= 7)
            mien_buffer_printf(out, " %8.0f", v[k]);
        else if (isfinite(v[k]))
            mien_buffer_printf(out, " %11.6g", v[k]);
        else
            mien_buffer_printf(out, " %11s", "-");
    }
    mien_buffer_puts(out, "\n");
}

static void put_table(const mien_table *t, const mien_summary *s,
                      mien_buffer *out)
{
    int n = mien_table_columns(t), room = 6;
    for (int i = 0; i < n; i++)
        if (wide(mien_table_column(t, i).name) > room)
            room = wide(mien_table_column(t, i).name);
    mien_buffer_printf(out, "%-*s %8s", room, "column", "count");
    for (int k = 0; k < FIGURES; k++)
        mien_buffer_printf(out, " %*s", k >= 7 ? 8 : 11, titles[k]);
    mien_buffer_puts(out, "\n");
    for (int i = 0; i < n; i++) {
        mien_column c = mien_table_column(t, i);
        put_row(out, c.name, room, &s[i], c.type == MIEN_COLUMN_TEXT);
    }
}

static json_t *summary_json(const mien_table *t, const mien_summary *s)
{
    json_t *all = json_object();
    for (int i = 0; i < mien_table_columns(t); i++) {
        mien_column c = mien_table_column(t, i);
        json_t *o = json_object();
        double v[FIGURES];
        figures_of(&s[i], v);
        cli_json_put(&o, "count", json_integer(s[i].count));
        for (int k = c.type == MIEN_COLUMN_TEXT ? 7 : 0; k < FIGURES; k++)
            cli_json_put(&o, titles[k],
                         isfinite(v[k]) ? json_real(v[k]) : json_null());
        cli_json_put(&all, c.name, o);
    }
    return all;
}

/* ---- what is odd
 * ----------------------------------------------------------------- */

static void put_warnings(const cli_table *in, mien_buffer *out)
{
    int n = mien_table_columns(in->t);
    mien_column_quality *q = mi_alloc((size_t)n, sizeof *q);
    int64_t twice = 0, *of = NULL;
    int *all = mi_alloc((size_t)n, sizeof *all);
    of = mi_alloc((size_t)mien_table_rows(in->t) + 1, sizeof *of);
    for (int i = 0; all && i < n; i++)
        all[i] = i;
    if (q && !mien_table_check(in->t, in->pool, q, NULL))
        for (int i = 0; i < n; i++) {
            const char *name = mien_table_column(in->t, i).name;
            if (q[i].constant)
                mien_buffer_printf(out, "warning: column %s is constant\n",
                                   name);
            else if (q[i].near_constant)
                mien_buffer_printf(
                    out,
                    "warning: column %s is nearly constant: one value "
                    "in %.2f %% of the rows\n",
                    name, 100 * q[i].most);
            if (q[i].copy_of >= 0)
                mien_buffer_printf(out, "warning: column %s is a copy of %s\n",
                                   name,
                                   mien_table_column(in->t, q[i].copy_of).name);
            if (q[i].infinite)
                mien_buffer_printf(out,
                                   "warning: column %s: %lld infinite values\n",
                                   name, (long long)q[i].infinite);
        }
    if (all && of && !mien_table_duplicates(in->t, n, all, of, &twice, NULL) &&
        twice)
        mien_buffer_printf(
            out, "warning: %lld rows are exact duplicates of others\n",
            (long long)twice);
    mi_free(q);
    mi_free(of);
    mi_free(all);
}

static void put_correlation(const cli_args *a, const cli_table *in,
                            mien_buffer *out)
{
    int n = mien_table_columns(in->t), k = 0;
    int *column = mi_alloc((size_t)n, sizeof *column);
    double *r = mi_alloc((size_t)n * (size_t)n, sizeof *r);
    for (int i = 0; column && i < n; i++)
        if (mien_table_column(in->t, i).type == MIEN_COLUMN_NUMBER)
            column[k++] = i;
    mien_correlation kind = (mien_correlation)cli_choice(a, OPT_CORRELATION, 0);
    if (column && r && k > 0 &&
        !mien_table_correlate(in->t, kind, k, column, in->pool, r, NULL)) {
        mien_buffer_printf(
            out, "\n%s correlation\n%-12s",
            kind == MIEN_CORRELATION_PEARSON ? "Pearson" : "Spearman", "");
        for (int i = 0; i < k; i++)
            mien_buffer_printf(out, " %9.9s",
                               mien_table_column(in->t, column[i]).name);
        for (int i = 0; i < k; i++) {
            mien_buffer_printf(out, "\n%-12.12s",
                               mien_table_column(in->t, column[i]).name);
            for (int j = 0; j < k; j++)
                mien_buffer_printf(out, " %9.4f", r[i * k + j]);
        }
        mien_buffer_puts(out, "\n");
    }
    mi_free(column);
    mi_free(r);
}

/* ---- groups
 * ---------------------------------------------------------------------- */

static int describe(const cli_table *in, int64_t n, const int64_t *rows,
                    mien_summary *s, const char *path)
{
    mien_error err = {0};
    if (!mien_table_describe(in->t, n, rows, in->pool, s, &err))
        return 1;
    cli_error("%s: %s", path, err.text);
    return 0;
}

static int put_groups(const cli_args *a, const cli_table *in, mien_summary *s,
                      mien_buffer *out)
{
    mien_groups g;
    mien_error err = {0};
    const char *path = a->operand[0];
    int ok = 1, at = cli_table_column(in->t, path, a->value[OPT_BY]);
    if (at < 0)
        return 0;
    if (mien_table_group(in->t, at, MOST_GROUPS, &g, &err)) {
        cli_error("%s: %s", path, err.text);
        return 0;
    }
    mien_column c = mien_table_column(in->t, at);
    for (int i = 0; ok && i < g.count; i++) {
        int64_t first = g.first[i];
        if (c.type == MIEN_COLUMN_TEXT)
            mien_buffer_printf(out, "%s%s = %.*s\n", i ? "\n" : "", c.name,
                               (int)c.text[first].n, c.text[first].at);
        else
            mien_buffer_printf(out, "%s%s = %g\n", i ? "\n" : "", c.name,
                               c.number[first]);
        ok = describe(in, g.start[i + 1] - g.start[i], g.rows + g.start[i], s,
                      path);
        if (ok)
            put_table(in->t, s, out);
    }
    mien_groups_free(&g);
    return ok;
}

static int run(const cli_args *a)
{
    cli_table in;
    mien_buffer out = {0};
    if (!cli_table_open(a->operand[0], a, OPT_TABLE, &in))
        return CLI_NOTHING;
    mien_summary *s = mi_alloc((size_t)mien_table_columns(in.t), sizeof *s);
    int ok = s != NULL;
    if (ok && a->value[OPT_BY])
        ok = put_groups(a, &in, s, &out);
    else if (ok)
        ok = describe(&in, 0, NULL, s, a->operand[0]);
    if (ok && !a->value[OPT_BY] && cli_given(a, OPT_JSON)) {
        cli_json_print(&out, summary_json(in.t, s), JSON_INDENT(2));
    } else if (ok) {
        if (!a->value[OPT_BY]) {
            mien_buffer_printf(&out, "%s: %lld rows, %d columns\n",
                               a->operand[0], (long long)mien_table_rows(in.t),
                               mien_table_columns(in.t));
            put_table(in.t, s, &out);
        }
        if (cli_given(a, OPT_CORRELATION))
            put_correlation(a, &in, &out);
        put_warnings(&in, &out);
    }
    int status = ok ? CLI_OK : CLI_NOTHING;
    if (ok && !cli_emit(&out))
        status = CLI_OUTPUT;
    mien_buffer_free(&out);
    mi_free(s);
    cli_table_close(&in);
    return status;
}

const cli_command cmd_table_describe = {
    .name = "table describe",
    .operands = "TABLE.csv",
    .min_operands = 1,
    .max_operands = 1,
    .summary = "count, mean, deviation, quartiles of the columns of a table",
    .description =
        "Prints a line a column: count, mean, standard deviation (of a "
        "sample), least, quartiles, greatest, missing and distinct values; "
        "then what is odd: constant columns, copies, duplicate rows.",
    .options = options,
    .examples = examples,
    .exits = exits,
    .run = run,
};
