/* card.c: cards: sections of items, each of which is known or is not. */
#include "report/card.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/grow.h"

#include <assert.h>
#include <string.h>

/* A copy, or NULL, and the card has failed. */
static char *copy(mien_card *c, const char *text)
{
    size_t n = strlen(text) + 1;
    char *to = mi_alloc(n, 1);
    if (to)
        memcpy(to, text, n);
    else
        c->failed = 1;
    return to;
}

mien_status mien_card_new(const char *schema, const char *title,
                          mien_card **out, mien_error *err)
{
    mien_card *c = mi_alloc(1, sizeof *c);
    if (!c)
        return mi_no_memory(err);
    c->schema = copy(c, schema);
    c->title = copy(c, title);
    if (c->failed) {
        mien_card_free(c);
        return mi_no_memory(err);
    }
    *out = c;
    return MIEN_OK;
}

void mien_card_free(mien_card *c)
{
    for (int i = 0; c && i < c->items; i++) {
        mi_free(c->item[i].key);
        mi_free(c->item[i].title);
        mi_free(c->item[i].text);
    }
    for (int i = 0; c && i < c->sections; i++) {
        mi_free(c->section[i].key);
        mi_free(c->section[i].title);
    }
    if (c) {
        mi_free(c->item);
        mi_free(c->section);
        mi_free(c->schema);
        mi_free(c->title);
    }
    mi_free(c);
}

void mien_card_section(mien_card *c, const char *key, const char *title)
{
    mi_card_section *s = mi_push(&c->section, c->sections, sizeof *s);
    if (!s) {
        c->failed = 1;
        return;
    }
    c->sections++;
    s->key = copy(c, key);
    s->title = copy(c, title);
}

/* Add an item of any kind. */
static void add(mien_card *c, const char *key, const char *title,
                mien_card_state state, int lines, const char *text)
{
    assert(c->sections || c->failed);
    mi_card_item *i = mi_push(&c->item, c->items, sizeof *i);
    if (!i) {
        c->failed = 1;
        return;
    }
    c->items++;
    i->key = copy(c, key);
    i->title = copy(c, title);
    i->text = copy(c, text);
    i->state = state;
    i->lines = lines;
    i->section = c->sections - 1;
}

void mien_card_put(mien_card *c, const char *key, const char *title,
                   mien_card_state state, const char *text)
{
    add(c, key, title, state, 0, text);
}

void mien_card_lines(mien_card *c, const char *key, const char *title,
                     const char *text)
{
    if (*text)
        add(c, key, title, MIEN_CARD_COMPUTED, 1, text);
}

int mien_card_open(const mien_card *c)
{
    int n = 0;
    for (int i = 0; i < c->items; i++)
        n += c->item[i].state == MIEN_CARD_OPEN;
    return n;
}

void mi_card_known(mien_card *c, const char *key, const char *title,
                   const char *text, const char *missing)
{
    int known = text && *text;
    mien_card_put(c, key, title, known ? MIEN_CARD_COMPUTED : MIEN_CARD_OPEN,
                  known ? text : missing);
}

void mi_card_give(mien_card *c, const char *key, const char *title,
                  mien_card_state state, mien_buffer *b)
{
    mien_buffer_put(b, "", 1);
    if (b->failed)
        c->failed = 1;
    else
        mien_card_put(c, key, title, state, (const char *)b->data);
    mien_buffer_free(b);
}

void mi_card_give_lines(mien_card *c, const char *key, const char *title,
                        mien_buffer *b)
{
    mien_buffer_put(b, "", 1);
    if (b->failed)
        c->failed = 1;
    else
        mien_card_lines(c, key, title, (const char *)b->data);
    mien_buffer_free(b);
}
