/* cmd_predict.c: score, verdict and the columns that speak loudest, row by row,
 * for tables of any size. */
#include "cli/basis.h"
#include "cli/predict_people.h"
#include "cli/roles.h"
#include "cli/shell/files.h"
#include "cli/table.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct values {
    double threshold;
    const char *output, *retention, *people, *person, *purpose;
    cli_gallery_values open;
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
    CLI_ROW_TEXT(output, CLI_FILE, "output", 'o', "FILE",
                 "written when all is scored, with its roles in "
                 "FILE.roles.json, of --json in FILE (default: standard "
                 "output)"),
    CLI_ROW_TEXT(retention, CLI_TEXT, "retention", 0, "DAYS|DAY",
                 "kept in the roles: " CLI_TEXT_RETENTION),
    CLI_ROW_TEXT(people, CLI_FILE, "people", 0, "PEOPLE.db",
                 "with -o: record there what is inferred about the people of a "
                 "gallery, sealed with their keys"),
    CLI_ROW_TEXT(person, CLI_TEXT, "person", 0, "COLUMN",
                 "with --people: their names, a column of the table"),
    CLI_ROW_TEXT(purpose, CLI_TEXT, "purpose", 0, "WORD",
                 "with --people: what they are enrolled for"),
    CLI_OPTIONS_GALLERY,
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
    {"mien predict fraud/model.onnx new.csv -o scores.csv --retention 30",
     "kept for 30 days: mien dataset roles scores.csv tells"},
    {"mien predict fraud/model.onnx new.csv -o scores.csv --people people.db "
     "--person name --purpose door",
     "what is inferred about Ada is in her export, and is erased with her"},
    {NULL, NULL},
};

static const cli_row exits[] = CLI_EXITS_STOPPED(
    "all rows were scored",
    "the model or the table could not be read, or does not fit",
    "interrupted; the output is as it was");

/* The table, and what became of the printing. */
typedef struct passage {
    int fd, silent;
    mien_file_pieces *file; /* NULL: standard output */
    int ended, unwritten;   /* by the user; output failed, which is reported */
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
    if (g->file && !g->silent)
        g->unwritten = mien_file_add(g->file, lines->data, lines->n, err) != 0;
    if (g->file || g->silent)
        lines->n = 0;
    else
        g->unwritten = !cli_emit(lines);
    g->ended = cli_interrupted();
    return g->unwritten || g->ended ? MIEN_EIO : MIEN_OK;
}

/* The file is whole, or is given up; the status to exit with. */
static int end_file(passage *g, int status)
{
    mien_error err = {0};
    if (status)
        mien_file_drop(g->file);
    else if (g->file && mien_file_end(g->file, &err))
        status = cli_unsaved(&err);
    return status;
}

/* Predict block after block; the status to exit with. */
static int predict_table(mien_predictor *p, const cli_args *a,
                         const mien_csv_options *csv)
{
    const values *v = a->values;
    const char *path = a->operand[1];
    mien_error err = {0};
    passage g = {.silent = v->json};
    g.fd = strcmp(path, "-") == 0 ? STDIN_FILENO
                                  : open(path, O_RDONLY | O_CLOEXEC);
    if (g.fd < 0) {
        cli_error("%s: %s", path, strerror(errno));
        return CLI_NOTHING;
    }
    const mien_predict_stream stream = {read_some, print, &g};
    int status = CLI_OK;
    if (v->output && !v->json && mien_file_begin(v->output, &g.file, &err))
        status = cli_unsaved(&err);
    if (!status && mien_predictor_stream(p, csv, &stream, &err)) {
        status = g.unwritten ? CLI_OUTPUT
                 : !g.ended  ? CLI_NOTHING
                 : v->output ? CLI_INTERRUPTED
                             : CLI_OK;
        if (g.unwritten && g.file)
            cli_unsaved(&err);
        else if (status == CLI_NOTHING)
            cli_error("%s: %s", path, err.text);
    }
    if (g.fd != STDIN_FILENO)
        close(g.fd);
    return end_file(&g, status);
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
        status = predict_table(p, a, &how.csv);
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

/* ---- what was written is what ----------------------------------------------
 */

/* Which model it was, on which table, and until when that is kept. */
typedef struct telling {
    char model[65], file[65], today[11], until[11];
    mien_roles_facts facts;
} telling;

/* All but what is written; the status to exit with. */
static int tell(const cli_args *a, const cli_tabular *m, telling *t)
{
    const values *v = a->values;
    const char *table = a->operand[1];
    if (cli_retention(a, &v->retention, t->until))
        return CLI_USAGE;
    cli_today(t->today);
    mien_sha256(m->map.data, m->map.n, t->model);
    t->facts = (mien_roles_facts){
        .file = "",
        .sha256 = "",
        .model = t->model,
        .source = strcmp(table, "-") == 0 ? "" : cli_file_name(table),
        .made = t->today,
        .until = t->until,
        .kept = ""};
    return CLI_OK;
}

/* Print what was found as JSON; the status to exit with. */
static int print_json(const values *v, mien_predictor *p, const telling *t)
{
    mien_buffer out = {0};
    mien_roles *r = NULL;
    mien_error err = {0};
    mien_json j = mien_json_on(&out, 2);
    if (mien_predictor_roles(p, 1, &t->facts, &r, &err)) {
        cli_error("%s", err.text);
        return CLI_NOTHING;
    }
    mien_predictor_json(p, r, &j);
    mien_buffer_puts(&out, "\n");
    mien_roles_free(r);
    return cli_deliver(v->output, &out);
}

/* The roles of the file that was written, beside it; the status to exit with.
 */
static int save_roles(const values *v, mien_predictor *p, telling *t)
{
    struct stat is;
    mien_map map = {0};
    mien_roles *r = NULL;
    mien_error err = {0};
    if (strcmp(v->output, "-") == 0 || stat(v->output, &is) ||
        !S_ISREG(is.st_mode)) {
        cli_error("%s: no file, so its roles are not kept", v->output);
        return CLI_OK;
    }
    if (mien_file_map(v->output, 0, &map, &err))
        return cli_unsaved(&err);
    mien_sha256(map.data, map.n, t->file);
    mien_file_unmap(&map);
    t->facts.file = cli_file_name(v->output);
    t->facts.sha256 = t->file;
    if (mien_predictor_roles(p, 0, &t->facts, &r, &err)) {
        cli_error("%s", err.text);
        return CLI_NOTHING;
    }
    int status = cli_roles_save(v->output, r);
    mien_roles_free(r);
    return status;
}

/* Can the output be written, and is it neither the model nor the table?  The
 * status to exit with. */
static int check_output(const cli_args *a)
{
    const values *v = a->values;
    if (v->retention && !v->output && !v->json) {
        cli_error("predict: --retention needs -o FILE or --json: lines on "
                  "standard output do not carry it");
        return CLI_USAGE;
    }
    if (v->people && (!v->output || v->json || !v->person || !v->purpose)) {
        cli_error("predict: --people needs -o FILE, --person COLUMN and "
                  "--purpose WORD, and goes without --json");
        return CLI_USAGE;
    }
    if (!v->people && (v->person || v->purpose)) {
        cli_error("predict: --%s needs --people PEOPLE.db",
                  v->person ? "person" : "purpose");
        return CLI_USAGE;
    }
    if (v->people && !cli_is_another(v->people, v->output))
        return CLI_USAGE;
    for (int i = 0; v->output && i < 2; i++)
        if (!cli_is_another(a->operand[i], v->output))
            return CLI_USAGE;
    return v->output && !cli_output_ready(v->output) ? CLI_OUTPUT : CLI_OK;
}

/* Score with the options that are given; the status to exit with. */
static int score(const cli_args *a, const cli_tabular *m,
                 const mien_predict_options *o)
{
    const values *v = a->values;
    mien_predictor *p = NULL;
    mien_error err = {0};
    telling t;
    int status = tell(a, m, &t);
    if (status)
        return status;
    if (mien_predictor_new(m->model, o, &p, &err)) {
        cli_error("%s", err.text);
        return CLI_NOTHING;
    }
    const cli_predict_people ask = {.open = &v->open,
                                    .how = &v->table,
                                    .people = v->people,
                                    .purpose = v->purpose,
                                    .person = v->person,
                                    .table = a->operand[1],
                                    .output = v->output,
                                    .model = t.model,
                                    .until = t.until,
                                    .tabular = m->model};
    status = v->people ? cli_predict_people_run(&ask, p) : predict(a, p);
    if (!status && v->json)
        status = print_json(v, p, &t);
    else if (!status && v->output)
        status = save_roles(v, p, &t);
    if (!o->unseen)
        report_unseen(mien_tabular_encoder(m->model), mien_predictor_unseen(p));
    mien_predictor_free(p);
    return status;
}

/* Score the rows of a table with a model. */
static int run(const cli_args *a)
{
    const values *v = a->values;
    mien_predict_options o = v->o;
    cli_tabular m;
    if (o.highest && !v->json) {
        cli_error("predict: --highest needs --json");
        return CLI_USAGE;
    }
    int status = check_output(a);
    if (status)
        return status;
    if (!cli_tabular_open(a->operand[0], &m))
        return CLI_NOTHING;
    o.threshold = cli_given(a, &v->threshold) ? &v->threshold : NULL;
    if (v->json && !o.highest)
        o.highest = HIGHEST;
    status = score(a, &m, &o);
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
        "name, others are passed over.\n\n"
        "What a model infers about a person is personal data, as what it read "
        "is. So -o keeps beside the file, and --json in the JSON, which "
        "columns are inferred and which were given, the model's SHA-256, the "
        "day, and until when it is kept, as far as --retention says it.\n\n"
        "With --people, rows about somebody who is enrolled for the purpose "
        "are recorded in the gallery, too, until then or that person's end: "
        "'mien gallery inferred' lists them, 'export' has them, 'withdraw' "
        "erases them and names the file, which it does not reach.",
    CLI_COMMAND_TABLES,
};
