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
} mi_limits;

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

typedef mien_status mi_decoder(const uint8_t *bytes, size_t n,
                               const mi_limits *limits, mien_image *out,
                               int *orientation, mien_error *err);
mi_decoder mi_jpeg_read, mi_png_read, mi_webp_read, mi_gif_read, mi_pnm_read;

/* The EXIF orientation 1..8 in a block that starts with "Exif\0\0" or with the
 * TIFF header; 1 if there is none. */
int mi_exif_orientation(const uint8_t *bytes, size_t n);

/* Turn an image upright in place of *im. */
mien_status mi_image_upright(mien_image *im, int orientation, mien_error *err);

#endif
