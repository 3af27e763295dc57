/* sheet.h: what a sheet of data holds. */
#ifndef MI_DATASET_SHEET_H
#define MI_DATASET_SHEET_H

#include "mien/dataset_sheet.h"

enum { MI_SHEET_QUESTIONS_MAX = 48 };

struct mien_datasheet {
    char *answer[MI_SHEET_QUESTIONS_MAX];   /* owned; NULL: none */
    char *computed[MI_SHEET_QUESTIONS_MAX]; /* owned; NULL: none */
    char *proposed[MI_SHEET_QUESTIONS_MAX]; /* owned; by a Croissant file, not
                                               confirmed; NULL: none */
    char *source;      /* the name of that file; NULL: none was read */
    char *differences; /* lines: what of it was compared with the data */
    char *left_out;    /* lines: what of it answers no question */
    char *name;        /* of the data; NULL before it was computed */
    char *group;       /* columns, as fields apart by tabs; NULL: none */
    char sha256[65];   /* of the data */
    char answered[65]; /* the same when its answers were given; "": none is */
    int pictures;      /* 1: of pictures, not of a table */
    int64_t rows, columns; /* of pictures: how many, and 0 */
};

/* What was worked out of data.  Zero-initialise before use. */
typedef struct mi_sheet_facts {
    mien_buffer text[MI_SHEET_QUESTIONS_MAX]; /* of each question */
    char *name, *groups;                      /* owned; groups as fields */
    int pictures;
    int64_t rows, columns;
} mi_sheet_facts;

/* The place of a question; -1: there is none. */
int mi_sheet_find(const char *key);
/* The answer of a question, or what was computed; NULL: it is open. */
const char *mi_sheet_text(const mien_datasheet *s, const char *key);
/* Set the answer of question i, once its text is known to be good. */
mien_status mi_sheet_set(mien_datasheet *s, int i, const char *text,
                         mien_error *err);
/* EARG where a text is no answer. */
mien_status mi_sheet_check(const char *key, const char *text, mien_error *err);

/* sheet_facts.c: begin with the name and the groups of data.  Fails with EARG,
 * ENOMEM. */
mien_status mi_sheet_facts_begin(mi_sheet_facts *f,
                                 const mien_datasheet_data *data,
                                 mien_error *err);
/* Where the answer of a question is written. */
mien_buffer *mi_sheet_facts_of(mi_sheet_facts *f, const char *key);
/* How many in a hundred; of none, 0. */
double mi_sheet_percent(int64_t part, int64_t whole);
/* Put what was worked out in the place of what was there, and bind the sheet to
 * the data.  Fails with ENOMEM; the sheet is then as it was. */
mien_status mi_sheet_facts_take(mien_datasheet *s, mi_sheet_facts *f,
                                const char *sha256, int confirm,
                                mien_error *err);
/* Release what is left. */
void mi_sheet_facts_free(mi_sheet_facts *f);

#endif
