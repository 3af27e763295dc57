/* Any bytes as a file of Keras.  What is read describes itself, and its text
 * reads again with as many layers. */
#include "mien/net.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void must(int condition)
{
    if (!condition)
        __builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    mien_net *net = NULL, *again = NULL;
    mien_bytes text = {0};
    mien_error err = {0};
    mien_status st = mien_keras_read(bytes, n, NULL, &net, &text, &err);
    if (st) {
        must(err.status == st && err.text[0] && !net && !text.data);
        return 0;
    }
    mien_buffer table = {0};
    mien_net_table(net, &table);
    must(!table.failed && table.n > 0);
    must(mien_net_read(text.data, text.n, NULL, &again, &err) == MIEN_OK);
    must(net->n_layers == again->n_layers);
    mien_buffer_free(&table);
    mien_bytes_free(&text);
    mien_net_free(net);
    mien_net_free(again);
    return 0;
}
