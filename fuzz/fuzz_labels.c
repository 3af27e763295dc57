/* Any bytes as a source of labelled samples: a byte says of which kind, then
 * the text; for names of files a path a line.  What is read holds together. */
#include "mien/samples_labels.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void must(int condition)
{
    if (!condition)
        __builtin_trap();
}

enum { MOST_PATHS = 64 };

/* The lines of a text as paths. */
static mien_status read_paths(const uint8_t *bytes, size_t n, mien_labels *out,
                              mien_error *err)
{
    const char *path[MOST_PATHS];
    char *text = calloc(n + 1, 1), *p = text;
    int64_t paths = 0;
    if (n)
        memcpy(text, bytes, n);
    while (p && *p && paths < MOST_PATHS) {
        path[paths++] = p;
        p = strchr(p, '\n');
        if (p)
            *p++ = 0;
    }
    mien_status st = mien_labels_of_paths(paths, path, out, err);
    free(text);
    return st;
}

static void check_sample(const mien_labels *l, int64_t i)
{
    must(l->name[i] && l->line[i] > 0);
    must(l->part[i] >= MIEN_FOR_ANY && l->part[i] <= MIEN_FOR_TEST);
    must(l->box[i].width >= 0 && l->box[i].height >= 0);
    for (int p = 0; p < l->points; p++) {
        mien_point at = l->point[i * l->points + p];
        must(isnan(at.x) == isnan(at.y));
        must(!(fabsf(at.x) > MIEN_LABELS_MAX_PLACE));
    }
    for (int t = 0; t < l->tasks; t++) {
        int label = l->label[i * l->tasks + t];
        must(label >= -1 && label < l->task[t].classes);
        must(mien_label_mirror_class(&l->task[t], label) < l->task[t].classes);
    }
    float sum = 0;
    for (int s = 0; s < l->shares; s++)
        sum += l->share[i * l->shares + s];
    must(!l->shares || fabsf(sum - 1) < 1e-4f);
}

/* All of it, then votes over it, then every other sample. */
static void check_labels(mien_labels *l, const uint8_t *bytes, size_t n)
{
    uint8_t *keep = calloc((size_t)l->n + 1, 1);
    int64_t before = l->n, kept = 0;
    must(l->n > 0);
    for (int64_t i = 0; i < l->n; i++)
        check_sample(l, i);
    if (mien_fer_votes_read(bytes, n, l, NULL) == MIEN_OK)
        must(l->n > 0 && l->n <= before && l->shares == 8);
    for (int64_t i = 0; i < l->n; i++) {
        check_sample(l, i);
        kept += keep[i] = i % 2 == 0;
    }
    mien_labels_keep(l, keep);
    must(l->n == kept);
    for (int64_t i = 0; i < l->n; i++)
        check_sample(l, i);
    free(keep);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static mien_status (*const readers[])(const uint8_t *, size_t,
                                          mien_labels *, mien_error *) = {
        mien_labels_read, mien_mtfl_read, mien_fer_read, mien_label_table_read,
        read_paths};
    mien_labels l = {0};
    mien_error err = {0};
    if (n < 1)
        return 0;
    size_t kind = bytes[0] % (sizeof readers / sizeof *readers);
    if (readers[kind](bytes + 1, n - 1, &l, &err) == MIEN_OK)
        check_labels(&l, bytes + 1, n - 1);
    else
        must(err.status && err.text[0] && !l.n);
    mien_labels_free(&l);
    return 0;
}
