/* cmd_table_split.c: training, validation and test rows as files of their own.
 */
#include "cli/cli_files.h"
#include "cli/cli_json.h"
#include "cli/cli_model.h"
#include "cli/cli_table.h"

#include "base/alloc.h"

#include <math.h>
#include <string.h>

enum {
    OPT_TEST,
    OPT_VALID,
    OPT_SEED,
    OPT_STRATIFY,
    OPT_TIME,
    OPT_PURGE,
    OPT_OUTPUT,
    OPT_TABLE
};

static const cli_option options[] = {
    {"test", 0, CLI_NUMBER, "SHARE", NULL,
     "share of the rows kept for the test (default 0.2)"},
    {"valid", 0, CLI_NUMBER, "SHARE", NULL,
     "share of the other rows for validation (default: none)"},
    {"seed", 's', CLI_NUMBER, "N", NULL,
     "of the draw (default 123): scikit-learn's random_state"},
    {"stratify", 0, CLI_TEXT, "COLUMN", NULL,
     "each part gets its share of every value of a column"},
    {"time", 0, CLI_TEXT, "COLUMN", NULL,
     "split in the order of a column: the last rows are the test"},
    {"purge", 0, CLI_NUMBER, "ROWS", NULL,
     "rows left out between the parts of --time (default 0)"},
    {"output", 'o', CLI_FOLDER, "DIR", NULL, "where train.csv, ... go"},
    CLI_OPTIONS_TABLE,
    CLI_OPTION_END,
};

static const cli_row examples[] = {
    {"mien table split data.csv --test 0.2 --seed 123 -o parts/",
     "the rows of train_test_split(random_state=123)"},
    {"mien table split log.csv --time time --purge 10 -o parts/",
     "in the order of time"},
    {NULL, NULL},
};

static const cli_row exits[] = {
    {"0", "the parts were written"},
    {"2", "the command line is wrong"},
    {"3", "the table could not be read or split"},
    {"4", "output could not be written"},
    {NULL, NULL},
};

static int failed(const char *path, const mien_error *err)
{
    cli_error("%s: %s", path, err->text);
    return 0;
}

/* A number for each value of a column. */
static int classes_of(const cli_args *a, const mien_table *t, int32_t **out)
{
    mien_groups g;
    mien_error err = {0};
    int at = cli_table_column(t, a->operand[0], a->value[OPT_STRATIFY]);
    if (at < 0)
        return 0;
    if (mien_table_group(t, at, 10000, &g, &err))
        return failed(a->operand[0], &err);
    int32_t *classes =
        mi_alloc((size_t)mien_table_rows(t) + 1, sizeof *classes);
    for (int i = 0; classes && i < g.count; i++)
        for (int64_t k = g.start[i]; k < g.start[i + 1]; k++)
            classes[g.rows[k]] = i;
    mien_groups_free(&g);
    *out = classes;
    return classes ? 1 : (cli_error("out of memory"), 0);
}

static int split_by_time(const cli_args *a, const mien_table *t,
                         const mien_split_options *o, int purge,
                         mien_split *out)
{
    mien_error err = {0};
    int64_t n = mien_table_rows(t);
    int at = cli_table_column(t, a->operand[0], a->value[OPT_TIME]);
    int64_t *order = mi_alloc((size_t)n + 1, sizeof *order);
    mien_status st = MIEN_ENOMEM;
    if (at >= 0 && order && mien_table_column(t, at).type == MIEN_COLUMN_TEXT) {
        /* Dates as texts: the order of the file. */
        for (int64_t i = 0; i < n; i++)
            order[i] = i;
        st = MIEN_OK;
    } else if (at >= 0 && order) {
        st = mien_table_sort_order(t, at, 0, order, &err);
    }
    if (!st)
        st = mien_split_ordered(n, order, o->test, o->valid, purge, out, &err);
    mi_free(order);
    if (st && at >= 0)
        failed(a->operand[0], &err);
    return st == MIEN_OK;
}

static int split(const cli_args *a, const mien_table *t, mien_split_options *o,
                 int purge, mien_split *out)
{
    mien_error err = {0};
    int32_t *classes = NULL;
    if (a->value[OPT_TIME])
        return split_by_time(a, t, o, purge, out);
    if (a->value[OPT_STRATIFY] && !classes_of(a, t, &classes))
        return 0;
    o->classes = classes;
    mien_status st = mien_split_random(mien_table_rows(t), o, out, &err);
    mi_free(classes);
    return st ? failed(a->operand[0], &err) : 1;
}

static int write_part(const mien_table *t, const char *folder, const char *name,
                      int64_t n, const int64_t *rows)
{
    mien_csv_write_options o = MIEN_CSV_WRITE_DEFAULTS;
    mien_bytes b = {0};
    mien_error err = {0};
    o.as_read = 1;
    if (n == 0)
        return 1;
    if (mien_csv_write(t, rows, n, &o, &b, &err))
        return failed(name, &err);
    int ok = cli_model_save(folder, name, b.data, b.n);
    mien_bytes_free(&b);
    return ok;
}

/* What the parts are, for commands that must not touch some of them. */
static int write_note(const cli_args *a, const mien_split_options *o, int purge,
                      const mien_split *s)
{
    json_t *j = json_object();
    mien_buffer b = {0};
    cli_json_put(&j, "schema", json_string("mien/split/1"));
    cli_json_put(&j, "source", cli_json_text(a->operand[0]));
    cli_json_put(&j, "how",
                 json_string(a->value[OPT_TIME] ? "time" : "random"));
    cli_json_put(&j, "seed", json_integer(o->seed));
    cli_json_put(&j, "purge", json_integer(purge));
    cli_json_put(&j, "train.csv", json_integer(s->trains));
    cli_json_put(&j, "valid.csv", json_integer(s->valids));
    cli_json_put(&j, "test.csv", json_integer(s->tests));
    cli_json_print(&b, j, JSON_INDENT(2));
    int ok = !b.failed &&
             cli_model_save(a->value[OPT_OUTPUT], "split.json", b.data, b.n);
    mien_buffer_free(&b);
    return ok;
}

static int write_parts(const cli_args *a, const mien_table *t,
                       const mien_split_options *o, int purge,
                       const mien_split *s)
{
    const char *folder = a->value[OPT_OUTPUT];
    mien_buffer out = {0};
    if (!cli_folder_make(folder) ||
        !write_part(t, folder, "train.csv", s->trains, s->train) ||
        !write_part(t, folder, "valid.csv", s->valids, s->valid) ||
        !write_part(t, folder, "test.csv", s->tests, s->test) ||
        !write_note(a, o, purge, s))
        return CLI_OUTPUT;
    mien_buffer_printf(&out, "%s: train.csv %lld rows", folder,
                       (long long)s->trains);
    if (s->valids)
        mien_buffer_printf(&out, ", valid.csv %lld", (long long)s->valids);
    mien_buffer_printf(&out, ", test.csv %lld\n", (long long)s->tests);
    return cli_emit(&out) ? CLI_OK : CLI_OUTPUT;
}

static int run(const cli_args *a)
{
    float test = 0.2f, valid = 0;
    int seed = 123, purge = 0, status = CLI_NOTHING;
    cli_table in;
    mien_split s = {0};
    if (!cli_float(a, OPT_TEST, 1e-6, 0.999999, &test) ||
        !cli_float(a, OPT_VALID, 1e-6, 0.999999, &valid) ||
        !cli_int(a, OPT_SEED, 0, 0x7fffffff, &seed) ||
        !cli_int(a, OPT_PURGE, 0, 1000000000, &purge))
        return CLI_USAGE;
    if (!a->value[OPT_OUTPUT] ||
        (a->value[OPT_TIME] && a->value[OPT_STRATIFY])) {
        cli_error(a->value[OPT_OUTPUT]
                      ? "--time and --stratify exclude each other"
                      : "--output DIR is missing");
        return CLI_USAGE;
    }
    mien_split_options o = {.test = round((double)test * 1e6) / 1e6,
                            .valid = round((double)valid * 1e6) / 1e6,
                            .seed = (uint32_t)seed};
    if (!cli_table_open(a->operand[0], a, OPT_TABLE, &in))
        return CLI_NOTHING;
    if (split(a, in.t, &o, purge, &s))
        status = write_parts(a, in.t, &o, purge, &s);
    mien_split_free(&s);
    cli_table_close(&in);
    return status;
}

const cli_command cmd_table_split = {
    .name = "table split",
    .operands = "TABLE.csv",
    .min_operands = 1,
    .max_operands = 1,
    .summary = "write training, validation and test rows as files",
    .description =
        "Draws the parts as scikit-learn's train_test_split does, so that a "
        "published seed gives the published rows, or cuts the table in the "
        "order of time.  Rows are written as they stood in the file.",
    .options = options,
    .examples = examples,
    .exits = exits,
    .run = run,
};
