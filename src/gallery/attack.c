/* attack.c: a gallery attacked by its owner. */
#include "gallery/attack.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/grow.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- without the key ----------------------------------------------------- */

/* A number that a statement gives; NULL is 0. */
static mien_status number(const mien_gallery *g, const char *sql, int64_t *out,
                          mien_error *err)
{
    int found;
    return mi_db_number(&g->data, sql, out, &found, err);
}

/* Ask for all of it. */
static mien_status look_without(const mien_gallery *g,
                                mien_gallery_open_data *out, mien_error *err)
{
    int64_t n[7] = {0};
    const struct {
        const char *sql;
        int64_t *to;
    } ask[] = {
        {"SELECT count(*) FROM person", &n[0]},
        {"SELECT count(*) FROM face", &n[1]},
        {"SELECT count(*) FROM evidence WHERE kind = 0", &n[2]},
        {"SELECT count(*) FROM negative", &n[3]},
        {"SELECT count(*) FROM undo", &n[4]},
        {"SELECT count(DISTINCT model) FROM face", &n[5]},
        {"SELECT count(*) FROM evidence WHERE kind = 1", &n[6]},
        {"SELECT coalesce(max(person), 0) FROM log", &out->erased},
        {"SELECT min(length(sealed)) FROM person", &out->least},
        {"SELECT max(length(sealed)) FROM person", &out->most},
        {"SELECT min(length(sealed)) FROM evidence", &out->smallest},
        {"SELECT max(length(sealed)) FROM evidence", &out->largest},
        {"SELECT count(*) FROM log", &out->entries},
        {"SELECT count(*) FROM log WHERE kind = 6", &out->searches},
        {"SELECT count(*) FROM log WHERE kind = 6 AND person > 0", &out->named},
        {"SELECT min(at) FROM log", &out->first},
        {"SELECT max(at) FROM log", &out->last},
    };
    _Static_assert(MI_LOG_SEARCHED == 6, "the kind above");
    mien_status st = MIEN_OK;
    for (size_t i = 0; !st && i < sizeof ask / sizeof *ask; i++)
        st = number(g, ask[i].sql, ask[i].to, err);
    out->people = (int)n[0];
    out->faces = (int)n[1];
    out->evidence = (int)n[2];
    out->inferred = (int)n[6];
    out->negatives = (int)n[3];
    out->undo = (int)n[4];
    out->networks = (int)n[5];
    out->erased = out->erased > n[0] ? out->erased - n[0] : 0;
    if (n[2] + n[6] > 0) {
        out->smallest -= MI_KEY_MORE;
        out->largest -= MI_KEY_MORE;
    }
    return st;
}

/* ---- at rest ------------------------------------------------------------- */

/* Sealed rows, of which some begin alike. */
static const char rows[] =
    "SELECT count(*), count(DISTINCT substr(sealed, 1, 24)) FROM ("
    "SELECT sealed FROM person UNION ALL SELECT sealed FROM face"
    " UNION ALL SELECT sealed FROM negative"
    " UNION ALL SELECT sealed FROM undo"
    " UNION ALL SELECT head FROM evidence"
    " UNION ALL SELECT substr(sealed, 1, 64) FROM evidence"
    " UNION ALL SELECT detail FROM log WHERE length(detail) > 0) AS all_sealed";

/* A sealed face: the beginning of its bytes. */
enum { SEALED = 64 };
typedef struct sealed_face {
    int64_t person, row; /* row -1: it is of another network */
    uint8_t byte[SEALED];
} sealed_face;

/* Sealed faces that are compared, by what they are in the open. */
typedef struct comparing {
    const mien_gallery *g;
    const mi_shelf *shelf; /* NULL: nobody has a face of the network */
    float threshold;
    sealed_face *face; /* [n] */
    int64_t n;
} comparing;

/* Bits in which two are alike. */
static int alike(const sealed_face *a, const sealed_face *b)
{
    int n = 0;
    for (int i = 0; i < SEALED; i++)
        n += 8 - __builtin_popcount((unsigned)(a->byte[i] ^ b->byte[i]));
    return n;
}

/* Does the key link two entries of different purposes by these faces? */
static int linked(const comparing *c, const sealed_face *a,
                  const sealed_face *b)
{
    int p = mi_people_at(c->g, a->person), q = mi_people_at(c->g, b->person);
    return a->row >= 0 && b->row >= 0 && p >= 0 && q >= 0 &&
           strcmp(c->g->person[p].shown.basis.purpose,
                  c->g->person[q].shown.basis.purpose) != 0 &&
           mi_attack_near(c->shelf->face.index, a->row, b->row, c->threshold);
}

/* Counted bits to a share. */
static void finish(mien_gallery_pairs *p)
{
    const double bits = 8. * SEALED * (double)p->pairs;
    p->error = p->pairs ? .5 / sqrt(bits) : (double)NAN;
    p->bits = p->pairs ? p->bits / bits : (double)NAN;
}

/* Compare each with each. */
static void compare(const comparing *c, mien_gallery_rest *out)
{
    for (int64_t i = 0; i < c->n; i++)
        for (int64_t k = 0; k < i; k++) {
            const sealed_face *a = &c->face[i], *b = &c->face[k];
            mien_gallery_pairs *p = a->person == b->person ? &out->same
                                    : linked(c, a, b)      ? &out->linked
                                                           : &out->other;
            p->pairs++;
            p->bits += alike(a, b);
        }
    finish(&out->same);
    finish(&out->linked);
    finish(&out->other);
}

/* How many sealed rows there are, and how many of them begin alike. */
static mien_status count_rows(const mien_gallery *g, mien_gallery_rest *out,
                              mien_error *err)
{
    mi_statement s = {0};
    int row = 0;
    mien_status st = mi_db_prepare(&g->data, &s, err, rows, "");
    if (!st)
        st = mi_db_step(&s, &row, err);
    if (!st && row) {
        out->rows = mi_db_int(&s, 0);
        out->equal = out->rows - mi_db_int(&s, 1);
    }
    mi_db_finish(&s);
    return st;
}

/* One row of person, sealed and number. */
static mien_status take_face(comparing *c, const mi_statement *s,
                             mien_error *err)
{
    mien_bytes b = mi_db_bytes(s, 1);
    if (b.n < SEALED)
        return MIEN_OK;
    sealed_face *f = mi_push(&c->face, c->n, sizeof *f);
    if (!f)
        return mi_no_memory(err);
    f->person = mi_db_int(s, 0);
    const mi_shelf *on = mi_people_find_face(c->g, mi_db_int(s, 2), &f->row);
    if (!on || on != c->shelf)
        f->row = -1;
    memcpy(f->byte, b.data, SEALED);
    c->n++;
    return MIEN_OK;
}

/* Look at the sealed rows. */
static mien_status look_at_rest(const mien_gallery *g, const mi_shelf *shelf,
                                float threshold, mien_gallery_rest *out,
                                mien_error *err)
{
    comparing c = {g, shelf, threshold, NULL, 0};
    mi_statement s = {0};
    int row = 0;
    mien_status st = count_rows(g, out, err);
    if (!st)
        st = mi_db_prepare(&g->data, &s, err,
                           "SELECT person, sealed, id FROM face"
                           " ORDER BY person, id LIMIT ?",
                           "i", (int64_t)MIEN_GALLERY_ATTACK_FACES);
    do {
        if (!st)
            st = mi_db_step(&s, &row, err);
        if (!st && row)
            st = take_face(&c, &s, err);
    } while (!st && row);
    mi_db_finish(&s);
    if (!st)
        compare(&c, out);
    mi_free(c.face);
    return st;
}

/* ---- the whole ----------------------------------------------------------- */

/* The faces of the network; NULL: nobody has any. */
static const mi_shelf *shelf_of(const mien_gallery *g, const char *model)
{
    for (int i = 0; i < g->shelves; i++)
        if (strcmp(g->shelf[i].model, model) == 0)
            return &g->shelf[i];
    return NULL;
}

/* What is asked for, and the faces to ask it of. */
static mien_status check(const mien_gallery_faces *f, const mi_shelf *shelf,
                         float threshold, mien_error *err)
{
    if (!isfinite(threshold) || threshold <= 0)
        return mi_fail(err, MIEN_EARG,
                       "an attack at the threshold %g; one above 0 is wanted",
                       (double)threshold);
    if (strlen(f->model) != MIEN_GALLERY_DIGEST - 1)
        return mi_fail(err, MIEN_EARG, "an attack wants a network's SHA-256");
    if (f->n && shelf && mien_index_numbers(shelf->face.index) != f->numbers)
        return mi_fail(err, MIEN_EARG,
                       "a descriptor of %d numbers; this network's have %d",
                       f->numbers, mien_index_numbers(shelf->face.index));
    return MIEN_OK;
}

mien_status mien_gallery_attack(mien_gallery *g,
                                const mien_gallery_faces *faces,
                                float threshold, mien_gallery_attacked *out,
                                mien_error *err)
{
    char detail[120];
    mien_gallery_attacked a = {.photos = faces->n};
    const mi_shelf *shelf = shelf_of(g, faces->model);
    mien_status st = check(faces, shelf, threshold, err);
    if (!st)
        st = mi_attack_bytes(g, &a.plain, err);
    if (!st)
        st = look_without(g, &a.open, err);
    if (!st)
        st = look_at_rest(g, shelf, threshold, &a.rest, err);
    if (!st && shelf)
        st = mi_attack_link(g, shelf, threshold, &a.linked, err);
    if (!st && shelf)
        st = mi_attack_name(g, shelf, faces, threshold, &a, err);
    snprintf(detail, sizeof detail, "%d photos, %d people named", a.photos,
             a.people_named);
    if (!st)
        st = mi_log_add(g, MI_LOG_ATTACKED, NULL, 0, detail, err);
    if (!st)
        *out = a;
    return st;
}
