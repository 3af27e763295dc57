/* Any bytes as profiles of people.  Who is read comes back from what is
 * written, in each form. */
#include "mien/record_profiles.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void must(int condition)
{
    if (!condition)
        __builtin_trap();
}

static int pictures(const mien_people *p)
{
    int n = 0;
    for (int i = 0; i < mien_people_count(p); i++)
        for (int k = 0; mien_people_descriptor(p, i, k); k++)
            n++;
    return n;
}

static void again(const mien_people *p, mien_profiles_form form)
{
    mien_people *other = NULL;
    mien_buffer text = {0};
    must(mien_people_new(&other, NULL) == MIEN_OK);
    mien_record_profiles(p, form, 0.5f, &text);
    mien_status st = mien_profiles_read(text.data, text.n, other, NULL, NULL);
    /* nobody, keyed, is an empty object, which is refused */
    must(st == MIEN_OK || (!mien_people_count(p) && form));
    must(pictures(other) == pictures(p));
    mien_buffer_free(&text);
    mien_people_free(other);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    mien_people *p = NULL;
    mien_error err = {0};
    float threshold = -1;
    if (mien_people_new(&p, NULL))
        return 0;
    mien_status st = mien_profiles_read(bytes, n, p, &threshold, &err);
    if (st)
        must(err.status == st && err.text[0] && !mien_people_count(p));
    else
        for (int form = 0; form <= MIEN_PROFILES_KEYED; form++)
            again(p, (mien_profiles_form)form);
    mien_people_free(p);
    return 0;
}
