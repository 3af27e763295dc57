/* match.c: distances between descriptors, and what they decide.
 *
 * Source: face-api.js 1.7.15, src/euclideanDistance.ts and
 * src/globalApi/FaceMatcher.ts; dlib, whose example takes 0.6. */
#include "match/people.h"

#include "base/alloc.h"
#include "base/error.h"

#include <assert.h>
#include <math.h>
#include <string.h>

float mien_descriptor_distance(const float *a, const float *b)
{
    return mi_index_distance(MIEN_DESCRIPTOR, a, b);
}

float mien_descriptor_apart(int d, const float *a, const float *b)
{
    return mi_index_distance(d, a, b);
}

mien_verification mien_verify(const float *a, const float *b, float threshold)
{
    float d = mien_descriptor_distance(a, b);
    return (mien_verification){d, threshold, d < threshold};
}

/* The nearest descriptor's person. */
static int nearest(const mien_people *p, const float *descriptor, float *out)
{
    int64_t row = mi_index_nearest(p->views, descriptor, out);
    return row < 0 ? -1 : p->views->who[row];
}

static double mean(const mien_people *p, int person, const float *descriptor)
{
    double sum = 0;
    int n = 0;
    for (int i = p->person[person].first; i >= 0; i = p->next[i], n++)
        sum += mi_index_far(mi_people_numbers(p), mi_people_view(p, i),
                            descriptor);
    return sum / n;
}

/* The person of the least mean distance. */
static int nearest_mean(const mien_people *p, const float *descriptor,
                        float *out)
{
    double least = 0;
    int best = -1;
    for (int i = 0; i < p->n; i++) {
        double d = mean(p, i, descriptor);
        if (i == 0 || !(least < d)) {
            least = d;
            best = i;
        }
    }
    if (best >= 0)
        *out = (float)least;
    return best;
}

mien_match mien_people_match(const mien_people *p, const float *descriptor,
                             const mien_match_options *options)
{
    mien_match_options o = MIEN_MATCH_DEFAULTS;
    mien_match m = {NULL, -1, NAN};
    if (options)
        o = *options;
    o.threshold = mien_people_threshold(p, &o);
    int best = -1;
    if (descriptor)
        best = (o.rule == MIEN_MATCH_MEAN ? nearest_mean : nearest)(
            p, descriptor, &m.distance);
    if (best >= 0 && (m.distance < o.threshold ||
                      (o.at_most && m.distance == o.threshold))) {
        m.person = best;
        m.name = p->person[best].name;
    }
    return m;
}

typedef struct ballot {
    int votes;
    double distance; /* sum over the votes */
} ballot;

/* Who has most votes; the place n stands for nobody. */
static int winner(const ballot *b, int n)
{
    int best = n;
    for (int i = 0; i < n; i++) {
        int more = b[i].votes - b[best].votes;
        if (more > 0 || (more == 0 && b[i].votes &&
                         (best == n || b[i].distance < b[best].distance)))
            best = i;
    }
    return best;
}

mien_status mien_people_vote(const mien_people *p, int n,
                             const float *descriptor,
                             const mien_match_options *options, int *votes,
                             mien_match *out, mien_error *err)
{
    ballot *b = mi_alloc((size_t)p->n + 1, sizeof *b);
    if (!b)
        return mi_no_memory(err);
    for (int i = 0; i < n; i++) {
        mien_match m = mien_people_match(
            p, descriptor + (ptrdiff_t)i * mi_people_numbers(p), options);
        ballot *to = &b[m.person < 0 ? p->n : m.person];
        to->votes++;
        to->distance += (double)m.distance;
    }
    int best = winner(b, p->n);
    *out = (mien_match){NULL, -1, NAN};
    if (b[best].votes)
        out->distance = (float)(b[best].distance / b[best].votes);
    if (best < p->n) {
        out->person = best;
        out->name = p->person[best].name;
    }
    for (int i = 0; votes && i <= p->n; i++)
        votes[i] = b[i].votes;
    mi_free(b);
    return MIEN_OK;
}

void mien_people_histogram(const mien_people *p, int bins, float most,
                           int64_t *same, int64_t *different)
{
    assert(bins >= 1 && most > 0);
    memset(same, 0, (size_t)bins * sizeof *same);
    memset(different, 0, (size_t)bins * sizeof *different);
    const int32_t *who = p->views->who;
    for (int i = 0; i < mi_people_views(p); i++)
        for (int k = 0; k < i; k++) {
            double at = mi_index_far(mi_people_numbers(p), mi_people_view(p, i),
                                     mi_people_view(p, k)) /
                        (double)most;
            int bin = at < 1 ? (int)(at * bins) : bins - 1;
            (who[i] == who[k] ? same : different)[bin]++;
        }
}

mien_pairs mien_people_pairs(const mien_people *p, float threshold)
{
    mien_pairs out = {0, 0, 0, 0};
    const int32_t *who = p->views->who;
    for (int i = 0; i < mi_people_views(p); i++)
        for (int k = 0; k < i; k++) {
            int same = who[i] == who[k];
            int near =
                mi_index_distance(mi_people_numbers(p), mi_people_view(p, i),
                                  mi_people_view(p, k)) < threshold;
            out.same += same;
            out.same_near += same && near;
            out.different += !same;
            out.different_near += !same && near;
        }
    return out;
}

int mien_people_closest(const mien_people *p, int person,
                        const float *descriptor, float *distance)
{
    int best = 0, n = 0;
    float least = NAN;
    assert(person >= 0 && person < p->n);
    for (int i = p->person[person].first; i >= 0; i = p->next[i], n++) {
        float d = mi_index_distance(mi_people_numbers(p), mi_people_view(p, i),
                                    descriptor);
        if (n == 0 || d < least) {
            least = d;
            best = n;
        }
    }
    if (distance)
        *distance = least;
    return best;
}
