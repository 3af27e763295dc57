/* postgres.h: a session with PostgreSQL: an address, a connection, and why
 * something failed. */
#ifndef MI_POSTGRES_POSTGRES_H
#define MI_POSTGRES_POSTGRES_H

#include "postgres/pq.h"

enum { MI_POSTGRES_WHY = 200 };

typedef struct mi_postgres {
    mi_pq pq;
    const char *what; /* "queue": begins every message; borrowed */
    char *address;
    char *password; /* of the address, to be kept out of texts; or NULL */
    PGconn *conn;   /* NULL: lost, and not back */
    char state[6];  /* SQLSTATE of what failed last; "" where there is none */
} mi_postgres;

/* Understand an address, load libpq and connect.  Fails with EARG (no
 * address), EIO (no connection), EUNSUP (no libpq, too old a server, another
 * encoding), ENOMEM.  mi_postgres_close releases it in any case. */
mien_status mi_postgres_open(mi_postgres *s, const char *what,
                             const char *address, mien_error *err);
/* Connect anew. */
mien_status mi_postgres_connect(mi_postgres *s, mien_error *err);
/* Disconnect. */
void mi_postgres_end(mi_postgres *s);
/* Disconnect, and release what the session has. */
void mi_postgres_close(mi_postgres *s);

/* Run statements that have no values, with ; between; what failed is told by
 * mi_postgres_why.  0: they are done. */
int mi_postgres_script(mi_postgres *s, const char *sql);
/* Why an answer is none: s->state, and one line without the password.
 *
 *   r    NULL: what the connection says
 *   out  "" if nothing is said
 *
 * 1: memory ended, which libpq has no other way to tell. */
int mi_postgres_why(mi_postgres *s, const PGresult *r,
                    char out[MI_POSTGRES_WHY]);
/* Is the connection gone, or about to be? */
int mi_postgres_is_lost(const mi_postgres *s);

#endif
