/* study.c: what the training commands of tables share. */
#include "cli/study.h"

#include "cli/roles.h"
#include "cli/sheet.h"
#include "cli/shell/files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int cli_study_read(const cli_args *a, const cli_study_values *v, cli_study *out)
{
    *out = (cli_study){.path = a->operand[0], .v = v, .o = v->o};
    out->o.name = out->path;
    if (v->sheet && !v->require_sheet) {
        cli_error("--sheet FILE wants --require-sheet");
        return 0;
    }
    if (cli_retention(a, &v->retention, out->until))
        return 0;
    if (v->o.recipe.label)
        return cli_names_read(v->drop, &out->drop) &&
               cli_names_read(v->by, &out->by);
    cli_error("--label COLUMN is missing: which column is to be told?");
    return 0;
}

/* The one rule that --threshold-by, --cost and --alerts name. */
static int read_rule(const cli_study_values *v, const mien_table *t,
                     mien_rule_choice *out)
{
    const char *by = v->rule, *cost = v->cost, *alerts = v->alerts;
    int is_cost = by && strcmp(by, "cost") == 0;
    mien_error err = {0};
    char text[160];
    if ((by && alerts) || (cost && alerts) || (by && cost && !is_cost)) {
        cli_error("--%s and --%s: one rule chooses a threshold",
                  by ? "threshold-by" : "cost", alerts ? "alerts" : "cost");
        return 0;
    }
    const char *option = "threshold-by";
    snprintf(text, sizeof text, "%s", by ? by : "f1");
    if (cost || is_cost) {
        option = "cost";
        snprintf(text, sizeof text, "cost=%s", cost ? cost : "");
    } else if (alerts) {
        snprintf(text, sizeof text, "alerts=%s", alerts);
    }
    if (strncmp(text, "alerts=", 7) == 0)
        option = "alerts";
    if (mien_rule_read(text, t, out, &err) == MIEN_OK)
        return 1;
    cli_error("--%s: %s", option, err.text);
    return 0;
}

/* The digest of the table, and what its sheet says of it; 0, and a report. */
static int check_sheet(cli_study *c)
{
    if (!c->v->output && !c->v->require_sheet)
        return 1; /* a digest takes a second for 300 MB */
    mien_sha256(c->in.map.data, c->in.map.n, c->digest);
    c->o.data_sha256 = c->digest;
    if (!c->v->require_sheet)
        return 1;
    char *path = cli_sheet_path(c->v->sheet, c->path);
    int good = path && cli_sheet_gate(path, c->digest, &c->sheet) == CLI_OK;
    free(path);
    c->o.sheet = c->sheet.data;
    c->o.sheet_size = c->sheet.n;
    return good;
}

/* ---- on what terms the table is used --------------------------------------
 */

/* The sheet that the gate read, or one beside the table, if it is of it: what
 * is of another table, or cannot be read, answers nothing here. */
static void read_answers(cli_study *c)
{
    mien_bytes file = {0};
    mien_datasheet *s = NULL;
    char *path = c->sheet.data || strcmp(c->path, "-") == 0
                     ? NULL
                     : cli_sheet_path(NULL, c->path);
    mien_status st = MIEN_OK;
    if (path)
        st = mien_file_load(path, MIEN_DATASHEET_MAX_BYTES, &file, NULL);
    free(path);
    const mien_bytes *from = c->sheet.data ? &c->sheet : &file;
    if (!st && from->data)
        st = mien_datasheet_read(from->data, from->n, &s, NULL);
    if (!st && s && strcmp(mien_datasheet_digest(s), c->digest) == 0 &&
        !mien_datasheet_changed(s))
        c->answers = s;
    else
        mien_datasheet_free(s);
    mien_bytes_free(&file);
}

/* The inferred columns that will be learned from, with commas between them;
 * how many. */
static int name_inferred(const cli_study *c, mien_buffer *out)
{
    const mien_roles_part *p = NULL;
    int n = 0;
    for (int i = 0; (p = mien_roles_part_at(c->roles, i)); i++) {
        int used = p->role == MIEN_ROLE_INFERRED && !p->elsewhere &&
                   mien_table_find(c->in.t, p->name) >= 0;
        for (int k = 0; used && k < c->drop.n; k++)
            used = strcmp(p->name, c->drop.name[k]) != 0;
        if (used)
            mien_buffer_printf(out, "%s%s", n++ ? ", " : "", p->name);
    }
    return n;
}

/* Say it, and let the model keep it, if what it learns from was inferred; 0,
 * and a report. */
static int check_roles(cli_study *c)
{
    mien_buffer names = {0};
    if (cli_roles_beside(c->path, &c->roles))
        return 0;
    int n = c->roles ? name_inferred(c, &names) : 0;
    mien_buffer_put(&names, "", 1);
    if (n && !names.failed) {
        const char *model = mien_roles_facts_of(c->roles)->model;
        c->o.terms.inferred_by = *model ? model : "which is not known";
        cli_error("%s: %s: a model inferred %s (%.12s); this one learns that "
                  "one's mistakes too; --drop leaves columns out",
                  c->path, (const char *)names.data, n == 1 ? "it" : "them",
                  *model ? model : "not known");
    }
    mien_buffer_free(&names);
    if (n && *c->digest)
        (void)cli_roles_hold(c->roles, c->path, c->digest);
    return 1;
}

/* What the table's sheet, its roles and the command line say; 0, and a report.
 */
static int set_terms(cli_study *c)
{
    if (*c->digest)
        read_answers(c);
    if (c->answers) {
        c->o.terms.retention = mien_datasheet_answered(c->answers, "retention");
        c->o.terms.basis = mien_datasheet_answered(c->answers, "personal");
    }
    if (*c->until)
        c->o.terms.retention = c->until;
    return check_roles(c);
}

/* Read the table and prepare it; 0, and a report. */
static int prepare(cli_study *c, const cli_table_values *table)
{
    const char *path = c->path;
    mien_recipe *r = &c->o.recipe;
    mien_error err = {0};
    if (!cli_table_open(path, table, NULL, &c->in))
        return 0;
    if (!read_rule(c->v, c->in.t, &c->o.rule)) {
        c->in.status = CLI_USAGE;
        return 0;
    }
    if (cli_table_column(c->in.t, path, r->label) < 0 ||
        (r->time && cli_table_column(c->in.t, path, r->time) < 0))
        return 0;
    cli_names_join(&c->drop, c->in.t);
    for (int i = 0; i < c->drop.n; i++)
        if (cli_table_column(c->in.t, path, c->drop.name[i]) < 0)
            return 0;
    cli_names_join(&c->by, c->in.t);
    c->o.by = c->by.name;
    c->o.bys = c->by.n;
    r->drop = c->drop.name;
    r->drops = c->drop.n;
    r->type = c->in.how.csv.type;
    r->types = c->in.how.csv.types;
    r->dates = c->in.how.csv.dates;
    r->na = c->in.how.csv.missing;
    r->nas = c->in.how.csv.missings;
    c->o.pool = c->in.pool;
    if (!check_sheet(c) || !set_terms(c))
        return 0;
    if (mien_study_new(c->in.t, &c->o, &c->study, &err) == MIEN_OK)
        return 1;
    cli_error("%s: %s", path, err.text);
    return 0;
}

int cli_study_prepare(cli_study *c, const cli_table_values *table)
{
    mien_error err = {0};
    if (c->v->output && mien_folder_make(c->v->output, &err))
        return cli_unsaved(&err);
    char *model =
        c->v->output ? cli_path_join(c->v->output, "model.onnx") : NULL;
    int ready = !model || cli_output_ready(model);
    free(model);
    if (!ready)
        return CLI_OUTPUT;
    if (prepare(c, table))
        return CLI_OK;
    return c->in.status ? c->in.status : CLI_NOTHING;
}

int cli_study_finish(cli_study *c)
{
    const char *folder = c->v->output;
    mien_error err = {0};
    mien_buffer words = {0};
    int status = CLI_OK;
    if (mien_study_judge(c->study, &err))
        status = CLI_NOTHING;
    mien_study_text(c->study, &words);
    if (!status && folder && mien_study_save(c->study, folder, &err))
        status = CLI_OUTPUT;
    if (status)
        cli_unsaved(&err);
    else if (folder)
        mien_buffer_printf(&words,
                           "written to %s: model.onnx, report.html, "
                           "metrics.json, model_card.md%s\n",
                           folder,
                           mien_study_fit(c->study) ? ", history.csv" : "");
    return cli_emit(&words) ? status : CLI_OUTPUT;
}

void cli_study_close(cli_study *c)
{
    mien_study_free(c->study);
    mien_bytes_free(&c->sheet);
    mien_datasheet_free(c->answers);
    mien_roles_free(c->roles);
    cli_table_close(&c->in);
    cli_names_free(&c->drop);
    cli_names_free(&c->by);
}
