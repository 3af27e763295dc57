/* Galleries made, copied and restored, on a disk that fails, and by processes
 * that are killed or whose power is cut, at some changes of a file; with
 * TORTURE=1 at all.
 *
 * Not as WebAssembly: SQLite, libsodium and processes. */
#include "tests/gallery_story.h"

#include <sys/stat.h>

/* ---- restoring ----------------------------------------------------------- */

/* A gallery, a copy of it in its folder's name with .copy, and what happened
 * since: person 0 was renamed and got a face, 1 was erased, 2 has a face less,
 * 4 came; the process died then. */
static void make_later(made *m, known *k, char copy[64])
{
    int status = 0;
    snprintf(copy, 64, "%s.copy", m->folder);
    pid_t child = fork();
    if (child == 0) {
        mien_gallery *g = gallery_open(m);
        CHECK_EQ(mien_gallery_backup(g, copy, NULL), MIEN_OK);
        be_renamed(g, k, 0);
        leave(g, k, 1);
        add_face(g, k, 0);
        remove_face(g, k, 2);
        come(g, k, 0);
        disk_set(DISK_KILLED, 4, 0); /* the name is begun, not made */
        be_renamed(g, k, 0);
    }
    CHECK(child > 0 && waitpid(child, &status, 0) == child);
    CHECK(WIFSIGNALED(status) && k->n == 5 && k->who[1].erased);
}

/* Which of two stories the gallery tells, after a restore that returned st, or
 * was killed. */
static void check_restored(made *m, const known *later, int killed, int st,
                           const char *when)
{
    known *k = share();
    mien_gallery *g = NULL;
    mien_error err = {0};
    *k = *later;
    mien_gallery_key key = key_file(0);
    CHECK_MSG(!mien_gallery_open(m->path, &key, noon(0), NULL, &g, &err),
              "%s: %s", when, err.text);
    int restored = g && !mien_gallery_find(g, "Person 4.0");
    mien_gallery_close(g);
    CHECK_MSG(killed || restored == (st == 0), "%s: status %d, and %d", when,
              st, restored);
    if (restored) {
        k->who[0].renamed = k->who[0].renaming = 0;
        k->who[0].face = NEVER;
        k->who[4].is = NEVER; /* of whom the copy did not know */
    }
    check_all(m, k, 0, when);
    munmap(k, sizeof *k);
}

static void test_restoring(disk_fault fault)
{
    made first;
    known *later = share();
    char copy[64];
    int step = torture() ? 1 : 10, ended = 0;
    volatile int *st = &later->ended;
    make_first(&first, later);
    make_later(&first, later, copy);
    for (long at = 1; !ended && at < 1000 && check_failed < 20; at += step) {
        made m;
        char when[60];
        int status = 0;
        copy_folder(&first, &m);
        snprintf(when, sizeof when, "restore, fault %d at %ld", (int)fault, at);
        pid_t child = fork();
        if (child == 0) {
            mien_gallery_restored out;
            mien_gallery_key key = key_file(0);
            disk_set(fault, at, (unsigned)at);
            *st = mien_gallery_restore(m.path, copy, &key, noon(0), &out, NULL);
            later->changes = disk.count;
            _exit(0);
        }
        CHECK(child > 0 && waitpid(child, &status, 0) == child);
        int killed = WIFSIGNALED(status);
        ended = !killed && later->changes < at;
        check_restored(&m, later, killed, *st, when);
        gallery_remove(&m);
    }
    CHECK(ended || check_failed);
    unlink(copy);
    gallery_remove(&first);
    munmap(later, sizeof *later);
}

/* ---- making and copying -------------------------------------------------- */

/* A creation that was broken off leaves a gallery, or nothing that stands in
 * the way of the next. */
static void test_creating(disk_fault fault)
{
    known *k = share();
    int ended = 0, step = torture() ? 1 : 10;
    volatile int *st = &k->ended;
    for (long at = 1; !ended && at < 200 && check_failed < 20; at += step) {
        made m;
        int status = 0;
        mien_error err = {0};
        gallery_make(&m);
        gallery_remove(&m);
        CHECK(mkdir(m.folder, 0700) == 0);
        pid_t child = fork();
        if (child == 0) {
            disk_set(fault, at, (unsigned)at);
            *st = gallery_create(&m, m.recovery, NULL);
            k->changes = disk.count;
            _exit(0);
        }
        CHECK(child > 0 && waitpid(child, &status, 0) == child);
        ended = !WIFSIGNALED(status) && k->changes < at;
        int there = access(m.path, F_OK) == 0;
        CHECK_MSG(there || WIFSIGNALED(status) || *st, "at %ld", at);
        if (!there)
            CHECK_MSG(!gallery_create(&m, m.recovery, &err),
                      "fault %d at %ld: %s", (int)fault, at, err.text);
        mien_gallery_close(gallery_open(&m));
        CHECK_EQ(gallery_create(&m, m.recovery, NULL), MIEN_EIO);
        gallery_remove(&m);
    }
    CHECK(ended || check_failed);
    munmap(k, sizeof *k);
}

/* Keys of people whose data is lost are no broken creation. */
static void test_keys_of_people_are_not_replaced(void)
{
    made m;
    char copy[64], recovery[MIEN_GALLERY_RECOVERY];
    mien_gallery_restored out;
    known *k = share();
    make_first(&m, k);
    snprintf(copy, sizeof copy, "%s.copy", m.folder);
    mien_gallery *g = gallery_open(&m);
    CHECK_EQ(mien_gallery_backup(g, copy, NULL), MIEN_OK);
    mien_gallery_close(g);
    CHECK(unlink(m.path) == 0);
    CHECK_EQ(gallery_create(&m, recovery, NULL), MIEN_EIO);
    CHECK_EQ(mien_gallery_restore(m.path, copy, &m.key, noon(0), &out, NULL),
             MIEN_OK);
    check_all(&m, k, 0, "keys alone");
    unlink(copy);
    gallery_remove(&m);
    munmap(k, sizeof *k);
}

/* A copy that was broken off is none, and the next one is whole. */
static void test_backing_up(disk_fault fault)
{
    made first;
    known *k = share();
    char copy[64];
    int ended = 0, step = torture() ? 1 : 10;
    make_first(&first, k);
    snprintf(copy, sizeof copy, "%s.copy", first.folder);
    for (long at = 1; !ended && at < 200 && check_failed < 20; at += step) {
        int status = 0;
        mien_error err = {0};
        mien_gallery_restored out = {0};
        pid_t child = fork();
        if (child == 0) {
            mien_gallery *g = gallery_open(&first);
            disk_set(fault, at, (unsigned)at);
            mien_status st = mien_gallery_backup(g, copy, NULL);
            k->changes = disk.count;
            _exit(st != MIEN_OK);
        }
        CHECK(child > 0 && waitpid(child, &status, 0) == child);
        ended = !WIFSIGNALED(status) && k->changes < at;
        mien_gallery *g = gallery_open(&first);
        if (access(copy, F_OK) != 0)
            CHECK_MSG(!mien_gallery_backup(g, copy, &err), "%s", err.text);
        mien_gallery_close(g);
        CHECK_MSG(!mien_gallery_restore(first.path, copy, &first.key, noon(0),
                                        &out, &err),
                  "fault %d at %ld: %s", (int)fault, at, err.text);
        CHECK_EQ(out.people, 4);
        CHECK(unlink(copy) == 0);
    }
    check_all(&first, k, 0, "copies");
    CHECK(ended || check_failed);
    gallery_remove(&first);
    munmap(k, sizeof *k);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    disk_start();
    RUN(test_restoring, DISK_FAILS_ONCE);
    RUN(test_restoring, DISK_FAILS);
    RUN(test_restoring, DISK_KILLED);
    RUN(test_restoring, DISK_CUT);
    RUN(test_creating, DISK_KILLED);
    RUN(test_creating, DISK_CUT);
    RUN(test_creating, DISK_FAILS_ONCE);
    RUN(test_creating, DISK_FAILS);
    RUN(test_keys_of_people_are_not_replaced);
    RUN(test_backing_up, DISK_KILLED);
    RUN(test_backing_up, DISK_CUT);
    RUN(test_backing_up, DISK_FAILS);
    return check_done();
}
