/* jpeg.c: JPEG by libjpeg-turbo, from memory to memory.
 *
 * The accurate integer DCT and smooth chroma enlargement, so that pixels are
 * the same as other programs' that use the library's defaults.  libjpeg reports
 * by longjmp: everything that must survive it stands in a struct. */
#include "image/codec.h"

#include "base/alloc.h"
#include "base/error.h"
#include "image/jpeg_coefs.h"

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
 * that data are missing or damaged, and the picture is not whole.  Cameras
 * write the bounds of a progressive scan into sequential files. */
static int harmless(int code)
{
    return code == JWRN_EXTRANEOUS_DATA || code == JWRN_ADOBE_XFORM ||
           code == JWRN_JFIF_MAJOR || code == JWRN_BOGUS_ICC ||
           code == JWRN_BOGUS_PROGRESSION || code == JWRN_TOO_MUCH_DATA ||
           code == JWRN_NOT_SEQUENTIAL;
}

static void stop_at_warning(j_common_ptr c, int level)
{
    if (level < 0 && !harmless(c->err->msg_code))
        on_error(c);
}

static void no_output(j_common_ptr c) { (void)c; }

static void set_trap(trap *t, struct jpeg_error_mgr **slot,
                     void (*on_message)(j_common_ptr c, int level))
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
/* What a picture that is made smaller takes, if it can be. */
enum { REDUCED_MEMORY = 180000000 };

typedef struct {
    mi_jpeg_coefs coefs; /* first: found by c.client_data */
    struct jpeg_decompress_struct c;
    trap trap;
    struct jpeg_progress_mgr progress;
    mien_image im;
    uint8_t *row; /* CMYK of one row */
    const mi_limits *limits;
    const uint8_t *bytes;
    size_t n;
    mi_exif about;
    int ended;  /* 1: the bytes ended before the end marker */
    int damage; /* code of the first warning that is not harmless; 0: none */
    mien_error why; /* then: what and where, status unused */
    mien_error err;
} reader;

/* Where in the bytes libjpeg reads. */
static size_t place_of(const reader *r);

/* Note what is damaged, and from where on. */
static void note_damage(reader *r, int code)
{
    struct jpeg_decompress_struct *c = &r->c;
    char text[JMSG_LENGTH_MAX];
    unsigned row = c->input_iMCU_row * (unsigned)c->max_v_samp_factor * DCTSIZE;
    c->err->msg_code = code;
    c->err->format_message((j_common_ptr)c, text);
    r->damage = code;
    if (jpeg_has_multiple_scans(c))
        mi_fail(&r->why, MIEN_EFORMAT,
                "jpeg: near byte %zu of %zu, scan %d: %.60s", place_of(r), r->n,
                c->input_scan_number, text);
    else
        mi_fail(&r->why, MIEN_EFORMAT,
                "jpeg: near byte %zu of %zu, row %u of %u: %.60s", place_of(r),
                r->n, row, c->image_height, text);
}

/* A picture that ends in its first rows is none. */
static int nothing_read(const reader *r)
{
    return r->damage == JWRN_HIT_MARKER && r->c.unread_marker == JPEG_EOI &&
           r->c.input_scan_number <= 1 && r->c.input_iMCU_row == 0;
}

/* Only its absence shows that the bytes ended; what that did to the pixels
 * comes as a warning of its own, or is found by has_all. */
static void on_warning(j_common_ptr common, int level)
{
    reader *r = common->client_data;
    int code = common->err->msg_code;
    if (level >= 0 || harmless(code))
        return;
    if (code == JWRN_JPEG_EOF) {
        r->ended = 1;
        return;
    }
    if (!r->damage)
        note_damage(r, code);
    if (r->limits->strict || nothing_read(r)) {
        r->err = r->why;
        longjmp(r->trap.leave, 1);
    }
}

/* Are all scans there?  Asked when the bytes ended without an end marker. */
static int has_all(const reader *r)
{
    const struct jpeg_decompress_struct *c = &r->c;
    if (c->arith_code) /* zeros are read past the end, without a warning */
        return 0;
    for (int i = 0; i < c->num_components; i++) {
        if (!c->comp_info[i].quant_table) /* kept when its first scan begins */
            return 0;
        for (int k = 0; c->progressive_mode && k < DCTSIZE2; k++)
            if (c->coef_bits[i][k] != 0)
                return 0;
    }
    return 1;
}

static void watch_scans(j_common_ptr c)
{
    reader *r = c->client_data;
    if (r->c.input_scan_number <= r->limits->scans)
        return;
    mi_fail(&r->err, MIEN_ELIMIT, "jpeg: more than %d scans", r->limits->scans);
    longjmp(r->trap.leave, 1);
}

/* The first EXIF block. */
static void find_exif(reader *r)
{
    static const char exif[] = "Exif\0";
    for (jpeg_saved_marker_ptr m = r->c.marker_list; m; m = m->next) {
        if (m->marker != JPEG_APP0 + 1 || m->data_length <= sizeof exif ||
            memcmp(m->data, exif, sizeof exif) != 0)
            continue;
        mi_exif_read(m->data, m->data_length, &r->about);
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

/* May the picture be read at the size that is chosen? */
static int fits(reader *r, int64_t most)
{
    struct jpeg_decompress_struct *c = &r->c;
    int64_t pixels = (int64_t)c->output_width * c->output_height;
    int64_t blocks = jpeg_has_multiple_scans(c) ? mi_jpeg_coefs_size(c) : 0;
    return pixels <= most && c->output_width <= MIEN_IMAGE_MAX_SIDE &&
           c->output_height <= MIEN_IMAGE_MAX_SIDE &&
           (c->scale_num == 8 ||
            blocks + 3 * pixels + (int64_t)r->n <= REDUCED_MEMORY);
}

/* Choose the largest of 1/8 .. 8/8 that an image may have. */
static void choose_size(reader *r)
{
    struct jpeg_decompress_struct *c = &r->c;
    int64_t pixels = (int64_t)c->image_width * c->image_height;
    int64_t most = pixels > MIEN_PHOTO_WHOLE_PIXELS ? MIEN_PHOTO_REDUCED_PIXELS
                                                    : MIEN_PHOTO_WHOLE_PIXELS;
    c->scale_denom = 8;
    c->scale_num = 8;
    jpeg_calc_output_dimensions(c);
    while (r->limits->shrink && c->scale_num > 1 && !fits(r, most)) {
        c->scale_num--;
        jpeg_calc_output_dimensions(c);
    }
}

static void no_memory_for_coefs(j_common_ptr common)
{
    reader *r = common->client_data;
    mi_fail(&r->err, MIEN_ENOMEM,
            "jpeg: no memory for the coefficients of %u "
            "x %u pixels",
            r->c.image_width, r->c.image_height);
    longjmp(r->trap.leave, 1);
}

/* Limit what libjpeg takes: of several scans it keeps all coefficients, of a
 * picture that is made smaller only those that it needs. */
static void limit_memory(reader *r)
{
    int64_t pixels = (int64_t)r->c.image_width * r->c.image_height;
    if (r->c.scale_num < 8 && jpeg_has_multiple_scans(&r->c)) {
        r->coefs.no_memory = no_memory_for_coefs;
        mi_jpeg_coefs_use(&r->c);
        pixels = 0;
    }
    r->c.mem->max_memory_to_use = BASE_MEMORY + (long)pixels * MEMORY_A_PIXEL;
}

/* Choose size and colours, and make the image. */
static int open_output(reader *r)
{
    struct jpeg_decompress_struct *c = &r->c;
    int cmyk =
        c->jpeg_color_space == JCS_CMYK || c->jpeg_color_space == JCS_YCCK;
    c->out_color_space = cmyk ? JCS_CMYK : JCS_RGB;
    c->dct_method = JDCT_ISLOW;
    c->do_fancy_upsampling = TRUE;
    if (mi_image_check("jpeg", c->image_width, c->image_height, r->limits,
                       &r->err) != MIEN_OK)
        return 0;
    choose_size(r);
    if (mien_image_new((int)c->output_width, (int)c->output_height, &r->im,
                       &r->err) != MIEN_OK)
        return 0;
    limit_memory(r);
    if (!cmyk)
        return 1;
    r->row = mi_alloc((size_t)c->output_width, 4);
    if (!r->row)
        mi_fail(&r->err, MIEN_ENOMEM, "jpeg: a row of %u pixels",
                c->output_width);
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
}

/* 1 when there is a picture; else why is in r->err or r->trap. */
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
    find_exif(r);
    if (!open_output(r))
        return 0;
    jpeg_start_decompress(&r->c);
    read_rows(r);
    if (!r->ended || has_all(r))
        return 1;
    if (!r->damage)
        note_damage(r, JWRN_JPEG_EOF);
    r->err = r->limits->strict ? r->why : r->err;
    return !r->limits->strict;
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

/* Where the marker begins that libjpeg stumbled over after a first scan: the
 * scans before it are a picture.  0: there is none. */
static size_t end_of_scans(const reader *r)
{
    size_t at = place_of(r);
    if (r->limits->strict || r->err.status != MIEN_OK ||
        trapped(&r->trap) != MIEN_EFORMAT || r->c.input_scan_number < 1)
        return 0;
    for (at = at < r->n ? at : r->n - 1; at > 2; at--)
        if (r->bytes[at - 1] == 0xff && r->bytes[at] >= 0xc0 &&
            r->bytes[at] < 0xff && (r->bytes[at] & 0xf8) != 0xd0)
            return at - 1;
    return 0;
}

/* Read n bytes; ret_end is set to where to end instead, or to 0. */
static mien_status read_until(const uint8_t *bytes, size_t n,
                              const mi_limits *limits, mi_decoded *out,
                              size_t *ret_end, mien_error *err)
{
    reader *r = mi_alloc(1, sizeof *r);
    *ret_end = 0;
    if (!r)
        return mi_fail(err, MIEN_ENOMEM, "jpeg: no memory");
    r->bytes = bytes;
    r->n = n;
    r->limits = limits;
    r->about.orientation = 1;
    set_trap(&r->trap, &r->c.err, on_warning);
    mien_status st = MIEN_OK;
    if (decode(r)) {
        *out = (mi_decoded){r->im, (int)r->c.image_width,
                            (int)r->c.image_height, r->about, ""};
        snprintf(out->warning, sizeof out->warning, "%s", r->why.text);
    } else {
        st = why_not(r, err);
        *ret_end = end_of_scans(r);
        mien_image_free(&r->im);
    }
    jpeg_destroy_decompress(&r->c);
    mi_jpeg_coefs_done(&r->coefs);
    mi_free(r->row);
    mi_free(r);
    return st;
}

mien_status mi_jpeg_read(const uint8_t *bytes, size_t n,
                         const mi_limits *limits, mi_decoded *out,
                         mien_error *err)
{
    size_t end, again;
    mien_status st = read_until(bytes, n, limits, out, &end, err);
    if (end && read_until(bytes, end, limits, out, &again, NULL) == MIEN_OK)
        st = MIEN_OK;
    return st;
}

typedef struct {
    struct jpeg_compress_struct c;
    trap trap;
    unsigned char *bytes; /* libjpeg's malloc */
    unsigned long n;
} writer;

/* Compress the picture into memory; 0 if libjpeg left by its trap. */
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
    set_trap(&w->trap, &w->c.err, stop_at_warning);
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
