/* The day of a photo, whom it leaves out of a search, and what is said of it.
 *
 * Not as WebAssembly: SQLite and libsodium. */
#include "gallery_make.h"
#include "mien/record.h"

/* Enrol somebody who was born on a day, or on one that is not kept. */
static void enrol(mien_gallery *g, const char *name, const char *purpose,
                  const char *born, const char *expiry)
{
    mien_gallery_person p = {.basis = {.basis = "consent"}};
    mien_error err = {0};
    snprintf(p.name, sizeof p.name, "%s", name);
    snprintf(p.basis.purpose, sizeof p.basis.purpose, "%s", purpose);
    snprintf(p.basis.expiry, sizeof p.basis.expiry, "%s", expiry);
    snprintf(p.born, sizeof p.born, "%s", born);
    CHECK_MSG(!mien_gallery_enroll(g, &p, NULL, NULL, &err), "%s", err.text);
}

/* What a record says of a day. */
static void check_json(const mien_taken_record *t, const char *want)
{
    mien_buffer b = {0};
    mien_json j = mien_json_on(&b, 0);
    mien_json_object(&j, NULL);
    mien_record_taken(&j, t);
    mien_json_close(&j);
    mien_buffer_put(&b, "", 1);
    CHECK_MSG(!strcmp((const char *)b.data, want), "%s, want %s",
              (const char *)b.data, want);
    mien_buffer_free(&b);
}

static const struct {
    const char *purpose, *said, *photo;
    const char *day;
    int later;
    const char *json;
} asked[] = {
    {"door", NULL, "", "", 0,
     "{\"taken\":{\"day\":null,\"from\":null,\"born\":2,\"born_later\":0}}"},
    {"door", NULL, "1999-12-31", "1999-12-31", 2,
     "{\"taken\":{\"day\":\"1999-12-31\",\"from\":\"exif\",\"born\":2,"
     "\"born_later\":2}}"},
    {"door", NULL, "2000-01-01", "2000-01-01", 1,
     "{\"taken\":{\"day\":\"2000-01-01\",\"from\":\"exif\",\"born\":2,"
     "\"born_later\":1}}"},
    {"door", "2010-01-01", "1999-12-31", "2010-01-01", 0,
     "{\"taken\":{\"day\":\"2010-01-01\",\"from\":\"caller\",\"born\":2,"
     "\"born_later\":0}}"},
    {"door", "", "1999-12-31", "", 0,
     "{\"taken\":{\"day\":null,\"from\":null,\"born\":2,\"born_later\":0}}"},
    {"canteen", NULL, "1999-12-31", "1999-12-31", 0, "{}"},
    {"nothing", "1999-12-31", "", "1999-12-31", 0, "{}"},
};

static void test_which_day_counts(void)
{
    made m;
    gallery_make(&m);
    mien_gallery *g = gallery_open(&m);
    enrol(g, "Ada", "door", "2000-01-01", "");
    enrol(g, "Bob", "door", "2000-01-02", "");
    enrol(g, "Cleo", "door", "", "");
    enrol(g, "Dan", "canteen", "", "");
    enrol(g, "Eve", MIEN_GALLERY_OPT_OUT, "2000-01-01", "");
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
        mien_taken_record t;
        memset(&t, 1, sizeof t);
        mien_gallery_taken(g, asked[i].purpose, asked[i].said, asked[i].photo,
                           &t);
        CHECK_MSG(!strcmp(t.day, asked[i].day), "%zu: %s", i, t.day);
        CHECK_EQ(t.later, asked[i].later);
        check_json(&t, asked[i].json);
    }
    mien_gallery_close(g);
    gallery_remove(&m);
}

/* Whose end has come is not counted. */
static void test_whose_end_has_come(void)
{
    made m;
    mien_taken_record t;
    gallery_make(&m);
    mien_gallery *g = gallery_open(&m);
    enrol(g, "Ada", "door", "2000-01-01", "2026-11-30");
    mien_gallery_taken(g, "door", NULL, "1999-12-31", &t);
    CHECK(t.born == 1 && t.later == 1);
    mien_gallery_close(g);
    g = gallery_open_at(&m, GALLERY_NOW + 3 * 86400, NULL);
    mien_gallery_taken(g, "door", NULL, "1999-12-31", &t);
    CHECK(!t.born && !t.later);
    mien_gallery_close(g);
    gallery_remove(&m);
}

/* It stands in the record of a photo, or does not. */
static void test_the_record_of_a_photo(void)
{
    const mien_reading none = {.w = 1, .h = 1};
    mien_taken_record t = {.day = "2001-05-01", .born = 3, .later = 2};
    mien_photo_record r = {.file = "a.jpg", .reading = &none, .taken = &t};
    mien_buffer b = {0};
    mien_record_photo(&r, &b);
    t.born = 0;
    mien_record_photo(&r, &b);
    mien_buffer_put(&b, "", 1);
    const char *lines = (const char *)b.data, *at = strstr(lines, "\"taken\"");
    static const char want[] = "\"taken\":{\"day\":\"2001-05-01\",\"from\":"
                               "\"exif\",\"born\":3,\"born_later\":2}";
    CHECK_MSG(at && !strncmp(at, want, strlen(want)), "%s", lines);
    CHECK(at && !strstr(at + 1, "\"taken\""));
    mien_buffer_free(&b);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_which_day_counts);
    RUN(test_whose_end_has_come);
    RUN(test_the_record_of_a_photo);
    return check_done();
}
