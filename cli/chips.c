/* chips.c: pictures to train cascades on, as a command line names them. */
#include "cli/chips.h"

#include "cli/shell/files.h"

#include <string.h>

int cli_crop(const cli_args *a, const char *const *place, mien_region *crop)
{
    int v[4] = {0};
    const char *p = *place;
    for (int i = 0; p && i < 4; i++) {
        const char *start = p;
        for (; *p >= '0' && *p <= '9' && v[i] < 100000; p++)
            v[i] = v[i] * 10 + (*p - '0');
        if (p == start || *p != (i < 3 ? ',' : 0) || (i > 1 && v[i] < 1))
            return cli_wrong(a, place, "x,y,width,height");
        p += i < 3;
    }
    if (p)
        *crop = (mien_region){v[0], v[1], v[2], v[3]};
    return 1;
}

static int stop(void *arg)
{
    (void)arg;
    return cli_interrupted();
}

int cli_chips_load(const char *path, const mien_chips_options *options,
                   mien_chips *out)
{
    mien_chips_options o = *options;
    mien_buffer notes = {0};
    mien_error err = {0};
    o.stop = stop;
    mien_status st = mien_chips_load(path, &o, &notes, out, &err);
    cli_error_lines(&notes);
    /* What lies outside is what --crop asks for. */
    const char *wanted =
        cli_is_folder(path) ? strstr(err.text, ", wanted ") : NULL;
    if (cli_interrupted()) {
        mien_chips_free(out);
        return CLI_INTERRUPTED;
    }
    if (st && wanted)
        cli_error("%.*s, wanted --crop %s", (int)(wanted - err.text), err.text,
                  wanted + 9);
    else if (st)
        cli_error("%s", err.text);
    return st ? CLI_NOTHING : CLI_OK;
}

int cli_objects_load(const char *path, mien_sample_list *out)
{
    mien_error err = {0};
    mien_status st = mien_objects_load(path, out, &err);
    if (st)
        cli_error("%s", err.text);
    return st ? CLI_NOTHING : CLI_OK;
}

int cli_scenes_load(const char *path, mien_scene_set *out)
{
    mien_buffer notes = {0};
    mien_error err = {0};
    mien_status st = mien_scene_set_load(path, stop, NULL, &notes, out, &err);
    cli_error_lines(&notes);
    if (cli_interrupted()) {
        mien_scene_set_free(out);
        return CLI_INTERRUPTED;
    }
    if (st)
        cli_error("%s", err.text);
    return st ? CLI_NOTHING : CLI_OK;
}
