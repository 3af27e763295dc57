/* attack_bytes.c: names, descriptors, evidence and what was inferred, looked
 * for in the files.
 *
 * What is looked for is found by its first six bytes in a table, at every place
 * of every file.  Of data on a server the rows are looked at as it sends them.
 * Open databases are read through SQLite: to close them anew
 * would let go of the locks that the process has. */
#include "base/alloc.h"
#include "base/error.h"
#include "base/grow.h"
#include "gallery/attack.h"

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { KEY = 6, LONGEST = 32, CHUNK = 1 << 20, DIFFERENT = 4 };

/* Something that is looked for. */
typedef struct sought {
    uint8_t byte[LONGEST];
    int n;
    const char *what; /* "a name" */
    int64_t person;
} sought;

typedef struct searching {
    const mien_gallery *g;
    sought *item; /* [n] */
    int64_t n;
    int32_t *slot; /* [slots] places in item, from 1 */
    uint64_t slots;
    uint8_t *chunk; /* [CHUNK + LONGEST] */
    mien_gallery_plain *out;
} searching;

/* ---- what is looked for -------------------------------------------------- */

/* Look for some bytes, LONGEST of them at most; *kept 0: chance would find
 * them. */
static mien_status seek(searching *s, const char *what, int64_t person,
                        const void *bytes, size_t n, int *kept, mien_error *err)
{
    const uint8_t *b = bytes;
    size_t used = n < LONGEST ? n : LONGEST;
    int different = 0;
    for (size_t i = 0; i < used; i++)
        different += !memchr(b, b[i], i);
    *kept = used >= KEY && different >= DIFFERENT;
    if (!*kept)
        return MIEN_OK;
    sought *item = mi_push(&s->item, s->n, sizeof *item);
    if (!item)
        return mi_no_memory(err);
    memcpy(item->byte, b, used);
    item->n = (int)used;
    item->what = what;
    item->person = person;
    s->n++;
    return MIEN_OK;
}

/* A name, as UTF-8 and as UTF-16. */
static mien_status seek_name(searching *s, const mien_gallery_person *p,
                             mien_error *err)
{
    uint8_t wide[2 * MIEN_GALLERY_NAME] = {0};
    size_t n = strlen(p->name);
    int kept = 0, also = 0;
    for (size_t i = 0; i < n; i++)
        wide[2 * i] = (uint8_t)p->name[i];
    mien_status st = seek(s, "a name", p->id, p->name, n, &kept, err);
    if (!st)
        st = seek(s, "a name in UTF-16", p->id, wide, 2 * n, &also, err);
    s->out->names += kept;
    s->out->left_out += !kept;
    return st;
}

/* A descriptor, as floats, doubles and bytes. */
static mien_status seek_descriptor(searching *s, int64_t person,
                                   const float *row, int numbers,
                                   mien_error *err)
{
    double wide[LONGEST / 8] = {0};
    uint8_t small[LONGEST] = {0}; /* of two's complement */
    int kept = 0, also = 0;
    float most = 0;
    for (int i = 0; i < numbers; i++)
        most = fmaxf(most, fabsf(row[i]));
    int wides = numbers < LONGEST / 8 ? numbers : LONGEST / 8;
    int smalls = numbers < LONGEST ? numbers : LONGEST;
    for (int i = 0; i < wides; i++)
        wide[i] = (double)row[i];
    for (int i = 0; i < smalls; i++)
        small[i] = (uint8_t)(most > 0 ? lrintf(row[i] / most * 127) & 255 : 0);
    mien_status st = seek(s, "a descriptor", person, row,
                          (size_t)numbers * sizeof *row, &kept, err);
    if (!st)
        st = seek(s, "a descriptor of doubles", person, wide,
                  (size_t)wides * sizeof *wide, &also, err);
    if (!st)
        st = seek(s, "a descriptor of bytes", person, small, (size_t)smalls,
                  &also, err);
    s->out->descriptors += kept;
    s->out->left_out += !kept;
    return st;
}

/* All descriptors in memory. */
static mien_status seek_rows(searching *s, const mi_rows *r, mien_error *err)
{
    mien_status st = MIEN_OK;
    for (int64_t i = 0; !st && i < mien_index_count(r->index); i++)
        st = seek_descriptor(s, mien_index_person(r->index, i),
                             mien_index_row(r->index, i),
                             mien_index_numbers(r->index), err);
    return st;
}

/* The beginning, the middle and the end of what is kept of somebody. */
static mien_status seek_kept(searching *s, int64_t person, mi_kept_kind kind,
                             mien_error *err)
{
    mi_kept e[MI_KEPT_MOST];
    int n = 0, *counted = kind ? &s->out->inferred : &s->out->evidence;
    mien_status st = mi_kept_list(s->g, person, kind, MI_KEPT_MOST, &n, e, err);
    for (int i = 0; !st && i < n; i++) {
        mien_buffer b = {0};
        int any = 0;
        st = mi_kept_read(s->g, kind, e[i].id, &b, err);
        for (size_t part = 0; !st && part < 3; part++) {
            size_t at = b.n > LONGEST ? part * (b.n - LONGEST) / 2 : 0;
            int kept = 0;
            if (part == 0 || b.n > LONGEST)
                st = seek(s, kind ? "inferred rows" : "evidence", person,
                          b.data + at, b.n - at, &kept, err);
            any |= kept;
        }
        *counted += any;
        s->out->left_out += !any;
        mi_keys_forget(b.data, b.n);
        mien_buffer_free(&b);
    }
    return st;
}

/* ---- the table ----------------------------------------------------------- */

/* Where the first six bytes of something begin in the table. */
static uint64_t slot_of(const searching *s, const uint8_t *bytes)
{
    uint64_t key = 0;
    for (int i = 0; i < KEY; i++)
        key = key << 8 | bytes[i];
    return (key * UINT64_C(0x9E3779B97F4A7C15) >> 20) % s->slots;
}

/* Put all that is looked for into the table. */
static mien_status make_table(searching *s, mien_error *err)
{
    s->slots = 4 * (uint64_t)s->n + 64;
    s->slot = mi_alloc(s->slots, sizeof *s->slot);
    s->chunk = mi_alloc(CHUNK + LONGEST, 1);
    if (!s->slot || !s->chunk)
        return mi_no_memory(err);
    for (int64_t i = 0; i < s->n; i++) {
        uint64_t at = slot_of(s, s->item[i].byte);
        while (s->slot[at])
            at = (at + 1) % s->slots;
        s->slot[at] = (int32_t)i + 1;
    }
    return MIEN_OK;
}

/* Look at the places from..n-KEY of the chunk, of which n bytes are read. */
static void look(searching *s, size_t places, size_t n, const char *path)
{
    for (size_t i = 0; i < places && i + KEY <= n; i++) {
        const uint8_t *at = s->chunk + i;
        for (uint64_t k = slot_of(s, at); s->slot[k]; k = (k + 1) % s->slots) {
            const sought *item = &s->item[s->slot[k] - 1];
            if ((size_t)item->n > n - i ||
                memcmp(item->byte, at, (size_t)item->n) != 0)
                continue;
            if (!s->out->found++)
                snprintf(s->out->where, sizeof s->out->where,
                         "%s of person %lld in %.120s", item->what,
                         (long long)item->person, path);
        }
    }
}

/* ---- the files ----------------------------------------------------------- */

/* A file of SQLite that is open, or one that is not. */
typedef struct source {
    sqlite3_file *open;
    FILE *file;
} source;

/* Read n bytes at a place; how many there are. */
static size_t read_at(const source *from, uint8_t *to, size_t n, int64_t at)
{
    sqlite3_int64 size = 0;
    if (from->file)
        return fread(to, 1, n, from->file);
    if (from->open->pMethods->xFileSize(from->open, &size) || at >= size)
        return 0;
    if (n > (size_t)(size - at))
        n = (size_t)(size - at);
    return from->open->pMethods->xRead(from->open, to, (int)n, at) ? 0 : n;
}

/* Look through a whole file. */
static void look_through(searching *s, const source *from, const char *path)
{
    size_t had = 0, got;
    int64_t at = 0;
    while ((got = read_at(from, s->chunk + had, CHUNK, at)) > 0) {
        size_t n = had + got, places = n > LONGEST ? n - LONGEST : 0;
        look(s, places, n, path);
        memmove(s->chunk, s->chunk + places, n - places);
        had = n - places;
        at += (int64_t)got;
    }
    look(s, had, had, path);
    mi_keys_forget(s->chunk, CHUNK + LONGEST);
    s->out->files++;
    s->out->bytes += at;
}

/* A database that is open, and its journal. */
static void look_at_open(searching *s, const mi_db *db)
{
    static const int which[] = {SQLITE_FCNTL_FILE_POINTER,
                                SQLITE_FCNTL_JOURNAL_POINTER};
    for (int i = 0; i < 2; i++) {
        source from = {0};
        char path[200];
        snprintf(path, sizeof path, "%.180s%s", db->path, i ? "-wal" : "");
        if (sqlite3_file_control(db->sql, "main", which[i], &from.open) ==
                SQLITE_OK &&
            from.open && from.open->pMethods)
            look_through(s, &from, path);
    }
}

/* 1: the file is one of an open database, or its -shm; PEOPLE.db is not where
 * the data are on a server. */
static int is_open(const char *rest, int on_server)
{
    static const char *const open[] = {"",      "-wal",      "-shm",
                                       "-keys", "-keys-wal", "-keys-shm"};
    for (size_t i = on_server ? 3 : 0; i < sizeof open / sizeof *open; i++)
        if (strcmp(rest, open[i]) == 0)
            return 1;
    return 0;
}

/* What a server has, as it sends it; arg is the search. */
static void look_at_value(void *arg, const char *table, const mien_bytes *value)
{
    searching *s = arg;
    char where[60];
    snprintf(where, sizeof where, "table %s of its server", table);
    for (size_t at = 0; at < value->n; at += CHUNK) {
        size_t n = value->n - at;
        if (n > CHUNK + LONGEST)
            n = CHUNK + LONGEST;
        memcpy(s->chunk, value->data + at, n);
        look(s, n < CHUNK ? n : CHUNK, n, where);
    }
    s->out->bytes += (int64_t)value->n;
}

/* Every other file beside the gallery whose name begins with its name. */
static void look_beside(searching *s)
{
    const char *path = s->g->path, *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    char folder[4096] = ".", one[4400];
    if (slash)
        snprintf(folder, sizeof folder, "%.*s/", (int)(slash - path), path);
    DIR *d = opendir(folder);
    for (struct dirent *e; d && (e = readdir(d)) != NULL;) {
        source from = {0};
        size_t n = strlen(name);
        if (strncmp(e->d_name, name, n) != 0 ||
            is_open(e->d_name + n, s->out->on_server))
            continue;
        snprintf(one, sizeof one, "%s/%s", folder, e->d_name);
        from.file = fopen(one, "rb");
        if (!from.file)
            continue;
        look_through(s, &from, one);
        fclose(from.file);
    }
    if (d)
        closedir(d);
}

mien_status mi_attack_bytes(const mien_gallery *g, mien_gallery_plain *out,
                            mien_error *err)
{
    searching s = {.g = g, .out = out};
    mien_status st = MIEN_OK;
    for (int i = 0; !st && i < g->people; i++)
        st = seek_name(&s, &g->person[i].shown, err);
    for (int i = 0; !st && i < g->people; i++)
        st = seek_kept(&s, g->person[i].shown.id, MI_KEPT_EVIDENCE, err);
    for (int i = 0; !st && i < g->people; i++)
        st = seek_kept(&s, g->person[i].shown.id, MI_KEPT_INFERRED, err);
    for (int i = 0; !st && i < g->shelves; i++)
        st = seek_rows(&s, &g->shelf[i].face, err);
    for (int i = 0; !st && i < g->shelves; i++)
        st = seek_rows(&s, &g->shelf[i].against, err);
    if (!st)
        st = make_table(&s, err);
    out->on_server = mi_db_is_on_server(&g->data);
    if (!st && out->on_server)
        st = mi_data_tell(&g->data, look_at_value, &s, err);
    if (!st) {
        if (!out->on_server)
            look_at_open(&s, &g->data);
        look_at_open(&s, &g->keys);
        look_beside(&s);
    }
    mi_keys_forget(s.item, (size_t)s.n * sizeof *s.item);
    mi_free(s.item);
    mi_free(s.slot);
    mi_free(s.chunk);
    return st;
}
