/* room.c: is there room on the disk for the end of a movie? */
#include "video/video.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

enum { HEAD = 8192, A_FRAME = 64 }; /* bytes, and around each frame's own */

/* Bytes written and on their way; Matroska keeps seconds of packets back. */
static int64_t written(const mien_movie *m)
{
    const AVIOContext *pb = m->format->pb;
    int64_t at = pb->pos + (pb->buf_ptr - pb->buffer);
    int64_t given =
        m->bytes + m->sound.bytes + (m->received + m->sound.n) * A_FRAME;
    return at > given ? at : given;
}

/* What the end of a file takes: its index, which +faststart puts before the
 * frames, and the frames that the encoder still holds, one of which may be a
 * whole picture. */
static int64_t end_needs(const mien_movie *m)
{
    int64_t held = m->n - m->received + 2, each = m->largest / 8;
    if (m->received > 1)
        each = 2 * (m->bytes - m->largest) / (m->received - 1);
    return HEAD + (m->n + m->sound.n + 2) * A_FRAME + m->largest + held * each;
}

int mi_movie_has_room(const mien_movie *m)
{
    struct statvfs disk;
    struct rlimit file;
    struct stat about;
    int64_t need = end_needs(m), at = written(m);
    if (getrlimit(RLIMIT_FSIZE, &file) == 0 && file.rlim_cur != RLIM_INFINITY &&
        (int64_t)file.rlim_cur - at < need)
        return 0;
    if (statvfs(m->part, &disk) != 0 || stat(m->part, &about) != 0)
        return 1;
    int64_t room = (int64_t)disk.f_bavail * (int64_t)disk.f_frsize;
    return !S_ISREG(about.st_mode) || room - (at - about.st_size) >= need;
}
