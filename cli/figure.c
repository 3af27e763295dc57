/* figure.c: figures into files. */
#include "cli/figure.h"

#include "cli/shell/shell.h"

#include <string.h>
#include <strings.h>

/* The format a path ends in, or -1. */
static int format_of(const char *path)
{
    static const struct {
        const char *ending;
        mien_plot_format format;
    } forms[] = {{".svg", MIEN_PLOT_SVG},
                 {".png", MIEN_PLOT_PNG},
                 {".pdf", MIEN_PLOT_PDF}};
    const char *dot = strrchr(path, '.');
    for (size_t i = 0; dot && i < sizeof forms / sizeof *forms; i++)
        if (!strcasecmp(dot, forms[i].ending))
            return (int)forms[i].format;
    return -1;
}

int cli_figure_path(const char *path)
{
    if (format_of(path) >= 0)
        return 1;
    cli_error("%s: wanted a name that ends in .svg, .png or .pdf", path);
    return 0;
}

int cli_figure_save(const mien_figure *f, const char *path)
{
    mien_bytes bytes = {0};
    mien_error err = {0};
    if (!cli_figure_path(path))
        return 0;
    mien_status st =
        mien_figure_render(f, (mien_plot_format)format_of(path), &bytes, &err);
    if (st == MIEN_OK)
        st = mien_file_save(path, bytes.data, bytes.n, &err);
    if (st != MIEN_OK)
        cli_unsaved(&err);
    mien_bytes_free(&bytes);
    return st == MIEN_OK;
}
