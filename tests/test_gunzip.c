/* Files packed by gzip: whole, in members, damaged, cut short, too large. */
/* Not as WebAssembly: needs zlib. */
#include "base/alloc.h"
#include "mien/file.h"
#include "mien/table.h"
#include "tests/gzip_make.h"

#include <stdlib.h>
#include <string.h>

enum { ROWS = 50000 };

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
    size_t m = make_gzip(text, n, packed, ROWS * 16);
    CHECK_EQ(mien_file_gunzip(packed, m, 0, &out, NULL), MIEN_OK);
    CHECK(out.n == n && memcmp(out.data, text, n) == 0);
    mien_bytes_free(&out);
    size_t more = make_gzip("1,2\n", 4, packed + m, 1000);
    CHECK_EQ(mien_file_gunzip(packed, m + more, 0, &out, NULL), MIEN_OK);
    CHECK(out.n == n + 4 && memcmp(out.data + n, "1,2\n", 4) == 0);
    mien_bytes_free(&out);
    CHECK_EQ(mien_file_gunzip((const uint8_t *)text, n, 0, &out, NULL),
             MIEN_OK);
    CHECK(!out.data && !mien_csv_can_stream(packed, m, NULL));
    for (size_t cut = 2; cut < m; cut += m / 50) {
        CHECK_EQ(mien_file_gunzip(packed, cut, 0, &out, &err), MIEN_EFORMAT);
        CHECK(strstr(err.text, "gzip: damaged or cut short"));
    }
    packed[m / 2] ^= 0x55;
    CHECK_EQ(mien_file_gunzip(packed, m, 0, &out, &err), MIEN_EFORMAT);
    packed[m / 2] ^= 0x55;
    for (int k = 0; k < 2; k++) {
        mi_alloc_fail_after(k);
        CHECK_EQ(mien_file_gunzip(packed, m, 0, &out, &err), MIEN_ENOMEM);
        mi_alloc_fail_after(-1);
    }
    CHECK_EQ(mien_file_gunzip(packed, m, n, &out, NULL), MIEN_OK);
    mien_bytes_free(&out);
    CHECK_EQ(mien_file_gunzip(packed, m, n - 1, &out, &err), MIEN_ELIMIT);
    CHECK(!out.data && strstr(err.text, "gzip: unpacks to more than "));
    free(text);
    free(packed);
    return check_done();
}
