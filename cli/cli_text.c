/* cli_text.c: text on a terminal and in JSON: UTF-8, width, wrapping. */
#include "cli/cli_text.h"

#include "cli/cli.h"

#include <string.h>

/* The character at p and how many bytes it takes; -1 and 1 byte for bytes that
 * are no UTF-8 (overlong forms, surrogates and cut sequences included). */
static long decode(const unsigned char *p, int *n)
{
    static const long least[5] = {0, 0, 0x80, 0x800, 0x10000};
    int len = *p < 0x80   ? 1
              : *p < 0xc2 ? 0
              : *p < 0xe0 ? 2
              : *p < 0xf0 ? 3
              : *p < 0xf5 ? 4
                          : 0;
    *n = 1;
    if (len <= 1)
        return len ? *p : -1;
    long v = *p & (0x7f >> len);
    for (int i = 1; i < len; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return -1;
        v = v << 6 | (p[i] & 0x3f);
    }
    if (v < least[len] || v > 0x10ffff || (v >= 0xd800 && v < 0xe000))
        return -1;
    *n = len;
    return v;
}

static void repair(const char *text, int plain, mi_buffer *out)
{
    const unsigned char *p = (const unsigned char *)text;
    while (*p) {
        int n;
        long c = decode(p, &n);
        if (c < 0)
            cli_puts(out, "\xef\xbf\xbd");
        else if (plain && (c < 0x20 || (c >= 0x7f && c < 0xa0)))
            cli_puts(out, "?");
        else
            mi_buffer_put(out, p, (size_t)n);
        p += n;
    }
}

void cli_text_repair(const char *text, mi_buffer *out) { repair(text, 0, out); }

void cli_text_plain(const char *text, mi_buffer *out) { repair(text, 1, out); }

/* First and last of ranges of characters that take two columns. */
static const long wide[][2] = {
    {0x1100, 0x115f},   {0x2e80, 0x303e},   {0x3041, 0x33ff},
    {0x3400, 0x4dbf},   {0x4e00, 0x9fff},   {0xa000, 0xa4cf},
    {0xac00, 0xd7a3},   {0xf900, 0xfaff},   {0xfe30, 0xfe6f},
    {0xff00, 0xff60},   {0xffe0, 0xffe6},   {0x1f300, 0x1f64f},
    {0x1f900, 0x1f9ff}, {0x20000, 0x3fffd},
};
/* ... and of marks that take none. */
static const long zero[][2] = {
    {0x0300, 0x036f}, {0x0483, 0x0489}, {0x0591, 0x05bd}, {0x0610, 0x061a},
    {0x064b, 0x065f}, {0x0e34, 0x0e3a}, {0x0e47, 0x0e4e}, {0x1ab0, 0x1aff},
    {0x200b, 0x200f}, {0x20d0, 0x20ff}, {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f},
};

static int within(long c, const long (*range)[2], size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (c >= range[i][0] && c <= range[i][1])
            return 1;
    return 0;
}

int cli_text_width(const char *text)
{
    const unsigned char *p = (const unsigned char *)text;
    int columns = 0;
    while (*p) {
        int n;
        long c = decode(p, &n);
        columns += within(c, wide, sizeof wide / sizeof *wide) ? 2 : 1;
        columns -= within(c, zero, sizeof zero / sizeof *zero);
        p += n;
    }
    return columns;
}

void cli_text_wrap(const char *text, int column, int indent, int columns,
                   mi_buffer *out)
{
    int at = column, first = 1;
    while (*text) {
        int n = (int)strcspn(text, " \n");
        if (!first && at + 1 + n > columns) {
            cli_printf(out, "\n%*s", indent, "");
            at = indent;
        } else if (!first) {
            cli_puts(out, " ");
            at++;
        }
        mi_buffer_put(out, text, (size_t)n);
        at += n;
        first = 0;
        text += n;
        if (strncmp(text, "\n\n", 2) == 0) {
            cli_printf(out, "\n\n%*s", indent, "");
            at = indent;
            first = 1;
        }
        text += strspn(text, " \n");
    }
}
