/* cmd_table_resample.c: balance the classes of training rows. */
#include "cli/shell/files.h"
#include "cli/table.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct values {
    const char *label, *positive, *output;
    cli_ratios ratio;
    uint32_t seed;
    cli_table_values table;
} values;
static const values defaults = {.seed = 123};

static const cli_option options[] = {
    CLI_ROW_TEXT(label, CLI_TEXT, "label", 'l', "COLUMN",
                 "the column of the classes"),
    CLI_ROW_TEXT(positive, CLI_TEXT, "positive", 0, "VALUE",
                 "the value of the rare event"),
    CLI_ROW_REAL(ratio.under, "under", 0, "RATIO", 1e-9, 1,
                 "leave out rows of the larger class until the classes have "
                 "this ratio"),
    CLI_ROW_REAL(ratio.over, "over", 0, "RATIO", 1e-9, 1,
                 "draw rows of the smaller class again up to this ratio"),
    CLI_ROW_REAL(ratio.smote, "smote", 0, "RATIO", 1e-9, 1,
                 "make rows between neighbours of the smaller class up to this "
                 "ratio"),
    CLI_ROW_INT(seed, "seed", 's', "N", 0, INT_MAX, "of the draw (default {})"),
    CLI_ROW_TEXT(output, CLI_FILE, "output", 'o', "FILE",
                 "the new table (default: standard output)"),
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
    const values *v;
    cli_table in;
    mien_resample how;
    uint8_t *y; /* [rows] of the table */
    mien_resampled out;
} job;

/* A file beside a split.json is one of its parts: only train.csv may change. */
static int may_touch(const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    char folder[4096], part[280];
    mien_bytes note = {0};
    snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - path) : 1,
             slash ? path : ".");
    int found =
        snprintf(part, sizeof part, "\"%s\":", name) < (int)sizeof part &&
        mien_folder_load(folder, "split.json", &note, NULL) == MIEN_OK &&
        memmem(note.data, note.n, part, strlen(part)) != NULL;
    mien_bytes_free(&note);
    if (!found || strcmp(name, "train.csv") == 0)
        return 1;
    cli_error("%s is the %s part of a split: resampling may touch training "
              "rows only, or figures on it would mean nothing",
              path, strcmp(name, "test.csv") == 0 ? "test" : "validation");
    return 0;
}

static mien_status resample(job *j, mien_error *err)
{
    mien_label classes;
    const mien_table *t = j->in.t;
    int label = mien_table_find(t, j->v->label);
    j->y = calloc((size_t)mien_table_rows(t) + 1, 1);
    if (!j->y)
        return MIEN_ENOMEM;
    mien_status st = mien_label_find(t, label, j->v->positive, &classes, err);
    if (!st)
        st = mien_label_read(&classes, t, label, j->y, err);
    return st ? st : mien_table_resample(t, j->y, &j->how, &j->out, err);
}

/* To a file, and the words to standard output; or rows there, and the words
 * beside them. */
static int write(const cli_args *a, const job *j)
{
    mien_buffer rows = {0}, words = {0};
    mien_error err = {0};
    mien_bytes b = {0};
    mien_status st = mien_resampled_csv(&j->out, j->in.t, &rows, &err);
    if (st) {
        cli_error("%s: %s", a->operand[0], err.text);
        mien_buffer_free(&rows);
        return CLI_NOTHING;
    }
    mien_resampled_text(&j->out, j->in.t, j->y, &words);
    if (!j->v->output) {
        fwrite(words.data, 1, words.n, stderr);
        mien_buffer_free(&words);
        return cli_emit(&rows) ? CLI_OK : CLI_OUTPUT;
    }
    st = mien_buffer_give(&rows, &b, &err);
    if (!st)
        st = mien_file_save(j->v->output, b.data, b.n, &err);
    mien_bytes_free(&b);
    if (!st)
        return cli_emit(&words) ? CLI_OK : CLI_OUTPUT;
    mien_buffer_free(&words);
    return cli_unsaved(&err);
}

/* One kind of resampling with its ratio; 0, and a report. */
static int read_options(job *j)
{
    const values *v = j->v;
    int given = cli_ratios_read(&v->ratio, &j->how);
    j->how.seed = v->seed;
    if (given == 1 && v->label)
        return 1;
    cli_error("table resample: wanted --label COLUMN and one of --under, "
              "--over and --smote");
    return 0;
}

/* Read the table, balance its classes and write it. */
static int run(const cli_args *a)
{
    job j = {.v = a->values};
    mien_error err = {0};
    const char *path = a->operand[0];
    int status = CLI_NOTHING;
    if (!read_options(&j) || !may_touch(path) ||
        !cli_is_another(path, j.v->output))
        return CLI_USAGE;
    if (!cli_table_open(path, &j.v->table, NULL, &j.in))
        return j.in.status;
    if (cli_table_column(j.in.t, path, j.v->label) >= 0) {
        if (resample(&j, &err))
            cli_error("%s: %s", path, err.text[0] ? err.text : "out of memory");
        else
            status = write(a, &j);
    }
    free(j.y);
    mien_resampled_free(&j.out);
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
    CLI_COMMAND_TABLES,
};
