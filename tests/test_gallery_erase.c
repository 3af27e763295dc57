/* Many people come and are erased one by one: of none a byte is left in any
 * file of the gallery.  Two hundred; with TORTURE=1 ten thousand, as the bar
 * has it. It prints how long the slowest call took.
 *
 * Not as WebAssembly: SQLite and libsodium. */
#include "mien/gallery_evidence.h"
#include "mien/gallery_inferred.h"
#include "mien/gallery_negative.h"
#include "tests/gallery_rows.h"

#include <time.h>

enum { SIGN = 16, SLOTS = 1 << 18 };

/* Bytes to look for, found by their first eight. */
typedef struct signs {
    uint8_t (*sign)[SIGN]; /* [SLOTS] */
    uint8_t *taken;        /* [SLOTS] */
    int n;
} signs;

static size_t slot_of(const uint8_t *bytes)
{
    uint64_t h;
    memcpy(&h, bytes, sizeof h);
    return (size_t)(h * UINT64_C(0x9E3779B97F4A7C15) >> 40) % SLOTS;
}

static void add_sign(signs *s, const void *bytes, int n)
{
    CHECK(n >= SIGN && s->n < SLOTS / 2);
    size_t at = slot_of(bytes);
    while (s->taken[at])
        at = (at + 1) % SLOTS;
    memcpy(s->sign[at], bytes, SIGN);
    s->taken[at] = 1;
    s->n++;
}

static int is_sign(const signs *s, const uint8_t *bytes)
{
    for (size_t at = slot_of(bytes); s->taken[at]; at = (at + 1) % SLOTS)
        if (memcmp(s->sign[at], bytes, SIGN) == 0)
            return 1;
    return 0;
}

/* All sealed bytes of a column; the database is closed. */
static void take_signs(signs *s, mi_db db, const char *sql)
{
    mi_statement q = {0};
    int row = 1;
    CHECK_EQ(mi_db_prepare(&db, &q, NULL, sql, ""), MIEN_OK);
    while (!mi_db_step(&q, &row, NULL) && row)
        add_sign(s, mi_db_bytes(&q, 0).data, (int)mi_db_bytes(&q, 0).n);
    mi_db_finish(&q);
    mi_db_close(&db);
}

/* gallery_files: how often signs stand in a file. */
static int count_signs(const void *arg, const uint8_t *bytes, size_t n)
{
    int found = 0;
    for (size_t i = 0; i + SIGN <= n; i++)
        found += is_sign(arg, bytes + i);
    return found;
}

/* How often signs stand in the files of the folder; a name is in none. */
static int count_all(const made *m, const signs *s)
{
    CHECK_EQ(gallery_files_with(m, "Person ", 7), 0);
    return gallery_files(m, count_signs, s);
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void test_many_are_erased(void)
{
    made m;
    mi_db db;
    char keys[80], name[MIEN_GALLERY_NAME];
    int people = getenv("TORTURE") ? 10000 : 200;
    double slowest = 0;
    float row[NUMBERS];
    signs s = {malloc(SLOTS * sizeof *s.sign), calloc(SLOTS, 1), 0};
    int64_t *id = malloc((size_t)people * sizeof *id);
    gallery_make(&m);
    snprintf(keys, sizeof keys, "%s-keys", m.path);
    mien_gallery *g = gallery_open(&m);
    for (int i = 0; i < people; i++) {
        snprintf(name, sizeof name, "Person %d", i);
        const mien_gallery_file form = {name, {(uint8_t *)name, strlen(name)}};
        CHECK_EQ(gallery_enroll(g, name, (unsigned)i, "door", "", &id[i], NULL),
                 MIEN_OK);
        CHECK_EQ(mien_gallery_add_evidence(g, id[i], &form, NULL, NULL),
                 MIEN_OK);
        const mien_gallery_inference in = {
            "p.csv", model_a, model_a, "", {(uint8_t *)name, strlen(name)}};
        CHECK_EQ(mien_gallery_add_inferred(g, id[i], &in, NULL, NULL), MIEN_OK);
        mien_gallery_faces other = {1, NUMBERS, row, ""};
        memcpy(other.model, model_a, sizeof other.model);
        gallery_face((unsigned)i, 7, row);
        CHECK_EQ(mien_gallery_add_negative(g, id[i], &other, NULL, NULL),
                 MIEN_OK);
    }
    mien_gallery_close(g);
    take_signs(&s, gallery_rows(&m), "SELECT sealed FROM person");
    take_signs(&s, gallery_rows(&m), "SELECT sealed FROM face");
    take_signs(&s, gallery_rows(&m), "SELECT sealed FROM negative");
    take_signs(&s, gallery_rows(&m), "SELECT head FROM evidence");
    take_signs(&s, gallery_rows(&m), "SELECT sealed FROM evidence");
    take_signs(&s, gallery_rows(&m), "SELECT detail FROM log WHERE person > 0");
    CHECK_EQ(mi_db_open_plain(keys, &db, NULL), MIEN_OK);
    take_signs(&s, db, "SELECT sealed FROM key");
    CHECK_EQ(s.n, 13 * people);
    CHECK(count_all(&m, &s) >= (gallery_server() ? people : s.n));
    g = gallery_open(&m);
    for (int i = 0; i < people; i++) {
        double start = now();
        CHECK_EQ(mien_gallery_withdraw(g, id[i], NULL, NULL), MIEN_OK);
        slowest = now() - start > slowest ? now() - start : slowest;
    }
    CHECK_EQ(mien_gallery_count(g), 0);
    /* Sealed entries of the log stay, which nobody can open any more. */
    int left = count_all(&m, &s), entries = gallery_server() ? 0 : 4 * people;
    CHECK_MSG(left == entries, "%d of %d signs", left, s.n);
    mien_gallery_close(g);
    CHECK_EQ(count_all(&m, &s), entries);
    printf("%d people erased; the slowest call took %.3f s\n", people, slowest);
    gallery_remove(&m);
    free(id);
    free(s.sign);
    free(s.taken);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_many_are_erased);
    return check_done();
}
