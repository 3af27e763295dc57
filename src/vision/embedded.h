/* embedded.h: cascades inside the library, as tools/embed.sh writes them. */
#ifndef MI_VISION_EMBEDDED_H
#define MI_VISION_EMBEDDED_H

#include <stddef.h>
#include <stdint.h>

extern const size_t mi_embedded_face_cascade_n;
extern const uint8_t mi_embedded_face_cascade[];

#endif
