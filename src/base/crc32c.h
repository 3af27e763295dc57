/* crc32c.h: the check sum of records and checkpoints. */
#ifndef MI_BASE_CRC32C_H
#define MI_BASE_CRC32C_H

#include <stddef.h>
#include <stdint.h>

/* CRC-32C (Castagnoli) of n bytes; "123456789" gives e3069283.
 * Source: RFC 3720, appendix B.4. */
uint32_t mi_crc32c(const uint8_t *bytes, size_t n);

#endif
