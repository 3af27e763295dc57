/* A gallery whose process is killed, whose power is cut and whose disk fails,
 * at any change of a file: what was acknowledged is there, who was erased is
 * not. Fifty kills and cuts, and some places for errors; with TORTURE=1 five
 * hundred, and all places.
 *
 * Not as WebAssembly: SQLite, libsodium and processes. */
#include "tests/gallery_story.h"

/* ---- kills and cuts ------------------------------------------------------ */

/* One gallery that lives through it all, a day a kill. */
static void test_killed(disk_fault fault)
{
    made m;
    known *k = share();
    unsigned seed = 5 + (unsigned)fault;
    int rounds = torture() ? 500 : 50, killed = 0;
    gallery_make(&m);
    for (int i = 0; i < rounds && check_failed < 20; i++) {
        char when[40];
        long at = 1 + check_rand(&seed) % 130;
        snprintf(when, sizeof when, "day %d, fault %d at %ld", i, (int)fault,
                 at);
        killed += die(&m, k, i, fault, at, check_rand(&seed));
        check_all(&m, k, i, when);
    }
    CHECK_MSG(killed * 4 >= rounds * 3, "%d of %d were killed", killed, rounds);
    gallery_remove(&m);
    munmap(k, sizeof *k);
}

/* ---- a disk that fails -----------------------------------------------------
 */

/* The same session from the same beginning, for each change that it makes. */
static void test_every_change_may_fail(disk_fault fault)
{
    made first;
    known *before = share(), *k = share();
    int step = torture() ? 1 : fault == DISK_FAILS_AND_DIES ? 3 : 10, ended = 0;
    unsigned seed = 9;
    make_first(&first, before);
    for (long at = 1; !ended && at < 2000 && check_failed < 20; at += step) {
        made m;
        char when[40];
        copy_folder(&first, &m);
        *k = *before;
        snprintf(when, sizeof when, "fault %d at %ld", (int)fault, at);
        /* With another key file and not, closed and not, in turn. */
        die(&m, k, 2, fault, at, check_rand(&seed));
        ended = k->ended && k->changes < at;
        check_all(&m, k, 2, when);
        gallery_remove(&m);
    }
    CHECK(ended || check_failed);
    gallery_remove(&first);
    munmap(k, sizeof *k);
    munmap(before, sizeof *before);
}

/* ---- behind an erasure --------------------------------------------------- */

/* Erase somebody; the power goes at the next change. */
static void erase_last(made *m, known *k, unsigned seed)
{
    mien_gallery *g = NULL;
    mien_gallery_key key = key_file(k->key);
    somebody *s = &k->who[seed % 3];
    disk_set(DISK_CUT, LONG_MAX, seed);
    if (mien_gallery_open(m->path, &key, noon(0), NULL, &g, NULL))
        return;
    be_renamed(g, k, 3); /* the page that all are on stands in the journal */
    s->is = LEAVING;
    s->erased = !mien_gallery_withdraw(g, s->id, NULL, NULL);
    s->is = s->erased ? GONE : THERE;
    disk.at = disk.count + 1;
    be_renamed(g, k, 3);
}

static void test_a_cut_behind_an_erasure(void)
{
    made first;
    known *before = share(), *k = share();
    make_first(&first, before);
    for (unsigned seed = 0; seed < 8; seed++) {
        made m;
        int status = 0;
        copy_folder(&first, &m);
        *k = *before;
        pid_t child = fork();
        if (child == 0) {
            erase_last(&m, k, seed);
            _exit(0);
        }
        CHECK(child > 0 && waitpid(child, &status, 0) == child);
        CHECK(WIFSIGNALED(status) && k->who[seed % 3].erased);
        check_all(&m, k, 0, "behind an erasure");
        gallery_remove(&m);
    }
    gallery_remove(&first);
    munmap(k, sizeof *k);
    munmap(before, sizeof *before);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    disk_start();
    RUN(test_killed, DISK_KILLED);
    RUN(test_killed, DISK_CUT);
    RUN(test_a_cut_behind_an_erasure);
    RUN(test_every_change_may_fail, DISK_FAILS_ONCE);
    RUN(test_every_change_may_fail, DISK_FAILS);
    RUN(test_every_change_may_fail, DISK_FAILS_AND_DIES);
    return check_done();
}
