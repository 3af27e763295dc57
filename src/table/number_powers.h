/* number_powers.h: 5^q for q = -342..342, its first 128 bits, high word and low
 * word. */
#ifndef MI_TABLE_NUMBER_POWERS_H
#define MI_TABLE_NUMBER_POWERS_H

#include <stdint.h>

enum { MI_POWER_MIN = -342, MI_POWER_MAX = 342 };

extern const uint64_t mi_power_of_five[MI_POWER_MAX - MI_POWER_MIN + 1][2];

#endif
