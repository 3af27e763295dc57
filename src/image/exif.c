/* exif.c: how a picture lies and when it was taken, read by libexif.
 *
 * The day is that of DateTimeOriginal, or else of DateTimeDigitized, which for
 * a scanned photo comes later; that of DateTime, when the file was changed
 * last, is not asked for.  It is the camera's own day, in a zone that EXIF need
 * not tell, and as right as the camera's clock.
 * Source: JEITA CP-3451, Exif 2.32, 4.6.5. */
#include "image/codec.h"

#include "mien/day.h"

#include <libexif/exif-data.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* The tags stand near its beginning; a JPEG holds 64 KiB at most. */
enum { MOST = 65536, SECONDS_OF_DAY = 86400 };

/* The oldest photograph that is kept is of about then. */
static const char first_day[] = "1826-01-01";

/* A day on which a photo can have been taken, by the system's clock: in some
 * zone it is tomorrow already. */
static int is_past(const char *day)
{
    char tomorrow[11];
    time_t at = time(NULL) + SECONDS_OF_DAY;
    struct tm t = {0};
    return mien_is_day(day) && strcmp(day, first_day) >= 0 &&
           gmtime_r(&at, &t) && strftime(tomorrow, 11, "%Y-%m-%d", &t) &&
           strcmp(day, tomorrow) <= 0;
}

/* The day of "2001:05:01 12:00:00"; 0: the tag is missing or tells none. */
static int read_day(const ExifData *data, ExifTag tag, char out[11])
{
    const ExifEntry *e = exif_content_get_entry(data->ifd[EXIF_IFD_EXIF], tag);
    char day[11] = "";
    if (!e || e->format != EXIF_FORMAT_ASCII || e->size < 10 ||
        e->data[4] != ':' || e->data[7] != ':' ||
        (e->size > 10 && e->data[10] != ' ' && e->data[10] != 0))
        return 0;
    memcpy(day, e->data, 10);
    day[4] = day[7] = '-';
    if (!is_past(day))
        return 0;
    memcpy(out, day, 11);
    return 1;
}

static int read_orientation(ExifData *data)
{
    const ExifEntry *e =
        exif_content_get_entry(data->ifd[EXIF_IFD_0], EXIF_TAG_ORIENTATION);
    int orientation = 1;
    if (e && e->format == EXIF_FORMAT_SHORT && e->size >= 2)
        orientation = exif_get_short(e->data, exif_data_get_byte_order(data));
    return orientation >= 1 && orientation <= 8 ? orientation : 1;
}

void mi_exif_read(const uint8_t *bytes, size_t n, mi_exif *out)
{
    static const char head[6] = "Exif\0";
    uint8_t block[sizeof head + MOST];
    *out = (mi_exif){.orientation = 1};
    if (n >= sizeof head && memcmp(bytes, head, sizeof head) == 0) {
        bytes += sizeof head;
        n -= sizeof head;
    }
    ExifData *data = n ? exif_data_new() : NULL;
    if (!data)
        return;
    n = n < MOST ? n : MOST;
    memcpy(block, head, sizeof head);
    memcpy(block + sizeof head, bytes, n);
    /* As it is: mending adds tags that are missing, and libexif gives a date
     * that it adds the time of now. */
    exif_data_unset_option(data, EXIF_DATA_OPTION_FOLLOW_SPECIFICATION);
    exif_data_load_data(data, block, (unsigned)(n + sizeof head));
    if (!read_day(data, EXIF_TAG_DATE_TIME_ORIGINAL, out->taken))
        read_day(data, EXIF_TAG_DATE_TIME_DIGITIZED, out->taken);
    exif_data_fix(data); /* an orientation in another format */
    out->orientation = read_orientation(data);
    exif_data_unref(data);
}
