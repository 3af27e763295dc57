/* cli_json.h: build JSON with jansson; a failure anywhere leaves NULL. */
#ifndef MIEN_CLI_JSON_H
#define MIEN_CLI_JSON_H

#include "base/bytes.h"
#include "mien/image.h"

#include <jansson.h>

/* Add to an object or an array, taking over value.  When value is NULL or
 * memory ends, *to is released and becomes NULL, and stays so. */
void cli_json_put(json_t **to, const char *key, json_t *value);
void cli_json_add(json_t **to, json_t *value);

/* A number rounded to decimals; null when it is not finite. */
json_t *cli_json_number(double v, int decimals);
/* A text; bytes that are no UTF-8 become U+FFFD.  null when text is NULL. */
json_t *cli_json_text(const char *text);
/* {"x", "y", "width", "height"} */
json_t *cli_json_box(mien_box box);
/* [[x, y], ...] */
json_t *cli_json_points(const mien_point *p, int n);
/* [v, ...] with seven significant digits */
json_t *cli_json_floats(const float *v, int n);

/* Print value and a line feed, and release it.  flags are jansson's.  A value
 * that is NULL marks the buffer as failed. */
void cli_json_print(mien_buffer *out, json_t *value, size_t flags);

#endif
