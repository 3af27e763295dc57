/* alias.c: what other tools call an option.
 *
 * People bring command lines of opencv_traincascade and calls of
 * detectMultiScale.  A name that means the same is taken; of one that does not
 * the error says what to write. */
#include "cli/shell/shell.h"

#include <string.h>

static const cli_alias list[] = {
    {"train cascade", "vec", "positives", NULL},
    {"train cascade", "bg", "negatives", NULL},
    {"train cascade", "numThreads", "threads", NULL},
    {"train cascade", "precalcValBufSize", "cache", NULL},
    {"train cascade", "precalcIdxBufSize", NULL,
     "--cache MB is for values and indices together"},
    {"train cascade", "data", NULL,
     "-o FILE names the cascade; --resume goes on from it"},
    {"train cascade", "stageType", NULL, "stages are always boosted; leave it"},
    {"train cascade", "baseFormatSave", NULL,
     "the cascade is written as OpenCV 2.4 and later read it"},
    {"detect", "scaleFactor", "scale", NULL},
    {"detect", "minNeighbors", "neighbors", NULL},
    {"detect", "minSize", "min-size", NULL},
    {"detect", "maxSize", "max-size", NULL},
    {"detect", "csv", NULL, "write --format csv"},
    {"track", "csv", NULL, "write --format csv"},
    {"smile", "csv", NULL, "write --format csv"},
};

const cli_alias *cli_alias_find(const cli_command *c, const char *name)
{
    for (size_t i = 0; i < sizeof list / sizeof *list; i++)
        if (!strcmp(list[i].command, c->name) && !strcmp(list[i].name, name))
            return &list[i];
    return NULL;
}
