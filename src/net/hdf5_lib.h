/* hdf5_lib.h: the functions of libhdf5 that are called.
 *
 * The library is loaded (dlopen) when a file is first read: what it leans on
 * (curl, OpenSSL, Kerberos, ...) would cost every command time.  Headers give
 * the types, and the soname that is asked for is that of their version. */
#ifndef MI_NET_HDF5_LIB_H
#define MI_NET_HDF5_LIB_H

#include "mien/base.h"

#include <hdf5.h>

/* Flags of the header call functions first; mi_hdf5_load has done that. */
#undef H5CHECK
#define H5CHECK
#undef H5OPEN
#define H5OPEN

#if H5_VERSION_GE(1, 12, 0)
typedef H5L_info1_t mi_hdf5_link;
#define MI_HDF5_LINK_INFO H5Lget_info1
#else
typedef H5L_info_t mi_hdf5_link;
#define MI_HDF5_LINK_INFO H5Lget_info
#endif

/* X(field, function) */
#define MI_HDF5_LIST(X)                                 \
    X(no_farewell, H5dont_atexit)                       \
    X(open, H5open)                                     \
    X(version, H5get_libversion)                        \
    X(close_object, H5Oclose)                           \
    X(open_object, H5Oopen)                             \
    X(object_kind, H5Iget_type)                         \
    X(link_exists, H5Lexists)                           \
    X(link_info, MI_HDF5_LINK_INFO)                     \
    X(attribute_exists, H5Aexists)                      \
    X(attribute_open, H5Aopen)                          \
    X(attribute_close, H5Aclose)                        \
    X(attribute_type, H5Aget_type)                      \
    X(attribute_space, H5Aget_space)                    \
    X(attribute_read, H5Aread)                          \
    X(array_properties, H5Dget_create_plist)            \
    X(array_type, H5Dget_type)                          \
    X(array_space, H5Dget_space)                        \
    X(array_place, H5Dget_offset)                       \
    X(array_bytes, H5Dget_storage_size)                 \
    X(array_read, H5Dread)                              \
    X(chunk_bytes, H5Dget_chunk_storage_size)           \
    X(chunk_read, H5Dread_chunk)                        \
    X(texts_free, H5Dvlen_reclaim)                      \
    X(type_class, H5Tget_class)                         \
    X(type_size, H5Tget_size)                           \
    X(type_is_variable, H5Tis_variable_str)             \
    X(type_equal, H5Tequal)                             \
    X(type_close, H5Tclose)                             \
    X(space_kind, H5Sget_simple_extent_type)            \
    X(space_rank, H5Sget_simple_extent_ndims)           \
    X(space_dims, H5Sget_simple_extent_dims)            \
    X(space_close, H5Sclose)                            \
    X(properties_new, H5Pcreate)                        \
    X(properties_close, H5Pclose)                       \
    X(set_memory_driver, H5Pset_fapl_core)              \
    X(set_image, H5Pset_file_image)                     \
    X(set_image_callbacks, H5Pset_file_image_callbacks) \
    X(layout, H5Pget_layout)                            \
    X(external_files, H5Pget_external_count)            \
    X(chunk_shape, H5Pget_chunk)                        \
    X(filters, H5Pget_nfilters)                         \
    X(filter, H5Pget_filter2)                           \
    X(user_block, H5Pget_userblock)                     \
    X(shared_messages, H5Pget_shared_mesg_nindexes)     \
    X(sizes, H5Pget_sizes)                              \
    X(file_open, H5Fopen)                               \
    X(file_close, H5Fclose)                             \
    X(file_properties, H5Fget_create_plist)             \
    X(errors_get, H5Eget_auto2)                         \
    X(errors_set, H5Eset_auto2)                         \
    X(errors_walk, H5Ewalk2)                            \
    X(errors_clear, H5Eclear2)                          \
    X(plugins_get, H5PLget_loading_state)               \
    X(plugins_set, H5PLset_loading_state)

/* What libhdf5 calls itself by in variables: X(field, variable) */
#define MI_HDF5_IDS(X)                       \
    X(file_access, H5P_CLS_FILE_ACCESS_ID_g) \
    X(float32, H5T_IEEE_F32LE_g)             \
    X(no_space, H5E_NOSPACE_g)

/* Every function and number of the lists. */
typedef struct mi_hdf5_lib {
#define MI_HDF5_FIELD(field, function) __typeof__(function) *field;
    MI_HDF5_LIST(MI_HDF5_FIELD)
#undef MI_HDF5_FIELD
#define MI_HDF5_FIELD(field, variable) hid_t field;
    MI_HDF5_IDS(MI_HDF5_FIELD)
#undef MI_HDF5_FIELD
} mi_hdf5_lib;

/* Load libhdf5, which stays loaded.  EUNSUP, naming package and file, where it
 * is not installed or is another version than the headers. */
mien_status mi_hdf5_load(mi_hdf5_lib *lib, mien_error *err);

#endif
