/* cascades.h: cascades by name or by file. */
#ifndef MIEN_CLI_CASCADES_H
#define MIEN_CLI_CASCADES_H

#include "cli/shell/shell.h"

/* mien_cascade_load; CLI_OK, or CLI_NOTHING, reported.
 *
 *   folder  what --cascades says, or NULL */
static inline int cli_cascade_load(const char *name, const char *folder,
                                   mien_cascade **out)
{
    mien_error err = {0};
    if (mien_cascade_load(name, folder, out, &err) == MIEN_OK)
        return CLI_OK;
    cli_error("%s", err.text);
    return CLI_NOTHING;
}

#define CLI_OPTION_CASCADES                                              \
    CLI_ROW_TEXT(cascades, CLI_FOLDER, "cascades", 0, "DIR",             \
                 "where OpenCV's cascades lie (default: MIEN_CASCADES, " \
                 "then /usr/share/opencv4, from the package opencv-data)")

#endif
