/* cmd_gallery_audit.c: the log of a gallery, checked and shown. */
#include "cli/gallery.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct values {
    cli_gallery_values open;
    const char *log_key_file, *against;
    int show, print_key;
} values;
static const values defaults;

static const cli_option options[] = {
    CLI_OPTIONS_GALLERY,
    CLI_ROW_FLAG(show, "show", 0, "every entry, a line each"),
    CLI_ROW_TEXT(against, CLI_TEXT, "against", 0, "N:CHECK",
                 "a checkpoint that was kept: entry N must have that check"),
    CLI_ROW_FLAG(print_key, "print-log-key", 0,
                 "print the key with which the log alone can be checked"),
    CLI_ROW_TEXT(log_key_file, CLI_FILE, "log-key-file", 0, "FILE",
                 "its first line is that key: nobody's name or face is read"),
    CLI_OPTION_END,
};

static const cli_row examples[] = {
    {"mien gallery audit people.db", "a checkpoint, to be kept elsewhere"},
    {"mien gallery audit people.db --against 42:9f2c...",
     "was anything before it changed, or cut off?"},
    {"mien gallery audit people.db --log-key-file log.key --show",
     "for who checks, and may see no faces"},
    {NULL, NULL},
};

static const cli_row exits[] = {
    {"0", "the log is whole"},
    {"1", "the log was changed, or is not that of the checkpoint"},
    CLI_EXIT_USAGE,
    {"3", "the gallery could not be opened"},
    CLI_EXIT_OUTPUT,
    {NULL, NULL}};

typedef struct auditing {
    int show;
    mien_buffer out;
    char last[MIEN_GALLERY_DIGEST];
    int64_t wanted;    /* entry of a checkpoint; 0: none */
    const char *check; /* its */
    int met;           /* 1: it is that entry's */
} auditing;

/* mien_gallery_log's entry. */
static void see(void *arg, const mien_gallery_entry *e)
{
    auditing *d = arg;
    char when[32];
    memcpy(d->last, e->mac, sizeof d->last);
    if (e->number == d->wanted)
        d->met = strcmp(e->mac, d->check) == 0;
    if (!d->show)
        return;
    cli_gallery_time(e->at, when);
    mien_buffer_printf(&d->out, "%6lld  %s  %-10s", (long long)e->number, when,
                       e->kind);
    if (e->person)
        mien_buffer_printf(&d->out, "  person %lld", (long long)e->person);
    mien_buffer_printf(&d->out, "%s%s\n", *e->detail ? "  " : "", e->detail);
}

/* Read the log by the gallery's key or its own; the status to exit with. */
static int read_log(const cli_args *a, auditing *d, int64_t *last)
{
    const values *v = a->values;
    mien_gallery *g = NULL;
    mien_error err = {0};
    mien_status st;
    if (v->log_key_file) {
        mien_bytes key = {0};
        char text[128] = "";
        if (mien_file_load(v->log_key_file, 4096, &key, &err)) {
            cli_error("%s", err.text);
            return CLI_NOTHING;
        }
        snprintf(text, sizeof text, "%.*s", (int)key.n, (char *)key.data);
        text[strcspn(text, "\r\n")] = 0;
        mien_bytes_free(&key);
        st = mien_gallery_audit(a->operand[0], text, see, d, last, &err);
    } else {
        char key[MIEN_GALLERY_RECOVERY];
        int status = cli_gallery_open(a->operand[0], &v->open, &g);
        if (status)
            return status;
        mien_gallery_log_key(g, key);
        if (v->print_key)
            mien_buffer_printf(&d->out, "%s\n", key);
        st = mien_gallery_log(g, see, d, last, &err);
        mien_gallery_close(g);
    }
    if (st)
        cli_error("%s", err.text);
    return st == MIEN_EFORMAT ? CLI_PARTLY : st ? CLI_NOTHING : CLI_OK;
}

/* Read a checkpoint, check the log, say where it ends. */
static int run(const cli_args *a)
{
    const values *v = a->values;
    auditing d = {.show = v->show};
    int64_t last = 0;
    if (v->against) {
        char *end;
        d.wanted = strtoll(v->against, &end, 10);
        d.check = *end ? end + 1 : end;
        if (d.wanted < 1 || *end != ':' ||
            strlen(d.check) != MIEN_GALLERY_DIGEST - 1)
            return cli_wrong(a, &v->against, "entry:check, as audit prints it"),
                   CLI_USAGE;
    }
    int status = read_log(a, &d, &last);
    if (!status && d.wanted && !d.met) {
        cli_error("%s: entry %lld is not that of the checkpoint: the log was "
                  "cut off or written anew",
                  a->operand[0], (long long)d.wanted);
        status = CLI_PARTLY;
    }
    if (!status && !v->print_key)
        mien_buffer_printf(&d.out, "%lld:%s\n", (long long)last, d.last);
    return cli_emit(&d.out) ? status : CLI_OUTPUT;
}

const cli_command cmd_gallery_audit = {
    .name = "gallery audit",
    .operands = "PEOPLE.db",
    .min_operands = 1,
    .max_operands = 1,
    .summary = "check the log of a gallery",
    .description =
        "Every entry's check is over the one before it, so that none can be "
        "changed, taken out or put in. Prints the last entry's number and "
        "check: kept elsewhere, it shows with --against whether the end was "
        "cut off. What entries say of people is sealed with their keys; it "
        "is gone with them, and the log stays checkable.",
    CLI_COMMAND_TABLES,
};
