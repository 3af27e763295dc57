/* mien/study_roles.h: roles of data of models of tables and their predictions.
 *
 *   mien_predictor  -> mien_predictor_roles: what of its output is inferred
 *     -> mien_predictor_json: the output, with them in it
 *   a model         -> mien_roles_of_model: what it learned from
 *     -> mien/report_roles.h: kept beside a file, told in words */
#ifndef MIEN_STUDY_ROLES_H
#define MIEN_STUDY_ROLES_H

#include "mien/report_roles.h"
#include "mien/study.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Tell the roles of what a predictor writes: what it was given, what it
 * inferred, and which columns it read.
 *
 *   p      a predictor
 *   json   0: of the lines of CSV, 1: of the JSON
 *   facts  of what is written
 *   out    owned by the caller; free with mien_roles_free
 *
 * Fails with what mien_roles_new fails with, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_predictor_roles(
    const mien_predictor *p, int json, const mien_roles_facts *facts,
    mien_roles **out, mien_error *err);

/* Write what was found so far as JSON: {"kind", "label", "positive",
 * "threshold", "window", "rows", "scored", "alarms", "columns": [{"name",
 * "missing", "unseen"}], "highest": [{"row", "score", "alarm", "top": [{"name",
 * "contribution"}]}], "roles"}.
 *
 *   p      a predictor
 *   roles  of mien_predictor_roles; NULL: there are none
 *   j      a text being written
 *
 * "scored" leaves out the rows that have no score, the first of a window. */
MIEN_API void mien_predictor_json(mien_predictor *p, const mien_roles *roles,
                                  mien_json *j);

/* Tell the roles of the data that a model learned from: which columns, and
 * until when they are kept.
 *
 *   m       a model
 *   sha256  of its file
 *   out     owned by the caller; free with mien_roles_free
 *
 * Fails with EARG (sha256 is none), ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_roles_of_model(const mien_tabular *m,
                                                      const char *sha256,
                                                      mien_roles **out,
                                                      mien_error *err);

#ifdef __cplusplus
}
#endif
#endif
