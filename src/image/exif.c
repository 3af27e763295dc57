/* exif.c: the orientation tag, read by libexif. */
#include "image/codec.h"

#include <libexif/exif-data.h>
#include <string.h>

/* The tag stands in the first directory; a JPEG holds 64 KiB at most. */
enum { MOST = 65536 };

int mi_exif_orientation(const uint8_t *bytes, size_t n)
{
    static const char head[6] = "Exif\0";
    uint8_t block[sizeof head + MOST];
    if (n >= sizeof head && memcmp(bytes, head, sizeof head) == 0) {
        bytes += sizeof head;
        n -= sizeof head;
    }
    if (n == 0)
        return 1;
    n = n < MOST ? n : MOST;
    memcpy(block, head, sizeof head);
    memcpy(block + sizeof head, bytes, n);
    int orientation = 1;
    ExifData *data =
        exif_data_new_from_data(block, (unsigned)(n + sizeof head));
    ExifEntry *entry = data ? exif_content_get_entry(data->ifd[EXIF_IFD_0],
                                                     EXIF_TAG_ORIENTATION)
                            : NULL;
    if (entry && entry->format == EXIF_FORMAT_SHORT && entry->size >= 2)
        orientation =
            exif_get_short(entry->data, exif_data_get_byte_order(data));
    if (data)
        exif_data_unref(data);
    return orientation >= 1 && orientation <= 8 ? orientation : 1;
}
