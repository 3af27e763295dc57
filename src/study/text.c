/* text.c: what is said of a study: to a person, to a program, to whoever is to
 * use its model. */
#include "study/study.h"

/* Both verdicts, that of the test part with its classes. */
static void put_verdicts(const mien_study *s, mien_buffer *out)
{
    mien_verdict_text(mien_study_verdict(s, MIEN_PART_VALIDATION), "validation",
                      0, out);
    mien_verdict_text(mien_study_verdict(s, MIEN_PART_TEST), "test", 1, out);
    mien_groupings_text(&s->groups, out);
}

void mien_study_text(const mien_study *s, mien_buffer *out)
{
    mien_study_describe(s, out);
    mien_buffer_put(out, s->settings.data, s->settings.n);
    if (s->file.n)
        put_verdicts(s, out);
}

void mien_study_history(const mien_study *s, mien_buffer *out)
{
    int n = 0;
    const mien_epoch *e = s->fit ? mien_fit_history(s->fit, &n) : NULL;
    mien_buffer_puts(out,
                     "epoch,loss,penalty,val_loss,learning_rate,improved\n");
    for (int i = 0; i < n; i++)
        mien_buffer_printf(out, "%d,%.9g,%.9g,%.9g,%.9g,%d\n", e[i].epoch,
                           e[i].train.total, e[i].train.penalty,
                           e[i].valid.total, (double)e[i].rate, e[i].improved);
}

/* Which table it was, and which of its columns were used. */
static void put_data(const mien_study *s, mien_json *j)
{
    char digest[65];
    mien_json_object(j, "data");
    mien_json_text(j, "name", mi_study_table_name(s));
    mien_json_text(j, "sha256", s->o.data_sha256);
    mien_json_text(j, "sheet_sha256", mi_study_sheet(s, digest));
    mien_json_text(j, "role", "training");
    mien_json_int(j, "rows", mien_table_rows(s->given));
    mien_json_array(j, "columns");
    for (int i = 0; i < s->encoder->columns; i++)
        mien_json_text(j, NULL, s->encoder->column[i].name);
    mien_json_close(j);
    mien_json_text(j, "retention", s->o.terms.retention);
    mien_json_text(j, "basis", s->o.terms.basis);
    mien_json_text(j, "inferred_by", s->o.terms.inferred_by);
    mien_json_close(j);
}

/* What was seen in the table, and how it was learned from, line by line. */
static void put_lines(const mien_study *s, mien_json *j)
{
    mien_buffer notes = {0};
    mi_study_describe(s, mi_study_table_name(s), &notes);
    mien_json_lines(j, "notes", notes.data, notes.n);
    mien_json_lines(j, "settings", s->settings.data, s->settings.n);
    j->out->failed |= notes.failed;
    mien_buffer_free(&notes);
}

void mien_study_metrics(const mien_study *s, mien_buffer *out)
{
    char digest[65];
    mien_json j = mien_json_on(out, 2);
    mien_json_object(&j, NULL);
    mien_json_text(&j, "schema", "mien/metrics/1");
    mien_json_text(&j, "estimator", mi_study_title(s));
    mien_json_text(&j, "label", s->o.recipe.label);
    mien_json_text(&j, "positive", s->classes.name[1]);
    mien_sha256(s->file.data, s->file.n, digest);
    mien_json_text(&j, "model_sha256", digest);
    put_data(s, &j);
    mien_json_int(&j, "rows", s->rows);
    mien_json_int(&j, "events", s->events);
    mien_json_int(&j, "seed", s->o.seed);
    mien_json_text(&j, "split", s->o.honest ? "time-ordered" : "random");
    mien_json_int(&j, "purge", s->o.honest ? s->o.purge : 0);
    mien_json_int(&j, "training_rows", s->split.trains);
    mien_json_real(&j, "threshold", s->threshold, 0);
    if (s->fit)
        mien_json_int(&j, "best_epoch", mien_fit_best(s->fit));
    mien_verdict_json(mien_study_verdict(s, MIEN_PART_VALIDATION), "validation",
                      &j);
    mien_verdict_json(mien_study_verdict(s, MIEN_PART_TEST), "test", &j);
    if (s->groups.n)
        mien_groupings_json(&s->groups, "test_by", &j);
    put_lines(s, &j);
    mien_json_close(&j);
    mien_buffer_puts(out, "\n");
}
