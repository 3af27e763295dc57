/* csv_mend.h: bytes as they lie about made into what RFC 4180 calls CSV. */
#ifndef MI_TABLE_CSV_MEND_H
#define MI_TABLE_CSV_MEND_H

#include "mien/table.h"
#include "mien/text.h"

/* The place of the first byte that is no UTF-8; n: all are. */
size_t mi_utf8_bad(const uint8_t *p, size_t n);
/* 1: UTF-16, its low bytes first; 2: its high bytes; 0: neither. */
int mi_utf16_of(const uint8_t *p, size_t n);
/* Bytes as UTF-8; from: what they are. */
mien_status mi_csv_recode(const uint8_t *p, size_t n, mien_encoding from,
                          mien_buffer *out, mien_error *err);

/* How fields are looked for while they are written anew. */
typedef struct mi_csv_mending {
    char delimiter;
    char quote;   /* 0: none */
    char comment; /* 0: none */
    int skip;     /* lines at the start that are left as they are */
    int lenient;  /* 1: quotes and ends of rows are taken as they were meant */
} mi_csv_mending;

/* What was not as it should be. */
typedef struct mi_csv_bent {
    int64_t quotes, first; /* fields; the line of the first */
    int64_t ends;          /* rows with a delimiter too many at their end */
    int unnamed;           /* 1: rows begin with a column that has no name */
    int head; /* 1: the header ends with a delimiter, rows do not */
} mi_csv_bent;

/* Write the fields of a file anew, each line where it was.  Fails with EFORMAT
 * (a quoted field that is never closed), ENOMEM. */
mien_status mi_csv_mend(const char *p, const char *end,
                        const mi_csv_mending *how, mien_buffer *out,
                        mi_csv_bent *bent, mien_error *err);

#endif
