/* mien/record_profiles.h: known people as files have them: face-api.js'
 * LabeledFaceDescriptors and FaceMatcher, and {key: {name, descriptors}}.
 *
 *   JSON -> mien_profiles_read -> mien_people -> mien_record_profiles -> JSON
 *
 * The page of the browser reads and writes the same, by profiles.js. */
#ifndef MIEN_RECORD_PROFILES_H
#define MIEN_RECORD_PROFILES_H

#include "mien/match.h"
#include "mien/record_basis.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Longer files are not read: some 25,000 descriptors.  JSON made to hurt takes
 * fifty times its bytes of memory. */
#define MIEN_PROFILES_MAX_BYTES ((size_t)32 << 20)

typedef enum mien_profiles_form {
    MIEN_PROFILES_LABELED, /* [{"label", "descriptors": [[numbers]]}] */
    MIEN_PROFILES_MATCHER, /* {"distanceThreshold", "labeledDescriptors"} */
    MIEN_PROFILES_KEYED    /* {KEY: {"name", "descriptors"}} */
} mien_profiles_form;

/* Add the people of a file, in any of the three forms, to those known.
 *
 *   bytes      JSON; one LabeledFaceDescriptors alone is read too
 *   n          bytes, at most MIEN_PROFILES_MAX_BYTES
 *   people     get the descriptors, of as many numbers as those of the network
 *              that describes them; of equal names one person is made, and a
 *              profile without descriptors makes nobody
 *   threshold  set to distanceThreshold where the file has it; NULL is allowed
 *
 * Fails with EFORMAT, which names profile, descriptor, value found and value
 * wanted, and ELIMIT: then people are as they were; ENOMEM: some may have been
 * added. */
MIEN_API MIEN_CHECKED mien_status mien_profiles_read(const uint8_t *bytes,
                                                     size_t n,
                                                     mien_people *people,
                                                     float *threshold,
                                                     mien_error *err);

/* Whom to take of a file, by what each of them agreed to. */
typedef struct mien_profiles_choice {
    /* Asked once for each profile, in their order.
     *
     *   name     of the person
     *   consent  what the profile carries as `consent`; NULL: none, or it is
     *            not whole
     *
     * 1: taken; 0: left out. */
    int (*take)(void *arg, const char *name, const mien_basis *consent);
    void *arg;
} mien_profiles_choice;

/* Add some people of a file: mien_profiles_read, with a choice.
 *
 *   bytes      JSON
 *   n          bytes, at most MIEN_PROFILES_MAX_BYTES
 *   choice     asked when the whole file has been found to be good; NULL: all
 *              are taken
 *   people     get the descriptors of those that are taken
 *   threshold  set to distanceThreshold where the file has it; NULL is allowed
 *
 * Fails with what mien_profiles_read fails with. */
MIEN_API MIEN_CHECKED mien_status mien_profiles_choose(
    const uint8_t *bytes, size_t n, const mien_profiles_choice *choice,
    mien_people *people, float *threshold, mien_error *err);

/* Add people as such a file, on one line.
 *
 *   people     known people
 *   form       of the file; KEY of MIEN_PROFILES_KEYED is the name
 *   threshold  stands in MIEN_PROFILES_MATCHER
 *   out        a line is added; numbers give the same floats back */
MIEN_API void mien_record_profiles(const mien_people *people,
                                   mien_profiles_form form, float threshold,
                                   mien_buffer *out);

#ifdef __cplusplus
}
#endif
#endif
