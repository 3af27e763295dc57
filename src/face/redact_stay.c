/* redact_stay.c: the faces of a video that may be seen.
 *
 * Whether one may is asked of those found in every fifth frame.  A track that
 * is told so twice, and not the contrary in between, stays in the frames
 * between, too; in all others it is covered. */
#include "face/redact_video.h"

/* A track was told to stay, as it was before: so it is between. */
static void stay_between(const mien_video_redactor *v, const mi_trail *t)
{
    for (int i = 0; i < v->n - 1; i++) {
        mi_slot *s = mi_redact_slot(v, i);
        for (int k = 0; k < s->n && s->number > t->stays; k++)
            s->cover[k].kept |= s->cover[k].track == t->id;
    }
}

mien_status mi_stay_ask(mien_video_redactor *v, mien_error *err)
{
    const mien_redact_options *o = &v->options.how;
    int window = v->options.window;
    int every = window < MIEN_REDACT_ASKED ? window : MIEN_REDACT_ASKED;
    mi_slot *s = mi_redact_slot(v, v->n - 1);
    mien_status st = MIEN_OK;
    if (!o->keep || v->count % every)
        return MIEN_OK;
    for (int i = 0; i < s->n && !st; i++) {
        mien_video_cover *c = &s->cover[i];
        mi_trail *t = mi_redact_trail(v, c->track);
        int keep = 0;
        if (c->by != MIEN_COVERED_FOUND)
            continue;
        st = o->keep(o->keep_arg, &s->image, c->face, &keep, err);
        c->kept = keep != 0;
        if (t && keep && t->stays >= 0)
            stay_between(v, t);
        if (t)
            t->stays = keep ? v->count : -1;
    }
    return st;
}

void mi_stay_parts(mi_slot *s)
{
    for (int i = 0; i < s->n; i++)
        for (int k = 0; k < s->n; k++)
            if (s->cover[i].by == MIEN_COVERED_FAINT && !s->cover[i].track &&
                s->cover[k].kept &&
                mi_cover_within(s->cover[i].face, s->cover[k].face))
                s->cover[i].kept = 1;
}
