/* coverage_population.c: whom the data leave out.
 *
 * Standardised difference of a share p in the data and q in the population:
 * (p - q) / sqrt((p (1 - p) + q (1 - q)) / 2); 0.1 and more is a difference
 * (Austin, Statistics in Medicine 28, 2009), told where chance has less than
 * one per cent over all values (normal, of a sample from the population).
 *
 * Raking (iterative proportional fitting): weights of groups are multiplied,
 * column by column, until each value has its share of the population (Deming,
 * Stephan, Annals of Mathematical Statistics 11, 1940).  What weights cost is
 * Kish's design effect, n sum w^2 / (sum w)^2 (Survey Sampling, 1965, 11.7). */
#include "dataset/coverage.h"

#include "base/error.h"

#include <math.h>
#include <string.h>

enum { ROUNDS = 500, SHOWN = 8 };

/* Shares of values in both, and their difference. */
static void fill_levels(mi_coverage *c)
{
    for (int64_t g = 0; g < c->groups; g++)
        for (int i = 0; i < c->by; i++) {
            mi_level *l = &c->list[i].level[c->group[g].level[i]];
            l->count += c->group[g].count;
            l->people += c->group[g].people;
        }
    for (int i = 0; i < c->by; i++)
        for (int64_t k = 0; k < c->list[i].n; k++) {
            mi_level *l = &c->list[i].level[k];
            double p = (double)l->count / (double)c->rows, q = l->people;
            double spread = sqrt((p * (1 - p) + q * (1 - q)) / 2);
            l->difference = !c->has_population ? (double)NAN
                            : spread > 0       ? (p - q) / spread
                                               : 0;
        }
}

/* One column's shares are met; the largest factor that was needed. */
static double rake_column(mi_coverage *c, int i)
{
    double most = 0;
    for (int64_t k = 0; k < c->list[i].n; k++) {
        double sum = 0, all = 0, people = 0;
        for (int64_t g = 0; g < c->groups; g++) {
            const mi_group *is = &c->group[g];
            double w = isnan(is->weight) ? 0 : is->weight * (double)is->count;
            all += w;
            sum += is->level[i] == (int)k ? w : 0;
        }
        /* of the values that have rows at all */
        for (int64_t m = 0; m < c->list[i].n; m++)
            people +=
                c->list[i].level[m].count ? c->list[i].level[m].people : 0;
        if (!(sum > 0) || !(people > 0))
            continue;
        double factor = c->list[i].level[k].people / people * all / sum;
        for (int64_t g = 0; g < c->groups; g++)
            if (c->group[g].level[i] == (int)k && !isnan(c->group[g].weight))
                c->group[g].weight *= factor;
        most = fmax(most, fabs(factor - 1));
    }
    return most;
}

/* Weights of groups, and what they cost. */
static void rake(mi_coverage *c)
{
    double sum = 0, square = 0, rows = 0, off = 1;
    for (int64_t g = 0; g < c->groups; g++) {
        int known = 1;
        for (int i = 0; i < c->by; i++)
            known &= c->list[i].level[c->group[g].level[i]].people > 0;
        c->group[g].weight = known && c->group[g].count ? 1 : (double)NAN;
        rows += known ? (double)c->group[g].count : 0;
    }
    c->unmatched = 1 - rows / (double)c->rows;
    for (c->rounds = 0; c->rounds < ROUNDS && off > 1e-9; c->rounds++) {
        off = 0;
        for (int i = 0; i < c->by; i++)
            off = fmax(off, rake_column(c, i));
    }
    for (int64_t g = 0; g < c->groups; g++) {
        double w = c->group[g].weight, n = (double)c->group[g].count;
        sum += isnan(w) ? 0 : w * n;
        square += isnan(w) ? 0 : w * w * n;
    }
    for (int64_t g = 0; g < c->groups; g++)
        c->group[g].weight *= rows / sum;
    c->effective_rows = sum * sum / square;
    c->effect = rows / c->effective_rows;
}

void mi_coverage_compare(mi_coverage *c)
{
    fill_levels(c);
    if (c->has_population)
        rake(c);
}

void mi_coverage_put_group(const mi_coverage *c, const mi_group *g,
                           mien_buffer *out)
{
    for (int i = 0; i < c->by; i++)
        mien_buffer_printf(out, "%s%s=%s", i ? ", " : "", c->list[i].column,
                           c->list[i].level[g->level[i]].name);
}

/* ---- findings ------------------------------------------------------------ */

static void put_columns(const mi_coverage *c, mi_finding *f)
{
    for (int i = 0; i < c->by; i++)
        mien_buffer_printf(&f->where, "%s%s", i ? ", " : "", c->list[i].column);
}

/* Groups that pass a test, listed. */
static void say_groups(mien_dataset *d, const mi_coverage *c,
                       const unsigned char *is, mi_finding *f)
{
    int shown = 0;
    int64_t all = 0;
    (void)d;
    for (int64_t g = 0; g < c->groups; g++) {
        if (!is[g])
            continue;
        if (shown++ < SHOWN) {
            mien_buffer_puts(&f->text, shown > 1 ? "; " : "");
            mi_coverage_put_group(c, &c->group[g], &f->text);
            if (c->group[g].count)
                mien_buffer_printf(&f->text, " (%lld)",
                                   (long long)c->group[g].count);
            else
                mien_buffer_printf(&f->text, " (%.2f %% of the population)",
                                   100 * c->group[g].people);
        }
        all++;
    }
    if (shown > SHOWN)
        mien_buffer_printf(&f->text, " and %d more", shown - SHOWN);
    mien_buffer_puts(&f->text, ".");
    mi_finding_count(f, all, c->groups);
}

/* Groups with few rows: too few to say anything of them. */
static void say_few(mien_dataset *d, const mi_coverage *c)
{
    unsigned char few[MIEN_DATASET_MAX_GROUPS] = {0};
    int n = 0;
    for (int64_t g = 0; g < c->groups; g++) {
        few[g] = c->group[g].count > 0 && c->group[g].count < MI_GROUP_FEW;
        n += few[g];
    }
    mi_finding *f = n ? mi_finding_new(d, "coverage", MIEN_WEIGHT_QUESTION,
                                       (double)n / (double)c->groups / 10)
                      : NULL;
    if (!f)
        return;
    put_columns(c, f);
    mien_buffer_printf(
        &f->text, "Fewer than %d rows, too few to say: ", (int)MI_GROUP_FEW);
    say_groups(d, c, few, f);
    mien_buffer_puts(&f->advice, "Collect more of them, or say that the "
                                 "result does not speak of them.");
}

/* Groups of the population without any row, of which some would be expected. */
static void say_missing(mien_dataset *d, const mi_coverage *c)
{
    unsigned char gone[MIEN_DATASET_MAX_GROUPS] = {0};
    double people = 0;
    for (int64_t g = 0; g < c->groups; g++) {
        gone[g] =
            !c->group[g].count && c->group[g].people * (double)c->rows >= 5;
        people += gone[g] ? c->group[g].people : 0;
    }
    mi_finding *f =
        people > 0 ? mi_finding_new(d, "coverage", MIEN_WEIGHT_WRONG, people)
                   : NULL;
    if (!f)
        return;
    put_columns(c, f);
    mien_buffer_puts(&f->text, "Nobody stands for ");
    say_groups(d, c, gone, f);
    mi_finding_size(f, people, "share of the population");
    mien_buffer_puts(&f->advice,
                     "A model never sees them: what it says of them is a "
                     "guess, and no weight mends that. Collect rows of them.");
}

/* The name that another way of writing it was meant to be, or NULL. */
static const char *meant(const char *name, const char *const *names, int n)
{
    char a[MI_PLAIN], b[MI_PLAIN];
    const char *begins = NULL;
    int length = mi_plain_of((mien_text){name, strlen(name)}, a), found = 0;
    for (int i = 0; i < n; i++) {
        int other = mi_plain_of((mien_text){names[i], strlen(names[i])}, b);
        int least = other < length ? other : length;
        if (least == 0 || memcmp(a, b, (size_t)least) != 0)
            continue;
        if (other == length)
            return names[i];
        begins = names[i];
        found++;
    }
    const char *near = mien_text_nearest(name, names, n);
    return near || found != 1 ? near : begins;
}

/* Values that the population does not have, and what they may be there. */
static void say_unknown(mien_dataset *d, const mi_coverage *c, int i)
{
    const mi_level_list *l = &c->list[i];
    const char *names[64];
    int n = 0, unknown = 0;
    int64_t rows = 0;
    mi_finding *f = NULL;
    for (int64_t k = 0; k < l->n && n < 64; k++)
        if (l->level[k].people > 0)
            names[n++] = l->level[k].name;
    for (int64_t k = 0; k < l->n; k++) {
        const mi_level *is = &l->level[k];
        if (!is->count || is->people > 0)
            continue;
        if (!f)
            f = mi_finding_new(d, "coverage", MIEN_WEIGHT_WRONG, 1);
        if (!f)
            return;
        rows += is->count;
        if (unknown++ >= SHOWN)
            continue;
        const char *like = meant(is->name, names, n);
        mien_buffer_printf(&f->text, "%s'%s' (%lld%s%s%s)",
                           unknown > 1 ? ", " : "The population does not have ",
                           is->name, (long long)is->count,
                           like ? "; it has '" : "", like ? like : "",
                           like ? "'" : "");
    }
    if (!f)
        return;
    if (unknown > SHOWN)
        mien_buffer_printf(&f->text, " and %d more", unknown - SHOWN);
    mien_buffer_puts(&f->text, ".");
    mien_buffer_puts(&f->where, l->column);
    mi_finding_count(f, rows, c->rows);
    mien_buffer_puts(&f->advice, "Write groups in the data as in the "
                                 "population: rows that match none of it are "
                                 "left out of the comparison.");
}

/* Values whose share is not that of the population. */
static void say_shares(mien_dataset *d, const mi_coverage *c, int i)
{
    const mi_level_list *l = &c->list[i];
    const mi_level *worst = NULL;
    int n = 0;
    for (int64_t k = 0; k < l->n; k++) {
        const mi_level *is = &l->level[k];
        double p = (double)is->count / (double)c->rows, q = is->people;
        double error = sqrt(q * (1 - q) / (double)c->rows);
        if (!is->count || !(q > 0) || fabs(is->difference) < .1 ||
            erfc(fabs(p - q) / error / sqrt(2)) * (double)l->n > .01)
            continue;
        n++;
        if (!worst || fabs(is->difference) > fabs(worst->difference))
            worst = is;
    }
    mi_finding *f = worst ? mi_finding_new(d, "coverage", MIEN_WEIGHT_QUESTION,
                                           fabs(worst->difference))
                          : NULL;
    if (!f)
        return;
    mien_buffer_puts(&f->where, l->column);
    mi_finding_count(f, n, l->n);
    mi_finding_size(f, worst->difference, "standardised difference");
    mien_buffer_printf(&f->text,
                       "%d of %lld values have another share than in the "
                       "population; most so '%s': %.1f %%, there %.1f %% "
                       "(standardised difference %+.2f).",
                       n, (long long)l->n, worst->name,
                       100 * (double)worst->count / (double)c->rows,
                       100 * worst->people, worst->difference);
    mien_buffer_puts(&f->advice, "Weight the rows (check.json has a weight a "
                                 "group, from raking), or say whom the result "
                                 "stands for.");
}

mien_status mi_coverage_say(mien_dataset *d, mien_error *err)
{
    mi_coverage *c = d->coverage;
    mi_coverage_compare(c);
    say_few(d, c);
    if (c->has_population)
        say_missing(d, c);
    for (int i = 0; c->has_population && i < c->by; i++) {
        say_unknown(d, c, i);
        say_shares(d, c, i);
    }
    return d->failed ? mi_no_memory(err) : MIEN_OK;
}
