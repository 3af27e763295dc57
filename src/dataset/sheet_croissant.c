/* sheet_croissant.c: a sheet as Croissant metadata, for catalogues of data.
 *
 * Source: Croissant Format Specification 1.0, and Croissant RAI 1.0, whose
 * properties take the answers; mlcommons.org, 2024. */
#include "dataset/sheet.h"

#include "base/alloc.h"
#include "base/error.h"
#include "mien/json.h"

#include <math.h>
#include <string.h>

/* Terms of the context that are one to one. */
static const char *const terms[] = {
    "citeAs",     "column",     "extract",  "field",       "fileProperty",
    "fileObject", "fileSet",    "format",   "includes",    "isLiveDataset",
    "jsonPath",   "key",        "md5",      "parentField", "path",
    "recordSet",  "references", "regex",    "repeated",    "replace",
    "separator",  "source",     "subField", "transform"};

/* Which property takes which answer. */
static const struct {
    const char *property, *key;
} answers[] = {{"license", "licence"},
               {"rai:dataCollection", "origin"},
               {"rai:dataCollectionTimeframe", "time"},
               {"rai:dataCollectionMissingData", "missing"},
               {"rai:dataPreprocessingProtocol", "provenance"},
               {"rai:dataUseCases", "purpose"},
               {"rai:dataBiases", "under_represented"},
               {"rai:dataLimitations", "units_missing"},
               {"rai:personalSensitiveInformation", "personal"},
               {"rai:dataReleaseMaintenancePlan", "maintenance"}};

/* A term with a type. */
static void typed_term(mien_json *j, const char *name, const char *id,
                       const char *type)
{
    mien_json_object(j, name);
    mien_json_text(j, "@id", id);
    mien_json_text(j, "@type", type);
    mien_json_close(j);
}

/* What the words mean. */
static void put_context(mien_json *j)
{
    mien_json_object(j, "@context");
    mien_json_text(j, "@language", "en");
    mien_json_text(j, "@vocab", "https://schema.org/");
    mien_json_text(j, "sc", "https://schema.org/");
    mien_json_text(j, "cr", "http://mlcommons.org/croissant/");
    mien_json_text(j, "rai", "http://mlcommons.org/croissant/RAI/");
    mien_json_text(j, "dct", "http://purl.org/dc/terms/");
    mien_json_text(j, "conformsTo", "dct:conformsTo");
    typed_term(j, "data", "cr:data", "@json");
    typed_term(j, "examples", "cr:examples", "@json");
    typed_term(j, "dataType", "cr:dataType", "@vocab");
    for (size_t i = 0; i < sizeof terms / sizeof *terms; i++) {
        char name[32] = "cr:";
        size_t n = strlen(terms[i]);
        memcpy(name + 3, terms[i], n + 1);
        mien_json_text(j, terms[i], name);
    }
    mien_json_close(j);
}

/* The type of a column's values. */
static const char *type_of(const mien_column *c, const mien_summary *s,
                           int64_t rows)
{
    if (c->type == MIEN_COLUMN_TEXT)
        return s->dates ? "sc:Date" : "sc:Text";
    for (int64_t i = 0; i < rows; i++)
        if (!isnan(c->number[i]) &&
            !(fabs(c->number[i]) < 1e15 && trunc(c->number[i]) == c->number[i]))
            return "sc:Float";
    return "sc:Integer";
}

/* "rows/NAME" */
static void put_id(mien_json *j, const char *key, const char *name,
                   mien_buffer *id)
{
    id->n = 0;
    mien_buffer_printf(id, "rows/%s", name);
    mien_buffer_put(id, "", 1);
    mien_json_text(j, key, id->failed ? NULL : (const char *)id->data);
}

/* A column. */
static void put_field(mien_json *j, const char *file, const mien_column *c,
                      const char *type, mien_buffer *id)
{
    mien_json_object(j, NULL);
    mien_json_text(j, "@type", "cr:Field");
    put_id(j, "@id", c->name, id);
    mien_json_text(j, "name", c->name);
    mien_json_text(j, "dataType", type);
    mien_json_object(j, "source");
    mien_json_object(j, "fileObject");
    mien_json_text(j, "@id", file);
    mien_json_close(j);
    mien_json_object(j, "extract");
    mien_json_text(j, "column", c->name);
    mien_json_close(j);
    mien_json_close(j);
    mien_json_close(j);
}

/* The file that the rows are in. */
static void put_file(mien_json *j, const mien_datasheet *s)
{
    mien_json_array(j, "distribution");
    mien_json_object(j, NULL);
    mien_json_text(j, "@type", "cr:FileObject");
    mien_json_text(j, "@id", mien_datasheet_name(s));
    mien_json_text(j, "name", mien_datasheet_name(s));
    mien_json_text(j, "contentUrl", mien_datasheet_name(s));
    mien_json_text(j, "encodingFormat", "text/csv");
    mien_json_text(j, "sha256", s->sha256);
    mien_json_close(j);
    mien_json_close(j);
}

/* All columns. */
static void put_rows(mien_json *j, const mien_datasheet *s, const mien_table *t,
                     const mien_summary *summary)
{
    mien_buffer id = {0};
    mien_json_array(j, "recordSet");
    mien_json_object(j, NULL);
    mien_json_text(j, "@type", "cr:RecordSet");
    mien_json_text(j, "@id", "rows");
    mien_json_text(j, "name", "rows");
    mien_json_array(j, "field");
    for (int i = 0; i < mien_table_columns(t); i++) {
        mien_column c = mien_table_column(t, i);
        put_field(j, mien_datasheet_name(s), &c,
                  type_of(&c, &summary[i], mien_table_rows(t)), &id);
    }
    mien_json_close(j);
    mien_json_close(j);
    mien_json_close(j);
    j->out->failed |= id.failed;
    mien_buffer_free(&id);
}

/* What was answered, or computed. */
static void put_answers(mien_json *j, const mien_datasheet *s)
{
    const char *who = mi_sheet_text(s, "collection");
    if (who) {
        mien_json_object(j, "creator");
        mien_json_text(j, "@type", "sc:Organization");
        mien_json_text(j, "name", who);
        mien_json_close(j);
    }
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        const char *text = mi_sheet_text(s, answers[i].key);
        if (text)
            mien_json_text(j, answers[i].property, text);
    }
}

mien_status mien_datasheet_croissant(const mien_datasheet *s,
                                     const mien_table *t, mien_buffer *out,
                                     mien_error *err)
{
    size_t n = (size_t)mien_table_columns(t);
    mien_summary *summary = mi_alloc(n + 1, sizeof *summary);
    if (!summary)
        return mi_no_memory(err);
    mien_status st = mien_table_describe(t, 0, NULL, NULL, summary, err);
    mien_json j = mien_json_on(out, 2);
    if (!st) {
        mien_json_object(&j, NULL);
        put_context(&j);
        mien_json_text(&j, "@type", "sc:Dataset");
        mien_json_text(&j, "conformsTo", "http://mlcommons.org/croissant/1.0");
        mien_json_text(&j, "name", mien_datasheet_name(s));
        mien_json_text(&j, "description", mi_sheet_text(s, "contents"));
        put_answers(&j, s);
        put_file(&j, s);
        put_rows(&j, s, t, summary);
        mien_json_close(&j);
        mien_buffer_puts(out, "\n");
    }
    mi_free(summary);
    return st ? st : out->failed ? mi_no_memory(err) : MIEN_OK;
}
