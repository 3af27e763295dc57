// People: who agreed to be known: enrolled from photos, recognised in others, and erased; kept in
// this browser, or by the server that shows this page.
import { type Profiles, readProfiles } from 'mien';
import { type ComponentChildren } from 'preact';
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';

import { mien } from '../engine';
import { Choice } from '../parts/Choice';
import { ConsentFields, newConsent } from '../parts/ConsentFields';
import { Drop } from '../parts/Drop';
import { FaceChip, chipOf } from '../parts/FaceChip';
import { Notice, wordsOf } from '../parts/Notice';
import { device } from '../parts/PeopleDevice';
import { server } from '../parts/PeopleServer';
import { Progress } from '../parts/Progress';
import { Snap } from '../parts/Snap';
import { Stage } from '../parts/Stage';
import { Sure } from '../parts/Sure';
import { COLOURS, paintBox, paintName } from '../parts/marks';
import { type Act, SideContext, distanceText, useSide, useStore } from '../parts/side';
import type { Person } from '../person';
import { openPicture } from '../picture';
import { PLACES, usePlace } from '../place';
import { save } from '../save';
import { type Found, type Named, countOf } from '../store';
import { t } from '../text';
import './People.css';

const SIDES = { device, server };
const MOST_SHOWN = 12;
const isJson = (file: File) => file.type === 'application/json' || /\.json$/i.test(file.name);

// ---- photos ---------------------------------------------------------------------------------

let faces = 0;

/** The faces of a photo, described where that is wanted. */
async function readShot(
  file: File, descriptor: boolean, onPart: (part: number) => void,
): Promise<Found[]> {
  const { bitmap, width } = await openPicture(file);
  const library = await mien;
  await library.prepare({ descriptor }, ({ loaded, total }) => onPart(total ? loaded / total : 0));
  const found = await library.detect(bitmap, { descriptor });
  const shot = { file, bitmap, scale: bitmap.width / width };
  if (!found.length) {
    bitmap.close();
    throw new Error(t('people.noface', { file: file.name }));
  }
  return Promise.all(found.map(async ({ box, descriptor }) => ({
    id: faces++, shot, box, picture: {
      descriptor: Float32Array.from(descriptor ?? []), chip: await chipOf(bitmap, box) } })));
}

/** What is said of a face. */
const wordsFor = (named: Named) => !named ? t('people.unasked') : named.name
  ? t('people.is', { name: named.name, distance: distanceText(named.distance) })
  : t(named.unread ? 'people.unread' : 'people.unknown');

/** The photo of the chosen face, and all faces as buttons. */
function Photo({ found, chosen, who, onChoose }: {
  found: Found[]; chosen: Found; who: (face: Found) => Named; onChoose: (face: Found) => void;
}) {
  const { shot } = chosen;
  const here = found.filter((face) => face.shot === shot);
  const names = found.map(who);
  const paint = (context: CanvasRenderingContext2D, unit: number) => {
    context.drawImage(shot.bitmap, 0, 0);
    found.forEach((face, i) => {
      const name = names[i]?.name ?? '';
      if (face.shot !== shot)
        return;
      const colour = face === chosen ? COLOURS.chosen : name ? COLOURS.known : COLOURS.face;
      paintBox(context, unit, face.box, colour);
      if (name)
        paintName(context, unit, face.box, colour, name, true);
    });
  };
  const inside = (x: number, y: number) => here.find(({ box }) =>
    x >= box.x && y >= box.y && x <= box.x + box.width && y <= box.y + box.height);
  return (
    <div>
      <Stage width={shot.bitmap.width} height={shot.bitmap.height} paint={paint}
        label={t('people.photo', { file: shot.file.name, n: here.length })}
        onPoint={(x, y) => {
          const face = inside(x, y);
          if (face)
            onChoose(face);
        }} />
      <ul class="found" aria-label={t('people.found')}>
        {found.map((face, i) => (
          <li key={face.id}>
            <button type="button" class="face" aria-pressed={face === chosen}
              onClick={() => onChoose(face)}>
              <FaceChip chip={face.picture.chip} name="?" size={48} />
              <span>{wordsFor(names[i])}</span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Who the chosen face is: a new person with what was agreed, or one more picture. */
function Who({ face, name, onDeny, children, act }: {
  face: Found; name: string | null; onDeny: (name: string) => void; act: Act;
  children?: ComponentChildren;
}) {
  const { store, Denied } = useSide();
  const [text, setText] = useState(name ?? '');
  const [consent, setConsent] = useState(() => newConsent(store.terms));
  const known = store.people.find((p) => p.name === text.trim());
  const save = () => act(() => known ? store.add(known.id, [face])
    : store.enrol(text, consent, [face]),
  t(known ? 'people.added' : 'people.enrolled', { name: text.trim() }));
  return (
    <div class="panel who">
      <div class="row">
        <FaceChip chip={face.picture.chip} name="?" size={72} />
        <h2>{t('people.who')}</h2>
      </div>
      {name && Denied && (
        <button type="button" onClick={() => onDeny(name)}>{t('people.not', { name })}</button>
      )}
      {children}
      <form onSubmit={(e) => {
        e.preventDefault();
        void save();
      }}>
        <label class="choice">
          <span>{t('people.name')}</span>
          <input type="text" value={text} list="names" autocomplete="off" maxLength={200}
            onInput={(e) => setText(e.currentTarget.value)} />
        </label>
        <datalist id="names">
          {store.people.map((p) => <option key={p.id} value={p.name} />)}
        </datalist>
        {known ? <p class="hint">{t('people.more', { name: known.name,
          purpose: known.consent.purpose, day: known.consent.expiry })}</p>
          : <ConsentFields value={consent} terms={store.terms} onChange={setConsent} />}
        <button type="submit" class="main">
          {known ? t('people.add', { name: known.name }) : t('people.enrol')}
        </button>
      </form>
    </div>
  );
}

// ---- the list -------------------------------------------------------------------------------

function Pictures({ person, remove, act }: {
  person: Person; act: Act; remove: (picture: Person['pictures'][number]) => Promise<unknown>;
}) {
  return (
    <ul class="pictures" aria-label={t('people.pictures')}>
      {person.pictures.map((picture, i) => (
        <li key={i}>
          <FaceChip chip={picture.chip} name={String(i + 1)} size={72} />
          <button type="button" onClick={() => act(() => remove(picture),
            t('people.removedPicture', { name: person.name }))}
          aria-label={t('people.notPicture', { n: i + 1, name: person.name })}>
            {t('people.notThis')}
          </button>
        </li>
      ))}
    </ul>
  );
}

/** Two entries are one person. */
function Merge({ person, merge, act }: {
  person: Person; act: Act; merge: (into: string) => Promise<unknown>;
}) {
  const [other, setOther] = useState('');
  const others = useSide().store.people.filter((p) => p.id !== person.id);
  return others.length > 0 && (
    <>
      <Choice label={t('people.same')} value={other} onChange={setOther}
        options={[{ value: '', text: '–' },
          ...others.map((p) => ({ value: p.id, text: p.name }))]} />
      <button type="button" disabled={!other} onClick={() => act(() => merge(other),
        t('people.merged', { name: person.name }))}>{t('people.merge')}</button>
    </>
  );
}

/** Erase somebody; where that cannot be undone it is asked first. */
function Remove({ person, act }: { person: Person; act: Act }) {
  const { store } = useSide();
  const { name } = person;
  let said: string | undefined;
  const remove = () => act(async () => {
    said = await store.remove(person.id) ?? undefined;
  }, () => said ?? t('people.deleted', { name }));
  return 'undo' in store
    ? <button type="button" class="danger" onClick={remove}>{t('people.delete')}</button>
    : <Sure button={t('people.withdraw')} question={t('people.withdraw.sure', { name })}
      yes={t('people.withdraw.yes')} onYes={remove} />;
}

function Rename({ person, act }: { person: Person; act: Act }) {
  const [name, setName] = useState(person.name);
  const { store } = useSide();
  return (
    <form class="row" onSubmit={(e) => {
      e.preventDefault();
      void act(() => store.rename(person.id, name), t('people.renamed', { name }));
    }}>
      <label class="choice">
        <span>{t('people.name')}</span>
        <input type="text" value={name} maxLength={200}
          onInput={(e) => setName(e.currentTarget.value)} />
      </label>
      <button type="submit">{t('people.rename')}</button>
    </form>
  );
}

/** What somebody agreed to: changed, or only shown. */
function Agreed({ person, act }: { person: Person; act: Act }) {
  const { store } = useSide();
  const [consent, setConsent] = useState(person.consent);
  const { basis, purpose, date, expiry } = person.consent;
  if (!('agree' in store))
    return <p>{t('people.agreedTo', { basis: t(`consent.${basis}`), purpose, date, expiry })}</p>;
  return (
    <form onSubmit={(e) => {
      e.preventDefault();
      void act(() => store.agree!(person.id, consent), t('people.agreed', { name: person.name }));
    }}>
      <ConsentFields value={consent} terms={store.terms} onChange={setConsent} />
      <p class="hint">{t('people.since', { day: date })}</p>
      <button type="submit">{t('people.agree')}</button>
    </form>
  );
}

/** What can be done with a person. */
function Details({ person, act }: { person: Person; act: Act }) {
  const { store, Files } = useSide();
  const { id } = person;
  return (
    <div class="details">
      {store.may('enroll') && <Rename person={person} act={act} />}
      <Agreed person={person} act={act} />
      {person.pictures.length > 0 && 'removePicture' in store && <Pictures person={person}
        act={act} remove={(picture) => store.removePicture!(id, picture)} />}
      {Files && <Files person={person} act={act} />}
      <div class="row">
        {'merge' in store && <Merge person={person} act={act}
          merge={(into) => store.merge!(into, id)} />}
        {'exported' in store && store.may('export') && (
          <button type="button" onClick={() => act(async () => save(`${person.name}.json`,
            await store.exported!(id), 'application/json'),
          t('people.exportedOne', { name: person.name }))}>{t('people.exportOne')}</button>
        )}
        {store.may('erase') && <Remove person={person} act={act} />}
      </div>
    </div>
  );
}

function List({ act }: { act: Act }) {
  const [open, setOpen] = useState('');
  const [all, setAll] = useState(false);
  const { store } = useSide();
  const { people, undoable } = store;
  const shown = all ? people : people.slice(0, MOST_SHOWN);
  return (
    <section class="panel" aria-label={t('people.list')}>
      <div class="row heading">
        <h2>{store.may('people') ? t('people.count', { n: people.length }) : t('people.list')}</h2>
        {undoable && (
          <button type="button" onClick={() => act(() => store.undo!(),
            t('people.undone', { what: undoable }))}>{t('people.undo', { what: undoable })}</button>
        )}
      </div>
      {!store.may('people') ? <p class="hint">{t('server.unlisted')}</p>
        : !people.length && <p class="hint">{t('people.nobody')}</p>}
      <ul class="people">
        {shown.map((person) => (
          <li key={person.id} class={open === person.id ? 'open' : ''}>
            <button type="button" class="face" aria-expanded={open === person.id}
              onClick={() => setOpen(open === person.id ? '' : person.id)}>
              <FaceChip chip={person.pictures.find((p) => p.chip)?.chip} name={person.name} />
              <span>
                <strong>{person.name}</strong>
                <small>{t('people.about.one', { n: countOf(person),
                  day: person.consent.expiry })}</small>
              </span>
            </button>
            {open === person.id && <Details key={JSON.stringify([person.name, person.consent])}
              person={person} act={act} />}
          </li>
        ))}
      </ul>
      {shown.length < people.length && (
        <button type="button" onClick={() => setAll(true)}>
          {t('people.all', { n: people.length })}</button>
      )}
    </section>
  );
}

// ---- the page -------------------------------------------------------------------------------

type Said = { text: string; kind: 'error' | 'remark' };

/** What was erased because its time was over. */
function erasedText(erased: readonly string[]): string {
  const names = erased.filter(Boolean).join(', ');
  return names ? t('people.expired', { n: erased.length, names })
    : t('people.expiredSealed', { n: erased.length });
}

/** Photos that were dropped: their faces, and which one is chosen. */
function useShots() {
  const [found, setFound] = useState<Found[]>([]);
  const [chosen, setChosen] = useState<Found>();
  const all = useRef(found);
  all.current = found;
  const show = (more: Found[]) => {
    setFound((old) => [...old, ...more]);
    setChosen((old) => old ?? more[0]);
  };
  const clear = () => {
    const shots = new Set(all.current.map((f) => f.shot));
    setTimeout(() => shots.forEach((shot) => shot.bitmap.close()), 1000); // still on the page
    setFound([]);
    setChosen(undefined);
  };
  useEffect(() => clear, []);
  return { found, chosen, setChosen, show, clear };
}

/** Faces of a photo, and who they are. */
function Faces({ shots, act }: { shots: ReturnType<typeof useShots>; act: Act }) {
  const side = useSide();
  const tools = side.useTools();
  const [denied, setDenied] = useState(new Set<string>());
  const who = useCallback((face: Found): Named => {
    const named = tools.who(face);
    return named?.name && denied.has(`${face.id} ${named.name}`) ? { ...named, name: null } : named;
  }, [tools.who, denied]);
  const { found, chosen } = shots;
  const name = chosen && who(chosen)?.name || null;
  const person = chosen && side.store.people.find((p) => denied.has(`${chosen.id} ${p.name}`));
  return (
    <>
      {chosen && (
        <div class="split">
          <Photo found={found} chosen={chosen} who={who} onChoose={shots.setChosen} />
          <div class="asides">
            {side.Ask && <side.Ask found={found} act={act} />}
            {side.store.may('enroll') && (
              <Who key={`${chosen.id} ${name}`} face={chosen} name={name} act={act}
                onDeny={(wrong) => setDenied(new Set([...denied, `${chosen.id} ${wrong}`]))}>
                {person && side.Denied && <side.Denied face={chosen} person={person} tools={tools}
                  act={act} />}
              </Who>
            )}
          </div>
        </div>
      )}
      <List act={act} />
      <side.More tools={tools} act={act} />
    </>
  );
}

/** Everything but what opens it: photos, people, files. */
function Open({ act, say }: { act: Act; say: (said: Said | undefined) => void }) {
  const side = useSide();
  const shots = useShots();
  const [busy, setBusy] = useState<{ file: string; part?: number }>();
  const [read, setRead] = useState<{ id: number; name: string; profiles: Profiles }[]>([]);
  const reads = useRef(0);
  const [snap, setSnap] = useState(false);
  const turn = useRef(0);
  const take = async (one: File, wanted: () => boolean) => {
    setBusy({ file: one.name });
    try {
      if (side.Import && isJson(one)) {
        const profiles = readProfiles(await one.text(), one.name);
        setRead((old) => [...old, { id: ++reads.current, name: one.name, profiles }]);
      } else {
        const more = await readShot(one, side.describes,
          (part) => setBusy({ file: one.name, part }));
        if (wanted())
          shots.show(more);
        else
          more[0]?.shot.bitmap.close();
      }
      return undefined;
    } catch (e) {
      return wordsOf(e);
    } finally {
      setBusy(undefined);
    }
  };
  const onFiles = async (files: File[]) => {
    const mine = ++turn.current;
    say(undefined);
    shots.clear();
    const bad: string[] = [];
    for (const one of files)
      if (mine === turn.current) // else others were dropped meanwhile
        bad.push(await take(one, () => mine === turn.current) ?? '');
    const text = bad.filter(Boolean).join(' ');
    if (text)
      say({ text, kind: 'error' });
  };
  const { Head, Import } = side;
  return (
    <>
      {Head && <Head act={act} />}
      <div class={shots.chosen ? 'drop-small' : ''}>
        <Drop label={t(Import ? 'people.drop' : 'people.dropPhotos')} onFiles={onFiles}
          accept={Import ? 'image/*,.json,application/json' : 'image/*'}>
          <button type="button" onClick={() => setSnap(true)}>{t('people.camera')}</button>
        </Drop>
      </div>
      {snap && <Snap onClose={() => setSnap(false)} onTaken={(taken) => {
        setSnap(false);
        void onFiles([taken]);
      }} />}
      {busy && <Progress label={t('people.reading', { file: busy.file })} value={busy.part} />}
      {Import && read.map((file) => (
        <Import key={file.id} read={file.profiles} file={file.name} act={act}
          onDone={() => setRead((old) => old.filter((one) => one !== file))} />
      ))}
      <Faces shots={shots} act={act} />
    </>
  );
}

/** The people of one place. */
function Kept() {
  const { store, lead, Gate } = useSide();
  const { state, erased, damaged } = useStore(store);
  const [said, setSaid] = useState<Said>();
  const act: Act = useCallback(async (work, done) => {
    try {
      await work();
      const text = typeof done === 'function' ? done() : done;
      setSaid(text ? { text, kind: 'remark' } : undefined);
      return true;
    } catch (e) {
      setSaid({ text: wordsOf(e), kind: 'error' });
      return false;
    }
  }, []);
  useEffect(() => void act(() => store.load()), [act, store]);
  return (
    <>
      <p class="lead">{lead()}</p>
      {said && <Notice {...said} onClose={() => setSaid(undefined)} />}
      {erased.length > 0 && <Notice text={erasedText(erased)} />}
      {damaged > 0 && <Notice kind="error" text={t('store.damaged', { n: damaged })} />}
      {state === 'locked' && <Gate act={act} />}
      {state === 'open' && <Open act={act} say={setSaid} />}
    </>
  );
}

export function PeoplePage() {
  const { place, served, choose } = usePlace();
  return (
    <div class="people-page">
      <h1>{t('people.title')}</h1>
      {served && (
        <div class="place">
          <Choice label={t('place.where')} value={place} onChange={choose}
            options={PLACES.map((value) => ({ value, text: t(`place.${value}`) }))} />
        </div>
      )}
      <SideContext.Provider key={place} value={SIDES[place]}>
        <Kept key={place} />
      </SideContext.Provider>
    </div>
  );
}
