/* embedded.h: model files inside the library, as tools/embed.sh writes them. */
#ifndef MI_MODEL_EMBEDDED_H
#define MI_MODEL_EMBEDDED_H

#include <stddef.h>
#include <stdint.h>

extern const size_t mi_embedded_yunet_n_dynamic_n;
extern const uint8_t mi_embedded_yunet_n_dynamic[];

#endif
