/* Evidence of a gallery: kept, listed, read, erased, carried by a merge; and a
 * gallery of version 1, which has none.
 *
 * Not as WebAssembly: SQLite, libsodium and processes. */
#include "base/alloc.h"
#include "mien/gallery_evidence.h"
#include "mien/gallery_inferred.h"
#include "tests/gallery_disk.h"
#include "tests/gallery_rows.h"

#include <sqlite3.h>
#include <sys/mman.h>
#include <sys/wait.h>

/* A file of n bytes that are anything, the same for the same seed. */
static mien_gallery_file file_of(const char *name, size_t n, unsigned seed)
{
    mien_gallery_file f = {name, {malloc(n + 1), n}};
    for (size_t i = 0; i < n; i++)
        f.bytes.data[i] = (uint8_t)check_rand(&seed);
    return f;
}

/* Whether a file that is kept is the one that was given. */
static int is_same(const mien_gallery *g, int64_t id,
                   const mien_gallery_file *f)
{
    mien_buffer b = {0};
    mien_error err = {0};
    CHECK_MSG(!mien_gallery_read_evidence(g, id, &b, &err), "%s", err.text);
    int same =
        b.n == f->bytes.n && b.data && !memcmp(b.data, f->bytes.data, b.n);
    mien_buffer_free(&b);
    return same;
}

static int count(const mien_gallery *g, int64_t person)
{
    mien_gallery_evidence e[MIEN_GALLERY_MAX_EVIDENCE];
    int n = -1;
    CHECK_EQ(mien_gallery_list_evidence(g, person, &n, e, NULL), MIEN_OK);
    return n;
}

/* Enrol somebody without faces. */
static mien_status enroll(mien_gallery *g, const char *name, int n,
                          const mien_gallery_file *file, int64_t *id,
                          mien_error *err)
{
    mien_gallery_person p = {.basis = {.basis = "consent", .purpose = "door"}};
    snprintf(p.name, sizeof p.name, "%s", name);
    return mien_gallery_enroll_with(g, &p, NULL, n, file, id, err);
}

static void test_evidence_is_kept(void)
{
    made m;
    int64_t ada = 0, more = 0;
    char sha[MIEN_GALLERY_DIGEST];
    mien_gallery_evidence e[MIEN_GALLERY_MAX_EVIDENCE];
    mien_gallery_file f[3] = {file_of("form.pdf", 5000, 1),
                              file_of("", 1, 2), /* no name, one byte */
                              file_of("letter", 3 << 20, 3)};
    int n = 0;
    gallery_make(&m);
    mien_gallery *g = gallery_open(&m);
    CHECK_EQ(enroll(g, "Ada", 2, f, &ada, NULL), MIEN_OK);
    CHECK_EQ(enroll(g, "Bob", 0, NULL, NULL, NULL), MIEN_OK);
    CHECK_EQ(mien_gallery_add_evidence(g, ada, &f[2], &more, NULL), MIEN_OK);
    for (int again = 0; again < 2; again++) {
        CHECK_EQ(mien_gallery_list_evidence(g, ada, &n, e, NULL), MIEN_OK);
        CHECK_EQ(n, 3);
        for (int i = 0; i < n; i++) {
            mien_sha256(f[i].bytes.data, f[i].bytes.n, sha);
            CHECK(!strcmp(e[i].name, f[i].name) && !strcmp(e[i].sha256, sha));
            CHECK(e[i].size == (int64_t)f[i].bytes.n);
            CHECK(!strcmp(e[i].day, "2026-11-29"));
            CHECK(is_same(g, e[i].id, &f[i]));
        }
        CHECK_EQ(e[2].id, more);
        CHECK_EQ(count(g, 2), 0);
        /* None of it is in the files in the open. */
        CHECK_EQ(gallery_files_with(&m, f[0].bytes.data, 24), 0);
        CHECK_EQ(gallery_files_with(&m, f[2].bytes.data + (2 << 20), 24), 0);
        CHECK_EQ(gallery_files_with(&m, "form.pdf", 8), 0);
        mien_gallery_close(g);
        g = gallery_open(&m);
    }
    mien_gallery_close(g);
    for (int i = 0; i < 3; i++)
        free(f[i].bytes.data);
    gallery_remove(&m);
}

static void test_what_is_refused(void)
{
    made m;
    int64_t ada = 0;
    mien_error err = {0};
    mien_buffer b = {0};
    char name[400] = "";
    mien_gallery_file f = file_of("form", 9, 1), all[17];
    mien_gallery_evidence e[MIEN_GALLERY_MAX_EVIDENCE];
    int n = 7;
    gallery_make(&m);
    mien_gallery *g = gallery_open(&m);
    CHECK_EQ(enroll(g, "Ada", 1, &f, &ada, NULL), MIEN_OK);
    CHECK_EQ(mien_gallery_add_evidence(g, 9, &f, NULL, &err), MIEN_EARG);
    CHECK_EQ(mien_gallery_list_evidence(g, 9, &n, e, &err), MIEN_EARG);
    CHECK_EQ(mien_gallery_read_evidence(g, 9, &b, &err), MIEN_EARG);
    CHECK_EQ(mien_gallery_remove_evidence(g, 9, &err), MIEN_EARG);
    f.name = "a\nb";
    CHECK_EQ(mien_gallery_add_evidence(g, ada, &f, NULL, &err), MIEN_EARG);
    memset(name, 'a', 300);
    f.name = name;
    CHECK_EQ(mien_gallery_add_evidence(g, ada, &f, NULL, &err), MIEN_EARG);
    f.name = "form";
    f.bytes.n = 0;
    CHECK_EQ(mien_gallery_add_evidence(g, ada, &f, NULL, &err), MIEN_EARG);
    f.bytes.n = MIEN_GALLERY_MAX_FILE + 1; /* not looked at */
    CHECK_EQ(mien_gallery_add_evidence(g, ada, &f, NULL, &err), MIEN_ELIMIT);
    f.bytes.n = 9;
    for (int i = 0; i < 17; i++)
        all[i] = f;
    CHECK_EQ(enroll(g, "Bob", 17, all, NULL, &err), MIEN_ELIMIT);
    CHECK(!mien_gallery_find(g, "Bob"));
    for (int i = 1; i < MIEN_GALLERY_MAX_EVIDENCE; i++)
        CHECK_EQ(mien_gallery_add_evidence(g, ada, &f, NULL, &err), MIEN_OK);
    CHECK_EQ(mien_gallery_add_evidence(g, ada, &f, NULL, &err), MIEN_ELIMIT);
    CHECK_EQ(count(g, ada), MIEN_GALLERY_MAX_EVIDENCE);
    CHECK_EQ(n, 7);
    mien_gallery_close(g);
    free(f.bytes.data);
    gallery_remove(&m);
}

/* The sealed bytes of a row. */
static void sealed_of(const made *m, int64_t id, uint8_t out[24])
{
    mi_db db = gallery_rows(m);
    gallery_bytes(&db, "SELECT sealed FROM evidence WHERE id = ?", id, out, 24);
    mi_db_close(&db);
}

/* One file goes, then the person: nothing sealed is in a file, the certificate
 * counts, and older copies bring neither back. */
static void test_evidence_is_erased(void)
{
    made m;
    int64_t ada = 0, one = 0, two = 0;
    uint8_t sign[2][24];
    char copy[80];
    mien_gallery_certificate c = {0};
    mien_gallery_restored done = {0};
    mien_gallery_file f = file_of("form", 30000, 1);
    gallery_make(&m);
    snprintf(copy, sizeof copy, "%s.copy", m.folder);
    mien_gallery *g = gallery_open(&m);
    CHECK_EQ(enroll(g, "Ada", 0, NULL, &ada, NULL), MIEN_OK);
    CHECK_EQ(mien_gallery_add_evidence(g, ada, &f, &one, NULL), MIEN_OK);
    CHECK_EQ(mien_gallery_add_evidence(g, ada, &f, &two, NULL), MIEN_OK);
    CHECK(two > one);
    CHECK_EQ(mien_gallery_backup(g, copy, NULL), MIEN_OK);
    sealed_of(&m, one, sign[0]);
    sealed_of(&m, two, sign[1]);
    CHECK((gallery_files_with(&m, sign[0], 24) >= 1) == !gallery_server());
    CHECK_EQ(mien_gallery_remove_evidence(g, one, NULL), MIEN_OK);
    CHECK_EQ(mien_gallery_remove_evidence(g, one, NULL), MIEN_EARG);
    CHECK_EQ(gallery_files_with(&m, sign[0], 24), 0);
    CHECK((gallery_files_with(&m, sign[1], 24) >= 1) == !gallery_server());
    mien_gallery_close(g);
    CHECK_EQ(
        mien_gallery_restore(m.path, copy, &m.key, GALLERY_NOW, &done, NULL),
        MIEN_OK);
    CHECK(done.people == 1 && done.evidence == 1 && done.faces == 0);
    g = gallery_open(&m);
    CHECK_EQ(count(g, ada), 1);
    CHECK(is_same(g, two, &f));
    CHECK_EQ(mien_gallery_withdraw(g, ada, &c, NULL), MIEN_OK);
    CHECK(c.evidence == 1 && c.faces == 0);
    CHECK_EQ(gallery_files_with(&m, sign[1], 24), 0);
    mien_gallery_close(g);
    CHECK_EQ(
        mien_gallery_restore(m.path, copy, &m.key, GALLERY_NOW, &done, NULL),
        MIEN_OK);
    CHECK_EQ(gallery_files_with(&m, sign[1], 24), 0);
    unlink(copy);
    free(f.bytes.data);
    gallery_remove(&m);
}

static void test_a_merge_carries_it_and_a_split_does_not(void)
{
    made m;
    int64_t ada = 0, bob = 0, eve = 0;
    mien_error err = {0};
    mien_gallery_file f[2] = {file_of("a", 40, 1), file_of("b", 50, 2)};
    mien_gallery_evidence e[MIEN_GALLERY_MAX_EVIDENCE];
    int n = 0;
    gallery_make(&m);
    mien_gallery *g = gallery_open(&m);
    CHECK_EQ(gallery_enroll(g, "Ada", 1, "door", "", &ada, NULL), MIEN_OK);
    CHECK_EQ(gallery_enroll(g, "Bob", 2, "door", "", &bob, NULL), MIEN_OK);
    for (int i = 0; i < 2; i++)
        CHECK_EQ(mien_gallery_add_evidence(g, i ? bob : ada, &f[i], NULL, &err),
                 MIEN_OK);
    CHECK_EQ(mien_gallery_merge(g, ada, bob, &err), MIEN_OK);
    for (int again = 0; again < 2; again++) {
        CHECK_EQ(mien_gallery_list_evidence(g, ada, &n, e, NULL), MIEN_OK);
        CHECK(n == 2 && !strcmp(e[1].name, "b"));
        CHECK(is_same(g, e[0].id, &f[0]) && is_same(g, e[1].id, &f[1]));
        mien_gallery_close(g);
        g = gallery_open(&m);
    }
    int64_t face = mien_gallery_face_at(g, 0).id;
    CHECK_EQ(mien_gallery_split(g, ada, "Eve", 1, &face, &eve, &err), MIEN_OK);
    CHECK(count(g, ada) == 2 && count(g, eve) == 0);
    /* Together too many: refused, and nothing changed. */
    for (int i = 0; i < MIEN_GALLERY_MAX_EVIDENCE - 1; i++)
        CHECK_EQ(mien_gallery_add_evidence(g, eve, &f[0], NULL, &err), MIEN_OK);
    CHECK_EQ(mien_gallery_merge(g, ada, eve, &err), MIEN_ELIMIT);
    CHECK(mien_gallery_count(g) == 2 && count(g, ada) == 2);
    mien_gallery_close(g);
    free(f[0].bytes.data);
    free(f[1].bytes.data);
    gallery_remove(&m);
}

static void test_an_export_has_it(void)
{
    made m;
    int64_t ada = 0;
    mien_buffer out = {0};
    mien_gallery_file f = {"form", {(uint8_t *)"light work.", 11}};
    gallery_make(&m);
    mien_gallery *g = gallery_open(&m);
    CHECK_EQ(enroll(g, "Ada", 1, &f, &ada, NULL), MIEN_OK);
    CHECK_EQ(mien_gallery_export(g, ada, &out, NULL), MIEN_OK);
    mien_buffer_put(&out, "", 1);
    const char *text = (const char *)out.data;
    CHECK(strstr(text, "base64,bGlnaHQgd29yay4=\"") != NULL);
    CHECK(strstr(text, "\"size\": 11") && strstr(text, "\"form\""));
    mien_buffer_free(&out);
    mien_gallery_close(g);
    gallery_remove(&m);
}

/* Each allocation fails in turn: all is as before, or as wanted. */
static void test_memory_ends(void)
{
    made m;
    int64_t ada = 0, number = 0;
    mien_gallery_file f = file_of("form", 2000, 1);
    gallery_make(&m);
    mien_gallery *g = gallery_open(&m);
    CHECK_EQ(enroll(g, "Ada", 0, NULL, &ada, NULL), MIEN_OK);
    for (int what = 0; what < 5; what++) {
        mien_status st = MIEN_ENOMEM;
        /* Each export is in the log, which each reads. */
        for (int i = 0; st && i < 900; i += what == 2 ? 9 : 1) {
            mien_buffer b = {0};
            mi_alloc_fail_after(i);
            st = what == 0
                     ? mien_gallery_add_evidence(g, ada, &f, &number, NULL)
                 : what == 1 ? mien_gallery_read_evidence(g, number, &b, NULL)
                 : what == 2 ? mien_gallery_export(g, ada, &b, NULL)
                 : what == 3 ? mien_gallery_remove_evidence(g, number, NULL)
                             : enroll(g, "Bob", 1, &f, NULL, NULL);
            mi_alloc_fail_after(-1);
            mien_buffer_free(&b);
            CHECK(!st || st == MIEN_ENOMEM);
            CHECK_EQ(count(g, ada), what == 0   ? !st
                                    : what == 3 ? st != 0
                                                : what < 3);
        }
        CHECK_EQ(st, MIEN_OK);
    }
    CHECK_EQ(count(g, mien_gallery_find(g, "Bob")->id), 1);
    mien_gallery_close(g);
    free(f.bytes.data);
    gallery_remove(&m);
}

/* ---- galleries of versions 1 and 2 --------------------------------------- */

/* Run SQL on the closed data. */
static void run_sql(const made *m, const char *sql)
{
    sqlite3 *db = NULL;
    char *text = NULL;
    CHECK_EQ(sqlite3_open_v2(m->path, &db, SQLITE_OPEN_READWRITE, NULL), 0);
    CHECK_MSG(sqlite3_exec(db, sql, NULL, NULL, &text) == SQLITE_OK, "%s",
              text);
    sqlite3_free(text);
    sqlite3_close(db);
}

static int version_of(const made *m)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *q = NULL;
    CHECK_EQ(sqlite3_open_v2(m->path, &db, SQLITE_OPEN_READWRITE, NULL), 0);
    CHECK_EQ(sqlite3_prepare_v2(db, "PRAGMA user_version", -1, &q, NULL), 0);
    CHECK_EQ(sqlite3_step(q), SQLITE_ROW);
    int version = sqlite3_column_int(q, 0);
    sqlite3_finalize(q);
    sqlite3_close(db);
    return version;
}

/* A gallery as an earlier version left it, with Ada, and with Bob; of version 2
 * with a form of Ada's. */
static void make_first(made *m, int version)
{
    mien_gallery_file f = {"form", {(uint8_t *)"signed.", 7}};
    gallery_make(m);
    mien_gallery *g = gallery_open(m);
    CHECK_EQ(gallery_enroll(g, "Ada", 1, "door", "", NULL, NULL), MIEN_OK);
    CHECK_EQ(gallery_enroll(g, "Bob", 2, "door", "", NULL, NULL), MIEN_OK);
    if (version == 2)
        CHECK_EQ(mien_gallery_add_evidence(g, 1, &f, NULL, NULL), MIEN_OK);
    mien_gallery_close(g);
    run_sql(m, version == 1 ? "DROP INDEX evidence_person; DROP TABLE evidence;"
                              "PRAGMA user_version = 1"
                            : "ALTER TABLE evidence DROP COLUMN kind;"
                              "PRAGMA user_version = 2");
}

/* Rows of somebody that a model inferred. */
static mien_status add_inferred(mien_gallery *g, int64_t id)
{
    const mien_gallery_inference in = {
        "p.csv", model_a, model_a, "", {(uint8_t *)"1,0.5,1", 7}};
    return mien_gallery_add_inferred(g, id, &in, NULL, NULL);
}

static int inferred(const mien_gallery *g, int64_t id)
{
    mien_gallery_inferred e[MIEN_GALLERY_MAX_INFERRED];
    int n = -1;
    CHECK_EQ(mien_gallery_list_inferred(g, id, &n, e, NULL), MIEN_OK);
    return n;
}

/* Opened it is of version 3, with an entry of the log; a copy of it as it was
 * is refused, and restored; a later version is refused. */
static void test_earlier_versions_are_brought_up(int version)
{
    if (gallery_not_of_files("an earlier version"))
        return;
    int had = version == 2; /* evidence of Ada */
    made m;
    char copy[80], command[200];
    mien_error err = {0};
    mien_gallery *g = NULL;
    mien_gallery_restored done = {0};
    mien_gallery_file f = {"form", {(uint8_t *)"light work.", 11}};
    make_first(&m, version);
    CHECK_EQ(version_of(&m), version);
    snprintf(copy, sizeof copy, "%s.copy", m.folder);
    snprintf(command, sizeof command, "cp %s %s", m.path, copy);
    CHECK_EQ(system(command), 0);
    for (int again = 0; again < 2; again++) {
        g = gallery_open(&m);
        CHECK_EQ(gallery_search(g, 1, "door").person->id, 1);
        CHECK_EQ(mien_gallery_add_evidence(g, 1, &f, NULL, &err), MIEN_OK);
        CHECK_EQ(count(g, 1), had + again + 1);
        CHECK_EQ(inferred(g, 1), again);
        CHECK_EQ(add_inferred(g, 1), MIEN_OK);
        mien_gallery_close(g);
        CHECK_EQ(version_of(&m), 3);
    }
    snprintf(command, sizeof command, "cp %s %s", copy, m.path);
    CHECK_EQ(system(command), 0);
    CHECK_EQ(mien_gallery_open(m.path, &m.key, GALLERY_NOW, NULL, &g, &err),
             MIEN_EFORMAT);
    CHECK_MSG(strstr(err.text, "older copy"), "%s", err.text);
    CHECK_MSG(
        !mien_gallery_restore(m.path, copy, &m.key, GALLERY_NOW, &done, &err),
        "%s", err.text);
    g = gallery_open(&m);
    CHECK(mien_gallery_count(g) == 2 && count(g, 1) == had);
    CHECK_EQ(inferred(g, 1), 0);
    mien_gallery_close(g);
    CHECK_EQ(version_of(&m), 3);
    run_sql(&m, "PRAGMA user_version = 4");
    CHECK_EQ(mien_gallery_open(m.path, &m.key, GALLERY_NOW, NULL, &g, &err),
             MIEN_EFORMAT);
    CHECK_MSG(strstr(err.text, "of version 4; this mien reads 1 to 3"), "%s",
              err.text);
    run_sql(&m, "PRAGMA user_version = 0");
    CHECK_EQ(mien_gallery_open(m.path, &m.key, GALLERY_NOW, NULL, &g, &err),
             MIEN_EFORMAT);
    unlink(copy);
    gallery_remove(&m);
}

/* Killed, or cut, at each change of a file: the next opening brings it up. */
static void test_bringing_up(disk_fault fault, int from)
{
    if (gallery_not_of_files("an earlier version, killed"))
        return;
    made first;
    int ended = 0;
    long *changes = mmap(NULL, sizeof *changes, PROT_READ | PROT_WRITE,
                         MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    make_first(&first, from);
    for (long at = 1; !ended && at < 200 && check_failed < 20; at++) {
        made m;
        int status = 0;
        copy_folder(&first, &m);
        pid_t child = fork();
        if (child == 0) {
            mien_gallery *g = NULL;
            disk_set(fault, at, (unsigned)at);
            int bad =
                mien_gallery_open(m.path, &m.key, GALLERY_NOW, NULL, &g, NULL);
            *changes = disk.count;
            _exit(bad != 0);
        }
        CHECK(child > 0 && waitpid(child, &status, 0) == child);
        ended = !WIFSIGNALED(status) && *changes < at;
        int version = version_of(&m);
        CHECK_MSG(version == from || version == 3, "%d at %ld", version, at);
        CHECK_MSG(!ended || version == 3, "%d at the end", version);
        mien_gallery *g = gallery_open(&m);
        CHECK_MSG(g && mien_gallery_count(g) == 2 &&
                      gallery_search(g, 2, "door").person &&
                      count(g, 1) == (from == 2) && inferred(g, 1) == 0,
                  "at %ld", at);
        mien_gallery_close(g);
        CHECK_EQ(version_of(&m), 3);
        gallery_remove(&m);
    }
    CHECK(ended || check_failed);
    munmap(changes, sizeof *changes);
    gallery_remove(&first);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    disk_start();
    RUN(test_evidence_is_kept);
    RUN(test_what_is_refused);
    RUN(test_evidence_is_erased);
    RUN(test_a_merge_carries_it_and_a_split_does_not);
    RUN(test_an_export_has_it);
    RUN(test_memory_ends);
    for (int version = 1; version <= 2; version++) {
        RUN(test_earlier_versions_are_brought_up, version);
        RUN(test_bringing_up, DISK_KILLED, version);
        RUN(test_bringing_up, DISK_CUT, version);
        RUN(test_bringing_up, DISK_FAILS_ONCE, version);
    }
    return check_done();
}
