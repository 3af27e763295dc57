/* camera.c: cameras of Video4Linux2.
 *
 * What FFmpeg would only call an I/O error is found out first by opening the
 * device as it will: no such device, no permission, in use, not a camera. */
#include "video/video.h"

#include "base/error.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DEVICE_SIZE = 256 };

/* "0" is "/dev/video0"; 0 if that is too long. */
static int device_of(const char *device, char *to)
{
    int number = device[0] && strspn(device, "0123456789") == strlen(device);
    int n =
        snprintf(to, DEVICE_SIZE, "%s%s", number ? "/dev/video" : "", device);
    return n > 0 && n < DEVICE_SIZE;
}

/* Say in plain words why a camera cannot be opened. */
static mien_status try_device(const char *device, mien_error *err)
{
    int fd = open(device, O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) {
        int e = errno;
        const char *why =
            e == ENOENT || e == ENODEV || e == ENXIO ? "no such camera"
            : e == EBUSY ? "the camera is in use by another program"
            : e == EACCES || e == EPERM ? "no permission to use the camera"
                                        : "the camera cannot be opened";
        return mi_fail(err, MIEN_EIO, "%.120s: %s: %s", device, why,
                       strerror(e));
    }
    struct stat about;
    int is_device = fstat(fd, &about) == 0 && S_ISCHR(about.st_mode);
    close(fd);
    return is_device ? MIEN_OK
                     : mi_fail(err, MIEN_EIO,
                               "%.120s: not a device, wanted a camera such as "
                               "/dev/video0",
                               device);
}

mien_status mien_video_camera(const char *device,
                              const mien_video_options *options,
                              mien_video **out, mien_error *err)
{
    assert(device && out);
    char path[DEVICE_SIZE];
    if (!device_of(device, path))
        return mi_fail(err, MIEN_EIO, "%.120s: no such camera", device);
    mien_status st = try_device(path, err);
    if (st != MIEN_OK)
        return st;
    return mi_video_open_device("v4l2", path, options, out, err);
}
