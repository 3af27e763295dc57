/* cmd_dataset_roles.c: which parts of a file were given, which a model
 * inferred, and until when they are kept. */
#include "cli/basis.h"
#include "cli/roles.h"
#include "cli/shell/files.h"
#include "cli/table.h"

#include <stdlib.h>
#include <string.h>

typedef struct values {
    int json;
} values;
static const values defaults;

static const cli_option options[] = {
    CLI_OPTION_JSON("the same as JSON"),
    CLI_OPTION_END,
};

static const cli_row examples[] = {
    {"mien dataset roles scores.csv",
     "what is inferred in it, by which model, and how many days are left"},
    {"mien dataset roles fraud/", "what a model learned from"},
    {"mien dataset roles alarms.json --json", "for programs"},
    {NULL, NULL},
};

static const cli_row exits[] = {
    {"0", "the roles were told, and nothing is kept too long"},
    {"1", "it is kept longer than was said, or has changed since"},
    CLI_EXIT_USAGE,
    {"3", "the file could not be read, or nothing tells its roles"},
    CLI_EXIT_OUTPUT,
    {NULL, NULL},
};

/* What was found. */
typedef struct found {
    const char *path; /* of the file itself */
    mien_roles *roles;
    int beside; /* 1: they lie beside it */
    int holds;  /* 1: it is what they were written for */
} found;

/* Roles of a model; the status to exit with. */
static int read_model(const char *path, found *f)
{
    cli_tabular m;
    char sha256[65];
    mien_error err = {0};
    if (!cli_tabular_open(path, &m))
        return CLI_NOTHING;
    mien_sha256(m.map.data, m.map.n, sha256);
    mien_status st = mien_roles_of_model(m.model, sha256, &f->roles, &err);
    if (st)
        cli_error_at(path, &err);
    cli_tabular_close(&m);
    return st ? CLI_NOTHING : CLI_OK;
}

/* Roles that stand in the file itself; the same. */
static int read_within(const char *path, const mien_map *map, found *f)
{
    mien_error err = {0};
    if (map->n && map->data[0] == '{') {
        if (!mien_roles_read(map->data, map->n, &f->roles, &err))
            return CLI_OK;
        cli_error_at(path, &err);
        return CLI_NOTHING;
    }
    const char *dot = strrchr(path, '.');
    if (dot && strcmp(dot, ".onnx") == 0)
        return read_model(path, f);
    cli_error("%s: nothing tells its roles: there is no %s%s, as mien predict "
              "-o writes it",
              path, path, MIEN_ROLES_FILE);
    return CLI_NOTHING;
}

/* Roles beside a file, or in it; the same. */
static int read_roles(found *f)
{
    mien_map map = {0};
    mien_error err = {0};
    char sha256[65];
    if (mien_file_map(f->path, 0, &map, &err)) {
        cli_error("%s", err.text);
        return CLI_NOTHING;
    }
    int status = cli_roles_beside(f->path, &f->roles);
    if (!status && f->roles) {
        f->beside = 1;
        mien_sha256(map.data, map.n, sha256);
        f->holds = cli_roles_hold(f->roles, f->path, sha256);
    } else if (!status) {
        f->holds = 1;
        status = read_within(f->path, &map, f);
    }
    mien_file_unmap(&map);
    return status;
}

/* For programs: null where nobody said an end, or nothing can be checked. */
static void put_json(const found *f, const char *today, mien_buffer *out)
{
    mien_json j = mien_json_on(out, 2);
    int days = 0;
    mien_json_object(&j, NULL);
    mien_json_text(&j, "file", f->path);
    if (f->beside)
        mien_json_bool(&j, "unchanged", f->holds);
    else
        mien_json_null(&j, "unchanged");
    if (mien_roles_left(f->roles, today, &days))
        mien_json_int(&j, "days_left", days);
    else
        mien_json_null(&j, "days_left");
    mien_json_bool(&j, "over", days < 0);
    mien_roles_json(f->roles, "roles", &j);
    mien_json_close(&j);
    mien_buffer_puts(out, "\n");
}

/* Print them; the status to exit with. */
static int print(const values *v, const found *f)
{
    mien_buffer out = {0};
    char today[11];
    int days = 0;
    cli_today(today);
    if (v->json) {
        put_json(f, today, &out);
    } else {
        mien_buffer_puts(&out, "file        ");
        mien_text_plain(f->path, &out);
        mien_buffer_puts(&out, f->holds ? "\n" : ", which has changed\n");
        mien_roles_text(f->roles, today, &out);
    }
    if (!cli_emit(&out))
        return CLI_OUTPUT;
    (void)mien_roles_left(f->roles, today, &days);
    return f->holds && days >= 0 ? CLI_OK : CLI_PARTLY;
}

/* The command. */
static int run(const cli_args *a)
{
    found f = {.path = a->operand[0]};
    char *model = NULL;
    if (cli_is_folder(f.path)) {
        f.path = model = cli_path_join(f.path, "model.onnx");
        if (!model) {
            cli_error("out of memory");
            return CLI_NOTHING;
        }
    }
    int status = read_roles(&f);
    if (!status)
        status = print(a->values, &f);
    mien_roles_free(f.roles);
    free(model);
    return status;
}

const cli_command cmd_dataset_roles = {
    .name = "dataset roles",
    .operands = "FILE|MODEL",
    .min_operands = 1,
    .max_operands = 1,
    .summary = "what of a file a model inferred, and until when it is kept",
    .description =
        "Data are something to a model: it learned from them, was given them, "
        "or inferred them. Of a file that mien predict wrote, CSV or JSON, "
        "this says which of its parts are what, which columns were read, by "
        "which model and when, how many days are left of its retention, and "
        "whether it has changed since; of a model, which columns it learned "
        "from and until when that table is kept.",
    CLI_COMMAND_TABLES,
};
