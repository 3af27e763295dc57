/* render.c: a figure to the bytes of a file. */
#include "plot/draw.h"

#include "base/bytes.h"
#include "base/error.h"
#include "image/surface.h"

#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <string.h>
#include <strings.h>

static cairo_status_t put(void *to, const unsigned char *p, unsigned n)
{
    mien_buffer *b = to;
    mien_buffer_put(b, p, n);
    return b->failed ? CAIRO_STATUS_NO_MEMORY : CAIRO_STATUS_SUCCESS;
}

static cairo_surface_t *surface_of(const mien_figure *f,
                                   mien_plot_format format, mien_buffer *b)
{
    if (format == MIEN_PLOT_SVG)
        return cairo_svg_surface_create_for_stream(put, b, f->width, f->height);
    if (format == MIEN_PLOT_PNG)
        return cairo_image_surface_create(
            CAIRO_FORMAT_RGB24, (int)(f->width + .5), (int)(f->height + .5));
    cairo_surface_t *s =
        cairo_pdf_surface_create_for_stream(put, b, f->width, f->height);
    cairo_pdf_surface_set_metadata(s, CAIRO_PDF_METADATA_CREATE_DATE,
                                   "1970-01-01T00:00:00Z");
    return s;
}

/* The whole figure: title, then a panel a cell of the grid. */
static void draw(const mien_figure *f, cairo_t *cr)
{
    double top = 0;
    cairo_set_source_rgb(cr, 1, 1, 1);
    cairo_paint(cr);
    if (f->title[0]) {
        cairo_set_source_rgb(cr, .1, .1, .1);
        cairo_set_font_size(cr, 16);
        mi_text(cr, f->title, 12, 8, 0, 0);
        top = 32;
    }
    double w = f->width / f->columns, h = (f->height - top) / f->rows;
    for (int i = 0; i < f->rows * f->columns; i++) {
        mi_canvas c = {.cr = cr, .p = &f->panel[i]};
        if (c.p->hidden)
            continue;
        cairo_save(cr);
        int row = i / f->columns, column = i % f->columns;
        mi_axes_draw(&c, column * w, top + row * h, w, h);
        mi_layers_draw(&c);
        cairo_restore(cr);
    }
}

/* The picture of an image surface as PNG. */
static mien_status write_png(cairo_surface_t *s, mien_bytes *out,
                             mien_error *err)
{
    mien_image im = {0};
    mien_status st =
        mien_image_new(cairo_image_surface_get_width(s),
                       cairo_image_surface_get_height(s), &im, err);
    if (st)
        return st;
    mi_surface_read(s, &im);
    st = mien_image_write_png(&im, out, err);
    mien_image_free(&im);
    return st;
}

mien_status mien_figure_render(const mien_figure *f, mien_plot_format format,
                               mien_bytes *out, mien_error *err)
{
    mien_buffer b = {0};
    if (f->failed)
        return mi_no_memory(err);
    cairo_surface_t *s = surface_of(f, format, &b);
    cairo_t *cr = cairo_create(s);
    cairo_status_t why = mi_surface_ready(s);
    if (!why)
        draw(f, cr);
    if (!why)
        why = cairo_status(cr);
    cairo_destroy(cr);
    if (format != MIEN_PLOT_PNG)
        cairo_surface_finish(s);
    if (!why)
        why = cairo_surface_status(s);
    mien_status st = MIEN_OK;
    if (why)
        st = mi_fail(err,
                     why == CAIRO_STATUS_NO_MEMORY ? MIEN_ENOMEM : MIEN_EUNSUP,
                     "figure: cairo: %s", cairo_status_to_string(why));
    else if (format == MIEN_PLOT_PNG)
        st = write_png(s, out, err);
    else
        st = mien_buffer_give(&b, out, err);
    cairo_surface_destroy(s);
    mien_buffer_free(&b);
    return st;
}

int mien_plot_format_of(const char *path)
{
    static const struct {
        const char *ending;
        mien_plot_format format;
    } forms[] = {{".svg", MIEN_PLOT_SVG},
                 {".png", MIEN_PLOT_PNG},
                 {".pdf", MIEN_PLOT_PDF}};
    const char *dot = strrchr(path, '.');
    for (size_t i = 0; dot && i < sizeof forms / sizeof *forms; i++)
        if (!strcasecmp(dot, forms[i].ending))
            return (int)forms[i].format;
    return -1;
}
