/* openmpi.c: Open MPI's library, loaded where mpirun started the process. */
#include "team/openmpi.h"

#include "base/error.h"

#include <dlfcn.h>
#include <stddef.h>
#include <string.h>

/* Of Open MPI 4 and 5. */
static const char file[] = "libmpi.so.40";

typedef struct entry {
    size_t at; /* in mi_openmpi */
    const char *name;
} entry;
#define ENTRY(name, parameters) {offsetof(mi_openmpi, name), "MPI_" #name},
static const entry entries[] = {
    MI_MPI_LIST(ENTRY){offsetof(mi_openmpi, world), "ompi_mpi_comm_world"},
    {offsetof(mi_openmpi, byte), "ompi_mpi_byte"},
    {offsetof(mi_openmpi, none), "ompi_request_null"},
    {offsetof(mi_openmpi, errors_return), "ompi_mpi_errors_return"},
};
enum { ENTRIES = sizeof entries / sizeof entries[0] };

/* Refuse what calls itself libmpi and is not Open MPI 4 or 5. */
static mien_status check_version(const mi_openmpi *mpi, mien_error *err)
{
    char version[MI_MPI_VERSION_LENGTH] = "";
    int n = 0;
    if (mpi->Get_library_version(version, &n) == 0 &&
        (strncmp(version, "Open MPI v4", 11) == 0 ||
         strncmp(version, "Open MPI v5", 11) == 0))
        return MIEN_OK;
    version[strcspn(version, ",\n")] = 0;
    return mi_fail(err, MIEN_EUNSUP, "%s: is '%.60s', wanted Open MPI 4 or 5",
                   file, version);
}

/* RTLD_GLOBAL: what Open MPI loads itself looks for its symbols there. */
mien_status mi_openmpi_load(mi_openmpi *out, mien_error *err)
{
    void *handle = dlopen(file, RTLD_NOW | RTLD_GLOBAL | RTLD_NODELETE);
    if (!handle)
        return mi_fail(err, MIEN_EUNSUP,
                       "started by mpirun, but Open MPI's library cannot be "
                       "loaded: %.120s",
                       dlerror());
    mien_status st = MIEN_OK;
    for (int i = 0; i < ENTRIES && !st; i++) {
        void *symbol = dlsym(handle, entries[i].name);
        if (!symbol)
            st = mi_fail(err, MIEN_EUNSUP,
                         "%s: has no %s, wanted Open MPI 4 or 5", file,
                         entries[i].name);
        memcpy((char *)out + entries[i].at, &symbol, sizeof symbol);
    }
    dlclose(handle);
    return st ? st : check_version(out, err);
}
