/* Any bytes as changes to the weights that a caller tells of face-api.js'
 * smallest network: records of ten bytes (which weight, what of it, a number),
 * and behind a record of weight 255 bytes for the weights themselves. */
#include "tests/faceapi_make.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

enum { RECORD = 10, END = 255, ROOM = 200000 };

static void must(int condition)
{
    if (!condition)
        __builtin_trap();
}

/* Change a weight; texts and doubles by the number's bytes. */
static void change(mien_faceapi_weight *w, unsigned what, const uint8_t *at)
{
    int64_t v;
    memcpy(&v, at, sizeof v);
    if (what < MIEN_MAX_RANK) {
        w->shape.dim[what] = v;
        return;
    }
    switch (what - MIEN_MAX_RANK) {
    case 0: w->shape.rank = (int)v; return;
    case 1: w->whole = (int)v; return;
    case 2: w->packed = (mien_packed)(int)v; return;
    case 3: memcpy(&w->scale, at, sizeof w->scale); return;
    case 4: memcpy(&w->min, at, sizeof w->min); return;
    case 5: w->name = v ? tiny[(uint64_t)v % TINY].name : NULL; return;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static uint8_t room[ROOM];
    mien_faceapi_weight told[TINY];
    mien_graph *g = NULL;
    mien_error err = {0};
    size_t at = 0, all = 0;
    tell(told);
    for (int i = 0; i < TINY; i++)
        all += tiny_len(i);
    for (; at + RECORD <= n && bytes[at] != END; at += RECORD)
        change(&told[bytes[at] % TINY], bytes[at + 1], bytes + at + 2);
    /* the weights' bytes: one more or fewer than they should be, or as many */
    const int more = at < n ? bytes[n - 1] % 3 - 1 : 0;
    memset(room, 0, sizeof room);
    memcpy(room, bytes + at, n - at < all ? n - at : all);
    const mien_faceapi_options o = {.float32 = n & 1};
    mien_status st = mien_faceapi_build("tiny_face_detector", TINY, told, room,
                                        all + (size_t)more, &o, &g, &err);
    must(st ? err.status == st && err.text[0] && !g : g != NULL);
    mien_graph_free(g);
    return 0;
}
