/* cli_cascades.h: cascades by name or by file. */
#ifndef MIEN_CLI_CASCADES_H
#define MIEN_CLI_CASCADES_H

#include "cli/cli.h"

/* Load a cascade.
 *
 *   name    "face" (mien's own), a file, or the name of an OpenCV cascade:
 *           "eye", "frontalface_default", "haarcascade_smile.xml", looked for
 *           in the folder, in MIEN_CASCADES and where Debian puts them
 *   folder  what --cascades says, or NULL
 *   out     free with mien_cascade_free
 *
 * The text of a failure names the file, or the places looked at. */
mien_status cli_cascade_load(const char *name, const char *folder,
                             mien_cascade **out, mien_error *err);

/* The name in a cascade's file name: "eye" for "dir/haarcascade_eye.xml". */
void cli_cascade_name(const char *name, char *out, size_t size);

#define CLI_OPTION_CASCADES                                              \
    {                                                                    \
        "cascades", 0, CLI_FOLDER, "DIR", NULL,                          \
            "where OpenCV's cascades lie (default: MIEN_CASCADES, then " \
            "/usr/share/opencv4, from the package opencv-data)"          \
    }

#endif
