// Camera: faces that keep their numbers and names, and objects around them, live.
import type { Mien, Thing } from 'mien';
import type { Frame, Track, Tracker } from 'mien/track';
import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';

import { mien } from '../engine';
import { type Known, guessesOf, useKnown } from '../known';
import { keepFrame, useLive } from '../live';
import { useLoading } from '../loading';
import { LiveBar, LiveNotice, LiveVideo } from '../parts/LiveBar';
import { COLOURS, paintBox, paintName, paintPoints } from '../parts/marks';
import { wordsOf } from '../parts/Notice';
import { Progress } from '../parts/Progress';
import { Slider } from '../parts/Slider';
import { Stage } from '../parts/Stage';
import { Switch } from '../parts/Switch';
import { t, tOf } from '../text';
import './Camera.css';

interface Options {
  landmarks: boolean;
  names: boolean;
  guesses: boolean;
  objects: boolean;
  /** Frames from one look of the detector to the next. */
  every: number;
}

const START: Options = {
  landmarks: true, names: true, guesses: false, objects: false, every: 10,
};

/** Frames a second and milliseconds a stage, over the last frames. */
interface Speed {
  fps: number;
  ms: Record<string, number>;
}

const STAGES = ['follow', 'detect', 'landmarks', 'read', 'objects', 'all'] as const;
const OBJECTS_SHARE = 4; // objects take at most a fifth of the time

const nameOf = (track: Track) => track.name ?? t('camera.number', { n: track.id });

/** What was read of a face, under its box. */
const wordsUnder = (track: Track) => guessesOf(track).filter(Boolean).join(' · ');

/** A tracker for these options, made when the first frame comes and when they change. */
function useTracker(options: Options, known: Known | undefined) {
  const { loading, load } = useLoading();
  const made = useRef<Promise<Tracker>>();
  const { landmarks, guesses, every } = options;
  const named = options.names && !!known?.profiles.length;
  const drop = () => {
    void made.current?.then((tracker) => tracker.free(), () => undefined);
    made.current = undefined;
  };
  useEffect(() => drop, [landmarks, guesses, every, named, known]);
  const get = useCallback((m: Mien) => {
    made.current ??= load((progress) => m.tracker({
      wish: { landmarks, age: guesses, gender: guesses, expression: guesses }, every,
      smooth: false, // or marks lag behind who moves
      ...named ? { profiles: known!.profiles, match: known!.options } : {},
    }, progress));
    return made.current;
  }, [landmarks, guesses, every, named, known]);
  return { get, drop, loading, load };
}

/** Objects now and then, so that faces stay quick. */
function useObjects(
  on: boolean, load: ReturnType<typeof useLoading>['load'],
) {
  const state = useRef({ ready: false, next: 0, ms: 0, things: [] as Thing[] });
  useEffect(() => {
    state.current.things = [];
    state.current.next = 0;
  }, [on]);
  return useCallback(async (m: Mien, frame: ImageBitmap) => {
    const s = state.current;
    if (!on || performance.now() < s.next)
      return on ? s : { ms: 0, things: [] };
    if (!s.ready)
      await load((progress) => m.prepareObjects({}, progress));
    s.ready = true;
    const begin = performance.now();
    s.things = await m.objects(frame);
    const now = performance.now();
    s.ms = now - begin;
    s.next = now + OBJECTS_SHARE * s.ms;
    return s;
  }, [on]);
}

/** Means over the last frames. */
function useSpeed() {
  const [speed, setSpeed] = useState<Speed>();
  const last = useRef({ times: [] as number[], ms: {} as Record<string, number>, said: 0 });
  const add = useCallback((ms: Record<string, number>) => {
    const now = performance.now();
    const l = last.current;
    l.times = [...l.times.filter((time) => now - time < 2000), now];
    for (const [stage, value] of Object.entries(ms))
      l.ms[stage] = (l.ms[stage] ?? value) + 0.1 * (value - (l.ms[stage] ?? value));
    if (now - l.said < 500 || l.times.length < 2)
      return;
    l.said = now;
    setSpeed({ fps: 1000 * (l.times.length - 1) / (now - l.times[0]), ms: { ...l.ms } });
  }, []);
  const clear = useCallback(() => {
    last.current = { times: [], ms: {}, said: 0 };
    setSpeed(undefined);
  }, []);
  return { speed, add, clear };
}

/** What was found in a frame, which lies on the page's canvas. */
interface Shown {
  frame: Frame;
  things: Thing[];
  picture: HTMLCanvasElement;
}

const LEAST = 70; // pixels of the page that a box has to have for words under it

/** A frame and everything that was found in it, in the pixels of the video. */
function paintAll(
  context: CanvasRenderingContext2D, unit: number, width: number, { frame, things, picture }: Shown,
) {
  const share = width / frame.width;
  context.scale(share, share);
  context.drawImage(picture, 0, 0);
  const u = unit / share;
  for (const thing of things)
    paintBox(context, u, thing.box, COLOURS.thing,
      `${tOf('thing', thing.class)} ${(100 * thing.score).toFixed(0)} %`);
  for (const track of frame.tracks) {
    const colour = track.name ? COLOURS.known : COLOURS.face;
    paintBox(context, u, track.box, colour, nameOf(track));
    paintPoints(context, u, track.landmarks ?? [], colour);
    const words = wordsUnder(track);
    if (words && track.box.width > LEAST * u)
      paintName(context, u, track.box, colour, words, true);
  }
}

/** Who and what is seen now. */
function Seen({ frame, things }: { frame: Frame; things: Thing[] }) {
  return (
    <section class="panel" aria-label={t('camera.seen')}>
      <h2>{t('camera.seen')}</h2>
      <p role="status">{t('camera.count', { faces: frame.tracks.length })}</p>
      <ul class="seen">
        {frame.tracks.map((track) => (
          <li key={track.id} data-id={track.id}>
            <strong>{nameOf(track)}</strong> <span>{wordsUnder(track)}</span>
          </li>
        ))}
        {things.map((thing, i) => (
          <li key={`thing ${i}`} class="thing">
            <span>{tOf('thing', thing.class)}</span>
            <span>{(100 * thing.score).toFixed(0)} %</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Frames a second, milliseconds a stage. */
function SpeedPanel({ speed, objects }: { speed: Speed; objects: boolean }) {
  return (
    <section class="panel speed" aria-label={t('camera.speed')}>
      <h2>{t('camera.speed')}</h2>
      <p>{t('camera.fps', { n: speed.fps.toFixed(1) })}</p>
      <table>
        <tbody>
          {STAGES.filter((stage) => stage !== 'objects' || objects).map((stage) => (
            <tr key={stage}>
              <th scope="row">{t(`camera.ms.${stage}`)}</th>
              <td class="number">{(speed.ms[stage] ?? 0).toFixed(1)} ms</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** What is looked for. */
function Settings({ options, change, known }: {
  options: Options; change: (o: Partial<Options>) => void; known?: Known;
}) {
  const hint = known?.locked ? t('camera.names.locked', { n: known.locked })
    : known?.profiles.length ? t('camera.names.known', { n: known.profiles.length })
      : t('camera.names.nobody');
  return (
    <section class="panel" aria-label={t('camera.settings')}>
      <h2>{t('camera.settings')}</h2>
      <Switch label={t('camera.landmarks')} checked={options.landmarks}
        onChange={(landmarks) => change({ landmarks })} />
      <Switch label={t('camera.names')} hint={hint} checked={options.names}
        onChange={(names) => change({ names })} />
      <Switch label={t('photo.guesses')} hint={t('photo.guesses.hint')} checked={options.guesses}
        onChange={(guesses) => change({ guesses })} />
      <Switch label={t('photo.objects')} hint={t('photo.objects.hint')} checked={options.objects}
        onChange={(objects) => change({ objects })} />
      <Slider label={t('camera.every')} value={options.every} min={1} max={30}
        onChange={(every) => change({ every })} />
    </section>
  );
}

export function CameraPage() {
  const [options, setOptions] = useState(START);
  const [shown, setShown] = useState<Shown>();
  const canvas = useMemo(() => document.createElement('canvas'), []);
  const [problem, setProblem] = useState<string>();
  const known = useKnown(setProblem);
  const tracker = useTracker(options, known);
  const objects = useObjects(options.objects, tracker.load);
  const { speed, add, clear } = useSpeed();
  const live = useLive(async (picture, seconds, wanted) => {
    const m = await mien;
    const { things, ms } = await objects(m, picture);
    if (!wanted())
      return;
    const made = await tracker.get(m);
    const frame = await made.next(picture, seconds).catch((e: unknown) => {
      if (!/freed/.test(wordsOf(e))) // the options changed meanwhile
        throw e;
    });
    if (!frame || !wanted())
      return;
    add({ ...frame.ms, objects: ms });
    keepFrame(canvas, picture);
    setShown({ frame, things, picture: canvas });
  });
  const on = live.state === 'on' || live.state === 'paused';
  useEffect(() => {
    if (on)
      return;
    setShown(undefined);
    clear();
    tracker.drop();
  }, [on]);
  const size = live.size ?? { width: 640, height: 480 };
  const paint = useMemo(() => (context: CanvasRenderingContext2D, unit: number) => {
    if (shown)
      paintAll(context, unit, size.width, shown);
  }, [shown, size.width]);
  return (
    <div class="camera-page">
      <h1>{t('camera.title')}</h1>
      <LiveNotice live={problem ? { ...live, error: problem } : live} />
      {tracker.loading && <Progress value={tracker.loading.share}
        label={t('photo.loading', { files: tracker.loading.files.join(', ') })} />}
      <div class="split">
        <div>
          <LiveBar live={live} />
          <Stage width={size.width} height={size.height} paint={paint} class={live.state}
            label={t('camera.stage', { faces: shown?.frame.tracks.length ?? 0,
              things: shown?.things.length ?? 0 })}>
            <LiveVideo live={live} />
          </Stage>
        </div>
        <div>
          {shown && <Seen frame={shown.frame} things={shown.things} />}
          <Settings options={options} change={(o) => setOptions((old) => ({ ...old, ...o }))}
            known={known} />
          {speed && <SpeedPanel speed={speed} objects={options.objects} />}
        </div>
      </div>
    </div>
  );
}
