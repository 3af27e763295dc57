/* link.h: statements of a queue, which are tried again when the connection is
 * lost. */
#ifndef MI_QUEUE_LINK_H
#define MI_QUEUE_LINK_H

#include "mien/queue.h"
#include "mien/text.h"
#include "postgres/postgres.h"

struct mien_queue {
    mi_postgres postgres;
    mien_queue_options options;
};

/* Rows of an answer; release with mi_rows_free. */
typedef struct mi_rows {
    const mien_queue *q;
    PGresult *result;
    int n;
    int64_t changed; /* rows that the statement changed */
} mi_rows;

/* Values of a statement's $1, $2 ...; NULL in it: SQL's NULL. */
typedef struct mi_values {
    int n;
    const char *value[8];
} mi_values;

/* Run one statement.
 *
 *   values  NULL: none
 *   rows    of which answer; NULL: not wanted
 *
 * Fails with EIO, ENOMEM; EARG where there is no queue, EFORMAT where its
 * tables are not those that mien makes.  q->postgres.state tells the rest. */
mien_status mi_link_ask(mien_queue *q, const char *sql, const mi_values *values,
                        mi_rows *rows, mien_error *err);
/* Run statements that have no values, with ; between. */
mien_status mi_link_script(mien_queue *q, const char *sql, mien_error *err);

/* Do something that may be done twice; again where the connection was lost,
 * when it is back, and where two were in each other's way.  What fails inside
 * of a transaction undoes it. */
mien_status mi_link_try(mien_queue *q,
                        mien_status (*act)(mien_queue *q, void *arg,
                                           mien_error *err),
                        void *arg, mien_error *err);
/* The same inside a transaction that begin opens: "BEGIN" ... */
mien_status mi_link_together(mien_queue *q, const char *begin,
                             mien_status (*act)(mien_queue *q, void *arg,
                                                mien_error *err),
                             void *arg, mien_error *err);

/* A cell; "" for NULL. */
const char *mi_rows_text(const mi_rows *r, int row, int column);
/* A cell as a whole number; 0 for what is none. */
int64_t mi_rows_int(const mi_rows *r, int row, int column);
/* A cell as a number; 0 for what is none. */
double mi_rows_real(const mi_rows *r, int row, int column);
/* Release rows. */
void mi_rows_free(mi_rows *r);

/* Add an item of an array as PostgreSQL reads it, '{"a","b"}'; before the first
 * one the buffer is empty, and mi_array_end ends it. */
void mi_array_put(mien_buffer *b, const char *text);
/* End the array, and the text. */
void mi_array_end(mien_buffer *b);
/* Add bytes as a bytea is written: \x6162. */
void mi_bytea_put(mien_buffer *b, const char *bytes, size_t n);
/* Read one into room of as many bytes as its text has; the bytes, or -1. */
int64_t mi_bytea_read(const char *text, char *out);

#endif
