/* verdict.c: how good scores are at a threshold, with intervals; as text, as
 * JSON. */
#include "mien/report.h"

#include "base/alloc.h"
#include "mien/learn.h"

#include <math.h>

/* Figures and their intervals.  Where nothing is alarmed there is no
 * precision. */
static mien_status put_intervals(const mien_ranking *r, uint32_t seed,
                                 mien_pool *pool, mien_verdict *v,
                                 mien_error *err)
{
    static const mien_statistic stats[] = {
        MIEN_STAT_AUC, MIEN_STAT_AP, MIEN_STAT_RECALL, MIEN_STAT_PRECISION};
    mien_bootstrap_options o = MIEN_BOOTSTRAP_DEFAULTS;
    mien_interval interval[4] = {{0}};
    int alarms = v->count.tp + v->count.fp > 0;
    o.seed = seed;
    o.threshold = v->threshold;
    o.replicates = v->rows > 200000 ? 100 : 500;
    interval[3].value = interval[3].low = interval[3].high = (double)NAN;
    mien_status st = mien_ranking_bootstrap(r, stats, alarms ? 4 : 3, &o, pool,
                                            interval, err);
    double events = v->count.tp + v->count.fn;
    int few = fmin(events, (double)v->rows - events) < MIEN_VERDICT_FEW;
    for (int i = 0; few && i < 4; i++)
        interval[i].low = interval[i].high = (double)NAN;
    v->auc = interval[0];
    v->ap = interval[1];
    v->recall = interval[2];
    v->precision = interval[3];
    return st;
}

/* What is known of rows of one class. */
static void put_one_class(mien_verdict *v)
{
    const double no = (double)NAN;
    const mien_interval none = {no, no, no, no, 0};
    v->auc = v->ap = v->recall = v->precision = none;
    v->near.rates.recall = v->near.rates.false_alarm = no;
    if (v->count.tp + v->count.fn > 0)
        v->recall.value = v->rates.recall;
}

mien_status mien_verdict_of(const mien_scored *rows, double threshold,
                            uint32_t seed, mien_pool *pool, mien_verdict *out,
                            mien_error *err)
{
    mien_scored plain = {rows->n, rows->y, rows->score, NULL};
    mien_verdict v = {.rows = rows->n,
                      .threshold = threshold,
                      .unseen = -1,
                      .brier = (double)NAN};
    mien_ranking *r = NULL;
    mien_status st = mien_ranking_new(&plain, &r, err);
    if (st)
        return st;
    v.count = mien_ranking_confusion(r, threshold);
    v.rates = mien_rates_of(&v.count, 1);
    v.majority = mien_baseline_of(rows->n, rows->y, NULL).accuracy;
    double events = v.count.tp + v.count.fn;
    if (events > 0 && events < (double)rows->n) {
        st = put_intervals(r, seed, pool, &v, err);
        if (!st)
            st = mien_ranking_at_false_alarm(r, 0.06, &v.near, NULL, err);
    } else {
        put_one_class(&v);
    }
    mien_ranking_free(r);
    if (!st)
        *out = v;
    return st;
}

/* Precision, recall and F1 of each class: rows as the counts have them. */
static void put_classes(const mien_verdict *v, mien_buffer *out)
{
    mien_report_options o = MIEN_REPORT_DEFAULTS;
    mien_bytes text = {0};
    int32_t *truth = mi_alloc((size_t)v->rows + 1, 2 * sizeof *truth);
    int64_t n = v->rows, events = (int64_t)(v->count.fn + v->count.tp);
    int64_t alarms = (int64_t)v->count.fp, missed = (int64_t)v->count.fn;
    o.digits = 4;
    for (int64_t i = 0; truth && i < n; i++) {
        truth[i] = i < events;
        truth[n + i] = i >= missed && i < events + alarms;
    }
    if (truth && !mien_report_text(n, truth, truth + n, &o, &text, NULL))
        mien_buffer_put(out, text.data, text.n);
    else
        out->failed = 1;
    mien_bytes_free(&text);
    mi_free(truth);
}

/* A figure and how sure it is. */
static void put_value(mien_buffer *out, const char *name,
                      const mien_interval *i)
{
    mien_buffer_printf(out, "%s %.4f", name, i->value);
    if (isnan(i->low))
        mien_buffer_puts(out, " (too few to say how sure)");
    else
        mien_buffer_printf(out, " (%.3f to %.3f)", i->low, i->high);
}

/* Six digits; of a threshold near 1 so many that what is missing to 1 has
 * three. */
static int digits_of(double threshold)
{
    double missing = 1 - threshold;
    if (missing >= 1e-4 || missing <= 0)
        return 6;
    int digits = 2 - (int)floor(log10(missing));
    return digits < 17 ? digits : 17;
}

void mien_verdict_text(const mien_verdict *v, const char *name, int whole,
                       mien_buffer *out)
{
    const mien_rates *r = &v->rates;
    double events = v->count.tp + v->count.fn;
    mien_buffer_printf(out, "%s: ", name);
    if (events == 0 || events == (double)v->rows) {
        mien_buffer_printf(out,
                           "%lld rows, %s events: AUC and average precision "
                           "want both\n",
                           (long long)v->rows, events > 0 ? "all" : "no");
    } else {
        put_value(out, "AUC", &v->auc);
        mien_buffer_puts(out, ", ");
        put_value(out, "average precision", &v->ap);
        mien_buffer_puts(out, "\n");
    }
    mien_buffer_printf(
        out,
        "  at threshold %.*g: precision %.4f, recall %.4f, F1 %.4f, MCC "
        "%.4f, false alarms %.3f %%\n",
        digits_of(v->threshold), v->threshold, r->precision, r->recall, r->f,
        r->mcc, 100 * r->false_alarm);
    mien_buffer_printf(out,
                       "  found %.0f of %.0f, %.0f false alarms in %lld rows",
                       v->count.tp, events, v->count.fp, (long long)v->rows);
    if (!isnan(v->near.rates.recall))
        mien_buffer_printf(out, "; at %.2f %% false alarms recall %.3f",
                           100 * v->near.rates.false_alarm,
                           v->near.rates.recall);
    mien_buffer_puts(out, "\n");
    mien_buffer_printf(out,
                       "  accuracy %.4f; always saying the larger class: %.4f",
                       r->accuracy, v->majority);
    if (!isnan(v->brier))
        mien_buffer_printf(out, "; Brier score %.4f", v->brier);
    mien_buffer_puts(out, "\n");
    if (whole)
        put_classes(v, out);
}

static void put_interval(mien_json *j, const char *key, const mien_interval *i)
{
    mien_json_object(j, key);
    mien_json_real(j, "value", i->value, 0);
    mien_json_real(j, "low", i->low, 0);
    mien_json_real(j, "high", i->high, 0);
    mien_json_close(j);
}

void mien_verdict_json(const mien_verdict *v, const char *key, mien_json *j)
{
    const mien_rates *r = &v->rates;
    const struct {
        const char *key;
        double value;
    } number[] = {{"f1", r->f},
                  {"mcc", r->mcc},
                  {"accuracy", r->accuracy},
                  {"balanced_accuracy", r->balanced_accuracy},
                  {"false_alarm_rate", r->false_alarm},
                  {"majority_accuracy", v->majority},
                  {"recall_near_6_percent", v->near.rates.recall}};
    mien_json_object(j, key);
    mien_json_int(j, "rows", v->rows);
    if (v->unseen >= 0)
        mien_json_int(j, "unseen", v->unseen);
    put_interval(j, "auc", &v->auc);
    put_interval(j, "average_precision", &v->ap);
    put_interval(j, "recall", &v->recall);
    put_interval(j, "precision", &v->precision);
    mien_json_real(j, "threshold", v->threshold, 0);
    mien_json_int(j, "true_negatives", (int64_t)v->count.tn);
    mien_json_int(j, "false_positives", (int64_t)v->count.fp);
    mien_json_int(j, "false_negatives", (int64_t)v->count.fn);
    mien_json_int(j, "true_positives", (int64_t)v->count.tp);
    for (size_t i = 0; i < sizeof number / sizeof *number; i++)
        mien_json_real(j, number[i].key, number[i].value, 0);
    if (!isnan(v->brier))
        mien_json_real(j, "brier", v->brier, 0);
    mien_json_close(j);
}
