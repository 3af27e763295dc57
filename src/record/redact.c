/* redact.c: what was covered in a photo or a video. */
#include "record/item.h"

void mien_record_redaction(const char *file, const mien_image *photo,
                           const mien_redaction *d, mien_buffer *out)
{
    mien_json j = mi_record_begin(file, out);
    mien_json_int(&j, "width", photo->w);
    mien_json_int(&j, "height", photo->h);
    mien_json_array(&j, "covered");
    for (int i = 0; i < d->n; i++) {
        const mien_cover *c = &d->cover[i];
        mien_json_object(&j, NULL);
        mien_record_box(&j, "box", c->cover);
        mien_record_box(&j, "face", c->face);
        mien_json_rounded(&j, "score", (double)c->score, 6);
        mien_json_bool(&j, "doubt", c->doubt);
        mien_json_bool(&j, "kept", c->kept);
        mien_json_close(&j);
    }
    mien_json_close(&j);
    mien_json_int(&j, "left", d->left);
    mi_record_end(&j);
}

void mien_record_covered_frame(const mien_covered_frame *f, mien_buffer *out)
{
    mien_json j = mi_record_begin(NULL, out);
    mien_json_int(&j, "frame", f->number);
    mien_json_rounded(&j, "seconds", f->seconds, 6);
    mien_json_array(&j, "covered");
    for (int i = 0; i < f->n; i++) {
        const mien_video_cover *c = &f->cover[i];
        mien_json_object(&j, NULL);
        mien_json_int(&j, "track", c->track);
        mien_record_box(&j, "box", c->cover);
        mien_record_box(&j, "face", c->face);
        mien_json_rounded(&j, "score", (double)c->score, 6);
        mien_json_text(&j, "by", mien_covered_text(c->by));
        mien_json_bool(&j, "kept", c->kept);
        mien_json_close(&j);
    }
    mien_json_close(&j);
    mien_json_bool(&j, "doubt", f->doubts > 0);
    mien_json_int(&j, "left", f->left);
    mi_record_end(&j);
}

void mien_record_video_redaction(const char *file,
                                 const mien_video_redaction *d,
                                 mien_buffer *out)
{
    mien_json j = mi_record_begin(file, out);
    mien_json_int(&j, "frames", d->frames);
    mien_json_int(&j, "covered", d->covered);
    mien_json_int(&j, "kept", d->kept);
    mien_json_int(&j, "doubts", d->doubts);
    mien_json_int(&j, "missed", d->missed);
    mien_json_int(&j, "left", d->left);
    mien_json_int(&j, "window", d->window);
    mi_record_end(&j);
}
