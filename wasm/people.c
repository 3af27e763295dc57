/* people.c: who a face is, among the people that a page knows. */
#include "wasm/people.h"

#include <string.h>

mien_status web_people_new(mien_web *w, mien_people **out)
{
    mien_error err = {0};
    web_text_begin(w);
    return web_text_end(w, mien_people_new(out, &err), &err);
}

void web_people_free(mien_people *p) { mien_people_free(p); }

mien_status web_people_add(mien_web *w, mien_people *p, const char *name,
                           const float *descriptor)
{
    mien_error err = {0};
    web_text_begin(w);
    return web_text_end(w, mien_people_add(p, name, descriptor, &err), &err);
}

int web_people_remove(mien_people *p, const char *name)
{
    return mien_people_remove(p, name);
}

int web_people_count(const mien_people *p) { return mien_people_count(p); }

/* Who it is, how far, and at which threshold. */
static void write_match(mien_json *j, const mien_match *m, float threshold)
{
    mien_json_object(j, NULL);
    mien_json_text(j, "name", m->name);
    mien_json_real(j, "distance", (double)m->distance, 9);
    mien_json_real(j, "threshold", (double)threshold, 9);
}

static mien_match_options options_of(int rule, float threshold, int at_most)
{
    mien_match_options o = MIEN_MATCH_DEFAULTS;
    o.rule = (mien_match_rule)rule;
    o.threshold = threshold;
    o.at_most = at_most;
    return o;
}

mien_status web_people_match(mien_web *w, const mien_people *p,
                             const float *descriptor, int rule, float threshold,
                             int at_most)
{
    const mien_match_options o = options_of(rule, threshold, at_most);
    const mien_match m = mien_people_match(p, descriptor, &o);
    mien_json j = mien_json_on(web_text_begin(w), 0);
    write_match(&j, &m, mien_people_threshold(p, &o));
    mien_json_close(&j);
    return web_text_end(w, MIEN_OK, NULL);
}

static void write_votes(mien_json *j, const mien_people *p, const int *votes)
{
    const int n = mien_people_count(p);
    mien_json_array(j, "votes");
    for (int i = 0; i <= n; i++) {
        if (!votes[i])
            continue;
        mien_json_object(j, NULL);
        mien_json_text(j, "name", i < n ? mien_people_name(p, i) : NULL);
        mien_json_int(j, "votes", votes[i]);
        mien_json_close(j);
    }
    mien_json_close(j);
}

mien_status web_people_vote(mien_web *w, const mien_people *p, int n,
                            const float *descriptors, int rule, float threshold,
                            int at_most)
{
    const mien_match_options o = options_of(rule, threshold, at_most);
    mien_error err = {0};
    mien_match m;
    mien_json j = mien_json_on(web_text_begin(w), 0);
    int *votes = web_alloc(((size_t)mien_people_count(p) + 1) * sizeof *votes);
    if (!votes)
        return web_text_end(w, MIEN_ENOMEM, &err);
    mien_status st = mien_people_vote(p, n, descriptors, &o, votes, &m, &err);
    if (st == MIEN_OK) {
        write_match(&j, &m, mien_people_threshold(p, &o));
        write_votes(&j, p, votes);
        mien_json_close(&j);
    }
    web_release(votes);
    return web_text_end(w, st, &err);
}

mien_status web_people_closest(mien_web *w, const mien_people *p,
                               const char *name, const float *descriptor)
{
    int i = mien_people_count(p) - 1;
    while (i >= 0 && strcmp(mien_people_name(p, i), name) != 0)
        i--;
    mien_json j = mien_json_on(web_text_begin(w), 0);
    if (i < 0) {
        mien_error err = {.status = MIEN_EARG,
                          .text = "people: nobody has this name"};
        return web_text_end(w, MIEN_EARG, &err);
    }
    float distance;
    int picture = mien_people_closest(p, i, descriptor, &distance);
    mien_json_object(&j, NULL);
    mien_json_int(&j, "picture", picture);
    mien_json_real(&j, "distance", (double)distance, 9);
    mien_json_close(&j);
    return web_text_end(w, MIEN_OK, NULL);
}

float web_distance(const float *a, const float *b)
{
    return mien_descriptor_distance(a, b);
}

double web_strangers(int known, float threshold)
{
    return mien_match_strangers(known, threshold);
}

/* Pairs by distance, in bins up to 1.5. */
mien_status web_people_histogram(mien_web *w, const mien_people *p)
{
    enum { BINS = 60 };
    int64_t pairs[2][BINS];
    mien_people_histogram(p, BINS, 1.5f, pairs[0], pairs[1]);
    mien_json j = mien_json_on(web_text_begin(w), 0);
    mien_json_object(&j, NULL);
    mien_json_real(&j, "most", 1.5, 0);
    for (int k = 0; k < 2; k++) {
        mien_json_array(&j, k ? "different" : "same");
        for (int i = 0; i < BINS; i++)
            mien_json_int(&j, NULL, pairs[k][i]);
        mien_json_close(&j);
    }
    mien_json_close(&j);
    return web_text_end(w, MIEN_OK, NULL);
}

mien_status web_people_rates(mien_web *w, const mien_people *p, int rule,
                             float threshold)
{
    const mien_match_options o = options_of(rule, threshold, 0);
    const float t = mien_people_threshold(p, &o);
    const mien_pairs n = mien_people_pairs(p, t);
    mien_json j = mien_json_on(web_text_begin(w), 0);
    mien_json_object(&j, NULL);
    mien_json_real(&j, "threshold", (double)t, 9);
    mien_json_real(&j, "strangers", mien_people_strangers(p, &o), 9);
    mien_json_int(&j, "same", n.same);
    mien_json_int(&j, "sameNear", n.same_near);
    mien_json_int(&j, "different", n.different);
    mien_json_int(&j, "differentNear", n.different_near);
    mien_json_close(&j);
    return web_text_end(w, MIEN_OK, NULL);
}
