/* Figures: ticks are round and cover, files are whole and the same again,
 * hostile numbers and failing memory do no harm. */
/* Not as WebAssembly: needs cairo. */
#include "base/alloc.h"
#include "plot/draw.h"
#include "tests/check.h"

#include <stdlib.h>
#include <string.h>

static void test_ticks_are_round_and_inside(void)
{
    unsigned seed = 3;
    for (int i = 0; i < 2000; i++) {
        double lo = ((double)check_rand(&seed) / 8388608 - 1) *
                    pow(10, (int)(check_rand(&seed) % 19) - 9);
        double hi = lo + ((double)check_rand(&seed) / 16777216 + 1e-3) *
                             pow(10, (int)(check_rand(&seed) % 19) - 9);
        int most = 2 + (int)(check_rand(&seed) % 10);
        double first, step;
        if (!(hi - lo > fabs(lo) * 1e-9))
            continue;
        int n = mi_ticks(lo, hi, most, &first, &step);
        double unit = step / pow(10, floor(log10(step) + 1e-9));
        CHECK(n <= most + 1);
        CHECK(fabs(unit - 1) < 1e-6 || fabs(unit - 2) < 1e-6 ||
              fabs(unit - 5) < 1e-6);
        CHECK(n == 0 || first >= lo - step * 1e-6);
        CHECK(n == 0 || first + step * (n - 1) <= hi + step * 1e-6);
        CHECK((hi - lo) / step <= most + 1e-6);
    }
    char text[32];
    mi_tick_text(0.25, 0.05, text);
    CHECK(strcmp(text, "0.25") == 0);
    mi_tick_text(-0.0, 1, text);
    CHECK(strcmp(text, "0") == 0);
    mi_tick_text(2.5e7, 5e6, text);
    CHECK(strcmp(text, "2.5e+07") == 0);
}

/* A panel of each kind; hostile numbers when asked. */
static mien_status make(int hostile, mien_figure **out)
{
    static const char *const names[] = {"one", "a very long name indeed \001"};
    double x[50], y[50];
    mien_figure *f = NULL;
    mien_status st = mien_figure_new(2, 3, 600, 400, &f, NULL);
    if (st)
        return st;
    for (int i = 0; i < 50; i++) {
        x[i] = i;
        y[i] = i * i % 17;
    }
    if (hostile) {
        y[3] = (double)NAN;
        y[4] = HUGE_VAL;
        y[5] = -1e308;
        y[6] = 1e308;
        x[7] = (double)NAN;
    }
    mien_figure_title(f, "T\303\244st \377");
    mien_panel *p = mien_figure_panel(f, 0, 0);
    mien_panel_labels(p, "points", "x", "y");
    mien_panel_points(p, "a", 50, x, y);
    mien_panel_line(p, "b", 50, x, y);
    mien_panel_hline(p, 3, "three");
    mien_panel_histogram(mien_figure_panel(f, 0, 1), "h", 50, y, 0);
    mien_panel_box(mien_figure_panel(f, 0, 2), names[0], 50, y);
    mien_panel_box(mien_figure_panel(f, 0, 2), names[1], 50, x);
    mien_panel_bars(mien_figure_panel(f, 1, 0), 2, names, y);
    mien_panel_matrix(mien_figure_panel(f, 1, 1), 2, 2, names, names, y + 2);
    mien_panel_log(mien_figure_panel(f, 1, 2), 1, 1);
    mien_panel_steps(mien_figure_panel(f, 1, 2), NULL, 50, x, y);
    *out = f;
    return MIEN_OK;
}

static mien_status draw(int hostile, mien_plot_format format, mien_bytes *out)
{
    mien_figure *f = NULL;
    mien_status st = make(hostile, &f);
    if (!st)
        st = mien_figure_render(f, format, out, NULL);
    mien_figure_free(f);
    return st;
}

static int holds(const mien_bytes *b, const char *text)
{
    return memmem(b->data, b->n, text, strlen(text)) != NULL;
}

static void test_files_are_whole(void)
{
    static const char *const starts[] = {"<?xml", "\211PNG", "%PDF"};
    static const char *const ends[] = {"</svg>", "IEND", "%%EOF"};
    for (int hostile = 0; hostile < 2; hostile++)
        for (int k = 0; k < 3; k++) {
            mien_bytes a = {0}, b = {0};
            CHECK_EQ(draw(hostile, (mien_plot_format)k, &a), MIEN_OK);
            CHECK_EQ(draw(hostile, (mien_plot_format)k, &b), MIEN_OK);
            CHECK(a.n > 500 && memcmp(a.data, starts[k], 4) == 0);
            CHECK(holds(&a, ends[k]));
            CHECK(k || (!holds(&a, "nan") && !holds(&a, "inf")));
            CHECK_MSG(k == 0 ||
                          (a.n == b.n && memcmp(a.data, b.data, a.n) == 0),
                      "format %d: other bytes the second time", k);
            mien_bytes_free(&a);
            mien_bytes_free(&b);
        }
}

static void test_empty_and_single_data(void)
{
    const double one = 5;
    mien_figure *f = NULL;
    mien_bytes b = {0};
    CHECK_EQ(mien_figure_new(1, 2, 320, 240, &f, NULL), MIEN_OK);
    mien_panel_points(mien_figure_panel(f, 0, 1), NULL, 1, &one, &one);
    mien_panel_histogram(mien_figure_panel(f, 0, 1), NULL, 0, &one, 0);
    CHECK_EQ(mien_figure_render(f, MIEN_PLOT_SVG, &b, NULL), MIEN_OK);
    mien_bytes_free(&b);
    mien_figure_free(f);
    mien_error err = {0};
    CHECK_EQ(mien_figure_new(0, 1, 320, 240, &f, &err), MIEN_EARG);
    CHECK_EQ(mien_figure_new(1, 1, (double)NAN, 240, &f, &err), MIEN_EARG);
}

static void test_many_points_are_thinned(void)
{
    enum { N = 300000 };
    double *x = malloc(N * sizeof *x);
    mien_figure *f = NULL;
    for (int i = 0; i < N; i++)
        x[i] = i == 777 ? 1e6 : i % 100;
    CHECK_EQ(mien_figure_new(1, 1, 320, 240, &f, NULL), MIEN_OK);
    mien_panel *p = mien_figure_panel(f, 0, 0);
    mien_panel_points(p, NULL, N, x, x);
    double most = 0;
    for (int64_t i = 0; i < p->first->n; i++)
        most = p->first->y[i] > most ? p->first->y[i] : most;
    CHECK(p->first->n <= MIEN_PLOT_MAX_POINTS && most == 1e6);
    mien_figure_free(f);
    free(x);
}

/* Of a cloud with a point apart both its middle and that point are seen. */
static void test_a_thinned_cloud_keeps_its_shape(void)
{
    enum { N = 200000 };
    double *x = malloc(2 * N * sizeof *x), *y = x + N;
    unsigned seed = 5;
    mien_figure *f = NULL;
    for (int i = 0; i < 2 * N; i++)
        x[i] = (double)check_rand(&seed) / 16777216;
    x[N - 3] = y[N - 3] = 2;
    x[5] = (double)NAN;
    CHECK_EQ(mien_figure_new(1, 1, 320, 240, &f, NULL), MIEN_OK);
    mien_panel *p = mien_figure_panel(f, 0, 0);
    mien_panel_points(p, NULL, N, x, y);
    int middle = 0, apart = 0;
    for (int64_t i = 0; i < p->first->n; i++) {
        middle += fabs(p->first->y[i] - .5) < .1;
        apart += p->first->x[i] == 2;
    }
    CHECK(p->first->n <= MIEN_PLOT_MAX_POINTS && p->first->n > 10000);
    CHECK(apart == 1 && fabs(middle / (double)p->first->n - .2) < .02);
    mien_figure_free(f);
    free(x);
}

static mien_status write_json(int hostile, mien_buffer *b)
{
    mien_figure *f = NULL;
    mien_json j = mien_json_on(b, 0);
    mien_status st = make(hostile, &f);
    if (!st)
        st = mien_figure_json(f, NULL, &j, NULL);
    mien_figure_free(f);
    return st;
}

/* Every layer and tick as numbers; what is not finite is null. */
static void test_a_figure_as_numbers(void)
{
    static const char *const parts[] = {
        "\"x\":{\"name\":\"x\",\"from\":",
        "\"ticks\":[{\"at\":0.0,\"text\":\"0\"}",
        "{\"kind\":\"points\",\"name\":\"a\",\"x\":[0.0,1.0,",
        "{\"kind\":\"hline\",\"name\":\"three\",\"y\":[3.0]}",
        "{\"kind\":\"bars\",\"name\":\"h\",\"x\":[",
        "{\"kind\":\"box\",\"name\":null,\"x\":[1.0],\"y\":[0.0,12.25,24.5,",
        "\"names\":[\"one\",\"a very long name indeed ?\"]",
        "\"matrix\":[4.0,9.0,16.0,8.0]",
        "\"log\":true"};
    mien_buffer b = {0}, h = {0};
    CHECK_EQ(write_json(0, &b), MIEN_OK);
    const mien_bytes bytes = {b.data, b.n};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        CHECK_MSG(holds(&bytes, parts[i]), "no %s", parts[i]);
    CHECK_EQ(write_json(1, &h), MIEN_OK);
    const mien_bytes hostile = {h.data, h.n};
    CHECK(holds(&hostile, "[0.0,1.0,4.0,null,null,"));
    mien_buffer_free(&b);
    mien_buffer_free(&h);
}

static void test_failing_memory_is_reported(void)
{
    mien_status st = MIEN_ENOMEM;
    int n = 0;
    for (; st == MIEN_ENOMEM && n < 500; n++) {
        mien_bytes b = {0};
        mi_alloc_fail_after(n);
        st = draw(0, MIEN_PLOT_SVG, &b);
        mi_alloc_fail_after(-1);
        mien_bytes_free(&b);
    }
    CHECK_EQ(st, MIEN_OK);
    CHECK(n > 10);
    for (st = MIEN_ENOMEM, n = 0; st == MIEN_ENOMEM && n < 500; n++) {
        mien_buffer b = {0};
        mi_alloc_fail_after(n);
        st = write_json(0, &b);
        st = !st && b.failed ? MIEN_ENOMEM : st;
        mi_alloc_fail_after(-1);
        mien_buffer_free(&b);
    }
    CHECK_EQ(st, MIEN_OK);
}

/* A panel of a kind, with long names when asked for. */
static void fill_panel(mien_panel *p, int kind, int lengthy, unsigned *seed)
{
    enum { N = 60 };
    static const char lorem[] =
        "a name of a column as long as they come in tables that others made "
        "\u00e9\u00e8\u00ea\u00eb and kept";
    const char *name = lengthy ? lorem : "name";
    const char *const names[] = {name, "b", name};
    double x[N], y[N];
    for (int i = 0; i < N; i++) {
        x[i] = (double)check_rand(seed) / 16777216 * 1e6;
        y[i] = (double)check_rand(seed) / 16777216;
    }
    mien_panel_labels(p, name, name, name);
    if (kind == 0)
        mien_panel_points(p, name, N, x, y);
    if (kind == 0 || kind == 1)
        mien_panel_line(p, "line", 2, x, y);
    if (kind == 1)
        mien_panel_steps(p, name, N / 10, x, y);
    if (kind == 2)
        mien_panel_histogram(p, name, N, x, 0);
    if (kind == 3)
        for (int i = 0; i < 3; i++)
            mien_panel_box(p, names[i], N - i, y);
    if (kind == 4)
        mien_panel_bars(p, 3, names, y);
    if (kind == 5)
        mien_panel_matrix(p, 3, 3, names, names, y);
    if (kind < 3) {
        mien_panel_vline(p, x[5], name);
        mien_panel_hline(p, y[7], "threshold");
    }
}

/* Draw a panel where nothing is cut off and see how far its ink reaches. */
static mi_canvas draw_panel(mien_figure *f, double w, double h, double ink[4])
{
    mi_canvas c = {.p = &f->panel[0]};
    cairo_surface_t *s =
        cairo_recording_surface_create(CAIRO_CONTENT_COLOR_ALPHA, NULL);
    c.cr = cairo_create(s);
    mi_axes_draw(&c, 0, 0, w, h);
    mi_layers_draw(&c);
    CHECK_EQ(cairo_status(c.cr), CAIRO_STATUS_SUCCESS);
    cairo_recording_surface_ink_extents(s, &ink[0], &ink[1], &ink[2], &ink[3]);
    cairo_destroy(c.cr);
    cairo_surface_destroy(s);
    return c;
}

/* How light a pixel is, 0 to 1: WCAG's relative luminance. */
static double light_of(const unsigned char *pixel)
{
    static const double weight[] = {.0722, .7152, .2126};
    double light = 0;
    for (int i = 0; i < 3; i++)
        light += weight[i] * pow(pixel[i] / 255., 2.2);
    return light;
}

/* A number stands out from its cell, however large it is: by 4.5 to 1, as WCAG
 * asks for. */
static void test_numbers_stand_out_from_their_cells(void)
{
    enum { CELLS = 21, SIDE = 60 };
    const char *names[CELLS], *one = "";
    double value[CELLS];
    mien_figure *f = NULL;
    int w = CELLS * SIDE, h = 2 * SIDE;
    cairo_surface_t *s = cairo_image_surface_create(CAIRO_FORMAT_RGB24, w, h);
    CHECK_EQ(mien_figure_new(1, 1, w, h, &f, NULL), MIEN_OK);
    for (int i = 0; i < CELLS; i++) {
        names[i] = "";
        value[i] = 8 + 80. * i / (CELLS - 1);
    }
    mien_panel_matrix(mien_figure_panel(f, 0, 0), 1, CELLS, &one, names, value);
    mi_canvas c = {.p = &f->panel[0], .cr = cairo_create(s)};
    cairo_set_source_rgb(c.cr, 1, 1, 1);
    cairo_paint(c.cr);
    mi_axes_draw(&c, 0, 0, w, h);
    mi_layers_draw(&c);
    cairo_surface_flush(s);
    const unsigned char *data = cairo_image_surface_get_data(s);
    int stride = cairo_image_surface_get_stride(s);
    double wide = (c.right - c.left) / CELLS;
    for (int i = 0; i < CELLS; i++) {
        int left = (int)(c.left + i * wide) + 4, most = left + (int)wide - 8;
        double cell = light_of(data + ((int)c.top + 4) * stride + 4 * left);
        double best = 1;
        for (int y = (int)c.top + 4; y < (int)c.bottom - 4; y++)
            for (int x = left; x < most; x++) {
                double ink = light_of(data + y * stride + 4 * x);
                best = fmax(best,
                            (fmax(ink, cell) + .05) / (fmin(ink, cell) + .05));
            }
        CHECK_MSG(best >= 4.5, "%g: %.2f to 1", value[i], best);
    }
    cairo_destroy(c.cr);
    cairo_surface_destroy(s);
    mien_figure_free(f);
}

static void test_nothing_is_cut_off_at_the_edge(void)
{
    static const double side[][2] = {{470, 360}, {300, 220}, {900, 640}};
    unsigned seed = 11;
    for (int i = 0; i < 6 * 3 * 2; i++) {
        int kind = i % 6, lengthy = i / 6 % 2;
        const double *wh = side[i / 12];
        double ink[4];
        mien_figure *f = NULL;
        CHECK_EQ(mien_figure_new(1, 1, wh[0], wh[1], &f, NULL), MIEN_OK);
        fill_panel(mien_figure_panel(f, 0, 0), kind, lengthy, &seed);
        draw_panel(f, wh[0], wh[1], ink);
        CHECK_MSG(ink[0] >= 0 && ink[1] >= 0 && ink[0] + ink[2] <= wh[0] &&
                      ink[1] + ink[3] <= wh[1],
                  "kind %d, %s names, %g x %g: ink at %g %g, %g x %g", kind,
                  lengthy ? "long" : "short", wh[0], wh[1], ink[0], ink[1],
                  ink[2], ink[3]);
        mien_figure_free(f);
    }
}

/* The legend is where no point is, or above the frame when there is no such
 * corner; a panel full of points shows that it does go there. */
static void test_legends_cover_nothing(void)
{
    unsigned seed = 5;
    int above = 0, within = 0;
    for (int i = 0; i < 60; i++) {
        double x[400], y[400], ink[4];
        int n = 5 + i * 6;
        for (int k = 0; k < n; k++) {
            x[k] = (double)check_rand(&seed);
            y[k] = (double)check_rand(&seed);
        }
        mien_figure *f = NULL;
        CHECK_EQ(mien_figure_new(1, 1, 400, 300, &f, NULL), MIEN_OK);
        mien_panel_points(mien_figure_panel(f, 0, 0), "points", n, x, y);
        mi_canvas c = draw_panel(f, 400, 300, ink);
        above += c.head > 0;
        within += !(c.head > 0);
        for (int k = 0; k < n && !(c.head > 0); k++) {
            double px = mi_place(&c.x, x[k]) - c.legend.x;
            double py = mi_place(&c.y, y[k]) - c.legend.y;
            CHECK_MSG(px < 0 || py < 0 || px > c.legend.wide ||
                          py > c.legend.high,
                      "%d points: one is under the legend", n);
        }
        mien_figure_free(f);
    }
    CHECK(above > 10 && within > 3);
}

/* Two points far apart, and the line between them through all four corners'
 * neighbourhood: the line counts, not its ends alone. */
static void test_lines_between_points_count(void)
{
    const double x[] = {0, 10, 0, 10}, y[] = {0, 10, 10, 0};
    double ink[4];
    mien_figure *f = NULL;
    CHECK_EQ(mien_figure_new(1, 1, 400, 300, &f, NULL), MIEN_OK);
    mien_panel *p = mien_figure_panel(f, 0, 0);
    mien_panel_limits(p, 2, 8, 2, 8);
    mien_panel_line(p, "crossed", 4, x, y);
    mi_canvas c = draw_panel(f, 400, 300, ink);
    double left = c.legend.x - c.left, right = c.right - c.legend.x;
    CHECK(c.head > 0 || (left > 60 && right - c.legend.wide > 60));
    mien_figure_free(f);
}

/* A line as PNG, in n pieces. */
static void draw_pieces(int n, double slope, mien_bytes *out)
{
    double x[201], y[201];
    mien_figure *f = NULL;
    for (int i = 0; i <= n; i++) {
        x[i] = 64. * i / n;
        y[i] = 10 + slope * x[i];
    }
    CHECK_EQ(mien_figure_new(1, 1, 300, 200, &f, NULL), MIEN_OK);
    mien_panel *p = mien_figure_panel(f, 0, 0);
    mien_panel_limits(p, 0, 64, 0, 100);
    mien_panel_line(p, NULL, n + 1, x, y);
    CHECK_EQ(mien_figure_render(f, MIEN_PLOT_PNG, out, NULL), MIEN_OK);
    mien_figure_free(f);
}

static void test_pieces_of_a_line_do_not_show(void)
{
    mien_bytes whole = {0}, pieces = {0}, other = {0};
    draw_pieces(1, 0, &whole);
    draw_pieces(64, 0, &pieces);
    draw_pieces(1, .5, &other);
    CHECK(whole.n == pieces.n && memcmp(whole.data, pieces.data, whole.n) == 0);
    CHECK(whole.n != other.n || memcmp(whole.data, other.data, whole.n) != 0);
    mien_bytes_free(&whole);
    mien_bytes_free(&pieces);
    mien_bytes_free(&other);
}

static void test_labels_of_lines_stay_inside(void)
{
    for (int i = 0; i <= 20; i++) {
        const double x[] = {0, 20}, y[] = {0, 1};
        double ink[4];
        mien_figure *f = NULL;
        CHECK_EQ(mien_figure_new(1, 1, 300, 200, &f, NULL), MIEN_OK);
        mien_panel *p = mien_figure_panel(f, 0, 0);
        mien_panel_points(p, NULL, 2, x, y);
        mien_panel_vline(p, i, "threshold");
        mien_panel_hline(p, i / 20., "chosen");
        mi_canvas c = draw_panel(f, 300, 200, ink);
        c.cr = cairo_create(
            cairo_recording_surface_create(CAIRO_CONTENT_COLOR_ALPHA, NULL));
        cairo_set_font_size(c.cr, 11);
        for (const mi_layer *l = p->first->next; l; l = l->next) {
            mi_rect r = mi_label_place(&c, l);
            CHECK_MSG(r.wide > 20 && r.x >= c.left && r.y >= c.top &&
                          r.x + r.wide <= c.right && r.y + r.high <= c.bottom,
                      "%s at %d: %g %g", l->name, i, r.x, r.y);
        }
        cairo_surface_destroy(cairo_get_target(c.cr));
        cairo_destroy(c.cr);
        mien_figure_free(f);
    }
}

static void test_formats_of_names(void)
{
    CHECK_EQ(mien_plot_format_of("a.svg"), (int)MIEN_PLOT_SVG);
    CHECK_EQ(mien_plot_format_of("d.x/a.PNG"), (int)MIEN_PLOT_PNG);
    CHECK_EQ(mien_plot_format_of(".pdf"), (int)MIEN_PLOT_PDF);
    CHECK_EQ(mien_plot_format_of("a.jpg"), -1);
    CHECK_EQ(mien_plot_format_of("png"), -1);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_ticks_are_round_and_inside);
    RUN(test_files_are_whole);
    RUN(test_empty_and_single_data);
    RUN(test_many_points_are_thinned);
    RUN(test_a_thinned_cloud_keeps_its_shape);
    RUN(test_a_figure_as_numbers);
    RUN(test_failing_memory_is_reported);
    RUN(test_numbers_stand_out_from_their_cells);
    RUN(test_nothing_is_cut_off_at_the_edge);
    RUN(test_legends_cover_nothing);
    RUN(test_lines_between_points_count);
    RUN(test_pieces_of_a_line_do_not_show);
    RUN(test_labels_of_lines_stay_inside);
    RUN(test_formats_of_names);
    return check_done();
}
