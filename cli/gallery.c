/* gallery.c: keys that are typed or read, and galleries that they open. */
#include "cli/gallery.h"

#include "cli/shell/files.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

enum { MAX_FILE = 1 << 20 };

/* Overwrite, so that a compiler does not leave it out. */
static void forget(void *p, size_t n)
{
    volatile uint8_t *at = p;
    while (n--)
        *at++ = 0;
}

/* ---- a line -------------------------------------------------------------- */

/* A line without its end; 0: there is none, or it is too long. */
static int read_line(FILE *f, char *out, size_t room)
{
    if (!fgets(out, (int)room, f))
        return 0;
    size_t n = strcspn(out, "\r\n");
    int whole = out[n] != 0 || feof(f);
    out[n] = 0;
    return whole && n > 0;
}

/* Ask on the terminal, which shows nothing of it. */
static int ask(const char *what, char *out, size_t room)
{
    struct termios was, silent;
    FILE *tty = fopen("/dev/tty", "r+");
    int good = tty && tcgetattr(fileno(tty), &was) == 0;
    if (!good) {
        cli_error("there is no terminal to ask for the %s: --passphrase-file "
                  "or a key file gives it",
                  what);
    } else {
        silent = was;
        silent.c_lflag &= ~(tcflag_t)ECHO;
        tcsetattr(fileno(tty), TCSAFLUSH, &silent);
        fprintf(tty, "%s: ", what);
        fflush(tty);
        good = read_line(tty, out, room);
        tcsetattr(fileno(tty), TCSAFLUSH, &was);
        fprintf(tty, "\n");
        if (!good)
            cli_error("no %s was given", what);
    }
    if (tty)
        fclose(tty);
    return good;
}

/* The passphrase, or the recovery key, of a file or the terminal. */
static int read_secret(const cli_gallery_values *v, int twice,
                       cli_gallery_key *k)
{
    const char *what = v->recovery ? "recovery key" : "passphrase";
    char again[sizeof k->line];
    if (v->passphrase_file) {
        int input = strcmp(v->passphrase_file, "-") == 0;
        FILE *f = input ? stdin : fopen(v->passphrase_file, "r");
        int good = f && read_line(f, k->line, sizeof k->line);
        if (f && !input)
            fclose(f);
        if (!good)
            cli_error("%s: no %s in its first line", v->passphrase_file, what);
        return good;
    }
    if (!ask(what, k->line, sizeof k->line))
        return 0;
    if (!twice)
        return 1;
    int same = ask("the same again", again, sizeof again) &&
               strcmp(again, k->line) == 0;
    if (!same)
        cli_error("the two are not the same");
    forget(again, sizeof again);
    return same;
}

int cli_gallery_key_read(const cli_gallery_values *v, int twice,
                         cli_gallery_key *out)
{
    mien_error err = {0};
    *out = (cli_gallery_key){0};
    if (v->key_file && (v->passphrase_file || v->recovery)) {
        cli_error("--key-file and --%s: one opens the gallery",
                  v->recovery ? "recovery" : "passphrase-file");
        return CLI_USAGE;
    }
    if (v->key_file) {
        if (mien_file_load(v->key_file, MAX_FILE, &out->file, &err)) {
            cli_error("%s", err.text);
            return CLI_NOTHING;
        }
        out->key.file = out->file;
        return CLI_OK;
    }
    if (!read_secret(v, twice, out))
        return CLI_NOTHING;
    if (v->recovery)
        out->key.recovery = out->line;
    else
        out->key.passphrase = out->line;
    return CLI_OK;
}

void cli_gallery_key_free(cli_gallery_key *k)
{
    forget(k->file.data, k->file.n);
    mien_bytes_free(&k->file);
    forget(k, sizeof *k);
}

/* ---- opening ------------------------------------------------------------- */

int cli_gallery_failed(mien_status st, const mien_error *err)
{
    cli_error("%s", err->text);
    return st == MIEN_EARG ? CLI_USAGE : CLI_NOTHING;
}

int cli_gallery_open(const char *path, const cli_gallery_values *v,
                     mien_gallery **out)
{
    cli_gallery_key k;
    mien_gallery_opened found = {0};
    mien_error err = {0};
    int status = cli_gallery_key_read(v, 0, &k);
    if (status)
        return status;
    mien_status st = mien_gallery_open(path, &k.key, 0, &found, out, &err);
    cli_gallery_key_free(&k);
    if (st) {
        cli_error("%s", err.text);
        return CLI_NOTHING;
    }
    if (found.expired)
        cli_error("%s: %d erased, whose end has come", path, found.expired);
    if (found.erased)
        cli_error("%s: %d erased, whose erasing had been broken off", path,
                  found.erased);
    if (found.unchanged)
        cli_error("%s: a change that had been broken off was taken back", path);
    return CLI_OK;
}

const mien_gallery_person *cli_gallery_person(const mien_gallery *g,
                                              const char *name)
{
    const mien_gallery_person *p = mien_gallery_find(g, name);
    for (int i = 0; !p && *name == '#' && i < mien_gallery_count(g); i++)
        if (mien_gallery_person_at(g, i)->id == strtoll(name + 1, NULL, 10))
            p = mien_gallery_person_at(g, i);
    if (!p)
        cli_error("nobody is enrolled as '%s'", name);
    return p;
}

void cli_gallery_time(int64_t at, char out[32])
{
    time_t t = (time_t)at;
    struct tm when;
    if (!gmtime_r(&t, &when) ||
        !strftime(out, 32, "%Y-%m-%d %H:%M:%S UTC", &when))
        snprintf(out, 32, "%lld", (long long)at);
}
