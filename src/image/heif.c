/* heif.c: HEIC and AVIF by libheif, which is loaded (dlopen) when the first one
 * is read: what it leans on, encoders too, would cost every command time.
 *
 * A file is upright by its own properties (irot, imir, clap), which libheif
 * applies; its EXIF block repeats them and is asked for the day only.
 * Transparency lies over white.  Of a sequence, or of several pictures, the
 * primary one is read.
 *
 * Source: ISO/IEC 23008-12; libheif's documentation. */
#include "image/codec.h"

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/library.h"

#include <assert.h>
#include <string.h>

#include <libheif/heif.h>

static const char library[] = "libheif.so.1";

/* What is called; all of it is in libheif 1.7 and later. */
#define HEIF_LIST(X)                                    \
    X(heif_context_alloc)                               \
    X(heif_context_free)                                \
    X(heif_context_get_primary_image_handle)            \
    X(heif_context_read_from_memory_without_copy)       \
    X(heif_context_set_maximum_image_size_limit)        \
    X(heif_decode_image)                                \
    X(heif_decoding_options_alloc)                      \
    X(heif_decoding_options_free)                       \
    X(heif_image_get_height)                            \
    X(heif_image_get_plane_readonly)                    \
    X(heif_image_get_width)                             \
    X(heif_image_handle_get_height)                     \
    X(heif_image_handle_get_list_of_metadata_block_IDs) \
    X(heif_image_handle_get_metadata)                   \
    X(heif_image_handle_get_metadata_size)              \
    X(heif_image_handle_get_width)                      \
    X(heif_image_handle_has_alpha_channel)              \
    X(heif_image_handle_release)                        \
    X(heif_image_release)

typedef struct heif {
#define FIELD(function) __typeof__(function) *function;
    HEIF_LIST(FIELD)
#undef FIELD
} heif;

/* A file being read; what libheif made is released by done. */
typedef struct state {
    heif lib;
    struct heif_context *context;
    struct heif_image_handle *handle;
    struct heif_image *image;
    int alpha;
} state;

/* Find libheif's functions, or say what is missing. */
static mien_status load(heif *to, mien_error *err)
{
#define ENTRY(function) {offsetof(heif, function), #function},
    static const mi_library_entry entries[] = {HEIF_LIST(ENTRY)};
#undef ENTRY
    return mi_library_load(
        library, "heif: HEIC and AVIF need libheif (Debian's libheif1)",
        entries, sizeof entries / sizeof *entries, to, err);
}

/* Fail with what libheif says. */
static mien_status refuse(struct heif_error e, const char *what,
                          mien_error *err)
{
    const char *words = e.message ? e.message : "no reason given";
    switch (e.code) {
    case heif_error_Memory_allocation_error:
        return e.subcode == heif_suberror_Security_limit_exceeded
                   ? mi_fail(err, MIEN_ELIMIT, "heif: %s: %.120s", what, words)
                   : mi_fail(err, MIEN_ENOMEM, "heif: %s: %.120s", what, words);
    case heif_error_Unsupported_filetype:
    case heif_error_Unsupported_feature:
    case heif_error_Decoder_plugin_error:
        return mi_fail(err, MIEN_EUNSUP,
                       "heif: %s: %.100s; is a plugin missing, as Debian's "
                       "libheif-plugin-libde265 or -dav1d?",
                       what, words);
    default: return mi_fail(err, MIEN_EFORMAT, "heif: %s: %.120s", what, words);
    }
}

/* Find the primary picture; its size is checked before anything is decoded. */
static mien_status open_primary(state *s, const uint8_t *bytes, size_t n,
                                const mi_limits *limits, mien_error *err)
{
    s->context = s->lib.heif_context_alloc();
    if (!s->context)
        return mi_fail(err, MIEN_ENOMEM, "heif: no memory");
    s->lib.heif_context_set_maximum_image_size_limit(s->context, limits->side);
    struct heif_error e = s->lib.heif_context_read_from_memory_without_copy(
        s->context, bytes, n, NULL);
    if (e.code != heif_error_Ok)
        return refuse(e, "the file", err);
    e = s->lib.heif_context_get_primary_image_handle(s->context, &s->handle);
    if (e.code != heif_error_Ok)
        return refuse(e, "its picture", err);
    s->alpha = s->lib.heif_image_handle_has_alpha_channel(s->handle) != 0;
    return mi_image_check("heif", s->lib.heif_image_handle_get_width(s->handle),
                          s->lib.heif_image_handle_get_height(s->handle),
                          limits, err);
}

static mien_status decode(state *s, int as_it_lies, mien_error *err)
{
    struct heif_decoding_options *o = s->lib.heif_decoding_options_alloc();
    if (!o)
        return mi_fail(err, MIEN_ENOMEM, "heif: no memory");
    o->ignore_transformations = (uint8_t)as_it_lies;
    if (o->version >= 2)
        o->convert_hdr_to_8bit = 1;
    struct heif_error e = s->lib.heif_decode_image(
        s->handle, &s->image, heif_colorspace_RGB,
        s->alpha ? heif_chroma_interleaved_RGBA : heif_chroma_interleaved_RGB,
        o);
    s->lib.heif_decoding_options_free(o);
    return e.code == heif_error_Ok ? MIEN_OK : refuse(e, "its pixels", err);
}

/* Copy libheif's rows of RGB or RGBA. */
static mien_status copy(const state *s, const mi_limits *limits,
                        mien_image *out, mien_error *err)
{
    enum heif_channel all = heif_channel_interleaved;
    int stride = 0;
    int w = s->lib.heif_image_get_width(s->image, all);
    int h = s->lib.heif_image_get_height(s->image, all);
    const uint8_t *from =
        s->lib.heif_image_get_plane_readonly(s->image, all, &stride);
    if (!from || stride < w * (s->alpha ? 4 : 3))
        return mi_fail(err, MIEN_EFORMAT, "heif: no pixels were decoded");
    mien_status st = mi_image_admit("heif", w, h, limits, out, err);
    if (st != MIEN_OK)
        return st;
    for (int y = 0; y < h; y++) {
        const uint8_t *row = from + (ptrdiff_t)y * stride;
        uint8_t *to = out->data + y * out->stride;
        if (!s->alpha)
            memcpy(to, row, (size_t)w * 3);
        for (int x = 0; s->alpha && x < w; x++, row += 4, to += 3)
            for (int i = 0; i < 3; i++)
                to[i] = mi_over_white(row[i], row[3]);
    }
    return MIEN_OK;
}

/* The day of the EXIF block, which lies behind the number of bytes before its
 * TIFF header; how the picture lies it tells no more. */
static mien_status read_day(const state *s, mi_exif *about, mien_error *err)
{
    enum { HEAD = 4, MOST = 1 << 17 };
    heif_item_id id = 0;
    mi_exif got;
    if (s->lib.heif_image_handle_get_list_of_metadata_block_IDs(
            s->handle, "Exif", &id, 1) < 1)
        return MIEN_OK;
    size_t n = s->lib.heif_image_handle_get_metadata_size(s->handle, id);
    if (n <= HEAD || n > MOST)
        return MIEN_OK;
    uint8_t *block = mi_alloc(n, 1);
    if (!block)
        return mi_fail(err, MIEN_ENOMEM, "heif: no memory for EXIF");
    struct heif_error e =
        s->lib.heif_image_handle_get_metadata(s->handle, id, block);
    mi_cursor c = mi_cursor_of(block + HEAD, n - HEAD);
    mi_cursor_take(&c, (size_t)block[0] << 24 | (size_t)block[1] << 16 |
                           (size_t)block[2] << 8 | block[3]);
    if (e.code == heif_error_Ok && !c.bad) {
        mi_exif_read(c.p, mi_cursor_left(&c), &got);
        memcpy(about->taken, got.taken, sizeof about->taken);
    }
    mi_free(block);
    return MIEN_OK;
}

static void done(state *s)
{
    if (s->image)
        s->lib.heif_image_release(s->image);
    if (s->handle)
        s->lib.heif_image_handle_release(s->handle);
    if (s->context)
        s->lib.heif_context_free(s->context);
}

mien_status mi_heif_read(const uint8_t *bytes, size_t n,
                         const mi_limits *limits, mi_decoded *out,
                         mien_error *err)
{
    state s = {.alpha = 0};
    mien_status st = load(&s.lib, err);
    if (st == MIEN_OK)
        st = open_primary(&s, bytes, n, limits, err);
    if (st == MIEN_OK)
        st = decode(&s, limits->as_it_lies, err);
    if (st == MIEN_OK)
        st = copy(&s, limits, &out->im, err);
    if (st == MIEN_OK)
        st = read_day(&s, &out->exif, err);
    done(&s);
    return st;
}
