/* cmd_gallery_init.c: a new gallery, and a new key of one. */
#include "cli/gallery.h"

#include <stdio.h>
#include <string.h>

typedef struct values {
    cli_gallery_values open, fresh;
    const char *store;
} values;
static const values defaults;

static const cli_row exits[] =
    CLI_EXITS("done", "the gallery could not be made or opened");

/* ---- gallery init -------------------------------------------------------- */

/* Make a gallery and print its recovery key. */
static int run_init(const cli_args *a)
{
    const values *v = a->values;
    cli_gallery_key k;
    char recovery[MIEN_GALLERY_RECOVERY];
    mien_error err = {0};
    mien_buffer out = {0};
    int status = cli_gallery_key_read(&v->open, 1, &k);
    if (status)
        return status;
    mien_status st =
        v->store ? mien_gallery_create_on(a->operand[0], v->store, &k.key,
                                          recovery, &err)
                 : mien_gallery_create(a->operand[0], &k.key, recovery, &err);
    cli_gallery_key_free(&k);
    if (st) {
        cli_error("%s", err.text);
        return st == MIEN_EARG               ? CLI_USAGE
               : st == MIEN_EIO && !v->store ? CLI_OUTPUT
                                             : CLI_NOTHING;
    }
    mien_buffer_printf(&out, "%s\n", recovery);
    memset(recovery, 0, sizeof recovery);
    cli_error("%s and %s-keys are made; the recovery key above opens them if "
              "passphrase or key file are lost: keep it on paper, elsewhere; "
              "it is not shown again",
              a->operand[0], a->operand[0]);
    return cli_emit(&out) ? CLI_OK : CLI_OUTPUT;
}

static const cli_option init_options[] = {
    CLI_OPTION_KEY_FILE,
    CLI_OPTION_PASSPHRASE_FILE,
    CLI_ROW_TEXT(store, CLI_TEXT, "store", 0, "URL",
                 "keep the data in a database of PostgreSQL, "
                 "postgres://USER@HOST/DATABASE, and only the keys in a file; "
                 "its password from a file, $PGPASSFILE or ~/.pgpass"),
    CLI_OPTION_END,
};

static const cli_row init_examples[] = {
    {"mien gallery init people.db", "asks for a passphrase, twice"},
    {"head -c 32 /dev/urandom > key; mien gallery init people.db --key-file "
     "key",
     "opened by whoever has the file"},
    {"mien gallery init door.db --store postgres://door@db.example/mien",
     "door.db tells where the data are, door.db-keys opens them"},
    {NULL, NULL},
};

const cli_command cmd_gallery_init = {
    .name = "gallery init",
    .operands = "PEOPLE.db",
    .min_operands = 1,
    .max_operands = 1,
    .summary = "make a gallery of people who may be recognised",
    .description =
        "Makes PEOPLE.db and PEOPLE.db-keys, readable by their owner alone, "
        "and prints the recovery key, once. Names, faces and the log are "
        "sealed with a key a person; the keys lie in PEOPLE.db-keys, sealed "
        "with a passphrase (Argon2id) or a key file. Copies of the two belong "
        "in different places: PEOPLE.db alone tells nothing, and people whose "
        "key was destroyed stay erased in all its copies. With --store the "
        "sealed data are rows of PostgreSQL, kept apart from those of other "
        "galleries by row security, and PEOPLE.db is a small file that tells "
        "where; every other command is given PEOPLE.db as always.",
    .options = init_options,
    .defaults = &defaults,
    .values_size = sizeof(values),
    .examples = init_examples,
    .exits = exits,
    .run = run_init,
};

/* ---- gallery rekey ------------------------------------------------------- */

/* Open by the old key and seal by the new one. */
static int run_rekey(const cli_args *a)
{
    const values *v = a->values;
    mien_gallery *g = NULL;
    cli_gallery_key k;
    mien_error err = {0};
    int status = cli_gallery_open(a->operand[0], &v->open, &g);
    if (status)
        return status;
    status = cli_gallery_key_read(&v->fresh, 1, &k);
    if (!status) {
        mien_status st = mien_gallery_rekey(g, &k.key, &err);
        if (st)
            status = cli_gallery_failed(st, &err);
        cli_gallery_key_free(&k);
    }
    mien_gallery_close(g);
    return status;
}

static const cli_option rekey_options[] = {
    CLI_OPTIONS_GALLERY,
    CLI_ROW_TEXT(fresh.key_file, CLI_FILE, "new-key-file", 0, "FILE",
                 "from now on this opens the gallery"),
    CLI_ROW_TEXT(fresh.passphrase_file, CLI_FILE, "new-passphrase-file", 0,
                 "FILE",
                 "its first line is the new passphrase (default: asked for, "
                 "twice)"),
    CLI_OPTION_END,
};

static const cli_row rekey_examples[] = {
    {"mien gallery rekey people.db", "another passphrase"},
    {"mien gallery rekey people.db --recovery", "the old one is lost"},
    {NULL, NULL},
};

const cli_command cmd_gallery_rekey = {
    .name = "gallery rekey",
    .operands = "PEOPLE.db",
    .min_operands = 1,
    .max_operands = 1,
    .summary = "open a gallery by another passphrase or key file",
    .description = "Seals the gallery's key anew; nothing else changes, and "
                   "the recovery key stays. An older copy of PEOPLE.db-keys "
                   "is opened by the old one still: destroy it.",
    .options = rekey_options,
    .defaults = &defaults,
    .values_size = sizeof(values),
    .examples = rekey_examples,
    .exits = exits,
    .run = run_rekey,
};
