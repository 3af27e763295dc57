/* groups_text.c: what is said of groups, to a person and to a program. */
#include "mien/study_groups.h"

#include <math.h>

static const char *const titles[MIEN_GROUP_FIGURES] = {
    "recall", "false alarms", "precision", "alarms", "accuracy"};
static const char *const keys[MIEN_GROUP_FIGURES] = {
    "recall", "false_alarm_rate", "precision", "alarm_rate", "accuracy"};
static const char *const counted[MIEN_GROUP_FIGURES] = {
    "events", "rows that are no events", "alarms", "rows", "rows"};

/* ---- text ---------------------------------------------------------------- */

/* Columns that a text takes: its characters, as UTF-8 counts them. */
static int width_of(const char *s)
{
    int n = 0;
    for (; *s; s++)
        n += ((unsigned char)*s & 0xc0) != 0x80;
    return n;
}

static int widest(const mien_grouping *g)
{
    int n = 5;
    for (int i = 0; i < g->groups; i++) {
        int w = width_of(g->group[i].name);
        n = w > n ? w : n;
    }
    return n < 30 ? n : 30;
}

static void put_name(mien_buffer *out, const char *name, int width)
{
    mien_buffer_printf(out, "  %s", name);
    for (int n = width_of(name); n < width; n++)
        mien_buffer_puts(out, " ");
}

/* Rows, events, and how many rows the model learned from. */
static void put_counts(const mien_grouping *g, int width, mien_buffer *out)
{
    put_name(out, "group", width);
    mien_buffer_puts(out, "        rows      events  learned from\n");
    for (int i = 0; i < g->groups; i++) {
        const mien_group *p = &g->group[i];
        put_name(out, p->name, width);
        mien_buffer_printf(out, "  %10lld  %10lld", (long long)p->rates.rows,
                           (long long)p->rates.events);
        if (p->trained >= 0)
            mien_buffer_printf(out, "  %12lld", (long long)p->trained);
        else
            mien_buffer_printf(out, "  %12s",
                               p->trained == MIEN_TRAINED_SOME ? "some"
                                                               : "not known");
        mien_buffer_puts(out, p->trained
                                  ? "\n"
                                  : "  never seen in training: cannot judge\n");
    }
}

/* How far groups lie apart. */
static void put_gap(const mien_grouping *g, int figure, mien_buffer *out)
{
    const mien_group_gap *gap = &g->gap[figure];
    if (gap->highest < 0)
        return;
    mien_buffer_printf(out, "    gap %.3f (%.3f to %.3f), %s over %s: %s\n",
                       gap->value, gap->low, gap->high,
                       g->group[gap->highest].name, g->group[gap->lowest].name,
                       gap->low > 0 ? "groups differ"
                                    : "no difference is shown");
}

static void put_share(const mien_group *p, int figure, int width,
                      mien_buffer *out)
{
    const mien_share *s = &p->rates.share[figure];
    put_name(out, p->name, width);
    if (isnan(s->low))
        mien_buffer_printf(out, "  too few to say: %lld %s\n", (long long)s->of,
                           counted[figure]);
    else
        mien_buffer_printf(out, "  %.3f (%.3f to %.3f)  %lld of %lld\n",
                           s->value, s->low, s->high, (long long)s->count,
                           (long long)s->of);
}

static void put_auc(const mien_group *p, int width, mien_buffer *out)
{
    put_name(out, p->name, width);
    if (isnan(p->rates.auc_low))
        mien_buffer_printf(out, "  too few to say: %lld events in %lld rows\n",
                           (long long)p->rates.events,
                           (long long)p->rates.rows);
    else
        mien_buffer_printf(out, "  %.3f (%.3f to %.3f)\n", p->rates.auc,
                           p->rates.auc_low, p->rates.auc_high);
}

/* Groups by one column, figure by figure. */
static void put_grouping(const mien_grouping *g, mien_buffer *out)
{
    int width = widest(g);
    mien_buffer_printf(out, "by %s\n", g->by);
    put_counts(g, width, out);
    for (int f = 0; f < MIEN_GROUP_FIGURES; f++) {
        mien_buffer_printf(out, " %s\n", titles[f]);
        for (int i = 0; i < g->groups; i++)
            if (g->group[i].trained)
                put_share(&g->group[i], f, width, out);
        put_gap(g, f, out);
    }
    mien_buffer_puts(out, " area under the ROC curve\n");
    for (int i = 0; i < g->groups; i++)
        if (g->group[i].trained)
            put_auc(&g->group[i], width, out);
}

/* 1 if it is not known of a group whether the model learned from it. */
static int is_unknown(const mien_groupings *g)
{
    for (int i = 0; i < g->n; i++)
        for (int k = 0; k < g->grouping[i].groups; k++)
            if (g->grouping[i].group[k].trained == MIEN_TRAINED_UNKNOWN)
                return 1;
    return 0;
}

void mien_groupings_text(const mien_groupings *g, mien_buffer *out)
{
    for (int i = 0; i < g->n; i++)
        put_grouping(&g->grouping[i], out);
    if (g->crossed)
        mien_buffer_printf(out,
                           "all columns together make %d groups or more: too "
                           "many to be told apart (%d at most)\n",
                           g->crossed, MIEN_GROUPS_MAX);
    if (g->n && is_unknown(g))
        mien_buffer_puts(out, "the model does not tell whether it learned from "
                              "such groups; training with the same --by "
                              "records it\n");
}

/* ---- JSON ---------------------------------------------------------------- */

static void share_json(mien_json *j, const char *key, const mien_share *s)
{
    mien_json_object(j, key);
    mien_json_int(j, "count", s->count);
    mien_json_int(j, "of", s->of);
    mien_json_real(j, "value", s->value, 0);
    mien_json_real(j, "low", s->low, 0);
    mien_json_real(j, "high", s->high, 0);
    mien_json_bool(j, "too_few", isnan(s->low));
    mien_json_close(j);
}

/* A group; of one that cannot be judged, how many rows it has. */
static void group_json(mien_json *j, const mien_group *p)
{
    mien_json_object(j, NULL);
    mien_json_text(j, "group", p->name);
    mien_json_int(j, "rows", p->rates.rows);
    mien_json_int(j, "events", p->rates.events);
    if (p->trained >= 0)
        mien_json_int(j, "training_rows", p->trained);
    else
        mien_json_null(j, "training_rows");
    mien_json_text(j, "learned_from",
                   p->trained == 0                      ? "no"
                   : p->trained == MIEN_TRAINED_UNKNOWN ? "not known"
                                                        : "yes");
    mien_json_bool(j, "cannot_judge", p->trained == 0);
    for (int f = 0; p->trained && f < MIEN_GROUP_FIGURES; f++)
        share_json(j, keys[f], &p->rates.share[f]);
    if (p->trained) {
        mien_json_object(j, "auc");
        mien_json_real(j, "value", p->rates.auc, 0);
        mien_json_real(j, "low", p->rates.auc_low, 0);
        mien_json_real(j, "high", p->rates.auc_high, 0);
        mien_json_bool(j, "too_few", isnan(p->rates.auc_low));
        mien_json_close(j);
    }
    mien_json_close(j);
}

static void gap_json(mien_json *j, const mien_grouping *g, int figure)
{
    const mien_group_gap *gap = &g->gap[figure];
    if (gap->highest < 0)
        return;
    mien_json_object(j, keys[figure]);
    mien_json_text(j, "highest", g->group[gap->highest].name);
    mien_json_text(j, "lowest", g->group[gap->lowest].name);
    mien_json_int(j, "groups", gap->groups);
    mien_json_real(j, "value", gap->value, 0);
    mien_json_real(j, "low", gap->low, 0);
    mien_json_real(j, "high", gap->high, 0);
    mien_json_bool(j, "differ", gap->low > 0);
    mien_json_close(j);
}

void mien_groupings_json(const mien_groupings *g, const char *key, mien_json *j)
{
    mien_json_array(j, key);
    for (int i = 0; i < g->n; i++) {
        const mien_grouping *of = &g->grouping[i];
        mien_json_object(j, NULL);
        mien_json_text(j, "by", of->by);
        mien_json_array(j, "groups");
        for (int k = 0; k < of->groups; k++)
            group_json(j, &of->group[k]);
        mien_json_close(j);
        mien_json_object(j, "gaps");
        for (int f = 0; f < MIEN_GROUP_FIGURES; f++)
            gap_json(j, of, f);
        mien_json_close(j);
        mien_json_close(j);
    }
    mien_json_close(j);
}
