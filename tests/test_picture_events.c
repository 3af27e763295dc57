/* What a study shows in TensorBoard: samples, pictures made again, confusion
 * matrices. */
/* Not as WebAssembly: draws with cairo. */
#include "base/alloc.h"
#include "mien/file.h"
#include "mien/image.h"
#include "mien/model.h"
#include "mien/picture.h"
#include "tests/check.h"
#include "tests/dots_make.h"
#include "tests/events_read.h"

#include <unistd.h>

static mien_picture_study *study(mien_net *net, const mien_labels *l,
                                 const mien_picture_options *o)
{
    const mien_picture_set set = {"dots", l, NULL, NULL, NULL};
    mien_picture_study *s = NULL;
    mien_error err = {0};
    CHECK_MSG(mien_picture_study_new(net, &set, NULL, o, &s, &err) == MIEN_OK,
              "%s", err.text);
    return s;
}

/* The picture of a tag, decoded; it has the size that the record says. */
static mien_image picture(const mien_bytes *b, const char *tag, int epoch)
{
    proto_field event,
        image = proto_in(events_tag(b->data, b->n, tag, 0, &event), 4, 0);
    proto_field file = proto_in(image, 4, 0);
    mien_image im = {0};
    CHECK_MSG(file.n > 0, "%s", tag);
    CHECK(proto_in(event, 2, 0).value == (uint64_t)epoch);
    CHECK_EQ(mien_image_read(file.bytes, file.n, NULL, &im, NULL), MIEN_OK);
    CHECK(proto_in(image, 2, 0).value == (uint64_t)im.w);
    CHECK(proto_in(image, 1, 0).value == (uint64_t)im.h);
    return im;
}

/* Pixels near a colour. */
static int count(const mien_image *im, int red, int green, int blue)
{
    int n = 0;
    for (int y = 0; y < im->h; y++)
        for (int i = 0; i < im->w; i++) {
            const uint8_t *p = im->data + y * im->stride + (ptrdiff_t)i * 3;
            n += abs(p[0] - red) < 40 && abs(p[1] - green) < 40 &&
                 abs(p[2] - blue) < 40;
        }
    return n;
}

/* Told and found points are drawn; a matrix for the classes. */
static void test_samples(void)
{
    mien_labels l = dots();
    mien_picture_options o = options();
    mien_net *net = network(net_text);
    mien_bytes b = {0};
    o.epochs = 3;
    mien_picture_study *s = study(net, &l, &o);
    CHECK_EQ(mien_picture_study_learn(s, NULL, NULL), MIEN_OK);
    CHECK_EQ(mien_picture_study_events(s, 3, 1, &b, NULL), MIEN_OK);
    mien_image im = picture(&b, "samples", 3);
    CHECK(im.w == 8 * 128 && im.h == 2 * (128 + 2 * 16));
    int told = count(&im, 0, 194, 255), found = count(&im, 255, 122, 0);
    CHECK_MSG(told > 50 && found > 20, "%d and %d pixels", told, found);
    mien_image_free(&im);
    im = picture(&b, "confusion/side", 3);
    CHECK(im.w == 470 && im.h == 360);
    mien_image_free(&im);
    CHECK(b.n < 400000 && !events_at(b.data, b.n, 2).n);
    mien_bytes_free(&b);
    mien_picture_study_free(s);
    mien_net_free(net);
}

static const char coder_text[] =
    "{\"mien\": \"net/1\", \"name\": \"again\", \"layers\": ["
    "{\"name\": \"image\", \"kind\": \"input\", \"shape\": [1, 16, 16],"
    " \"scale\": 0.00392157},"
    "{\"kind\": \"flatten\"}, {\"kind\": \"dense\", \"units\": 8},"
    "{\"kind\": \"dense\", \"units\": 256},"
    "{\"kind\": \"reshape\", \"shape\": [1, 16, 16]},"
    "{\"name\": \"again\", \"kind\": \"sigmoid\"}],"
    "\"losses\": [{\"output\": \"again\", \"kind\": \"mse\","
    " \"target\": \"image\"}]}";

/* How often a text stands in another. */
static int times(const char *in, const char *what)
{
    int n = 0;
    for (; (in = strstr(in, what)); in++)
        n++;
    return n;
}

/* A page shows its first figures as a table, and each picture above what is
 * made of it; of points, which there are none, it says nothing. */
static void test_a_page_of_pictures_made_again(void)
{
    mien_labels l = dots();
    mien_picture_options o = options();
    mien_net *net = network(coder_text);
    mien_buffer b = {0};
    o.group = NULL;
    o.epochs = 1;
    o.weight = NULL;
    mien_picture_study *s = study(net, &l, &o);
    CHECK_EQ(mien_picture_study_learn(s, NULL, NULL), MIEN_OK);
    CHECK_EQ(mien_picture_study_judge(s, NULL), MIEN_OK);
    CHECK_EQ(mien_picture_study_page(s, &b, NULL), MIEN_OK);
    mien_buffer_put(&b, "", 1);
    const char *page = (const char *)b.data;
    CHECK(strstr(page, "<td>again: PSNR, dB</td>") != NULL);
    CHECK(strstr(page, "what the network makes of it") != NULL);
    CHECK(strstr(page, "blue rings") == NULL);
    int samples = times(page, "<figure class=\"sample\">");
    CHECK(samples > 8 && times(page, "<image ") == 2 * samples);
    mien_buffer_free(&b);
    mien_picture_study_free(s);
    mien_net_free(net);
}

/* Pictures stand above what is made of them: of a network that knows nothing
 * that is grey everywhere. */
static void test_pictures_made_again(void)
{
    mien_labels l = dots();
    mien_picture_options o = options();
    mien_net *net = network(coder_text);
    mien_bytes b = {0};
    o.group = NULL;
    o.weight = NULL;
    mien_picture_study *s = study(net, &l, &o);
    CHECK_EQ(mien_picture_study_events(s, 1, 1, &b, NULL), MIEN_OK);
    mien_image im = picture(&b, "samples", 1);
    CHECK(im.w == 8 * 128 && im.h == 2 * 128);
    double sum = 0, square = 0;
    for (int y = 128; y < 256; y++)
        for (int i = 0; i < im.w; i++) {
            double v = im.data[y * im.stride + (ptrdiff_t)i * 3];
            sum += v;
            square += v * v;
        }
    sum /= 128.0 * im.w;
    CHECK(fabs(sum - 127) < 30 && square / (128.0 * im.w) - sum * sum < 2000);
    CHECK(count(&im, 255, 255, 255) > 0);
    mien_image_free(&im);
    CHECK(!events_at(b.data, b.n, 1).n);
    mien_bytes_free(&b);
    mien_picture_study_free(s);
    mien_net_free(net);
}

static int keep(void *arg, const mien_picture_study *s, const mien_epoch *e)
{
    const mien_journal_source from = mien_picture_study_source(s);
    CHECK_EQ(mien_journal_epoch(arg, &from, e, e->epoch == 5, NULL), MIEN_OK);
    return 0;
}

/* A file of events has the network once, losses of every epoch and pictures of
 * some; that it is written changes no bit of what is learned. */
static void test_a_journal(void)
{
    char folder[] = "/tmp/events-XXXXXX", command[64];
    mien_labels l = dots();
    mien_picture_options o = options();
    mien_net *net = network(net_text), *plain = network(net_text);
    mien_journal *j = NULL;
    mien_paths files = {0};
    mien_bytes b = {0}, model = {0}, other = {0};
    proto_field event;
    int graphs = 0;
    CHECK(mkdtemp(folder) != NULL);
    o.epochs = 5;
    mien_picture_study *s = study(plain, &l, &o);
    CHECK_EQ(mien_picture_study_learn(s, NULL, NULL), MIEN_OK);
    mien_picture_study_free(s);
    CHECK_EQ(mien_journal_new(folder, &j, NULL), MIEN_OK);
    o.on_epoch = keep;
    o.arg = j;
    s = study(net, &l, &o);
    CHECK_EQ(mien_picture_study_learn(s, NULL, NULL), MIEN_OK);
    CHECK_EQ(mien_journal_close(j, NULL), MIEN_OK);
    CHECK_EQ(mien_folder_list(folder, &files, NULL), MIEN_OK);
    CHECK(files.n == 2 &&
          strncmp(files.path[1], "events.out.tfevents.", 20) == 0);
    CHECK_EQ(mien_folder_load(folder, files.path[1], &b, NULL), MIEN_OK);
    for (int i = 0; events_at(b.data, b.n, i).n; i++)
        graphs += proto_in(events_at(b.data, b.n, i), 4, 0).n > 0;
    CHECK_EQ(graphs, 1);
    for (int i = 0; i < 5; i++) {
        CHECK(events_tag(b.data, b.n, "loss/train", i, &event).n > 0);
        CHECK(proto_in(event, 2, 0).value == (uint64_t)i + 1);
    }
    static const int shown[] = {1, 2, 4, 5};
    for (int i = 0; i < 4; i++) {
        CHECK(events_tag(b.data, b.n, "samples", i, &event).n > 0);
        CHECK(proto_in(event, 2, 0).value == (uint64_t)shown[i]);
    }
    CHECK(!events_tag(b.data, b.n, "samples", 4, &event).n);
    CHECK_EQ(mien_onnx_write(net->graph, &model, NULL), MIEN_OK);
    CHECK_EQ(mien_onnx_write(plain->graph, &other, NULL), MIEN_OK);
    CHECK(model.n == other.n && memcmp(model.data, other.data, other.n) == 0);
    mien_bytes_free(&b);
    mien_bytes_free(&model);
    mien_bytes_free(&other);
    mien_paths_free(&files);
    mien_journal_free(j);
    mien_picture_study_free(s);
    mien_net_free(net);
    mien_net_free(plain);
    snprintf(command, sizeof command, "rm -rf %s", folder);
    CHECK_EQ(system(command), 0);
}

static void test_failing_memory_is_reported(void)
{
    mien_labels l = dots();
    mien_picture_options o = options();
    mien_net *net = network(net_text);
    mien_picture_study *s = study(net, &l, &o);
    mien_status st = MIEN_ENOMEM;
    int n = 0;
    for (; st && n < 6000; n++) {
        mien_bytes b = {0};
        mi_alloc_fail_after(n);
        st = mien_picture_study_events(s, 3, 1, &b, NULL);
        mi_alloc_fail_after(-1);
        CHECK(!st || st == MIEN_ENOMEM || st == MIEN_EUNSUP);
        mien_bytes_free(&b);
    }
    CHECK(st == MIEN_OK && n > 60);
    mien_picture_study_free(s);
    mien_net_free(net);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    RUN(test_samples);
    RUN(test_pictures_made_again);
    RUN(test_a_page_of_pictures_made_again);
    RUN(test_a_journal);
    RUN(test_failing_memory_is_reported);
    return check_done();
}
