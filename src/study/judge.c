/* judge.c: the model, put together once, scored, given its threshold, judged
 * and written.  Judged is what is written: the bytes are those of the graph
 * that gave the scores, with the threshold that the validation part chose. */
#include "study/groups.h"
#include "study/study.h"

#include "base/alloc.h"
#include "base/error.h"

static const char *const names[] = {"validation", "test"};

const char *mi_study_sheet(const mien_study *s, char out[65])
{
    if (!s->o.sheet)
        return NULL;
    mien_sha256(s->o.sheet, s->o.sheet_size, out);
    return out;
}

/* Put recipe, encoder, scaler and estimator together. */
static mien_status make_model(const mien_study *s, const char *recipe,
                              const char *groups, mien_tabular **out,
                              mien_error *err)
{
    const mien_recipe *r = &s->o.recipe;
    char digest[65];
    mien_tabular_parts p = {.encoder = s->encoder,
                            .centre = s->scaler,
                            .scale = s->scaler + s->width,
                            .window = r->window,
                            .label = r->label,
                            .positive = s->classes.name[1],
                            .recipe = recipe,
                            .groups = groups,
                            .data_sha256 = s->o.data_sha256,
                            .sheet_sha256 = mi_study_sheet(s, digest),
                            .data_rows = mien_table_rows(s->given),
                            .terms = s->o.terms};
    if (s->o.estimator == MIEN_ESTIMATOR_LOGISTIC) {
        p.logistic = &s->logistic;
    } else {
        p.autoencoder = s->graph;
        p.network = &s->network;
    }
    return mien_tabular_new(&p, out, err);
}

/* The same with the study's recipe as text. */
static mien_status open_model(const mien_study *s, const char *groups,
                              mien_tabular **out, mien_error *err)
{
    mien_bytes text = {0};
    mien_buffer b = {0};
    mien_status st = mien_recipe_write(&s->o.recipe, &text, err);
    if (!st) {
        mien_buffer_put(&b, text.data, text.n);
        mien_buffer_put(&b, "", 1);
        st = b.failed ? mi_no_memory(err)
                      : make_model(s, (const char *)b.data, groups, out, err);
    }
    mien_bytes_free(&text);
    mien_buffer_free(&b);
    return st;
}

/* Labels, decision values and scores of a part, by the model. */
static mien_status score_part(mien_study *s, mien_tabular *m,
                              mien_study_part part, mien_error *err)
{
    const int64_t *sample;
    int64_t n = mi_study_rows(s, part, &sample);
    mi_part *p = &s->part[part];
    mi_free(p->y);
    mi_free(p->decision);
    mi_free(p->score);
    int64_t *end = mi_alloc((size_t)n + 1, sizeof *end);
    p->y = mi_alloc((size_t)n + 1, 1);
    p->decision = mi_alloc((size_t)n + 1, sizeof *p->decision);
    p->score = mi_alloc((size_t)n + 1, sizeof *p->score);
    int good = end && p->y && p->decision && p->score;
    for (int64_t i = 0; good && i < n; i++) {
        end[i] = s->end[sample[i]];
        p->y[i] = mi_study_label(s, sample[i]);
    }
    if (good)
        mien_tabular_decide_windows(m, s->x, n, end, p->decision);
    for (int64_t i = 0; good && i < n; i++)
        p->score[i] = mien_tabular_score_of(m, p->decision[i]);
    mi_free(end);
    return good ? MIEN_OK : mi_no_memory(err);
}

mien_scored mien_study_scored(const mien_study *s, mien_study_part part)
{
    const int64_t *sample;
    int64_t n = mi_study_rows(s, part, &sample);
    return (mien_scored){n, s->part[part].y, s->part[part].score, NULL};
}

mien_scored mien_study_decided(const mien_study *s, mien_study_part part)
{
    const int64_t *sample;
    int64_t n = mi_study_rows(s, part, &sample);
    return (mien_scored){n, s->part[part].y, s->part[part].decision, NULL};
}

/* Apply the rule to the validation part. */
static mien_status choose_threshold(mien_study *s, mien_tabular *m,
                                    mien_error *err)
{
    mien_scored rows = mien_study_decided(s, MIEN_PART_VALIDATION);
    const mien_rule_choice *rule = &s->o.rule;
    mien_threshold chosen = {0};
    mien_ranking *r = NULL;
    mien_error why = {0};
    mien_status st = mien_ranking_new(&rows, &r, &why);
    if (!st)
        st =
            mien_ranking_choose(r, rule->kind, rule->a, rule->b, &chosen, &why);
    mien_ranking_free(r);
    s->cut = chosen.threshold;
    s->threshold = mien_tabular_score_of(m, s->cut);
    return st ? mi_fail(err, st, "threshold on the validation part: %s",
                        why.text)
              : mien_tabular_set_cut(m, s->cut, err);
}

static mien_status judge_part(mien_study *s, const mien_tabular *m,
                              mien_study_part part, mien_error *err)
{
    mien_scored rows = mien_study_decided(s, part);
    mien_error why = {0};
    mien_status st = mi_study_judge_rows(m, &rows, s->cut, s->o.seed, s->o.pool,
                                         &s->part[part].verdict, &why);
    return st ? mi_fail(err, st, "%s part: %s", names[part], why.text)
              : MIEN_OK;
}

/* ---- groups -------------------------------------------------------------- */

/* The rows of the table with which n samples end; events are left out where
 * nothing was learned from them.  How many. */
static int64_t end_rows(const mien_study *s, int64_t n, const int64_t *sample,
                        int learned, int64_t *row)
{
    int plain = learned && s->o.estimator == MIEN_ESTIMATOR_AUTOENCODER;
    int64_t rows = 0;
    for (int64_t i = 0; i < n; i++)
        if (!plain || !mi_study_label(s, sample[i]))
            row[rows++] = s->end[sample[i]];
    return rows;
}

/* Say of which groups the training part is, as text. */
static mien_status record_groups(const mien_study *s, const mi_groups_by *by,
                                 mien_buffer *out, mien_error *err)
{
    int64_t *row = mi_alloc((size_t)s->split.trains + 1, sizeof *row);
    if (row) {
        int64_t n = end_rows(s, s->split.trains, s->split.train, 1, row);
        mi_groups_record(by, n, row, out);
        mien_buffer_put(out, "", 1);
    }
    mi_free(row);
    return row && !out->failed ? MIEN_OK : mi_no_memory(err);
}

/* Judge the test part by groups. */
static mien_status judge_groups(mien_study *s, const mi_groups_by *by,
                                const char *record, mien_error *err)
{
    mien_scored rows = mien_study_decided(s, MIEN_PART_TEST);
    int64_t *row = mi_alloc((size_t)rows.n + 1, sizeof *row);
    mien_status st = row ? MIEN_OK : mi_no_memory(err);
    mien_groupings_free(&s->groups);
    if (!st) {
        end_rows(s, rows.n, s->split.test, 0, row);
        st = mi_groups_judge(by, &rows, row, s->cut, record, s->encoder,
                             &s->groups, err);
    }
    mi_free(row);
    return st;
}

const mien_groupings *mien_study_groups(const mien_study *s)
{
    return &s->groups;
}

/* ---- judging ------------------------------------------------------------- */

/* Score, choose, judge and write. */
static mien_status judge(mien_study *s, const mi_groups_by *by,
                         const char *record, mien_error *err)
{
    mien_tabular *m = NULL;
    mien_status st = open_model(s, record, &m, err);
    if (!st)
        st = score_part(s, m, MIEN_PART_VALIDATION, err);
    if (!st)
        st = score_part(s, m, MIEN_PART_TEST, err);
    if (!st)
        st = choose_threshold(s, m, err);
    if (!st)
        st = judge_part(s, m, MIEN_PART_VALIDATION, err);
    if (!st)
        st = judge_part(s, m, MIEN_PART_TEST, err);
    if (!st)
        st = judge_groups(s, by, record, err);
    if (!st)
        st = mien_tabular_write(m, &s->file, err);
    mien_tabular_free(m);
    return st;
}

mien_status mien_study_judge(mien_study *s, mien_error *err)
{
    mien_buffer record = {0};
    mi_groups_by by = {0};
    mien_bytes_free(&s->file);
    mien_status st = mi_groups_by_read(s->t, s->o.bys, s->o.by, &by, err);
    if (!st)
        st = record_groups(s, &by, &record, err);
    if (!st)
        st = judge(s, &by, (const char *)record.data, err);
    mi_groups_by_done(&by);
    mien_buffer_free(&record);
    return st;
}

mien_bytes mien_study_model(const mien_study *s) { return s->file; }

const mien_verdict *mien_study_verdict(const mien_study *s,
                                       mien_study_part part)
{
    return &s->part[part].verdict;
}
