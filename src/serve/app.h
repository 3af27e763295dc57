/* app.h: the files of the app for browsers, which a server gives away as they
 * are. */
#ifndef MI_SERVE_APP_H
#define MI_SERVE_APP_H

#include "mien/file.h"

typedef struct mi_app {
    char *folder;     /* NULL: there is no app */
    mien_paths files; /* all that may be asked for, in the order of bytes */
} mi_app;

/* Take a folder that has an index.html; what comes into it later is not served.
 * Fails with EIO, ELIMIT, ENOMEM. */
MIEN_CHECKED mien_status mi_app_open(mi_app *a, const char *folder,
                                     mien_error *err);
/* Release it; a zero-initialised one, too. */
void mi_app_close(mi_app *a);

/* The place of the file that a path of a request names, "/" the page's; -1:
 * none. */
int mi_app_find(const mi_app *a, const char *path);
/* Open a file: its descriptor and size; -1: it is gone. */
int mi_app_file(const mi_app *a, int at, size_t *size);
/* Its Content-Type. */
const char *mi_app_type(const mi_app *a, int at);
/* How long a browser may keep it: names in assets/ change with what they name.
 */
const char *mi_app_cache(const mi_app *a, int at);

/* What a page of the app may do, as a Content-Security-Policy. */
extern const char mi_app_policy[];

#endif
