/* mien/file_results.h: results of many files, a line of JSON each, in a file
 * that goes on after a break; and which process does which files.
 *
 *   mien_shard_has: is this one mine?
 *   mien_results_open -> mien_results_has: was it done before?
 *     -> mien_results_add: its line, written before this returns
 *     -> mien_results_close
 *
 * Not in WebAssembly. */
#ifndef MIEN_FILE_RESULTS_H
#define MIEN_FILE_RESULTS_H

#include "mien/base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* One of the parts that work is shared out in.  Zero: all of it. */
typedef struct mien_shard {
    int part; /* 1..of */
    int of;   /* 1 or more; 0: nothing is shared out */
} mien_shard;

/* Read "3/16".
 *
 *   text  a part and how many there are, 1 to 1,000,000
 *   out   set on success
 *
 * Fails with EARG. */
MIEN_API MIEN_CHECKED mien_status mien_shard_read(const char *text,
                                                  mien_shard *out,
                                                  mien_error *err);

/* Does a name fall into a part?  Each name falls into one of them, whatever
 * other names there are and on every machine.
 *
 *   s     a part
 *   name  of a file, as all who share the work call it */
MIEN_API int mien_shard_has(mien_shard s, const char *name);

/* A file of results that is open. */
typedef struct mien_results mien_results;

/* Open a file of results, or begin one.  A last line that was cut short, by a
 * process that was killed, is removed.
 *
 *   path      its lines are JSON objects, each with the text "file": what was
 *             done; where that is no UTF-8 "file_hex" has its bytes, as
 *             mien_record_file writes them.  Beside it lies PATH.settings
 *   settings  what the results depend on, in words: a file that was begun with
 *             others is refused
 *   out       owned by the caller; release with mien_results_close
 *
 * Nobody else can open the file until it is closed.
 * Fails with EARG (other settings), EFORMAT (a line is no result; the text
 * tells which), EIO (also: another process has it open), ELIMIT (larger than
 * 64 GiB, a line larger than 16 MiB), ENOMEM. */
MIEN_API MIEN_CHECKED mien_status mien_results_open(const char *path,
                                                    const char *settings,
                                                    mien_results **out,
                                                    mien_error *err);

/* Count the lines that were there when the file was opened.
 *
 *   r  a file of results */
MIEN_API int64_t mien_results_count(const mien_results *r);

/* Was a file done when the results were opened?
 *
 *   r     a file of results
 *   file  its path, any bytes */
MIEN_API int mien_results_has(const mien_results *r, const char *file);

/* Add a line.  It is with the system when this returns, so that no end of this
 * process loses it; about once a second all lines are forced to the disk.
 *
 *   r     a file of results
 *   line  [n] a JSON object with "file", and a newline at the end
 *   n     how many bytes
 *
 * Fails with EIO: then the line is not in the file, nor half of it, unless the
 * device failed; no further line can be added. */
MIEN_API MIEN_CHECKED mien_status mien_results_add(mien_results *r,
                                                   const char *line, size_t n,
                                                   mien_error *err);

/* Force all lines to the disk and release what is open.
 *
 *   r  released, whatever is returned; NULL is allowed
 *
 * Fails with EIO. */
MIEN_API MIEN_CHECKED mien_status mien_results_close(mien_results *r,
                                                     mien_error *err);

#ifdef __cplusplus
}
#endif
#endif
