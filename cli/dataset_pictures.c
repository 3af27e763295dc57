/* dataset_pictures.c: what a set of pictures can and cannot say. */
#include "cli/dataset_pictures.h"

#include "cli/photos.h"
#include "cli/shell/files.h"

#include <stdlib.h>

/* Networks that tell something of faces, for labels that seem wrong; 0: they
 * are not installed, or not wanted. */
static int open_networks(cli_looking *l, mien_reader_options o)
{
    mien_error err;
    o.face.want = MIEN_FACE_EXPRESSION | MIEN_FACE_AGE | MIEN_FACE_GENDER;
    return !l->ask->no_noise && !mien_reader_open(&o, &l->reader, &err);
}

/* A detector for each thread; CLI_OK, or the status to exit with, reported. */
static int open_analyzers(cli_looking *l)
{
    mien_reader_options o = MIEN_READER_DEFAULTS;
    if (l->ask->no_faces)
        return CLI_OK;
    o.lanes = mien_pool_size(l->pool);
    o.threads = 1;
    l->analyzer = cli_alloc((size_t)o.lanes, sizeof *l->analyzer);
    int status = l->analyzer ? CLI_OK : CLI_NOTHING;
    if (!status && (!l->labels.labels.tasks || !open_networks(l, o)))
        status = cli_reader_open(&o, &l->reader);
    for (int i = 0; i < o.lanes && !status; i++)
        l->analyzer[i] = mien_reader_analyzer(l->reader, i);
    return status;
}

int cli_looking_open(const cli_dataset_pictures *ask, cli_looking *l)
{
    *l = (cli_looking){.ask = ask};
    int status = cli_pool_new(ask->threads, &l->pool);
    if (!status && ask->group && !cli_names_read(ask->group, &l->by))
        status = CLI_USAGE;
    if (!status &&
        !cli_labels_open(ask->path, ask->images, ask->votes, &l->labels))
        status = CLI_NOTHING;
    return status ? status : open_analyzers(l);
}

void cli_looking_close(cli_looking *l)
{
    mien_reader_free(l->reader);
    free(l->analyzer);
    cli_labels_close(&l->labels);
    cli_names_free(&l->by);
    mien_pool_free(l->pool);
}

/* on_picture; progress is the bar. */
static int on_picture(void *progress, int64_t done, int64_t of)
{
    (void)of;
    cli_progress_show(progress, (int)done, 0);
    return cli_interrupted();
}

mien_pictures_check_options cli_looking_begin(cli_looking *l)
{
    cli_progress_start(&l->bar, (int)l->labels.labels.n, l->ask->quiet);
    return (mien_pictures_check_options){.load = l->labels.set.load,
                                         .arg = l->labels.set.arg,
                                         .analyzer = l->analyzer,
                                         .pool = l->pool,
                                         .n_by = l->by.n,
                                         .by = l->by.name,
                                         .no_cover = l->ask->no_cover,
                                         .no_noise = l->ask->no_noise,
                                         .seed = l->ask->seed,
                                         .on_picture = on_picture,
                                         .progress = &l->bar};
}

int cli_looking_end(cli_looking *l, mien_status st, const mien_error *err)
{
    cli_progress_hide(&l->bar);
    if (st && cli_interrupted())
        return CLI_INTERRUPTED;
    if (st)
        cli_error_at(l->ask->path, err);
    return st == MIEN_EARG ? CLI_USAGE : st ? CLI_NOTHING : CLI_OK;
}

/* CLI_OK, or the status to exit with, reported. */
static int look(cli_looking *l, mien_pictures_check **out)
{
    mien_error err = {0};
    const mien_pictures_check_options o = cli_looking_begin(l);
    mien_status st = mien_pictures_check_new(&l->labels.labels, &o, out, &err);
    return cli_looking_end(l, st, &err);
}

/* The report's files; the status to exit with. */
static int save(const cli_dataset_pictures *ask, const mien_pictures_check *c)
{
    const char *folder = ask->output, *path = ask->path;
    mien_buffer page = {0}, text = {0}, json = {0};
    mien_error err = {0};
    mien_pictures_check_text(c, &text);
    mien_pictures_check_json(c, &json);
    mien_status st = mien_pictures_check_page(c, path, &page, &err);
    if (!st)
        st = mien_folder_make(folder, &err);
    if (!st)
        st = cli_folder_put(folder, "report.html", &page, &err);
    if (!st)
        st = cli_folder_put(folder, "report.txt", &text, &err);
    if (!st)
        st = cli_folder_put(folder, "check.json", &json, &err);
    mien_buffer_free(&page);
    mien_buffer_free(&text);
    mien_buffer_free(&json);
    if (!st && !ask->quiet)
        cli_error("%s/report.html shows pictures of people: it is personal "
                  "data",
                  folder);
    return st ? cli_unsaved(&err) : CLI_OK;
}

/* Print and save what was found; the status to exit with. */
static int report(const cli_dataset_pictures *ask, const mien_pictures_check *c)
{
    mien_buffer out = {0};
    if (ask->json)
        mien_pictures_check_json(c, &out);
    else
        mien_pictures_check_text(c, &out);
    int status = ask->output ? save(ask, c) : CLI_OK;
    if (!cli_emit(&out))
        return CLI_OUTPUT;
    if (status)
        return status;
    return mien_pictures_check_findings(c) ? CLI_PARTLY : CLI_OK;
}

int cli_dataset_pictures_run(const cli_dataset_pictures *ask)
{
    cli_looking l;
    mien_pictures_check *c = NULL;
    int status = cli_looking_open(ask, &l);
    if (!status)
        status = look(&l, &c);
    if (!status)
        status = report(ask, c);
    mien_pictures_check_free(c);
    cli_looking_close(&l);
    return status;
}
