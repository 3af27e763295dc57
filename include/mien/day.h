/* mien/day.h: days of the calendar, as texts.
 *
 *   mien_is_day("2026-11-30") -> mien_day_add: so many days on
 *                             -> mien_day_count: how many between two */
#ifndef MIEN_DAY_H
#define MIEN_DAY_H

#include "mien/base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* At most so many days are counted on. */
#define MIEN_DAY_MOST 400000

/* Tell whether a text is a day of the calendar.
 *
 *   text  NULL is none
 *
 * 1: YYYY-MM-DD of the years 1600 to 9999. */
MIEN_API int mien_is_day(const char *text);

/* Count on from a day.
 *
 *   day   YYYY-MM-DD, a day of the calendar of the years 1600 to 9999,
 *         asserted
 *   days  0..MIEN_DAY_MOST, asserted
 *   out   set to that day, at most 9999-12-31; may be day */
MIEN_API void mien_day_add(const char *day, int days, char out[11]);

/* Count the days between two.
 *
 *   from  a day, asserted
 *   to    a day, asserted
 *
 * How many days from comes before to; negative where it comes after.
 * Source: Gregorian calendar, in cycles of 400 years. */
MIEN_API int mien_day_count(const char *from, const char *to);

/* Read when something ends: a day, or how many days on that is.
 *
 *   text   "2027-01-31", or "30", 0..MIEN_DAY_MOST
 *   today  a day, asserted
 *   out    set to the day
 *
 * Fails with EARG: neither, or a day before today. */
MIEN_API MIEN_CHECKED mien_status mien_day_until(const char *text,
                                                 const char *today,
                                                 char out[11], mien_error *err);

#ifdef __cplusplus
}
#endif
#endif
