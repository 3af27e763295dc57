/* font.c: draws the letters of font_data.c.
 *
 * Where pixels are drawn, upright, the lines on which letters stand and end are
 * moved to whole pixels, as hints of other fonts do, and so are widths.  In a
 * file of vectors a label is one path; as letters of a font cairo would write
 * the outline of each stroke, cut into triangles.
 *
 * On pixels each stroke is drawn for itself: a shape of many edges needs memory
 * at a place where cairo (1.16, tor's scan converter) leaps into nowhere when
 * there is none. */
#include "image/font.h"

#include "base/utf8.h"

#include <math.h>
#include <string.h>

enum { SMALL_TOP = 45, CAPITAL_TOP = 64, BELOW = -18, TALL = 55 };

/* What draws a path. */
typedef struct pen {
    cairo_t *cr;
    double size, wide; /* of the letters and of the line, in cairo's units */
    int hints, pieces; /* pieces: each stroke for itself */
    double left, base; /* where a letter begins and stands */
    double right, up;  /* moved so, in units of paths */
    double x, y;       /* where it is, in the same */
    double start[2];   /* where it was set down */
} pen;

/* ---- finding letters ----------------------------------------------------- */

static const mi_glyph *find_glyph(uint32_t code)
{
    int lo = 0, hi = mi_glyph_count;
    while (lo < hi) {
        int middle = (lo + hi) / 2;
        if (mi_glyphs[middle].code < code)
            lo = middle + 1;
        else
            hi = middle;
    }
    return lo < mi_glyph_count && mi_glyphs[lo].code == code ? mi_glyphs + lo
                                                             : NULL;
}

static const mi_glyph *find_mark(uint32_t code)
{
    for (int i = 0; i < mi_mark_count; i++)
        if (mi_marks[i].code == code)
            return mi_marks + i;
    return NULL;
}

/* The character at *text, which moves on; 0 at the end, -1: not UTF-8. */
static int32_t next_character(const char **text)
{
    if (!**text)
        return 0;
    int n = 1;
    int32_t code = mi_utf8_of((const uint8_t *)*text, strlen(*text), &n);
    *text += n;
    return code;
}

/* The base of a letter and the mark that goes with it; NULL: not in the font.
 */
static const mi_glyph *find_letter(uint32_t code, const mi_glyph **mark)
{
    const mi_glyph *found = find_glyph(code);
    *mark = NULL;
    for (const char *s = mi_composed; !found && *s;) {
        uint32_t letter = (uint32_t)next_character(&s);
        uint32_t base = (uint32_t)next_character(&s);
        uint32_t above = (uint32_t)next_character(&s);
        if (letter == code) {
            found = find_glyph(base);
            *mark = find_mark(above);
        }
    }
    return found;
}

int mi_font_has(const char *text)
{
    for (int32_t code; (code = next_character(&text));) {
        const mi_glyph *mark;
        if (code < 0 || !find_letter((uint32_t)code, &mark))
            return 0;
    }
    return 1;
}

/* ---- drawing them -------------------------------------------------------- */

/* A height with its hints: heights between two lines move with them. */
static double hinted(const pen *p, double y)
{
    static const double line[] = {BELOW, 0, SMALL_TOP, CAPITAL_TOP, 128};
    if (!p->hints)
        return y;
    int i = 0;
    while (i < 3 && y > line[i + 1])
        i++;
    double at[2], unit = 100 / p->size;
    for (int k = 0; k < 2; k++)
        at[k] = round(line[i + k] / unit) * unit;
    return at[0] + (at[1] - at[0]) * (y - line[i]) / (line[i + 1] - line[i]);
}

static double across(const pen *p, double x)
{
    return p->left + (x + p->right) * p->size / 100;
}

static double down(const pen *p, double y)
{
    return p->base - hinted(p, y + p->up) * p->size / 100 - p->wide / 2;
}

/* The pen has come to x, y. */
static void arrive(pen *p, double x, double y)
{
    p->x = x;
    p->y = y;
    if (!p->pieces)
        return;
    cairo_stroke(p->cr);
    cairo_move_to(p->cr, across(p, x), down(p, y));
}

static void set_down(pen *p, double x, double y)
{
    cairo_move_to(p->cr, across(p, x), down(p, y));
    p->start[0] = p->x = x;
    p->start[1] = p->y = y;
}

static void line_to(pen *p, double x, double y)
{
    cairo_line_to(p->cr, across(p, x), down(p, y));
    arrive(p, x, y);
}

/* A cubic curve from where the pen is, by its control points. */
static void curve_to(pen *p, const double v[6])
{
    cairo_curve_to(p->cr, across(p, v[0]), down(p, v[1]), across(p, v[2]),
                   down(p, v[3]), across(p, v[4]), down(p, v[5]));
    arrive(p, v[4], v[5]);
}

/* A quarter of an ellipse, a little squarer: sets out across, or upright. */
static void quarter_to(pen *p, int upright, double x, double y)
{
    const double k = 0.58;
    double dx = k * (x - p->x), dy = k * (y - p->y);
    double v[6] = {upright ? p->x : p->x + dx,
                   upright ? p->y + dy : p->y,
                   upright ? x - dx : x,
                   upright ? y : y - dy,
                   x,
                   y};
    curve_to(p, v);
}

/* One command of a path with its numbers. */
static void draw_command(pen *p, char command, const double *v)
{
    switch (command) {
    case 'M': set_down(p, v[0], v[1]); break;
    case 'H': line_to(p, v[0], p->y); break;
    case 'V': line_to(p, p->x, v[0]); break;
    case 'L': line_to(p, v[0], v[1]); break;
    case 'h':
    case 'v': quarter_to(p, command == 'v', v[0], v[1]); break;
    case 'c': curve_to(p, v); break;
    case 'Z': line_to(p, p->start[0], p->start[1]); break;
    default: /* D */ set_down(p, v[0], v[1]); line_to(p, v[0], v[1] + 2);
    }
}

/* The command that a path begins with and its numbers; what follows it, or NULL
 * at the end. */
static const char *read_command(const char *s, char *command, double v[6])
{
    static const char letters[] = "MHVLhvcDZ", counts[] = "211222620";
    const char *found = *s ? strchr(letters, *s) : NULL;
    if (!found)
        return NULL;
    *command = *s++;
    for (int i = 0; i < counts[found - letters] - '0'; i++) {
        int sign = 1, n = 0;
        while (*s == ' ')
            s++;
        if (*s == '-') {
            sign = -1;
            s++;
        }
        while (*s >= '0' && *s <= '9')
            n = 10 * n + *s++ - '0';
        v[i] = sign * n;
    }
    return s;
}

static void draw_path(pen *p, const char *path)
{
    char command;
    double v[6] = {0};
    while ((path = read_command(path, &command, v)))
        draw_command(p, command, v);
}

/* How high a path reaches. */
static double top_of(const char *path)
{
    char command;
    double v[6] = {0}, top = 0;
    while ((path = read_command(path, &command, v)))
        if (command == 'V')
            top = fmax(top, v[0]);
        else if (command != 'H' && command != 'Z')
            top = fmax(top, v[command == 'c' ? 5 : 1]);
    return top;
}

static int stands_beside(const mi_glyph *mark)
{
    return mark && mark->code == 0x2bc;
}

/* A mark over or under the middle of a letter, or behind it. */
static void draw_mark(pen *p, const mi_glyph *base, const mi_glyph *mark)
{
    double top = top_of(base->path);
    int beside = stands_beside(mark), under = top_of(mark->path) < SMALL_TOP;
    p->right += beside ? base->advance : base->advance / 2.0;
    p->up = top > TALL && !beside && !under ? top - SMALL_TOP : 0;
    draw_path(p, mark->path);
}

/* ---- texts --------------------------------------------------------------- */

/* A pen for letters of the size that is set; hints where x and y are pixels. */
static pen take_pen(cairo_t *cr, int bold)
{
    cairo_matrix_t font, m;
    cairo_get_font_matrix(cr, &font);
    cairo_get_matrix(cr, &m);
    pen p = {.cr = cr, .size = font.yy, .wide = font.yy * (bold ? .14 : .09)};
    p.pieces = cairo_surface_get_type(cairo_get_target(cr)) ==
               CAIRO_SURFACE_TYPE_IMAGE;
    p.hints = p.pieces && m.xx == 1 && m.yy == 1 && m.xy == 0 && m.yx == 0;
    if (p.hints)
        p.wide = fmax(p.wide, 1);
    return p;
}

/* From one letter to the next; the letter and its mark as well. */
static double next_letter(const pen *p, int bold, const char **text,
                          const mi_glyph **base, const mi_glyph **mark)
{
    *base = find_letter((uint32_t)next_character(text), mark);
    double units = (*base)->advance + 1.5 + 8 * stands_beside(*mark) + 3 * bold;
    return p->hints ? round(units * p->size / 100) : units * p->size / 100;
}

static void choose_other_font(cairo_t *cr, int bold)
{
    cairo_select_font_face(cr, "sans-serif", CAIRO_FONT_SLANT_NORMAL,
                           bold ? CAIRO_FONT_WEIGHT_BOLD
                                : CAIRO_FONT_WEIGHT_NORMAL);
}

double mi_font_width(cairo_t *cr, const char *text, int bold)
{
    if (!mi_font_has(text)) {
        cairo_text_extents_t e;
        choose_other_font(cr, bold);
        cairo_text_extents(cr, text, &e);
        return e.x_advance;
    }
    const mi_glyph *base, *mark;
    pen p = take_pen(cr, bold);
    double wide = 0;
    while (*text)
        wide += next_letter(&p, bold, &text, &base, &mark);
    return wide;
}

void mi_font_draw(cairo_t *cr, const char *text, double x, double y, int bold)
{
    if (!mi_font_has(text)) {
        choose_other_font(cr, bold);
        cairo_move_to(cr, x, y);
        cairo_show_text(cr, text);
        return;
    }
    pen p = take_pen(cr, bold);
    p.left = p.hints ? round(x) : x;
    p.base = p.hints ? round(y) : y;
    cairo_save(cr);
    cairo_new_path(cr);
    cairo_set_line_width(cr, p.wide);
    cairo_set_line_cap(cr, CAIRO_LINE_CAP_ROUND);
    cairo_set_line_join(cr, CAIRO_LINE_JOIN_ROUND);
    cairo_set_dash(cr, NULL, 0, 0);
    while (*text) {
        const mi_glyph *base, *mark;
        double advance = next_letter(&p, bold, &text, &base, &mark);
        p.right = .75 + bold;
        p.up = 0;
        draw_path(&p, base->path);
        if (mark)
            draw_mark(&p, base, mark);
        p.left += advance;
    }
    cairo_stroke(cr);
    cairo_restore(cr);
}
