/* csv.h: what the files csv_*.c share. */
#ifndef MI_TABLE_CSV_H
#define MI_TABLE_CSV_H

#include "mien/text.h"
#include "table/table.h"

/* How values are read: which mean that none is there, and the marks in numbers.
 */
typedef struct mi_csv_marks {
    mien_text *mark; /* [n], bytes behind them */
    int n;
    size_t longest;
    uint8_t first[256]; /* 1: a mark begins with this byte */
    int numeric;        /* 1: some mark reads as a number */
    int usual;          /* 1: pandas' list; "None" is then a text among texts */
    char decimal;       /* 0: a point */
    char thousands;     /* 0: none */
} mi_csv_marks;

/* Copy the marks of missing values.  Fails with ENOMEM. */
mien_status mi_csv_marks_new(const char *const *mark, int n, mi_csv_marks *out,
                             mien_error *err);
/* Release the marks. */
void mi_csv_marks_done(mi_csv_marks *m);

typedef enum mi_csv_kind {
    MI_CSV_SKIP,
    MI_CSV_NUMBER,
    MI_CSV_TEXT
} mi_csv_kind;

/* One column of the file, and where its values go. */
typedef struct mi_csv_place {
    mi_csv_kind kind;
    int fixed; /* 1: a value of another type is an error, not a reason to
                  change the type */
    int slot;  /* column of the table */
    int run;   /* so many columns from here on are skipped */
    double *number;
    mien_text *text;
} mi_csv_place;

/* What the first rows say about a file. */
typedef struct mi_csv_layout {
    char delimiter;
    int finite, strict;
    mien_table *head;    /* names of all columns; no rows */
    mi_csv_place *place; /* [head->columns] */
    int wanted;          /* columns of the table */
    int *from;           /* [wanted] the column of the file */
    mi_csv_marks marks;
    mien_buffer notes;
    int unnamed;      /* last columns that had no name */
    mien_text header; /* in the bytes */
    size_t data;      /* where the rows begin */
    int64_t lines;    /* before them, if the bytes they are in do not have
                         the header any more */
} mi_csv_layout;

/* Why bytes cannot be read. */
typedef struct mi_csv_fail {
    mien_status status; /* MIEN_OK: none */
    const char *at;
    char text[160]; /* goes behind "csv: line 7" */
} mi_csv_fail;
/* The field at p; the place behind it, which is end, a delimiter or a line
 * end; or NULL, and why in fail.  quoted: 1, or 2 if quotes in it are doubled;
 * text is then what lies between the outer quotes. */
const char *mi_csv_field(const char *p, const char *end, char delimiter,
                         mien_text *text, int *quoted, mi_csv_fail *fail);
/* text with doubled quotes as it is meant, in `to` of text.n bytes. */
mien_text mi_csv_unquote(mien_text text, char *to);
/* Set fail; NULL. */
const char *mi_csv_fail_at(mi_csv_fail *fail, mien_status st, const char *at,
                           const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
/* A value for an error text: short, without control characters. */
enum { MI_CSV_SHOWN = 40 };
/* text as it stands in a message; out. */
const char *mi_csv_show(mien_text text, char out[MI_CSV_SHOWN + 4]);
/* "csv: line 7" and fail's text; lines start at 1 + before. */
mien_status mi_csv_report(const mi_csv_fail *fail, const char *start,
                          int64_t before, mien_error *err);
/* How many line ends lie in p..end. */
int64_t mi_csv_lines(const char *p, const char *end);

/* What a value is. */
enum {
    MI_CSV_IS_MISSING,
    MI_CSV_IS_NUMBER,
    MI_CSV_IS_LARGE, /* a whole number that a double merges with others */
    MI_CSV_IS_TEXT
};
/* Of a column of texts. */
int mi_csv_is_missing(const mi_csv_marks *m, mien_text text);
/* Which of the three it is; *out: the number. */
int mi_csv_value(const mi_csv_marks *m, mien_text text, double *out);

/* The delimiter that fits the first rows. */
char mi_csv_delimiter(const char *start, const char *end);
/* What a first line "sep=;", as Excel takes it, says of the delimiter; 0: there
 * is none. */
char mi_csv_said_delimiter(const uint8_t *p, size_t n);
/* Read names, delimiter and types from the first bytes of a file. */
mien_status mi_csv_layout_read(const uint8_t *bytes, size_t n, int final,
                               const mien_csv_options *o, mi_csv_layout *out,
                               mien_error *err);
/* Release what mi_csv_layout_read filled in. */
void mi_csv_layout_done(mi_csv_layout *l);

/* Point the places of the layout at the table's arrays. */
void mi_csv_point(mi_csv_layout *l, const mien_table *t);
/* The table of the wanted columns, without rows' texts. */
mien_status mi_csv_table_new(const mi_csv_layout *l, int64_t rows,
                             mien_table **out, mien_error *err);
/* Fail with EFORMAT where bytes are no text at all: say what they are. */
mien_status mi_csv_refuse(const uint8_t *bytes, size_t n, mien_error *err);
/* Give names to columns that have none, and other names to those whose name is
 * there already; say so in l->notes. */
mien_status mi_csv_names_mend(mi_csv_layout *l, mien_error *err);
/* Say which columns of texts look like numbers, and what would read them so. */
void mi_csv_hint(const mien_table *t, const mien_csv_options *o,
                 mien_buffer *notes);

/* Rows of one piece of a file on the way into a table. */
typedef struct mi_csv_chunk {
    const char *start, *end; /* rows that begin here */
    int inside;              /* 1: start is inside quotes */
    int64_t rows, row;       /* how many; the first one's number */
    int64_t count[2];        /* rows, if start is outside or inside quotes */
    const char *last[2];     /* behind the last line end, likewise; or NULL */
    int quotes;              /* odd: 1 */
    int high;                /* 1: some byte is no ASCII */
    mi_csv_fail fail;
    mi_arena *arena;
} mi_csv_chunk;

typedef struct mi_csv_job {
    const mi_csv_layout *layout;
    const char *start, *end;
    mi_csv_chunk *chunk; /* [chunks] */
    int chunks, lanes;
    int64_t rows;
    mien_table *t;
    uint8_t *other;   /* [columns of the file] 1: no column of numbers */
    int64_t *missing; /* [lanes][stride] */
    size_t stride;
} mi_csv_job;

/* Cut start..end into chunks, and count rows.  Unless final, end is moved back
 * behind the last whole row. */
mien_status mi_csv_job_new(const mi_csv_layout *l, const char *start,
                           const char *end, int final, mien_pool *pool,
                           mi_csv_job *out, mien_error *err);
/* Read the rows of all chunks into t's arrays, which places point at. */
mien_status mi_csv_job_run(mi_csv_job *job, mien_pool *pool, mien_error *err);
/* Put the counts of missing values into the table and its arena in order. */
void mi_csv_job_finish(mi_csv_job *job);
/* Release the chunks and what they read. */
void mi_csv_job_done(mi_csv_job *job);

#endif
