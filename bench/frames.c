/* frames.c: the frames of a video as bytes.
 *
 *   frames VIDEO
 *
 * Each frame upright, red, green and blue, row after row, one frame behind the
 * other, to standard output; "WIDTH HEIGHT" of each as a line on standard
 * error.  bench/frames_ffmpeg.py compares them. */
#include "bench/bench.h"

int main(int argc, char **argv)
{
    mien_video *v = NULL;
    mien_error err = {0};
    if (argc != 2)
        return 2;
    bench_must(mien_video_open(argv[1], NULL, &v, &err), &err);
    for (int more = 1;;) {
        mien_image im = {0};
        bench_must(mien_video_next(v, &im, NULL, &more, &err), &err);
        if (!more)
            break;
        fprintf(stderr, "%d %d\n", im.w, im.h);
        for (int y = 0; y < im.h; y++)
            if (fwrite(im.data + y * im.stride, 3, (size_t)im.w, stdout) !=
                (size_t)im.w)
                return 1;
    }
    mien_video_close(v);
    return 0;
}
