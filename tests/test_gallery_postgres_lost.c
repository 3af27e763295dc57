/* A gallery whose data are on a server: a connection that is cut, a session
 * that is ended and a client that is killed, before and behind the statements
 * of each change, of opening, restoring and creating.
 *
 * Some statements, and the last, which commits; with TORTURE=1 all.
 *
 * Not as WebAssembly: SQLite, libsodium, processes and a server. */
#include "tests/gallery_server.h"

#include <sys/stat.h>

enum { CHANGES = 6 };

/* A change of each kind; Ada is 1, Bob 2. */
static mien_status change(mien_gallery *g, int what)
{
    float row[NUMBERS];
    mien_gallery_faces f = {1, NUMBERS, row, ""};
    int64_t number = 0;
    memcpy(f.model, model_a, sizeof f.model);
    gallery_face(1, 5, row);
    switch (what) {
    case 0: return gallery_enroll(g, "Cy", 3, "door", "", NULL, NULL);
    case 1: return mien_gallery_rename(g, 1, "Ada Lovelace", NULL);
    case 2: return mien_gallery_add_faces(g, 1, &f, &number, NULL);
    case 3:
        return mien_gallery_remove_face(g, mien_gallery_face_at(g, 0).id, NULL);
    case 4: return mien_gallery_withdraw(g, 1, NULL, NULL);
    default: return mien_gallery_merge(g, 2, 1, NULL);
    }
}

/* What another process does to a gallery. */
typedef mien_status (*deed)(const made *m, int what, wire_fault fault, int at);

/* Do it there; 1: it was killed.
 *
 *   st  what came of it; 99 if that is not known */
static int away(deed act, const made *m, int what, wire_fault fault, int at,
                int *st)
{
    int status = 0;
    int *told = mmap(NULL, sizeof *told, PROT_READ | PROT_WRITE,
                     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    *told = 99;
    pid_t child = fork();
    if (child == 0) {
        line->client = getpid();
        *told = act(m, what, fault, at);
        _exit(0);
    }
    CHECK(child > 0 && waitpid(child, &status, 0) == child);
    line->fault = WIRE_GOOD;
    line->client = 0;
    *st = *told;
    munmap(told, sizeof *told);
    return WIFSIGNALED(status);
}

/* deed: a change, with the wire set when the gallery is open. */
static mien_status do_change(const made *m, int what, wire_fault fault, int at)
{
    mien_gallery *g = NULL;
    if (mien_gallery_open(m->path, &m->key, GALLERY_NOW, NULL, &g, NULL))
        return MIEN_EARG;
    wire_set(line, fault, at);
    mien_status st = change(g, what);
    if (st) /* what failed by that is refused until it is opened again */
        CHECK(mien_gallery_rename(g, 2, "Robert", NULL));
    return st;
}

/* deed: opening, searching and closing. */
static mien_status do_open(const made *m, int what, wire_fault fault, int at)
{
    mien_gallery *g = NULL;
    (void)what;
    wire_set(line, fault, at);
    mien_status st =
        mien_gallery_open(m->path, &m->key, GALLERY_NOW, NULL, &g, NULL);
    mien_gallery_close(g);
    return st;
}

/* deed: a restore of the copy beside the folder. */
static mien_status do_restore(const made *m, int what, wire_fault fault, int at)
{
    char copy[80];
    mien_gallery_restored done;
    (void)what;
    snprintf(copy, sizeof copy, "%s/copy", m->folder);
    wire_set(line, fault, at);
    return mien_gallery_restore(m->path, copy, &m->key, GALLERY_NOW, &done,
                                NULL);
}

/* A deed broken off at each statement in each way: the gallery is as before it
 * or as after it, and as after it if that was said.
 *
 *   decided  1: it is as after it in any case */
static void break_off(const made *first, deed act, int what, int decided)
{
    char before[STATE], after[STATE], now[STATE];
    made m;
    int st, step = check_every() * (getenv("TORTURE") ? 1 : 9), all = 0;
    copy_folder(first, &m);
    state_at(&m, before);
    gallery_remove(&m);
    copy_folder(first, &m);
    CHECK(!away(act, &m, what, WIRE_CUT, 10000, &st) && st == MIEN_OK);
    all = line->count;
    state_at(&m, after);
    gallery_remove(&m);
    CHECK_MSG(all > 2, "%d statements", all);
    for (int f = WIRE_CUT; f < WIRE_FAULTS; f++)
        for (int at = 1; at <= all && check_failed < 20; at++) {
            if ((at + f) % step && at < all - 1)
                continue; /* the last is the commit */
            copy_folder(first, &m);
            int killed = away(act, &m, what, (wire_fault)f, at, &st);
            CHECK_EQ(killed, f == WIRE_KILL || f == WIRE_KILL_ANSWER);
            state_at(&m, now);
            int done = !strcmp(now, after), not_done = !strcmp(now, before);
            CHECK_MSG(done || (not_done && !decided && st != MIEN_OK),
                      "deed %d, fault %d at %d of %d, status %d:\n%s", what, f,
                      at, all, st, now);
            gallery_remove(&m);
        }
}

/* Erasing is decided in the keys, before the server is told. */
static void test_changes_are_whole(int what)
{
    made first;
    gallery_make(&first);
    mien_gallery *g = gallery_open(&first);
    CHECK_EQ(gallery_enroll(g, "Ada", 1, "door", "", NULL, NULL), MIEN_OK);
    CHECK_EQ(gallery_enroll(g, "Bob", 2, "door", "", NULL, NULL), MIEN_OK);
    mien_gallery_close(g);
    break_off(&first, do_change, what, what == 4);
    gallery_remove(&first);
}

/* With an enrolment that was broken off before, which opening takes back. */
static void test_opening_is_whole(void)
{
    made first;
    int st;
    make_with(&first, "Ada", 1);
    CHECK(away(do_change, &first, 0, WIRE_KILL, 3, &st));
    break_off(&first, do_open, 0, 1);
    gallery_remove(&first);
}

static void test_restoring_is_whole(void)
{
    made first;
    char copy[80];
    make_with(&first, "Ada", 1);
    snprintf(copy, sizeof copy, "%s/copy", first.folder);
    mien_gallery *g = gallery_open(&first);
    CHECK_EQ(gallery_enroll(g, "Bob", 2, "door", "", NULL, NULL), MIEN_OK);
    CHECK_EQ(mien_gallery_backup(g, copy, NULL), MIEN_OK);
    CHECK_EQ(mien_gallery_withdraw(g, 1, NULL, NULL), MIEN_OK);
    CHECK_EQ(mien_gallery_rename(g, 2, "Robert", NULL), MIEN_OK);
    mien_gallery_close(g);
    break_off(&first, do_restore, 0, 0);
    gallery_remove(&first);
}

/* deed: a gallery is made. */
static mien_status do_create(const made *m, int what, wire_fault fault, int at)
{
    made own = *m;
    (void)what;
    wire_set(line, fault, at);
    return gallery_create(&own, own.recovery, NULL);
}

/* A creation that was broken off leaves a gallery, or nothing that stands in
 * the way of the next. */
static void test_creating_is_whole(void)
{
    const int step = check_every() * (getenv("TORTURE") ? 1 : 9);
    for (int f = WIRE_CUT; f < WIRE_FAULTS; f++)
        for (int at = 1 + f % step; at < 40 && check_failed < 20; at += step) {
            made m;
            int st;
            gallery_make(&m);
            gallery_remove(&m);
            CHECK(mkdir(m.folder, 0700) == 0);
            away(do_create, &m, 0, (wire_fault)f, at, &st);
            int there = access(m.path, F_OK) == 0;
            CHECK_MSG(there || st != MIEN_OK, "fault %d at %d", f, at);
            if (!there)
                CHECK_MSG(!gallery_create(&m, m.recovery, &err),
                          "fault %d at %d: %s", f, at, err.text);
            mien_gallery_close(gallery_open(&m));
            gallery_remove(&m);
        }
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    if (!server_begin())
        CHECK_SKIP("no server of PostgreSQL");
    for (int what = 0; what < CHANGES; what++)
        RUN(test_changes_are_whole, what);
    RUN(test_opening_is_whole);
    RUN(test_restoring_is_whole);
    RUN(test_creating_is_whole);
    server_end();
    return check_done();
}
