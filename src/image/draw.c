/* draw.c: boxes, points and labels by cairo. */
#include "mien/image.h"

#include "base/alloc.h"
#include "base/error.h"
#include "image/font.h"
#include "image/surface.h"

#include <assert.h>
#include <cairo.h>
#include <math.h>
#include <string.h>

enum { MAX_LINES = 8, LINE_SIZE = 128 };
/* Pixels: twice the largest side; the widest line and the largest letters. */
enum { FAR = 2 * MIEN_IMAGE_MAX_SIDE, LARGEST = 1000 };

struct mien_canvas {
    mien_image *im;
    cairo_surface_t *surface; /* 0xXXRRGGBB, native words */
    cairo_t *cairo;
};

static uint32_t *row_of(const mien_canvas *c, int y)
{
    unsigned char *data = cairo_image_surface_get_data(c->surface);
    int stride = cairo_image_surface_get_stride(c->surface);
    return (uint32_t *)(void *)(data + (ptrdiff_t)y * stride);
}

static mien_status cairo_failed(const mien_canvas *c, cairo_status_t why,
                                mien_error *err)
{
    if (why == CAIRO_STATUS_SUCCESS)
        why = cairo_surface_status(c->surface);
    if (why == CAIRO_STATUS_SUCCESS)
        why = cairo_status(c->cairo);
    return why == CAIRO_STATUS_SUCCESS
               ? MIEN_OK
               : mi_fail(err, MIEN_ENOMEM, "draw: %d x %d: %s", c->im->w,
                         c->im->h, cairo_status_to_string(why));
}

mien_status mien_canvas_new(mien_image *im, mien_canvas **out, mien_error *err)
{
    assert(im && im->data && out);
    mien_canvas *c = mi_alloc(1, sizeof *c);
    if (!c)
        return mi_fail(err, MIEN_ENOMEM, "draw: no memory");
    c->im = im;
    c->surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, im->w, im->h);
    c->cairo = cairo_create(c->surface);
    mien_status st = cairo_failed(c, mi_surface_ready(c->surface), err);
    if (st != MIEN_OK) {
        mien_canvas_free(c);
        return st;
    }
    for (int y = 0; y < im->h; y++) {
        const uint8_t *p = im->data + y * im->stride;
        uint32_t *to = row_of(c, y);
        for (int x = 0; x < im->w; x++, p += 3)
            to[x] = (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2];
    }
    cairo_surface_mark_dirty(c->surface);
    *out = c;
    return MIEN_OK;
}

static void set_colour(mien_canvas *c, mien_colour colour)
{
    cairo_set_source_rgb(c->cairo, colour.r / 255.0, colour.g / 255.0,
                         colour.b / 255.0);
}

/* cairo counts in 24 bits: what lies far outside is moved nearer, where it
 * cannot be seen either.  Not a number becomes lo. */
static double between(double lo, float v, double hi)
{
    return fmin(fmax((double)v, lo), hi);
}

static double place(float v) { return between(-FAR, v, FAR); }

void mien_canvas_box(mien_canvas *c, mien_box box, mien_colour colour,
                     float width)
{
    double x = place(box.x), y = place(box.y);
    set_colour(c, colour);
    cairo_set_line_width(c->cairo, between(0, width, LARGEST));
    cairo_rectangle(c->cairo, x, y, place(box.x + box.width) - x,
                    place(box.y + box.height) - y);
    cairo_stroke(c->cairo);
}

void mien_canvas_points(mien_canvas *c, const mien_point *points, int n,
                        mien_colour colour, float radius)
{
    set_colour(c, colour);
    for (int i = 0; i < n; i++) {
        cairo_new_sub_path(c->cairo);
        cairo_arc(c->cairo, place(points[i].x), place(points[i].y),
                  between(0, radius, LARGEST), 0, 2 * 3.14159265358979);
        cairo_fill(c->cairo);
    }
}

/* The bytes of the character that s[0..n) starts with, or 0 if it is not UTF-8.
 * Source: RFC 3629, section 4. */
static size_t character(const unsigned char *s, size_t n)
{
    size_t len = s[0] < 0x80                    ? 1
                 : s[0] >= 0xc2 && s[0] <= 0xdf ? 2
                 : s[0] >= 0xe0 && s[0] <= 0xef ? 3
                 : s[0] >= 0xf0 && s[0] <= 0xf4 ? 4
                                                : 0;
    if (len > n)
        return 0;
    for (size_t i = 1; i < len; i++)
        if ((s[i] & 0xc0) != 0x80)
            return 0;
    int wrong = (s[0] == 0xe0 && s[1] < 0xa0) ||
                (s[0] == 0xed && s[1] > 0x9f) ||
                (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f);
    return wrong ? 0 : len;
}

/* One line, with '?' for what is not UTF-8, cut at a whole character: cairo
 * draws nothing more after a text that it cannot read. */
static void copy_line(const char *text, size_t n, char line[LINE_SIZE])
{
    size_t used = 0;
    for (size_t i = 0; i < n;) {
        size_t len = character((const unsigned char *)text + i, n - i);
        const char *from = len ? text + i : "?";
        size_t put = len ? len : 1;
        if (used + put >= LINE_SIZE)
            break;
        memcpy(line + used, from, put);
        used += put;
        i += put;
    }
    line[used] = '\0';
}

static int split_lines(const char *text, char line[MAX_LINES][LINE_SIZE])
{
    int n = 0;
    while (*text && n < MAX_LINES) {
        size_t len = strcspn(text, "\n");
        copy_line(text, len, line[n++]);
        text += len + (text[len] == '\n');
    }
    return n;
}

/* Black letters on a light plate, white ones on a dark one. */
static mien_colour letters_on(mien_colour plate)
{
    int light = 299 * plate.r + 587 * plate.g + 114 * plate.b;
    uint8_t v = light > 140000 ? 0 : 255;
    return (mien_colour){v, v, v};
}

static double clamp_start(double at, double length, double room)
{
    if (at + length > room)
        at = room - length;
    return at < 0 ? 0 : at;
}

void mien_canvas_label(mien_canvas *c, float x, float y, const char *text,
                       float size, mien_colour colour)
{
    char line[MAX_LINES][LINE_SIZE];
    int n = split_lines(text, line);
    double letter = between(1, size, LARGEST);
    double pad = 0.25 * letter, step = 1.2 * letter, width = 0;
    cairo_set_font_size(c->cairo, letter);
    for (int i = 0; i < n; i++)
        width = fmax(width, mi_font_width(c->cairo, line[i], 0));
    if (n == 0)
        return;
    width += 2 * pad;
    double height = n * step + pad;
    double left = clamp_start(place(x), width, c->im->w);
    double top = clamp_start(place(y) - height, height, c->im->h);
    set_colour(c, colour);
    cairo_rectangle(c->cairo, left, top, width, height);
    cairo_fill(c->cairo);
    set_colour(c, letters_on(colour));
    for (int i = 0; i < n; i++)
        mi_font_draw(c->cairo, line[i], left + pad,
                     top + (i + 1) * step - 0.1 * step, 0);
}

mien_status mien_canvas_finish(mien_canvas *c, mien_error *err)
{
    mien_status st = cairo_failed(c, CAIRO_STATUS_SUCCESS, err);
    if (st != MIEN_OK)
        return st;
    mi_surface_read(c->surface, c->im);
    return MIEN_OK;
}

void mien_canvas_free(mien_canvas *c)
{
    if (!c)
        return;
    cairo_destroy(c->cairo);
    cairo_surface_destroy(c->surface);
    mi_free(c);
}
