/* save.c: the folder that a study leaves. */
#include "study/study.h"

#include "base/error.h"
#include "mien/file.h"

#include <string.h>

/* FOLDER/NAME with what is in b, which is emptied. */
static mien_status save(const char *folder, const char *name, mien_buffer *b,
                        mien_error *err)
{
    mien_status st = b->failed
                         ? mi_no_memory(err)
                         : mien_folder_save(folder, name, b->data, b->n, err);
    mien_buffer_free(b);
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
    if (!st) {
        mien_study_metrics(s, &b);
        st = save(folder, "metrics.json", &b, err);
    }
    if (!st) {
        mien_study_card(s, &b);
        st = save(folder, "model_card.md", &b, err);
    }
    if (!st) {
        st = mien_study_page(s, &b, err);
        if (!st)
            st = save(folder, "report.html", &b, err);
        mien_buffer_free(&b);
    }
    if (!st && s->fit) {
        mien_study_history(s, &b);
        st = save(folder, "history.csv", &b, err);
    }
    return st;
}
