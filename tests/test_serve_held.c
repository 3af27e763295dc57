/* Evidence, faces that are not somebody, and the last change taken back, over
 * HTTP.
 *
 * Not as WebAssembly: sockets, threads and libmicrohttpd. */
#include "tests/gallery_make.h"
#include "tests/serve_session.h"

/* A form of a file. */
static const char *file(const char *bytes)
{
    static char text[300];
    snprintf(text, sizeof text,
             "--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\n%s"
             "\r\n--b--\r\n",
             bytes);
    return text;
}

/* A gallery behind a server, and two keys: for the door, and for anything. */
typedef struct house {
    made made;
    mien_gallery *gallery;
    mien_server *server;
    char door[MIEN_SERVE_KEY_SIZE], any[MIEN_SERVE_KEY_SIZE];
    char out[20000];
} house;

static void add_key(const char *purpose, char key[MIEN_SERVE_KEY_SIZE])
{
    mien_serve_key k = {
        .name = "k", .scopes = MIEN_SERVE_ALL, .basis = "consent"};
    snprintf(k.purpose, sizeof k.purpose, "%s", purpose);
    CHECK_EQ(mien_serve_key_add(keys_path, &k, key, NULL), MIEN_OK);
}

static void build(house *h)
{
    mien_server_options o = MIEN_SERVER_DEFAULTS;
    gallery_make(&h->made);
    h->gallery = gallery_open_at(&h->made, 0, NULL);
    unlink(keys_path);
    add_key("door", h->door);
    add_key("", h->any);
    o.keys = keys_path;
    o.model = model_a;
    o.rate = 0;
    o.gallery = h->gallery;
    o.tolerance = 1.5f; /* the faces of two words are 1.41 apart */
    h->server = start(o);
}

static void leave(house *h)
{
    mien_server_free(h->server);
    mien_gallery_close(h->gallery);
    gallery_remove(&h->made);
}

/* Ask with the key for the door, or for anything; what must be answered. */
static void must(house *h, const char *key, const char *method,
                 const char *path, const char *body, int status,
                 const char *has)
{
    request r = {.method = method, .path = path, .key = key, .body = body};
    if (body && *body == '{')
        r.type = "application/json";
    int got = ask(h->server, r, h->out, sizeof h->out);
    CHECK_MSG(got == status && strstr(h->out, has),
              "%s %s: %d, want %d and %s in %s", method, path, got, status, has,
              h->out);
}

#define EVIDENCE "/api/v1/evidence"
#define NEGATIVES "/api/v1/negatives"
#define ADA "/api/v1/recognition/faces?subject=Ada"
#define WHO "/api/v1/recognition/recognize"

static void test_evidence_is_kept_read_and_erased(void)
{
    static house h;
    char id[40], path[200];
    build(&h);
    must(&h, h.door, "POST", ADA, file("whoa"), 201, "Ada");
    must(&h, h.door, "GET", EVIDENCE "?subject=Ada", NULL, 200,
         "{\"evidence\":[]}");
    must(&h, h.door, "POST", EVIDENCE "?subject=Ada&name=form.pdf",
         file("signed \xff by Ada"), 201, "\"subject\":\"Ada\"");
    between(h.out, "\"evidence_id\":\"", "\"", id, sizeof id);
    must(&h, h.door, "POST", EVIDENCE "?subject=Ada&name=second",
         "{\"file\":\"aGVsbG8=\"}", 201, "evidence_id");
    must(&h, h.door, "GET", EVIDENCE "?subject=Ada", NULL, 200,
         "\"name\":\"form.pdf\",\"day\":\"");
    CHECK(strstr(h.out, "\"size\":15,") && strstr(h.out, "\"size\":5,"));
    snprintf(path, sizeof path, EVIDENCE "/%s?subject=Ada", id);
    must(&h, h.door, "GET", path, NULL, 200, "signed \xff by Ada");
    CHECK(strstr(h.out, "application/octet-stream") &&
          strstr(h.out, "Content-Disposition: attachment"));
    /* What is somebody else's is not there. */
    must(&h, h.any, "POST",
         "/api/v1/recognition/faces?subject=Bob&purpose=canteen", file("whob"),
         201, "Bob");
    snprintf(path, sizeof path, EVIDENCE "/%s?subject=Bob", id);
    must(&h, h.any, "GET", path, NULL, 404, "no such file");
    must(&h, h.any, "DELETE", path, NULL, 404, "no such file");
    must(&h, h.door, "GET", path, NULL, 404, "no such subject");
    snprintf(path, sizeof path, EVIDENCE "/%s", id);
    must(&h, h.door, "GET", path, NULL, 400, "subject");
    snprintf(path, sizeof path, EVIDENCE "/%s?subject=Ada", id);
    must(&h, h.door, "DELETE", path, NULL, 200, id);
    must(&h, h.door, "GET", path, NULL, 404, "no such file");
    must(&h, h.door, "POST", EVIDENCE "?subject=Ada", file("x"), 400, "name");
    must(&h, h.door, "POST", EVIDENCE "?subject=Ada&name=n", file(""), 400,
         "no such file");
    must(&h, h.door, "POST", EVIDENCE "?subject=Ada&name=a%0Ab", file("x"), 400,
         "control");
    must(&h, h.door, "DELETE", "/api/v1/recognition/subjects/Ada", NULL, 200,
         "\"evidence\":1,");
    leave(&h);
}

static void test_a_face_that_is_not_hers(void)
{
    static house h;
    char path[200], id[40], other[40];
    build(&h);
    must(&h, h.door, "POST", ADA, file("whoa"), 201, "Ada");
    must(&h, h.door, "POST", WHO, file("whob"), 200, "\"subject\":\"Ada\"");
    must(&h, h.door, "POST", NEGATIVES "?subject=Ada", file("two"), 400,
         "More than one");
    must(&h, h.door, "POST", NEGATIVES "?subject=Ada", file("whob"), 201,
         "negative_id");
    between(h.out, "\"negative_id\":\"", "\"", id, sizeof id);
    must(&h, h.door, "GET", NEGATIVES "?subject=Ada", NULL, 200, id);
    must(&h, h.door, "POST", WHO, file("whob"), 200, "\"subjects\":[]");
    must(&h, h.door, "POST", WHO, file("whoa"), 200, "\"subject\":\"Ada\"");
    /* Bob's is none of hers. */
    must(&h, h.any, "POST",
         "/api/v1/recognition/faces?subject=Bob&purpose=canteen", file("whoc"),
         201, "Bob");
    must(&h, h.any, "POST", NEGATIVES "?subject=Bob", file("whod"), 201,
         "negative_id");
    between(h.out, "\"negative_id\":\"", "\"", other, sizeof other);
    snprintf(path, sizeof path, NEGATIVES "/%s?subject=Ada", other);
    must(&h, h.door, "DELETE", path, NULL, 404, "no such negative");
    snprintf(path, sizeof path, NEGATIVES "/%s?subject=Ada", id);
    must(&h, h.door, "DELETE", path, NULL, 200, id);
    must(&h, h.door, "POST", WHO, file("whob"), 200, "\"subject\":\"Ada\"");
    must(&h, h.door, "DELETE", path, NULL, 404, "no such negative");
    leave(&h);
}

static void test_the_last_change_is_taken_back(void)
{
    static house h;
    build(&h);
    must(&h, h.any, "POST", "/api/v1/undo", NULL, 200,
         "{\"undone\":\"nothing\"}");
    must(&h, h.door, "POST", ADA, file("whoa"), 201, "Ada");
    must(&h, h.door, "PUT", "/api/v1/recognition/subjects/Ada",
         "{\"subject\":\"Bea\"}", 200, "true");
    must(&h, h.door, "POST", "/api/v1/undo", NULL, 403, "another purpose");
    must(&h, h.any, "POST", "/api/v1/undo", NULL, 200,
         "\"undone\":\"renamed\",\"person\":1,\"subject\":\"Ada\","
         "\"other\":\"Bea\"");
    must(&h, h.any, "POST", "/api/v1/undo", NULL, 200,
         "\"undone\":\"enrolled\"");
    CHECK(strstr(h.out, "\"faces\":1"));
    must(&h, h.door, "GET", "/api/v1/people", NULL, 200, "{\"people\":[]}");
    leave(&h);
}

int main(int argc, char **argv)
{
    serve_start(argc, argv);
    RUN(test_evidence_is_kept_read_and_erased);
    RUN(test_a_face_that_is_not_hers);
    RUN(test_the_last_change_is_taken_back);
    return serve_done();
}
