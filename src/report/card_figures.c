/* card_figures.c: how a model was measured: every figure of its metrics, with
 * the interval that stands beside it, and groups line by line. */
#include "report/card.h"

#include <stdio.h>
#include <string.h>

enum { DEPTH_MAX = 12 };

/* A key for people: "false_alarm_rate" is "false alarm rate". */
static void put_words(mien_buffer *out, const char *key)
{
    for (; *key; key++)
        mien_buffer_put(out, *key == '_' ? " " : key, 1);
}

static void put_number(mien_buffer *out, const json_t *v)
{
    if (json_is_integer(v))
        mien_buffer_printf(out, "%lld", (long long)json_integer_value(v));
    else
        mien_buffer_printf(out, "%.4g", json_real_value(v));
}

/* {"value", "low", "high"}: a figure and how sure it is. */
static void put_interval(mien_buffer *out, const json_t *v)
{
    const json_t *value = json_object_get(v, "value");
    const json_t *low = json_object_get(v, "low");
    const json_t *high = json_object_get(v, "high");
    if (!json_is_number(value)) {
        mien_buffer_puts(out, "could not be measured");
        return;
    }
    put_number(out, value);
    if (json_is_number(low) && json_is_number(high)) {
        mien_buffer_puts(out, " (");
        put_number(out, low);
        mien_buffer_puts(out, " to ");
        put_number(out, high);
        mien_buffer_puts(out, ")");
    } else {
        mien_buffer_puts(out, " (too few to say how sure)");
    }
    if (json_is_integer(json_object_get(v, "of")))
        mien_buffer_printf(
            out, ", %lld of %lld",
            (long long)json_integer_value(json_object_get(v, "count")),
            (long long)json_integer_value(json_object_get(v, "of")));
}

/* What is told of a thing before its figures: its name. */
static const char *name_of(const json_t *v)
{
    static const char *const keys[] = {"name", "group", "by"};
    const char *text = NULL;
    for (int i = 0; i < 3 && !text; i++)
        text = json_string_value(json_object_get(v, keys[i]));
    return text;
}

/* Is it told elsewhere, or of no use to a reader? */
static int is_left_out(const char *key, const json_t *v)
{
    static const char *const keys[] = {
        "name", "group", "confusion", "curve", "cannot_judge", "by", "too_few"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (strcmp(keys[i], key) == 0)
            return !json_is_object(v) || i == 3;
    return 0;
}

/* See below: values and members stand in one another. */
static void put_value(mien_buffer *out, const char *key, json_t *v, int depth);

/* The members of an object, or the elements of an array. */
static void put_members(mien_buffer *out, json_t *v, int depth)
{
    const char *key;
    json_t *member;
    for (size_t i = 0; i < json_array_size(v); i++)
        put_value(out, NULL, json_array_get(v, i), depth);
    if (json_is_true(json_object_get(v, "cannot_judge"))) {
        mien_buffer_printf(out, "%*snever seen in training: cannot judge\n",
                           2 * depth, "");
        return;
    }
    if (json_is_object(v))
        for (void *at = json_object_iter(v); at;
             at = json_object_iter_next(v, at)) {
            key = json_object_iter_key(at);
            member = json_object_iter_value(at);
            if (!is_left_out(key, member))
                put_value(out, key, member, depth);
        }
}

/* A value on a line of its own, what it consists of below it. */
static void put_value(mien_buffer *out, const char *key, json_t *v, int depth)
{
    const char *name = name_of(v);
    if (depth > DEPTH_MAX)
        return;
    mien_buffer_printf(out, "%*s", 2 * depth, "");
    put_words(out, key ? key : "");
    if (name)
        mien_buffer_printf(out, "%s%s", key ? " " : "", name);
    if (json_object_get(v, "value") && json_object_get(v, "low")) {
        mien_buffer_puts(out, key || name ? ": " : "");
        put_interval(out, v);
        mien_buffer_puts(out, "\n");
        return;
    }
    if (json_is_object(v) || json_is_array(v)) {
        mien_buffer_puts(out, "\n");
        put_members(out, v, depth + 1);
        return;
    }
    mien_buffer_puts(out, key ? ": " : "");
    if (json_is_number(v))
        put_number(out, v);
    else if (json_is_string(v))
        mien_buffer_puts(out, json_string_value(v));
    else
        mien_buffer_puts(out, json_is_true(v)    ? "yes"
                              : json_is_false(v) ? "no"
                                                 : "could not be measured");
    mien_buffer_puts(out, "\n");
}

/* A part's figures; 1 if it has some. */
static int put_part(mien_card *c, const mi_card_facts *f, const char *key,
                    const char *title)
{
    json_t *part = json_object_get(f->metrics, key);
    mien_buffer b = {0};
    if (!part)
        return 0;
    put_members(&b, part, 0);
    mi_card_give_lines(c, key, title, &b);
    return 1;
}

/* The same of each answer of a network, where its groups stand. */
static int has_groups(const mi_card_facts *f)
{
    const json_t *test = json_object_get(f->metrics, "test");
    const json_t *answers = json_object_get(test, "answers");
    if (json_array_size(json_object_get(f->metrics, "test_by")))
        return 1;
    for (size_t i = 0; i < json_array_size(answers); i++)
        if (json_object_get(json_array_get(answers, i), "groups"))
            return 1;
    return 0;
}

/* Which threshold, and what chose it. */
static void put_threshold(mien_card *c, const mi_card_facts *f)
{
    const char *threshold = mi_card_meta(f, "mien.threshold");
    mien_buffer b = {0};
    if (!*threshold)
        return;
    mien_buffer_printf(&b, "%s", threshold);
    if (json_object_get(f->metrics, "validation"))
        mien_buffer_puts(&b, ", chosen on the validation part");
    mi_card_give(c, "threshold", "Threshold", MIEN_CARD_COMPUTED, &b);
}

void mi_card_figures(mien_card *c, const mi_card_facts *f)
{
    mien_card_section(c, "figures", "How it was measured");
    put_threshold(c, f);
    int test = put_part(c, f, "test", "Test part, which nothing was chosen by");
    put_part(c, f, "validation", "Validation part");
    if (!test)
        mien_card_put(c, "test", "Figures", MIEN_CARD_OPEN,
                      mi_card_no_metrics(f));
    mien_card_section(c, "groups", "For each group");
    if (!put_part(c, f, "test_by", "Test part by groups"))
        mien_card_put(c, "test_by", "Figures by group",
                      has_groups(f) ? MIEN_CARD_COMPUTED : MIEN_CARD_OPEN,
                      has_groups(f) ? "they stand with each answer above"
                                    : "it was not judged by groups: train with "
                                      "--by, or evaluate --by");
}
