/* gallery_make.h: galleries in a folder of their own, with people made up. */
#ifndef GALLERY_MAKE_H
#define GALLERY_MAKE_H

#include "mien/gallery.h"
#include "mien/gallery_store.h"
#include "tests/check.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { NUMBERS = 16 };
/* 2026-11-29, noon. */
#define GALLERY_NOW INT64_C(1795953600)

typedef struct made {
    char folder[32], path[64];
    char recovery[MIEN_GALLERY_RECOVERY];
    mien_gallery_key key;
} made;

static const char model_a[] =
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

/* The address of a server of PostgreSQL on which the data of galleries are
 * kept; NULL: they are files.  test_gallery_store.sh runs the tests of
 * galleries once more with it. */
static inline const char *gallery_server(void)
{
    return getenv("MIEN_TEST_STORE");
}

/* Make the gallery of a path; what comes of it. */
static inline mien_status
gallery_create(made *m, char recovery[MIEN_GALLERY_RECOVERY], mien_error *err)
{
    const char *server = gallery_server();
    return server
               ? mien_gallery_create_on(m->path, server, &m->key, recovery, err)
               : mien_gallery_create(m->path, &m->key, recovery, err);
}

/* 1, and said: a test is of files alone, and the data are on a server. */
static inline int gallery_not_of_files(const char *what)
{
    if (gallery_server())
        printf("left out, of files alone: %s\n", what);
    return gallery_server() != NULL;
}

static inline void gallery_make(made *m)
{
    static uint8_t file[40] = "a key file that only this test has.....";
    mien_error err = {0};
    *m = (made){.key = {.file = {file, sizeof file}}};
    snprintf(m->folder, sizeof m->folder, "%s", "/tmp/mien-gallery-XXXXXX");
    CHECK(mkdtemp(m->folder) != NULL);
    snprintf(m->path, sizeof m->path, "%s/people.db", m->folder);
    CHECK_MSG(!gallery_create(m, m->recovery, &err), "%s", err.text);
}

static inline void gallery_remove(made *m)
{
    char command[100];
    snprintf(command, sizeof command, "rm -rf %s %s.rows", m->folder,
             m->folder);
    CHECK_EQ(system(command), 0);
}

static inline mien_gallery *gallery_open_at(made *m, int64_t now,
                                            mien_gallery_opened *found)
{
    mien_gallery *g = NULL;
    mien_error err = {0};
    CHECK_MSG(!mien_gallery_open(m->path, &m->key, now, found, &g, &err), "%s",
              err.text);
    return g;
}

static inline mien_gallery *gallery_open(made *m)
{
    return gallery_open_at(m, GALLERY_NOW, NULL);
}

/* The bytes of a file, to be freed; NULL: there is none. */
static inline uint8_t *gallery_load(const char *path, size_t *n)
{
    FILE *f = fopen(path, "rb");
    *n = 0;
    if (!f)
        return NULL;
    fseek(f, 0, SEEK_END);
    *n = (size_t)ftell(f);
    rewind(f);
    uint8_t *bytes = malloc(*n + 1);
    CHECK(bytes && fread(bytes, 1, *n, f) == *n);
    fclose(f);
    return bytes;
}

/* What a function says of each file of the folder, in all. */
static inline int gallery_files(const made *m,
                                int (*count)(const void *arg,
                                             const uint8_t *bytes, size_t n),
                                const void *arg)
{
    DIR *d = opendir(m->folder);
    int all = 0;
    for (struct dirent *e; (e = readdir(d)) != NULL;) {
        char path[400];
        size_t n;
        snprintf(path, sizeof path, "%s/%s", m->folder, e->d_name);
        uint8_t *bytes = e->d_type == DT_DIR ? NULL : gallery_load(path, &n);
        all += bytes ? count(arg, bytes, n) : 0;
        free(bytes);
    }
    closedir(d);
    return all;
}

/* gallery_files: 1 if some bytes are in a file. */
static inline int gallery_has(const void *text, const uint8_t *bytes, size_t n)
{
    const mien_bytes *sought = text;
    return memmem(bytes, n, sought->data, sought->n) != NULL;
}

/* In how many files of the folder bytes stand. */
static inline int gallery_files_with(const made *m, const void *bytes, size_t n)
{
    mien_buffer copy = {0};
    mien_buffer_put(&copy, bytes, n);
    const mien_bytes sought = {(uint8_t *)copy.data, copy.n};
    int found = gallery_files(m, gallery_has, &sought);
    mien_buffer_free(&copy);
    return found;
}

/* A descriptor of somebody, a little different from photo to photo. */
static inline void gallery_face(unsigned who, unsigned photo, float *out)
{
    unsigned seed = who * 77 + 1, small = photo * 31 + who + 5;
    for (int i = 0; i < NUMBERS; i++)
        out[i] = (float)(check_rand(&seed) % 1000) / 500 - 1 +
                 (float)(check_rand(&small) % 100) / 5000;
}

/* Enrol somebody with two faces. */
static inline mien_status gallery_enroll(mien_gallery *g, const char *name,
                                         unsigned who, const char *purpose,
                                         const char *expiry, int64_t *id,
                                         mien_error *err)
{
    float row[2 * NUMBERS];
    mien_gallery_person p = {.basis = {.basis = "consent"}};
    mien_gallery_faces f = {2, NUMBERS, row, ""};
    snprintf(p.name, sizeof p.name, "%s", name);
    snprintf(p.basis.purpose, sizeof p.basis.purpose, "%s", purpose);
    snprintf(p.basis.expiry, sizeof p.basis.expiry, "%s", expiry);
    memcpy(f.model, model_a, sizeof f.model);
    gallery_face(who, 1, row);
    gallery_face(who, 2, row + NUMBERS);
    return mien_gallery_enroll(g, &p, &f, id, err);
}

/* Who somebody is by a third photo. */
static inline mien_gallery_match gallery_search(mien_gallery *g, unsigned who,
                                                const char *purpose)
{
    float row[NUMBERS];
    mien_gallery_faces f = {1, NUMBERS, row, ""};
    mien_gallery_match m = {0};
    mien_error err = {0};
    memcpy(f.model, model_a, sizeof f.model);
    gallery_face(who, 3, row);
    CHECK_MSG(!mien_gallery_search(g, purpose, &f, .3f, &m, &err), "%s",
              err.text);
    return m;
}

#endif
