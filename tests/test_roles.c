/* test_roles.c: roles of data in and out, what is wrong with a note of them,
 * and how many days are left.
 *
 * Not as WebAssembly: jansson reads it. */
#include "mien/report_roles.h"

#include "base/alloc.h"
#include "tests/check.h"

#define DIGEST \
    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define OTHER "f123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static const mien_roles_facts facts = {
    "out.csv", DIGEST, OTHER, "today.csv", "2026-11-30", "2026-12-30", ""};
static const mien_roles_part parts[] = {
    {"row", MIEN_ROLE_INPUT, 0},
    {"score", MIEN_ROLE_INFERRED, 0},
    {"verdict \"1\"\t\xe0\xb8\xa7", MIEN_ROLE_INFERRED, 0},
    {"age", MIEN_ROLE_INPUT, 1},
    {"old", MIEN_ROLE_TRAINING, 0}};
enum { PARTS = sizeof parts / sizeof *parts };

/* Those of above; NULL where memory ended. */
static mien_roles *make(void)
{
    mien_roles *r = NULL;
    mien_error err = {0};
    mien_status st = mien_roles_new(&facts, &r, &err);
    for (int i = 0; !st && i < PARTS; i++)
        st = mien_roles_add(r, &parts[i], &err);
    if (!st)
        return r;
    CHECK_EQ(st, MIEN_ENOMEM);
    mien_roles_free(r);
    return NULL;
}

static int is_same(const mien_roles *r)
{
    const mien_roles_facts *f = mien_roles_facts_of(r);
    int same = strcmp(f->file, facts.file) == 0 &&
               strcmp(f->sha256, facts.sha256) == 0 &&
               strcmp(f->model, facts.model) == 0 &&
               strcmp(f->source, facts.source) == 0 &&
               strcmp(f->made, facts.made) == 0 &&
               strcmp(f->until, facts.until) == 0 && !*f->kept;
    int n = 0;
    for (int i = 0; i < PARTS; i++) {
        const mien_roles_part *p = mien_roles_part_at(r, i);
        for (int k = 0; p && k < PARTS; k++)
            n += strcmp(p->name, parts[k].name) == 0 &&
                 p->role == parts[k].role && p->elsewhere == parts[k].elsewhere;
    }
    return same && n == PARTS && !mien_roles_part_at(r, PARTS) &&
           !mien_roles_part_at(r, -1);
}

static void test_what_is_written_is_read(void)
{
    mien_roles *r = make(), *back = NULL, *within = NULL;
    mien_buffer text = {0}, larger = {0};
    mien_error err = {0};
    mien_json j = mien_json_on(&larger, 0);
    CHECK(is_same(r));
    mien_roles_write(r, &text);
    CHECK_MSG(!mien_roles_read(text.data, text.n, &back, &err), "%s", err.text);
    CHECK(back && is_same(back));
    mien_json_object(&j, NULL);
    mien_json_int(&j, "rows", 3);
    mien_roles_json(r, "roles", &j);
    mien_json_close(&j);
    CHECK(!mien_roles_read(larger.data, larger.n, &within, &err));
    CHECK(within && is_same(within));
    mien_buffer again = {0};
    mien_roles_write(within, &again);
    CHECK(again.n == text.n && memcmp(again.data, text.data, text.n) == 0);
    CHECK_EQ(mien_roles_count(r, MIEN_ROLE_TRAINING), 1);
    CHECK_EQ(mien_roles_count(r, MIEN_ROLE_INPUT), 1);
    CHECK_EQ(mien_roles_count(r, MIEN_ROLE_INFERRED), 2);
    mien_buffer_free(&again);
    mien_buffer_free(&text);
    mien_buffer_free(&larger);
    mien_roles_free(r);
    mien_roles_free(back);
    mien_roles_free(within);
}

/* What is said on a day. */
static void says(const mien_roles *r, const char *today, const char *words)
{
    mien_buffer text = {0};
    mien_roles_text(r, today, &text);
    mien_buffer_put(&text, "", 1);
    CHECK_MSG(strstr((const char *)text.data, words), "\"%s\" lacks \"%s\"",
              (const char *)text.data, words);
    mien_buffer_free(&text);
}

static void test_days_are_counted_to_the_end(void)
{
    mien_roles *r = make(), *open = NULL;
    mien_roles_facts f = facts;
    mien_error err = {0};
    int days = 7;
    CHECK(mien_roles_left(r, "2026-12-30", &days) && days == 0);
    CHECK(mien_roles_left(r, "2027-01-01", &days) && days == -2);
    says(r, "2026-11-30", "until 2026-12-30: 30 days left\n");
    says(r, "2026-12-29", "until 2026-12-30: 1 day left\n");
    says(r, "2026-12-31", "until 2026-12-30: over by 1 day\n");
    says(r, "2026-12-31", "inferred    score, verdict");
    says(r, "2026-12-31", "read        age\n");
    says(r, "2026-12-31", "training    old\n");
    CHECK_EQ(mien_roles_check(r, DIGEST, &err), MIEN_OK);
    CHECK_EQ(mien_roles_check(r, OTHER, &err), MIEN_EARG);
    CHECK(strstr(err.text, "has changed"));
    f.until = "";
    CHECK_EQ(mien_roles_new(&f, &open, &err), MIEN_OK);
    days = 7;
    CHECK(!mien_roles_left(open, "2026-12-30", &days) && days == 7);
    says(open, "2026-12-30", "retention   not said\n");
    mien_roles_free(open);
    f.kept = "as long as the mill runs";
    CHECK_EQ(mien_roles_new(&f, &open, &err), MIEN_OK);
    says(open, "2026-12-30", "retention   as long as the mill runs\n");
    mien_roles_free(open);
    mien_roles_free(r);
}

/* Facts that are none. */
static void is_wrong(mien_roles_facts f, const char *words)
{
    mien_roles *r = NULL;
    mien_error err = {0};
    CHECK_EQ(mien_roles_new(&f, &r, &err), MIEN_EARG);
    CHECK_MSG(!r && strstr(err.text, words), "%s", err.text);
}

static void test_facts_that_are_none_are_refused(void)
{
    mien_roles_facts f = facts;
    f.made = "2026-02-30", is_wrong(f, "made is '2026-02-30'");
    f = facts, f.until = "soon", is_wrong(f, "until is 'soon'");
    f = facts, f.model = "0123", is_wrong(f, "model_sha256 is '0123'");
    f = facts, f.sha256 = "X", is_wrong(f, "sha256 is 'X'");
    f = facts, f.sha256 = "", is_wrong(f, "file without sha256");
    f = facts, f.file = "", is_wrong(f, "sha256 without file");
}

/* JSON that is refused, with these words. */
static void refused(const char *text, const char *words)
{
    mien_roles *r = NULL;
    mien_error err = {0};
    CHECK_EQ(mien_roles_read((const uint8_t *)text, strlen(text), &r, &err),
             MIEN_EFORMAT);
    CHECK_MSG(!r && err.status == MIEN_EFORMAT && strstr(err.text, words),
              "\"%s\" lacks \"%s\"", err.text, words);
}

#define HEAD                                                              \
    "{\"schema\":\"mien/roles/1\",\"file\":null,\"sha256\":null,\"model_" \
    "sha256\":null,\"source\":null,\"made\":\"2026-11-30\",\"kept\":null,"

static void test_a_mistake_is_named(void)
{
    static const uint8_t large[MIEN_ROLES_MAX_BYTES + 1];
    mien_roles *r = NULL;
    refused("", "line 1");
    refused("[]", "schema is ''");
    refused("{\"schema\":\"mien/roles/2\"}", "schema is 'mien/roles/2'");
    refused("{\"schema\":\"mien/roles/1\"}", "file is not there");
    refused(HEAD "\"until\":7}", "until is no text");
    refused(HEAD "\"until\":\"2026\"}", "until is '2026'");
    refused(HEAD "\"until\":null}", "parts is no array");
    refused(HEAD "\"until\":null,\"parts\":[]}", "read is no array");
    refused(HEAD "\"until\":null,\"parts\":[7],\"read\":[]}",
            "the name of a part is not there");
    refused(HEAD "\"until\":null,\"parts\":[{\"name\":\"a\"}],\"read\":[]}",
            "part 'a' has the role ''");
    refused(HEAD "\"until\":null,\"parts\":[{\"name\":\"a\",\"role\":\"out\"}]"
                 ",\"read\":[]}",
            "the role 'out', wanted");
    CHECK_EQ(mien_roles_read(large, sizeof large, &r, NULL), MIEN_ELIMIT);
}

/* Every prefix is refused; every byte changed is refused or read whole. */
static void test_what_is_damaged_is_no_note(void)
{
    mien_roles *r = make(), *back = NULL;
    mien_buffer text = {0};
    mien_roles_write(r, &text);
    for (size_t n = 0; n + 1 < text.n; n++)
        CHECK_EQ(mien_roles_read(text.data, n, &back, NULL), MIEN_EFORMAT);
    for (size_t i = 0; i < text.n; i++) {
        text.data[i] ^= 4;
        mien_status st = mien_roles_read(text.data, text.n, &back, NULL);
        CHECK(st == MIEN_OK || st == MIEN_EFORMAT);
        if (!st)
            mien_roles_free(back);
        text.data[i] ^= 4;
    }
    mien_buffer_free(&text);
    mien_roles_free(r);
}

static void test_memory_that_ends_is_reported(void)
{
    mien_roles *r = make(), *back = NULL;
    mien_buffer text = {0};
    mien_roles_write(r, &text);
    mien_roles_free(r);
    r = NULL;
    for (long n = 0; !r && n < 100; n++) {
        mi_alloc_fail_after(n);
        r = make();
        mi_alloc_fail_after(-1);
        CHECK(r || n < 99);
    }
    for (long n = 0; !back && n < 400; n++) {
        mi_alloc_fail_after(n);
        mien_status st = mien_roles_read(text.data, text.n, &back, NULL);
        mi_alloc_fail_after(-1);
        CHECK(st == MIEN_OK || st == MIEN_ENOMEM);
        CHECK(!st == (back != NULL));
    }
    CHECK(back && is_same(back));
    mien_buffer_free(&text);
    mien_roles_free(r);
    mien_roles_free(back);
}

static void test_there_are_limits(void)
{
    mien_roles *r = make();
    mien_status st = MIEN_OK;
    int n = PARTS;
    for (; !st && n <= MIEN_ROLES_MAX_PARTS; n++)
        st = mien_roles_add(r, &parts[0], NULL);
    CHECK_EQ(st, MIEN_ELIMIT);
    CHECK_EQ(n, MIEN_ROLES_MAX_PARTS + 1);
    mien_roles_free(r);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_what_is_written_is_read);
    RUN(test_days_are_counted_to_the_end);
    RUN(test_facts_that_are_none_are_refused);
    RUN(test_a_mistake_is_named);
    RUN(test_what_is_damaged_is_no_note);
    RUN(test_memory_that_ends_is_reported);
    RUN(test_there_are_limits);
    return check_done();
}
