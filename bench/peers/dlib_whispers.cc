// dlib_whispers.cc: dlib's chinese_whispers behind a C function, for
// bench/cluster.c.
#include <cstdint>
#include <vector>

#include <dlib/clustering/chinese_whispers.h>

// pairs [n, 2] faces that are neighbours -> label [faces]
extern "C" void dlib_whispers(int faces, int64_t n, const int32_t *pairs,
                              int *label)
{
    std::vector<dlib::sample_pair> edges;
    std::vector<unsigned long> labels;
    for (int i = 0; i < faces; i++)
        edges.push_back(dlib::sample_pair(i, i)); // as dlib's example has them
    for (int64_t i = 0; i < n; i++)
        edges.push_back(dlib::sample_pair(pairs[2 * i], pairs[2 * i + 1]));
    dlib::chinese_whispers(edges, labels);
    for (int i = 0; i < faces; i++)
        label[i] = (int)labels[i];
}
