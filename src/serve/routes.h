/* routes.h: what the server offers: the one table from which requests are
 * shared out, OpenAPI is written (openapi.c) and the test of who may do what is
 * made. */
#ifndef MI_SERVE_ROUTES_H
#define MI_SERVE_ROUTES_H

#include <stdint.h>

typedef enum mi_route_kind {
    MI_ROUTE_HEALTH,
    MI_ROUTE_OPENAPI,
    MI_ROUTE_METRICS,
    MI_ROUTE_SERVER,
    MI_ROUTE_LOG_IN,
    MI_ROUTE_SESSION,
    MI_ROUTE_LOG_OUT,
    MI_ROUTE_DETECT,
    MI_ROUTE_VERIFY,
    /* with a gallery */
    MI_ROUTE_RECOGNIZE,
    MI_ROUTE_SUBJECTS,
    MI_ROUTE_SUBJECT_ADD,
    MI_ROUTE_SUBJECT_RENAME,
    MI_ROUTE_SUBJECT_DELETE,
    MI_ROUTE_FACES,
    MI_ROUTE_FACE_ADD,
    MI_ROUTE_FACE_DELETE,
    MI_ROUTE_AUDIT,
    MI_ROUTE_PEOPLE,
    MI_ROUTE_PERSON,
    MI_ROUTE_EVIDENCE,
    MI_ROUTE_EVIDENCE_ADD,
    MI_ROUTE_EVIDENCE_READ,
    MI_ROUTE_EVIDENCE_DELETE,
    MI_ROUTE_NEGATIVES,
    MI_ROUTE_NEGATIVE_ADD,
    MI_ROUTE_NEGATIVE_DELETE,
    MI_ROUTE_UNDO,
    MI_ROUTE_GALLERY,
    MI_ROUTE_GALLERY_DELETE,
    MI_ROUTE_GALLERY_KEEP,
    MI_ROUTE_PURPOSE_DELETE,
    MI_ROUTE_SEARCH
} mi_route_kind;

typedef struct mi_route {
    mi_route_kind kind;
    const char *method;
    const char *path; /* may end in a name in braces, which stands for the rest
                         of a path, one byte or more */
    unsigned scope;   /* MIEN_SERVE_*, of which one will do; 0: no key is asked
                         for */
    const char *picture[2]; /* fields that hold pictures; NULL: none */
    const char *file;       /* a field that holds any file; NULL: none */
    const char *text;       /* a field of JSON that holds a text; NULL: none */
    const char *more[3];    /* further ones; NULL: none */
    const char *type;       /* of the answer */
    const char *summary;
} mi_route;

enum { MI_ROUTES = 33 };
_Static_assert(MI_ROUTES <= 64, "each has a bit of mi_parameter.of");
extern const mi_route mi_routes[MI_ROUTES];

/* The place of the route for a method and path, -1: there is none; allow has
 * the methods of the path then, with commas.  *rest is what a name in braces
 * stands for. */
int mi_route_find(const char *method, const char *path, const char **rest,
                  char allow[32]);

/* 1: it makes something, and answers 201 for 200. */
int mi_route_made(const mi_route *r);
/* 1: its requests have a body. */
int mi_route_has_body(const mi_route *r);
/* 1: it is about who is logged in. */
int mi_route_is_session(const mi_route *r);
/* 1: it tells the same to anybody. */
int mi_route_is_open(const mi_route *r);

/* A route among others, for the OR of several. */
#define MI_ROUTE_BIT(kind) (UINT64_C(1) << (kind))

/* A parameter of a query. */
typedef struct mi_parameter {
    const char *name, *type, *about;
    uint64_t of; /* the routes that have it: OR of MI_ROUTE_BIT(kind) */
} mi_parameter;

enum { MI_PARAMETERS = 14 };
extern const mi_parameter mi_parameters[MI_PARAMETERS];

#endif
