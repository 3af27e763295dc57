/* card_write.c: a card as Markdown, as JSON and as a page of HTML. */
#include "report/card.h"

#include "base/error.h"
#include "mien/json.h"
#include "mien/report.h"

#include <string.h>

static const char *const states[] = {"computed", "stated", "open"};

/* "7 of 31 are not known." */
static void put_count(const mien_card *c, mien_buffer *out)
{
    int open = mien_card_open(c);
    if (open)
        mien_buffer_printf(out, "Not known: %d of %d.", open, c->items);
    else
        mien_buffer_printf(out, "All %d are answered.", c->items);
}

/* ---- Markdown ------------------------------------------------------------ */

/* An item, or its lines with an empty one before them. */
static void put_item(const mi_card_item *i, mien_buffer *out)
{
    int apart = out->n > 1 && memcmp(out->data + out->n - 2, "\n\n", 2) == 0;
    mien_buffer_puts(out, !i->lines ? "- " : apart ? "" : "\n");
    mien_markdown_text(out, i->title);
    mien_buffer_puts(out, i->lines ? ":\n\n" : ": ");
    if (i->lines) {
        mien_markdown_lines(out, i->text);
        return;
    }
    if (i->state == MIEN_CARD_OPEN)
        mien_buffer_puts(out, *i->text ? "**not known** (" : "**not known**");
    mien_markdown_text(out, i->text);
    mien_buffer_puts(out,
                     i->state == MIEN_CARD_OPEN && *i->text ? ")\n" : "\n");
}

/* What is open, section by section. */
static void put_open(const mien_card *c, mien_buffer *out)
{
    if (!mien_card_open(c))
        return;
    mien_buffer_puts(out, "\n## Not known\n\n");
    for (int i = 0; i < c->items; i++) {
        if (c->item[i].state != MIEN_CARD_OPEN)
            continue;
        mien_buffer_puts(out, "- ");
        mien_markdown_text(out, c->section[c->item[i].section].title);
        mien_buffer_puts(out, ": ");
        mien_markdown_text(out, c->item[i].title);
        mien_buffer_puts(out, "\n");
    }
}

mien_status mien_card_text(const mien_card *c, mien_buffer *out,
                           mien_error *err)
{
    if (c->failed)
        return mi_no_memory(err);
    mien_buffer_puts(out, "# ");
    mien_markdown_text(out, c->title);
    mien_buffer_puts(out, "\n\n");
    put_count(c, out);
    mien_buffer_puts(out, "\n");
    for (int s = 0, i = 0; s < c->sections; s++) {
        mien_buffer_puts(out, "\n## ");
        mien_markdown_text(out, c->section[s].title);
        mien_buffer_puts(out, "\n\n");
        for (; i < c->items && c->item[i].section == s; i++)
            put_item(&c->item[i], out);
    }
    put_open(c, out);
    return out->failed ? mi_no_memory(err) : MIEN_OK;
}

/* ---- JSON ---------------------------------------------------------------- */

static void item_json(mien_json *j, const mi_card_item *i)
{
    mien_json_object(j, NULL);
    mien_json_text(j, "key", i->key);
    mien_json_text(j, "title", i->title);
    mien_json_text(j, "state", states[i->state]);
    if (i->lines)
        mien_json_lines(j, "lines", i->text, strlen(i->text));
    else
        mien_json_text(j, "text", i->text);
    mien_json_close(j);
}

mien_status mien_card_json(const mien_card *c, mien_buffer *out,
                           mien_error *err)
{
    mien_json j = mien_json_on(out, 2);
    if (c->failed)
        return mi_no_memory(err);
    mien_json_object(&j, NULL);
    mien_json_text(&j, "schema", c->schema);
    mien_json_text(&j, "title", c->title);
    mien_json_int(&j, "items", c->items);
    mien_json_int(&j, "open", mien_card_open(c));
    mien_json_array(&j, "not_known");
    for (int i = 0; i < c->items; i++)
        if (c->item[i].state == MIEN_CARD_OPEN)
            mien_json_text(&j, NULL, c->item[i].key);
    mien_json_close(&j);
    mien_json_array(&j, "sections");
    for (int s = 0, i = 0; s < c->sections; s++) {
        mien_json_object(&j, NULL);
        mien_json_text(&j, "key", c->section[s].key);
        mien_json_text(&j, "title", c->section[s].title);
        mien_json_array(&j, "items");
        for (; i < c->items && c->item[i].section == s; i++)
            item_json(&j, &c->item[i]);
        mien_json_close(&j);
        mien_json_close(&j);
    }
    mien_json_close(&j);
    mien_json_close(&j);
    mien_buffer_puts(out, "\n");
    return out->failed ? mi_no_memory(err) : MIEN_OK;
}

/* ---- HTML ---------------------------------------------------------------- */

static void item_page(const mi_card_item *i, mien_buffer *out)
{
    mien_buffer_puts(out, "<dt>");
    mien_page_text(out, i->title);
    mien_buffer_puts(out, i->lines ? "</dt><dd><pre>" : "</dt><dd>");
    if (i->state == MIEN_CARD_OPEN)
        mien_buffer_puts(out, "<strong class=\"open\">not known</strong> ");
    mien_page_text(out, i->text);
    mien_buffer_puts(out, i->lines ? "</pre></dd>\n" : "</dd>\n");
}

mien_status mien_card_page(const mien_card *c, mien_buffer *out,
                           mien_error *err)
{
    if (c->failed)
        return mi_no_memory(err);
    mien_page_begin(out, c->title, c->title);
    mien_buffer_puts(out, "<p><strong>");
    put_count(c, out);
    mien_buffer_puts(out, "</strong></p>\n");
    for (int s = 0, i = 0; s < c->sections; s++) {
        mien_buffer_puts(out, "<h2>");
        mien_page_text(out, c->section[s].title);
        mien_buffer_puts(out, "</h2>\n<dl>\n");
        for (; i < c->items && c->item[i].section == s; i++)
            item_page(&c->item[i], out);
        mien_buffer_puts(out, "</dl>\n");
    }
    mien_page_end(out);
    return out->failed ? mi_no_memory(err) : MIEN_OK;
}
