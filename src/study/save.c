/* save.c: the folder that a study leaves, with its card. */
#include "study/study.h"

#include "base/error.h"
#include "mien/file.h"
#include "mien/report_card.h"

#include <string.h>

/* The card of these metrics. */
static mien_status put_card(const mien_study *s, const mien_buffer *metrics,
                            mien_buffer *out, mien_error *err)
{
    const mien_card_source source = {.name = "model.onnx",
                                     .model = s->file.data,
                                     .model_n = s->file.n,
                                     .metrics = metrics->data,
                                     .metrics_n = metrics->n,
                                     .sheet = s->o.sheet,
                                     .sheet_n = s->o.sheet_size};
    mien_card *c = NULL;
    mien_status st = metrics->failed ? mi_no_memory(err)
                                     : mien_card_of_model(&source, &c, err);
    if (!st)
        st = mien_card_text(c, out, err);
    mien_card_free(c);
    return st;
}

mien_status mien_study_card(const mien_study *s, mien_buffer *out,
                            mien_error *err)
{
    mien_buffer metrics = {0};
    mien_study_metrics(s, &metrics);
    mien_status st = put_card(s, &metrics, out, err);
    mien_buffer_free(&metrics);
    return st;
}

/* The metrics, which take time, and the card that is made of them. */
static mien_status save_figures(const mien_study *s, const char *folder,
                                mien_error *err)
{
    mien_buffer metrics = {0}, card = {0};
    mien_study_metrics(s, &metrics);
    mien_status st = put_card(s, &metrics, &card, err);
    if (!st)
        st = mien_folder_save_buffer(folder, "metrics.json", &metrics, err);
    if (!st)
        st = mien_folder_save_buffer(folder, "model_card.md", &card, err);
    mien_buffer_free(&metrics);
    mien_buffer_free(&card);
    return st;
}

mien_status mien_study_save(const mien_study *s, const char *folder,
                            mien_error *err)
{
    mien_buffer b = {0};
    mien_status st = mien_folder_make(folder, err);
    if (!st)
        st = mien_folder_save(folder, "model.onnx", s->file.data, s->file.n,
                              err);
    if (!st)
        st = save_figures(s, folder, err);
    if (!st) {
        st = mien_study_page(s, &b, err);
        if (!st)
            st = mien_folder_save_buffer(folder, "report.html", &b, err);
        mien_buffer_free(&b);
    }
    if (!st && s->o.sheet)
        st = mien_folder_save(folder, "datasheet.json", s->o.sheet,
                              s->o.sheet_size, err);
    if (!st && s->fit) {
        mien_study_history(s, &b);
        st = mien_folder_save_buffer(folder, "history.csv", &b, err);
    }
    return st;
}
