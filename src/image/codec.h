/* codec.h: what the decoders share.  Each reads one format from memory into an
 * RGB image as it lies in the file; decode.c chooses one and turns the result
 * upright. */
#ifndef MI_IMAGE_CODEC_H
#define MI_IMAGE_CODEC_H

#include "mien/image.h"

/* The limits of a read, every field set. */
typedef struct mi_limits {
    int side, scans;
    int64_t pixels;
    int strict;     /* 1: a picture that is not whole is refused */
    int as_it_lies; /* 1: a HEIF's own turns are not applied either */
    int shrink;     /* 1: a JPEG too large to hold is read smaller */
} mi_limits;

/* What an EXIF block tells of its picture. */
typedef struct mi_exif {
    int orientation; /* 1..8 */
    char taken[11];  /* the day, YYYY-MM-DD; "": none is told */
} mi_exif;

/* A picture as it lies in the file. */
typedef struct mi_decoded {
    mien_image im;
    int w, h; /* as the header has them; im's unless it was made smaller */
    mi_exif exif;
    char warning[MIEN_WARNING_MAX]; /* what is not whole; empty: nothing */
} mi_decoded;

/* Say which limit the size in a header breaks. */
mien_status mi_image_check(const char *format, int64_t w, int64_t h,
                           const mi_limits *limits, mien_error *err);
/* Make an image for a decoder, or say which limit its header breaks. */
mien_status mi_image_admit(const char *format, int64_t w, int64_t h,
                           const mi_limits *limits, mien_image *out,
                           mien_error *err);

/* v of 0..255 and alpha of 0..255 over white, rounded. */
static inline uint8_t mi_over_white(unsigned v, unsigned alpha)
{
    return (uint8_t)((v * alpha + 255 * (255 - alpha) + 127) / 255);
}

/* out is cleared before, but for an orientation of 1; on failure it may be
 * touched, but holds no pixels.  w and h of 0 stand for the image's. */
typedef mien_status mi_decoder(const uint8_t *bytes, size_t n,
                               const mi_limits *limits, mi_decoded *out,
                               mien_error *err);
mi_decoder mi_jpeg_read, mi_png_read, mi_webp_read, mi_gif_read, mi_pnm_read,
    mi_heif_read;

/* The decoder that a file wants, by its first bytes, and where its first byte
 * lies; NULL if there is none. */
mi_decoder *mi_decoder_of(const uint8_t *bytes, size_t n, size_t *start);
/* Fail with what the file is, as far as it can be told. */
mien_status mi_no_decoder(const uint8_t *bytes, size_t n, mien_error *err);

/* Read a block that starts with "Exif\0\0" or with the TIFF header; out is set
 * whole, to orientation 1 and no day where there is none. */
void mi_exif_read(const uint8_t *bytes, size_t n, mi_exif *out);

/* What the texts of a PNG tell: the first orientation but 1, of EXIF or XMP,
 * and the first day of EXIF. */
mien_status mi_png_text_read(const uint8_t *bytes, size_t n, mi_exif *out,
                             mien_error *err);

/* Turn an image upright in place of *im. */
mien_status mi_image_upright(mien_image *im, int orientation, mien_error *err);

#endif
