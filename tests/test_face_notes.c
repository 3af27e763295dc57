/* What was read of faces that keep their numbers: whose turn it is, means,
 * names by votes, and what is forgotten. */
#include "mien/face_notes.h"
#include "mien/record.h"
#include "tests/check.h"
#include "tests/texture.h"

typedef struct video {
    mien_tracker *tracker;
    mien_history *history;
    mien_face_notes *notes;
    int frames;
} video;

static const mien_box left = {20, 20, 40, 40}, right = {90, 60, 40, 40};

static video begun(int most)
{
    video v = {0};
    CHECK(mien_tracker_new(NULL, &v.tracker, NULL) == MIEN_OK);
    CHECK(mien_history_new(0, &v.history, NULL) == MIEN_OK);
    CHECK(mien_face_notes_new(most, &v.notes, NULL) == MIEN_OK);
    return v;
}

static void end(video *v)
{
    mien_face_notes_free(v->notes);
    mien_history_free(v->history);
    mien_tracker_free(v->tracker);
}

/* A frame in which n boxes are found; who is due. */
static int next(video *v, int n, const mien_box *box, int every)
{
    mien_gray g = frame((motion){1, 0, 0, 0});
    CHECK(mien_tracker_follow(v->tracker, &g, NULL) == MIEN_OK);
    CHECK(mien_tracker_detected(v->tracker, n, box, NULL, NULL) == MIEN_OK);
    CHECK(mien_history_add(v->history, v->tracker, v->frames, 1, NULL) ==
          MIEN_OK);
    return mien_face_notes_due(v->notes, v->tracker, v->history, v->frames++,
                               every);
}

/* A face of an age, whose descriptor is all `at`. */
static mien_face face(float age, float at)
{
    mien_face f = {.has = MIEN_FACE_AGE | MIEN_FACE_GENDER |
                          MIEN_FACE_EXPRESSION | MIEN_FACE_DESCRIPTOR,
                   .age = age,
                   .male = 1,
                   .expression = {1}};
    for (int i = 0; i < MIEN_DESCRIPTOR; i++)
        f.descriptor[i] = at;
    return f;
}

static void add(video *v, int64_t id, const mien_face *f)
{
    CHECK(mien_face_notes_add(v->notes, id, v->frames - 1, f, NULL) == MIEN_OK);
}

static void test_each_has_its_turn(void)
{
    static const int wanted[] = {0, 1, 0, 1, 0, 1, -1, -1, -1, -1, 0, 1};
    const mien_box both[] = {left, right};
    const mien_face f = face(30, 0);
    video v = begun(0);
    for (int i = 0; i < 12; i++) {
        int due = next(&v, 2, both, 6);
        CHECK_EQ(due, wanted[i]);
        if (due >= 0)
            add(&v, due + 1, &f);
    }
    CHECK_EQ(mien_face_notes_of(v.notes, 1)->readings, 4);
    CHECK_EQ(mien_face_notes_of(v.notes, 2)->frame, 11);
    end(&v);
}

static void test_age_and_expression_are_averaged(void)
{
    video v = begun(0);
    mien_face f = face(30, 0);
    next(&v, 1, &left, 1);
    CHECK(!mien_face_notes_of(v.notes, 1));
    add(&v, 1, &f);
    CHECK(mien_face_notes_of(v.notes, 1)->face.age == 30);
    f.age = 40;
    f.male = 0;
    f.expression[0] = 0;
    f.expression[1] = 1;
    add(&v, 1, &f);
    const mien_face *m = &mien_face_notes_of(v.notes, 1)->face;
    CHECK_NEAR(m->age, 35, 1e-5);
    CHECK_NEAR(m->male, 0.5, 1e-6);
    CHECK_NEAR(m->expression[0], 0.5, 1e-6);
    f.age = 50;
    add(&v, 1, &f);
    CHECK_NEAR(m->age, 40, 1e-4);
    CHECK_NEAR(m->expression[1], 0.75, 1e-6);
    for (int i = 0; i < 200; i++)
        add(&v, 1, &f);
    CHECK_NEAR(m->age, 50, 1e-3);
    f.has |= MIEN_FACE_LANDMARKS;
    add(&v, 1, &f);
    CHECK(m->has & MIEN_FACE_LANDMARKS);
    f.has = 0; /* what cannot be read now stays as it was */
    f.age = 0;
    f.expression[1] = 0;
    add(&v, 1, &f);
    CHECK_NEAR(m->age, 50, 1e-3);
    CHECK_NEAR(m->expression[1], 1, 1e-3);
    CHECK(m->has & MIEN_FACE_DESCRIPTOR);
    CHECK(!(m->has & MIEN_FACE_LANDMARKS)); /* they were elsewhere */
    end(&v);
}

static mien_match who(const video *v, const mien_people *p)
{
    const mien_match_options o = {MIEN_MATCH_NEAREST, 0.5f, 0, 0.01};
    mien_match out = {0};
    CHECK(mien_face_notes_match(v->notes, 1, p, &o, &out, NULL) == MIEN_OK);
    return out;
}

/* Of three votes that count the fourth takes the place of the first. */
static void test_names_by_votes(void)
{
    video v = begun(3);
    mien_people *p = NULL;
    const mien_face ada = face(30, 0), bob = face(30, 1), none = {.has = 0};
    CHECK(mien_people_new(&p, NULL) == MIEN_OK);
    CHECK(mien_people_add(p, "Ada", ada.descriptor, NULL) == MIEN_OK);
    CHECK(mien_people_add(p, "Bob", bob.descriptor, NULL) == MIEN_OK);
    next(&v, 1, &left, 1);
    CHECK(!who(&v, p).name && isnan(who(&v, p).distance));
    add(&v, 1, &none);
    CHECK(!who(&v, p).name && isnan(who(&v, p).distance));
    add(&v, 1, &ada);
    add(&v, 1, &ada);
    add(&v, 1, &bob);
    CHECK(!strcmp(who(&v, p).name, "Ada") && who(&v, p).distance == 0);
    add(&v, 1, &bob);
    CHECK(!strcmp(who(&v, p).name, "Bob"));
    CHECK_EQ(mien_face_notes_of(v.notes, 1)->descriptors, 3);
    CHECK_EQ(mien_people_remove(p, "Bob"), 1);
    CHECK(!who(&v, p).name);
    mien_people_free(p);
    end(&v);
}

static void test_ended_tracks_are_forgotten(void)
{
    const mien_box both[] = {left, right};
    const mien_face f = face(30, 0);
    video v = begun(0);
    next(&v, 2, both, 1);
    add(&v, 1, &f);
    add(&v, 2, &f);
    for (int i = 0; i < 7; i++)
        next(&v, 1, &right, 1);
    CHECK(!mien_face_notes_of(v.notes, 1));
    CHECK(mien_face_notes_of(v.notes, 2) != NULL);
    end(&v);
}

static void test_the_record(void)
{
    video v = begun(0);
    mien_buffer out = {0};
    mien_people *p = NULL;
    const mien_face f = face(30, 0);
    CHECK(mien_people_new(&p, NULL) == MIEN_OK);
    CHECK(mien_people_add(p, "Ada", f.descriptor, NULL) == MIEN_OK);
    next(&v, 1, &left, 1);
    mien_notes_record r = {.history = v.history, .notes = v.notes};
    mien_record_notes(&r, &out);
    add(&v, 1, &f);
    r.people = p;
    mien_record_notes(&r, &out);
    CHECK(mien_people_remove(p, "Ada") == 1);
    mien_record_notes(&r, &out);
    mien_buffer_put(&out, "", 1);
    const char *want =
        "{\"schema\":\"mien/1\",\"faces\":[]}\n"
        "{\"schema\":\"mien/1\",\"faces\":[{\"id\":1,\"readings\":1,\"face\":"
        "{\"box\":{\"x\":0.0,\"y\":0.0,\"width\":0.0,\"height\":0.0},"
        "\"score\":0.0,\"age\":30.0,\"gender\":{\"value\":\"male\","
        "\"probability\":1.0},\"expression\":{\"neutral\":1.0,\"happy\":0.0,"
        "\"sad\":0.0,\"angry\":0.0,\"fearful\":0.0,\"disgusted\":0.0,"
        "\"surprised\":0.0}},\"name\":\"Ada\",\"distance\":0.0}]}\n";
    CHECK(out.n > strlen(want) && !memcmp(out.data, want, strlen(want)));
    CHECK(strstr((const char *)out.data, "\"name\":null}]}") != NULL);
    mien_buffer_free(&out);
    mien_people_free(p);
    end(&v);
}

static void test_what_is_refused(void)
{
    mien_face_notes *n = NULL;
    mien_error err = {0};
    CHECK_EQ(mien_face_notes_new(-1, &n, &err), MIEN_EARG);
    CHECK_EQ(mien_face_notes_new(1001, &n, &err), MIEN_EARG);
    CHECK(strstr(err.text, "1001 descriptors") && !n);
    mien_face_notes_free(NULL);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_each_has_its_turn);
    RUN(test_age_and_expression_are_averaged);
    RUN(test_names_by_votes);
    RUN(test_ended_tracks_are_forgotten);
    RUN(test_the_record);
    RUN(test_what_is_refused);
    return check_done();
}
