/* A gallery: who is found and who is not, what erasing leaves, older copies,
 * damaged files.
 *
 * Not as WebAssembly: SQLite and libsodium. */
#include "base/alloc.h"
#include "tests/gallery_rows.h"

#include <math.h>
#include <sys/stat.h>

/* ---- bytes --------------------------------------------------------------- */

static void save(const char *path, const uint8_t *bytes, size_t n)
{
    FILE *f = fopen(path, "wb");
    CHECK(f && fwrite(bytes, 1, n, f) == n && fclose(f) == 0);
}

/* ---- people -------------------------------------------------------------- */

static void no_search_finds(void *arg, const mien_gallery_entry *e)
{
    CHECK(strcmp(e->kind, "searched") != 0 || e->person != *(int64_t *)arg);
}

/* Somebody who is never to be matched is nobody, for whatever purpose, though a
 * face of others lies within the threshold; until she withdraws that, too. */
static void test_who_opted_out_is_nobody(void)
{
    made m;
    int64_t ada = 0, eve = 0, last = 0;
    mien_error err = {0};
    gallery_make(&m);
    mien_gallery *g = gallery_open(&m);
    mien_gallery_match near = {0};
    float row[NUMBERS];
    mien_gallery_faces f = {1, NUMBERS, row, ""};
    memcpy(f.model, model_a, sizeof f.model);
    CHECK(!gallery_enroll(g, "Ada", 1, "door", "", &ada, NULL));
    CHECK(!gallery_enroll(g, "Eve", 2, MIEN_GALLERY_OPT_OUT, "", &eve, NULL));
    for (int again = 0; again < 2; again++) {
        gallery_face(2, 3, row);
        CHECK(!mien_gallery_search(g, "door", &f, 1000, &near, &err));
        CHECK(!near.person && isnan(near.distance) && near.compared == 1);
        CHECK(gallery_search(g, 1, "door").person->id == ada);
        CHECK_EQ(
            mien_gallery_search(g, MIEN_GALLERY_OPT_OUT, &f, 1, &near, &err),
            MIEN_EARG);
        CHECK(strstr(err.text, "never to be matched") != NULL);
        mien_gallery_close(g);
        g = gallery_open(&m);
    }
    CHECK(!mien_gallery_log(g, no_search_finds, &eve, &last, &err));
    CHECK(!mien_gallery_withdraw(g, eve, NULL, &err));
    CHECK(!mien_gallery_search(g, "door", &f, 1000, &near, &err));
    CHECK(near.person && near.person->id == ada);
    mien_gallery_close(g);
    gallery_remove(&m);
}

static void test_people_are_found_for_their_purpose(void)
{
    made m;
    int64_t ada = 0, bob = 0;
    gallery_make(&m);
    mien_gallery *g = gallery_open(&m);
    CHECK_EQ(gallery_enroll(g, "Ada", 1, "door", "", &ada, NULL), MIEN_OK);
    CHECK_EQ(gallery_enroll(g, "Bob", 2, "canteen", "2026-12-01", &bob, NULL),
             MIEN_OK);
    for (int again = 0; again < 2; again++) {
        mien_gallery_match a = gallery_search(g, 1, "door");
        CHECK(a.person && a.person->id == ada && a.compared == 1);
        CHECK(a.person && !strcmp(a.person->name, "Ada") && a.distance < .3f);
        CHECK(gallery_search(g, 2, "door").person == NULL);
        CHECK(gallery_search(g, 2, "canteen").person->id == bob);
        CHECK(gallery_search(g, 3, "door").person == NULL);
        mien_gallery_match none = gallery_search(g, 1, "nobody's");
        CHECK(!none.person && none.compared == 0 && isnan(none.distance));
        CHECK_EQ(mien_gallery_count(g), 2);
        CHECK(
            !strcmp(mien_gallery_person_at(g, 0)->basis.expiry, "2027-11-29"));
        CHECK_EQ(mien_gallery_find(g, "Bob")->faces, 2);
        mien_gallery_close(g);
        g = gallery_open(&m);
    }
    CHECK_EQ(mien_gallery_rename(g, bob, "Robert", NULL), MIEN_OK);
    CHECK_EQ(mien_gallery_rename(g, bob, "Ada", NULL), MIEN_EARG);
    CHECK_EQ(mien_gallery_rename(g, 99, "X", NULL), MIEN_EARG);
    mien_gallery_close(g);
    g = gallery_open(&m);
    CHECK(mien_gallery_find(g, "Robert") && !mien_gallery_find(g, "Bob"));
    mien_gallery_close(g);
    gallery_remove(&m);
}

/* Whom a search cannot find, since another network described them, is counted.
 */
static void test_who_can_be_compared(void)
{
    made m;
    float row[NUMBERS];
    int all = -1;
    mien_gallery_faces f = {1, NUMBERS, row, ""};
    mien_gallery_person p = {.name = "Cleo",
                             .basis = {.basis = "consent", .purpose = "door"}};
    memcpy(f.model, model_a, sizeof f.model);
    f.model[0] = f.model[0] == '0' ? '1' : '0';
    gallery_make(&m);
    mien_gallery *g = gallery_open(&m);
    CHECK(mien_gallery_comparable(g, "door", model_a, &all) == 0 && all == 0);
    CHECK(!gallery_enroll(g, "Ada", 1, "door", "2026-11-30", NULL, NULL));
    CHECK(!gallery_enroll(g, "Bob", 2, "canteen", "", NULL, NULL));
    gallery_face(3, 1, row);
    CHECK(!mien_gallery_enroll(g, &p, &f, NULL, NULL));
    CHECK(mien_gallery_comparable(g, "door", model_a, &all) == 1 && all == 2);
    CHECK_EQ(mien_gallery_comparable(g, "door", f.model, NULL), 1);
    CHECK_EQ(mien_gallery_comparable(g, "canteen", f.model, &all), 0);
    CHECK_EQ(all, 1);
    mien_gallery_close(g);
    gallery_remove(&m);
}

/* Who was not born yet is not in a photo; whose birth date is not kept may be,
 * and who is never to be matched still hides. */
static void test_a_birth_date_bounds_matches(void)
{
    made m;
    float row[NUMBERS];
    mien_gallery_match near = {0};
    mien_gallery_faces f = {1, NUMBERS, row, ""};
    mien_gallery_person p = {.name = "Ada",
                             .born = "1990-05-01",
                             .basis = {.basis = "consent", .purpose = "door"}};
    memcpy(f.model, model_a, sizeof f.model);
    gallery_face(1, 1, row);
    gallery_make(&m);
    mien_gallery *g = gallery_open(&m);
    CHECK(!mien_gallery_enroll(g, &p, &f, NULL, NULL));
    CHECK(!gallery_enroll(g, "Mother", 1, "door", "", NULL, NULL));
    const struct {
        const char *day;
        int64_t who;
        int compared;
    } of[] = {{"", 1, 2},
              {"1990-04-30", 2, 1},
              {"1990-05-01", 1, 2},
              {"2020-01-01", 1, 2}};
    for (int i = 0; i < 8; i++) {
        CHECK(!mien_gallery_search_on(g, "door", of[i % 4].day, &f, .3F, &near,
                                      NULL));
        CHECK(near.person && near.person->id == of[i % 4].who);
        CHECK_EQ(near.compared, of[i % 4].compared);
        if (i == 3) {
            mien_gallery_close(g);
            g = gallery_open(&m);
        }
    }
    CHECK_EQ(
        mien_gallery_search_on(g, "door", "1990-5-1", &f, .3F, &near, NULL),
        MIEN_EARG);
    snprintf(p.name, sizeof p.name, "letter");
    snprintf(p.basis.purpose, sizeof p.basis.purpose, MIEN_GALLERY_OPT_OUT);
    row[0] += .001F;
    CHECK(!mien_gallery_enroll(g, &p, &f, NULL, NULL));
    CHECK(
        !mien_gallery_search_on(g, "door", "1980-01-01", &f, .3F, &near, NULL));
    CHECK(!near.person);
    mien_gallery_close(g);
    gallery_remove(&m);
}

static void test_what_is_refused(void)
{
    made m;
    mien_error err = {0};
    gallery_make(&m);
    mien_gallery *g = gallery_open(&m);
    float row[NUMBERS] = {0};
    mien_gallery_faces f = {1, NUMBERS, row, ""};
    memcpy(f.model, model_a, sizeof f.model);
    mien_gallery_person p = {.name = "Ada"};
    CHECK_EQ(mien_gallery_enroll(g, &p, &f, NULL, &err), MIEN_EARG);
    snprintf(p.basis.basis, sizeof p.basis.basis, "%s", "consent");
    CHECK_EQ(mien_gallery_enroll(g, &p, &f, NULL, &err), MIEN_EARG);
    CHECK_MSG(strstr(err.text, "purpose"), "%s", err.text);
    snprintf(p.basis.purpose, sizeof p.basis.purpose, "%s", "door");
    snprintf(p.basis.expiry, sizeof p.basis.expiry, "%s", "2026-11-28");
    CHECK_EQ(mien_gallery_enroll(g, &p, &f, NULL, &err), MIEN_EARG);
    snprintf(p.basis.expiry, sizeof p.basis.expiry, "%s", "");
    snprintf(p.born, sizeof p.born, "%s", "2027-01-01");
    CHECK_EQ(mien_gallery_enroll(g, &p, &f, NULL, &err), MIEN_EARG);
    snprintf(p.born, sizeof p.born, "%s", "");
    snprintf(p.name, sizeof p.name, "%s", "A\nda");
    CHECK_EQ(mien_gallery_enroll(g, &p, &f, NULL, &err), MIEN_EARG);
    snprintf(p.name, sizeof p.name, "%s", "Ada");
    row[3] = (float)NAN;
    CHECK_EQ(mien_gallery_enroll(g, &p, &f, NULL, &err), MIEN_EARG);
    row[3] = 0;
    f.model[5] = 0;
    CHECK_EQ(mien_gallery_enroll(g, &p, &f, NULL, &err), MIEN_EARG);
    f.model[5] = 'a';
    CHECK_EQ(mien_gallery_count(g), 0);
    CHECK_EQ(mien_gallery_enroll(g, &p, &f, NULL, &err), MIEN_OK);
    CHECK_EQ(mien_gallery_enroll(g, &p, &f, NULL, &err), MIEN_EARG);
    f.numbers = 8;
    snprintf(p.name, sizeof p.name, "%s", "Bob");
    CHECK_EQ(mien_gallery_enroll(g, &p, &f, NULL, &err), MIEN_EARG);
    CHECK_EQ(mien_gallery_count(g), 1);
    mien_gallery_match match;
    CHECK_EQ(mien_gallery_search(g, "door", &f, .5f, &match, &err), MIEN_EARG);
    f.numbers = NUMBERS;
    CHECK_EQ(mien_gallery_search(g, "", &f, .5f, &match, &err), MIEN_EARG);
    CHECK_EQ(mien_gallery_search(g, "door", &f, 0, &match, &err), MIEN_EARG);
    mien_gallery_close(g);
    g = gallery_open(&m);
    CHECK_EQ(mien_gallery_count(g), 1);
    mien_gallery_close(g);
    gallery_remove(&m);
}

static void test_keys(void)
{
    made m;
    mien_error err = {0};
    mien_gallery *g = NULL, *second = NULL;
    char recovery[MIEN_GALLERY_RECOVERY];
    gallery_make(&m);
    CHECK_EQ(mien_gallery_create(m.path, &m.key, recovery, &err), MIEN_EIO);
    mien_gallery_key other = {.passphrase = "correct horse", .least_work = 1};
    mien_gallery_key paper = {.recovery = m.recovery};
    CHECK_EQ(mien_gallery_open(m.path, &other, 0, NULL, &g, &err), MIEN_EARG);
    CHECK_MSG(strstr(err.text, "key file"), "%s", err.text);
    CHECK_EQ(mien_gallery_open(m.path, &paper, 0, NULL, &g, &err), MIEN_OK);
    CHECK_EQ(mien_gallery_open(m.path, &m.key, 0, NULL, &second, &err),
             MIEN_EIO);
    CHECK_MSG(strstr(err.text, "another process"), "%s", err.text);
    CHECK_EQ(mien_gallery_rekey(g, &other, &err), MIEN_OK);
    mien_gallery_close(g);
    CHECK_EQ(mien_gallery_open(m.path, &m.key, 0, NULL, &g, &err), MIEN_EARG);
    mien_gallery_key wrong = {.passphrase = "correct horsf"};
    CHECK_EQ(mien_gallery_open(m.path, &wrong, 0, NULL, &g, &err), MIEN_EARG);
    CHECK_EQ(mien_gallery_open(m.path, &other, 0, NULL, &g, &err), MIEN_OK);
    mien_gallery_close(g);
    for (char *at = m.recovery; *at; at++)
        if (*at >= 'A')
            *at = (char)(*at + 32);
    CHECK_EQ(mien_gallery_open(m.path, &paper, 0, NULL, &g, &err), MIEN_OK);
    mien_gallery_close(g);
    m.recovery[7] = m.recovery[7] == 'a' ? 'b' : 'a';
    CHECK_EQ(mien_gallery_open(m.path, &paper, 0, NULL, &g, &err), MIEN_EARG);
    mien_gallery_key none = {0}, brief = {.file = {(uint8_t *)"short", 5}};
    CHECK_EQ(mien_gallery_open(m.path, &none, 0, NULL, &g, &err), MIEN_EARG);
    CHECK_EQ(mien_gallery_open(m.path, &brief, 0, NULL, &g, &err), MIEN_EARG);
    struct stat is;
    char keys[80];
    snprintf(keys, sizeof keys, "%s-keys", m.path);
    CHECK(!stat(m.path, &is) && (is.st_mode & 077) == 0);
    CHECK(!stat(keys, &is) && (is.st_mode & 077) == 0);
    gallery_remove(&m);
}

/* ---- erasing ------------------------------------------------------------- */

static void test_nothing_is_left_of_who_was_erased(void)
{
    made m;
    int64_t ada = 0;
    float face[NUMBERS];
    mien_gallery_certificate c;
    gallery_make(&m);
    mien_gallery *g = gallery_open(&m);
    gallery_face(1, 1, face);
    CHECK_EQ(gallery_enroll(g, "Ada Lovelace", 1, "door", "", &ada, NULL),
             MIEN_OK);
    CHECK_EQ(gallery_enroll(g, "Bob", 2, "door", "", NULL, NULL), MIEN_OK);
    CHECK_EQ(gallery_search(g, 1, "door").person->id, ada);
    CHECK_EQ(gallery_files_with(&m, "Lovelace", 8), 0);
    CHECK_EQ(gallery_files_with(&m, face, sizeof face), 0);

    /* The sealed rows themselves, so that they can be looked for. */
    uint8_t row[32];
    mi_db db = gallery_rows(&m);
    gallery_bytes(&db, "SELECT sealed FROM person WHERE id = ?", ada, row,
                  sizeof row);
    mi_db_close(&db);
    CHECK((gallery_files_with(&m, row, sizeof row) >= 1) == !gallery_server());

    CHECK_EQ(mien_gallery_withdraw(g, ada, &c, NULL), MIEN_OK);
    CHECK(c.id == ada && c.faces == 2 && strlen(c.mac) == 64);
    CHECK_EQ(gallery_files_with(&m, row, sizeof row), 0);
    CHECK(gallery_search(g, 1, "door").person == NULL);
    CHECK(gallery_search(g, 2, "door").person != NULL);
    CHECK_EQ(mien_gallery_withdraw(g, ada, &c, NULL), MIEN_EARG);
    mien_gallery_close(g);
    g = gallery_open(&m);
    CHECK_EQ(mien_gallery_count(g), 1);
    int64_t next = 0;
    CHECK_EQ(gallery_enroll(g, "Cy", 3, "door", "", &next, NULL), MIEN_OK);
    CHECK_EQ(next, 3);
    mien_gallery_close(g);
    gallery_remove(&m);
}

static void test_who_has_an_end_is_erased_by_itself(void)
{
    made m;
    mien_gallery_opened found;
    gallery_make(&m);
    mien_gallery *g = gallery_open(&m);
    CHECK_EQ(gallery_enroll(g, "Ada", 1, "door", "2026-11-30", NULL, NULL),
             MIEN_OK);
    CHECK_EQ(gallery_enroll(g, "Bob", 2, "door", "2027-11-30", NULL, NULL),
             MIEN_OK);
    mien_gallery_close(g);
    g = gallery_open_at(&m, GALLERY_NOW + 86400, &found);
    CHECK(found.expired == 0 && gallery_search(g, 1, "door").person != NULL);
    mien_gallery_close(g);
    g = gallery_open_at(&m, GALLERY_NOW + 2 * 86400, &found);
    CHECK(found.expired == 1 && mien_gallery_count(g) == 1);
    mien_gallery_close(g);
    g = gallery_open(&m); /* the clock goes back: nobody comes back */
    CHECK(mien_gallery_count(g) == 1 && !mien_gallery_find(g, "Ada"));
    mien_gallery_close(g);
    gallery_remove(&m);
}

/* ---- copies -------------------------------------------------------------- */

static void test_older_copies(void)
{
    made m;
    mien_error err = {0};
    mien_gallery_restored done;
    char copy[80], keys[80], now[80];
    int64_t ada, bob;
    gallery_make(&m);
    snprintf(copy, sizeof copy, "%s/copy", m.folder);
    snprintf(now, sizeof now, "%s/now", m.folder);
    snprintf(keys, sizeof keys, "%s-keys", m.path);
    mien_gallery *g = gallery_open(&m);
    CHECK_EQ(gallery_enroll(g, "Ada", 1, "door", "", &ada, NULL), MIEN_OK);
    CHECK_EQ(gallery_enroll(g, "Bob", 2, "door", "", &bob, NULL), MIEN_OK);
    CHECK_EQ(mien_gallery_backup(g, copy, &err), MIEN_OK);
    CHECK_EQ(mien_gallery_backup(g, copy, &err), MIEN_EIO);
    size_t k;
    mien_gallery_close(g);
    uint8_t *old_keys = gallery_load(keys, &k);
    g = gallery_open(&m);
    CHECK_EQ(mien_gallery_withdraw(g, ada, NULL, NULL), MIEN_OK);
    CHECK_EQ(gallery_enroll(g, "Cy", 3, "door", "", NULL, NULL), MIEN_OK);
    mien_gallery_close(g);

    /* Put back by hand it is refused, and nothing is lost by that. */
    gallery_keep(&m, now);
    gallery_put_back(&m, copy);
    CHECK_EQ(mien_gallery_open(m.path, &m.key, GALLERY_NOW, NULL, &g, &err),
             MIEN_EFORMAT);
    CHECK_MSG(strstr(err.text, "older copy") && strstr(err.text, "restore"),
              "%s", err.text);
    gallery_put_back(&m, now);
    g = gallery_open(&m);
    CHECK(mien_gallery_count(g) == 2 && mien_gallery_find(g, "Cy"));
    mien_gallery_close(g);

    /* Restored, Ada stays erased; Cy is missing, and said to be. */
    CHECK_MSG(
        !mien_gallery_restore(m.path, copy, &m.key, GALLERY_NOW, &done, &err),
        "%s", err.text);
    CHECK(done.people == 1 && done.erased == 1 && done.missing == 1);
    g = gallery_open(&m);
    CHECK(mien_gallery_count(g) == 1 && mien_gallery_find(g, "Bob"));
    CHECK(gallery_search(g, 2, "door").person != NULL);
    CHECK(gallery_search(g, 1, "door").person == NULL);
    mien_gallery_close(g);

    /* What was current a moment ago comes back too: nobody is lost. */
    CHECK_EQ(
        mien_gallery_restore(m.path, now, &m.key, GALLERY_NOW, &done, &err),
        MIEN_OK);
    CHECK(done.people == 2 && done.missing == 0);

    /* Older keys cannot open what came since, and say so. */
    save(keys, old_keys, k);
    CHECK_EQ(mien_gallery_open(m.path, &m.key, GALLERY_NOW, NULL, &g, &err),
             MIEN_EFORMAT);
    CHECK_MSG(strstr(err.text, "-keys: is an older copy"), "%s", err.text);
    free(old_keys);
    gallery_remove(&m);
}

/* ---- the log ------------------------------------------------------------- */

typedef struct seen {
    int n, told;
    char kinds[400];
} seen;

static void see(void *arg, const mien_gallery_entry *e)
{
    seen *s = arg;
    size_t n = strlen(s->kinds);
    snprintf(s->kinds + n, sizeof s->kinds - n, "%s ", e->kind);
    s->n++;
    s->told += *e->detail != 0;
}

static void test_the_log_shows_changes(void)
{
    static const char *const planted[] = {
        "UPDATE log SET at = at + 1 WHERE number = 3",
        "DELETE FROM log WHERE number = 2",
        "UPDATE log SET detail = substr(mac, 1, 1) WHERE number = 4",
        "UPDATE log SET person = 2 WHERE number = 4",
        "UPDATE log SET kind = 6 WHERE number = 2"};
    made m;
    int64_t ada, last = 0;
    mien_error err = {0};
    seen all = {0}, closed = {0};
    char key[MIEN_GALLERY_RECOVERY];
    gallery_make(&m);
    mien_gallery *g = gallery_open(&m);
    CHECK_EQ(gallery_enroll(g, "Ada", 1, "door", "", &ada, NULL), MIEN_OK);
    gallery_search(g, 1, "door");
    gallery_search(g, 9, "door");
    CHECK_EQ(mien_gallery_log(g, see, &all, &last, &err), MIEN_OK);
    CHECK(last == 4 && all.n == 4 && all.told == 3);
    CHECK(!strcmp(all.kinds, "created enrolled searched searched "));
    mien_gallery_log_key(g, key);
    CHECK_EQ(mien_gallery_withdraw(g, ada, NULL, NULL), MIEN_OK);
    mien_gallery_close(g);

    /* The log's key tells what was done, and nothing of people. */
    CHECK_EQ(mien_gallery_audit(m.path, key, see, &closed, &last, &err),
             MIEN_OK);
    CHECK(last == 5 && closed.n == 5 && closed.told == 2);
    CHECK_EQ(mien_gallery_audit(m.path, m.recovery, see, &closed, &last, &err),
             MIEN_EFORMAT);
    CHECK_EQ(mien_gallery_audit(m.path, "AAAA", see, &closed, &last, &err),
             MIEN_EARG);
    char good[80];
    snprintf(good, sizeof good, "%s.good", m.path);
    gallery_keep(&m, good);
    for (size_t i = 0; i < sizeof planted / sizeof *planted; i++) {
        gallery_run(&m, planted[i]);
        CHECK_EQ(mien_gallery_audit(m.path, key, NULL, NULL, &last, &err),
                 MIEN_EFORMAT);
        CHECK_MSG(strstr(err.text, "log entry"), "%s", err.text);
        gallery_put_back(&m, good);
    }
    gallery_remove(&m);
}

static void test_an_export_has_all_of_a_person(void)
{
    made m;
    int64_t ada;
    mien_buffer out = {0};
    gallery_make(&m);
    mien_gallery *g = gallery_open(&m);
    CHECK_EQ(gallery_enroll(g, "Ada", 1, "door", "", &ada, NULL), MIEN_OK);
    CHECK_EQ(gallery_enroll(g, "Bob", 2, "door", "", NULL, NULL), MIEN_OK);
    gallery_search(g, 1, "door");
    gallery_search(g, 2, "door");
    CHECK_EQ(mien_gallery_export(g, ada, &out, NULL), MIEN_OK);
    mien_buffer_put(&out, "", 1);
    const char *text = (const char *)out.data;
    CHECK(strstr(text, "\"Ada\"") && !strstr(text, "Bob"));
    CHECK(strstr(text, "\"searched\"") && strstr(text, "\"exported\""));
    CHECK(strstr(text, "found at") && strstr(text, model_a));
    CHECK_EQ(mien_gallery_export(g, 7, &out, NULL), MIEN_EARG);
    mien_buffer_free(&out);
    mien_gallery_close(g);
    gallery_remove(&m);
}

/* ---- damage -------------------------------------------------------------- */

/* Whatever byte of a file is another, opening and searching say so or answer as
 * before; nobody is found under another name. */
static void test_damaged_files(void)
{
    made m;
    char keys[80];
    gallery_make(&m);
    snprintf(keys, sizeof keys, "%s-keys", m.path);
    mien_gallery *g = gallery_open(&m);
    CHECK_EQ(gallery_enroll(g, "Ada", 1, "door", "", NULL, NULL), MIEN_OK);
    CHECK_EQ(gallery_enroll(g, "Bob", 2, "door", "", NULL, NULL), MIEN_OK);
    mien_gallery_close(g);
    /* Of data on a server there is only the file that tells where. */
    const char *const path[2] = {gallery_server() ? keys : m.path, keys};
    unsigned seed = 3;
    int refused = 0;
    for (int i = 0; i < 240; i++) {
        size_t n[2];
        uint8_t *bytes[2] = {gallery_load(path[0], &n[0]),
                             gallery_load(path[1], &n[1])};
        uint8_t *bad = malloc(n[i % 2]);
        memcpy(bad, bytes[i % 2], n[i % 2]);
        size_t at = check_rand(&seed) % n[i % 2];
        if (i % 3 == 0)
            at %= 200;
        bad[at] ^= (uint8_t)(1 + check_rand(&seed) % 255);
        size_t length = i % 5 ? n[i % 2] : at;
        save(path[i % 2], bad, length);
        mien_gallery_match match = {0};
        if (mien_gallery_open(m.path, &m.key, GALLERY_NOW, NULL, &g, NULL)) {
            refused++;
        } else {
            match = gallery_search(g, 1, "door");
            CHECK(!match.person || !strcmp(match.person->name, "Ada"));
            mien_gallery_close(g);
        }
        free(bad);
        for (int k = 0; k < 2; k++) {
            char beside[100];
            snprintf(beside, sizeof beside, "%s-wal", path[k]);
            unlink(beside);
            save(path[k], bytes[k], n[k]);
            free(bytes[k]);
        }
    }
    CHECK_MSG(refused > 60, "%d", refused);
    gallery_remove(&m);
}

static void test_every_allocation_may_fail(void)
{
    made m;
    int good = 0;
    gallery_make(&m);
    mien_gallery *g = gallery_open(&m);
    CHECK_EQ(gallery_enroll(g, "Ada", 1, "door", "", NULL, NULL), MIEN_OK);
    mien_gallery_close(g);
    for (int n = 0; n < 400 && good < 3; n++) {
        int64_t bob = 0;
        float face[NUMBERS];
        mien_gallery_match match;
        mien_gallery_faces f = {1, NUMBERS, face, ""};
        memcpy(f.model, model_a, sizeof f.model);
        gallery_face(1, 3, face);
        mi_alloc_fail_after(n);
        mien_status st =
            mien_gallery_open(m.path, &m.key, GALLERY_NOW, NULL, &g, NULL);
        mien_status enrolled = st, found = st, gone = st;
        if (!st)
            enrolled = gallery_enroll(g, "Bob", 2, "door", "", &bob, NULL);
        if (!st)
            found = mien_gallery_search(g, "door", &f, .3f, &match, NULL);
        if (!enrolled)
            gone = mien_gallery_withdraw(g, bob, NULL, NULL);
        mi_alloc_fail_after(-1);
        CHECK(st == MIEN_OK || st == MIEN_ENOMEM);
        good += !st && !enrolled && !found && !gone;
        if (!st)
            mien_gallery_close(g);
        g = gallery_open(&m);
        CHECK(mien_gallery_find(g, "Ada") != NULL);
        CHECK(gallery_search(g, 1, "door").person != NULL);
        const mien_gallery_person *left = mien_gallery_find(g, "Bob");
        CHECK(!left || (!enrolled && gone));
        if (left)
            CHECK_EQ(mien_gallery_withdraw(g, left->id, NULL, NULL), MIEN_OK);
        mien_gallery_close(g);
    }
    CHECK_EQ(good, 3);
    gallery_remove(&m);
}

int main(void)
{
    RUN(test_people_are_found_for_their_purpose);
    RUN(test_who_opted_out_is_nobody);
    RUN(test_who_can_be_compared);
    RUN(test_a_birth_date_bounds_matches);
    RUN(test_what_is_refused);
    RUN(test_keys);
    RUN(test_nothing_is_left_of_who_was_erased);
    RUN(test_who_has_an_end_is_erased_by_itself);
    RUN(test_older_copies);
    RUN(test_the_log_shows_changes);
    RUN(test_an_export_has_all_of_a_person);
    RUN(test_damaged_files);
    RUN(test_every_allocation_may_fail);
    return check_done();
}
