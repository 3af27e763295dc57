/* cmd_predict.c: score, verdict and the columns that speak loudest, row by row,
 * for tables of any size. */
#include "cli/table.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

typedef struct values {
    double threshold;
    int json;
    mien_predict_options o;
    cli_table_values table;
} values;
static const values defaults = {.o = MIEN_PREDICT_DEFAULTS};

enum { HIGHEST = 20 }; /* rows of --json */

static const cli_option options[] = {
    CLI_ROW_REAL(threshold, "threshold", 0, "T", -1e30, 1e30,
                 "rows with this score or more are alarms (default: the "
                 "model's)"),
    CLI_ROW_FLAG(o.alarms, "alarms", 0, "print rows that are alarms only"),
    CLI_ROW_INT(o.top, "top", 0, "N", 0, MIEN_PREDICT_MAX_TOP,
                "how many columns to name, those that contribute most (default "
                "{})"),
    CLI_ROW_INT(o.highest, "highest", 0, "N", 1, MIEN_PREDICT_MAX_HIGHEST,
                "with --json: how many rows (default 20)"),
    CLI_OPTION_JSON("instead: a JSON object of what was counted and the rows "
                    "with the highest scores, with what their columns "
                    "contribute"),
    CLI_ROW_UNSEEN(o.unseen),
    CLI_OPTIONS_TABLE,
    CLI_OPTION_END,
};

static const cli_row examples[] = {
    {"mien predict breaks/model.onnx new.csv", "every row"},
    {"mien predict fraud/model.onnx --alarms - < today.csv",
     "alarms only, from standard input"},
    {"mien predict fraud/model.onnx --json today.csv",
     "the rows that stand out, and why"},
    {NULL, NULL},
};

static const cli_row exits[] =
    CLI_EXITS("all rows were scored",
              "the model or the table could not be read, or does not fit");

/* The table, and what became of the printing. */
typedef struct passage {
    int fd, silent;
    int ended, unwritten; /* by the user; output failed, which is reported */
} passage;

/* mien_predict_stream.read */
static mien_status read_some(void *arg, uint8_t *to, size_t room, size_t *n,
                             mien_error *err)
{
    const passage *g = arg;
    ssize_t got;
    do
        got = read(g->fd, to, room);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        snprintf(err->text, sizeof err->text, "%s", strerror(errno));
    *n = got > 0 ? (size_t)got : 0;
    return got < 0 ? MIEN_EIO : MIEN_OK;
}

/* mien_predict_stream.write */
static mien_status print(void *arg, mien_buffer *lines, mien_error *err)
{
    passage *g = arg;
    (void)err;
    if (g->silent)
        lines->n = 0;
    else
        g->unwritten = !cli_emit(lines);
    g->ended = cli_interrupted();
    return g->unwritten || g->ended ? MIEN_EIO : MIEN_OK;
}

/* Predict block after block; the status to exit with. */
static int predict_table(mien_predictor *p, const char *path, int silent,
                         const mien_csv_options *csv)
{
    int fd = strcmp(path, "-") == 0 ? STDIN_FILENO
                                    : open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        cli_error("%s: %s", path, strerror(errno));
        return CLI_NOTHING;
    }
    passage g = {.fd = fd, .silent = silent};
    const mien_predict_stream stream = {read_some, print, &g};
    mien_error err = {0};
    mien_status st = mien_predictor_stream(p, csv, &stream, &err);
    if (fd != STDIN_FILENO)
        close(fd);
    if (!st || g.ended || g.unwritten)
        return g.unwritten ? CLI_OUTPUT : CLI_OK;
    cli_error("%s: %s", path, err.text);
    return CLI_NOTHING;
}

/* Only the model's columns are read, as the types they were. */
static int predict(const cli_args *a, mien_predictor *p)
{
    const values *v = a->values;
    cli_table_reading how;
    if (!cli_table_options(&v->table, &how))
        return CLI_USAGE;
    mien_predictor_csv(p, &how.csv);
    int status = cli_pool_new(v->table.threads, &how.csv.pool);
    mien_pool *pool = how.csv.pool;
    if (!status)
        status = predict_table(p, a->operand[1], v->json, &how.csv);
    cli_table_options_free(&how);
    mien_pool_free(pool);
    return status;
}

/* Say how many texts of each column the model has not seen. */
static void report_unseen(const mien_encoder *e, const int64_t *unseen)
{
    for (int i = 0; i < e->columns; i++)
        if (unseen[i])
            cli_error("column '%s': %lld texts that the model has not seen; "
                      "--unseen error refuses them",
                      e->column[i].name, (long long)unseen[i]);
}

/* Print what was found as JSON; the status to exit with. */
static int print_json(mien_predictor *p)
{
    mien_buffer out = {0};
    mien_json j = mien_json_on(&out, 2);
    mien_predictor_json(p, &j);
    mien_buffer_puts(&out, "\n");
    return cli_emit(&out) ? CLI_OK : CLI_OUTPUT;
}

/* Score the rows of a table with a model. */
static int run(const cli_args *a)
{
    const values *v = a->values;
    mien_predict_options o = v->o;
    mien_predictor *p = NULL;
    mien_error err = {0};
    cli_tabular m;
    int status = CLI_NOTHING;
    if (o.highest && !v->json) {
        cli_error("predict: --highest needs --json");
        return CLI_USAGE;
    }
    if (!cli_tabular_open(a->operand[0], &m))
        return CLI_NOTHING;
    o.threshold = cli_given(a, &v->threshold) ? &v->threshold : NULL;
    if (v->json && !o.highest)
        o.highest = HIGHEST;
    if (mien_predictor_new(m.model, &o, &p, &err))
        cli_error("%s", err.text);
    else
        status = predict(a, p);
    if (!status && v->json)
        status = print_json(p);
    if (p && !o.unseen)
        report_unseen(mien_tabular_encoder(m.model), mien_predictor_unseen(p));
    mien_predictor_free(p);
    cli_tabular_close(&m);
    return status;
}

const cli_command cmd_predict = {
    .name = "predict",
    .operands = "MODEL.onnx TABLE.csv",
    .min_operands = 2,
    .max_operands = 2,
    .summary = "score the rows of a table with a model",
    .description =
        "Prints one line a row: its number, its score, the verdict (1: alarm) "
        "and the columns that contribute most to the score.  The table may be "
        "of any size and may come from standard input; columns are found by "
        "name, others are passed over.",
    CLI_COMMAND_TABLES,
};
