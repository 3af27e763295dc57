/* people.c: who was found in photos and videos, and two photos compared. */
#include "record/item.h"

/* A rate, or null. */
static void put_rate(mien_json *j, const char *key, const mien_pair_rate *r)
{
    if (!r) {
        mien_json_null(j, key);
        return;
    }
    mien_json_object(j, key);
    mien_json_real(j, "value", r->value, 6);
    mien_json_real(j, "low", r->low, 6);
    mien_json_real(j, "high", r->high, 6);
    mien_json_close(j);
}

void mi_record_search(mien_json *j, const mien_search_record *s)
{
    mien_json_object(j, "search");
    mien_json_text(j, "purpose", s->purpose);
    mien_json_rounded(j, "threshold", (double)s->threshold, 6);
    put_rate(j, "false_match", s->false_match);
    put_rate(j, "strangers", s->strangers);
    mien_json_int(j, "people", s->people);
    mien_json_text(j, "calibrated", s->calibrated);
    mien_json_int(j, "compared", s->compared);
    mien_json_int(j, "enrolled", s->enrolled);
    mien_json_close(j);
}

/* The first fields of a line. */
static void csv_begin(const char *file, const char *name, const float *distance,
                      int wanted, mien_buffer *out)
{
    mien_record_field(file, out);
    mien_buffer_puts(out, ",");
    mien_record_field(name, out);
    if (wanted && distance)
        mien_buffer_printf(out, ",%.6f", (double)*distance);
    else if (wanted)
        mien_buffer_puts(out, ",None");
}

static void csv_match(const char *file, const mien_match *m, int distance,
                      mien_buffer *out)
{
    if (m->name)
        csv_begin(file, m->name, &m->distance, distance, out);
    else
        csv_begin(file, "unknown_person", NULL, distance, out);
}

void mien_record_people_csv(const char *file, int n, const mien_match *match,
                            int distance, mien_buffer *out)
{
    if (!n) {
        csv_begin(file, "no_persons_found", NULL, distance, out);
        mien_buffer_puts(out, "\n");
    }
    for (int i = 0; i < n; i++) {
        csv_match(file, &match[i], distance, out);
        mien_buffer_puts(out, "\n");
    }
}

void mien_record_track_person(const mien_track_person_record *r,
                              mien_buffer *out)
{
    mien_json j = mi_record_begin(r->file, out);
    mien_json_int(&j, "track", r->track);
    mien_json_text(&j, "name", r->match.name);
    mien_json_rounded(&j, "distance", (double)r->match.distance, 6);
    mien_json_rounded(&j, "from", r->first, 3);
    mien_json_rounded(&j, "to", r->last, 3);
    mien_json_int(&j, "votes", r->votes);
    mien_json_int(&j, "readings", r->readings);
    if (r->search)
        mi_record_search(&j, r->search);
    mi_record_models(&j, r->models, r->model);
    mi_record_end(&j);
}

void mien_record_track_person_csv(const mien_track_person_record *r,
                                  mien_buffer *out)
{
    csv_match(r->file, &r->match, 1, out);
    mien_buffer_printf(out, ",%lld,%.3f,%.3f,%d,%d\n", (long long)r->track,
                       r->first, r->last, r->votes, r->readings);
}

void mien_record_pair(const mien_pair_record *r, mien_buffer *out)
{
    mien_json j = mi_record_begin(NULL, out);
    mien_json_bool(&j, "same", r->verdict.same);
    mien_json_rounded(&j, "distance", (double)r->verdict.distance, 6);
    mien_json_rounded(&j, "threshold", (double)r->verdict.threshold, 6);
    mien_json_array(&j, "photos");
    for (int i = 0; i < 2; i++) {
        mien_json_object(&j, NULL);
        mien_record_file(&j, "file", r->file[i]);
        mien_json_int(&j, "width", r->reading[i]->w);
        mien_json_int(&j, "height", r->reading[i]->h);
        mi_record_warnings(&j, r->reading[i]->warning, r->reading[i]->remark);
        mien_json_int(&j, "faces", r->reading[i]->faces.n);
        mien_record_box(&j, "box", r->face[i]->box);
        mien_json_rounded(&j, "score", (double)r->face[i]->score, 6);
        if (r->face[i]->rotation)
            mien_json_int(&j, "rotation", r->face[i]->rotation);
        mien_json_close(&j);
    }
    mien_json_close(&j);
    mi_record_models(&j, r->models, r->model);
    mi_record_end(&j);
}
