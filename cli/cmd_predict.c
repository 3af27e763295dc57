/* cmd_predict.c: score, verdict and the columns that speak loudest, row by row,
 * for tables of any size. */
#include "cli/cli_table.h"

#include "base/alloc.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { OPT_THRESHOLD, OPT_ALARMS, OPT_TOP, OPT_TABLE };
enum { BLOCK = 4 << 20, MAX_TOP = 16 };

static const cli_option options[] = {
    {"threshold", 0, CLI_NUMBER, "T", NULL,
     "rows with this score or more are alarms (default: the model's)"},
    {"alarms", 0, CLI_FLAG, NULL, NULL, "print rows that are alarms only"},
    {"top", 0, CLI_NUMBER, "N", NULL,
     "how many columns to name, those that contribute most (default 3)"},
    CLI_OPTIONS_TABLE,
    CLI_OPTION_END,
};

static const cli_row examples[] = {
    {"mien predict breaks/model.onnx new.csv", "every row"},
    {"mien predict fraud/model.onnx --alarms - < today.csv",
     "alarms only, from standard input"},
    {NULL, NULL},
};

static const cli_row exits[] = {
    {"0", "all rows were scored"},
    {"2", "the command line is wrong"},
    {"3", "the model or the table could not be read, or does not fit"},
    {"4", "output could not be written"},
    {NULL, NULL},
};

typedef struct prediction {
    mien_tabular *model;
    const mien_encoder *encoder;
    char (*name)[80]; /* [width] of the inputs */
    double threshold;
    int top, alarms, logistic;
    double *score; /* [cap] */
    float *part;   /* [cap, width] */
    int64_t cap, row;
    mien_buffer out;
} prediction;

/* ---- one row
 * ------------------------------------------------------------------- */

/* The inputs with the largest contributions, largest first. */
static int find_top(const prediction *p, const float *part, int *top)
{
    float size[MAX_TOP] = {0};
    int n = 0;
    for (int i = 0; p->top > 0 && i < p->encoder->width; i++) {
        float v = p->logistic ? fabsf(part[i]) : part[i];
        if (n == p->top && !(v > size[n - 1]))
            continue;
        int at = n < p->top ? n++ : n - 1;
        for (; at > 0 && size[at - 1] < v; at--) {
            size[at] = size[at - 1];
            top[at] = top[at - 1];
        }
        size[at] = v;
        top[at] = i;
    }
    return n;
}

static void put_text(mien_buffer *out, const char *s)
{
    if (!strpbrk(s, ",\"\r\n")) {
        mien_buffer_put(out, s, strlen(s));
        return;
    }
    mien_buffer_put(out, "\"", 1);
    for (; *s; s++) {
        if (*s == '"')
            mien_buffer_put(out, s, 1);
        mien_buffer_put(out, s, 1);
    }
    mien_buffer_put(out, "\"", 1);
}

static void put_row(prediction *p, double score, const float *part)
{
    char text[64];
    int top[MAX_TOP], alarm = score >= p->threshold;
    p->row++;
    if (p->alarms && !alarm)
        return;
    if (isnan(score)) {
        int n = snprintf(text, sizeof text, "%lld,,", (long long)p->row);
        mien_buffer_put(&p->out, text, (size_t)n);
    } else {
        int n = snprintf(text, sizeof text, "%lld,%.6g,%d", (long long)p->row,
                         score, alarm);
        mien_buffer_put(&p->out, text, (size_t)n);
    }
    int n = isnan(score) ? 0 : find_top(p, part, top);
    for (int i = 0; i < p->top; i++) {
        mien_buffer_put(&p->out, ",", 1);
        if (i < n)
            put_text(&p->out, p->name[top[i]]);
    }
    mien_buffer_put(&p->out, "\n", 1);
}

static int score_rows(prediction *p, const mien_table *t, mien_error *err)
{
    int64_t n = mien_table_rows(t);
    size_t width = (size_t)p->encoder->width;
    if (n > p->cap) {
        mi_free(p->score);
        mi_free(p->part);
        p->score = mi_alloc_raw((size_t)n, sizeof *p->score);
        p->part = mi_alloc_raw((size_t)n, width * sizeof *p->part);
        p->cap = n;
        if (!p->score || !p->part)
            return cli_error("out of memory"), CLI_NOTHING;
    }
    if (mien_tabular_score(p->model, t, p->score, p->part, err))
        return CLI_NOTHING;
    for (int64_t i = 0; i < n; i++)
        put_row(p, p->score[i], p->part + (size_t)i * width);
    return cli_emit(&p->out) ? CLI_OK : CLI_OUTPUT;
}

/* ---- the stream
 * ------------------------------------------------------------------ */

/* Bytes of the file that are not used yet. */
typedef struct input {
    int fd, final;
    uint8_t *data;
    size_t n, cap;
} input;

/* Read another block behind what is left. */
static int read_more(input *in, const char *path)
{
    if (in->cap - in->n < BLOCK) {
        size_t cap = in->n + 2 * (size_t)BLOCK;
        uint8_t *data = mi_alloc_raw(cap, 1);
        if (!data)
            return cli_error("out of memory"), 0;
        if (in->n)
            memcpy(data, in->data, in->n);
        mi_free(in->data);
        in->data = data;
        in->cap = cap;
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

static int stream(prediction *p, input *in, const char *path,
                  const mien_csv_options *csv)
{
    mien_csv_stream *s = NULL;
    mien_error err = {0};
    int status = CLI_OK;
    while (status == CLI_OK && !in->final && !cli_interrupted()) {
        const mien_table *t = NULL;
        size_t used = 0;
        mien_status st = MIEN_OK;
        if (!read_more(in, path)) {
            status = CLI_NOTHING;
            break;
        }
        if (!s) {
            st = mien_csv_stream_new(in->data, in->n, in->final, csv, &used, &s,
                                     &err);
            if (!st)
                use(in, used);
        }
        if (!st && s)
            st = mien_csv_stream_next(s, in->data, in->n, in->final, &used, &t,
                                      &err);
        if (!st && t)
            status = score_rows(p, t, &err);
        if (!st)
            use(in, used);
        if (st || err.status)
            status = CLI_NOTHING;
    }
    if (err.status)
        cli_error("%s: %s", path, err.text);
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
static int run_stream(prediction *p, const cli_args *a)
{
    static const char title[] = "row,score,verdict";
    cli_table_reading how;
    input in;
    mien_pool *pool = NULL;
    int n = p->encoder->columns, status = CLI_NOTHING;
    mien_csv_type *type = mi_alloc((size_t)n, sizeof *type);
    const char **column = mi_alloc((size_t)n, sizeof *column);
    if (type && column && cli_table_options(a, OPT_TABLE, &how)) {
        for (int i = 0; i < n; i++) {
            const mien_encoder_column *c = &p->encoder->column[i];
            type[i] = (mien_csv_type){c->name, c->type};
            column[i] = c->name;
        }
        how.csv.type = type;
        how.csv.types = n;
        how.csv.column = column;
        how.csv.columns = n;
        if (cli_table_pool(a, OPT_TABLE, &pool) &&
            open_input(a->operand[1], &in)) {
            how.csv.pool = pool;
            mien_buffer_put(&p->out, title, sizeof title - 1);
            for (int i = 0; i < p->top; i++)
                mien_buffer_printf(&p->out, ",top_%d", i + 1);
            mien_buffer_puts(&p->out, "\n");
            status = stream(p, &in, a->operand[1], &how.csv);
            if (in.fd != STDIN_FILENO)
                close(in.fd);
            mi_free(in.data);
        }
        cli_names_free(&how.names);
    }
    mien_pool_free(pool);
    mi_free(type);
    mi_free(column);
    return status;
}

static int name_inputs(prediction *p)
{
    int width = p->encoder->width;
    p->name = mi_alloc((size_t)width, sizeof *p->name);
    for (int i = 0; p->name && i < width; i++)
        mien_encoder_name(p->encoder, i, sizeof p->name[i], p->name[i]);
    return p->name != NULL;
}

static int run(const cli_args *a)
{
    prediction p = {.top = 3, .alarms = cli_given(a, OPT_ALARMS)};
    mien_map file = {0};
    mien_error err = {0};
    int status = CLI_NOTHING;
    float threshold = 0;
    if (!cli_float(a, OPT_THRESHOLD, -1e30, 1e30, &threshold) ||
        !cli_int(a, OPT_TOP, 0, MAX_TOP, &p.top))
        return CLI_USAGE;
    if (mien_file_map(a->operand[0], 0, &file, &err) ||
        mien_tabular_read(file.data, file.n, &p.model, &err)) {
        cli_error("%s%s%s",
                  strstr(err.text, a->operand[0]) ? "" : a->operand[0],
                  strstr(err.text, a->operand[0]) ? "" : ": ", err.text);
    } else {
        p.encoder = mien_tabular_encoder(p.model);
        p.threshold = cli_given(a, OPT_THRESHOLD)
                          ? (double)threshold
                          : mien_tabular_threshold(p.model);
        p.logistic =
            strcmp(mien_tabular_text(p.model, "kind"), "logistic") == 0;
        if (name_inputs(&p))
            status = run_stream(&p, a);
    }
    mien_buffer_free(&p.out);
    mi_free(p.score);
    mi_free(p.part);
    mi_free(p.name);
    mien_tabular_free(p.model);
    mien_file_unmap(&file);
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
    .options = options,
    .examples = examples,
    .exits = exits,
    .run = run,
};
