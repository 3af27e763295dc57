/* cmd_gallery_delete.c: a whole gallery, deleted by two keys. */
#include "cli/gallery.h"

typedef struct values {
    cli_gallery_values open, second;
} values;
static const values defaults = {.second = {.recovery = 1}};

static const cli_option options[] = {
    CLI_OPTION_KEY_FILE,
    CLI_OPTION_PASSPHRASE_FILE,
    CLI_ROW_TEXT(second.passphrase_file, CLI_FILE, "recovery-file", 0, "FILE",
                 "its first line is the recovery key, which somebody else "
                 "keeps; - is standard input (default: asked for on the "
                 "terminal)"),
    CLI_OPTION_END,
};

static const cli_row examples[] = {
    {"mien gallery delete people.db > certificate.txt",
     "asks for the passphrase, then for the recovery key"},
    {NULL, NULL},
};

static const cli_row exits[] =
    CLI_EXITS("deleted", "the gallery could not be opened by both keys, or "
                         "something of it is left");

/* See that the recovery key opens the gallery, too. */
static int check_second(const values *v, mien_gallery *g)
{
    cli_gallery_key k;
    mien_error err = {0};
    int status = cli_gallery_key_read(&v->second, 0, &k);
    if (status)
        return status;
    mien_status st = mien_gallery_opened_by(g, &k.key, &err);
    cli_gallery_key_free(&k);
    if (st)
        cli_error("%s; nothing was deleted", err.text);
    return st ? CLI_NOTHING : CLI_OK;
}

/* The certificate. */
static void tell(const mien_gallery_deleted *d, mien_buffer *out)
{
    char when[32], more[32];
    cli_gallery_time(d->at, when);
    mien_buffer_printf(
        out,
        "deleted: a gallery of %lld %s, %lld face%s, %lld file%s of "
        "evidence%s, %lld negative%s, %s\n"
        "its log ended with entry %lld, check %s\n"
        "The keys that sealed it are destroyed: no copy of the gallery can be "
        "read or restored, but with a copy of its -keys file, if somebody made "
        "one: destroy that.\n",
        (long long)d->people, d->people == 1 ? "person" : "people",
        (long long)d->faces, d->faces == 1 ? "" : "s", (long long)d->evidence,
        d->evidence == 1 ? "" : "s",
        cli_gallery_inferred_count((int)d->inferred, more),
        (long long)d->negatives, d->negatives == 1 ? "" : "s", when,
        (long long)d->entry, d->mac);
}

/* Open it by both, and delete it. */
static int run(const cli_args *a)
{
    const values *v = a->values;
    mien_gallery *g = NULL;
    mien_gallery_deleted d;
    mien_error err = {0};
    mien_buffer out = {0};
    int status = cli_gallery_open(a->operand[0], &v->open, &g);
    if (status)
        return status;
    status = check_second(v, g);
    mien_status st = status ? MIEN_OK : mien_gallery_delete(g, &d, &err);
    mien_gallery_close(g);
    if (status)
        return status;
    if (st)
        return cli_gallery_failed(st, &err);
    tell(&d, &out);
    if (cli_emit(&out))
        return CLI_OK;
    cli_error("%s is deleted, its log with it: nothing else certifies that",
              a->operand[0]);
    return CLI_OUTPUT;
}

const cli_command cmd_gallery_delete = {
    .name = "gallery delete",
    .operands = "PEOPLE.db",
    .min_operands = 1,
    .max_operands = 1,
    .summary = "delete a whole gallery, by two keys, and print a certificate",
    .description =
        "Wants the passphrase or key file and the recovery key: kept by two "
        "people, neither deletes the gallery alone. Destroys the keys, at once "
        "and for good, then deletes PEOPLE.db, PEOPLE.db-keys, their journals "
        "and what was left beside them. If that is broken off, whoever opens "
        "the gallery next ends it, and what cannot be deleted is named. "
        "Copies under other names cannot be read any more, nor restored, "
        "unless somebody made a copy of PEOPLE.db-keys: destroy that, too. The "
        "certificate names nobody.\n\nWhoever has the recovery key alone can "
        "set another passphrase with 'gallery rekey --recovery', and has both "
        "then. Whoever may write into the folder can remove the files without "
        "any key; then nothing is overwritten, and nothing certified.",
    CLI_COMMAND_TABLES,
};
