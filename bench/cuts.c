/* cuts.c: does a track's number pass to another person at a cut?
 *
 *   cuts [FOLDER [FADE]]
 *
 * FOLDER holds Name/photo.jpg, all of one size and with the face at one place;
 * default $MIEN_SHARED/data/lfw.  The first photo of each person stands for
 * FRAMES frames, then the next person's: the hardest of cuts.  With FADE one
 * dissolves into the other over so many frames, in which no number is judged.
 * Faces are found in every tenth frame, and where the tracker asks, as mien
 * track does, once by place alone and once with faces compared. */
#include "bench/bench.h"
#include "bench/models.h"

#include <dirent.h>

enum { FRAMES = 5, EVERY = 10 };

typedef struct film {
    mien_reader *reader;
    mien_tracker *tracker;
    mien_face_memory *memory; /* NULL: place alone */
    mien_image before;        /* the photo shown last */
    int fade;
    int64_t frames, seen; /* seen: the greatest number of the persons before */
    int people, passed;
} film;

/* Follow into a frame, and tell the tracker what the network finds. */
static void show_frame(film *f, const mien_image *im)
{
    mien_gray g;
    mien_faces faces = {0};
    mien_error err = {0};
    bench_must(mien_gray_from(im, &g, &err), &err);
    bench_must(mien_tracker_follow(f->tracker, &g, &err), &err);
    mien_gray_free(&g);
    if (f->frames++ % EVERY && !mien_tracker_wants_detection(f->tracker))
        return;
    bench_must(
        mien_analyzer_run(mien_reader_analyzer(f->reader, 0), im, &faces, &err),
        &err);
    bench_must(
        mien_face_memory_detected(f->memory, f->tracker, im, &faces, &err),
        &err);
    mien_faces_free(&faces);
}

/* Dissolve the photo before into this one, if they are of one size. */
static void dissolve(film *f, const mien_image *im)
{
    mien_image both = {0};
    if (!f->fade || f->before.w != im->w || f->before.h != im->h)
        return;
    bench_must(mien_image_new(im->w, im->h, &both, NULL), NULL);
    for (int i = 1; i <= f->fade; i++) {
        for (int y = 0; y < im->h; y++)
            for (int x = 0; x < 3 * im->w; x++) {
                int a = f->before.data[y * f->before.stride + x];
                int b = im->data[y * im->stride + x];
                both.data[y * both.stride + x] =
                    (uint8_t)(a + (b - a) * i / (f->fade + 1));
            }
        show_frame(f, &both);
    }
    mien_image_free(&both);
}

/* Show a photo for some frames; 1 if a number of those before is there. */
static int show(film *f, const mien_image *im)
{
    int n, passes = 0;
    int64_t most = f->seen;
    dissolve(f, im);
    for (int i = 0; i < FRAMES; i++) {
        show_frame(f, im);
        const mien_track *t = mien_tracker_tracks(f->tracker, &n);
        for (int k = 0; k < n; k++) {
            passes |= t[k].id <= f->seen && t[k].n_points;
            most = t[k].id > most ? t[k].id : most;
        }
    }
    f->seen = most;
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
        mien_image_free(&f->before);
        f->before = im;
    }
    free(list);
}

/* The first photos of all people of a folder, one after the other. */
static void show_all(film *f, const char *folder)
{
    struct dirent **list = NULL;
    int n = scandir(folder, &list, is_shown, alphasort);
    for (int i = 0; i < n; i++) {
        char path[BENCH_PATH];
        bench_path(path, folder, list[i]->d_name);
        show_person(f, path);
        free(list[i]);
    }
    free(list);
}

int main(int argc, char **argv)
{
    char folder[BENCH_PATH];
    const char *shared = getenv("MIEN_SHARED");
    mien_error err = {0};
    int people = 0;
    bench_path(folder, shared ? shared : ".", "data/lfw");
    if (argc > 1)
        bench_path(folder, argv[1], "");
    for (int compare = 0; compare < 2; compare++) {
        film f = {.fade = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 0};
        int64_t refused;
        bench_must(mien_reader_open(NULL, &f.reader, &err), &err);
        bench_must(mien_tracker_new(NULL, &f.tracker, &err), &err);
        if (compare)
            bench_must(mien_face_memory_new(NULL, mien_models_lookup, NULL,
                                            &f.memory, &err),
                       &err);
        double start = mien_clock();
        show_all(&f, folder);
        int64_t compared = mien_face_memory_compared(f.memory, &refused);
        printf("%s: %d cuts between photos of %d people: a number passes at "
               "%d; %lld faces compared, %lld refused; %.1f s\n",
               compare ? "faces compared" : "place alone",
               f.people ? f.people - 1 : 0, f.people, f.passed,
               (long long)compared, (long long)refused, mien_clock() - start);
        people = f.people;
        mien_image_free(&f.before);
        mien_face_memory_free(f.memory);
        mien_tracker_free(f.tracker);
        mien_reader_free(f.reader);
    }
    return people < 2;
}
