/* doc.c: paragraphs and tables, written as HTML or as Markdown. */
#include "dataset/doc.h"

#include "mien/report.h"

void mi_doc_text(const mi_doc *d, const char *text)
{
    if (d->html)
        mien_page_text(d->out, text);
    else
        mien_markdown_text(d->out, text);
}

void mi_doc_heading(const mi_doc *d, const char *text)
{
    mien_buffer_printf(d->out, d->html ? "<h2>%s</h2>\n" : "\n## %s\n\n", text);
}

void mi_doc_paragraph(const mi_doc *d, const char *text)
{
    mien_buffer_puts(d->out, d->html ? "<p>" : "");
    mi_doc_text(d, text);
    mien_buffer_puts(d->out, d->html ? "</p>\n" : "\n\n");
}

void mi_doc_paragraph_of(const mi_doc *d, mien_buffer *text)
{
    mien_buffer_put(text, "", 1);
    if (!text->failed)
        mi_doc_paragraph(d, (const char *)text->data);
    d->out->failed |= text->failed;
    mien_buffer_free(text);
}

void mi_doc_begin_table(const mi_doc *d, int n, const char *const *heads)
{
    mien_buffer_puts(d->out, d->html ? "<div class=\"wide\"><table><tr>" : "|");
    for (int i = 0; i < n; i++)
        mien_buffer_printf(d->out, d->html ? "<th>%s</th>" : " %s |", heads[i]);
    mien_buffer_puts(d->out, d->html ? "</tr>\n" : "\n|");
    for (int i = 0; i < n && !d->html; i++)
        mien_buffer_puts(d->out, i ? " --: |" : " --- |");
    mien_buffer_puts(d->out, d->html ? "" : "\n");
}

void mi_doc_end_table(const mi_doc *d)
{
    mien_buffer_puts(d->out, d->html ? "</table></div>\n" : "");
}

void mi_doc_begin_row(const mi_doc *d)
{
    mien_buffer_puts(d->out, d->html ? "<tr>" : "|");
}

void mi_doc_end_row(const mi_doc *d)
{
    mien_buffer_puts(d->out, d->html ? "</tr>\n" : "\n");
}

void mi_doc_begin_cell(const mi_doc *d)
{
    mien_buffer_puts(d->out, d->html ? "<td>" : " ");
}

void mi_doc_end_cell(const mi_doc *d)
{
    mien_buffer_puts(d->out, d->html ? "</td>" : " |");
}

void mi_doc_cell(const mi_doc *d, const char *text)
{
    mi_doc_begin_cell(d);
    mi_doc_text(d, text);
    mi_doc_end_cell(d);
}

void mi_doc_count(const mi_doc *d, int64_t n)
{
    mi_doc_begin_cell(d);
    mien_buffer_printf(d->out, "%lld", (long long)n);
    mi_doc_end_cell(d);
}
