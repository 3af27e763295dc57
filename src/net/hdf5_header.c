/* hdf5_header.c: headers of objects, looked at before libhdf5 decodes them: it
 * takes the sizes of what stands in a message on trust, and reads on behind.
 *
 *   header -> messages, in one part or more (continuations)
 *     attribute   its name, type, space and elements end in the message
 *     space, type, layout, fill value, filters, links: as long as they say
 *
 * Attributes are numbers or texts whose types stand in them.
 * Source: HDF5 File Format Specification, version 3.0, IV. */
#include "base/bytes.h"
#include "base/error.h"
#include "net/hdf5_file.h"

#include <string.h>

/* Types of messages. */
enum {
    DATASPACE = 1,
    DATATYPE = 3,
    LAYOUT = 8,
    FILTERS = 11,
    ATTRIBUTE = 12,
    CONTINUATION = 16,
    SYMBOL_TABLE = 17
};
enum { MAX_PARTS = 256, TRUSTED = 64, MANY = 1 << 30 };

/* A walk over a header's parts. */
typedef struct walk {
    const uint8_t *bytes;
    size_t n;
    uint64_t part[MAX_PARTS][2]; /* address and size */
    int parts;
    int newer, ordered; /* version 2; its messages have numbers */
} walk;

static mi_cursor part_at(const walk *w, uint64_t at, uint64_t n)
{
    mi_cursor c = mi_cursor_of(w->bytes, w->n);
    mi_cursor_take(&c, at);
    mi_cursor p = mi_cursor_take(&c, n);
    p.bad = p.bad || c.bad;
    return p;
}

/* ---- what stands in messages -----------------------------------------------
 */

/* The elements of a dataspace, MANY at most; 0 if it does not fit into its
 * bytes. */
static int space_fits(mi_cursor c, uint64_t *n)
{
    unsigned version = mi_cursor_u8(&c), rank = mi_cursor_u8(&c),
             flags = mi_cursor_u8(&c), kind = mi_cursor_u8(&c);
    if (version == 1)
        mi_cursor_take(&c, 4);
    *n = version == 2 && kind == 2 ? 0 : 1; /* 2: no elements */
    for (unsigned d = 0; d < rank && !c.bad; d++) {
        uint64_t dim = mi_cursor_u64le(&c);
        *n = dim && *n > MANY / dim ? MANY : *n * dim;
    }
    mi_cursor_take(&c, flags & 1 ? 8 * rank : 0); /* the largest sizes */
    return !c.bad && (version == 1 || version == 2) && rank <= H5S_MAX_RANK;
}

/* Bytes of an element of a number or text that fits into its bytes; 0: it does
 * not, or is of another type. */
static uint32_t type_fits(mi_cursor c, int deep)
{
    unsigned class = mi_cursor_u8(&c) & 15;
    mi_cursor_take(&c, 3);
    uint32_t size = mi_cursor_u32le(&c);
    if (class == H5T_VLEN && !deep)
        return c.bad || size != 16 || !type_fits(c, 1) ? 0 : size;
    if (class != H5T_INTEGER && class != H5T_FLOAT && class != H5T_STRING)
        return 0;
    mi_cursor_take(&c, class == H5T_INTEGER ? 4 : class == H5T_FLOAT ? 12 : 0);
    return c.bad ? 0 : size;
}

/* An attribute: version, flags, sizes of name, type and space; the three; its
 * elements. */
static int attribute_fits(mi_cursor c)
{
    unsigned version = mi_cursor_u8(&c), flags = mi_cursor_u8(&c), size[3];
    mi_cursor part[3];
    uint64_t n = 0;
    for (int i = 0; i < 3; i++)
        size[i] = mi_cursor_u16le(&c);
    mi_cursor_take(&c, version == 3);
    for (int i = 0; i < 3; i++) {
        part[i] = mi_cursor_take(&c, size[i]);
        mi_cursor_take(&c, version == 1 ? -size[i] & 7 : 0);
    }
    if (c.bad || version < 1 || version > 3 || (version > 1 && flags & 3) ||
        !memchr(part[0].p, 0, size[0]) || !space_fits(part[2], &n))
        return 0;
    uint32_t element = type_fits(part[1], 0);
    return element && n * element <= mi_cursor_left(&c);
}

/* Where an array lies: of version 3 as it says; others are longer than what is
 * read of them. */
static int layout_fits(mi_cursor c)
{
    unsigned version = mi_cursor_u8(&c), kind = mi_cursor_u8(&c), rank;
    if (version != 3)
        return version == 4 || (version && mi_cursor_left(&c) >= TRUSTED);
    if (kind == 0)
        mi_cursor_take(&c, mi_cursor_u16le(&c));
    else if (kind == 1)
        mi_cursor_take(&c, 16);
    else {
        rank = mi_cursor_u8(&c);
        mi_cursor_take(&c, 8 + 4 * rank);
    }
    return !c.bad && kind <= 2;
}

/* Filters: each with a name and numbers, as long as they say. */
static int filters_fit(mi_cursor c)
{
    unsigned version = mi_cursor_u8(&c), n = mi_cursor_u8(&c);
    mi_cursor_take(&c, version == 1 ? 6 : 0);
    for (unsigned i = 0; i < n && !c.bad; i++) {
        unsigned id = mi_cursor_u16le(&c),
                 name = version == 1 || id >= 256 ? mi_cursor_u16le(&c) : 0;
        mi_cursor_take(&c, 2);
        unsigned values = mi_cursor_u16le(&c);
        name = version == 1 ? (name + 7) / 8 * 8 : name;
        mi_cursor text = mi_cursor_take(&c, name);
        mi_cursor_take(&c, 4 * values + (version == 1 ? values % 2 * 4 : 0));
        if (name && !c.bad && !memchr(text.p, 0, name))
            return 0;
    }
    return !c.bad && (version == 1 || version == 2);
}

static int message_fits(unsigned type, mi_cursor c)
{
    uint64_t n;
    switch (type) {
    case DATASPACE: return space_fits(c, &n);
    case DATATYPE: return type_fits(c, 1) != 0;
    case LAYOUT: return layout_fits(c);
    case FILTERS: return filters_fit(c);
    case ATTRIBUTE: return attribute_fits(c);
    case CONTINUATION:
    case SYMBOL_TABLE: return mi_cursor_left(&c) >= 16;
    default: return 1;
    }
}

/* ---- the walk --------------------------------------------------------------
 */

/* The first part, by the header's version. */
static int begin(walk *w, uint64_t at)
{
    mi_cursor c = part_at(w, at, at <= w->n ? w->n - at : 0);
    if (c.bad || mi_cursor_left(&c) < 16)
        return 0;
    w->newer = memcmp(c.p, "OHDR", 4) == 0;
    uint64_t size;
    if (w->newer) {
        mi_cursor_take(&c, 5);
        unsigned flags = mi_cursor_u8(&c);
        w->ordered = (flags & 4) != 0;
        mi_cursor_take(&c, (flags & 32 ? 16 : 0) + (flags & 16 ? 4 : 0));
        size = 0;
        for (int i = 0; i < 1 << (flags & 3); i++)
            size |= (uint64_t)mi_cursor_u8(&c) << 8 * i;
    } else {
        mi_cursor_take(&c, 8);
        size = mi_cursor_u32le(&c);
        mi_cursor_take(&c, 4);
    }
    w->part[0][0] = (uint64_t)(c.p - w->bytes);
    w->part[0][1] = size;
    w->parts = 1;
    return !c.bad;
}

/* Where the header goes on. */
static int add_part(walk *w, mi_cursor c)
{
    uint64_t at = mi_cursor_u64le(&c), size = mi_cursor_u64le(&c);
    if (c.bad || w->parts == MAX_PARTS || (w->newer && size < 8))
        return 0;
    /* Of version 2 with a signature before and a sum behind. */
    w->part[w->parts][0] = at + (w->newer ? 4 : 0);
    w->part[w->parts++][1] = size - (w->newer ? 8 : 0);
    return 1;
}

/* The messages of a part. */
static int walk_part(walk *w, mi_cursor c)
{
    size_t head = w->newer ? (w->ordered ? 6 : 4) : 8;
    while (!c.bad && mi_cursor_left(&c) >= head) {
        unsigned type = w->newer ? mi_cursor_u8(&c) : mi_cursor_u16le(&c),
                 size = mi_cursor_u16le(&c);
        unsigned shared = mi_cursor_u8(&c) & 2;
        mi_cursor_take(&c, head - (w->newer ? 4 : 5));
        mi_cursor body = mi_cursor_take(&c, size);
        if (c.bad || (shared && type <= ATTRIBUTE) ||
            (!shared && !message_fits(type, body)) ||
            (type == CONTINUATION && !add_part(w, body)))
            return 0;
    }
    return !c.bad;
}

mien_status mi_hdf5_guard_header(const uint8_t *bytes, size_t n, uint64_t at,
                                 mien_error *err)
{
    walk w = {.bytes = bytes, .n = n};
    int fits = begin(&w, at);
    for (int i = 0; i < w.parts && fits; i++)
        fits = walk_part(&w, part_at(&w, w.part[i][0], w.part[i][1]));
    return fits ? MIEN_OK
                : mi_fail(err, MIEN_EFORMAT,
                          "hdf5: the header at byte %llu is damaged, or has "
                          "attributes that are neither numbers nor texts",
                          (unsigned long long)at);
}

mien_status mi_hdf5_guard_root(const uint8_t *bytes, size_t n, mien_error *err)
{
    mi_cursor c = mi_cursor_of(bytes, n);
    mi_cursor_take(&c, 8);
    unsigned version = mi_cursor_u8(&c);
    c = mi_cursor_of(bytes, n);
    mi_cursor_take(&c, version > 1 ? 36 : version == 1 ? 68 : 64);
    uint64_t at = mi_cursor_u64le(&c);
    if (c.bad)
        return mi_fail(err, MIEN_EFORMAT, "hdf5: the file is cut short");
    /* What libhdf5 does not know it says itself. */
    return version > 3 ? MIEN_OK : mi_hdf5_guard_header(bytes, n, at, err);
}
