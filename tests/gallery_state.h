/* gallery_state.h: what a gallery holds, as a text that can be compared: who,
 * with what, found how; without numbers that are new after each change. */
#ifndef GALLERY_STATE_H
#define GALLERY_STATE_H

#include "mien/gallery_evidence.h"
#include "mien/gallery_negative.h"
#include "mien/gallery_undo.h"
#include "tests/gallery_make.h"

enum { STATE = 4000 };

static inline int state_by_text(const void *a, const void *b)
{
    return strcmp(a, b);
}

/* A line of one person. */
static inline void state_person(const mien_gallery *g,
                                const mien_gallery_person *p, char out[400])
{
    mien_gallery_evidence e[MIEN_GALLERY_MAX_EVIDENCE];
    mien_gallery_negative n[MIEN_GALLERY_MAX_NEGATIVES];
    char text[MIEN_GALLERY_MAX_EVIDENCE][40] = {""};
    int files = 0;
    CHECK_EQ(mien_gallery_list_evidence(g, p->id, &files, e, NULL), MIEN_OK);
    int at =
        snprintf(out, 400, "%s, %s until %s, %d faces, %d negatives:", p->name,
                 p->basis.purpose, p->basis.expiry, p->faces,
                 mien_gallery_list_negatives(g, p->id, n));
    for (int i = 0; i < files; i++) {
        mien_buffer b = {0};
        char sha[MIEN_GALLERY_DIGEST];
        CHECK_EQ(mien_gallery_read_evidence(g, e[i].id, &b, NULL), MIEN_OK);
        mien_sha256(b.data, b.n, sha);
        CHECK(!strcmp(sha, e[i].sha256));
        snprintf(text[i], sizeof text[i], " %.20s %.8s", e[i].name, sha);
        mien_buffer_free(&b);
    }
    qsort(text, (size_t)files, sizeof *text, state_by_text);
    for (int i = 0; i < files; i++)
        at += snprintf(out + at, 400 - (size_t)at, "%s", text[i]);
}

/* All of a gallery; people in the order of their names.  Searches for the first
 * `faces` made people are in the log then. */
static inline void state_of(mien_gallery *g, unsigned faces, char out[STATE])
{
    char line[20][400];
    int n = mien_gallery_count(g);
    size_t at = 0;
    *out = 0;
    for (int i = 0; i < n && i < 20; i++)
        state_person(g, mien_gallery_person_at(g, i), line[i]);
    qsort(line, (size_t)n, sizeof *line, state_by_text);
    for (int i = 0; i < n; i++)
        at += (size_t)snprintf(out + at, STATE - at, "%s\n", line[i]);
    for (unsigned i = 0; i < faces; i++) {
        mien_gallery_match m = gallery_search(g, i, "door");
        at += (size_t)snprintf(out + at, STATE - at, "%u is %s\n", i,
                               m.person ? m.person->name : "nobody");
    }
}

#endif
