/* Smiles over a video: what is seen inside faces, votes that fade, levels to
 * begin and to end at. */
#include "base/alloc.h"
#include "mien/vision_search.h"
#include "mien/vision_smile.h"
#include "tests/cascade_make.h"

static const made_as face = {MIEN_FEATURE_HAAR, 0, 1, 12, 12, 3, 4};
static const made_as part = {MIEN_FEATURE_HAAR, 0, 1, 8, 8, 2, 3};

/* Cascades that see something in made_picture(120, 90, 6): faces (12), smiles
 * (12) and none at all (10). */
typedef struct cascades {
    mien_cascade *faces, *some, *none;
} cascades;

static cascades made(void)
{
    return (cascades){made_cascade(&face, 12), made_cascade(&part, 12),
                      made_cascade(&face, 10)};
}

static void release(cascades *c)
{
    mien_cascade_free(c->faces);
    mien_cascade_free(c->some);
    mien_cascade_free(c->none);
}

static mien_smile_options options_of(const cascades *c, int smiling)
{
    mien_smile_options o = MIEN_SMILE_DEFAULTS;
    mien_cascade_options loose = MIEN_CASCADE_DEFAULTS;
    loose.neighbors = 1;
    o.faces = (mien_sight){c->faces, loose, 0, 0};
    o.faces.options.min_w = 20;
    o.eyes = (mien_sight){c->some, loose, 0, 0};
    o.smiles = (mien_sight){smiling ? c->some : c->none, loose, 0, 0};
    return o;
}

static mien_smiles *smiles_of(const mien_smile_options *o)
{
    mien_smiles *s = NULL;
    mien_error err = {0};
    CHECK_MSG(mien_smiles_new(o, &s, &err) == MIEN_OK, "%s", err.text);
    return s;
}

static void next(mien_smiles *s, const mien_gray *g, double seconds)
{
    mien_error err = {0};
    CHECK_MSG(mien_smiles_next(s, g, seconds, 0.5, &err) == MIEN_OK, "%s",
              err.text);
}

static void test_presets(void)
{
    mien_smile_options a = MIEN_SMILE_ARTICLE, o = MIEN_SMILE_DEFAULTS;
    CHECK(a.faces.options.scale == 1.3 && a.faces.options.neighbors == 5);
    CHECK(a.eyes.options.scale == 1.2 && a.eyes.options.neighbors == 18);
    CHECK(a.smiles.options.scale == 1.7 && a.smiles.options.neighbors == 20);
    CHECK(!a.smiles.side && a.smiles.top == 0 && !a.smiles.options.min_w);
    CHECK(a.begin == 0.3f && a.end == -0.3f && !a.scorer);
    CHECK(o.smiles.side == 130 && o.smiles.top == 0.5f && !o.scorer);
    CHECK(o.smiles.options.min_w < o.smiles.side);
}

/* Eyes and smiles are searched in the box of each face, whether the detector
 * saw it in this frame or not. */
static void test_inside_each_face(void)
{
    cascades c = made();
    mien_gray g = made_picture(120, 90, 6);
    mien_smile_options o = options_of(&c, 1);
    mien_smiles *s = smiles_of(&o);
    int n = 0, seen = 0;
    next(s, &g, 0);
    next(s, &g, 0.5);
    const mien_smile_face *f = mien_smiles_faces(s, &n);
    CHECK(n > 2);
    for (int i = 0; i < n; i++) {
        mien_hits want = {0};
        mien_box b = f[i].box;
        int x = (int)lrintf(b.x), y = (int)lrintf(b.y);
        mien_region r = {x, y, (int)lrintf(b.x + b.width) - x,
                         (int)lrintf(b.y + b.height) - y};
        CHECK(!i || f[i].id > f[i - 1].id);
        CHECK_EQ(mien_cascade_detect_part(c.some, &g, r, &o.eyes.options, &want,
                                          NULL),
                 MIEN_OK);
        CHECK(f[i].eyes.n == want.n && f[i].smiles.n == want.n);
        for (int k = 0; k < want.n; k++)
            CHECK(f[i].eyes.hit[k].x == want.hit[k].x &&
                  f[i].smiles.hit[k].w == want.hit[k].w);
        seen += want.n;
        mien_hits_free(&want);
    }
    CHECK(seen > 3);
    mien_smiles_free(s);
    mien_smiles_free(NULL);
    mien_gray_free(&g);
    release(&c);
}

/* The lower part of each face, brought to one width. */
static void test_part_and_side(void)
{
    cascades c = made();
    mien_gray g = made_picture(120, 90, 6);
    mien_smile_options o = options_of(&c, 1);
    int n = 0, seen = 0;
    o.smiles.top = 0.5f;
    o.smiles.side = 50;
    o.eyes.top = 0.25f;
    mien_smiles *s = smiles_of(&o);
    next(s, &g, 0);
    const mien_smile_face *f = mien_smiles_faces(s, &n);
    CHECK(n > 2);
    for (int i = 0; i < n; i++) {
        mien_hits want[2] = {{0}};
        int x = (int)f[i].box.x, y = (int)f[i].box.y;
        int w = (int)f[i].box.width, h = (int)f[i].box.height;
        int half = (int)lrintf(0.5f * (float)h);
        int quarter = (int)lrintf(0.25f * (float)h);
        CHECK_EQ(mien_cascade_detect_sized(
                     c.some, &g, (mien_region){x, y + half, w, h - half}, 50,
                     &o.smiles.options, &want[0], NULL),
                 MIEN_OK);
        CHECK_EQ(mien_cascade_detect_part(
                     c.some, &g, (mien_region){x, y + quarter, w, h - quarter},
                     &o.eyes.options, &want[1], NULL),
                 MIEN_OK);
        CHECK(f[i].smiles.n == want[0].n && f[i].eyes.n == want[1].n);
        CHECK(f[i].votes == (want[0].n ? 0.1f : -0.1f));
        for (int j = 0; j < want[0].n; j++)
            CHECK(f[i].smiles.hit[j].y == want[0].hit[j].y &&
                  f[i].smiles.hit[j].y >= y + half);
        seen += want[0].n;
        mien_hits_free(&want[0]);
        mien_hits_free(&want[1]);
    }
    CHECK(seen > 1);
    mien_smiles_free(s);
    mien_gray_free(&g);
    release(&c);
}

/* What a scorer is told and says. */
typedef struct told {
    int calls;
    mien_box box;
    float vote;
    mien_status status;
} told;

static mien_status score(void *arg, mien_box box, float *vote, mien_error *err)
{
    told *t = arg;
    (void)err;
    t->calls++;
    t->box = box;
    *vote = t->vote;
    return t->status;
}

static void test_a_scorer_votes(void)
{
    cascades c = made();
    mien_gray g = made_picture(120, 90, 6);
    mien_smile_options o = options_of(&c, 1);
    told t = {0, {0}, 0.5f, MIEN_OK};
    int n;
    o.smiles.cascade = NULL;
    o.scorer = score;
    o.scorer_arg = &t;
    mien_smiles *s = smiles_of(&o);
    for (int i = 0; i < 2; i++)
        next(s, &g, i);
    const mien_smile_face *f = mien_smiles_faces(s, &n);
    CHECK(n > 2 && t.calls >= 2 * n);
    CHECK(t.box.x == f[n - 1].box.x && t.box.width == f[n - 1].box.width);
    for (int i = 0; i < n; i++)
        CHECK(f[i].smiles.n == 0 && f[i].eyes.n >= 0 &&
              fabsf(f[i].votes - 0.095f) < 1e-6f);
    t.status = MIEN_EFORMAT;
    CHECK_EQ(mien_smiles_next(s, &g, 2, 1, NULL), MIEN_EFORMAT);
    mien_smiles_free(s);
    mien_gray_free(&g);
    release(&c);
}

/* Of one face: 0.9 of the votes before, and a tenth for or against. */
static void test_votes_fade(void)
{
    cascades c = made();
    mien_gray g = made_picture(120, 90, 6);
    for (int smiling = 0; smiling <= 1; smiling++) {
        mien_smile_options o = options_of(&c, smiling);
        mien_smiles *s = smiles_of(&o);
        int n = 0, faces = 0;
        for (int i = 0; i < 12; i++)
            next(s, &g, i);
        mien_smiles_faces(s, &faces);
        const mien_smile_vote *v = mien_smiles_votes(s, &n);
        CHECK(faces > 0 && n >= 12 * faces);
        int64_t id = v[0].id;
        float votes = 0;
        int frames = 0;
        for (int i = 0; i < n; i++) {
            if (v[i].id != id)
                continue;
            int one = votes > v[i].votes ? -1 : 1;
            votes = 0.9f * votes + (one > 0 ? 0.1f : -0.1f);
            CHECK_NEAR(v[i].votes, votes, 1e-5);
            CHECK(v[i].seconds == frames);
            frames++;
        }
        CHECK_EQ(frames, 12);
        CHECK(smiling || v[n - 1].votes < 0);
        mien_smiles_free(s);
    }
    mien_gray_free(&g);
    release(&c);
}

/* The smiles of a face, from the votes as they are given out. */
static int plain_smiles(const mien_smiles *s, int64_t id, double at[][2])
{
    int n, smiles = 0, on = 0;
    double last = 0;
    const mien_smile_vote *v = mien_smiles_votes(s, &n);
    for (int i = 0; i < n; i++) {
        if (v[i].id != id)
            continue;
        last = v[i].seconds;
        if (v[i].smiling != on)
            at[smiles][on] = last;
        smiles += on && !v[i].smiling;
        on = v[i].smiling;
    }
    if (on)
        at[smiles++][1] = last;
    return smiles;
}

static void test_smiles_begin_and_end(void)
{
    cascades c = made();
    mien_gray g[2] = {made_picture(120, 90, 6), made_picture(120, 90, 6)};
    mien_smile_options o = options_of(&c, 1);
    int changes = 0, shown = 0;
    o.begin = 0.15f;
    o.end = 0.05f;
    mien_smiles *s = smiles_of(&o);
    /* Faces keep their texture; a blurred mouth is none. */
    for (int y = 0; y < 90; y++)
        for (int x = 0; x < 120; x++) {
            uint8_t *p = &g[1].data[y * g[1].stride + x];
            *p = (uint8_t)(128 + (*p - 128) / 3);
        }
    for (int i = 0; i < 60; i++)
        next(s, &g[i / 10 % 2], 0.25 * i);
    int n;
    const mien_story *story = mien_history_stories(mien_smiles_history(s), &n);
    for (int i = 0; i < n; i++) {
        double want[64][2], begin = -1, end = -1;
        int smiles = plain_smiles(s, story[i].id, want);
        for (int k = 0; k < smiles; k++) {
            CHECK(mien_smiles_at(s, story[i].id, k, &begin, &end));
            CHECK(begin == want[k][0] && end == want[k][1]);
        }
        begin = -1;
        CHECK(!mien_smiles_at(s, story[i].id, smiles, &begin, &end));
        CHECK(begin == -1);
        changes += smiles;
        shown += (int)mien_smiles_frames(s, story[i].id);
    }
    const mien_smile_vote *v = mien_smiles_votes(s, &n);
    for (int i = 0; i < n; i++)
        shown -= v[i].smiling;
    CHECK(changes > 0 && shown == 0);
    CHECK(!mien_smiles_at(s, 9999, 0, &(double){0}, &(double){0}));
    CHECK_EQ(mien_smiles_frames(s, 9999), 0);
    mien_smiles_free(s);
    mien_gray_free(&g[0]);
    mien_gray_free(&g[1]);
    release(&c);
}

/* The picture with less contrast: cascades see nothing in what is flat, corners
 * can still be followed. */
static void fade(mien_gray *to, const mien_gray *from, double contrast)
{
    for (int y = 0; y < from->h; y++)
        for (int x = 0; x < from->w; x++)
            to->data[y * to->stride + x] = (uint8_t)lrint(
                128 + contrast * (from->data[y * from->stride + x] - 128));
}

/* Between the two levels a face stays what it was. */
static void test_hysteresis(void)
{
    cascades c = made();
    mien_gray g = made_picture(120, 90, 6), faded = made_picture(120, 90, 6);
    mien_smile_options o = options_of(&c, 1);
    mien_smiles *s = smiles_of(&o);
    int n;
    double contrast = 1;
    for (int i = 0; i<40; i++, contrast *= i> 12 ? 0.85 : 1) {
        fade(&faded, &g, contrast > 0.12 ? contrast : 0.12);
        next(s, &faded, i);
    }
    const mien_smile_vote *v = mien_smiles_votes(s, &n);
    int begun = 0, ended = 0, kept = 0;
    for (int i = 0; i < n; i++) {
        int before = 0;
        for (int k = 0; k < i; k++)
            before = v[k].id == v[i].id ? v[k].smiling : before;
        CHECK_EQ(v[i].smiling, v[i].votes >= (before ? -0.3f : 0.3f));
        begun += v[i].smiling && !before;
        ended += !v[i].smiling && before;
        kept += v[i].smiling && v[i].votes < 0.3f;
    }
    CHECK_MSG(begun > 0 && ended > 0 && kept > 0, "%d %d %d", begun, ended,
              kept);
    mien_smiles_free(s);
    mien_gray_free(&g);
    mien_gray_free(&faded);
    release(&c);
}

static void test_levels_out_of_range(void)
{
    static const float level[][2] = {
        {0.3f, 0.4f}, {1.5f, 0}, {0, -2}, {NAN, 0}, {0, NAN}};
    cascades c = made();
    mien_smile_options o = options_of(&c, 1);
    for (int i = 0; i < 5; i++) {
        mien_smiles *s = NULL;
        mien_error err = {0};
        o.begin = level[i][0];
        o.end = level[i][1];
        CHECK_EQ(mien_smiles_new(&o, &s, &err), MIEN_EARG);
        CHECK(!s && strstr(err.text, "wanted"));
    }
    static const mien_sight wrong[] = {
        {.top = -0.1f}, {.top = 0.95f}, {.top = NAN}, {.side = -1}};
    for (int i = 0; i < 8; i++) {
        mien_smiles *s = NULL;
        mien_error err = {0};
        o = options_of(&c, 1);
        mien_sight *one = i < 4 ? &o.eyes : &o.smiles;
        one->top = wrong[i % 4].top;
        one->side = wrong[i % 4].side;
        CHECK_EQ(mien_smiles_new(&o, &s, &err), MIEN_EARG);
        CHECK(!s && strstr(err.text, i < 4 ? "eyes" : "smiles"));
    }
    release(&c);
}

static void test_failing_memory_is_reported(void)
{
    cascades c = made();
    mien_gray g = made_picture(60, 50, 6);
    mien_smile_options o = options_of(&c, 1);
    mien_status st = MIEN_ENOMEM;
    o.faces.options.min_w = 0;
    o.smiles.side = 60;
    for (int n = 0; st == MIEN_ENOMEM && n < 5000;
         n = check_next_allocation(n)) {
        mien_smiles *s = NULL;
        mi_alloc_fail_after(n);
        st = mien_smiles_new(&o, &s, NULL);
        for (int i = 0; st == MIEN_OK && i < 2; i++)
            st = mien_smiles_next(s, &g, i, 1, NULL);
        mi_alloc_fail_after(-1);
        mien_smiles_free(s);
    }
    CHECK_EQ(st, MIEN_OK);
    mien_gray_free(&g);
    release(&c);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_presets);
    RUN(test_inside_each_face);
    RUN(test_part_and_side);
    RUN(test_a_scorer_votes);
    RUN(test_votes_fade);
    RUN(test_smiles_begin_and_end);
    RUN(test_hysteresis);
    RUN(test_levels_out_of_range);
    RUN(test_failing_memory_is_reported);
    return check_done();
}
