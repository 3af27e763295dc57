#include "base/fields.h"

#include <string.h>

void mi_field_put(mien_buffer *b, const char *s)
{
    static const char plain[] = "\t\n\r\\", coded[] = "tnr\\";
    mien_buffer_put(b, "\t", 1);
    for (; *s; s++) {
        const char *at = strchr(plain, *s);
        if (at) {
            const char pair[] = {'\\', coded[at - plain]};
            mien_buffer_put(b, pair, 2);
        } else {
            mien_buffer_put(b, s, 1);
        }
    }
}

int mi_field_split(char *line, char **field, int most)
{
    int n = 0;
    while (line && n < most) {
        char *next = strchr(line, '\t'), *to = line;
        if (next)
            *next++ = 0;
        field[n++] = line;
        for (const char *s = line; *s; s++) {
            if (*s == '\\' && s[1]) {
                s++;
                *to++ = (char)(*s == 't'   ? '\t'
                               : *s == 'n' ? '\n'
                               : *s == 'r' ? '\r'
                                           : *s);
            } else {
                *to++ = *s;
            }
        }
        *to = 0;
        line = next;
    }
    return n;
}
