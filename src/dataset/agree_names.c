/* agree_names.c: texts and their numbers, and which are written alike. */
#include "dataset/agree.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/grow.h"
#include "dataset/check.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* ---- names --------------------------------------------------------------- */

enum { FIRST_SLOTS = 64 };

/* FNV-1a, of 64 bits. */
static uint64_t hash_of(const char *at, size_t n)
{
    uint64_t h = 0xcbf29ce484222325U;
    for (size_t i = 0; i < n; i++)
        h = (h ^ (uint8_t)at[i]) * 0x100000001b3U;
    return h ^ h >> 32;
}

/* Where a text is, or would be. */
static int64_t slot_of(const mi_names *s, const char *at, size_t n)
{
    int64_t i = (int64_t)(hash_of(at, n) & (uint64_t)(s->slots - 1));
    for (; s->slot[i]; i = (i + 1) & (s->slots - 1)) {
        const char *text = s->text[s->slot[i] - 1];
        if (strlen(text) == n && memcmp(text, at, n) == 0)
            break;
    }
    return i;
}

/* Twice the slots; 0: memory ended. */
static int widen(mi_names *s)
{
    mi_names wide = *s;
    wide.slots = s->slots ? 2 * s->slots : FIRST_SLOTS;
    wide.slot = mi_alloc((size_t)wide.slots, sizeof *wide.slot);
    if (!wide.slot)
        return 0;
    for (int64_t i = 0; i < s->n; i++)
        wide.slot[slot_of(&wide, s->text[i], strlen(s->text[i]))] = i + 1;
    mi_free(s->slot);
    *s = wide;
    return 1;
}

int64_t mi_names_add(mi_names *s, const char *at, size_t n)
{
    if (2 * (s->n + 1) > s->slots && !widen(s))
        return -1;
    int64_t i = slot_of(s, at, n);
    if (s->slot[i])
        return s->slot[i] - 1;
    char **last = mi_push(&s->text, s->n, sizeof *last);
    char *copy = last ? mi_alloc(n + 1, 1) : NULL;
    if (!copy)
        return -1;
    memcpy(copy, at, n);
    *last = copy;
    s->slot[i] = ++s->n;
    return s->n - 1;
}

void mi_names_free(mi_names *s)
{
    for (int64_t i = 0; i < s->n; i++)
        mi_free(s->text[i]);
    mi_free(s->text);
    mi_free(s->slot);
    *s = (mi_names){0};
}

/* ---- what is spelt in several ways --------------------------------------- */

/* A name without case, blanks and marks. */
typedef struct plain {
    char text[MI_PLAIN];
    int n;
    const char *name;
} plain;

/* For qsort: by plain form, then as written. */
static int by_plain(const void *a, const void *b)
{
    const plain *x = a, *y = b;
    int order = memcmp(x->text, y->text, (size_t)(x->n < y->n ? x->n : y->n));
    if (order || x->n != y->n)
        return order ? order : x->n - y->n;
    return strcmp(x->name, y->name);
}

/* Does a plain form hold a letter, and the whole of its name?  Numbers differ
 * by what it leaves out. */
static int is_word(const plain *p)
{
    int letters = 0;
    for (int i = 0; i < p->n; i++)
        letters |= isalpha((unsigned char)p->text[i]) || p->text[i] & 0x80;
    return letters && strlen(p->name) < MI_PLAIN - 5;
}

mien_status mi_names_spelt(const mi_names *s, const char *what,
                           mien_buffer *remarks, mien_error *err)
{
    plain *p = mi_alloc((size_t)s->n + 1, sizeof *p);
    if (!p)
        return mi_no_memory(err);
    for (int64_t i = 0; i < s->n; i++) {
        p[i].name = s->text[i];
        p[i].n =
            mi_plain_of((mien_text){s->text[i], strlen(s->text[i])}, p[i].text);
    }
    qsort(p, (size_t)s->n, sizeof *p, by_plain);
    for (int64_t i = 1; i < s->n; i++)
        if (is_word(&p[i]) && p[i].n == p[i - 1].n &&
            memcmp(p[i].text, p[i - 1].text, (size_t)p[i].n) == 0)
            mien_buffer_printf(remarks,
                               "'%s' and '%s' count as two %s; is it one?\n",
                               p[i - 1].name, p[i].name, what);
    mi_free(p);
    return MIEN_OK;
}
