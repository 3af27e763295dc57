/* ffmpeg.c: FFmpeg's libraries, loaded when they are needed. */
#include "video/ffmpeg.h"

#include "base/error.h"

#include <dlfcn.h>
#include <errno.h>
#include <string.h>

enum { AVUTIL, SWSCALE, AVCODEC, AVFORMAT, AVDEVICE, LIBRARIES };

#define SO(name, major) "lib" name ".so." AV_STRINGIFY(major)
static const char *const files[LIBRARIES] = {
    [AVUTIL] = SO("avutil", LIBAVUTIL_VERSION_MAJOR),
    [SWSCALE] = SO("swscale", LIBSWSCALE_VERSION_MAJOR),
    [AVCODEC] = SO("avcodec", LIBAVCODEC_VERSION_MAJOR),
    [AVFORMAT] = SO("avformat", LIBAVFORMAT_VERSION_MAJOR),
    [AVDEVICE] = SO("avdevice", LIBAVDEVICE_VERSION_MAJOR),
};

typedef struct entry {
    int library;
    size_t at; /* in mi_ffmpeg */
    const char *name;
} entry;
#define ENTRY(library, function) \
    {library, offsetof(mi_ffmpeg, function), #function},
static const entry entries[] = {MI_FFMPEG_LIST(ENTRY)};
enum { ENTRIES = sizeof entries / sizeof entries[0] };

static mien_status find(int library, void *handle, mi_ffmpeg *ff,
                        mien_error *err)
{
    for (int i = 0; i < ENTRIES; i++) {
        if (entries[i].library != library)
            continue;
        void *function = dlsym(handle, entries[i].name);
        if (!function)
            return mi_fail(err, MIEN_EUNSUP, "%s: has no %s", files[library],
                           entries[i].name);
        memcpy((char *)ff + entries[i].at, &function, sizeof function);
    }
    return MIEN_OK;
}

/* RTLD_NODELETE: some of what the libraries lean on cannot be unloaded. */
static mien_status load(int library, mi_ffmpeg *ff, mien_error *err)
{
    void *handle =
        dlopen(files[library], RTLD_LAZY | RTLD_LOCAL | RTLD_NODELETE);
    if (!handle)
        return mi_fail(err, MIEN_EUNSUP,
                       "videos need FFmpeg's libraries, of which one cannot be "
                       "loaded: %.120s",
                       dlerror());
    mien_status st = find(library, handle, ff, err);
    dlclose(handle);
    return st;
}

mien_status mi_ffmpeg_load(mi_ffmpeg *ff, int devices, mien_error *err)
{
    memset(ff, 0, sizeof *ff);
    for (int i = 0; i < LIBRARIES; i++) {
        if (i == AVDEVICE && !devices)
            continue;
        mien_status st = load(i, ff, err);
        if (st != MIEN_OK)
            return st;
    }
    /* The level is FFmpeg's one global; setting it again does no harm. */
    ff->av_log_set_level(AV_LOG_QUIET);
    if (devices)
        ff->avdevice_register_all();
    return MIEN_OK;
}

mien_status mi_ffmpeg_fail(const mi_ffmpeg *ff, mien_error *err,
                           const char *name, const char *what, int r)
{
    char words[80] = "";
    (void)ff->av_strerror(r, words, sizeof words);
    mien_status st =
        r == AVERROR(ENOMEM)                           ? MIEN_ENOMEM
        : r == AVERROR_INVALIDDATA || r == AVERROR_EOF ? MIEN_EFORMAT
        : r == AVERROR_DECODER_NOT_FOUND || r == AVERROR_ENCODER_NOT_FOUND ||
                r == AVERROR_PATCHWELCOME
            ? MIEN_EUNSUP
            : MIEN_EIO;
    return mi_fail(err, st, "%.90s: %s: %s", name, what, words);
}
