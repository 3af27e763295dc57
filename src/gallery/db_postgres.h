/* db_postgres.h: rows on a server of PostgreSQL. */
#ifndef MI_GALLERY_DB_POSTGRES_H
#define MI_GALLERY_DB_POSTGRES_H

#include "postgres/postgres.h"

#include <stdint.h>

/* mi_db.server, allocated. */
typedef struct mi_server {
    mi_postgres link;
    int cursors; /* that were opened so far */
    int64_t changed;
} mi_server;

#endif
