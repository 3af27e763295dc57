/* video.h: what the files of src/video share. */
#ifndef MI_VIDEO_VIDEO_H
#define MI_VIDEO_VIDEO_H

#include "mien/video.h"

#include "video/ffmpeg.h"

/* ---- palette.c: colours for GIF --------------------------------------- */

/* At most 255 colours, and which of them is nearest to each of 32^3. */
typedef struct mi_palette mi_palette;

/* A palette without colours; NULL without memory. */
mi_palette *mi_palette_new(void); /* NULL: no memory */
void mi_palette_free(mi_palette *p);
/* Write im into frame, of format PAL8 and the size of im; 0: no memory.  The
 * colours of the frame before are kept as long as they suit. */
int mi_palette_run(mi_palette *p, const mien_image *im, AVFrame *frame);

/* ---- convert.c: AVFrame <-> mien_image -------------------------------- */

/* How a picture as stored is turned to stand upright: axes exchanged first,
 * then mirrored. */
typedef struct mi_turn {
    int transpose, mirror_x, mirror_y;
} mi_turn;

/* A picture that is kept and given new memory only when its size changes;
 * rows are padded, since swscale's vectors write past them. */
typedef struct mi_picture {
    mien_image im;
    size_t bytes;
} mi_picture;

/* What a converter is made for. */
typedef struct mi_kind {
    int w, h, from, to; /* formats of FFmpeg's */
    int full, space;    /* range and matrix of the colours */
} mi_kind;

/* What turns frames into upright RGB.  Zero-initialise, but for ff. */
typedef struct mi_to_rgb {
    const mi_ffmpeg *ff;
    struct SwsContext *sws;
    mi_picture out, plain, alpha;
    mi_kind kind; /* of sws */
    mi_turn turn;
} mi_to_rgb;

/* Which turn a display matrix of nine 16.16 numbers asks for, the nearest
 * multiple of 90 degrees. */
mi_turn mi_turn_of(const int32_t *matrix);
/* The frame, upright, in c->out.im; ENOMEM, EUNSUP. */
mien_status mi_to_rgb_run(mi_to_rgb *c, const AVFrame *frame, const char *name,
                          mien_error *err);
/* Release its pictures and converters. */
void mi_to_rgb_done(mi_to_rgb *c);

/* What brings images to the size and pixels of an encoder.  Zero-initialise,
 * but for ff. */
typedef struct mi_from_rgb {
    const mi_ffmpeg *ff;
    struct SwsContext *sws;
    mi_picture staged, scaled;
} mi_from_rgb;

/* Fill frame, whose memory, size and format are there already.  An image of
 * w x h is cut to the frame's size, any other is scaled to it; palette is asked
 * only for frames of format PAL8. */
mien_status mi_from_rgb_run(mi_from_rgb *c, const mien_image *im, int w, int h,
                            mi_palette *palette, AVFrame *frame,
                            mien_error *err);
/* Release its pictures and converter. */
void mi_from_rgb_done(mi_from_rgb *c);

/* Give p the size w x h, bytes_per_pixel 3 or 4; 0 if there is no memory. */
int mi_picture_size(mi_picture *p, int w, int h, int bytes_per_pixel);

/* ---- movie.c ----------------------------------------------------------- */

/* Sound that is copied into a movie. */
typedef struct mi_sound {
    const mien_video *from; /* whose frames are added; borrowed */
    mien_video *source;     /* its file, opened again; NULL: no sound */
    AVStream *stream;       /* of the movie */
    int waiting;            /* the source's packet is not written yet */
    int64_t next;           /* least time of the next packet */
    int64_t n, bytes;       /* packets written */
    char why[200];          /* it is left out; empty: it is not */
} mi_sound;

/* The parts of a movie that window.c makes otherwise. */
struct mien_movie {
    mi_ffmpeg ff;
    char *path, *part; /* in the end; while it is written (NULL: a window) */
    AVFormatContext *format;
    AVCodecContext *encoder;
    AVStream *stream; /* of format */
    AVPacket *packet;
    AVFrame *frame;
    mi_from_rgb from_rgb;
    mi_palette *palette; /* GIF */
    int w, h;            /* of the movie, as asked for */
    int begun;           /* the head is written */
    int broken;          /* a write failed */
    int full;            /* there is room for the end only */
    int64_t n;           /* frames */
    int64_t least;       /* from one frame to the next, in the same */
    int64_t last, step;  /* the last one's time, and one frame of fps, in the
                            encoder's unit */
    int64_t received, bytes, largest; /* packets of the encoder */
    mi_sound sound;
};

/* A movie without container or encoder: name is path, or a window's title;
 * devices as for mi_ffmpeg_load. */
mien_status mi_movie_make(const char *name, int w, int h, int devices,
                          mien_movie **out, mien_error *err);
/* Make the frame that images are brought into, of the encoder's size. */
mien_status mi_movie_frame(mien_movie *m, mien_error *err);

/* room.c: is there room for the end?  A full disk and a limit on the size of
 * files are met before they are reached, so that the file can be ended. */
int mi_movie_has_room(const mien_movie *m);

/* ---- sound.c ----------------------------------------------------------- */

/* Give a movie without a head a stream for the sound of a video, or say in
 * sound.why for what reason it cannot be copied; ENOMEM. */
mien_status mi_sound_open(mien_movie *m, const mien_video *from,
                          mien_error *err);
/* Write the sound before a time in seconds; FFmpeg's code.  A disk that fills
 * up sets m->full. */
int mi_sound_write(mien_movie *m, double until);
/* Close the source. */
void mi_sound_close(mi_sound *s);

/* ---- source.c, frames.c ----------------------------------------------- */

/* Bytes that are read as a file. */
typedef struct mi_memory {
    const uint8_t *bytes;
    int64_t n, at;
} mi_memory;

struct mien_video {
    mi_ffmpeg ff;
    char *name; /* for messages */
    AVFormatContext *format;
    AVCodecContext *decoder;
    AVStream *stream; /* of format */
    AVPacket *packet;
    AVFrame *frame;
    mi_to_rgb to_rgb;
    mien_video_info info;
    int max_side;
    int64_t max_pixels;
    int is_device;
    int drained; /* the decoder was told that no more packets come */
    int ended;   /* mien_video_next has given all frames */
    int waiting; /* frame holds one that mien_video_next has not given yet */
    int64_t damaged, given;
    int64_t first;  /* time stamp of the first frame */
    double seconds; /* of the last frame */
    double lasts;   /* how long it is shown, in seconds; 0: unknown */
    AVIOContext *io;
    mi_memory memory;
};

/* ELIMIT if frames of w x h are over the limits of v. */
mien_status mi_video_check_size(const mien_video *v, int w, int h,
                                mien_error *err);
/* The next frame into v->frame; more 0 if there is none. */
mien_status mi_video_decode(mien_video *v, int *more, mien_error *err);

/* Open a video that lies in memory, borrowed until it is closed. */
mien_status mi_video_open_memory(const uint8_t *bytes, size_t n,
                                 const mien_video_options *options,
                                 mien_video **out, mien_error *err);
/* Open the file of a video again for its best sound: the stream is that, and
 * there is no decoder. */
mien_status mi_video_open_sound(const mien_video *v, mien_video **out,
                                mien_error *err);
/* Open a device of one of libavdevice's drivers. */
mien_status mi_video_open_device(const char *driver, const char *device,
                                 const mien_video_options *options,
                                 mien_video **out, mien_error *err);

#endif
