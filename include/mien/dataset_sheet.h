/* mien/dataset_sheet.h: a sheet of data: questions about where they come from,
 * what they can say, and who answers for them.
 *
 *   a table  -> mien_datasheet_compute   what can be computed is filled in
 *   pictures -> mien_datasheet_pictures  the same
 *   answers  -> mien_datasheet_answer    what only people know
 *   Croissant -> mien_datasheet_from_croissant  what somebody else says of them
 *     -> mien_datasheet_card           answered, computed or open: Markdown,
 * HTML
 *     -> mien_datasheet_write          datasheet.json, kept beside the data
 *   datasheet.json -> mien_datasheet_read -> mien_datasheet_gate: may a model
 * learn from these data?
 *
 * A sheet holds the SHA-256 of the data that it is of.  Answers that were given
 * for a table that has changed since stay, and that is said.  Not in the
 * WebAssembly library. */
#ifndef MIEN_DATASET_SHEET_H
#define MIEN_DATASET_SHEET_H

#include "mien/dataset_pictures.h"
#include "mien/report_card.h"
#include "mien/table_columns.h"

#ifdef __cplusplus
extern "C" {
#endif

#define MIEN_DATASHEET_MAX_ANSWER 16384    /* bytes of an answer */
#define MIEN_DATASHEET_MAX_BYTES (4 << 20) /* of a datasheet.json */
#define MIEN_DATASHEET_MAX_GROUPS 8        /* columns of groups */

/* A question. */
typedef struct mien_datasheet_question {
    const char *key;     /* "origin" */
    const char *section; /* title of its section */
    const char *text;    /* "Where do the data come from?" */
    int required;        /* 1: a model is not to learn before it is answered */
} mien_datasheet_question;

/* Walk the questions.
 *
 *   i  0, 1, 2, ...
 *
 * NULL past the last.  Source: European Union Agency for Fundamental Rights,
 * Data quality and artificial intelligence - mitigating bias and error to
 * protect fundamental rights, 2019: the questions of its conclusions, the
 * dimensions of quality, and the European Statistical System's quality
 * declarations; E. Ruppert, E. Isin and D. Bigo, Data politics, Big Data &
 * Society 4(2), 2017: what a citizen may ask of data. */
MIEN_API const mien_datasheet_question *mien_datasheet_question_at(int i);

typedef struct mien_datasheet mien_datasheet;

/* Make a sheet without answers.
 *
 *   out  owned by the caller; free with mien_datasheet_free
 *
 * Fails with ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_datasheet_new(mien_datasheet **out,
                                                     mien_error *err);

/* Read a datasheet.json: its answers, and of which data it is.  What was
 * computed is not read: mien_datasheet_compute works it out again.
 *
 *   bytes  [n] the text; at most MIEN_DATASHEET_MAX_BYTES
 *   n      how many
 *   out    owned by the caller; free with mien_datasheet_free
 *
 * Fails with EFORMAT (no such text; a question that there is not), ELIMIT,
 * ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_datasheet_read(const uint8_t *bytes,
                                                      size_t n,
                                                      mien_datasheet **out,
                                                      mien_error *err);

/* Release a sheet.
 *
 *   s  NULL is allowed */
MIEN_API void mien_datasheet_free(mien_datasheet *s);

/* Answer a question.
 *
 *   s     a sheet
 *   key   of the question
 *   text  UTF-8 of at most MIEN_DATASHEET_MAX_ANSWER bytes; empty: it is open
 * again
 *
 * Fails with EARG (no such question: the text names the nearest; no text),
 * ELIMIT, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_datasheet_answer(mien_datasheet *s,
                                                        const char *key,
                                                        const char *text,
                                                        mien_error *err);

/* What somebody answered to a question: borrowed; NULL: nobody did, though it
 * may have been computed.
 *
 *   s    a sheet
 *   key  of the question; NULL is returned too where there is none */
MIEN_API const char *mien_datasheet_answered(const mien_datasheet *s,
                                             const char *key);

/* Take answers from a JSON object {"key": "text", ...}, all or none.
 *
 *   s      a sheet
 *   bytes  [n] the text
 *   n      how many
 *
 * Fails with EFORMAT, ELIMIT, ENOMEM, and what mien_datasheet_answer fails
 * with. */
MIEN_API MIEN_CHECKED mien_status mien_datasheet_answers(mien_datasheet *s,
                                                         const uint8_t *bytes,
                                                         size_t n,
                                                         mien_error *err);

/* Take answers that Croissant metadata (JSON-LD) propose, and compare what they
 * describe with the data.
 *
 *   s      a sheet, computed
 *   bytes  [n] the text; at most MIEN_DATASHEET_MAX_BYTES
 *   n      how many
 *   name   of the file, which stands beside each proposal
 *   t      the table that the sheet is of; NULL: it is of pictures
 *
 * A proposal is no answer: its question stays open until
 * mien_datasheet_confirm. Where an answer is, nothing is proposed.  Proposals
 * that an earlier file made are dropped.  Names may be plain, have any usual
 * prefix, or be whole IRIs. Fails with EFORMAT (no JSON; no data set in it),
 * ELIMIT, ENOMEM; the sheet is then as it was. Source: Croissant Format
 * Specification 1.0 and Croissant RAI Specification 1.0, MLCommons 2024;
 * JSON-LD 1.1, W3C 2020. */
MIEN_API MIEN_CHECKED mien_status mien_datasheet_from_croissant(
    mien_datasheet *s, const uint8_t *bytes, size_t n, const char *name,
    const mien_table *t, mien_error *err);

/* How many proposals wait to be confirmed.
 *
 *   s  a sheet */
MIEN_API int mien_datasheet_proposals(const mien_datasheet *s);

/* What is proposed for a question; NULL: nothing is.
 *
 *   s    a sheet
 *   key  of the question */
MIEN_API const char *mien_datasheet_proposal(const mien_datasheet *s,
                                             const char *key);

/* Make all proposals answers.
 *
 *   s  a sheet */
MIEN_API void mien_datasheet_confirm(mien_datasheet *s);

/* The name of the Croissant file that was read last; NULL: none was.
 *
 *   s  a sheet */
MIEN_API const char *mien_datasheet_croissant_file(const mien_datasheet *s);

/* How what that file describes compares with the data: files, columns, types; a
 * line each.  Once the data have changed a line says that, and nothing else.
 *
 *   s  a sheet */
MIEN_API const char *mien_datasheet_differences(const mien_datasheet *s);

/* What in that file answers no question, a line each.
 *
 *   s  a sheet */
MIEN_API const char *mien_datasheet_left_out(const mien_datasheet *s);

/* Of which data a sheet is to be. */
typedef struct mien_datasheet_data {
    const char *name;         /* of the table's file; of pictures, of their
                                 folder or list */
    const char *sha256;       /* of its bytes; of pictures it is worked out */
    const char *const *group; /* [groups] columns whose values are counted; of
                                 pictures, what mien_pictures_check_options.by
                                 takes; none given: those of the sheet that was
                                 read */
    int groups;               /* at most MIEN_DATASHEET_MAX_GROUPS */
    int confirm;              /* 1: answers given for another state of the data
                                 hold for this one too */
    mien_pool *pool;          /* of a table; NULL: one thread */
} mien_datasheet_data;

/* Work out what a table tells, and bind the sheet to it.
 *
 *   s     a sheet
 *   t     the table
 *   data  what it is called
 *
 * Fails with EARG (no such column), ELIMIT (a column of too many groups),
 * ENOMEM; the sheet is then as it was. */
MIEN_API MIEN_CHECKED mien_status
mien_datasheet_compute(mien_datasheet *s, const mien_table *t,
                       const mien_datasheet_data *data, mien_error *err);

/* Look at pictures, work out what they and their labels tell, and bind the
 * sheet to them by mien_set_digest.
 *
 *   s       a sheet
 *   labels  what is known of them
 *   look    how they are loaded, with or without a search for faces; groups are
 *           those of data
 *   data    what they are called
 *
 * When they were taken is not looked for.  Fails with EARG (no such label to
 * group by; stopped), ELIMIT, ENOMEM; the sheet is then as it was. */
MIEN_API MIEN_CHECKED mien_status
mien_datasheet_pictures(mien_datasheet *s, const mien_labels *labels,
                        const mien_pictures_check_options *look,
                        const mien_datasheet_data *data, mien_error *err);

/* 1 if the data that a sheet is of are pictures, 0 if they are a table.
 *
 *   s  a sheet */
MIEN_API int mien_datasheet_of_pictures(const mien_datasheet *s);

/* The SHA-256 of the data that a sheet is of; "" before mien_datasheet_compute.
 *
 *   s  a sheet */
MIEN_API const char *mien_datasheet_digest(const mien_datasheet *s);

/* The name of the data that a sheet is of; "" before mien_datasheet_compute.
 *
 *   s  a sheet */
MIEN_API const char *mien_datasheet_name(const mien_datasheet *s);

/* 1 if its answers were given for another state of the data.
 *
 *   s  a sheet */
MIEN_API int mien_datasheet_changed(const mien_datasheet *s);

/* How many questions are open: neither answered nor computed.
 *
 *   s         a sheet
 *   required  1: of those that are required */
MIEN_API int mien_datasheet_open(const mien_datasheet *s, int required);

/* Find out whether a model may learn from data.
 *
 *   s       a sheet, read
 *   sha256  of the data
 *
 * Fails with EARG: it is of other data, its answers are of another state of
 * them, or required questions are open, which the text names. */
MIEN_API MIEN_CHECKED mien_status mien_datasheet_gate(const mien_datasheet *s,
                                                      const char *sha256,
                                                      mien_error *err);

/* Make a card of a sheet: every question, with its answer, what was computed,
 * or that it is open.
 *
 *   s    a sheet
 *   out  owned by the caller; free with mien_card_free
 *
 * Fails with ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_datasheet_card(const mien_datasheet *s,
                                                      mien_card **out,
                                                      mien_error *err);

/* Write a sheet as JSON: {"schema", "data": {"name", "sha256", "rows",
 * "columns", "answered_sha256", "groups"}, "questions", "open",
 * "open_required": [key, ...], "answers": {key: text}, "computed": {key:
 * text}}, and where a Croissant file was read "proposed": {key: text},
 * "croissant": {"file", "differences": [line], "left_out": [line]}; of pictures
 * "data" has "pictures" in the place of rows and columns.
 *
 *   s    a sheet
 *   out  the text is added
 *
 * Equal sheets give equal bytes.  Fails with ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_datasheet_write(const mien_datasheet *s,
                                                       mien_buffer *out,
                                                       mien_error *err);

/* Write a sheet of a table as Croissant metadata (JSON-LD), which catalogues of
 * data read.  Answers that Croissant has no property for stand as
 * additionalProperty, so that mien_datasheet_from_croissant reads all of them.
 *
 *   s    of this table
 *   t    the table: each column is a field
 *   out  the text is added
 *
 * Open questions are left out: Croissant has no word for what is not known.
 * Fails with ENOMEM.  Source: Croissant Format Specification 1.0 and Croissant
 * RAI Specification 1.0, MLCommons 2024. */
MIEN_API MIEN_CHECKED mien_status
mien_datasheet_croissant(const mien_datasheet *s, const mien_table *t,
                         mien_buffer *out, mien_error *err);

/* Write a sheet of pictures as Croissant metadata: a FileSet of their files,
 * and of a list the FileObject with the columns of its labels.
 *
 *   s            of these pictures
 *   labels       what is known of them
 *   list_sha256  of the list's file; NULL: they are a folder
 *   out          the text is added
 *
 * Labels that stand in the names of files or folders are no fields.  Fails with
 * ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_datasheet_croissant_pictures(
    const mien_datasheet *s, const mien_labels *labels, const char *list_sha256,
    mien_buffer *out, mien_error *err);

/* Write a sheet of a table as a codebook (XML), which archives of data read.
 * Pictures have none: a codebook describes variables.
 *
 *   s    of this table
 *   t    the table: each column is a variable with its figures
 *   out  the text is added
 *
 * Open questions are left out.  Fails with ENOMEM.  Source: DDI-Codebook 2.5,
 * DDI Alliance 2012. */
MIEN_API MIEN_CHECKED mien_status mien_datasheet_ddi(const mien_datasheet *s,
                                                     const mien_table *t,
                                                     mien_buffer *out,
                                                     mien_error *err);

#ifdef __cplusplus
}
#endif
#endif
