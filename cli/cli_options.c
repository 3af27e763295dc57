/* cli_options.c: read a command line against a command's table of options. */
#include "cli/cli.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { WORD_MAX = 40 };

static int least(int a, int b) { return a < b ? a : b; }

/* Letters to insert, remove, replace or swap to get from a to b. */
static int distance(const char *a, const char *b)
{
    int row[3][WORD_MAX + 1];
    int n = (int)strlen(a), m = (int)strlen(b);
    if (n > WORD_MAX || m > WORD_MAX)
        return WORD_MAX;
    for (int j = 0; j <= m; j++)
        row[0][j] = j;
    for (int i = 1; i <= n; i++) {
        int *now = row[i % 3], *last = row[(i + 2) % 3];
        const int *before = row[(i + 1) % 3];
        now[0] = i;
        for (int j = 1; j <= m; j++) {
            now[j] = least(last[j] + 1, now[j - 1] + 1);
            now[j] = least(now[j], last[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                now[j] = least(now[j], before[j - 2] + 1);
        }
    }
    return row[n % 3][m];
}

const char *cli_nearest(const char *word, const char *const *names, int n)
{
    const char *best = NULL;
    int near = least(4, 1 + (int)strlen(word) / 2);
    for (int i = 0; i < n; i++) {
        size_t len = strlen(word);
        int d = distance(word, names[i]);
        if (len >= 3 && strncmp(word, names[i], len) == 0)
            d = least(d, 1);
        if (d < near) {
            near = d;
            best = names[i];
        }
    }
    return best;
}

static int unknown_option(const cli_command *c, const char *name)
{
    const char *names[CLI_MAX_OPTIONS + 1];
    int n = 0;
    for (const cli_option *o = c->options; o->name; o++)
        names[n++] = o->name;
    names[n++] = "help";
    const char *near = cli_nearest(name, names, n);
    if (near)
        cli_error("%s: unknown option --%s; did you mean --%s?", c->name, name,
                  near);
    else
        cli_error("%s: unknown option --%s; mien %s --help lists them", c->name,
                  name, c->name);
    return 0;
}

/* Does choices, "a,b,c", hold the n letters at word?  Its place, or -1. */
static int place_in(const char *choices, const char *word, size_t n)
{
    int place = 0;
    for (const char *p = choices;; p++, place++) {
        size_t len = strcspn(p, ",");
        if (len == n && memcmp(p, word, n) == 0)
            return place;
        p += len;
        if (!*p)
            return -1;
    }
}

/* Is the value allowed by the option's choices? */
static int check_choices(const cli_command *c, const cli_option *o,
                         const char *value)
{
    if (o->kind != CLI_CHOICE && o->kind != CLI_LIST)
        return 1;
    for (const char *p = value;; p++) {
        size_t n = o->kind == CLI_LIST ? strcspn(p, ",") : strlen(p);
        if (place_in(o->choices, p, n) < 0) {
            cli_error("%s: --%s: '%.*s' is none of %s", c->name, o->name,
                      (int)n, p, o->choices);
            return 0;
        }
        p += n;
        if (!*p)
            return 1;
    }
}

/* Keep the value of option number i; NULL: there was none left. */
static int keep(const cli_command *c, int i, const char *value, cli_args *out)
{
    const cli_option *o = &c->options[i];
    if (!value) {
        cli_error("%s: --%s needs %s; mien %s --help tells more", c->name,
                  o->name, o->argument, c->name);
        return 0;
    }
    if (!check_choices(c, o, value))
        return 0;
    out->value[i] = value;
    return 1;
}

/* Does a word name a long option behind a single dash, as in "-numPos"? */
static int is_long(const cli_command *c, const char *word)
{
    for (int i = 0; c->options[i].name; i++)
        if (word[1] && word[2] && strcmp(c->options[i].name, word + 1) == 0)
            return 1;
    return word[1] && cli_alias_find(c, word + 1);
}

/* --name, --name=value, --name value, -name value: the words used, 0 after a
 * mistake. */
static int read_long(const cli_command *c, char **words, int left,
                     cli_args *out)
{
    char name[WORD_MAX] = {0};
    const char *word = words[0] + (words[0][1] == '-' ? 2 : 1);
    size_t n = strcspn(word, "=");
    memcpy(name, word, n < sizeof name ? n : sizeof name - 1);
    const cli_alias *alias = cli_alias_find(c, name);
    if (alias && !alias->option) {
        cli_error("%s: no option --%s; %s", c->name, name, alias->text);
        return 0;
    }
    const char *ours = alias ? alias->option : name;

    for (int i = 0; c->options[i].name; i++) {
        if (strcmp(c->options[i].name, ours) != 0)
            continue;
        if (c->options[i].kind == CLI_FLAG && word[n] == '=') {
            cli_error("%s: --%s takes no value", c->name, name);
            return 0;
        }
        if (c->options[i].kind == CLI_FLAG)
            return keep(c, i, "", out);
        if (word[n] == '=')
            return keep(c, i, word + n + 1, out);
        return keep(c, i, left > 1 ? words[1] : NULL, out) ? 2 : 0;
    }
    return unknown_option(c, name);
}

/* -a, -ab, -ovalue, -o value: the words used, 0 after a mistake. */
static int read_short(const cli_command *c, char **words, int left,
                      cli_args *out)
{
    for (const char *p = words[0] + 1; *p; p++) {
        int i = 0;
        while (c->options[i].name && c->options[i].letter != *p)
            i++;
        if (!c->options[i].name) {
            cli_error("%s: unknown option -%c; mien %s --help lists them",
                      c->name, *p, c->name);
            return 0;
        }
        if (c->options[i].kind != CLI_FLAG && p[1])
            return keep(c, i, p + 1, out);
        if (c->options[i].kind != CLI_FLAG)
            return keep(c, i, left > 1 ? words[1] : NULL, out) ? 2 : 0;
        if (!keep(c, i, "", out))
            return 0;
    }
    return 1;
}

static int check_operands(const cli_command *c, const cli_args *a)
{
    if (a->n_operands < c->min_operands) {
        cli_error("%s: needs %s; try mien %s --help", c->name, c->operands,
                  c->name);
        return 0;
    }
    if (a->n_operands > c->max_operands) {
        cli_error("%s: '%s' is one too many; try mien %s --help", c->name,
                  a->operand[c->max_operands], c->name);
        return 0;
    }
    return 1;
}

int cli_options_read(const cli_command *c, char **words, int n, cli_args *out)
{
    *out = (cli_args){.command = c, .operand = words};
    int i = 0;
    while (i < n) {
        char *word = words[i];
        if (strcmp(word, "--") == 0) {
            i++;
            break;
        }
        if (word[0] != '-' || !word[1]) {
            words[out->n_operands++] = words[i++];
            continue;
        }
        int used = word[1] == '-' || is_long(c, word)
                       ? read_long(c, words + i, n - i, out)
                       : read_short(c, words + i, n - i, out);
        if (!used)
            return 0;
        i += used;
    }
    while (i < n)
        words[out->n_operands++] = words[i++];
    return check_operands(c, out);
}

int cli_given(const cli_args *a, int option)
{
    return a->value[option] != NULL;
}

int cli_int(const cli_args *a, int option, long min, long max, int *out)
{
    const char *text = a->value[option];
    if (!text)
        return 1;
    char *end;
    errno = 0;
    long v = strtol(text, &end, 10);
    if (end == text || *end || errno || v < min || v > max) {
        cli_error("%s: --%s: found '%s', wanted a whole number %ld to %ld",
                  a->command->name, a->command->options[option].name, text, min,
                  max);
        return 0;
    }
    *out = (int)v;
    return 1;
}

int cli_double(const cli_args *a, int option, double min, double max,
               double *out)
{
    const char *text = a->value[option];
    if (!text)
        return 1;
    char *end;
    double v = strtod(text, &end);
    if (end == text || *end || !isfinite(v) || v < min || v > max) {
        cli_error("%s: --%s: found '%s', wanted a number %g to %g",
                  a->command->name, a->command->options[option].name, text, min,
                  max);
        return 0;
    }
    *out = v;
    return 1;
}

int cli_float(const cli_args *a, int option, double min, double max, float *out)
{
    double v = (double)*out;
    int good = cli_double(a, option, min, max, &v);
    *out = (float)v;
    return good;
}

int cli_choice(const cli_args *a, int option, int fallback)
{
    const char *v = a->value[option];
    if (!v)
        return fallback;
    return place_in(a->command->options[option].choices, v, strlen(v));
}

unsigned cli_list(const cli_args *a, int option)
{
    unsigned bits = 0;
    const char *choices = a->command->options[option].choices;
    for (const char *p = a->value[option]; p && *p;) {
        size_t n = strcspn(p, ",");
        int place = place_in(choices, p, n);
        if (place >= 0)
            bits |= 1u << place;
        p += n + (p[n] == ',');
    }
    return bits;
}
