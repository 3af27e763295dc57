/* Why people may be looked for: a note in and out, what is wrong with one, and
 * what profiles carry.
 *
 * Not as WebAssembly: jansson reads it. */
#include "mien/record_profiles.h"

#include "tests/check.h"

static const mien_basis door = {"consent", "door", "2026-11-28", "2027-11-28"};

static mien_status read(const char *text, mien_basis *out, mien_error *err)
{
    return mien_basis_read((const uint8_t *)text, strlen(text), out, err);
}

static void test_what_is_written_is_read(void)
{
    static const char *const purposes[] = {
        "door", "our \"album\"\\", "\xe0\xb8\xa7\xe0\xb8\xb5", "a' b/c"};
    for (int i = 0; i < 4; i++) {
        mien_basis b = door, back = {{0}, {0}, {0}, {0}};
        mien_buffer text = {0};
        mien_error err = {0};
        snprintf(b.purpose, sizeof b.purpose, "%s", purposes[i]);
        mien_record_basis(&b, &text);
        CHECK(!text.failed && text.data[text.n - 1] == '\n');
        CHECK_MSG(mien_basis_read(text.data, text.n, &back, &err) == MIEN_OK,
                  "%s", err.text);
        CHECK(memcmp(&b, &back, sizeof b) == 0);
        CHECK_EQ(mien_basis_hold(&back, "2027-11-28", NULL), MIEN_OK);
        CHECK_EQ(mien_basis_hold(&back, "2027-11-29", &err), MIEN_EARG);
        CHECK(strstr(err.text, "ended on 2027-11-28"));
        mien_buffer_free(&text);
    }
}

/* The value of a key of a note that is good otherwise. */
static const char *with(const char *key, const char *value)
{
    static const char *const keys[] = {"basis", "purpose", "date", "expiry"};
    static const char *const good[] = {"\"household\"", "\"door\"",
                                       "\"2026-02-28\"", "\"2028-02-29\""};
    static char text[1024];
    int n = snprintf(text, sizeof text, "{\"more\":[7]");
    for (int i = 0; i < 4; i++) {
        const char *v = strcmp(key, keys[i]) == 0 ? value : good[i];
        if (*v)
            n += snprintf(text + n, sizeof text - (size_t)n, ",\"%s\":%s",
                          keys[i], v);
    }
    snprintf(text + n, sizeof text - (size_t)n, "}");
    return text;
}

static void refused(const char *text, const char *words)
{
    mien_basis b = door;
    mien_error err = {0};
    CHECK_EQ(read(text, &b, &err), MIEN_EFORMAT);
    CHECK_EQ(err.status, MIEN_EFORMAT);
    CHECK_MSG(strstr(err.text, words), "\"%s\" lacks \"%s\"", err.text, words);
    CHECK_EQ(read(text, &b, NULL), MIEN_EFORMAT);
    CHECK(memcmp(&b, &door, sizeof b) == 0);
}

static void test_a_mistake_is_named_and_changes_nothing(void)
{
    mien_basis b;
    CHECK_EQ(read(with("", ""), &b, NULL), MIEN_OK);
    CHECK(strcmp(b.expiry, "2028-02-29") == 0);
    CHECK_EQ(read(with("basis", "\"agreed\""), &b, NULL), MIEN_OK);
    CHECK(strcmp(b.basis, "consent") == 0);
    CHECK_EQ(read(with("basis", "\"guardian\""), &b, NULL), MIEN_OK);
    CHECK(strcmp(b.basis, "consent") == 0);
    refused(with("basis", "\"contract\""), "basis is 'contract', wanted");
    refused("", "line 1, column 0");
    refused("[]", "no JSON object");
    refused(with("basis", ""), "basis is not there");
    refused(with("basis", "7"), "basis is no text");
    refused(with("basis", "\"\""), "basis is ''");
    refused(with("basis", "\"consent,members\""),
            "basis is 'consent,members', wanted");
    refused(with("basis", "\"cons\""), "basis is 'cons'");
    refused(with("basis", "\"0123456789abcdef\""), "16 bytes, at most are 15");
    refused(with("purpose", "\" \""), "purpose is no text");
    refused(with("purpose", "\"\""), "purpose is empty");
    refused(with("purpose", "\"a\\u001b[2J\""), "purpose is no text");
    refused(with("purpose", "\"a\\u009b\""), "purpose is no text");
    refused(with("date", "\"2026-02-29\""), "date is '2026-02-29'");
    refused(with("expiry", "\"2026-2-9\""), "expiry is '2026-2-9'");
    refused(with("expiry", "null"), "expiry is no text");
    refused(with("expiry", "\"2026-02-27\""), "before its date 2026-02-28");
    char *large = calloc(1, MIEN_BASIS_MAX_BYTES + 1);
    CHECK_EQ(
        mien_basis_read((uint8_t *)large, MIEN_BASIS_MAX_BYTES + 1, &b, NULL),
        MIEN_ELIMIT);
    free(large);
}

/* A whole note cut short anywhere is refused. */
static void test_no_part_is_taken_for_a_note(void)
{
    mien_buffer text = {0};
    mien_basis b;
    mien_record_basis(&door, &text);
    for (size_t n = 0; n + 1 < text.n; n++)
        CHECK_EQ(mien_basis_read(text.data, n, &b, NULL), MIEN_EFORMAT);
    mien_buffer_free(&text);
}

/* ---- profiles ------------------------------------------------------------ */

typedef struct asked {
    char names[64], purposes[64];
} asked;

static int take(void *arg, const char *name, const mien_basis *consent)
{
    asked *a = arg;
    size_t n = strlen(a->names), k = strlen(a->purposes);
    snprintf(a->names + n, sizeof a->names - n, "%s", name);
    snprintf(a->purposes + k, sizeof a->purposes - k, "%s",
             consent ? consent->purpose : "-");
    return *name != 'B';
}

static void test_profiles_are_chosen_by_their_consent(void)
{
    static const char one[] = "{\"label\":\"%c\",\"descriptors\":[[%s]]%s}%s";
    char text[8192], numbers[2 * MIEN_DESCRIPTOR];
    asked a = {"", ""};
    const mien_profiles_choice choice = {take, &a};
    mien_people *p = NULL;
    size_t n = 1;
    for (int i = 0; i < MIEN_DESCRIPTOR; i++)
        memcpy(numbers + 2 * i, "1,", 2);
    numbers[sizeof numbers - 1] = 0;
    text[0] = '[';
    const char *consents[] = {"", ",\"consent\":", ",\"consent\":{}"};
    char whole[256];
    snprintf(whole, sizeof whole, "%s%s", consents[1], with("", ""));
    consents[1] = whole;
    for (int i = 0; i < 3; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, one, 'A' + i, numbers,
                              consents[i], i < 2 ? "," : "]");
    CHECK_EQ(mien_people_new(&p, NULL), MIEN_OK);
    CHECK_EQ(mien_profiles_choose((uint8_t *)text, n, &choice, p, NULL, NULL),
             MIEN_OK);
    CHECK(strcmp(a.names, "ABC") == 0 && strcmp(a.purposes, "-door-") == 0);
    CHECK(mien_people_count(p) == 2 && *mien_people_name(p, 1) == 'C');
    mien_people_free(p);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_what_is_written_is_read);
    RUN(test_a_mistake_is_named_and_changes_nothing);
    RUN(test_no_part_is_taken_for_a_note);
    RUN(test_profiles_are_chosen_by_their_consent);
    return check_done();
}
