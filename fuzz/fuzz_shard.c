/* Any bytes as what servers say to each other: by the first byte a file of
 * peers, a question, or the answers to one, about so many faces as it says.
 * What was read holds together, and is written and read again as it was. */
#include "serve/peer_list.h"
#include "serve/shard.h"

#include <math.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void must(int condition)
{
    if (!condition)
        __builtin_trap();
}

static void try_list(const uint8_t *bytes, size_t n)
{
    mi_peer_list l = {0};
    mien_error err = {0};
    if (mi_peer_list_read(bytes, n, &l, &err) != MIEN_OK) {
        must(err.status && err.text[0] && l.n == 0);
        return;
    }
    must(l.n >= 1 && l.n <= MI_PEERS_MAX);
    for (int i = 0; i < l.n; i++) {
        const mi_peer *p = &l.peer[i];
        must(strncmp(p->url, "https://", 8) == 0 ||
             strncmp(p->url, "http://127.", 11) == 0 ||
             strncmp(p->url, "http://[::1]", 12) == 0);
        must(!strpbrk(strstr(p->url, "://") + 3, "@/?#% \t\r\n"));
        must(*p->key_file && !*p->key);
    }
    mi_peer_list_free(&l);
}

/* Of the network that the inputs to begin with name. */
static const char model[] =
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

static void try_question(const uint8_t *bytes, size_t n)
{
    mi_body b = {0};
    mi_shard_question q = {0}, again = {0};
    mien_error err = {0};
    if (mi_body_read("application/json", bytes, n, 1, &b, &err) != MIEN_OK)
        return;
    if (mi_shard_question_read(&b, model, MIEN_DESCRIPTOR, &q, &err) ==
        MIEN_OK) {
        mien_buffer out = {0};
        mi_body c = {0};
        must(q.n >= 1 && q.n <= MI_SHARD_FACES && q.threshold > 0);
        mi_shard_question_write(&q, &out);
        must(!mi_body_read("application/json", out.data, out.n, 1, &c, &err));
        must(!mi_shard_question_read(&c, model, MIEN_DESCRIPTOR, &again, &err));
        must(again.n == q.n && again.threshold == q.threshold &&
             memcmp(again.descriptor, q.descriptor,
                    (size_t)q.n * MIEN_DESCRIPTOR * sizeof(float)) == 0);
        mi_shard_question_free(&again);
        mi_shard_question_free(&q);
        mi_body_free(&c);
        mien_buffer_free(&out);
    } else {
        must(err.status && err.text[0] && !q.descriptor);
    }
    mi_body_free(&b);
}

static void try_answers(int faces, const uint8_t *bytes, size_t n)
{
    static mien_shard_answer a[256], again[256];
    const mi_shard_question q = {.threshold = 0.6F, .n = faces};
    mien_error err = {0};
    mien_buffer out = {0};
    if (mi_shard_answers_read(bytes, n, faces, q.threshold, a, &err)) {
        must(err.status && err.text[0]);
        return;
    }
    for (int i = 0; i < faces; i++)
        must(a[i].asked == 1 && a[i].answered == 1 &&
             !(a[i].distance >= q.threshold) && !(a[i].never && *a[i].name) &&
             strlen(a[i].name) < sizeof a[i].name);
    mi_shard_answers_write(&q, a, &out);
    must(out.n <= mi_shard_answers_most(faces));
    must(!mi_shard_answers_read(out.data, out.n, faces, q.threshold, again,
                                &err));
    for (int i = 0; i < faces; i++)
        must(strcmp(a[i].name, again[i].name) == 0 &&
             a[i].never == again[i].never &&
             (a[i].distance == again[i].distance || isnan(a[i].distance)));
    mien_buffer_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    if (n < 2)
        return 0;
    if (*bytes == 'l')
        try_list(bytes + 1, n - 1);
    else if (*bytes == 'q')
        try_question(bytes + 1, n - 1);
    else
        try_answers(1 + bytes[1] % 8, bytes + 2, n - 2);
    return 0;
}
