/* figure.c: figures into files. */
#include "cli/figure.h"

#include "cli/shell/shell.h"

int cli_figure_path(const char *path)
{
    if (mien_plot_format_of(path) >= 0)
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
    mien_status st = mien_figure_render(
        f, (mien_plot_format)mien_plot_format_of(path), &bytes, &err);
    if (st == MIEN_OK)
        st = mien_file_save(path, bytes.data, bytes.n, &err);
    if (st != MIEN_OK)
        cli_unsaved(&err);
    mien_bytes_free(&bytes);
    return st == MIEN_OK;
}
