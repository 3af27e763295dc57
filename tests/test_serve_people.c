/* A gallery behind the server: who may do what to whom, made from the table of
 * routes; people come, are recognised and go.
 *
 * Not as WebAssembly: sockets, threads and libmicrohttpd. */
#include "mien/gallery_inferred.h"
#include "serve/routes.h"
#include "tests/gallery_make.h"
#include "tests/serve_ask.h"

static const char type[] = "multipart/form-data; boundary=b";

/* Enrol somebody with the face of a word; the face's number. */
static int64_t enrol(mien_gallery *g, const char *name, const char *purpose,
                     char letter)
{
    float row[MIEN_DESCRIPTOR] = {0};
    mien_gallery_person p = {.basis = {.basis = "consent"}};
    mien_gallery_faces f = {1, MIEN_DESCRIPTOR, row, ""};
    snprintf(p.name, sizeof p.name, "%s", name);
    snprintf(p.basis.purpose, sizeof p.basis.purpose, "%s", purpose);
    memcpy(f.model, model_a, sizeof f.model);
    row[(unsigned char)letter % MIEN_DESCRIPTOR] = 1;
    CHECK_EQ(mien_gallery_enroll(g, &p, &f, NULL, NULL), MIEN_OK);
    return mien_gallery_face_at(g, mien_gallery_count_faces(g) - 1).id;
}

static mien_server *serve(mien_gallery *g)
{
    mien_server_options o = MIEN_SERVER_DEFAULTS;
    o.keys = keys_path;
    o.gallery = g;
    o.model = model_a;
    o.rate = 0;
    return start(o);
}

static void id_text(int64_t id, char out[40])
{
    snprintf(out, 40, "00000000-0000-0000-%04llx-%012llx",
             (unsigned long long)id >> 48,
             (unsigned long long)id & 0xffffffffffffULL);
}

/* ---- who may do what ----------------------------------------------------- */

/* What a key of a purpose ("" for any) that has the scope of a route gets: of
 * Ada, who is enrolled for the door. */
static int wanted(const mi_route *r, const char *purpose)
{
    int door = strcmp(purpose, "door") == 0, any = !*purpose;
    switch (r->kind) {
    case MI_ROUTE_RECOGNIZE: return any ? 400 : 200;
    case MI_ROUTE_SUBJECT_ADD: return any ? 400 : 201;
    case MI_ROUTE_SUBJECT_RENAME:
    case MI_ROUTE_SUBJECT_DELETE:
    case MI_ROUTE_FACE_DELETE:
    case MI_ROUTE_PERSON: return door || any ? 200 : 404;
    case MI_ROUTE_FACE_ADD: return door || any ? 201 : 409;
    default: return 200;
    }
}

/* The path of a route, about Ada. */
static void path_of(const mi_route *r, int64_t face, char out[200])
{
    char id[40];
    id_text(face, id);
    int n = (int)strcspn(r->path, "{");
    snprintf(out, 200, "%.*s%s%s", n, r->path,
             !r->path[n]                       ? ""
             : r->kind == MI_ROUTE_FACE_DELETE ? id
                                               : "Ada",
             r->kind == MI_ROUTE_FACE_ADD ? "?subject=Ada" : "");
}

/* What a request with a key of a scope and a purpose gets: of a gallery that
 * has Ada, for the door. */
static void ask_about_ada(const mi_route *r, unsigned scope,
                          const char *purpose)
{
    char key[MIEN_SERVE_KEY_SIZE], path[200], out[20000];
    mien_serve_key k = {.name = "k", .scopes = scope, .basis = "consent"};
    made m;
    gallery_make(&m);
    mien_gallery *g = gallery_open_at(&m, 0, NULL);
    path_of(r, enrol(g, "Ada", "door", 'a'), path);
    unlink(keys_path);
    snprintf(k.purpose, sizeof k.purpose, "%s", purpose);
    CHECK_EQ(mien_serve_key_add(keys_path, &k, key, NULL), MIEN_OK);
    mien_server *s = serve(g);
    request q = {.method = r->method, .path = path, .key = key};
    q.body = r->text         ? "{\"subject\":\"Cy\"}"
             : r->picture[0] ? serve_photo("whoa")
                             : NULL;
    q.type = r->text ? "application/json" : type;
    int want = scope & r->scope ? wanted(r, purpose) : 403;
    int got = ask(s, q, out, sizeof out);
    CHECK_MSG(got == want, "%s %s, scopes %u, for '%s': %d, want %d: %s",
              r->method, path, scope, purpose, got, want,
              strstr(out, "\r\n\r\n"));
    mien_server_free(s);
    const mien_gallery_person *p = mien_gallery_find(g, "Ada");
    CHECK(want < 300 || (p && p->faces == 1 && mien_gallery_count(g) == 1));
    mien_gallery_close(g);
    gallery_remove(&m);
}

/* Each route with its scope alone and with all others, for each purpose; those
 * behind the last are in the table of tests/test_serve_access.c. */
static void test_each_route_scope_and_owner(void)
{
    static const char *const purposes[] = {"door", "canteen", ""};
    for (int r = MI_ROUTE_RECOGNIZE; r <= MI_ROUTE_PERSON; r++)
        for (int k = 0; k < 6; k++) {
            unsigned own = mi_routes[r].scope;
            ask_about_ada(&mi_routes[r], k < 3 ? own : MIEN_SERVE_ALL & ~own,
                          purposes[k % 3]);
        }
}

/* ---- a story ------------------------------------------------------------- */

typedef struct step {
    const char *method, *path, *body;
    int status;
    const char *has;
} step;

/* Ask one after the other, with a key. */
static void walk(const mien_server *s, const char *key, size_t n,
                 const step *steps)
{
    char out[20000];
    for (size_t i = 0; i < n; i++) {
        const step *t = &steps[i];
        int json = t->body && *t->body == '{';
        request q = {.method = t->method, .path = t->path, .key = key};
        q.body = json ? t->body : t->body ? serve_photo(t->body) : NULL;
        q.type = json ? "application/json" : type;
        int got = ask(s, q, out, sizeof out);
        CHECK_MSG(got == t->status && strstr(out, t->has),
                  "step %zu: %d, want %d and %s in %s", i, got, t->status,
                  t->has, out);
        CHECK(!strstr(out, "embedding"));
    }
}

#define FACES "/api/v1/recognition/faces"
#define WHO "/api/v1/recognition/recognize"

static const step story[] = {
    {"POST", "/api/v1/recognition/faces?subject=Ada", "whoa", 201,
     "\"subject\":\"Ada\"}"},
    {"POST", "/api/v1/recognition/faces?subject=Ada", "whoa", 201,
     "{\"image_id\":\"00000000-0000-0000-"},
    {"POST", "/api/v1/recognition/subjects", "{\"subject\":\"B\"}", 201,
     "{\"subject\":\"B\"}"},
    {"POST", "/api/v1/recognition/faces?subject=B", "whob", 201, "B"},
    {"POST", WHO, "whoa", 200,
     "\"subjects\":[{\"subject\":\"Ada\",\"similarity\":1.0,\"distance\":0."
     "0}"},
    {"POST", WHO, "whoc", 200, "\"subjects\":[]"},
    {"POST", "/api/v1/recognition/recognize?purpose=door&status=true", "whob",
     200, "\"plugins_versions\""},
    {"GET", "/api/v1/recognition/subjects", NULL, 200,
     "{\"subjects\":[\"Ada\",\"B\"]}"},
    {"GET", "/api/v1/recognition/faces?subject=Ada&size=1&page=1", NULL, 200,
     "\"page_number\":1,\"page_size\":1,\"total_pages\":2,"
     "\"total_elements\":2}"},
    {"GET", FACES, NULL, 200, "\"total_elements\":3}"},
    {"PUT", "/api/v1/recognition/subjects/B", "{\"subject\":\"B \\u00fc\"}",
     200, "{\"updated\":true}"},
    {"POST", WHO, "whob", 200, "\"subject\":\"B \xc3\xbc\""},
    {"DELETE", "/api/v1/recognition/subjects/B%20%c3%bc", NULL, 200,
     "\"certificate\":{\"person\":2,"},
    {"POST", WHO, "whob", 200, "\"subjects\":[]"},
    {"DELETE", "/api/v1/recognition/subjects/B", NULL, 404, "no such"},
    {"GET", "/api/v1/audit", NULL, 200, "\"kind\":\"withdrawn\""},
};

static void test_people_come_are_recognised_and_go(void)
{
    char key[MIEN_SERVE_KEY_SIZE];
    made m;
    gallery_make(&m);
    mien_gallery *g = gallery_open_at(&m, 0, NULL);
    unlink(keys_path);
    mien_serve_key k = {.name = "k",
                        .scopes = MIEN_SERVE_ALL,
                        .purpose = "door",
                        .basis = "consent",
                        .days = 30};
    CHECK_EQ(mien_serve_key_add(keys_path, &k, key, NULL), MIEN_OK);
    mien_server *s = serve(g);
    walk(s, key, sizeof story / sizeof *story, story);
    mien_server_free(s);
    char until[11];
    mien_day_add(mien_gallery_person_at(g, 0)->basis.date, 30, until);
    CHECK(!strcmp(mien_gallery_person_at(g, 0)->basis.expiry, until));
    CHECK_EQ(mien_gallery_count(g), 1);
    mien_gallery_close(g);
    gallery_remove(&m);
}

/* Who is erased is told which files of predictions have rows about them. */
static void test_files_of_predictions_are_named(void)
{
    static const step erase[] = {
        {"DELETE", "/api/v1/recognition/subjects/Ada", NULL, 200,
         "\"inferred\":1,"},
        {"DELETE", "/api/v1/recognition/subjects/Bob", NULL, 200,
         "\"predictions\":[{\"file\":\"/data/p.csv\",\"sha256\":\"aaaa"},
        {"DELETE", "/api/v1/recognition/subjects/Cy", NULL, 200,
         "\"predictions\":[]"}};
    static const char *const names[] = {"Ada", "Bob", "Cy"};
    char key[MIEN_SERVE_KEY_SIZE];
    made m;
    gallery_make(&m);
    mien_gallery *g = gallery_open_at(&m, 0, NULL);
    for (int i = 0; i < 3; i++) {
        const mien_gallery_inference in = {
            "/data/p.csv", model_a, model_a, "", {(uint8_t *)"1,0.5", 5}};
        enrol(g, names[i], "door", (char)('a' + i));
        if (i < 2)
            CHECK_EQ(
                mien_gallery_add_inferred(g, mien_gallery_find(g, names[i])->id,
                                          &in, NULL, NULL),
                MIEN_OK);
    }
    serve_only_key(key);
    mien_server *s = serve(g);
    walk(s, key, sizeof erase / sizeof *erase, erase);
    mien_server_free(s);
    CHECK_EQ(mien_gallery_count(g), 0);
    mien_gallery_close(g);
    gallery_remove(&m);
}

/* ---- when a photo was taken ---------------------------------------------- */

#define BORN "/api/v1/recognition/recognize?purpose=door"
#define TAKEN(day, from, later)                 \
    "\"taken\":{\"day\":" day ",\"from\":" from \
    ",\"born\":1,\"born_later\":" later "}}"

/* Ada was born on 1 May 2001. */
static const struct {
    const char *photo; /* the day that it says */
    step step;
} dated[] = {
    {"", {"POST", BORN, "whoa", 200, TAKEN("null", "null", "0")}},
    {"", {"POST", BORN, "whoa", 200, "\"subject\":\"Ada\""}},
    {"2001-05-01", {"POST", BORN, "whoa", 200, "\"subject\":\"Ada\""}},
    {"2001-05-01",
     {"POST", BORN, "whoa", 200, TAKEN("\"2001-05-01\"", "\"exif\"", "0")}},
    {"2001-04-30",
     {"POST", BORN, "whoa", 200,
      "\"subjects\":[],\"described\":true,\"compared\":1}"}},
    {"2001-04-30",
     {"POST", BORN, "whoa", 200, TAKEN("\"2001-04-30\"", "\"exif\"", "1")}},
    {"2001-04-30",
     {"POST", BORN "&taken=2020-01-01", "whoa", 200, "\"subject\":\"Ada\""}},
    {"2001-04-30",
     {"POST", BORN "&taken=unknown", "whoa", 200, "\"subject\":\"Ada\""}},
    {"2020-01-01",
     {"POST", BORN "&taken=1999-12-31", "whoa", 200,
      TAKEN("\"1999-12-31\"", "\"caller\"", "1")}},
    {"", {"POST", BORN "&taken=2001-02-30", "whoa", 400, "taken: wanted"}},
    {"", {"POST", BORN "&taken=", "whoa", 400, "taken: wanted"}},
    {"2001-04-30",
     {"POST", "/api/v1/recognition/recognize?purpose=shop", "whob", 200,
      "\"enrolled\":0}}"}},
};

static void test_who_was_born_later_is_not_looked_for(void)
{
    float row[MIEN_DESCRIPTOR] = {['a'] = 1};
    const mien_gallery_person ada = {.name = "Ada",
                                     .basis = {"consent", "door", "", ""},
                                     .born = "2001-05-01"};
    mien_gallery_faces f = {1, MIEN_DESCRIPTOR, row, ""};
    char key[MIEN_SERVE_KEY_SIZE];
    made m;
    gallery_make(&m);
    mien_gallery *g = gallery_open_at(&m, 0, NULL);
    memcpy(f.model, model_a, sizeof f.model);
    CHECK_EQ(mien_gallery_enroll(g, &ada, &f, NULL, NULL), MIEN_OK);
    enrol(g, "Bo", "door", 'b'); /* whose birth date is not kept */
    serve_only_key(key);
    mien_server *s = serve(g);
    for (size_t i = 0; i < sizeof dated / sizeof *dated; i++) {
        fake_taken = dated[i].photo;
        walk(s, key, 1, &dated[i].step);
    }
    fake_taken = "";
    mien_server_free(s);
    mien_gallery_close(g);
    gallery_remove(&m);
}

/* ---- what is refused ----------------------------------------------------- */

#define A51 "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define A255 A51 A51 A51 A51 A51

static const step refused[] = {
    {"POST", "/api/v1/recognition/recognize", "whoa", 400, "purpose"},
    {"POST", "/api/v1/recognition/recognize?purpose=opt-out", "whoa", 400,
     "never to be matched"},
    {"POST", "/api/v1/recognition/recognize?purpose=door&prediction_count=2",
     "whoa", 400, "prediction_count"},
    {"POST", "/api/v1/recognition/recognize?purpose=door", "none", 400,
     "\"code\":28"},
    {"POST", "/api/v1/recognition/recognize?purpose=door", "bad", 400,
     "no picture"},
    {"POST", "/api/v1/recognition/faces?purpose=door&basis=consent", "whoa",
     400, "subject"},
    {"POST", "/api/v1/recognition/faces?subject=Cy&purpose=door", "whoa", 400,
     "basis"},
    {"POST", "/api/v1/recognition/faces?subject=Cy&basis=consent", "whoa", 400,
     "purpose"},
    {"POST", "/api/v1/recognition/faces?subject=Cy&basis=whim&purpose=door",
     "whoa", 400, "whim"},
    {"POST",
     "/api/v1/recognition/"
     "faces?subject=Cy&basis=consent&purpose=door&expires=2001-01-01",
     "whoa", 400, "2001"},
    {"POST",
     "/api/v1/recognition/"
     "faces?subject=Cy&basis=consent&purpose=door&expires=soon",
     "whoa", 400, "expires"},
    {"POST", "/api/v1/recognition/faces?subject=Cy&basis=consent&purpose=door",
     "two", 400, "More than one"},
    {"POST", "/api/v1/recognition/faces?subject=Cy&basis=consent&purpose=door",
     "none", 400, "\"code\":28"},
    {"POST", "/api/v1/recognition/faces?subject=Ada&purpose=canteen", "whoa",
     409, "another purpose"},
    {"POST", "/api/v1/recognition/faces?subject=Ada&basis=research", "whoa",
     409, "another basis"},
    {"POST", "/api/v1/recognition/subjects?purpose=door&basis=consent",
     "{\"subject\":\"Ada\"}", 400, "enrolled already"},
    {"POST", "/api/v1/recognition/subjects?purpose=door&basis=consent",
     "{\"subject\":\"\"}", 400, "bytes are wanted"},
    {"POST", "/api/v1/recognition/subjects?purpose=door&basis=consent",
     "{\"name\":\"Cy\"}", 400, "subject"},
    {"POST", "/api/v1/recognition/subjects?purpose=door&basis=consent",
     "{\"subject\":7}", 400, "no text"},
    {"PUT", "/api/v1/recognition/subjects/Ada", "{\"subject\":\"a\\nb\"}", 400,
     "control"},
    {"PUT", "/api/v1/recognition/subjects/Nobody", "{\"subject\":\"Cy\"}", 404,
     "no such subject"},
    {"GET", "/api/v1/recognition/faces?size=0", NULL, 400, "1..1000"},
    {"GET", "/api/v1/recognition/faces?size=1001", NULL, 400, "size"},
    {"GET", "/api/v1/recognition/faces?page=-1", NULL, 400, "page"},
    {"DELETE", "/api/v1/recognition/faces/1", NULL, 404, "no such face"},
    {"DELETE", "/api/v1/recognition/faces/00000000-0000-0000-ffff-ffffffffffff",
     NULL, 404, "no such face"},
    {"DELETE", "/api/v1/recognition/faces/00000000-0000-0000-0000-000000000001",
     NULL, 404, "no such face"},
    {"DELETE", "/api/v1/recognition/subjects/" A255, NULL, 404,
     "no such subject"},
    {"DELETE", "/api/v1/recognition/subjects/A" A255, NULL, 404,
     "no such path"},
    {"DELETE", "/api/v1/recognition/subjects/Ada%00x", NULL, 404,
     "no such subject"},
    {"DELETE", "/api/v1/recognition/subjects/Ada%4", NULL, 404,
     "no such subject"},
    {"PUT", "/api/v1/recognition/subjects/%41d%61", "{\"subject\":\"\"}", 400,
     "bytes are wanted"},
    {"GET", "/api/v1/evidence?subject=Ada%00x", NULL, 404, "no such subject"},
    {"DELETE", "/api/v1/recognition/subjects/", NULL, 404, "no such path"},
    {"DELETE", "/api/v1/recognition/subjects", NULL, 405, "Allow: GET, POST"},
};

static void test_what_is_refused(void)
{
    char key[MIEN_SERVE_KEY_SIZE];
    made m;
    gallery_make(&m);
    mien_gallery *g = gallery_open_at(&m, 0, NULL);
    enrol(g, "Ada", "door", 'a');
    serve_only_key(key);
    mien_server *s = serve(g);
    walk(s, key, sizeof refused / sizeof *refused, refused);
    mien_server_free(s);
    CHECK_EQ(mien_gallery_count(g), 1);
    CHECK_EQ(mien_gallery_count_faces(g), 1);
    mien_gallery_close(g);
    gallery_remove(&m);
}

/* A key of one purpose says nothing of who was enrolled for another. */
static void test_purposes_are_apart(void)
{
    char id[9], door[MIEN_SERVE_KEY_SIZE], canteen[MIEN_SERVE_KEY_SIZE];
    char out[20000], path[200], text[40];
    made m;
    gallery_make(&m);
    mien_gallery *g = gallery_open_at(&m, 0, NULL);
    int64_t ada = enrol(g, "Ada", "door", 'a');
    enrol(g, "Bob", "canteen", 'b');
    unlink(keys_path);
    serve_key(MIEN_SERVE_ALL, "", "door", id, door);
    serve_key(MIEN_SERVE_ALL, "", "canteen", id, canteen);
    mien_server *s = serve(g);
    request q = {.method = "POST",
                 .path = "/api/v1/recognition/recognize",
                 .type = type};
    for (int i = 0; i < 2; i++) {
        q.key = i ? canteen : door;
        q.body = serve_photo("whoa");
        CHECK_EQ(ask(s, q, out, sizeof out), 200);
        CHECK((strstr(out, "Ada") == NULL) == i && !strstr(out, "Bob"));
    }
    q.path = "/api/v1/recognition/recognize?purpose=door";
    CHECK_EQ(ask(s, q, out, sizeof out), 403);
    q = (request){
        .method = "GET", .path = "/api/v1/recognition/faces", .key = canteen};
    CHECK_EQ(ask(s, q, out, sizeof out), 200);
    CHECK(strstr(out, "Bob") && !strstr(out, "Ada"));
    id_text(ada, text);
    snprintf(path, sizeof path, "/api/v1/recognition/faces/%s", text);
    q = (request){.method = "DELETE", .path = path, .key = canteen};
    CHECK_EQ(ask(s, q, out, sizeof out), 404);
    q.key = door;
    CHECK_EQ(ask(s, q, out, sizeof out), 200);
    CHECK(strstr(out, text) && strstr(out, "Ada"));
    CHECK_EQ(ask(s, q, out, sizeof out), 404);
    mien_server_free(s);
    CHECK_EQ(mien_gallery_find(g, "Ada")->faces, 0);
    mien_gallery_close(g);
    gallery_remove(&m);
}

/* Near enough is what the gallery was calibrated to, unless the server was
 * told.
 */
static void test_the_threshold_that_is_kept(void)
{
    char key[MIEN_SERVE_KEY_SIZE], out[20000], wanted[40];
    float row[2 * MIEN_DESCRIPTOR];
    made m;
    mien_gallery_threshold t;
    mien_gallery_calibrate_options o = MIEN_GALLERY_CALIBRATE_DEFAULTS;
    gallery_make(&m);
    mien_gallery *g = gallery_open_at(&m, 0, NULL);
    unsigned seed = 7;
    for (int i = 0; i < 40; i++) {
        mien_gallery_person p = {.basis = {"consent", "door", "", ""}};
        mien_gallery_faces f = {2, MIEN_DESCRIPTOR, row, ""};
        memcpy(f.model, model_a, sizeof f.model);
        snprintf(p.name, sizeof p.name, "Person %d", i);
        for (int k = 0; k < 2 * MIEN_DESCRIPTOR; k++)
            row[k] = (float)(check_rand(&seed) % 100) / 100;
        CHECK_EQ(mien_gallery_enroll(g, &p, &f, NULL, NULL), MIEN_OK);
    }
    o.false_match = 0.1;
    CHECK_EQ(mien_gallery_calibrate(g, "door", model_a, &o, &t, NULL, NULL),
             MIEN_OK);
    snprintf(wanted, sizeof wanted, "\"threshold\":%.6g", (double)t.threshold);
    serve_only_key(key);
    mien_server *s = serve(g);
    request q = {.method = "POST", .key = key, .type = type};
    q.path = "/api/v1/recognition/recognize?purpose=door&status=true";
    q.body = serve_photo("whoa");
    CHECK_EQ(ask(s, q, out, sizeof out), 200);
    CHECK_MSG(t.threshold > 1 && strstr(out, wanted), "%s in %s", wanted, out);
    q.path = "/api/v1/recognition/recognize?purpose=shop&status=true";
    CHECK_EQ(ask(s, q, out, sizeof out), 200);
    CHECK_MSG(strstr(out, "\"threshold\":0.6"), "%s", out);
    mien_server_free(s);
    mien_gallery_close(g);
    gallery_remove(&m);
}

static void test_a_gallery_wants_keys(void)
{
    made m;
    mien_error err = {0};
    mien_server *s = NULL;
    mien_server_options o = MIEN_SERVER_DEFAULTS;
    gallery_make(&m);
    o.gallery = gallery_open(&m);
    o.listen = "127.0.0.1:0";
    o.read = fake_read;
    o.model = model_a;
    CHECK_EQ(mien_server_new(&o, &s, &err), MIEN_EARG);
    CHECK(!s && strstr(err.text, "keys"));
    o.keys = keys_path;
    o.model = NULL;
    CHECK_EQ(mien_server_new(&o, &s, &err), MIEN_EARG);
    o.model = model_a;
    o.tolerance = 5;
    CHECK_EQ(mien_server_new(&o, &s, &err), MIEN_EARG);
    mien_gallery_close(o.gallery);
    gallery_remove(&m);
}

int main(int argc, char **argv)
{
    serve_start(argc, argv);
    RUN(test_each_route_scope_and_owner);
    RUN(test_people_come_are_recognised_and_go);
    RUN(test_files_of_predictions_are_named);
    RUN(test_who_was_born_later_is_not_looked_for);
    RUN(test_what_is_refused);
    RUN(test_purposes_are_apart);
    RUN(test_the_threshold_that_is_kept);
    RUN(test_a_gallery_wants_keys);
    return serve_done();
}
