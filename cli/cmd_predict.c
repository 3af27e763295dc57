/* cmd_predict.c: score, verdict and the columns that speak loudest, row by row,
 * for tables of any size. */
#include "cli/table.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BLOCK = 4 << 20 };

typedef struct values {
    double threshold;
    mien_predict_options o;
    cli_table_values table;
} values;
static const values defaults = {.o = MIEN_PREDICT_DEFAULTS};

static const cli_option options[] = {
    CLI_ROW_REAL(threshold, "threshold", 0, "T", -1e30, 1e30,
                 "rows with this score or more are alarms (default: the "
                 "model's)"),
    CLI_ROW_FLAG(o.alarms, "alarms", 0, "print rows that are alarms only"),
    CLI_ROW_INT(o.top, "top", 0, "N", 0, MIEN_PREDICT_MAX_TOP,
                "how many columns to name, those that contribute most (default "
                "{})"),
    CLI_ROW_UNSEEN(o.unseen),
    CLI_OPTIONS_TABLE,
    CLI_OPTION_END,
};

static const cli_row examples[] = {
    {"mien predict breaks/model.onnx new.csv", "every row"},
    {"mien predict fraud/model.onnx --alarms - < today.csv",
     "alarms only, from standard input"},
    {NULL, NULL},
};

static const cli_row exits[] =
    CLI_EXITS("all rows were scored",
              "the model or the table could not be read, or does not fit");

/* Bytes of the file that are not used yet. */
typedef struct input {
    int fd, final;
    uint8_t *data;
    size_t n, cap;
    size_t used; /* by the rows read last */
} input;

/* Read another block behind what is left. */
static int read_more(input *in, const char *path)
{
    if (in->cap - in->n < BLOCK) {
        uint8_t *data = realloc(in->data, in->n + 2 * (size_t)BLOCK);
        if (!data)
            return cli_error("out of memory"), 0;
        in->data = data;
        in->cap = in->n + 2 * (size_t)BLOCK;
    }
    ssize_t got = read(in->fd, in->data + in->n, BLOCK);
    if (got < 0 && errno == EINTR)
        return 1;
    if (got < 0)
        return cli_error("%s: %s", path, strerror(errno)), 0;
    in->final = got == 0;
    in->n += (size_t)got;
    return 1;
}

static void use(input *in, size_t used)
{
    memmove(in->data, in->data + used, in->n - used);
    in->n -= used;
}

/* The rows of the bytes that are there. */
static mien_status next_rows(input *in, const mien_csv_options *csv,
                             mien_csv_stream **s, const mien_table **t,
                             mien_error *err)
{
    size_t used = 0;
    mien_status st = MIEN_OK;
    if (!*s) {
        st =
            mien_csv_stream_new(in->data, in->n, in->final, csv, &used, s, err);
        if (st)
            return st;
        use(in, used);
    }
    st = mien_csv_stream_next(*s, in->data, in->n, in->final, &used, t, err);
    in->used = used;
    return st;
}

/* Lines of the rows that can be read now. */
static int predict_rows(mien_predictor *p, input *in, const char *path,
                        const mien_csv_options *csv, mien_csv_stream **s,
                        mien_buffer *out)
{
    const mien_table *t = NULL;
    mien_error err = {0};
    if (next_rows(in, csv, s, &t, &err) ||
        mien_predictor_rows(p, t, out, &err)) {
        cli_error("%s: %s", path, err.text);
        return CLI_NOTHING;
    }
    use(in, in->used);
    return cli_emit(out) ? CLI_OK : CLI_OUTPUT;
}

/* Predict what has to be read whole: packed files, other encodings. */
static int predict_whole(mien_predictor *p, input *in, const char *path,
                         const mien_csv_options *csv, mien_buffer *out)
{
    mien_bytes unpacked = {0};
    mien_table *t = NULL;
    mien_error err = {0};
    int status = CLI_NOTHING;
    while (!in->final)
        if (!read_more(in, path))
            return CLI_NOTHING;
    mien_status st = mien_file_gunzip(in->data, in->n, 0, &unpacked, &err);
    int packed = unpacked.data != NULL;
    if (!st)
        st = mien_csv_read(packed ? unpacked.data : in->data,
                           packed ? unpacked.n : in->n, csv, &t, &err);
    if (!st)
        st = mien_predictor_rows(p, t, out, &err);
    if (st)
        cli_error("%s: %s", path, err.text);
    else
        status = cli_emit(out) ? CLI_OK : CLI_OUTPUT;
    mien_table_free(t);
    mien_bytes_free(&unpacked);
    return status;
}

/* Predict block after block; the status to exit with. */
static int stream(mien_predictor *p, input *in, const char *path,
                  const mien_csv_options *csv)
{
    mien_csv_stream *s = NULL;
    mien_buffer out = {0};
    int status = CLI_OK;
    mien_predictor_head(p, &out);
    while (!in->final && in->n < BLOCK)
        if (!read_more(in, path))
            return mien_buffer_free(&out), CLI_NOTHING;
    if (!mien_csv_can_stream(in->data, in->n, csv)) {
        status = predict_whole(p, in, path, csv, &out);
    } else {
        status = predict_rows(p, in, path, csv, &s, &out);
        while (status == CLI_OK && !in->final && !cli_interrupted())
            status = read_more(in, path)
                         ? predict_rows(p, in, path, csv, &s, &out)
                         : CLI_NOTHING;
    }
    mien_buffer_free(&out);
    mien_csv_stream_free(s);
    return status;
}

static int open_input(const char *path, input *in)
{
    *in = (input){.fd = STDIN_FILENO};
    if (strcmp(path, "-") == 0)
        return 1;
    in->fd = open(path, O_RDONLY | O_CLOEXEC);
    if (in->fd >= 0)
        return 1;
    cli_error("%s: %s", path, strerror(errno));
    return 0;
}

/* Only the model's columns are read, as the types they were. */
static int predict(const cli_args *a, mien_predictor *p)
{
    const values *v = a->values;
    cli_table_reading how;
    input in;
    mien_pool *pool = NULL;
    int status = CLI_NOTHING;
    if (!cli_table_options(&v->table, &how))
        return CLI_USAGE;
    mien_predictor_csv(p, &how.csv);
    if (!cli_pool_new(v->table.threads, &pool) &&
        open_input(a->operand[1], &in)) {
        how.csv.pool = pool;
        status = stream(p, &in, a->operand[1], &how.csv);
        if (in.fd != STDIN_FILENO)
            close(in.fd);
        free(in.data);
    }
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

/* Score the rows of a table with a model. */
static int run(const cli_args *a)
{
    const values *v = a->values;
    mien_predict_options o = v->o;
    mien_predictor *p = NULL;
    mien_error err = {0};
    cli_tabular m;
    int status = CLI_NOTHING;
    if (!cli_tabular_open(a->operand[0], &m))
        return CLI_NOTHING;
    o.threshold = cli_given(a, &v->threshold) ? &v->threshold : NULL;
    if (mien_predictor_new(m.model, &o, &p, &err))
        cli_error("%s", err.text);
    else
        status = predict(a, p);
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
