/* That a gallery is to be deleted is asked for, taken back, and ends by itself;
 * a restart does not forget it, and nobody makes it up.
 *
 * Not as WebAssembly: SQLite and libsodium. */
#include "base/alloc.h"
#include "mien/gallery_delete.h"
#include "tests/gallery_make.h"

#include <sqlite3.h>

/* 1: somebody asked for it, by a name. */
static int is_asked(mien_gallery *g, const char *by)
{
    int found = 0;
    mien_gallery_asked a = {0};
    CHECK_EQ(mien_gallery_find_deletion(g, &found, &a, NULL), MIEN_OK);
    return found && strcmp(a.by, by) == 0;
}

static void test_it_is_asked_for_and_taken_back(void)
{
    made m;
    char copy[80], longest[300];
    int64_t last = 0;
    mien_gallery_asked a = {0};
    mien_gallery_restored r;
    mien_error err = {0};
    gallery_make(&m);
    mien_gallery *g = gallery_open(&m);
    CHECK(!is_asked(g, "desk"));
    CHECK_EQ(mien_gallery_drop_deletion(g, "desk", NULL), MIEN_OK);
    CHECK_EQ(mien_gallery_log(g, NULL, NULL, &last, NULL), MIEN_OK);
    CHECK_EQ(last, 1); /* nothing to take back is not in the log */
    CHECK_EQ(mien_gallery_ask_deletion(g, "desk", &a, NULL), MIEN_OK);
    CHECK(a.entry == 2 && a.at == GALLERY_NOW &&
          a.until == GALLERY_NOW + MIEN_GALLERY_ASKED && !strcmp(a.by, "desk"));
    CHECK_EQ(mien_gallery_ask_deletion(g, "door", &a, &err), MIEN_EARG);
    CHECK(strstr(err.text, "already, by desk"));
    mien_gallery_close(g);
    /* A restart does not forget it, a day does. */
    g = gallery_open_at(&m, GALLERY_NOW + MIEN_GALLERY_ASKED - 1, NULL);
    CHECK(is_asked(g, "desk"));
    mien_gallery_close(g);
    g = gallery_open_at(&m, GALLERY_NOW + MIEN_GALLERY_ASKED, NULL);
    CHECK(!is_asked(g, "desk"));
    CHECK_EQ(mien_gallery_ask_deletion(g, "door", &a, NULL), MIEN_OK);
    mien_gallery_close(g);
    g = gallery_open(&m); /* before it was asked for */
    CHECK(!is_asked(g, "door"));
    mien_gallery_close(g);
    g = gallery_open_at(&m, GALLERY_NOW + MIEN_GALLERY_ASKED, NULL);
    CHECK(is_asked(g, "door"));
    CHECK_EQ(mien_gallery_drop_deletion(g, "desk", NULL), MIEN_OK);
    CHECK(!is_asked(g, "door"));
    /* A copy of when it was asked for does not bring it back. */
    CHECK_EQ(mien_gallery_ask_deletion(g, "desk", &a, NULL), MIEN_OK);
    snprintf(copy, sizeof copy, "%s/copy", m.folder);
    CHECK_EQ(mien_gallery_backup(g, copy, NULL), MIEN_OK);
    CHECK(is_asked(g, "desk"));
    mien_gallery_close(g);
    CHECK_EQ(mien_gallery_restore(m.path, copy, &m.key, a.at, &r, NULL),
             MIEN_OK);
    g = gallery_open_at(&m, a.at, NULL);
    CHECK(!is_asked(g, "desk"));
    memset(longest, 'a', sizeof longest);
    longest[MIEN_GALLERY_NAME - 1] = 0;
    CHECK_EQ(mien_gallery_ask_deletion(g, longest, &a, NULL), MIEN_OK);
    CHECK(is_asked(g, longest));
    longest[MIEN_GALLERY_NAME - 1] = 'a';
    longest[MIEN_GALLERY_NAME] = 0;
    CHECK_EQ(mien_gallery_drop_deletion(g, longest, NULL), MIEN_EARG);
    CHECK_EQ(mien_gallery_drop_deletion(g, "", NULL), MIEN_EARG);
    CHECK_EQ(mien_gallery_drop_deletion(g, "a\nb", NULL), MIEN_EARG);
    CHECK_EQ(mien_gallery_log(g, NULL, NULL, &last, NULL), MIEN_OK);
    mien_gallery_close(g);
    gallery_remove(&m);
}

/* An entry of another kind is no request, nor one whose time was changed. */
static void test_a_request_cannot_be_made_up(void)
{
    static const char *const changes[] = {
        "UPDATE log SET kind = 23 WHERE kind = 8",
        "UPDATE log SET number = 20 WHERE kind = 23",
        "UPDATE log SET kind = 23, detail = x'' WHERE number = 1"};
    for (int i = 0; i < 3; i++) {
        made m;
        sqlite3 *db = NULL;
        int found = 7;
        mien_gallery_asked a;
        gallery_make(&m);
        mien_gallery *g = gallery_open(&m);
        if (i == 1)
            CHECK_EQ(mien_gallery_ask_deletion(g, "desk", &a, NULL), MIEN_OK);
        else
            CHECK_EQ(mien_gallery_rekey(g, &m.key, NULL), MIEN_OK);
        mien_gallery_close(g);
        CHECK_EQ(sqlite3_open_v2(m.path, &db, SQLITE_OPEN_READWRITE, NULL), 0);
        CHECK_EQ(sqlite3_exec(db, changes[i], NULL, NULL, NULL), SQLITE_OK);
        CHECK_EQ(sqlite3_changes(db), 1);
        sqlite3_close(db);
        g = gallery_open(&m);
        CHECK_EQ(mien_gallery_find_deletion(g, &found, &a, NULL), MIEN_EFORMAT);
        CHECK_EQ(found, 7);
        mien_gallery_close(g);
        gallery_remove(&m);
    }
}

/* Asked for, found or taken back whole, or not at all. */
static void test_memory_ends(void)
{
    made m;
    gallery_make(&m);
    mien_gallery *g = gallery_open(&m);
    for (int what = 0; what < 3; what++) {
        mien_status st = MIEN_ENOMEM;
        for (int i = 0; st && i < 100; i++) {
            mien_gallery_asked a;
            int found = 7;
            mi_alloc_fail_after(i);
            st = what == 0   ? mien_gallery_ask_deletion(g, "desk", &a, NULL)
                 : what == 1 ? mien_gallery_find_deletion(g, &found, &a, NULL)
                             : mien_gallery_drop_deletion(g, "desk", NULL);
            mi_alloc_fail_after(-1);
            CHECK(!st || (st == MIEN_ENOMEM && found == 7));
            CHECK_EQ(is_asked(g, "desk"), what == 0 ? !st : what == 1 || st);
        }
        CHECK_EQ(st, MIEN_OK);
    }
    mien_gallery_close(g);
    gallery_remove(&m);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_it_is_asked_for_and_taken_back);
    RUN(test_a_request_cannot_be_made_up);
    RUN(test_memory_ends);
    return check_done();
}
