/* people.h: who a face is, among the people that a page knows.
 *
 *   web_people_new -> web_people_add: names, descriptors
 *     -> web_people_match, web_people_vote: who is it
 *     -> web_people_histogram, web_people_rates: which threshold
 *
 * Descriptors are [MIEN_DESCRIPTOR]; rule, threshold and at_most are those of
 * mien_match_options. */
#ifndef MIEN_WASM_PEOPLE_H
#define MIEN_WASM_PEOPLE_H

#include "wasm/web.h"

/* As mien_people_new, _free, _add, _remove and _count. */
mien_status WEB_EXPORT(web_people_new)(mien_web *w, mien_people **out);
void WEB_EXPORT(web_people_free)(mien_people *p);
mien_status WEB_EXPORT(web_people_add)(mien_web *w, mien_people *p,
                                       const char *name,
                                       const float *descriptor);
int WEB_EXPORT(web_people_remove)(mien_people *p, const char *name);
int WEB_EXPORT(web_people_count)(const mien_people *p);

/* Who a face is: {"name": null if nobody, "distance", "threshold"}. */
mien_status WEB_EXPORT(web_people_match)(mien_web *w, const mien_people *p,
                                         const float *descriptor, int rule,
                                         float threshold, int at_most);

/* The same by n pictures of it, as mien_people_vote; also "votes": [{"name",
 * "votes"}] of all who have any, in the order people were added, at last those
 * for nobody. */
mien_status WEB_EXPORT(web_people_vote)(mien_web *w, const mien_people *p,
                                        int n, const float *descriptors,
                                        int rule, float threshold, int at_most);

/* Which descriptor of a person a face is nearest to: {"picture", "distance"}.
 * EARG: nobody has this name. */
mien_status WEB_EXPORT(web_people_closest)(mien_web *w, const mien_people *p,
                                           const char *name,
                                           const float *descriptor);

/* mien_descriptor_distance, mien_match_strangers. */
float WEB_EXPORT(web_distance)(const float *a, const float *b);
double WEB_EXPORT(web_strangers)(int known, float threshold);

/* Pairs of descriptors by distance, in bins of equal width up to "most":
 * {"most", "same": [...], "different": [...]}. */
mien_status WEB_EXPORT(web_people_histogram)(mien_web *w, const mien_people *p);

/* What a threshold means for these people: {"threshold", "strangers": the share
 * of mien_people_strangers, "same", "sameNear", "different", "differentNear":
 * as mien_people_pairs}. */
mien_status WEB_EXPORT(web_people_rates)(mien_web *w, const mien_people *p,
                                         int rule, float threshold);

#endif
