/* calibrate.c: a threshold from a gallery's own distances.
 *
 * Let N_i be the rows of person i, m_ij the pairs of rows of i and j that are
 * nearer than the threshold, f = sum m_ij / sum N_i N_j over i < j.  With
 * e_ij = m_ij - f N_i N_j the variance of f is estimated as
 *
 *   V = sum_i (sum_j e_ij)^2 / (sum_{i<j} N_i N_j)^2
 *
 * the sum of e_ij e_kl over all pairs of pairs with a person in common, which
 * are those whose product is not 0 on average, and once more of e_ij^2: it
 * counts what single people who look like many do to a rate.  Without that last
 * sum the estimate has no bias, but its intervals for a hundred people hold the
 * truth 92.5 times of 100 (test_calibrate), with it 95.
 *
 * A stranger is compared with a face each of k people.  A face r has n others,
 * of whom sum_j m_rj / N_j = m are near, each counted by the share of its faces
 * that are; k of them drawn without being put back leave it without a name with
 *
 *   1 - h_r = prod_{t=0}^{k-1} (n - m - t) / (n - t)
 *
 * which has no bias, as (1 - m / n)^k has, where m itself is counted: that is
 * taken for k > n alone.  The rate is the mean of h_r over people, of each over
 * its faces.  Its variance is the sum over people of the square of what each
 * adds, as the stranger and as one of the others (the infinitesimal jackknife;
 * Efron, The jackknife, the bootstrap and other resampling plans, 1982, 6).
 *
 * Source: Aronow, Samii, Assenova 2015. */
#include "mien/match_calibrate.h"

#include "base/alloc.h"
#include "base/error.h"
#include "match/pairs.h"

#include <assert.h>
#include <math.h>
#include <string.h>

/* Of a normal distribution, 95 % in the middle. */
static const double z95 = 1.959963985;
/* Where there is no number. */
static const double no = (double)NAN;

typedef struct calibration {
    mi_pair_sets sets;
    double wanted;
    int people, known;
    int32_t *rows; /* [people] */
    int64_t *bin;  /* [sets, MI_PAIR_BINS] */
    int64_t *of;   /* [sets] pairs of two people */
    int64_t *rank; /* [sets] how many of them may match */
    int *members;  /* [sets] people with a row */
    double *each;  /* [people] what each has in a variance */
    double *face;  /* [rows] how many others a row is near to, and more */
    mi_near_pair *two, *one;
    int64_t n_two, n_one, near; /* near: of two, nearer than the threshold */
} calibration;

/* ---- who is there -------------------------------------------------------- */

/* Options and numbers of people; how many people. */
static mien_status check(const mien_index *x,
                         const mien_match_calibrate_options *o, int *people,
                         mien_error *err)
{
    if (!(o->false_match > 0 && o->false_match <= 0.5))
        return mi_fail(err, MIEN_EARG,
                       "calibrate: a share of %g of false matches, wanted is "
                       "more than 0, at most 0.5",
                       o->false_match);
    if (o->groups < 0 || o->groups > MIEN_CALIBRATE_MAX_GROUPS || o->known < 0)
        return mi_fail(err, MIEN_EARG,
                       "calibrate: %d groups and %d known, wanted are 0..%d "
                       "groups and 0 or more known",
                       o->groups, o->known, MIEN_CALIBRATE_MAX_GROUPS);
    *people = 0;
    for (int64_t i = 0; i < x->n; i++) {
        if (x->who[i] < 0 || x->who[i] >= x->n)
            return mi_fail(err, MIEN_EARG,
                           "calibrate: row %lld is of person %d, wanted is "
                           "0..%lld",
                           (long long)i, x->who[i], (long long)x->n - 1);
        if (x->who[i] >= *people)
            *people = x->who[i] + 1;
    }
    for (int i = 0; o->group && i < *people; i++)
        if (o->group[i] < -1 || o->group[i] >= o->groups)
            return mi_fail(err, MIEN_EARG,
                           "calibrate: person %d is of group %d, wanted is "
                           "-1..%d",
                           i, o->group[i], o->groups - 1);
    return MIEN_OK;
}

static int belongs(const calibration *c, int set, int person)
{
    return c->rows[person] > 0 &&
           (set == 0 || c->sets.group[person] == set - 1);
}

/* Rows of people, and pairs of two people in each set. */
static void count_people(calibration *c)
{
    for (int64_t i = 0; i < c->sets.x->n; i++)
        c->rows[c->sets.x->who[i]]++;
    for (int s = 0; s < c->sets.sets; s++) {
        int64_t all = 0;
        for (int i = 0; i < c->people; i++) {
            if (!belongs(c, s, i))
                continue;
            c->of[s] += all * c->rows[i];
            all += c->rows[i];
            c->members[s]++;
        }
        double rank = floor(c->wanted * (double)c->of[s]);
        c->rank[s] = (int64_t)rank;
    }
}

static int says(const calibration *c, int set)
{
    return c->members[set] >= MIEN_CALIBRATE_PEOPLE &&
           c->rank[set] >= MIEN_CALIBRATE_MATCHES;
}

/* ---- the threshold ------------------------------------------------------- */

/* No two rows are farther than this. */
static double farthest(const mien_index *x)
{
    float most = 0;
    for (int64_t i = 0; i < x->n; i++)
        most = x->lift[i] > most ? x->lift[i] : most;
    return 2 * sqrt((double)most / (1 - mi_index_share(x->d))) * 1.0001;
}

/* Up to where pairs must be known in order: past the bin in which the pair
 * behind the allowed ones lies, of the set where it is nearest; 0 if no set has
 * enough. */
static double reach(const calibration *c, double width)
{
    int last = MI_PAIR_BINS;
    for (int s = 0; s < c->sets.sets; s++) {
        const int64_t *bin = c->bin + (ptrdiff_t)s * MI_PAIR_BINS;
        int64_t sum = 0;
        for (int i = 0; says(c, s) && i < last; i++)
            if ((sum += bin[i]) > c->rank[s])
                last = i;
    }
    if (last == MI_PAIR_BINS)
        return 0;
    return (last + 2) * width * (1 + mi_index_share(c->sets.x->d));
}

/* The least, over the sets that have enough, of the distance of the pair behind
 * the allowed ones. */
static void choose(calibration *c, mien_match_calibration *out)
{
    for (int s = 0; s < c->sets.sets; s++) {
        int64_t before = 0;
        if (!says(c, s))
            continue;
        for (int64_t i = 0; i < c->n_two; i++) {
            const mi_near_pair *p = &c->two[i];
            if (!mi_pair_in(&c->sets, s, p->a, p->b) || before++ < c->rank[s])
                continue;
            if (isnan(out->threshold) || p->distance < out->threshold) {
                out->threshold = p->distance;
                out->worst = s - 1;
            }
            break;
        }
    }
    while (c->near < c->n_two && c->two[c->near].distance < out->threshold)
        c->near++;
}

/* ---- how sure ------------------------------------------------------------ */

/* The interval of a rate whose logarithm is normal. */
static void say(mien_pair_rate *r, double variance)
{
    double off = exp(z95 * sqrt(variance) / r->value);
    r->low = r->value / off;
    r->high = fmin(r->value * off, 1);
}

/* Pairs of two people of a set that match at the threshold. */
static void rate_of_two(calibration *c, int set, mien_pair_rate *r)
{
    const int32_t *who = c->sets.x->who;
    double of = (double)c->of[set], all = 0, sum = 0;
    memset(c->each, 0, (size_t)c->people * sizeof *c->each);
    *r = (mien_pair_rate){no, no, no, 0, c->of[set], c->members[set], 1};
    for (int64_t i = 0; i < c->near; i++) {
        const mi_near_pair *p = &c->two[i];
        if (!mi_pair_in(&c->sets, set, p->a, p->b))
            continue;
        c->each[who[p->a]]++;
        c->each[who[p->b]]++;
        r->count++;
    }
    if (!r->of)
        return;
    r->value = (double)r->count / of;
    for (int i = 0; i < c->people; i++)
        all += belongs(c, set, i) ? c->rows[i] : 0;
    for (int i = 0; i < c->people; i++)
        if (belongs(c, set, i)) {
            double e = c->each[i] - r->value * c->rows[i] * (all - c->rows[i]);
            sum += e * e;
        }
    r->few =
        r->count < MIEN_CALIBRATE_MATCHES || r->people < MIEN_CALIBRATE_PEOPLE;
    if (!r->few)
        say(r, sum / (of * of));
}

/* Pairs of one person: Wilson's interval of as many independent pairs as have
 * the variance over people, between people and pairs. */
static void rate_of_one(calibration *c, float threshold, mien_pair_rate *r)
{
    const int32_t *who = c->sets.x->who;
    *r = (mien_pair_rate){no, no, no, 0, c->n_one, 0, 1};
    memset(c->each, 0, (size_t)c->people * sizeof *c->each);
    for (int64_t i = 0; i < c->n_one; i++) {
        int near = c->one[i].distance < threshold;
        c->each[who[c->one[i].a]] += near;
        r->count += near;
    }
    double n = (double)r->of, p = (double)r->count / n, sum = 0;
    for (int i = 0; i < c->people; i++) {
        double own = c->rows[i] * (c->rows[i] - 1.) / 2;
        double e = c->each[i] - p * own;
        r->people += own > 0;
        sum += e * e;
    }
    if (!c->n_one)
        return;
    r->value = p;
    r->few = r->people < MIEN_CALIBRATE_PEOPLE;
    double like = sum > 0 ? p * (1 - p) * n * n / sum : r->people;
    like = fmin(fmax(like, r->people), n);
    double middle = p + z95 * z95 / (2 * like), all = 1 + z95 * z95 / like;
    double half =
        z95 * sqrt(p * (1 - p) / like + z95 * z95 / (4 * like * like));
    if (r->few)
        return;
    r->low = fmax((middle - half) / all, 0);
    r->high = fmin((middle + half) / all, 1);
}

/* The chance to be near one of k drawn from n, m of whom are. */
static double named(double n, double m, double k)
{
    if (k > n)
        return m < n ? -expm1(k * log1p(-m / n)) : n > 0;
    if (!(n - m - k + 1 > 0))
        return 1;
    return -expm1(lgamma(n - m + 1) - lgamma(n - m - k + 1) +
                  lgamma(n - k + 1) - lgamma(n + 1));
}

/* How many others each face is near to, by shares of their faces; how many
 * faces are near to any. */
static int64_t count_others(calibration *c)
{
    const int32_t *who = c->sets.x->who;
    int64_t any = 0;
    memset(c->face, 0, (size_t)c->sets.x->n * sizeof *c->face);
    for (int64_t i = 0; i < c->near; i++) {
        int32_t a = c->two[i].a, b = c->two[i].b;
        c->face[a] += 1. / c->rows[who[b]];
        c->face[b] += 1. / c->rows[who[a]];
    }
    for (int64_t i = 0; i < c->sets.x->n; i++)
        any += c->face[i] > 0;
    return any;
}

/* Strangers who are near a face of one of `known` people. */
static void rate_of_strangers(calibration *c, mien_pair_rate *r)
{
    const int32_t *who = c->sets.x->who;
    const double people = c->members[0], others = people - 1;
    const double k = c->known ? c->known : others;
    double sum = 0, variance = 0;
    *r = (mien_pair_rate){no, no, no, 0, c->sets.x->n, c->members[0], 1};
    r->count = count_others(c);
    memset(c->each, 0, (size_t)c->people * sizeof *c->each);
    double every = 0; /* what a person adds by being one more, like nobody */
    for (int64_t i = 0; i < c->sets.x->n; i++) {
        double m = c->face[i], own = c->rows[who[i]];
        double h = named(others, m, k), more = fmin(m + 1, others);
        double slope = more > m ? (named(others, more, k) - h) / (more - m) : 0;
        double away = others > 0 ? slope * m / others / own : 0;
        sum += h / own;
        every -= away;
        c->each[who[i]] += h / own + away;
        c->face[i] = slope / own;
    }
    r->value = sum / people;
    for (int64_t i = 0; i < c->near; i++) {
        int32_t a = c->two[i].a, b = c->two[i].b;
        c->each[who[a]] += c->face[b] / c->rows[who[a]];
        c->each[who[b]] += c->face[a] / c->rows[who[b]];
    }
    for (int i = 0; i < c->people; i++) {
        double e = c->rows[i] ? c->each[i] + every - r->value : 0;
        variance += e * e;
    }
    r->few =
        c->near < MIEN_CALIBRATE_MATCHES || r->people < MIEN_CALIBRATE_PEOPLE;
    if (!r->few)
        say(r, variance / (people * people));
}

/* ---- all of it ----------------------------------------------------------- */

static int room(calibration *c)
{
    size_t people = (size_t)c->people + 1, sets = (size_t)c->sets.sets;
    c->rows = mi_alloc(people, sizeof *c->rows);
    c->each = mi_alloc(people, sizeof *c->each);
    c->face = mi_alloc((size_t)c->sets.x->n + 1, sizeof *c->face);
    c->bin = mi_alloc(sets * MI_PAIR_BINS, sizeof *c->bin);
    c->of = mi_alloc(sets, sizeof *c->of);
    c->rank = mi_alloc(sets, sizeof *c->rank);
    c->members = mi_alloc(sets, sizeof *c->members);
    return c->rows && c->each && c->face && c->bin && c->of && c->rank &&
           c->members;
}

static void done(calibration *c)
{
    mi_free(c->rows);
    mi_free(c->each);
    mi_free(c->face);
    mi_free(c->bin);
    mi_free(c->of);
    mi_free(c->rank);
    mi_free(c->members);
    mi_free(c->two);
    mi_free(c->one);
}

/* Threshold and rates, with all there is to say. */
static mien_status calibrate(calibration *c, mien_match_calibration *out,
                             mien_pair_rate *by_group, mien_error *err)
{
    double width = farthest(c->sets.x) / (MI_PAIR_BINS - 2);
    width = width > 0 ? width : 1;
    count_people(c);
    mien_status st = mi_pairs_count(&c->sets, width, c->bin, err);
    if (st == MIEN_OK)
        st = mi_pairs_collect(&c->sets, reach(c, width), &c->two, &c->n_two,
                              &c->one, &c->n_one, err);
    if (st == MIEN_OK) {
        choose(c, out);
        rate_of_two(c, 0, &out->false_match);
        for (int g = 1; g < c->sets.sets; g++)
            rate_of_two(c, g, &by_group[g - 1]);
        rate_of_one(c, out->threshold, &out->true_match);
        rate_of_strangers(c, &out->strangers);
    }
    return st;
}

/* Without a threshold nothing is said of what it would do. */
static void say_nothing(mien_pair_rate *r)
{
    r->value = r->low = r->high = no;
    r->count = 0;
    r->few = 1;
}

mien_status mien_match_calibrate(const mien_index *x,
                                 const mien_match_calibrate_options *options,
                                 mien_match_calibration *out,
                                 mien_pair_rate *by_group, mien_error *err)
{
    mien_match_calibrate_options o = MIEN_MATCH_CALIBRATE_DEFAULTS;
    mien_match_calibration found = {.threshold = NAN, .worst = -1};
    mien_pair_rate groups[MIEN_CALIBRATE_MAX_GROUPS];
    calibration c = {0};
    if (options)
        o = *options;
    mien_status st = check(x, &o, &c.people, err);
    if (st != MIEN_OK)
        return st;
    int sets = 1 + (o.group ? o.groups : 0);
    c.sets = (mi_pair_sets){x, o.group, sets, o.pool};
    c.wanted = o.false_match;
    c.known = o.known;
    st = room(&c) ? calibrate(&c, &found, groups, err) : mi_no_memory(err);
    done(&c);
    if (st != MIEN_OK)
        return st;
    int none = isnan(found.threshold);
    if (none) {
        say_nothing(&found.false_match);
        say_nothing(&found.true_match);
        say_nothing(&found.strangers);
    }
    for (int g = 0; by_group && g < o.groups; g++) {
        by_group[g] = g + 1 < sets ? groups[g] : (mien_pair_rate){.few = 1};
        if (none || g + 1 >= sets)
            say_nothing(&by_group[g]);
    }
    *out = found;
    return MIEN_OK;
}
