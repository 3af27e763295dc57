/* A gallery attacked: what lies in the open is found, wherever it was put, and
 * what does not is not; what is alike, linked and named is counted.
 *
 * Not as WebAssembly: SQLite and libsodium. */
#include "base/alloc.h"
#include "mien/gallery_attack.h"
#include "mien/gallery_evidence.h"
#include "mien/gallery_negative.h"
#include "tests/gallery_rows.h"

#include <math.h>
#include <sqlite3.h>

static uint8_t form[5000];

/* Ada Lovelace and Cy at the door, Ada at the canteen too, under another name;
 * Ada signed, and somebody is not Cy. */
static mien_gallery *make_people(made *m)
{
    float row[NUMBERS];
    int64_t id = 0;
    unsigned seed = 4;
    mien_gallery_faces f = {1, NUMBERS, row, ""};
    for (size_t i = 0; i < sizeof form; i++)
        form[i] = (uint8_t)check_rand(&seed);
    const mien_gallery_file file = {"form.pdf", {form, sizeof form}};
    gallery_make(m);
    mien_gallery *g = gallery_open(m);
    CHECK(!gallery_enroll(g, "Ada Lovelace", 1, "door", "", &id, NULL));
    CHECK(!mien_gallery_add_evidence(g, id, &file, NULL, NULL));
    CHECK(
        !gallery_enroll(g, "A. of the kitchen", 1, "canteen", "", NULL, NULL));
    CHECK(!gallery_enroll(g, "Cy", 3, "door", "", &id, NULL));
    memcpy(f.model, model_a, sizeof f.model);
    gallery_face(7, 1, row);
    CHECK(!mien_gallery_add_negative(g, id, &f, NULL, NULL));
    gallery_search(g, 3, "door");
    gallery_search(g, 8, "door");
    return g;
}

static mien_gallery_attacked attack(mien_gallery *g)
{
    mien_gallery_faces none = {0};
    mien_gallery_attacked a = {0};
    mien_error err = {0};
    memcpy(none.model, model_a, sizeof none.model);
    CHECK_MSG(!mien_gallery_attack(g, &none, .3F, &a, &err), "%s", err.text);
    return a;
}

static void test_nothing_lies_in_the_open(void)
{
    made m;
    mien_gallery *g = make_people(&m);
    for (int again = 0; again < 2; again++) {
        mien_gallery_attacked a = attack(g);
        CHECK_MSG(a.plain.found == 0, "%s", a.plain.where);
        /* "Cy" is too short to look for. */
        CHECK(a.plain.names == 2 && a.plain.left_out == 1);
        CHECK(a.plain.descriptors == 7 && a.plain.evidence == 1);
        CHECK(a.plain.files >= 2 && a.plain.bytes > 20000);
        CHECK(a.open.people == 3 && a.open.faces == 6);
        CHECK(a.open.evidence == 1 && a.open.negatives == 1);
        CHECK(a.open.undo == 5 && a.open.networks == 1 && !a.open.erased);
        CHECK(a.open.smallest == 5000 && a.open.largest == 5000);
        CHECK(a.open.searches == 2 && a.open.named == 1);
        CHECK_EQ(a.open.entries, 8 + again); /* an attack is one, too */
        CHECK(a.open.first > 0 && a.open.last >= a.open.first);
        CHECK(a.open.most > a.open.least);
        mien_gallery_close(g);
        g = gallery_open(&m);
    }
    CHECK_EQ(mien_gallery_withdraw(g, 3, NULL, NULL), MIEN_OK);
    CHECK_EQ(attack(g).open.erased, 1);
    mien_gallery_close(g);
    gallery_remove(&m);
}

/* Write bytes among others into a file beside the gallery. */
static void leak(const made *m, const void *bytes, size_t n, size_t before)
{
    char path[90];
    snprintf(path, sizeof path, "%s.note", m->path);
    FILE *f = fopen(path, "wb");
    CHECK(f != NULL);
    for (size_t i = 0; i < before; i++)
        fputc((int)(i * 7 % 251), f);
    CHECK(fwrite(bytes, 1, n, f) == n);
    fputs("and so on", f);
    fclose(f);
}

/* What is put beside the gallery is found, across the parts that are read. */
static void test_what_was_leaked_is_found(void)
{
    made m;
    float row[NUMBERS];
    double wide[NUMBERS];
    int8_t small[NUMBERS];
    float most = 0;
    uint8_t utf16[24];
    mien_gallery *g = make_people(&m);
    gallery_face(3, 2, row);
    for (int i = 0; i < NUMBERS; i++)
        most = fmaxf(most, fabsf(row[i]));
    for (int i = 0; i < NUMBERS; i++) {
        wide[i] = (double)row[i];
        small[i] = (int8_t)lrintf(row[i] / most * 127);
    }
    for (int i = 0; i < 24; i++)
        utf16[i] = i % 2 ? 0 : (uint8_t) "Ada Lovelace"[i / 2];
    const struct {
        const void *bytes;
        size_t n;
        const char *what;
    } of[] = {{"Ada Lovelace", 12, "a name of person 1"},
              {utf16, 24, "a name in UTF-16 of person 1"},
              {row, sizeof row, "a descriptor of person 3"},
              {wide, sizeof wide, "a descriptor of doubles of person 3"},
              {small, sizeof small, "a descriptor of bytes of person 3"},
              {form, 40, "evidence of person 1"},
              {form + 2000, 1000, "evidence of person 1"},
              {form + 4900, 100, "evidence of person 1"}};
    for (size_t i = 0; i < sizeof of / sizeof *of; i++) {
        static const size_t before[] = {0, 5, (1 << 20) - 33, (1 << 20) - 3,
                                        (1 << 21) + 17};
        for (size_t k = 0; k < sizeof before / sizeof *before; k++) {
            leak(&m, of[i].bytes, of[i].n, before[k]);
            mien_gallery_attacked a = attack(g);
            CHECK_MSG(a.plain.found == 1 && strstr(a.plain.where, of[i].what) &&
                          strstr(a.plain.where, "people.db.note"),
                      "%s at %zu: %d, %s", of[i].what, before[k], a.plain.found,
                      a.plain.where);
        }
    }
    mien_gallery_close(g);
    gallery_remove(&m);
}

/* In the database itself, and in its journal, while it is open. */
static void test_a_database_that_leaks(void)
{
    made m;
    sqlite3 *db = NULL;
    if (gallery_not_of_files("a database that leaks"))
        return;
    mien_gallery *g = make_people(&m);
    CHECK_EQ(sqlite3_open_v2(m.path, &db, SQLITE_OPEN_READWRITE, NULL), 0);
    CHECK_EQ(sqlite3_exec(db,
                          "CREATE TABLE x(a); INSERT INTO x VALUES"
                          "('Ada Lovelace')",
                          NULL, NULL, NULL),
             0);
    mien_gallery_attacked a = attack(g);
    CHECK_MSG(a.plain.found && strstr(a.plain.where, "people.db-wal"), "%s",
              a.plain.where);
    sqlite3_close(db);
    mien_gallery_close(g);
    g = gallery_open(&m);
    a = attack(g);
    CHECK_MSG(a.plain.found && strstr(a.plain.where, "people.db"), "%s",
              a.plain.where);
    /* To look did not let go of the lock. */
    mien_gallery *second = NULL;
    CHECK_EQ(
        mien_gallery_open(m.path, &m.key, GALLERY_NOW, NULL, &second, NULL),
        MIEN_EIO);
    mien_gallery_close(g);
    gallery_remove(&m);
}

static void test_what_is_alike_and_what_is_linked(void)
{
    made m;
    mien_gallery *g = make_people(&m);
    mien_gallery_attacked a = attack(g);
    CHECK(a.rest.rows > 15 && a.rest.equal == 0);
    CHECK(a.rest.same.pairs == 3 && a.rest.linked.pairs == 4 &&
          a.rest.other.pairs == 8);
    CHECK(fabs(a.rest.same.bits - .5) < 5 * a.rest.same.error);
    CHECK(fabs(a.rest.linked.bits - .5) < 5 * a.rest.linked.error);
    CHECK(fabs(a.rest.other.bits - .5) < 5 * a.rest.other.error);
    /* One photo of each beside the other: Ada's two entries are linked. */
    CHECK(a.linked.faces == 6 && a.linked.entries == 3 && a.linked.linked == 2);
    CHECK(a.linked.same == 3 && a.linked.same_near == 3);
    CHECK(a.linked.other == 4 && a.linked.other_near == 0);
    /* A row that was copied is alike. */
    mien_gallery_close(g);
    gallery_run(&m, "INSERT INTO face(id, person, model, sealed)"
                    " SELECT id + 1000, person, model, sealed FROM face"
                    " ORDER BY id LIMIT 1");
    g = gallery_open(&m);
    a = attack(g);
    CHECK_EQ(a.rest.equal, 1);
    CHECK(a.rest.same.bits > .55);
    mien_gallery_close(g);
    gallery_remove(&m);
}

/* Photos of Ada, of Cy twice, and of two strangers. */
static void test_photos_name_people(void)
{
    made m;
    float row[5 * NUMBERS];
    static const unsigned who[] = {1, 3, 3, 8, 9};
    mien_gallery_attacked a = {0};
    mien_error err = {0};
    mien_gallery *g = make_people(&m);
    mien_gallery_faces f = {5, NUMBERS, row, ""};
    memcpy(f.model, model_a, sizeof f.model);
    for (unsigned i = 0; i < 5; i++)
        gallery_face(who[i], 10 + i, row + i * NUMBERS);
    CHECK_EQ(mien_gallery_attack(g, &f, .3F, &a, &err), MIEN_OK);
    CHECK(a.photos == 5 && a.photos_named == 3 && a.people_named == 2);
    f.model[0] = 'b'; /* a network that described nobody */
    CHECK_EQ(mien_gallery_attack(g, &f, .3F, &a, &err), MIEN_OK);
    CHECK(a.photos == 5 && !a.photos_named && !a.linked.faces);
    f.model[0] = 'a';
    a.photos = 77;
    CHECK_EQ(mien_gallery_attack(g, &f, 0, &a, &err), MIEN_EARG);
    row[7] = (float)NAN;
    CHECK_EQ(mien_gallery_attack(g, &f, .3F, &a, &err), MIEN_EARG);
    f.numbers = 8;
    CHECK_EQ(mien_gallery_attack(g, &f, .3F, &a, &err), MIEN_EARG);
    f.model[5] = 0;
    CHECK_EQ(mien_gallery_attack(g, &f, .3F, &a, &err), MIEN_EARG);
    CHECK_EQ(a.photos, 77);
    mien_gallery_close(g);
    gallery_remove(&m);
}

static void test_memory_ends(void)
{
    made m;
    mien_status st = MIEN_ENOMEM;
    mien_gallery_faces none = {0};
    mien_gallery *g = make_people(&m);
    memcpy(none.model, model_a, sizeof none.model);
    for (int i = 0; st && i < 300; i++) {
        mien_gallery_attacked a = {0};
        mi_alloc_fail_after(i);
        st = mien_gallery_attack(g, &none, .3F, &a, NULL);
        mi_alloc_fail_after(-1);
        CHECK(!st || st == MIEN_ENOMEM);
    }
    CHECK_EQ(st, MIEN_OK);
    mien_gallery_close(g);
    gallery_remove(&m);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_nothing_lies_in_the_open);
    RUN(test_what_was_leaked_is_found);
    RUN(test_a_database_that_leaks);
    RUN(test_what_is_alike_and_what_is_linked);
    RUN(test_photos_name_people);
    RUN(test_memory_ends);
    return check_done();
}
