/* Any bytes as the file that tells on which server a gallery's data are: what
 * is understood is one line of an address and a number, and written it is the
 * same bytes. */
#include "gallery/store.h"

#include <stdio.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void must(int condition)
{
    if (!condition)
        __builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    mi_store s = {"", ""};
    char again[sizeof s + 64];
    int is = 0;
    mien_status st = mi_store_parse(bytes, n, &s, &is, NULL);
    must(st == MIEN_OK || (is && st == MIEN_EFORMAT));
    if (st || !is) {
        must(!*s.address && !*s.collection);
        return 0;
    }
    must(*s.address && strlen(s.collection) == MI_STORE_COLLECTION - 1);
    int length = snprintf(again, sizeof again, "mien gallery store 1\n%s\n%s\n",
                          s.address, s.collection);
    must((size_t)length == n && memcmp(again, bytes, n) == 0);
    return 0;
}
