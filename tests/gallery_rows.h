/* gallery_rows.h: rows of a gallery's data by hand, where they are: in a file
 * or on a server. */
#ifndef GALLERY_ROWS_H
#define GALLERY_ROWS_H

#include "gallery/gallery.h"
#include "tests/gallery_make.h"

/* Open the data beside whoever has the gallery open, to be closed. */
static inline mi_db gallery_rows(const made *m)
{
    mi_db db = {0};
    mi_store at;
    mien_error err = {0};
    int is = 0;
    CHECK_EQ(mi_store_read(m->path, &at, &is, &err), MIEN_OK);
    CHECK_MSG(!(is ? mi_store_open(&at, m->path, MI_DB_LOOK, MI_DATA_VERSION,
                                   &db, &err)
                   : mi_db_open_plain(m->path, &db, &err)),
              "%s", err.text);
    return db;
}

/* Run a statement by hand. */
static inline void gallery_run(const made *m, const char *sql)
{
    mi_db db = gallery_rows(m);
    mien_error err = {0};
    CHECK_MSG(!mi_db_do(&db, &err, sql, ""), "%s: %s", sql, err.text);
    mi_db_close(&db);
}

/* The number that a statement gives. */
static inline int64_t gallery_number(const made *m, const char *sql)
{
    mi_db db = gallery_rows(m);
    int64_t number = -1;
    int found = 0;
    CHECK(!mi_db_number(&db, sql, &number, &found, NULL) && found);
    mi_db_close(&db);
    return number;
}

/* The first bytes of what a statement with a number gives. */
static inline void gallery_bytes(const mi_db *db, const char *sql, int64_t id,
                                 uint8_t *out, size_t n)
{
    mi_statement s = {0};
    int row = 0;
    CHECK_EQ(mi_db_prepare(db, &s, NULL, sql, "i", id), MIEN_OK);
    CHECK(!mi_db_step(&s, &row, NULL) && row);
    mien_bytes b = row ? mi_db_bytes(&s, 0) : (mien_bytes){0};
    CHECK_MSG(b.n >= n, "%s: %lld", sql, (long long)id);
    if (b.n >= n)
        memcpy(out, b.data, n);
    mi_db_finish(&s);
}

/* Keep all rows of the closed gallery in a file, as they are. */
static inline void gallery_keep(const made *m, const char *path)
{
    char command[200];
    mi_db from = {0}, to = {0};
    mien_error err = {0};
    unlink(path);
    if (!gallery_server()) {
        snprintf(command, sizeof command, "cp %s %s", m->path, path);
        CHECK_EQ(system(command), 0);
        return;
    }
    from = gallery_rows(m);
    CHECK_EQ(mi_db_open(path, MI_DB_MAKE, MI_GALLERY_DATA, MI_DATA_VERSION, &to,
                        &err),
             MIEN_OK);
    CHECK_EQ(mi_db_begin(&to, &err), MIEN_OK);
    CHECK_EQ(mi_data_new_tables(&to, &err), MIEN_OK);
    CHECK_MSG(!mi_db_end(&to, mi_data_carry(&from, &to, &err), &err), "%s",
              err.text);
    mi_db_close(&to);
    mi_db_close(&from);
}

/* Put kept rows, or those of a copy, in the place of what is there. */
static inline void gallery_put_back(const made *m, const char *path)
{
    char command[200];
    mi_db from = {0};
    mien_error err = {0};
    if (!gallery_server()) {
        snprintf(command, sizeof command, "cp %s %s", path, m->path);
        CHECK_EQ(system(command), 0);
        return;
    }
    mi_db to = gallery_rows(m);
    CHECK_EQ(mi_db_open_plain(path, &from, &err), MIEN_OK);
    CHECK_EQ(mi_db_begin(&to, &err), MIEN_OK);
    CHECK_EQ(mi_db_do(&to, &err, "DELETE FROM gallery", ""), MIEN_OK);
    CHECK_MSG(!mi_db_end(&to, mi_data_carry(&from, &to, &err), &err), "%s",
              err.text);
    mi_db_close(&to);
    mi_db_close(&from);
}

/* A copy of a gallery that is closed, in a folder of its own. */
static inline void copy_folder(const made *from, made *to)
{
    char command[120];
    *to = *from;
    snprintf(to->folder, sizeof to->folder, "%s", "/tmp/mien-gallery-XXXXXX");
    CHECK(mkdtemp(to->folder) != NULL);
    snprintf(to->path, sizeof to->path, "%s/people.db", to->folder);
    snprintf(command, sizeof command, "cp %s/* %s/", from->folder, to->folder);
    CHECK_EQ(system(command), 0);
    if (gallery_server()) { /* the rows of both are the same: as they began */
        snprintf(command, sizeof command, "%s.rows", from->folder);
        if (access(command, F_OK) != 0)
            gallery_keep(from, command);
        gallery_put_back(to, command);
    }
}

#endif
