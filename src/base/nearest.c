/* nearest.c: the name that a mistyped word was meant to be.
 *
 * Source: L. Boytsov, Indexing methods for approximate dictionary searching,
 * 2011, 2.1 (optimal string alignment). */
#include "mien/text.h"

#include <string.h>

enum { WORD_MAX = 40 };

static int least(int a, int b) { return a < b ? a : b; }

/* Letters to insert, remove, replace or swap to get from a to b. */
static int distance(const char *a, const char *b)
{
    int row[3][WORD_MAX + 1];
    int n = (int)strlen(a), m = (int)strlen(b);
    if (n > WORD_MAX || m > WORD_MAX)
        return WORD_MAX;
    for (int j = 0; j <= m; j++)
        row[0][j] = j;
    for (int i = 1; i <= n; i++) {
        int *now = row[i % 3], *last = row[(i + 2) % 3];
        const int *before = row[(i + 1) % 3];
        now[0] = i;
        for (int j = 1; j <= m; j++) {
            now[j] = least(last[j] + 1, now[j - 1] + 1);
            now[j] = least(now[j], last[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                now[j] = least(now[j], before[j - 2] + 1);
        }
    }
    return row[n % 3][m];
}

const char *mien_text_nearest(const char *word, const char *const *names, int n)
{
    const char *best = NULL;
    int near = least(4, 1 + (int)strlen(word) / 2);
    for (int i = 0; i < n; i++) {
        size_t len = strlen(word);
        int d = distance(word, names[i]);
        if (len >= 3 && strncmp(word, names[i], len) == 0)
            d = least(d, 1);
        if (d < near) {
            near = d;
            best = names[i];
        }
    }
    return best;
}
