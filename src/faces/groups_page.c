/* groups_page.c: groups of faces as a page of HTML that needs no other file. */
#include "faces/groups.h"

#include "mien/report.h"

#include <string.h>

static const char head[] =
    "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width\">\n"
    "<meta name=\"color-scheme\" content=\"light dark\">\n"
    "<meta name=\"robots\" content=\"noindex\">\n"
    "<meta name=\"referrer\" content=\"no-referrer\">\n"
    "<title>Faces put together</title>\n<style>\n"
    ":root{color-scheme:light "
    "dark;--back:#fff;--text:#222;--soft:#595959;--line:#ddd;--note:#fff4d6}\n"
    "@media(prefers-color-scheme:dark){:root{--back:#181a1b;--text:#e8e6e3;"
    "--soft:#a8a39b;--line:#3a3d3f;--note:#3b3116}}\n"
    "body{font:16px/1.5 system-ui,sans-serif;max-width:76rem;margin:2rem auto;"
    "padding:0 1rem;background:var(--back);color:var(--text)}\n"
    "h1{font-size:1.6rem;margin:0 0 .5rem}h2{font-size:1.15rem;margin:2rem 0 "
    ".5rem;border-top:1px solid var(--line);padding-top:1rem}\n"
    "h2 span{font-weight:normal;color:var(--soft);margin-left:.6rem}\n"
    ".note{background:var(--note);padding:.6rem .9rem;border-radius:.4rem}\n"
    ".faces{display:grid;gap:.7rem;grid-template-columns:repeat(auto-fill,"
    "minmax(6.5rem,1fr))}\n"
    "figure{margin:0;min-width:0}figure "
    "img{display:block;width:100%;height:auto;"
    "aspect-ratio:1;object-fit:cover;border-radius:.4rem}\n"
    "figcaption{font-size:12px;line-height:1.35;color:var(--soft);"
    "overflow-wrap:anywhere;margin-top:.2rem;display:-webkit-box;"
    "-webkit-line-clamp:2;-webkit-box-orient:vertical;overflow:hidden}\n"
    "li{overflow-wrap:anywhere}summary{cursor:pointer;padding:.5rem 0}\n"
    "@media(max-width:30rem){body{margin:1rem auto}.faces{gap:.5rem;"
    "grid-template-columns:repeat(3,1fr)}}\n"
    "</style></head><body>\n";

/* The name of a file, whatever bytes it has. */
static void put_name(mien_buffer *out, const char *name)
{
    mien_buffer good = {0};
    mien_utf8_repair(name, &good);
    mien_buffer_put(&good, "", 1);
    if (!good.failed)
        mien_page_text(out, (const char *)good.data);
    out->failed |= good.failed;
    mien_buffer_free(&good);
}

static const char *plural(int n) { return n == 1 ? "" : "s"; }

/* The picture of a face, with the file's name; the whole path on hover. */
static void put_face(const mien_face_groups *g, int face, mien_buffer *out)
{
    const mi_grouped_face *f = mi_face_of(g, face);
    const mien_photo_file *file = &g->list->file[g->place[face].photo];
    mien_buffer_puts(out, "<figure title=\"");
    put_name(out, file->path);
    mien_buffer_printf(out,
                       "\"><img loading=\"lazy\" width=\"%d\" height=\"%d\" "
                       "alt=\"a face of ",
                       g->side, g->side);
    put_name(out, file->name);
    mien_buffer_puts(out, "\" src=\"");
    mien_page_data(out, "image/jpeg", &f->picture);
    mien_buffer_puts(out, "\"><figcaption>");
    put_name(out, file->name);
    mien_buffer_puts(out, "</figcaption></figure>\n");
}

/* Faces of a part of the members; of many some, at equal steps. */
static void put_faces(const mien_face_groups *g, int part, int most,
                      mien_buffer *out)
{
    const mien_clusters *c = &g->clusters;
    int from = c->begin[part], n = c->begin[part + 1] - from;
    int shown = most && n > most ? most : n;
    mien_buffer_puts(out, "<div class=\"faces\">\n");
    for (int i = 0; i < shown; i++)
        put_face(g, c->member[from + (int)((int64_t)i * n / shown)], out);
    mien_buffer_puts(out, "</div>\n");
    if (shown < n)
        mien_buffer_printf(out, "<p>and %d more face%s</p>\n", n - shown,
                           plural(n - shown));
}

/* Photos of a part of the members; those of one photo lie together. */
static int photos_of(const mien_face_groups *g, int part)
{
    const mien_clusters *c = &g->clusters;
    int photos = 0, last = -1;
    for (int i = c->begin[part]; i < c->begin[part + 1]; i++) {
        int photo = g->place[c->member[i]].photo;
        photos += photo != last;
        last = photo;
    }
    return photos;
}

/* A group, or the faces in none. */
static void put_part(const mien_face_groups *g, int part, int most,
                     mien_buffer *out)
{
    const mien_clusters *c = &g->clusters;
    int n = c->begin[part + 1] - c->begin[part], photos = photos_of(g, part);
    if (!n)
        return;
    mien_buffer_puts(out, "<section><h2>");
    if (part < c->groups)
        mien_buffer_printf(out, "Group %d", part + 1);
    else
        mien_buffer_puts(out, "In no group");
    mien_buffer_printf(out, "<span>%d face%s in %d photo%s</span></h2>\n", n,
                       plural(n), photos, plural(photos));
    put_faces(g, part, most, out);
    mien_buffer_puts(out, "</section>\n");
}

/* How many of what, how they were put together, what this file is. */
static void put_summary(const mien_face_groups *g, mien_buffer *out)
{
    mien_face_count n = mien_face_groups_count(g);
    int alone = n.faces - n.grouped;
    mien_buffer_printf(
        out,
        "<h1>Faces put together</h1>\n<p>%d face%s in %d photo%s: %d in %d "
        "group%s, %d in none. Faces nearer to each other than %.3g are "
        "neighbours. Groups are estimates: one person may have several, and "
        "people who look alike may share one.</p>\n",
        n.faces, plural(n.faces), n.photos, plural(n.photos), n.grouped,
        n.groups, plural(n.groups), alone, (double)g->threshold);
    if (g->clusters.capped)
        mien_buffer_printf(out,
                           "<p>%lld face%s had more neighbours than are "
                           "kept; only the nearest were heeded.</p>\n",
                           (long long)g->clusters.capped,
                           g->clusters.capped == 1 ? "" : "s");
    mien_buffer_puts(out, "<p class=\"note\">This file holds pictures of "
                          "people&#39;s faces and which photos show the same "
                          "person: personal data, biometric in its origin. "
                          "Keep it as you would keep the photos, and delete it "
                          "when it is no longer needed.</p>\n");
}

/* A list of photos that can be unfolded.
 *
 *   failed  1: those that could not be read; 0: those without a face */
static void put_photos(const mien_face_groups *g, int failed, int n,
                       mien_buffer *out)
{
    if (!n)
        return;
    mien_buffer_printf(out, "<details><summary>%d photo%s %s</summary><ul>\n",
                       n, plural(n),
                       failed ? "could not be read" : "without a face");
    for (int i = 0; i < g->list->n; i++) {
        const mi_grouped_photo *p = &g->photo[i];
        int without = p->read && !p->n && !p->undescribed;
        if (failed ? !p->error.status : !without)
            continue;
        mien_buffer_puts(out, "<li>");
        put_name(out, g->list->file[i].path);
        if (failed) {
            mien_buffer_puts(out, ": ");
            put_name(out, p->error.text);
        }
        mien_buffer_puts(out, "</li>\n");
    }
    mien_buffer_puts(out, "</ul></details>\n");
}

void mien_face_groups_page(const mien_face_groups *g, int most,
                           mien_buffer *out)
{
    mien_face_count n = mien_face_groups_count(g);
    mien_buffer_puts(out, head);
    put_summary(g, out);
    for (int part = 0; part <= g->clusters.groups; part++)
        put_part(g, part, most, out);
    if (n.unread || n.without)
        mien_buffer_puts(out, "<h2>Photos that are not here</h2>\n");
    put_photos(g, 1, n.unread, out);
    put_photos(g, 0, n.without, out);
    if (n.undescribed)
        mien_buffer_printf(out,
                           "<p>%d face%s too far outside %s photo to be "
                           "compared.</p>\n",
                           n.undescribed,
                           n.undescribed == 1 ? " lies" : "s lie",
                           n.undescribed == 1 ? "its" : "their");
    mien_page_end(out);
}
