/* cmd_model_list.c: the catalogue, and what of it is installed. */
#include "cli/shell/files.h"

typedef struct values {
    int json;
    const char *models;
} values;
static const values defaults;

static const cli_option options[] = {
    CLI_ROW_FLAG(json, "json", 0, "a JSON array with everything known"),
    CLI_OPTION_MODELS,
    CLI_OPTION_END,
};

static const cli_row examples[] = {
    {"mien model list", "what there is, and where it is installed"},
    {"mien model list --json", "the same with sources and digests"},
    {NULL, NULL},
};

static const cli_row exits[] = CLI_EXITS_PRINTED("the catalogue was printed");

static void list_folders(const values *v, mien_buffer *out)
{
    char folder[MIEN_PATH_MAX];
    mien_buffer_puts(out, "\nlooked in:\n");
    for (int i = 0; mien_models_folder(v->models, i, folder); i++) {
        if (!*folder)
            continue;
        mien_buffer_puts(out, "  ");
        mien_text_plain(folder, out);
        mien_buffer_puts(out, cli_is_folder(folder) ? "\n" : " (not there)\n");
    }
}

/* The command. */
static int run(const cli_args *a)
{
    const values *v = a->values;
    mien_buffer out = {0};
    const mien_model_entry *e;
    if (v->json) {
        mien_models_json(v->models, &out);
        return cli_emit(&out) ? CLI_OK : CLI_OUTPUT;
    }
    mien_buffer_printf(&out, "%-24s %-12s %-14s %s\n", "name", "task",
                       "licence", "installed");
    for (int i = 0; (e = mien_model_at(i)); i++) {
        char path[MIEN_PATH_MAX];
        const char *place = mien_models_place(v->models, e, path);
        const char *said = place == path ? "yes" : *place ? place : "no";
        mien_buffer_printf(&out, "%-24s %-12s %-14s %s%s%s\n", e->name, e->task,
                           e->licence, said, e->note ? "; " : "",
                           e->note ? e->note : "");
    }
    list_folders(v, &out);
    cli_emit(&out);
    return CLI_OK;
}

const cli_command cmd_model_list = {
    .name = "model list",
    .operands = "",
    .min_operands = 0,
    .max_operands = 0,
    .summary = "the models mien knows, and where they are installed",
    .description = "Print the catalogue: each model's name, its task, its "
                   "licence and where "
                   "its file lies, if it is installed. --json adds the source "
                   "package, its "
                   "version and the SHA-256 of every file.",
    CLI_COMMAND_TABLES,
};
