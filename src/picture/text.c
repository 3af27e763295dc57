/* text.c: what is said of a study: to a person, to a program, to whoever is to
 * use its model. */
#include "picture/picture.h"

#include "base/error.h"
#include "mien/file.h"
#include "mien/report_card.h"
#include "team/team.h"

#include <string.h>

static const char *name_of(const mien_picture_set *s)
{
    return s->name ? s->name : "samples";
}

/* Samples of the parts, and what was left out. */
static void describe(const mien_picture_study *s, mien_buffer *out)
{
    const mien_picture_parts *p = &s->parts;
    mien_buffer_printf(out,
                       "%s: %lld samples to learn from, %lld for validation\n"
                       "%s: %lld for the test\n",
                       name_of(&s->train_set), (long long)p->train,
                       (long long)p->valid, name_of(&s->test_set),
                       (long long)p->test);
    if (p->twins)
        mien_buffer_printf(out,
                           "%lld samples left out: the same picture, pixel by "
                           "pixel, judges\n",
                           (long long)p->twins);
    if (p->unread)
        mien_buffer_printf(out, "%lld lines of labels could not be read\n",
                           (long long)p->unread);
    if (s->o.faceless[0] || s->o.faceless[1])
        mien_buffer_printf(out,
                           "%lld pictures to learn from and %lld of the test "
                           "are taken whole: no face was found in them\n",
                           (long long)s->o.faceless[0],
                           (long long)s->o.faceless[1]);
    int64_t failed =
        mien_loader_failures(s->loader) +
        (s->test_loader ? mien_loader_failures(s->test_loader) : 0);
    if (failed)
        mien_buffer_printf(out, "%lld pictures could not be read\n",
                           (long long)failed);
}

void mien_picture_epoch_text(const mien_picture_study *s, const mien_epoch *e,
                             mien_buffer *out)
{
    mien_buffer_printf(out, "loss %.5f  val_loss %.5f", e->train.total,
                       e->valid.total);
    for (int i = 0; i < s->losses; i++)
        if (!mi_answer_labelled(&s->view.answer[s->loss_answer[i]]))
            mien_buffer_printf(out, "  %s %.5g %.5g",
                               s->view.answer[s->loss_answer[i]].name,
                               e->train.part[i], e->valid.part[i]);
    mien_buffer_puts(out, e->improved ? " *" : "");
}

static const char *schedule_of(const mien_picture_options *o)
{
    return o->schedule.kind == MIEN_RATE_COSINE ? "cosine"
           : o->schedule.kind == MIEN_RATE_STEP ? "steps"
                                                : "constant";
}

/* What the network sees, in words. */
static const char *crop_of(const mien_picture_options *o)
{
    return o->view.crop == MIEN_CROP_FACE  ? "faces that were found"
           : o->view.crop == MIEN_CROP_BOX ? "boxes of the labels"
                                           : "whole pictures";
}

/* The network, and how it was trained. */
static void put_settings(const mien_picture_study *s, mien_buffer *out)
{
    const mien_picture_options *o = &s->o;
    mien_buffer_printf(
        out,
        "network %s, %lld parameters, %d x %d x %d, %s\nseed %u, batch %d, "
        "rate %g %s",
        s->net->name[0] ? s->net->name : "of its own",
        (long long)mien_net_parameters(s->net), s->view.channels, s->view.h,
        s->view.w, crop_of(o), o->seed, o->batch, (double)o->optimizer.rate,
        schedule_of(o));
    if (mi_team_several(o->team))
        mien_buffer_printf(out, ", %d ranks", o->team->size);
    if (o->optimizer.weight_decay > 0)
        mien_buffer_printf(out, ", decay %g%s",
                           (double)o->optimizer.weight_decay,
                           o->optimizer.decoupled ? "" : " in the gradient");
    if (o->average > 0)
        mien_buffer_printf(out, ", average %g", (double)o->average);
    if (o->optimizer.clip_norm > 0)
        mien_buffer_printf(out, ", gradients up to %g",
                           (double)o->optimizer.clip_norm);
    if (o->plateau)
        mien_buffer_printf(out, ", halved after %d epochs that brought nothing",
                           o->plateau);
    if (o->augment.mix > 0)
        mien_buffer_printf(out, ", mix-up %g", (double)o->augment.mix);
    if (o->by_eyes)
        mien_buffer_puts(out, ", faces weigh by the distance of their eyes");
    mien_buffer_puts(out, "\nlosses");
    for (int i = 0; i < s->losses; i++)
        mien_buffer_printf(
            out, "%s %g %s", i ? "," : "", (double)s->loss[i].weight,
            mien_graph_output_name(s->net->graph, s->loss[i].output));
    int n = 0;
    if (s->fit)
        mien_fit_history(s->fit, &n);
    mien_buffer_printf(out, "\nepochs %d, the best %d, %.0f s\n", n,
                       s->fit ? mien_fit_best(s->fit) : 0, s->seconds);
}

/* The verdicts, and what principal components reach. */
static void put_verdicts(const mien_picture_study *s, mien_buffer *out)
{
    const mien_picture_baseline *b = &s->baseline;
    mien_picture_verdict_text(&s->verdict[0], "validation", 0, out);
    mien_picture_verdict_text(&s->verdict[1], "test", 1, out);
    for (int i = 0; i < MIEN_BASELINES && b->judged; i++)
        mien_buffer_printf(out,
                           "  PCA        PSNR %.2f dB with %d components of "
                           "%lld training pictures, %lld pictures\n",
                           b->psnr[i], b->components[i], (long long)b->fitted,
                           (long long)b->judged);
}

void mien_picture_study_text(const mien_picture_study *s, mien_buffer *out)
{
    describe(s, out);
    if (s->fit)
        put_settings(s, out);
    if (!s->file.n)
        return;
    put_verdicts(s, out);
}

void mien_picture_study_history(const mien_picture_study *s, mien_buffer *out)
{
    int n = 0;
    const mien_epoch *e = s->fit ? mien_fit_history(s->fit, &n) : NULL;
    mien_buffer_puts(out, "epoch,loss,val_loss");
    for (int i = 0; i < s->losses; i++) {
        const char *name =
            mien_graph_output_name(s->net->graph, s->loss[i].output);
        mien_buffer_printf(out, ",%s,val_%s", name, name);
    }
    mien_buffer_puts(out, ",learning_rate,improved\n");
    for (int k = 0; k < n; k++) {
        mien_buffer_printf(out, "%d,%.9g,%.9g", e[k].epoch, e[k].train.total,
                           e[k].valid.total);
        for (int i = 0; i < s->losses; i++)
            mien_buffer_printf(out, ",%.9g,%.9g", e[k].train.part[i],
                               e[k].valid.part[i]);
        mien_buffer_printf(out, ",%.9g,%d\n", (double)e[k].rate, e[k].improved);
    }
}

static void json_baseline(const mien_picture_baseline *b, mien_json *j)
{
    mien_json_object(j, "pca");
    mien_json_int(j, "training_pictures", b->fitted);
    mien_json_int(j, "test_pictures", b->judged);
    mien_json_array(j, "components");
    for (int i = 0; i < MIEN_BASELINES; i++) {
        mien_json_object(j, NULL);
        mien_json_int(j, "count", b->components[i]);
        mien_json_real(j, "psnr_db", b->psnr[i], 0);
        mien_json_close(j);
    }
    mien_json_close(j);
    mien_json_close(j);
}

/* What was seen in the samples, and how they were learned from, line by line.
 */
static void put_lines(const mien_picture_study *s, mien_json *j)
{
    mien_buffer lines = {0};
    mien_json_object(j, "data");
    mien_json_text(j, "name", name_of(&s->train_set));
    mien_json_text(j, "sha256", *s->data_sha256 ? s->data_sha256 : NULL);
    mien_json_text(j, "sheet_sha256",
                   *s->sheet_sha256 ? s->sheet_sha256 : NULL);
    mien_json_close(j);
    describe(s, &lines);
    mien_json_lines(j, "notes", lines.data, lines.n);
    lines.n = 0;
    if (s->fit)
        put_settings(s, &lines);
    mien_json_lines(j, "settings", lines.data, lines.n);
    j->out->failed |= lines.failed;
    mien_buffer_free(&lines);
}

void mien_picture_study_metrics(const mien_picture_study *s, mien_buffer *out)
{
    char digest[65];
    mien_json j = mien_json_on(out, 2);
    int n = 0;
    if (s->fit)
        mien_fit_history(s->fit, &n);
    mien_json_object(&j, NULL);
    mien_json_text(&j, "schema", "mien/picture-metrics/1");
    mien_json_text(&j, "network", s->net->name);
    mien_json_int(&j, "parameters", mien_net_parameters(s->net));
    mien_json_int(&j, "seed", s->o.seed);
    mien_json_int(&j, "ranks", s->o.team ? s->o.team->size : 1);
    mien_json_int(&j, "training_samples", s->parts.train);
    mien_json_int(&j, "validation_samples", s->parts.valid);
    mien_json_int(&j, "test_samples", s->parts.test);
    mien_json_int(&j, "twins_left_out", s->parts.twins);
    mien_json_int(&j, "unreadable_lines", s->parts.unread);
    mien_json_int(&j, "training_pictures_without_face", s->o.faceless[0]);
    mien_json_int(&j, "test_pictures_without_face", s->o.faceless[1]);
    mien_json_int(&j, "epochs", n);
    mien_json_int(&j, "best_epoch", s->fit ? mien_fit_best(s->fit) : 0);
    mien_json_real(&j, "seconds", s->seconds, 4);
    mien_picture_verdict_json(&s->verdict[0], "validation", &j);
    mien_picture_verdict_json(&s->verdict[1], "test", &j);
    if (s->baseline.judged)
        json_baseline(&s->baseline, &j);
    mien_sha256(s->file.data, s->file.n, digest);
    mien_json_text(&j, "model_sha256", digest);
    put_lines(s, &j);
    mien_json_close(&j);
    mien_buffer_puts(out, "\n");
}

mien_status mien_picture_study_card(const mien_picture_study *s,
                                    mien_buffer *out, mien_error *err)
{
    mien_card_source source = {.name = "model.onnx",
                               .model = s->file.data,
                               .model_n = s->file.n,
                               .sheet = s->o.sheet,
                               .sheet_n = s->o.sheet_size};
    mien_buffer metrics = {0};
    mien_card *c = NULL;
    mien_picture_study_metrics(s, &metrics);
    source.metrics = metrics.data;
    source.metrics_n = metrics.n;
    mien_status st = metrics.failed ? mi_no_memory(err)
                                    : mien_card_of_model(&source, &c, err);
    if (!st)
        st = mien_card_text(c, out, err);
    mien_card_free(c);
    mien_buffer_free(&metrics);
    return st;
}

/* ---- the folder
 * ---------------------------------------------------------------- */

mien_status mien_picture_study_save(const mien_picture_study *s,
                                    const char *folder, mien_error *err)
{
    mien_buffer b = {0};
    mien_status st = mien_folder_make(folder, err);
    if (!st)
        st = mien_folder_save(folder, "model.onnx", s->file.data, s->file.n,
                              err);
    if (!st && s->codes.count) {
        mien_codes_write(&s->codes, &b);
        st = mien_folder_save_buffer(folder, "codes.json", &b, err);
    }
    if (!st) {
        mien_picture_study_metrics(s, &b);
        st = mien_folder_save_buffer(folder, "metrics.json", &b, err);
    }
    if (!st) {
        st = mien_picture_study_card(s, &b, err);
        if (!st)
            st = mien_folder_save_buffer(folder, "model_card.md", &b, err);
        mien_buffer_free(&b);
    }
    if (!st && s->o.sheet)
        st = mien_folder_save(folder, "datasheet.json", s->o.sheet,
                              s->o.sheet_size, err);
    if (!st) {
        mien_picture_study_history(s, &b);
        st = mien_folder_save_buffer(folder, "history.csv", &b, err);
    }
    if (!st) {
        st = mien_picture_study_page(s, &b, err);
        if (!st)
            st = mien_folder_save_buffer(folder, "report.html", &b, err);
        mien_buffer_free(&b);
    }
    return st;
}
