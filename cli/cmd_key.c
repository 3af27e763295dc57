/* cmd_key.c: keys of the server: made, listed, revoked. */
#include "cli/shell/files.h"

#include <stdio.h>
#include <string.h>

typedef struct values {
    const char *file, *expiry, *purpose, *basis;
    unsigned scopes;
    int role, days, json;
} values;
static const values defaults;

#define OPTION_FILE \
    CLI_ROW_TEXT(file, CLI_FILE, "key-file", 0, "FILE", "the file of keys")

static const cli_row exits[] =
    CLI_EXITS("done", "the file could not be read, or has no such key");

static int has_file(const cli_args *a)
{
    const values *v = a->values;
    return v->file || cli_wrong(a, &v->file, "wanted is the file of keys");
}

/* ---- key add ------------------------------------------------------------- */

/* Copy what was said into a field; 0: it does not fit, reported. */
static int put(const cli_args *a, const void *place, const char *said,
               char *out, size_t size)
{
    if (!said || snprintf(out, size, "%s", said) < (int)size)
        return 1;
    if (place)
        cli_wrong(a, place, "fewer bytes");
    else
        cli_error("key add: the name has too many bytes");
    return 0;
}

/* The key as it was said; 0: reported. */
static int read_key(const cli_args *a, mien_serve_key *k)
{
    const values *v = a->values;
    *k = (mien_serve_key){.scopes = v->scopes, .days = v->days};
    if (v->role)
        k->scopes |= mien_serve_role_scopes((mien_serve_role)(v->role - 1));
    if (!k->scopes)
        k->scopes = MIEN_SERVE_DETECT | MIEN_SERVE_VERIFY;
    return put(a, NULL, a->operand[0], k->name, sizeof k->name) &&
           put(a, &v->expiry, v->expiry, k->expiry, sizeof k->expiry) &&
           put(a, &v->purpose, v->purpose, k->purpose, sizeof k->purpose) &&
           put(a, &v->basis, v->basis, k->basis, sizeof k->basis);
}

/* The command that adds. */
static int run_add(const cli_args *a)
{
    const values *v = a->values;
    mien_error err = {0};
    mien_buffer out = {0};
    mien_serve_key k;
    char key[MIEN_SERVE_KEY_SIZE];
    if (!has_file(a) || !read_key(a, &k))
        return CLI_USAGE;
    if (mien_serve_key_add(v->file, &k, key, &err)) {
        cli_error("%s", err.text);
        return err.status == MIEN_EARG  ? CLI_USAGE
               : err.status == MIEN_EIO ? CLI_OUTPUT
                                        : CLI_NOTHING;
    }
    mien_buffer_printf(&out, "%s\n", key);
    return cli_emit(&out) ? CLI_OK : CLI_OUTPUT;
}

static const cli_option add_options[] = {
    OPTION_FILE,
    CLI_ROW_LIST(scopes, "scope", 0, "LIST", MIEN_SERVE_SCOPES,
                 "what the key may do: {choices}; commas between (default: "
                 "detect,verify)"),
    CLI_ROW_CHOICE(
        role, "role", 0, "NAME", "none," MIEN_SERVE_ROLES,
        "scopes of a role: {choices} (default {}); viewer: people; "
        "operator: detect, verify, recognize; enroller: people, "
        "enroll; auditor: metrics, audit; admin: all; peer: search, for a "
        "server that asks this one (mien serve --peers)"),
    CLI_ROW_TEXT(purpose, CLI_TEXT, "purpose", 0, "WORD",
                 "what the key is for: who is enrolled for another purpose is "
                 "neither told nor changed by it (default: requests say it)"),
    CLI_ROW_TEXT(basis, CLI_TEXT, "basis", 0, "WORD",
                 "why those may be recognised whom it enrols, as for 'mien "
                 "gallery enroll' (default: requests say it)"),
    CLI_ROW_INT(days, "days", 0, "N", 0, 400000,
                "that they stay enrolled (default {}: a year)"),
    CLI_ROW_TEXT(expiry, CLI_TEXT, "expiry", 0, "DATE",
                 "the last day, YYYY-MM-DD (default: no end)"),
    CLI_OPTION_END,
};

static const cli_row add_examples[] = {
    {"mien key add --key-file keys --expiry 2030-12-31 door",
     "made and printed, once"},
    {"mien key add --key-file keys --scope metrics prometheus",
     "for /metrics alone"},
    {"mien key add --key-file keys --role enroller --purpose door --basis "
     "consent desk",
     "adds people, who agreed, for the door"},
    {"mien key add --key-file keys --role peer --purpose door hub",
     "for a server that searches here, too (mien serve --peers)"},
    {NULL, NULL},
};

const cli_command cmd_key_add = {
    .name = "key add",
    .operands = "NAME",
    .min_operands = 1,
    .max_operands = 1,
    .summary = "make a key for mien serve",
    .description =
        "Print a new key, 64 random hexadecimal digits, and add its SHA-256 to "
        "the file of keys, which is made, readable by its owner alone, if it "
        "is not there. The key itself is kept nowhere. NAME says what it is "
        "for. A server that reads the file knows the key within a second.",
    .options = add_options,
    .defaults = &defaults,
    .values_size = sizeof(values),
    .examples = add_examples,
    .exits = exits,
    .run = run_add,
};

/* ---- key list ------------------------------------------------------------ */

/* The names of scopes, as the option takes them. */
static void scopes_text(unsigned scopes, char out[100])
{
    const char *at = MIEN_SERVE_SCOPES;
    size_t n = 0;
    *out = 0;
    for (unsigned bit = 1; *at; bit *= 2) {
        size_t len = strcspn(at, ",");
        if (scopes & bit)
            n += (size_t)snprintf(out + n, 100 - n, "%s%.*s", n ? "," : "",
                                  (int)len, at);
        at += len + (at[len] == ',');
    }
}

/* The keys as an array. */
static void list_json(const mien_serve_keys *k, mien_buffer *out)
{
    mien_json j = mien_json_on(out, 0);
    mien_json_array(&j, NULL);
    for (int i = 0; i < k->n; i++) {
        const mien_serve_key *one = &k->key[i];
        char scopes[100];
        scopes_text(one->scopes, scopes);
        mien_json_object(&j, NULL);
        mien_json_text(&j, "id", one->id);
        mien_json_text(&j, "name", one->name);
        mien_json_text(&j, "scopes", scopes);
        mien_json_text(&j, "expiry", *one->expiry ? one->expiry : NULL);
        mien_json_text(&j, "purpose", *one->purpose ? one->purpose : NULL);
        mien_json_text(&j, "basis", *one->basis ? one->basis : NULL);
        mien_json_int(&j, "days", one->days);
        mien_json_close(&j);
    }
    mien_json_close(&j);
    mien_buffer_puts(out, "\n");
}

static void list_text(const mien_serve_keys *k, mien_buffer *out)
{
    mien_buffer_printf(out, "%-8s  %-10s  %-14s  %-14s  %-21s  %s\n", "id",
                       "expiry", "purpose", "basis", "scopes", "name");
    for (int i = 0; i < k->n; i++) {
        const mien_serve_key *one = &k->key[i];
        char scopes[100];
        scopes_text(one->scopes, scopes);
        mien_buffer_printf(out, "%-8s  %-10s  %-14s  %-14s  %-21s  %s\n",
                           one->id, *one->expiry ? one->expiry : "-",
                           *one->purpose ? one->purpose : "-",
                           *one->basis ? one->basis : "-", scopes, one->name);
    }
}

/* The command that lists. */
static int run_list(const cli_args *a)
{
    const values *v = a->values;
    mien_error err = {0};
    mien_buffer out = {0};
    mien_serve_keys k = {0};
    if (!has_file(a))
        return CLI_USAGE;
    if (mien_serve_keys_load(v->file, &k, &err)) {
        cli_error("%s", err.text);
        return CLI_NOTHING;
    }
    if (v->json)
        list_json(&k, &out);
    else
        list_text(&k, &out);
    mien_serve_keys_free(&k);
    return cli_emit(&out) ? CLI_OK : CLI_OUTPUT;
}

static const cli_option list_options[] = {
    OPTION_FILE,
    CLI_OPTION_JSON("a JSON array"),
    CLI_OPTION_END,
};

static const cli_row list_examples[] = {
    {"mien key list --key-file keys", "ids, what they may do, names"},
    {NULL, NULL},
};

const cli_command cmd_key_list = {
    .name = "key list",
    .operands = "",
    .min_operands = 0,
    .max_operands = 0,
    .summary = "the keys of mien serve",
    .description = "Print the id, last day, purpose, basis, scopes and name "
                   "of each key of a file; the keys themselves are not in it.",
    .options = list_options,
    .defaults = &defaults,
    .values_size = sizeof(values),
    .examples = list_examples,
    .exits = exits,
    .run = run_list,
};

/* ---- key revoke ---------------------------------------------------------- */

static int run_revoke(const cli_args *a)
{
    const values *v = a->values;
    mien_error err = {0};
    if (!has_file(a))
        return CLI_USAGE;
    if (!mien_serve_key_revoke(v->file, a->operand[0], &err))
        return CLI_OK;
    cli_error("%s", err.text);
    return CLI_NOTHING;
}

static const cli_option revoke_options[] = {
    OPTION_FILE,
    CLI_OPTION_END,
};

static const cli_row revoke_examples[] = {
    {"mien key revoke --key-file keys 3f09c1aa", "by the id of mien key list"},
    {NULL, NULL},
};

const cli_command cmd_key_revoke = {
    .name = "key revoke",
    .operands = "ID",
    .min_operands = 1,
    .max_operands = 1,
    .summary = "take back a key of mien serve",
    .description = "Take a key out of the file of keys. A server that reads "
                   "the file refuses the key within a second.",
    .options = revoke_options,
    .defaults = &defaults,
    .values_size = sizeof(values),
    .examples = revoke_examples,
    .exits = exits,
    .run = run_revoke,
};
