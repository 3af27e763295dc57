/* cli_model.c: scores, threshold, verdicts, and the files of a run. */
#include "cli/cli_model.h"

#include "base/alloc.h"
#include "cli/cli_files.h"
#include "cli/cli_json.h"

#include <string.h>

static int failed(const mien_error *err)
{
    cli_error("%s", err->text);
    return 0;
}

/* ---- scores
 * -------------------------------------------------------------------- */

static int build_bytes(const cli_model *m, mien_bytes *out)
{
    mien_error err = {0};
    mien_graph *g = NULL;
    mien_status st = mien_tabular_build(&m->parts, &g, &err);
    if (!st)
        st = mien_onnx_write(g, out, &err);
    mien_graph_free(g);
    return st ? failed(&err) : 1;
}

static int take_part(const cli_data *d, const double *score, int64_t n,
                     const int64_t *sample, cli_part *p)
{
    if (!cli_part_new(p->name, n, p))
        return 0;
    for (int64_t i = 0; i < n; i++) {
        p->y[i] = cli_data_label(d, sample[i]);
        p->score[i] = score[d->end[sample[i]]];
    }
    return 1;
}

/* The file that will be written is what is judged. */
static int score_parts(cli_model *m, const mien_bytes *file)
{
    const cli_data *d = m->data;
    mien_error err = {0};
    mien_tabular *t = NULL;
    double *score = mi_alloc((size_t)d->rows + 1, sizeof *score);
    m->valid.name = "validation";
    m->test.name = "test";
    int ok = score != NULL;
    if (ok && (mien_tabular_read(file->data, file->n, &t, &err) ||
               mien_tabular_score(t, d->t, score, NULL, &err)))
        ok = failed(&err);
    ok = ok &&
         take_part(d, score, d->split.valids, d->split.valid, &m->valid) &&
         take_part(d, score, d->split.tests, d->split.test, &m->test);
    mien_tabular_free(t);
    mi_free(score);
    return ok;
}

static int judge(cli_model *m)
{
    uint32_t seed = (uint32_t)m->data->seed;
    if (!cli_judge_threshold(&m->data->rule, &m->valid, &m->chosen))
        return 0;
    m->parts.threshold = m->chosen.threshold;
    return cli_judge(&m->valid, m->chosen.threshold, seed, m->data->in.pool,
                     &m->of_valid) &&
           cli_judge(&m->test, m->chosen.threshold, seed, m->data->in.pool,
                     &m->of_test);
}

/* ---- files
 * --------------------------------------------------------------------- */

int cli_model_save(const char *folder, const char *name, const void *bytes,
                   size_t n)
{
    mien_error err = {0};
    char *path = cli_path_join(folder, name);
    if (!path) {
        cli_error("out of memory");
        return 0;
    }
    mien_status st = mien_file_save(path, bytes, n, &err);
    mi_free(path);
    return st ? failed(&err) : 1;
}

static int save_buffer(const char *folder, const char *name, mien_buffer *b)
{
    int ok = !b->failed;
    if (ok)
        ok = cli_model_save(folder, name, b->data, b->n);
    else
        cli_error("out of memory");
    mien_buffer_free(b);
    return ok;
}

static void put_history(const cli_model *m, mien_buffer *out)
{
    mien_buffer_puts(out,
                     "epoch,loss,penalty,val_loss,learning_rate,improved\n");
    for (int i = 0; i < m->epochs; i++)
        mien_buffer_printf(out, "%d,%.9g,%.9g,%.9g,%.9g,%d\n",
                           m->epoch[i].epoch, m->epoch[i].train.total,
                           m->epoch[i].train.penalty, m->epoch[i].valid.total,
                           (double)m->epoch[i].rate, m->epoch[i].improved);
}

static void put_metrics(const cli_model *m, mien_buffer *out)
{
    const cli_data *d = m->data;
    json_t *o = json_object();
    cli_json_put(&o, "schema", json_string("mien/metrics/1"));
    cli_json_put(&o, "estimator", json_string(m->title));
    cli_json_put(&o, "label", cli_json_text(d->label_name));
    cli_json_put(&o, "positive", cli_json_text(d->classes.name[1]));
    cli_json_put(&o, "rows", json_integer(d->rows));
    cli_json_put(&o, "events", json_integer(d->events));
    cli_json_put(&o, "seed", json_integer(d->seed));
    cli_json_put(&o, "split",
                 json_string(d->honest ? "time-ordered" : "random"));
    cli_json_put(&o, "purge", json_integer(d->honest ? d->purge : 0));
    cli_json_put(&o, "training_rows", json_integer(d->split.trains));
    cli_json_put(&o, "threshold", cli_json_number(m->chosen.threshold, 10));
    if (m->epochs)
        cli_json_put(&o, "best_epoch", json_integer(m->best));
    cli_json_put(&o, "validation", cli_judge_json(&m->valid, &m->of_valid));
    cli_json_put(&o, "test", cli_judge_json(&m->test, &m->of_test));
    cli_json_print(out, o, JSON_INDENT(2));
}

static void put_card(const cli_model *m, mien_buffer *out)
{
    const cli_data *d = m->data;
    mien_buffer_printf(out, "# %s for %s = %s\n\n", m->title, d->label_name,
                       d->classes.name[1]);
    mien_buffer_puts(
        out, "Intended use: to raise an alarm for rows of tables like the "
             "one it was made from.  Not for decisions about people "
             "without a person who checks them.\n\n## Data\n\n```\n");
    cli_data_describe(d, out);
    cli_data_warn(d, out);
    mien_buffer_puts(out, "```\n\n## Settings\n\n```\n");
    mien_buffer_put(out, m->settings.data, m->settings.n);
    mien_buffer_puts(out,
                     "```\n\n## Figures\n\nThe threshold was chosen on the "
                     "validation part; no figure of the test part was used to "
                     "choose anything.\n\n```\n");
    cli_judge_print(&m->valid, &m->of_valid, 0, out);
    cli_judge_print(&m->test, &m->of_test, 1, out);
    mien_buffer_puts(
        out, "```\n\n## Limits\n\nScores mean what they meant in the "
             "table above: a process that has drifted, other columns or "
             "another share of events need a new model.\n");
}

static int write_files(const cli_model *m, const char *folder,
                       const mien_bytes *file)
{
    mien_buffer metrics = {0}, history = {0}, card = {0}, page = {0};
    if (!cli_folder_make(folder) ||
        !cli_model_save(folder, "model.onnx", file->data, file->n))
        return 0;
    put_metrics(m, &metrics);
    put_history(m, &history);
    put_card(m, &card);
    cli_report_html(m, &page);
    return save_buffer(folder, "metrics.json", &metrics) &
           save_buffer(folder, "model_card.md", &card) &
           save_buffer(folder, "report.html", &page) &
           (m->epochs ? save_buffer(folder, "history.csv", &history)
                      : (mien_buffer_free(&history), 1));
}

int cli_model_finish(cli_model *m)
{
    mien_bytes file = {0};
    const char *folder = m->data->args->value[DATA_OUTPUT];
    int status = CLI_NOTHING;
    m->parts.encoder = m->data->encoder;
    m->parts.centre = m->data->scaler;
    m->parts.scale = m->data->scaler + m->data->width;
    m->parts.window = m->data->window;
    m->parts.label = m->data->label_name;
    m->parts.positive = m->data->classes.name[1];
    if (build_bytes(m, &file) && score_parts(m, &file) && judge(m)) {
        mien_bytes_free(&file);
        cli_judge_print(&m->valid, &m->of_valid, 0, &m->words);
        cli_judge_print(&m->test, &m->of_test, 1, &m->words);
        status = build_bytes(m, &file) ? CLI_OK : CLI_NOTHING;
    }
    if (status == CLI_OK && folder && !write_files(m, folder, &file))
        status = CLI_OUTPUT;
    if (status == CLI_OK && folder)
        mien_buffer_printf(&m->words,
                           "written to %s: model.onnx, report.html, "
                           "metrics.json, model_card.md%s\n",
                           folder, m->epochs ? ", history.csv" : "");
    mien_bytes_free(&file);
    if (m->words.n && !cli_emit(&m->words))
        status = CLI_OUTPUT;
    return status;
}

void cli_model_done(cli_model *m)
{
    mien_buffer_free(&m->settings);
    mien_buffer_free(&m->words);
    cli_part_free(&m->valid);
    cli_part_free(&m->test);
}
