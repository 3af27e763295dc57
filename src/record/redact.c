/* redact.c: what was covered in a photo. */
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
        mien_json_close(&j);
    }
    mien_json_close(&j);
    mien_json_int(&j, "left", d->left);
    mi_record_end(&j);
}
