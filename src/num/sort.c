/* sort.c: radix sort of 64-bit keys.
 *
 * Eight passes of one byte, from the least, each stable; a byte that is the
 * same in all keys costs no pass.  Few keys are sorted by insertion.  A number
 * becomes a key by turning its sign bit (positive) or all its bits (negative).
 *
 * Source: Knuth, The Art of Computer Programming 3, 5.2.5. */
#include "num/sort.h"

enum { FEW = 48 };

/* Counts of each value of each byte; keys stand `step` words apart. */
static void count_bytes(int64_t n, const uint64_t *keys, int step,
                        int64_t count[8][256])
{
    memset(count, 0, 8 * sizeof count[0]);
    for (int64_t i = 0; i < n; i++) {
        uint64_t key = keys[i * step];
        for (int b = 0; b < 8; b++)
            count[b][key >> (8 * b) & 255]++;
    }
}

/* Turn counts into first places; 0 if all keys have the same byte. */
static int to_places(int64_t n, int64_t *count)
{
    int64_t sum = 0;
    for (int v = 0; v < 256; v++) {
        int64_t c = count[v];
        if (c == n)
            return 0;
        count[v] = sum;
        sum += c;
    }
    return 1;
}

void mi_sort_keys(int64_t n, uint64_t *keys, uint64_t *spare)
{
    if (n <= FEW) {
        for (int64_t i = 1; i < n; i++) {
            uint64_t key = keys[i];
            int64_t j = i;
            for (; j > 0 && keys[j - 1] > key; j--)
                keys[j] = keys[j - 1];
            keys[j] = key;
        }
        return;
    }
    int64_t count[8][256];
    count_bytes(n, keys, 1, count);
    uint64_t *from = keys, *to = spare;
    for (int b = 0; b < 8; b++) {
        if (!to_places(n, count[b]))
            continue;
        for (int64_t i = 0; i < n; i++)
            to[count[b][from[i] >> (8 * b) & 255]++] = from[i];
        uint64_t *was = from;
        from = to;
        to = was;
    }
    if (from != keys)
        memcpy(keys, from, (size_t)n * sizeof *keys);
}

void mi_sort_pairs(int64_t n, mi_sort_pair *pairs, mi_sort_pair *spare)
{
    if (n <= FEW) {
        for (int64_t i = 1; i < n; i++) {
            mi_sort_pair pair = pairs[i];
            int64_t j = i;
            for (; j > 0 && pairs[j - 1].key > pair.key; j--)
                pairs[j] = pairs[j - 1];
            pairs[j] = pair;
        }
        return;
    }
    int64_t count[8][256];
    count_bytes(n, &pairs[0].key, 2, count);
    mi_sort_pair *from = pairs, *to = spare;
    for (int b = 0; b < 8; b++) {
        if (!to_places(n, count[b]))
            continue;
        for (int64_t i = 0; i < n; i++)
            to[count[b][from[i].key >> (8 * b) & 255]++] = from[i];
        mi_sort_pair *was = from;
        from = to;
        to = was;
    }
    if (from != pairs)
        memcpy(pairs, from, (size_t)n * sizeof *pairs);
}
