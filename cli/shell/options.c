/* options.c: read a command line against a command's table of options. */
#include "cli/shell/shell.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { WORD_MAX = 40 };

/* Say that there is no such option, and which one is nearest; 0. */
static int unknown_option(const cli_command *c, const char *name)
{
    const char *names[CLI_MAX_OPTIONS + 1];
    int n = 0;
    for (const cli_option *o = c->options; o->name; o++)
        names[n++] = o->name;
    names[n++] = "help";
    const char *near = mien_text_nearest(name, names, n);
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

static int not_a_number(const cli_command *c, const cli_option *o,
                        const char *text)
{
    if (o->kind == CLI_INT)
        cli_error("%s: --%s: found '%s', wanted a whole number %.0f to %.0f",
                  c->name, o->name, text, o->min, o->max);
    else
        cli_error("%s: --%s: found '%s', wanted a number %g to %g", c->name,
                  o->name, text, o->min, o->max);
    return 0;
}

/* Set a number of the row's type to what a text says; 0, and a report. */
static int set_number(const cli_command *c, const cli_option *o,
                      const char *text, void *to)
{
    char *end;
    errno = 0;
    if (o->kind == CLI_INT) {
        long long v = strtoll(text, &end, 10);
        if (end == text || *end || errno || (double)v < o->min ||
            (double)v > o->max)
            return not_a_number(c, o, text);
        if (o->size == sizeof(int64_t))
            *(int64_t *)to = v;
        else
            *(int *)to = (int)v;
        return 1;
    }
    double v = strtod(text, &end);
    if (end == text || *end || !isfinite(v) || v < o->min || v > o->max)
        return not_a_number(c, o, text);
    if (o->size == sizeof(double))
        *(double *)to = v;
    else
        *(float *)to = (float)v;
    return 1;
}

/* Bit i is set when choice i is in a list with commas. */
static unsigned bits_of(const char *choices, const char *list)
{
    unsigned bits = 0;
    for (const char *p = list; *p;) {
        size_t n = strcspn(p, ",");
        bits |= 1u << place_in(choices, p, n);
        p += n + (p[n] == ',');
    }
    return bits;
}

/* Add a word to those of an option; there are at most as many as on the command
 * line. */
static int add_word(cli_words *to, const char *word, int most)
{
    if (!to->word)
        to->word = cli_alloc((size_t)most, sizeof *to->word);
    if (to->word)
        to->word[to->n++] = word;
    return to->word != NULL;
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
    void *to = (char *)out->values + o->place;
    out->given[i] = 1;
    switch (o->kind) {
    case CLI_FLAG: *(int *)to = 1; break;
    case CLI_INT:
    case CLI_REAL: return set_number(c, o, value, to);
    case CLI_CHOICE:
        *(int *)to = place_in(o->choices, value, strlen(value));
        break;
    case CLI_LIST: *(unsigned *)to = bits_of(o->choices, value); break;
    case CLI_FILE:
    case CLI_FOLDER:
    case CLI_TEXT:
    case CLI_CASCADE: *(const char **)to = value; break;
    case CLI_FILES: return add_word(to, value, out->n_words);
    }
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

/* The words that are no options come to the front of words. */
static int read_words(const cli_command *c, char **words, int n, cli_args *out)
{
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

int cli_options_read(const cli_command *c, char **words, int n, cli_args *out)
{
    *out = (cli_args){.command = c, .operand = words, .n_words = n};
    out->values = cli_alloc(c->values_size, 1);
    if (!out->values)
        return 0;
    if (c->defaults)
        memcpy(out->values, c->defaults, c->values_size);
    if (read_words(c, words, n, out))
        return 1;
    cli_options_free(out);
    return 0;
}

void cli_options_free(cli_args *a)
{
    for (const cli_option *o = a->command->options; a->values && o->name; o++)
        if (o->kind == CLI_FILES)
            free(((cli_words *)(void *)((char *)a->values + o->place))->word);
    free(a->values);
    a->values = NULL;
}

/* The row of the option whose value lies at place. */
static int row_of(const cli_args *a, const void *place)
{
    const cli_option *o = a->command->options;
    size_t at = (size_t)((const char *)place - (const char *)a->values);
    int i = 0;
    while (o[i].name && o[i].place != at)
        i++;
    return i;
}

int cli_given(const cli_args *a, const void *place)
{
    return a->given[row_of(a, place)];
}

int cli_wrong(const cli_args *a, const void *place, const char *wanted)
{
    const cli_option *o = &a->command->options[row_of(a, place)];
    const char *found = *(const char *const *)place;
    cli_error("%s: --%s: found %s%s%s, wanted %s", a->command->name, o->name,
              found ? "'" : "", found ? found : "nothing", found ? "'" : "",
              wanted);
    return 0;
}

int cli_format(const cli_args *a, const int *format, int json, int fallback)
{
    if (cli_given(a, format))
        return *format;
    return json ? 1 : fallback;
}

/* Add the choices whose bits are set. */
static void put_chosen(const char *choices, unsigned bits, mien_buffer *out)
{
    const char *comma = "";
    for (; bits; bits >>= 1) {
        size_t n = strcspn(choices, ",");
        if (bits & 1) {
            mien_buffer_puts(out, comma);
            mien_buffer_put(out, choices, n);
            comma = ",";
        }
        choices += n + (choices[n] == ',');
    }
}

void cli_option_value(const cli_option *o, const void *at, mien_buffer *out)
{
    const char *p = o->choices;
    if (o->kind == CLI_FLAG)
        return;
    if (o->kind == CLI_LIST) {
        put_chosen(p, *(const unsigned *)at, out);
        return;
    }
    if (o->kind == CLI_FILES) {
        const cli_words *w = at;
        for (int i = 0; i < w->n; i++)
            mien_buffer_printf(out, "%s%s", i ? " " : "", w->word[i]);
        return;
    }
    if (o->kind == CLI_INT && o->size == sizeof(int64_t))
        mien_buffer_printf(out, "%lld", (long long)*(const int64_t *)at);
    else if (o->kind == CLI_INT)
        mien_buffer_printf(out, "%d", *(const int *)at);
    else if (o->kind == CLI_REAL)
        mien_buffer_printf(out, "%g",
                           o->size == sizeof(double)
                               ? *(const double *)at
                               : (double)*(const float *)at);
    else if (o->kind != CLI_CHOICE)
        mien_buffer_puts(out, *(const char *const *)at);
    for (int i = 0; o->kind == CLI_CHOICE && i < *(const int *)at; i++)
        p += strcspn(p, ",") + 1;
    if (o->kind == CLI_CHOICE)
        mien_buffer_put(out, p, strcspn(p, ","));
}

const char *cli_option_text(const cli_command *c, const cli_option *o,
                            mien_buffer *room)
{
    for (const char *p = o->text; *p;) {
        if (!strncmp(p, "{}", 2)) {
            cli_option_value(o, (const char *)c->defaults + o->place, room);
            p += 2;
        } else if (!strncmp(p, "{range}", 7)) {
            mien_buffer_printf(room, "%g to %g", o->min, o->max);
            p += 7;
        } else if (!strncmp(p, "{choices}", 9)) {
            for (const char *at = o->choices; *at; at++)
                mien_buffer_put(room, *at == ',' ? ", " : at,
                                *at == ',' ? 2 : 1);
            p += 9;
        } else {
            mien_buffer_put(room, p++, 1);
        }
    }
    mien_buffer_put(room, "", 1);
    return room->failed ? o->text : (const char *)room->data;
}
