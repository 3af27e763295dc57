/* hdf5_guard.c: what libhdf5 1.10 to 1.14 follow without looking, looked at
 * before.
 *
 *   trees    a node whose child is on its own level or above: a circle,
 *            in which libhdf5 calls itself until the stack ends
 *   heaps    objects that end past their heap; names of a group that take
 *            more than the file has
 *   filters  of heaps of links and attributes: unpacked without a bound
 *   texts    said to have another length than their object in a heap:
 *            libhdf5 copies by the object's length into memory of the
 *            text's; or many that are one long object
 *
 * Nodes, heaps and attributes are found by signature and name, wherever they
 * lie, so that nothing has to be followed here; numbers of a network that spell
 * one by chance hardly fit in the rest.
 * Source: HDF5 File Format Specification, version 3.0. */
#include "base/bytes.h"
#include "base/error.h"
#include "net/hdf5_file.h"

#include <string.h>

enum {
    NODE_HEAD = 24, /* of a tree: signature, type, level, count, siblings */
    HEAP_HEAD = 16,
    OBJECT_HEAD = 16,
    MAX_RANK = 32,      /* of arrays that libhdf5 knows */
    MAX_STEPS = 1 << 24 /* children and objects that are looked at */
};

typedef struct guard {
    const uint8_t *bytes;
    size_t n;
    uint64_t texts; /* bytes of an attribute's so far */
    int steps;      /* that are left */
    mien_error *err;
} guard;

static mien_status damaged(const guard *g, const char *what, uint64_t at)
{
    return mi_fail(g->err, MIEN_EFORMAT, "hdf5: %s at byte %llu is damaged",
                   what, (unsigned long long)at);
}

/* A cursor from an address on. */
static mi_cursor from(const guard *g, uint64_t at)
{
    mi_cursor c = mi_cursor_of(g->bytes, g->n);
    mi_cursor_take(&c, at);
    return c;
}

static int is_at(const guard *g, uint64_t at, const char signature[4])
{
    return g->n >= 4 && at <= g->n - 4 &&
           memcmp(g->bytes + at, signature, 4) == 0;
}

/* Of a tree's node whose keys have so many bytes, does a child lie as high? */
static int climbs(guard *g, uint64_t at, unsigned level, unsigned count,
                  unsigned key)
{
    mi_cursor c = from(g, at + NODE_HEAD);
    for (unsigned i = 0; i < count && !c.bad && --g->steps > 0; i++) {
        mi_cursor_take(&c, key);
        uint64_t child = mi_cursor_u64le(&c);
        if (!c.bad && is_at(g, child, "TREE") && child + 6 <= g->n &&
            g->bytes[child + 5] >= level)
            return 1;
    }
    return 0;
}

/* Keys of groups have 8 bytes, those of chunks 16 and 8 an axis. */
static mien_status check_tree(guard *g, uint64_t at)
{
    mi_cursor c = from(g, at + 4);
    unsigned type = mi_cursor_u8(&c), level = mi_cursor_u8(&c),
             count = mi_cursor_u16le(&c);
    if (c.bad || level == 0)
        return MIEN_OK;
    int bad = type == 0 && climbs(g, at, level, count, 8);
    for (unsigned rank = 1; type == 1 && rank <= MAX_RANK && !bad; rank++)
        bad = climbs(g, at, level, count, 16 + 8 * rank);
    return bad ? damaged(g, "tree", at) : MIEN_OK;
}

/* Find object `index` of a heap, or look at all of them (index 0). */
static mien_status look_at_heap(guard *g, uint64_t at, unsigned index,
                                uint64_t *size, int *found)
{
    mi_cursor c = from(g, at + 8);
    uint64_t bytes = mi_cursor_u64le(&c);
    *found = 0;
    if (c.bad || bytes < HEAP_HEAD || bytes > g->n - at)
        return damaged(g, "heap", at);
    c = mi_cursor_of(g->bytes + at + HEAP_HEAD, bytes - HEAP_HEAD);
    while (mi_cursor_left(&c) >= OBJECT_HEAD && --g->steps > 0) {
        mi_cursor head = c;
        unsigned number = mi_cursor_u16le(&c);
        mi_cursor_take(&c, 6);
        uint64_t is = mi_cursor_u64le(&c);
        if (number == 0) { /* what is free: its head counts */
            c = head;
            mi_cursor_take(&c, is);
        } else {
            mi_cursor_take(&c, is);
            mi_cursor_take(&c, -is & 7);
        }
        if (c.bad || (number == 0 && is < OBJECT_HEAD))
            return damaged(g, "heap", at);
        if (number == index && index) {
            *size = is;
            *found = 1;
            return MIEN_OK;
        }
    }
    return MIEN_OK;
}

/* Whether addresses and sizes have 8 bytes; other files are refused later. */
static int is_wide(const guard *g)
{
    mi_cursor c = from(g, 8);
    mi_cursor_take(&c, mi_cursor_u8(&c) > 1 ? 0 : 4);
    return mi_cursor_u16le(&c) == 0x808;
}

/* The names of a group's links: so much memory is taken for them. */
static mien_status check_names(const guard *g, uint64_t at)
{
    mi_cursor c = from(g, at + 4);
    uint32_t version = mi_cursor_u32le(&c); /* and three zero bytes */
    uint64_t size = mi_cursor_u64le(&c);
    mi_cursor_take(&c, 8);
    uint64_t address = mi_cursor_u64le(&c);
    if (c.bad || version != 0 || !is_wide(g))
        return MIEN_OK;
    return size <= g->n && address <= g->n - size
               ? MIEN_OK
               : damaged(g, "heap of names", at);
}

/* A heap of links or attributes that is filtered. */
static mien_status check_filters(const guard *g, uint64_t at)
{
    mi_cursor c = from(g, at + 4);
    unsigned version = mi_cursor_u8(&c), name = mi_cursor_u16le(&c),
             filters = mi_cursor_u16le(&c);
    if (c.bad || version != 0 || name == 0 || name > 4096 || filters == 0)
        return MIEN_OK;
    return mi_fail(g->err, MIEN_EUNSUP,
                   "hdf5: links or attributes at byte %llu are compressed "
                   "(h5repack --low=0 --high=0 writes them plainly)",
                   (unsigned long long)at);
}

mien_status mi_hdf5_guard(const uint8_t *bytes, size_t n, mien_error *err)
{
    guard g = {bytes, n, 0, MAX_STEPS, err};
    mien_status st = MIEN_OK;
    uint64_t size;
    int found;
    for (size_t at = 0; at + 8 <= n && !st; at++) {
        if (is_at(&g, at, "TREE"))
            st = check_tree(&g, at);
        else if (is_at(&g, at, "FRHP"))
            st = check_filters(&g, at);
        else if (is_at(&g, at, "HEAP"))
            st = check_names(&g, at);
        else if (is_at(&g, at, "GCOL"))
            st = look_at_heap(&g, at, 0, &size, &found);
        if (!st && g.steps <= 0)
            st = mi_fail(err, MIEN_ELIMIT,
                         "hdf5: trees and heaps of more than %d entries",
                         MAX_STEPS);
    }
    return st;
}

/* ---- texts -----------------------------------------------------------------
 */

/* One text: its length, heap and number there. */
static mien_status check_text(guard *g, mi_cursor *c)
{
    uint64_t size = 0, at = (uint64_t)(c->p - g->bytes);
    uint32_t length = mi_cursor_u32le(c);
    uint64_t heap = mi_cursor_u64le(c);
    uint32_t index = mi_cursor_u32le(c);
    int found = 0;
    if (!c->bad && length == 0)
        return MIEN_OK;
    if (c->bad || index == 0 || index > UINT16_MAX || !is_at(g, heap, "GCOL"))
        return damaged(g, "text", at);
    mien_status st = look_at_heap(g, heap, index, &size, &found);
    if (!st && (!found || size != length))
        st = damaged(g, "text", at);
    g->texts += size;
    if (!st && (g->texts > MI_HDF5_TEXT_BYTES || g->steps <= 0))
        st = mi_fail(g->err, MIEN_ELIMIT,
                     "hdf5: texts at byte %llu of more than %d bytes",
                     (unsigned long long)at, MI_HDF5_TEXT_BYTES);
    return st;
}

/* How many elements a dataspace has; -1: it is none, or too many. */
static int64_t count_of(mi_cursor space)
{
    unsigned version = mi_cursor_u8(&space), rank = mi_cursor_u8(&space);
    int64_t n = 1;
    mi_cursor_take(&space, version == 1 ? 6 : 2);
    for (unsigned d = 0; d < rank && n >= 0; d++) {
        uint64_t dim = mi_cursor_u64le(&space);
        n = dim > MI_HDF5_TEXTS || n > MI_HDF5_TEXTS ? -1 : n * (int64_t)dim;
    }
    return space.bad ? -1 : n;
}

/* Of a type of variable length, whose elements follow it: bytes? */
static int is_of_bytes(mi_cursor type)
{
    mi_cursor_take(&type, 8 + 4); /* its own head, class of the elements */
    return mi_cursor_u32le(&type) == 1 && !type.bad;
}

/* The texts of an attribute whose name stands at an address, if they have
 * lengths of their own.  It is: version, flags, sizes of name, type and space;
 * the three; the texts. */
static mien_status check_attribute(guard *g, uint64_t at, size_t name)
{
    unsigned version = at >= 9 && g->bytes[at - 9] == 3 ? 3 : 0, size[3];
    if (!version && at >= 8 && (g->bytes[at - 8] == 1 || g->bytes[at - 8] == 2))
        version = g->bytes[at - 8];
    if (!version)
        return MIEN_OK;
    mi_cursor c = from(g, at - (version == 3 ? 9 : 8) + 1), part[3];
    unsigned shared = mi_cursor_u8(&c) && version > 1;
    for (int i = 0; i < 3; i++)
        size[i] = mi_cursor_u16le(&c);
    if (size[0] != name)
        return MIEN_OK; /* by chance: libhdf5 compares them too */
    mi_cursor_take(&c, version == 3);
    for (int i = 0; i < 3; i++) {
        part[i] = mi_cursor_take(&c, size[i]);
        mi_cursor_take(&c, version == 1 ? -size[i] & 7 : 0);
    }
    int64_t n = count_of(part[2]);
    if (c.bad || shared || n < 0)
        return damaged(g, "attribute", at);
    mi_cursor type = part[1];
    if ((mi_cursor_u8(&type) & 15) != H5T_VLEN)
        return MIEN_OK;
    mien_status st =
        is_of_bytes(part[1]) ? MIEN_OK : damaged(g, "attribute", at);
    g->texts = 0;
    for (int64_t i = 0; i < n && !st; i++)
        st = check_text(g, &c);
    return st;
}

mien_status mi_hdf5_guard_texts(const uint8_t *bytes, size_t n,
                                const char *attribute, mien_error *err)
{
    guard g = {bytes, n, 0, MAX_STEPS, err};
    size_t size = strlen(attribute) + 1;
    mien_status st = MIEN_OK;
    const uint8_t *p = bytes;
    while (!st && (p = memmem(p, n - (size_t)(p - bytes), attribute, size))) {
        st = check_attribute(&g, (uint64_t)(p - bytes), size);
        p++;
    }
    return st;
}
