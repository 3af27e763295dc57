/* Real videos: every frame of each, as many as `ffprobe -count_frames` prints,
 * and what is left of them when they are cut off. */
/* Not as WebAssembly: needs ffmpeg. */
#include "mien/file.h"
#include "video/video.h"
#include "tests/check.h"

#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name;
    int w, h, frames;
    double fps;
    const char *codec;
} videos[] = {
    {"faceapi_test_video.mp4", 820, 460, 5, 24000 / 1001.0, "h264"},
    {"facenet_pytorch_video.mp4", 1920, 1080, 105, 25, "h264"},
    {"short_hamilton_clip.mp4", 640, 360, 275, 29.97, "h264"},
    {"asl/again.mkv", 640, 480, 77, 30, "h264"},
    {"asl/bird.mkv", 640, 480, 63, 30, "h264"},
    {"asl/book.mkv", 640, 480, 109, 30, "h264"},
    {"asl/eat.mkv", 640, 480, 47, 30, "h264"},
    {"asl/help.mkv", 640, 480, 58, 30, "h264"},
    {"asl/no.mkv", 640, 480, 66, 30, "h264"},
    {"asl/yes.mkv", 640, 480, 65, 30, "h264"},
    {"preview/classroom.gif", 480, 270, 45, 15, "gif"},
    {"preview/face-demographics-walking.gif", 480, 270, 35, 12, "gif"},
    {"preview/head-pose-face-detection-female.gif", 480, 270, 23, 12, "gif"},
};
enum { VIDEOS = sizeof videos / sizeof videos[0] };

/* Frames of an open video, which is closed. */
static int count_frames(mien_video *v, int w, int h, double *last)
{
    int n = 0, more = 1;
    mien_error err = {0};
    mien_image im = {0};
    for (;;) {
        double seconds = -1;
        CHECK_MSG(mien_video_next(v, &im, &seconds, &more, &err) == MIEN_OK,
                  "%s", err.text);
        if (!more || err.text[0])
            break;
        CHECK(im.w == w && im.h == h);
        CHECK(n == 0 ? seconds == 0 : seconds > *last);
        *last = seconds;
        n++;
    }
    mien_video_close(v);
    return n;
}

static void check_whole(int i, const char *path)
{
    mien_video *v = NULL;
    mien_error err = {0};
    CHECK_MSG(mien_video_open(path, NULL, &v, &err) == MIEN_OK, "%s", err.text);
    if (!v)
        return;
    mien_video_info info = mien_video_get_info(v);
    CHECK(info.w == videos[i].w && info.h == videos[i].h);
    CHECK(strcmp(info.codec, videos[i].codec) == 0);
    CHECK_NEAR(info.fps, videos[i].fps, 0.01);
    CHECK(info.frames == 0 || info.frames == videos[i].frames);
    CHECK_NEAR(info.seconds, videos[i].frames / info.fps, 1);
    double last = 0;
    CHECK_EQ(count_frames(v, info.w, info.h, &last), videos[i].frames);
    CHECK_NEAR(last, (videos[i].frames - 1) / info.fps, 0.35);
}

/* From memory, so that nothing is written. */
static void check_cut(int i, const char *path)
{
    mien_bytes bytes = {0};
    CHECK(mien_file_load(path, 0, &bytes, NULL) == MIEN_OK);
    for (int part = 1; part < 5; part++) {
        mien_video *v = NULL;
        mien_error err = {0};
        mien_status st = mi_video_open_memory(
            bytes.data, bytes.n * (size_t)part / 5, NULL, &v, &err);
        if (st != MIEN_OK) {
            CHECK_MSG(st == MIEN_EFORMAT, "%s", err.text);
            continue;
        }
        double last = 0;
        int n = count_frames(v, videos[i].w, videos[i].h, &last);
        CHECK(n > 0 && n <= videos[i].frames);
    }
    mien_bytes_free(&bytes);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    const char *shared = getenv("MIEN_SHARED");
    char path[1024];
    int found = 0;
    for (int i = 0; i < VIDEOS; i++) {
        snprintf(path, sizeof path, "%s/data/videos/%s",
                 shared ? shared : "../shared", videos[i].name);
        FILE *f = fopen(path, "rb");
        if (!f)
            continue;
        fclose(f);
        found++;
        RUN(check_whole, i, path);
        RUN(check_cut, i, path);
    }
    if (!found)
        CHECK_SKIP("no videos in %s", path);
    printf("%d videos\n", found);
    return check_done();
}
