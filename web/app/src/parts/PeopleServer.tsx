// PeopleServer: the People page's people kept by the server: who is logged in, and whom a photo is
// looked through for.
import { useCallback, useState } from 'preact/hooks';

import type { Found } from '../store';
import { type Compared, served } from '../store_server';
import { currentLanguage, t } from '../text';
import { Notice } from './Notice';
import { Passphrase } from './Passphrase';
import type { Act, Side, Tools } from './side';

/** The server, as people know it. */
const host = () => location.host;

function useTools(): Tools {
  const { people } = served; // names are other ones when people change
  const who = useCallback((face: Found) => served.nameOf(face), [people]);
  return { who };
}

/** What is seen before somebody logs in. */
function LogIn({ act }: { act: Act }) {
  return (
    <section class="panel" aria-label={t('server.login')}>
      <h2>{t('server.login')}</h2>
      <Passphrase label={t('server.key')} button={t('server.enter')} isNew={false} keep={false}
        onGive={(key) => act(() => served.logIn(key))} />
      <p class="hint">{t('server.keyHint')}</p>
    </section>
  );
}

/** Who is logged in, until when, and the way out. */
function Head({ act }: { act: Act }) {
  const { session } = served;
  if (!session)
    return null;
  const until = new Date(session.until * 1000).toLocaleTimeString(
    currentLanguage() === 'zh' ? 'zh-CN' : 'en-GB', { hour: '2-digit', minute: '2-digit' });
  return (
    <section class="panel session" aria-label={t('server.session')}>
      <p>{t(session.purpose ? 'server.isFor' : 'server.is', { name: session.name,
        purpose: session.purpose ?? '', scopes: session.scopes.join(', '), until })}</p>
      <button type="button" onClick={() => act(() => served.logOut(), t('server.out'))}>
        {t('server.leave')}</button>
    </section>
  );
}

/** How many of some people another network described. */
const others = ({ compared, enrolled }: Compared) => ({ n: enrolled - compared, all: enrolled });

/** Whom the last search could not find, and whom nothing kept out of it. */
function Uncompared() {
  const { searched } = served;
  if (!searched)
    return null;
  const { wanted, denied, days } = searched;
  return (
    <>
      {wanted.compared < wanted.enrolled
        && <Notice text={t('server.uncompared', others(wanted))} />}
      {denied.compared < denied.enrolled
        && <Notice text={t('server.undenied', others(denied))} />}
      {days.map(({ day, born, born_later: n }) => (
        <Notice key={day} text={t('server.later', { day: day ?? '', n, all: born })} />))}
    </>
  );
}

/** Whom the faces are looked for among. */
function Ask({ found, act }: { found: Found[]; act: Act }) {
  const { purpose } = served.terms;
  const [text, setText] = useState('');
  if (!served.may('recognize'))
    return <p class="hint">{t('server.unnamed')}</p>;
  return (
    <form class="panel ask" onSubmit={(e) => {
      e.preventDefault();
      void act(() => served.identify(found, purpose ?? text));
    }}>
      <label class="choice">
        <span>{t('server.purpose')}</span>
        <input type="text" value={purpose ?? text} readOnly={purpose !== undefined} required
          maxLength={199} onInput={(e) => setText(e.currentTarget.value)} />
      </label>
      <button type="submit" class="main">{t('server.identify')}</button>
      <Uncompared />
      <p class="hint">{t('server.logged')}</p>
    </form>
  );
}

const More = () => <p class="hint">{t('server.kept', { host: host() })}</p>;

export const server: Side = { store: served, describes: false,
  lead: () => t('server.lead', { host: host() }), useTools, Gate: LogIn, Head, Ask, More };
