/* cmd_gallery_inferred.c: what models inferred about somebody: listed, and the
 * rows again. */
#include "cli/gallery.h"

#include "cli/shell/files.h"

typedef struct values {
    cli_gallery_values open;
    const char *output;
    int64_t get;
    int json;
} values;
static const values defaults;

static const cli_option options[] = {
    CLI_OPTIONS_GALLERY,
    CLI_ROW_INT(get, "get", 0, "NUMBER", 1, 9007199254740992,
                "write the rows of this number"),
    CLI_ROW_TEXT(output, CLI_FILE, "output", 'o', "FILE",
                 "with --get: instead of standard output"),
    CLI_OPTION_JSON("a JSON array"),
    CLI_OPTION_END,
};

static const cli_row examples[] = {
    {"mien gallery inferred people.db Ada",
     "in which files, by which models, until when"},
    {"mien gallery inferred people.db Ada --get 1795953600000000",
     "the rows about her"},
    {NULL, NULL},
};

static const cli_row exits[] = CLI_EXITS(
    "done", "the gallery could not be opened, nobody has the name, or "
            "the number is of none");

/* List what is kept of somebody. */
static int list(const values *v, mien_gallery *g, int64_t id)
{
    mien_gallery_inferred e[MIEN_GALLERY_MAX_INFERRED];
    mien_error err = {0};
    mien_buffer out = {0};
    int n = 0;
    mien_status st = mien_gallery_list_inferred(g, id, &n, e, &err);
    if (st)
        return cli_gallery_failed(st, &err);
    if (v->json) {
        mien_json j = mien_json_on(&out, 2);
        cli_gallery_inferred_json(&j, NULL, e, n);
        mien_buffer_puts(&out, "\n");
    } else {
        cli_gallery_inferred_text(&out, e, n);
    }
    return cli_emit(&out) ? CLI_OK : CLI_OUTPUT;
}

/* Write the rows of one that is kept of somebody. */
static int get(const values *v, mien_gallery *g, const mien_gallery_person *p)
{
    mien_error err = {0};
    mien_buffer out = {0};
    if (!cli_gallery_has_inferred(g, p->id, v->get)) {
        cli_error("%s has nothing inferred of the number '%lld'; without --get "
                  "it is listed",
                  p->name, (long long)v->get);
        return CLI_NOTHING;
    }
    mien_status st = mien_gallery_read_inferred(g, v->get, &out, &err);
    if (!st)
        return cli_deliver(v->output, &out);
    mien_buffer_free(&out);
    return cli_gallery_failed(st, &err);
}

/* Check what was said, open the gallery and do it. */
static int run(const cli_args *a)
{
    const values *v = a->values;
    mien_gallery *g = NULL;
    if (v->output && !v->get) {
        cli_error("gallery inferred: --output is for --get");
        return CLI_USAGE;
    }
    if (v->output && !cli_output_ready(v->output))
        return CLI_OUTPUT;
    int status = cli_gallery_open(a->operand[0], &v->open, &g);
    if (status)
        return status;
    const mien_gallery_person *p = cli_gallery_person(g, a->operand[1]);
    if (!p)
        status = CLI_NOTHING;
    else
        status = v->get ? get(v, g, p) : list(v, g, p->id);
    mien_gallery_close(g);
    return status;
}

const cli_command cmd_gallery_inferred = {
    .name = "gallery inferred",
    .operands = "PEOPLE.db NAME",
    .min_operands = 2,
    .max_operands = 2,
    .summary = "what models inferred about somebody",
    .description =
        "Lists the files of predictions that have rows about somebody, as "
        "'mien "
        "predict --people' recorded them: number, day and end, size, model and "
        "path; --get writes the rows. They are sealed with the person's key, "
        "in 'mien gallery export', and erased at their end, with the person, "
        "or by 'mien gallery remove'. The rows in the file itself are not "
        "erased by that. Instead of a name, '#7' is the person of that "
        "number.",
    CLI_COMMAND_TABLES,
};
