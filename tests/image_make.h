/* image_make.h: small files of every format, made by the formats' own
 * libraries.  Each function gives malloc'd bytes; free with free. */
#ifndef IMAGE_MAKE_H
#define IMAGE_MAKE_H

#include "mien/image.h"

#include <gif_lib.h>
#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <webp/encode.h>

#include <jpeglib.h>

/* Bytes that are appended to. */
static inline void put_bytes(mien_bytes *b, const void *p, size_t n)
{
    b->data = realloc(b->data, b->n + n + 1);
    memcpy(b->data + b->n, p, n);
    b->n += n;
}

/* A smooth picture of c channels, different in each corner and channel. */
static inline void paint(uint8_t *p, int w, int h, int c)
{
    for (int y = 0; y < h; y++)
        for (int x = 0; x < w; x++)
            for (int k = 0; k < c; k++)
                *p++ = (uint8_t)(k == 0   ? 20 + 200 * x / w
                                 : k == 1 ? 30 + 180 * y / h
                                 : k == 2 ? 240 - 100 * (x + y) / (w + h)
                                          : 10 + 60 * x / w);
}

/* An EXIF block with nothing but the orientation: "Exif\0\0", TIFF header, one
 * directory of one entry. */
enum { EXIF_BYTES = 32 };
static inline void make_exif(int orientation, int little, uint8_t *out)
{
    static const uint8_t big[EXIF_BYTES] = "Exif\0\0MM\0\x2a\0\0\0\x8"
                                           "\0\1\1\x12\0\3\0\0\0\1";
    static const uint8_t small[EXIF_BYTES] = "Exif\0\0II\x2a\0\x8\0\0\0"
                                             "\1\0\x12\1\3\0\1\0\0";
    memcpy(out, little ? small : big, EXIF_BYTES);
    out[little ? 24 : 25] = (uint8_t)orientation;
}

/* ---- JPEG ------------------------------------------------------------- */

typedef struct {
    J_COLOR_SPACE in, as; /* of the pixels, of the file */
    int progressive, orientation, quality, full_chroma, restart, no_adobe;
} jpeg_kind;

/* pixels: [h, w, 1, 3 or 4] in the colour space in. */
static inline mien_bytes make_jpeg(const uint8_t *pixels, int w, int h,
                                   jpeg_kind kind)
{
    struct jpeg_compress_struct c;
    struct jpeg_error_mgr err;
    unsigned char *data = NULL;
    unsigned long n = 0;
    c.err = jpeg_std_error(&err);
    jpeg_create_compress(&c);
    jpeg_mem_dest(&c, &data, &n);
    c.image_width = (JDIMENSION)w;
    c.image_height = (JDIMENSION)h;
    c.in_color_space = kind.in;
    c.input_components = kind.in == JCS_CMYK ? 4 : kind.in == JCS_RGB ? 3 : 1;
    jpeg_set_defaults(&c);
    jpeg_set_colorspace(&c, kind.as);
    jpeg_set_quality(&c, kind.quality ? kind.quality : 90, TRUE);
    if (kind.full_chroma)
        for (int i = 0; i < c.num_components; i++)
            c.comp_info[i].h_samp_factor = c.comp_info[i].v_samp_factor = 1;
    c.restart_interval = (unsigned)kind.restart;
    if (kind.no_adobe)
        c.write_Adobe_marker = FALSE;
    if (kind.progressive)
        jpeg_simple_progression(&c);
    jpeg_start_compress(&c, TRUE);
    if (kind.orientation) {
        uint8_t exif[EXIF_BYTES];
        make_exif(kind.orientation, kind.orientation & 1, exif);
        jpeg_write_marker(&c, JPEG_APP0 + 1, exif, sizeof exif);
    }
    for (int y = 0; y < h; y++) {
        uint8_t row[4 * 1024];
        memcpy(row, pixels + (size_t)y * w * c.input_components,
               (size_t)w * c.input_components);
        JSAMPROW at = row;
        jpeg_write_scanlines(&c, &at, 1);
    }
    jpeg_finish_compress(&c);
    jpeg_destroy_compress(&c);
    return (mien_bytes){data, n};
}

/* ---- PNG -------------------------------------------------------------- */

typedef struct {
    int depth, type; /* PNG_COLOR_TYPE_... */
    int interlaced, orientation;
    const png_color *palette;
    int colours;
    const uint8_t *clear; /* tRNS of a palette */
    int n_clear;
    const png_color_16 *key; /* tRNS of grey or RGB */
} png_kind;

static inline void png_take(png_structp png, png_bytep p, size_t n)
{
    put_bytes(png_get_io_ptr(png), p, n);
}

static inline int png_channels(int type)
{
    return (type == PNG_COLOR_TYPE_PALETTE || !(type & PNG_COLOR_MASK_COLOR)
                ? 1
                : 3) +
           (type & PNG_COLOR_MASK_ALPHA ? 1 : 0);
}

/* rows: packed as the file wants them, one after another. */
static inline mien_bytes make_png(const uint8_t *rows, int w, int h,
                                  png_kind kind)
{
    mien_bytes out = {0};
    png_structp png =
        png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png_create_info_struct(png);
    png_set_write_fn(png, &out, png_take, NULL);
    png_set_IHDR(png, info, (png_uint_32)w, (png_uint_32)h, kind.depth,
                 kind.type,
                 kind.interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    if (kind.palette)
        png_set_PLTE(png, info, kind.palette, kind.colours);
    if (kind.clear || kind.key)
        png_set_tRNS(png, info, kind.clear, kind.n_clear, kind.key);
    uint8_t exif[EXIF_BYTES];
    if (kind.orientation) {
        make_exif(kind.orientation, 0, exif);
        png_set_eXIf_1(png, info, EXIF_BYTES - 6, exif + 6);
    }
    png_write_info(png, info);
    png_bytep row[1024];
    size_t each = png_get_rowbytes(png, info);
    for (int y = 0; y < h; y++) {
        row[y] = malloc(each);
        memcpy(row[y], rows + (size_t)y * each, each);
    }
    png_write_image(png, row);
    png_write_end(png, info);
    for (int y = 0; y < h; y++)
        free(row[y]);
    png_destroy_write_struct(&png, &info);
    return out;
}

/* ---- WebP ------------------------------------------------------------- */

static inline void put_chunk(mien_bytes *b, const char *tag, const void *p,
                             size_t n)
{
    uint8_t head[8] = {(uint8_t)tag[0],    (uint8_t)tag[1],   (uint8_t)tag[2],
                       (uint8_t)tag[3],    (uint8_t)n,        (uint8_t)(n >> 8),
                       (uint8_t)(n >> 16), (uint8_t)(n >> 24)};
    put_bytes(b, head, sizeof head);
    put_bytes(b, p, n);
    if (n & 1)
        put_bytes(b, "", 1);
}

/* chunks as a WebP file. */
static inline mien_bytes make_riff(mien_bytes chunks)
{
    mien_bytes body = {0}, out = {0};
    put_bytes(&body, "WEBP", 4);
    put_bytes(&body, chunks.data, chunks.n);
    put_chunk(&out, "RIFF", body.data, body.n);
    free(body.data);
    free(chunks.data);
    return out;
}

static inline mien_bytes make_webp(const uint8_t *rgba, int w, int h, int lossy)
{
    mien_bytes out;
    out.n = lossy ? WebPEncodeRGBA(rgba, w, h, w * 4, 90, &out.data)
                  : WebPEncodeLosslessRGBA(rgba, w, h, w * 4, &out.data);
    return out;
}

static inline void put_u24(uint8_t *p, int v)
{
    p[0] = (uint8_t)v;
    p[1] = (uint8_t)(v >> 8);
    p[2] = (uint8_t)(v >> 16);
}

/* A lossless picture with EXIF beside it. */
static inline mien_bytes make_webp_exif(const uint8_t *rgba, int w, int h,
                                        int orientation)
{
    mien_bytes still = make_webp(rgba, w, h, 0), chunks = {0};
    uint8_t about[10] = {0x18}, exif[EXIF_BYTES]; /* alpha and EXIF */
    put_u24(about + 4, w - 1);
    put_u24(about + 7, h - 1);
    put_chunk(&chunks, "VP8X", about, sizeof about);
    put_bytes(&chunks, still.data + 12, still.n - 12);
    make_exif(orientation, 1, exif);
    put_chunk(&chunks, "EXIF", exif + 6, sizeof exif - 6);
    WebPFree(still.data);
    return make_riff(chunks);
}

/* An animation of one frame at (x, y) of a canvas; x and y even. */
static inline mien_bytes make_webp_frame(const uint8_t *rgba, int w, int h,
                                         int x, int y, int width, int height)
{
    mien_bytes still = make_webp(rgba, w, h, 0), chunks = {0}, frame = {0};
    uint8_t about[10] = {0x12}, head[16] = {0}, loop[6] = {0};
    put_u24(about + 4, width - 1);
    put_u24(about + 7, height - 1);
    put_chunk(&chunks, "VP8X", about, sizeof about);
    put_chunk(&chunks, "ANIM", loop, sizeof loop);
    put_u24(head, x / 2);
    put_u24(head + 3, y / 2);
    put_u24(head + 6, w - 1);
    put_u24(head + 9, h - 1);
    put_bytes(&frame, head, sizeof head);
    put_bytes(&frame, still.data + 12, still.n - 12);
    put_chunk(&chunks, "ANMF", frame.data, frame.n);
    free(frame.data);
    WebPFree(still.data);
    return make_riff(chunks);
}

/* ---- GIF -------------------------------------------------------------- */

static inline int gif_take(GifFileType *gif, const GifByteType *p, int n)
{
    put_bytes(gif->UserData, p, (size_t)n);
    return n;
}

typedef struct {
    int screen_w, screen_h, left, top, interlaced;
    int clear; /* colour number, -1: none */
} gif_kind;

/* numbers: [h, w] of colours 0..15; colour i is (16 i, 255 - 16 i, 7 i). */
static inline mien_bytes make_gif(const uint8_t *numbers, int w, int h,
                                  gif_kind kind)
{
    mien_bytes out = {0};
    GifColorType colour[16];
    for (int i = 0; i < 16; i++)
        colour[i] =
            (GifColorType){(GifByteType)(16 * i), (GifByteType)(255 - 16 * i),
                           (GifByteType)(7 * i)};
    ColorMapObject *map = GifMakeMapObject(16, colour);
    int why;
    GifFileType *gif = EGifOpen(&out, gif_take, &why);
    EGifSetGifVersion(gif, true);
    EGifPutScreenDesc(gif, kind.screen_w, kind.screen_h, 4, 0, map);
    GraphicsControlBlock control = {0, false, 0, kind.clear};
    GifByteType block[4];
    EGifGCBToExtension(&control, block);
    EGifPutExtension(gif, GRAPHICS_EXT_FUNC_CODE, 4, block);
    EGifPutImageDesc(gif, kind.left, kind.top, w, h, kind.interlaced, NULL);
    static const int first[4] = {0, 4, 2, 1}, step[4] = {8, 8, 4, 2};
    for (int pass = 0; pass < (kind.interlaced ? 4 : 1); pass++)
        for (int y = kind.interlaced ? first[pass] : 0; y < h;
             y += kind.interlaced ? step[pass] : 1) {
            GifByteType line[1024];
            memcpy(line, numbers + (size_t)y * w, (size_t)w);
            EGifPutLine(gif, line, w);
        }
    EGifCloseFile(gif, &why);
    GifFreeMapObject(map);
    return out;
}

#endif
