/* cuts.c: does a track's number pass to another person at a cut?
 *
 *   cuts [FOLDER]
 *
 * FOLDER holds Name/photo.jpg, all of one size and with the face at one place;
 * default $MIEN_SHARED/data/lfw.  The first photo of each person stands for
 * FRAMES frames, then the next person's: the hardest of cuts.  Faces are found
 * in every tenth frame, and where the tracker asks, as mien track does. */
#include "bench/bench.h"
#include "bench/models.h"

#include <dirent.h>

enum { FRAMES = 5, EVERY = 10, MOST = 64 };

typedef struct film {
    mien_reader *reader;
    mien_tracker *tracker;
    int64_t frames, seen; /* seen: the greatest number of the persons before */
    int people, passed;
} film;

/* Tell the tracker what the network finds. */
static void detect(film *f, const mien_image *im)
{
    mien_faces faces = {0};
    mien_error err = {0};
    mien_box box[MOST];
    float score[MOST];
    bench_must(
        mien_analyzer_run(mien_reader_analyzer(f->reader, 0), im, &faces, &err),
        &err);
    int n = faces.n < MOST ? faces.n : MOST;
    for (int i = 0; i < n; i++) {
        box[i] = faces.face[i].box;
        score[i] = faces.face[i].score;
    }
    mien_faces_free(&faces);
    bench_must(mien_tracker_detected(f->tracker, n, box, score, &err), &err);
}

/* Show a photo for some frames; 1 if a number of those before is there. */
static int show(film *f, const mien_image *im)
{
    mien_gray g;
    mien_error err = {0};
    int n, passes = 0;
    int64_t most = f->seen;
    bench_must(mien_gray_from(im, &g, &err), &err);
    for (int i = 0; i < FRAMES; i++, f->frames++) {
        bench_must(mien_tracker_follow(f->tracker, &g, &err), &err);
        if (f->frames % EVERY == 0 || mien_tracker_wants_detection(f->tracker))
            detect(f, im);
        const mien_track *t = mien_tracker_tracks(f->tracker, &n);
        for (int k = 0; k < n; k++) {
            passes |= t[k].id <= f->seen;
            most = t[k].id > most ? t[k].id : most;
        }
    }
    f->seen = most;
    mien_gray_free(&g);
    return passes;
}

static int is_shown(const struct dirent *e) { return e->d_name[0] != '.'; }

/* The first photo of a person. */
static void show_person(film *f, const char *folder)
{
    struct dirent **list = NULL;
    int n = scandir(folder, &list, is_shown, alphasort);
    for (int i = 0; i < n; i++) {
        char path[BENCH_PATH];
        mien_image im = {0};
        bench_path(path, folder, list[i]->d_name);
        free(list[i]);
        if (i || mien_image_load(path, NULL, &im, NULL))
            continue;
        f->people++;
        f->passed += show(f, &im);
        mien_image_free(&im);
    }
    free(list);
}

int main(int argc, char **argv)
{
    char folder[BENCH_PATH];
    const char *shared = getenv("MIEN_SHARED");
    struct dirent **list = NULL;
    film f = {0};
    mien_error err = {0};
    bench_path(folder, shared ? shared : ".", "data/lfw");
    if (argc > 1)
        bench_path(folder, argv[1], "");
    bench_must(mien_reader_open(NULL, &f.reader, &err), &err);
    bench_must(mien_tracker_new(NULL, &f.tracker, &err), &err);
    int n = scandir(folder, &list, is_shown, alphasort);
    for (int i = 0; i < n; i++) {
        char path[BENCH_PATH];
        bench_path(path, folder, list[i]->d_name);
        show_person(&f, path);
        free(list[i]);
    }
    free(list);
    printf("%d cuts between photos of %d people: a number passes at %d\n",
           f.people ? f.people - 1 : 0, f.people, f.passed);
    mien_tracker_free(f.tracker);
    mien_reader_free(f.reader);
    return f.people < 2;
}
