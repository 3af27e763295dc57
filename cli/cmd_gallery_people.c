/* cmd_gallery_people.c: who is in a gallery, renamed, exported, erased. */
#include "cli/gallery.h"

#include "cli/shell/files.h"

#include <stdio.h>

typedef struct values {
    cli_gallery_values open;
    const char *output, *purpose;
    int json;
} values;
static const values defaults;

static const cli_row exits[] = CLI_EXITS(
    "done", "the gallery could not be opened, or nobody has the name");

/* ---- gallery list -------------------------------------------------------- */

/* Everybody as an array. */
static void put_json(const mien_gallery *g, mien_buffer *out)
{
    mien_json j = mien_json_on(out, 2);
    mien_json_array(&j, NULL);
    for (int i = 0; i < mien_gallery_count(g); i++) {
        const mien_gallery_person *p = mien_gallery_person_at(g, i);
        mien_json_object(&j, NULL);
        mien_json_int(&j, "id", p->id);
        mien_json_text(&j, "name", p->name);
        mien_json_text(&j, "basis", p->basis.basis);
        mien_json_text(&j, "purpose", p->basis.purpose);
        mien_json_text(&j, "date", p->basis.date);
        mien_json_text(&j, "expiry", p->basis.expiry);
        if (*p->born)
            mien_json_text(&j, "born", p->born);
        mien_json_int(&j, "faces", p->faces);
        mien_json_close(&j);
    }
    mien_json_close(&j);
    mien_buffer_puts(out, "\n");
}

static void put_text(const mien_gallery *g, mien_buffer *out)
{
    mien_buffer_printf(out, "%5s  %5s  %-10s  %-15s  %-15s  %s\n", "id",
                       "faces", "until", "basis", "purpose", "name");
    for (int i = 0; i < mien_gallery_count(g); i++) {
        const mien_gallery_person *p = mien_gallery_person_at(g, i);
        mien_buffer_printf(out, "%5lld  %5d  %-10s  %-15s  %-15s  %s\n",
                           (long long)p->id, p->faces, p->basis.expiry,
                           p->basis.basis, p->basis.purpose, p->name);
    }
}

static int run_list(const cli_args *a)
{
    const values *v = a->values;
    mien_gallery *g = NULL;
    mien_buffer out = {0};
    int status = cli_gallery_open(a->operand[0], &v->open, &g);
    if (status)
        return status;
    if (v->json)
        put_json(g, &out);
    else
        put_text(g, &out);
    mien_gallery_close(g);
    return cli_emit(&out) ? CLI_OK : CLI_OUTPUT;
}

static const cli_option list_options[] = {
    CLI_OPTIONS_GALLERY,
    CLI_OPTION_JSON("a JSON array"),
    CLI_OPTION_END,
};

static const cli_row list_examples[] = {
    {"mien gallery list people.db", "who may be recognised for what"},
    {NULL, NULL},
};

const cli_command cmd_gallery_list = {
    .name = "gallery list",
    .operands = "PEOPLE.db",
    .min_operands = 1,
    .max_operands = 1,
    .summary = "who is in a gallery",
    .description = "Prints number, faces, last day, basis, purpose and name of "
                   "everybody.",
    .options = list_options,
    .defaults = &defaults,
    .values_size = sizeof(values),
    .examples = list_examples,
    .exits = exits,
    .run = run_list,
};

/* ---- gallery rename ------------------------------------------------------ */

static int run_rename(const cli_args *a)
{
    const values *v = a->values;
    mien_gallery *g = NULL;
    mien_error err = {0};
    int status = cli_gallery_open(a->operand[0], &v->open, &g);
    if (status)
        return status;
    const mien_gallery_person *p = cli_gallery_person(g, a->operand[1]);
    mien_status st =
        p ? mien_gallery_rename(g, p->id, a->operand[2], &err) : MIEN_OK;
    status = !p ? CLI_NOTHING : st ? cli_gallery_failed(st, &err) : CLI_OK;
    mien_gallery_close(g);
    return status;
}

static const cli_option rename_options[] = {
    CLI_OPTIONS_GALLERY,
    CLI_OPTION_END,
};

static const cli_row rename_examples[] = {
    {"mien gallery rename people.db Ada 'Ada L.'", "the faces stay"},
    {NULL, NULL},
};

const cli_command cmd_gallery_rename = {
    .name = "gallery rename",
    .operands = "PEOPLE.db NAME NEW",
    .min_operands = 3,
    .max_operands = 3,
    .summary = "give somebody in a gallery another name",
    .description = "Instead of a name, '#7' is the person of that number.",
    .options = rename_options,
    .defaults = &defaults,
    .values_size = sizeof(values),
    .examples = rename_examples,
    .exits = exits,
    .run = run_rename,
};

/* ---- gallery withdraw ---------------------------------------------------- */

/* The files that still have rows about who was erased, a line each. */
static void put_files(mien_buffer *out, const mien_gallery_inferred *e, int n)
{
    if (n)
        mien_buffer_puts(out, "Rows about this person stand in these files of "
                              "predictions; whoever keeps them has to erase "
                              "them there:\n");
    for (int i = 0; i < n; i++) {
        mien_buffer_puts(out, "  ");
        mien_text_plain(e[i].file, out);
        mien_buffer_printf(out, ", SHA-256 %s\n", e[i].file_sha256);
    }
}

/* What was erased of one person. */
static void put_erased(mien_buffer *out, const mien_gallery_certificate *c)
{
    char more[32];
    mien_buffer_printf(
        out, "person %lld, %d face%s, %d file%s of evidence%s, %d negative%s",
        (long long)c->id, c->faces, c->faces == 1 ? "" : "s", c->evidence,
        c->evidence == 1 ? "" : "s",
        cli_gallery_inferred_count(c->inferred, more), c->negatives,
        c->negatives == 1 ? "" : "s");
}

/* Erase somebody and print the certificate. */
static int withdraw_one(mien_gallery *g, const char *name, mien_buffer *out)
{
    mien_gallery_certificate c;
    mien_gallery_inferred e[MIEN_GALLERY_MAX_INFERRED];
    int files = 0;
    mien_error err = {0};
    char when[32];
    const mien_gallery_person *p = cli_gallery_person(g, name);
    if (!p)
        return CLI_NOTHING;
    mien_status st = mien_gallery_list_inferred(g, p->id, &files, e, &err);
    if (!st)
        st = mien_gallery_withdraw(g, p->id, &c, &err);
    if (st)
        return cli_gallery_failed(st, &err);
    cli_gallery_time(c.at, when);
    mien_buffer_puts(out, "erased: ");
    put_erased(out, &c);
    mien_buffer_printf(
        out,
        ", %s\n"
        "log entry %lld, check %s\n"
        "The key that sealed this person's name, faces, evidence and log "
        "entries is destroyed: no copy of the gallery can be read of them.\n",
        when, (long long)c.entry, c.mac);
    put_files(out, e, files);
    return CLI_OK;
}

/* mien_gallery_withdraw_purpose's each: a line of the certificate. */
static void put_one(void *arg, const mien_gallery_certificate *c,
                    const mien_gallery_inferred *file, int n)
{
    mien_buffer *out = arg;
    put_erased(out, c);
    mien_buffer_printf(out, ", log entry %lld, check %s\n", (long long)c->entry,
                       c->mac);
    put_files(out, file, n);
}

/* Erase everybody of a purpose; what was erased is told, failed or not. */
static int withdraw_purpose(mien_gallery *g, const char *purpose,
                            mien_buffer *out)
{
    mien_gallery_purpose_erased e;
    mien_error err = {0};
    char when[32];
    mien_status st =
        mien_gallery_withdraw_purpose(g, purpose, put_one, out, &e, &err);
    if (st && e.people)
        cli_error("%d erased so far; the same command erases the rest",
                  e.people);
    if (st) {
        cli_error("%s", err.text);
        return CLI_NOTHING;
    }
    cli_gallery_time(e.at, when);
    mien_buffer_printf(out,
                       "erased: %d %s and %d threshold%s of the purpose, %s\n"
                       "log entry %lld, check %s\n",
                       e.people, e.people == 1 ? "person" : "people",
                       e.thresholds, e.thresholds == 1 ? "" : "s", when,
                       (long long)e.entry, e.mac);
    return CLI_OK;
}

/* Somebody, or everybody of a purpose. */
static int run_withdraw(const cli_args *a)
{
    const values *v = a->values;
    mien_gallery *g = NULL;
    mien_buffer out = {0};
    if ((a->n_operands == 2) == (v->purpose != NULL)) {
        cli_error("gallery withdraw: wanted is a name, or --purpose for "
                  "everybody of it");
        return CLI_USAGE;
    }
    int status = cli_gallery_open(a->operand[0], &v->open, &g);
    if (status)
        return status;
    status = v->purpose ? withdraw_purpose(g, v->purpose, &out)
                        : withdraw_one(g, a->operand[1], &out);
    mien_gallery_close(g);
    return cli_emit(&out) ? status : CLI_OUTPUT;
}

static const cli_option withdraw_options[] = {
    CLI_OPTIONS_GALLERY,
    CLI_ROW_TEXT(purpose, CLI_TEXT, "purpose", 0, "WORD",
                 "everybody who is enrolled for it, and what was calibrated "
                 "for it, instead of a name"),
    CLI_OPTION_END,
};

static const cli_row withdraw_examples[] = {
    {"mien gallery withdraw people.db Ada > certificate.txt",
     "consent was withdrawn"},
    {"mien gallery withdraw people.db --purpose canteen > certificate.txt",
     "nobody is looked for there any more"},
    {NULL, NULL},
};

const cli_command cmd_gallery_withdraw = {
    .name = "gallery withdraw",
    .operands = "PEOPLE.db [NAME]",
    .min_operands = 1,
    .max_operands = 2,
    .summary = "erase somebody, or all of a purpose, and print a certificate",
    .description =
        "Destroys the person's key, at once and for good, then deletes all "
        "that it sealed, and overwrites it. The certificate names nobody; its "
        "check is that of the log's entry ('mien gallery audit'). Whoever "
        "was erased is left out of a restored copy. Instead of a name, '#7' "
        "is the person of that number. With --purpose a line certifies each "
        "who was enrolled for it; if it is broken off, the same again erases "
        "the rest.",
    .options = withdraw_options,
    .defaults = &defaults,
    .values_size = sizeof(values),
    .examples = withdraw_examples,
    .exits = exits,
    .run = run_withdraw,
};

/* ---- gallery export ------------------------------------------------------ */

/* All of somebody, to a file or standard output. */
static int run_export(const cli_args *a)
{
    const values *v = a->values;
    mien_gallery *g = NULL;
    mien_error err = {0};
    mien_buffer out = {0};
    if (v->output && !cli_output_ready(v->output))
        return CLI_OUTPUT;
    int status = cli_gallery_open(a->operand[0], &v->open, &g);
    if (status)
        return status;
    const mien_gallery_person *p = cli_gallery_person(g, a->operand[1]);
    mien_status st = p ? mien_gallery_export(g, p->id, &out, &err) : MIEN_OK;
    mien_gallery_close(g);
    if (p && !st)
        return cli_deliver(v->output, &out);
    mien_buffer_free(&out);
    return p ? cli_gallery_failed(st, &err) : CLI_NOTHING;
}

static const cli_option export_options[] = {
    CLI_OPTIONS_GALLERY,
    CLI_ROW_TEXT(output, CLI_FILE, "output", 'o', "FILE",
                 "instead of standard output"),
    CLI_OPTION_END,
};

static const cli_row export_examples[] = {
    {"mien gallery export people.db Ada -o ada.json",
     "all that is held of a person, for that person"},
    {NULL, NULL},
};

const cli_command cmd_gallery_export = {
    .name = "gallery export",
    .operands = "PEOPLE.db NAME",
    .min_operands = 2,
    .max_operands = 2,
    .summary = "all that a gallery holds of somebody, as JSON",
    .description =
        "Name, basis, purpose and end, each descriptor with the SHA-256 of "
        "its network, each file of evidence (\"data\" is an address that a "
        "browser opens), what models inferred, what could be taken back, and "
        "the entries of the log "
        "about the person: every search that found them, when and for what. "
        "That it was exported is in the log.",
    .options = export_options,
    .defaults = &defaults,
    .values_size = sizeof(values),
    .examples = export_examples,
    .exits = exits,
    .run = run_export,
};
