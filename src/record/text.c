/* text.c: what was found, as tables for a person. */
#include "mien/record_text.h"

void mien_record_hits_text(const mien_hits_record *r, mien_buffer *out)
{
    mien_text_plain(r->file, out);
    mien_buffer_printf(out, "  %d x %d  %.0f ms\n", r->w, r->h,
                       r->seconds * 1e3);
    for (int i = 0; i < r->n; i++) {
        mien_buffer_printf(out, "  %s: %d\n", r->name[i], r->hits[i].n);
        for (int k = 0; k < r->hits[i].n; k++) {
            const mien_hit *h = &r->hits[i].hit[k];
            mien_buffer_printf(
                out, "  %6d %6d %6d x %-6d neighbors %-4d weight %.2f", h->x,
                h->y, h->w, h->h, h->neighbors, h->weight);
            if (h->angle != 0)
                mien_buffer_printf(out, "  turned %+g", (double)h->angle);
            mien_buffer_puts(out, "\n");
        }
    }
}

void mien_record_tracks_text(const mien_history *h, mien_buffer *out)
{
    int n;
    const mien_story *s = mien_history_stories(h, &n);
    mien_buffer_puts(out,
                     "    id     from       to   frames  detected  points\n");
    for (int i = 0; i < n; i++)
        mien_buffer_printf(out, "%6lld  %6.2fs  %6.2fs  %7lld  %8lld  %6.1f\n",
                           (long long)s[i].id, s[i].begin, s[i].end,
                           (long long)s[i].frames, (long long)s[i].detections,
                           s[i].points / (double)s[i].frames);
    if (!n)
        mien_buffer_puts(out, "nothing was found\n");
    mien_buffer_printf(out, "%lld points lost\n",
                       (long long)mien_history_lost(h, MIEN_LOST_NONE));
    for (mien_lost why = MIEN_LOST_OUTSIDE; why <= MIEN_LOST_OUTLIER; why++) {
        int64_t lost = mien_history_lost(h, why);
        if (lost)
            mien_buffer_printf(out, "  %8lld  %s\n", (long long)lost,
                               mien_lost_text(why));
    }
}

int mien_record_smiles_text(const mien_smiles *s, mien_buffer *out)
{
    int n, smiles = 0;
    double begin, end;
    const mien_story *of = mien_history_stories(mien_smiles_history(s), &n);
    mien_buffer_puts(out, "    id     smile    until  length\n");
    for (int i = 0; i < n; i++)
        for (int k = 0; mien_smiles_at(s, of[i].id, k, &begin, &end); k++) {
            mien_buffer_printf(out, "%6lld  %7.2fs  %7.2fs  %6.2f s\n",
                               (long long)of[i].id, begin, end, end - begin);
            smiles++;
        }
    if (!smiles)
        mien_buffer_puts(out, "no smile was seen\n");
    mien_buffer_puts(out, "\n    id      from       to  frames  smiling\n");
    for (int i = 0; i < n; i++)
        mien_buffer_printf(out, "%6lld  %7.2fs  %7.2fs  %6lld  %5.1f %%\n",
                           (long long)of[i].id, of[i].begin, of[i].end,
                           (long long)of[i].frames,
                           100. * (double)mien_smiles_frames(s, of[i].id) /
                               (double)of[i].frames);
    if (!n)
        mien_buffer_puts(out, "no face was found\n");
    return smiles;
}
