/* Galleries that are deleted: no file and no byte is left, whatever is killed,
 * cut or fails in between, and no copy comes back.
 *
 * Not as WebAssembly: SQLite, libsodium and processes. */
#include "base/alloc.h"
#include "mien/gallery_attack.h"
#include "mien/gallery_delete.h"
#include "mien/gallery_evidence.h"
#include "mien/gallery_inferred.h"
#include "mien/gallery_negative.h"
#include "tests/gallery_disk.h"
#include "tests/gallery_rows.h"

#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>

static const char *const names[] = {"Ada Lovelace", "Bob Moore", "Cy Young"};
enum { SIGN = 32, SIGNS = 40 };

/* Enrol three people, each with all that can be kept of somebody. */
static void fill(mien_gallery *g)
{
    for (unsigned i = 0; i < 3; i++) {
        int64_t id = 0;
        float row[NUMBERS];
        const mien_gallery_file form = {"form.pdf",
                                        {(uint8_t *)"signed by hand", 14}};
        const mien_gallery_inference in = {
            "p.csv", model_a, model_a, "", {(uint8_t *)"age 37", 6}};
        mien_gallery_faces f = {1, NUMBERS, row, ""};
        memcpy(f.model, model_a, sizeof f.model);
        gallery_face(i + 100, 1, row);
        CHECK_EQ(gallery_enroll(g, names[i], i, i == 2 ? "canteen" : "door", "",
                                &id, NULL),
                 MIEN_OK);
        CHECK_EQ(mien_gallery_add_evidence(g, id, &form, NULL, NULL), MIEN_OK);
        CHECK_EQ(mien_gallery_add_inferred(g, id, &in, NULL, NULL), MIEN_OK);
        CHECK_EQ(mien_gallery_add_negative(g, id, &f, NULL, NULL), MIEN_OK);
    }
}

/* ---- what is left -------------------------------------------------------- */

/* How many files of the folder have names that begin so. */
static int count_files(const made *m, const char *name)
{
    DIR *d = opendir(m->folder);
    int n = 0;
    for (struct dirent *e; (e = readdir(d)) != NULL;)
        n += strncmp(e->d_name, name, strlen(name)) == 0;
    closedir(d);
    return n;
}

/* Bytes that are in the files as long as the gallery is: sealed keys first. */
typedef struct signs {
    int n, keys;
    uint8_t sign[SIGNS][SIGN];
} signs;

static void take_signs(signs *s, const char *path, const char *sql)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *q = NULL;
    CHECK_EQ(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), 0);
    CHECK_EQ(sqlite3_prepare_v2(db, sql, -1, &q, NULL), SQLITE_OK);
    while (sqlite3_step(q) == SQLITE_ROW && s->n < SIGNS) {
        CHECK(sqlite3_column_bytes(q, 0) >= SIGN);
        memcpy(s->sign[s->n++], sqlite3_column_blob(q, 0), SIGN);
    }
    sqlite3_finalize(q);
    sqlite3_close(db);
}

static void take_all_signs(const made *m, signs *s)
{
    char keys[80];
    snprintf(keys, sizeof keys, "%s-keys", m->path);
    *s = (signs){0};
    take_signs(s, keys, "SELECT sealed FROM vault");
    take_signs(s, keys, "SELECT recovery FROM vault");
    take_signs(s, keys, "SELECT sealed FROM key");
    s->keys = s->n;
    take_signs(s, m->path, "SELECT sealed FROM person");
    take_signs(s, m->path, "SELECT sealed FROM face");
    take_signs(s, m->path, "SELECT sealed FROM negative");
    take_signs(s, m->path, "SELECT sealed FROM evidence");
    CHECK_EQ(s->keys, 5);
    CHECK_EQ(s->n, 5 + 3 + 6 + 3 + 6);
}

/* How many of the first n are in a file of the folder. */
static int count_signs(const made *m, const signs *s, int n)
{
    int found = 0;
    for (int i = 0; i < n; i++)
        found += gallery_files_with(m, s->sign[i], SIGN) > 0;
    return found;
}

/* ---- the whole ----------------------------------------------------------- */

/* Make it, close it, and note its bytes. */
static void make_full(made *m, signs *s)
{
    gallery_make(m);
    mien_gallery *g = gallery_open(m);
    fill(g);
    mien_gallery_close(g);
    take_all_signs(m, s);
}

/* What a file of a restore that was broken off holds. */
static void leave_file(const made *m, const char *ending, const char *text)
{
    char path[100];
    snprintf(path, sizeof path, "%s%s", m->path, ending);
    FILE *f = fopen(path, "w");
    CHECK(f && fputs(text, f) >= 0 && fclose(f) == 0);
}

static void test_nothing_is_left(void)
{
    made m;
    signs s;
    mien_gallery_deleted d = {0};
    int64_t last = 0;
    make_full(&m, &s);
    CHECK_EQ(count_signs(&m, &s, s.n), s.n);
    leave_file(&m, ".restored", "whoever was in a copy");
    leave_file(&m, ".restored-wal", "and its journal");
    mien_gallery *g = gallery_open(&m);
    leave_file(&m, ".restored", "whoever was in a copy");
    leave_file(&m, "-new", "a creation that was broken off");
    leave_file(&m, "-new-journal", "and its journal");
    CHECK_EQ(mien_gallery_log(g, NULL, NULL, &last, NULL), MIEN_OK);
    CHECK_EQ(mien_gallery_delete(g, &d, NULL), MIEN_OK);
    mien_gallery_close(g);
    CHECK(d.people == 3 && d.faces == 6 && d.evidence == 3 && d.inferred == 3 &&
          d.negatives == 3);
    CHECK(d.entry == last && d.at == GALLERY_NOW && strlen(d.mac) == 64);
    CHECK_EQ(count_files(&m, "people.db"), 0);
    CHECK_EQ(count_signs(&m, &s, s.n), 0);
    gallery_remove(&m);
}

/* The bytes are looked for by the attack of another gallery of the same people,
 * which lies beside it under a shorter name. */
static void test_the_attack_finds_nothing(void)
{
    made m, other;
    signs s;
    mien_gallery_attacked found = {0};
    mien_gallery_deleted d;
    float row[NUMBERS];
    mien_gallery_faces none = {0, NUMBERS, row, ""};
    memcpy(none.model, model_a, sizeof none.model);
    make_full(&m, &s);
    other = m;
    snprintf(other.path, sizeof other.path, "%s/people", m.folder);
    CHECK_EQ(mien_gallery_create(other.path, &other.key, other.recovery, NULL),
             MIEN_OK);
    mien_gallery *g = gallery_open(&m), *with = gallery_open(&other);
    fill(with);
    leave_file(&m, ".restored", "a list: Ada Lovelace, Bob Moore");
    CHECK_EQ(mien_gallery_attack(with, &none, .3f, &found, NULL), MIEN_OK);
    CHECK(found.plain.found == 2 && found.plain.files > 6);
    CHECK_EQ(mien_gallery_delete(g, &d, NULL), MIEN_OK);
    mien_gallery_close(g);
    CHECK_EQ(mien_gallery_attack(with, &none, .3f, &found, NULL), MIEN_OK);
    CHECK(found.plain.found == 0 && found.plain.names == 3 &&
          found.plain.descriptors == 9 && found.plain.evidence == 3);
    mien_gallery_close(with);
    gallery_remove(&m);
}

/* A copy of PEOPLE.db does not come back: without keys, nor with new ones. */
static void test_no_copy_comes_back(void)
{
    made m;
    char copy[80];
    mien_gallery *g = NULL;
    mien_gallery_deleted d;
    mien_gallery_restored r;
    mien_error err = {0};
    gallery_make(&m);
    snprintf(copy, sizeof copy, "%s/copy", m.folder);
    g = gallery_open(&m);
    fill(g);
    CHECK_EQ(mien_gallery_backup(g, copy, NULL), MIEN_OK);
    CHECK_EQ(mien_gallery_delete(g, &d, NULL), MIEN_OK);
    mien_gallery_close(g);
    CHECK_EQ(mien_gallery_open(m.path, &m.key, 0, NULL, &g, &err), MIEN_EIO);
    CHECK(strstr(err.text, "no such file"));
    CHECK_EQ(mien_gallery_restore(m.path, copy, &m.key, 0, &r, &err), MIEN_EIO);
    CHECK(strstr(err.text, "-keys: no such file"));
    CHECK_EQ(mien_gallery_create(m.path, &m.key, m.recovery, NULL), MIEN_OK);
    CHECK_EQ(mien_gallery_restore(m.path, copy, &m.key, 0, &r, &err),
             MIEN_EFORMAT);
    CHECK(strstr(err.text, "another gallery"));
    g = gallery_open(&m);
    CHECK_EQ(mien_gallery_count(g), 0);
    mien_gallery_close(g);
    gallery_remove(&m);
}

static void test_both_keys_open_it(void)
{
    made m, stranger;
    static uint8_t wrong[40] = "not the key file that it was made with";
    gallery_make(&m);
    gallery_make(&stranger);
    mien_gallery *g = gallery_open(&m);
    mien_gallery_key key = {.recovery = m.recovery};
    CHECK_EQ(mien_gallery_opened_by(g, &m.key, NULL), MIEN_OK);
    CHECK_EQ(mien_gallery_opened_by(g, &key, NULL), MIEN_OK);
    key.recovery = stranger.recovery;
    CHECK_EQ(mien_gallery_opened_by(g, &key, NULL), MIEN_EARG);
    key = (mien_gallery_key){.file = {wrong, sizeof wrong}};
    CHECK_EQ(mien_gallery_opened_by(g, &key, NULL), MIEN_EARG);
    fill(g); /* it is usable still */
    mien_gallery_close(g);
    gallery_remove(&m);
    gallery_remove(&stranger);
}

/* The keys' file is there still, which says that the deletion was begun. */
static void check_rest(const made *m)
{
    CHECK(access(m->path, F_OK) != 0 && count_files(m, "people.db-keys") > 0);
}

/* A folder in the place of a file cannot be deleted as one: what is left. */
static void break_off(const made *m, const signs *s)
{
    char path[100];
    mien_gallery_deleted d = {0};
    mien_error err = {0};
    made copy = *m;
    mien_gallery *g = gallery_open(&copy);
    snprintf(path, sizeof path, "%s.restored", m->path);
    CHECK_EQ(mkdir(path, 0700), 0);
    CHECK_EQ(mien_gallery_delete(g, &d, &err), MIEN_EIO);
    CHECK_MSG(strstr(err.text, "keys are destroyed") &&
                  strstr(err.text, "db.restored cannot be deleted"),
              "%s", err.text);
    CHECK(d.destroyed);
    mien_gallery_close(g);
    CHECK_EQ(count_signs(m, s, s->n), 0);
    check_rest(m);
}

static void test_opening_ends_a_deletion(void)
{
    made m;
    signs s;
    mien_gallery *g = NULL;
    mien_gallery_restored r;
    mien_error err = {0};
    char path[100];
    make_full(&m, &s);
    snprintf(path, sizeof path, "%s.restored", m.path);
    break_off(&m, &s);
    CHECK_EQ(mien_gallery_open(m.path, &m.key, 0, NULL, &g, &err), MIEN_EIO);
    CHECK(strstr(err.text, "db.restored cannot be deleted"));
    check_rest(&m);
    CHECK_EQ(mien_gallery_create(m.path, &m.key, m.recovery, &err), MIEN_EIO);
    check_rest(&m);
    CHECK_EQ(rmdir(path), 0);
    /* The key is not needed for it: there is none any more. */
    CHECK_EQ(
        mien_gallery_open(m.path, &(mien_gallery_key){0}, 0, NULL, &g, &err),
        MIEN_EIO);
    CHECK_MSG(strstr(err.text, "was deleted") && strstr(err.text, "is gone"),
              "%s", err.text);
    CHECK_EQ(count_files(&m, "people.db"), 0);
    CHECK_EQ(mien_gallery_open(m.path, &m.key, 0, NULL, &g, &err), MIEN_EIO);
    CHECK(strstr(err.text, "no such file"));
    /* A restore ends it too, and a new gallery may take the place. */
    for (int i = 0; i < 2; i++) {
        CHECK_EQ(mien_gallery_create(m.path, &m.key, m.recovery, NULL),
                 MIEN_OK);
        g = gallery_open(&m);
        fill(g);
        mien_gallery_close(g);
        take_all_signs(&m, &s);
        break_off(&m, &s);
        CHECK_EQ(rmdir(path), 0);
        if (i == 0)
            CHECK_EQ(
                mien_gallery_restore(m.path, "/dev/null", &m.key, 0, &r, &err),
                MIEN_EIO);
        CHECK(i || strstr(err.text, "was deleted"));
    }
    CHECK_EQ(mien_gallery_create(m.path, &m.key, m.recovery, NULL), MIEN_OK);
    g = gallery_open(&m);
    CHECK_EQ(mien_gallery_count(g), 0);
    mien_gallery_close(g);
    gallery_remove(&m);
}

/* The mark of a deletion in a gallery whose keys are there deletes nothing. */
static void test_a_damaged_mark_deletes_nothing(void)
{
    static const char *const changes[] = {
        "UPDATE vault SET begun = 5",
        "UPDATE vault SET begun = 5, generation = generation + 1",
        "UPDATE vault SET begun = 5, recovery = zeroblob(length(recovery))",
        ("UPDATE vault SET begun = 5, recovery = zeroblob(length(recovery));"
         "DELETE FROM key")};
    for (int i = 0; i < 4; i++) {
        made m;
        signs s;
        sqlite3 *db = NULL;
        mien_gallery *g = NULL;
        char keys[80];
        make_full(&m, &s);
        snprintf(keys, sizeof keys, "%s-keys", m.path);
        CHECK_EQ(sqlite3_open_v2(keys, &db, SQLITE_OPEN_READWRITE, NULL), 0);
        CHECK_EQ(sqlite3_exec(db, changes[i], NULL, NULL, NULL), SQLITE_OK);
        sqlite3_close(db);
        /* Without their keys nobody can be read, and all is left alone. */
        CHECK_EQ(mien_gallery_open(m.path, &m.key, GALLERY_NOW, NULL, &g, NULL),
                 i < 3 ? MIEN_OK : MIEN_EFORMAT);
        CHECK(i == 3 || mien_gallery_count(g) == 3);
        CHECK(access(m.path, F_OK) == 0 && access(keys, F_OK) == 0);
        mien_gallery_close(g);
        gallery_remove(&m);
    }
}

/* ---- a disk that fails, a process that dies ------------------------------ */

/* What the process that deletes tells the one that looks. */
typedef struct told {
    int status, destroyed; /* -1: it did not come to an end */
    long changes;
} told;

static void delete_at(made *m, told *t, disk_fault fault, long at)
{
    mien_gallery_deleted d;
    mien_error err = {0};
    mien_gallery *g = gallery_open(m);
    disk_set(fault, at, (unsigned)at);
    t->status = (int)mien_gallery_delete(g, &d, &err);
    t->destroyed = d.destroyed;
    CHECK_EQ(d.destroyed,
             !t->status || strstr(err.text, "are destroyed") != NULL);
    if (t->status && !d.destroyed) /* it is usable, or refuses */
        gallery_search(g, 0, "door");
    mien_gallery_close(g);
    t->changes = disk.count;
}

/* Either all of it is there, or nothing. */
static void check_after(made *m, const signs *s, const told *t,
                        const char *when)
{
    mien_gallery *g = NULL;
    mien_error err = {0};
    if (t->status == 0) {
        CHECK_MSG(!count_files(m, "people.db"), "%s: files are left", when);
        CHECK_MSG(!count_signs(m, s, s->n), "%s: bytes are left", when);
    }
    mien_status st =
        mien_gallery_open(m->path, &m->key, GALLERY_NOW, NULL, &g, &err);
    if (st) {
        CHECK_MSG(st == MIEN_EIO && (strstr(err.text, "was deleted") ||
                                     strstr(err.text, "no such file")),
                  "%s: %s", when, err.text);
        CHECK_MSG(!count_files(m, "people.db"), "%s: files are left", when);
        CHECK_MSG(!count_signs(m, s, s->n), "%s: bytes are left", when);
        return;
    }
    CHECK_MSG(!t->destroyed || t->status < 0, "%s: it is there", when);
    CHECK_MSG(mien_gallery_count(g) == 3, "%s: %d people", when,
              mien_gallery_count(g));
    CHECK_MSG(gallery_search(g, 0, "door").person != NULL, "%s: Ada", when);
    mien_gallery_close(g);
}

static void test_every_change_may_fail(disk_fault fault)
{
    made first;
    signs s;
    int ended = 0, there = 0, gone = 0;
    long at = 1;
    told *t = mmap(NULL, sizeof *t, PROT_READ | PROT_WRITE,
                   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CHECK(t != MAP_FAILED);
    make_full(&first, &s);
    for (; !ended && at < 200 && check_failed < 20; at++) {
        made m;
        char when[60];
        int status = 0;
        copy_folder(&first, &m);
        snprintf(when, sizeof when, "fault %d at %ld", (int)fault, at);
        *t = (told){-1, 0, 0};
        pid_t child = fork();
        if (child == 0) {
            delete_at(&m, t, fault, at);
            _exit(0);
        }
        CHECK(child > 0 && waitpid(child, &status, 0) == child);
        ended = t->status == 0 && t->changes < at;
        check_after(&m, &s, t, when);
        there += access(m.path, F_OK) == 0;
        gone += access(m.path, F_OK) != 0;
        gallery_remove(&m);
    }
    CHECK_MSG(ended && there > 0 && gone > 0, "fault %d: %d there, %d gone",
              (int)fault, there, gone);
    printf("fault %d: %ld changes; %d times there, %d times gone\n", (int)fault,
           at - 2, there, gone);
    gallery_remove(&first);
    munmap(t, sizeof *t);
}

static void test_memory_ends(void)
{
    made first;
    signs s;
    mien_status st = MIEN_ENOMEM;
    make_full(&first, &s);
    for (int i = 0; st && i < 200; i++) {
        made m;
        told t = {0};
        mien_gallery_deleted d;
        mien_error err = {0};
        char when[40];
        copy_folder(&first, &m);
        mien_gallery *g = gallery_open(&m);
        mi_alloc_fail_after(i);
        st = mien_gallery_delete(g, &d, &err);
        mi_alloc_fail_after(-1);
        mien_gallery_close(g);
        CHECK(!st || st == MIEN_ENOMEM);
        snprintf(when, sizeof when, "allocation %d", i);
        t.status = (int)st;
        t.destroyed = d.destroyed;
        check_after(&m, &s, &t, when);
        gallery_remove(&m);
    }
    CHECK_EQ(st, MIEN_OK);
    gallery_remove(&first);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    disk_start();
    RUN(test_nothing_is_left);
    RUN(test_the_attack_finds_nothing);
    RUN(test_no_copy_comes_back);
    RUN(test_both_keys_open_it);
    RUN(test_opening_ends_a_deletion);
    RUN(test_a_damaged_mark_deletes_nothing);
    for (disk_fault f = DISK_FAILS_ONCE; f <= DISK_CUT; f++)
        RUN(test_every_change_may_fail, f);
    RUN(test_memory_ends);
    return check_done();
}
