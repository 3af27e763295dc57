/* sheet.c: samples side by side, with their points and what is known of them.
 */
#include "draw/mark.h"

#include "base/alloc.h"
#include "base/error.h"
#include "mien/draw.h"

#include <math.h>
#include <string.h>

enum { GAP = 6, LETTERS = 12, LINE = 16, LINES = 4 };

static const mien_colour white = {255, 255, 255};

/* Where a sample lies, and what is drawn of it. */
typedef struct tile {
    int64_t row;
    int x, y, w, h; /* of its picture */
    int failed;
    mien_point point[MIEN_LABELS_MAX_POINTS];
    int label[MIEN_LABELS_MAX_TASKS];
    mien_error why;
} tile;

/* How many letters fit into a width, about. */
static size_t letters_in(int width)
{
    return (size_t)((double)width / (0.6 * LETTERS));
}

/* Break a text at its blanks into lines that fit into a width. */
static void wrap(const char *text, int width, mien_buffer *out)
{
    size_t most = letters_in(width), at = 0;
    while (*text) {
        size_t word = strcspn(text, " ");
        if (at)
            mien_buffer_puts(out, at + 1 + word > most ? "\n" : " ");
        at = at && at + 1 + word <= most ? at + 1 + word : word;
        mien_buffer_put(out, text, word);
        text += word + (text[word] == ' ');
    }
}

/* Cut a text off behind its first LINES lines; how many there are. */
static int cut_lines(char *text)
{
    int lines = 1;
    for (; *text; text++) {
        if (*text == '\n' && lines == LINES)
            *text-- = 0;
        else
            lines += *text == '\n';
    }
    return lines;
}

/* The name of a sample's file and what is known of it, below its picture. */
static void put_text(mien_canvas *canvas, const mien_labels *l, const tile *t)
{
    mien_buffer words = {0}, text = {0};
    const char *slash = strrchr(l->name[t->row], '/');
    const char *name = slash ? slash + 1 : l->name[t->row];
    size_t n = strlen(name), most = letters_in(t->w);
    if (t->failed)
        mien_utf8_repair(t->why.text, &words);
    else
        mien_labels_caption(l, t->row, t->label, &words);
    mien_buffer_put(&words, "", 1);
    mien_utf8_repair(n > most ? name + n - most : name, &text);
    mien_buffer_puts(&text, "\n");
    if (!words.failed)
        wrap((const char *)words.data, t->w, &text);
    mien_buffer_put(&text, "", 1);
    if (!text.failed) {
        int lines = cut_lines((char *)text.data);
        mien_canvas_label(canvas, (float)t->x,
                          (float)(t->y + t->h + LINE * lines + 2),
                          (const char *)text.data, LETTERS, white);
    }
    mien_buffer_free(&words);
    mien_buffer_free(&text);
}

/* Put a picture into the sheet. */
static void place(const mien_image *im, int x0, int y0, mien_image *sheet)
{
    for (int y = 0; y < im->h; y++)
        memcpy(sheet->data + (y0 + y) * sheet->stride + (ptrdiff_t)x0 * 3,
               im->data + y * im->stride, (size_t)im->w * 3);
}

/* Samples that are drawn. */
typedef struct job {
    const mien_labels *labels;
    mien_loader *loader;
    int epoch, n;
    tile *tile; /* [n] */
} job;

/* A sample's picture; one that cannot be loaded stays grey. */
static mien_status draw_picture(const job *j, tile *t, mien_image *sheet,
                                mien_error *err)
{
    mien_image im = {0};
    mien_status st = mien_loader_picture(j->loader, j->epoch, t->row, &im,
                                         j->labels->points ? t->point : NULL,
                                         t->label, &t->why);
    if (st == MIEN_ENOMEM)
        return mi_no_memory(err);
    t->failed = st != MIEN_OK;
    if (t->failed)
        for (int y = t->y; y < t->y + t->h; y++)
            memset(sheet->data + y * sheet->stride + (ptrdiff_t)t->x * 3, 208,
                   (size_t)t->w * 3);
    else
        place(&im, t->x, t->y, sheet);
    mien_image_free(&im);
    return MIEN_OK;
}

/* A colour each, those outside the picture left out. */
static void draw_points(mien_canvas *canvas, int points, const tile *t)
{
    float radius = mi_mark_within((float)t->w / 70, 1, 6);
    for (int i = 0; i < points && !t->failed; i++) {
        mien_point p = t->point[i];
        if (!(p.x >= 0 && p.y >= 0 && p.x <= (float)t->w && p.y <= (float)t->h))
            continue;
        p.x += (float)t->x;
        p.y += (float)t->y;
        mien_canvas_points(canvas, &p, 1, mi_mark_colour(i), radius);
    }
}

/* Some samples by chance, in the order of their numbers. */
static mien_status choose(const job *j, uint32_t seed, mien_error *err)
{
    mien_random r;
    int64_t all = j->labels->n, *order = mi_alloc((size_t)all, sizeof *order);
    if (!order)
        return mi_no_memory(err);
    mien_random_init(&r, seed);
    mien_random_permutation(&r, all, order);
    for (int i = 0; i < j->n; i++) {
        int k = i;
        for (; k > 0 && j->tile[k - 1].row > order[i]; k--)
            j->tile[k].row = j->tile[k - 1].row;
        j->tile[k].row = order[i];
    }
    mi_free(order);
    return MIEN_OK;
}

/* Pictures, then points and text over them. */
static mien_status draw_tiles(const job *j, mien_image *im, mien_error *err)
{
    mien_canvas *canvas = NULL;
    mien_status st = MIEN_OK;
    for (int i = 0; !st && i < j->n; i++)
        st = draw_picture(j, &j->tile[i], im, err);
    if (!st)
        st = mien_canvas_new(im, &canvas, err);
    if (st)
        return st;
    for (int i = 0; i < j->n; i++) {
        draw_points(canvas, j->labels->points, &j->tile[i]);
        put_text(canvas, j->labels, &j->tile[i]);
    }
    return mi_mark_finish(canvas, err);
}

/* A white sheet of tiles of w x h, and where they lie. */
static mien_status lay_out(const job *j, int w, int h, mien_image *out,
                           mien_error *err)
{
    int columns = (int)ceil(sqrt(j->n)), rows = (j->n + columns - 1) / columns;
    int right = w + GAP, down = h + GAP + LINE * LINES;
    mien_status st =
        mien_image_new(columns * right + GAP, rows * down + GAP, out, err);
    if (st)
        return st;
    memset(out->data, 255, (size_t)out->h * (size_t)out->stride);
    for (int i = 0; i < j->n; i++) {
        tile *t = &j->tile[i];
        t->x = GAP + i % columns * right;
        t->y = GAP + i / columns * down;
        t->w = w;
        t->h = h;
    }
    return MIEN_OK;
}

mien_status mien_sheet_draw(const mien_labels *labels, const mien_sheet *sheet,
                            mien_image *out, mien_buffer *notes,
                            mien_error *err)
{
    const mien_loader_options *o = &sheet->loader;
    job j = {.labels = labels, .epoch = sheet->epoch};
    mien_image im = {0};
    if (sheet->n < 1 || sheet->n > MIEN_SHEET_MAX || labels->n < 1)
        return mi_fail(err, MIEN_EARG,
                       "sheet: %d of %lld samples, wanted 1 to %d", sheet->n,
                       (long long)labels->n, MIEN_SHEET_MAX);
    j.n = labels->n < sheet->n ? (int)labels->n : sheet->n;
    mien_status st = mien_loader_new(labels, o, &j.loader, err);
    if (st)
        return st;
    j.tile = mi_alloc((size_t)j.n, sizeof *j.tile);
    st = j.tile ? choose(&j, o->seed, err) : mi_no_memory(err);
    if (!st)
        st = lay_out(&j, o->w, o->h, &im, err);
    if (!st)
        st = draw_tiles(&j, &im, err);
    if (!st && notes)
        mien_loader_notes(j.loader, notes);
    mien_loader_free(j.loader);
    mi_free(j.tile);
    if (st)
        mien_image_free(&im);
    else
        *out = im;
    return st;
}
