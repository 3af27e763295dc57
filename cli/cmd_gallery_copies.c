/* cmd_gallery_copies.c: a gallery's backup, and what comes back of it. */
#include "cli/gallery.h"

typedef struct values {
    cli_gallery_values open;
    const char *store;
} values;
static const values defaults;

static const cli_option options[] = {
    CLI_OPTIONS_GALLERY,
    CLI_OPTION_END,
};

static const cli_row exits[] =
    CLI_EXITS("done", "the gallery or the copy could not be opened");

/* ---- gallery backup ------------------------------------------------------ */

static int run_backup(const cli_args *a)
{
    const values *v = a->values;
    mien_gallery *g = NULL;
    mien_error err = {0};
    int status = cli_gallery_open(a->operand[0], &v->open, &g);
    if (status)
        return status;
    if (mien_gallery_backup(g, a->operand[1], &err))
        status = cli_unsaved(&err);
    mien_gallery_close(g);
    return status;
}

static const cli_row backup_examples[] = {
    {"mien gallery backup people.db /backup/people.db",
     "without keys: nobody can read it alone"},
    {NULL, NULL},
};

const cli_command cmd_gallery_backup = {
    .name = "gallery backup",
    .operands = "PEOPLE.db COPY",
    .min_operands = 2,
    .max_operands = 2,
    .summary = "copy a gallery, without its keys",
    .description =
        "The copy is of PEOPLE.db as it is at one moment. PEOPLE.db-keys is "
        "not in it: keep a copy of that elsewhere, and destroy older ones, "
        "since they have the keys of people who were erased since.",
    .options = options,
    .defaults = &defaults,
    .values_size = sizeof(values),
    .examples = backup_examples,
    .exits = exits,
    .run = run_backup,
};

/* ---- gallery restore ----------------------------------------------------- */

/* Put a copy back and say who is there. */
static int run_restore(const cli_args *a)
{
    const values *v = a->values;
    cli_gallery_key k;
    mien_gallery_restored done;
    mien_error err = {0};
    mien_buffer out = {0};
    int status = cli_gallery_key_read(&v->open, 0, &k);
    if (status)
        return status;
    mien_status st = mien_gallery_restore_on(
        a->operand[0], v->store, a->operand[1], &k.key, 0, &done, &err);
    cli_gallery_key_free(&k);
    if (st) {
        cli_error("%s", err.text);
        return CLI_NOTHING;
    }
    mien_buffer_printf(&out,
                       "%d people are there again; %d left out, who were "
                       "erased since; %d missing, who were enrolled since\n",
                       done.people, done.erased, done.missing);
    if (done.faces)
        mien_buffer_printf(&out, "%d face%s left out, removed since\n",
                           done.faces, done.faces == 1 ? "" : "s");
    if (done.evidence)
        mien_buffer_printf(&out,
                           "%d file%s of evidence left out, removed since\n",
                           done.evidence, done.evidence == 1 ? "" : "s");
    if (done.inferred)
        mien_buffer_printf(&out, "%d inferred left out, removed since\n",
                           done.inferred);
    if (done.negatives)
        mien_buffer_printf(&out, "%d negative%s left out, removed since\n",
                           done.negatives, done.negatives == 1 ? "" : "s");
    return cli_emit(&out) ? CLI_OK : CLI_OUTPUT;
}

static const cli_option restore_options[] = {
    CLI_OPTIONS_GALLERY,
    CLI_ROW_TEXT(store, CLI_TEXT, "store", 0, "URL",
                 "from now on the data are in a database of PostgreSQL, "
                 "postgres://USER@HOST/DATABASE (default: where they were)"),
    CLI_OPTION_END,
};

static const cli_row restore_examples[] = {
    {"mien gallery restore people.db /backup/people.db",
     "whoever was erased since stays erased"},
    {"mien gallery restore people.db copy.db --store "
     "postgres://keeper@db.example/mien",
     "a gallery moves to a server"},
    {NULL, NULL},
};

const cli_command cmd_gallery_restore = {
    .name = "gallery restore",
    .operands = "PEOPLE.db COPY",
    .min_operands = 2,
    .max_operands = 2,
    .summary = "put a copy of a gallery back",
    .description =
        "PEOPLE.db is replaced, whole or not at all; PEOPLE.db-keys has to be "
        "beside it. Put back by hand, a copy is refused when it is opened, "
        "since people who were erased would be in it.",
    .options = restore_options,
    .defaults = &defaults,
    .values_size = sizeof(values),
    .examples = restore_examples,
    .exits = exits,
    .run = run_restore,
};
