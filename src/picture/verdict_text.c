/* verdict_text.c: a verdict in words and as JSON. */
#include "mien/picture.h"

#include <math.h>
#include <string.h>

/* ---- words
 * ------------------------------------------------------------------- */

/* Rates of a task, and of each class. */
static void put_classes(const mien_answer_verdict *a, int whole,
                        mien_buffer *out)
{
    mien_buffer_printf(out,
                       "accuracy %.2f %%, balanced %.2f %%, macro F1 %.3f, log "
                       "loss %.4f (temperature %.3f), %lld samples\n",
                       100 * a->rates.accuracy,
                       100 * a->rates.balanced_accuracy, a->rates.macro.f1,
                       a->log_loss, a->temperature, (long long)a->n);
    if (!whole)
        return;
    mien_buffer_printf(out, "    %-20s %9s %9s %9s %9s\n", "class", "precision",
                       "recall", "F1", "samples");
    for (int c = 0; c < a->classes; c++)
        mien_buffer_printf(out, "    %-20s %9.3f %9.3f %9.3f %9.0f\n",
                           a->class_name[c], a->each[c].precision,
                           a->each[c].recall, a->each[c].f1,
                           a->each[c].support);
}

static void put_summary(const mien_point_summary *s, mien_buffer *out)
{
    mien_buffer_printf(out, "MSE %.2f px^2, ", s->square);
    if (isfinite(s->eyes))
        mien_buffer_printf(out,
                           "NME %.2f %% of the eyes' distance, failures above "
                           "10 %%: %.2f %%",
                           100 * s->eyes, 100 * s->failures);
    else
        mien_buffer_puts(out, "NME not defined (it wants two eyes)");
    if (isfinite(s->box))
        mien_buffer_printf(out, ", NME %.2f %% of the box", 100 * s->box);
    mien_buffer_printf(out, ", %lld faces\n", (long long)s->n);
}

static void put_picture(const mien_answer_verdict *a, mien_buffer *out)
{
    mien_buffer_printf(out, "PSNR %.2f dB", a->psnr);
    if (isfinite(a->ssim))
        mien_buffer_printf(out, ", SSIM %.4f", a->ssim);
    mien_buffer_printf(out, ", MSE %.6f of values 0..1, %lld pictures\n",
                       a->square, (long long)a->n);
}

static void put_groups(const mien_answer_verdict *a, mien_buffer *out)
{
    for (int g = 0; g < a->groups; g++) {
        if (!a->group_n[g])
            continue;
        mien_buffer_printf(out, "    %-20s ", a->group_name[g]);
        if (a->kind == MIEN_ANSWER_POINTS)
            put_summary(&a->group[g], out);
        else if (a->kind == MIEN_ANSWER_CLASSES)
            mien_buffer_printf(out, "accuracy %.2f %%, %lld samples\n",
                               100 * a->group_accuracy[g],
                               (long long)a->group_n[g]);
    }
}

void mien_picture_verdict_text(const mien_picture_verdict *v, const char *name,
                               int whole, mien_buffer *out)
{
    mien_buffer_printf(out, "%s: %lld samples", name, (long long)v->n);
    if (v->failures)
        mien_buffer_printf(out,
                           ", %lld of them could not be read and are left "
                           "out",
                           (long long)v->failures);
    mien_buffer_puts(out, "\n");
    for (int i = 0; i < v->answers; i++) {
        const mien_answer_verdict *a = &v->answer[i];
        mien_buffer_printf(out, "  %-10s ", a->name);
        if (a->kind == MIEN_ANSWER_CLASSES)
            put_classes(a, whole, out);
        else if (a->kind == MIEN_ANSWER_POINTS)
            put_summary(&a->points, out);
        else if (a->kind == MIEN_ANSWER_PICTURE)
            put_picture(a, out);
        else if (a->kind == MIEN_ANSWER_DIVERGENCE)
            mien_buffer_printf(out, "KL %.2f bits a sample, %lld samples\n",
                               a->bits, (long long)a->n);
        else if (a->kind == MIEN_ANSWER_LOSS)
            mien_buffer_printf(out, "loss %.5f, %lld samples\n", a->loss,
                               (long long)a->n);
        else
            mien_buffer_printf(out,
                               "mean absolute error %.4g, root of the mean "
                               "square %.4g, %lld samples\n",
                               a->absolute, a->root_square, (long long)a->n);
        if (whole)
            put_groups(a, out);
    }
    if (v->identity.n)
        mien_buffer_printf(
            out,
            "  identity   distance %.3f of a face and itself made again, %.3f "
            "of strangers; %.1f %% kept, %lld faces\n",
            v->identity.kept, v->identity.strangers, 100 * v->identity.same,
            (long long)v->identity.n);
}

/* ---- JSON
 * -------------------------------------------------------------------- */

/* The same, with the confusion matrix. */
static void json_classes(const mien_answer_verdict *a, mien_json *j)
{
    mien_json_real(j, "accuracy", a->rates.accuracy, 0);
    mien_json_real(j, "balanced_accuracy", a->rates.balanced_accuracy, 0);
    mien_json_real(j, "macro_f1", a->rates.macro.f1, 0);
    mien_json_real(j, "mcc", a->rates.mcc, 0);
    mien_json_real(j, "kappa", a->rates.kappa, 0);
    mien_json_real(j, "log_loss", a->log_loss, 0);
    mien_json_real(j, "temperature", a->temperature, 0);
    mien_json_array(j, "classes");
    for (int c = 0; c < a->classes; c++) {
        mien_json_object(j, NULL);
        mien_json_text(j, "name", a->class_name[c]);
        mien_json_real(j, "precision", a->each[c].precision, 0);
        mien_json_real(j, "recall", a->each[c].recall, 0);
        mien_json_real(j, "f1", a->each[c].f1, 0);
        mien_json_int(j, "samples", (int64_t)a->each[c].support);
        mien_json_close(j);
    }
    mien_json_close(j);
    mien_json_array(j, "confusion");
    for (int r = 0; r < a->classes; r++) {
        mien_json_array(j, NULL);
        for (int c = 0; c < a->classes; c++)
            mien_json_int(j, NULL, (int64_t)a->matrix[r * a->classes + c]);
        mien_json_close(j);
    }
    mien_json_close(j);
}

/* A number, or null where nothing could be measured. */
static void json_measure(mien_json *j, const char *key, double v)
{
    if (isfinite(v))
        mien_json_real(j, key, v, 0);
    else
        mien_json_null(j, key);
}

static void json_summary(const mien_point_summary *s, mien_json *j)
{
    mien_json_int(j, "faces", s->n);
    json_measure(j, "mse_px2", s->square);
    json_measure(j, "nme_eyes", s->eyes);
    json_measure(j, "nme_box", s->box);
    json_measure(j, "failures", s->failures);
    json_measure(j, "area", s->area);
}

static void json_points(const mien_answer_verdict *a, mien_json *j)
{
    json_summary(&a->points, j);
    mien_json_object(j, "curve");
    mien_json_real(j, "step", 0.2 / (MIEN_ANSWER_CURVE - 1), 0);
    mien_json_array(j, "part");
    for (int i = 0; i < MIEN_ANSWER_CURVE; i++)
        mien_json_real(j, NULL, a->curve[i], 6);
    mien_json_close(j);
    mien_json_close(j);
}

/* What each group has. */
static void json_groups(const mien_answer_verdict *a, mien_json *j)
{
    if (!a->groups)
        return;
    mien_json_array(j, "groups");
    for (int g = 0; g < a->groups; g++) {
        mien_json_object(j, NULL);
        mien_json_text(j, "name", a->group_name[g]);
        mien_json_int(j, "samples", a->group_n[g]);
        if (a->kind == MIEN_ANSWER_POINTS)
            json_summary(&a->group[g], j);
        else if (a->kind == MIEN_ANSWER_CLASSES)
            json_measure(j, "accuracy", a->group_accuracy[g]);
        mien_json_close(j);
    }
    mien_json_close(j);
}

void mien_picture_verdict_json(const mien_picture_verdict *v, const char *key,
                               mien_json *j)
{
    static const char *const kind[] = {"classes", "points",     "number",
                                       "picture", "divergence", "loss"};
    mien_json_object(j, key);
    mien_json_int(j, "samples", v->n);
    mien_json_int(j, "unreadable", v->failures);
    mien_json_array(j, "answers");
    for (int i = 0; i < v->answers; i++) {
        const mien_answer_verdict *a = &v->answer[i];
        mien_json_object(j, NULL);
        mien_json_text(j, "name", a->name);
        mien_json_text(j, "kind", kind[a->kind]);
        mien_json_int(j, "known", a->n);
        if (a->kind == MIEN_ANSWER_CLASSES)
            json_classes(a, j);
        else if (a->kind == MIEN_ANSWER_POINTS)
            json_points(a, j);
        else if (a->kind == MIEN_ANSWER_PICTURE) {
            json_measure(j, "mse", a->square);
            json_measure(j, "psnr_db", a->psnr);
            json_measure(j, "ssim", a->ssim);
        } else if (a->kind == MIEN_ANSWER_DIVERGENCE)
            json_measure(j, "kl_bits", a->bits);
        else if (a->kind == MIEN_ANSWER_LOSS)
            json_measure(j, "loss", a->loss);
        else {
            json_measure(j, "mean_absolute_error", a->absolute);
            json_measure(j, "root_mean_square_error", a->root_square);
        }
        json_groups(a, j);
        mien_json_close(j);
    }
    mien_json_close(j);
    if (v->identity.n) {
        mien_json_object(j, "identity");
        mien_json_int(j, "faces", v->identity.n);
        mien_json_real(j, "distance", v->identity.kept, 0);
        mien_json_real(j, "distance_of_strangers", v->identity.strangers, 0);
        mien_json_real(j, "kept", v->identity.same, 0);
        mien_json_close(j);
    }
    mien_json_close(j);
}
