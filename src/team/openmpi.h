/* openmpi.h: the functions of Open MPI that src/team calls.
 *
 * libmpi is loaded where mpirun started the process, and its headers are not
 * needed.  What is declared here is MPI's C interface (MPI: A Message-Passing
 * Interface Standard, version 3.1, 2015) with the handles that Open MPI 4 and 5
 * have in their mpi.h: pointers to objects of the library. */
#ifndef MI_TEAM_OPENMPI_H
#define MI_TEAM_OPENMPI_H

#include "mien/base.h"

typedef struct mi_mpi_object *mi_mpi_handle;

/* MPI_Status. */
typedef struct mi_mpi_status {
    int source, tag, error, cancelled;
    size_t bytes;
} mi_mpi_status;

enum {
    MI_MPI_ANY_SOURCE = -1,
    MI_MPI_THREAD_SERIALIZED = 2,
    MI_MPI_VERSION_LENGTH = 256
};

/* X(result, function, parameters) */
#define MI_MPI_LIST(X)                                                      \
    X(Initialized, (int *flag))                                             \
    X(Finalized, (int *flag))                                               \
    X(Init_thread, (int *argc, char ***argv, int wanted, int *provided))    \
    X(Finalize, (void))                                                     \
    X(Get_library_version, (char *version, int *length))                    \
    X(Comm_rank, (mi_mpi_handle comm, int *rank))                           \
    X(Comm_size, (mi_mpi_handle comm, int *size))                           \
    X(Comm_set_errhandler, (mi_mpi_handle comm, mi_mpi_handle handler))     \
    X(Isend, (const void *data, int n, mi_mpi_handle type, int to, int tag, \
              mi_mpi_handle comm, mi_mpi_handle *request))                  \
    X(Irecv, (void *data, int n, mi_mpi_handle type, int from, int tag,     \
              mi_mpi_handle comm, mi_mpi_handle *request))                  \
    X(Recv, (void *data, int n, mi_mpi_handle type, int from, int tag,      \
             mi_mpi_handle comm, mi_mpi_status *status))                    \
    X(Iprobe, (int from, int tag, mi_mpi_handle comm, int *flag,            \
               mi_mpi_status *status))                                      \
    X(Testall,                                                              \
      (int n, mi_mpi_handle *request, int *flag, mi_mpi_status *statuses))

/* Its functions and objects; each function gives 0 where it succeeded. */
typedef struct mi_openmpi {
#define MI_MPI_FIELD(name, parameters) int(*name) parameters;
    MI_MPI_LIST(MI_MPI_FIELD)
#undef MI_MPI_FIELD
    mi_mpi_handle world, byte, none, errors_return;
} mi_openmpi;

/* Load the library, which stays loaded.  EUNSUP where there is none, or where
 * it is another MPI. */
mien_status mi_openmpi_load(mi_openmpi *out, mien_error *err);

#endif
