/* A server by the second network of descriptors, and galleries of people whom
 * the other network described.
 *
 * Not as WebAssembly: sockets, threads and libmicrohttpd. */
#include "serve/answer.h"
#include "tests/gallery_make.h"
#include "tests/serve_ask.h"

#include <math.h>

static const char model_b[] =
    "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";
static mien_describer networks[] = {MIEN_DESCRIBER_DLIB,
                                    MIEN_DESCRIBER_MOBILEFACENET};

/* A gallery behind a server whose photos are described by one network, while
 * the server was told of another, or of the same. */
typedef struct house {
    made made;
    mien_gallery *gallery;
    mien_server *server;
    char key[MIEN_SERVE_KEY_SIZE];
    char out[20000];
} house;

static void build(house *h, mien_describer *read, mien_describer told)
{
    mien_serve_key k = {
        .name = "k", .scopes = MIEN_SERVE_ALL, .basis = "consent"};
    mien_server_options o = MIEN_SERVER_DEFAULTS;
    gallery_make(&h->made);
    h->gallery = gallery_open_at(&h->made, 0, NULL);
    unlink(keys_path);
    CHECK_EQ(mien_serve_key_add(keys_path, &k, h->key, NULL), MIEN_OK);
    o.keys = keys_path;
    o.gallery = h->gallery;
    o.describer = told;
    o.model = told ? model_b : model_a;
    o.read_arg = read;
    o.rate = 0;
    h->server = start(o);
}

static void leave(house *h)
{
    mien_server_free(h->server);
    mien_gallery_close(h->gallery);
    gallery_remove(&h->made);
}

/* Enrol somebody by a network, before the server is asked anything. */
static void enrol(mien_gallery *g, const char *name, const char *purpose,
                  mien_describer by)
{
    float row[MIEN_DESCRIPTOR_MOST] = {0};
    mien_gallery_person p = {.basis = {.basis = "consent"}};
    mien_gallery_faces f = {
        .n = 1, .numbers = mien_describer_numbers(by), .descriptor = row};
    snprintf(p.name, sizeof p.name, "%s", name);
    snprintf(p.basis.purpose, sizeof p.basis.purpose, "%s", purpose);
    memcpy(f.model, by ? model_b : model_a, sizeof f.model);
    row[fake_at(by, name[0])] = 1;
    CHECK_EQ(mien_gallery_enroll(g, &p, &f, NULL, NULL), MIEN_OK);
}

/* Ask about a photo, or two; what must be answered. */
static void must(house *h, const char *path, const char *word,
                 const char *other, int status, const char *has)
{
    char body[400];
    snprintf(body, sizeof body,
             "--b\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\n%s"
             "\r\n--b\r\nContent-Disposition: form-data; "
             "name=\"target_image\"\r\n\r\n%s\r\n--b--\r\n",
             other ? "source_image" : "file", word, other ? other : "none");
    request r = {.method = "POST", .path = path, .key = h->key, .body = body};
    int got = ask(h->server, r, h->out, sizeof h->out);
    CHECK_MSG(got == status && strstr(h->out, has),
              "%s: %d, want %d and %s in %s", path, got, status, has, h->out);
}

#define FACES "/api/v1/recognition/faces"
#define WHO "/api/v1/recognition/recognize?purpose=door"
#define VERIFY "/api/v1/verification/verify?status=true"

static void test_people_of_the_second_network(void)
{
    static house h;
    mien_gallery_face f;
    build(&h, &networks[1], networks[1]);
    must(&h, FACES "?subject=ada&purpose=door", "whoa", NULL, 201, "ada");
    must(&h, WHO, "whoa", NULL, 200,
         "\"subjects\":[{\"subject\":\"ada\",\"similarity\":1.0,\"distance\":0."
         "0}],\"described\":true,\"compared\":1}],\"compared\":1,\"enrolled\":"
         "1,\"opt_out\":{"
         "\"compared\":0,\"enrolled\":0}}");
    must(&h, WHO "&status=true", "whob", NULL, 200,
         "\"subjects\":[],\"described\":true,\"compared\":1}");
    CHECK(strstr(h.out, "\"threshold\":1.21"));
    CHECK(strstr(h.out,
                 "\"calculator\":\"mien " MIEN_VERSION " mobilefacenet\""));
    f = mien_gallery_face_at(h.gallery, 0);
    CHECK(!strcmp(f.model, model_b) && !strcmp(f.person->name, "ada"));
    /* bob's face is not ada: his own stays nearer to that than to her. */
    must(&h, "/api/v1/negatives?subject=ada", "whob", NULL, 201, "negative_id");
    leave(&h);
}

/* Two faces 1.41 apart: alike by no network, and how little by each. */
static void test_two_photos(void)
{
    static const char *const same[] = {
        "\"similarity\":0.0,\"distance\":1.41421}",
        "\"similarity\":0.415614,\"distance\":1.41421}"};
    static const char *const threshold[] = {"\"threshold\":0.6",
                                            "\"threshold\":1.21"};
    static const char *const numbers[] = {"\"numbers\":128", "\"numbers\":512"};
    static house h;
    for (int i = 0; i < 2; i++) {
        build(&h, &networks[i], networks[i]);
        must(&h, VERIFY, "whoa", "whob", 200, same[i]);
        CHECK_MSG(strstr(h.out, threshold[i]), "%s", h.out);
        must(&h, VERIFY, "whoa", "whoa", 200, "\"similarity\":1.0");
        request r = {.method = "GET", .path = "/server.json"};
        CHECK_EQ(ask(h.server, r, h.out, sizeof h.out), 200);
        CHECK_MSG(strstr(h.out, numbers[i]) && strstr(h.out, threshold[i]) &&
                      strstr(h.out, i ? model_b : model_a) &&
                      strstr(h.out, i ? "mobilefacenet" : "face_recognition"),
                  "%s", h.out);
        leave(&h);
    }
}

/* All numbers of a descriptor are told. */
static void test_the_whole_descriptor(void)
{
    static house h;
    for (int i = 0; i < 2; i++) {
        build(&h, &networks[i], networks[i]);
        must(&h, "/api/v1/detection/detect?face_plugins=calculator", "whoa",
             NULL, 200, "\"embedding\":[0.0,");
        int numbers = 1;
        const char *at = strstr(h.out, "embedding");
        for (; at && *at != ']'; at++)
            numbers += *at == ',';
        CHECK_EQ(numbers, mien_describer_numbers(networks[i]));
        leave(&h);
    }
}

/* Whom a search could not find is counted, with who is never to be matched. */
static void test_people_of_the_other_network(void)
{
    static house h;
    for (int i = 0; i < 2; i++) {
        int enrolled = 9;
        build(&h, &networks[i], networks[i]);
        CHECK_EQ(mien_server_comparable(h.server, 0, &enrolled), 0);
        CHECK_EQ(enrolled, 0);
        enrol(h.gallery, "ada", "door", networks[!i]);
        enrol(h.gallery, "eve", "canteen", networks[i]);
        enrol(h.gallery, "out", MIEN_GALLERY_OPT_OUT, networks[!i]);
        must(&h, WHO, "whoa", NULL, 200,
             "\"subjects\":[],\"described\":true,\"compared\":0}],\"compared\":"
             "0,\"enrolled\":1,"
             "\"opt_out\":{\"compared\":0,\"enrolled\":1}}");
        CHECK_EQ(mien_server_comparable(h.server, 0, &enrolled), 1);
        CHECK_EQ(enrolled, 2);
        CHECK_EQ(mien_server_comparable(h.server, 1, &enrolled), 0);
        CHECK_EQ(enrolled, 1);
        enrol(h.gallery, "bob", "door", networks[i]);
        enrol(h.gallery, "oz", MIEN_GALLERY_OPT_OUT, networks[i]);
        must(
            &h, WHO, "whob", NULL, 200,
            "\"subject\":\"bob\",\"similarity\":1.0,\"distance\":0.0}],"
            "\"described\":true,\"compared\":1}],\"compared\":1,\"enrolled\":2,"
            "\"opt_out\":{\"compared\":1,\"enrolled\":2}}");
        leave(&h);
    }
}

/* What reads photos was made for another network than the server. */
static void test_descriptors_of_another_network_are_none(void)
{
    static house h;
    build(&h, &networks[1], networks[0]);
    enrol(h.gallery, "ada", "door", networks[0]);
    must(&h, WHO, "whoa", NULL, 200,
         "\"subjects\":[],\"described\":false,\"compared\":0}]");
    must(&h, FACES "?subject=ada", "whoa", NULL, 400, "cannot be described");
    must(&h, "/api/v1/negatives?subject=ada", "whoa", NULL, 400,
         "cannot be described");
    must(&h, VERIFY, "whoa", "whoa", 400, "source");
    must(&h, "/api/v1/detection/detect?face_plugins=calculator", "whoa", NULL,
         200, "\"box\"");
    CHECK(!strstr(h.out, "embedding"));
    CHECK_EQ(mien_gallery_count_faces(h.gallery), 1);
    leave(&h);
}

static void test_there_is_no_third_network(void)
{
    mien_server_options o = MIEN_SERVER_DEFAULTS;
    mien_server *s = NULL;
    mien_error err = {0};
    o.listen = "127.0.0.1:0";
    o.read = fake_read;
    o.describer = (mien_describer)2;
    CHECK_EQ(mien_server_new(&o, &s, &err), MIEN_EARG);
    CHECK(!s && strstr(err.text, "describer has number 2"));
}

/* ---- memory -------------------------------------------------------------- */

/* The place of a route. */
static const mi_route *route_of(mi_route_kind kind)
{
    int i = 0;
    while (mi_routes[i].kind != kind)
        i++;
    return &mi_routes[i];
}

/* Each allocation of a request fails in turn: it is refused, and asked again it
 * is answered. */
static void test_memory_ends(void)
{
    static const mi_route_kind kinds[] = {MI_ROUTE_RECOGNIZE, MI_ROUTE_FACE_ADD,
                                          MI_ROUTE_NEGATIVE_ADD};
    static char body[] =
        "--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nwhoa"
        "\r\n--b--\r\n";
    const mien_buffer sent = {.data = (uint8_t *)body, .n = sizeof body - 1};
    const mi_sight sight = {fake_read, &networks[1], 0};
    mi_desk desk = {.describer = networks[1]};
    made m;
    gallery_make(&m);
    pthread_mutex_init(&desk.lock, NULL);
    memcpy(desk.model, model_b, sizeof desk.model);
    desk.gallery = gallery_open_at(&m, 0, NULL);
    enrol(desk.gallery, "ada", "door", networks[1]);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        mi_ask ask = MI_ASK_DEFAULTS;
        int status = 0, failed = 1;
        long n = 0;
        snprintf(ask.key.purpose, sizeof ask.key.purpose, "door");
        snprintf(ask.subject, sizeof ask.subject, "ada");
        for (; failed && n < 1000; n++) {
            mien_buffer out = {0};
            mi_alloc_fail_after(n);
            status = mi_answer(route_of(kinds[i]), &ask,
                               "multipart/form-data; boundary=b", &sent, &sight,
                               &desk, &out);
            mi_alloc_fail_after(-1);
            failed = out.failed || status >= 400;
            CHECK(!failed || out.failed || status == 503 || status == 500);
            mien_buffer_free(&out);
        }
        CHECK_MSG(!failed && n > 2, "%d after %ld", status, n);
    }
    /* The last of each went through; a face that was kept before its answer
     * could not be written is there still. */
    CHECK(mien_gallery_count_faces(desk.gallery) >= 2);
    mien_gallery_close(desk.gallery);
    pthread_mutex_destroy(&desk.lock);
    gallery_remove(&m);
}

int main(int argc, char **argv)
{
    serve_start(argc, argv);
    RUN(test_people_of_the_second_network);
    RUN(test_two_photos);
    RUN(test_the_whole_descriptor);
    RUN(test_people_of_the_other_network);
    RUN(test_descriptors_of_another_network_are_none);
    RUN(test_there_is_no_third_network);
    RUN(test_memory_ends);
    return serve_done();
}
