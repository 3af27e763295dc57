/* Any text as PostgreSQL's form of bytes: what is read fits into its room, and
 * comes back when it is written. */
#include "queue/link.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void must(int condition)
{
    if (!condition)
        __builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    mien_buffer text = {0}, room = {0}, again = {0};
    mien_buffer_put(&text, bytes, n);
    mien_buffer_put(&text, "", 1);
    mien_buffer_put(&room, text.data, text.n);
    int64_t got = mi_bytea_read((char *)text.data, (char *)room.data);
    must(got >= -1 && got <= (int64_t)n / 2);
    if (got >= 0) {
        mi_bytea_put(&again, (char *)room.data, (size_t)got);
        must(again.n == strlen((char *)text.data) &&
             memcmp(again.data, text.data, again.n) == 0);
    }
    mien_buffer_free(&text);
    mien_buffer_free(&room);
    mien_buffer_free(&again);
    return 0;
}
