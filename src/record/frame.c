/* frame.c: the tracks and smiles of a frame of a video. */
#include "record/item.h"

#include <string.h>

static mien_json begin_frame(int64_t frame, double seconds, mien_buffer *out)
{
    mien_json j = mi_record_begin(NULL, out);
    mien_json_int(&j, "frame", frame);
    mien_json_rounded(&j, "seconds", seconds, 3);
    return j;
}

/* Points lost by reason: {"backward": 3} */
static void put_lost(mien_json *j, const mien_track *t)
{
    static const char *const names[] = {
#define X(name, text) #name,
        MIEN_LOST_LIST(X)
#undef X
    };
    mien_json_object(j, "lost");
    for (size_t i = 1; i < sizeof names / sizeof *names; i++) {
        char low[16] = {0};
        for (size_t c = 0; names[i][c] && c + 1 < sizeof low; c++)
            low[c] = (char)(names[i][c] | 32);
        if (t->lost[i])
            mien_json_int(j, low, t->lost[i]);
    }
    mien_json_close(j);
}

/* A track as an object: where it is, what holds it, what it lost. */
static void put_track(mien_json *j, const mien_shown *s,
                      const mien_tracker *points)
{
    const mien_track *t = s->track;
    mien_json_object(j, NULL);
    mien_json_int(j, "id", t->id);
    mien_record_box(j, "box", s->box);
    mien_json_rounded(j, "angle", (double)t->angle, 2);
    mien_json_rounded(j, "score", (double)t->score, 4);
    mien_json_bool(j, "detected", t->since == 0);
    mien_json_int(j, "points", t->n_points);
    put_lost(j, t);
    if (points) {
        int n;
        const mien_point *p = mien_tracker_points(points, t->id, &n);
        mien_record_points(j, "at", n, p);
    }
    if (s->n_landmarks)
        mien_record_points(j, "landmarks", s->n_landmarks, s->landmarks);
    mien_json_close(j);
}

void mien_record_tracks(int64_t frame, double seconds, const mien_history *h,
                        const mien_tracker *points, mien_buffer *out)
{
    int n;
    const mien_shown *s = mien_history_shown(h, &n);
    mien_json j = begin_frame(frame, seconds, out);
    mien_json_array(&j, "tracks");
    for (int i = 0; i < n; i++)
        put_track(&j, &s[i], points);
    mien_json_close(&j);
    mi_record_end(&j);
}

void mien_record_tracks_csv(int64_t frame, double seconds,
                            const mien_history *h, mien_buffer *out)
{
    int n;
    const mien_shown *s = mien_history_shown(h, &n);
    if (frame == 0)
        mien_buffer_puts(out, "frame,seconds,id,x,y,width,height,angle,score,"
                              "detected,points\n");
    for (int i = 0; i < n; i++) {
        const mien_track *t = s[i].track;
        mien_box b = s[i].box;
        mien_buffer_printf(
            out, "%lld,%.3f,%lld,%.2f,%.2f,%.2f,%.2f,%.2f,%.4f,%d,%d\n",
            (long long)frame, seconds, (long long)t->id,
            mien_signless_zero((double)b.x, 2),
            mien_signless_zero((double)b.y, 2), (double)b.width,
            (double)b.height, mien_signless_zero((double)t->angle, 2),
            (double)t->score, t->since == 0, t->n_points);
    }
}

static void put_boxes(mien_json *j, const char *key, const mien_hits *hits)
{
    mien_json_array(j, key);
    for (int i = 0; i < hits->n; i++)
        mien_record_box(j, NULL, mi_hit_box(&hits->hit[i]));
    mien_json_close(j);
}

void mien_record_smiles(int64_t frame, double seconds, const mien_smiles *s,
                        mien_buffer *out)
{
    int n;
    const mien_smile_face *f = mien_smiles_faces(s, &n);
    mien_json j = begin_frame(frame, seconds, out);
    mien_json_array(&j, "faces");
    for (int i = 0; i < n; i++, f++) {
        mien_json_object(&j, NULL);
        mien_json_int(&j, "id", f->id);
        mien_record_box(&j, "box", f->box);
        mien_json_bool(&j, "detected", f->detected);
        put_boxes(&j, "eyes", &f->eyes);
        put_boxes(&j, "smiles", &f->smiles);
        mien_json_rounded(&j, "score", (double)f->votes, 4);
        mien_json_bool(&j, "smiling", f->smiling);
        mien_json_close(&j);
    }
    mien_json_close(&j);
    mi_record_end(&j);
}

void mien_record_smiles_csv(int64_t frame, double seconds, const mien_smiles *s,
                            mien_buffer *out)
{
    int n;
    const mien_smile_face *f = mien_smiles_faces(s, &n);
    if (frame == 0)
        mien_buffer_puts(out, "frame,seconds,id,x,y,width,height,detected,eyes,"
                              "smiles,score,smiling\n");
    for (int i = 0; i < n; i++)
        mien_buffer_printf(
            out, "%lld,%.3f,%lld,%g,%g,%g,%g,%d,%d,%d,%.4f,%d\n",
            (long long)frame, seconds, (long long)f[i].id, (double)f[i].box.x,
            (double)f[i].box.y, (double)f[i].box.width, (double)f[i].box.height,
            f[i].detected, f[i].eyes.n, f[i].smiles.n,
            mien_signless_zero((double)f[i].votes, 4), f[i].smiling);
}
