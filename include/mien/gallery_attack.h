/* mien/gallery_attack.h: a gallery attacked by its owner, and what came of it.
 *
 *   mien_gallery_attack
 *     -> plain: names, descriptors and evidence are looked for in the files
 *     -> without: what the files tell whoever has no key
 *     -> rest: whether sealed rows of one person are alike
 *     -> linked: what whoever has the key can put together
 *     -> named: whom of the gallery photos name that others may have
 *
 * Not tried: guessing the passphrase, the memory of a process that has the
 * gallery open, and networks that draw a face from a descriptor: whoever has
 * the key has descriptors, and such networks are known, so that they have to be
 * kept as photos are. */
#ifndef MIEN_GALLERY_ATTACK_H
#define MIEN_GALLERY_ATTACK_H

#include "mien/gallery.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Faces that are compared with each other at most, the first ones. */
#define MIEN_GALLERY_ATTACK_FACES 2000

/* Search of the files' bytes. */
typedef struct mien_gallery_plain {
    int files; /* PEOPLE.db, PEOPLE.db-keys, their journals, and other files
                  whose names begin so; without -shm, which has numbers of pages
                  alone */
    int64_t bytes;
    int on_server; /* 1: the data are on a server: what it sends of them is
                      looked at, not its files, its journal and its backups */
    int names, descriptors, evidence, inferred; /* looked for */
    int left_out;    /* names below 6 bytes, and descriptors and files that are
                        one number again and again: chance would find them */
    int found;       /* of those looked for, in how many places */
    char where[200]; /* the first: "a name of person 3 in ..."; or "" */
} mien_gallery_plain;

/* What is in the open. */
typedef struct mien_gallery_open_data {
    int people, faces, evidence, inferred, negatives, undo;
    int networks;              /* whose SHA-256 stand beside the faces */
    int64_t erased;            /* people; from the numbers that are missing */
    int64_t least, most;       /* bytes of a sealed person: of the texts */
    int64_t smallest, largest; /* bytes of a file of evidence */
    int64_t entries;         /* of the log: when, what kind, and which number */
    int64_t searches, named; /* of them, and those that found somebody */
    int64_t first, last;     /* seconds since 1970 */
} mien_gallery_open_data;

/* Pairs of sealed faces. */
typedef struct mien_gallery_pairs {
    int64_t pairs;
    double bits;  /* share of bits that are alike: 0.5 is wanted; NaN without
                     pairs */
    double error; /* its standard error, if they are as random as they should
                     be */
} mien_gallery_pairs;

/* Sealed rows beside each other. */
typedef struct mien_gallery_rest {
    int64_t rows;
    int64_t equal;             /* that begin as another one does: 0 is wanted */
    mien_gallery_pairs same;   /* of one entry */
    mien_gallery_pairs linked; /* of two entries of different purposes that the
                                  key links */
    mien_gallery_pairs other;  /* of any other two */
} mien_gallery_rest;

/* What the key links, of faces of one network, within the threshold. */
typedef struct mien_gallery_linked {
    int faces;                 /* compared, MIEN_GALLERY_ATTACK_FACES at most */
    int64_t same, same_near;   /* pairs of one entry, and those that link */
    int64_t other, other_near; /* the same of two entries of one purpose */
    int entries, linked;       /* with a face, and those linked to an entry of
                                  another purpose */
} mien_gallery_linked;

typedef struct mien_gallery_attacked {
    mien_gallery_plain plain;
    mien_gallery_open_data open;
    mien_gallery_rest rest;
    mien_gallery_linked linked;
    int photos;       /* faces of photos that were compared */
    int photos_named; /* to which somebody of the gallery is near enough */
    int people_named; /* people who are the nearest of such a face */
} mien_gallery_attacked;

/* Attack a gallery, whatever its people were enrolled for.  It is in the log
 * before it is answered, and names nobody.
 *
 *   g          open
 *   faces      of photos that others may have, any number, and the network by
 *              which entries are linked; n may be 0
 *   threshold  a distance below it is the same person; above 0, finite
 *   out        what was tried and found
 *
 * Fails with EARG (the threshold; no network; numbers that are not finite, or
 * not as many as the network's), EFORMAT, EIO, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_gallery_attack(
    mien_gallery *g, const mien_gallery_faces *faces, float threshold,
    mien_gallery_attacked *out, mien_error *err);

#ifdef __cplusplus
}
#endif
#endif
