/* notes.c: what was read of the faces of a video. */
#include "record/item.h"

#include <math.h>

/* Who it is, where somebody is known. */
static void put_name(mien_json *j, const mien_notes_record *r, int64_t id,
                     mien_buffer *out)
{
    mien_match who;
    if (mien_face_notes_match(r->notes, id, r->people, r->match, &who, NULL) !=
        MIEN_OK) {
        out->failed = 1;
        return;
    }
    mien_json_text(j, "name", who.name);
    if (!isnan(who.distance))
        mien_json_rounded(j, "distance", (double)who.distance, 6);
}

void mien_record_notes(const mien_notes_record *r, mien_buffer *out)
{
    int n;
    const mien_shown *s = mien_history_shown(r->history, &n);
    mien_json j = mi_record_begin(NULL, out);
    mien_json_array(&j, "faces");
    for (int i = 0; i < n; i++) {
        const int64_t id = s[i].track->id;
        const mien_face_note *known = mien_face_notes_of(r->notes, id);
        if (!known)
            continue;
        mien_json_object(&j, NULL);
        mien_json_int(&j, "id", id);
        mien_json_int(&j, "readings", known->readings);
        mien_record_face(&j, "face", &known->face,
                         MIEN_FACE_LANDMARKS | MIEN_FACE_DESCRIPTOR);
        if (r->people)
            put_name(&j, r, id, out);
        mien_json_close(&j);
    }
    mien_json_close(&j);
    mi_record_end(&j);
}
