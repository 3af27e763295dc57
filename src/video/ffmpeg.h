/* ffmpeg.h: the functions of FFmpeg's libraries that src/video calls.
 *
 * The libraries are loaded when a video is first opened, not when the program
 * starts: with what they lean on they are some 200, and cost more time and
 * memory than finding a face.  Headers give the types; the soname that is asked
 * for is that of the headers. */
#ifndef MI_VIDEO_FFMPEG_H
#define MI_VIDEO_FFMPEG_H

#include "mien/base.h"

#include <libavcodec/avcodec.h>
#include <libavdevice/avdevice.h>
#include <libavformat/avformat.h>
#include <libavutil/avstring.h>
#include <libavutil/log.h>
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>
#include <libavutil/time.h>
#include <libswscale/swscale.h>

#if LIBAVCODEC_VERSION_INT >= AV_VERSION_INT(60, 31, 100)
#define MI_FFMPEG_SIDE_DATA(X) X(AVCODEC, av_packet_side_data_get)
#else
#define MI_FFMPEG_SIDE_DATA(X) X(AVFORMAT, av_stream_get_side_data)
#endif

/* How long a frame is shown, in units of its stream; 0: unknown. */
static inline int64_t mi_frame_duration(const AVFrame *f)
{
#if LIBAVUTIL_VERSION_INT >= AV_VERSION_INT(57, 30, 100)
    return f->duration;
#else
    return f->pkt_duration;
#endif
}

/* X(library, function) */
#define MI_FFMPEG_LIST(X)                       \
    X(AVUTIL, av_d2q)                           \
    X(AVUTIL, av_dict_free)                     \
    X(AVUTIL, av_dict_get)                      \
    X(AVUTIL, av_dict_set)                      \
    X(AVUTIL, av_dict_set_int)                  \
    X(AVUTIL, av_frame_alloc)                   \
    X(AVUTIL, av_frame_free)                    \
    X(AVUTIL, av_frame_get_buffer)              \
    X(AVUTIL, av_frame_make_writable)           \
    X(AVUTIL, av_free)                          \
    X(AVUTIL, av_freep)                         \
    X(AVUTIL, av_log_set_level)                 \
    X(AVUTIL, av_malloc)                        \
    X(AVUTIL, av_match_name)                    \
    X(AVUTIL, av_opt_set)                       \
    X(AVUTIL, av_pix_fmt_desc_get)              \
    X(AVUTIL, av_strdup)                        \
    X(AVUTIL, av_strerror)                      \
    X(AVUTIL, av_usleep)                        \
    X(SWSCALE, sws_freeContext)                 \
    X(SWSCALE, sws_getCachedContext)            \
    X(SWSCALE, sws_getCoefficients)             \
    X(SWSCALE, sws_getColorspaceDetails)        \
    X(SWSCALE, sws_scale)                       \
    X(SWSCALE, sws_setColorspaceDetails)        \
    X(AVCODEC, av_packet_alloc)                 \
    X(AVCODEC, av_packet_free)                  \
    X(AVCODEC, av_packet_rescale_ts)            \
    X(AVCODEC, av_packet_unref)                 \
    X(AVCODEC, avcodec_alloc_context3)          \
    X(AVCODEC, avcodec_find_decoder)            \
    X(AVCODEC, avcodec_find_encoder)            \
    X(AVCODEC, avcodec_find_encoder_by_name)    \
    X(AVCODEC, avcodec_free_context)            \
    X(AVCODEC, avcodec_get_name)                \
    X(AVCODEC, avcodec_open2)                   \
    X(AVCODEC, avcodec_parameters_copy)         \
    X(AVCODEC, avcodec_parameters_from_context) \
    X(AVCODEC, avcodec_parameters_to_context)   \
    X(AVCODEC, avcodec_receive_frame)           \
    X(AVCODEC, avcodec_receive_packet)          \
    X(AVCODEC, avcodec_send_frame)              \
    X(AVCODEC, avcodec_send_packet)             \
    MI_FFMPEG_SIDE_DATA(X)                      \
    X(AVFORMAT, av_find_best_stream)            \
    X(AVFORMAT, av_find_input_format)           \
    X(AVFORMAT, av_guess_frame_rate)            \
    X(AVFORMAT, av_interleaved_write_frame)     \
    X(AVFORMAT, av_read_frame)                  \
    X(AVFORMAT, av_write_trailer)               \
    X(AVFORMAT, avformat_alloc_context)         \
    X(AVFORMAT, avformat_alloc_output_context2) \
    X(AVFORMAT, avformat_close_input)           \
    X(AVFORMAT, avformat_find_stream_info)      \
    X(AVFORMAT, avformat_free_context)          \
    X(AVFORMAT, avformat_new_stream)            \
    X(AVFORMAT, avformat_open_input)            \
    X(AVFORMAT, avformat_query_codec)           \
    X(AVFORMAT, avformat_write_header)          \
    X(AVFORMAT, avio_alloc_context)             \
    X(AVFORMAT, avio_closep)                    \
    X(AVFORMAT, avio_context_free)              \
    X(AVFORMAT, avio_open)                      \
    X(AVDEVICE, av_output_video_device_next)    \
    X(AVDEVICE, avdevice_register_all)

/* Every function of the list; those of AVDEVICE are NULL where no devices were
 * asked for. */
typedef struct mi_ffmpeg {
#define MI_FFMPEG_FIELD(library, function) __typeof__(function) *function;
    MI_FFMPEG_LIST(MI_FFMPEG_FIELD)
#undef MI_FFMPEG_FIELD
} mi_ffmpeg;

/* Load the libraries, libavdevice if devices is not 0, and stop them from
 * writing to stderr.  They stay loaded.  EUNSUP, naming the file, where one is
 * not installed. */
mien_status mi_ffmpeg_load(mi_ffmpeg *ff, int devices, mien_error *err);

/* Fail with FFmpeg's code r: ENOMEM, EUNSUP, EFORMAT or EIO, and
 * "name: what: FFmpeg's words". */
mien_status mi_ffmpeg_fail(const mi_ffmpeg *ff, mien_error *err,
                           const char *name, const char *what, int r);

#endif
