/* doc.h: paragraphs and tables, written as HTML or as Markdown. */
#ifndef MI_DATASET_DOC_H
#define MI_DATASET_DOC_H

#include "mien/text.h"

/* Where it is written, and how. */
typedef struct mi_doc {
    mien_buffer *out;
    int html; /* 0: Markdown */
} mi_doc;

/* A text that is no markup. */
void mi_doc_text(const mi_doc *d, const char *text);
/* A heading, which holds no markup. */
void mi_doc_heading(const mi_doc *d, const char *text);
/* A paragraph of a text that is no markup. */
void mi_doc_paragraph(const mi_doc *d, const char *text);
/* The text of a buffer, which is emptied; if it failed, out has. */
void mi_doc_paragraph_of(const mi_doc *d, mien_buffer *text);

/* Begin a table: heads [n], which hold no markup. */
void mi_doc_begin_table(const mi_doc *d, int n, const char *const *heads);
/* End it. */
void mi_doc_end_table(const mi_doc *d);
/* Begin a row of it. */
void mi_doc_begin_row(const mi_doc *d);
/* End the row. */
void mi_doc_end_row(const mi_doc *d);
/* Begin a cell of a row, for several texts. */
void mi_doc_begin_cell(const mi_doc *d);
/* End the cell. */
void mi_doc_end_cell(const mi_doc *d);
/* A whole cell. */
void mi_doc_cell(const mi_doc *d, const char *text);
/* A cell of a whole number. */
void mi_doc_count(const mi_doc *d, int64_t n);

#endif
