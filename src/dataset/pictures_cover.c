/* pictures_cover.c: how much of each face of a set something else hides.
 *
 * What is seen in most faces at a place is the face; what covers it is not.  No
 * picture says which pixels are covered, so a network learns it from things
 * laid over the faces of the set itself, whose place is known:
 *
 *   chips -> two halves by chance -> of each half a network
 *     chip, other light -> something laid over 6 of 10 (mi_cover_plant)
 *       -> is this cell covered?  the share of it, cross-entropy, Adam
 *   the network of the one half judges the chips of the other
 *   covered part of a face: mean of the cells' probabilities over its oval
 *
 * Half the chips are drawn evenly over how dark they are: of a set with few
 * dark faces their skin would else be learned as something laid over it.
 * Source: faces hidden by things pasted on to learn from: Saez Trigueros, Meng,
 * Hartnett, Enhancing convolutional neural networks for face recognition with
 * occlusion maps and batch triplet loss, 2018, section 3; mixing what is
 * normal with itself: CutPaste, Li et al., CVPR 2021. */
#include "dataset/pictures_cover.h"

#include "base/alloc.h"
#include "base/error.h"
#include "mien/engine.h"
#include "mien/train.h"

#include <assert.h>
#include <math.h>
#include <string.h>

enum { SIDE = MI_COVER_SIDE, GRID = MI_COVER_GRID, AT_ONCE = 64 };

/* ---- rows to learn from -------------------------------------------------- */

/* A chip in another light, perhaps mirrored. */
static void relight(mien_random *r, const uint8_t *chip, float *grey)
{
    const int mirror = (int)mien_random_below(r, 2);
    double gamma = exp(0.35 * mien_random_normal(r));
    double across = 0.3 * mien_random_normal(r);
    double down = 0.3 * mien_random_normal(r);
    double curve[256];
    for (int i = 0; i < 256; i++)
        curve[i] = 255 * pow(i / 255.0, gamma);
    for (int y = 0; y < SIDE; y++)
        for (int x = 0; x < SIDE; x++) {
            double u = (x + 0.5) / SIDE - 0.5, v = (y + 0.5) / SIDE - 0.5;
            double g = curve[chip[y * SIDE + (mirror ? SIDE - 1 - x : x)]] *
                       (1 + across * u + down * v);
            grey[y * SIDE + x] = (float)(g < 0 ? 0 : g > 255 ? 255 : g);
        }
}

/* fill of a mien_row_source: each row by its number and epoch alone. */
static mien_status fill(void *arg, int epoch, const int64_t *rows, int64_t n,
                        float *const *inputs, float *const *targets,
                        float *weights, mien_error *err)
{
    const mi_cover_half *h = arg;
    (void)err;
    for (int64_t i = 0; i < n; i++) {
        mien_random r;
        float grey[MI_COVER_CHIP], *covered = targets[0] + i * MI_COVER_CELLS;
        mien_random_init(&r, ((uint32_t)rows[i] * 2 + h->seed) * 2654435761u +
                                 (uint32_t)epoch);
        relight(&r, mi_cover_draw(h, &r), grey);
        memset(covered, 0, MI_COVER_CELLS * sizeof *covered);
        if (mien_random_unit(&r) < 0.6)
            mi_cover_plant(&r, mi_cover_draw(h, &r), grey, covered);
        mi_cover_input(grey, inputs[0] + i * 3 * MI_COVER_CHIP);
        weights[i] = 1;
    }
    return MIEN_OK;
}

/* ---- learning and judging ------------------------------------------------ */

/* A network that has learned from a half. */
static mien_status learn(mi_cover_half *h, const mi_cover_options *o,
                         mien_graph **out, mien_error *err)
{
    const mien_loss loss = {.kind = MIEN_LOSS_BCE, .weight = 1};
    const mien_row_source source = {fill, NULL, h};
    const mien_samples rows = {.n = o->rows, .source = &source};
    mien_trainer_options t = MIEN_TRAINER_DEFAULTS;
    mien_graph *g = NULL;
    mien_trainer *trainer = NULL;
    t.pool = o->pool;
    t.batch = 32;
    t.optimizer.rate = 6e-3f;
    t.losses = &loss;
    t.n_losses = 1;
    t.schedule =
        (mien_schedule){MIEN_RATE_COSINE, 1, (double)o->epochs, 1, 0.02f};
    mien_status st = mi_cover_net(h->seed, &g, err);
    if (!st)
        st = mien_trainer_new(g, &t, &trainer, err);
    for (int i = 0; i < o->epochs && !st; i++) {
        mien_losses losses;
        st = mien_trainer_epoch(trainer, &rows, &losses, err);
        if (!st && o->on_epoch && o->on_epoch(o->arg))
            st = mi_fail(err, MIEN_EARG, "faces that are covered: stopped");
    }
    mien_trainer_free(trainer);
    if (st)
        mien_graph_free(g);
    else
        *out = g;
    return st;
}

/* Mean probability of the cells of the oval, and of parts of it. */
static mi_cover measure(const float *logit)
{
    enum { EYES, NOSE, MOUTH, OVAL, PARTS };
    /* Left, right, top, bottom. */
    static const double part[OVAL][4] = {{0.25, 0.75, 0.34, 0.5},
                                         {0.37, 0.63, 0.46, 0.66},
                                         {0.31, 0.69, 0.66, 0.83}};
    double sum[PARTS] = {0};
    int n[PARTS] = {0};
    for (int i = 0; i < MI_COVER_CELLS; i++) {
        int x = i % GRID, y = i / GRID;
        double u = (x + 0.5) / GRID, v = (y + 0.5) / GRID;
        double p = 1 / (1 + exp(-(double)logit[i]));
        for (int k = 0; k < PARTS; k++) {
            int in = k == OVAL ? mi_cover_in_face(u, v)
                               : u > part[k][0] && u < part[k][1] &&
                                     v > part[k][2] && v < part[k][3];
            n[k] += in;
            sum[k] += in ? p : 0;
        }
    }
    return (mi_cover){.face = (float)(sum[OVAL] / n[OVAL]),
                      .eyes = (float)(sum[EYES] / n[EYES]),
                      .nose = (float)(sum[NOSE] / n[NOSE]),
                      .mouth = (float)(sum[MOUTH] / n[MOUTH])};
}

/* The input's numbers, in the order in which the plan has them. */
static void put_input(mien_tensor to, int64_t row, const float *x)
{
    float *out = to.data + row * 3 * MI_COVER_CHIP;
    for (int c = 0; c < 3; c++)
        for (int k = 0; k < MI_COVER_CHIP; k++)
            out[to.channels_last ? k * 3 + c : c * MI_COVER_CHIP + k] =
                x[c * MI_COVER_CHIP + k];
}

/* Judge chips by a network.
 *
 *   logit  [AT_ONCE, MI_COVER_CELLS] scratch */
static mien_status judge(const mien_graph *g, mien_pool *pool,
                         const mi_cover_half *h, float *logit, mi_cover *out,
                         mien_error *err)
{
    const mien_plan_options o = {.pool = pool};
    const mien_shape shape = {4, {AT_ONCE, 3, SIDE, SIDE}};
    mien_plan *p = NULL;
    mien_status st = mien_plan_new(g, &shape, 1, &o, &p, err);
    if (st)
        return st;
    for (int64_t first = 0; first < h->n; first += AT_ONCE) {
        int64_t n = h->n - first < AT_ONCE ? h->n - first : AT_ONCE;
        for (int64_t i = 0; i < AT_ONCE; i++) {
            float grey[MI_COVER_CHIP], x[3 * MI_COVER_CHIP];
            const uint8_t *chip = h->chip[h->of[first + (i < n ? i : 0)]];
            for (int k = 0; k < MI_COVER_CHIP; k++)
                grey[k] = chip[k];
            mi_cover_input(grey, x);
            put_input(mien_plan_input(p, 0), i, x);
        }
        mien_plan_run(p);
        mien_plan_read(p, 0, logit);
        for (int64_t i = 0; i < n; i++)
            out[h->of[first + i]] = measure(logit + i * MI_COVER_CELLS);
    }
    mien_plan_free(p);
    return MIEN_OK;
}

mien_status mi_cover_judge(int64_t n, const uint8_t *const *chip,
                           const mi_cover_options *options, mi_cover *out,
                           mien_error *err)
{
    mi_cover_half h[2] = {{0}};
    assert(n >= MI_COVER_FEWEST);
    float *logit = mi_alloc((size_t)AT_ONCE * MI_COVER_CELLS, sizeof *logit);
    mien_status st =
        logit ? mi_cover_divide(n, chip, options, h, err) : mi_no_memory(err);
    for (int k = 0; k < 2 && !st; k++) {
        mien_graph *g = NULL;
        st = learn(&h[k], options, &g, err);
        if (!st)
            st = judge(g, options->pool, &h[1 - k], logit, out, err);
        mien_graph_free(g);
    }
    mi_cover_half_done(&h[0]);
    mi_cover_half_done(&h[1]);
    mi_free(logit);
    return st;
}
