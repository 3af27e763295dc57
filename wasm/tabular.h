/* tabular.h: models of tables of a page, and what they say of its tables.
 *
 *   web_tabular_new: model.onnx -> web_prediction_new, of a table
 *     -> web_prediction_next until web_prediction_done is 1: lines of CSV
 *     -> web_prediction_about: JSON
 *   web_tabular_judge: where the answers are known */
#ifndef MIEN_WASM_TABULAR_H
#define MIEN_WASM_TABULAR_H

#include "wasm/table.h"

typedef struct web_prediction web_prediction;

/* Read a model, as mien_tabular_read: {"kind", "label", "positive",
 * "threshold", "window", "columns": [{"name", "type": "number" or "text",
 * "levels": texts}]}. */
mien_status WEB_EXPORT(web_tabular_new)(mien_web *w, const uint8_t *bytes,
                                        size_t n, mien_tabular **out);
/* After its predictions. */
void WEB_EXPORT(web_tabular_free)(mien_tabular *m);

/* Begin to predict the rows of a table, which is read again as the model's was:
 * as mien_predictor_new with so many tops and highest rows; threshold NaN: the
 * model's. */
mien_status WEB_EXPORT(web_prediction_new)(mien_web *w, mien_tabular *m,
                                           const web_table *t, double threshold,
                                           int top, int highest,
                                           web_prediction **out);
void WEB_EXPORT(web_prediction_free)(web_prediction *p);

/* Predict some more rows: their lines as mien_predictor_rows writes them, at
 * first the line of titles.  Fails as mien_predictor_stream. */
mien_status WEB_EXPORT(web_prediction_next)(mien_web *w, web_prediction *p);

/* Which part of the file was read, 0..1; 1: there is nothing more. */
double WEB_EXPORT(web_prediction_done)(const web_prediction *p);

/* What was found so far, as mien_predictor_json. */
mien_status WEB_EXPORT(web_prediction_about)(mien_web *w, web_prediction *p);

/* Judge a model on a table that has its label, as mien_evaluate: as
 * mien_verdict_json. */
mien_status WEB_EXPORT(web_tabular_judge)(mien_web *w, mien_tabular *m,
                                          const web_table *t);

#endif
