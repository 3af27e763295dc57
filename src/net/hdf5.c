/* hdf5.c: groups, attributes and arrays of an HDF5 file.
 *
 *   superblock -> header of the outermost group
 *   header     -> messages: symbol table | attribute | dataspace, datatype,
 *                 layout; parts of a header may lie elsewhere (continuations)
 *   symbol table -> B-tree of nodes of entries (name in a heap, header)
 *
 * A tree's level falls by one from a node to its children, continuations are
 * counted, so no circle is followed. */
#include "net/hdf5.h"

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/error.h"

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
enum {
    MAX_MESSAGES = 65536,
    MAX_PARTS = 256,       /* of a header */
    MAX_LEVELS = 8,        /* of a tree */
    MAX_OBJECTS = 1 << 20, /* of heaps, for one attribute */
    ENTRY = 40             /* bytes of a symbol table's entry */
};

static mien_status damaged(mien_error *err, const char *what, uint64_t at)
{
    return mi_fail(err, MIEN_EFORMAT, "hdf5: %s at byte %llu is damaged", what,
                   (unsigned long long)at);
}

/* A cursor over n bytes at an address; bad if they are not there. */
static mi_cursor part(const mi_hdf5 *f, uint64_t at, uint64_t n)
{
    mi_cursor c = mi_cursor_of(f->bytes, f->n);
    mi_cursor_take(&c, at);
    mi_cursor p = mi_cursor_take(&c, n);
    p.bad = p.bad || c.bad;
    return p;
}

/* What is left from an address on. */
static mi_cursor rest(const mi_hdf5 *f, uint64_t at)
{
    return part(f, at, at <= f->n ? f->n - at : 0);
}

static unsigned u8(mi_cursor *c)
{
    mi_cursor p = mi_cursor_take(c, 1);
    return p.bad || c->bad ? 0 : *p.p;
}

static unsigned u16(mi_cursor *c)
{
    unsigned low = u8(c);
    return low | u8(c) << 8;
}

/* Do the next bytes spell a signature? */
static int is(mi_cursor *c, const char *signature)
{
    size_t n = strlen(signature);
    mi_cursor p = mi_cursor_take(c, n);
    return !c->bad && memcmp(p.p, signature, n) == 0;
}

mien_status mi_hdf5_open(const uint8_t *bytes, size_t n, mi_hdf5 *out,
                         mien_error *err)
{
    mi_hdf5 f = {bytes, n, 0};
    mi_cursor c = mi_cursor_of(bytes, n);
    if (!is(&c, "\x89HDF\r\n\x1a\n"))
        return mi_fail(err, MIEN_EFORMAT, "hdf5: no HDF5 file");
    unsigned version = u8(&c);
    mi_cursor_take(&c, 4); /* versions, reserved */
    unsigned offset = u8(&c), length = u8(&c);
    if (version > 1 || (!c.bad && (offset != 8 || length != 8)))
        return mi_fail(err, MIEN_EUNSUP,
                       "hdf5: superblock %u with %u-byte addresses, wanted 0 "
                       "or 1 with 8 (h5repack --low=0 --high=0 writes it)",
                       version, offset);
    mi_cursor_take(&c, version ? 13 : 9); /* sizes of trees, flags */
    uint64_t base = mi_cursor_u64le(&c);
    mi_cursor_take(&c, 24 + 8); /* addresses; name of the outermost group */
    f.root = mi_cursor_u64le(&c);
    if (c.bad || base)
        return damaged(err, "superblock", 0);
    *out = f;
    return MIEN_OK;
}

/* ---- messages of a header --------------------------------------------------
 */

typedef struct message {
    unsigned type, flags;
    mi_cursor body;
} message;

/* A walk over the messages of a header. */
typedef struct walk {
    const mi_hdf5 *f;
    uint64_t at; /* of the header, for errors */
    mi_cursor now;
    unsigned left;               /* messages */
    uint64_t part[MAX_PARTS][2]; /* address and size of what is to come */
    int parts, next;
    int bad;
} walk;

/* Stand before the first message of the header at an address. */
static mien_status walk_begin(const mi_hdf5 *f, uint64_t at, walk *w,
                              mien_error *err)
{
    mi_cursor c = rest(f, at);
    memset(w, 0, sizeof *w);
    w->f = f;
    w->at = at;
    if (f->n - at >= 4 && !c.bad && memcmp(c.p, "OHDR", 4) == 0)
        return mi_fail(err, MIEN_EUNSUP,
                       "hdf5: an object header of version 2 at byte %llu, "
                       "wanted 1 (h5repack --low=0 --high=0 writes it)",
                       (unsigned long long)at);
    unsigned version = u8(&c);
    u8(&c);
    w->left = u16(&c);
    mi_cursor_u32le(&c); /* references */
    uint32_t size = mi_cursor_u32le(&c);
    mi_cursor_u32le(&c); /* padding */
    w->now = mi_cursor_take(&c, size);
    return c.bad || version != 1 ? damaged(err, "header", at) : MIEN_OK;
}

/* The next message; 0 past the last, or w->bad. */
static int walk_next(walk *w, message *m)
{
    while (w->left && !w->bad) {
        if (mi_cursor_left(&w->now) < 8) {
            if (w->next == w->parts)
                return 0;
            w->now = part(w->f, w->part[w->next][0], w->part[w->next][1]);
            w->next++;
            w->bad = w->now.bad;
            continue;
        }
        m->type = u16(&w->now);
        unsigned size = u16(&w->now);
        m->flags = u8(&w->now);
        mi_cursor_take(&w->now, 3);
        m->body = mi_cursor_take(&w->now, size);
        w->left--;
        w->bad = w->now.bad;
        if (m->type != CONTINUATION)
            return !w->bad;
        if (w->parts == MAX_PARTS)
            w->bad = 1;
        else {
            w->part[w->parts][0] = mi_cursor_u64le(&m->body);
            w->part[w->parts++][1] = mi_cursor_u64le(&m->body);
        }
    }
    return 0;
}

/* The first message of a type; 0 if there is none. */
static mien_status find_message(const mi_hdf5 *f, uint64_t at, unsigned type,
                                message *m, int *found, mien_error *err)
{
    walk w;
    mien_status st = walk_begin(f, at, &w, err);
    *found = 0;
    while (!st && !*found && walk_next(&w, m))
        *found = m->type == type;
    if (!st && w.bad)
        st = damaged(err, "header", at);
    return st;
}

/* ---- groups ----------------------------------------------------------------
 */

/* Does the text at an offset of a heap equal name [n]? */
static int name_is(const mi_hdf5 *f, uint64_t heap, uint64_t offset,
                   const char *name, size_t n, int *bad)
{
    mi_cursor c = rest(f, heap);
    if (!is(&c, "HEAP") || u8(&c) != 0) {
        *bad = 1;
        return 0;
    }
    mi_cursor_take(&c, 3);
    uint64_t size = mi_cursor_u64le(&c);
    mi_cursor_take(&c, 8);
    mi_cursor segment = part(f, mi_cursor_u64le(&c), size);
    mi_cursor_take(&segment, offset);
    *bad = c.bad || segment.bad;
    return !*bad && mi_cursor_left(&segment) > n &&
           memcmp(segment.p, name, n) == 0 && segment.p[n] == 0;
}

/* The header of a group's entry; 0: it is not in this node. */
static uint64_t search_node(const mi_hdf5 *f, uint64_t at, uint64_t heap,
                            const char *name, size_t n, int *bad)
{
    mi_cursor c = rest(f, at);
    if (!is(&c, "SNOD")) {
        *bad = 1;
        return 0;
    }
    u16(&c);
    unsigned count = u16(&c);
    for (unsigned i = 0; i < count && !*bad; i++) {
        mi_cursor entry = mi_cursor_take(&c, ENTRY);
        uint64_t offset = mi_cursor_u64le(&entry);
        uint64_t header = mi_cursor_u64le(&entry);
        *bad = c.bad;
        if (!*bad && name_is(f, heap, offset, name, n, bad))
            return header;
    }
    return 0;
}

/* The same of a tree; `budget` nodes may still be looked into. */
static uint64_t search_tree(const mi_hdf5 *f, uint64_t at, int level,
                            uint64_t heap, const char *name, size_t n,
                            int *budget)
{
    mi_cursor c = rest(f, at);
    int bad = !is(&c, "TREE") || u8(&c) != 0, own = (int)u8(&c);
    unsigned count = u16(&c);
    uint64_t found = 0;
    mi_cursor_take(&c, 16 + 8); /* siblings, the first key */
    if (level < 0)
        level = own;
    if (bad || own != level || level > MAX_LEVELS || --*budget < 0)
        *budget = -1;
    for (unsigned i = 0; i < count && !found && *budget >= 0; i++) {
        uint64_t child = mi_cursor_u64le(&c);
        mi_cursor_u64le(&c); /* a key */
        bad = c.bad || --*budget < 0;
        if (!bad && level > 0)
            found = search_tree(f, child, level - 1, heap, name, n, budget);
        else if (!bad)
            found = search_node(f, child, heap, name, n, &bad);
        if (bad)
            *budget = -1;
    }
    return found;
}

/* The header of an entry of a group, by its name [n]. */
static mien_status find_entry(const mi_hdf5 *f, uint64_t group,
                              const char *name, size_t n, uint64_t *out,
                              mien_error *err)
{
    message m;
    int found, budget = MAX_MESSAGES;
    mien_status st = find_message(f, group, SYMBOL_TABLE, &m, &found, err);
    if (!st && !found)
        st = mi_fail(err, MIEN_EUNSUP,
                     "hdf5: '%.*s' is looked for in what is no group of the "
                     "older kind (h5repack --low=0 --high=0 writes it)",
                     (int)(n < 60 ? n : 60), name);
    if (st)
        return st;
    uint64_t tree = mi_cursor_u64le(&m.body);
    uint64_t heap = mi_cursor_u64le(&m.body);
    *out = m.body.bad ? 0 : search_tree(f, tree, -1, heap, name, n, &budget);
    if (m.body.bad || budget < 0)
        return damaged(err, "group", group);
    return *out ? MIEN_OK
                : mi_fail(err, MIEN_EFORMAT, "hdf5: there is no '%.*s'",
                          (int)(n < 60 ? n : 60), name);
}

mien_status mi_hdf5_find(const mi_hdf5 *f, uint64_t group, const char *path,
                         uint64_t *out, mien_error *err)
{
    mien_status st = MIEN_OK;
    uint64_t at = group;
    while (*path && !st) {
        size_t n = strcspn(path, "/");
        if (n)
            st = find_entry(f, at, path, n, &at, err);
        path += n + (path[n] == '/');
    }
    if (!st)
        *out = at;
    return st;
}

/* ---- shapes and types ------------------------------------------------------
 */

/* The dimensions of a dataspace, of which none is under `least`; 0 if they are
 * none. */
static int read_space(mi_cursor c, uint64_t least, mien_shape *s)
{
    unsigned version = u8(&c), rank = u8(&c);
    u8(&c); /* flags */
    unsigned kind = u8(&c);
    int64_t len = 1;
    if (version == 1)
        mi_cursor_u32le(&c);
    if (version < 1 || version > 2 || rank > MIEN_MAX_RANK ||
        (version == 2 && kind == 2))
        return 0;
    s->rank = (int)rank;
    for (unsigned d = 0; d < rank; d++) {
        uint64_t n = mi_cursor_u64le(&c);
        if (c.bad || n < least || n > MIEN_MAX_TENSOR)
            return 0;
        s->dim[d] = (int64_t)n;
        len *= s->dim[d];
        if (len > MIEN_MAX_TENSOR)
            return 0;
    }
    return !c.bad;
}

static int64_t len_of(const mien_shape *s)
{
    int64_t n = 1;
    for (int d = 0; d < s->rank; d++)
        n *= s->dim[d];
    return n;
}

/* A datatype: what class it is of, how many bytes an element has. */
typedef struct type {
    unsigned class, bits;
    uint32_t size;
    mi_cursor rest;
} type;
enum { FLOATING = 1, STRING = 3, VARIABLE = 9 };

static type read_type(mi_cursor c)
{
    type t = {.class = u8(&c) & 15};
    t.bits = u16(&c);
    u8(&c);
    t.size = mi_cursor_u32le(&c);
    t.rest = c;
    return t;
}

/* An IEEE float of 32 bits, least byte first? */
static int is_float(type t)
{
    static const uint8_t ieee[12] = {0, 0, 32, 0, 23, 8, 0, 23, 127, 0, 0, 0};
    mi_cursor p = mi_cursor_take(&t.rest, sizeof ieee);
    return t.class == FLOATING && t.size == 4 && (t.bits & 0x41) == 0 &&
           !t.rest.bad && memcmp(p.p, ieee, sizeof ieee) == 0;
}

/* ---- arrays ----------------------------------------------------------------
 */

/* Where an array of `want` bytes lies. */
static mien_status read_layout(const mi_hdf5 *f, uint64_t at, mi_cursor c,
                               uint64_t want, const uint8_t **data,
                               mien_error *err)
{
    unsigned version = u8(&c), kind = u8(&c);
    uint64_t size = 0;
    mi_cursor p;
    if (version != 3 || kind > 1)
        return mi_fail(err, MIEN_EUNSUP,
                       "hdf5: the array at byte %llu lies in pieces, wanted in "
                       "one (h5repack -l CONTI -f NONE writes it)",
                       (unsigned long long)at);
    if (kind == 0) {
        size = u16(&c);
        p = mi_cursor_take(&c, size);
    } else {
        uint64_t address = mi_cursor_u64le(&c);
        size = mi_cursor_u64le(&c);
        p = part(f, address, size);
    }
    if (c.bad || p.bad || size < want)
        return damaged(err, "array", at);
    *data = p.p;
    return MIEN_OK;
}

mien_status mi_hdf5_floats(const mi_hdf5 *f, uint64_t object, mien_shape *shape,
                           const uint8_t **data, mien_error *err)
{
    message space, kind, layout, m;
    int has[3], filters;
    mien_status st = find_message(f, object, DATASPACE, &space, &has[0], err);
    if (!st)
        st = find_message(f, object, DATATYPE, &kind, &has[1], err);
    if (!st)
        st = find_message(f, object, LAYOUT, &layout, &has[2], err);
    if (!st)
        st = find_message(f, object, FILTERS, &m, &filters, err);
    if (st)
        return st;
    if (!has[0] || !has[1] || !has[2] || !read_space(space.body, 1, shape))
        return damaged(err, "array", object);
    if (filters)
        return mi_fail(err, MIEN_EUNSUP,
                       "hdf5: the array at byte %llu is compressed (h5repack "
                       "-l CONTI -f NONE writes it plainly)",
                       (unsigned long long)object);
    if ((kind.flags & 2) || !is_float(read_type(kind.body)))
        return mi_fail(err, MIEN_EUNSUP,
                       "hdf5: the array at byte %llu is not of 32-bit floats",
                       (unsigned long long)object);
    return read_layout(f, object, layout.body, 4 * (uint64_t)len_of(shape),
                       data, err);
}

/* ---- attributes ------------------------------------------------------------
 */

/* An attribute: its name, type, shape, elements. */
typedef struct attribute {
    mi_cursor name, space;
    type type;
    mien_shape shape;
    mi_cursor data;
    int elsewhere; /* 1: type or shape stand in another place */
    int budget;    /* objects of heaps that may still be looked at */
} attribute;

/* 0 if it is damaged. */
static int read_attribute(mi_cursor c, attribute *a)
{
    unsigned version = u8(&c), flags = u8(&c), size[3];
    mi_cursor field[3];
    for (int i = 0; i < 3; i++)
        size[i] = u16(&c);
    if (version < 1 || version > 3)
        return 0;
    if (version == 3)
        u8(&c); /* how names are encoded */
    for (int i = 0; i < 3; i++) {
        field[i] = mi_cursor_take(&c, size[i]);
        if (version == 1)
            mi_cursor_take(&c, -size[i] & 7);
    }
    a->name = field[0];
    a->type = read_type(field[1]);
    a->space = field[2];
    a->data = c;
    a->elsewhere = version > 1 && flags & 3;
    a->budget = MAX_OBJECTS;
    return !c.bad;
}

/* A text that lies in the global heap: its bytes. */
static mi_cursor heap_text(const mi_hdf5 *f, mi_cursor *at, int *budget)
{
    uint32_t len = mi_cursor_u32le(at);
    uint64_t heap = mi_cursor_u64le(at);
    uint32_t index = mi_cursor_u32le(at);
    mi_cursor c = rest(f, heap), text = mi_cursor_of(f->bytes, 0);
    if (len == 0)
        return text;
    text.bad = 1;
    if (!is(&c, "GCOL"))
        return text;
    mi_cursor_u32le(&c);
    uint64_t size = mi_cursor_u64le(&c);
    c = part(f, heap, size);
    mi_cursor_take(&c, 16);
    while (!c.bad && mi_cursor_left(&c) >= 16 && (*budget)-- > 0) {
        unsigned number = u16(&c);
        mi_cursor_take(&c, 6);
        uint64_t bytes = mi_cursor_u64le(&c);
        mi_cursor object = mi_cursor_take(&c, bytes);
        if (number == 0 || c.bad)
            break;
        if (number == index)
            return mi_cursor_take(&object, len);
        mi_cursor_take(&c, -bytes & 7);
    }
    return text;
}

/* The bytes of the next text of an attribute. */
static mi_cursor next_text(const mi_hdf5 *f, attribute *a)
{
    if (a->type.class == VARIABLE)
        return heap_text(f, &a->data, &a->budget);
    mi_cursor t = mi_cursor_take(&a->data, a->type.size);
    t.bad = t.bad || a->data.bad;
    return t;
}

/* Copy all texts into one block behind their pointers. */
static mien_status copy_texts(const mi_hdf5 *f, attribute a, mi_hdf5_list *out,
                              mien_error *err)
{
    int64_t n = len_of(&a.shape);
    size_t bytes = 0, pointers = (size_t)n * sizeof *out->text;
    attribute counted = a;
    for (int64_t i = 0; i < n; i++) {
        mi_cursor t = next_text(f, &counted);
        if (t.bad)
            return mi_fail(err, MIEN_EFORMAT,
                           "hdf5: text %lld of an attribute is damaged",
                           (long long)i);
        bytes += mi_cursor_left(&t) + 1;
        if (bytes > MI_HDF5_TEXT_BYTES)
            return mi_fail(err, MIEN_ELIMIT,
                           "hdf5: an attribute of more than %d bytes",
                           MI_HDF5_TEXT_BYTES);
    }
    char **block = mi_alloc(pointers + bytes, 1);
    if (!block)
        return mi_no_memory(err);
    char *to = (char *)block + pointers;
    for (int64_t i = 0; i < n; i++) {
        mi_cursor t = next_text(f, &a);
        block[i] = to;
        memcpy(to, t.p, mi_cursor_left(&t));
        to += mi_cursor_left(&t) + 1;
    }
    *out = (mi_hdf5_list){block, (int)n};
    return MIEN_OK;
}

mien_status mi_hdf5_texts(const mi_hdf5 *f, uint64_t object, const char *name,
                          mi_hdf5_list *out, mien_error *err)
{
    walk w;
    message m;
    attribute a;
    mien_status st = walk_begin(f, object, &w, err);
    *out = (mi_hdf5_list){NULL, 0};
    while (!st && walk_next(&w, &m)) {
        if (m.type != ATTRIBUTE)
            continue;
        if (!read_attribute(m.body, &a))
            return damaged(err, "attribute", object);
        size_t n = strlen(name);
        if (mi_cursor_left(&a.name) < n + 1 ||
            memcmp(a.name.p, name, n + 1) != 0)
            continue;
        if (a.elsewhere || !read_space(a.space, 0, &a.shape))
            return damaged(err, "attribute", object);
        if (len_of(&a.shape) == 0)
            return MIEN_OK;
        if ((a.type.class != STRING && a.type.class != VARIABLE) ||
            (a.type.class == VARIABLE && (a.type.bits & 15) != 1) ||
            len_of(&a.shape) > MI_HDF5_TEXTS)
            return mi_fail(err, MIEN_EUNSUP,
                           "hdf5: attribute '%s' is not of 1 to %d texts", name,
                           MI_HDF5_TEXTS);
        return copy_texts(f, a, out, err);
    }
    return !st && w.bad ? damaged(err, "header", object) : st;
}
