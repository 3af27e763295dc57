/* jpeg.c: JPEG by libjpeg-turbo, from memory to memory.
 *
 * The accurate integer DCT and smooth chroma enlargement, so that pixels are
 * the same as other programs' that use the library's defaults.  libjpeg reports
 * by longjmp: everything that must survive it stands in a struct. */
#include "image/codec.h"

#include "base/alloc.h"
#include "base/error.h"

#include <assert.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>
#include <jerror.h>

typedef struct {
    struct jpeg_error_mgr manager; /* first: libjpeg hands back its address */
    jmp_buf leave;
    int code; /* of the message that ended it */
    char text[JMSG_LENGTH_MAX];
} trap;

static void on_error(j_common_ptr c)
{
    trap *t = (trap *)c->err;
    t->code = c->err->msg_code;
    c->err->format_message(c, t->text);
    longjmp(t->leave, 1);
}

/* Of the warnings these are about something beside the pixels; the others mean
 * that data are missing or damaged, and the picture is not whole. */
static int harmless(int code)
{
    return code == JWRN_EXTRANEOUS_DATA || code == JWRN_ADOBE_XFORM ||
           code == JWRN_JFIF_MAJOR || code == JWRN_BOGUS_ICC ||
           code == JWRN_BOGUS_PROGRESSION || code == JWRN_TOO_MUCH_DATA;
}

static void on_message(j_common_ptr c, int level)
{
    if (level < 0 && !harmless(c->err->msg_code))
        on_error(c);
}

static void no_output(j_common_ptr c) { (void)c; }

static void set_trap(trap *t, struct jpeg_error_mgr **slot)
{
    *slot = jpeg_std_error(&t->manager);
    t->manager.error_exit = on_error;
    t->manager.emit_message = on_message;
    t->manager.output_message = no_output;
}

static mien_status trapped(const trap *t)
{
    return t->code == JERR_OUT_OF_MEMORY || t->code == JERR_NO_BACKING_STORE
               ? MIEN_ENOMEM
               : MIEN_EFORMAT;
}

/* What libjpeg may take: it keeps a progressive picture whole, at most four
 * components of two bytes a pixel. */
enum { BASE_MEMORY = 1 << 26, MEMORY_A_PIXEL = 8 };

typedef struct {
    struct jpeg_decompress_struct c;
    trap trap;
    struct jpeg_progress_mgr progress;
    mien_image im;
    uint8_t *row; /* CMYK of one row */
    const mi_limits *limits;
    const uint8_t *bytes;
    size_t n;
    int orientation;
    mien_error err;
} reader;

static void watch_scans(j_common_ptr c)
{
    reader *r = c->client_data;
    if (r->c.input_scan_number <= r->limits->scans)
        return;
    mi_fail(&r->err, MIEN_ELIMIT, "jpeg: more than %d scans", r->limits->scans);
    longjmp(r->trap.leave, 1);
}

static void find_orientation(reader *r)
{
    static const char exif[] = "Exif\0";
    for (jpeg_saved_marker_ptr m = r->c.marker_list; m; m = m->next) {
        if (m->marker != JPEG_APP0 + 1 || m->data_length <= sizeof exif ||
            memcmp(m->data, exif, sizeof exif) != 0)
            continue;
        r->orientation = mi_exif_orientation(m->data, m->data_length);
        return;
    }
}

/* Adobe writes CMYK inverted; ink c and black k leave the light c k. */
static void rgb_from_cmyk(const uint8_t *cmyk, int n, int inverted,
                          uint8_t *rgb)
{
    for (int i = 0; i < n; i++, cmyk += 4, rgb += 3)
        for (int k = 0; k < 3; k++) {
            unsigned light = inverted ? cmyk[k] : 255u - cmyk[k];
            unsigned black = inverted ? cmyk[3] : 255u - cmyk[3];
            rgb[k] = (uint8_t)((light * black + 127) / 255);
        }
}

static int open_output(reader *r)
{
    struct jpeg_decompress_struct *c = &r->c;
    int cmyk =
        c->jpeg_color_space == JCS_CMYK || c->jpeg_color_space == JCS_YCCK;
    c->out_color_space = cmyk ? JCS_CMYK : JCS_RGB;
    c->dct_method = JDCT_ISLOW;
    c->do_fancy_upsampling = TRUE;
    if (mi_image_admit("jpeg", c->image_width, c->image_height, r->limits,
                       &r->im, &r->err) != MIEN_OK)
        return 0;
    c->mem->max_memory_to_use =
        BASE_MEMORY + (long)r->im.w * r->im.h * MEMORY_A_PIXEL;
    if (!cmyk)
        return 1;
    r->row = mi_alloc((size_t)c->image_width, 4);
    if (!r->row)
        mi_fail(&r->err, MIEN_ENOMEM, "jpeg: a row of %u pixels",
                c->image_width);
    return r->row != NULL;
}

static void read_rows(reader *r)
{
    struct jpeg_decompress_struct *c = &r->c;
    while (c->output_scanline < c->output_height) {
        uint8_t *to = r->im.data + (ptrdiff_t)c->output_scanline * r->im.stride;
        JSAMPROW row = r->row ? r->row : to;
        if (jpeg_read_scanlines(c, &row, 1) == 1 && r->row)
            rgb_from_cmyk(r->row, r->im.w, c->saw_Adobe_marker, to);
    }
    jpeg_finish_decompress(c);
}

/* 1 when the picture is whole; else why is in r->err or r->trap. */
static int decode(reader *r)
{
    if (setjmp(r->trap.leave))
        return 0;
    jpeg_create_decompress(&r->c);
    r->c.client_data = r;
    r->progress.progress_monitor = watch_scans;
    r->c.progress = &r->progress;
    jpeg_save_markers(&r->c, JPEG_APP0 + 1, 0xffff);
    jpeg_mem_src(&r->c, r->bytes, r->n);
    jpeg_read_header(&r->c, TRUE);
    find_orientation(r);
    if (!open_output(r))
        return 0;
    jpeg_start_decompress(&r->c);
    read_rows(r);
    return 1;
}

/* How far libjpeg has read; at the end it reads bytes of its own. */
static size_t place_of(const reader *r)
{
    const struct jpeg_source_mgr *src = r->c.src;
    uintptr_t start = (uintptr_t)r->bytes;
    uintptr_t at = src ? (uintptr_t)src->next_input_byte : start;
    return at >= start && at - start <= r->n ? at - start : r->n;
}

static mien_status why_not(reader *r, mien_error *err)
{
    if (r->err.status != MIEN_OK)
        return mi_fail(err, r->err.status, "%s", r->err.text);
    return mi_fail(err, trapped(&r->trap), "jpeg: near byte %zu of %zu: %.120s",
                   place_of(r), r->n, r->trap.text);
}

mien_status mi_jpeg_read(const uint8_t *bytes, size_t n,
                         const mi_limits *limits, mien_image *out,
                         int *orientation, mien_error *err)
{
    reader *r = mi_alloc(1, sizeof *r);
    if (!r)
        return mi_fail(err, MIEN_ENOMEM, "jpeg: no memory");
    r->bytes = bytes;
    r->n = n;
    r->limits = limits;
    r->orientation = 1;
    set_trap(&r->trap, &r->c.err);
    mien_status st = MIEN_OK;
    if (decode(r)) {
        *out = r->im;
        *orientation = r->orientation;
    } else {
        st = why_not(r, err);
        mien_image_free(&r->im);
    }
    jpeg_destroy_decompress(&r->c);
    mi_free(r->row);
    mi_free(r);
    return st;
}

typedef struct {
    struct jpeg_compress_struct c;
    trap trap;
    unsigned char *bytes; /* libjpeg's malloc */
    unsigned long n;
} writer;

static int encode(writer *w, const mien_image *im, int quality)
{
    if (setjmp(w->trap.leave))
        return 0;
    jpeg_create_compress(&w->c);
    jpeg_mem_dest(&w->c, &w->bytes, &w->n);
    w->c.image_width = (JDIMENSION)im->w;
    w->c.image_height = (JDIMENSION)im->h;
    w->c.input_components = 3;
    w->c.in_color_space = JCS_RGB;
    jpeg_set_defaults(&w->c);
    jpeg_set_quality(&w->c, quality, TRUE);
    jpeg_start_compress(&w->c, TRUE);
    while (w->c.next_scanline < w->c.image_height) {
        JSAMPROW row = im->data + (ptrdiff_t)w->c.next_scanline * im->stride;
        jpeg_write_scanlines(&w->c, &row, 1);
    }
    jpeg_finish_compress(&w->c);
    return 1;
}

mien_status mien_image_write_jpeg(const mien_image *im, int quality,
                                  mien_bytes *out, mien_error *err)
{
    assert(im && im->data && out);
    if (quality < 1 || quality > 100)
        return mi_fail(err, MIEN_EARG, "jpeg: quality %d, wanted 1..100",
                       quality);
    writer *w = mi_alloc(1, sizeof *w);
    if (!w)
        return mi_fail(err, MIEN_ENOMEM, "jpeg: no memory");
    set_trap(&w->trap, &w->c.err);
    mien_status st = MIEN_OK;
    uint8_t *bytes = NULL;
    if (!encode(w, im, quality))
        st = mi_fail(err, trapped(&w->trap), "jpeg: %.180s", w->trap.text);
    else if (!(bytes = mi_alloc_raw(w->n, 1)))
        st = mi_fail(err, MIEN_ENOMEM, "jpeg: %lu bytes", w->n);
    if (bytes) {
        memcpy(bytes, w->bytes, w->n);
        *out = (mien_bytes){bytes, w->n};
    }
    jpeg_destroy_compress(&w->c);
    free(w->bytes);
    mi_free(w);
    return st;
}
