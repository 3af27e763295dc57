/* cmd_table_split.c: training, validation and test rows as files of their own.
 */
#include "cli/shell/files.h"
#include "cli/table.h"

#include <limits.h>
#include <stdlib.h>

typedef struct values {
    mien_split_options split;
    int64_t purge;
    const char *stratify, *time, *output;
    cli_table_values table;
} values;
static const values defaults = {.split = {.test = 0.2, .seed = 123}};

static const cli_option options[] = {
    CLI_ROW_REAL(split.test, "test", 0, "SHARE", 1e-6, 0.999999,
                 "share of the rows kept for the test (default {})"),
    CLI_ROW_REAL(split.valid, "valid", 0, "SHARE", 1e-6, 0.999999,
                 "share of the other rows for validation (default: none)"),
    CLI_ROW_INT(split.seed, "seed", 's', "N", 0, INT_MAX,
                "of the draw (default {}): scikit-learn's random_state"),
    CLI_ROW_TEXT(stratify, CLI_TEXT, "stratify", 0, "COLUMN",
                 "each part gets its share of every value of a column"),
    CLI_ROW_TEXT(time, CLI_TEXT, "time", 0, "COLUMN",
                 "split in the order of a column of dates or numbers: the last "
                 "rows are the test"),
    CLI_ROW_INT(purge, "purge", 0, "ROWS", 0, 1000000000,
                "rows left out between the parts of --time (default {})"),
    CLI_ROW_TEXT(output, CLI_FOLDER, "output", 'o', "DIR",
                 "where train.csv, ... go"),
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

static const cli_row exits[] =
    CLI_EXITS("the parts were written", "the table could not be read or split");

typedef struct job {
    const cli_args *args;
    const values *v; /* of args */
    const mien_table *t;
    mien_split_options o;
    mien_split parts;
} job;

/* A number for each value of a column, released with free. */
static mien_status classes_of(const mien_table *t, int column, int32_t **out,
                              mien_error *err)
{
    mien_groups g;
    mien_status st = mien_table_group(t, column, 10000, &g, err);
    if (st)
        return st;
    *out = calloc((size_t)mien_table_rows(t) + 1, sizeof **out);
    for (int i = 0; *out && i < g.count; i++)
        for (int64_t k = g.start[i]; k < g.start[i + 1]; k++)
            (*out)[g.rows[k]] = i;
    mien_groups_free(&g);
    return *out ? MIEN_OK : MIEN_ENOMEM;
}

/* Split in the order of a column. */
static mien_status split_by_time(job *j, int column, mien_error *err)
{
    int64_t n = mien_table_rows(j->t);
    int64_t *order = calloc((size_t)n + 1, sizeof *order);
    mien_status st = order ? MIEN_OK : MIEN_ENOMEM;
    if (!st)
        st = mien_table_time_order(j->t, column, order, NULL, err);
    if (!st)
        st = mien_split_ordered(n, order, j->o.test, j->o.valid, j->v->purge,
                                &j->parts, err);
    free(order);
    return st;
}

/* Split as the options say; 0, and a report. */
static int split(job *j)
{
    const cli_args *a = j->args;
    const char *path = a->operand[0], *time = j->v->time;
    const char *name = time ? time : j->v->stratify;
    int at = name ? cli_table_column(j->t, path, name) : 0;
    mien_error err = {0};
    mien_status st = MIEN_OK;
    int32_t *classes = NULL;
    if (at < 0)
        return 0;
    if (time) {
        st = split_by_time(j, at, &err);
    } else {
        if (name)
            st = classes_of(j->t, at, &classes, &err);
        j->o.classes = classes;
        if (!st)
            st = mien_split_random(mien_table_rows(j->t), &j->o, &j->parts,
                                   &err);
        free(classes);
    }
    if (st)
        cli_error("%s: %s", path, err.text[0] ? err.text : "out of memory");
    return st == MIEN_OK;
}

static mien_status write_part(const job *j, const char *name, int64_t n,
                              const int64_t *rows, mien_error *err)
{
    mien_csv_write_options o = MIEN_CSV_WRITE_DEFAULTS;
    mien_bytes b = {0};
    o.as_read = 1;
    if (n == 0)
        return MIEN_OK;
    mien_status st = mien_csv_write(j->t, rows, n, &o, &b, err);
    if (!st)
        st = mien_folder_save(j->v->output, name, b.data, b.n, err);
    mien_bytes_free(&b);
    return st;
}

/* What the parts are, for commands that must not touch some of them. */
static mien_status write_note(const job *split, mien_error *err)
{
    const cli_args *a = split->args;
    mien_buffer b = {0};
    mien_json j = mien_json_on(&b, 2);
    mien_json_object(&j, NULL);
    mien_json_text(&j, "schema", "mien/split/1");
    mien_record_file(&j, "source", a->operand[0]);
    mien_json_text(&j, "how", split->v->time ? "time" : "random");
    mien_json_int(&j, "seed", split->o.seed);
    mien_json_int(&j, "purge", split->v->purge);
    mien_json_int(&j, "train.csv", split->parts.trains);
    mien_json_int(&j, "valid.csv", split->parts.valids);
    mien_json_int(&j, "test.csv", split->parts.tests);
    mien_json_close(&j);
    mien_buffer_puts(&b, "\n");
    return cli_folder_put(split->v->output, "split.json", &b, err);
}

/* Write the parts and what they are; the status to exit with. */
static int write_parts(const job *j)
{
    const char *folder = j->v->output;
    const mien_split *s = &j->parts;
    mien_buffer out = {0};
    mien_error err = {0};
    mien_status st = mien_folder_make(folder, &err);
    if (!st)
        st = write_part(j, "train.csv", s->trains, s->train, &err);
    if (!st)
        st = write_part(j, "valid.csv", s->valids, s->valid, &err);
    if (!st)
        st = write_part(j, "test.csv", s->tests, s->test, &err);
    if (!st)
        st = write_note(j, &err);
    if (st)
        return cli_unsaved(&err);
    mien_buffer_printf(&out, "%s: train.csv %lld rows", folder,
                       (long long)s->trains);
    if (s->valids)
        mien_buffer_printf(&out, ", valid.csv %lld", (long long)s->valids);
    mien_buffer_printf(&out, ", test.csv %lld\n", (long long)s->tests);
    return cli_emit(&out) ? CLI_OK : CLI_OUTPUT;
}

/* Is none of the parts the table itself?  0, and a report. */
static int may_write(const char *path, const char *folder)
{
    static const char *const names[] = {"train.csv", "valid.csv", "test.csv"};
    int may = 1;
    for (int i = 0; may && i < 3; i++) {
        char *part = cli_path_join(folder, names[i]);
        may = part && cli_is_another(path, part);
        free(part);
    }
    return may;
}

/* Read the table, split its rows and write the parts. */
static int run(const cli_args *a)
{
    const values *v = a->values;
    job j = {.args = a, .v = v, .o = v->split};
    cli_table in;
    if (!v->output || (v->time && v->stratify)) {
        cli_error(v->output ? "--time and --stratify exclude each other"
                            : "--output DIR is missing");
        return CLI_USAGE;
    }
    if (!may_write(a->operand[0], v->output))
        return CLI_USAGE;
    if (!cli_table_open(a->operand[0], &v->table, NULL, &in))
        return in.status;
    j.t = in.t;
    int status = split(&j) ? write_parts(&j) : CLI_NOTHING;
    mien_split_free(&j.parts);
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
    CLI_COMMAND_TABLES,
};
