/* people.c: everybody in memory, and their descriptors by network. */
#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/grow.h"
#include "gallery/gallery.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

int mi_people_at(const mien_gallery *g, int64_t id)
{
    int low = 0, high = g->people;
    while (low < high) {
        int middle = (low + high) / 2;
        if (g->person[middle].shown.id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < g->people && g->person[low].shown.id == id ? low : -1;
}

mien_status mi_people_find(const mien_gallery *g, int64_t id, int *at,
                           mien_error *err)
{
    *at = mi_people_at(g, id);
    return *at >= 0 ? MIEN_OK
                    : mi_fail(err, MIEN_EARG, "nobody has the number %lld",
                              (long long)id);
}

mien_status mi_people_holds(const mien_gallery *g, int at, mien_error *err)
{
    char today[11];
    const mien_gallery_person *p = &g->person[at].shown;
    mi_gallery_day(g, today);
    return strcmp(p->basis.expiry, today) >= 0
               ? MIEN_OK
               : mi_fail(err, MIEN_EARG, "the basis of person %lld ended on %s",
                         (long long)p->id, p->basis.expiry);
}

int mien_gallery_count(const mien_gallery *g) { return g->people; }

const mien_gallery_person *mien_gallery_person_at(const mien_gallery *g, int i)
{
    assert(i >= 0 && i < g->people);
    return &g->person[i].shown;
}

const mien_gallery_person *mien_gallery_find(const mien_gallery *g,
                                             const char *name)
{
    for (int i = 0; i < g->people; i++)
        if (strcmp(g->person[i].shown.name, name) == 0)
            return &g->person[i].shown;
    return NULL;
}

mien_status mi_people_name(const mien_gallery *g, const char *name, int64_t id,
                           mien_error *err)
{
    const mien_gallery_person *other = mien_gallery_find(g, name);
    size_t n = strnlen(name, MIEN_GALLERY_NAME);
    if (n == 0 || n == MIEN_GALLERY_NAME)
        return mi_fail(err, MIEN_EARG, "a name of %s; 1 to %d bytes are wanted",
                       n ? "too many bytes" : "no bytes",
                       MIEN_GALLERY_NAME - 1);
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)name[i] < 32 || name[i] == 127)
            return mi_fail(err, MIEN_EARG,
                           "a name with a control character at byte %zu", i);
    if (other && other->id != id)
        return mi_fail(err, MIEN_EARG, "'%.100s' is enrolled already, as %lld",
                       name, (long long)other->id);
    return MIEN_OK;
}

/* ---- adding and forgetting ----------------------------------------------- */

mien_status mi_shelf_of(mien_gallery *g, const char *model, int numbers,
                        mi_shelf **out, mien_error *err)
{
    for (int i = 0; i < g->shelves; i++)
        if (strcmp(g->shelf[i].model, model) == 0) {
            *out = &g->shelf[i];
            if (mien_index_numbers((*out)->face.index) == numbers)
                return MIEN_OK;
            return mi_fail(err, MIEN_EARG,
                           "descriptors of %d numbers; this network's have %d",
                           numbers, mien_index_numbers((*out)->face.index));
        }
    mi_shelf *more = mi_alloc((size_t)g->shelves + 1, sizeof *more);
    if (!more)
        return mi_no_memory(err);
    mi_shelf *last = &more[g->shelves];
    mien_status st = mien_index_new(numbers, &last->face.index, err);
    if (!st)
        st = mien_index_new(numbers, &last->against.index, err);
    if (st) {
        mien_index_free(last->face.index);
        mi_free(more);
        return st;
    }
    if (g->shelves)
        memcpy(more, g->shelf, (size_t)g->shelves * sizeof *more);
    memcpy(last->model, model, MIEN_GALLERY_DIGEST);
    mi_free(g->shelf);
    g->shelf = more;
    *out = &g->shelf[g->shelves++];
    return MIEN_OK;
}

/* Room for one person more; what was there before is overwritten. */
static mien_status make_room(mien_gallery *g, mien_error *err)
{
    if (g->people == MIEN_GALLERY_MAX_PEOPLE)
        return mi_fail(err, MIEN_ELIMIT, "a gallery of more than %d people",
                       MIEN_GALLERY_MAX_PEOPLE);
    if (g->people < g->room)
        return MIEN_OK;
    int room = g->room ? 2 * g->room : 16;
    size_t had = (size_t)g->people * sizeof *g->person;
    mi_person *more = mi_alloc((size_t)room, sizeof *more);
    if (!more)
        return mi_no_memory(err);
    if (had)
        memcpy(more, g->person, had);
    mi_keys_forget(g->person, had);
    mi_free(g->person);
    g->person = more;
    g->room = room;
    return MIEN_OK;
}

mien_status mi_rows_add(mien_gallery *g, mi_rows *to, int64_t id,
                        const mien_gallery_faces *f, const int64_t *number,
                        mien_error *err)
{
    int32_t person[MIEN_GALLERY_MAX_FACES];
    for (int i = 0; i < f->n; i++)
        person[i] = (int32_t)id;
    int64_t n = mien_index_count(to->index);
    int64_t *at = mi_grow(&to->number, n, f->n, sizeof *at);
    if (!at)
        return mi_no_memory(err);
    mien_status st =
        mien_index_add(to->index, f->n, f->descriptor, person, err);
    for (int i = 0; !st && i < f->n; i++) {
        at[i] = number[i];
        g->last_face = number[i] > g->last_face ? number[i] : g->last_face;
    }
    return st;
}

mien_status mi_people_add_faces(mien_gallery *g, int64_t id,
                                const mien_gallery_faces *f,
                                const int64_t *number, mien_error *err)
{
    mi_shelf *to = NULL;
    mien_status st = mi_shelf_of(g, f->model, f->numbers, &to, err);
    if (!st)
        st = mi_rows_add(g, &to->face, id, f, number, err);
    if (!st)
        g->person[mi_people_at(g, id)].shown.faces += f->n;
    return st;
}

mien_status mi_people_add(mien_gallery *g, const mi_person *p, mien_error *err)
{
    mien_status st = make_room(g, err);
    if (st)
        return st;
    g->person[g->people] = *p;
    g->person[g->people].shown.faces = 0;
    g->people++;
    return MIEN_OK;
}

void mi_rows_take_off(mi_rows *r, int64_t row)
{
    size_t behind = (size_t)(mien_index_count(r->index) - row - 1);
    memmove(r->number + row, r->number + row + 1, behind * sizeof *r->number);
    mien_index_remove(r->index, 1, &row);
}

/* Take off all rows of a person. */
static void take_off_all(mi_rows *r, int64_t id)
{
    for (int64_t row = mien_index_count(r->index) - 1; row >= 0; row--)
        if (mien_index_person(r->index, row) == id)
            mi_rows_take_off(r, row);
}

mi_shelf *mi_people_find_face(const mien_gallery *g, int64_t number,
                              int64_t *row)
{
    for (int i = 0; i < g->shelves; i++) {
        mi_shelf *s = &g->shelf[i];
        for (*row = mien_index_count(s->face.index) - 1; *row >= 0; --*row)
            if (s->face.number[*row] == number)
                return s;
    }
    return NULL;
}

void mi_people_drop_face(mien_gallery *g, int64_t number)
{
    int64_t row;
    mi_shelf *s = mi_people_find_face(g, number, &row);
    if (!s)
        return;
    g->person[mi_people_at(g, mien_index_person(s->face.index, row))]
        .shown.faces--;
    mi_rows_take_off(&s->face, row);
}

void mi_people_remove(mien_gallery *g, int at)
{
    int64_t id = g->person[at].shown.id;
    for (int i = 0; i < g->shelves; i++) {
        take_off_all(&g->shelf[i].face, id);
        take_off_all(&g->shelf[i].against, id);
    }
    memmove(g->person + at, g->person + at + 1,
            (size_t)(g->people - at - 1) * sizeof *g->person);
    g->people--;
    mi_keys_forget(&g->person[g->people], sizeof *g->person);
}

void mi_people_free(mien_gallery *g)
{
    for (int i = 0; i < g->shelves; i++) {
        mien_index_free(g->shelf[i].face.index);
        mi_free(g->shelf[i].face.number);
        mien_index_free(g->shelf[i].against.index);
        mi_free(g->shelf[i].against.number);
    }
    mi_keys_forget(g->person, (size_t)g->people * sizeof *g->person);
    mi_free(g->person);
    mi_free(g->shelf);
    g->person = NULL;
    g->shelf = NULL;
    g->people = g->room = g->shelves = 0;
}

/* ---- what is sealed ------------------------------------------------------ */

void mi_person_write(const mien_gallery_person *p, mien_buffer *out)
{
    mien_buffer_printf(out, "%s\n%s\n", p->name, p->born);
    mien_record_basis(&p->basis, out);
}

const char *mi_take_line(const char *at, char *field, size_t size)
{
    size_t n = at ? strcspn(at, "\n") : 0;
    if (!at || !at[n] || n >= size)
        return NULL;
    memcpy(field, at, n);
    field[n] = 0;
    return at + n + 1;
}

mien_status mi_person_read(const uint8_t *bytes, size_t n,
                           mien_gallery_person *p, mien_error *err)
{
    const char *at = (const char *)bytes;
    at = mi_take_line(at, p->name, sizeof p->name);
    if (at)
        at = mi_take_line(at, p->born, sizeof p->born);
    if (!at)
        return mi_fail(err, MIEN_EFORMAT, "a person is damaged");
    size_t before = (size_t)(at - (const char *)bytes);
    return mien_basis_read((const uint8_t *)at, n - before, &p->basis, err);
}

/* ---- loading ------------------------------------------------------------- */

/* One person's row. */
static mien_status load_person(mien_gallery *g, const mi_statement *s,
                               mien_error *err)
{
    mi_person p = {0};
    char what[MI_WHAT];
    mien_bytes sealed = mi_db_bytes(s, 1), plain = {0};
    int erased = 0;
    p.shown.id = mi_db_int(s, 0);
    if (p.shown.id < 1 || p.shown.id > INT32_MAX)
        return mi_fail(err, MIEN_EFORMAT, "%.120s: a person's number is %lld",
                       g->path, (long long)p.shown.id);
    mien_status st = mi_vault_key(g, p.shown.id, &p.key, &erased, err);
    if (!st && erased)
        st = mi_fail(err, MIEN_EFORMAT,
                     "%.120s: has person %lld, who was erased: an older copy; "
                     "restore takes one",
                     g->path, (long long)p.shown.id);
    mi_gallery_what(g, "person", p.shown.id, "", what);
    if (!st)
        st = mi_unseal(&p.key, what, sealed.data, sealed.n, &plain, err);
    if (!st)
        st = mi_person_read(plain.data, plain.n, &p.shown, err);
    if (!st)
        st = mi_people_add(g, &p, err);
    mi_unsealed_free(&plain);
    mi_keys_forget(&p, sizeof p);
    return st;
}

/* A descriptor of bytes, as floats of the machine. */
static void to_floats(const mien_bytes *bytes, float *out)
{
    mi_cursor c = mi_cursor_of(bytes->data, bytes->n);
    for (size_t i = 0; i < bytes->n / 4; i++)
        out[i] = mi_cursor_f32le(&c);
}

mien_status mi_descriptor_read(const mien_gallery *g, const mi_statement *s,
                               const char *kind, mien_gallery_faces *out,
                               float **row, mien_error *err)
{
    int64_t id = mi_db_int(s, 0);
    int64_t number = mi_db_int(s, 3);
    const char *model = mi_db_text(s, 1);
    mien_bytes sealed = mi_db_bytes(s, 2), plain = {0};
    char what[MI_WHAT];
    int at = mi_people_at(g, id);
    if (at < 0 || !model || strlen(model) != MIEN_GALLERY_DIGEST - 1 ||
        number < 1 || number > MI_FACE_LAST)
        return mi_fail(err, MIEN_EFORMAT, "%.120s: a %s of nobody", g->path,
                       kind);
    mi_gallery_what(g, kind, id, model, what);
    mien_status st =
        mi_unseal(&g->person[at].key, what, sealed.data, sealed.n, &plain, err);
    *out = (mien_gallery_faces){.n = 1, .numbers = (int)(plain.n / 4)};
    memcpy(out->model, model, MIEN_GALLERY_DIGEST);
    *row = st ? NULL : mi_alloc(plain.n / 4 + 1, sizeof **row);
    if (!st && !*row)
        st = mi_no_memory(err);
    if (!st &&
        (plain.n % 4 || !plain.n || out->numbers > MIEN_INDEX_MAX_NUMBERS))
        st = mi_fail(err, MIEN_EFORMAT, "%.120s: a %s is damaged", g->path,
                     kind);
    if (!st)
        to_floats(&plain, *row);
    out->descriptor = *row;
    mi_unsealed_free(&plain);
    return st;
}

/* One face's row. */
static mien_status load_face(mien_gallery *g, const mi_statement *s,
                             mien_error *err)
{
    mien_gallery_faces f;
    int64_t number = mi_db_int(s, 3);
    float *row = NULL;
    mien_status st = mi_descriptor_read(g, s, "face", &f, &row, err);
    if (!st) {
        st = mi_people_add_faces(g, mi_db_int(s, 0), &f, &number, err);
        mi_keys_forget(row, (size_t)f.numbers * sizeof *row);
    }
    mi_free(row);
    return st == MIEN_EARG ? mi_fail(err, MIEN_EFORMAT,
                                     "%.120s: a face is damaged", g->path)
                           : st;
}

enum { AT_ONCE = 256 }; /* rows of a server */

/* Every row of a statement. */
static mien_status each_row(mien_gallery *g, const char *sql,
                            mien_status (*load)(mien_gallery *g,
                                                const mi_statement *s,
                                                mien_error *err),
                            mien_error *err)
{
    mi_statement s = {0};
    int row = 0;
    mien_status st = mi_db_prepare_all(&g->data, &s, err, sql, AT_ONCE);
    do {
        if (!st)
            st = mi_db_step(&s, &row, err);
        if (!st && row)
            st = load(g, &s, err);
    } while (!st && row);
    mi_db_finish(&s);
    return st;
}

mien_status mi_people_load(mien_gallery *g, mien_error *err)
{
    mien_status st = each_row(g, "SELECT id, sealed FROM person ORDER BY id",
                              load_person, err);
    if (!st)
        st = each_row(
            g, "SELECT person, model, sealed, id FROM face ORDER BY person, id",
            load_face, err);
    if (!st)
        st = each_row(g,
                      "SELECT person, model, sealed, id FROM negative"
                      " ORDER BY person, id",
                      mi_negative_load, err);
    int64_t last = 0;
    int found = 0;
    if (!st)
        st = mi_db_number(&g->data, "SELECT max(id) FROM evidence", &last,
                          &found, err);
    if (!st && last > g->last_face && last <= MI_FACE_LAST)
        g->last_face = last;
    return st;
}
