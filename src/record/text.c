/* text.c: what was found, as tables for a person. */
#include "mien/record_text.h"

#include <stdio.h>

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

void mien_record_pair_text(const mien_pair_record *p, mien_buffer *out)
{
    const mien_verification *v = &p->verdict;
    mien_buffer_printf(out, "%s\ndistance   %.4f (same below %.4g)\n",
                       v->same ? "same person" : "different people",
                       (double)v->distance, (double)v->threshold);
    for (int i = 0; i < 2; i++) {
        const mien_face *f = p->face[i];
        int n = p->reading[i]->faces.n;
        mien_buffer_puts(out, i ? "second     " : "first      ");
        mien_text_plain(p->file[i], out);
        mien_buffer_puts(out, ": ");
        if (n > 1)
            mien_buffer_printf(out, "the largest of %d faces, ", n);
        mien_buffer_printf(out, "%.0f x %.0f pixels at %.0f, %.0f\n",
                           (double)f->box.width, (double)f->box.height,
                           mien_signless_zero((double)f->box.x, 0),
                           mien_signless_zero((double)f->box.y, 0));
    }
}

static double per_cent(const mien_roc *r, int found)
{
    return r->objects ? 100 * ((double)found / r->objects) : 0;
}

void mien_record_roc_text(int n, const char *const *names, const mien_roc *r,
                          mien_buffer *out)
{
    static const struct {
        int wrong;
        const char *paper;
    } rows[] = {{0, ""},      {5, ""},      {10, "76.1"},
                {31, "88.4"}, {65, "92.0"}, {167, "93.9"}};
    mien_buffer_printf(out,
                       "%d objects in %d pictures; detections in per cent\n"
                       "  false positives",
                       r[0].objects, r[0].pictures);
    for (int i = 0; i < n; i++)
        mien_buffer_printf(out, "  %24.24s", names[i]);
    mien_buffer_puts(out, "  Viola-Jones 2004 on MIT+CMU\n");
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        mien_buffer_printf(out, "  %15d", rows[k].wrong);
        for (int i = 0; i < n; i++)
            mien_buffer_printf(out, "  %24.1f",
                               per_cent(&r[i], r[i].found[rows[k].wrong]));
        mien_buffer_printf(out, "  %27s\n", rows[k].paper);
    }
    mien_buffer_puts(out, "  whole cascade  ");
    for (int i = 0; i < n; i++) {
        char cell[64];
        snprintf(cell, sizeof cell, "%.1f at %d", per_cent(&r[i], r[i].right),
                 r[i].wrong);
        mien_buffer_printf(out, "  %24s", cell);
    }
    mien_buffer_puts(out, "\n  seconds to look");
    for (int i = 0; i < n; i++)
        mien_buffer_printf(out, "  %24.2f", r[i].seconds);
    mien_buffer_puts(out, "\n");
}
