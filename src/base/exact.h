/* exact.h: every sum and product is rounded on its own.
 *
 * Boxes are floored to whole pixels where face-api.js floors them, so a last
 * bit can move a crop by a pixel; a file that is written has one SHA-256 on all
 * machines.  Include it in the files whose arithmetic must be that of other
 * machines, or JavaScript's, after the other headers. */
#ifndef MI_BASE_EXACT_H
#define MI_BASE_EXACT_H

#if defined(__clang__)
#pragma STDC FP_CONTRACT OFF
#else
#pragma GCC optimize("fp-contract=off")
#endif

#endif
