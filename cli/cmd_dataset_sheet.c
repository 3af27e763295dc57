/* cmd_dataset_sheet.c: questions about a table or about pictures, answered,
 * computed or open. */
#include "cli/dataset_sheet.h"
#include "cli/shell/files.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef cli_sheet_values values;
static const values defaults;

static const cli_option options[] = {
    CLI_ROW_TEXT(output, CLI_FILE, "output", 'o', "FILE",
                 "datasheet.md or .html (default: Markdown on standard "
                 "output)"),
    CLI_OPTION_JSON("the same as JSON, as it is kept"),
    CLI_ROW_TEXT(sheet, CLI_FILE, "sheet", 0, "FILE",
                 "where the answers are kept (default: datasheet.json beside "
                 "the table or list, or in the folder)"),
    CLI_ROW_TEXT(set, CLI_FILES, "set", 0, "KEY=TEXT",
                 "answer a question; may be given again; an empty text opens "
                 "it again"),
    CLI_ROW_TEXT(answers, CLI_FILE, "answers", 0, "FILE",
                 "answers as a JSON object: {\"origin\": \"...\"}"),
    CLI_ROW_TEXT(group, CLI_TEXT, "group", 0, "COLUMN,...",
                 "count the rows of each value of these columns; kept.  Of "
                 "pictures labels, with bands and pairs: age:18:65, 'sex x "
                 "age:18:65'"),
    CLI_ROW_FLAG(confirm, "confirm", 0,
                 "the answers hold for the data as they are now, and what a "
                 "Croissant file proposed is answered so"),
    CLI_ROW_TEXT(croissant, CLI_FILE, "croissant", 0, "FILE",
                 "the same as Croissant metadata (JSON-LD), for catalogues"),
    CLI_ROW_TEXT(
        from, CLI_FILE, "from-croissant", 0, "FILE",
        "propose the answers that Croissant metadata have, and compare "
        "their files and columns with the data"),
    CLI_ROW_TEXT(ddi, CLI_FILE, "ddi", 0, "FILE",
                 "the same as a codebook of DDI 2.5 (XML), for archives"),
    CLI_ROW_FLAG(pictures, "pictures", 0,
                 "the file is a list of pictures or a CSV file of them; a "
                 "folder always is"),
    CLI_ROW_TEXT(images, CLI_FOLDER, "images", 0, "DIR",
                 "where the pictures of a list are (default: beside it)"),
    CLI_ROW_TEXT(votes, CLI_FILE, "labels", 0, "FILE",
                 "votes of FER+ in place of the classes, as mien train emotion "
                 "takes them"),
    CLI_ROW_FLAG(no_faces, "no-faces", 0,
                 "no faces are looked for in pictures"),
    CLI_OPTION_QUIET,
    CLI_OPTIONS_TABLE,
    CLI_OPTION_END,
};

static const cli_row examples[] = {
    {"mien dataset sheet data.csv -o datasheet.md",
     "what can be computed is filled in, the rest stays open"},
    {"mien dataset sheet data.csv --set origin=\"Two mills\" --set "
     "place=Finland",
     "answer two of its questions"},
    {"mien dataset sheet data.csv --answers answers.json --group sex,region",
     "answers from a file, and how many rows each group has"},
    {"mien dataset sheet data.csv --from-croissant croissant.json",
     "answers that a catalogue has, to be looked at and confirmed"},
    {"mien dataset sheet faces/ -o datasheet.html",
     "of pictures: sizes, kinds, copies, faces, how many of each class"},
    {NULL, NULL},
};

static const cli_row exits[] =
    CLI_EXITS("the sheet was written",
              "the data, the sheet or the answers could not be read");

/* Write it for catalogues and archives; the status to exit with. */
static int put_others(const values *v, const mien_datasheet *s,
                      const mien_table *t)
{
    mien_buffer croissant = {0}, ddi = {0};
    mien_error err = {0};
    mien_status st = MIEN_OK;
    if (v->croissant)
        st = mien_datasheet_croissant(s, t, &croissant, &err);
    if (!st && v->ddi)
        st = mien_datasheet_ddi(s, t, &ddi, &err);
    int status = st ? cli_unsaved(&err) : CLI_OK;
    if (!status && v->croissant)
        status = cli_deliver(v->croissant, &croissant);
    if (!status && v->ddi)
        status = cli_deliver(v->ddi, &ddi);
    mien_buffer_free(&croissant);
    mien_buffer_free(&ddi);
    return status;
}

/* The table's sheet, renewed; the status to exit with. */
static int renew(const cli_args *a, const char *path, const cli_table *in,
                 const cli_names *group)
{
    const values *v = a->values;
    const char *table = a->operand[0], *slash = strrchr(table, '/');
    char sha256[65];
    mien_datasheet *s = NULL;
    mien_error err = {0};
    mien_sha256(in->map.data, in->map.n, sha256);
    const mien_datasheet_data data = {.name = slash ? slash + 1 : table,
                                      .sha256 = sha256,
                                      .group = group->name,
                                      .groups = group->n,
                                      .confirm = v->confirm,
                                      .pool = in->pool};
    if (!cli_sheet_open(path, &s))
        return CLI_NOTHING;
    int status =
        cli_sheet_is_of(s, path, data.name, sha256) ? CLI_OK : CLI_NOTHING;
    if (!status && mien_datasheet_compute(s, in->t, &data, &err)) {
        cli_error_at(table, &err);
        status = CLI_NOTHING;
    }
    if (!status)
        status = cli_sheet_answer(v, in->t, s);
    if (!status)
        status = put_others(v, s, in->t);
    if (!status)
        status = cli_sheet_put(v, path, s);
    mien_datasheet_free(s);
    return status;
}

/* Would an output take the place of the sheet, which keeps the answers?  The
 * same JSON may. */
static int is_over_sheet(const values *v, const char *path, const char *out)
{
    if (!out || (out == v->output && v->json) ||
        (strcmp(path, out) != 0 && !cli_same_file(path, out)))
        return 0;
    cli_error("%s: is where the answers are kept; name another one", out);
    return 1;
}

/* Can everything be written, and nothing over the data or the sheet?  The
 * status to exit with. */
static int check_outputs(const values *v, const char *data, const char *path)
{
    const char *const out[] = {path, v->output, v->croissant, v->ddi};
    for (int i = 0; i < 4; i++)
        if (!cli_is_another(data, out[i]) ||
            (v->from && !cli_is_another(v->from, out[i])) ||
            (i && is_over_sheet(v, path, out[i])))
            return CLI_USAGE;
    for (int i = 0; i < 4; i++)
        if (out[i] && !cli_output_ready(out[i]))
            return CLI_OUTPUT;
    return CLI_OK;
}

/* Options of pictures alone, what pictures have not, and what does not go
 * together are refused. */
static int is_refused(const cli_args *a, int pictures)
{
    const values *v = a->values;
    const struct {
        const void *value;
        const char *name;
    } of[] = {{&v->images, "images"},
              {&v->votes, "labels"},
              {&v->no_faces, "no-faces"}};
    for (size_t i = 0; !pictures && i < sizeof of / sizeof *of; i++)
        if (cli_given(a, of[i].value)) {
            cli_error("dataset sheet: --%s is for pictures, and '%s' is a "
                      "table; --pictures says that it is a list of them",
                      of[i].name, a->operand[0]);
            return 1;
        }
    if (v->from && v->confirm) {
        cli_error("--from-croissant proposes answers: look at them, then "
                  "--confirm");
        return 1;
    }
    if (pictures && v->ddi)
        cli_error("dataset sheet: --ddi: a codebook describes the variables of "
                  "a file, and pictures have none; --croissant FILE describes "
                  "them");
    return pictures && v->ddi;
}

/* The sheet of a table; the status to exit with. */
static int run_table(const cli_args *a, const char *path)
{
    const values *v = a->values;
    cli_table in;
    cli_names group = {0};
    if (!cli_names_read(v->group, &group))
        return CLI_USAGE;
    if (!cli_table_open(a->operand[0], &v->table, NULL, &in)) {
        cli_names_free(&group);
        return in.status;
    }
    cli_names_join(&group, in.t);
    int status = renew(a, path, &in, &group);
    cli_table_close(&in);
    cli_names_free(&group);
    return status;
}

/* The command. */
static int run(const cli_args *a)
{
    const values *v = a->values;
    const char *data = a->operand[0];
    const int pictures = v->pictures || cli_is_folder(data);
    if (is_refused(a, pictures))
        return CLI_USAGE;
    char *path = cli_sheet_path(v->sheet, data);
    if (!path)
        return CLI_USAGE;
    int status = check_outputs(v, data, path);
    if (!status)
        status =
            pictures ? cli_sheet_pictures(v, data, path) : run_table(a, path);
    free(path);
    return status;
}

const cli_command cmd_dataset_sheet = {
    .name = "dataset sheet",
    .operands = "TABLE.csv|FOLDER|LIST",
    .min_operands = 1,
    .max_operands = 1,
    .summary = "questions about data: answered, computed or open",
    .description =
        "Asks what the EU Agency for Fundamental Rights asks of data: where "
        "they come from and who is responsible, what they contain and whether "
        "that fits the purpose, whom they cover and who is under-represented, "
        "what is missing, of what time and place they are; then their quality, "
        "the European Statistical System's declarations, and who owns, "
        "distributes, accesses, uses, appropriates and changes them. What a "
        "table, or pictures and their labels, tell is computed; answers are "
        "kept in datasheet.json beside the table or list, or in the folder, "
        "and stay when the command runs again; what nobody answered stays "
        "visible. mien train --require-sheet refuses data without it, or with "
        "required questions open.",
    CLI_COMMAND_TABLES,
};
