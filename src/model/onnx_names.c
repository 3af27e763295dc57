/* The names in an ONNX file, what they stand for, and messages about them. */
#include "model/onnx.h"

#include "base/alloc.h"
#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* FNV-1a, begun with the table's address: a file cannot know which of its
 * names will meet in one slot. */
static uint32_t hash_of(const mi_symbols *t, mi_cursor name)
{
    uint32_t h = 2166136261u ^ (uint32_t)((uintptr_t)t >> 4);
    for (const uint8_t *p = name.p; p < name.end; p++)
        h = (h ^ *p) * 16777619u;
    return h ^ h >> 15;
}

static int same(mi_cursor a, mi_cursor b)
{
    size_t n = mi_cursor_left(&a);
    return n == mi_cursor_left(&b) && memcmp(a.p, b.p, n) == 0;
}

/* The slot that holds the name, or the free one where it belongs. */
static mi_symbol *slot_of(const mi_symbols *t, mi_cursor name, uint32_t hash)
{
    for (size_t i = hash & (t->cap - 1);; i = (i + 1) & (t->cap - 1)) {
        mi_symbol *s = &t->slot[i];
        if (!s->name.p || (s->hash == hash && same(s->name, name)))
            return s;
    }
}

mi_symbol *mi_symbols_find(const mi_symbols *t, mi_cursor name)
{
    if (t->cap == 0)
        return NULL;
    mi_symbol *s = slot_of(t, name, hash_of(t, name));
    return s->name.p ? s : NULL;
}

static int grow(mi_symbols *t)
{
    mi_symbols big = {.n = t->n, .cap = t->cap ? 2 * t->cap : 256};
    big.slot = mi_alloc(big.cap, sizeof *big.slot);
    if (!big.slot)
        return 0;
    for (size_t i = 0; i < t->cap; i++)
        if (t->slot[i].name.p)
            *slot_of(&big, t->slot[i].name, t->slot[i].hash) = t->slot[i];
    mi_free(t->slot);
    *t = big;
    return 1;
}

mi_symbol *mi_symbols_add(mi_symbols *t, mi_cursor name)
{
    if (2 * (t->n + 1) > t->cap && !grow(t))
        return NULL;
    uint32_t hash = hash_of(t, name);
    mi_symbol *s = slot_of(t, name, hash);
    *s = (mi_symbol){.name = name, .hash = hash};
    t->n++;
    return s;
}

void mi_symbols_done(mi_symbols *t)
{
    mi_free(t->slot);
    *t = (mi_symbols){0};
}

mi_cursor mi_onnx_cursor(const char *text)
{
    return mi_cursor_of((const uint8_t *)text, strlen(text));
}

mien_status mi_onnx_fail(mi_onnx *r, mien_status st, const char *fmt, ...)
{
    char text[160];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    if (r->index < 0)
        return mi_fail(r->err, st, "onnx: %s", text);
    return mi_fail(r->err, st, "onnx: node %d (%s '%.40s'): %s", r->index,
                   r->node.op_type, r->node.name, text);
}

mien_status mi_onnx_broken(mi_onnx *r, const mi_cursor *c, const char *what)
{
    return mi_onnx_fail(r, MIEN_EFORMAT,
                        "byte %zu of %zu: no whole field of a %s",
                        (size_t)(c->p - r->file), r->file_n, what);
}

mien_status mi_onnx_text(mi_onnx *r, const mi_cursor *c, const char *what,
                         size_t max, char *out)
{
    size_t n = mi_cursor_left(c);
    if (n > max)
        return mi_onnx_fail(r, MIEN_ELIMIT, "a %s of %zu bytes, at most %zu",
                            what, n, max);
    if (!mi_text_valid(c->p, n))
        return mi_onnx_fail(r, MIEN_EFORMAT,
                            "byte %zu: a %s that is not UTF-8 text",
                            (size_t)(c->p - r->file), what);
    memcpy(out, c->p, n);
    out[n] = 0;
    return MIEN_OK;
}
