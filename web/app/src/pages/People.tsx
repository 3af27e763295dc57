// People: who agreed to be known: enrolled from photos, recognised in others, kept in this
// browser under a passphrase or in the open, and erased.
import { type Matcher, type Mien, type Profiles, readProfiles, writeProfiles } from 'mien';
import { type ComponentChildren } from 'preact';
import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';

import { mien } from '../engine';
import { Choice } from '../parts/Choice';
import { ConsentFields, newConsent } from '../parts/ConsentFields';
import { Drop } from '../parts/Drop';
import { FaceChip, chipOf } from '../parts/FaceChip';
import { Histogram } from '../parts/Histogram';
import { Notice, wordsOf } from '../parts/Notice';
import { Progress } from '../parts/Progress';
import { Slider } from '../parts/Slider';
import { Snap } from '../parts/Snap';
import { Stage } from '../parts/Stage';
import { COLOURS, paintBox, paintName } from '../parts/marks';
import { type Person, type Picture, profileOf } from '../person';
import { openPicture } from '../picture';
import { save } from '../save';
import { gallery } from '../store';
import { t } from '../text';
import { canLock } from '../vault';
import './People.css';

type Box = { x: number; y: number; width: number; height: number };

/** A face of a photo that was dropped. */
interface Found {
  id: number;
  shot: Shot;
  box: Box;
  picture: Picture & { chip: Uint8Array<ArrayBuffer> };
}

interface Shot {
  file: string;
  bitmap: ImageBitmap;
}

/** Do something and say how it went. */
type Act = (work: () => Promise<unknown>, done?: string | (() => string)) => Promise<boolean>;

const FORMS = ['labeled', 'matcher', 'keyed'] as const;
const MOST_SHOWN = 12;
const RULES = ['nearest', 'mean'] as const;
const isJson = (file: File) => file.type === 'application/json' || /\.json$/i.test(file.name);
const distanceText = (d: number) => d.toFixed(2);

/** The gallery, drawn again whenever it changes. */
function useGallery() {
  const [, again] = useState(0);
  useEffect(() => gallery.watch(() => again((n) => n + 1)), []);
  return gallery;
}

/** A matcher of everybody, as soon as the library is there. */
function useMatcher({ people, threshold, rule }: typeof gallery) {
  const [library, setLibrary] = useState<Mien>();
  useEffect(() => void mien.then(setLibrary, () => undefined), []);
  const matcher = useMemo(() => library?.matcher(people.map(profileOf), { threshold, rule }),
    [library, people, threshold, rule]);
  useEffect(() => () => matcher?.free(), [matcher]);
  return matcher;
}

// ---- photos ---------------------------------------------------------------------------------

let faces = 0;

/** The faces of a photo, described. */
async function readShot(file: File, onPart: (part: number) => void): Promise<Found[]> {
  const { bitmap } = await openPicture(file);
  const library = await mien;
  await library.prepare({ descriptor: true }, ({ loaded, total }) =>
    onPart(total ? loaded / total : 0));
  const found = await library.detect(bitmap, { descriptor: true });
  const shot = { file: file.name, bitmap };
  if (!found.length) {
    bitmap.close();
    throw new Error(t('people.noface', { file: file.name }));
  }
  return Promise.all(found.map(async ({ box, descriptor }) => ({
    id: faces++, shot, box, picture: {
      descriptor: Float32Array.from(descriptor ?? []), chip: await chipOf(bitmap, box) } })));
}

/** What a face is called: who it is, unless that was denied. */
function nameOf(face: Found, matcher: Matcher | undefined, denied: Set<string>) {
  const match = matcher?.best(face.picture.descriptor);
  const name = match?.name && !denied.has(`${face.id} ${match.name}`) ? match.name : null;
  return { name, distance: match?.distance ?? NaN };
}

/** What is said of a face. */
const wordsFor = ({ name, distance }: ReturnType<typeof nameOf>) => name
  ? t('people.is', { name, distance: distanceText(distance) }) : t('people.unknown');

/** The photo of the chosen face, and all faces as buttons. */
function Photo({ found, chosen, who, onChoose }: {
  found: Found[]; chosen: Found; who: (face: Found) => { name: string | null; distance: number };
  onChoose: (face: Found) => void;
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
        label={t('people.photo', { file: shot.file, n: here.length })}
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
              <span>{wordsFor(names[i]!)}</span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** A face has a wrong name: what gave it that name, and what can be done. */
function Denied({ face, person, matcher, act }: {
  face: Found; person: Person; matcher: Matcher; act: Act;
}) {
  const { descriptor } = face.picture;
  const { picture: n, distance: nearest } = matcher.closest(person.name, descriptor);
  const { distance } = matcher.best(descriptor);
  const { name } = person;
  const picture = person.pictures[n];
  const stricter = Math.floor(distance * 100) / 100;
  return (
    <div class="denied">
      <h3>{t('people.why', { name })}</h3>
      <div class="row">
        <FaceChip chip={picture?.chip} name={name} />
        <p>{t('people.because', { n: n + 1, name, distance: distanceText(distance),
          nearest: distanceText(nearest) })}</p>
      </div>
      <div class="row">
        <button type="button" onClick={() => act(() => gallery.removePicture(person.id, picture!),
          t('people.removedPicture', { name }))}>{t('people.dropPicture', { name })}</button>
        <button type="button" onClick={() => act(() => gallery.set({ threshold: stricter }))}>
          {t('people.stricter', { distance: distanceText(stricter) })}
        </button>
      </div>
    </div>
  );
}

/** Who the chosen face is: a new person with what was agreed, or one more picture. */
function Who({ face, name, onDeny, children, act }: {
  face: Found; name: string | null; onDeny: (name: string) => void; act: Act;
  children?: ComponentChildren;
}) {
  const [text, setText] = useState(name ?? '');
  const [consent, setConsent] = useState(newConsent);
  const known = gallery.people.find((p) => p.name === text.trim());
  const save = () => act(() => known ? gallery.add(known.id, [face.picture])
    : gallery.enrol(text, consent, [face.picture]),
  t(known ? 'people.added' : 'people.enrolled', { name: text.trim() }));
  return (
    <div class="panel who">
      <div class="row">
        <FaceChip chip={face.picture.chip} name="?" size={72} />
        <h2>{t('people.who')}</h2>
      </div>
      {name && (
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
          {gallery.people.map((p) => <option key={p.id} value={p.name} />)}
        </datalist>
        {known ? <p class="hint">{t('people.more', { name: known.name,
          purpose: known.consent.purpose, day: known.consent.expiry })}</p>
          : <ConsentFields value={consent} onChange={setConsent} />}
        <button type="submit" class="main">
          {known ? t('people.add', { name: known.name }) : t('people.enrol')}
        </button>
      </form>
    </div>
  );
}

// ---- the list -------------------------------------------------------------------------------

function Pictures({ person, act }: { person: Person; act: Act }) {
  return (
    <ul class="pictures" aria-label={t('people.pictures')}>
      {person.pictures.map((picture, i) => (
        <li key={i}>
          <FaceChip chip={picture.chip} name={String(i + 1)} size={72} />
          <button type="button" onClick={() => act(() => gallery.removePicture(person.id, picture),
            t('people.removedPicture', { name: person.name }))}
          aria-label={t('people.notPicture', { n: i + 1, name: person.name })}>
            {t('people.notThis')}
          </button>
        </li>
      ))}
    </ul>
  );
}

/** What can be done with a person. */
function Details({ person, act }: { person: Person; act: Act }) {
  const [name, setName] = useState(person.name);
  const [consent, setConsent] = useState(person.consent);
  const others = gallery.people.filter((p) => p.id !== person.id);
  const [other, setOther] = useState('');
  return (
    <div class="details">
      <form class="row" onSubmit={(e) => {
        e.preventDefault();
        void act(() => gallery.rename(person.id, name), t('people.renamed', { name }));
      }}>
        <label class="choice">
          <span>{t('people.name')}</span>
          <input type="text" value={name} maxLength={200}
            onInput={(e) => setName(e.currentTarget.value)} />
        </label>
        <button type="submit">{t('people.rename')}</button>
      </form>
      <form onSubmit={(e) => {
        e.preventDefault();
        void act(() => gallery.agree(person.id, consent),
          t('people.agreed', { name: person.name }));
      }}>
        <ConsentFields value={consent} onChange={setConsent} />
        <p class="hint">{t('people.since', { day: person.consent.date })}</p>
        <button type="submit">{t('people.agree')}</button>
      </form>
      <Pictures person={person} act={act} />
      <div class="row">
        {others.length > 0 && (
          <>
            <Choice label={t('people.same')} value={other} onChange={setOther}
              options={[{ value: '', text: '–' },
                ...others.map((p) => ({ value: p.id, text: p.name }))]} />
            <button type="button" disabled={!other} onClick={() => act(
              () => gallery.merge(other, person.id), t('people.merged', { name: person.name }))}>
              {t('people.merge')}
            </button>
          </>
        )}
        <button type="button" class="danger" onClick={() => act(() => gallery.remove(person.id),
          t('people.deleted', { name: person.name }))}>{t('people.delete')}</button>
      </div>
    </div>
  );
}

function List({ act }: { act: Act }) {
  const [open, setOpen] = useState('');
  const [all, setAll] = useState(false);
  const { people, undoable } = gallery;
  const shown = all ? people : people.slice(0, MOST_SHOWN);
  return (
    <section class="panel" aria-label={t('people.list')}>
      <div class="row heading">
        <h2>{t('people.count', { n: people.length })}</h2>
        {undoable && (
          <button type="button" onClick={() => act(() => gallery.undo(),
            t('people.undone', { what: undoable }))}>{t('people.undo', { what: undoable })}</button>
        )}
      </div>
      {!people.length && <p class="hint">{t('people.nobody')}</p>}
      <ul class="people">
        {shown.map((person) => (
          <li key={person.id} class={open === person.id ? 'open' : ''}>
            <button type="button" class="face" aria-expanded={open === person.id}
              onClick={() => setOpen(open === person.id ? '' : person.id)}>
              <FaceChip chip={person.pictures.find((p) => p.chip)?.chip} name={person.name} />
              <span>
                <strong>{person.name}</strong>
                <small>{t('people.about.one', { n: person.pictures.length,
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

// ---- the threshold --------------------------------------------------------------------------

/** A share as "1 in 40"; the library's number, only worded here. */
function shareText(share: number): string {
  if (!(share > 1e-6))
    return t('people.never');
  return share > 0.5 ? t('people.most', { percent: Math.round(100 * share) })
    : t('people.onein', { n: Math.round(1 / share) });
}

function RuleChoice({ value, onChange }: {
  value: typeof gallery.rule; onChange: (rule: typeof gallery.rule) => void;
}) {
  return <Choice label={t('people.rule')} value={value} onChange={onChange}
    options={RULES.map((rule) => ({ value: rule, text: t(`people.rule.${rule}`) }))} />;
}

function Threshold({ matcher, act }: { matcher: Matcher; act: Act }) {
  const histogram = useMemo(() => matcher.histogram(), [matcher]);
  const own = useMemo(() => matcher.rates(), [matcher]);
  const [moved, setMoved] = useState<number>();
  const later = useRef(0);
  const rates = moved === undefined ? own : matcher.rates(moved);
  useEffect(() => setMoved(undefined), [matcher]);
  useEffect(() => () => clearTimeout(later.current), []);
  const move = (value: number) => {
    setMoved(value);
    clearTimeout(later.current);
    later.current = window.setTimeout(() => void act(() => gallery.set({ threshold: value })), 300);
  };
  return (
    <section class="panel" aria-label={t('people.threshold')}>
      <h2>{t('people.threshold')}</h2>
      {rates.same + rates.different > 0 && (
        <Histogram label={t('people.histogram')} histogram={histogram}
          threshold={rates.threshold}
          sameText={t('people.samePairs', { n: rates.sameNear, of: rates.same })}
          differentText={t('people.otherPairs', { n: rates.differentNear,
            of: rates.different })} />
      )}
      <Slider label={t('people.nearer')} min={0.2} max={0.9} step={0.01} value={rates.threshold}
        show={distanceText} onChange={move} />
      <RuleChoice value={gallery.rule} onChange={(rule) => act(() => gallery.set({ rule }))} />
      <p id="strangers">{t('people.strangers', { share: shareText(rates.strangers) })}</p>
      <p class="hint">{t('people.estimate')}</p>
      {gallery.threshold !== undefined && (
        <button type="button" onClick={() => act(() => gallery.set({ threshold: undefined }))}>
          {t('people.automatic')}
        </button>
      )}
    </section>
  );
}

// ---- files, passphrase, the end -------------------------------------------------------------

/** What a file would bring, before it is taken. */
function Import({ read, file, act, onDone }: {
  read: Profiles; file: string; act: Act; onDone: () => void;
}) {
  const [consent, setConsent] = useState(newConsent);
  const [rule, setRule] = useState(gallery.people.length ? gallery.rule : 'mean');
  const n = read.profiles.length;
  return (
    <form class="panel" onSubmit={(e) => {
      e.preventDefault();
      let ended: string[] = [];
      void act(async () => {
        const { threshold = gallery.threshold } = read;
        ended = await gallery.take(read.profiles, consent, file, { rule, threshold });
        onDone();
      }, () => [t('people.taken', { n: n - ended.length, file }),
        ended.length > 0 && t('people.ended', { names: [...new Set(ended)].join(', ') })]
        .filter(Boolean).join(' '));
    }}>
      <h2>{t('people.import', { n, file })}</h2>
      <p>{read.profiles.slice(0, 12).map((p) => p.label).join(', ')}{n > 12 && ' …'}</p>
      <ConsentFields value={consent} onChange={setConsent} />
      <p class="hint">{t('people.importHint')}</p>
      <RuleChoice value={rule} onChange={setRule} />
      <div class="row">
        <button type="submit" class="main">{t('people.take', { n })}</button>
        <button type="button" onClick={onDone}>{t('people.leave')}</button>
      </div>
    </form>
  );
}

function Export({ threshold, act }: { threshold: number | undefined; act: Act }) {
  const [form, setForm] = useState<typeof FORMS[number]>('labeled');
  const write = () => act(async () => {
    const text = writeProfiles(gallery.people.map(profileOf), { form, threshold });
    save('people.json', text, 'application/json');
  }, t('people.exported', { n: gallery.people.length }));
  return (
    <section class="panel" aria-label={t('people.export')}>
      <h2>{t('people.export')}</h2>
      <div class="row save">
        <Choice label={t('people.form')} value={form} onChange={setForm}
          options={FORMS.map((value) => ({ value, text: t(`people.form.${value}`) }))} />
        <button type="button" onClick={write}>{t('people.save')}</button>
      </div>
      <p class="hint">{t('people.exportHint')}</p>
    </section>
  );
}

function Erase({ act }: { act: Act }) {
  const [sure, setSure] = useState(false);
  const n = gallery.people.length || gallery.locked;
  if (!sure)
    return <button type="button" class="danger" onClick={() => setSure(true)}>
      {t('people.erase')}</button>;
  return (
    <div class="row" role="group" aria-label={t('people.erase')}>
      <p>{t('people.sure', { n })}</p>
      <button type="button" class="danger" onClick={async () => {
        await act(() => gallery.clear(), t('people.gone'));
        setSure(false);
      }}>{t('people.eraseYes')}</button>
      <button type="button" onClick={() => setSure(false)}>{t('people.keep')}</button>
    </div>
  );
}

/** A passphrase typed into a form. */
function Passphrase({ label, button, isNew, onGive }: {
  label: string; button: string; isNew: boolean; onGive: (text: string) => Promise<unknown>;
}) {
  const [text, setText] = useState('');
  const [busy, setBusy] = useState(false);
  return (
    <form class="row" onSubmit={async (e) => {
      e.preventDefault();
      setBusy(true);
      await onGive(text);
      setBusy(false);
      setText('');
    }}>
      <label class="choice">
        <span>{label}</span>
        <input type="password" value={text} autocomplete={isNew ? 'new-password'
          : 'current-password'} onInput={(e) => setText(e.currentTarget.value)} />
      </label>
      <button type="submit" class={isNew ? '' : 'main'} disabled={busy}>{button}</button>
    </form>
  );
}

function Protection({ act }: { act: Act }) {
  const { encrypted } = gallery;
  const protect = (text: string) => act(() => gallery.protect(text), t('people.protected'));
  return (
    <section class="panel" aria-label={t('people.protection')}>
      <h2>{t('people.protection')}</h2>
      <p class={encrypted ? 'safe' : 'unsafe'}>{t(encrypted ? 'people.sealed' : 'people.open')}</p>
      {canLock() ? <Passphrase label={t('people.newPassphrase')} isNew
        button={t(encrypted ? 'people.change' : 'people.protect')} onGive={protect} />
        : <p class="hint">{t('people.insecure')}</p>}
      <p class="hint">{t('people.lost')}</p>
      {encrypted && (
        <div class="row">
          <button type="button" onClick={() => act(() => gallery.lock())}>
            {t('people.lock')}</button>
          <button type="button" onClick={() => act(() => gallery.protect(undefined),
            t('people.unprotected'))}>{t('people.unprotect')}</button>
        </div>
      )}
      <Erase act={act} />
    </section>
  );
}

/** What is seen before the passphrase is given. */
function Locked({ act }: { act: Act }) {
  return (
    <section class="panel" aria-label={t('people.protection')}>
      <h2>{t('people.locked', { n: gallery.locked })}</h2>
      <Passphrase label={t('people.passphrase')} button={t('people.unlock')} isNew={false}
        onGive={(text) => act(() => gallery.unlock(text))} />
      <p class="hint">{t('people.lost')}</p>
      <Erase act={act} />
    </section>
  );
}

// ---- the page -------------------------------------------------------------------------------

type Said = { text: string; kind: 'error' | 'remark' };

/** What was erased because its time was over. */
function erasedText(erased: string[]): string {
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

/** Everything but the passphrase: photos, people, threshold, files. */
function Open({ act, say }: { act: Act; say: (said: Said | undefined) => void }) {
  const { people } = gallery;
  const matcher = useMatcher(gallery);
  const shots = useShots();
  const [busy, setBusy] = useState<{ file: string; part?: number }>();
  const [read, setRead] = useState<{ id: number; name: string; profiles: Profiles }[]>([]);
  const reads = useRef(0);
  const [denied, setDenied] = useState(new Set<string>());
  const who = useCallback((face: Found) => nameOf(face, matcher, denied), [matcher, denied]);
  const [snap, setSnap] = useState(false);
  const turn = useRef(0);
  const take = async (one: File, wanted: () => boolean) => {
    setBusy({ file: one.name });
    try {
      if (isJson(one)) {
        const profiles = readProfiles(await one.text(), one.name);
        setRead((old) => [...old, { id: ++reads.current, name: one.name, profiles }]);
      } else {
        const more = await readShot(one, (part) => setBusy({ file: one.name, part }));
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
  const { found, chosen } = shots;
  const name = chosen ? who(chosen).name : null;
  const person = chosen && people.find((p) => denied.has(`${chosen.id} ${p.name}`));
  return (
    <>
      <div class={chosen ? 'drop-small' : ''}>
        <Drop label={t('people.drop')} accept="image/*,.json,application/json" onFiles={onFiles}>
          <button type="button" onClick={() => setSnap(true)}>{t('people.camera')}</button>
        </Drop>
      </div>
      {snap && <Snap onClose={() => setSnap(false)} onTaken={(taken) => {
        setSnap(false);
        void onFiles([taken]);
      }} />}
      {busy && <Progress label={t('people.reading', { file: busy.file })} value={busy.part} />}
      {read.map((file) => (
        <Import key={file.id} read={file.profiles} file={file.name} act={act}
          onDone={() => setRead((old) => old.filter((one) => one !== file))} />
      ))}
      {chosen && (
        <div class="split">
          <Photo found={found} chosen={chosen} who={who} onChoose={shots.setChosen} />
          <Who key={`${chosen.id} ${name}`} face={chosen} name={name} act={act}
            onDeny={(wrong) => setDenied(new Set([...denied, `${chosen.id} ${wrong}`]))}>
            {person && matcher && <Denied face={chosen} person={person} matcher={matcher}
              act={act} />}
          </Who>
        </div>
      )}
      <List act={act} />
      {people.length > 0 && matcher && <Threshold matcher={matcher} act={act} />}
      {people.length > 0 && <Export threshold={matcher?.rates().threshold} act={act} />}
      <Protection act={act} />
    </>
  );
}

export function PeoplePage() {
  const { state, erased, damaged } = useGallery();
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
  useEffect(() => void act(() => gallery.load()), [act]);
  return (
    <div class="people-page">
      <h1>{t('people.title')}</h1>
      <p class="lead">{t('people.lead')}</p>
      {said && <Notice {...said} onClose={() => setSaid(undefined)} />}
      {erased.length > 0 && <Notice text={erasedText(erased)} />}
      {damaged > 0 && <Notice kind="error" text={t('store.damaged', { n: damaged })} />}
      {state === 'locked' && <Locked act={act} />}
      {state === 'open' && <Open act={act} say={setSaid} />}
    </div>
  );
}
