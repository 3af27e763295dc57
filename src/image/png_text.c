/* png_text.c: which side of a PNG is up, by what programs write into its texts.
 *
 *   zTXt, tEXt "Raw profile type exif" or "APP1"   ImageMagick: an EXIF block,
 *       in hexadecimal digits after its kind and length
 *   iTXt, tEXt, zTXt with XMP ("XML:com.adobe.xmp")   tiff:Orientation
 *
 * Chunks are walked here, since libpng would unpack them all before asking; a
 * text is unpacked up to MOST bytes only.
 *
 * Source: PNG, third edition, 5.3 and 11.3.3; XMP specification part 2, 2.5;
 * ImageMagick's coders/png.c. */
#include "image/codec.h"

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"

#include <string.h>
#include <zlib.h>

enum { MOST = 1 << 18, CHUNKS = 10000 };

/* A text of a PNG: its keyword, and its bytes. */
typedef struct png_text {
    const char *keyword;
    mi_cursor rest;
    int packed;
} png_text;

static uint32_t u32be(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 |
           p[3];
}

/* Take what stands before the next zero byte; NULL if there is none. */
static const char *take_string(mi_cursor *c)
{
    const uint8_t *end = memchr(c->p, 0, mi_cursor_left(c));
    if (!end)
        return NULL;
    return (const char *)mi_cursor_take(c, (uint64_t)(end - c->p) + 1).p;
}

/* What a chunk says, by its kind; 0: it is no text, or not well formed. */
static int open_text(const uint8_t *kind, mi_cursor c, png_text *out)
{
    int international = memcmp(kind, "iTXt", 4) == 0;
    int packed = memcmp(kind, "zTXt", 4) == 0;
    if (!international && !packed && memcmp(kind, "tEXt", 4) != 0)
        return 0;
    out->keyword = take_string(&c);
    if (!out->keyword)
        return 0;
    if (international) {
        mi_cursor flags = mi_cursor_take(&c, 2);
        if (flags.bad || !take_string(&c) || !take_string(&c))
            return 0;
        packed = flags.p[0] != 0;
    } else if (packed) {
        mi_cursor_take(&c, 1); /* there is one method */
    }
    out->packed = packed;
    out->rest = c;
    return !c.bad;
}

static void *alloc_memory(void *opaque, unsigned n, unsigned size)
{
    (void)opaque;
    return mi_alloc(n, size);
}

static void free_memory(void *opaque, void *p)
{
    (void)opaque;
    mi_free(p);
}

/* Unpack into [MOST] bytes; what does not fit, or is damaged, is left out. */
static mien_status unpack(const mi_cursor *c, uint8_t *to, size_t *n,
                          mien_error *err)
{
    union {
        const uint8_t *in;
        uint8_t *next; /* zlib's type; it does not write there */
    } from = {.in = c->p};
    z_stream z = {.next_in = from.next,
                  .avail_in = (unsigned)mi_cursor_left(c),
                  .avail_out = MOST,
                  .zalloc = alloc_memory,
                  .zfree = free_memory};
    z.next_out = to;
    int made = inflateInit(&z);
    if (made == Z_OK)
        made = inflate(&z, Z_FINISH);
    (void)inflateEnd(&z);
    *n = MOST - z.avail_out;
    return made == Z_MEM_ERROR
               ? mi_fail(err, MIEN_ENOMEM, "png: no memory for a text")
               : MIEN_OK;
}

/* "\nexif\n  1234\n4578..." -> bytes, in place; how many. */
static size_t from_hexadecimal(uint8_t *s, size_t n)
{
    static const char digits[] = "0123456789abcdef";
    size_t lines = 0, at = 0, nibbles = 0;
    for (; at < n && lines < 3; at++)
        lines += s[at] == '\n';
    for (; at < n; at++) {
        int c = s[at] >= 'A' && s[at] <= 'F' ? s[at] + 32 : s[at];
        const char *digit = c ? strchr(digits, c) : NULL;
        if (!digit)
            continue;
        int v = (int)(digit - digits);
        if (nibbles % 2)
            s[nibbles / 2] = (uint8_t)(s[nibbles / 2] << 4 | v);
        else
            s[nibbles / 2] = (uint8_t)v;
        nibbles++;
    }
    return nibbles / 2;
}

/* tiff:Orientation="6", or <tiff:Orientation>6<; 1 if there is none. */
static int orientation_in_xmp(const uint8_t *s, size_t n)
{
    static const char name[] = "tiff:Orientation";
    const uint8_t *end = s + n;
    const uint8_t *p = memmem(s, n, name, sizeof name - 1);
    if (!p)
        return 1;
    for (p += sizeof name - 1; p < end && strchr("=\"'> \n\r\t", *p) && *p;)
        p++;
    return p < end && *p >= '1' && *p <= '8' ? *p - '0' : 1;
}

/* The bytes of a text into room; *n is how many. */
static mien_status copy_text(const png_text *t, uint8_t *room, size_t *n,
                             mien_error *err)
{
    if (t->packed)
        return unpack(&t->rest, room, n, err);
    *n = mi_cursor_left(&t->rest);
    *n = *n < MOST ? *n : MOST;
    memcpy(room, t->rest.p, *n);
    return MIEN_OK;
}

/* Read what is not known yet, if it is a text that may tell it. */
static mien_status read_text(const png_text *t, mi_exif *about, mien_error *err)
{
    int exif = strcmp(t->keyword, "Raw profile type exif") == 0 ||
               strcmp(t->keyword, "Raw profile type APP1") == 0;
    int raw_xmp = strcmp(t->keyword, "Raw profile type xmp") == 0;
    if (!exif && !raw_xmp && strcmp(t->keyword, "XML:com.adobe.xmp") != 0)
        return MIEN_OK;
    uint8_t *room = mi_alloc(MOST, 1);
    if (!room)
        return mi_fail(err, MIEN_ENOMEM, "png: no memory for a text");
    size_t n = 0;
    mien_status st = copy_text(t, room, &n, err);
    if (exif || raw_xmp)
        n = from_hexadecimal(room, n);
    mi_exif got = {.orientation = 1};
    if (exif)
        mi_exif_read(room, n, &got);
    else
        got.orientation = orientation_in_xmp(room, n);
    mi_free(room);
    if (about->orientation == 1)
        about->orientation = got.orientation;
    if (!*about->taken)
        memcpy(about->taken, got.taken, sizeof about->taken);
    return st;
}

/* All that texts may tell is known. */
static int is_known(const mi_exif *about)
{
    return about->orientation != 1 && *about->taken;
}

mien_status mi_png_text_read(const uint8_t *bytes, size_t n, mi_exif *out,
                             mien_error *err)
{
    mi_cursor c = mi_cursor_of(bytes, n);
    mien_status st = MIEN_OK;
    *out = (mi_exif){.orientation = 1};
    mi_cursor_take(&c, 8);
    for (int i = 0; i < CHUNKS && !is_known(out) && st == MIEN_OK; i++) {
        png_text t;
        mi_cursor head = mi_cursor_take(&c, 8);
        mi_cursor body = mi_cursor_take(&c, head.bad ? 0 : u32be(head.p));
        mi_cursor_take(&c, 4); /* check sum */
        if (c.bad)
            break;
        if (open_text(head.p + 4, body, &t))
            st = read_text(&t, out, err);
    }
    return st;
}
