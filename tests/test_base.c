/* test_base.c: memory, bytes, statuses and errors. */
#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"
#include "tests/check.h"

#include <string.h>

static void test_memory_is_zeroed_and_aligned(void)
{
    for (size_t n = 0; n < 300; n += 7) {
        uint8_t *p = mi_alloc(n, 3);
        CHECK(p != NULL);
        if (!p)
            return;
        CHECK_EQ((uintptr_t)p % 64, 0);
        size_t dirty = 0;
        for (size_t i = 0; i < 3 * n; i++)
            dirty += p[i] != 0;
        CHECK_EQ(dirty, 0);
        memset(p, 0xa5, 3 * n);
        mi_free(p);
    }
    mi_free(NULL);
}

static void test_a_product_that_overflows_is_refused(void)
{
    static const size_t pairs[][2] = {
        {SIZE_MAX, 1},
        {SIZE_MAX / 2, 3},
        {SIZE_MAX / 8 + 2, 8},
        {(size_t)1 << (sizeof(size_t) * 4), (size_t)1 << (sizeof(size_t) * 4)}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        CHECK(mi_alloc(pairs[i][0], pairs[i][1]) == NULL);
        CHECK(mi_alloc_raw(pairs[i][0], pairs[i][1]) == NULL);
    }
}

/* Around the size from which blocks lie in large pages. */
static void test_large_blocks(void)
{
    const size_t most = 4 << 20;
    for (size_t n = most - 64; n <= most + 64; n += 64) {
        unsigned char *a = mi_alloc(n, 1), *b = mi_alloc_raw(n, 1);
        CHECK(a && b && (uintptr_t)a % 64 == 0 && (uintptr_t)b % 64 == 0);
        size_t set = 0;
        for (size_t i = 0; i < n; i++)
            set += a[i] != 0;
        CHECK_EQ(set, 0);
        memset(b, 1, n);
        mi_free(a);
        mi_free(b);
    }
}

static void test_allocations_fail_when_told(void)
{
    mi_alloc_fail_after(2);
    void *a = mi_alloc(1, 1), *b = mi_alloc_raw(1, 1), *c = mi_alloc(1, 1);
    mi_alloc_fail_after(-1);
    CHECK(a && b && !c);
    void *d = mi_alloc(1, 1);
    CHECK(d != NULL);
    mi_free(a);
    mi_free(b);
    mi_free(d);
}

static void test_statuses_have_names_and_texts(void)
{
#define X(name, value, text)                                  \
    CHECK_EQ(MIEN_##name, value);                             \
    CHECK(strcmp(mien_status_name(MIEN_##name), #name) == 0); \
    CHECK(strcmp(mien_status_text(MIEN_##name), text) == 0);
    MIEN_STATUS_LIST(X)
#undef X
    CHECK(mien_status_text((mien_status)-77) != NULL);
    CHECK(mien_status_name((mien_status)-77) != NULL);
    CHECK(strcmp(mien_version(), MIEN_VERSION) == 0);
}

static void test_an_error_text_is_cut_and_terminated(void)
{
    mien_error err = {0};
    char longer[400];
    memset(longer, 'x', sizeof longer - 1);
    longer[sizeof longer - 1] = 0;
    CHECK_EQ(mi_fail(&err, MIEN_EFORMAT, "%s %d", longer, 7), MIEN_EFORMAT);
    CHECK_EQ(err.status, MIEN_EFORMAT);
    CHECK_EQ(strlen(err.text), sizeof err.text - 1);
    CHECK_EQ(mi_fail(NULL, MIEN_EIO, "nobody reads this"), MIEN_EIO);
    CHECK_EQ(mi_fail(&err, MIEN_ENOMEM, "%s %d", longer, 7), MIEN_ENOMEM);
    CHECK(strcmp(err.text + sizeof err.text - 16, ": out of memory") == 0);
    CHECK_EQ(mi_fail(&err, MIEN_ENOMEM, "csv: 3 names"), MIEN_ENOMEM);
    CHECK(strcmp(err.text, "csv: 3 names: out of memory") == 0);
    CHECK_EQ(mi_fail(&err, MIEN_ENOMEM, "no memory for 7"), MIEN_ENOMEM);
    CHECK(strcmp(err.text, "no memory for 7") == 0);
}

static void test_numbers_are_little_endian(void)
{
    static const uint8_t bytes[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13};
    mi_cursor c = mi_cursor_of(bytes, sizeof bytes);
    CHECK_EQ(mi_cursor_u32le(&c), 0x04030201);
    CHECK_EQ(mi_cursor_u64le(&c), 0x0c0b0a0908070605);
    CHECK_EQ(mi_cursor_at(&c), 12);
    CHECK_EQ(mi_cursor_left(&c), 1);
    CHECK(!c.bad);

    CHECK_EQ(mi_cursor_u32le(&c), 0);
    CHECK(c.bad);
    CHECK_EQ(mi_cursor_at(&c), 12);

    c = mi_cursor_of(bytes, 4);
    CHECK_EQ(mi_cursor_u8(&c), 1);
    CHECK_EQ(mi_cursor_u16le(&c), 0x0302);
    CHECK_EQ(mi_cursor_u16le(&c), 0);
    CHECK(c.bad);
    CHECK_EQ(mi_cursor_at(&c), 3);
}

static void test_a_part_cannot_reach_beyond_its_whole(void)
{
    static const uint8_t bytes[10] = {0};
    mi_cursor c = mi_cursor_of(bytes, sizeof bytes);
    mi_cursor part = mi_cursor_take(&c, 4);
    CHECK_EQ(mi_cursor_left(&part), 4);
    CHECK_EQ(mi_cursor_at(&c), 4);
    CHECK_EQ(mi_cursor_u64le(&part), 0);
    CHECK(part.bad && !c.bad);

    part = mi_cursor_take(&c, 7);
    CHECK(part.bad && c.bad);
    CHECK_EQ(mi_cursor_left(&part), 0);

    c = mi_cursor_of(bytes, sizeof bytes);
    part = mi_cursor_take(&c, UINT64_MAX);
    CHECK(part.bad && c.bad);
    c = mi_cursor_of(bytes, sizeof bytes);
    part = mi_cursor_take(&c, 10);
    CHECK(!part.bad && !c.bad && mi_cursor_left(&c) == 0);
}

static uint64_t random64(unsigned *seed)
{
    uint64_t v = 0;
    for (int i = 0; i < 4; i++)
        v = v << 16 | (check_rand(seed) & 0xffff);
    return v >> check_rand(seed) % 64;
}

static void test_varints_come_back(void)
{
    unsigned seed = 5;
    for (int i = 0; i < 2000; i++) {
        uint64_t v = i == 0 ? 0 : i == 1 ? UINT64_MAX : random64(&seed);
        mien_buffer b = {0};
        mi_buffer_varint(&b, v);
        mi_cursor c = mi_cursor_of(b.data, b.n);
        CHECK(mi_cursor_varint(&c) == v);
        CHECK(!c.bad && mi_cursor_left(&c) == 0);

        /* Every shorter piece is refused and leaves the place. */
        for (size_t n = 0; n < b.n; n++) {
            c = mi_cursor_of(b.data, n);
            CHECK_EQ(mi_cursor_varint(&c), 0);
            CHECK(c.bad && mi_cursor_at(&c) == 0);
        }
        mien_buffer_free(&b);
    }
}

static void test_varints_of_too_many_bits_are_refused(void)
{
    static const uint8_t big[] = {255, 255, 255, 255, 255, 255,
                                  255, 255, 255, 2,   0};
    static const uint8_t endless[] = {128, 128, 128, 128, 128, 128,
                                      128, 128, 128, 128, 128, 1};
    mi_cursor c = mi_cursor_of(big, sizeof big);
    CHECK_EQ(mi_cursor_varint(&c), 0);
    CHECK(c.bad);
    c = mi_cursor_of(endless, sizeof endless);
    CHECK_EQ(mi_cursor_varint(&c), 0);
    CHECK(c.bad);
}

static void test_a_buffer_keeps_what_was_put(void)
{
    mien_buffer b = {0};
    uint8_t piece[100];
    size_t total = 0;
    for (int i = 0; i < 200; i++) {
        memset(piece, i, sizeof piece);
        mien_buffer_put(&b, piece, (size_t)(i % 100));
        total += (size_t)(i % 100);
    }
    mien_buffer_put(&b, NULL, 0);
    mien_bytes out = {0};
    CHECK_EQ(mien_buffer_give(&b, &out, NULL), MIEN_OK);
    CHECK_EQ(out.n, total);
    CHECK(b.data == NULL);

    size_t at = 0, wrong = 0;
    for (int i = 0; i < 200; i++)
        for (int k = 0; k < i % 100; k++)
            wrong += out.data[at++] != i;
    CHECK_EQ(wrong, 0);
    mien_bytes_free(&out);
    CHECK(out.data == NULL && out.n == 0);
    mien_bytes_free(NULL);
}

static void test_a_buffer_without_memory_says_so_at_its_end(void)
{
    for (long n = 0;; n++) {
        mien_buffer b = {0};
        mien_bytes out = {0};
        mien_error err = {0};
        uint8_t piece[300] = {1};
        mi_alloc_fail_after(n);
        for (int i = 0; i < 10; i++)
            mien_buffer_put(&b, piece, sizeof piece);
        mi_alloc_fail_after(-1);
        mien_status st = mien_buffer_give(&b, &out, &err);
        if (st == MIEN_OK) {
            CHECK(n >= 4);
            CHECK_EQ(out.n, 3000);
            mien_bytes_free(&out);
            return;
        }
        CHECK_EQ(st, MIEN_ENOMEM);
        CHECK(out.data == NULL && b.data == NULL && err.text[0] != 0);
    }
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_memory_is_zeroed_and_aligned);
    RUN(test_a_product_that_overflows_is_refused);
    RUN(test_large_blocks);
    RUN(test_allocations_fail_when_told);
    RUN(test_statuses_have_names_and_texts);
    RUN(test_an_error_text_is_cut_and_terminated);
    RUN(test_numbers_are_little_endian);
    RUN(test_a_part_cannot_reach_beyond_its_whole);
    RUN(test_varints_come_back);
    RUN(test_varints_of_too_many_bits_are_refused);
    RUN(test_a_buffer_keeps_what_was_put);
    RUN(test_a_buffer_without_memory_says_so_at_its_end);
    return check_done();
}
