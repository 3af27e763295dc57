/* pq.h: the functions of libpq that are called.
 *
 * The library is loaded when a server is asked, not when the program starts:
 * with it come OpenSSL, Kerberos and LDAP. */
#ifndef MI_POSTGRES_PQ_H
#define MI_POSTGRES_PQ_H

#include "mien/base.h"

#include <libpq-fe.h>

/* X(function) */
#define MI_PQ_LIST(X)       \
    X(PQclear)              \
    X(PQcmdStatus)          \
    X(PQcmdTuples)          \
    X(PQconnectdbParams)    \
    X(PQconninfoFree)       \
    X(PQconninfoParse)      \
    X(PQerrorMessage)       \
    X(PQexec)               \
    X(PQexecParams)         \
    X(PQfinish)             \
    X(PQfreemem)            \
    X(PQftype)              \
    X(PQgetisnull)          \
    X(PQgetlength)          \
    X(PQgetvalue)           \
    X(PQnfields)            \
    X(PQntuples)            \
    X(PQparameterStatus)    \
    X(PQresultErrorField)   \
    X(PQresultErrorMessage) \
    X(PQresultStatus)       \
    X(PQserverVersion)      \
    X(PQsetNoticeProcessor) \
    X(PQstatus)

typedef struct mi_pq {
#define X(function) __typeof__(&function) function;
    MI_PQ_LIST(X)
#undef X
} mi_pq;

/* Fails with EUNSUP, and says what is missing. */
mien_status mi_pq_load(mi_pq *out, mien_error *err);

#endif
