/* test_gallery_inferred.c: what models inferred about people: kept, cut to
 * their end, erased with them and at its own, carried along, exported; and a
 * process that is killed while it comes and goes.
 *
 * Not as WebAssembly: SQLite, libsodium and processes. */
#include "base/alloc.h"
#include "mien/gallery_attack.h"
#include "mien/gallery_evidence.h"
#include "mien/gallery_inferred.h"
#include "mien/gallery_notice.h"
#include "mien/gallery_undo.h"
#include "tests/gallery_disk.h"
#include "tests/gallery_rows.h"

#include <sys/mman.h>
#include <sys/wait.h>

static const char model_b[] =
    "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";
static uint8_t rows[] = "7,0.875,1,income\n12,0.25,0,age\n";

static mien_gallery_inference inference(const char *until)
{
    return (mien_gallery_inference){
        "/data/scores.csv", model_b, model_a, until, {rows, sizeof rows - 1}};
}

static mien_status add(mien_gallery *g, int64_t id, const char *until,
                       int64_t *number, mien_error *err)
{
    const mien_gallery_inference in = inference(until);
    return mien_gallery_add_inferred(g, id, &in, number, err);
}

/* How many there are of somebody; e may be NULL. */
static int list(const mien_gallery *g, int64_t id, mien_gallery_inferred *e)
{
    static mien_gallery_inferred room[MIEN_GALLERY_MAX_INFERRED];
    int n = -1;
    CHECK_EQ(mien_gallery_list_inferred(g, id, &n, e ? e : room, NULL),
             MIEN_OK);
    return n;
}

/* A gallery with Ada, who ends in 2027, and Bob, who ends in 2028. */
static mien_gallery *begin(made *m, int64_t *ada, int64_t *bob)
{
    gallery_make(m);
    mien_gallery *g = gallery_open(m);
    CHECK_EQ(gallery_enroll(g, "Ada", 1, "door", "2027-06-01", ada, NULL),
             MIEN_OK);
    CHECK_EQ(gallery_enroll(g, "Bob", 2, "door", "2028-06-01", bob, NULL),
             MIEN_OK);
    return g;
}

static void test_what_was_inferred_is_kept(void)
{
    made m;
    int64_t ada, bob, one = 0, two = 0;
    mien_gallery *g = begin(&m, &ada, &bob);
    CHECK_EQ(add(g, ada, "2026-12-29", &one, NULL), MIEN_OK);
    CHECK_EQ(add(g, ada, "", &two, NULL), MIEN_OK);
    CHECK_EQ(add(g, ada, "2030-01-01", NULL, NULL), MIEN_OK);
    CHECK(one > 0 && two > one);
    for (int again = 0; again < 2; again++) {
        mien_gallery_inferred e[MIEN_GALLERY_MAX_INFERRED];
        mien_buffer b = {0};
        CHECK(list(g, ada, e) == 3 && list(g, bob, NULL) == 0);
        CHECK(e[0].id == one && e[1].id == two);
        CHECK(!strcmp(e[0].file, "/data/scores.csv") &&
              !strcmp(e[0].file_sha256, model_b) &&
              !strcmp(e[0].model, model_a) && !strcmp(e[0].day, "2026-11-29"));
        CHECK_EQ(e[0].size, sizeof rows - 1);
        /* Nothing is kept longer than the person. */
        CHECK(!strcmp(e[0].until, "2026-12-29") &&
              !strcmp(e[1].until, "2027-06-01") &&
              !strcmp(e[2].until, "2027-06-01"));
        CHECK_EQ(mien_gallery_read_inferred(g, one, &b, NULL), MIEN_OK);
        CHECK(b.n == sizeof rows - 1 && memcmp(b.data, rows, b.n) == 0);
        mien_buffer_free(&b);
        mien_gallery_close(g);
        CHECK_EQ(gallery_files_with(&m, "income", 6), 0);
        CHECK_EQ(gallery_files_with(&m, "scores.csv", 10), 0);
        g = gallery_open(&m);
    }
    mien_gallery_close(g);
    gallery_remove(&m);
}

/* What is wrong with `in`, by a word of the message. */
static void refused(mien_gallery *g, int64_t id, mien_gallery_inference in,
                    mien_status want, const char *word)
{
    mien_error err = {0};
    CHECK_EQ(mien_gallery_add_inferred(g, id, &in, NULL, &err), want);
    CHECK_MSG(strstr(err.text, word), "\"%s\" lacks \"%s\"", err.text, word);
}

static void test_what_is_refused(void)
{
    made m;
    int64_t ada, bob;
    char name[MIEN_GALLERY_NAME + 1];
    mien_buffer b = {0};
    mien_error err = {0};
    mien_gallery *g = begin(&m, &ada, &bob);
    static uint8_t large[MIEN_GALLERY_MAX_INFERRED_ROWS + 1];
    memset(name, 'n', sizeof name - 1);
    name[sizeof name - 1] = 0;
    mien_gallery_inference in = inference("");
    refused(g, 9, in, MIEN_EARG, "9");
    in.file = name, refused(g, ada, in, MIEN_EARG, "inferred: a name of too");
    in.file = "a\nb", refused(g, ada, in, MIEN_EARG, "control character");
    in = inference("soon"), refused(g, ada, in, MIEN_EARG, "until 'soon'");
    in = inference("2026-11-28"), refused(g, ada, in, MIEN_EARG, "or later");
    in = inference(""), in.model = "abc";
    refused(g, ada, in, MIEN_EARG, "64 hexadecimal");
    in = inference(""), in.file_sha256 = "";
    refused(g, ada, in, MIEN_EARG, "64 hexadecimal");
    in = inference(""), in.rows.n = 0;
    refused(g, ada, in, MIEN_EARG, "no rows");
    in.rows = (mien_bytes){large, sizeof large};
    refused(g, ada, in, MIEN_ELIMIT, "at most 1048576");
    in.rows.n--;
    CHECK_EQ(mien_gallery_add_inferred(g, ada, &in, NULL, &err), MIEN_OK);
    for (int i = 1; i < MIEN_GALLERY_MAX_INFERRED; i++)
        CHECK_EQ(add(g, ada, "", NULL, NULL), MIEN_OK);
    refused(g, ada, inference(""), MIEN_ELIMIT, "at most 64");
    CHECK_EQ(list(g, ada, NULL), MIEN_GALLERY_MAX_INFERRED);
    CHECK_EQ(mien_gallery_read_inferred(g, 9, &b, &err), MIEN_EARG);
    CHECK_EQ(mien_gallery_remove_inferred(g, 9, &err), MIEN_EARG);
    CHECK_EQ(mien_gallery_merge(g, bob, ada, NULL), MIEN_OK);
    CHECK_EQ(add(g, bob, "", NULL, NULL), MIEN_ELIMIT);
    mien_gallery_close(g);
    gallery_remove(&m);
}

/* It is no evidence, and evidence is not inferred, whatever a file says. */
static void test_kinds_are_sealed(void)
{
    made m;
    int64_t ada, bob, number;
    mien_gallery_inferred e[MIEN_GALLERY_MAX_INFERRED];
    int n = 0;
    mien_gallery *g = begin(&m, &ada, &bob);
    CHECK_EQ(add(g, ada, "", &number, NULL), MIEN_OK);
    CHECK_EQ(mien_gallery_remove_evidence(g, number, NULL), MIEN_EARG);
    mien_gallery_close(g);
    for (int kind = 0; kind < 2; kind++) {
        gallery_run(&m, kind ? "UPDATE evidence SET kind = 1, person = 2"
                             : "UPDATE evidence SET kind = 0");
        if (kind) { /* the sweep of opening looks at it */
            CHECK_EQ(
                mien_gallery_open(m.path, &m.key, GALLERY_NOW, NULL, &g, NULL),
                MIEN_EFORMAT);
            continue;
        }
        g = gallery_open(&m);
        mien_gallery_evidence file[MIEN_GALLERY_MAX_EVIDENCE];
        CHECK_EQ(mien_gallery_list_evidence(g, ada, &n, file, NULL),
                 MIEN_EFORMAT);
        CHECK_EQ(mien_gallery_list_inferred(g, ada, &n, e, NULL), MIEN_OK);
        CHECK_EQ(n, 0);
        mien_gallery_close(g);
    }
    gallery_remove(&m);
}

/* One goes by itself, one with its end, the rest with the person, and no copy
 * brings one back that was removed. */
static void test_it_is_erased(void)
{
    made m;
    char copy[80];
    int64_t ada, bob, one, two;
    mien_gallery_certificate c = {0};
    mien_gallery_restored done = {0};
    mien_gallery_opened found = {0};
    mien_gallery *g = begin(&m, &ada, &bob);
    CHECK_EQ(add(g, ada, "2026-12-01", &one, NULL), MIEN_OK);
    CHECK_EQ(add(g, ada, "2027-01-01", &two, NULL), MIEN_OK);
    CHECK_EQ(add(g, bob, "", NULL, NULL), MIEN_OK);
    snprintf(copy, sizeof copy, "%s.copy", m.path);
    CHECK_EQ(mien_gallery_backup(g, copy, NULL), MIEN_OK);
    CHECK_EQ(mien_gallery_remove_inferred(g, one, NULL), MIEN_OK);
    CHECK_EQ(mien_gallery_remove_inferred(g, one, NULL), MIEN_EARG);
    CHECK_EQ(list(g, ada, NULL), 1);
    mien_gallery_close(g);
    CHECK_EQ(
        mien_gallery_restore(m.path, copy, &m.key, GALLERY_NOW, &done, NULL),
        MIEN_OK);
    CHECK(done.people == 2 && done.inferred == 1 && done.evidence == 0);
    g = gallery_open_at(&m, GALLERY_NOW + INT64_C(86400) * 33, &found);
    CHECK_EQ(list(g, ada, NULL), 1); /* 2027-01-01 is its last day */
    mien_gallery_close(g);
    g = gallery_open_at(&m, GALLERY_NOW + INT64_C(86400) * 34, &found);
    CHECK(found.expired == 0 && mien_gallery_count(g) == 2);
    CHECK(list(g, ada, NULL) == 0 && list(g, bob, NULL) == 1);
    CHECK_EQ(mien_gallery_withdraw(g, bob, &c, NULL), MIEN_OK);
    CHECK(c.inferred == 1 && c.evidence == 0 && c.faces == 2);
    mien_gallery_close(g);
    unlink(copy);
    gallery_remove(&m);
}

/* Rows of nobody do not keep a gallery closed. */
static void test_rows_of_nobody(void)
{
    made m;
    int64_t ada, bob;
    mien_gallery_close(begin(&m, &ada, &bob));
    gallery_run(&m, "INSERT INTO evidence(id, person, kind, head, sealed)"
                    " SELECT 1, 99, 1, mac, mac FROM log WHERE number = 1");
    mien_gallery *g = gallery_open(&m);
    CHECK(g && mien_gallery_count(g) == 2);
    mien_gallery_close(g);
    gallery_remove(&m);
}

static void test_it_goes_along(void)
{
    made m;
    int64_t ada, bob, eve = 0, face = 0;
    mien_gallery_key next = {
        .file = {(uint8_t *)"another key file of forty bytes, or so..", 40}};
    mien_gallery_undone u = {0};
    mien_gallery *g = begin(&m, &ada, &bob);
    CHECK_EQ(add(g, ada, "2026-12-01", NULL, NULL), MIEN_OK);
    CHECK_EQ(add(g, bob, "", NULL, NULL), MIEN_OK);
    CHECK_EQ(mien_gallery_undo(g, &u, NULL), MIEN_OK);
    CHECK(u.what == MIEN_GALLERY_ADDED && u.inferred == 1 && u.evidence == 0);
    CHECK_EQ(list(g, bob, NULL), 0);
    CHECK_EQ(add(g, bob, "", NULL, NULL), MIEN_OK);
    CHECK_EQ(mien_gallery_merge(g, bob, ada, NULL), MIEN_OK);
    CHECK_EQ(list(g, bob, NULL), 2);
    CHECK_EQ(mien_gallery_undo(g, &u, NULL), MIEN_OK);
    CHECK(u.what == MIEN_GALLERY_MERGED && u.inferred == 1);
    CHECK(list(g, bob, NULL) == 1 && list(g, u.other, NULL) == 1);
    face = mien_gallery_face_at(g, 0).id;
    CHECK_EQ(mien_gallery_split(g, mien_gallery_face_at(g, 0).person->id, "Eve",
                                1, &face, &eve, NULL),
             MIEN_OK);
    CHECK(list(g, eve, NULL) == 0 && list(g, bob, NULL) == 1);
    CHECK_EQ(mien_gallery_rekey(g, &next, NULL), MIEN_OK);
    mien_gallery_close(g);
    m.key = next;
    g = gallery_open(&m);
    CHECK_EQ(list(g, bob, NULL), 1);
    mien_gallery_close(g);
    gallery_remove(&m);
}

static void test_an_export_has_it(void)
{
    made m;
    int64_t ada, bob;
    mien_buffer b = {0};
    mien_gallery *g = begin(&m, &ada, &bob);
    CHECK_EQ(add(g, ada, "2026-12-01", NULL, NULL), MIEN_OK);
    CHECK_EQ(mien_gallery_export(g, ada, &b, NULL), MIEN_OK);
    mien_buffer_put(&b, "", 1);
    const char *text = (const char *)b.data;
    CHECK(strstr(text, "\"role\": \"inferred\"") &&
          strstr(text, "\"7,0.875,1,income\"") &&
          strstr(text, "\"until\": \"2026-12-01\"") &&
          strstr(text, "/data/scores.csv") && strstr(text, "inferred-added"));
    b.n = 0;
    CHECK_EQ(mien_gallery_export(g, bob, &b, NULL), MIEN_OK);
    mien_buffer_put(&b, "", 1);
    CHECK(strstr((const char *)b.data, "\"inferred\": []") &&
          !strstr((const char *)b.data, "income"));
    mien_buffer_free(&b);
    mien_gallery_close(g);
    gallery_remove(&m);
}

/* Whoever is looked at is told that such is kept, where it is. */
static void test_a_notice_tells_it(void)
{
    static const mien_gallery_notice_options o = {"door", NULL, NULL};
    made m;
    int64_t ada, bob;
    mien_gallery *g = begin(&m, &ada, &bob);
    for (int kept = 0; kept < 2; kept++) {
        mien_buffer b = {0};
        if (kept)
            CHECK_EQ(add(g, bob, "", NULL, NULL), MIEN_OK);
        CHECK_EQ(mien_gallery_notice(g, &o, &b, NULL, NULL), MIEN_OK);
        mien_buffer_put(&b, "", 1);
        const char *at = strstr((const char *)b.data, "What models inferred");
        CHECK_EQ(at != NULL, kept);
        mien_buffer_free(&b);
    }
    mien_gallery_close(g);
    gallery_remove(&m);
}

/* Rows that lie in the open beside the gallery are found. */
static void test_an_attack_looks_for_it(void)
{
    made m;
    char path[80];
    int64_t ada, bob;
    mien_gallery_faces none = {0};
    memcpy(none.model, model_a, sizeof none.model);
    mien_gallery *g = begin(&m, &ada, &bob);
    CHECK_EQ(add(g, ada, "", NULL, NULL), MIEN_OK);
    for (int planted = 0; planted < 2; planted++) {
        mien_gallery_attacked a = {0};
        if (planted) {
            snprintf(path, sizeof path, "%s-lost.csv", m.path);
            FILE *f = fopen(path, "w");
            CHECK(f && fputs((char *)rows, f) >= 0 && fclose(f) == 0);
        }
        CHECK_EQ(mien_gallery_attack(g, &none, .3F, &a, NULL), MIEN_OK);
        CHECK(a.plain.inferred == 1 && a.plain.evidence == 0);
        CHECK(a.open.inferred == 1 && a.open.evidence == 0);
        CHECK_EQ(a.plain.found, planted);
        CHECK(!planted || strstr(a.plain.where, "inferred rows of person 1"));
    }
    mien_gallery_close(g);
    gallery_remove(&m);
}

/* Each allocation fails in turn: all is as before, or as wanted. */
static void test_memory_ends(void)
{
    made m;
    int64_t ada, bob, number = 0;
    mien_gallery *g = begin(&m, &ada, &bob);
    for (int what = 0; what < 4; what++) {
        mien_status st = MIEN_ENOMEM;
        for (int i = 0; st && i < 900; i += what == 2 ? 9 : 1) {
            mien_buffer b = {0};
            mi_alloc_fail_after(i);
            st = what == 0   ? add(g, ada, "", &number, NULL)
                 : what == 1 ? mien_gallery_read_inferred(g, number, &b, NULL)
                 : what == 2 ? mien_gallery_export(g, ada, &b, NULL)
                             : mien_gallery_remove_inferred(g, number, NULL);
            mi_alloc_fail_after(-1);
            mien_buffer_free(&b);
            CHECK(!st || st == MIEN_ENOMEM);
            CHECK_EQ(list(g, ada, NULL), what == 0   ? !st
                                         : what == 3 ? st != 0
                                                     : 1);
        }
        CHECK_EQ(st, MIEN_OK);
    }
    mien_gallery_close(g);
    gallery_remove(&m);
}

/* ---- killed -------------------------------------------------------------- */

/* What the process that dies tells. */
typedef struct told {
    long changes;
    int added, removed; /* 1: acknowledged */
} told;

/* Something more is inferred about Ada, and something goes. */
static void live(const made *m, int64_t ada, int64_t old, disk_fault fault,
                 long at, told *t)
{
    mien_gallery *g = NULL;
    disk_set(fault, at, (unsigned)at);
    int bad = mien_gallery_open(m->path, &m->key, GALLERY_NOW, NULL, &g, NULL);
    if (!bad)
        t->added = !add(g, ada, "", NULL, NULL);
    if (!bad)
        t->removed = !mien_gallery_remove_inferred(g, old, NULL);
    t->changes = disk.count;
    _exit(0);
}

/* At each change of a file: what was acknowledged holds, and what was not is
 * whole or not there. */
static void test_killed(disk_fault fault)
{
    made first;
    int64_t ada, bob, old = 0;
    int ended = 0, step = getenv("TORTURE") ? 1 : 3;
    told *t = mmap(NULL, sizeof *t, PROT_READ | PROT_WRITE,
                   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    mien_gallery *g = begin(&first, &ada, &bob);
    CHECK_EQ(add(g, ada, "2026-12-01", &old, NULL), MIEN_OK);
    mien_gallery_close(g);
    for (long at = 1; !ended && at < 400 && check_failed < 20; at += step) {
        made m;
        int status = 0, was = 0;
        mien_gallery_inferred e[MIEN_GALLERY_MAX_INFERRED];
        copy_folder(&first, &m);
        *t = (told){0};
        pid_t child = fork();
        if (child == 0)
            live(&m, ada, old, fault, at, t);
        CHECK(child > 0 && waitpid(child, &status, 0) == child);
        ended = !WIFSIGNALED(status) && t->changes < at;
        g = gallery_open(&m);
        int n = list(g, ada, e);
        for (int i = 0; i < n; i++) {
            mien_buffer b = {0};
            was |= e[i].id == old;
            CHECK(!mien_gallery_read_inferred(g, e[i].id, &b, NULL) &&
                  b.n == sizeof rows - 1);
            mien_buffer_free(&b);
        }
        CHECK_MSG(!t->added || n - was == 1, "at %ld: %d", at, n);
        CHECK_MSG(!t->removed || !was, "at %ld: it is there still", at);
        CHECK_MSG(n - was <= 1, "at %ld: %d", at, n);
        mien_gallery_close(g);
        gallery_remove(&m);
    }
    CHECK(ended || check_failed);
    munmap(t, sizeof *t);
    gallery_remove(&first);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    disk_start();
    RUN(test_what_was_inferred_is_kept);
    RUN(test_what_is_refused);
    RUN(test_kinds_are_sealed);
    RUN(test_it_is_erased);
    RUN(test_rows_of_nobody);
    RUN(test_it_goes_along);
    RUN(test_an_export_has_it);
    RUN(test_a_notice_tells_it);
    RUN(test_an_attack_looks_for_it);
    RUN(test_memory_ends);
    RUN(test_killed, DISK_KILLED);
    RUN(test_killed, DISK_CUT);
    RUN(test_killed, DISK_FAILS_ONCE);
    return check_done();
}
