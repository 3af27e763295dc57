/* Tables packed by gzip: whole, in members, damaged, cut short. */
/* Not as WebAssembly: needs zlib. */
#include "base/alloc.h"
#include "mien/table.h"
#include "tests/check.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { ROWS = 50000 };

/* A text as a member of a gzip file. */
static size_t pack(const char *text, uint8_t *to, size_t room)
{
    z_stream z = {.next_in = (Bytef *)(uintptr_t)text,
                  .avail_in = (uInt)strlen(text),
                  .next_out = to,
                  .avail_out = (uInt)room};
    CHECK_EQ(deflateInit2(&z, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
    CHECK_EQ(deflate(&z, Z_FINISH), Z_STREAM_END);
    deflateEnd(&z);
    return z.total_out;
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    char *text = malloc(ROWS * 16);
    uint8_t *packed = malloc(ROWS * 16);
    mien_bytes out = {0};
    mien_error err = {0};
    size_t n = (size_t)snprintf(text, 16, "a,b\n");
    for (int i = 0; i < ROWS; i++)
        n += (size_t)snprintf(text + n, 16, "%d,%d\n", i, i * 7 % 1000);
    size_t m = pack(text, packed, ROWS * 16);
    CHECK_EQ(mien_csv_gunzip(packed, m, &out, NULL), MIEN_OK);
    CHECK(out.n == n && memcmp(out.data, text, n) == 0);
    mien_bytes_free(&out);
    size_t more = pack("1,2\n", packed + m, 1000);
    CHECK_EQ(mien_csv_gunzip(packed, m + more, &out, NULL), MIEN_OK);
    CHECK(out.n == n + 4 && memcmp(out.data + n, "1,2\n", 4) == 0);
    mien_bytes_free(&out);
    CHECK_EQ(mien_csv_gunzip((const uint8_t *)text, n, &out, NULL), MIEN_OK);
    CHECK(!out.data && !mien_csv_can_stream(packed, m, NULL));
    for (size_t cut = 2; cut < m; cut += m / 50) {
        CHECK_EQ(mien_csv_gunzip(packed, cut, &out, &err), MIEN_EFORMAT);
        CHECK(strstr(err.text, "gzip: damaged or cut short"));
    }
    packed[m / 2] ^= 0x55;
    CHECK_EQ(mien_csv_gunzip(packed, m, &out, &err), MIEN_EFORMAT);
    packed[m / 2] ^= 0x55;
    for (int k = 0; k < 2; k++) {
        mi_alloc_fail_after(k);
        CHECK_EQ(mien_csv_gunzip(packed, m, &out, &err), MIEN_ENOMEM);
        mi_alloc_fail_after(-1);
    }
    free(text);
    free(packed);
    return check_done();
}
