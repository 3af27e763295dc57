/* sheet_endings.h: of what kinds the files of pictures are, by the endings of
 * their names. */
#ifndef MI_DATASET_SHEET_ENDINGS_H
#define MI_DATASET_SHEET_ENDINGS_H

#include "mien/samples_labels.h"

enum { MI_ENDING_SIZE = 8, MI_ENDINGS_MAX = 16 };

/* How many files have an ending. */
typedef struct mi_ending {
    char text[MI_ENDING_SIZE]; /* "jpg", as it is written */
    int64_t count;
    int inside; /* 1: one at least lies in a folder */
} mi_ending;

/* All of them, the most frequent first. */
typedef struct mi_endings {
    int n;
    mi_ending kind[MI_ENDINGS_MAX];
    int64_t others; /* without an ending, or with one more than there is room
                       for */
} mi_endings;

/* Count the endings of the names. */
void mi_endings_count(const mien_labels *l, mi_endings *out);
/* "image/jpeg" of "jpg"; NULL: not known. */
const char *mi_ending_type(const char *text);

#endif
