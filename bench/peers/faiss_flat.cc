// faiss_flat.cc: faiss' IndexFlatL2 behind two C functions, for bench/search.c.
// Its products are OpenBLAS'.
#include <faiss/IndexFlat.h>
#include <omp.h>

extern "C" void openblas_set_num_threads(int);

extern "C" void *faiss_flat_new(int d, int64_t n, const float *rows)
{
    faiss::IndexFlatL2 *x = new faiss::IndexFlatL2(d);
    x->add(n, rows);
    return x;
}

extern "C" void faiss_flat_search(void *x, int threads, int64_t n,
                                  const float *query, int64_t k,
                                  float *distance, int64_t *row)
{
    omp_set_num_threads(threads);
    openblas_set_num_threads(threads);
    static_cast<faiss::IndexFlatL2 *>(x)->search(n, query, k, distance, row);
}
