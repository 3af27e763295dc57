/* sheet_croissant_head.c: the words of Croissant metadata, and what a sheet
 * says in them.
 *
 * Source: Croissant Format Specification 1.0, and Croissant RAI 1.0, whose
 * properties take the answers; mlcommons.org, 2024. */
#include "dataset/sheet_croissant.h"

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

void mi_croissant_begin(mien_json *j, const mien_datasheet *s)
{
    mien_json_object(j, NULL);
    put_context(j);
    mien_json_text(j, "@type", "sc:Dataset");
    mien_json_text(j, "conformsTo", "http://mlcommons.org/croissant/1.0");
    mien_json_text(j, "name", mien_datasheet_name(s));
    mien_json_text(j, "description", mi_sheet_text(s, "contents"));
    put_answers(j, s);
}

void mi_croissant_id(mien_json *j, const char *key, const char *id)
{
    mien_json_object(j, key);
    mien_json_text(j, "@id", id);
    mien_json_close(j);
}

void mi_croissant_file(mien_json *j, const char *name, const char *type,
                       const char *sha256)
{
    mien_json_object(j, NULL);
    mien_json_text(j, "@type", "cr:FileObject");
    mien_json_text(j, "@id", name);
    mien_json_text(j, "name", name);
    mien_json_text(j, "contentUrl", name);
    mien_json_text(j, "encodingFormat", type);
    mien_json_text(j, "sha256", sha256);
    mien_json_close(j);
}
