/* gallery_story.h: a gallery that people come to and leave while its process is
 * killed, its power is cut or its disk fails, and what must hold then. */
#ifndef GALLERY_STORY_H
#define GALLERY_STORY_H

#include "tests/gallery_disk.h"
#include "mien/gallery_evidence.h"
#include "tests/gallery_rows.h"

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
    /* evidence, which comes with a third face and goes again */
    state form;
    int64_t form_id;
    int form_erased, form_signed;
    uint8_t form_sign[SIGN];
    /* a third face, which comes later and goes again */
    state face;
    int64_t face_id;
    int face_erased, face_signed;
    uint8_t face_sign[SIGN];
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

static inline known *share(void)
{
    known *k = mmap(NULL, sizeof *k, PROT_READ | PROT_WRITE,
                    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CHECK(k != MAP_FAILED);
    return k;
}

static inline mien_gallery_key key_file(int which)
{
    static uint8_t file[2][40] = {"a key file that only this test has.....",
                                  "and another, for whom the first is old."};
    return (mien_gallery_key){.file = {file[which], sizeof file[which]}};
}

static inline void name_of(int i, int renamed, char out[MIEN_GALLERY_NAME])
{
    snprintf(out, MIEN_GALLERY_NAME, "Person %d.%d", i, renamed);
}

/* The clock of a day of the story. */
static inline int64_t noon(int day)
{
    return GALLERY_NOW + INT64_C(86400) * day;
}

/* ---- what a process does ------------------------------------------------- */

static inline void come(mien_gallery *g, known *k, int days)
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

static inline void leave(mien_gallery *g, known *k, int i)
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

static inline void be_renamed(mien_gallery *g, known *k, int i)
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

/* A third face of somebody. */
static inline void add_face(mien_gallery *g, known *k, int i)
{
    float row[NUMBERS];
    somebody *s = &k->who[i];
    mien_gallery_faces f = {1, NUMBERS, row, ""};
    memcpy(f.model, model_a, sizeof f.model);
    gallery_face((unsigned)i, 9, row);
    s->face = COMING;
    if (!mien_gallery_add_faces(g, s->id, &f, &s->face_id, NULL))
        s->face = THERE;
    else if (disk.fault != DISK_FAILS) /* then it is not known */
        s->face = NEVER;
}

/* It goes again. */
static inline void remove_face(mien_gallery *g, known *k, int i)
{
    mien_error err = {0};
    somebody *s = &k->who[i];
    s->face = LEAVING;
    s->face_erased = !mien_gallery_remove_face(g, s->face_id, &err);
    if (s->face_erased || strstr(err.text, "is not found again"))
        s->face = GONE;
}

/* What somebody signed: more than a page of the file. */
static inline mien_gallery_file form_of(int i)
{
    static uint8_t bytes[6000];
    unsigned seed = (unsigned)i;
    for (size_t k = 0; k < sizeof bytes; k++)
        bytes[k] = (uint8_t)check_rand(&seed);
    return (mien_gallery_file){"form.pdf", {bytes, sizeof bytes}};
}

static inline void add_form(mien_gallery *g, known *k, int i)
{
    somebody *s = &k->who[i];
    const mien_gallery_file f = form_of(i);
    s->form = COMING;
    if (!mien_gallery_add_evidence(g, s->id, &f, &s->form_id, NULL))
        s->form = THERE;
    else if (disk.fault != DISK_FAILS) /* then it is not known */
        s->form = NEVER;
}

/* It goes again. */
static inline void remove_form(mien_gallery *g, known *k, int i)
{
    mien_error err = {0};
    somebody *s = &k->who[i];
    s->form = LEAVING;
    s->form_erased = !mien_gallery_remove_evidence(g, s->form_id, &err);
    if (s->form_erased || strstr(err.text, "is not found again"))
        s->form = GONE;
}

static inline void be_rekeyed(mien_gallery *g, known *k)
{
    mien_gallery_key key = key_file(!k->key);
    k->rekeying = 1;
    if (mien_gallery_rekey(g, &key, NULL))
        return;
    k->key = !k->key;
    k->rekeying = 0;
}

/* Somebody who is there for long, with a third face or none yet if that is
 * asked for; -1: nobody is. */
static inline int draw_face(const known *k, unsigned *seed, int face)
{
    int from = k->n ? (int)(check_rand(seed) % (unsigned)k->n) : 0;
    for (int i = 0; i < k->n; i++) {
        const somebody *s = &k->who[(from + i) % k->n];
        if (s->is == THERE && !s->days && !s->renaming &&
            (face < 0 || s->face == (state)face))
            return (from + i) % k->n;
    }
    return -1;
}

/* The same for evidence. */
static inline int draw_form(const known *k, unsigned *seed, state form)
{
    int from = k->n ? (int)(check_rand(seed) % (unsigned)k->n) : 0;
    for (int i = 0; i < k->n; i++) {
        const somebody *s = &k->who[(from + i) % k->n];
        if (s->is == THERE && !s->days && !s->renaming && s->form == form)
            return (from + i) % k->n;
    }
    return -1;
}

static inline int draw(const known *k, unsigned *seed)
{
    return draw_face(k, seed, -1);
}

/* A gallery that people come to and leave, on one day. */
static inline void session(made *m, known *k, int day, unsigned seed)
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
    if ((who = draw_face(k, &seed, THERE)) >= 0)
        remove_face(g, k, who);
    if ((who = draw_face(k, &seed, NEVER)) >= 0)
        add_face(g, k, who);
    if ((who = draw_form(k, &seed, THERE)) >= 0)
        remove_form(g, k, who);
    if ((who = draw_form(k, &seed, NEVER)) >= 0)
        add_form(g, k, who);
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
static inline int die(made *m, known *k, int day, disk_fault fault, long at,
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

/* Nothing of who is gone is in a file; opened 0: of whose erasing succeeded. */
static inline void check_bytes(const made *m, known *k, int opened,
                               const char *when)
{
    for (int i = 0; i < k->n; i++) {
        const somebody *s = &k->who[i];
        int gone = s->is == GONE && (opened || s->erased);
        for (int j = 0; gone && j < s->signs; j++)
            CHECK_MSG(gallery_files_with(m, s->sign[j], SIGN) == 0,
                      "%s: sign %d of person %d is in a file, %d", when, j, i,
                      opened);
        if (s->face == GONE && s->face_signed && (opened || s->face_erased))
            CHECK_MSG(gallery_files_with(m, s->face_sign, SIGN) == 0,
                      "%s: a face of person %d is in a file, %d", when, i,
                      opened);
        /* With its person it goes, too. */
        int form_gone = gone || (s->form == GONE && (opened || s->form_erased));
        if (form_gone && s->form_signed)
            CHECK_MSG(gallery_files_with(m, s->form_sign, SIGN) == 0,
                      "%s: a form of person %d is in a file, %d", when, i,
                      opened);
    }
}

/* Look up bytes of a person. */
static inline void take_sign(const mi_db *db, const char *sql, int64_t id,
                             uint8_t out[SIGN])
{
    gallery_bytes(db, sql, id, out, SIGN);
}

/* SQLite finds a file whole; the bytes of who is there are noted.  The database
 * is closed. */
static inline void check_file(mi_db *db, const char *const sql[], int faces,
                              known *k)
{
    mi_statement q = {0};
    int row = 0;
    if (!mi_db_is_on_server(db)) {
        CHECK_EQ(mi_db_prepare(db, &q, NULL, "PRAGMA integrity_check", ""), 0);
        CHECK(!mi_db_step(&q, &row, NULL) && row &&
              !strcmp(mi_db_text(&q, 0), "ok"));
        mi_db_finish(&q);
    }
    for (int i = 0; i < k->n; i++) {
        somebody *s = &k->who[i];
        for (int j = 0; s->is == THERE && sql[j]; j++)
            take_sign(db, sql[j], s->id, s->sign[s->signs++]);
        s->face_signed |= faces && s->is == THERE && s->face == THERE;
        if (faces && s->is == THERE && s->face == THERE)
            take_sign(db, "SELECT sealed FROM face WHERE id = ?", s->face_id,
                      s->face_sign);
        int form = faces && s->is == THERE && s->form == THERE;
        s->form_signed |= form;
        if (form)
            take_sign(db, "SELECT sealed FROM evidence WHERE id = ?",
                      s->form_id, s->form_sign);
    }
    mi_db_close(db);
}

static inline void check_files(const made *m, known *k)
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
    mi_db open = gallery_rows(m);
    check_file(&open, data, 1, k);
    CHECK_EQ(mi_db_open_plain(path, &open, NULL), MIEN_OK);
    check_file(&open, keys, 0, k);
}

/* The faces of somebody who is there, whose state is told then. */
static inline void check_face(mien_gallery *g, const mien_gallery_person *p,
                              somebody *s, const char *when)
{
    int has = p->faces - 2;
    CHECK_MSG(has == 0 || has == 1, "%s: %d faces", when, p->faces);
    if (s->face == THERE)
        CHECK_MSG(has == 1, "%s: a face of %lld is lost", when,
                  (long long)p->id);
    if (s->face == NEVER || s->face == GONE)
        CHECK_MSG(has == 0, "%s: a face of %lld is there again", when,
                  (long long)p->id);
    if (has && s->face != THERE)
        for (int64_t i = 0; i < mien_gallery_count_faces(g); i++) {
            mien_gallery_face f = mien_gallery_face_at(g, i);
            if (f.person == p)
                s->face_id = f.id; /* the last one */
        }
    if (s->face != NEVER)
        s->face = has ? THERE : GONE;
}

/* The same of evidence, which is whole. */
static inline void check_form(mien_gallery *g, int i, somebody *s,
                              const char *when)
{
    mien_gallery_evidence e[MIEN_GALLERY_MAX_EVIDENCE];
    mien_buffer b = {0};
    int has = -1;
    CHECK_MSG(!mien_gallery_list_evidence(g, s->id, &has, e, NULL) &&
                  (has == 0 || has == 1),
              "%s: %d forms", when, has);
    if (s->form == THERE)
        CHECK_MSG(has == 1, "%s: a form of person %d is lost", when, i);
    if (s->form == NEVER || s->form == GONE)
        CHECK_MSG(has == 0, "%s: a form of person %d is there again", when, i);
    if (has == 1) {
        const mien_gallery_file f = form_of(i);
        CHECK(!mien_gallery_read_evidence(g, e->id, &b, NULL) &&
              b.n == f.bytes.n && !memcmp(b.data, f.bytes.data, b.n));
        mien_buffer_free(&b);
        s->form_id = e->id;
    }
    if (s->form != NEVER)
        s->form = has == 1 ? THERE : GONE;
}

/* Whether somebody is there, whose state is told then. */
static inline void check_person(mien_gallery *g, somebody *s, int i, int day,
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
    if (p)
        check_face(g, p, s, when);
    if (p)
        check_form(g, i, s, when);
    mien_gallery_match match = gallery_search(g, (unsigned)i, "door");
    CHECK_MSG(match.person == p, "%s: person %d: another is found", when, i);
}

/* Open the gallery on a disk that is good again, and look at all that is known.
 */
static inline void check_all(made *m, known *k, int day, const char *when)
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

static inline int torture(void) { return getenv("TORTURE") != NULL; }

/* ---- a disk that fails --------------------------------------------------- */

/* A gallery with people, in a folder of which copies are made. */
static inline void make_first(made *m, known *k)
{
    gallery_make(m);
    mien_gallery *g = gallery_open(m);
    for (int i = 0; i < 4; i++)
        come(g, k, i == 3 ? 1 : 0);
    add_face(g, k, 2);
    add_form(g, k, 1);
    mien_gallery_close(g);
    check_files(m, k);
}

#endif
