/* number.h: decimal numbers from text and back, the same in every locale. */
#ifndef MI_TABLE_NUMBER_H
#define MI_TABLE_NUMBER_H

#include <stddef.h>
#include <stdint.h>

/* The number that begins at p as C writes it: sign, digits, point, exponent;
 * hexadecimal (0x1.8p3); inf and infinity in any case.  Where it stops, or NULL
 * if none begins there.  The value has strtod's bits. */
const char *mi_number_read(const char *p, const char *end, double *out);

/* w * 10^q, w != 0, rounded to nearest, ties to even. */
double mi_number_of(uint64_t w, int64_t q);

enum { MI_NUMBER_SIZE = 32 };
/* The shortest decimal form of at most 17 digits that reads back as x:
 * 0.1, 1e-05, 1e+16, inf, -0.  How many bytes were put in out, no more than
 * MI_NUMBER_SIZE, not terminated.  NaN is "nan". */
int mi_number_write(double x, char *out);

#endif
