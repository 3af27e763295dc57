/* libraries.c: what mien is made with. */
#include "mien/kit.h"

#include <cairo.h>
#include <jansson.h>
#include <png.h>
#include <sodium.h>
#include <sqlite3.h>
#include <webp/decode.h>

void mien_libraries(mien_buffer *out)
{
    int webp = WebPGetDecoderVersion();
    mien_buffer_printf(out, "libpng %s, libwebp %d.%d.%d, cairo %s, ",
                       png_get_libpng_ver(NULL), webp >> 16, webp >> 8 & 255,
                       webp & 255, cairo_version_string());
    mien_buffer_printf(out, "jansson %s, libsodium %s, SQLite %s",
                       jansson_version_str(), sodium_version_string(),
                       sqlite3_libversion());
}
