/* cmd_gallery_evidence.c: the forms that show why somebody may be recognised:
 * kept, listed, written again. */
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
                "write the file of this number"),
    CLI_ROW_TEXT(output, CLI_FILE, "output", 'o', "FILE",
                 "with --get: instead of standard output"),
    CLI_OPTION_JSON("a JSON array"),
    CLI_OPTION_END,
};

static const cli_row examples[] = {
    {"mien gallery evidence people.db Ada form.pdf", "keep what she signed"},
    {"mien gallery evidence people.db Ada", "what is kept, by number"},
    {"mien gallery evidence people.db Ada --get 1795953600000000 -o form.pdf",
     "the form again"},
    {NULL, NULL},
};

static const cli_row exits[] =
    CLI_EXITS("done", "the gallery could not be opened, nobody has the name, a "
                      "file could not be read, or the number is of none");

/* Keep the files that are operands behind the person. */
static int add(const cli_args *a, mien_gallery *g, int64_t id)
{
    int status = CLI_OK;
    for (int i = 2; !status && i < a->n_operands; i++) {
        mien_gallery_file f = {0};
        mien_error err = {0};
        status = cli_gallery_file_load(a->operand[i], &f);
        mien_status st =
            status ? MIEN_OK : mien_gallery_add_evidence(g, id, &f, NULL, &err);
        if (st)
            status = cli_gallery_failed(st, &err);
        mien_bytes_free(&f.bytes);
    }
    return status;
}

/* List what is kept of somebody. */
static int list(const cli_args *a, mien_gallery *g, int64_t id)
{
    const values *v = a->values;
    mien_gallery_evidence e[MIEN_GALLERY_MAX_EVIDENCE];
    mien_error err = {0};
    mien_buffer out = {0};
    int n = 0;
    mien_status st = mien_gallery_list_evidence(g, id, &n, e, &err);
    if (st)
        return cli_gallery_failed(st, &err);
    if (v->json) {
        mien_json j = mien_json_on(&out, 2);
        cli_gallery_evidence_json(&j, NULL, e, n);
        mien_buffer_puts(&out, "\n");
    } else {
        cli_gallery_evidence_text(&out, e, n);
    }
    return cli_emit(&out) ? CLI_OK : CLI_OUTPUT;
}

/* Write one file that is kept of somebody. */
static int get(const cli_args *a, mien_gallery *g, const mien_gallery_person *p)
{
    const values *v = a->values;
    mien_error err = {0};
    mien_buffer out = {0};
    if (!cli_gallery_has_evidence(g, p->id, v->get)) {
        cli_error("%s has no evidence '%lld'; without --get it is listed",
                  p->name, (long long)v->get);
        return CLI_NOTHING;
    }
    mien_status st = mien_gallery_read_evidence(g, v->get, &out, &err);
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
    if (v->get && a->n_operands > 2) {
        cli_error("gallery evidence: files to keep, or --get, not both");
        return CLI_USAGE;
    }
    if (v->output && !v->get) {
        cli_error("gallery evidence: --output is for --get");
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
    else if (v->get)
        status = get(a, g, p);
    else if (!(status = add(a, g, p->id)))
        status = list(a, g, p->id);
    mien_gallery_close(g);
    return status;
}

const cli_command cmd_gallery_evidence = {
    .name = "gallery evidence",
    .operands = "PEOPLE.db NAME [FILE...]",
    .min_operands = 2,
    .max_operands = 2 + MIEN_GALLERY_MAX_EVIDENCE,
    .summary = "keep, list and write the forms that show why",
    .description =
        "Keeps files of any kind, of 16 MiB at most and 16 of a person, sealed "
        "with the person's key, beside the faces; then lists number, day, "
        "size, SHA-256 and name of all of them. They are in 'mien gallery "
        "export', and are erased with the person; 'mien gallery remove' erases "
        "one. The file that is read is left where it is. Instead of a name, "
        "'#7' is the person of that number.",
    CLI_COMMAND_TABLES,
};
