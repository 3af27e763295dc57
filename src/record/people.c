/* people.c: who was found, and two photos compared. */
#include "record/item.h"

static void csv_line(const char *file, const char *name, const float *distance,
                     int wanted, mien_buffer *out)
{
    mien_record_field(file, out);
    mien_buffer_puts(out, ",");
    mien_record_field(name, out);
    if (wanted && distance)
        mien_buffer_printf(out, ",%.6f", (double)*distance);
    else if (wanted)
        mien_buffer_puts(out, ",None");
    mien_buffer_puts(out, "\n");
}

void mien_record_people_csv(const char *file, int n, const mien_match *match,
                            int distance, mien_buffer *out)
{
    if (!n)
        csv_line(file, "no_persons_found", NULL, distance, out);
    for (int i = 0; i < n; i++)
        if (match[i].name)
            csv_line(file, match[i].name, &match[i].distance, distance, out);
        else
            csv_line(file, "unknown_person", NULL, distance, out);
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
