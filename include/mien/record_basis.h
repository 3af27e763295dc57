/* mien/record_basis.h: why people may be looked for, and until when.
 *
 *   mien_basis b = {"consent", "door", "2026-11-28", "2027-11-28"};
 *   mien_basis_hold(&b, today)  -> it is whole and has not ended
 *   mien_record_basis -> JSON, kept beside the people -> mien_basis_read
 *
 * Descriptors of faces are biometric data: who looks for people needs a reason
 * that the law knows (in the EU article 9 of the GDPR), one purpose, and an
 * end.  'mien find' keeps this note in the folder of known people, and profiles
 * of the browser's page carry the same as `consent`. */
#ifndef MIEN_RECORD_BASIS_H
#define MIEN_RECORD_BASIS_H

#include "mien/day.h"
#include "mien/text.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The words for a reason, those that the EU's law has for biometric data: the
 * people explicitly agreed; employment law; to save a life; members of an
 * association; they made it public; legal claims; substantial public interest,
 * by law; medical care; public health; research and archives, by law; purely
 * personal, at home.  A contract or an interest of one's own is none of them.
 * "agreed", "guardian" and "self", as the browser's page writes them, are read
 * as "consent".
 * Source: GDPR, article 9(2) (a)-(j), article 2(2)(c). */
#define MIEN_BASES                                            \
    "consent,employment,vital-interests,members,made-public," \
    "legal-claims,public-interest,health,public-health,research,household"

/* The note of a folder is called so. */
#define MIEN_BASIS_FILE ".mien-basis.json"

/* Days that something holds where no end is said. */
#define MIEN_BASIS_DAYS 365

/* Longer notes are not read. */
#define MIEN_BASIS_MAX_BYTES 4096

/* Texts, each ended by a zero byte. */
typedef struct mien_basis {
    char basis[16];    /* one of MIEN_BASES */
    char purpose[200]; /* UTF-8 without control characters, not empty */
    char date[11];     /* YYYY-MM-DD: when it was recorded */
    char expiry[11];   /* the last day on which it holds */
} mien_basis;

/* Check that a note is whole and has not ended.
 *
 *   b      a note
 *   today  YYYY-MM-DD; NULL: its end is not looked at
 *
 * Fails with EARG; the text says what is wrong, or when it ended. */
MIEN_API MIEN_CHECKED mien_status mien_basis_hold(const mien_basis *b,
                                                  const char *today,
                                                  mien_error *err);

/* Read a note; one that has ended is read too.
 *
 *   bytes  JSON: {"basis", "purpose", "date", "expiry"}; other keys are passed
 *          over
 *   n      at most MIEN_BASIS_MAX_BYTES
 *   out    set to what it says
 *
 * Fails with EFORMAT, which names the key, the value found and the value
 * wanted, ELIMIT, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_basis_read(const uint8_t *bytes,
                                                  size_t n, mien_basis *out,
                                                  mien_error *err);

/* Write a note as JSON, on one line.
 *
 *   b    a note
 *   out  a line is added */
MIEN_API void mien_record_basis(const mien_basis *b, mien_buffer *out);

#ifdef __cplusplus
}
#endif
#endif
