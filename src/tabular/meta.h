/* meta.h: what a model knows of its columns, as texts of an ONNX file. */
#ifndef MI_TABULAR_META_H
#define MI_TABULAR_META_H

#include "mien/tabular.h"
#include "graph/graph.h"

/* Write: mien.task, mien.columns, mien.window, mien.threshold, mien.scaler
 * (centres, then scales), mien.coefficients (the intercept first), ... */
mien_status mi_meta_put(mien_graph *g, const mien_tabular_parts *p,
                        mien_error *err);
/* Read the encoder of the columns; mien_encoder_free releases it. */
mien_status mi_meta_encoder(const mien_graph *g, mien_encoder **out,
                            mien_error *err);
/* A number of the metadata; a failure is kept in the graph. */
void mi_meta_set_number(mien_graph *g, const char *key, double v);
/* Numbers of the metadata, a line each, all their digits.  There may be none:
 * then *found is 0 and out is as it was. */
mien_status mi_meta_numbers(const mien_graph *g, const char *key, size_t n,
                            double *out, int *found, mien_error *err);
/* A number of the metadata.  Fails with EFORMAT where there is none. */
mien_status mi_meta_number(const mien_graph *g, const char *key, double *out,
                           mien_error *err);

#endif
