/* palette.c: 255 colours for a frame of a GIF.
 *
 * Colours are counted in 32^3 cells.  Median cut: start with one box of all
 * occupied cells; divide the box of the greatest
 *
 *     (pixels in it) * (longest side)^2
 *
 * across that side where half its pixels lie on either hand, until there are
 * 255 boxes or each is one cell.  A box gives the mean of its pixels.  Pixels
 * take the nearest colour with their error diffused as Floyd and Steinberg do.
 *
 * The palette of the frame before stays while the mean squared error, before
 * diffusion, is not much over what it was when made: colours that stand still
 * save bytes and do not flicker.  So does a pixel keep its colour while it
 * differs by no more than STILL, in each channel, from what it was when the
 * colour was chosen.  Entry 255 is transparent; FFmpeg's encoder
 * uses it for pixels that did not change.
 *
 * Source: Heckbert, "Color image quantization for frame buffer display",
 * SIGGRAPH 1982; Floyd, Steinberg, "An adaptive algorithm for spatial
 * grayscale", 1976. */
#include "video/video.h"

#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>

enum { BITS = 5, LEVELS = 1 << BITS, CELLS = LEVELS * LEVELS * LEVELS };
enum { COLOURS = 255, NOT_YET = 0xffff, STILL = 6 };

typedef struct cell {
    uint64_t n, sum[3];
} cell;

typedef struct box {
    int from, to; /* of order */
    uint64_t n;
    int axis, side; /* the longest, in levels */
} box;

struct mi_palette {
    cell cells[CELLS];
    uint16_t order[CELLS], other[CELLS]; /* occupied cells, box by box */
    uint16_t nearest[CELLS];             /* colour of a cell, or NOT_YET */
    box boxes[COLOURS];
    uint8_t colour[COLOURS][3];
    int n;          /* colours; 0: none made yet */
    int same;       /* they are those of the frame before */
    double error;   /* mean squared error when made */
    int *carry;     /* [2][w + 2][3] errors of this row and the next, * 16 */
    uint8_t *held;  /* [h, w, 3] the pixels when their colours were chosen */
    uint8_t *index; /* [h, w] those colours */
    int w, h;       /* what the three are made for */
};

mi_palette *mi_palette_new(void) { return mi_alloc(1, sizeof(mi_palette)); }

static void forget(mi_palette *p)
{
    mi_free(p->carry);
    mi_free(p->held);
    mi_free(p->index);
    p->carry = NULL;
    p->held = p->index = NULL;
    p->w = p->h = 0;
}

void mi_palette_free(mi_palette *p)
{
    if (p)
        forget(p);
    mi_free(p);
}

/* Make room for frames of w x h, the first of which takes a new palette. */
static int reserve_pixels(mi_palette *p, int w, int h)
{
    if (p->w == w && p->h == h)
        return 1;
    forget(p);
    size_t pixels = (size_t)w * (size_t)h;
    p->carry = mi_alloc(((size_t)w + 2) * 6, sizeof *p->carry);
    p->held = mi_alloc(pixels, 3);
    p->index = mi_alloc(pixels, 1);
    if (!p->carry || !p->held || !p->index) {
        forget(p);
        return 0;
    }
    p->w = w;
    p->h = h;
    p->n = 0;
    return 1;
}

static int cell_of(const uint8_t *c)
{
    return (c[0] >> (8 - BITS)) << (2 * BITS) | (c[1] >> (8 - BITS)) << BITS |
           c[2] >> (8 - BITS);
}

static int level_of(int at, int axis)
{
    return at >> (BITS * (2 - axis)) & (LEVELS - 1);
}

static void count(mi_palette *p, const mien_image *im)
{
    memset(p->cells, 0, sizeof p->cells);
    for (int y = 0; y < im->h; y++) {
        const uint8_t *c = im->data + y * im->stride;
        for (int x = 0; x < im->w; x++, c += 3) {
            cell *to = &p->cells[cell_of(c)];
            to->n++;
            to->sum[0] += c[0];
            to->sum[1] += c[1];
            to->sum[2] += c[2];
        }
    }
}

/* ---- median cut ------------------------------------------------------- */

/* The box around cells from <= i < to: its pixels and longest side. */
static box measure(const mi_palette *p, int from, int to)
{
    box b = {from, to, 0, 0, 0};
    int lo[3] = {LEVELS, LEVELS, LEVELS}, hi[3] = {0, 0, 0};
    for (int i = from; i < to; i++) {
        b.n += p->cells[p->order[i]].n;
        for (int k = 0; k < 3; k++) {
            int level = level_of(p->order[i], k);
            lo[k] = level < lo[k] ? level : lo[k];
            hi[k] = level > hi[k] ? level : hi[k];
        }
    }
    for (int k = 0; k < 3; k++)
        if (hi[k] - lo[k] > b.side) {
            b.side = hi[k] - lo[k];
            b.axis = k;
        }
    return b;
}

/* Bring the cells of a box in order along its axis; where to divide them. */
static int median(mi_palette *p, const box *b)
{
    int start[LEVELS + 1] = {0};
    uint64_t weight[LEVELS] = {0}, left = 0;
    for (int i = b->from; i < b->to; i++) {
        int level = level_of(p->order[i], b->axis);
        start[level + 1]++;
        weight[level] += p->cells[p->order[i]].n;
    }
    for (int k = 0; k < LEVELS; k++)
        start[k + 1] += start[k];
    int cells = b->to - b->from, at = 0;
    for (int k = 0; k < LEVELS; k++) {
        left += weight[k];
        if (at == 0 && start[k + 1] > 0 &&
            (2 * left >= b->n || start[k + 1] == cells))
            at = start[k + 1] < cells ? start[k + 1] : start[k];
    }
    for (int i = b->from; i < b->to; i++)
        p->other[start[level_of(p->order[i], b->axis)]++] = p->order[i];
    memcpy(p->order + b->from, p->other, (size_t)cells * sizeof *p->order);
    return b->from + at;
}

/* Cut the box that matters most until there are colours enough. */
static void make(mi_palette *p)
{
    int occupied = 0, n = 1;
    for (int i = 0; i < CELLS; i++)
        if (p->cells[i].n)
            p->order[occupied++] = (uint16_t)i;
    p->boxes[0] = measure(p, 0, occupied);
    while (n < COLOURS) {
        int best = 0;
        double most = 0;
        for (int i = 0; i < n; i++) {
            const box *b = &p->boxes[i];
            double value = (double)b->n * b->side * b->side;
            if (value > most) {
                most = value;
                best = i;
            }
        }
        if (most <= 0)
            break;
        box whole = p->boxes[best];
        int at = median(p, &whole);
        p->boxes[best] = measure(p, whole.from, at);
        p->boxes[n++] = measure(p, at, whole.to);
    }
    p->n = n;
    for (int i = 0; i < n; i++) {
        uint64_t sum[3] = {0};
        for (int j = p->boxes[i].from; j < p->boxes[i].to; j++)
            for (int k = 0; k < 3; k++)
                sum[k] += p->cells[p->order[j]].sum[k];
        uint64_t all = p->boxes[i].n;
        for (int k = 0; k < 3; k++)
            p->colour[i][k] = (uint8_t)((sum[k] + all / 2) / all);
    }
    memset(p->nearest, 0xff, sizeof p->nearest);
}

/* ---- nearest colours -------------------------------------------------- */

static int distance(const uint8_t *a, const int *c)
{
    int r = a[0] - c[0], g = a[1] - c[1], b = a[2] - c[2];
    return r * r + g * g + b * b;
}

/* The colour nearest to the mean of a cell, or to its middle if it is empty. */
static int nearest(mi_palette *p, int at)
{
    if (p->nearest[at] != NOT_YET)
        return p->nearest[at];
    const cell *from = &p->cells[at];
    int c[3];
    for (int k = 0; k < 3; k++)
        c[k] = from->n ? (int)(from->sum[k] / from->n)
                       : (level_of(at, k) << (8 - BITS)) + (1 << (7 - BITS));
    int best = 0, least = distance(p->colour[0], c);
    for (int i = 1; i < p->n; i++) {
        int d = distance(p->colour[i], c);
        if (d < least) {
            least = d;
            best = i;
        }
    }
    p->nearest[at] = (uint16_t)best;
    return best;
}

/* The mean squared error of the counted pixels in these colours. */
static double error_of(mi_palette *p)
{
    double sum = 0, n = 0;
    for (int i = 0; i < CELLS; i++) {
        const cell *from = &p->cells[i];
        if (!from->n)
            continue;
        int c[3];
        for (int k = 0; k < 3; k++)
            c[k] = (int)(from->sum[k] / from->n);
        sum += (double)from->n * distance(p->colour[nearest(p, i)], c);
        n += (double)from->n;
    }
    return sum / n;
}

/* ---- writing a frame -------------------------------------------------- */

static uint8_t clamp(int x) { return (uint8_t)(x < 0 ? 0 : x > 255 ? 255 : x); }

static int is_still(const uint8_t *a, const uint8_t *b)
{
    return abs(a[0] - b[0]) <= STILL && abs(a[1] - b[1]) <= STILL &&
           abs(a[2] - b[2]) <= STILL;
}

/* Row y; here and below: [w + 2][3] errors * 16, of pixels -1..w. */
static void diffuse(mi_palette *p, const uint8_t *from, int y, int *here,
                    int *below)
{
    uint8_t *held = p->held + (ptrdiff_t)y * p->w * 3;
    uint8_t *index = p->index + (ptrdiff_t)y * p->w;
    memset(below, 0, ((size_t)p->w + 2) * 3 * sizeof *below);
    for (int x = 0; x < p->w; x++, from += 3, held += 3) {
        if (p->same && is_still(from, held))
            continue; /* the error that came here ends here */
        uint8_t c[3];
        for (int k = 0; k < 3; k++)
            c[k] = clamp(from[k] + (here[(x + 1) * 3 + k] + 8) / 16);
        int i = nearest(p, cell_of(c));
        index[x] = (uint8_t)i;
        memcpy(held, from, 3);
        for (int k = 0; k < 3; k++) {
            int e = c[k] - p->colour[i][k];
            here[(x + 2) * 3 + k] += 7 * e;
            below[x * 3 + k] += 3 * e;
            below[(x + 1) * 3 + k] += 5 * e;
            below[(x + 2) * 3 + k] += e;
        }
    }
}

/* The palette for a frame: that of the frame before, or a new one. */
static void choose(mi_palette *p, const mien_image *im)
{
    count(p, im);
    p->same = 0;
    if (p->n) {
        memset(p->nearest, 0xff, sizeof p->nearest);
        p->same = error_of(p) <= 1.3 * p->error + 2;
    }
    if (!p->same) {
        make(p);
        p->error = error_of(p);
    }
}

int mi_palette_run(mi_palette *p, const mien_image *im, AVFrame *frame)
{
    if (!reserve_pixels(p, im->w, im->h))
        return 0;
    choose(p, im);
    size_t row = (size_t)p->w;
    int *here = p->carry, *below = p->carry + (row + 2) * 3;
    memset(here, 0, (row + 2) * 3 * sizeof *here);
    for (int y = 0; y < im->h; y++) {
        diffuse(p, im->data + y * im->stride, y, here, below);
        memcpy(frame->data[0] + (ptrdiff_t)y * frame->linesize[0],
               p->index + (size_t)y * row, row);
        int *t = here;
        here = below;
        below = t;
    }
    uint32_t *palette = (void *)frame->data[1];
    for (int i = 0; i < 256; i++)
        palette[i] = i >= p->n
                         ? 0
                         : 0xff000000u | (uint32_t)p->colour[i][0] << 16 |
                               (uint32_t)p->colour[i][1] << 8 | p->colour[i][2];
    return 1;
}
