/* basis.h: why people may be looked for, as part of a larger JSON. */
#ifndef MI_RECORD_BASIS_H
#define MI_RECORD_BASIS_H

#include "mien/record_basis.h"

#include <jansson.h>

/* mien_basis_read of what was parsed already: any value.  Fails with EFORMAT.
 */
mien_status mi_basis_of(const json_t *from, mien_basis *out, mien_error *err);

#endif
