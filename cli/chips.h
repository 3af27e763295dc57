/* chips.h: pictures to train cascades on, as a command line names them.  Each
 * function returns CLI_OK, or the status to exit with, reported. */
#ifndef MIEN_CLI_CHIPS_H
#define MIEN_CLI_CHIPS_H

#include "cli/shell/shell.h"

/* The rectangle that the option at place gives as X,Y,W,H, or crop as it was.
 * 0, and a report, when it is none. */
int cli_crop(const cli_args *a, const char *const *place, mien_region *crop);

/* mien_chips_load, until the user asks to stop. */
int cli_chips_load(const char *path, const mien_chips_options *options,
                   mien_chips *out);
/* mien_objects_load */
int cli_objects_load(const char *path, mien_sample_list *out);
/* mien_scene_set_load, until the user asks to stop. */
int cli_scenes_load(const char *path, mien_scene_set *out);

#endif
