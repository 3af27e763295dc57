/* basis.c: why people may be looked for: said once, kept in a note. */
#include "cli/basis.h"

#include "cli/shell/files.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* The words of MIEN_BASES by their place. */
static void word_of(int place, char *out, size_t room)
{
    const char *p = MIEN_BASES;
    for (; place > 0; place--)
        p += strcspn(p, ",") + 1;
    snprintf(out, room, "%.*s", (int)strcspn(p, ","), p);
}

void cli_today(char out[11])
{
    time_t now = time(NULL);
    struct tm t;
    if (!localtime_r(&now, &t) || strftime(out, 11, "%Y-%m-%d", &t) != 10)
        memcpy(out, "9999-12-31", 11); /* then nothing holds */
}

/* Today, and the end that was said; CLI_OK, or CLI_USAGE, reported. */
static int read_days(const cli_args *a, const char *const *expires,
                     cli_basis *out)
{
    out->end = *expires != NULL;
    cli_today(out->today);
    if (!*expires ||
        (mien_is_day(*expires) && strcmp(*expires, out->today) >= 0))
        return CLI_OK;
    cli_wrong(a, expires, "a day, YYYY-MM-DD, today or later");
    return CLI_USAGE;
}

/* The note, whose reason is there; the same. */
static int make_note(const cli_args *a, const char *purpose,
                     const char *expires, cli_basis *out)
{
    mien_basis *note = &out->note;
    mien_error err = {0};
    out->said = 1;
    memcpy(note->date, out->today, sizeof note->date);
    if (expires)
        snprintf(note->expiry, sizeof note->expiry, "%s", expires);
    else
        mien_day_add(out->today, MIEN_BASIS_DAYS, note->expiry);
    if (strlen(purpose) >= sizeof note->purpose) {
        cli_error("%s: --purpose has %zu bytes, at most are %zu",
                  a->command->name, strlen(purpose), sizeof note->purpose - 1);
        return CLI_USAGE;
    }
    snprintf(note->purpose, sizeof note->purpose, "%s", purpose);
    if (mien_basis_hold(note, out->today, &err) == MIEN_OK)
        return CLI_OK;
    cli_error("%s: %s", a->command->name, err.text);
    return CLI_USAGE;
}

int cli_basis_for(const cli_args *a, const char *why, const char *purpose,
                  const char *const *expires, cli_basis *out)
{
    *out = (cli_basis){.purpose = purpose};
    snprintf(out->note.basis, sizeof out->note.basis, "%s", why);
    return read_days(a, expires, out) ? CLI_USAGE
                                      : make_note(a, purpose, *expires, out);
}

int cli_basis_read(const cli_args *a, const cli_basis_values *v, cli_basis *out)
{
    *out = (cli_basis){.purpose = v->purpose};
    if (read_days(a, &v->expires, out))
        return CLI_USAGE;
    if (!cli_given(a, &v->why)) {
        if (!v->expires)
            return CLI_OK;
        cli_error("%s: --expires needs --basis and --purpose",
                  a->command->name);
        return CLI_USAGE;
    }
    if (!v->purpose) {
        cli_error("%s: --basis needs --purpose WORD: what for",
                  a->command->name);
        return CLI_USAGE;
    }
    word_of(v->why, out->note.basis, sizeof out->note.basis);
    return make_note(a, v->purpose, v->expires, out);
}

/* ---- a note beside photos ------------------------------------------------ */

/* FOLDER/.mien-basis.json, FILE.basis; NULL when memory ended, reported. */
static char *path_of_note(const char *people)
{
    size_t room = strlen(people) + sizeof MIEN_BASIS_FILE + 2;
    char *path = cli_is_folder(people) ? cli_path_join(people, MIEN_BASIS_FILE)
                                       : cli_alloc(room, 1);
    if (path && !cli_is_folder(people))
        snprintf(path, room, "%s.basis", people);
    return path;
}

/* MIEN_OK, or an error whose text begins with the path. */
static mien_status load_note(const char *path, mien_basis *out, mien_error *err)
{
    mien_bytes bytes = {0};
    mien_status st = mien_file_load(path, MIEN_BASIS_MAX_BYTES, &bytes, err);
    if (!st) {
        mien_error why = {0};
        st = mien_basis_read(bytes.data, bytes.n, out, &why);
        if (st)
            snprintf(err->text, sizeof err->text, "%.90s: %.100s", path,
                     why.text);
    }
    mien_bytes_free(&bytes);
    return st;
}

/* What was said becomes the note; where it cannot be kept, that is said and it
 * counts this once. */
static void keep_note(const char *path, const mien_basis *note)
{
    mien_buffer text = {0};
    mien_error err = {0};
    mien_record_basis(note, &text);
    if (text.failed || mien_file_save(path, text.data, text.n, &err))
        cli_error("%s: not kept, so it must be said each time: %s", path,
                  text.failed ? "out of memory" : err.text);
    else
        cli_error("%s: kept: basis %s, purpose %s, until %s", path, note->basis,
                  note->purpose, note->expiry);
    mien_buffer_free(&text);
}

static int refuse_unsaid(const char *people, const char *path)
{
    cli_error("%s: nothing says why these people may be looked for; faces are "
              "biometric data, which needs a reason, a purpose and an end",
              people);
    cli_error("if they agreed, add this once: --basis consent --purpose WORD "
              "(kept in %s for %d days)",
              path, MIEN_BASIS_DAYS);
    return CLI_NOTHING;
}

static int refuse_ended(const cli_basis *b, const char *people,
                        const mien_basis *note)
{
    char next[11];
    mien_day_add(b->today, MIEN_BASIS_DAYS, next);
    cli_error(
        "%s: basis %s, purpose '%s' ended on %s; delete the photos, or ask the "
        "people again",
        people, note->basis, note->purpose, note->expiry);
    cli_error("if they agreed again, add this once: --basis consent --purpose "
              "'%s' --expires %s",
              note->purpose, next);
    return CLI_NOTHING;
}

/* Is what was said what the note has? */
static int is_same(const cli_basis *b, const mien_basis *note)
{
    return strcmp(b->note.basis, note->basis) == 0 &&
           strcmp(b->note.purpose, note->purpose) == 0 &&
           (!b->end || strcmp(b->note.expiry, note->expiry) == 0);
}

/* By a note that is there. */
static int follow_note(const cli_basis *b, const char *people, const char *path,
                       mien_basis *note)
{
    int ended = mien_basis_hold(note, b->today, NULL) != MIEN_OK;
    if (ended && !(b->said && b->end))
        return refuse_ended(b, people, note);
    if (b->said && !is_same(b, note)) {
        *note = b->note;
        keep_note(path, note);
    }
    if (!b->purpose || strcmp(b->purpose, note->purpose) == 0)
        return CLI_OK;
    cli_error("%s: the purpose is kept as '%s', not '%s'", people,
              note->purpose, b->purpose);
    cli_error("if they agreed to that too, add this once: --basis %s --purpose "
              "'%s'",
              note->basis, b->purpose);
    return CLI_NOTHING;
}

int cli_basis_allows(const cli_basis *b, const char *people, mien_basis *out)
{
    mien_error err = {0};
    char *path = path_of_note(people);
    int status = CLI_OK;
    if (!path)
        return CLI_NOTHING;
    if (access(people, F_OK) != 0) {
        cli_error("%s: %s", people, strerror(errno));
        status = CLI_NOTHING;
    } else if (access(path, F_OK) == 0) {
        if (load_note(path, out, &err)) {
            cli_error("%s", err.text);
            status = CLI_NOTHING;
        } else {
            status = follow_note(b, people, path, out);
        }
    } else if (!b->said) {
        status = refuse_unsaid(people, path);
    } else {
        *out = b->note;
        keep_note(path, out);
    }
    free(path);
    return status;
}

/* ---- profiles that carry what was agreed --------------------------------- */

int cli_basis_takes(void *file, const char *name, const mien_basis *consent)
{
    cli_basis_file *f = file;
    const cli_basis *b = f->basis;
    (void)name;
    if (!consent)
        f->without++;
    else if (mien_basis_hold(consent, b->today, NULL))
        return f->ended++, 0;
    else if (b->purpose && strcmp(b->purpose, consent->purpose) != 0)
        return f->other++, 0;
    f->taken++;
    return 1;
}

int cli_basis_settle(const cli_basis_file *f, const char *path)
{
    mien_basis note;
    if (f->ended)
        cli_error("%s: %d left out, whose consent has ended", path, f->ended);
    if (f->other)
        cli_error("%s: %d left out, who did not agree to %s", path, f->other,
                  f->basis->purpose);
    return f->without ? cli_basis_allows(f->basis, path, &note) : CLI_OK;
}
