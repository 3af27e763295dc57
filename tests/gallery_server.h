/* gallery_server.h: a private server of PostgreSQL for galleries, with roles,
 * and a wire to it. */
#ifndef GALLERY_SERVER_H
#define GALLERY_SERVER_H

#include "gallery/db_postgres.h"
#include "tests/cluster.h"
#include "tests/gallery_rows.h"
#include "tests/gallery_state.h"
#include "tests/wire.h"

enum { WHO = 4 }; /* people whose faces state_at searches for */

static mien_error err;
static char admin[300]; /* the address of a superuser */
static wire *line;      /* between every gallery and the server */
static pid_t server;
static int hold = -1;

/* Run statements as the superuser. */
static inline void run_as_admin(const char *sql)
{
    mi_postgres s;
    CHECK_MSG(!mi_postgres_open(&s, "admin", admin, &err), "%s", err.text);
    CHECK_MSG(!mi_postgres_script(&s, sql), "%s: %s", sql, s.state);
    mi_postgres_close(&s);
}

/* wire.end_sessions: they are gone when this returns. */
static inline void end_sessions(void)
{
    mi_postgres s;
    if (mi_postgres_open(&s, "admin", admin, NULL) == MIEN_OK)
        s.pq.PQclear(s.pq.PQexec(
            s.conn, "SELECT pg_terminate_backend(pid, 5000)"
                    " FROM pg_stat_activity WHERE usename = 'keeper'"));
    mi_postgres_close(&s);
}

/* What galleries' data are made at: a role behind the wire. */
static inline void use_role(const char *role)
{
    char address[200];
    snprintf(address, sizeof address, "postgres://%s@/postgres?host=%s", role,
             line->folder);
    setenv("MIEN_TEST_STORE", address, 1);
}

/* The number that a statement gives to a role that says it is of a collection;
 * -1: it fails. */
static inline int64_t asked(const char *role, const made *of, const char *sql)
{
    char set[120];
    mi_store at;
    mi_postgres s;
    int is = 0;
    CHECK(!mi_store_read(of->path, &at, &is, &err) && is);
    snprintf(at.address, sizeof at.address, "postgres://%s@/postgres?host=%s",
             role, line->folder);
    snprintf(set, sizeof set, "SET mien.collection = '%s'", at.collection);
    CHECK_MSG(!mi_postgres_open(&s, "asked", at.address, &err), "%s", err.text);
    CHECK(!mi_postgres_script(&s, set));
    PGresult *r = s.pq.PQexec(s.conn, sql);
    ExecStatusType status = s.pq.PQresultStatus(r);
    int64_t n =
        status == PGRES_TUPLES_OK ? strtoll(s.pq.PQgetvalue(r, 0, 0), NULL, 10)
        : status == PGRES_COMMAND_OK ? strtoll(s.pq.PQcmdTuples(r), NULL, 10)
                                     : -1;
    s.pq.PQclear(r);
    mi_postgres_close(&s);
    return n;
}

static inline void make_with(made *m, const char *name, unsigned who)
{
    gallery_make(m);
    mien_gallery *g = gallery_open(m);
    CHECK_EQ(gallery_enroll(g, name, who, "door", "", NULL, NULL), MIEN_OK);
    mien_gallery_close(g);
}

/* What the gallery holds when it is next opened, with a log that is whole. */
static inline void state_at(made *m, char out[STATE])
{
    mien_gallery *g = gallery_open(m);
    int64_t last = 0;
    *out = 0;
    if (g)
        state_of(g, WHO, out);
    CHECK(g && !mien_gallery_log(g, NULL, NULL, &last, NULL));
    mien_gallery_close(g);
}

/* Start it; 0: there is none. */
static inline int server_begin(void)
{
    server = cluster_begin(admin, sizeof admin, &hold);
    if (!server)
        return 0;
    run_as_admin("ALTER SYSTEM SET fsync = off"); /* its disk is not cut */
    run_as_admin("DO $$ BEGIN PERFORM pg_reload_conf(); END $$");
    line = wire_begin(strchr(admin, '=') + 1);
    line->end_sessions = end_sessions;
    run_as_admin("CREATE ROLE keeper LOGIN; CREATE ROLE stranger LOGIN;"
                 "CREATE ROLE auditor LOGIN; CREATE ROLE deputy LOGIN;"
                 "GRANT keeper TO deputy;"
                 "GRANT CREATE ON DATABASE postgres TO keeper");
    use_role("keeper");
    return 1;
}

/* End it. */
static inline void server_end(void)
{
    wire_end(line);
    cluster_end(server, hold);
}

#endif
