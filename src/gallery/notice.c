/* notice.c: a page for those whose faces are looked at. */
#include "mien/gallery_notice.h"

#include "base/error.h"
#include "gallery/gallery.h"
#include "mien/report.h"

#include <math.h>
#include <string.h>

static const char head[] =
    "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width\">\n"
    "<meta name=\"robots\" content=\"noindex\">\n"
    "<title>Faces are recognised here</title>\n<style>\n"
    "body{font:18px/1.5 system-ui,sans-serif;max-width:44rem;margin:2rem auto;"
    "padding:0 1rem;background:#fff;color:#111}\n"
    "h1{font-size:2.2rem;line-height:1.2;margin:0 0 1rem}\n"
    "dt{font-weight:bold;margin-top:.9rem}dd{margin:0;overflow-wrap:anywhere}\n"
    ".line{display:block;border-bottom:1px solid #111;height:2rem}\n"
    "@media print{body{margin:0;font-size:12pt}}\n"
    "</style></head><body>\n<h1>Faces are recognised here</h1>\n";

/* What a gallery has for a purpose. */
typedef struct held {
    int people;
    int64_t faces;
    char last[11]; /* the day on which the last of them ends */
    int inferred;  /* files of predictions with rows about them */
} held;

/* Those who are enrolled for it. */
static held count(const mien_gallery *g, const char *purpose)
{
    held h = {0};
    for (int i = 0; i < g->people; i++) {
        const mien_gallery_person *p = &g->person[i].shown;
        if (strcmp(p->basis.purpose, purpose) != 0)
            continue;
        h.people++;
        h.faces += p->faces;
        if (strcmp(p->basis.expiry, h.last) > 0)
            memcpy(h.last, p->basis.expiry, sizeof h.last);
    }
    return h;
}

/* Files of predictions of which rows about them are kept. */
static mien_status count_inferred(const mien_gallery *g, const char *purpose,
                                  int *out, mien_error *err)
{
    mien_status st = MIEN_OK;
    for (int i = 0; !st && i < g->people; i++) {
        const mien_gallery_person *p = &g->person[i].shown;
        int n = 0;
        if (strcmp(p->basis.purpose, purpose) == 0)
            st = mi_kept_count(g, p->id, MI_KEPT_INFERRED, &n, err);
        *out += n;
    }
    return st;
}

/* The next heading. */
static void begin(mien_buffer *out, const char *what)
{
    mien_buffer_printf(out, "<dt>%s</dt>\n<dd>", what);
}

/* What only the one who hangs it up knows; a line where it was not said. */
static void said(mien_buffer *out, const char *what, const char *text,
                 int *blank)
{
    begin(out, what);
    if (text && *text)
        mien_page_text(out, text);
    else
        mien_buffer_puts(out, "<span class=\"line\"></span>");
    *blank += !text || !*text;
    mien_buffer_puts(out, "</dd>\n");
}

/* How many are enrolled for it by a reason. */
static int count_basis(const mien_gallery *g, const char *purpose,
                       const char *basis)
{
    int n = 0;
    for (int i = 0; i < g->people; i++) {
        const mien_basis *b = &g->person[i].shown.basis;
        n += strcmp(b->purpose, purpose) == 0 && strcmp(b->basis, basis) == 0;
    }
    return n;
}

/* The reasons, and of how many. */
static void why(const mien_gallery *g, const char *purpose, int people,
                mien_buffer *out)
{
    const char *between = "";
    begin(out, "Why that is allowed");
    for (const char *p = MIEN_BASES; *p; p += *p == ',') {
        char word[sizeof((mien_basis *)NULL)->basis] = "";
        size_t n = strcspn(p, ",");
        memcpy(word, p, n < sizeof word ? n : sizeof word - 1);
        int by = count_basis(g, purpose, word);
        if (by) {
            mien_buffer_printf(out, "%s%s (%d of %d)", between, word, by,
                               people);
            between = ", ";
        }
        p += n;
    }
    mien_buffer_puts(out, "</dd>\n");
}

/* How often it errs, by the first network that was calibrated. */
static mien_status errors(mien_gallery *g, const char *purpose,
                          mien_buffer *out, mien_error *err)
{
    mien_gallery_threshold t;
    int found = 0;
    mien_status st = MIEN_OK;
    for (int i = 0; !st && !found && i < g->shelves; i++)
        st = mien_gallery_threshold_of(g, purpose, g->shelf[i].model, &found,
                                       &t, err);
    if (st)
        return st;
    begin(out, "How often it is wrong");
    if (found)
        mien_buffer_printf(
            out,
            "Of people who are not enrolled about %.2g in 100 (%.2g to %.2g) "
            "get the name of somebody else; that was measured on %d people, "
            "and can be more for people who are rare among them. ",
            100 * t.strangers.value, 100 * t.strangers.low,
            100 * t.strangers.high, t.people);
    else
        mien_buffer_puts(out, "That was not measured here. ");
    mien_buffer_puts(out,
                     "A printed photo passes as the person. Nothing should be "
                     "decided about anybody by this alone.</dd>\n");
    return MIEN_OK;
}

/* What is held of whom, and its end. */
static void kept(mien_buffer *out, const held *h)
{
    begin(out, "What is kept");
    mien_buffer_printf(
        out,
        "Of %d %s who %s enrolled: a name, a day of birth where it was given, "
        "why and until when, and %lld %s of numbers that describe %s. Photos "
        "are not kept. Of each face that is compared: when, what for, and who "
        "of those was found, if anybody. It is sealed, and the program sends "
        "nothing anywhere.%s</dd>\n",
        h->people, h->people == 1 ? "person" : "people",
        h->people == 1 ? "is" : "are", (long long)h->faces,
        h->faces == 1 ? "row" : "rows",
        h->faces == 1 ? "a face" : "their faces",
        h->inferred ? " What models inferred about them is kept, too, each to "
                      "its own end."
                    : "");
    begin(out, "Until when");
    mien_buffer_printf(out,
                       "The last of them ends on %s. Who ends, or withdraws, "
                       "is erased.</dd>\n",
                       h->last);
}

mien_status mien_gallery_notice(mien_gallery *g,
                                const mien_gallery_notice_options *o,
                                mien_buffer *out, int *blank, mien_error *err)
{
    int open = 0;
    held h = count(g, o->purpose);
    if (!h.people)
        return mi_fail(err, MIEN_EARG, "nobody is enrolled for '%.100s'",
                       o->purpose);
    mien_status st = count_inferred(g, o->purpose, &h.inferred, err);
    if (st)
        return st;
    mien_buffer_puts(out, head);
    mien_buffer_puts(out, "<p>A computer compares each face that is seen here "
                          "with those of people who are enrolled.</p>\n<dl>\n");
    said(out, "Who is responsible", o->responsible, &open);
    said(out, "Where to ask", o->contact, &open);
    said(out, "What for", o->purpose, &open);
    why(g, o->purpose, h.people, out);
    kept(out, &h);
    st = errors(g, o->purpose, out, err);
    begin(out, "What you can ask for");
    mien_buffer_puts(
        out, "To see all that is kept of you; to be erased, at once; to take "
             "back what you agreed to; never to be matched, for which your "
             "face is described and kept; and to complain to the authority "
             "for data protection.</dd>\n</dl>\n</body></html>\n");
    if (!st && out->failed)
        st = mi_no_memory(err);
    if (!st && blank)
        *blank = open;
    return st;
}
