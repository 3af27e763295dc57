/* dataset_sheet.c: what a sheet of a table and one of pictures have in common.
 */
#include "cli/dataset_sheet.h"
#include "cli/shell/files.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int cli_sheet_open(const char *path, mien_datasheet **out)
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

int cli_sheet_is_of(const mien_datasheet *s, const char *path, const char *name,
                    const char *sha256)
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

/* What the file says of the data, to be looked at. */
static void report_croissant(const char *path, const mien_datasheet *s)
{
    const char *of[] = {mien_datasheet_differences(s),
                        mien_datasheet_left_out(s)};
    for (int i = 0; i < 2; i++)
        for (const char *at = of[i]; *at;) {
            int n = (int)strcspn(at, "\n");
            cli_error("%s: %s%.*s", path, i ? "left out: " : "", n, at);
            at += at[n] ? n + 1 : n;
        }
}

/* Read Croissant metadata; the status to exit with. */
static int take_croissant(const char *path, const mien_table *t,
                          mien_datasheet *s)
{
    const char *slash = strrchr(path, '/');
    mien_bytes file = {0};
    mien_error err = {0};
    mien_status st =
        mien_file_load(path, MIEN_DATASHEET_MAX_BYTES, &file, &err);
    if (!st)
        st = mien_datasheet_from_croissant(s, file.data, file.n,
                                           slash ? slash + 1 : path, t, &err);
    mien_bytes_free(&file);
    if (st)
        cli_error_at(path, &err);
    else
        report_croissant(path, s);
    return st ? CLI_NOTHING : CLI_OK;
}

int cli_sheet_answer(const cli_sheet_values *v, const mien_table *t,
                     mien_datasheet *s)
{
    mien_bytes file = {0};
    mien_error err = {0};
    mien_status st = MIEN_OK;
    if (v->from && take_croissant(v->from, t, s))
        return CLI_NOTHING;
    if (v->confirm)
        mien_datasheet_confirm(s);
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
    int proposed = mien_datasheet_proposals(s);
    if (proposed)
        cli_error("%d answer%s proposed by %s and not confirmed; look at %s, "
                  "then --confirm",
                  proposed, proposed == 1 ? " is" : "s are",
                  mien_datasheet_croissant_file(s),
                  proposed == 1 ? "it" : "them");
    if (mien_datasheet_changed(s))
        cli_error("the %s changed since the questions were answered; "
                  "--confirm says that the answers still hold",
                  mien_datasheet_of_pictures(s) ? "pictures have"
                                                : "table has");
}

int cli_sheet_put(const cli_sheet_values *v, const char *path,
                  const mien_datasheet *s)
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
