/* hdf5_lib.c: libhdf5, loaded when it is needed. */
#include "net/hdf5_lib.h"

#include "base/error.h"

#include <dlfcn.h>
#include <string.h>

#if H5_VERSION_GE(1, 14, 0)
#define SONAME "310"
#define PACKAGE "libhdf5-310"
#elif H5_VERSION_GE(1, 12, 0)
#define SONAME "200"
#define PACKAGE "libhdf5-200"
#else
#define SONAME "103"
#define PACKAGE "libhdf5-103-1"
#endif
/* Debian's name of the library without MPI, then its makers'. */
static const char *const files[] = {"libhdf5_serial.so." SONAME,
                                    "libhdf5.so." SONAME};
enum { FILES = sizeof files / sizeof files[0] };

/* Names behind macros are those of the functions. */
#define NAME(function) NAME_OF(function)
#define NAME_OF(function) #function

typedef struct entry {
    size_t at; /* in mi_hdf5_lib */
    const char *name;
} entry;
#define ENTRY(field, function) {offsetof(mi_hdf5_lib, field), NAME(function)},
static const entry functions[] = {MI_HDF5_LIST(ENTRY)};
static const entry ids[] = {MI_HDF5_IDS(ENTRY)};
enum {
    FUNCTIONS = sizeof functions / sizeof functions[0],
    IDS = sizeof ids / sizeof ids[0]
};

static mien_status missing(const char *name, mien_error *err)
{
    return mi_fail(err, MIEN_EUNSUP, "hdf5: libhdf5 has no %s", name);
}

/* Find the functions, begin, and only then read the numbers, which the
 * beginning sets. */
static mien_status find(void *handle, mi_hdf5_lib *lib, mien_error *err)
{
    for (int i = 0; i < FUNCTIONS; i++) {
        void *function = dlsym(handle, functions[i].name);
        if (!function)
            return missing(functions[i].name, err);
        memcpy((char *)lib + functions[i].at, &function, sizeof function);
    }
    /* At the end of the program it would say on stderr what damaged files left
     * behind. */
    (void)lib->no_farewell();
    unsigned major = 0, minor = 0, release = 0;
    if (lib->open() < 0 || lib->version(&major, &minor, &release) < 0)
        return mi_fail(err, MIEN_ENOMEM, "hdf5: libhdf5 cannot begin: memory");
    if (major != H5_VERS_MAJOR || minor != H5_VERS_MINOR)
        return mi_fail(err, MIEN_EUNSUP,
                       "hdf5: libhdf5 is version %u.%u, wanted %d.%d", major,
                       minor, H5_VERS_MAJOR, H5_VERS_MINOR);
    for (int i = 0; i < IDS; i++) {
        const void *variable = dlsym(handle, ids[i].name);
        if (!variable)
            return missing(ids[i].name, err);
        memcpy((char *)lib + ids[i].at, variable, sizeof(hid_t));
    }
    return MIEN_OK;
}

mien_status mi_hdf5_load(mi_hdf5_lib *lib, mien_error *err)
{
    void *handle = NULL;
    memset(lib, 0, sizeof *lib);
    for (int i = 0; i < FILES && !handle; i++)
        handle = dlopen(files[i], RTLD_LAZY | RTLD_LOCAL | RTLD_NODELETE);
    if (!handle)
        return mi_fail(err, MIEN_EUNSUP,
                       "hdf5: files of Keras need libhdf5 (Debian's " PACKAGE
                       "), which cannot be loaded: %.90s",
                       dlerror());
    mien_status st = find(handle, lib, err);
    dlclose(handle);
    return st;
}
