/* dataset_make.h: tables with faults that are known, and a look at them. */
#ifndef DATASET_MAKE_H
#define DATASET_MAKE_H

#include "mien/dataset.h"
#include "tests/check.h"

#include <string.h>

/* A file in memory, read in pieces of at most `piece` bytes. */
typedef struct memory_file {
    const uint8_t *data;
    size_t n, at, piece;
} memory_file;

static inline mien_status read_memory(void *arg, uint8_t *to, size_t room,
                                      size_t *n, mien_error *err)
{
    memory_file *f = arg;
    size_t left = f->n - f->at;
    (void)err;
    *n = left < room ? left : room;
    *n = f->piece && *n > f->piece ? f->piece : *n;
    if (*n)
        memcpy(to, f->data + f->at, *n);
    f->at += *n;
    return MIEN_OK;
}

/* Look at bytes. */
static inline mien_status look_at(const void *data, size_t n,
                                  const mien_dataset_options *o,
                                  mien_dataset **out, mien_error *err)
{
    memory_file f = {data, n, 0, 1 << 16};
    const mien_dataset_source source = {read_memory, &f};
    return mien_dataset_check(&source, o, out, err);
}

/* The first finding of a check about a column ("": any), or NULL. */
static inline const mien_finding *
find_finding(const mien_dataset *d, const char *check, const char *where)
{
    int n;
    const mien_finding *f = mien_dataset_findings(d, &n);
    for (int i = 0; i < n; i++)
        if (strcmp(f[i].check, check) == 0 &&
            (!*where || strstr(f[i].where, where)))
            return &f[i];
    return NULL;
}

#endif
