/* coco.c: the classes of COCO.
 *
 * Their numbers go to 90; ten stand for things that were left out when the set
 * was published (street sign, hat, shoe, ...).
 * Source: Lin et al., Microsoft COCO, ECCV 2014; the names as in
 * @tensorflow-models/coco-ssd 2.2.3, classes.ts. */
#include "mien/objects.h"

#include <strings.h>

/* X(id, name), in the order of the index */
#define COCO_LIST(X)        \
    X(1, "person")          \
    X(2, "bicycle")         \
    X(3, "car")             \
    X(4, "motorcycle")      \
    X(5, "airplane")        \
    X(6, "bus")             \
    X(7, "train")           \
    X(8, "truck")           \
    X(9, "boat")            \
    X(10, "traffic light")  \
    X(11, "fire hydrant")   \
    X(13, "stop sign")      \
    X(14, "parking meter")  \
    X(15, "bench")          \
    X(16, "bird")           \
    X(17, "cat")            \
    X(18, "dog")            \
    X(19, "horse")          \
    X(20, "sheep")          \
    X(21, "cow")            \
    X(22, "elephant")       \
    X(23, "bear")           \
    X(24, "zebra")          \
    X(25, "giraffe")        \
    X(27, "backpack")       \
    X(28, "umbrella")       \
    X(31, "handbag")        \
    X(32, "tie")            \
    X(33, "suitcase")       \
    X(34, "frisbee")        \
    X(35, "skis")           \
    X(36, "snowboard")      \
    X(37, "sports ball")    \
    X(38, "kite")           \
    X(39, "baseball bat")   \
    X(40, "baseball glove") \
    X(41, "skateboard")     \
    X(42, "surfboard")      \
    X(43, "tennis racket")  \
    X(44, "bottle")         \
    X(46, "wine glass")     \
    X(47, "cup")            \
    X(48, "fork")           \
    X(49, "knife")          \
    X(50, "spoon")          \
    X(51, "bowl")           \
    X(52, "banana")         \
    X(53, "apple")          \
    X(54, "sandwich")       \
    X(55, "orange")         \
    X(56, "broccoli")       \
    X(57, "carrot")         \
    X(58, "hot dog")        \
    X(59, "pizza")          \
    X(60, "donut")          \
    X(61, "cake")           \
    X(62, "chair")          \
    X(63, "couch")          \
    X(64, "potted plant")   \
    X(65, "bed")            \
    X(67, "dining table")   \
    X(70, "toilet")         \
    X(72, "tv")             \
    X(73, "laptop")         \
    X(74, "mouse")          \
    X(75, "remote")         \
    X(76, "keyboard")       \
    X(77, "cell phone")     \
    X(78, "microwave")      \
    X(79, "oven")           \
    X(80, "toaster")        \
    X(81, "sink")           \
    X(82, "refrigerator")   \
    X(84, "book")           \
    X(85, "clock")          \
    X(86, "vase")           \
    X(87, "scissors")       \
    X(88, "teddy bear")     \
    X(89, "hair drier")     \
    X(90, "toothbrush")

/* One more for each that stands before: the index. */
enum {
#define X(id, name) INDEX_##id,
    COCO_LIST(X)
#undef X
};

static const mien_coco_class classes[MIEN_COCO_CLASSES] = {
#define X(number, text) {(number), INDEX_##number, (text)},
    COCO_LIST(X)
#undef X
};

const mien_coco_class *mien_coco_at(int index)
{
    return index >= 0 && index < MIEN_COCO_CLASSES ? &classes[index] : NULL;
}

const mien_coco_class *mien_coco_of(int id)
{
    /* no class stands behind its number */
    int from = id < MIEN_COCO_CLASSES ? id : MIEN_COCO_CLASSES;
    for (int i = from - 1; i >= 0 && classes[i].id >= id; i--)
        if (classes[i].id == id)
            return &classes[i];
    return NULL;
}

const mien_coco_class *mien_coco_find(const char *name)
{
    for (int i = 0; i < MIEN_COCO_CLASSES; i++)
        if (strcasecmp(classes[i].name, name) == 0)
            return &classes[i];
    return NULL;
}
