/* cmd_dataset_sheet.c: questions about a table, answered, computed or open. */
#include "cli/sheet.h"
#include "cli/shell/files.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct values {
    const char *output, *sheet, *answers, *group, *croissant, *ddi;
    cli_words set;
    int json, confirm;
    cli_table_values table;
} values;
static const values defaults;

static const cli_option options[] = {
    CLI_ROW_TEXT(output, CLI_FILE, "output", 'o', "FILE",
                 "datasheet.md or .html (default: Markdown on standard "
                 "output)"),
    CLI_OPTION_JSON("the same as JSON, as it is kept"),
    CLI_ROW_TEXT(sheet, CLI_FILE, "sheet", 0, "FILE",
                 "where the answers are kept (default: datasheet.json beside "
                 "the table)"),
    CLI_ROW_TEXT(set, CLI_FILES, "set", 0, "KEY=TEXT",
                 "answer a question; may be given again; an empty text opens "
                 "it again"),
    CLI_ROW_TEXT(answers, CLI_FILE, "answers", 0, "FILE",
                 "answers as a JSON object: {\"origin\": \"...\"}"),
    CLI_ROW_TEXT(group, CLI_TEXT, "group", 0, "COLUMN,...",
                 "count the rows of each value of these columns; kept"),
    CLI_ROW_FLAG(confirm, "confirm", 0,
                 "the answers hold for the table as it is now"),
    CLI_ROW_TEXT(croissant, CLI_FILE, "croissant", 0, "FILE",
                 "the same as Croissant metadata (JSON-LD), for catalogues"),
    CLI_ROW_TEXT(ddi, CLI_FILE, "ddi", 0, "FILE",
                 "the same as a codebook of DDI 2.5 (XML), for archives"),
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
    {NULL, NULL},
};

static const cli_row exits[] =
    CLI_EXITS("the sheet was written",
              "the table, the sheet or the answers could not be read");

/* Read the sheet that is there, or begin one; 0, and a report. */
static int open_sheet(const char *path, mien_datasheet **out)
{
    mien_bytes file = {0};
    mien_error err = {0};
    mien_status st = MIEN_OK;
    if (access(path, F_OK) != 0)
        st = mien_datasheet_new(out, &err);
    else
        st = mien_file_load(path, MIEN_DATASHEET_MAX_BYTES, &file, &err);
    if (!st && file.data)
        st = mien_datasheet_read(file.data, file.n, out, &err);
    mien_bytes_free(&file);
    if (st)
        cli_error_at(path, &err);
    return !st;
}

/* Is the sheet that was read of this table, or an earlier state of it?  0, and
 * a report. */
static int is_of_table(const mien_datasheet *s, const char *path,
                       const char *name, const char *sha256)
{
    const char *of = mien_datasheet_name(s);
    if (!*of || strcmp(of, name) == 0 ||
        strcmp(mien_datasheet_digest(s), sha256) == 0)
        return 1;
    cli_error("%s is the sheet of %s; --sheet FILE keeps that of %s in another "
              "file",
              path, of, name);
    return 0;
}

/* "KEY=TEXT"; 0, and a report. */
static int set_answer(mien_datasheet *s, const char *word)
{
    const char *equal = strchr(word, '=');
    mien_error err = {0};
    char *key = equal ? strndup(word, (size_t)(equal - word)) : NULL;
    if (!equal)
        cli_error("--set: '%s', wanted KEY=TEXT", word);
    mien_status st = MIEN_OK;
    if (equal)
        st = key ? mien_datasheet_answer(s, key, equal + 1, &err) : MIEN_ENOMEM;
    if (st)
        cli_error("--set: %s", key ? err.text : "out of memory");
    if (st == MIEN_ENOMEM)
        cli_memory_ended();
    int good = equal && !st;
    free(key);
    return good;
}

/* Answers of --answers and --set; the status to exit with. */
static int take_answers(const values *v, mien_datasheet *s)
{
    mien_bytes file = {0};
    mien_error err = {0};
    mien_status st = MIEN_OK;
    if (v->answers) {
        st = mien_file_load(v->answers, MIEN_DATASHEET_MAX_BYTES, &file, &err);
        if (!st)
            st = mien_datasheet_answers(s, file.data, file.n, &err);
        mien_bytes_free(&file);
        if (st)
            return cli_error_at(v->answers, &err), CLI_NOTHING;
    }
    for (int i = 0; i < v->set.n; i++)
        if (!set_answer(s, v->set.word[i]))
            return CLI_USAGE;
    return CLI_OK;
}

/* Say what stands in the way of a model. */
static void report_open(const mien_datasheet *s)
{
    int open = mien_datasheet_open(s, 0), required = mien_datasheet_open(s, 1);
    if (open)
        cli_error("%d question%s open, %d of them required before a model "
                  "learns",
                  open, open == 1 ? " is" : "s are", required);
    if (mien_datasheet_changed(s))
        cli_error("the table has changed since the questions were answered; "
                  "--confirm says that the answers still hold");
}

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

/* Keep the sheet, and write it for people; the status to exit with. */
static int put_sheet(const values *v, const char *path, const mien_datasheet *s)
{
    const char *dot = v->output ? strrchr(v->output, '.') : NULL;
    int page = dot && (strcmp(dot, ".html") == 0 || strcmp(dot, ".htm") == 0);
    mien_buffer kept = {0}, shown = {0};
    mien_card *c = NULL;
    mien_error err = {0};
    mien_status st = mien_datasheet_write(s, &kept, &err);
    if (!st)
        st = mien_file_save(path, kept.data, kept.n, &err);
    if (!st && v->json)
        mien_buffer_put(&shown, kept.data, kept.n);
    mien_buffer_free(&kept);
    if (!st && !v->json)
        st = mien_datasheet_card(s, &c, &err);
    if (c)
        st = page ? mien_card_page(c, &shown, &err)
                  : mien_card_text(c, &shown, &err);
    mien_card_free(c);
    if (st) {
        mien_buffer_free(&shown);
        return cli_unsaved(&err);
    }
    report_open(s);
    return cli_deliver(v->output, &shown);
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
    if (!open_sheet(path, &s))
        return CLI_NOTHING;
    int status = is_of_table(s, path, data.name, sha256) ? CLI_OK : CLI_NOTHING;
    if (!status && mien_datasheet_compute(s, in->t, &data, &err)) {
        cli_error_at(table, &err);
        status = CLI_NOTHING;
    }
    if (!status)
        status = take_answers(v, s);
    if (!status)
        status = put_others(v, s, in->t);
    if (!status)
        status = put_sheet(v, path, s);
    mien_datasheet_free(s);
    return status;
}

/* Can everything be written, and nothing over the table?  The status to exit
 * with. */
static int check_outputs(const values *v, const char *table, const char *path)
{
    const char *const out[] = {path, v->output, v->croissant, v->ddi};
    for (int i = 0; i < 4; i++)
        if (!cli_is_another(table, out[i]))
            return CLI_USAGE;
    for (int i = 0; i < 4; i++)
        if (out[i] && !cli_output_ready(out[i]))
            return CLI_OUTPUT;
    return CLI_OK;
}

/* The command. */
static int run(const cli_args *a)
{
    const values *v = a->values;
    const char *table = a->operand[0];
    cli_table in;
    cli_names group = {0};
    char *path = cli_sheet_path(v->sheet, table);
    if (!path)
        return CLI_USAGE;
    int status = check_outputs(v, table, path);
    if (!status && !cli_names_read(v->group, &group))
        status = CLI_USAGE;
    if (!status && !cli_table_open(table, &v->table, NULL, &in)) {
        status = in.status;
    } else if (!status) {
        cli_names_join(&group, in.t);
        status = renew(a, path, &in, &group);
        cli_table_close(&in);
    }
    cli_names_free(&group);
    free(path);
    return status;
}

const cli_command cmd_dataset_sheet = {
    .name = "dataset sheet",
    .operands = "TABLE.csv",
    .min_operands = 1,
    .max_operands = 1,
    .summary = "questions about a table: answered, computed or open",
    .description =
        "Asks what the EU Agency for Fundamental Rights asks of data: where "
        "they come from and who is responsible, what they contain and whether "
        "that fits the purpose, whom they cover and who is under-represented, "
        "what is missing, of what time and place they are; then their quality, "
        "the European Statistical System's declarations, and who owns, "
        "distributes, accesses, uses, appropriates and changes them. What the "
        "table tells is computed; answers are kept in datasheet.json beside "
        "it, and stay when the command runs again; what nobody answered stays "
        "visible. mien train --require-sheet refuses a table without it, or "
        "with required questions open.",
    CLI_COMMAND_TABLES,
};
