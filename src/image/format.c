/* format.c: what a file is, by its first bytes. */
#include "image/codec.h"

#include "base/error.h"

#include <string.h>

/* What some programs leave before a JPEG's first marker. */
enum { MOST_BEFORE = 64 };

static int begins(const uint8_t *b, size_t n, size_t at, const char *with)
{
    size_t want = strlen(with);
    return n >= at + want && memcmp(b + at, with, want) == 0;
}

/* Where a JPEG begins, a little after the first byte if need be; n: nowhere. */
static size_t find_jpeg(const uint8_t *b, size_t n)
{
    if (begins(b, n, 0, "\xff\xd8"))
        return 0;
    for (size_t at = 1; at <= MOST_BEFORE; at++)
        if (begins(b, n, at, "\xff\xd8\xff"))
            return at;
    return n;
}

/* Is it a HEIF file?  The brands it answers to stand in its first box: the
 * major one, a version, then others.  Source: ISO/IEC 23008-12, annex B; AVIF,
 * section 6. */
static int is_heif(const uint8_t *b, size_t n)
{
    static const char brands[][5] = {"heic", "heix", "heim", "heis", "hevc",
                                     "hevx", "mif1", "msf1", "avif", "avis"};
    if (!begins(b, n, 4, "ftyp") || b[0] || b[1] || b[2])
        return 0;
    for (size_t at = 8; at + 4 <= n && at + 4 <= b[3]; at += at == 8 ? 8 : 4)
        for (size_t i = 0; i < sizeof brands / sizeof *brands; i++)
            if (memcmp(b + at, brands[i], 4) == 0)
                return 1;
    return 0;
}

/* Formats that people have photos in, which mien does not read. */
static const char *known_as(const uint8_t *b, size_t n)
{
    if (begins(b, n, 0, "BM"))
        return "BMP";
    if (n >= 4 && (memcmp(b, "II*", 4) == 0 || memcmp(b, "MM\0*", 4) == 0))
        return "TIFF or raw camera";
    if (n >= 4 && (memcmp(b, "II+", 4) == 0 || memcmp(b, "MM\0+", 4) == 0))
        return "BigTIFF";
    if (begins(b, n, 0, "\xff\x0a") || begins(b, n, 4, "JXL \r\n\x87\n"))
        return "JPEG XL";
    if (begins(b, n, 4, "jP  \r\n\x87\n") || begins(b, n, 0, "\xff\x4f\xff"))
        return "JPEG 2000";
    if (begins(b, n, 0, "8BPS"))
        return "Photoshop";
    if (begins(b, n, 0, "%PDF"))
        return "PDF";
    return begins(b, n, 4, "ftyp") ? "MP4 or MOV video" : NULL;
}

mi_decoder *mi_decoder_of(const uint8_t *b, size_t n, size_t *start)
{
    *start = 0;
    if (begins(b, n, 0, "\x89PNG\r\n\x1a\n"))
        return mi_png_read;
    if (begins(b, n, 0, "RIFF") && begins(b, n, 8, "WEBP"))
        return mi_webp_read;
    if (begins(b, n, 0, "GIF87a") || begins(b, n, 0, "GIF89a"))
        return mi_gif_read;
    if (n >= 2 && b[0] == 'P' && b[1] >= '1' && b[1] <= '6')
        return mi_pnm_read;
    if (is_heif(b, n))
        return mi_heif_read;
    if (known_as(b, n))
        return NULL;
    *start = find_jpeg(b, n);
    return *start < n ? mi_jpeg_read : NULL;
}

mien_status mi_no_decoder(const uint8_t *b, size_t n, mien_error *err)
{
    const char *name = known_as(b, n);
    if (name)
        return mi_fail(err, MIEN_EFORMAT,
                       "image: a %s file, which is not read; convert it to "
                       "JPEG or PNG first",
                       name);
    return mi_fail(
        err, MIEN_EFORMAT,
        "image: the first bytes are of no JPEG, PNG, WebP, GIF, HEIC, "
        "AVIF or PNM file");
}
