/* Servers that ask each other, over loopback: the answer is that of one gallery
 * with all the people; who does not answer, is late, refuses or talks nonsense
 * is told and counted.
 *
 * Not as WebAssembly: sockets, threads, libmicrohttpd and libcurl. */
#include "serve/peers.h"
#include "tests/gallery_make.h"
#include "tests/serve_ask.h"

#include <sys/stat.h>
#include <time.h>

#define WHO "/api/v1/recognition/recognize?status=true"

static char folder[40], list_path[64];

/* Enrol somebody; of two letters the face lies between those of one. */
static void enrol(mien_gallery *g, const char *name, const char *purpose,
                  const char *letters)
{
    float row[MIEN_DESCRIPTOR] = {0};
    mien_gallery_person p = {.basis = {.basis = "consent"}};
    mien_gallery_faces f = {1, MIEN_DESCRIPTOR, row, ""};
    snprintf(p.name, sizeof p.name, "%s", name);
    snprintf(p.basis.purpose, sizeof p.basis.purpose, "%s", purpose);
    memcpy(f.model, model_a, sizeof f.model);
    row[(unsigned char)letters[0] % MIEN_DESCRIPTOR] = letters[1] ? .8F : 1;
    if (letters[1])
        row[(unsigned char)letters[1] % MIEN_DESCRIPTOR] = .2F;
    CHECK_EQ(mien_gallery_enroll(g, &p, &f, NULL, NULL), MIEN_OK);
}

/* ---- the file of peers --------------------------------------------------- */

/* Write a file of a mode. */
static void put_file(const char *path, const char *text, mode_t mode)
{
    FILE *f = fopen(path, "w");
    CHECK(f && fputs(text, f) >= 0);
    fclose(f);
    CHECK_EQ(chmod(path, mode), 0);
}

/* Begin the list anew. */
static void list_begin(void) { put_file(list_path, "# peers\n", 0600); }

/* Add a peer on a port, with its key. */
static void list_add(int port, const char *key)
{
    static int n;
    char path[64], text[80];
    snprintf(path, sizeof path, "%s/%d.key", folder, n++);
    snprintf(text, sizeof text, "%s\n", key);
    put_file(path, text, 0600);
    FILE *f = fopen(list_path, "a");
    CHECK(f && fprintf(f, "http://127.0.0.1:%d %s\n", port, path) > 0);
    fclose(f);
}

/* ---- servers ------------------------------------------------------------- */

/* A server with a gallery, or none, and a key for its peers. */
typedef struct site {
    made made;
    mien_gallery *g;
    mien_server *s;
    char peer[MIEN_SERVE_KEY_SIZE], user[MIEN_SERVE_KEY_SIZE];
} site;

static void site_people(site *t)
{
    *t = (site){0};
    gallery_make(&t->made);
    t->g = gallery_open_at(&t->made, 0, NULL);
}

/* Start it; with peers as the list has them now, or without. */
static void site_start(site *t, const char *purpose, int with_peers,
                       double deadline)
{
    char id[9];
    mien_server_options o = MIEN_SERVER_DEFAULTS;
    serve_key(MIEN_SERVE_SEARCH, "", purpose, id, t->peer);
    serve_key(MIEN_SERVE_RECOGNIZE | MIEN_SERVE_METRICS, "", "door", id,
              t->user);
    o.keys = keys_path;
    o.gallery = t->g;
    o.model = model_a;
    o.rate = 0;
    o.jobs = 1;
    o.peers = with_peers ? list_path : NULL;
    o.peer_deadline = deadline;
    t->s = start(o);
}

static void site_end(site *t)
{
    mien_server_free(t->s);
    if (!t->g)
        return;
    mien_gallery_close(t->g);
    gallery_remove(&t->made);
}

/* Ask who is in a photo. */
static int who(const site *t, const char *word, char *out, size_t size)
{
    return ask(t->s,
               (request){.method = "POST",
                         .path = WHO,
                         .key = t->user,
                         .body = serve_photo(word)},
               out, size);
}

/* The same; the answer has a text. */
static void who_is(const site *t, const char *word, const char *wanted)
{
    char out[20000];
    int status = who(t, word, out, sizeof out);
    CHECK_MSG(status == 200 && strstr(out, wanted), "%s: %d, want %s in %s",
              word, status, wanted, out);
}

/* ---- one gallery of several ---------------------------------------------- */

/* Three servers: two with people, and one that asks them. */
static void test_the_nearest_of_all_is_told(void)
{
    site a, b, c = {0};
    unlink(keys_path);
    site_people(&a);
    site_people(&b);
    enrol(a.g, "Ada", "door", "ax");
    enrol(b.g, "Bea", "door", "a");
    enrol(b.g, "Bob", "door", "bx");
    enrol(a.g, "Secret", MIEN_GALLERY_OPT_OUT, "b");
    enrol(a.g, "Cy", "canteen", "c");
    site_start(&a, "door", 0, 5);
    site_start(&b, "", 0, 5);
    list_begin();
    list_add(mien_server_port(a.s), a.peer);
    list_add(mien_server_port(b.s), b.peer);
    site_start(&c, "door", 1, 5);
    for (int again = 0; again < 3; again++) {
        who_is(&c, "whoa",
               "\"subjects\":[{\"subject\":\"Bea\",\"similarity\":1.0,"
               "\"distance\":0.0}],\"certain\":true");
        who_is(&c, "whob", "\"subjects\":[],\"certain\":true");
        who_is(&c, "whoc", "\"subjects\":[],\"certain\":true");
        who_is(&c, "two",
               "\"subjects\":[],\"certain\":true,\"described\":true,");
        /* The second face of the photo could not be described. */
        who_is(&c, "two",
               "\"subjects\":null,\"certain\":false,\"described\":false,"
               "\"compared\":0}],");
        who_is(&c, "whod",
               "\"shards\":{\"asked\":2,\"answered\":2,\"compared\":3,"
               "\"incomparable\":0,\"missing\":[]}");
    }
    /* Alone each says what it knows, and nothing of the others. */
    who_is(&a, "whoa", "\"subject\":\"Ada\"");
    char out[20000];
    CHECK_EQ(who(&a, "whoa", out, sizeof out), 200);
    CHECK(!strstr(out, "certain") && !strstr(out, "shards"));
    site_end(&c);
    /* Each search is in the log of each gallery. */
    int64_t last = 0;
    CHECK_EQ(mien_gallery_log(a.g, NULL, NULL, &last, NULL), MIEN_OK);
    CHECK_MSG(last == 4 + 18 + 2, "%lld entries", (long long)last);
    site_end(&a);
    site_end(&b);
}

static void *ask_again(void *arg)
{
    char out[20000];
    for (int i = 0; i < 20; i++) {
        int status = who(arg, "whoa", out, sizeof out);
        CHECK_MSG(status == 200 && strstr(out, "\"answered\":2"), "%d %s",
                  status, out);
    }
    return NULL;
}

/* Two servers that name each other, each with one thread, asked at once: no
 * question is handed on, and neither waits for the other in vain. */
static void test_servers_that_name_each_other(void)
{
    site a, b, first;
    pthread_t t[4];
    unlink(keys_path);
    site_people(&a);
    site_people(&b);
    enrol(a.g, "Ada", "door", "a");
    enrol(b.g, "Bea", "door", "b");
    /* A server's port is known once it listens: so one is started twice. */
    site_start(&b, "door", 0, 5);
    first = b;
    list_begin();
    list_add(mien_server_port(b.s), b.peer);
    site_start(&a, "door", 1, 20);
    list_begin();
    list_add(mien_server_port(a.s), a.peer);
    int port = mien_server_port(first.s);
    mien_server_free(first.s);
    mien_server_options o = MIEN_SERVER_DEFAULTS;
    char listen[40], id[9];
    snprintf(listen, sizeof listen, "127.0.0.1:%d", port);
    serve_key(MIEN_SERVE_RECOGNIZE, "", "door", id, b.user);
    o.listen = listen;
    o.keys = keys_path;
    o.gallery = b.g;
    o.model = model_a;
    o.rate = 0;
    o.jobs = 1;
    o.read = fake_read;
    o.peers = list_path;
    o.peer_deadline = 20;
    CHECK_EQ(mien_server_new(&o, &b.s, NULL), MIEN_OK);
    nanosleep(&(struct timespec){0, 600000000}, NULL); /* keys are read */
    who_is(&a, "whob", "\"subject\":\"Bea\"");
    who_is(&b, "whoa", "\"subject\":\"Ada\"");
    who_is(&a, "whoa", "\"subject\":\"Ada\"");
    who_is(&b, "whob", "\"subject\":\"Bea\"");
    double start = mien_clock();
    for (int i = 0; i < 4; i++)
        CHECK_EQ(pthread_create(&t[i], NULL, ask_again, i % 2 ? &a : &b), 0);
    for (int i = 0; i < 4; i++)
        pthread_join(t[i], NULL);
    CHECK_MSG(mien_clock() - start < 19, "%g s", mien_clock() - start);
    site_end(&a);
    site_end(&b);
}

/* ---- peers that do not answer -------------------------------------------- */

/* A peer that sends what it is told to, and a lot of it. */
typedef struct liar {
    int fd, port, repeat;
    const char *head, *text;
    atomic_int ended, cut; /* cut: the other end did not take all of it */
    pthread_t thread;
} liar;

static void *lie(void *arg)
{
    liar *l = arg;
    char in[4096];
    int fd;
    while ((fd = accept(l->fd, NULL, NULL)) >= 0 && !l->ended) {
        ssize_t n = recv(fd, in, sizeof in, 0);
        if (l->head && n > 0 &&
            send(fd, l->head, strlen(l->head), MSG_NOSIGNAL) > 0)
            for (int i = 0; i < l->repeat; i++)
                if (send(fd, l->text, strlen(l->text), MSG_NOSIGNAL) < 0) {
                    l->cut++;
                    break;
                }
        if (!l->head) /* silent */
            while (!l->ended && recv(fd, in, sizeof in, MSG_DONTWAIT) != 0)
                nanosleep(&(struct timespec){0, 10000000}, NULL);
        shutdown(fd, SHUT_WR);
        while (l->head && recv(fd, in, sizeof in, MSG_DONTWAIT) > 0)
            ;
        close(fd);
    }
    if (fd >= 0)
        close(fd);
    return NULL;
}

static void liar_start(liar *l)
{
    struct sockaddr_in a = {.sin_family = AF_INET};
    socklen_t n = sizeof a;
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    l->fd = socket(AF_INET, SOCK_STREAM, 0);
    CHECK(bind(l->fd, (struct sockaddr *)&a, sizeof a) == 0);
    CHECK(listen(l->fd, 8) == 0);
    CHECK(getsockname(l->fd, (struct sockaddr *)&a, &n) == 0);
    l->port = ntohs(a.sin_port);
    CHECK_EQ(pthread_create(&l->thread, NULL, lie, l), 0);
}

static void liar_end(liar *l)
{
    l->ended = 1;
    shutdown(l->fd, SHUT_RDWR);
    pthread_join(l->thread, NULL);
    close(l->fd);
}

#define OK "HTTP/1.1 200 OK\r\nContent-Length: "
#define NOBODY "{\"result\":[{}],\"compared\":1,\"incomparable\":0}"

static liar liars[] = {
    {.head = NULL},
    {.head = "HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: "
             "http://127.0.0.1:1/\r\n\r\n"},
    {.head = "HTTP/1.1 200 OK\r\n\r\n", .text = NOBODY " ", .repeat = 400000},
    {.head = OK "2\r\n\r\n{}"},
    {.head = "all sorts of things\r\n\r\n"},
    {.head = OK "500\r\n\r\n{\"result\":"},
    {.head = "HTTP/1.1 409 Conflict\r\nContent-Length: 2\r\n\r\n{}"},
    {.head = "HTTP/1.1 200 OK\r\n\r\n{\"result\":[{\"subject\":\"Eve\","
             "\"distance\":0.7}],\"compared\":1,\"incomparable\":0}"},
    {.head = "HTTP/1.1 401 No\r\nContent-Length: 2\r\n\r\n{}"},
};
static const char *const lies[] = {"late",
                                   "refused\",\"status\":302",
                                   "nonsense",
                                   "nonsense",
                                   "nonsense",
                                   "unreachable",
                                   "other-network\",\"status\":409",
                                   "nonsense",
                                   "refused\",\"status\":401"};
enum { LIARS = sizeof liars / sizeof *liars };

/* Whatever they send: who answers is heard, the others are told and counted,
 * within the deadline, and nothing is sure. */
static void test_peers_that_fail(void)
{
    site a, c;
    char out[40000], want[200];
    unlink(keys_path);
    site_people(&a);
    enrol(a.g, "Ada", "door", "a");
    site_start(&a, "door", 0, 5);
    site_people(&c);
    list_begin();
    for (int i = 0; i < LIARS; i++) {
        liar_start(&liars[i]);
        list_add(liars[i].port, a.peer);
    }
    list_add(mien_server_port(a.s), a.peer);
    site_start(&c, "door", 1, 1);
    for (int again = 0; again < 2; again++) {
        double start = mien_clock();
        CHECK_EQ(who(&c, "whoa", out, sizeof out), 200);
        CHECK_MSG(mien_clock() - start < 3, "%g s", mien_clock() - start);
        CHECK_MSG(
            strstr(out, "\"subject\":\"Ada\"") &&
                strstr(out, "}],\"certain\":false") &&
                strstr(out, "\"asked\":11,\"answered\":2,\"compared\":1,"),
            "%s", out);
        for (int i = 0; i < LIARS; i++) {
            snprintf(want, sizeof want, "{\"peer\":%d,\"why\":\"%s", i + 1,
                     lies[i]);
            CHECK_MSG(strstr(out, want), "want %s in %s", want, out);
        }
        CHECK(!strstr(out, "\"peer\":10") && !strstr(out, "127.0.0.1"));
        who_is(&c, "whob", "\"subjects\":null,\"certain\":false");
    }
    CHECK_EQ(liars[2].cut, 4); /* an answer without end is not taken */
    request q = {.method = "GET", .path = "/metrics", .key = c.user};
    CHECK_EQ(ask(c.s, q, out, sizeof out), 200);
    for (int i = 0; i < LIARS; i++) {
        snprintf(want, sizeof want,
                 "mien_peer_questions_total{peer=\"%d\",end=\"%.*s\"} 4\n",
                 i + 1, (int)strcspn(lies[i], "\""), lies[i]);
        CHECK_MSG(strstr(out, want), "want %s", want);
    }
    CHECK(strstr(out, "{peer=\"10\",end=\"answered\"} 4\n") != NULL);
    site_end(&c);
    for (int i = 0; i < LIARS; i++)
        liar_end(&liars[i]);
    site_end(&a);
}

/* A wrong key, a key that may not search, one of another purpose, a peer that
 * is not there. */
static void test_keys_and_peers_that_are_not_good(void)
{
    static const char *const want[] = {
        "{\"peer\":1,\"why\":\"refused\",\"status\":401}",
        "{\"peer\":2,\"why\":\"unreachable\"}"};
    site a, c = {0};
    char canteen[MIEN_SERVE_KEY_SIZE], id[9];
    liar gone = {.head = NULL};
    unlink(keys_path);
    site_people(&a);
    enrol(a.g, "Ada", "door", "a");
    serve_key(MIEN_SERVE_SEARCH, "", "canteen", id, canteen);
    site_start(&a, "door", 0, 5);
    liar_start(&gone);
    liar_end(&gone);
    const char *keys[] = {model_a, a.user, canteen};
    for (int i = 0; i < 3; i++) {
        list_begin();
        list_add(mien_server_port(a.s), keys[i]);
        list_add(gone.port, a.peer);
        site_start(&c, "door", 1, 5);
        who_is(&c, "whoa", "\"subjects\":null,\"certain\":false");
        who_is(&c, "whoa", i ? "\"status\":403}" : want[0]);
        who_is(&c, "whoa", want[1]);
        who_is(&c, "whoa", "\"asked\":2,\"answered\":0");
        site_end(&c);
    }
    int64_t last = 0;
    CHECK_EQ(mien_gallery_log(a.g, NULL, NULL, &last, NULL), MIEN_OK);
    CHECK_EQ(last, 2);
    site_end(&a);
}

/* ---- the route ----------------------------------------------------------- */

/* What the route that peers ask answers, and what it refuses. */
static void test_the_route_of_peers(void)
{
    static const char other[] =
        "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";
    static const struct {
        const char *query, *letters;
        float threshold;
        int status;
        const char *has;
    } all[] = {
        {"", "abc", .6F, 200,
         "{\"result\":[{\"subject\":\"Ada\",\"distance\":0.0},"
         "{\"subject\":null,\"distance\":0.0},{}],\"compared\":2,"
         "\"incomparable\":0}"},
        {"?purpose=door", "a", .6F, 200, "Ada"},
        {"?purpose=canteen", "a", .6F, 403, "another"},
        {"?purpose=opt-out", "a", .6F, 403, "another"},
        {"", "a", 5, 400, "threshold"},
        {"", "", .6F, 400, "descriptors"},
    };
    site a;
    char body[4000], path[60], out[9000];
    unlink(keys_path);
    site_people(&a);
    enrol(a.g, "Ada", "door", "a");
    enrol(a.g, "Bob", "door", "x");
    enrol(a.g, "Secret", MIEN_GALLERY_OPT_OUT, "b");
    site_start(&a, "door", 0, 5);
    request q = {.method = "POST", .path = path, .key = a.peer, .body = body};
    q.type = "application/json";
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        snprintf(path, sizeof path, "/api/v1/search%s", all[i].query);
        serve_search_body(all[i].letters, model_a, all[i].threshold, body);
        int status = ask(a.s, q, out, sizeof out);
        CHECK_MSG(status == all[i].status && strstr(out, all[i].has),
                  "%zu: %d %s", i, status, out);
    }
    snprintf(path, sizeof path, "/api/v1/search");
    serve_search_body("a", other, .6F, body);
    CHECK_EQ(ask(a.s, q, out, sizeof out), 409);
    serve_search_body("a", model_a, .6F, body);
    q.key = a.user;
    CHECK_EQ(ask(a.s, q, out, sizeof out), 403);
    site_end(&a);
}

/* ---- memory -------------------------------------------------------------- */

/* Each allocation fails in turn, as peers are opened and asked. */
static void test_memory_ends(void)
{
    site a;
    float row[MIEN_DESCRIPTOR] = {0};
    mi_shard_question q = {.threshold = .6F,
                           .n = 1,
                           .numbers = MIEN_DESCRIPTOR,
                           .descriptor = row};
    const mi_peers_options o = {list_path, NULL, 5, 2};
    int opened = 0, asked = 0;
    unlink(keys_path);
    site_people(&a);
    enrol(a.g, "Ada", "door", "a");
    site_start(&a, "door", 0, 5);
    list_begin();
    list_add(mien_server_port(a.s), a.peer);
    memcpy(q.model, model_a, sizeof q.model);
    row['a'] = 1;
    mi_peers *p = NULL;
    for (long k = 0; !p && k < 100; k++, opened++) {
        mi_alloc_fail_after(k);
        mien_status st = mi_peers_open(&o, &p, NULL);
        mi_alloc_fail_after(-1);
        CHECK(st == MIEN_OK ? p != NULL : st == MIEN_ENOMEM && !p);
    }
    mien_status st = MIEN_ENOMEM;
    for (long k = 0; st && k < 100; k++, asked++) {
        mi_alloc_fail_after(k);
        st = mi_peers_ask(p, 1, "door", &q, NULL);
        mi_alloc_fail_after(-1);
        CHECK(st == MIEN_OK || st == MIEN_ENOMEM);
    }
    CHECK(opened > 3 && asked > 2);
    mi_peers_drop(p, 1);
    for (int i = 0; i < 2; i++) {
        mien_shard_answer answer = {0};
        mi_peer_reply reply = {0};
        CHECK_EQ(mi_peers_ask(p, i, "door", &q, NULL), MIEN_OK);
        mi_peers_wait(p, i, &q, &answer, &reply);
        CHECK(reply.end == MI_PEER_ANSWERED && answer.answered == 1);
        CHECK(!strcmp(answer.name, "Ada"));
    }
    CHECK_EQ(mi_peers_counted(p, 0, MI_PEER_ANSWERED), 2);
    mi_peers_close(p);
    site_end(&a);
}

int main(int argc, char **argv)
{
    serve_start(argc, argv);
    snprintf(folder, sizeof folder, "/tmp/mien-peers-XXXXXX");
    CHECK(mkdtemp(folder) != NULL);
    snprintf(list_path, sizeof list_path, "%s/peers", folder);
    RUN(test_the_nearest_of_all_is_told);
    RUN(test_servers_that_name_each_other);
    RUN(test_peers_that_fail);
    RUN(test_keys_and_peers_that_are_not_good);
    RUN(test_the_route_of_peers);
    RUN(test_memory_ends);
    char command[64];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    CHECK_EQ(system(command), 0);
    return serve_done();
}
