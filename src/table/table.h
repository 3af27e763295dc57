/* table.h: what a table is inside, for the files of this folder.
 *
 * A column owns its array of numbers or of texts.  The bytes of a text lie in
 * the memory the table was read from (t->bytes, borrowed) or, where they had to
 * be changed or brought along, in the table's arena. */
#ifndef MI_TABLE_TABLE_H
#define MI_TABLE_TABLE_H

#include "mien/table_columns.h"

/* Blocks of bytes freed together, newest first. */
typedef struct mi_arena {
    struct mi_arena *next;
    size_t used, cap;
    char data[];
} mi_arena;

typedef struct mi_column {
    char *name; /* owned; NULL until mi_table_set */
    mien_column_type type;
    double *number;  /* [rows] owned, or NULL */
    mien_text *text; /* [rows] owned, or NULL */
    int64_t missing; /* who fills the column sets it: see mi_table_count */
} mi_column;

struct mien_table {
    int64_t rows;
    int columns;
    mi_column *column;    /* [columns] */
    const uint8_t *bytes; /* [n] borrowed: what it was read from, or NULL */
    size_t n;
    mien_date_order dates; /* as it was read */
    mien_text header;      /* the header row as it stands in the file, or n 0 */
    mien_text *row; /* [rows] owned: rows as they stand in the file, or NULL */
    mi_arena *arena;
    mien_bytes own; /* the bytes, where they had to be written anew */
    char *notes;    /* owned, or NULL */
};

/* Columns from n on are released. */
void mi_table_cut(mien_table *t, int n);
/* A table whose columns are still without name and memory. */
mien_status mi_table_new(int64_t rows, int columns, mien_table **out,
                         mien_error *err);
/* Name column i (the name is copied) and give it memory that is not zeroed.
 * Names are checked by mi_table_check_names, once, when all are there. */
mien_status mi_table_set(mien_table *t, int i, const char *name,
                         mien_column_type type, mien_error *err);
/* EFORMAT, naming both columns, if a name is empty, too long or there twice. */
mien_status mi_table_check_names(const mien_table *t, mien_error *err);
/* Count the missing values of every column. */
void mi_table_count(mien_table *t);

/* n bytes that live as long as the table, or NULL. */
char *mi_table_room(mien_table *t, size_t n);
/* n bytes in an arena of its own, for a task that may not touch the table. */
char *mi_arena_room(mi_arena **a, size_t n);
/* Release all its bytes at once. */
void mi_arena_free(mi_arena *a);

/* A text of table `from` for table t: itself where it lies in the bytes both
 * were read from, else a copy in t's arena; n of *out stays, at may be NULL
 * only when there is no memory. */
mien_status mi_table_bring(mien_table *t, const mien_table *from,
                           mien_text text, mien_text *out, mien_error *err);
/* Let t stand on the same bytes, with the same header text, as `from`. */
mien_status mi_table_like(mien_table *t, const mien_table *from,
                          mien_error *err);

#endif
