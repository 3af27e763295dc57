/* OpenCV 4.6's rectangles: every call of goldens/opencv/haar.json, with the
 * cascades of Debian's opencv-data.  Photos of the npm package lie in
 * MIEN_PHOTOS, the others in MIEN_SHARED/data. */
/* Not as WebAssembly: reads JSON with jansson. */
#include "mien/file.h"
#include "mien/vision.h"
#include "tests/check.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static const char *const folders[] = {
    "wider/images", "opencv_cascadeandhog/images", "dlib_faces/examples/faces",
    "bristol/images", "face_recognition/examples"};

static int calls, equal, near_by;

static int photo_at(const char *path, mien_gray *out)
{
    mien_bytes b;
    mien_image im;
    if (mien_file_load(path, (size_t)64 << 20, &b, NULL) != MIEN_OK)
        return 0;
    static const mien_read_options as_it_is = {.ignore_orientation = 1};
    int good = mien_image_read(b.data, b.n, &as_it_is, &im, NULL) == MIEN_OK;
    mien_bytes_free(&b);
    if (!good)
        return 0;
    good = mien_gray_from(&im, out, NULL) == MIEN_OK;
    mien_image_free(&im);
    return good;
}

static int photo(const char *shared, const char *name, mien_gray *out)
{
    char path[1024];
    const char *photos = getenv("MIEN_PHOTOS");
    snprintf(path, sizeof path, "%s/%s", photos ? photos : "", name);
    if (photo_at(path, out))
        return 1;
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        snprintf(path, sizeof path, "%s/data/%s/%s", shared, folders[i], name);
        if (photo_at(path, out))
            return 1;
    }
    return 0;
}

static mien_cascade *cascade(const char *name)
{
    char path[256];
    const char *kind = strncmp(name, "lbp", 3) ? "haar" : "lbp";
    snprintf(path, sizeof path, "/usr/share/opencv4/%scascades/%s.xml", kind,
             name);
    mien_bytes b;
    mien_cascade *c = NULL;
    mien_error err;
    if (mien_file_load(path, (size_t)64 << 20, &b, NULL) != MIEN_OK)
        return NULL;
    mien_status st = mien_cascade_read(b.data, b.n, &c, &err);
    CHECK_MSG(st == MIEN_OK, "%s: %s", name, err.text);
    mien_bytes_free(&b);
    return st == MIEN_OK ? c : NULL;
}

static int number(const json_t *list, size_t i)
{
    return (int)json_integer_value(json_array_get(list, i));
}

/* How far the nearest hit lies from a rectangle; each is used once. */
static int apart(const json_t *rect, mien_hits *hits)
{
    int best = 1 << 20, at = -1;
    for (int i = 0; i < hits->n; i++) {
        const mien_hit *h = &hits->hit[i];
        int side[4] = {h->x, h->y, h->w, h->h}, d = 0;
        for (size_t k = 0; k < 4; k++)
            if (abs(side[k] - number(rect, k)) > d)
                d = abs(side[k] - number(rect, k));
        if (d < best) {
            best = d;
            at = i;
        }
    }
    if (at >= 0)
        hits->hit[at] = hits->hit[--hits->n];
    return best;
}

static void compare(const char *what, const json_t *rects, mien_hits *hits)
{
    int n = hits->n, want = (int)json_array_size(rects), worst = 0, off = 0;
    for (size_t i = 0; i < json_array_size(rects); i++) {
        int d = apart(json_array_get(rects, i), hits);
        worst = d > worst ? d : worst;
        off += d > 0;
    }
    calls++;
    equal += n == want && worst == 0;
    near_by += n == want && worst > 0 && worst <= 2 && off == 1;
    if (n != want || worst)
        printf("%s: %d rectangles, want %d; at most %d px apart\n", what, n,
               want, worst);
    mien_hits_free(hits);
}

static void check_levels(const mien_cascade *c, const mien_gray *g,
                         mien_cascade_options o, const json_t *call)
{
    const json_t *levels = json_object_get(call, "levels");
    if (!levels)
        return;
    mien_hits hits;
    CHECK_EQ(mien_cascade_detect(c, g, &o, &hits, NULL), MIEN_OK);
    CHECK_EQ(hits.n, (int)json_array_size(levels));
    size_t i;
    const json_t *one;
    json_array_foreach(levels, i, one)
    {
        const json_t *rect = json_object_get(one, "rect");
        double weight = json_number_value(json_object_get(one, "weight"));
        int found = 0;
        for (int k = 0; k < hits.n; k++) {
            const mien_hit *h = &hits.hit[k];
            if (h->x == number(rect, 0) && h->y == number(rect, 1) &&
                h->w == number(rect, 2) && h->h == number(rect, 3)) {
                found = 1;
                CHECK_EQ(h->level,
                         json_integer_value(json_object_get(one, "level")));
                CHECK_NEAR(h->weight, weight, 1e-5);
            }
        }
        CHECK(found);
    }
    mien_hits_free(&hits);
}

static void check_call(const json_t *call, const mien_gray *g)
{
    const char *name = json_string_value(json_object_get(call, "cascade"));
    mien_cascade *c = cascade(name);
    if (!c)
        return;
    mien_cascade_options o = MIEN_CASCADE_DEFAULTS;
    o.scale = json_number_value(json_object_get(call, "scaleFactor"));
    o.neighbors =
        (int)json_integer_value(json_object_get(call, "minNeighbors"));
    o.min_w = o.min_h =
        (int)json_integer_value(json_object_get(call, "minSize"));
    o.max_w = o.max_h =
        (int)json_integer_value(json_object_get(call, "maxSize"));
    int64_t sum = 0;
    for (int y = 0; y < g->h; y++)
        for (int x = 0; x < g->w; x++)
            sum += g->data[y * g->stride + x];
    CHECK_MSG(sum == json_integer_value(json_object_get(call, "gray_sum")),
              "%s: sum of grey %lld",
              json_string_value(json_object_get(call, "image")),
              (long long)sum);
    mien_hits hits;
    CHECK_EQ(mien_cascade_detect(c, g, &o, &hits, NULL), MIEN_OK);
    char what[256];
    snprintf(what, sizeof what, "%s %s %g %d",
             json_string_value(json_object_get(call, "image")), name, o.scale,
             o.neighbors);
    compare(what, json_object_get(call, "rects"), &hits);
    check_levels(c, g, o, call);
    mien_cascade_free(c);
}

/* Article 12: eyes and smiles inside a face. */
static void check_smile(const json_t *golden, const mien_gray *g)
{
    const json_t *face = json_object_get(golden, "face");
    mien_gray part = mien_gray_view(g, number(face, 0), number(face, 1),
                                    number(face, 2), number(face, 3));
    const char *key;
    json_t *rects;
    json_object_foreach((json_t *)(uintptr_t)(const void *)golden, key, rects)
    {
        if (!strchr(key, '@'))
            continue;
        char *end;
        mien_cascade_options o = MIEN_CASCADE_DEFAULTS;
        o.scale = strtod(strchr(key, '@') + 1, &end);
        o.neighbors = (int)strtol(end + 1, NULL, 10);
        mien_cascade *c =
            cascade(*key == 'e' ? "haarcascade_eye" : "haarcascade_smile");
        if (!c)
            return;
        mien_hits hits;
        CHECK_EQ(mien_cascade_detect(c, &part, &o, &hits, NULL), MIEN_OK);
        compare(key, rects, &hits);
        mien_cascade_free(c);
    }
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    const char *shared = getenv("MIEN_SHARED");
    char path[1024];
    snprintf(path, sizeof path, "%s/goldens/opencv/haar.json",
             shared ? shared : "../shared");
    json_t *all = json_load_file(path, 0, NULL);
    if (!all)
        CHECK_SKIP("no goldens of OpenCV: %s", path);
    mien_cascade *there = cascade("haarcascade_frontalface_default");
    if (!there)
        CHECK_SKIP("no cascades: install the package opencv-data");
    mien_cascade_free(there);
    size_t i;
    const json_t *call;
    json_array_foreach(json_object_get(all, "calls"), i, call)
    {
        mien_gray g;
        const char *name = json_string_value(json_object_get(call, "image"));
        if (i % check_every())
            continue;
        if (!photo(shared ? shared : "../shared", name, &g)) {
            printf("no photo %s\n", name);
            continue;
        }
        const json_t *smile = json_object_get(call, "smile_detector");
        if (smile)
            RUN(check_smile, smile, &g);
        else
            RUN(check_call, call, &g);
        mien_gray_free(&g);
    }
    json_decref(all);
    printf("%d calls: %d with the same rectangles, %d near by\n", calls, equal,
           near_by);
    CHECK(equal >= 0.99 * calls);
    CHECK_EQ(equal + near_by, calls);
    return check_done();
}
