/* csv_scan.h: sixteen bytes at once as bit masks. */
#ifndef MI_TABLE_CSV_SCAN_H
#define MI_TABLE_CSV_SCAN_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef uint8_t mi_bytes16 __attribute__((vector_size(16)));

/* Sixteen bytes of p; zeros from end on. */
static inline mi_bytes16 mi_load16(const char *p, const char *end)
{
    mi_bytes16 v = {0};
    memcpy(&v, p, end - p >= 16 ? 16 : (size_t)(end - p));
    return v;
}

/* Bit i is set where byte i is; bytes are 0 or 255. */
static inline unsigned mi_mask16(mi_bytes16 v)
{
#if defined(__SSE2__)
    typedef char chars __attribute__((vector_size(16)));
    return (unsigned)__builtin_ia32_pmovmskb128((chars)v);
#else
    uint64_t half[2];
    memcpy(half, &v, sizeof half);
    uint64_t ones = 0x0101010101010101, gather = 0x0102040810204080;
    return (unsigned)((half[0] & ones) * gather >> 56) |
           (unsigned)((half[1] & ones) * gather >> 56) << 8;
#endif
}

static inline mi_bytes16 mi_equal16(mi_bytes16 v, char c)
{
    return (mi_bytes16)(v == (mi_bytes16){0} + (uint8_t)c);
}

/* A delimiter, a quote, or a control character up to CR: what may end a field
 * or be wrong in it. */
static inline mi_bytes16 mi_special16(mi_bytes16 v, char delimiter)
{
    return (mi_bytes16)(v <= (mi_bytes16){0} + (uint8_t)'\r') |
           mi_equal16(v, delimiter) | mi_equal16(v, '"');
}

/* The bits of the bytes before end. */
static inline unsigned mi_valid16(const char *p, const char *end)
{
    return end - p >= 16 ? 0xffff : (1u << (end - p)) - 1;
}

static inline int mi_is_line_end(char c) { return c == '\n' || c == '\r'; }

#endif
