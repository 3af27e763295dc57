/* cmd_cascade_roc.c: cascades compared on pictures whose objects are known. */
#include "cli/cli_roc.h"

#include <stdlib.h>

enum { OPT_TEST, OPT_ROC, OPT_CASCADES, OPT_THREADS };

static const cli_option options[] = {
    {"test", 'p', CLI_FILE, "FILE", NULL,
     "known objects, a line \"picture n x y w h ...\" a picture"},
    {"roc", 'o', CLI_FILE, "FILE", NULL, "draw the curves: .svg, .png or .pdf"},
    CLI_OPTION_CASCADES,
    {"threads", 't', CLI_NUMBER, "N", NULL,
     "threads (default: one for each processor); the result is the same"},
    CLI_OPTION_END,
};

static const cli_row examples[] = {
    {"mien cascade roc mine.xml frontalface_default --test faces.txt -o "
     "roc.svg",
     "a cascade beside OpenCV's on the same pictures"},
    {NULL, NULL},
};

static const cli_row exits[] = {
    {"0", "compared"},
    {"2", "the command line is wrong"},
    {"3", "a cascade, the list or a picture cannot be read"},
    {"4", "output could not be written"},
    {"130", "interrupted"},
    {NULL, NULL},
};

/* The command. */
static int run(const cli_args *a)
{
    int threads = 0;
    mien_pool *pool = NULL;
    mien_error err = {0};
    if (!cli_given(a, OPT_TEST)) {
        cli_error("cascade roc: --test is missing: a list of known objects");
        return CLI_USAGE;
    }
    if (!cli_int(a, OPT_THREADS, 0, MIEN_POOL_MAX, &threads))
        return CLI_USAGE;
    if (mien_pool_new(threads, &pool, &err) != MIEN_OK) {
        cli_error("%s", err.text);
        return CLI_NOTHING;
    }
    cli_roc_job job = {.n = a->n_operands,
                       .cascade = (const char *const *)a->operand,
                       .folder = a->value[OPT_CASCADES],
                       .test = a->value[OPT_TEST],
                       .picture = a->value[OPT_ROC],
                       .pool = pool};
    int status = cli_roc_compare(&job);
    mien_pool_free(pool);
    return status;
}

const cli_command cmd_cascade_roc = {
    "cascade roc",
    "CASCADE...",
    1,
    CLI_ROC_MOST,
    "detections against false positives of cascades",
    "Look through pictures whose objects are known, and print how many each "
    "cascade finds at how many false positives, beside the figures of Viola "
    "and Jones' paper for orientation. Calls are ranked by the windows that "
    "agree; at each number of false positives the last stages are left out "
    "that find most there, for every cascade alike.\n\n"
    "A call is right when its centre lies within 0.3 of the object's width of "
    "the object's centre and its width within a factor of 1.5.",
    options,
    examples,
    exits,
    run,
};
