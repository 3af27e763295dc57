/* item.h: what records share. */
#ifndef MI_RECORD_ITEM_H
#define MI_RECORD_ITEM_H

#include "mien/record.h"

/* Begin the record of a file: {"schema", "file"; file NULL: only the first. */
mien_json mi_record_begin(const char *file, mien_buffer *out);
/* End it, and its line. */
void mi_record_end(mien_json *j);
/* "models": digests by task */
void mi_record_models(mien_json *j, int n, const mien_model_digest *d);
/* "warnings": what is not whole, and a remark; either may be NULL or empty. */
void mi_record_warnings(mien_json *j, const char *text, const char *remark);
/* "search": how people were looked for. */
void mi_record_search(mien_json *j, const mien_search_record *s);
/* The box of a hit. */
mien_box mi_hit_box(const mien_hit *h);

#endif
