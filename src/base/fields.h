/* fields.h: lines of text fields, apart by tabs.  A backslash stands before a
 * tab (t), a new line (n), a return (r) and itself in a field. */
#ifndef MI_BASE_FIELDS_H
#define MI_BASE_FIELDS_H

#include "mien/text.h"

/* Add a tab and a field. */
void mi_field_put(mien_buffer *b, const char *s);
/* Split a line in place into its fields, at most so many, and undo the
 * backslashes; how many there are. */
int mi_field_split(char *line, char **field, int most);

#endif
