/* sheet_croissant_pictures.c: a sheet of pictures as Croissant metadata.
 *
 * A folder is a FileSet of the endings that its files have; a list is a
 * FileObject beside it, whose columns are the labels.  A set has no SHA-256 as
 * a file has: its digest stands as an identifier. */
#include "dataset/sheet_croissant.h"
#include "dataset/sheet_endings.h"

#include "base/error.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/* The digest of the set. */
static void put_identifier(mien_json *j, const mien_datasheet *s)
{
    mien_json_object(j, "identifier");
    mien_json_text(j, "@type", "sc:PropertyValue");
    mien_json_text(j, "propertyID", MI_CROISSANT_PICTURES);
    mien_json_text(j, "value", s->sha256);
    mien_json_close(j);
}

/* The types of the files, each once; one alone is no array. */
static void put_types(mien_json *j, const mi_endings *e)
{
    const char *type[MI_ENDINGS_MAX];
    int n = 0;
    for (int i = 0; i < e->n; i++) {
        const char *is = mi_ending_type(e->kind[i].text);
        int k = 0;
        while (is && k < n && strcmp(type[k], is) != 0)
            k++;
        if (is && k == n)
            type[n++] = is;
    }
    if (n != 1)
        mien_json_array(j, "encodingFormat");
    for (int i = 0; i < n; i++)
        mien_json_text(j, n == 1 ? "encodingFormat" : NULL, type[i]);
    if (n != 1)
        mien_json_close(j);
}

/* The files of the pictures. */
static void put_set(mien_json *j, const mi_endings *e)
{
    char glob[MI_ENDING_SIZE + 8];
    mien_json_object(j, NULL);
    mien_json_text(j, "@type", "cr:FileSet");
    mien_json_text(j, "@id", "pictures");
    mien_json_text(j, "name", "pictures");
    put_types(j, e);
    mien_json_array(j, "includes");
    for (int i = 0; i < e->n; i++) {
        snprintf(glob, sizeof glob, "%s*.%s", e->kind[i].inside ? "**/" : "",
                 e->kind[i].text);
        mien_json_text(j, NULL, glob);
    }
    mien_json_close(j);
    mien_json_close(j);
}

/* A field that a file itself tells: its pixels, or its path. */
static void put_property(mien_json *j, const char *name, const char *type,
                         const char *property)
{
    const mi_croissant_field_of f = {
        "samples", name, type, "fileSet", "pictures", "fileProperty", property};
    mi_croissant_field(j, &f);
}

/* Does a name say that the file has columns? */
static int is_csv(const char *name)
{
    const char *dot = strrchr(name, '.');
    return dot && strcasecmp(dot, ".csv") == 0;
}

/* The labels that are columns of a CSV file; a list of MTFL has no names. */
static void put_columns(mien_json *j, const mien_labels *l, const char *list)
{
    char name[MIEN_LABELS_MAX_NAME + 4];
    if (!is_csv(list))
        return;
    for (int i = 0; i < l->tasks; i++)
        mi_croissant_column(j, "samples", list, l->task[i].name, "sc:Text");
    for (int i = 0; i < l->numbers; i++)
        mi_croissant_column(j, "samples", list, l->number_name[i], "sc:Float");
    for (int i = 0; i < 2 * l->points; i++) {
        snprintf(name, sizeof name, "%s_%c", l->point_name[i / 2],
                 i % 2 ? 'y' : 'x');
        mi_croissant_column(j, "samples", list, name, "sc:Float");
    }
    if (l->pixels)
        mi_croissant_column(j, "samples", list, "pixels", "sc:Text");
}

mien_status mien_datasheet_croissant_pictures(const mien_datasheet *s,
                                              const mien_labels *labels,
                                              const char *list_sha256,
                                              mien_buffer *out, mien_error *err)
{
    const char *name = mien_datasheet_name(s);
    mi_endings e = {0};
    mien_json j = mien_json_on(out, 2);
    if (!labels->pixels)
        mi_endings_count(labels, &e);
    mi_croissant_begin(&j, s);
    put_identifier(&j, s);
    mien_json_array(&j, "distribution");
    if (list_sha256)
        mi_croissant_file(&j, name, is_csv(name) ? "text/csv" : "text/plain",
                          list_sha256);
    if (e.n)
        put_set(&j, &e);
    mien_json_close(&j);
    mien_json_array(&j, "recordSet");
    mien_json_object(&j, NULL);
    mien_json_text(&j, "@type", "cr:RecordSet");
    mien_json_text(&j, "@id", "samples");
    mien_json_text(&j, "name", "samples");
    mien_json_array(&j, "field");
    if (e.n) {
        put_property(&j, "picture", "sc:ImageObject", "content");
        put_property(&j, "path", "sc:Text", "fullpath");
    }
    if (list_sha256)
        put_columns(&j, labels, name);
    mien_json_close(&j);
    mien_json_close(&j);
    mien_json_close(&j);
    mien_json_close(&j);
    mien_buffer_puts(out, "\n");
    return out->failed ? mi_no_memory(err) : MIEN_OK;
}
