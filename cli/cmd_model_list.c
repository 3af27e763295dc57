/* cmd_model_list.c: the catalogue, and what of it is installed. */
#include "cli/cli.h"
#include "cli/cli_files.h"
#include "cli/cli_json.h"
#include "cli/cli_models.h"
#include "cli/cli_text.h"

#include <string.h>

enum { OPT_JSON, OPT_MODELS };

static const cli_option options[] = {
    {"json", 0, CLI_FLAG, NULL, NULL, "a JSON array with everything known"},
    CLI_OPTION_MODELS,
    CLI_OPTION_END,
};

static const cli_row examples[] = {
    {"mien model list", "what there is, and where it is installed"},
    {"mien model list --json", "the same with sources and digests"},
    {NULL, NULL},
};

static const cli_row exits[] = {
    {"0", "the catalogue was printed"},
    {"2", "the command line is wrong"},
    {"4", "output could not be written"},
    {NULL, NULL},
};

/* Where a model is: "embedded", its path, or "" when it is not installed. */
static const char *place_of(const cli_args *a, const mien_model_entry *e,
                            char path[CLI_PATH_MAX])
{
    size_t n;
    if (mien_model_embedded(e->name, &n))
        return "embedded";
    return cli_models_find(a->value[OPT_MODELS], e->file, path) ? path : "";
}

static json_t *entry_json(const mien_model_entry *e, const char *place)
{
    json_t *o = json_object();
    cli_json_put(&o, "name", cli_json_text(e->name));
    cli_json_put(&o, "task", cli_json_text(e->task));
    cli_json_put(&o, "file", cli_json_text(e->file));
    cli_json_put(&o, "sha256", cli_json_text(e->sha256));
    cli_json_put(&o, "licence", cli_json_text(e->licence));
    cli_json_put(&o, "source", cli_json_text(e->source));
    cli_json_put(&o, "version", cli_json_text(e->version));
    cli_json_put(&o, "source_file", cli_json_text(e->source_file));
    cli_json_put(&o, "source_sha256", cli_json_text(e->source_sha256));
    cli_json_put(&o, "summary", cli_json_text(e->summary));
    cli_json_put(&o, "installed", *place ? cli_json_text(place) : json_null());
    return o;
}

static int list_json(const cli_args *a)
{
    json_t *all = json_array();
    const mien_model_entry *e;
    for (int i = 0; (e = mien_model_at(i)); i++) {
        char path[CLI_PATH_MAX];
        cli_json_add(&all, entry_json(e, place_of(a, e, path)));
    }
    mien_buffer out = {0};
    cli_json_print(&out, all, JSON_INDENT(2));
    cli_emit(&out);
    return CLI_OK;
}

static void list_folders(const cli_args *a, mien_buffer *out)
{
    char folder[CLI_PATH_MAX];
    mien_buffer_puts(out, "\nlooked in:\n");
    for (int i = 0; cli_models_folder(a->value[OPT_MODELS], i, folder); i++) {
        if (!*folder)
            continue;
        mien_buffer_puts(out, "  ");
        cli_text_plain(folder, out);
        mien_buffer_puts(out, cli_is_folder(folder) ? "\n" : " (not there)\n");
    }
}

static int run(const cli_args *a)
{
    if (cli_given(a, OPT_JSON))
        return list_json(a);
    mien_buffer out = {0};
    const mien_model_entry *e;
    mien_buffer_printf(&out, "%-24s %-12s %-14s %s\n", "name", "task",
                       "licence", "installed");
    for (int i = 0; (e = mien_model_at(i)); i++) {
        char path[CLI_PATH_MAX];
        const char *place = place_of(a, e, path);
        const char *said = place == path ? "yes" : *place ? place : "no";
        mien_buffer_printf(&out, "%-24s %-12s %-14s %s\n", e->name, e->task,
                           e->licence, said);
    }
    list_folders(a, &out);
    cli_emit(&out);
    return CLI_OK;
}

const cli_command cmd_model_list = {
    "model list",
    "",
    0,
    0,
    "the models mien knows, and where they are installed",
    "Print the catalogue: each model's name, its task, its licence and where "
    "its file lies, if it is installed. --json adds the source package, its "
    "version and the SHA-256 of every file.",
    options,
    examples,
    exits,
    run,
};
