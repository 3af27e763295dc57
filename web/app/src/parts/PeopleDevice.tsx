// PeopleDevice: the People page's people kept in this browser: who is near enough, files of
// profiles, the passphrase.
import { type Matcher, type Mien, type Profiles, writeProfiles } from 'mien';
import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';

import { mien } from '../engine';
import { type Person, profileOf } from '../person';
import { save } from '../save';
import type { Found } from '../store';
import { gallery } from '../store_local';
import { t } from '../text';
import { canLock } from '../vault';
import { Choice } from './Choice';
import { ConsentFields, newConsent } from './ConsentFields';
import { FaceChip } from './FaceChip';
import { Histogram } from './Histogram';
import { Passphrase } from './Passphrase';
import { Sure } from './Sure';
import { type Act, type Side, type Tools, distanceText } from './side';
import { Slider } from './Slider';

const FORMS = ['labeled', 'matcher', 'keyed'] as const;
const RULES = ['nearest', 'mean'] as const;

/** A matcher of everybody, as soon as the library is there. */
function useTools(): Tools {
  const [library, setLibrary] = useState<Mien>();
  const { people, threshold, rule } = gallery;
  useEffect(() => void mien.then(setLibrary, () => undefined), []);
  const matcher = useMemo(() => library?.matcher(people.map(profileOf), { threshold, rule }),
    [library, people, threshold, rule]);
  useEffect(() => () => matcher?.free(), [matcher]);
  const who = useCallback((face: Found) => {
    const match = matcher?.best(face.picture.descriptor);
    return { name: match?.name ?? null, distance: match?.distance ?? NaN };
  }, [matcher]);
  return { who, matcher };
}

/** A face has a wrong name: what gave it that name, and what can be done. */
function Denied({ face, person, tools: { matcher }, act }: {
  face: Found; person: Person; tools: Tools; act: Act;
}) {
  if (!matcher)
    return null;
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

/** What a file would bring, before it is taken. */
function Import({ read, file, act, onDone }: {
  read: Profiles; file: string; act: Act; onDone: () => void;
}) {
  const [consent, setConsent] = useState(() => newConsent(gallery.terms));
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
      <ConsentFields value={consent} terms={gallery.terms} onChange={setConsent} />
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
  const n = gallery.people.length || gallery.locked;
  return <Sure button={t('people.erase')} question={t('people.sure', { n })}
    yes={t('people.eraseYes')} onYes={() => act(() => gallery.clear(), t('people.gone'))} />;
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

/** What stands below the list. */
function More({ tools: { matcher }, act }: { tools: Tools; act: Act }) {
  const some = gallery.people.length > 0;
  return (
    <>
      {some && matcher && <Threshold matcher={matcher} act={act} />}
      {some && <Export threshold={matcher?.rates().threshold} act={act} />}
      <Protection act={act} />
    </>
  );
}

export const device: Side = { store: gallery, describes: true, lead: () => t('people.lead'),
  useTools, Gate: Locked, More, Import, Denied };
