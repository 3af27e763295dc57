/* cmd_gallery_undo.c: the last change of a gallery, taken back. */
#include "cli/gallery.h"

typedef struct values {
    cli_gallery_values open;
} values;
static const values defaults;

static const cli_option options[] = {
    CLI_OPTIONS_GALLERY,
    CLI_OPTION_END,
};

static const cli_row examples[] = {
    {"mien gallery undo people.db", "the last one; again: the one before it"},
    {NULL, NULL},
};

static const cli_row exits[] =
    CLI_EXITS("taken back", "the gallery could not be opened, or there is "
                            "nothing that can be taken back");

/* A line that says what was done. */
static void tell(const mien_gallery_undone *u, mien_buffer *out)
{
    static const char *const text[] = {
        [MIEN_GALLERY_RENAMED] = "has that name again, and is not",
        [MIEN_GALLERY_ENROLLED] = "is erased: the enrolment is taken back",
        [MIEN_GALLERY_ADDED] = "what was added is erased",
        [MIEN_GALLERY_MERGED] = "no longer merged: there again is",
        [MIEN_GALLERY_SPLIT] = "no longer split: erased is"};
    char more[32];
    mien_buffer_printf(out, "%s: %s", u->name, text[u->what]);
    if (*u->other_name)
        mien_buffer_printf(out, " %s", u->other_name);
    if (u->other)
        mien_buffer_printf(out, ", person %lld", (long long)u->other);
    if (u->what != MIEN_GALLERY_RENAMED)
        mien_buffer_printf(
            out, "; %d face%s, %d file%s of evidence%s, %d negative%s",
            u->faces, u->faces == 1 ? "" : "s", u->evidence,
            u->evidence == 1 ? "" : "s",
            cli_gallery_inferred_count(u->inferred, more), u->negatives,
            u->negatives == 1 ? "" : "s");
    mien_buffer_puts(out, "\n");
}

/* Open the gallery, take back, and say what. */
static int run(const cli_args *a)
{
    const values *v = a->values;
    mien_gallery *g = NULL;
    mien_gallery_undone u = {0};
    mien_error err = {0};
    mien_buffer out = {0};
    int status = cli_gallery_open(a->operand[0], &v->open, &g);
    if (status)
        return status;
    mien_status st = mien_gallery_undo(g, &u, &err);
    mien_gallery_close(g);
    if (st)
        return cli_gallery_failed(st, &err);
    if (u.what == MIEN_GALLERY_NOTHING) {
        cli_error("%s: nothing can be taken back; erasing never is",
                  a->operand[0]);
        return CLI_NOTHING;
    }
    tell(&u, &out);
    return cli_emit(&out) ? CLI_OK : CLI_OUTPUT;
}

const cli_command cmd_gallery_undo = {
    .name = "gallery undo",
    .operands = "PEOPLE.db",
    .min_operands = 1,
    .max_operands = 1,
    .summary = "take back the last change of a gallery",
    .description =
        "Takes back a rename, an enrolment, faces, evidence and negatives that "
        "were added, a merge or a split, the last one first, and says which; "
        "the last 16 of them can be. Erasing is never taken back: who was "
        "withdrawn, what was removed and whose end has come stay erased, and "
        "what is needed to take back changes of a person goes with the person. "
        "Who is there again after a merge has a new number. A restored copy "
        "has nothing to take back. The log has it all.",
    CLI_COMMAND_TABLES,
};
