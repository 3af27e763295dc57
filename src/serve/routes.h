/* routes.h: what the server offers: the one table from which requests are
 * shared out, OpenAPI is written and the test of who may do what is made. */
#ifndef MI_SERVE_ROUTES_H
#define MI_SERVE_ROUTES_H

typedef enum mi_route_kind {
    MI_ROUTE_HEALTH,
    MI_ROUTE_OPENAPI,
    MI_ROUTE_METRICS,
    MI_ROUTE_DETECT,
    MI_ROUTE_VERIFY
} mi_route_kind;

typedef struct mi_route {
    mi_route_kind kind;
    const char *method, *path;
    unsigned scope;         /* MIEN_SERVE_*; 0: no key is asked for */
    const char *picture[2]; /* fields that hold pictures; NULL: none */
    const char *type;       /* of the answer */
    const char *summary;
} mi_route;

enum { MI_ROUTES = 5 };
extern const mi_route mi_routes[MI_ROUTES];

/* The place of the route for a path, -1: there is none. */
int mi_route_find(const char *path);

#endif
