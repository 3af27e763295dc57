/* gallery.h: the people of a folder: FOLDER/Name/photo.jpg, one face of each
 * photo described.  A person's photos lie together. */
#ifndef BENCH_GALLERY_H
#define BENCH_GALLERY_H

#include "bench/bench.h"

#include <dirent.h>
#include <stddef.h>

enum { GALLERY_MOST = 4096 };

typedef struct gallery_photo {
    int32_t person;
    float descriptor[MIEN_DESCRIPTOR_MOST]; /* the rest of a shorter one: 0 */
} gallery_photo;

typedef struct gallery {
    int32_t photos, people;
    int32_t begin[GALLERY_MOST + 1]; /* of a person's photos */
    gallery_photo photo[GALLERY_MOST];
    float apart[GALLERY_MOST][GALLERY_MOST]; /* distances */
} gallery;

static inline int gallery_is_shown(const struct dirent *e)
{
    return e->d_name[0] != '.';
}

/* Describe the photos of one person. */
static inline void gallery_person(gallery *g, mien_reader *r, mien_pick pick,
                                  const char *folder)
{
    struct dirent **list = NULL;
    int n = scandir(folder, &list, gallery_is_shown, alphasort);
    int32_t before = g->photos;
    for (int i = 0; i < n; i++) {
        char path[BENCH_PATH];
        mien_face face;
        bench_path(path, folder, list[i]->d_name);
        free(list[i]);
        if (g->photos == GALLERY_MOST ||
            mien_reader_face(r, path, pick, &face, NULL))
            continue;
        g->photo[g->photos].person = g->people;
        memcpy(g->photo[g->photos++].descriptor, face.descriptor,
               sizeof face.descriptor);
    }
    free(list);
    g->begin[g->people] = before;
    g->people += g->photos > before;
}

static inline void gallery_describe(gallery *g, mien_pick pick,
                                    mien_describer describer,
                                    const char *folder)
{
    mien_reader_options o = MIEN_READER_DEFAULTS;
    mien_reader *r = NULL;
    mien_error err = {0};
    struct dirent **list = NULL;
    o.face.want = MIEN_FACE_DESCRIPTOR;
    o.face.describer = describer;
    bench_must(mien_reader_open(&o, &r, &err), &err);
    int n = scandir(folder, &list, gallery_is_shown, alphasort);
    for (int i = 0; i < n; i++) {
        char path[BENCH_PATH];
        bench_path(path, folder, list[i]->d_name);
        gallery_person(g, r, pick, path);
        free(list[i]);
    }
    free(list);
    g->begin[g->people] = g->photos;
    mien_reader_free(r);
}

/* Read the largest faces of a folder, or the descriptors of an earlier run from
 * a file; without that file it is written.  cache may be NULL. */
static inline void gallery_read(gallery *g, mien_describer describer,
                                const char *folder, const char *cache)
{
    const int d = mien_describer_numbers(describer);
    const size_t head = offsetof(gallery, apart);
    FILE *f = cache ? fopen(cache, "rb") : NULL;
    if (!f || fread(g, head, 1, f) != 1) {
        memset(g, 0, head);
        gallery_describe(g, MIEN_PICK_LARGEST, describer, folder);
        FILE *to = cache ? fopen(cache, "wb") : NULL;
        if (to && (fwrite(g, head, 1, to) != 1) | fclose(to))
            perror(cache);
    }
    if (f)
        fclose(f);
    for (int i = 0; i < g->photos; i++)
        for (int k = 0; k <= i; k++)
            g->apart[i][k] = g->apart[k][i] = mien_descriptor_apart(
                d, g->photo[i].descriptor, g->photo[k].descriptor);
}

/* A photo of a person, drawn. */
static inline int gallery_draw(const gallery *g, mien_random *r, int64_t person)
{
    int n = g->begin[person + 1] - g->begin[person];
    return g->begin[person] + (int)mien_random_below(r, (uint64_t)n);
}

/* The nearest of the known photos. */
static inline int gallery_nearest(const gallery *g, int of, int n,
                                  const int *known)
{
    int best = known[0];
    for (int i = 1; i < n; i++)
        if (g->apart[of][known[i]] < g->apart[of][best])
            best = known[i];
    return best;
}

#endif
