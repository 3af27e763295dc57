// Photo: faces and objects in photos: marks, a list of what was found, files of it.
import type { Face, Mien, Thing, Wish } from 'mien';
import type { Cascade, Hit } from 'mien/cascade';
import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';

import { mien } from '../engine';
import { type Known, guessesOf, surest, useKnown } from '../known';
import { useLoading } from '../loading';
import { Choice } from '../parts/Choice';
import { Drop } from '../parts/Drop';
import { COLOURS, paintBox, paintName, paintPoints } from '../parts/marks';
import { Notice, wordsOf } from '../parts/Notice';
import { Progress } from '../parts/Progress';
import { Slider } from '../parts/Slider';
import { Snap } from '../parts/Snap';
import { Stage } from '../parts/Stage';
import { Switch } from '../parts/Switch';
import { type Picture, openPicture, roomBeside, shrunk } from '../picture';
import { csvOf, save, stemOf } from '../save';
import { t, tOf } from '../text';
import './Photo.css';

type Detector = 'yunet' | 'tiny' | 'ssd' | 'cascade';

/** What is to be found; another one means that all photos are read again. */
interface Options {
  detector: Detector;
  landmarks: boolean;
  names: boolean;
  guesses: boolean;
  objects: boolean;
  /** Names of COCO's classes; none: all. */
  classes: string[];
  scale: number;
  neighbours: number;
}

const START: Options = {
  detector: 'yunet', landmarks: true, names: true, guesses: false, objects: false, classes: [],
  scale: 1.1, neighbours: 3,
};

/** A face as the library's record has it, and who it is. */
type Found = Face & {
  name?: string | null;
  distance?: number;
};

interface Result {
  record?: { faces: Found[]; width: number; height: number };
  things: Thing[];
  hits: Hit[];
  ms: number;
}

interface Item extends Partial<Result> {
  id: number;
  picture: Picture;
  error?: string;
}

/** Milliseconds: until library and networks were there, the first answer, the later ones. */
interface Times {
  load?: number;
  first?: number;
  steady: number[];
}

const round = (n: number, digits = 0) => n.toFixed(digits);
const percent = (p: number) => `${round(100 * p)} %`;
const median = (all: number[]) => [...all].sort((a, b) => a - b)[all.length >> 1];

const wishOf = (o: Options, known: Known): Wish => ({
  descriptor: o.names && known.profiles.length > 0,
  detector: o.detector === 'cascade' ? undefined : o.detector, landmarks: o.landmarks,
  age: o.guesses, gender: o.guesses, expression: o.guesses,
});

/** Give each face the name of who it is; null: nobody who is known. */
function nameFaces(m: Mien, faces: Found[], { profiles, options }: Known) {
  const matcher = m.matcher(profiles, options);
  try {
    for (const face of faces)
      if (face.descriptor)
        ({ name: face.name, distance: face.distance } = matcher.best(face.descriptor));
  } finally {
    matcher.free();
  }
}

/** What a picture shows, by the options. */
async function read(
  m: Mien, picture: Picture, o: Options, known: Known, cascade?: Cascade,
): Promise<Result> {
  const start = performance.now();
  const result: Result = { things: [], hits: [], ms: 0 };
  if (o.detector !== 'cascade')
    result.record = await m.analyze(picture.bitmap, wishOf(o, known), picture.name) as
      unknown as Result['record'];
  else if (cascade)
    result.hits = await cascade.find(picture.bitmap, { scale: o.scale, neighbours: o.neighbours });
  if (result.record && o.names && known.profiles.length)
    nameFaces(m, result.record.faces, known);
  if (o.objects)
    result.things = await m.objects(picture.bitmap, { classes: o.classes }, picture.name);
  result.ms = performance.now() - start;
  return result;
}

const LEAST = 50; // pixels of the page that a box has to have for more than a name under it

/** What is written under a face. */
const wordsUnder = (face: Found) => [face.name, ...guessesOf(face)].filter(Boolean).join(' · ');

/** Everything that was found, over the picture. */
function paintAll(context: CanvasRenderingContext2D, unit: number, item: Item, chosen?: number) {
  context.drawImage(item.picture.bitmap, 0, 0);
  for (const thing of item.things ?? [])
    paintBox(context, unit, thing.box, COLOURS.thing,
      `${tOf('thing', thing.class)} ${percent(thing.score)}`);
  for (const hit of item.hits ?? [])
    paintBox(context, unit, hit.box, COLOURS.face);
  const colourOf = (face: Found, i: number) =>
    i === chosen ? COLOURS.chosen : face.name ? COLOURS.known : COLOURS.face;
  item.record?.faces.forEach((face, i) => {
    paintBox(context, unit, face.box, colourOf(face, i), String(i + 1));
    paintPoints(context, unit, face.landmarks ?? [], colourOf(face, i));
  });
  item.record?.faces.forEach((face, i) => { // after the numbers, which go before
    const words = face.box.width > LEAST * unit ? wordsUnder(face) : face.name;
    if (words)
      paintName(context, unit, face.box, colourOf(face, i), words, true);
  });
}

/** What is kept of a photo: the library's record with the objects in it, no descriptors. */
const documentOf = ({ record, picture, things = [], hits = [] }: Item) => ({
  ...record ? { ...record, faces: record.faces.map((face) => ({ ...face, descriptor: undefined })) }
    : { file: picture.name, width: picture.bitmap.width, height: picture.bitmap.height },
  ...hits.length ? { hits } : {},
  ...things.length ? { objects: things } : {},
});

function csvRows(items: Item[]) {
  const rows: (string | number | undefined)[][] = [['file', 'what', 'x', 'y', 'width', 'height',
    'score', 'name', 'age', 'gender', 'expression']];
  for (const { picture: { name }, record, things = [], hits = [] } of items) {
    const add = (what: string, box: Face['box'], ...more: (string | number | undefined)[]) =>
      rows.push([name, what, box.x, box.y, box.width, box.height, ...more]);
    for (const f of record?.faces ?? [])
      add('face', f.box, f.score, f.name ?? undefined, f.age, f.gender?.value,
        f.expression && surest(f.expression));
    for (const hit of hits)
      add(hit.class, hit.box, ...Array(5));
    for (const thing of things)
      add(thing.class, thing.box, thing.score, ...Array(4));
  }
  return csvOf(rows);
}

/** The picture with its marks, at its own size. */
function savePicture(item: Item, failed: (text: string) => void) {
  const { bitmap, name } = item.picture;
  const canvas = document.createElement('canvas');
  canvas.width = bitmap.width;
  canvas.height = bitmap.height;
  const context = canvas.getContext('2d');
  if (!context)
    return failed(t('photo.save.failed'));
  paintAll(context, Math.max(1, bitmap.width / 900), item);
  canvas.toBlob((blob) => blob ? save(`${stemOf(name)}-marked.jpg`, blob)
    : failed(t('photo.save.failed')), 'image/jpeg', 0.92);
}

/** The photos that were opened, each read by the options, one after the other. */
function usePhotos(options: Options, known: Known | undefined, cascade: Cascade | undefined) {
  const [items, setItems] = useState<Item[]>([]);
  const [problem, setProblem] = useState<string[]>([]);
  const [busy, setBusy] = useState(false);
  const [times, setTimes] = useState<Times>({ steady: [] });
  const [attempt, setAttempt] = useState(0);
  const { loading, load } = useLoading();
  const next = useRef(1);
  const opened = useRef<Picture[]>([]);
  opened.current = items.map((item) => item.picture);
  const add = useCallback(async (files: File[]) => {
    setProblem([]);
    for (const file of files)
      try {
        const picture = await openPicture(file, roomBeside(opened.current));
        opened.current.push(picture);
        setItems((all) => [...all, { id: next.current++, picture }]);
      } catch (e) {
        setProblem((all) => [...all, wordsOf(e)]);
      }
  }, []);
  const remove = useCallback((id: number) => setItems((all) =>
    all.filter((item) => item.id !== id || item.picture.bitmap.close())), []);
  useEffect(() => setItems((all) => all.map(({ id, picture }) => ({ id, picture }))),
    [options, known, cascade]);

  const waiting = items.find((item) => item.ms === undefined && !item.error);
  useEffect(() => {
    if (!waiting || !known || options.detector === 'cascade' && !cascade && !options.objects)
      return undefined;
    let current = true;
    const put = (change: Partial<Item>) => current && setItems((all) =>
      all.map((item) => item.id === waiting.id ? { ...item, ...change } : item));
    setBusy(true);
    (async () => {
      try {
        const start = performance.now();
        const m = await mien;
        await load((progress) => Promise.all([
          options.detector !== 'cascade' && m.prepare(wishOf(options, known), progress),
          options.objects && m.prepareObjects({ classes: options.classes }, progress)]));
        const loaded = performance.now() - start;
        const result = await read(m, waiting.picture, options, known, cascade);
        put(result);
        setTimes(({ load: l, first, steady }) => first === undefined
          ? { load: l ?? loaded, first: result.ms, steady }
          : { load: l, first, steady: [...steady, result.ms].slice(-50) });
      } catch (e) {
        put({ error: wordsOf(e) });
      } finally {
        if (current)
          setBusy(false);
      }
    })();
    return () => {
      current = false;
      setBusy(false);
    };
  }, [waiting?.id, options, known, cascade, attempt]);
  const again = () => {
    setItems((all) => all.map(({ id, picture }) => ({ id, picture })));
    setAttempt((n) => n + 1);
  };
  return { items, add, remove, again, problem, setProblem, busy, times, loading };
}

/** The classes that are told, each a chip that goes away when pressed. */
function Classes({ all, chosen, onChange }: {
  all: string[]; chosen: string[]; onChange: (classes: string[]) => void;
}) {
  const rest = all.filter((name) => !chosen.includes(name))
    .map((value) => ({ value, text: tOf('thing', value) }))
    .sort((a, b) => a.text.localeCompare(b.text));
  return (
    <>
      <Choice label={t('photo.classes')} value=""
        options={[{ value: '', text: chosen.length ? t('photo.classes.more')
          : t('photo.classes.all') }, ...rest]}
        onChange={(name) => name && onChange([...chosen, name])} />
      <div class="row chips">
        {chosen.map((name) => (
          <button type="button" key={name} aria-label={t('photo.classes.drop',
            { name: tOf('thing', name) })} onClick={() =>
            onChange(chosen.filter((other) => other !== name))}>{tOf('thing', name)} ×</button>
        ))}
      </div>
    </>
  );
}

/** A cascade of OpenCV's XML, dropped or chosen. */
function CascadePanel({ options, change, onFile, info }: {
  options: Options; change: (o: Partial<Options>) => void; onFile: (file: File) => void;
  info?: string;
}) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <p class="hint">{info ?? t('photo.cascade.hint')}</p>
      <button type="button" onClick={() => input.current?.click()}>
        {t('photo.cascade.choose')}
      </button>
      <input ref={input} type="file" hidden accept=".xml,text/xml"
        aria-label={t('photo.cascade.choose')} onChange={(e) => {
          const file = e.currentTarget.files?.[0];
          if (file)
            onFile(file);
          e.currentTarget.value = '';
        }} />
      <Slider label={t('photo.scale')} value={options.scale} min={1.02} max={1.5} step={0.01}
        show={(n) => round(n, 2)} onChange={(scale) => change({ scale })} />
      <Slider label={t('photo.neighbours')} value={options.neighbours} min={0} max={12}
        onChange={(neighbours) => change({ neighbours })} />
    </>
  );
}

/** All that is known of one face. */
function Details({ face }: { face: Found }) {
  const { box, score, name, distance, age, gender, expression } = face;
  return (
    <dl class="details">
      {distance !== undefined && <><dt>{t('photo.name')}</dt><dd>{t(name ? 'photo.name.known'
        : 'photo.name.nobody', { name: name ?? '', distance: round(distance, 2) })}</dd></>}
      <dt>{t('photo.box')}</dt>
      <dd>{t('photo.box.value', { x: round(box.x), y: round(box.y), width: round(box.width),
        height: round(box.height) })}</dd>
      <dt>{t('photo.score')}</dt><dd>{percent(score)}</dd>
      {age !== undefined && <><dt>{t('photo.age')}</dt><dd>{t('photo.years',
        { n: round(age) })}</dd></>}
      {gender && <><dt>{t('photo.gender')}</dt><dd>{tOf('gender', gender.value)} ({percent(
        gender.probability)})</dd></>}
      {expression && <><dt>{t('photo.expression')}</dt><dd><ul>{Object.entries(expression)
        .sort((a, b) => b[1] - a[1]).filter(([, p]) => p >= 0.005).map(([name, p]) => (
          <li key={name}>{tOf('expression', name)} {percent(p)}</li>
        ))}</ul></dd></>}
    </dl>
  );
}

/** What was found in the photo that is shown. */
function FoundList({ item, chosen, choose }: {
  item: Item; chosen?: number; choose: (face?: number) => void;
}) {
  const faces = item.record?.faces ?? [];
  const { things = [], hits = [] } = item;
  return (
    <section class="panel" aria-label={t('photo.found')}>
      <h2>{t('photo.found')}</h2>
      <p role="status">{[
        item.record && t('photo.count.faces', { n: faces.length }),
        !item.record && t('photo.count.hits', { n: hits.length }),
        things.length > 0 && t('photo.count.things', { n: things.length }),
      ].filter(Boolean).join(' · ')}</p>
      <ol class="found">
        {faces.map((face, i) => (
          <li key={i}>
            <button type="button" aria-expanded={i === chosen}
              onClick={() => choose(i === chosen ? undefined : i)}>
              <span>{i + 1} · {face.name ?? t('photo.face')}</span>
              <span>{percent(face.score)}</span>
            </button>
            {i === chosen && <Details face={face} />}
          </li>
        ))}
      </ol>
      {things.length > 0 && (
        <ul class="things">
          {things.map((thing, i) => (
            <li key={i}><span>{tOf('thing', thing.class)}</span>
              <span>{percent(thing.score)}</span></li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** What is chosen beside the picture. */
function Settings({ options, known, change, classes, onCascade, cascadeInfo }: {
  options: Options; known?: Known; change: (o: Partial<Options>) => void; classes: string[];
  onCascade: (file: File) => void; cascadeInfo?: string;
}) {
  const detectors = (['yunet', 'tiny', 'ssd', 'cascade'] as const)
    .map((value) => ({ value, text: t(`photo.detector.${value}`) }));
  const byNet = options.detector !== 'cascade';
  return (
    <section class="panel settings-panel" aria-label={t('photo.settings')}>
      <h2>{t('photo.settings')}</h2>
      <Choice label={t('photo.detector')} value={options.detector} options={detectors}
        onChange={(detector) => change({ detector })} />
      {byNet ? (
        <>
          <Switch label={t('photo.landmarks')} checked={options.landmarks}
            onChange={(landmarks) => change({ landmarks })} />
          {known && (known.profiles.length || known.locked) ? (
            <Switch label={t('photo.names')} checked={options.names}
              hint={t(known.locked ? 'photo.names.locked' : 'photo.names.hint',
                { n: known.profiles.length, locked: known.locked })}
              onChange={(names) => change({ names })} />
          ) : null}
          <Switch label={t('photo.guesses')} hint={t('photo.guesses.hint')}
            checked={options.guesses} onChange={(guesses) => change({ guesses })} />
        </>
      ) : (
        <CascadePanel options={options} change={change} onFile={onCascade} info={cascadeInfo} />
      )}
      <Switch label={t('photo.objects')} hint={t('photo.objects.hint')} checked={options.objects}
        onChange={(objects) => change({ objects })} />
      {options.objects && <Classes all={classes} chosen={options.classes}
        onChange={(chosen) => change({ classes: chosen })} />}
    </section>
  );
}

/** Milliseconds, as they were on this machine. */
function TimesLine({ times, item }: { times: Times; item?: Item }) {
  if (times.first === undefined)
    return null;
  const parts = [t('photo.time.load', { ms: round(times.load ?? 0) }),
    t('photo.time.first', { ms: round(times.first) })];
  if (times.steady.length)
    parts.push(t('photo.time.steady', { ms: round(median(times.steady)) }));
  if (item?.ms !== undefined)
    parts.push(t('photo.time.this', { ms: round(item.ms) }));
  return <p class="hint times">{parts.join(' · ')}</p>;
}

/** The cascade that was dropped; released when another comes. */
function useCascade(change: (o: Partial<Options>) => void, failed: (text: string) => void) {
  const [cascade, setCascade] = useState<Cascade>();
  const [info, setInfo] = useState<string>();
  useEffect(() => () => cascade?.free(), [cascade]);
  const open = async (file: File) => {
    try {
      const made = await (await mien).cascade(file, stemOf(file.name));
      setCascade(made);
      setInfo(t('photo.cascade.info', { name: file.name, kind: made.info.kind,
        width: made.info.width, height: made.info.height, stages: made.info.stages,
        features: made.info.features }));
      change({ detector: 'cascade' });
    } catch (e) {
      failed(`${file.name}: ${wordsOf(e)}`);
    }
  };
  return { cascade, info, open };
}

/** Pictures to be chosen from, when there are several. */
function Strip({ items, shown, choose }: {
  items: Item[]; shown?: Item; choose: (id: number) => void;
}) {
  return (
    <ul class="strip" aria-label={t('photo.all')}>
      {items.map((item) => (
        <li key={item.id}>
          <button type="button" aria-pressed={item === shown} onClick={() => choose(item.id)}>
            <Thumb item={item} />
            <span>{item.picture.name}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}

function Thumb({ item }: { item: Item }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const { bitmap } = item.picture;
    const side = Math.min(bitmap.width, bitmap.height);
    canvas.current?.getContext('2d')?.drawImage(bitmap, (bitmap.width - side) / 2,
      (bitmap.height - side) / 2, side, side, 0, 0, 96, 96);
  }, [item.picture]);
  return <canvas ref={canvas} width={96} height={96} aria-hidden="true" />;
}

/** A photo with its marks, and its files. */
function Shown({ item, items, chosen, choose, remove, failed }: {
  item: Item; items: Item[]; chosen?: number; choose: (face?: number) => void;
  remove: () => void; failed: (text: string) => void;
}) {
  const { bitmap, name } = item.picture;
  const paint = useCallback((context: CanvasRenderingContext2D, unit: number) =>
    paintAll(context, unit, item, chosen), [item, chosen]);
  const point = (x: number, y: number) => {
    const at = item.record?.faces.findIndex(({ box }) => x >= box.x && y >= box.y &&
      x <= box.x + box.width && y <= box.y + box.height) ?? -1;
    choose(at < 0 ? undefined : at);
  };
  const read = items.filter((one) => one.ms !== undefined);
  const stem = read.length > 1 ? 'photos' : stemOf(name);
  const lines = () => read.map((one) => `${JSON.stringify(documentOf(one))}\n`).join('');
  return (
    <>
      <Stage width={bitmap.width} height={bitmap.height} paint={paint} onPoint={point}
        label={t('photo.stage', { name, faces: item.record?.faces.length ?? 0,
          things: item.things?.length ?? 0 })} />
      <div class="row saves">
        <button type="button" disabled={!read.length} onClick={() =>
          save(`${stem}.${read.length > 1 ? 'jsonl' : 'json'}`, lines(), 'application/json')}>
          {t('photo.save.json')}</button>
        <button type="button" disabled={!read.length}
          onClick={() => save(`${stem}.csv`, csvRows(read), 'text/csv')}>
          {t('photo.save.csv')}</button>
        <button type="button" disabled={item.ms === undefined}
          onClick={() => savePicture(item, failed)}>{t('photo.save.picture')}</button>
        <button type="button" class="danger" onClick={remove}>{t('photo.remove')}</button>
      </div>
    </>
  );
}

export function PhotoPage() {
  const [options, setOptions] = useState(START);
  const [problemOf, setProblemOf] = useState<string>();
  const [shownId, setShownId] = useState<number>();
  const [chosen, setChosen] = useState<number>();
  const [snap, setSnap] = useState(false);
  const [classes, setClasses] = useState<string[]>([]);
  const change = useCallback((o: Partial<Options>) => setOptions((old) => ({ ...old, ...o })), []);
  const cascade = useCascade(change, setProblemOf);
  const known = useKnown();
  const photos = usePhotos(options, known, cascade.cascade);
  useEffect(() => {
    mien.then((m) => setClasses(m.objectClasses()), (e) => setProblemOf(wordsOf(e)));
  }, []);
  const { items } = photos;
  const shown = items.find((item) => item.id === shownId) ?? items[0];
  useEffect(() => setChosen(undefined), [shown?.id, options]);
  const files = useMemo(() => async (all: File[]) => {
    setProblemOf(undefined);
    const isXml = (file: File) => /\.xml$/i.test(file.name) || file.type.endsWith('/xml');
    const xml = all.find(isXml);
    if (xml)
      void cascade.open(xml);
    await photos.add(all.filter((file) => !isXml(file)));
  }, []);
  const note = shown && shrunk(shown.picture);
  return (
    <div class="photo-page">
      <h1>{t('photo.title')}</h1>
      <div class={items.length ? 'drop-small' : ''}>
        <Drop label={t('photo.drop')} onFiles={files}>
          <button type="button" onClick={() => setSnap(true)}>{t('photo.take')}</button>
        </Drop>
      </div>
      {snap && <Snap onClose={() => setSnap(false)} onTaken={(file) => {
        setSnap(false);
        void files([file]);
      }} />}
      {[...photos.problem, ...problemOf ? [problemOf] : []].map((text) => (
        <Notice key={text} kind="error" text={text} onClose={() => {
          photos.setProblem([]);
          setProblemOf(undefined);
        }} />
      ))}
      {photos.loading && <Progress value={photos.loading.share}
        label={t('photo.loading', { files: photos.loading.files.join(', ') })} />}
      {note && <Notice text={note} />}
      {shown?.error && (
        <>
          <Notice kind="error" text={`${shown.picture.name}: ${shown.error}`} />
          <p><button type="button" onClick={photos.again}>{t('photo.again')}</button></p>
        </>
      )}
      <div class={items.length ? 'split' : 'empty'}>
        <div>
          {items.length > 1 && <Strip items={items} shown={shown} choose={setShownId} />}
          {shown && <Shown item={shown} items={items} chosen={chosen} choose={setChosen}
            failed={setProblemOf} remove={() => photos.remove(shown.id)} />}
          <TimesLine times={photos.times} item={shown} />
        </div>
        <div>
          {shown && shown.ms !== undefined &&
            <FoundList item={shown} chosen={chosen} choose={setChosen} />}
          {photos.busy && !photos.loading && <p class="hint" role="status">{t('photo.reading')}</p>}
          <Settings options={options} known={known} change={change} classes={classes}
            onCascade={cascade.open} cascadeInfo={cascade.info} />
        </div>
      </div>
    </div>
  );
}
