/* A gallery whose data are on a server of PostgreSQL: whose rows are seen by
 * whom, that one alone writes, and a connection that is lost, a session that is
 * ended and a client that is killed at the statements of each change.  That all
 * the rest is as with files is for test_gallery_postgres.sh.
 *
 * Some statements; with TORTURE=1 all.
 *
 * Not as WebAssembly: SQLite, libsodium, processes and a server. */
#include "base/alloc.h"
#include "gallery/db_postgres.h"
#include "mien/gallery_attack.h"
#include "tests/cluster.h"
#include "tests/gallery_rows.h"
#include "tests/gallery_state.h"
#include "tests/wire.h"

#include <sys/stat.h>

static mien_error err;
static char admin[300]; /* the address of a superuser */
static wire *line;      /* between every gallery and the server */

/* ---- helpers ------------------------------------------------------------- */

/* Run statements as the superuser. */
static void run_as_admin(const char *sql)
{
    mi_postgres s;
    CHECK_MSG(!mi_postgres_open(&s, "admin", admin, &err), "%s", err.text);
    CHECK_MSG(!mi_postgres_script(&s, sql), "%s: %s", sql, s.state);
    mi_postgres_close(&s);
}

/* wire.end_sessions: they are gone when this returns. */
static void end_sessions(void)
{
    mi_postgres s;
    if (mi_postgres_open(&s, "admin", admin, NULL) == MIEN_OK)
        s.pq.PQclear(s.pq.PQexec(
            s.conn, "SELECT pg_terminate_backend(pid, 5000)"
                    " FROM pg_stat_activity WHERE usename = 'keeper'"));
    mi_postgres_close(&s);
}

/* What galleries' data are made at: a role behind the wire. */
static void use_role(const char *role)
{
    char address[200];
    snprintf(address, sizeof address, "postgres://%s@/postgres?host=%s", role,
             line->folder);
    setenv("MIEN_TEST_STORE", address, 1);
}

/* The number that a statement gives to a role that says it is of a collection;
 * -1: it fails. */
static int64_t asked(const char *role, const made *of, const char *sql)
{
    char set[120];
    mi_store at;
    mi_postgres s;
    int is = 0;
    CHECK(!mi_store_read(of->path, &at, &is, &err) && is);
    snprintf(at.address, sizeof at.address, "postgres://%s@/postgres?host=%s",
             role, line->folder);
    snprintf(set, sizeof set, "SET mien.collection = '%s'", at.collection);
    CHECK_MSG(!mi_postgres_open(&s, "asked", at.address, &err), "%s", err.text);
    CHECK(!mi_postgres_script(&s, set));
    PGresult *r = s.pq.PQexec(s.conn, sql);
    ExecStatusType status = s.pq.PQresultStatus(r);
    int64_t n =
        status == PGRES_TUPLES_OK ? strtoll(s.pq.PQgetvalue(r, 0, 0), NULL, 10)
        : status == PGRES_COMMAND_OK ? strtoll(s.pq.PQcmdTuples(r), NULL, 10)
                                     : -1;
    s.pq.PQclear(r);
    mi_postgres_close(&s);
    return n;
}

static void make_with(made *m, const char *name, unsigned who)
{
    gallery_make(m);
    mien_gallery *g = gallery_open(m);
    CHECK_EQ(gallery_enroll(g, name, who, "door", "", NULL, NULL), MIEN_OK);
    mien_gallery_close(g);
}

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
    mien_gallery_close(g);
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

/* ---- broken off ---------------------------------------------------------- */

enum { WHO = 4, CHANGES = 6 };

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

/* What the gallery holds when it is next opened, with a log that is whole. */
static void state_at(made *m, char out[STATE])
{
    mien_gallery *g = gallery_open(m);
    int64_t last = 0;
    *out = 0;
    if (g)
        state_of(g, WHO, out);
    CHECK(g && !mien_gallery_log(g, NULL, NULL, &last, NULL));
    mien_gallery_close(g);
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
        for (int at = 1 + f % step; at <= all && check_failed < 20;
             at += step) {
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
    int hold = -1;
    check_start(argc, argv);
    pid_t server = cluster_begin(admin, sizeof admin, &hold);
    if (!server) {
        printf("SKIP no postgresql\n");
        return 77;
    }
    run_as_admin("ALTER SYSTEM SET fsync = off"); /* its disk is not cut */
    run_as_admin("DO $$ BEGIN PERFORM pg_reload_conf(); END $$");
    line = wire_begin(strchr(admin, '=') + 1);
    line->end_sessions = end_sessions;
    run_as_admin("CREATE ROLE keeper LOGIN; CREATE ROLE stranger LOGIN;"
                 "CREATE ROLE auditor LOGIN; CREATE ROLE deputy LOGIN;"
                 "GRANT keeper TO deputy;"
                 "GRANT CREATE ON DATABASE postgres TO keeper");
    use_role("keeper");
    RUN(test_what_is_refused);
    run_as_admin("GRANT USAGE ON SCHEMA mien_gallery TO stranger, auditor;"
                 "GRANT ALL ON ALL TABLES IN SCHEMA mien_gallery TO stranger;"
                 "GRANT SELECT ON mien_gallery.gallery, mien_gallery.log"
                 " TO auditor");
    RUN(test_the_file_that_tells_where);
    RUN(test_collections_are_kept_apart);
    RUN(test_an_auditor);
    RUN(test_an_attack_looks_at_rows);
    RUN(test_one_writes);
    for (int what = 0; what < CHANGES; what++)
        RUN(test_changes_are_whole, what);
    RUN(test_opening_is_whole);
    RUN(test_restoring_is_whole);
    RUN(test_creating_is_whole);
    wire_end(line);
    cluster_end(server, hold);
    return check_done();
}
