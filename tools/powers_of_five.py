#!/usr/bin/env python3
"""powers_of_five.py: write src/table/number_powers.c.

5^q for q = -342..342 as the first 128 bits of its binary digits: rounded up
where q = -27..-1, so that exact ties are seen, down elsewhere.  Source: Lemire, "Number parsing at a gigabyte per
second", Software: Practice and Experience 51 (2021), section 4."""


def power(q):
    """The first 128 bits of 5^q."""
    if q >= 0:
        v = 5**q
        shift = v.bit_length() - 128
        return v >> shift if shift >= 0 else v << -shift
    v = 5**-q
    c = (1 << (2 * v.bit_length() + 128)) // v
    c >>= c.bit_length() - 128
    return c + (q >= -27)


print("""/* number_powers.c: made by tools/powers_of_five.py. */
#include "table/number_powers.h"

/* clang-format off */
const uint64_t mi_power_of_five[MI_POWER_MAX - MI_POWER_MIN + 1][2] = {""")
LINE = []
for e in range(-342, 343):
    p = power(e)
    LINE.append("{0x%016x, 0x%016x}," % (p >> 64, p & (2**64 - 1)))
for i in range(0, len(LINE), 2):
    print("    " + " ".join(LINE[i:i + 2]))
print("""};
/* clang-format on */""")
