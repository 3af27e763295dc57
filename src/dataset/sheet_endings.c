/* sheet_endings.c: endings of the names of files. */
#include "dataset/sheet_endings.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* The ending of a name behind its last dot; NULL: none that fits. */
static const char *ending_of(const char *name)
{
    const char *slash = strrchr(name, '/');
    const char *dot = strrchr(slash ? slash : name, '.');
    size_t n = dot ? strlen(dot + 1) : 0;
    return n && n < MI_ENDING_SIZE ? dot + 1 : NULL;
}

static int by_count(const void *a, const void *b)
{
    const mi_ending *x = a, *y = b;
    if (x->count != y->count)
        return x->count < y->count ? 1 : -1;
    return strcmp(x->text, y->text);
}

void mi_endings_count(const mien_labels *l, mi_endings *out)
{
    *out = (mi_endings){0};
    for (int64_t i = 0; l->name && i < l->n; i++) {
        const char *text = l->name[i] ? ending_of(l->name[i]) : NULL;
        int k = 0;
        while (text && k < out->n && strcmp(out->kind[k].text, text) != 0)
            k++;
        if (!text || k == MI_ENDINGS_MAX) {
            out->others++;
            continue;
        }
        mi_ending *e = &out->kind[k];
        if (k == out->n) {
            memcpy(e->text, text, strlen(text) + 1);
            out->n++;
        }
        e->count++;
        e->inside |= strchr(l->name[i], '/') != NULL;
    }
    if (out->n)
        qsort(out->kind, (size_t)out->n, sizeof *out->kind, by_count);
}

const char *mi_ending_type(const char *text)
{
    static const struct {
        const char *ending, *type;
    } known[] = {{"jpg", "image/jpeg"},
                 {"jpeg", "image/jpeg"},
                 {"jpe", "image/jpeg"},
                 {"jfif", "image/jpeg"},
                 {"png", "image/png"},
                 {"webp", "image/webp"},
                 {"gif", "image/gif"},
                 {"ppm", "image/x-portable-pixmap"},
                 {"pgm", "image/x-portable-graymap"},
                 {"pnm", "image/x-portable-anymap"},
                 {"pbm", "image/x-portable-bitmap"},
                 {"heic", "image/heic"},
                 {"heif", "image/heif"},
                 {"hif", "image/heif"},
                 {"avif", "image/avif"}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcasecmp(known[i].ending, text) == 0)
            return known[i].type;
    return NULL;
}
