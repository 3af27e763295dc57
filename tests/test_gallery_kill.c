/* A gallery whose process is killed, whose power is cut and whose disk fails,
 * at any change of a file: what was acknowledged is there, who was erased is
 * not. Fifty kills and cuts, and some places for errors; with TORTURE=1 five
 * hundred, and all places.
 *
 * Not as WebAssembly: SQLite, libsodium and processes. */
#include "tests/gallery_disk.h"
#include "tests/gallery_make.h"

#include <dirent.h>
#include <limits.h>
#include <sys/mman.h>
#include <sys/wait.h>

/* ---- what is known of people --------------------------------------------- */

typedef enum state { NEVER, COMING, THERE, LEAVING, GONE } state;

enum { PEOPLE = 4000, SIGN = 32 };

typedef struct somebody {
    state is;
    int64_t id;
    int renamed, renaming; /* how often; 1: may be once more */
    int days;              /* the last day on which it holds; 0: for long */
    int erased;            /* 1: by a call that succeeded */
    int signs;             /* bytes that are in the files as long as they are */
    uint8_t sign[3][SIGN];
} somebody;

/* Shared by the process that tells and the one that dies. */
typedef struct known {
    int n;
    int key, rekeying; /* which key file opens it; 1: or the other */
    int ended;         /* the session came to its end */
    int wrong;         /* erased people found, in the session */
    long changes;
    somebody who[PEOPLE];
} known;

static known *share(void)
{
    known *k = mmap(NULL, sizeof *k, PROT_READ | PROT_WRITE,
                    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CHECK(k != MAP_FAILED);
    return k;
}

static mien_gallery_key key_file(int which)
{
    static uint8_t file[2][40] = {"a key file that only this test has.....",
                                  "and another, for whom the first is old."};
    return (mien_gallery_key){.file = {file[which], sizeof file[which]}};
}

static void name_of(int i, int renamed, char out[MIEN_GALLERY_NAME])
{
    snprintf(out, MIEN_GALLERY_NAME, "Person %d.%d", i, renamed);
}

/* The clock of a day of the story. */
static int64_t noon(int day) { return GALLERY_NOW + INT64_C(86400) * day; }

/* ---- what a process does ------------------------------------------------- */

static void come(mien_gallery *g, known *k, int days)
{
    char name[MIEN_GALLERY_NAME], expiry[11] = "2199-01-01";
    int i = k->n++;
    somebody *s = &k->who[i];
    name_of(i, 0, name);
    if (days)
        mien_day_add("2026-11-29", days, expiry);
    s->days = days;
    s->is = COMING;
    mien_status st =
        gallery_enroll(g, name, (unsigned)i, "door", expiry, &s->id, NULL);
    if (!st)
        s->is = THERE;
    else if (disk.fault != DISK_FAILS) /* then it is not known */
        s->is = NEVER;
}

static void leave(mien_gallery *g, known *k, int i)
{
    somebody *s = &k->who[i];
    mien_error err = {0};
    s->is = LEAVING;
    s->erased = !mien_gallery_withdraw(g, s->id, NULL, &err);
    if (s->erased || strstr(err.text, "is destroyed"))
        s->is = GONE;
    float row[NUMBERS];
    mien_gallery_faces f = {1, NUMBERS, row, ""};
    mien_gallery_match m = {0};
    memcpy(f.model, model_a, sizeof f.model);
    gallery_face((unsigned)i, 3, row);
    if (!mien_gallery_search(g, "door", &f, .3f, &m, NULL) && s->is == GONE)
        k->wrong += m.person != NULL;
}

static void be_renamed(mien_gallery *g, known *k, int i)
{
    char name[MIEN_GALLERY_NAME];
    somebody *s = &k->who[i];
    name_of(i, s->renamed + 1, name);
    s->renaming = 1;
    if (mien_gallery_rename(g, s->id, name, NULL))
        return;
    s->renamed++;
    s->renaming = 0;
}

static void be_rekeyed(mien_gallery *g, known *k)
{
    mien_gallery_key key = key_file(!k->key);
    k->rekeying = 1;
    if (mien_gallery_rekey(g, &key, NULL))
        return;
    k->key = !k->key;
    k->rekeying = 0;
}

/* Somebody who is there for long; -1: nobody is. */
static int draw(const known *k, unsigned *seed)
{
    int from = k->n ? (int)(check_rand(seed) % (unsigned)k->n) : 0;
    for (int i = 0; i < k->n; i++) {
        const somebody *s = &k->who[(from + i) % k->n];
        if (s->is == THERE && !s->days && !s->renaming)
            return (from + i) % k->n;
    }
    return -1;
}

/* A gallery that people come to and leave, on one day. */
static void session(made *m, known *k, int day, unsigned seed)
{
    mien_gallery *g = NULL;
    mien_gallery_key key = key_file(k->key);
    int who;
    if (mien_gallery_open(m->path, &key, noon(day), NULL, &g, NULL))
        return;
    come(g, k, 0);
    if ((who = draw(k, &seed)) >= 0)
        leave(g, k, who);
    if ((who = draw(k, &seed)) >= 0)
        be_renamed(g, k, who);
    come(g, k, day + 1);
    come(g, k, 0);
    if (seed % 3 == 0)
        be_rekeyed(g, k);
    if ((who = draw(k, &seed)) >= 0)
        leave(g, k, who);
    if (seed % 2)
        mien_gallery_close(g);
    k->ended = 1;
    k->changes = disk.count;
}

/* Let a process of its own do it on a disk that fails; 1: it was killed. */
static int die(made *m, known *k, int day, disk_fault fault, long at,
               unsigned seed)
{
    int status = 0;
    k->ended = 0;
    pid_t child = fork();
    if (child == 0) {
        disk_set(fault, at, seed);
        session(m, k, day, seed);
        _exit(0);
    }
    CHECK(child > 0 && waitpid(child, &status, 0) == child);
    int killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
    CHECK_MSG(killed || (WIFEXITED(status) && !WEXITSTATUS(status)),
              "status %d at change %ld, fault %d", status, at, (int)fault);
    return killed;
}

/* ---- what must hold then ------------------------------------------------- */

/* In how many files of the folder bytes stand. */
static int files_with(const made *m, const uint8_t *bytes, size_t n)
{
    DIR *d = opendir(m->folder);
    int found = 0;
    for (struct dirent *e; (e = readdir(d)) != NULL;) {
        char path[400];
        snprintf(path, sizeof path, "%s/%s", m->folder, e->d_name);
        FILE *f = *e->d_name == '.' ? NULL : fopen(path, "rb");
        if (!f)
            continue;
        uint8_t *all = malloc(1 << 23);
        size_t size = fread(all, 1, 1 << 23, f);
        fclose(f);
        found += memmem(all, size, bytes, n) != NULL;
        free(all);
    }
    closedir(d);
    return found;
}

/* Nothing of who is gone is in a file; opened 0: of whose erasing succeeded. */
static void check_bytes(const made *m, known *k, int opened, const char *when)
{
    for (int i = 0; i < k->n; i++) {
        const somebody *s = &k->who[i];
        int gone = s->is == GONE && (opened || s->erased);
        for (int j = 0; gone && j < s->signs; j++)
            CHECK_MSG(files_with(m, s->sign[j], SIGN) == 0,
                      "%s: sign %d of person %d is in a file, %d", when, j, i,
                      opened);
    }
}

/* Look up bytes of a person. */
static void take_sign(sqlite3 *db, const char *sql, somebody *s)
{
    sqlite3_stmt *q = NULL;
    CHECK_EQ(sqlite3_prepare_v2(db, sql, -1, &q, NULL), SQLITE_OK);
    sqlite3_bind_int64(q, 1, s->id);
    if (sqlite3_step(q) == SQLITE_ROW && sqlite3_column_bytes(q, 0) >= SIGN)
        memcpy(s->sign[s->signs++], sqlite3_column_blob(q, 0), SIGN);
    else
        CHECK_MSG(0, "%s: person %lld", sql, (long long)s->id);
    sqlite3_finalize(q);
}

/* SQLite finds a file whole; the bytes of who is there are noted. */
static void check_file(const char *path, const char *const sql[], known *k)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *q = NULL;
    CHECK_EQ(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL), 0);
    CHECK_EQ(sqlite3_prepare_v2(db, "PRAGMA integrity_check", -1, &q, NULL), 0);
    CHECK(sqlite3_step(q) == SQLITE_ROW &&
          !strcmp((const char *)sqlite3_column_text(q, 0), "ok"));
    sqlite3_finalize(q);
    for (int i = 0; i < k->n; i++)
        for (int j = 0; k->who[i].is == THERE && sql[j]; j++)
            take_sign(db, sql[j], &k->who[i]);
    CHECK_EQ(sqlite3_close(db), SQLITE_OK);
}

static void check_files(const made *m, known *k)
{
    static const char *const data[] = {
        "SELECT sealed FROM person WHERE id = ?",
        "SELECT sealed FROM face WHERE person = ? LIMIT 1", NULL};
    static const char *const keys[] = {
        "SELECT sealed FROM key WHERE person = ?", NULL};
    char path[80];
    for (int i = 0; i < k->n; i++)
        k->who[i].signs = 0;
    snprintf(path, sizeof path, "%s-keys", m->path);
    check_file(m->path, data, k);
    check_file(path, keys, k);
}

/* Whether somebody is there, whose state is told then. */
static void check_person(mien_gallery *g, somebody *s, int i, int day,
                         const char *when)
{
    char name[MIEN_GALLERY_NAME];
    state was = s->is;
    name_of(i, s->renamed, name);
    const mien_gallery_person *p = mien_gallery_find(g, name);
    if (!p && s->renaming) {
        name_of(i, s->renamed + 1, name);
        p = mien_gallery_find(g, name);
        s->renamed += p != NULL;
    }
    s->renaming = 0;
    int over = s->days && s->days < day;
    if (was == THERE && !over)
        CHECK_MSG(p && p->id == s->id, "%s: person %d is lost", when, i);
    if (was == NEVER || was == GONE || over)
        CHECK_MSG(!p, "%s: person %d, %s, is there", when, i,
                  was == NEVER ? "whose enrolment failed" : "erased");
    if (was != NEVER)
        s->is = p ? THERE : GONE;
    if (p)
        s->id = p->id;
    mien_gallery_match match = gallery_search(g, (unsigned)i, "door");
    CHECK_MSG(match.person == p, "%s: person %d: another is found", when, i);
}

/* Open the gallery on a disk that is good again, and look at all that is known.
 */
static void check_all(made *m, known *k, int day, const char *when)
{
    mien_gallery *g = NULL;
    mien_gallery_opened found = {0};
    mien_gallery_key key = key_file(k->key);
    mien_error err = {0};
    int64_t last = 0;
    check_bytes(m, k, 0, when);
    mien_status st =
        mien_gallery_open(m->path, &key, noon(day), &found, &g, &err);
    if (st == MIEN_EARG && k->rekeying) {
        k->key = !k->key;
        key = key_file(k->key);
        st = mien_gallery_open(m->path, &key, noon(day), &found, &g, &err);
    }
    k->rekeying = 0;
    CHECK_MSG(!st, "%s: %s", when, err.text);
    if (st)
        return;
    int there = 0;
    for (int i = 0; i < k->n; i++) {
        somebody *s = &k->who[i];
        if (s->is == GONE && !s->signs)
            continue; /* was looked at */
        check_person(g, s, i, day, when);
        there += s->is == THERE;
    }
    CHECK_MSG(mien_gallery_count(g) == there, "%s: %d people, not %d", when,
              mien_gallery_count(g), there);
    CHECK_MSG(k->wrong == 0, "%s: %d erased people were found", when, k->wrong);
    check_bytes(m, k, 1, when);
    CHECK_MSG(!mien_gallery_log(g, NULL, NULL, &last, &err), "%s: %s", when,
              err.text);
    mien_gallery_close(g);
    check_bytes(m, k, 1, when);
    check_files(m, k);
}

/* ---- kills and cuts ------------------------------------------------------ */

static int torture(void) { return getenv("TORTURE") != NULL; }

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
        long at = 1 + check_rand(&seed) % 90;
        snprintf(when, sizeof when, "day %d, fault %d at %ld", i, (int)fault,
                 at);
        killed += die(&m, k, i, fault, at, check_rand(&seed));
        check_all(&m, k, i, when);
    }
    CHECK_MSG(killed * 4 >= rounds * 3, "%d of %d were killed", killed, rounds);
    gallery_remove(&m);
    munmap(k, sizeof *k);
}

/* ---- a disk that fails --------------------------------------------------- */

/* A gallery with people, in a folder of which copies are made. */
static void make_first(made *m, known *k)
{
    gallery_make(m);
    mien_gallery *g = gallery_open(m);
    for (int i = 0; i < 4; i++)
        come(g, k, i == 3 ? 1 : 0);
    mien_gallery_close(g);
    check_files(m, k);
}

static void copy_folder(const made *from, made *to)
{
    char command[120];
    *to = *from;
    snprintf(to->folder, sizeof to->folder, "%s", "/tmp/mien-gallery-XXXXXX");
    CHECK(mkdtemp(to->folder) != NULL);
    snprintf(to->path, sizeof to->path, "%s/people.db", to->folder);
    snprintf(command, sizeof command, "cp %s/* %s/", from->folder, to->folder);
    CHECK_EQ(system(command), 0);
}

/* The same session from the same beginning, for each change that it makes. */
static void test_every_change_may_fail(disk_fault fault)
{
    made first;
    known *before = share(), *k = share();
    int step = torture() || fault == DISK_FAILS_AND_DIES ? 1 : 5, ended = 0;
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

/* ---- restoring ----------------------------------------------------------- */

/* A gallery, a copy of it in its folder's name with .copy, and what happened
 * since: person 0 was renamed, 1 erased, 4 came; the process died then. */
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
    int step = torture() ? 1 : 5, ended = 0;
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
    RUN(test_restoring, DISK_FAILS_ONCE);
    RUN(test_restoring, DISK_FAILS);
    RUN(test_restoring, DISK_KILLED);
    RUN(test_restoring, DISK_CUT);
    return check_done();
}
