/* exif.c: the orientation tag, read by libexif. */
#include "image/codec.h"

#include <libexif/exif-data.h>

#include <limits.h>

int mi_exif_orientation(const uint8_t *bytes, size_t n)
{
    if (n == 0 || n > UINT_MAX)
        return 1;
    int orientation = 1;
    ExifData *data = exif_data_new_from_data(bytes, (unsigned)n);
    ExifEntry *entry =
        data ? exif_data_get_entry(data, EXIF_TAG_ORIENTATION) : NULL;
    if (entry && entry->format == EXIF_FORMAT_SHORT && entry->size >= 2)
        orientation =
            exif_get_short(entry->data, exif_data_get_byte_order(data));
    if (data)
        exif_data_unref(data);
    return orientation >= 1 && orientation <= 8 ? orientation : 1;
}
