// Smile: faces, eyes and smiles by cascades inside one another, live and on photos, and the
// votes of each face over time.
import type { Mien } from 'mien';
import type { SmileFace, SmileFrame, SmileOptions, SmileStory, Smiles } from 'mien/smile';
import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';

import { mien } from '../engine';
import { keepFrame, useLive } from '../live';
import { useLoading } from '../loading';
import { Choice } from '../parts/Choice';
import { Drop } from '../parts/Drop';
import { LiveBar, LiveNotice, LiveVideo } from '../parts/LiveBar';
import { COLOURS, paintBox } from '../parts/marks';
import { Notice, wordsOf } from '../parts/Notice';
import { Progress } from '../parts/Progress';
import { Slider } from '../parts/Slider';
import { Stage } from '../parts/Stage';
import { type Picture, openPicture, roomBeside, shrunk } from '../picture';
import { t } from '../text';
import './Smile.css';

type Options = Required<Pick<SmileOptions, 'preset' | 'scorer' | 'neighbours'>>;

const USUAL = { mien: 30, article: 20 }; // windows that must agree, as the presets have it
const START: Options = { preset: 'mien', scorer: 'cascade', neighbours: USUAL.mien };
const BEGIN = 0.3; // votes at which a smile is on
const END = -0.3; // and below which it is over
const SPAN = 30; // seconds that are shown
const SIDE = 480; // pixels of a frame

/** The votes of a face. */
type Votes = { seconds: number; score: number; smiling: boolean }[];

/** Is there a smile in a single picture? Its one vote says so. */
const smilesNow = (face: SmileFace, by: Options['scorer']) =>
  by === 'cascade' ? face.smiles.length > 0 : face.score > 0;

/** Faces, eyes and smiles, in pixels of the frame. */
function paintFaces(
  context: CanvasRenderingContext2D, unit: number, faces: SmileFace[],
  smiling: (face: SmileFace) => boolean, words: (face: SmileFace) => string,
) {
  for (const face of faces) {
    const on = smiling(face);
    for (const eye of face.eyes)
      paintBox(context, unit, eye, COLOURS.thing);
    for (const smile of face.smiles)
      paintBox(context, unit, smile, COLOURS.chosen);
    paintBox(context, unit, face.box, on ? COLOURS.known : COLOURS.face, words(face));
  }
}

/** What looks for smiles with these options, made when the first frame comes. */
function useSmiles(options: Options) {
  const made = useRef<Promise<Smiles>>();
  const { loading, load } = useLoading();
  const drop = () => {
    void made.current?.then((smiles) => smiles.free(), () => undefined);
    made.current = undefined;
  };
  useEffect(() => drop, [options]);
  const get = useCallback((m: Mien) => {
    made.current ??= load((progress) => m.smiles({ ...options, begin: BEGIN, end: END }, progress));
    return made.current;
  }, [options]);
  return { get, drop, loading };
}

/** The votes of the last seconds, a line a face. */
function Chart({ votes, now }: { votes: Map<number, Votes>; now: number }) {
  const wide = 600;
  const high = 160;
  const x = (seconds: number) => wide * (1 - (now - seconds) / SPAN);
  const y = (score: number) => high * (1 - score) / 2;
  return (
    <svg class="votes" viewBox={`0 0 ${wide} ${high}`} role="img" preserveAspectRatio="none"
      aria-label={t('smile.chart', { faces: votes.size, seconds: SPAN })}>
      {[BEGIN, END].map((level) => (
        <line key={level} class="level" x1={0} x2={wide} y1={y(level)} y2={y(level)} />
      ))}
      {[...votes].map(([id, all]) => (
        <g key={id} class={`face-${id % 4}`}>
          <polyline points={all.map((v) => `${x(v.seconds).toFixed(1)},${
            y(v.score).toFixed(1)}`).join(' ')} />
          {all.filter((v) => v.smiling).map((v) => (
            <circle key={v.seconds} cx={x(v.seconds)} cy={y(v.score)} r={2.5} />
          ))}
        </g>
      ))}
    </svg>
  );
}

/** When who smiled, in seconds since the camera was turned on. */
function Stories({ stories, since }: { stories: SmileStory[]; since: number }) {
  const at = (seconds: number) => Math.max(0, seconds - since).toFixed(1);
  return (
    <table>
      <thead>
        <tr><th scope="col">{t('smile.face')}</th><th scope="col">{t('smile.when')}</th></tr>
      </thead>
      <tbody>
        {stories.slice(-12).map((story) => (
          <tr key={story.id}>
            <th scope="row">{story.id}</th>
            <td>{story.smiles.length ? story.smiles.slice(-5).map((smile) =>
              t('smile.span', { begin: at(smile.begin), end: at(smile.end) })).join(', ')
              : t('smile.never')}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Settings({ options, setOptions }: {
  options: Options; setOptions: (o: Options) => void;
}) {
  const presets = (['mien', 'article'] as const)
    .map((value) => ({ value, text: t(`smile.preset.${value}`) }));
  const scorers = (['cascade', 'expression'] as const)
    .map((value) => ({ value, text: t(`smile.scorer.${value}`) }));
  return (
    <section class="panel smile-settings" aria-label={t('smile.settings')}>
      <h2>{t('smile.settings')}</h2>
      <Choice label={t('smile.scorer')} value={options.scorer} options={scorers}
        onChange={(scorer) => setOptions({ ...options, scorer })} />
      <Choice label={t('smile.preset')} value={options.preset} options={presets}
        onChange={(preset) => setOptions({ ...options, preset, neighbours: USUAL[preset] })} />
      {options.scorer === 'cascade' && (
        <Slider label={t('smile.neighbours')} value={options.neighbours} min={1} max={60}
          onChange={(neighbours) => setOptions({ ...options, neighbours })} />
      )}
      <p class="hint">{t('smile.hint')}</p>
    </section>
  );
}

interface Photo {
  id: number;
  picture: Picture;
  found?: SmileFrame;
  /** The options by which that was found. */
  by?: Options;
  error?: string;
}

/** Photos, each looked at once by the options. */
function usePhotos(options: Options, failed: (text: string) => void) {
  const [photos, setPhotos] = useState<Photo[]>([]);
  const next = useRef(1);
  const opened = useRef<Picture[]>([]);
  const add = useCallback(async (files: File[]) => {
    for (const file of files)
      try {
        const picture = await openPicture(file, roomBeside(opened.current));
        opened.current.push(picture);
        const photo = { id: next.current++, picture };
        setPhotos((all) => [photo, ...all]);
      } catch (e) {
        failed(wordsOf(e));
      }
  }, []);
  useEffect(() => setPhotos((all) => all.map(({ id, picture }) => ({ id, picture }))), [options]);
  const waiting = photos.find((photo) => !photo.found && !photo.error);
  useEffect(() => {
    if (!waiting)
      return undefined;
    let current = true;
    const put = (change: Partial<Photo>) => current && setPhotos((all) =>
      all.map((photo) => photo.id === waiting.id ? { ...photo, ...change } : photo));
    void (async () => {
      let smiles: Smiles | undefined;
      try {
        smiles = await (await mien).smiles(options);
        put({ found: await smiles.next(waiting.picture.bitmap, 0), by: options });
      } catch (e) {
        put({ error: wordsOf(e) });
      } finally {
        smiles?.free();
      }
    })();
    return () => {
      current = false;
    };
  }, [waiting?.id, options]);
  return { photos, add };
}

function PhotoFigure({ photo }: { photo: Photo }) {
  const { bitmap, name } = photo.picture;
  const faces = photo.found?.faces ?? [];
  const smiles = (face: SmileFace) => smilesNow(face, photo.by?.scorer ?? 'cascade');
  const paint = useCallback((context: CanvasRenderingContext2D, unit: number) => {
    context.drawImage(bitmap, 0, 0);
    paintFaces(context, unit, faces, smiles, (face) => smiles(face) ? t('smile.yes') : '');
  }, [photo]);
  const note = shrunk(photo.picture);
  const words = photo.error ?? (photo.found ? t('smile.photo', { name, faces: faces.length,
    smiling: faces.filter(smiles).length }) : t('smile.reading', { name }));
  return (
    <figure data-by={photo.by && `${photo.by.scorer} ${photo.by.neighbours}`}>
      <Stage width={bitmap.width} height={bitmap.height} paint={paint} label={words} />
      <figcaption role="status">{words}{note && ` ${note}`}</figcaption>
    </figure>
  );
}

/** What the camera sees, with the votes so far. */
function useWatch(options: Options) {
  const smiles = useSmiles(options);
  const canvas = useMemo(() => document.createElement('canvas'), []);
  const [shown, setShown] = useState<{ frame: SmileFrame; canvas: HTMLCanvasElement }>();
  const [stories, setStories] = useState<SmileStory[]>([]);
  const votes = useRef({ all: new Map<number, Votes>(), since: 0, told: 0 });
  const live = useLive(async (picture, seconds, wanted) => {
    const m = await mien;
    if (!wanted())
      return;
    const made = await smiles.get(m);
    const look = async () => {
      const frame = await made.next(picture, seconds);
      const v = votes.current;
      v.since ||= seconds;
      if (seconds - v.told > 1) {
        v.told = seconds;
        const list = await made.list();
        if (wanted())
          setStories(list);
      }
      return frame;
    };
    const frame = await look().catch((e: unknown) => {
      if (!/freed/.test(wordsOf(e))) // the options changed meanwhile
        throw e;
    });
    if (!frame || !wanted())
      return;
    const { all } = votes.current;
    for (const { id, score, smiling } of frame.faces)
      all.set(id, [...all.get(id) ?? [], { seconds, score, smiling }]);
    for (const [id, some] of all) {
      const kept = some.filter((vote) => seconds - vote.seconds < SPAN);
      if (kept.length)
        all.set(id, kept);
      else
        all.delete(id);
    }
    keepFrame(canvas, picture);
    setShown({ frame, canvas });
  }, SIDE);
  const on = live.state === 'on' || live.state === 'paused';
  const clear = () => {
    votes.current = { all: new Map(), since: 0, told: 0 };
    setStories([]);
    setShown(undefined);
  };
  useEffect(clear, [options]);
  useEffect(() => {
    if (on)
      clear(); // a new turn; what was seen stays to be read when the camera is off
    else
      smiles.drop();
  }, [on]);
  return { live, smiles, shown, stories, votes: votes.current, on };
}

export function SmilePage() {
  const [options, setOptions] = useState(START);
  const [problem, setProblem] = useState<string>();
  const { photos, add } = usePhotos(options, setProblem);
  const { live, smiles, shown, stories, votes, on } = useWatch(options);
  const size = live.size ?? { width: 640, height: 480 };
  const frame = on ? shown?.frame : undefined;
  const paint = useMemo(() => (context: CanvasRenderingContext2D, unit: number) => {
    if (!frame || !shown)
      return;
    const share = size.width / frame.width;
    context.scale(share, share);
    context.drawImage(shown.canvas, 0, 0);
    paintFaces(context, unit / share, frame.faces, (face) => face.smiling,
      (face) => face.smiling ? `${face.id} · ${t('smile.yes')}` : String(face.id));
  }, [frame, size.width]);
  const smiling = frame?.faces.filter((face) => face.smiling).length ?? 0;
  return (
    <div class="smile-page">
      <h1>{t('smile.title')}</h1>
      <LiveNotice live={live} />
      {problem && <Notice kind="error" text={problem} onClose={() => setProblem(undefined)} />}
      {smiles.loading && <Progress value={smiles.loading.share}
        label={t('photo.loading', { files: smiles.loading.files.join(', ') })} />}
      <div class="split">
        <div>
          <LiveBar live={live} />
          <Stage width={size.width} height={size.height} paint={paint}
            label={t('smile.stage', { faces: frame?.faces.length ?? 0, smiling })}>
            <LiveVideo live={live} />
          </Stage>
          {shown && (
            <section class="panel over-time" aria-label={t('smile.time')}>
              <h2>{t('smile.time')}</h2>
              {frame && <p role="status">{t('smile.now', { faces: frame.faces.length,
                smiling })}</p>}
              <Chart votes={votes.all} now={shown.frame.seconds} />
              <p class="hint">{t('smile.levels', { begin: BEGIN, end: END })}</p>
              {stories.length > 0 && <Stories stories={stories} since={votes.since} />}
              <p class="hint">{t('smile.ms', { ms: shown.frame.ms.toFixed(0) })}</p>
            </section>
          )}
        </div>
        <div>
          <Settings options={options} setOptions={setOptions} />
          <section class="photos" aria-label={t('smile.photos')}>
            <Drop label={t('smile.drop')} onFiles={(files) => void add(files)} />
            {photos.map((photo) => <PhotoFigure key={photo.id} photo={photo} />)}
          </section>
        </div>
      </div>
    </div>
  );
}
