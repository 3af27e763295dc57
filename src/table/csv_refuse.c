/* csv_refuse.c: files that are no text of rows, by their first bytes: packed
 * ones, spreadsheets, other formats of tables, pages of the web. */
#include "table/csv.h"

#include "base/error.h"

#include <string.h>
#include <strings.h>

/* A kind of file: how it begins, what it is called, what cures it. */
typedef struct kind {
    const char *magic;
    size_t n;
    const char *name, *cure;
} kind;

#define UNPACK "unpack it"
#define SAVE "save it as CSV"
static const kind kinds[] = {
    {"PK\3\4", 4, "zip (or a spreadsheet)", "unpack it, or save as CSV"},
    {"\x1f\x8b", 2, "gzip", "mien_file_gunzip unpacks it"},
    {"BZh", 3, "bzip2", UNPACK},
    {"\xfd\x37zXZ", 5, "xz", UNPACK},
    {"\x28\xb5\x2f\xfd", 4, "zstd", UNPACK},
    {"7z\xbc\xaf\x27\x1c", 6, "7z", UNPACK},
    {"Rar!\x1a", 5, "rar", UNPACK},
    {"\xd0\xcf\x11\xe0", 4, "an old spreadsheet (.xls)", SAVE},
    {"PAR1", 4, "Parquet", SAVE},
    {"ARROW1", 6, "Arrow", SAVE},
    {"ORC\n", 4, "ORC", SAVE},
    {"\x89HDF\r\n", 6, "HDF5", SAVE},
    {"\x93NUMPY", 6, "NumPy's", SAVE},
    {"\x80\x04\x95", 3, "a pickle of Python", SAVE},
    {"SQLite format 3", 15, "SQLite", SAVE},
    {"\xff\xfe\0\0", 4, "UTF-32", "save it as UTF-8"},
    {"\0\0\xfe\xff", 4, "UTF-32", "save it as UTF-8"},
    {"%PDF-", 5, "PDF", SAVE},
    {"{\\rtf", 5, "RTF", SAVE},
    {"\x89PNG\r\n", 6, "a picture (PNG)", "wanted a table"},
    {"\xff\xd8\xff", 3, "a picture (JPEG)", "wanted a table"},
    {"version https://git-lfs.github.com/", 35, "a pointer of Git LFS",
     "git lfs pull gets the file itself"}};

/* What is told by words, in capitals or not, behind blanks. */
static const kind words[] = {{"<!doctype html", 14, "a page of HTML", SAVE},
                             {"<html", 5, "a page of HTML", SAVE},
                             {"<?xml", 5, "XML", SAVE},
                             {"{\"", 2, "JSON", SAVE},
                             {"[{", 2, "JSON", SAVE},
                             {"[[", 2, "JSON", SAVE}};

static mien_status refuse(const kind *is, mien_error *err)
{
    return mi_fail(err, MIEN_EFORMAT, "csv: the file is %s: %s", is->name,
                   is->cure);
}

mien_status mi_csv_refuse(const uint8_t *bytes, size_t n, mien_error *err)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (n >= kinds[i].n && !memcmp(bytes, kinds[i].magic, kinds[i].n))
            return refuse(&kinds[i], err);
    if (n >= 3 && !memcmp(bytes, "\xef\xbb\xbf", 3)) {
        bytes += 3;
        n -= 3;
    }
    for (; n && *bytes && strchr(" \t\r\n", *bytes); n--)
        bytes++;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (n >= words[i].n &&
            !strncasecmp((const char *)bytes, words[i].magic, words[i].n))
            return refuse(&words[i], err);
    return MIEN_OK;
}
