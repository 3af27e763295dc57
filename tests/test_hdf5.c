/* Files of HDF5 as libhdf5 writes them: every way in which an array may lie,
 * texts of either kind; what leads out of the file, bombs, and what is trusted
 * too much. */
/* Not as WebAssembly: needs libhdf5. */
#include "net/hdf5.h"

#include "base/alloc.h"
#include "tests/check.h"
#include "tests/hdf5_make.h"
#include "tests/hdf5_write.h"

#include <zlib.h>

static h5_writer w;
enum { H = 5, W = 7, N = H * W };
static const hsize_t dims[2] = {H, W};
static float values[N];

/* Read an array of a file; the numbers are compared if it is read. */
static mien_status read_array(const mien_buffer *b, const char *path,
                              mien_error *err)
{
    mi_hdf5 *f = NULL;
    mien_shape s = {0};
    float *data = NULL;
    mien_status st = mi_hdf5_open(b->data, b->n, &f, err);
    if (!st)
        st = mi_hdf5_floats(f, path, &s, &data, err);
    if (!st) {
        CHECK(s.rank == 2 && s.dim[0] == H && s.dim[1] == W);
        CHECK(memcmp(data, values, sizeof values) == 0);
    }
    CHECK((st == MIEN_OK) == (data != NULL));
    mi_free(data);
    mi_hdf5_close(f);
    return st;
}

static void expect(const mien_buffer *b, const char *path, mien_status want,
                   const char *says)
{
    mien_error err = {0};
    mien_status st = read_array(b, path, &err);
    CHECK_MSG(st == want, "%s: %d, want %d: %s", path, st, want, err.text);
    CHECK_MSG(strstr(err.text, says) != NULL, "'%s' does not say '%s'",
              err.text, says);
}

/* Properties of an array in chunks of 2 x 3, which do not fill it. */
static hid_t in_chunks(int shuffle, int gzip, int sum)
{
    const hsize_t side[2] = {2, 3};
    hid_t p = w.H5Pcreate(w.array_create);
    w.H5Pset_chunk(p, 2, side);
    if (shuffle)
        w.H5Pset_shuffle(p);
    if (gzip)
        w.H5Pset_deflate(p, 9);
    if (sum)
        w.H5Pset_fletcher32(p);
    return p;
}

static void add(hid_t at, const char *name, hid_t properties)
{
    w.H5Dclose(h5w_array(&w, at, name, 2, dims, properties, values));
}

static void test_every_way_to_lie(void)
{
    for (int newer = 0; newer < 2; newer++) {
        mien_buffer b = {0};
        hid_t file = h5w_file(&w, newer, 0), p = w.H5Pcreate(w.array_create);
        hid_t group =
            w.H5Gcreate2(file, "g", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
        add(group, "piece", H5P_DEFAULT);
        w.H5Pset_layout(p, H5D_COMPACT);
        add(group, "compact", p);
        add(file, "chunks", in_chunks(0, 0, 0));
        add(file, "gzip", in_chunks(0, 1, 0));
        add(file, "shuffle", in_chunks(1, 0, 0));
        add(file, "both", in_chunks(1, 1, 0));
        w.H5Gclose(group);
        h5w_give(&w, file, &b);
        expect(&b, "g/piece", MIEN_OK, "");
        expect(&b, "/g//compact", MIEN_OK, "");
        expect(&b, "chunks", MIEN_OK, "");
        expect(&b, "gzip", MIEN_OK, "");
        expect(&b, "shuffle", MIEN_OK, "");
        expect(&b, "both", MIEN_OK, "");
        expect(&b, "g", MIEN_EFORMAT, "'g' is no array");
        expect(&b, "g/nothing", MIEN_EFORMAT, "there is no 'nothing'");
        expect(&b, "both/below", MIEN_EFORMAT, "there is no 'below'");
        mien_buffer_free(&b);
    }
}

static void test_what_leads_out(void)
{
    mien_buffer b = {0};
    hid_t file = h5w_file(&w, 0, 0), p = w.H5Pcreate(w.array_create);
    add(file, "a", H5P_DEFAULT);
    w.H5Lcreate_soft("a", file, "soft", H5P_DEFAULT, H5P_DEFAULT);
    w.H5Lcreate_external("other.h5", "a", file, "elsewhere", H5P_DEFAULT,
                         H5P_DEFAULT);
    w.H5Pset_external(p, "/etc/hostname", 0, sizeof values);
    w.H5Dclose(h5w_array(&w, file, "external", 2, dims, p, NULL));
    hid_t space = w.H5Screate_simple(2, dims, NULL);
    p = w.H5Pcreate(w.array_create);
    w.H5Pset_virtual(p, space, "other.h5", "a", space);
    w.H5Sclose(space);
    w.H5Dclose(h5w_array(&w, file, "virtual", 2, dims, p, NULL));
    add(file, "summed", in_chunks(0, 0, 1));
    add(file, "all", in_chunks(1, 1, 1));
    w.H5Dclose(h5w_array(&w, file, "unwritten", 2, dims, H5P_DEFAULT, NULL));
    w.H5Dclose(h5w_array(&w, file, "holes", 2, dims, in_chunks(0, 1, 0), NULL));
    h5w_give(&w, file, &b);
    expect(&b, "soft", MIEN_EUNSUP, "'soft' is a link");
    expect(&b, "elsewhere", MIEN_EUNSUP, "'elsewhere' is a link");
    expect(&b, "external", MIEN_EUNSUP, "lie in other arrays or files");
    expect(&b, "virtual", MIEN_EUNSUP, "lie in other arrays or files");
    expect(&b, "summed", MIEN_EUNSUP, "packed by filter 3 (fletcher32)");
    expect(&b, "all", MIEN_EUNSUP, "packed by filter 3 (fletcher32)");
    expect(&b, "unwritten", MIEN_EFORMAT, "was never written");
    expect(&b, "holes", MIEN_EFORMAT, "missing or damaged");
    mien_buffer_free(&b);
    file = h5w_file(&w, 0, 1);
    add(file, "a", H5P_DEFAULT);
    h5w_give(&w, file, &b);
    expect(&b, "a", MIEN_EUNSUP, "addresses of 4 bytes");
    mien_buffer_free(&b);
}

/* A chunk of 24 bytes that unpacks to a megabyte, and a shape of more numbers
 * than the file has bytes. */
static void test_bombs(void)
{
    static uint8_t zeros[1 << 20], packed[4096];
    uLongf n = sizeof packed;
    const hsize_t at[2] = {0, 0}, huge[2] = {1 << 20, 1 << 20};
    mien_buffer b = {0};
    CHECK_EQ(compress(packed, &n, zeros, sizeof zeros), Z_OK);
    hid_t file = h5w_file(&w, 0, 0);
    hid_t array =
        h5w_array(&w, file, "bomb", 2, dims, in_chunks(0, 1, 0), values);
    w.H5Dwrite_chunk(array, H5P_DEFAULT, 0, at, n, packed);
    w.H5Dclose(array);
    array = h5w_array(&w, file, "short", 2, dims, in_chunks(0, 1, 0), values);
    n = sizeof packed;
    CHECK_EQ(compress(packed, &n, zeros, 20), Z_OK);
    w.H5Dwrite_chunk(array, H5P_DEFAULT, 0, at, n, packed);
    w.H5Dclose(array);
    w.H5Dclose(h5w_array(&w, file, "huge", 2, huge, in_chunks(0, 1, 0), NULL));
    h5w_give(&w, file, &b);
    expect(&b, "bomb", MIEN_EFORMAT, "is missing or damaged");
    expect(&b, "short", MIEN_EFORMAT, "unpacks to another size than 24");
    expect(&b, "huge", MIEN_ELIMIT, "as many as the file has bytes");
    mien_buffer_free(&b);
}

/* The texts "one", "", "three" of an attribute. */
static mien_status read_texts(const mien_buffer *b, mien_error *err)
{
    mi_hdf5 *f = NULL;
    mi_hdf5_list l = {NULL, 0};
    mien_status st = mi_hdf5_open(b->data, b->n, &f, err);
    if (!st)
        st = mi_hdf5_texts(f, "", "names", &l, err);
    if (!st)
        CHECK(l.n == 3 && strcmp(l.text[0], "one") == 0 && !l.text[1][0] &&
              strcmp(l.text[2], "three") == 0);
    mi_free(l.text);
    mi_hdf5_close(f);
    return st;
}

static const char *const names[] = {"one", "", "three"};

static mien_buffer file_of_texts(int variable, int newer)
{
    mien_buffer b = {0};
    hid_t file = h5w_file(&w, newer, 0);
    h5w_texts(&w, file, "names", 3, names, variable);
    h5w_give(&w, file, &b);
    return b;
}

static void test_texts(void)
{
    for (int i = 0; i < 4; i++) {
        mien_error err = {0};
        mien_buffer b = file_of_texts(i & 1, i >> 1);
        CHECK_MSG(read_texts(&b, &err) == MIEN_OK, "%d: %s", i, err.text);
        mien_buffer_free(&b);
    }
}

/* Where n bytes stand in a file. */
static uint8_t *find(const mien_buffer *b, const void *bytes, size_t n)
{
    uint8_t *p = memmem(b->data, b->n, bytes, n);
    CHECK(p != NULL);
    return p ? p : b->data;
}

/* Texts that are said to be longer or shorter than they are, of a number that
 * their heap does not have, of elements that are not bytes; a heap whose object
 * ends behind it. */
static void test_texts_that_lie(void)
{
    static const struct {
        int at, to; /* from the first text on; from its heap's head, 100 on */
        const char *says;
    } lies[] = {{0, 2, "text at byte"},    {0, 200, "text at byte"},
                {12, 9, "text at byte"},   {14, 9, "text at byte"},
                {5, 9, "text at byte"},    {-36, 2, "attribute at byte"},
                {124, 77, "heap at byte"}, {124 + 7, 77, "heap at byte"}};
    for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
        mien_error err = {0};
        mien_buffer b = file_of_texts(1, 0);
        uint8_t *heap = find(&b, "GCOL", 4), address[12] = {3};
        for (int k = 0; k < 8; k++)
            address[4 + k] = (uint8_t)((uint64_t)(heap - b.data) >> 8 * k);
        uint8_t *text = find(&b, address, 12);
        uint8_t *lie =
            lies[i].at >= 100 ? heap + lies[i].at - 100 : text + lies[i].at;
        *lie = (uint8_t)lies[i].to;
        mien_status st = read_texts(&b, &err);
        CHECK_MSG(st != MIEN_OK && strstr(err.text, lies[i].says),
                  "lie %zu: %d %s", i, st, err.text);
        mien_buffer_free(&b);
    }
}

/* Links of a group in a heap that says that it is filtered. */
static void test_filtered_heap(void)
{
    mien_buffer b = {0};
    mien_error err = {0};
    hid_t file = h5w_file(&w, 1, 0);
    char name[] = "a";
    for (; *name < 'p'; ++*name)
        w.H5Gclose(
            w.H5Gcreate2(file, name, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
    h5w_give(&w, file, &b);
    expect(&b, "c", MIEN_EFORMAT, "'c' is no array");
    find(&b, "FRHP", 4)[7] = 20;
    CHECK_EQ(read_array(&b, "c", &err), MIEN_EUNSUP);
    CHECK_MSG(strstr(err.text, "are compressed"), "%s", err.text);
    mien_buffer_free(&b);
}

/* Names of links that would take more memory than there is. */
static void test_names_beyond_the_file(void)
{
    static const int place[] = {9, 12, 15,
                                26}; /* of the size; of the address */
    for (size_t i = 0; i < sizeof place / sizeof *place; i++) {
        mien_buffer b = {0};
        mien_error err = {0};
        hid_t file = h5w_file(&w, 0, 0);
        add(file, "both", in_chunks(1, 1, 0));
        h5w_give(&w, file, &b);
        CHECK_EQ(read_array(&b, "both", &err), MIEN_OK);
        find(&b, "HEAP", 4)[place[i]] = 0xff;
        CHECK_EQ(read_array(&b, "both", &err), MIEN_EFORMAT);
        CHECK_MSG(strstr(err.text, "heap of names at byte"), "%s", err.text);
        mien_buffer_free(&b);
    }
}

static void test_every_allocation_may_fail(void)
{
    mien_buffer b = {0};
    hid_t file = h5w_file(&w, 0, 0);
    add(file, "both", in_chunks(1, 1, 0));
    h5w_texts(&w, file, "names", 3, names, 1);
    h5w_give(&w, file, &b);
    int i = 0, enough = 0;
    for (; !enough && i < 40; i++) {
        mi_alloc_fail_after(i);
        mien_status first = read_array(&b, "both", NULL);
        mi_alloc_fail_after(-1);
        CHECK(first == MIEN_OK || first == MIEN_ENOMEM);
        mi_alloc_fail_after(i);
        mien_status second = read_texts(&b, NULL);
        mi_alloc_fail_after(-1);
        CHECK(second == MIEN_OK || second == MIEN_ENOMEM);
        enough = !first && !second;
    }
    CHECK(enough && i > 3);
    mien_buffer_free(&b);
}

int main(int argc, char **argv)
{
    check_start(argc, argv);
    if (!h5_writer_load(&w))
        CHECK_SKIP("libhdf5 is not there");
    for (int i = 0; i < N; i++)
        values[i] = (float)sin(0.3 * i);
    RUN(test_every_way_to_lie);
    RUN(test_what_leads_out);
    RUN(test_bombs);
    RUN(test_texts);
    RUN(test_texts_that_lie);
    RUN(test_filtered_heap);
    RUN(test_names_beyond_the_file);
    RUN(test_every_allocation_may_fail);
    return check_done();
}
