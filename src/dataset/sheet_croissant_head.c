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

static const mi_croissant_word words[] = {
    {"description", "contents", MI_CROISSANT_TEXT},
    {"license", "licence", MI_CROISSANT_TEXT},
    {"creator", "collection", MI_CROISSANT_NAME},
    {"publisher", "dissemination", MI_CROISSANT_NAME},
    {"spatialCoverage", "place", MI_CROISSANT_TEXT},
    {"rai:dataCollection", "origin", MI_CROISSANT_TEXT},
    {"rai:dataCollectionTimeframe", "time", MI_CROISSANT_TEXT},
    {"rai:dataCollectionMissingData", "missing", MI_CROISSANT_TEXT},
    {"rai:dataPreprocessingProtocol", "provenance", MI_CROISSANT_TEXT},
    {"rai:dataUseCases", "purpose", MI_CROISSANT_TEXT},
    {"rai:dataBiases", "under_represented", MI_CROISSANT_TEXT},
    {"rai:dataLimitations", "units_missing", MI_CROISSANT_TEXT},
    {"rai:personalSensitiveInformation", "personal", MI_CROISSANT_TEXT},
    {"rai:dataReleaseMaintenancePlan", "maintenance", MI_CROISSANT_TEXT},
    {"temporalCoverage", "time", MI_CROISSANT_READ},
    {"url", "origin", MI_CROISSANT_READ},
};
enum { WORDS = sizeof words / sizeof *words };

const mi_croissant_word *mi_croissant_word_at(int i)
{
    return i >= 0 && i < WORDS ? &words[i] : NULL;
}

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

/* A thing that has a name or an identifier. */
static void put_thing(mien_json *j, const char *key, const char *type,
                      const char *name, const char *value)
{
    mien_json_object(j, key);
    mien_json_text(j, "@type", type);
    mien_json_text(j, name, value);
}

/* What was answered, or computed, where there is a property for it. */
static void put_words(mien_json *j, const mien_datasheet *s)
{
    for (int i = 0; i < WORDS; i++) {
        const char *text = mi_sheet_text(s, words[i].key);
        if (text && words[i].kind == MI_CROISSANT_NAME) {
            put_thing(j, words[i].property, "sc:Organization", "name", text);
            mien_json_close(j);
        } else if (text && words[i].kind == MI_CROISSANT_TEXT) {
            mien_json_text(j, words[i].property, text);
        }
    }
}

/* Answers to questions that Croissant has no property for. */
static void put_others(mien_json *j, const mien_datasheet *s)
{
    const mien_datasheet_question *q = NULL;
    mien_json_array(j, "additionalProperty");
    for (int i = 0; (q = mien_datasheet_question_at(i)); i++) {
        int k = 0;
        while (k < WORDS && strcmp(words[k].key, q->key) != 0)
            k++;
        if (k < WORDS || !s->answer[i])
            continue;
        put_thing(j, NULL, "sc:PropertyValue", "propertyID",
                  MI_CROISSANT_OTHERS);
        mien_json_text(j, "name", q->key);
        mien_json_text(j, "value", s->answer[i]);
        mien_json_close(j);
    }
    mien_json_close(j);
}

void mi_croissant_begin(mien_json *j, const mien_datasheet *s)
{
    mien_json_object(j, NULL);
    put_context(j);
    mien_json_text(j, "@type", "sc:Dataset");
    mien_json_text(j, "conformsTo", "http://mlcommons.org/croissant/1.0");
    mien_json_text(j, "name", mien_datasheet_name(s));
    put_words(j, s);
    put_others(j, s);
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

void mi_croissant_field(mien_json *j, const mi_croissant_field_of *f)
{
    mien_buffer id = {0};
    mien_buffer_printf(&id, "%s/%s", f->set, f->name);
    mien_buffer_put(&id, "", 1);
    mien_json_object(j, NULL);
    mien_json_text(j, "@type", "cr:Field");
    mien_json_text(j, "@id", id.failed ? NULL : (const char *)id.data);
    mien_json_text(j, "name", f->name);
    mien_json_text(j, "dataType", f->type);
    mien_json_object(j, "source");
    mi_croissant_id(j, f->kind, f->from);
    mien_json_object(j, "extract");
    mien_json_text(j, f->by, f->what);
    mien_json_close(j);
    mien_json_close(j);
    mien_json_close(j);
    j->out->failed |= id.failed;
    mien_buffer_free(&id);
}

void mi_croissant_column(mien_json *j, const char *set, const char *file,
                         const char *name, const char *type)
{
    const mi_croissant_field_of f = {set,  name,     type, "fileObject",
                                     file, "column", name};
    mi_croissant_field(j, &f);
}
