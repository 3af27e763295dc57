/* mien's own letters: they are there, whole, told from each other, and no font
 * of the system is needed for them. */
/* Not as WebAssembly: needs cairo. */
#include "image/font.h"
#include "tests/check.h"

#include <string.h>

enum { SIDE = 40 };

/* A letter of `size` pixels; what one pixel is, or its sum. */
static int draw(const char *text, double size, int bold,
                unsigned char out[SIDE * SIDE])
{
    cairo_surface_t *s =
        cairo_image_surface_create(CAIRO_FORMAT_A8, SIDE, SIDE);
    cairo_t *cr = cairo_create(s);
    cairo_set_font_size(cr, size);
    mi_font_draw(cr, text, 4, SIDE * .7, bold);
    CHECK_MSG(cairo_status(cr) == CAIRO_STATUS_SUCCESS, "%s: %s", text,
              cairo_status_to_string(cairo_status(cr)));
    cairo_destroy(cr);
    cairo_surface_flush(s);
    int sum = 0;
    for (int y = 0; y < SIDE; y++) {
        const unsigned char *row = cairo_image_surface_get_data(s) +
                                   y * cairo_image_surface_get_stride(s);
        memcpy(out + y * SIDE, row, SIDE);
        for (int x = 0; x < SIDE; x++)
            sum += row[x];
    }
    cairo_surface_destroy(s);
    return sum;
}

/* UTF-8 of a character below 0x10000. */
static void spell(unsigned code, char out[4])
{
    int n = 0;
    if (code >= 0x800) {
        out[n++] = (char)(0xe0 | code >> 12);
        out[n++] = (char)(0x80 | (code >> 6 & 63));
    } else if (code >= 0x80) {
        out[n++] = (char)(0xc0 | code >> 6);
    }
    out[n++] = (char)(code < 0x80 ? code : 0x80 | (code & 63));
    out[n] = '\0';
}

static void test_letters_are_in_order_and_their_paths_whole(void)
{
    const mi_glyph *all[] = {mi_glyphs, mi_marks};
    const int count[] = {mi_glyph_count, mi_mark_count};
    for (int k = 0; k < 2; k++)
        for (int i = 0; i < count[k]; i++) {
            const mi_glyph *g = all[k] + i;
            CHECK_MSG(k || i == 0 || g[-1].code < g->code, "%x is not after %x",
                      g->code, g[-1].code);
            CHECK_MSG(k || g->advance >= 20, "%x: width %d", g->code,
                      g->advance);
            CHECK_MSG(!*g->path || *g->path == 'M' || *g->path == 'D',
                      "%x begins with %c", g->code, *g->path);
            CHECK_MSG(strspn(g->path, "MHVLhvcDZ 0123456789-") ==
                          strlen(g->path),
                      "%x: %s", g->code, g->path);
        }
}

static void test_whole_alphabets_are_there(void)
{
    static const unsigned part[][2] = {
        {0x20, 0x7e},   {0xa0, 0xff},   {0x391, 0x3a1}, {0x3a3, 0x3ce},
        {0x410, 0x44f}, {0x452, 0x45c}, {0x150, 0x17f}, {0x100, 0x131}};
    char text[4];
    for (size_t k = 0; k < sizeof part / sizeof *part; k++)
        for (unsigned c = part[k][0]; c <= part[k][1]; c++) {
            spell(c, text);
            CHECK_MSG(mi_font_has(text), "%x is not there", c);
        }
    CHECK(mi_font_has(""));
    CHECK(!mi_font_has("a\u65e5"));
    CHECK(!mi_font_has("a\xff"));
}

/* At 11 pixels, as ticks are, no letter looks like another, but for those that
 * do in every font without serifs. */
static void test_letters_are_told_from_each_other(void)
{
    static unsigned char seen[128][SIDE * SIDE];
    for (unsigned c = 0x21; c <= 0x7e; c++) {
        char text[4];
        spell(c, text);
        CHECK_MSG(draw(text, 11, 0, seen[c]) > 150, "%s: hardly any ink", text);
        for (unsigned k = 0x21; k < c; k++)
            CHECK_MSG(memcmp(seen[k], seen[c], sizeof *seen) != 0,
                      "%c and %c look alike", (int)k, (int)c);
    }
}

static void test_marks_stand_over_their_letters(void)
{
    static unsigned char plain[SIDE * SIDE], marked[SIDE * SIDE];
    static const char *const pair[][2] = {
        {"A", "\u00c4"}, {"e", "\u00e9"}, {"s", "\u0161"}, {"u", "\u016f"}};
    for (int i = 0; i < 4; i++) {
        draw(pair[i][0], 16, 0, plain);
        draw(pair[i][1], 16, 0, marked);
        int over = 0, lost = 0;
        for (int k = 0; k < SIDE * SIDE; k++) {
            over += marked[k] > plain[k] + 40;
            lost += plain[k] > marked[k];
        }
        CHECK_MSG(over >= 3 && lost == 0, "%s: %d pixels more, %d less",
                  pair[i][1], over, lost);
    }
}

static void test_bold_has_more_ink_and_is_wider(void)
{
    static unsigned char out[SIDE * SIDE];
    CHECK(draw("H", 16, 1, out) > 1.2 * draw("H", 16, 0, out));
}

/* A stem that stands on the line ends there, whatever the size. */
static void test_letters_end_on_pixels(void)
{
    static unsigned char out[SIDE * SIDE];
    for (int size = 9; size < 18; size++) {
        draw("n", size, 0, out);
        int line = (int)(SIDE * .7), below = 0, above = 0;
        for (int x = 0; x < SIDE; x++) {
            below += out[line * SIDE + x];
            above += out[(line - 1) * SIDE + x];
        }
        CHECK_MSG(above > 200 && below < above / 8, "%d pixels: %d over, %d",
                  size, above, below);
    }
}

/* The bar of a z's top lies on a whole row, and widths are whole. */
static void test_heights_and_widths_are_whole(void)
{
    static unsigned char out[SIDE * SIDE];
    for (int size = 9; size < 18; size++) {
        int ink[SIDE] = {0}, top = 0;
        draw("z", size, 0, out);
        for (int k = 0; k < SIDE * SIDE; k++)
            ink[k / SIDE] += out[k];
        for (int y = 0; y < SIDE * .7 - 4; y++)
            top = ink[y] > ink[top] ? y : top;
        CHECK_MSG(ink[top] > 500 && ink[top + 1] < .35 * ink[top],
                  "%d pixels: %d in the bar, %d below", size, ink[top],
                  ink[top + 1]);
        cairo_surface_t *s =
            cairo_image_surface_create(CAIRO_FORMAT_A8, SIDE, SIDE);
        cairo_t *cr = cairo_create(s);
        cairo_set_font_size(cr, size);
        double wide = mi_font_width(cr, "nm", 0);
        CHECK_NEAR(wide, round(wide), 1e-9);
        cairo_destroy(cr);
        cairo_surface_destroy(s);
    }
}

static void test_turned_and_vector_text(void)
{
    cairo_surface_t *s =
        cairo_recording_surface_create(CAIRO_CONTENT_COLOR_ALPHA, NULL);
    cairo_t *cr = cairo_create(s);
    cairo_rotate(cr, -1);
    cairo_set_font_size(cr, 12);
    double x, y, wide, high;
    mi_font_draw(cr, "turned", 0, 0, 0);
    cairo_recording_surface_ink_extents(s, &x, &y, &wide, &high);
    CHECK(high > wide && wide > 10);
    CHECK_EQ(cairo_status(cr), CAIRO_STATUS_SUCCESS);
    cairo_destroy(cr);
    cairo_surface_destroy(s);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_letters_are_in_order_and_their_paths_whole);
    RUN(test_whole_alphabets_are_there);
    RUN(test_letters_are_told_from_each_other);
    RUN(test_marks_stand_over_their_letters);
    RUN(test_bold_has_more_ink_and_is_wider);
    RUN(test_letters_end_on_pixels);
    RUN(test_heights_and_widths_are_whole);
    RUN(test_turned_and_vector_text);
    return check_done();
}
