/* cli_judge.c: thresholds by rule, figures with intervals. */
#include "cli/cli_judge.h"

#include "base/alloc.h"
#include "cli/cli_json.h"

#include <math.h>
#include <string.h>

int cli_part_new(const char *name, int64_t n, cli_part *out)
{
    cli_part p = {name, n, mi_alloc((size_t)n + 1, 1),
                  mi_alloc((size_t)n + 1, sizeof *p.score)};
    *out = p;
    if (p.y && p.score)
        return 1;
    cli_error("out of memory");
    cli_part_free(out);
    return 0;
}

void cli_part_free(cli_part *p)
{
    mi_free(p->y);
    mi_free(p->score);
    *p = (cli_part){0};
}

static mien_scored rows_of(const cli_part *p)
{
    return (mien_scored){p->n, p->y, p->score, NULL};
}

int cli_judge_threshold(const cli_rule *rule, const cli_part *p,
                        mien_threshold *out)
{
    mien_error err = {0};
    mien_ranking *ranking = NULL;
    mien_scored rows = rows_of(p);
    mien_status st = mien_ranking_new(&rows, &ranking, &err);
    if (!st)
        st = mien_ranking_choose(ranking, rule->kind, rule->a, rule->b, out,
                                 &err);
    mien_ranking_free(ranking);
    if (st)
        cli_error("threshold on the %s part: %s", p->name, err.text);
    return st == MIEN_OK;
}

/* ---- verdicts
 * ------------------------------------------------------------------ */

int cli_judge(const cli_part *p, double threshold, uint32_t seed,
              mien_pool *pool, cli_verdict *out)
{
    static const mien_statistic stats[] = {
        MIEN_STAT_AUC, MIEN_STAT_AP, MIEN_STAT_RECALL, MIEN_STAT_PRECISION};
    mien_bootstrap_options o = MIEN_BOOTSTRAP_DEFAULTS;
    mien_interval interval[4] = {{0}};
    mien_error err = {0};
    mien_ranking *r = NULL;
    mien_scored rows = rows_of(p);
    cli_verdict v = {.threshold = threshold};
    o.seed = seed;
    o.threshold = threshold;
    o.replicates = p->n > 200000 ? 100 : 500;
    mien_status st = mien_ranking_new(&rows, &r, &err);
    if (!st)
        v.count = mien_ranking_confusion(r, threshold);
    /* no alarm: no precision */
    int n_stats = v.count.tp + v.count.fp > 0 ? 4 : 3;
    interval[3].value = interval[3].low = interval[3].high = (double)NAN;
    if (!st)
        st =
            mien_ranking_bootstrap(r, stats, n_stats, &o, pool, interval, &err);
    if (!st)
        st = mien_ranking_at_false_alarm(r, 0.06, &v.near, NULL, &err);
    if (!st) {
        v.rates = mien_rates_of(&v.count, 1);
        v.auc = interval[0];
        v.ap = interval[1];
        v.recall = interval[2];
        v.precision = interval[3];
        v.majority = mien_baseline_of(p->n, p->y, NULL).accuracy;
        *out = v;
    } else {
        cli_error("%s part: %s", p->name, err.text);
    }
    mien_ranking_free(r);
    return st == MIEN_OK;
}

static void print_report(const cli_part *p, double threshold, mien_buffer *out)
{
    mien_report_options o = MIEN_REPORT_DEFAULTS;
    mien_bytes text = {0};
    int32_t *truth = mi_alloc((size_t)p->n + 1, 2 * sizeof *truth);
    int32_t *said = truth + p->n;
    o.digits = 4;
    for (int64_t i = 0; truth && i < p->n; i++) {
        truth[i] = p->y[i];
        said[i] = p->score[i] >= threshold;
    }
    if (truth && !mien_report_text(p->n, truth, said, &o, &text, NULL))
        mien_buffer_put(out, text.data, text.n);
    mien_bytes_free(&text);
    mi_free(truth);
}

void cli_judge_print(const cli_part *p, const cli_verdict *v, int whole,
                     mien_buffer *out)
{
    const mien_rates *r = &v->rates;
    mien_buffer_printf(
        out,
        "%s: AUC %.4f (%.3f to %.3f), average precision %.4f (%.3f to "
        "%.3f)\n",
        p->name, v->auc.value, v->auc.low, v->auc.high, v->ap.value, v->ap.low,
        v->ap.high);
    mien_buffer_printf(
        out,
        "  at threshold %.6g: precision %.4f, recall %.4f, F1 %.4f, MCC "
        "%.4f, false alarms %.3f %%\n",
        v->threshold, r->precision, r->recall, r->f, r->mcc,
        100 * r->false_alarm);
    mien_buffer_printf(
        out,
        "  found %.0f of %.0f, %.0f false alarms in %lld rows; at %.2f "
        "%% false alarms recall %.3f\n",
        v->count.tp, v->count.tp + v->count.fn, v->count.fp, (long long)p->n,
        100 * v->near.rates.false_alarm, v->near.rates.recall);
    mien_buffer_printf(
        out, "  accuracy %.4f; always saying the larger class: %.4f\n",
        r->accuracy, v->majority);
    if (whole)
        print_report(p, v->threshold, out);
}

static json_t *interval_json(const mien_interval *i)
{
    json_t *o = json_object();
    cli_json_put(&o, "value", cli_json_number(i->value, 8));
    cli_json_put(&o, "low", cli_json_number(i->low, 8));
    cli_json_put(&o, "high", cli_json_number(i->high, 8));
    return o;
}

json_t *cli_judge_json(const cli_part *p, const cli_verdict *v)
{
    const mien_rates *r = &v->rates;
    const struct {
        const char *key;
        double value;
    } number[] = {{"threshold", v->threshold},
                  {"true_negatives", v->count.tn},
                  {"false_positives", v->count.fp},
                  {"false_negatives", v->count.fn},
                  {"true_positives", v->count.tp},
                  {"f1", r->f},
                  {"mcc", r->mcc},
                  {"accuracy", r->accuracy},
                  {"balanced_accuracy", r->balanced_accuracy},
                  {"false_alarm_rate", r->false_alarm},
                  {"majority_accuracy", v->majority},
                  {"recall_near_6_percent", v->near.rates.recall}};
    json_t *o = json_object();
    cli_json_put(&o, "rows", json_integer(p->n));
    cli_json_put(&o, "auc", interval_json(&v->auc));
    cli_json_put(&o, "average_precision", interval_json(&v->ap));
    cli_json_put(&o, "recall", interval_json(&v->recall));
    cli_json_put(&o, "precision", interval_json(&v->precision));
    for (size_t i = 0; i < sizeof number / sizeof *number; i++)
        cli_json_put(&o, number[i].key, cli_json_number(number[i].value, 10));
    return o;
}
