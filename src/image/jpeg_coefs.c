/* jpeg_coefs.c: the coefficients of a JPEG in several scans, in less memory.
 *
 * libjpeg keeps all 64 coefficients of all blocks, 128 bytes each, until the
 * last scan is read: 900 MB for a photo of 300 megapixels.  A component decoded
 * at m/8 of its size needs the lowest m x m of them only (for m = 2 and 4
 * libjpeg uses some others, which change little).  The rest are forgotten but
 * for one thing: scans that refine coefficients have a bit for each that is not
 * 0 already, so that a bit of each must be known to read on.
 *
 *   a block = 64 bits, and m m coefficients: 10 bytes for m = 1, 58 for m = 5
 *
 * libjpeg asks for rows of blocks by methods that may be replaced.  Rows are
 * unpacked into a window when they are asked for, and packed when others are.
 * Forgotten coefficients that are not 0 stand there as 1 while a scan is read,
 * and as 0 when the picture is made. */
#include "image/jpeg_coefs.h"

#include "base/alloc.h"

#include <assert.h>
#include <string.h>

/* One of a component; libjpeg has the name, and leaves its contents to who
 * makes it. */
struct jvirt_barray_control {
    JDIMENSION across, down; /* blocks */
    int side;
    uint64_t *marks;  /* [down, across] bit i: coefficient i is not 0 */
    JCOEF *low;       /* [down, across, side, side] */
    JBLOCKROW window; /* [most, across] */
    JBLOCKROW *row;   /* [most] of the window */
    JDIMENSION most, first, n; /* rows of the window; those it holds */
    int written;               /* 1: they are being changed */
};

/* How many coefficients of a row the component's transform needs. */
static int side_of(const jpeg_component_info *component)
{
#if JPEG_LIB_VERSION >= 70
    int side = component->DCT_h_scaled_size;
#else
    int side = component->DCT_scaled_size;
#endif
    return side < DCTSIZE ? side : DCTSIZE;
}

int64_t mi_jpeg_coefs_size(const struct jpeg_decompress_struct *c)
{
    int64_t sum = 0;
    for (int i = 0; i < c->num_components; i++) {
        const jpeg_component_info *one = &c->comp_info[i];
        size_t side = (size_t)side_of(one);
        size_t each = sizeof(uint64_t) + side * side * sizeof(JCOEF);
        sum += (int64_t)each * one->width_in_blocks * one->height_in_blocks;
    }
    return sum;
}

/* Bits of the coefficients of a row of eight that are not 0. */
static uint64_t marks_of(const JCOEF *eight)
{
    uint64_t half[2], marks = 0;
    memcpy(half, eight, sizeof half);
    if (!(half[0] | half[1]))
        return 0;
    for (int i = 0; i < DCTSIZE; i++)
        marks |= (uint64_t)(eight[i] != 0) << i;
    return marks;
}

static void pack(struct jvirt_barray_control *a, size_t at, const JCOEF *block)
{
    size_t side = (size_t)a->side;
    uint64_t marks = 0;
    for (size_t y = 0; y < DCTSIZE; y++)
        marks |= marks_of(block + y * DCTSIZE) << (y * DCTSIZE);
    a->marks[at] = marks;
    for (size_t y = 0; y < side; y++)
        memcpy(a->low + (at * side + y) * side, block + y * DCTSIZE,
               side * sizeof *block);
}

static void unpack(const struct jvirt_barray_control *a, size_t at,
                   JCOEF *block)
{
    size_t side = (size_t)a->side;
    uint64_t marks = a->written ? a->marks[at] : 0;
    memset(block, 0, sizeof(JBLOCK));
    for (; marks; marks &= marks - 1)
        block[__builtin_ctzll(marks)] = 1;
    for (size_t y = 0; y < side; y++)
        memcpy(block + y * DCTSIZE, a->low + (at * side + y) * side,
               side * sizeof *block);
}

/* Pack the rows of the window, if they were changed. */
static void put_back(struct jvirt_barray_control *a)
{
    size_t n = (size_t)a->n * a->across, at = (size_t)a->first * a->across;
    for (size_t i = 0; a->written && i < n; i++)
        pack(a, at + i, a->window[i]);
}

/* The method access_virt_barray. */
static JBLOCKARRAY rows(j_common_ptr c, struct jvirt_barray_control *a,
                        JDIMENSION first, JDIMENSION n, boolean writable)
{
    (void)c;
    assert(n <= a->most && first + n <= a->down);
    if (first >= a->first && first + n <= a->first + a->n &&
        a->written == writable)
        return a->row + (first - a->first);
    put_back(a);
    a->first = first;
    a->n = n;
    a->written = writable;
    size_t blocks = (size_t)n * a->across, at = (size_t)first * a->across;
    for (size_t i = 0; i < blocks; i++)
        unpack(a, at + i, a->window[i]);
    return a->row;
}

static void array_free(struct jvirt_barray_control *a)
{
    if (!a)
        return;
    mi_free(a->marks);
    mi_free(a->low);
    mi_free(a->window);
    mi_free(a->row);
    mi_free(a);
}

/* NULL where memory ends. */
static struct jvirt_barray_control *
array_new(JDIMENSION across, JDIMENSION down, JDIMENSION most, int side)
{
    struct jvirt_barray_control *a = mi_alloc(1, sizeof *a);
    if (!a)
        return NULL;
    size_t blocks = (size_t)across * down;
    *a = (struct jvirt_barray_control){across, down, side, .most = most};
    a->marks = mi_alloc(blocks, sizeof *a->marks);
    a->low = mi_alloc(blocks, (size_t)(side * side) * sizeof *a->low);
    a->window = mi_alloc((size_t)across * most, sizeof *a->window);
    a->row = mi_alloc(most, sizeof *a->row);
    if (!a->marks || !a->low || !a->window || !a->row) {
        array_free(a);
        return NULL;
    }
    for (JDIMENSION i = 0; i < most; i++)
        a->row[i] = a->window + (size_t)i * across;
    return a;
}

/* The method request_virt_barray, called for each component in turn; blocks are
 * 0 at first in any case. */
static struct jvirt_barray_control *request(j_common_ptr c, int pool,
                                            boolean zeroed, JDIMENSION across,
                                            JDIMENSION down, JDIMENSION most)
{
    (void)pool, (void)zeroed;
    mi_jpeg_coefs *keep = c->client_data;
    const struct jpeg_decompress_struct *d = (j_decompress_ptr)c;
    assert(keep->n < d->num_components);
    struct jvirt_barray_control *a =
        array_new(across, down, most, side_of(&d->comp_info[keep->n]));
    if (!a)
        keep->no_memory(c);
    keep->array[keep->n++] = a;
    return a;
}

/* Scans that are missing are not smoothed over: that reads rows which it did
 * not ask for. */
void mi_jpeg_coefs_use(struct jpeg_decompress_struct *c)
{
    c->do_block_smoothing = FALSE;
    c->mem->request_virt_barray = request;
    c->mem->access_virt_barray = rows;
}

void mi_jpeg_coefs_done(mi_jpeg_coefs *keep)
{
    for (int i = 0; i < keep->n; i++)
        array_free(keep->array[i]);
    keep->n = 0;
}
