/* gallery_near.c: how near a face must be to be somebody's. */
#include "cli/gallery_faces.h"

#include <stdio.h>

/* Tell what calibrating found. */
static void tell(const mien_gallery_threshold *t, const char *day)
{
    cli_error("within %.4f: %.3g %% (%.3g to %.3g) of pairs of two people "
              "match, and %.3g %% (%.3g to %.3g) of strangers get a name; "
              "by %d people on %s",
              (double)t->threshold, 100 * t->false_match.value,
              100 * t->false_match.low, 100 * t->false_match.high,
              100 * t->strangers.value, 100 * t->strangers.low,
              100 * t->strangers.high, t->people, day);
}

/* Count whom the search can find, and say whom it cannot. */
static void count(const mien_gallery *g, cli_gallery_reader *r,
                  mien_search_record *s)
{
    s->compared = mien_gallery_comparable(
        g, s->purpose, cli_gallery_reader_model(r), &s->enrolled);
    if (s->compared < s->enrolled)
        cli_error("%d of %d people enrolled for %s have no face described by "
                  "%s and are not found by it: add one (mien gallery add), or "
                  "search by the network they were enrolled with "
                  "(--descriptor)",
                  s->enrolled - s->compared, s->enrolled, s->purpose,
                  mien_describer_name(r->descriptor));
}

int cli_gallery_near(mien_gallery *g, cli_gallery_reader *r,
                     const char *purpose, double tolerance,
                     cli_gallery_nearness *out)
{
    mien_search_record *s = &out->search;
    mien_gallery_threshold *t = &out->kept;
    mien_error err = {0};
    char when[32];
    int found = 0;
    *s =
        (mien_search_record){.purpose = purpose, .threshold = (float)tolerance};
    count(g, r, s);
    if (tolerance > 0)
        return CLI_OK;
    if (mien_gallery_threshold_of(g, purpose, cli_gallery_reader_model(r),
                                  &found, t, &err)) {
        cli_error("%s", err.text);
        return CLI_NOTHING;
    }
    if (!found) {
        s->threshold = mien_describer_threshold(r->descriptor);
        cli_error("within %.3g, the network's usual: how often it errs among "
                  "these people was not measured (mien gallery calibrate)",
                  (double)s->threshold);
        return CLI_OK;
    }
    cli_gallery_time(t->at, when);
    snprintf(out->day, sizeof out->day, "%.10s", when);
    s->threshold = t->threshold;
    s->false_match = &t->false_match;
    s->strangers = &t->strangers;
    s->people = t->people;
    s->calibrated = out->day;
    tell(t, out->day);
    return CLI_OK;
}
