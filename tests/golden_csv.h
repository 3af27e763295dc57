/* golden_csv.h: read a small table of numbers under MIEN_SHARED, for tests. */
#ifndef GOLDEN_CSV_H
#define GOLDEN_CSV_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct golden_csv {
    int64_t n;
    int p;     /* columns but the last, the label */
    double *x; /* [n, p] */
    uint8_t *y;
} golden_csv;

static inline void golden_path(char *out, size_t size, const char *name)
{
    const char *shared = getenv("MIEN_SHARED");
    snprintf(out, size, "%s/%s", shared ? shared : "../shared", name);
}

/* False if the file is not there. */
static inline int golden_csv_read(const char *name, golden_csv *t)
{
    char path[1024], line[65536];
    golden_path(path, sizeof path, name);
    FILE *f = fopen(path, "r");
    if (!f)
        return 0;
    *t = (golden_csv){0};
    int64_t room = 0;
    for (int64_t row = -1; fgets(line, sizeof line, f); row++) {
        if (row < 0) {
            for (const char *c = line; *c; c++)
                t->p += *c == ',';
            continue;
        }
        if (t->n == room) {
            room = room ? 2 * room : 1024;
            t->x = realloc(t->x, (size_t)(room * t->p) * sizeof *t->x);
            t->y = realloc(t->y, (size_t)room);
        }
        char *at = line;
        for (int j = 0; j < t->p; j++, at++)
            t->x[t->n * t->p + j] = strtod(at, &at);
        t->y[t->n++] = strtod(at, NULL) > 0.5;
    }
    fclose(f);
    return 1;
}

static inline void golden_csv_done(golden_csv *t)
{
    free(t->x);
    free(t->y);
}

#endif
