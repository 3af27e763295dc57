/* cmd_table_resample.c: balance the classes of training rows. */
#include "cli/cli_files.h"
#include "cli/cli_json.h"
#include "cli/cli_table.h"

#include "base/alloc.h"

#include <stdio.h>
#include <string.h>

enum {
    OPT_LABEL,
    OPT_POSITIVE,
    OPT_UNDER,
    OPT_OVER,
    OPT_SMOTE,
    OPT_SEED,
    OPT_OUTPUT,
    OPT_TABLE
};

static const cli_option options[] = {
    {"label", 'l', CLI_TEXT, "COLUMN", NULL, "the column of the classes"},
    {"positive", 0, CLI_TEXT, "VALUE", NULL, "the value of the rare event"},
    {"under", 0, CLI_NUMBER, "RATIO", NULL,
     "leave out rows of the larger class until the classes have this ratio"},
    {"over", 0, CLI_NUMBER, "RATIO", NULL,
     "draw rows of the smaller class again up to this ratio"},
    {"smote", 0, CLI_NUMBER, "RATIO", NULL,
     "make rows between neighbours of the smaller class up to this ratio"},
    {"seed", 's', CLI_NUMBER, "N", NULL, "of the draw (default 123)"},
    {"output", 'o', CLI_FILE, "FILE", NULL,
     "the new table (default: standard output)"},
    CLI_OPTIONS_TABLE,
    CLI_OPTION_END,
};

static const cli_row examples[] = {
    {"mien table resample parts/train.csv -l isFraud --under 0.8 -o even.csv",
     "five rows of one class for four of the other"},
    {"mien table resample train.csv -l y --smote 0.2 --seed 1 -o more.csv",
     "made rows"},
    {NULL, NULL},
};

static const cli_row exits[] = {
    {"0", "the table was written"},
    {"2", "the command line is wrong, or the rows are not for training"},
    {"3", "the table could not be read or resampled"},
    {"4", "output could not be written"},
    {NULL, NULL},
};

typedef struct job {
    cli_table in;
    uint8_t *y;
    int64_t rows, n; /* before; rows that are written */
    int64_t *row;
    int label, seed;
    double ratio;
    int64_t more;
} job;

static int failed(const char *path, const mien_error *err)
{
    cli_error("%s: %s", path, err->text);
    return 0;
}

/* A file beside a split.json is one of its parts: only train.csv may change. */
static int may_touch(const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    char *folder = slash ? cli_text_copy(path, (size_t)(slash - path))
                         : cli_text_copy(".", 1);
    char *note = folder ? cli_path_join(folder, "split.json") : NULL;
    json_t *j = note ? json_load_file(note, 0, NULL) : NULL;
    int refused = json_object_get(j, name) && strcmp(name, "train.csv") != 0;
    json_decref(j);
    mi_free(folder);
    mi_free(note);
    if (refused)
        cli_error("%s is the %s part of a split: resampling may touch training "
                  "rows only, or figures on it would mean nothing",
                  path, strcmp(name, "test.csv") == 0 ? "test" : "validation");
    return !refused;
}

static int read_labels(const cli_args *a, job *j)
{
    mien_label classes;
    mien_error err = {0};
    const char *path = a->operand[0];
    j->rows = mien_table_rows(j->in.t);
    j->label = cli_table_column(j->in.t, path, a->value[OPT_LABEL]);
    if (j->label < 0)
        return 0;
    j->y = mi_alloc((size_t)j->rows + 1, 1);
    if (!j->y)
        return cli_error("out of memory"), 0;
    if (mien_label_find(j->in.t, j->label, a->value[OPT_POSITIVE], &classes,
                        &err) ||
        mien_label_read(&classes, j->in.t, j->label, j->y, &err))
        return failed(path, &err);
    return 1;
}

static int draw(const cli_args *a, job *j)
{
    mien_error err = {0};
    mien_status st = MIEN_OK;
    int under = cli_given(a, OPT_UNDER), over = cli_given(a, OPT_OVER);
    if (!under)
        st = mien_sample_wanted(j->rows, j->y, j->ratio, &j->more, &err);
    j->n = j->rows + (over ? j->more : 0);
    j->row = mi_alloc((size_t)j->n + 1, sizeof *j->row);
    if (!j->row)
        return cli_error("out of memory"), 0;
    if (!st && under)
        st = mien_sample_under(j->rows, j->y, j->ratio, (uint32_t)j->seed,
                               j->row, &j->n, &err);
    else if (!st && over)
        st = mien_sample_over(j->rows, j->y, j->more, (uint32_t)j->seed, j->row,
                              &err);
    for (int64_t i = 0; !under && !over && i < j->rows; i++)
        j->row[i] = i;
    return st ? failed(a->operand[0], &err) : 1;
}

/* ---- rows that are made
 * ----------------------------------------------------------- */

static double *columns_of(const char *path, const mien_table *t)
{
    int p = mien_table_columns(t);
    int64_t n = mien_table_rows(t);
    double *x = mi_alloc_raw((size_t)n + 1, (size_t)p * sizeof *x);
    for (int k = 0; x && k < p; k++) {
        mien_column c = mien_table_column(t, k);
        if (c.type == MIEN_COLUMN_TEXT || c.missing) {
            cli_error("%s: column %s: SMOTE needs numbers in every row; drop "
                      "or encode it first",
                      path, c.name);
            mi_free(x);
            return NULL;
        }
        for (int64_t i = 0; i < n; i++)
            x[i * p + k] = c.number[i];
    }
    return x;
}

/* The made rows as a table without a header, written by the CSV writer. */
static int write_made(const double *x, int p, int64_t n, const mien_table *t,
                      mien_buffer *out)
{
    mien_csv_write_options o = MIEN_CSV_WRITE_DEFAULTS;
    mien_column *c = mi_alloc((size_t)p, sizeof *c);
    double *v = mi_alloc_raw((size_t)n + 1, (size_t)p * sizeof *v);
    mien_table *made = NULL;
    mien_bytes b = {0};
    mien_status st = MIEN_ENOMEM;
    o.no_header = 1;
    for (int k = 0; c && v && k < p; k++) {
        c[k] = (mien_column){.name = mien_table_column(t, k).name,
                             .type = MIEN_COLUMN_NUMBER,
                             .number = v + k * n};
        for (int64_t i = 0; i < n; i++)
            v[k * n + i] = x[i * p + k];
    }
    if (c && v)
        st = mien_table_new(n, p, c, &made, NULL);
    if (!st)
        st = mien_csv_write(made, NULL, n, &o, &b, NULL);
    if (!st)
        mien_buffer_put(out, b.data, b.n);
    mien_bytes_free(&b);
    mien_table_free(made);
    mi_free(c);
    mi_free(v);
    return st ? (cli_error("out of memory"), 0) : 1;
}

static int add_made(const cli_args *a, const job *j, mien_buffer *out)
{
    mien_error err = {0};
    int p = mien_table_columns(j->in.t);
    const mien_smote how = {5, j->more, (uint32_t)j->seed};
    double *x = columns_of(a->operand[0], j->in.t);
    double *made = mi_alloc_raw((size_t)j->more + 1, (size_t)p * sizeof *made);
    int ok = x && made;
    if (ok && mien_sample_smote(j->rows, p, x, j->y, &how, made, &err))
        ok = failed(a->operand[0], &err);
    ok = ok && write_made(made, p, j->more, j->in.t, out);
    mi_free(x);
    mi_free(made);
    return ok;
}

static void say(const job *j, int64_t made, mien_buffer *out)
{
    int64_t ones = 0, was = 0;
    for (int64_t i = 0; i < j->n; i++)
        ones += j->y[j->row[i]];
    for (int64_t i = 0; i < j->rows; i++)
        was += j->y[i];
    ones += made * (was * 2 <= j->rows);
    mien_buffer_printf(
        out,
        "%lld rows, %lld events (%.4f %%) -> %lld rows, %lld events "
        "(%.4f %%)\nprobabilities learned from these rows are too high "
        "by that; mien train logistic --under, --over and --smote "
        "correct them\n",
        (long long)j->rows, (long long)was, 100 * (double)was / (double)j->rows,
        (long long)j->n + (long long)made, (long long)ones,
        100 * (double)ones / (double)(j->n + made));
}

/* Rows to standard output, and the words beside them. */
static int write_out(mien_buffer *rows, mien_buffer *words)
{
    mien_buffer_put(words, "", 1);
    if (!words->failed)
        fputs((const char *)words->data, stderr);
    mien_buffer_free(words);
    return cli_emit(rows) ? CLI_OK : CLI_OUTPUT;
}

static int write_file(const char *path, mien_buffer *rows, mien_buffer *words)
{
    mien_bytes b = {0};
    mien_error err = {0};
    mien_status st = rows->failed
                         ? mien_buffer_give(rows, &b, &err)
                         : mien_file_save(path, rows->data, rows->n, &err);
    mien_buffer_free(rows);
    if (!st)
        return cli_emit(words) ? CLI_OK : CLI_OUTPUT;
    cli_error("%s", err.text);
    mien_buffer_free(words);
    return CLI_OUTPUT;
}

static int write(const cli_args *a, const job *j)
{
    mien_csv_write_options o = MIEN_CSV_WRITE_DEFAULTS;
    mien_bytes b = {0};
    mien_error err = {0};
    mien_buffer all = {0}, words = {0};
    o.as_read = 1;
    if (mien_csv_write(j->in.t, j->row, j->n, &o, &b, &err))
        return failed(a->operand[0], &err), CLI_NOTHING;
    mien_buffer_put(&all, b.data, b.n);
    mien_bytes_free(&b);
    int64_t made = cli_given(a, OPT_SMOTE) ? j->more : 0;
    if (made && !add_made(a, j, &all)) {
        mien_buffer_free(&all);
        return CLI_NOTHING;
    }
    say(j, made, &words);
    return cli_given(a, OPT_OUTPUT)
               ? write_file(a->value[OPT_OUTPUT], &all, &words)
               : write_out(&all, &words);
}

static int read_options(const cli_args *a, job *j)
{
    float ratio[3] = {0, 0, 0};
    int given = 0;
    j->seed = 123;
    for (int k = 0; k < 3; k++) {
        if (!cli_float(a, OPT_UNDER + k, 1e-9, 1, &ratio[k]))
            return 0;
        given += cli_given(a, OPT_UNDER + k);
        j->ratio += (double)ratio[k];
    }
    /* Of what was typed, not of its nearest float. */
    j->ratio = (double)(int64_t)(j->ratio * 1e7 + 0.5) / 1e7;
    if (given == 1 && a->value[OPT_LABEL])
        return cli_int(a, OPT_SEED, 0, 0x7fffffff, &j->seed);
    cli_error("table resample: wanted --label COLUMN and one of --under, "
              "--over and --smote");
    return 0;
}

static int run(const cli_args *a)
{
    job j = {0};
    int status = CLI_NOTHING;
    if (!read_options(a, &j) || !may_touch(a->operand[0]))
        return CLI_USAGE;
    if (!cli_table_open(a->operand[0], a, OPT_TABLE, &j.in))
        return CLI_NOTHING;
    if (read_labels(a, &j) && draw(a, &j))
        status = write(a, &j);
    mi_free(j.y);
    mi_free(j.row);
    cli_table_close(&j.in);
    return status;
}

const cli_command cmd_table_resample = {
    .name = "table resample",
    .operands = "TABLE.csv",
    .min_operands = 1,
    .max_operands = 1,
    .summary = "balance the classes of training rows",
    .description =
        "Leaves out, draws again or makes rows, as imbalanced-learn's "
        "RandomUnderSampler, RandomOverSampler and SMOTE do for the same "
        "seed.\n\nFor training rows only: the test and validation parts that "
        "mien table split wrote are refused.",
    .options = options,
    .examples = examples,
    .exits = exits,
    .run = run,
};
