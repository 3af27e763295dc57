/* gif.h: frames of a page as a GIF.
 *
 *   RGBA of frames -> web_gif_new -> web_gif_bytes -> web_gif_free */
#ifndef MIEN_WASM_GIF_H
#define MIEN_WASM_GIF_H

#include "wasm/web.h"

typedef struct web_gif web_gif;

/* Write n frames of width x height pixels, [n, height, width, 4] as a canvas
 * has them, as mien_image_write_gif does. */
mien_status WEB_EXPORT(web_gif_new)(mien_web *w, const uint8_t *rgba, int n,
                                    int width, int height, double fps,
                                    web_gif **out);
void WEB_EXPORT(web_gif_free)(web_gif *g);

/* The file, of web_gif_size bytes. */
const uint8_t *WEB_EXPORT(web_gif_bytes)(const web_gif *g);
size_t WEB_EXPORT(web_gif_size)(const web_gif *g);

#endif
