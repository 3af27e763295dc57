/* Any bytes as the state of a trainer (first byte even) or of a fit, with its
 * check sums made right.  What is refused changes nothing; what is taken is
 * what is saved next. */
#include "base/crc32c.h"
#include "mien/tabular.h"
#include "mien/train.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

enum { MAGIC = 8, HEAD = 12, LENGTH = 8 };

static void must(int condition)
{
    if (!condition)
        __builtin_trap();
}

static mien_trainer *trainer;
static mien_fit *fit;

static void make_fit(void)
{
    static const int layer[] = {2};
    static const mien_autoencoder_options o = {
        .inputs = 3, .window = 1, .layer = layer, .layers = 1, .seed = 1};
    static const mien_loss mse = {.kind = MIEN_LOSS_MSE, .weight = 1};
    mien_trainer_options how = MIEN_TRAINER_DEFAULTS;
    mien_graph *g = NULL;
    how.losses = &mse;
    how.n_losses = 1;
    must(mien_autoencoder_new(&o, &g, NULL) == MIEN_OK);
    must(mien_trainer_new(g, &how, &trainer, NULL) == MIEN_OK);
    must(mien_fit_new(trainer, NULL, &fit, NULL) == MIEN_OK);
}

/* The check sum of a state of n bytes. */
static void put_check(uint8_t *state, size_t n)
{
    if (n < HEAD)
        return;
    uint32_t check = mi_crc32c(state + HEAD, n - HEAD);
    for (int i = 0; i < 4; i++)
        state[MAGIC + i] = (uint8_t)(check >> 8 * i);
}

static mien_bytes saved(int whole)
{
    mien_bytes b = {0};
    must((whole ? mien_fit_save(fit, &b, NULL)
                : mien_trainer_save(trainer, &b, NULL)) == MIEN_OK);
    return b;
}

static int equal(const uint8_t *a, size_t n, const mien_bytes *b)
{
    return n == b->n && memcmp(a, b->data, n) == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    if (n < 1)
        return 0;
    if (!fit)
        make_fit();
    int whole = bytes[0] & 1;
    uint8_t *state = malloc(n);
    must(state != NULL);
    memcpy(state, bytes + 1, --n);
    /* The trainer's state stands inside the fit's, behind its length. */
    uint64_t inner = 0;
    for (size_t i = 0; whole && n > HEAD + LENGTH && i < LENGTH; i++)
        inner |= (uint64_t)state[HEAD + i] << 8 * i;
    if (inner <= n && inner + HEAD + LENGTH <= n)
        put_check(state + HEAD + LENGTH, (size_t)inner);
    put_check(state, n);
    mien_error err = {0};
    mien_bytes before = saved(whole);
    mien_status st = whole ? mien_fit_restore(fit, state, n, &err)
                           : mien_trainer_restore(trainer, state, n, &err);
    mien_bytes after = saved(whole);
    if (st)
        must(err.status == st && err.text[0] &&
             equal(before.data, before.n, &after));
    else
        must(equal(state, n, &after));
    mien_bytes_free(&before);
    mien_bytes_free(&after);
    free(state);
    return 0;
}
