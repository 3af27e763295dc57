/* Any bytes as the metrics of a model: its card can be written in each form,
 * and counts what is open. */
#include "mien/report_card.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void must(int condition)
{
    if (!condition)
        __builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static const char model[] = "<opencv_storage><cascade/></opencv_storage>";
    const mien_card_source source = {.name = "model",
                                     .model = (const uint8_t *)model,
                                     .model_n = sizeof model - 1,
                                     .metrics = bytes,
                                     .metrics_n = n};
    mien_card *c = NULL;
    mien_error err = {0};
    mien_buffer text = {0}, json = {0}, page = {0};
    mien_status st = mien_card_of_model(&source, &c, &err);
    must(st ? err.status == st && err.text[0] && !c : c != NULL);
    if (st)
        return 0;
    must(mien_card_text(c, &text, NULL) == MIEN_OK);
    must(mien_card_json(c, &json, NULL) == MIEN_OK);
    must(mien_card_page(c, &page, NULL) == MIEN_OK);
    must(mien_card_open(c) > 0);
    for (size_t i = 0; i < text.n; i++)
        must(text.data[i] >= 32 || text.data[i] == '\n');
    mien_card_free(c);
    mien_buffer_free(&text);
    mien_buffer_free(&json);
    mien_buffer_free(&page);
    return 0;
}
