/* Every route for every role, owner, way to be let in and page that asks, made
 * from the table of routes.
 *
 * Not as WebAssembly: sockets, threads and libmicrohttpd. */
#include "serve/routes.h"
#include "tests/gallery_make.h"
#include "tests/serve_session.h"

static const char photo[] = "--b\r\nContent-Disposition: form-data; "
                            "name=\"file\"\r\n\r\nwhoa\r\n--b--\r\n";

#define SUBJECTS "/api/v1/recognition/subjects"
#define FACES "/api/v1/recognition/faces"
#define EVIDENCE "/api/v1/evidence"
#define NEGATIVES "/api/v1/negatives"

/* ---- who may do what ----------------------------------------------------- */

enum { ROLES = 6, OWNERS = 3 };
static const char *const owners[OWNERS] = {"door", "canteen", ""};

/* How a request is let in. */
typedef enum way { NOBODY, KEY, TOKEN, WRONG_TOKEN, NO_TOKEN, WAYS } way;

/* From where it comes. */
static const struct {
    const char *headers; /* %d is the port */
    int foreign;         /* 1: another site's; 2: a link of another site */
} pages[] = {
    {"", 0},
    {"Origin: http://127.0.0.1:%d\r\nSec-Fetch-Site: same-origin\r\n", 0},
    {"Sec-Fetch-Site: none\r\n", 0},
    {"Origin: http://evil.example\r\nSec-Fetch-Site: cross-site\r\n", 1},
    {"Origin: null\r\n", 1},
    {"Sec-Fetch-Site: cross-site\r\n", 2},
    {"Sec-Fetch-Site: same-site\r\n", 2},
};
enum { PAGES = sizeof pages / sizeof *pages };

/* The house of the table: Ada is enrolled for the door; somebody of each role
 * for each owner, and an admin who puts everything back. */
typedef struct house {
    made made;
    mien_gallery *gallery;
    mien_server *server;
    char admin[MIEN_SERVE_KEY_SIZE];
    char key[ROLES][OWNERS][MIEN_SERVE_KEY_SIZE];
    browser browser[ROLES][OWNERS];
    char face[40], evidence[40], negative[40];
} house;

static void add_key(unsigned scopes, const char *purpose,
                    char key[MIEN_SERVE_KEY_SIZE])
{
    mien_serve_key k = {.name = "k", .scopes = scopes, .basis = "consent"};
    snprintf(k.purpose, sizeof k.purpose, "%s", purpose);
    CHECK_EQ(mien_serve_key_add(keys_path, &k, key, NULL), MIEN_OK);
}

/* Ask as the admin. */
static void put_back(house *h, const char *method, const char *path,
                     const char *body)
{
    char out[20000];
    request r = {.method = method, .path = path, .key = h->admin, .body = body};
    r.type = body && *body == '{' ? "application/json" : NULL;
    int got = ask(h->server, r, out, sizeof out);
    CHECK_MSG(got == 200 || got == 201, "%s %s: %s", method, path, out);
    if (strcmp(method, "POST") != 0)
        return;
    if (strstr(out, "\"image_id\""))
        between(out, "\"image_id\":\"", "\"", h->face, sizeof h->face);
    if (strstr(out, "\"evidence_id\""))
        between(out, "_id\":\"", "\"", h->evidence, sizeof h->evidence);
    if (strstr(out, "\"negative_id\""))
        between(out, "_id\":\"", "\"", h->negative, sizeof h->negative);
}

/* Put Ada into the gallery, with a face, a file and somebody who is not her. */
static void put_ada(house *h)
{
    put_back(h, "POST", FACES "?subject=Ada&purpose=door&basis=consent", photo);
    put_back(h, "POST", EVIDENCE "?subject=Ada&name=form.pdf", photo);
    put_back(h, "POST", NEGATIVES "?subject=Ada", photo);
}

static void build(house *h)
{
    char out[4000];
    mien_server_options o = MIEN_SERVER_DEFAULTS;
    o.rate = 0;
    o.sessions = 1000;
    o.keys = keys_path;
    o.model = model_a;
    gallery_make(&h->made);
    h->gallery = gallery_open_at(&h->made, 0, NULL);
    unlink(keys_path);
    add_key(MIEN_SERVE_ALL, "", h->admin);
    for (int r = 0; r < ROLES; r++)
        for (int w = 0; w < OWNERS; w++)
            add_key(mien_serve_role_scopes((mien_serve_role)r), owners[w],
                    h->key[r][w]);
    o.gallery = h->gallery;
    h->server = start(o);
    for (int r = 0; r < ROLES; r++)
        for (int w = 0; w < OWNERS; w++)
            CHECK_EQ(browser_log_in(&h->browser[r][w], h->server, h->key[r][w],
                                    NULL, out, sizeof out),
                     201);
    put_ada(h);
}

/* The path of a route, about Ada. */
static void path_of(const house *h, const mi_route *r, char out[200])
{
    int n = (int)strcspn(r->path, "{");
    const char *rest = "Ada", *query = "";
    if (r->kind == MI_ROUTE_FACE_DELETE)
        rest = h->face;
    if (strncmp(r->path + n, "{evidence", 9) == 0)
        rest = h->evidence;
    if (strncmp(r->path + n, "{negative", 9) == 0)
        rest = h->negative;
    if (r->kind == MI_ROUTE_PURPOSE_DELETE)
        rest = "door";
    if (r->kind == MI_ROUTE_FACE_ADD ||
        (r->kind >= MI_ROUTE_EVIDENCE && r->kind <= MI_ROUTE_NEGATIVE_DELETE))
        query = "?subject=Ada&name=form.pdf";
    snprintf(out, 200, "%.*s%s%s", n, r->path, r->path[n] ? rest : "", query);
}

/* What somebody who may do it gets, who asks for an owner about Ada. */
static int answer_to(const mi_route *r, const char *owner)
{
    int hers = !*owner || strcmp(owner, "door") == 0;
    switch (r->kind) {
    case MI_ROUTE_SEARCH:
    case MI_ROUTE_RECOGNIZE: return *owner ? 200 : 400;
    case MI_ROUTE_SUBJECT_ADD: return *owner ? 201 : 400;
    case MI_ROUTE_FACE_ADD: return hers ? 201 : 409;
    case MI_ROUTE_SUBJECT_RENAME:
    case MI_ROUTE_SUBJECT_DELETE:
    case MI_ROUTE_FACE_DELETE:
    case MI_ROUTE_PERSON:
    case MI_ROUTE_EVIDENCE:
    case MI_ROUTE_EVIDENCE_READ:
    case MI_ROUTE_EVIDENCE_DELETE:
    case MI_ROUTE_NEGATIVES:
    case MI_ROUTE_PURPOSE_DELETE:
    case MI_ROUTE_NEGATIVE_DELETE: return hers ? 200 : 404;
    case MI_ROUTE_EVIDENCE_ADD:
    case MI_ROUTE_NEGATIVE_ADD: return hers ? 201 : 404;
    case MI_ROUTE_UNDO:
    case MI_ROUTE_GALLERY_KEEP: return *owner ? 403 : 200;
    case MI_ROUTE_GALLERY_DELETE: return *owner ? 403 : 202;
    default: return 200;
    }
}

/* What a request gets. */
static int wanted(const mi_route *r, int role, int owner, way how, int page)
{
    int of_session = r->kind == MI_ROUTE_LOG_IN ||
                     r->kind == MI_ROUTE_SESSION || r->kind == MI_ROUTE_LOG_OUT;
    int does = strcmp(r->method, "GET") != 0;
    if (pages[page].foreign == 1 ||
        (pages[page].foreign == 2 && (r->scope || of_session)))
        return 403;
    if (r->kind == MI_ROUTE_LOG_IN)
        return 201;
    if (!r->scope && r->kind != MI_ROUTE_LOG_OUT)
        return 200;
    if (how == NOBODY || (how == KEY && r->kind == MI_ROUTE_LOG_OUT))
        return 401;
    if (how == WRONG_TOKEN || (does && how == NO_TOKEN))
        return 403;
    if (r->kind == MI_ROUTE_LOG_OUT)
        return 200;
    return mien_serve_role_scopes((mien_serve_role)role) & r->scope
               ? answer_to(r, owners[owner])
               : 403;
}

/* Make good what a request has done. */
static void mend(house *h, const mi_route *r, int role, int owner,
                 const char *answer)
{
    char path[100], out[4000];
    browser *b = &h->browser[role][owner];
    switch (r->kind) {
    case MI_ROUTE_LOG_IN: browser_take(b, answer); return;
    case MI_ROUTE_LOG_OUT:
        CHECK_EQ(browser_log_in(b, h->server, h->key[role][owner], NULL, out,
                                sizeof out),
                 201);
        return;
    case MI_ROUTE_SUBJECT_ADD:
        put_back(h, "DELETE", SUBJECTS "/Cy", NULL);
        return;
    case MI_ROUTE_SUBJECT_RENAME:
        put_back(h, "PUT", SUBJECTS "/Cy", "{\"subject\":\"Ada\"}");
        return;
    case MI_ROUTE_FACE_ADD:
        between(answer, "\"image_id\":\"", "\"", out, sizeof out);
        snprintf(path, sizeof path, FACES "/%.40s", out);
        put_back(h, "DELETE", path, NULL);
        return;
    case MI_ROUTE_PURPOSE_DELETE:
    case MI_ROUTE_SUBJECT_DELETE: put_ada(h); return;
    case MI_ROUTE_GALLERY_DELETE:
        put_back(h, "DELETE", "/api/v1/gallery/deletion", NULL);
        return;
    case MI_ROUTE_FACE_DELETE:
        put_back(h, "POST", FACES "?subject=Ada", photo);
        return;
    case MI_ROUTE_EVIDENCE_ADD:
    case MI_ROUTE_NEGATIVE_ADD:
        between(answer, "_id\":\"", "\"", out, sizeof out);
        snprintf(path, sizeof path, "%s/%.40s?subject=Ada", r->path, out);
        put_back(h, "DELETE", path, NULL);
        return;
    case MI_ROUTE_EVIDENCE_DELETE:
        put_back(h, "POST", EVIDENCE "?subject=Ada&name=form.pdf", photo);
        return;
    case MI_ROUTE_NEGATIVE_DELETE:
        put_back(h, "POST", NEGATIVES "?subject=Ada", photo);
        return;
    default: return;
    }
}

static void try_one(house *h, const mi_route *r, int role, int owner, way how,
                    int page)
{
    static const char wrong[] =
        "0000000000000000000000000000000000000000000000000000000000000000";
    char path[200], headers[200], body[4000], out[40000];
    const browser *b = &h->browser[role][owner];
    path_of(h, r, path);
    snprintf(headers, sizeof headers, pages[page].headers,
             mien_server_port(h->server));
    snprintf(body, sizeof body, "{\"%s\":\"%s\"}", r->text ? r->text : "",
             r->kind == MI_ROUTE_LOG_IN ? h->key[role][owner] : "Cy");
    if (r->kind == MI_ROUTE_SEARCH)
        serve_search_body("a", model_a, .6F, body);
    request q = {.method = r->method, .path = path, .headers = headers};
    q.key = how == KEY ? h->key[role][owner] : NULL;
    q.body = r->text                      ? body
             : r->kind == MI_ROUTE_VERIFY ? form
             : r->picture[0] || r->file   ? photo
                                          : NULL;
    q.type = r->text ? "application/json" : NULL;
    int want = wanted(r, role, owner, how, page);
    if (r->kind == MI_ROUTE_UNDO && want == 200)
        put_back(h, "PUT", SUBJECTS "/Ada", "{\"subject\":\"Bea\"}");
    int got = how == NOBODY || how == KEY
                  ? ask(h->server, q, out, sizeof out)
                  : browser_ask(b, h->server, q,
                                how == TOKEN         ? b->token
                                : how == WRONG_TOKEN ? wrong
                                                     : NULL,
                                out, sizeof out);
    CHECK_MSG(got == want,
              "%s %s, role %d, for '%s', way %d, page %d: %d, want %d: %s",
              r->method, path, role, owners[owner], how, page, got, want, out);
    CHECK(!strstr(out, h->key[role][owner]));
    if (got < 300)
        mend(h, r, role, owner, out);
}

/* Who is not let in is told so whomever it is for: one owner shows that. */
static int is_tried(const mi_route *r, int role, int owner, way how, int page)
{
    int want = wanted(r, role, owner, how, page);
    return !owner || (want != 401 && want != 403);
}

/* Each route, role, owner, way to be let in and page that asks. */
static void test_every_route_role_owner_way_and_page(void)
{
    static house h;
    int n = 0, of = 0;
    build(&h);
    for (int r = 0; r < MI_ROUTES; r++)
        for (int role = 0; role < ROLES; role++)
            for (int owner = 0; owner < OWNERS; owner++)
                for (int how = NOBODY; how < WAYS; how++)
                    for (int page = 0; page < PAGES; page++) {
                        const mi_route *route = &mi_routes[r];
                        if (of++ % check_every() ||
                            !is_tried(route, role, owner, (way)how, page))
                            continue;
                        n++;
                        try_one(&h, route, role, owner, (way)how, page);
                    }
    printf("%d requests\n", n);
    mien_server_free(h.server);
    const mien_gallery_person *p = mien_gallery_find(h.gallery, "Ada");
    CHECK(p && p->faces == 1 && mien_gallery_count(h.gallery) == 1);
    mien_gallery_close(h.gallery);
    gallery_remove(&h.made);
}

/* What each role may do is written down here once more. */
static void test_roles(void)
{
    static const unsigned want[ROLES] = {16,      1 | 2 | 8, 16 | 32,
                                         4 | 128, 2047,      1024};
    for (int i = 0; i < ROLES; i++)
        CHECK_EQ(mien_serve_role_scopes((mien_serve_role)i), want[i]);
}

int main(int argc, char **argv)
{
    serve_start(argc, argv);
    RUN(test_every_route_role_owner_way_and_page);
    RUN(test_roles);
    return serve_done();
}
