/* csv_encoding.c: bytes of other encodings as UTF-8.
 *
 * Sources: RFC 3629 (UTF-8), RFC 2781 (UTF-16), the WHATWG Encoding Standard
 * (windows-1252, whose bytes 80 to 9f are characters of their own). */
#include "table/csv_mend.h"

#include "base/error.h"
#include "base/utf8.h"

#include <string.h>

/* What windows-1252 has for the bytes 80 to 9f. */
static const uint16_t high[32] = {
    0x20ac, 0x81,   0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
    0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8d,   0x017d, 0x8f,
    0x90,   0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
    0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x9d,   0x017e, 0x0178};

static void put_character(mien_buffer *b, uint32_t c)
{
    uint8_t s[4];
    size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    static const uint8_t mark[] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (size_t i = n; i-- > 1; c >>= 6)
        s[i] = (uint8_t)(0x80 | (c & 0x3f));
    s[0] = (uint8_t)(mark[n] | c);
    mien_buffer_put(b, s, n);
}

size_t mi_utf8_bad(const uint8_t *p, size_t n)
{
    size_t i = 0;
    for (int took; i < n; i += (size_t)took)
        if (mi_utf8_of(p + i, n - i, &took) < 0)
            return i;
    return n;
}

/* The unit of 16 bits at p. */
static uint32_t unit(const uint8_t *p, int big)
{
    return big ? (uint32_t)p[0] << 8 | p[1] : (uint32_t)p[1] << 8 | p[0];
}

/* UTF-16 as UTF-8; halves of pairs alone become U+FFFD. */
static void from_utf16(const uint8_t *p, size_t n, int big, mien_buffer *out)
{
    for (size_t i = 0; i + 1 < n; i += 2) {
        uint32_t c = unit(p + i, big);
        uint32_t next = i + 3 < n ? unit(p + i + 2, big) : 0;
        if (c >= 0xd800 && c < 0xdc00 && next >= 0xdc00 && next < 0xe000) {
            c = 0x10000 + ((c - 0xd800) << 10) + (next - 0xdc00);
            i += 2;
        } else if (c >= 0xd800 && c < 0xe000) {
            c = 0xfffd;
        }
        if (c != 0xfeff || i > 0)
            put_character(out, c);
    }
    if (n % 2)
        put_character(out, 0xfffd);
}

static void from_bytes(const uint8_t *p, size_t n, int latin1, mien_buffer *out)
{
    for (size_t i = 0; i < n; i++) {
        size_t plain = i;
        while (plain < n && p[plain] < 0x80)
            plain++;
        mien_buffer_put(out, p + i, plain - i);
        i = plain;
        if (i < n)
            put_character(out,
                          p[i] < 0xa0 && !latin1 ? high[p[i] - 0x80] : p[i]);
    }
}

int mi_utf16_of(const uint8_t *p, size_t n)
{
    if (n >= 2 &&
        ((p[0] == 0xff && p[1] == 0xfe) || (p[0] == 0xfe && p[1] == 0xff)))
        return p[0] == 0xfe ? 2 : 1;
    if (n < 4 || n % 2)
        return 0;
    int big = !p[0] && p[1] && !p[2] && p[3];
    int little = p[0] && !p[1] && p[2] && !p[3];
    return big ? 2 : little;
}

mien_status mi_csv_recode(const uint8_t *p, size_t n, mien_encoding from,
                          mien_buffer *out, mien_error *err)
{
    mien_buffer_reserve(out, n + n / 8 + 16);
    if (from == MIEN_ENCODING_UTF16)
        from_utf16(p, n, mi_utf16_of(p, n) == 2, out);
    else
        from_bytes(p, n, from == MIEN_ENCODING_LATIN1, out);
    return out->failed ? mi_no_memory(err) : MIEN_OK;
}
