/* cascade.c: what a cascade finds in a photo: mien's own, or one by name or
 * file, "eye", "haarcascade_frontalface_default.xml". */
#include <mien/mien.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    mien_cascade_options options = MIEN_CASCADE_DEFAULTS;
    mien_cascade *cascade = NULL;
    mien_gray photo = {0};
    mien_hits hits = {0};
    mien_error err = {0};
    options.scale = 1.1;
    options.neighbors = 3;
    if (argc < 2)
        return fputs("cascade PHOTO [CASCADE]\n", stderr), 2;
    if (mien_gray_load(argv[1], NULL, &photo, &err) ||
        mien_cascade_load(argc > 2 ? argv[2] : "face", NULL, &cascade, &err) ||
        mien_cascade_detect(cascade, &photo, &options, &hits, &err))
        fprintf(stderr, "cascade: %s\n", err.text);
    for (int i = 0; i < hits.n; i++)
        printf("%d %d %d %d\n", hits.hit[i].x, hits.hit[i].y, hits.hit[i].w,
               hits.hit[i].h);
    mien_hits_free(&hits);
    mien_cascade_free(cascade);
    mien_gray_free(&photo);
    return err.status != MIEN_OK;
}
