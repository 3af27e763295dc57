/* cmd_dataset_check.c: what is wrong with a table, or a set of pictures, before
 * a model learns from it. */
#include "cli/dataset_pictures.h"
#include "cli/roles.h"
#include "cli/table.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct values {
    const char *label, *group, *population, *output;
    unsigned checks, seed;
    int quick, json, pictures, no_faces, no_cover, quiet;
    const char *images;
    cli_table_values table;
} values;
static const values defaults = {.checks = MIEN_CHECK_ALL, .seed = 20190402};

static const cli_option options[] = {
    CLI_ROW_TEXT(label, CLI_TEXT, "label", 'l', "COLUMN",
                 "what is to be learned: looks for wrong labels, and for "
                 "columns that know it"),
    CLI_ROW_TEXT(group, CLI_TEXT, "group", 'g', "COLUMN,...",
                 "how many rows each combination of their values has"),
    CLI_ROW_TEXT(population, CLI_FILE, "population", 'p', "FILE.csv",
                 "whom the data are to stand for: the columns of --group, and "
                 "how many there are of each"),
    CLI_ROW_LIST(checks, "checks", 0, "LIST", "shape,shift,near,leak,noise",
                 "which checks run behind the pass: {choices} (default: all "
                 "that can); of pictures there is noise alone"),
    CLI_ROW_FLAG(quick, "quick", 0,
                 "the pass over the file, or the pictures, alone"),
    CLI_ROW_TEXT(output, CLI_FOLDER, "output", 'o', "DIR",
                 "a folder for report.html, report.md and check.json"),
    CLI_ROW_INT(seed, "seed", 's', "N", 0, 4294967295.,
                "of the sample and the folds (default {})"),
    CLI_ROW_FLAG(pictures, "pictures", 0,
                 "the file is a list of pictures or a CSV file of them; a "
                 "folder always is; --group may have bands and pairs: "
                 "age:18:65, 'sex x age:18:65'"),
    CLI_ROW_TEXT(images, CLI_FOLDER, "images", 0, "DIR",
                 "where the pictures of a list are (default: beside it)"),
    CLI_ROW_FLAG(no_faces, "no-faces", 0,
                 "no faces are looked for in pictures"),
    CLI_ROW_FLAG(no_cover, "no-cover", 0,
                 "it is not looked for what covers the faces, which takes half "
                 "a minute"),
    CLI_OPTION_QUIET,
    CLI_OPTION_JSON("check.json on standard output, instead of the text"),
    CLI_OPTIONS_TABLE,
    CLI_OPTION_END,
};

static const cli_row examples[] = {
    {"mien dataset check data.csv", "duplicates, units, spellings, shifts"},
    {"mien dataset check data.csv --label y -o report/",
     "wrong labels and leaks too, as a page"},
    {"mien dataset check data.csv --group sex,age --population census.csv",
     "whom the data leave out"},
    {"mien dataset check faces/ --group 'gender,age:18:65' -o report/",
     "pictures: copies, wrong labels, who is missing, whose are worse"},
    {NULL, NULL},
};

static const cli_row exits[] = {
    {"0", "nothing was found that is wrong or a question"},
    {"1", "something was found"},
    CLI_EXIT_USAGE,
    {"3", "the table, or no picture, could be read"},
    CLI_EXIT_OUTPUT,
    {NULL, NULL},
};

/* A table that is read. */
typedef struct reading {
    int fd;
    int64_t done, all; /* bytes; all 0: not known, of a pipe */
    int checks;        /* 1: others run behind the pass */
    cli_progress bar;
} reading;

/* How far the pass is: bytes, of how many, and the time that is left. */
static void show(reading *r, int end)
{
    char text[96];
    double mb = (double)r->done / 1e6, all = (double)r->all / 1e6;
    double spent = mien_clock() - r->bar.start;
    int left = r->done > 0 ? (int)(spent * (all - mb) / mb + 0.5) : 0;
    if (end && r->checks)
        snprintf(text, sizeof text, "%.0f MB read; the other checks run", mb);
    else if (r->all > r->done)
        snprintf(text, sizeof text, "%.0f of %.0f MB read, %d:%02d left", mb,
                 all, left / 60, left % 60);
    else
        snprintf(text, sizeof text, "%.0f MB read", mb);
    if (end)
        cli_progress_hide(&r->bar); /* so that it is drawn at once */
    cli_progress_text(&r->bar, text);
}

/* mien_dataset_source.read */
static mien_status read_some(void *arg, uint8_t *to, size_t room, size_t *n,
                             mien_error *err)
{
    reading *r = arg;
    ssize_t got;
    do
        got = read(r->fd, to, room);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        snprintf(err->text, sizeof err->text, "%s", strerror(errno));
    *n = got > 0 ? (size_t)got : 0;
    r->done += (int64_t)*n;
    show(r, got == 0);
    return got < 0 ? MIEN_EIO : MIEN_OK;
}

/* A table to read: a file, or -1, reported. */
static int open_table(const char *path)
{
    if (strcmp(path, "-") == 0)
        return STDIN_FILENO;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return cli_error("%s: %s", path, strerror(errno)), -1;
    return fd;
}

/* The report's files; the status to exit with. */
static int save_report(const mien_dataset *d, const char *name,
                       const char *folder)
{
    mien_buffer page = {0}, text = {0}, json = {0};
    mien_json j = mien_json_on(&json, 2);
    mien_error err = {0};
    mien_dataset_page(d, name, &page);
    mien_dataset_markdown(d, name, &text);
    mien_dataset_json(d, name, &j);
    mien_buffer_puts(&json, "\n");
    mien_status st = mien_folder_make(folder, &err);
    if (!st)
        st = cli_folder_put(folder, "report.html", &page, &err);
    if (!st)
        st = cli_folder_put(folder, "report.md", &text, &err);
    if (!st)
        st = cli_folder_put(folder, "check.json", &json, &err);
    mien_buffer_free(&page);
    mien_buffer_free(&text);
    mien_buffer_free(&json);
    return st ? cli_unsaved(&err) : CLI_OK;
}

/* Print and save what was found; the status to exit with. */
static int report(const mien_dataset *d, const cli_args *a)
{
    const values *v = a->values;
    const char *name = a->operand[0];
    mien_buffer out = {0};
    int n, found = 0;
    const mien_finding *f = mien_dataset_findings(d, &n);
    for (int i = 0; i < n; i++)
        found |= f[i].weight != MIEN_WEIGHT_NOTE;
    if (v->json) {
        mien_json j = mien_json_on(&out, 2);
        mien_dataset_json(d, name, &j);
        mien_buffer_puts(&out, "\n");
    } else {
        mien_dataset_text(d, name, &out);
    }
    int status = v->output ? save_report(d, name, v->output) : CLI_OK;
    if (!cli_emit(&out))
        return CLI_OUTPUT;
    return status ? status : found ? CLI_PARTLY : CLI_OK;
}

/* Look at the open file. */
static int check(const cli_args *a, int fd, const mien_dataset_options *o)
{
    const values *v = a->values;
    mien_dataset *d = NULL;
    mien_error err = {0};
    struct stat is;
    reading r = {.fd = fd, .checks = o->checks != 0};
    const mien_dataset_source source = {read_some, &r};
    if (!fstat(fd, &is) && S_ISREG(is.st_mode))
        r.all = is.st_size;
    cli_progress_start(&r.bar, 0, v->quiet);
    mien_status st = mien_dataset_check(&source, o, &d, &err);
    cli_progress_hide(&r.bar);
    if (st) {
        cli_error("%s: %s", a->operand[0], err.text);
        return st == MIEN_EARG ? CLI_USAGE : CLI_NOTHING;
    }
    int status = report(d, a);
    mien_dataset_free(d);
    return status;
}

/* With the names of groups, and the population. */
static int run_with(const cli_args *a, mien_dataset_options *o, int fd)
{
    const values *v = a->values;
    cli_names groups;
    cli_table people = {0};
    int status = CLI_USAGE;
    if (v->population && !v->group) {
        cli_error("--population wants --group, the columns to compare by");
        return CLI_USAGE;
    }
    if (!cli_names_read(v->group, &groups))
        return CLI_USAGE;
    o->group = groups.name;
    o->groups = groups.n;
    if (groups.n > MIEN_DATASET_MAX_BY)
        cli_error("--group: %d columns, wanted at most %d", groups.n,
                  MIEN_DATASET_MAX_BY);
    else if (v->population &&
             !cli_table_open(v->population, &v->table, NULL, &people))
        status = people.status;
    else
        status = CLI_OK;
    o->population = people.t;
    if (!status)
        status = check(a, fd, o);
    o->population = NULL;
    o->group = NULL;
    o->groups = 0;
    if (people.t)
        cli_table_close(&people);
    cli_names_free(&groups);
    return status;
}

/* ---- pictures ------------------------------------------------------------ */

static int is_pictures(const cli_args *a)
{
    const values *v = a->values;
    struct stat is;
    return v->pictures || (!stat(a->operand[0], &is) && S_ISDIR(is.st_mode));
}

/* Options of tables alone, or of pictures alone, are refused, not passed over.
 */
static int is_of_other(const cli_args *a, int pictures)
{
    const values *v = a->values;
    const struct {
        const void *value;
        const char *name;
        int of_pictures;
    } of[] = {{&v->label, "label", 0},
              {&v->population, "population", 0},
              {&v->images, "images", 1},
              {&v->no_faces, "no-faces", 1},
              {&v->no_cover, "no-cover", 1}};
    for (size_t i = 0; i < sizeof of / sizeof *of; i++)
        if (cli_given(a, of[i].value) && of[i].of_pictures != pictures) {
            cli_error("dataset check: --%s is for %s, and '%s' is %s",
                      of[i].name, pictures ? "tables" : "pictures",
                      a->operand[0], pictures ? "of pictures" : "a table");
            return 1;
        }
    if (pictures && cli_given(a, &v->checks) &&
        v->checks & ~(unsigned)MIEN_CHECK_NOISE) {
        cli_error("dataset check: --checks of pictures: noise is the only one "
                  "behind the pass; --quick leaves it out");
        return 1;
    }
    return 0;
}

/* The check of pictures; the status to exit with. */
static int run_pictures(const cli_args *a)
{
    const values *v = a->values;
    const cli_dataset_pictures ask = {.path = a->operand[0],
                                      .images = v->images,
                                      .group = v->group,
                                      .output = v->output,
                                      .no_faces = v->no_faces,
                                      .no_cover = v->no_cover,
                                      .no_noise = v->quick,
                                      .seed = v->seed,
                                      .json = v->json,
                                      .quiet = v->quiet,
                                      .threads = v->table.threads};
    return cli_dataset_pictures_run(&ask);
}

/* ---- tables -------------------------------------------------------------- */

/* The roles of a table's columns, where they are known; the status to exit
 * with. */
static int read_roles(const char *path, mien_roles **out)
{
    mien_map map = {0};
    mien_error err = {0};
    char sha256[65];
    int status = cli_roles_beside(path, out);
    if (status || !*out)
        return status;
    if (mien_file_map(path, 0, &map, &err)) {
        cli_error("%s", err.text);
        return CLI_NOTHING;
    }
    mien_sha256(map.data, map.n, sha256);
    (void)cli_roles_hold(*out, path, sha256);
    mien_file_unmap(&map);
    return CLI_OK;
}

/* Look at what the command line names; the status to exit with. */
static int run(const cli_args *a)
{
    const values *v = a->values;
    const int pictures = is_pictures(a);
    if (is_of_other(a, pictures))
        return CLI_USAGE;
    if (pictures)
        return run_pictures(a);
    mien_dataset_options o = MIEN_DATASET_DEFAULTS;
    cli_table_reading how;
    o.label = v->label;
    o.checks = v->quick ? 0 : v->checks;
    o.seed = v->seed;
    if (!cli_table_options(&v->table, &how))
        return CLI_USAGE;
    int status = cli_pool_new(v->table.threads, &how.csv.pool);
    mien_pool *pool = how.csv.pool;
    mien_roles *roles = NULL;
    if (!status)
        status = read_roles(a->operand[0], &roles);
    int fd = status ? -1 : open_table(a->operand[0]);
    o.csv = how.csv;
    o.roles = roles;
    if (!status)
        status = fd < 0 ? CLI_NOTHING : run_with(a, &o, fd);
    if (fd > STDIN_FILENO)
        close(fd);
    cli_table_options_free(&how);
    mien_pool_free(pool);
    mien_roles_free(roles);
    return status;
}

const cli_command cmd_dataset_check = {
    .name = "dataset check",
    .operands = "TABLE.csv|FOLDER",
    .min_operands = 1,
    .max_operands = 1,
    .summary = "what is wrong with data before a model learns from them",
    .description =
        "Reads a table once, in memory that does not grow with it, and says "
        "what it finds, worst first: how much, where, and what to do. "
        "Duplicates, missing and impossible values, rounded numbers, mixed "
        "units, spellings, encodings and dates; columns that change along the "
        "file; with --label, labels that seem wrong and columns that know "
        "them; with --group, how many rows each group has, and with "
        "--population, whom the data leave out. Of a table that mien predict "
        "wrote, with its roles beside it, which columns were inferred.\n\n"
        "What the pass counts is exact but where it says \"about\"; the other "
        "checks look at a random sample of at most 65536 rows, of fewer where "
        "there are more than 16 columns.\n\n"
        "Of a folder of pictures it finds those that cannot be read, copies "
        "and pictures that are nearly the same, above all with other labels or "
        "in other parts, those far darker, brighter, flatter or less sharp "
        "than the others, those without a face; for each group how many there "
        "are and how good they are; and labels that seem wrong to a model that "
        "learned from the other pictures (of at most 20000): how many of each "
        "pair of classes, and which. Where the networks for expression, age "
        "and gender are installed, what they say of faces helps it.",
    CLI_COMMAND_TABLES,
};
