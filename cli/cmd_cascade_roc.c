/* cmd_cascade_roc.c: cascades compared on pictures whose objects are known. */
#include "cli/roc.h"

#include <stdlib.h>

typedef struct values {
    const char *test, *roc, *cascades;
    int threads;
} values;
static const values defaults;

static const cli_option options[] = {
    CLI_ROW_TEXT(test, CLI_FILE, "test", 'p', "FILE",
                 "known objects, a line \"picture n x y w h ...\" a picture"),
    CLI_ROW_TEXT(roc, CLI_FILE, "roc", 'o', "FILE",
                 "draw the curves: .svg, .png or .pdf"),
    CLI_OPTION_CASCADES,
    CLI_OPTION_THREADS,
    CLI_OPTION_END,
};

static const cli_row examples[] = {
    {"mien cascade roc mine.xml frontalface_default --test faces.txt -o "
     "roc.svg",
     "a cascade beside OpenCV's on the same pictures"},
    {NULL, NULL},
};

static const cli_row exits[] = CLI_EXITS_STOPPED(
    "compared", "a cascade, the list or a picture cannot be read",
    "interrupted");

/* The command. */
static int run(const cli_args *a)
{
    const values *v = a->values;
    mien_pool *pool = NULL;
    if (!v->test) {
        cli_error("cascade roc: --test is missing: a list of known objects");
        return CLI_USAGE;
    }
    int status = cli_pool_new(v->threads, &pool);
    if (status)
        return status;
    cli_roc_job job = {.n = a->n_operands,
                       .cascade = (const char *const *)a->operand,
                       .folder = v->cascades,
                       .test = v->test,
                       .picture = v->roc,
                       .pool = pool};
    status = cli_roc_compare(&job);
    mien_pool_free(pool);
    return status;
}

const cli_command cmd_cascade_roc = {
    .name = "cascade roc",
    .operands = "CASCADE...",
    .min_operands = 1,
    .max_operands = CLI_ROC_MOST,
    .summary = "detections against false positives of cascades",
    .description =
        "Look through pictures whose objects are known, and print how many "
        "each "
        "cascade finds at how many false positives, beside the figures of "
        "Viola "
        "and Jones' paper for orientation. Calls are ranked by the windows "
        "that "
        "agree; at each number of false positives the last stages are left out "
        "that find most there, for every cascade alike.\n\n"
        "A call is right when its centre lies within 0.3 of the object's width "
        "of "
        "the object's centre and its width within a factor of 1.5.",
    CLI_COMMAND_TABLES,
};
