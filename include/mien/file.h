/* mien/file.h: whole files in and out, for programs that have a file system.
 *
 * The rest of the library works on memory; only this header, the command and
 * the modules that say so open files. */
#ifndef MIEN_FILE_H
#define MIEN_FILE_H

#include "mien/text.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Read a whole file.
 *
 *   path   "-" is standard input
 *   limit  largest size in bytes; 0: 1 GiB
 *   out    the bytes; free with mien_bytes_free
 *
 * Fails with EIO (the system's reason is in the text), ELIMIT, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_file_load(const char *path, size_t limit,
                                                 mien_bytes *out,
                                                 mien_error *err);

/* Write a whole file, or leave what was there.
 *
 *   path   "-" is standard output
 *   bytes  [n] the new contents; may be NULL when n is 0
 *   n      how many
 *
 * A file is written aside in the same folder, forced to the disk and renamed,
 * so a reader sees the old file or the new one, never a part.  The new one has
 * the permissions of the old one; behind a symbolic link the file is replaced,
 * not the link.  A path that is not a regular file (/dev/full, a pipe) is
 * written in place.
 * Fails with EIO (the system's reason is in the text). */
MIEN_API MIEN_CHECKED mien_status mien_file_save(const char *path,
                                                 const void *bytes, size_t n,
                                                 mien_error *err);

/* A file that is written piece by piece. */
typedef struct mien_file_pieces mien_file_pieces;

/* Begin a file that is written piece by piece, as mien_file_save writes one: it
 * is in its place when it ends, whole.
 *
 *   path  "-" is standard output
 *   out   ends with mien_file_end or mien_file_drop
 *
 * Fails with EIO (the system's reason is in the text), ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_file_begin(const char *path,
                                                  mien_file_pieces **out,
                                                  mien_error *err);

/* Add a piece.
 *
 *   f      was begun
 *   bytes  [n] the piece; may be NULL when n is 0
 *   n      how many
 *
 * Fails with EIO; then so does all that follows. */
MIEN_API MIEN_CHECKED mien_status mien_file_add(mien_file_pieces *f,
                                                const void *bytes, size_t n,
                                                mien_error *err);

/* End it: the file is in its place, or, if a piece failed, as it was before.
 *
 *   f  released, whatever is returned
 *
 * Fails with EIO. */
MIEN_API MIEN_CHECKED mien_status mien_file_end(mien_file_pieces *f,
                                                mien_error *err);

/* Give it up: what was there stays.
 *
 *   f  released; NULL is allowed */
MIEN_API void mien_file_drop(mien_file_pieces *f);

/* Make a folder, and those above it.
 *
 *   path  nothing happens if the folder is there
 *
 * Fails with EIO (the system's reason is in the text), ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_folder_make(const char *path,
                                                   mien_error *err);

/* Read a whole file of a folder.
 *
 *   folder  where it is
 *   name    of the file
 *   out     the bytes, 1 GiB at most; free with mien_bytes_free
 *
 * Fails with EIO, ELIMIT, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_folder_load(const char *folder,
                                                   const char *name,
                                                   mien_bytes *out,
                                                   mien_error *err);

/* Write what was put together, and let it go.
 *
 *   folder  where it goes
 *   name    of the file
 *   b       its contents; empty afterwards
 *
 * Fails with EIO, ENOMEM (also where b could not be put together). */
MIEN_API MIEN_CHECKED mien_status mien_folder_save_buffer(const char *folder,
                                                          const char *name,
                                                          mien_buffer *b,
                                                          mien_error *err);

/* Write a whole file of a folder, as mien_file_save does.
 *
 *   folder  where it goes
 *   name    of the file
 *   bytes   [n] the new contents
 *   n       how many
 *
 * Fails with EIO, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_folder_save(const char *folder,
                                                   const char *name,
                                                   const void *bytes, size_t n,
                                                   mien_error *err);

/* Paths of files.  Zero-initialise before use; release with mien_paths_free. */
typedef struct mien_paths {
    int64_t n;
    char **path; /* [n] */
} mien_paths;

/* List the files of a folder and of the folders in it.
 *
 *   folder  where they are
 *   out     paths relative to the folder, in the order of their bytes; release
 *           with mien_paths_free
 *
 * Links are followed, but not to a folder above; names that begin with a point
 * are passed over.
 * Fails with EIO (the system's reason is in the text), ELIMIT (more than 32
 * folders deep), ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_folder_list(const char *folder,
                                                   mien_paths *out,
                                                   mien_error *err);

/* Release paths.
 *
 *   p  its fields are cleared; NULL is allowed */
MIEN_API void mien_paths_free(mien_paths *p);

/* A file seen as memory. */
typedef struct mien_map {
    const uint8_t *data; /* [n]; NULL if n is 0 */
    size_t n;
    int mapped; /* 0: data were read and belong to the heap */
} mien_map;

/* See a whole file as memory without reading it first.
 *
 *   path   "-" is standard input
 *   limit  largest size in bytes of what cannot be mapped and is read instead
 *          (a pipe, standard input, a device); 0: 1 GiB
 *   out    release with mien_file_unmap
 *
 * The bytes are private and may not be written to.  A file that somebody makes
 * shorter while it is mapped ends the process at the first byte that is gone
 * (SIGBUS); one that is replaced by renaming, as mien_file_save does, stays
 * whole.
 * Fails with EIO (the system's reason is in the text), ELIMIT, ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_file_map(const char *path, size_t limit,
                                                mien_map *out, mien_error *err);

/* Release what mien_file_map gave.
 *
 *   m  its fields are cleared; NULL is allowed */
MIEN_API void mien_file_unmap(mien_map *m);

/* Unpack a file that was packed by gzip: a table, a cascade.
 *
 *   bytes  [n] a file
 *   n      how many bytes, below 4 GiB where it is packed
 *   limit  largest size unpacked, in bytes; 0: 64 GiB
 *   out    its contents, free with mien_bytes_free; data is NULL if the file is
 *          not packed
 *
 * Members that lie one behind the other become one text.
 * Fails with EFORMAT (damaged or cut short), ELIMIT, ENOMEM.  Not in
 * WebAssembly. */
MIEN_API MIEN_CHECKED mien_status mien_file_gunzip(const uint8_t *bytes,
                                                   size_t n, size_t limit,
                                                   mien_bytes *out,
                                                   mien_error *err);

#ifdef __cplusplus
}
#endif
#endif
