/* A gallery behind a server is deleted by two keys, and by none alone; all of a
 * purpose by one.
 *
 * Not as WebAssembly: sockets, threads and libmicrohttpd. */
#include "tests/gallery_make.h"
#include "tests/serve_session.h"

#include <sys/stat.h>
#include <time.h>

#define GALLERY "/api/v1/gallery"
#define KEEP GALLERY "/deletion"
#define ADA "/api/v1/recognition/faces?subject=Ada&purpose=door"
#define WHO "/api/v1/recognition/recognize?purpose=door"
#define DETECT "/api/v1/detection/detect"

static const char whoa[] = "--b\r\nContent-Disposition: form-data; "
                           "name=\"file\"\r\n\r\nwhoa\r\n--b--\r\n";

/* What the server's owner was told. */
typedef struct heard {
    int n;
    char what[8][12], by[8][9], asked_by[8][9], left[8][200];
} heard;

/* Keys of a house: two admins, another key of the first one's name, an admin of
 * one purpose, somebody who may only look, and who may all but this. */
typedef enum somebody {
    ANNA,
    BERT,
    ANNA_TOO,
    DOOR,
    VIEWER,
    ERASER,
    KEYS
} somebody;

typedef struct house {
    made made;
    mien_gallery *gallery;
    mien_server *server;
    char key[KEYS][MIEN_SERVE_KEY_SIZE], id[KEYS][9];
    heard heard;
    char out[20000];
} house;

static void hear_deletion(void *arg, const mien_serve_deletion *d)
{
    heard *h = arg;
    int i = h->n++ % 8;
    snprintf(h->what[i], sizeof h->what[i], "%s", d->what);
    snprintf(h->by[i], sizeof h->by[i], "%s", d->by);
    snprintf(h->asked_by[i], sizeof h->asked_by[i], "%s",
             d->asked_by ? d->asked_by : "");
    snprintf(h->left[i], sizeof h->left[i], "%s", d->left ? d->left : "");
}

static void add_keys(house *h)
{
    static const char *const name[KEYS] = {"anna", "bert",   "anna",
                                           "door", "viewer", "eraser"};
    unlink(keys_path);
    for (int i = 0; i < KEYS; i++) {
        mien_serve_key k = {.scopes = i == VIEWER ? MIEN_SERVE_PEOPLE
                                      : i == ERASER
                                          ? MIEN_SERVE_ALL & ~MIEN_SERVE_DELETE
                                          : MIEN_SERVE_ALL,
                            .basis = "consent"};
        snprintf(k.name, sizeof k.name, "%s", name[i]);
        snprintf(k.purpose, sizeof k.purpose, "%s", i == DOOR ? "door" : "");
        CHECK_EQ(mien_serve_key_add(keys_path, &k, h->key[i], NULL), MIEN_OK);
        memcpy(h->id[i], k.id, sizeof h->id[i]);
    }
}

/* Open the gallery at a time, and put it behind a server. */
static void open_house(house *h, int64_t now)
{
    mien_server_options o = MIEN_SERVER_DEFAULTS;
    h->gallery = gallery_open_at(&h->made, now, NULL);
    o.keys = keys_path;
    o.model = model_a;
    o.rate = 0;
    o.gallery = h->gallery;
    o.deletion = hear_deletion;
    o.deletion_arg = &h->heard;
    h->server = start(o);
}

static void close_house(house *h)
{
    mien_server_free(h->server);
    mien_gallery_close(h->gallery);
}

static void build(house *h)
{
    *h = (house){0};
    gallery_make(&h->made);
    add_keys(h);
    open_house(h, 0);
}

/* Ask with a key; what must be answered. */
static void must(house *h, somebody who, const char *method, const char *path,
                 const char *body, int status, const char *has)
{
    request r = {
        .method = method, .path = path, .key = h->key[who], .body = body};
    int got = ask(h->server, r, h->out, sizeof h->out);
    CHECK_MSG(got == status && strstr(h->out, has),
              "%s %s by %d: %d, want %d and %s in %s", method, path, (int)who,
              got, status, has, h->out);
}

/* Ask for the deletion: the path that confirms it. */
static void ask_for(house *h, somebody who, char path[80])
{
    char entry[24];
    must(h, who, "DELETE", GALLERY, NULL, 202, "{\"deletion\":{\"confirm\":");
    between(h->out, "\"confirm\":", ",", entry, sizeof entry);
    snprintf(path, 80, GALLERY "?confirm=%s", entry);
}

/* Nobody is recognised any more, and photos are read still. */
static void check_gone(house *h)
{
    must(h, BERT, "GET", GALLERY, NULL, 404, "no gallery behind this server");
    must(h, BERT, "DELETE", GALLERY, NULL, 404, "no gallery");
    must(h, BERT, "POST", WHO, whoa, 404, "no gallery");
    must(h, BERT, "GET", "/api/v1/people", NULL, 404, "no gallery");
    must(h, BERT, "GET", "/api/v1/audit", NULL, 404, "no gallery");
    must(h, BERT, "POST", DETECT, whoa, 200, "\"box\"");
    must(h, BERT, "GET", "/server.json", NULL, 200, "\"people\":false");
    must(h, BERT, "GET", "/healthz", NULL, 200, "OK");
}

static void test_two_keys_delete_it(void)
{
    static house h;
    char path[80], by[40];
    browser b;
    build(&h);
    must(&h, ANNA, "GET", GALLERY, NULL, 200, "{\"deletion\":null}");
    must(&h, ANNA, "POST", ADA, whoa, 201, "Ada");
    must(&h, ANNA, "POST", "/api/v1/evidence?subject=Ada&name=form", whoa, 201,
         "evidence_id");
    must(&h, ANNA, "DELETE", GALLERY "?confirm=1", NULL, 409,
         "no deletion is asked for");
    ask_for(&h, ANNA, path);
    snprintf(by, sizeof by, "\"key\":\"%s\",\"name\":\"anna\"", h.id[ANNA]);
    CHECK(strstr(h.out, by));
    must(&h, BERT, "GET", GALLERY, NULL, 200, by);
    /* Not by one alone, whatever it looks like. */
    must(&h, ANNA, "DELETE", path, NULL, 409, "another key has to");
    CHECK_EQ(
        browser_log_in(&b, h.server, h.key[ANNA], NULL, h.out, sizeof h.out),
        201);
    request r = {.method = "DELETE", .path = path};
    CHECK_EQ(browser_ask(&b, h.server, r, b.token, h.out, sizeof h.out), 409);
    CHECK(strstr(h.out, "another key has to"));
    must(&h, ANNA_TOO, "DELETE", path, NULL, 409, "of another name");
    must(&h, DOOR, "DELETE", path, NULL, 403, "other purposes");
    must(&h, DOOR, "DELETE", KEEP, NULL, 403, "other purposes");
    must(&h, VIEWER, "DELETE", path, NULL, 403, "may not do that");
    must(&h, VIEWER, "GET", GALLERY, NULL, 403, "may not do that");
    must(&h, ERASER, "DELETE", path, NULL, 403, "may not do that");
    must(&h, ERASER, "DELETE", GALLERY, NULL, 403, "may not do that");
    must(&h, ERASER, "DELETE", KEEP, NULL, 403, "may not do that");
    must(&h, ERASER, "GET", GALLERY, NULL, 200, by);
    /* Nor by a second one who does not know of the first. */
    must(&h, BERT, "DELETE", GALLERY, NULL, 409, "asked for already");
    must(&h, BERT, "DELETE", GALLERY "?confirm=1", NULL, 409,
         "another deletion is asked for");
    must(&h, BERT, "DELETE", GALLERY "?confirm=0", NULL, 400, "confirm");
    must(&h, BERT, "DELETE", GALLERY "?confirm=x", NULL, 400, "confirm");
    must(&h, BERT, "DELETE", GALLERY "?confirm=", NULL, 400, "confirm");
    must(&h, BERT, "POST", WHO, whoa, 200, "\"subject\":\"Ada\"");
    must(&h, BERT, "DELETE", path, NULL, 200, "{\"deleted\":{\"at\":");
    CHECK(strstr(h.out, "\"people\":1,\"faces\":1,\"evidence\":1,"
                        "\"inferred\":0,\"negatives\":0,\"entry\":"));
    snprintf(by, sizeof by, "\"asked_by\":\"%s\"", h.id[ANNA]);
    CHECK(strstr(h.out, by));
    CHECK(access(h.made.path, F_OK) != 0);
    check_gone(&h);
    CHECK_EQ(h.heard.n, 2);
    CHECK(!strcmp(h.heard.what[0], "asked") &&
          !strcmp(h.heard.by[0], h.id[ANNA]) && !*h.heard.asked_by[0]);
    CHECK(!strcmp(h.heard.what[1], "deleted") && !*h.heard.left[1] &&
          !strcmp(h.heard.by[1], h.id[BERT]) &&
          !strcmp(h.heard.asked_by[1], h.id[ANNA]));
    close_house(&h);
    gallery_remove(&h.made);
}

/* Either takes it back. */
static void test_it_is_taken_back(void)
{
    static house h;
    char path[80];
    build(&h);
    must(&h, ANNA, "DELETE", KEEP, NULL, 200, "{\"deletion\":null}");
    for (somebody by = ANNA; by <= BERT; by++) {
        ask_for(&h, ANNA, path);
        must(&h, by, "DELETE", KEEP, NULL, 200, "{\"deletion\":null}");
        must(&h, BERT, "DELETE", path, NULL, 409, "no deletion is asked for");
        must(&h, BERT, "GET", GALLERY, NULL, 200, "{\"deletion\":null}");
    }
    CHECK_EQ(h.heard.n, 4);
    CHECK(!strcmp(h.heard.what[3], "dropped") &&
          !strcmp(h.heard.by[3], h.id[BERT]));
    must(&h, ANNA, "GET", "/api/v1/audit", NULL, 200, "\"delete-dropped\"");
    CHECK(strstr(h.out, "\"delete-asked\""));
    /* An earlier one's number does not confirm a later one. */
    char earlier[80];
    memcpy(earlier, path, sizeof earlier);
    ask_for(&h, ANNA, path);
    CHECK(strcmp(earlier, path) != 0);
    must(&h, BERT, "DELETE", earlier, NULL, 409, "another deletion");
    close_house(&h);
    gallery_remove(&h.made);
}

/* A restart does not forget it; a day does. */
static void test_a_restart_and_a_day(void)
{
    static house h;
    char path[80];
    build(&h);
    ask_for(&h, BERT, path);
    close_house(&h);
    open_house(&h, time(NULL) + 86400 + 5);
    must(&h, ANNA, "DELETE", path, NULL, 409, "a day has passed");
    close_house(&h);
    open_house(&h, 0);
    must(&h, ANNA, "GET", GALLERY, NULL, 200, "\"name\":\"bert\"");
    must(&h, ANNA, "DELETE", path, NULL, 200, "{\"deleted\":");
    check_gone(&h);
    close_house(&h);
    gallery_remove(&h.made);
}

/* What a key wanted that was revoked since is not done. */
static void test_who_asked_has_to_be_there_still(void)
{
    static house h;
    char path[80];
    int status = 200;
    build(&h);
    ask_for(&h, ANNA, path);
    CHECK_EQ(mien_serve_key_revoke(keys_path, h.id[ANNA], NULL), MIEN_OK);
    request r = {.method = "GET", .path = GALLERY, .key = h.key[ANNA]};
    for (int i = 0; i < 100 && status == 200; i++) {
        nanosleep(&(struct timespec){0, 100000000}, NULL);
        status = ask(h.server, r, h.out, sizeof h.out);
    }
    CHECK_EQ(status, 401);
    must(&h, BERT, "DELETE", path, NULL, 409, "is gone");
    must(&h, BERT, "DELETE", KEEP, NULL, 200, "null");
    ask_for(&h, BERT, path);
    must(&h, ANNA_TOO, "DELETE", path, NULL, 200, "{\"deleted\":");
    close_house(&h);
    gallery_remove(&h.made);
}

/* A file that cannot be deleted is told, to the owner with its name. */
static void test_what_is_left_is_told(void)
{
    static house h;
    char path[80], folder[100];
    build(&h);
    snprintf(folder, sizeof folder, "%s.restored", h.made.path);
    CHECK_EQ(mkdir(folder, 0700), 0);
    ask_for(&h, ANNA, path);
    must(&h, BERT, "DELETE", path, NULL, 500, "keys are destroyed");
    CHECK(!strstr(h.out, h.made.folder));
    CHECK(h.heard.n == 2 && !strcmp(h.heard.what[1], "deleted") &&
          strstr(h.heard.left[1], "restored cannot be deleted"));
    check_gone(&h);
    close_house(&h);
    gallery_remove(&h.made);
}

/* Some ask who somebody is while it goes. */
static void *ask_often(void *arg)
{
    house *h = arg;
    static const char *const path[] = {WHO, DETECT};
    char *out = malloc(20000);
    for (int i = 0; i < 60; i++) {
        request r = {.method = "POST",
                     .path = path[i % 2],
                     .key = h->key[DOOR],
                     .body = whoa};
        int got = ask(h->server, r, out, 20000);
        CHECK_MSG(got == 200 || (got == 404 && i % 2 == 0), "%d: %s", got, out);
    }
    free(out);
    return NULL;
}

static void test_requests_under_way(void)
{
    static house h;
    char path[80];
    pthread_t thread[4];
    build(&h);
    must(&h, ANNA, "POST", ADA, whoa, 201, "Ada");
    ask_for(&h, ANNA, path);
    for (int i = 0; i < 4; i++)
        CHECK_EQ(pthread_create(&thread[i], NULL, ask_often, &h), 0);
    must(&h, BERT, "DELETE", path, NULL, 200, "{\"deleted\":");
    for (int i = 0; i < 4; i++)
        pthread_join(thread[i], NULL);
    check_gone(&h);
    close_house(&h);
    gallery_remove(&h.made);
}

static void test_a_purpose_is_erased(void)
{
    static house h;
    build(&h);
    must(&h, ANNA, "POST", ADA, whoa, 201, "Ada");
    must(&h, ANNA, "POST", "/api/v1/recognition/faces?subject=Bob&purpose=door",
         whoa, 201, "Bob");
    must(&h, ANNA, "POST",
         "/api/v1/recognition/faces?subject=Cy&purpose=canteen", whoa, 201,
         "Cy");
    must(&h, VIEWER, "DELETE", "/api/v1/purposes/door", NULL, 403, "may not");
    must(&h, DOOR, "DELETE", "/api/v1/purposes/canteen", NULL, 404,
         "nobody is enrolled for this purpose");
    must(&h, ANNA, "DELETE", "/api/v1/purposes/shop", NULL, 404, "nobody");
    must(&h, DOOR, "DELETE", "/api/v1/purposes/door", NULL, 200,
         "{\"erased\":[{\"certificate\":{\"person\":2,");
    CHECK(strstr(h.out, "\"people\":2,\"thresholds\":0,\"at\":") &&
          strstr(h.out, "{\"certificate\":{\"person\":1,"));
    must(&h, DOOR, "DELETE", "/api/v1/purposes/door", NULL, 404, "nobody");
    must(&h, ANNA, "GET", "/api/v1/recognition/subjects", NULL, 200,
         "{\"subjects\":[\"Cy\"]}");
    close_house(&h);
    gallery_remove(&h.made);
}

int main(int argc, char **argv)
{
    serve_start(argc, argv);
    RUN(test_two_keys_delete_it);
    RUN(test_it_is_taken_back);
    RUN(test_a_restart_and_a_day);
    RUN(test_who_asked_has_to_be_there_still);
    RUN(test_what_is_left_is_told);
    RUN(test_requests_under_way);
    RUN(test_a_purpose_is_erased);
    return serve_done();
}
