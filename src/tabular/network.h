/* network.h: networks of auto-encoders. */
#ifndef MI_TABULAR_NETWORK_H
#define MI_TABULAR_NETWORK_H

#include "mien/tabular.h"
#include "mien/train.h"
#include "graph/graph.h"

/* x is [rows, window * inputs] or, for LSTM, [rows, window, inputs]; so is the
 * result.  First values are drawn from r. */
mi_node *mi_autoencoder_build(mien_graph *g, mi_node *x,
                              const mien_autoencoder_options *o,
                              mien_random *r);

#endif
