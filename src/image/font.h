/* font.h: letters of mien's own for labels, drawn with cairo.
 *
 * Latin, Greek and Cyrillic letters, figures, signs; nothing is asked of the
 * system's fonts, so that labels are alike everywhere and need none installed.
 * A text with other letters is left to cairo's choice of a font. */
#ifndef MI_IMAGE_FONT_H
#define MI_IMAGE_FONT_H

#include <cairo.h>
#include <stdint.h>

/* How far letters reach over and under the line they stand on, by their size.
 */
#define MI_FONT_ASCENT .93
#define MI_FONT_DESCENT .24

/* Draw a text in the colour and of the size (cairo_set_font_size) that are set.
 *
 *   cr    a context; its path is lost
 *   text  UTF-8
 *   x, y  where the first letter begins, on the line it stands on
 *   bold  1: with a broader pen */
void mi_font_draw(cairo_t *cr, const char *text, double x, double y, int bold);

/* How wide a text is, drawn so. */
double mi_font_width(cairo_t *cr, const char *text, int bold);

/* 1 if the font has every letter of a text. */
int mi_font_has(const char *text);

/* What the letters are drawn from; see font_data.c. */
typedef struct mi_glyph {
    uint16_t code; /* Unicode */
    uint8_t advance;
    const char *path;
} mi_glyph;

extern const mi_glyph mi_glyphs[], mi_marks[]; /* glyphs by code, ascending */
extern const int mi_glyph_count, mi_mark_count;
extern const char mi_composed[];

#endif
