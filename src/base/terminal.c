/* terminal.c: text on a terminal: what may be shown, columns, lines. */
#include "mien/text.h"

#include <string.h>

void mien_text_plain(const char *text, mien_buffer *out)
{
    for (int n; *text; text += n) {
        int32_t c = mien_utf8_next(text, &n);
        int control = c >= 0 && (c < 0x20 || (c >= 0x7f && c < 0xa0));
        if (c < 0)
            mien_buffer_puts(out, "\xef\xbf\xbd");
        else
            mien_buffer_put(out, control ? "?" : text, control ? 1 : (size_t)n);
    }
}

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

/* Columns of the text up to end. */
static int width_to(const char *text, const char *end)
{
    int columns = 0;
    for (int n; text < end; text += n) {
        int32_t c = mien_utf8_next(text, &n);
        columns += within(c, wide, sizeof wide / sizeof *wide) ? 2 : 1;
        columns -= within(c, zero, sizeof zero / sizeof *zero);
    }
    return columns;
}

int mien_text_width(const char *text)
{
    return width_to(text, text + strlen(text));
}

void mien_text_wrap(const char *text, int column, int indent, int columns,
                    mien_buffer *out)
{
    int at = column, first = 1;
    while (*text) {
        size_t n = strcspn(text, " \n");
        int width = width_to(text, text + n);
        if (!first && at + 1 + width > columns) {
            mien_buffer_printf(out, "\n%*s", indent, "");
            at = indent;
        } else if (!first) {
            mien_buffer_puts(out, " ");
            at++;
        }
        mien_buffer_put(out, text, n);
        at += width;
        first = 0;
        text += n;
        if (strncmp(text, "\n\n", 2) == 0) {
            mien_buffer_printf(out, "\n\n%*s", indent, "");
            at = indent;
            first = 1;
        }
        text += strspn(text, " \n");
    }
}
