/* mien.h: everything.  Include one module's header instead if you like. */
#ifndef MIEN_H
#define MIEN_H
#include "mien/base.h"
#include "mien/face.h"
#include "mien/file.h"
#include "mien/image.h"
#include "mien/image_gray.h"
#include "mien/learn.h"
#include "mien/metrics.h"
#include "mien/model.h"
#include "mien/nn.h"
#include "mien/num.h"
#include "mien/plot.h"
#include "mien/split.h"
#include "mien/table.h"
#include "mien/table_columns.h"
#include "mien/tabular.h"
#include "mien/train.h"
#include "mien/video.h"
#include "mien/vision.h"
#include "mien/vision_track.h"
#include "mien/vision_train.h"
#endif
