/* Changes of a gallery that are taken back, and those that are not; killed at
 * any change of a file, a change is made or not, and taken back or not.
 *
 * Not as WebAssembly: SQLite, libsodium and processes. */
#include "base/alloc.h"
#include "tests/gallery_disk.h"
#include "tests/gallery_rows.h"
#include "tests/gallery_state.h"

#include <sys/mman.h>
#include <sys/wait.h>

enum { WHO = 5 };

/* ---- changes ------------------------------------------------------------- */

/* A face of somebody, who is there or not. */
static mien_gallery_faces face_of(unsigned who, unsigned photo, float *row)
{
    mien_gallery_faces f = {1, NUMBERS, row, ""};
    memcpy(f.model, model_a, sizeof f.model);
    gallery_face(who, photo, row);
    return f;
}

static const mien_gallery_file form = {"form", {(uint8_t *)"I agree.", 8}};

/* Each kind of change, by number, on the gallery of make_people. */
enum { CHANGES = 8 };
static mien_status change(mien_gallery *g, int what)
{
    float row[NUMBERS];
    const mien_gallery_faces f = face_of(4, 1, row);
    const mien_gallery_person *ada = mien_gallery_find(g, "Ada");
    const mien_gallery_person *bob = mien_gallery_find(g, "Bob");
    int64_t face = 0;
    for (int64_t i = 0; i < mien_gallery_count_faces(g); i++)
        if (mien_gallery_face_at(g, i).person == ada)
            face = mien_gallery_face_at(g, i).id;
    switch (what) {
    case 0: return mien_gallery_rename(g, ada->id, "Augusta", NULL);
    case 1: return gallery_enroll(g, "Dan", 4, "door", "", NULL, NULL);
    case 2: return mien_gallery_add_faces(g, ada->id, &f, NULL, NULL);
    case 3: return mien_gallery_add_evidence(g, ada->id, &form, NULL, NULL);
    case 4: {
        const mien_gallery_faces other = face_of(1, 3, row);
        return mien_gallery_add_negative(g, ada->id, &other, NULL, NULL);
    }
    case 5: return mien_gallery_merge(g, ada->id, bob->id, NULL);
    case 6: return mien_gallery_split(g, ada->id, "Eve", 1, &face, NULL, NULL);
    default: return mien_gallery_merge(g, bob->id, ada->id, NULL);
    }
}

/* Ada, Bob and Cy, each with two faces; Ada and Bob signed, and somebody is
 * neither. */
static void make_people(made *m)
{
    static const char *const name[] = {"Ada", "Bob", "Cy"};
    float row[NUMBERS];
    gallery_make(m);
    mien_gallery *g = gallery_open(m);
    for (unsigned i = 0; i < 3; i++) {
        int64_t id = 0;
        mien_gallery_faces f = face_of(9, i, row);
        CHECK_EQ(gallery_enroll(g, name[i], i + 1, "door",
                                i == 1 ? "2026-12-05" : "", &id, NULL),
                 MIEN_OK);
        if (i == 2)
            continue;
        CHECK_EQ(mien_gallery_add_evidence(g, id, &form, NULL, NULL), MIEN_OK);
        CHECK_EQ(mien_gallery_add_negative(g, id, &f, NULL, NULL), MIEN_OK);
    }
    mien_gallery_close(g);
}

/* ---- taken back ---------------------------------------------------------- */

/* Each change is taken back, at once and by another process. */
static void test_each_change_is_taken_back(void)
{
    static const mien_gallery_change kind[CHANGES] = {
        MIEN_GALLERY_RENAMED, MIEN_GALLERY_ENROLLED, MIEN_GALLERY_ADDED,
        MIEN_GALLERY_ADDED,   MIEN_GALLERY_ADDED,    MIEN_GALLERY_MERGED,
        MIEN_GALLERY_SPLIT,   MIEN_GALLERY_MERGED};
    for (int what = 0; what < 2 * CHANGES; what++) {
        made m;
        char before[STATE], after[STATE];
        mien_gallery_undone u = {0};
        mien_error err = {0};
        make_people(&m);
        mien_gallery *g = gallery_open(&m);
        state_of(g, WHO, before);
        CHECK_EQ(change(g, what % CHANGES), MIEN_OK);
        state_of(g, WHO, after);
        CHECK_MSG(strcmp(before, after) != 0, "change %d", what);
        if (what >= CHANGES) {
            mien_gallery_close(g);
            g = gallery_open(&m);
        }
        CHECK_MSG(!mien_gallery_undo(g, &u, &err), "%s", err.text);
        CHECK_EQ(u.what, kind[what % CHANGES]);
        CHECK(u.person > 0 && *u.name);
        for (int again = 0; again < 2; again++) {
            state_of(g, WHO, after);
            CHECK_MSG(!strcmp(before, after), "change %d:\n%s\n%s", what,
                      before, after);
            mien_gallery_close(g);
            g = gallery_open(&m);
        }
        mien_gallery_close(g);
        gallery_remove(&m);
    }
}

/* Many changes go back to the beginning, the last one first. */
static void test_the_last_comes_first(void)
{
    made m;
    char state[6][STATE], now[STATE];
    mien_gallery_undone u = {0};
    static const int order[] = {2, 4, 0, 1, 3};
    gallery_make(&m);
    mien_gallery *g = gallery_open(&m);
    CHECK_EQ(mien_gallery_undo(g, &u, NULL), MIEN_OK);
    CHECK_EQ(u.what, MIEN_GALLERY_NOTHING);
    CHECK_EQ(gallery_enroll(g, "Ada", 1, "door", "", NULL, NULL), MIEN_OK);
    CHECK_EQ(gallery_enroll(g, "Bob", 2, "door", "", NULL, NULL), MIEN_OK);
    for (int i = 0; i < 4; i++) {
        state_of(g, WHO, state[i]);
        CHECK_EQ(change(g, order[i]), MIEN_OK);
    }
    for (int i = 3; i >= 0; i--) {
        CHECK_EQ(mien_gallery_undo(g, &u, NULL), MIEN_OK);
        state_of(g, WHO, now);
        CHECK_MSG(!strcmp(now, state[i]), "%d:\n%s\n%s", i, now, state[i]);
    }
    for (int i = 1; i >= 0; i--) {
        CHECK_EQ(mien_gallery_undo(g, &u, NULL), MIEN_OK);
        CHECK(u.what == MIEN_GALLERY_ENROLLED && u.faces == 2);
        CHECK_EQ(mien_gallery_count(g), i);
    }
    CHECK_EQ(mien_gallery_undo(g, &u, NULL), MIEN_OK);
    CHECK_EQ(u.what, MIEN_GALLERY_NOTHING);
    mien_gallery_close(g);
    gallery_remove(&m);
}

/* Sixteen, and no more. */
static void test_how_many(void)
{
    made m;
    int64_t ada = 0;
    char name[40];
    mien_gallery_undone u = {0};
    gallery_make(&m);
    mien_gallery *g = gallery_open(&m);
    CHECK_EQ(gallery_enroll(g, "Ada", 1, "door", "", &ada, NULL), MIEN_OK);
    for (int i = 0; i < MIEN_GALLERY_UNDO + 4; i++) {
        snprintf(name, sizeof name, "Ada %d", i);
        CHECK_EQ(mien_gallery_rename(g, ada, name, NULL), MIEN_OK);
    }
    for (int i = 0; i < MIEN_GALLERY_UNDO; i++)
        CHECK(!mien_gallery_undo(g, &u, NULL) &&
              u.what == MIEN_GALLERY_RENAMED);
    CHECK(!strcmp(mien_gallery_person_at(g, 0)->name, "Ada 3"));
    CHECK_EQ(mien_gallery_undo(g, &u, NULL), MIEN_OK);
    CHECK_EQ(u.what, MIEN_GALLERY_NOTHING);
    mien_gallery_close(g);
    gallery_remove(&m);
}

/* ---- not taken back ------------------------------------------------------ */

/* Rows of undo in the data. */
static int rows(const made *m)
{
    return (int)gallery_number(m, "SELECT count(*) FROM undo");
}

/* Who was withdrawn stays so, with all that could be taken back; what was
 * removed, too; a restored copy has nothing. */
static void test_erasing_is_never_taken_back(void)
{
    made m;
    char copy[80];
    int64_t ada = 0, bob = 0, number[2] = {0};
    float row[2 * NUMBERS];
    mien_gallery_undone u = {0};
    mien_gallery_restored done = {0};
    mien_gallery_faces f = {2, NUMBERS, row, ""};
    gallery_make(&m);
    snprintf(copy, sizeof copy, "%s.copy", m.folder);
    mien_gallery *g = gallery_open(&m);
    memcpy(f.model, model_a, sizeof f.model);
    gallery_face(1, 5, row);
    gallery_face(1, 6, row + NUMBERS);
    CHECK_EQ(gallery_enroll(g, "Ada", 1, "door", "", &ada, NULL), MIEN_OK);
    CHECK_EQ(gallery_enroll(g, "Bob", 2, "door", "", &bob, NULL), MIEN_OK);
    CHECK_EQ(mien_gallery_rename(g, bob, "Robert", NULL), MIEN_OK);
    CHECK_EQ(mien_gallery_add_faces(g, ada, &f, number, NULL), MIEN_OK);
    CHECK_EQ(mien_gallery_remove_face(g, number[0], NULL), MIEN_OK);
    CHECK_EQ(mien_gallery_backup(g, copy, NULL), MIEN_OK);
    CHECK_EQ(rows(&m), 4);
    CHECK_EQ(mien_gallery_withdraw(g, bob, NULL, NULL), MIEN_OK);
    CHECK_EQ(rows(&m), 2);
    CHECK_EQ(mien_gallery_undo(g, &u, NULL), MIEN_OK);
    CHECK(u.what == MIEN_GALLERY_ADDED && u.person == ada && u.faces == 1);
    CHECK(mien_gallery_count(g) == 1 && mien_gallery_count_faces(g) == 2);
    mien_gallery_close(g);
    CHECK_EQ(
        mien_gallery_restore(m.path, copy, &m.key, GALLERY_NOW, &done, NULL),
        MIEN_OK);
    CHECK(done.people == 1 && done.erased == 1 && done.faces == 1);
    CHECK_EQ(rows(&m), 0);
    g = gallery_open(&m);
    CHECK_EQ(mien_gallery_undo(g, &u, NULL), MIEN_OK);
    CHECK_EQ(u.what, MIEN_GALLERY_NOTHING);
    mien_gallery_close(g);
    unlink(copy);
    gallery_remove(&m);
}

/* What is in the way is said, and the change stays; whose end has come is not
 * kept for a merge that may be taken back. */
static void test_what_is_in_the_way(void)
{
    made m;
    int expired = 0;
    mien_gallery_undone u = {0};
    mien_error err = {0};
    make_people(&m);
    mien_gallery *g = gallery_open(&m);
    CHECK_EQ(change(g, 5), MIEN_OK); /* Bob, whose end is 2026-12-05 */
    CHECK_EQ(gallery_enroll(g, "Dan", 4, "door", "", NULL, NULL), MIEN_OK);
    CHECK_EQ(
        mien_gallery_rename(g, mien_gallery_find(g, "Dan")->id, "Bob", NULL),
        MIEN_OK);
    mien_gallery_close(g);
    for (int i = 0; i < 2; i++) { /* the rename and the enrolment */
        g = gallery_open(&m);
        CHECK_EQ(mien_gallery_undo(g, &u, &err), MIEN_OK);
        mien_gallery_close(g);
    }
    g = gallery_open_at(&m, GALLERY_NOW + 7 * 86400, NULL);
    CHECK_EQ(mien_gallery_sweep(g, &expired, NULL), MIEN_OK);
    CHECK_EQ(mien_gallery_undo(g, &u, &err), MIEN_OK);
    CHECK(u.what != MIEN_GALLERY_MERGED && !mien_gallery_find(g, "Bob"));
    mien_gallery_close(g);
    gallery_remove(&m);
}

/* Who asks what is held is told of names that are kept for that. */
static void test_an_export_tells_of_it(void)
{
    made m;
    mien_buffer out = {0};
    make_people(&m);
    mien_gallery *g = gallery_open(&m);
    CHECK_EQ(change(g, 5), MIEN_OK); /* Bob into Ada */
    CHECK_EQ(change(g, 0), MIEN_OK); /* Ada is Augusta */
    CHECK_EQ(
        mien_gallery_export(g, mien_gallery_find(g, "Augusta")->id, &out, NULL),
        MIEN_OK);
    mien_buffer_put(&out, "", 1);
    const char *text = (const char *)out.data;
    CHECK_MSG(strstr(text, "\"Bob\"") && strstr(text, "\"Ada\""), "%s",
              strstr(text, "undo"));
    CHECK(strstr(text, "\"merged\"") && strstr(text, "\"renamed\""));
    CHECK(!strstr(text, "\"Cy\""));
    mien_buffer_free(&out);
    mien_gallery_close(g);
    gallery_remove(&m);
}

static int kinds[2];
static void see(void *arg, const mien_gallery_entry *e)
{
    (void)arg;
    kinds[0] += !strcmp(e->kind, "undone");
    kinds[1] += !strcmp(e->kind, "undone") && strstr(e->detail, "renamed");
}

static void test_the_log_has_it(void)
{
    made m;
    int64_t last = 0;
    mien_gallery_undone u = {0};
    make_people(&m);
    mien_gallery *g = gallery_open(&m);
    /* The last one erases Ada, and with her what the log tells of her. */
    for (int i = 0; i < CHANGES - 1; i++) {
        CHECK_EQ(change(g, i), MIEN_OK);
        CHECK_EQ(mien_gallery_undo(g, &u, NULL), MIEN_OK);
    }
    kinds[0] = kinds[1] = 0;
    CHECK_EQ(mien_gallery_log(g, see, NULL, &last, NULL), MIEN_OK);
    CHECK_EQ(kinds[0], CHANGES - 1);
    CHECK_EQ(kinds[1], 1);
    mien_gallery_close(g);
    gallery_remove(&m);
}

/* ---- broken off ---------------------------------------------------------- */

/* Make a change, or take it back, on a disk that fails; 1: it was killed. */
static int die(const made *m, int what, int undo, disk_fault fault, long at,
               long *changes)
{
    int status = 0;
    pid_t child = fork();
    if (child == 0) {
        mien_gallery *g = NULL;
        mien_gallery_undone u;
        if (mien_gallery_open(m->path, &m->key, GALLERY_NOW, NULL, &g, NULL))
            _exit(1);
        disk_set(fault, at, (unsigned)at);
        mien_status st =
            undo ? mien_gallery_undo(g, &u, NULL) : change(g, what);
        changes[0] = disk.count;
        changes[1] = st;
        _exit(0);
    }
    CHECK(child > 0 && waitpid(child, &status, 0) == child);
    CHECK(WIFSIGNALED(status) || !WEXITSTATUS(status));
    return WIFSIGNALED(status);
}

/* What a gallery holds when it is next opened. */
static void state_at(made *m, char out[STATE])
{
    mien_gallery *g = gallery_open(m);
    *out = 0;
    if (g)
        state_of(g, WHO, out);
    mien_gallery_close(g);
}

/* One change, or the taking back of one: before or behind it, at each change of
 * a file, and what was acknowledged is behind it. */
static void break_off(int what, int undo, disk_fault fault)
{
    made first;
    char before[STATE], after[STATE], now[STATE];
    int ended = 0, step = check_every() * (getenv("TORTURE") ? 1 : 3);
    long *changes = mmap(NULL, 2 * sizeof *changes, PROT_READ | PROT_WRITE,
                         MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    make_people(&first);
    mien_gallery *g = gallery_open(&first);
    state_of(g, WHO, before);
    CHECK_EQ(undo ? change(g, what) : MIEN_OK, MIEN_OK);
    mien_gallery_close(g);
    made m;
    copy_folder(&first, &m);
    g = gallery_open(&m);
    CHECK_EQ(undo ? MIEN_OK : change(g, what), MIEN_OK);
    state_of(g, WHO, after);
    mien_gallery_close(g);
    gallery_remove(&m);
    for (long at = 1; !ended && at < 300 && check_failed < 20; at += step) {
        copy_folder(&first, &m);
        int killed = die(&m, what, undo, fault, at, changes);
        ended = !killed && changes[0] < at;
        state_at(&m, now);
        int made_it = !strcmp(now, undo ? before : after);
        int untouched = !strcmp(now, undo ? after : before);
        CHECK_MSG(made_it || untouched,
                  "change %d, undo %d, fault %d at %ld:"
                  "\n%s",
                  what, undo, (int)fault, at, now);
        CHECK_MSG(killed || changes[1] || made_it,
                  "change %d, undo %d at %ld: what was acknowledged is lost",
                  what, undo, at);
        gallery_remove(&m);
    }
    CHECK(ended || check_failed);
    munmap(changes, 2 * sizeof *changes);
    gallery_remove(&first);
}

static void test_broken_off(disk_fault fault)
{
    for (int what = 0; what < CHANGES - 1; what++)
        for (int undo = 0; undo < 2; undo++)
            break_off(what, undo, fault);
}

/* A face whose removal failed is not forgotten: a copy brings it back. */
static void test_a_removal_that_failed_is_none(void)
{
    made first;
    char copy[80];
    int failed = 0;
    make_people(&first);
    snprintf(copy, sizeof copy, "%s.copy", first.folder);
    mien_gallery *g = gallery_open(&first);
    CHECK_EQ(mien_gallery_backup(g, copy, NULL), MIEN_OK);
    int64_t face = mien_gallery_face_at(g, 0).id;
    mien_gallery_close(g);
    for (long at = 1; at < 40; at++) {
        made m;
        mien_gallery_face f;
        mien_gallery_restored done = {0};
        copy_folder(&first, &m);
        g = gallery_open(&m);
        disk_set(DISK_FAILS_ONCE, at, 0);
        (void)!mien_gallery_remove_face(g, face, NULL);
        disk_set(DISK_GOOD, 0, 0);
        mien_gallery_close(g);
        g = gallery_open(&m);
        int there = mien_gallery_find_face(g, face, &f);
        failed += there;
        mien_gallery_close(g);
        CHECK_EQ(mien_gallery_restore(m.path, copy, &m.key, GALLERY_NOW, &done,
                                      NULL),
                 MIEN_OK);
        CHECK_MSG(done.faces == !there, "%d faces at %ld", done.faces, at);
        gallery_remove(&m);
    }
    CHECK(failed > 3);
    unlink(copy);
    gallery_remove(&first);
}

/* Each allocation fails in turn: taken back, or as it was. */
static void test_memory_ends(void)
{
    for (int what = 0; what < CHANGES; what++) {
        made m;
        char before[STATE], after[STATE], now[STATE];
        mien_status st = MIEN_ENOMEM;
        make_people(&m);
        mien_gallery *g = gallery_open(&m);
        state_of(g, WHO, before);
        CHECK_EQ(change(g, what), MIEN_OK);
        state_of(g, WHO, after);
        int done = 0;
        for (int i = 0; st && !done && i < 400; i++) {
            mien_gallery_undone u = {0};
            mien_error err = {0};
            mi_alloc_fail_after(i);
            st = mien_gallery_undo(g, &u, &err);
            mi_alloc_fail_after(-1);
            CHECK_MSG(!st || st == MIEN_ENOMEM, "%d: %s", i, err.text);
            /* Erasing that began comes to its end when it is opened. */
            mien_gallery_close(g);
            g = gallery_open(&m);
            state_of(g, WHO, now);
            done = !strcmp(now, before);
            CHECK_MSG(done || (st && !strcmp(now, after)),
                      "change %d, allocation %d:\n%s", what, i, now);
        }
        CHECK(done);
        mien_gallery_close(g);
        gallery_remove(&m);
    }
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    disk_start();
    RUN(test_each_change_is_taken_back);
    RUN(test_the_last_comes_first);
    RUN(test_how_many);
    RUN(test_erasing_is_never_taken_back);
    RUN(test_what_is_in_the_way);
    RUN(test_the_log_has_it);
    RUN(test_an_export_tells_of_it);
    RUN(test_memory_ends);
    RUN(test_a_removal_that_failed_is_none);
    RUN(test_broken_off, DISK_KILLED);
    RUN(test_broken_off, DISK_CUT);
    RUN(test_broken_off, DISK_FAILS_ONCE);
    RUN(test_broken_off, DISK_FAILS);
    return check_done();
}
