/* cascade.c: what a cascade is made of. */
#include "mien/record_text.h"

/* Features of a stage that are turned by 45 degrees. */
static int tilted_of(const mien_cascade_record *r, int stage)
{
    int n = 0;
    for (int i = 0; i < mien_cascade_stage(r->cascade, stage).n_trees; i++)
        n += mien_cascade_feature(r->cascade, stage, i).tilted;
    return n;
}

void mien_record_cascade_text(const mien_cascade_record *r, mien_buffer *out)
{
    const mien_cascade_info i = mien_cascade_get_info(r->cascade);
    mien_buffer_printf(
        out, "%s: %d x %d, %s, %d stages, %d weak classifiers, depth %d\n",
        r->name, i.w, i.h, i.kind == MIEN_FEATURE_LBP ? "LBP" : "Haar",
        i.n_stages, i.n_trees, i.max_depth);
    mien_buffer_printf(out, "stage  trees  tilted  threshold%s",
                       r->fall->windows ? "      left     share" : "");
    if (r->followed)
        mien_buffer_printf(out, "  %11s", r->followed);
    mien_buffer_puts(out, "\n");
    for (int k = r->first; k <= r->last; k++) {
        mien_stage_info st = mien_cascade_stage(r->cascade, k);
        mien_buffer_printf(out, "%5d  %5d  %6d  %9.4f", k, st.n_trees,
                           tilted_of(r, k), (double)st.threshold);
        if (r->fall->windows)
            mien_buffer_printf(
                out, "  %8lld  %8.2g", (long long)r->fall->left[k],
                (double)r->fall->left[k] / (double)r->fall->windows);
        if (r->followed)
            mien_buffer_printf(out, "  %+11.4f", r->fall->sums[k]);
        mien_buffer_puts(out, "\n");
    }
    if (r->fall->windows)
        mien_buffer_printf(out, "%lld windows; the best one passes %d stages\n",
                           (long long)r->fall->windows, r->fall->passed);
    else if (r->followed)
        mien_buffer_printf(out, "%s passes %d stages\n", r->followed,
                           r->fall->passed);
}

static void stage_json(mien_json *j, const mien_cascade_record *r, int k)
{
    mien_stage_info st = mien_cascade_stage(r->cascade, k);
    mien_json_object(j, NULL);
    mien_json_int(j, "stage", k);
    mien_json_int(j, "trees", st.n_trees);
    mien_json_int(j, "tilted", tilted_of(r, k));
    mien_json_rounded(j, "threshold", (double)st.threshold, 6);
    if (r->fall->windows)
        mien_json_int(j, "left", r->fall->left[k]);
    if (r->followed)
        mien_json_rounded(j, "sum", r->fall->sums[k], 6);
    mien_json_close(j);
}

void mien_record_cascade(const mien_cascade_record *r, mien_buffer *out)
{
    const mien_cascade_info i = mien_cascade_get_info(r->cascade);
    mien_json j = mien_json_on(out, 2);
    mien_json_object(&j, NULL);
    mien_json_text(&j, "schema", "mien/1");
    mien_json_text(&j, "name", r->name);
    mien_json_int(&j, "width", i.w);
    mien_json_int(&j, "height", i.h);
    mien_json_text(&j, "features", i.kind == MIEN_FEATURE_LBP ? "LBP" : "HAAR");
    mien_json_int(&j, "trees", i.n_trees);
    mien_json_int(&j, "nodes", i.n_nodes);
    if (r->fall->windows)
        mien_json_int(&j, "windows", r->fall->windows);
    if (r->followed)
        mien_json_int(&j, "passed", r->fall->passed);
    mien_json_array(&j, "stages");
    for (int k = r->first; k <= r->last; k++)
        stage_json(&j, r, k);
    mien_json_close(&j);
    mien_json_close(&j);
    mien_buffer_puts(out, "\n");
}
