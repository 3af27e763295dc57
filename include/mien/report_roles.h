/* mien/report_roles.h: roles of data: which parts of a file a model learned
 * from, which it read, and which it inferred; and until when they are kept.
 *
 *   mien_roles_new -> mien_roles_add: a part after another
 *     -> mien_roles_write   FILE.roles.json, which lies beside FILE
 *     -> mien_roles_json    an object of FILE itself, which is JSON
 *   FILE.roles.json -> mien_roles_read -> mien_roles_check: is it FILE's still?
 *                                      -> mien_roles_left: how many days
 *
 * What a model inferred about a person is personal data as what it read is; a
 * model that learns from what another inferred learns that one's mistakes.
 * Source: European Union Agency for Fundamental Rights, Data quality and
 * artificial intelligence - mitigating bias and error to protect fundamental
 * rights, 2019: training data, input data and inferred data. */
#ifndef MIEN_REPORT_ROLES_H
#define MIEN_REPORT_ROLES_H

#include "mien/day.h"
#include "mien/json.h"

#ifdef __cplusplus
extern "C" {
#endif

#define MIEN_ROLES_FILE ".roles.json" /* behind the name of a file */
#define MIEN_ROLES_MAX_PARTS 32768
#define MIEN_ROLES_MAX_BYTES (8 << 20)

/* What data are to a model. */
typedef enum mien_role {
    MIEN_ROLE_TRAINING, /* it learned from them */
    MIEN_ROLE_INPUT,    /* it was given them */
    MIEN_ROLE_INFERRED  /* it made them */
} mien_role;

/* The word for a role, "inferred".
 *
 *   role  one of the three, asserted */
MIEN_API const char *mien_role_name(mien_role role);

/* What is known of a file; texts are UTF-8, "" where they are not known. */
typedef struct mien_roles_facts {
    const char *file;   /* its name, without folders; "": this stands in it */
    const char *sha256; /* of its bytes; "" where it stands in it */
    const char *model;  /* SHA-256 of the model's file */
    const char *source; /* the name of the file that was read */
    const char *made;   /* the day */
    const char *until;  /* the last day on which it is kept */
    const char *kept; /* until when in somebody's words, where that is no day */
} mien_roles_facts;

/* Roles of the parts of a file. */
typedef struct mien_roles mien_roles;

/* Begin without parts.
 *
 *   facts  copied
 *   out    owned by the caller; free with mien_roles_free
 *
 * Fails with EARG (a day, a digest or a text that is none), ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_roles_new(const mien_roles_facts *facts,
                                                 mien_roles **out,
                                                 mien_error *err);

/* Release roles.
 *
 *   r  NULL is allowed */
MIEN_API void mien_roles_free(mien_roles *r);

/* A part of a file, or of what was read. */
typedef struct mien_roles_part {
    const char *name; /* of a column of a table, a key of JSON; UTF-8 */
    mien_role role;
    int elsewhere; /* 1: it stands in the file that was read, not here */
} mien_roles_part;

/* Add a part.
 *
 *   r     roles
 *   part  copied
 *
 * Fails with ELIMIT (more than MIEN_ROLES_MAX_PARTS), ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_roles_add(mien_roles *r,
                                                 const mien_roles_part *part,
                                                 mien_error *err);

/* What is known of the file: borrowed.
 *
 *   r  roles */
MIEN_API const mien_roles_facts *mien_roles_facts_of(const mien_roles *r);

/* Walk the parts, in the order in which they were added: borrowed.
 *
 *   r  roles
 *   i  0, 1, 2, ...
 *
 * NULL past the last. */
MIEN_API const mien_roles_part *mien_roles_part_at(const mien_roles *r, int i);

/* Count the parts of a role that stand in the file.
 *
 *   r     roles
 *   role  which */
MIEN_API int mien_roles_count(const mien_roles *r, mien_role role);

/* Count the days that are left, the last one not counted: 0 on that day.
 *
 *   r      roles
 *   today  a day, asserted
 *   days   set, negative where it is over; untouched where nobody said an end
 *
 * 1 if somebody said an end. */
MIEN_API int mien_roles_left(const mien_roles *r, const char *today, int *days);

/* Find out whether they are still those of a file.
 *
 *   r       of a file beside them
 *   sha256  of its bytes
 *
 * Fails with EARG: the file has changed since, or is another. */
MIEN_API MIEN_CHECKED mien_status mien_roles_check(const mien_roles *r,
                                                   const char *sha256,
                                                   mien_error *err);

/* Write them as an object: {"schema": "mien/roles/1", "file", "sha256",
 * "model_sha256", "source", "made", "until", "kept", "parts": [{"name",
 * "role"}], "read": [{"name", "role"}]}; what is not known is null.
 *
 *   r    roles
 *   key  of the object, or NULL
 *   j    a text being written */
MIEN_API void mien_roles_json(const mien_roles *r, const char *key,
                              mien_json *j);

/* Write the same as a text of its own.
 *
 *   r    roles
 *   out  the text is added */
MIEN_API void mien_roles_write(const mien_roles *r, mien_buffer *out);

/* Say it in words: who made it, which parts have which role, and until when it
 * is kept.
 *
 *   r      roles
 *   today  a day, asserted
 *   out    lines are added */
MIEN_API void mien_roles_text(const mien_roles *r, const char *today,
                              mien_buffer *out);

/* Read what mien_roles_write wrote, or a larger object with "roles" in it.
 *
 *   bytes  [n] JSON, at most MIEN_ROLES_MAX_BYTES
 *   n      how many
 *   out    owned by the caller; free with mien_roles_free
 *
 * Fails with EFORMAT, which names the key, the value found and the value
 * wanted, ELIMIT, ENOMEM.  Not in WebAssembly. */
MIEN_API MIEN_CHECKED mien_status mien_roles_read(const uint8_t *bytes,
                                                  size_t n, mien_roles **out,
                                                  mien_error *err);

#ifdef __cplusplus
}
#endif
#endif
