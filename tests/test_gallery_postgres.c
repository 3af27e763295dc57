/* A gallery whose data are on a server of PostgreSQL: whose rows are seen by
 * whom, that one alone writes, what is refused, and how a gallery moves.  That
 * all the rest is as with files is for test_gallery_store.sh, what happens when
 * the connection is lost for test_gallery_postgres_lost.c.
 *
 * Not as WebAssembly: SQLite, libsodium, processes and a server. */
#include "base/alloc.h"
#include "mien/gallery_attack.h"
#include "tests/gallery_server.h"

#include <sys/stat.h>

/* ---- who sees what ------------------------------------------------------- */

/* Every table that has rows of a gallery, in what another sees of them. */
static void test_collections_are_kept_apart(void)
{
    static const char *const tables[] = {"gallery", "person",   "face",
                                         "log",     "evidence", "undo"};
    made a, b;
    char sql[200];
    make_with(&a, "Ada", 1);
    make_with(&b, "Bob", 2);
    CHECK_EQ(asked("keeper", &a, "SELECT count(*) FROM mien_gallery.person"),
             1);
    CHECK_EQ(asked("keeper", &a,
                   "SELECT count(DISTINCT collection) FROM mien_gallery.log"),
             1);
    CHECK_EQ(asked("keeper", &a, "SELECT count(*) FROM mien_gallery.face"), 2);
    CHECK_EQ(asked("keeper", &a, "DELETE FROM mien_gallery.face"), 2);
    CHECK_EQ(asked("keeper", &b, "SELECT count(*) FROM mien_gallery.face"), 2);
    /* A row of one cannot be made another's. */
    CHECK_EQ(
        asked("keeper", &a, "UPDATE mien_gallery.person SET collection = 'x'"),
        -1);
    /* Who may read and write the tables, and is not the keeper, has no rows,
     * whichever collection is named. */
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        snprintf(sql, sizeof sql, "SELECT count(*) FROM mien_gallery.%s",
                 tables[i]);
        CHECK_EQ(asked("stranger", &b, sql), 0);
        snprintf(sql, sizeof sql, "DELETE FROM mien_gallery.%s", tables[i]);
        CHECK_EQ(asked("stranger", &b, sql), 0);
    }
    CHECK_EQ(asked("stranger", &b,
                   "UPDATE mien_gallery.gallery SET keeper ="
                   " 'stranger'::regrole"),
             0);
    CHECK_EQ(asked("stranger", &b,
                   "INSERT INTO mien_gallery.person(id, sealed)"
                   " VALUES(7, '')"),
             -1);
    CHECK_EQ(asked("deputy", &b, "SELECT count(*) FROM mien_gallery.person"),
             1);
    /* He has galleries of his own, which the keeper does not see. */
    made c;
    use_role("stranger");
    make_with(&c, "Cy", 3);
    use_role("keeper");
    CHECK_EQ(asked("keeper", &c, "SELECT count(*) FROM mien_gallery.person"),
             0);
    CHECK_EQ(asked("stranger", &c, "SELECT count(*) FROM mien_gallery.person"),
             1);
    gallery_remove(&c);
    mien_gallery *g = gallery_open(&b);
    CHECK(g && gallery_search(g, 2, "door").person != NULL);
    mien_gallery_close(g);
    gallery_remove(&a);
    gallery_remove(&b);
}

static void count_entry(void *arg, const mien_gallery_entry *e)
{
    CHECK(*e->kind);
    ++*(int *)arg;
}

/* An auditor checks the log, while the gallery is open, and sees no face. */
static void test_an_auditor(void)
{
    made m, theirs;
    char key[MIEN_GALLERY_RECOVERY];
    int64_t last = 0;
    int n = 0, is = 0;
    mi_store at;
    make_with(&m, "Ada", 1);
    mien_gallery *g = gallery_open(&m);
    mien_gallery_log_key(g, key);
    CHECK_EQ(asked("keeper", &m,
                   "UPDATE mien_gallery.gallery SET auditor ="
                   " 'auditor'::regrole"),
             1);
    theirs = m;
    snprintf(theirs.path, sizeof theirs.path, "%s/audit.db", m.folder);
    CHECK(!mi_store_read(m.path, &at, &is, &err) && is);
    snprintf(at.address, sizeof at.address,
             "postgres://auditor@/postgres?host="
             "%s",
             line->folder);
    CHECK_EQ(mi_store_write(theirs.path, &at, &err), MIEN_OK);
    CHECK_MSG(
        !mien_gallery_audit(theirs.path, key, count_entry, &n, &last, &err),
        "%s", err.text);
    CHECK(n == 2 && last == 2);
    CHECK_EQ(asked("auditor", &m, "SELECT count(*) FROM mien_gallery.log"), 2);
    CHECK_EQ(asked("auditor", &m, "SELECT count(*) FROM mien_gallery.face"),
             -1);
    CHECK_EQ(asked("auditor", &m, "DELETE FROM mien_gallery.log"), -1);
    /* A restore leaves the auditor, and whose it is. */
    mien_gallery_restored done;
    char copy[80];
    snprintf(copy, sizeof copy, "%s/copy", m.folder);
    CHECK_EQ(mien_gallery_backup(g, copy, &err), MIEN_OK);
    mien_gallery_close(g);
    CHECK_MSG(
        !mien_gallery_restore(m.path, copy, &m.key, GALLERY_NOW, &done, &err),
        "%s", err.text);
    CHECK_EQ(asked("keeper", &m,
                   "SELECT count(*) FROM mien_gallery.gallery"
                   " WHERE auditor = 'auditor'::regrole"),
             1);
    gallery_remove(&m);
}

/* What lies in the open in rows is found, and where. */
static void test_an_attack_looks_at_rows(void)
{
    made m;
    float none[NUMBERS] = {0};
    mien_gallery_faces f = {0, NUMBERS, none, ""};
    mien_gallery_attacked a = {0};
    memcpy(f.model, model_a, sizeof f.model);
    make_with(&m, "Ada Lovelace", 1);
    mien_gallery *g = gallery_open(&m);
    CHECK_MSG(!mien_gallery_attack(g, &f, .3f, &a, &err), "%s", err.text);
    CHECK(a.plain.on_server && !a.plain.found && a.plain.bytes > 2000);
    CHECK_EQ(asked("keeper", &m,
                   "UPDATE mien_gallery.log SET detail ="
                   " 'of Ada Lovelace' WHERE number = 1"),
             1);
    CHECK_EQ(mien_gallery_attack(g, &f, .3f, &a, &err), MIEN_OK);
    CHECK_MSG(a.plain.found && strstr(a.plain.where, "table log of its server"),
              "%s", a.plain.where);
    mien_gallery_close(g);
    gallery_remove(&m);
}

/* Of two machines that have the keys, one at a time. */
static void test_one_writes(void)
{
    made m, other;
    mien_gallery *second = NULL;
    char command[120];
    make_with(&m, "Ada", 1);
    other = m;
    snprintf(other.folder, sizeof other.folder, "%s",
             "/tmp/mien-gallery-XXXXXX");
    CHECK(mkdtemp(other.folder) != NULL);
    snprintf(other.path, sizeof other.path, "%s/people.db", other.folder);
    snprintf(command, sizeof command, "cp %s/* %s/", m.folder, other.folder);
    CHECK_EQ(system(command), 0);
    mien_gallery *g = gallery_open(&m);
    CHECK_EQ(
        mien_gallery_open(other.path, &m.key, GALLERY_NOW, NULL, &second, &err),
        MIEN_EIO);
    CHECK_MSG(strstr(err.text, "another process has it open"), "%s", err.text);
    CHECK_EQ(gallery_enroll(g, "Bob", 2, "door", "", NULL, NULL), MIEN_OK);
    mien_gallery_close(g);
    /* The other's keys are older now. */
    CHECK_EQ(
        mien_gallery_open(other.path, &m.key, GALLERY_NOW, NULL, &second, &err),
        MIEN_EFORMAT);
    CHECK_MSG(strstr(err.text, "is an older copy"), "%s", err.text);
    gallery_remove(&m);
    gallery_remove(&other);
}

/* ---- the file that tells where ------------------------------------------- */

static void test_the_file_that_tells_where(void)
{
    static const struct {
        const char *text;
        int is, good;
    } file[] = {
        {"mien gallery store 1\npostgres://a@b/c\n"
         "0123456789abcdef0123456789abcdef\n",
         1, 1},
        {"SQLite format 3", 0, 1},
        {"", 0, 1},
        {"mien gallery store 2\nx\n", 0, 1},
        {"mien gallery store 1\n", 1, 0},
        {"mien gallery store 1\n\n0123456789abcdef0123456789abcdef\n", 1, 0},
        {"mien gallery store 1\na\tb\n0123456789abcdef0123456789abcdef\n", 1,
         0},
        {"mien gallery store 1\nx\n0123456789abcdef0123456789abcde\n", 1, 0},
        {"mien gallery store 1\nx\n0123456789abcdef0123456789abcdeF\n", 1, 0},
        {"mien gallery store 1\nx\n0123456789abcdef0123456789abcdef", 1, 0},
        {"mien gallery store 1\nx\n0123456789abcdef0123456789abcdef\n\n", 1, 0},
        {"mien gallery store 1\nx\n'; DROP TABLE mien_gallery.log; --\n", 1, 0},
    };
    for (size_t i = 0; i < sizeof file / sizeof *file; i++) {
        mi_store at = {"untouched", ""};
        int is = -1;
        mien_status st = mi_store_parse((const uint8_t *)file[i].text,
                                        strlen(file[i].text), &at, &is, &err);
        CHECK_MSG(is == file[i].is && (st == MIEN_OK) == file[i].good, "%s",
                  file[i].text);
        CHECK(!strcmp(at.address, "untouched") == !(is && !st));
    }
}

/* What is said, and what is left, of a store that cannot be made. */
static void test_what_is_refused(void)
{
    made m = {
        .key = {.file = {(uint8_t *)"a key file that only this test has", 34}}};
    const struct {
        const char *address;
        mien_status st;
        const char *says;
    } wrong[] = {
        {"s3cret", MIEN_EARG, "begins with neither"},
        {"postgres://me:s3cret@[::1/x", MIEN_EARG, "none that libpq"},
        {"postgres://me:s3cret@/x?host=/nowhere", MIEN_EIO, "No such file"},
        {admin, MIEN_EARG, "superuser"},
    };
    snprintf(m.folder, sizeof m.folder, "%s", "/tmp/mien-gallery-XXXXXX");
    CHECK(mkdtemp(m.folder) != NULL);
    snprintf(m.path, sizeof m.path, "%s/people.db", m.folder);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        CHECK_EQ(mien_gallery_create_on(m.path, wrong[i].address, &m.key,
                                        m.recovery, &err),
                 wrong[i].st);
        CHECK_MSG(strstr(err.text, wrong[i].says) != NULL &&
                      !strstr(err.text, "s3cret"),
                  "%s", err.text);
        CHECK_EQ(rmdir(m.folder), 0); /* nothing is left */
        CHECK_EQ(mkdir(m.folder, 0700), 0);
    }
    gallery_remove(&m);
    make_with(&m, "Ada", 1);
    run_as_admin("ALTER TABLE mien_gallery.face DISABLE ROW LEVEL SECURITY");
    mien_gallery *g = NULL;
    CHECK_EQ(mien_gallery_open(m.path, &m.key, GALLERY_NOW, NULL, &g, &err),
             MIEN_EFORMAT);
    CHECK_MSG(strstr(err.text, "row security does not hold in 1"), "%s",
              err.text);
    run_as_admin("ALTER TABLE mien_gallery.face ENABLE ROW LEVEL SECURITY;"
                 "UPDATE mien_gallery.gallery SET version = 4");
    CHECK_EQ(mien_gallery_open(m.path, &m.key, GALLERY_NOW, NULL, &g, &err),
             MIEN_EFORMAT);
    CHECK_MSG(strstr(err.text, "of version 4"), "%s", err.text);
    run_as_admin("DELETE FROM mien_gallery.gallery");
    CHECK_EQ(mien_gallery_open(m.path, &m.key, GALLERY_NOW, NULL, &g, &err),
             MIEN_EFORMAT);
    CHECK_MSG(strstr(err.text, "no such gallery"), "%s", err.text);
    gallery_remove(&m);
}

/* ---- moving -------------------------------------------------------------- */

/* From a file to the server, with all that a gallery has, and back. */
static void test_a_gallery_moves(void)
{
    made m;
    char copy[80], before[STATE], after[STATE];
    mien_gallery_file form = {"form", {(uint8_t *)"signed.", 7}};
    float row[NUMBERS];
    mien_gallery_faces other = {1, NUMBERS, row, ""};
    mien_gallery_restored done;
    char address[200];
    snprintf(address, sizeof address, "%s", gallery_server());
    unsetenv("MIEN_TEST_STORE");
    make_with(&m, "Ada", 1);
    snprintf(copy, sizeof copy, "%s/copy", m.folder);
    memcpy(other.model, model_a, sizeof other.model);
    gallery_face(9, 1, row);
    mien_gallery *g = gallery_open(&m);
    CHECK_EQ(gallery_enroll(g, "Bob", 2, "canteen", "", NULL, NULL), MIEN_OK);
    CHECK_EQ(mien_gallery_add_evidence(g, 1, &form, NULL, NULL), MIEN_OK);
    CHECK_EQ(mien_gallery_add_negative(g, 1, &other, NULL, NULL), MIEN_OK);
    state_of(g, WHO, before);
    CHECK_EQ(mien_gallery_backup(g, copy, &err), MIEN_OK);
    mien_gallery_close(g);
    CHECK_MSG(!mien_gallery_restore_on(m.path, address, copy, &m.key,
                                       GALLERY_NOW, &done, &err),
              "%s", err.text);
    CHECK(done.people == 2 && !done.missing && !done.erased);
    CHECK_EQ(asked("keeper", &m, "SELECT count(*) FROM mien_gallery.evidence"),
             1);
    state_at(&m, after);
    CHECK_MSG(!strcmp(before, after), "%s", after);
    g = gallery_open(&m);
    CHECK_EQ(mien_gallery_rename(g, 1, "Ada Lovelace", NULL), MIEN_OK);
    state_of(g, WHO, before);
    unlink(copy);
    CHECK_EQ(mien_gallery_backup(g, copy, &err), MIEN_OK);
    mien_gallery_close(g);
    CHECK(unlink(m.path) == 0);
    CHECK_EQ(
        mien_gallery_restore(m.path, copy, &m.key, GALLERY_NOW, &done, &err),
        MIEN_OK);
    uint8_t head[6] = {0};
    FILE *f = fopen(m.path, "rb");
    CHECK(f && fread(head, 1, 6, f) == 6 && !memcmp(head, "SQLite", 6));
    if (f)
        fclose(f);
    state_at(&m, after);
    CHECK_MSG(!strcmp(before, after), "%s", after);
    gallery_remove(&m);
    setenv("MIEN_TEST_STORE", address, 1);
}

/* Making, copying and restoring; what failed leaves what there was. */
static void test_every_allocation_may_fail(void)
{
    made m;
    char copy[80];
    int good[3] = {0};
    mien_gallery_restored done;
    gallery_make(&m);
    gallery_remove(&m);
    for (int n = 0; n < 200 && !good[0]; n++) {
        CHECK(mkdir(m.folder, 0700) == 0);
        mi_alloc_fail_after(n);
        mien_status st = gallery_create(&m, m.recovery, NULL);
        mi_alloc_fail_after(-1);
        CHECK(st == MIEN_OK || st == MIEN_ENOMEM);
        good[0] = !st;
        CHECK(good[0] || rmdir(m.folder) == 0);
    }
    snprintf(copy, sizeof copy, "%s/copy", m.folder);
    for (int n = 0; n < 200 && !good[1]; n++) {
        mien_gallery *g = gallery_open(&m);
        mi_alloc_fail_after(n);
        mien_status st = mien_gallery_backup(g, copy, NULL);
        mi_alloc_fail_after(-1);
        mien_gallery_close(g);
        CHECK(st == MIEN_OK || st == MIEN_ENOMEM);
        good[1] = !st;
        CHECK(good[1] || access(copy, F_OK) != 0);
    }
    for (int n = 0; n < 200 && !good[2]; n++) {
        mi_alloc_fail_after(n);
        mien_status st = mien_gallery_restore_on(
            m.path, gallery_server(), copy, &m.key, GALLERY_NOW, &done, NULL);
        mi_alloc_fail_after(-1);
        CHECK(st == MIEN_OK || st == MIEN_ENOMEM);
        good[2] = !st;
        mien_gallery_close(gallery_open(&m));
    }
    CHECK(good[0] && good[1] && good[2]);
    gallery_remove(&m);
}

int main(void)
{
    RUN(test_the_file_that_tells_where);
    if (!server_begin())
        CHECK_SKIP("no server of PostgreSQL");
    RUN(test_what_is_refused);
    run_as_admin("GRANT USAGE ON SCHEMA mien_gallery TO stranger, auditor;"
                 "GRANT SELECT, INSERT, UPDATE, DELETE"
                 " ON ALL TABLES IN SCHEMA mien_gallery TO stranger;"
                 "GRANT SELECT ON mien_gallery.gallery, mien_gallery.log"
                 " TO auditor");
    RUN(test_collections_are_kept_apart);
    RUN(test_an_auditor);
    RUN(test_an_attack_looks_at_rows);
    RUN(test_one_writes);
    RUN(test_a_gallery_moves);
    RUN(test_every_allocation_may_fail);
    server_end();
    return check_done();
}
