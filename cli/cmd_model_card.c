/* cmd_model_card.c: what is known of a model, and what is not. */
#include "cli/shell/files.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct values {
    const char *output, *models;
    int json;
} values;
static const values defaults;

static const cli_option options[] = {
    CLI_ROW_TEXT(output, CLI_FILE, "output", 'o', "FILE",
                 "card.md, card.html or card.json (default: Markdown on "
                 "standard output)"),
    CLI_OPTION_JSON("a JSON object, items with what is known of them"),
    CLI_OPTION_MODELS,
    CLI_OPTION_END,
};

static const cli_row examples[] = {
    {"mien model card fraud/ -o card.html",
     "of a folder that training wrote: data, figures, groups, uses"},
    {"mien model card age_gender", "of an installed network, by its name"},
    {"mien model card fraud/model.onnx --json",
     "for a program: which items are open"},
    {NULL, NULL},
};

static const cli_row exits[] =
    CLI_EXITS("the card was written", "the model could not be read");

/* What was read for a card. */
typedef struct files {
    const char *name;
    mien_bytes model, metrics, sheet;
    char found[MIEN_PATH_MAX];
    const uint8_t *embedded; /* [embedded_n] instead of model; or NULL */
    size_t embedded_n;
} files;

/* A file in a folder, if it is there; 0, and a report. */
static int load_beside(const char *folder, const char *name, size_t most,
                       mien_bytes *out)
{
    mien_error err = {0};
    char *path = cli_path_join(folder, name);
    int good = path != NULL;
    if (good && access(path, F_OK) == 0 &&
        mien_file_load(path, most, out, &err)) {
        cli_error_at(path, &err);
        good = 0;
    }
    if (!path)
        cli_error("out of memory");
    free(path);
    return good;
}

/* The folder that a file lies in; released with free. */
static char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (!slash)
        return strdup(".");
    return strndup(path, slash == path ? 1 : (size_t)(slash - path));
}

/* A model's file, and what lies beside it; 0, and a report. */
static int load_file(const char *path, files *f)
{
    mien_error err = {0};
    const char *slash = strrchr(path, '/');
    f->name = slash ? slash + 1 : path;
    if (mien_file_load(path, 0, &f->model, &err)) {
        cli_error_at(path, &err);
        return 0;
    }
    char *folder = folder_of(path);
    int good =
        folder &&
        load_beside(folder, "metrics.json", MIEN_CARD_MAX_METRICS,
                    &f->metrics) &&
        load_beside(folder, "datasheet.json", MIEN_CARD_MAX_SHEET, &f->sheet);
    if (!folder)
        cli_error("out of memory");
    free(folder);
    return good;
}

/* A folder that training wrote, an installed model, or a file; 0, and a
 * report. */
static int load(const values *v, const char *named, files *f)
{
    if (cli_is_folder(named)) {
        char *path = cli_path_join(named, "model.onnx");
        int good = path && load_file(path, f);
        if (!path)
            cli_error("out of memory");
        f->name = "model.onnx";
        free(path);
        return good;
    }
    const mien_model_entry *e =
        access(named, F_OK) == 0 ? NULL : mien_model_find(named);
    if (!e)
        return load_file(named, f);
    f->name = e->name;
    f->embedded = mien_model_embedded(named, &f->embedded_n);
    if (f->embedded)
        return 1;
    if (!mien_models_find(v->models, e->file, f->found)) {
        cli_error("%s is not installed; mien model list tells where models "
                  "are looked for",
                  e->name);
        return 0;
    }
    return load_file(f->found, f);
}

/* The card as the output's name or --json asks for it. */
static mien_status put_card(const values *v, const mien_card *c,
                            mien_buffer *out, mien_error *err)
{
    const char *dot = v->output ? strrchr(v->output, '.') : NULL;
    if (v->json || (v->output && cli_is_json(v->output)))
        return mien_card_json(c, out, err);
    if (dot && (strcmp(dot, ".html") == 0 || strcmp(dot, ".htm") == 0))
        return mien_card_page(c, out, err);
    return mien_card_text(c, out, err);
}

/* Read, make the card, write it; the status to exit with. */
static int make(const cli_args *a, files *f)
{
    const values *v = a->values;
    mien_card *c = NULL;
    mien_buffer out = {0};
    mien_error err = {0};
    if (!load(v, a->operand[0], f))
        return CLI_NOTHING;
    const mien_card_source source = {
        .name = f->name,
        .model = f->embedded ? f->embedded : f->model.data,
        .model_n = f->embedded ? f->embedded_n : f->model.n,
        .metrics = f->metrics.data,
        .metrics_n = f->metrics.n,
        .sheet = f->sheet.data,
        .sheet_n = f->sheet.n};
    mien_status st = mien_card_of_model(&source, &c, &err);
    if (!st)
        st = put_card(v, c, &out, &err);
    int open = st ? 0 : mien_card_open(c);
    mien_card_free(c);
    if (st) {
        mien_buffer_free(&out);
        cli_error_at(a->operand[0], &err);
        return CLI_NOTHING;
    }
    if (open && v->output)
        cli_error("%d item%s not known", open, open == 1 ? " is" : "s are");
    return cli_deliver(v->output, &out);
}

/* The command. */
static int run(const cli_args *a)
{
    const values *v = a->values;
    files f = {0};
    if (!cli_is_another(a->operand[0], v->output))
        return CLI_USAGE;
    if (v->output && !cli_output_ready(v->output))
        return CLI_OUTPUT;
    int status = make(a, &f);
    mien_bytes_free(&f.model);
    mien_bytes_free(&f.metrics);
    mien_bytes_free(&f.sheet);
    return status;
}

const cli_command cmd_model_card = {
    .name = "model card",
    .operands = "FOLDER|FILE|NAME",
    .min_operands = 1,
    .max_operands = 1,
    .summary = "what a model was made of, how good it is, what it is not for",
    .description =
        "Writes a card of a model: what it was trained on, with digests; how "
        "it was measured, with intervals and by group where that was done; "
        "what it has never seen; which uses are intended and which are "
        "refused; and, in plain words, the logic, the significance and the "
        "consequences for a person whom it judges. All of it comes from the "
        "model's file, from the metrics.json that training wrote beside it, "
        "from "
        "the sheet of its data, or from the catalogue: what stands nowhere is "
        "not known, and is "
        "counted.",
    CLI_COMMAND_TABLES,
};
