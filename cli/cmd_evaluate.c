/* cmd_evaluate.c: how good a model is on a table, or on pictures, whose answers
 * are known. */
#include "cli/pictures.h"
#include "cli/table.h"

#include <limits.h>

typedef struct values {
    const char *label, *positive;
    double threshold;
    int json;
    uint32_t seed;
    mien_unseen unseen;
    cli_table_values table;
    const char *images, *by;
    int mirror;
} values;
static const values defaults = {.seed = 123};

static const cli_option options[] = {
    CLI_ROW_TEXT(label, CLI_TEXT, "label", 'l', "COLUMN",
                 "the column with the answers (default: the model's)"),
    CLI_ROW_TEXT(positive, CLI_TEXT, "positive", 0, "VALUE",
                 "the value of the rare event (default: the model's)"),
    CLI_ROW_REAL(threshold, "threshold", 0, "T", -1e30, 1e30,
                 "instead of the model's"),
    CLI_OPTION_JSON("a JSON object"),
    CLI_ROW_INT(seed, "seed", 's', "N", 0, INT_MAX,
                "of the intervals (default {})"),
    CLI_ROW_UNSEEN(unseen),
    CLI_ROW_TEXT(images, CLI_FOLDER, "images", 'i', "DIR",
                 "where the pictures are (default: where the list is)"),
    CLI_ROW_FLAG(mirror, "mirror", 0,
                 "judge pictures by the mean of each and its mirror"),
    CLI_ROW_TEXT(by, CLI_TEXT, "by", 0, "COLUMN,...|TASK",
                 "tell figures of each group of rows too, with intervals and "
                 "gaps: by the values of columns (age:18:65 makes bands of "
                 "numbers) and of all of them together; of pictures by the "
                 "classes of a task"),
    CLI_OPTIONS_TABLE,
    CLI_OPTION_END,
};

static const cli_row examples[] = {
    {"mien evaluate fraud/model.onnx test.csv --label isFraud",
     "report with 95 % intervals"},
    {"mien evaluate fraud/model.onnx test.csv --by sex,age:18:65",
     "for each group too: where it errs more, and where it cannot be judged"},
    {"mien evaluate emotion/model.onnx fer2013/test",
     "a network trained on pictures, on folders named as classes"},
    {NULL, NULL},
};

static const cli_row exits[] =
    CLI_EXITS("the model was judged",
              "the model or the table could not be read, or does not fit");

/* Print a verdict, and that of groups where they were asked for; the status to
 * exit with. */
static int print(const cli_args *a, const mien_verdict *v,
                 const mien_groupings *g)
{
    const values *w = a->values;
    mien_buffer out = {0};
    mien_json j = mien_json_on(&out, 2);
    if (w->json && !g->n) {
        mien_verdict_json(v, NULL, &j);
        mien_buffer_puts(&out, "\n");
    } else if (w->json) {
        mien_json_object(&j, NULL);
        mien_verdict_json(v, "all", &j);
        mien_groupings_json(g, "by", &j);
        mien_json_close(&j);
        mien_buffer_puts(&out, "\n");
    } else {
        mien_verdict_text(v, "table", 1, &out);
        mien_groupings_text(g, &out);
    }
    return cli_emit(&out) ? CLI_OK : CLI_OUTPUT;
}

/* Judge, and print the verdict; the status to exit with. */
static int evaluate(const cli_args *a, mien_tabular *m, const cli_table *in,
                    const cli_names *by, mien_evaluate_options *o)
{
    const char *path = a->operand[1];
    mien_groupings groups = {0};
    mien_verdict v;
    mien_error err = {0};
    o->pool = in->pool;
    if (cli_table_column(in->t, path,
                         o->label ? o->label : mien_tabular_text(m, "label")) <
        0)
        return CLI_NOTHING;
    if (mien_evaluate_by(m, in->t, o, by->n, by->name, &v, &groups, &err)) {
        cli_error("%s: %s", path, err.text);
        return CLI_NOTHING;
    }
    if (v.unseen > 0)
        cli_error("%s: %lld texts that the model has not seen; --unseen error "
                  "refuses them",
                  path, (long long)v.unseen);
    int status = print(a, &v, &groups);
    mien_groupings_free(&groups);
    return status;
}

/* Judge a model of tables; the status to exit with. */
static int judge_table(const cli_args *a)
{
    const values *v = a->values;
    mien_evaluate_options o = MIEN_EVALUATE_DEFAULTS;
    cli_tabular m;
    cli_table in;
    cli_names by;
    int status = CLI_NOTHING;
    o.label = v->label;
    o.positive = v->positive;
    o.seed = v->seed;
    o.unseen = v->unseen;
    o.threshold = cli_given(a, &v->threshold) ? &v->threshold : NULL;
    if (!cli_names_read(v->by, &by))
        return CLI_USAGE;
    if (!cli_tabular_open(a->operand[0], &m)) {
        cli_names_free(&by);
        return CLI_NOTHING;
    }
    if (cli_table_open(a->operand[1], &v->table, m.model, &in)) {
        cli_names_join(&by, in.t);
        status = evaluate(a, m.model, &in, &by, &o);
        cli_table_close(&in);
    } else {
        status = in.status;
    }
    cli_tabular_close(&m);
    cli_names_free(&by);
    return status;
}

/* Judge a picture model that was read, on labelled pictures; the status to exit
 * with. */
static int judge_pictures(const cli_args *a, const mien_bytes *model,
                          mien_picture_view view)
{
    const values *v = a->values;
    mien_picture_evaluate_options o = {v->mirror, v->by, NULL, 1};
    mien_picture_verdict verdict = {0};
    mien_buffer out = {0};
    mien_json j = mien_json_on(&out, 2);
    mien_error err = {0};
    cli_labels l;
    int status = cli_pool_new(v->table.threads, &o.pool);
    if (status)
        return status;
    const mien_face_boxes_options find = {.pool = o.pool};
    if (!cli_labels_open(a->operand[1], v->images, NULL, &l) ||
        (view.crop == MIEN_CROP_FACE && !cli_labels_faces(&l, &find, 0)) ||
        !cli_labels_align(&l, view.aligned, o.pool, 0)) {
        status = CLI_NOTHING;
    } else if (mien_faces_evaluate(model, NULL, &l.set, &o, &verdict, &err)) {
        cli_error_at(a->operand[1], &err);
        status = CLI_NOTHING;
    } else if (v->json) {
        mien_picture_verdict_json(&verdict, NULL, &j);
        mien_buffer_puts(&out, "\n");
    } else {
        mien_picture_verdict_text(&verdict, "pictures", 1, &out);
    }
    if (!cli_emit(&out) && !status)
        status = CLI_OUTPUT;
    mien_picture_verdict_free(&verdict);
    cli_labels_close(&l);
    mien_pool_free(o.pool);
    return status;
}

/* 1 if the file is a model of pictures, which is read into *out; -1: memory
 * ended, reported. */
static int is_picture_model(const char *path, mien_bytes *out,
                            mien_picture_view *view)
{
    mien_graph *g = NULL;
    mien_error err = {0};
    mien_status st = mien_file_load(path, 0, out, &err);
    if (!st)
        st = mien_onnx_read(out->data, out->n, &g, &err);
    int is = !st && mien_picture_is_model(g);
    if (is)
        st = mien_picture_view_of(g, view, &err);
    mien_graph_free(g);
    if (st == MIEN_ENOMEM)
        cli_error_at(path, &err);
    return st == MIEN_ENOMEM ? -1 : is && !st;
}

/* Judge a model on what has known answers. */
static int run(const cli_args *a)
{
    mien_bytes model = {0};
    mien_picture_view view = {0};
    int pictures = is_picture_model(a->operand[0], &model, &view);
    int status = pictures < 0 ? CLI_NOTHING
                 : pictures   ? judge_pictures(a, &model, view)
                              : judge_table(a);
    mien_bytes_free(&model);
    return status;
}

const cli_command cmd_evaluate = {
    .name = "evaluate",
    .operands = "MODEL.onnx TABLE.csv|LIST|FOLDER",
    .min_operands = 2,
    .max_operands = 2,
    .summary = "judge a model on a table or pictures whose answers are known",
    .description =
        "Scores every row and compares with the label: area under the ROC "
        "curve and average precision with 95 % bootstrap intervals, precision "
        "and recall at the model's threshold, and the accuracy of always "
        "saying the larger class, beside it.  The table is prepared as the "
        "one was that the model learned from: column types, the shift of "
        "--ahead and the order of --time come with the model.\n\n"
        "A model that 'mien train net', 'landmarks' or 'emotion' wrote is "
        "judged on labelled pictures: it sees them cut out and scaled as it "
        "was trained.",
    CLI_COMMAND_TABLES,
};
