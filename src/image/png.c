/* png.c: PNG by libpng, from memory to memory: every bit depth and colour type
 * to 8-bit RGB, transparency over white.  Errors leave by longjmp: everything
 * that must survive it stands in a struct. */
#include "image/codec.h"

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"

#include <assert.h>
#include <png.h>
#include <string.h>

typedef struct {
    png_structp png;
    png_infop info;
    mi_cursor in;
    mien_image im;
    uint8_t *rgba; /* with transparency: all rows (interlaced) or one */
    const mi_limits *limits;
    mi_exif about;
    mien_error err;
    mien_error why; /* what is damaged, status unused */
    mien_buffer out;
} state;

static void on_error(png_structp png, png_const_charp text)
{
    state *s = png_get_error_ptr(png);
    if (s->err.status == MIEN_OK)
        mi_fail(&s->err, MIEN_EFORMAT, "png: %.180s", text);
    png_longjmp(png, 1);
}

/* Of the warnings only those about the pixels' own bytes matter. */
static void on_warning(png_structp png, png_const_charp text)
{
    state *s = png_get_error_ptr(png);
    if (!strncmp(text, "IDAT", 4))
        mi_fail(&s->why, MIEN_EFORMAT, "png: %.180s", text);
}

/* libpng's memory is ours too; that it lacked is remembered, as libpng goes on
 * without the parts of a file that it can do without. */
static png_voidp alloc_memory(png_structp png, png_alloc_size_t n)
{
    state *s = png_get_mem_ptr(png);
    void *p = mi_alloc_raw(n, 1);
    if (!p && s->err.status == MIEN_OK)
        mi_fail(&s->err, MIEN_ENOMEM, "png: no memory for %zu bytes",
                (size_t)n);
    return p;
}

static void free_memory(png_structp png, png_voidp p)
{
    (void)png;
    mi_free(p);
}

static void feed_bytes(png_structp png, png_bytep to, size_t n)
{
    state *s = png_get_io_ptr(png);
    mi_cursor part = mi_cursor_take(&s->in, n);
    if (part.bad) {
        mi_fail(&s->err, MIEN_EFORMAT,
                "png: ends at byte %zu, %zu more were wanted",
                mi_cursor_at(&s->in) + mi_cursor_left(&s->in),
                n - mi_cursor_left(&s->in));
        png_error(png, "truncated");
    }
    memcpy(to, part.p, n);
}

/* Every kind of pixel to RGB, or to RGBA where it has transparency. */
static int set_conversions(state *s)
{
    png_set_expand(s->png);
    png_set_scale_16(s->png);
    png_set_gray_to_rgb(s->png);
    return png_get_color_type(s->png, s->info) & PNG_COLOR_MASK_ALPHA ||
           png_get_valid(s->png, s->info, PNG_INFO_tRNS);
}

static void blend(const uint8_t *rgba, int n, uint8_t *rgb)
{
    for (int i = 0; i < n; i++)
        for (int k = 0; k < 3; k++)
            rgb[i * 3 + k] = mi_over_white(rgba[i * 4 + k], rgba[i * 4 + 3]);
}

/* Interlaced rows come in passes, each of which adds pixels to them. */
static void read_rows(state *s, int alpha)
{
    int passes = png_set_interlace_handling(s->png);
    size_t row = (size_t)s->im.w * 4;
    png_read_update_info(s->png, s->info);
    if (alpha)
        s->rgba = mi_alloc(passes > 1 ? (size_t)s->im.h : 1, row);
    if (alpha && !s->rgba) {
        mi_fail(&s->err, MIEN_ENOMEM, "png: %d x %d pixels", s->im.w, s->im.h);
        png_error(s->png, "memory");
    }
    for (int pass = 0; pass < passes; pass++)
        for (int y = 0; y < s->im.h; y++) {
            uint8_t *rgb = s->im.data + y * s->im.stride;
            uint8_t *at = !alpha       ? rgb
                          : passes > 1 ? s->rgba + (size_t)y * row
                                       : s->rgba;
            png_read_row(s->png, at, NULL);
            if (alpha && pass == passes - 1)
                blend(at, s->im.w, rgb);
        }
    png_read_end(s->png, s->info);
}

/* From the chunk that is for it, or what programs did before there was one. */
static int find_exif(state *s)
{
    png_bytep exif = NULL;
    png_uint_32 n = 0;
    if (png_get_eXIf_1(s->png, s->info, &n, &exif)) {
        mi_exif_read(exif, n, &s->about);
        return 1;
    }
    return mi_png_text_read(s->in.start, (size_t)(s->in.end - s->in.start),
                            &s->about, &s->err) == MIEN_OK;
}

/* The limits of size are ours, and so are the words.  Texts and colour profiles
 * are passed over: some unpack to a thousand times their size (png_text.c). */
static void set_limits(state *s)
{
    static const uint8_t passed_over[] = "iCCP\0iTXt\0sPLT\0tEXt\0zTXt";
    png_set_user_limits(s->png, 0x7fffffff, 0x7fffffff);
    png_set_chunk_malloc_max(s->png, 1 << 23);
    png_set_keep_unknown_chunks(s->png, PNG_HANDLE_CHUNK_NEVER, passed_over, 5);
}

/* 1 when there is a picture; else why is in s->err. */
static int decode(state *s)
{
    if (setjmp(png_jmpbuf(s->png)))
        return 0;
    png_set_read_fn(s->png, s, feed_bytes);
    set_limits(s);
    png_read_info(s->png, s->info);
    if (mi_image_admit("png", png_get_image_width(s->png, s->info),
                       png_get_image_height(s->png, s->info), s->limits, &s->im,
                       &s->err) != MIEN_OK)
        return 0;
    if (!s->limits->strict) /* pixels whose sum is wrong may be right */
        png_set_crc_action(s->png, PNG_CRC_WARN_USE, PNG_CRC_DEFAULT);
    read_rows(s, set_conversions(s));
    return find_exif(s) && s->err.status == MIEN_OK;
}

mien_status mi_png_read(const uint8_t *bytes, size_t n, const mi_limits *limits,
                        mi_decoded *out, mien_error *err)
{
    state *s = mi_alloc(1, sizeof *s);
    if (!s)
        return mi_fail(err, MIEN_ENOMEM, "png: no memory");
    s->in = mi_cursor_of(bytes, n);
    s->limits = limits;
    s->about.orientation = 1;
    s->png = png_create_read_struct_2(PNG_LIBPNG_VER_STRING, s, on_error,
                                      on_warning, s, alloc_memory, free_memory);
    s->info = s->png ? png_create_info_struct(s->png) : NULL;
    mien_status st = MIEN_OK;
    if (!s->info) {
        st = mi_fail(err, MIEN_ENOMEM, "png: no memory");
    } else if (decode(s)) {
        out->im = s->im;
        out->exif = s->about;
        memcpy(out->warning, s->why.text, sizeof out->warning);
    } else {
        mien_image_free(&s->im);
        st = mi_fail(err, s->err.status, "%s", s->err.text);
    }
    png_destroy_read_struct(&s->png, &s->info, NULL);
    mi_free(s->rgba);
    mi_free(s);
    return st;
}

static void take_bytes(png_structp png, png_bytep from, size_t n)
{
    state *s = png_get_io_ptr(png);
    mien_buffer_put(&s->out, from, n);
}

static void no_flush(png_structp png) { (void)png; }

static int encode(state *s, const mien_image *im)
{
    if (setjmp(png_jmpbuf(s->png)))
        return 0;
    png_set_write_fn(s->png, s, take_bytes, no_flush);
    png_set_compression_level(s->png, 4);
    png_set_IHDR(s->png, s->info, (png_uint_32)im->w, (png_uint_32)im->h, 8,
                 PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_write_info(s->png, s->info);
    for (int y = 0; y < im->h; y++)
        png_write_row(s->png, im->data + y * im->stride);
    png_write_end(s->png, s->info);
    return 1;
}

mien_status mien_image_write_png(const mien_image *im, mien_bytes *out,
                                 mien_error *err)
{
    assert(im && im->data && out);
    state *s = mi_alloc(1, sizeof *s);
    if (!s)
        return mi_fail(err, MIEN_ENOMEM, "png: no memory");
    s->png =
        png_create_write_struct_2(PNG_LIBPNG_VER_STRING, s, on_error,
                                  on_warning, s, alloc_memory, free_memory);
    s->info = s->png ? png_create_info_struct(s->png) : NULL;
    mien_status st = MIEN_OK;
    if (!s->info)
        st = mi_fail(err, MIEN_ENOMEM, "png: no memory");
    else if (!encode(s, im))
        st = mi_fail(err, s->err.status, "%s", s->err.text);
    else
        st = mien_buffer_give(&s->out, out, err);
    png_destroy_write_struct(&s->png, &s->info);
    mien_buffer_free(&s->out);
    mi_free(s);
    return st;
}
