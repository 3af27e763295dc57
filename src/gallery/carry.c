/* carry.c: all rows of the data, from one store to another, and told. */
#include "gallery/gallery.h"

#include <stdio.h>

/* A table: its rows as they are read, and as they are written. */
typedef struct table {
    const char *name, *read, *write;
    const char *types; /* of the columns */
    int at_once;       /* rows of a server */
} table;

enum { MANY = 256 };

/* The gallery's own row, which others refer to, comes first.  One that is there
 * is changed: a server keeps in it whose it is. */
static const char own[] = "UPDATE gallery SET gallery = ?, generation = ?";
static const table tables[] = {
    {"gallery", "SELECT gallery, generation FROM gallery",
     "INSERT INTO gallery(gallery, generation) VALUES(?, ?)", "bi", 1},
    {"person", "SELECT id, sealed FROM person ORDER BY id",
     "INSERT INTO person(id, sealed) VALUES(?, ?)", "ib", MANY},
    {"face", "SELECT id, person, model, sealed FROM face ORDER BY id",
     "INSERT INTO face(id, person, model, sealed) VALUES(?, ?, ?, ?)", "iitb",
     MANY},
    {"log",
     "SELECT number, at, kind, person, owned, detail, mac FROM log"
     " ORDER BY number",
     "INSERT INTO log(number, at, kind, person, owned, detail, mac)"
     " VALUES(?, ?, ?, ?, ?, ?, ?)",
     "iiiiibb", MANY},
    {"threshold",
     "SELECT purpose, model, sealed FROM threshold ORDER BY purpose, model",
     "INSERT INTO threshold(purpose, model, sealed) VALUES(?, ?, ?)", "btb",
     MANY},
    {"evidence",
     "SELECT id, person, kind, head, sealed FROM evidence ORDER BY id",
     "INSERT INTO evidence(id, person, kind, head, sealed)"
     " VALUES(?, ?, ?, ?, ?)",
     "iiibb", 1},
    {"negative", "SELECT id, person, model, sealed FROM negative ORDER BY id",
     "INSERT INTO negative(id, person, model, sealed) VALUES(?, ?, ?, ?)",
     "iitb", MANY},
    {"leaving", "SELECT person FROM leaving ORDER BY person",
     "INSERT INTO leaving(person) VALUES(?)", "i", MANY},
    {"undo", "SELECT number, person, sealed FROM undo ORDER BY number",
     "INSERT INTO undo(number, person, sealed) VALUES(?, ?, ?)", "iib", MANY},
};
enum { TABLES = sizeof tables / sizeof *tables };

/* What is done with a row. */
typedef mien_status (*taker)(const table *t, const mi_statement *s, void *arg,
                             mien_error *err);

/* Every row of every table. */
static mien_status each_row(const mi_db *from, taker take, void *arg,
                            mien_error *err)
{
    mien_status st = MIEN_OK;
    for (int i = 0; !st && i < TABLES; i++) {
        const table *t = &tables[i];
        mi_statement s = {0};
        int row = 0;
        st = mi_db_prepare_all(from, &s, err, t->read, t->at_once);
        do {
            if (!st)
                st = mi_db_step(&s, &row, err);
            if (!st && row)
                st = take(t, &s, arg, err);
        } while (!st && row);
        mi_db_finish(&s);
    }
    return st;
}

/* ---- carried ------------------------------------------------------------- */

/* A column of a row, as a parameter. */
static mi_value value_of(const mi_statement *s, char type, int column)
{
    mi_value v = {.type = type};
    mien_bytes b = {0};
    if (type == 'i')
        v.number = mi_db_int(s, column);
    else
        b = mi_db_bytes(s, column);
    v.bytes = b.data ? (const void *)b.data : "";
    v.n = b.n;
    return v;
}

static mien_status write_row(const mi_db *to, const char *sql, int n,
                             const mi_value *value, mien_error *err)
{
    mi_statement put = {0};
    int row = 0;
    mien_status st = to->driver->prepare(to, &put, sql, n, value, err);
    if (!st)
        st = mi_db_step(&put, &row, err);
    mi_db_finish(&put);
    return st;
}

/* Write a row; arg is where. */
static mien_status put_row(const table *t, const mi_statement *s, void *arg,
                           mien_error *err)
{
    const mi_db *to = arg;
    mi_value value[MI_DB_VALUES];
    int n = 0;
    for (; t->types[n]; n++)
        value[n] = value_of(s, t->types[n], n);
    mien_status st = MIEN_OK;
    if (t == tables) {
        st = write_row(to, own, n, value, err);
        if (st || mi_db_changes(to))
            return st;
    }
    return write_row(to, t->write, n, value, err);
}

mien_status mi_data_clear(const mi_db *db, mien_error *err)
{
    char sql[60];
    mien_status st = MIEN_OK;
    for (int i = 1; !st && i < TABLES; i++) {
        snprintf(sql, sizeof sql, "DELETE FROM %s", tables[i].name);
        st = mi_db_do(db, err, sql, "");
    }
    return st;
}

mien_status mi_data_carry(const mi_db *from, const mi_db *to, mien_error *err)
{
    mi_db there = *to;
    int64_t version = 0;
    mien_status st = each_row(from, put_row, &there, err);
    if (!st)
        st = mi_db_version(from, &version, err);
    return st ? st : mi_db_set_version(to, (int)version, err);
}

/* ---- told ---------------------------------------------------------------- */

typedef struct telling {
    void (*tell)(void *arg, const char *table, const mien_bytes *value);
    void *arg;
} telling;

static mien_status tell_row(const table *t, const mi_statement *s, void *arg,
                            mien_error *err)
{
    const telling *to = arg;
    (void)err;
    for (int i = 0; t->types[i]; i++) {
        const mien_bytes value =
            t->types[i] == 'i' ? (mien_bytes){0} : mi_db_bytes(s, i);
        if (value.n)
            to->tell(to->arg, t->name, &value);
    }
    return MIEN_OK;
}

mien_status mi_data_tell(const mi_db *db,
                         void (*tell)(void *arg, const char *table,
                                      const mien_bytes *value),
                         void *arg, mien_error *err)
{
    telling to = {tell, arg};
    return each_row(db, tell_row, &to, err);
}
