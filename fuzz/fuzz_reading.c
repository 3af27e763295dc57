/* Any bytes as what a worker may be sent, a wish, and behind it what the
 * program may get from one, a reading.  What is accepted is finite and within
 * its limits, and gives the same bytes when it is written again. */
#include "mien/day.h"
#include "sandbox/reading.h"

#include <math.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void must(int condition)
{
    if (!condition)
        __builtin_trap();
}

static void check_face(const mien_face *f, const mien_serve_wish *wish)
{
    float sum = f->box.x + f->box.y + f->aligned.width + f->age + f->male;
    for (int i = 0; i < 68; i++)
        sum += f->landmarks[i].x + f->landmarks[i].y;
    for (int i = 0; i < MIEN_DESCRIPTOR_MOST; i++)
        sum += f->descriptor[i];
    must(isfinite(sum));
    must(f->score >= wish->min_score && f->score <= 1);
    must(f->n_keypoints >= 0 && f->n_keypoints <= 5);
    must(f->n_landmarks >= 0 && f->n_landmarks <= 68);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    mi_cursor c = mi_cursor_of(bytes, n);
    mien_serve_wish wish;
    mien_reading r = {0};
    mien_error err = {0};
    mien_buffer again = {0};
    if (mi_wish_read(&c, &wish, &err)) {
        must(err.status && err.text[0]);
        return 0;
    }
    size_t left = mi_cursor_left(&c);
    if (mi_reading_read(c.p, left, &wish, &r, &err)) {
        must(err.status && err.text[0] && !r.faces.face);
        return 0;
    }
    for (int i = 0; i < r.faces.n; i++)
        check_face(&r.faces.face[i], &wish);
    must(strlen(r.warning) < sizeof r.warning);
    must(!r.taken[0] || mien_is_day(r.taken));
    must(mi_reading_write(&again, &r, NULL) == MIEN_OK && !again.failed);
    must(again.n == left && memcmp(again.data, c.p, left) == 0);
    mien_buffer_free(&again);
    mien_faces_free(&r.faces);
    return 0;
}
