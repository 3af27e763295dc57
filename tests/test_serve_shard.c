/* What servers say to each other about faces: what is read, and what is refused
 * of anything else.
 *
 * Not as WebAssembly: jansson and libsodium. */
#include "base/alloc.h"
#include "mien/mien.h"
#include "serve/peer_list.h"
#include "serve/shard.h"
#include "tests/check.h"

#include <math.h>
#include <string.h>

static const char model[] =
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
static float rows[3 * MIEN_DESCRIPTOR];
static mi_shard_question question = {.day = "2026-11-29",
                                     .threshold = 0.6F,
                                     .n = 3,
                                     .numbers = MIEN_DESCRIPTOR,
                                     .descriptor = rows};

/* Read a question's text. */
static mien_status read_question(const char *text, mi_shard_question *out,
                                 mien_error *err)
{
    mi_body b = {0};
    mien_status st = mi_body_read("application/json", (const uint8_t *)text,
                                  strlen(text), 1, &b, err);
    if (!st)
        st = mi_shard_question_read(&b, model, MIEN_DESCRIPTOR, out, err);
    mi_body_free(&b);
    return st;
}

static char *question_text(mien_buffer *b)
{
    unsigned seed = 5;
    for (int i = 0; i < 3 * MIEN_DESCRIPTOR; i++)
        rows[i] = (float)(int)(check_rand(&seed) % 2000 - 1000) / 777;
    memcpy(question.model, model, sizeof model);
    mi_shard_question_write(&question, b);
    mien_buffer_put(b, "", 1);
    CHECK(!b->failed);
    return (char *)b->data;
}

static void test_a_question_is_read_as_it_was_written(void)
{
    mien_buffer b = {0};
    mi_shard_question q = {0};
    CHECK_EQ(read_question(question_text(&b), &q, NULL), MIEN_OK);
    CHECK(q.n == 3 && q.threshold == .6F);
    CHECK(!strcmp(q.day, "2026-11-29") && !strcmp(q.model, model));
    CHECK(memcmp(q.descriptor, rows, sizeof rows) == 0);
    mi_shard_question_free(&q);
    CHECK(!q.n && !q.descriptor);
    mien_buffer_free(&b);
}

#define MODEL    \
    "\"model\":" \
    "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\","
#define HEAD "{" MODEL "\"day\":\"\",\"threshold\":\"0.6\","

static void test_what_is_no_question_is_refused(void)
{
    static const char *const all[][2] = {
        {"{}", "model"},
        {"{\"model\":\"aa\",\"day\":\"\",\"threshold\":\"1\"}", "SHA-256"},
        {"{" MODEL "\"threshold\":\"0.6\"}", "day"},
        {"{" MODEL "\"day\":\"2026-11-290\"}", "day"},
        {"{" MODEL "\"day\":\"\"}", "threshold"},
        {"{" MODEL "\"day\":\"\",\"threshold\":\"\"}", "threshold"},
        {"{" MODEL "\"day\":\"\",\"threshold\":\"nan\"}", "threshold"},
        {"{" MODEL "\"day\":\"\",\"threshold\":\"0\"}", "threshold"},
        {"{" MODEL "\"day\":\"\",\"threshold\":\"4.1\"}", "threshold"},
        {"{" MODEL "\"day\":\"\",\"threshold\":\"1 \"}", "threshold"},
        {HEAD "\"x\":\"\"}", "there are none"},
        {HEAD "\"descriptors\":\"\"}", "there are none"},
        {HEAD "\"descriptors\":\"*\"}", "base64"},
        {HEAD "\"descriptors\":\"AAAA\"}", "3 bytes"},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        mi_shard_question q = {.n = 77};
        mien_error err = {0};
        CHECK_EQ(read_question(all[i][0], &q, &err), MIEN_EFORMAT);
        CHECK_MSG(strstr(err.text, all[i][1]) && q.n == 77, "%s: %s", all[i][0],
                  err.text);
    }
    rows[5] = INFINITY;
    mien_buffer b = {0};
    mi_shard_question q = {0};
    mien_error err = {0};
    memcpy(question.model, model, sizeof model);
    mi_shard_question_write(&question, &b);
    mien_buffer_put(&b, "", 1);
    CHECK_EQ(read_question((char *)b.data, &q, &err), MIEN_EFORMAT);
    CHECK(strstr(err.text, "number 5 is not finite"));
    mien_buffer_free(&b);
}

static void test_faces_of_another_network_are_refused(void)
{
    mien_buffer b = {0};
    mi_shard_question q = {.n = 77};
    mien_error err = {0};
    char *text = question_text(&b);
    char *at = strstr(text, model);
    at[63] = 'b';
    CHECK_EQ(read_question(text, &q, &err), MIEN_EUNSUP);
    CHECK_MSG(strstr(err.text, "another network") && q.n == 77, "%s", err.text);
    mien_buffer_free(&b);
}

static void test_too_many_faces_are_refused(void)
{
    static float many[(MI_SHARD_FACES + 1) * MIEN_DESCRIPTOR];
    for (int n = MI_SHARD_FACES; n <= MI_SHARD_FACES + 1; n++) {
        mi_shard_question q = {.threshold = 1,
                               .n = n,
                               .numbers = MIEN_DESCRIPTOR,
                               .descriptor = many},
                          got;
        mien_buffer b = {0};
        memcpy(q.model, model, sizeof model);
        mi_shard_question_write(&q, &b);
        mien_buffer_put(&b, "", 1);
        mien_status st = read_question((char *)b.data, &got, NULL);
        CHECK_EQ(st, n > MI_SHARD_FACES ? MIEN_ELIMIT : MIEN_OK);
        if (!st)
            mi_shard_question_free(&got);
        mien_buffer_free(&b);
    }
}

/* ---- answers ------------------------------------------------------------- */

/* Three faces: somebody, somebody who is never to be matched, nobody. */
static mien_buffer answers_text(void)
{
    mien_buffer b = {0};
    mien_shard_answer a[3] = {{.distance = .1F, .compared = 7},
                              {.distance = .25F, .never = 1},
                              {.distance = .61F}};
    snprintf(a[0].name, sizeof a[0].name, "Ad\xc3\xa4 \"L\"");
    a[0].incomparable = 2;
    mi_shard_answers_write(&question, a, &b);
    CHECK(!b.failed);
    return b;
}

static void test_answers_are_read_as_they_were_written(void)
{
    mien_buffer b = answers_text();
    mien_shard_answer a[3];
    CHECK(b.n < mi_shard_answers_most(3));
    CHECK_EQ(mi_shard_answers_read(b.data, b.n, 3, .6F, a, NULL), MIEN_OK);
    for (int i = 0; i < 3; i++)
        CHECK(a[i].asked == 1 && a[i].answered == 1 && a[i].compared == 7 &&
              a[i].incomparable == 2);
    CHECK(a[0].distance == .1F && !a[0].never &&
          !strcmp(a[0].name, "Ad\xc3\xa4 \"L\""));
    CHECK(a[1].distance == .25F && a[1].never && !*a[1].name);
    /* How far somebody is who is not near enough is nobody's business. */
    CHECK(isnan(a[2].distance) && !a[2].never && !*a[2].name);
    CHECK(memmem(b.data, b.n, ",{}],", 5) != NULL);
    mien_buffer_free(&b);
}

/* What a shard may say of a face: of few distances, so that some are equal. */
static void draw_answer(unsigned *seed, mien_shard_answer *a)
{
    unsigned kind = check_rand(seed) % 4;
    *a = (mien_shard_answer){.asked = 1, .answered = 1, .distance = NAN};
    a->compared = 5;
    if (kind == 0)
        return;
    a->distance = (float)(check_rand(seed) % 40) / 37;
    a->never = kind == 1;
    if (!a->never && a->distance < question.threshold)
        snprintf(a->name, sizeof a->name, "Person %u", check_rand(seed) % 99);
}

/* Joined, answers that were sent say of who is near enough what they would have
 * said unsent. */
static void test_sending_changes_no_answer(void)
{
    enum { SHARDS = 4, FACES = 3 };
    unsigned seed = 21;
    int named = 0, never = 0;
    for (int round = 0; round < 2000; round++) {
        mien_shard_answer a[FACES][SHARDS], got[FACES][SHARDS];
        int shards = 1 + round % SHARDS;
        for (int k = 0; k < shards; k++) {
            mien_shard_answer one[FACES];
            mien_buffer b = {0};
            for (int i = 0; i < FACES; i++)
                draw_answer(&seed, &one[i]);
            mi_shard_answers_write(&question, one, &b);
            for (int i = 0; i < FACES; i++)
                a[i][k] = one[i];
            CHECK_EQ(mi_shard_answers_read(b.data, b.n, FACES,
                                           question.threshold, one, NULL),
                     MIEN_OK);
            for (int i = 0; i < FACES; i++)
                got[i][k] = one[i];
            mien_buffer_free(&b);
        }
        for (int i = 0; i < FACES; i++) {
            mien_shard_answer want, all;
            mien_shard_answers_join(shards, a[i], &want);
            mien_shard_answers_join(shards, got[i], &all);
            CHECK(strcmp(want.name, all.name) == 0 &&
                  want.compared == all.compared &&
                  want.answered == all.answered);
            if (want.distance < question.threshold)
                CHECK(want.distance == all.distance && want.never == all.never);
            else
                CHECK(isnan(all.distance) && !all.never);
            named += *all.name != 0;
            never += all.never;
        }
    }
    CHECK(named > 500 && never > 500);
}

#define COUNTS "\"compared\":1,\"incomparable\":0"
#define ONE(item) "{\"result\":[" item "]," COUNTS "}"

static void test_what_is_no_answer_is_refused(void)
{
    static const char *const all[] = {
        "",
        "[]",
        "{}",
        "{\"result\":[{}]}",
        "{\"result\":[{}],\"compared\":1}",
        "{\"result\":[{}],\"compared\":-1,\"incomparable\":0}",
        "{\"result\":[{}],\"compared\":1.5,\"incomparable\":0}",
        "{\"result\":[{}],\"compared\":1000001,\"incomparable\":0}",
        "{\"result\":[{}],\"compared\":1,\"incomparable\":\"\"}",
        "{\"result\":{}," COUNTS "}",
        ONE(""),
        ONE("{},{}"),
        ONE("7"),
        ONE("{\"subject\":\"Ada\"}"),
        ONE("{\"distance\":0.1}"),
        ONE("{\"subject\":\"Ada\",\"distance\":\"0.1\"}"),
        ONE("{\"subject\":\"Ada\",\"distance\":-0.1}"),
        ONE("{\"subject\":\"Ada\",\"distance\":0.6}"),
        ONE("{\"subject\":\"Ada\",\"distance\":1e39}"),
        ONE("{\"subject\":\"\",\"distance\":0.1}"),
        ONE("{\"subject\":7,\"distance\":0.1}"),
        ONE("{\"subject\":\"a\\nb\",\"distance\":0.1}"),
        ONE("{\"subject\":\"\\u009bb\",\"distance\":0.1}"),
        ONE("{\"subject\":\"a\\u0000b\",\"distance\":0.1}"),
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        mien_shard_answer a = {.asked = 77};
        mien_error err = {0};
        CHECK_MSG(mi_shard_answers_read((const uint8_t *)all[i], strlen(all[i]),
                                        1, .6F, &a, &err) == MIEN_EFORMAT,
                  "%s", all[i]);
        CHECK(a.asked == 77 && err.text[0]);
    }
    mien_shard_answer a;
    static const char good[] = ONE("{\"subject\":\"Ada\",\"distance\":0.1}");
    CHECK_EQ(mi_shard_answers_read((const uint8_t *)good, strlen(good), 1, .6F,
                                   &a, NULL),
             MIEN_OK);
    static uint8_t much[4000];
    memset(much, ' ', sizeof much);
    CHECK_EQ(mi_shard_answers_read(much, sizeof much, 1, .6F, &a, NULL),
             MIEN_ELIMIT);
}

/* Cut short it is refused; with a byte changed it is refused or holds. */
static void test_damage(void)
{
    mien_buffer b = answers_text();
    mien_shard_answer a[3];
    for (size_t n = 0; n < b.n; n++)
        CHECK_EQ(mi_shard_answers_read(b.data, n, 3, .6F, a, NULL),
                 MIEN_EFORMAT);
    unsigned seed = 9;
    for (int i = 0; i < 3000; i++) {
        size_t at = check_rand(&seed) % b.n;
        uint8_t was = b.data[at];
        b.data[at] = (uint8_t)check_rand(&seed);
        if (!mi_shard_answers_read(b.data, b.n, 3, .6F, a, NULL))
            for (int k = 0; k < 3; k++)
                CHECK(!(a[k].distance >= .6F) && !(a[k].never && *a[k].name) &&
                      isnan(a[k].distance) == (!a[k].never && !*a[k].name));
        b.data[at] = was;
    }
    mien_buffer_free(&b);
}

/* Each allocation fails in turn, of both ways. */
static void test_memory_ends(void)
{
    mien_buffer text = answers_text(), asked = {0};
    const char *q_text = question_text(&asked);
    int n = 0;
    for (long k = 0, done = 0; !done && k < 1000; k++, n++) {
        mien_shard_answer a[3] = {{.asked = 77}};
        mi_shard_question q = {0};
        mien_buffer b = {0};
        mi_alloc_fail_after(k);
        mien_status st =
            mi_shard_answers_read(text.data, text.n, 3, .6F, a, NULL);
        mi_alloc_fail_after(k);
        mien_status read = read_question(q_text, &q, NULL);
        mi_alloc_fail_after(k);
        mi_shard_question_write(&question, &b);
        mi_alloc_fail_after(-1);
        CHECK(st == MIEN_OK || (st == MIEN_ENOMEM && a[0].asked == 77));
        CHECK(read == MIEN_OK || (read == MIEN_ENOMEM && !q.descriptor));
        done = !st && !read && !b.failed;
        mi_shard_question_free(&q);
        mien_buffer_free(&b);
    }
    CHECK(n > 3 && n < 1000);
    mien_buffer_free(&text);
    mien_buffer_free(&asked);
}

/* ---- the file of peers --------------------------------------------------- */

/* What is wrong with a list; MIEN_OK: nothing, and it has n peers. */
static mien_status read_list(const char *text, int n, const char *why)
{
    mi_peer_list l = {0};
    mien_error err = {0};
    mien_status st =
        mi_peer_list_read((const uint8_t *)text, strlen(text), &l, &err);
    CHECK_MSG(l.n == n && (!why || strstr(err.text, why)), "%s: %d, %s", text,
              l.n, err.text);
    mi_peer_list_free(&l);
    return st;
}

static void test_the_file_of_peers(void)
{
    static const char *const good[] = {
        "https://north.example k",     "https://north.example:8470 /a/b c",
        "http://127.0.0.1:1 k\r\n",    "http://[::1]:65535\tk\n",
        "https://[2001:db8::1]:443 k", "# k\n\n  https://10.1.2.3 k \n"};
    static const char *const bad[][2] = {
        {"", "it names no peer"},
        {"# nothing\n\n", "it names no peer"},
        {"https://a k\nhttps://b", "line 2: behind the address"},
        {"https://a  \t ", "line 1: behind"},
        {"north.example k", "https://"},
        {"ftp://a k", "https://"},
        {"https:// k", "nothing"},
        {"https://a/ k", "nothing"},
        {"https://me@a k", "nothing"},
        {"https://me:word@a k", "nothing"},
        {"https://a: k", "nothing"},
        {"https://a:0 k", "nothing"},
        {"https://a:65536 k", "nothing"},
        {"https://a:8x k", "nothing"},
        {"https://a?b k", "nothing"},
        {"https://[::1 k", "nothing"},
        {"https://a%41 k", "nothing"},
        {"http://a k", "alone"},
        {"http://localhost k", "alone"},
        {"http://127.evil.example k", "alone"},
        {"http://128.0.0.1 k", "alone"},
        {"http://[::2] k", "alone"},
        {"https://a k\nhttps://a l", "line 2: the address stands"},
    };
    mi_peer_list l;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        CHECK_EQ(read_list(good[i], 1, NULL), MIEN_OK);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        CHECK_EQ(read_list(bad[i][0], 0, bad[i][1]), MIEN_EFORMAT);
    CHECK_EQ(
        mi_peer_list_read((const uint8_t *)good[1], strlen(good[1]), &l, NULL),
        MIEN_OK);
    CHECK(!strcmp(l.peer[0].url, "https://north.example:8470") &&
          !strcmp(l.peer[0].key_file, "/a/b c") && !*l.peer[0].key);
    mi_peer_list_free(&l);
    mien_buffer b = {0};
    for (int i = 0; i <= MI_PEERS_MAX; i++) {
        CHECK_EQ(mi_peer_list_read(b.data, b.n, &l, NULL),
                 i ? MIEN_OK : MIEN_EFORMAT);
        if (i)
            mi_peer_list_free(&l);
        mien_buffer_printf(&b, "https://a%d k\n", i);
    }
    CHECK_EQ(mi_peer_list_read(b.data, b.n, &l, NULL), MIEN_ELIMIT);
    for (long k = 0; k < 100; k++) {
        mi_alloc_fail_after(k);
        mien_status st = mi_peer_list_read(b.data, 13, &l, NULL);
        mi_alloc_fail_after(-1);
        if (!st)
            break;
        CHECK_EQ(st, MIEN_ENOMEM);
    }
    mi_peer_list_free(&l);
    mien_buffer_free(&b);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_a_question_is_read_as_it_was_written);
    RUN(test_what_is_no_question_is_refused);
    RUN(test_faces_of_another_network_are_refused);
    RUN(test_too_many_faces_are_refused);
    RUN(test_answers_are_read_as_they_were_written);
    RUN(test_sending_changes_no_answer);
    RUN(test_what_is_no_answer_is_refused);
    RUN(test_damage);
    RUN(test_memory_ends);
    RUN(test_the_file_of_peers);
    return check_done();
}
