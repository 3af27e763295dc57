// server.ts: the server of mien that shows this page, as its paths are.
//
// The key is sent once, to log in. What stands for it afterwards is a cookie that no script can
// read, and a token that requests repeat.
import { t } from './text';

/** Who is logged in. */
export interface Session {
  name: string;
  scopes: string[];
  purpose: string | null;
  basis: string | null;
  days: number | null;
  /** Seconds since 1970. */
  until: number;
  csrf: string;
}

/** The session is over, or never was. */
export class Over extends Error {}

export interface Asked {
  method?: string;
  query?: Record<string, string | undefined>;
  json?: unknown;
  photo?: Blob;
}

function bodyOf({ json, photo }: Asked) {
  if (photo) {
    const form = new FormData();
    form.append('file', photo, 'photo');
    return { body: form };
  }
  return json === undefined ? {}
    : { body: JSON.stringify(json), headers: { 'content-type': 'application/json' } };
}

/** Ask the server; what it says against that is an error in words. */
export async function ask(path: string, csrf: string, asked: Asked = {}): Promise<string> {
  const url = new URL(path, document.baseURI);
  for (const [name, value] of Object.entries(asked.query ?? {}))
    if (value)
      url.searchParams.set(name, value);
  const { body, headers } = bodyOf(asked);
  let answer: Response;
  try {
    answer = await fetch(url, { method: asked.method ?? 'GET', body: body ?? null,
      cache: 'no-store', headers: { ...headers, ...(csrf && { 'x-csrf-token': csrf }) } });
  } catch {
    throw new Error(t('server.away'));
  }
  const text = await answer.text();
  if (answer.ok)
    return text;
  const why = messageOf(text, answer.status);
  // Another tab of this browser has logged in since: the cookie is of its session.
  const isOther = answer.status === 403 && why.startsWith('x-csrf-token');
  if (answer.status === 401 || isOther)
    throw new Over(t(csrf ? 'server.over' : 'server.wrong'));
  throw new Error(t('server.refused', { why }));
}

/** Why the server refused. */
function messageOf(text: string, status: number): string {
  try {
    return String(JSON.parse(text).message);
  } catch {
    return String(status);
  }
}
