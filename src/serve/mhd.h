/* mhd.h: the functions of libmicrohttpd that src/serve calls.
 *
 * The library is loaded when a server starts, not when the program does: with
 * it come GnuTLS and what that leans on. */
#ifndef MI_SERVE_MHD_H
#define MI_SERVE_MHD_H

#include "mien/base.h"

#include <microhttpd.h>

/* X(function) */
#define MI_MHD_LIST(X)                 \
    X(MHD_add_response_header)         \
    X(MHD_create_response_from_buffer) \
    X(MHD_create_response_from_fd)     \
    X(MHD_destroy_response)            \
    X(MHD_get_connection_info)         \
    X(MHD_get_daemon_info)             \
    X(MHD_is_feature_supported)        \
    X(MHD_lookup_connection_value)     \
    X(MHD_queue_response)              \
    X(MHD_quiesce_daemon)              \
    X(MHD_resume_connection)           \
    X(MHD_start_daemon)                \
    X(MHD_stop_daemon)                 \
    X(MHD_suspend_connection)

typedef struct mi_mhd {
#define X(function) __typeof__(&function) function;
    MI_MHD_LIST(X)
#undef X
} mi_mhd;

/* Fails with EUNSUP, and says what is missing. */
mien_status mi_mhd_load(mi_mhd *out, mien_error *err);

#endif
