/* What studies and journals leave in folders; pages; folders that cannot be
 * written. */
/* Not as WebAssembly: makes folders. */
#include "base/alloc.h"
#include "mien/file.h"
#include "mien/journal.h"
#include "tests/events_read.h"
#include "tests/study_make.h"

#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/study-XXXXXX";

/* FOLDER/name as C text to be freed; "" and a failed check if it is not there.
 */
static char *read_text(const char *where, const char *name)
{
    mien_bytes b = {0};
    mien_error err = {0};
    CHECK_MSG(!mien_folder_load(where, name, &b, &err), "%s", err.text);
    char *text = calloc(b.n + 1, 1);
    if (b.n)
        memcpy(text, b.data, b.n);
    mien_bytes_free(&b);
    return text;
}

static const char *in_folder(const char *name)
{
    static char path[200];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void test_a_folder_holds_all(void)
{
    char *csv = study_csv(400, 3), where[200];
    mien_table *t = study_table(csv);
    for (int k = 0; k < 2; k++) {
        mien_study_options o = study_options((mien_estimator)k);
        mien_study *s = study_must(t, &o);
        mien_bytes file = {0};
        mien_error err = {0};
        snprintf(where, sizeof where, "%s/a/b%d", folder, k);
        CHECK_MSG(!mien_study_save(s, where, &err), "%s", err.text);
        CHECK_EQ(mien_folder_load(where, "model.onnx", &file, NULL), MIEN_OK);
        mien_bytes want = mien_study_model(s);
        CHECK(file.n == want.n && !memcmp(file.data, want.data, want.n));
        char *page = read_text(where, "report.html");
        CHECK(strstr(page, k ? "<h1>Auto-encoder: y</h1>"
                             : "<h1>Logistic regression: y</h1>"));
        CHECK(strstr(page, "<figure><svg ") &&
              strstr(page, ">Figures in full<"));
        CHECK(strstr(page, "chosen on the validation part\n</pre>"));
        char *metrics = read_text(where, "metrics.json");
        CHECK(strstr(metrics, "\"schema\": \"mien/metrics/1\""));
        char *card = read_text(where, "model_card.md");
        CHECK(strncmp(card,
                      k ? "# Auto-encoder for y = yes\n"
                        : "# Logistic regression for y = yes\n",
                      27) == 0);
        CHECK(strstr(card, "\nNot known: ") &&
              strstr(card, "## For a person whom it judges"));
        snprintf(where, sizeof where, "%s/a/b%d/history.csv", folder, k);
        CHECK_EQ(access(where, F_OK), k - 1);
        free(page);
        free(metrics);
        free(card);
        mien_bytes_free(&file);
        mien_study_free(s);
    }
    mien_table_free(t);
    free(csv);
}

static void test_a_folder_that_cannot_be_made(void)
{
    char *csv = study_csv(400, 3);
    mien_table *t = study_table(csv);
    mien_study_options o = study_options(MIEN_ESTIMATOR_LOGISTIC);
    mien_study *s = study_must(t, &o);
    mien_error err = {0};
    mien_journal *j = NULL;
    CHECK_EQ(mien_study_save(s, "/dev/null/x", &err), MIEN_EIO);
    CHECK(strstr(err.text, "/dev/null/x: "));
    CHECK_EQ(mien_journal_new("/dev/null/x", &j, &err), MIEN_EIO);
    mien_status st = MIEN_ENOMEM;
    for (int n = 0; st == MIEN_ENOMEM && n < 3000; n++) {
        mi_alloc_fail_after(n);
        st = mien_study_save(s, in_folder("hungry"), NULL);
        mi_alloc_fail_after(-1);
        CHECK(st == MIEN_OK || st == MIEN_ENOMEM || st == MIEN_EUNSUP);
    }
    CHECK_EQ(st, MIEN_OK);
    mien_study_free(s);
    mien_table_free(t);
    free(csv);
}

/* ---- journals ------------------------------------------------------------ */

typedef struct keeping {
    mien_journal *journal;
    int stop; /* after this epoch */
} keeping;

static mien_status checkpoint(const void *study, mien_bytes *out,
                              mien_error *err)
{
    return mien_study_checkpoint(study, out, err);
}

static int keep(void *arg, const mien_study *s, const mien_epoch *e)
{
    const keeping *k = arg;
    const mien_journal_source from = {mien_study_trainer(s), checkpoint, s,
                                      NULL};
    CHECK_EQ(
        mien_journal_epoch(k->journal, &from, e, e->epoch == k->stop, NULL),
        MIEN_OK);
    return e->epoch == k->stop;
}

/* What TensorBoard is told: the network, and losses of three epochs. */
static void check_events(void)
{
    mien_paths files = {0};
    mien_bytes b = {0};
    proto_field event;
    CHECK_EQ(mien_folder_list(in_folder("run"), &files, NULL), MIEN_OK);
    for (int64_t i = 0; i < files.n; i++)
        if (strncmp(files.path[i], "events.out.tfevents.", 20) == 0 && !b.n)
            CHECK_EQ(
                mien_folder_load(in_folder("run"), files.path[i], &b, NULL),
                MIEN_OK);
    CHECK(proto_is(proto_in(events_at(b.data, b.n, 0), 3, 0), "brain.Event:2"));
    proto_field graph = proto_in(events_at(b.data, b.n, 1), 4, 0);
    CHECK(proto_is(proto_in(proto_in(graph, 1, 0), 2, 0), "Placeholder"));
    CHECK(proto_in(graph, 1, 8).n > 0);
    CHECK(events_tag(b.data, b.n, "loss/validation", 2, &event).n > 0);
    CHECK(!events_tag(b.data, b.n, "loss/validation", 3, &event).n);
    mien_bytes_free(&b);
    mien_paths_free(&files);
}

/* A study that goes on from its checkpoint gives the bits of one that was never
 * cut off. */
static void test_a_checkpoint_goes_on(void)
{
    char *csv = study_csv(400, 7);
    mien_table *t = study_table(csv);
    mien_study_options o = study_options(MIEN_ESTIMATOR_AUTOENCODER);
    mien_study *whole = study_must(t, &o), *cut = NULL;
    mien_bytes state = {0};
    keeping k = {NULL, 3};
    CHECK_EQ(mien_journal_new(in_folder("run"), &k.journal, NULL), MIEN_OK);
    CHECK_EQ(mien_journal_checkpoint(k.journal, &state, NULL), MIEN_EIO);
    CHECK_EQ(mien_journal_close(k.journal, NULL), MIEN_OK);
    o.autoencoder.on_epoch = keep;
    o.autoencoder.arg = &k;
    CHECK_EQ(mien_study_new(t, &o, &cut, NULL), MIEN_OK);
    CHECK_EQ(mien_study_learn(cut, NULL, NULL), MIEN_OK);
    CHECK_EQ(mien_journal_close(k.journal, NULL), MIEN_OK);
    CHECK_EQ(mien_journal_checkpoint(k.journal, &state, NULL), MIEN_OK);
    check_events();
    mien_study_free(cut);
    k.stop = 0;
    o.autoencoder.state = state.data;
    o.autoencoder.state_size = state.n;
    cut = study_must(t, &o);
    mien_bytes a = mien_study_model(whole), b = mien_study_model(cut);
    CHECK(a.n == b.n && memcmp(a.data, b.data, a.n) == 0);
    mien_journal_free(k.journal);
    mien_bytes_free(&state);
    mien_study_free(cut);
    mien_study_free(whole);
    mien_table_free(t);
    free(csv);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    char command[100];
    if (!mkdtemp(folder))
        CHECK_SKIP("no folder can be made");
    RUN(test_a_folder_holds_all);
    RUN(test_a_folder_that_cannot_be_made);
    RUN(test_a_checkpoint_goes_on);
    snprintf(command, sizeof command, "rm -rf %s", folder);
    CHECK_EQ(system(command), 0);
    return check_done();
}
