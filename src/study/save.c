/* save.c: the folder that a study leaves. */
#include "study/study.h"

#include "base/error.h"
#include "mien/file.h"

#include <string.h>

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
        st = mien_folder_save_buffer(folder, "metrics.json", &b, err);
    }
    if (!st) {
        mien_study_card(s, &b);
        st = mien_folder_save_buffer(folder, "model_card.md", &b, err);
    }
    if (!st) {
        st = mien_study_page(s, &b, err);
        if (!st)
            st = mien_folder_save_buffer(folder, "report.html", &b, err);
        mien_buffer_free(&b);
    }
    if (!st && s->fit) {
        mien_study_history(s, &b);
        st = mien_folder_save_buffer(folder, "history.csv", &b, err);
    }
    return st;
}
