// PeopleServer: the People page's people kept by the server: who is logged in, whom a photo is
// looked through for, evidence, faces that are not somebody, and the last change taken back.
import { useCallback, useEffect, useState } from 'preact/hooks';

import type { Person } from '../person';
import type { Found } from '../store';
import { type Compared, type Evidence, served } from '../store_server';
import { currentLanguage, t } from '../text';
import { Choose } from './Drop';
import { Notice } from './Notice';
import { Passphrase } from './Passphrase';
import { Sure } from './Sure';
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

/** The last change taken back, of whatever purpose: a key of one purpose may not do that. */
function TakeBack({ act }: { act: Act }) {
  let said: string | undefined;
  return (
    <Sure button={t('server.undo')} question={t('server.undo.sure')} yes={t('server.undo')}
      no={t('server.undo.no')} onYes={() => act(async () => {
        said = await served.takeBack();
      }, () => said)} />
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
      {!session.purpose && served.may('erase') && <TakeBack act={act} />}
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

/** Files that show why somebody may be recognised: their names, and one more. */
function Files({ person: { id, name }, act }: { person: Person; act: Act }) {
  const [files, setFiles] = useState<Evidence[]>([]);
  const read = async () => setFiles(await served.evidence(id));
  useEffect(() => void read().catch((e) => act(() => Promise.reject(e))), [id]);
  const attach = (file: File) => act(async () => {
    await served.attach(id, file);
    await read();
  }, t('server.attached', { file: file.name, name }));
  return (
    <div>
      <p>{t('server.evidence', { n: files.length })}</p>
      <ul>
        {files.map(({ name: file, day, size }) => <li key={file}>
          {`${file}, ${day}, ${Math.ceil(size / 1000)} kB`}</li>)}
      </ul>
      {served.may('enroll') && (
        <Choose label={t('server.attach')} onFiles={([file]) => void attach(file!)} />
      )}
    </div>
  );
}

/** A face has a wrong name: it can be kept, so that it does not get it again. */
function Denied({ face, person: { id, name }, act }: {
  face: Found; person: Person; act: Act;
}) {
  return (
    <div class="denied">
      <p>{t('server.denied', { name })}</p>
      <button type="button" onClick={() => act(() => served.deny(id, face),
        t('server.isNot', { name }))}>{t('server.deny')}</button>
    </div>
  );
}

const More = () => <p class="hint">{t('server.kept', { host: host() })}</p>;

export const server: Side = { store: served, describes: false,
  lead: () => t('server.lead', { host: host() }), useTools, Gate: LogIn, Head, Ask, Files,
  Denied, More };
