/* test_text.c: growing arrays, formatted text, UTF-8 and SHA-256. */
#include "base/alloc.h"
#include "base/grow.h"
#include "mien/text.h"
#include "tests/check.h"

#include "base/sha256.c"

#include <string.h>

static void test_an_array_keeps_what_was_pushed(void)
{
    int64_t *item = NULL, n = 0;
    for (; n < 1000; n++) {
        int64_t *last = mi_push(&item, n, sizeof *item);
        CHECK(last && *last == 0);
        if (!last)
            return;
        *last = 3 * n;
    }
    /* fewer elements than there were: room is what the number says */
    n = 20;
    CHECK(mi_grow(&item, n, 13, sizeof *item) == item + 20);
    for (int64_t i = 0; i < n; i++)
        CHECK_EQ(item[i], 3 * i);
    CHECK(mi_grow(&item, n, INT64_MAX / 2, sizeof *item) == NULL);
    CHECK(mi_grow(&item, n, -1, sizeof *item) == NULL);
    mi_free(item);
}

static void test_an_array_stays_when_memory_ends(void)
{
    char *item = NULL;
    for (int i = 0; i < 16; i++)
        CHECK(mi_push(&item, i, 1) != NULL);
    memcpy(item, "0123456789abcdef", 16);
    mi_alloc_fail_after(0);
    CHECK(mi_push(&item, 16, 1) == NULL);
    mi_alloc_fail_after(-1);
    CHECK(memcmp(item, "0123456789abcdef", 16) == 0);
    mi_free(item);
}

static void test_formatted_text_of_any_length(void)
{
    for (int n = 0; n < 1100; n += 7) {
        mien_buffer b = {0};
        for (int i = 0; i < 5; i++)
            mien_buffer_printf(&b, "%*d|", n, i);
        int each = (n ? n : 1) + 1;
        CHECK_EQ(b.n, (size_t)(5 * each));
        for (int i = 0; i < 5 && b.n; i++) {
            CHECK_EQ(b.data[i * each + each - 2], '0' + i);
            CHECK_EQ(b.data[i * each + each - 1], '|');
        }
        mien_buffer_free(&b);
    }
    mien_buffer b = {0};
    mi_alloc_fail_after(0);
    mien_buffer_printf(&b, "%d", 7);
    mi_alloc_fail_after(-1);
    mien_buffer_printf(&b, "%d", 7);
    CHECK(b.failed && b.n == 0);
    mien_buffer_free(&b);
}

/* What printf makes of the number is never a zero with a minus; all else is the
 * same. */
static void test_zero_has_no_sign(void)
{
    const double all[] = {0,       -0.0,           -1e-9,  -0.004,
                          -0.0051, -0.4,           -0.499, -0.51,
                          -1,      (double)-0.25f, 0.3,    -1e300};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        for (int decimals = 0; decimals < 5; decimals++) {
            char text[400], plain[400];
            snprintf(text, sizeof text, "%.*f", decimals,
                     mien_signless_zero(all[i], decimals));
            snprintf(plain, sizeof plain, "%.*f", decimals, all[i]);
            int zero = strspn(plain, "-0.") == strlen(plain);
            CHECK_MSG(strcmp(text, plain + (zero && *plain == '-')) == 0,
                      "%s, wanted %s", text, plain);
        }
}

static void test_utf8_is_told_from_other_bytes(void)
{
    static const struct {
        const char *text;
        int32_t value;
        int n;
    } cases[] = {
        {"A", 'A', 1},
        {"\xc3\xa9", 0xe9, 2},
        {"\xe0\xb8\x99", 0xe19, 3},
        {"\xf0\x9f\x98\x80", 0x1f600, 4},
        {"\xf4\x8f\xbf\xbf", 0x10ffff, 4},
        {"\xc0\x80", -1, 1},
        {"\xc1\xbf", -1, 1},
        {"\xe0\x80\x80", -1, 1},
        {"\xed\xa0\x80", -1, 1},
        {"\xf4\x90\x80\x80", -1, 1},
        {"\xf0\x9f\x98", -1, 1},
        {"\xe2\x82", -1, 1},
        {"\x80", -1, 1},
        {"\xff", -1, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int n = 0;
        CHECK_EQ(mien_utf8_next(cases[i].text, &n), cases[i].value);
        CHECK_EQ(n, cases[i].n);
    }
    mien_buffer b = {0};
    mien_utf8_repair("a\xff"
                     "b\xe2\x82\xac",
                     &b);
    mien_buffer_put(&b, "", 1);
    CHECK(b.data && strcmp((char *)b.data, "a\xef\xbf\xbd"
                                           "b\xe2\x82\xac") == 0);
    mien_buffer_free(&b);
}

/* A buffer's text is this; it is released. */
static int is_text(mien_buffer *b, const char *text)
{
    mien_buffer_put(b, "", 1);
    int same = !b->failed && strcmp((char *)b->data, text) == 0;
    mien_buffer_free(b);
    return same;
}

static void test_text_for_a_terminal(void)
{
    mien_buffer b = {0};
    mien_text_plain("a\x1b[2J\xff\xc2\x9b\xe2\x82\xac", &b);
    CHECK(is_text(&b, "a?[2J\xef\xbf\xbd?\xe2\x82\xac"));
    CHECK_EQ(mien_text_width("abc"), 3);
    CHECK_EQ(mien_text_width("\xe4\xba\xba"), 2); /* a wide character */
    CHECK_EQ(mien_text_width("e\xcc\x81"), 1);    /* a mark on a letter */
    CHECK_EQ(mien_text_width(""), 0);
    mien_text_wrap("one two three\n\nfour", 2, 1, 9, &b);
    CHECK(is_text(&b, "one two\n three\n\n four"));
    mien_text_wrap("averylongword b", 0, 2, 4, &b);
    CHECK(is_text(&b, "averylongword\n  b"));
    /* Columns count, not bytes: two e with accents, two wide characters. */
    mien_text_wrap("\xc3\xa9\xc3\xa9 ab \xe4\xba\xba\xe4\xba\xba c", 0, 0, 5,
                   &b);
    CHECK(is_text(&b, "\xc3\xa9\xc3\xa9 ab\n\xe4\xba\xba\xe4\xba\xba\nc"));
}

static void test_nearest_names(void)
{
    static const char *const names[] = {"detect", "train", "table", "version"};
    static const struct {
        const char *word, *name;
    } cases[] = {{"detcet", "detect"}, {"trian", "train"}, {"tabl", "table"},
                 {"ver", "version"},   {"xyz", NULL},      {"", NULL}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *found = mien_text_nearest(cases[i].word, names, 4);
        CHECK_MSG(found == cases[i].name ||
                      (found && cases[i].name && !strcmp(found, cases[i].name)),
                  "%s: %s", cases[i].word, found ? found : "nothing");
    }
    char longer[200] = "";
    memset(longer, 'a', sizeof longer - 1);
    CHECK(!mien_text_nearest(longer, names, 4));
}

/* FIPS 180-4's examples, and what a second program gave for a million a. */
static void test_sha256_of_known_texts(void)
{
    char out[65];
    mien_sha256(NULL, 0, out);
    CHECK(strcmp(out, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b"
                      "7852b855") == 0);
    mien_sha256("abc", 3, out);
    CHECK(strcmp(out, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61"
                      "f20015ad") == 0);
    mien_sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56,
                out);
    CHECK(strcmp(out, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd4"
                      "19db06c1") == 0);
    static uint8_t a[1000000];
    memset(a, 'a', sizeof a);
    mien_sha256(a, sizeof a, out);
    CHECK(strcmp(out, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39cc"
                      "c7112cd0") == 0);
}

static void test_what_is_a_sha256(void)
{
    char text[66];
    mien_sha256("abc", 3, text);
    CHECK(mien_is_sha256(text) && !mien_is_sha256(text + 1));
    CHECK(!mien_is_sha256(NULL) && !mien_is_sha256(""));
    memcpy(text + 64, "0", 2);
    CHECK(!mien_is_sha256(text));
    text[64] = 0;
    text[0] = 'A';
    CHECK(!mien_is_sha256(text));
    text[0] = 'g';
    CHECK(!mien_is_sha256(text));
}

static void test_sha256_with_and_without_instructions(void)
{
    if (!has_instructions())
        return;
    uint8_t bytes[64 * 9];
    unsigned seed = 3;
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)check_rand(&seed);
    for (size_t blocks = 0; blocks <= 9; blocks++) {
        uint32_t x[8] = {1, 2, 3, 4, 5, 6, 7, 8}, y[8];
        memcpy(y, x, sizeof x);
        add_plain(x, bytes, blocks);
        add_fast(y, bytes, blocks);
        CHECK(memcmp(x, y, sizeof x) == 0);
    }
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_an_array_keeps_what_was_pushed);
    RUN(test_an_array_stays_when_memory_ends);
    RUN(test_formatted_text_of_any_length);
    RUN(test_zero_has_no_sign);
    RUN(test_utf8_is_told_from_other_bytes);
    RUN(test_text_for_a_terminal);
    RUN(test_nearest_names);
    RUN(test_sha256_of_known_texts);
    RUN(test_what_is_a_sha256);
    RUN(test_sha256_with_and_without_instructions);
    return check_done();
}
