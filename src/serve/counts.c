/* counts.c: what /metrics tells, in the text format of Prometheus 0.0.4. */
#include "serve/server.h"

void mi_counts_add(mi_counts *c, int route, int status)
{
    int class = status / 100;
    c->requests[route < 0 ? MI_ROUTES : route]
               [class < MI_CLASSES ? class : 0]++;
}

static void head(mien_buffer *out, const char *name, const char *type,
                 const char *about)
{
    mien_buffer_printf(out, "# HELP mien_%s %s\n# TYPE mien_%s %s\n", name,
                       about, name, type);
}

static void one(mien_buffer *out, const char *name, const char *type,
                const char *about, int64_t v)
{
    head(out, name, type, about);
    mien_buffer_printf(out, "mien_%s %lld\n", name, (long long)v);
}

/* How it ended with each peer, by its place in the list. */
static void write_peers(const mi_peers *p, mien_buffer *out)
{
    head(out, "peer_questions_total", "counter",
         "Questions to each peer, by how they ended.");
    for (int i = 0; i < mi_peers_count(p); i++)
        for (int k = 0; k < MI_PEER_ENDS; k++)
            mien_buffer_printf(
                out, "mien_peer_questions_total{peer=\"%d\",end=\"%s\"} %lld\n",
                i + 1, mi_peer_ends[k],
                (long long)mi_peers_counted(p, i, (mi_peer_end)k));
}

void mi_counts_write(const mien_server *s, mien_buffer *out)
{
    const mi_counts *c = &s->counts;
    head(out, "requests_total", "counter", "Requests that ended, by answer.");
    for (int i = 0; i <= MI_ROUTES; i++)
        for (int k = 0; k < MI_CLASSES; k++)
            if (c->requests[i][k])
                mien_buffer_printf(
                    out,
                    "mien_requests_total{method=\"%s\",route=\"%s\","
                    "status=\"%dxx\"} %lld\n",
                    i < MI_ROUTES ? mi_routes[i].method : "-",
                    i < MI_ROUTES ? mi_routes[i].path : "-", k,
                    (long long)c->requests[i][k]);
    one(out, "queue_full_total", "counter", "Refused: too many waited.",
        c->full);
    one(out, "rate_limited_total", "counter", "Refused: too many by one key.",
        c->limited);
    one(out, "cut_off_total", "counter", "Connections past their deadline.",
        c->cut_off);
    one(out, "sweeps_failed_total", "counter",
        "Times that ended records of the gallery could not be erased.",
        c->unswept);
    one(out, "queue_length", "gauge", "Requests that wait.",
        s->queue[0].waiting + s->queue[1].waiting);
    one(out, "requests_active", "gauge", "Requests under way.", s->active);
    one(out, "sessions", "gauge", "Browsers that are logged in.",
        s->sessions.n);
    one(out, "connections", "gauge", "Open connections.", s->n_clients);
    one(out, "body_bytes", "gauge", "Bytes of bodies held.", s->held);
    head(out, "photo_seconds", "summary",
         "Time spent on requests about photos.");
    mien_buffer_printf(out, "mien_photo_seconds_sum %.6f\n", c->photos_seconds);
    mien_buffer_printf(out, "mien_photo_seconds_count %lld\n",
                       (long long)c->photos_n);
    if (s->desk.peers)
        write_peers(s->desk.peers, out);
    if (s->o.metrics)
        s->o.metrics(s->o.metrics_arg, out);
}
