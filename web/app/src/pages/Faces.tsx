// Faces: faces through an auto-encoder that the user trained: sliders of its concepts, the way
// from one face to another, a walk, and faces of nobody.
import type { AutoEncoder, CodedFace } from 'mien';
import { modelFolder } from 'mien';
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';

import { mien } from '../engine';
import { Choice } from '../parts/Choice';
import { Choose, Drop } from '../parts/Drop';
import { Notice, wordsOf } from '../parts/Notice';
import { Progress } from '../parts/Progress';
import { Slider } from '../parts/Slider';
import { Switch } from '../parts/Switch';
import { type Frame, pngOf, putFrame, webmOf, writesWebm } from '../parts/film';
import { openPicture } from '../picture';
import { save as saveFile, stemOf } from '../save';
import { t } from '../text';
import './Faces.css';

/** A face of a photo, or of nobody. */
interface Face {
  name: string;
  code: Float32Array;
  /** Of a photo. */
  coded?: CodedFace;
}

interface Look {
  size: number;
  sharpen: boolean;
  trim: number;
}

const MODES = ['sliders', 'morph', 'walk', 'nobody'] as const;
type Mode = typeof MODES[number];
const SIZES = ['0', '128', '256', '384'] as const;
const FPS = 12;
const MORPH_STEPS = 24;
const WALK_STEPS = 96;
const GRID = 16;

/** What stays while other pages are shown. */
const kept: { coder?: AutoEncoder; faces: Face[] } = { faces: [] };

const freeFaces = (faces: readonly Face[]) => faces.forEach((face) => face.coded?.free());

/** The newest answer to what is asked; while one is on its way, only the last question waits. */
function useAnswer<T>(ask: (() => Promise<T>) | undefined, fail: (error: unknown) => void) {
  const [answer, setAnswer] = useState<T>();
  const state = useRef<{ busy: boolean; next?: () => Promise<T>; gone: boolean }>(
    { busy: false, gone: false });
  useEffect(() => {
    const now = state.current;
    now.next = ask;
    const go = async () => {
      now.busy = true;
      while (now.next && !now.gone) {
        const question = now.next;
        now.next = undefined;
        try {
          const said = await question();
          if (!now.gone)
            setAnswer(said);
        } catch (e) {
          if (!now.gone)
            fail(e);
        }
      }
      now.busy = false;
    };
    if (!now.busy && ask)
      void go();
  }, [ask]);
  useEffect(() => {
    state.current.gone = false;
    return () => {
      state.current.gone = true;
    };
  }, []);
  return answer;
}

/** A picture, as an image that says what it is. */
function Shown({ frame, label, hidden }: { frame?: Frame; label: string; hidden?: boolean }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    if (canvas.current && frame)
      putFrame(canvas.current, frame);
  }, [frame]);
  return hidden ? <canvas ref={canvas} aria-hidden="true" />
    : <canvas ref={canvas} class="faces-shown" role="img" aria-label={label} />;
}

// ---- a model ------------------------------------------------------------------------------

function How() {
  return (
    <section class="panel faces-how">
      <h2>{t('faces.how')}</h2>
      <p>{t('faces.how.train')}</p>
      <pre tabIndex={0}>
        {'mien train faces photos/ --schedule cosine -o vae/\n' +
          "mien faces add --concept 'age:65-90 - age:25-40' \\\n" +
          '    --labels utkface/ --model vae/model.onnx me.jpg -o old.png'}
      </pre>
      <p>{t('faces.how.files')}</p>
      <p class="hint">{t('faces.how.none')}</p>
    </section>
  );
}

/** Saves frames, as soon as all are there, as one picture. */
function SavePng({ frames, of, name, fail }: {
  frames: Frame[]; of: number; name: string; fail: (error: unknown) => void;
}) {
  return (
    <button type="button" disabled={frames.length < of} onClick={() => pngOf(frames, 4)
      .then((blob) => saveFile(`${name}.png`, blob), fail)}>{t('faces.save', { kind: 'PNG' })}
    </button>
  );
}

// ---- films --------------------------------------------------------------------------------

/** All frames of codes, one after the other. */
function useFilm(coder: AutoEncoder, codes: Float32Array[] | undefined, look: Look,
  fail: (error: unknown) => void) {
  const [film, setFilm] = useState<Frame[]>([]);
  useEffect(() => {
    let current = true;
    setFilm([]);
    const make = async () => {
      const frames: Frame[] = [];
      for (const code of codes ?? []) {
        if (!current)
          return;
        frames.push(await coder.decode(code, look));
        if (current && (frames.length % 8 === 0 || frames.length === codes?.length))
          setFilm([...frames]);
      }
    };
    make().catch((e) => current && fail(e));
    return () => {
      current = false;
    };
  }, [coder, codes, look]);
  return film;
}

/** Play frames to and fro, or round and round. */
function usePlay(playing: boolean, length: number, toAndFro: boolean,
  step: (next: (at: number) => number) => void) {
  const back = useRef(false);
  useEffect(() => {
    if (!playing || length < 2)
      return undefined;
    const timer = setInterval(() => step((at) => {
      if (!toAndFro)
        return (at + 1) % length;
      if (at >= length - 1)
        back.current = true;
      else if (at <= 0)
        back.current = false;
      return at + (back.current ? -1 : 1);
    }), 1000 / FPS);
    return () => clearInterval(timer);
  }, [playing, length, toAndFro]);
}

function Film({ frames, of, name, toAndFro, fail }: {
  frames: Frame[]; of: number; name: string; toAndFro: boolean; fail: (error: unknown) => void;
}) {
  const [at, setAt] = useState(0);
  const [playing, setPlaying] = useState(false);
  const [saving, setSaving] = useState<number>();
  usePlay(playing, frames.length, toAndFro, setAt);
  const whole = frames.length === of;
  const here = Math.min(at, Math.max(frames.length - 1, 0));
  const film = () => toAndFro ? [...frames, ...frames.slice(1, -1).reverse()] : frames;
  const save = async (kind: 'png' | 'gif' | 'webm') => {
    try {
      setSaving(0);
      if (kind === 'png')
        saveFile(`${name}.png`, await pngOf(frames, 8));
      else if (kind === 'gif')
        saveFile(`${name}.gif`, new Blob([await (await mien).gif(film(), { fps: FPS })],
          { type: 'image/gif' }));
      else
        saveFile(`${name}.webm`, await webmOf(film(), FPS, setSaving));
    } catch (e) {
      fail(e);
    }
    setSaving(undefined);
  };
  return (
    <div class="faces-film">
      <Shown frame={frames[here]} label={t('faces.frame', { n: here + 1, of })} />
      {!whole && <Progress label={t('faces.making')} value={frames.length / of} />}
      <Slider label={t('faces.position')} value={here} min={0} max={of - 1}
        show={(v) => t('faces.of', { n: v + 1, of })} onChange={(v) => {
          setPlaying(false);
          setAt(v);
        }} />
      <div class="row">
        <button type="button" class="main" disabled={frames.length < 2}
          onClick={() => setPlaying(!playing)}>
          {playing ? t('faces.pause') : t('faces.play')}
        </button>
        <button type="button" disabled={!whole || saving !== undefined}
          onClick={() => void save('gif')}>{t('faces.save', { kind: 'GIF' })}</button>
        {writesWebm() && (
          <button type="button" disabled={!whole || saving !== undefined}
            onClick={() => void save('webm')}>{t('faces.save', { kind: 'WebM' })}</button>
        )}
        <button type="button" disabled={!whole || saving !== undefined}
          onClick={() => void save('png')}>{t('faces.save', { kind: 'PNG' })}</button>
      </div>
      {saving !== undefined && <Progress label={t('faces.saving')} value={saving || undefined} />}
    </div>
  );
}

// ---- what can be done ---------------------------------------------------------------------

interface Part {
  coder: AutoEncoder;
  look: Look;
  fail: (error: unknown) => void;
}

/** Concepts by their texts; of equal ones the newest. */
const conceptsOf = (coder: AutoEncoder) => [...new Set(coder.concepts.map((c) => c.text))];

function Sliders({ coder, look, fail, face }: Part & { face?: Face }) {
  const [strength, setStrength] = useState<Record<string, number>>({});
  const [onto, setOnto] = useState<'code' | 'face' | 'photo'>('code');
  const texts = conceptsOf(coder);
  const seen = face?.coded ? onto === 'photo' && !face.coded.face ? 'face' : onto : 'code';
  const ask = useCallback(async () => {
    const code = coder.add(face!.code, strength);
    return seen === 'code' || !face?.coded ? coder.decode(code, look)
      : coder.show(face.coded, code, { ...look, onto: seen });
  }, [coder, face, strength, seen, look]);
  const frame = useAnswer(face && ask, fail);
  if (!face)
    return <p>{t('faces.wanted.one')}</p>;
  const ways = (['code', 'face', 'photo'] as const)
    .filter((way) => way !== 'photo' || face.coded?.face);
  return (
    <div class="split">
      <div class="panel">
        <Shown frame={frame} label={t('faces.changed', { name: face.name })} />
        <div class="row">
          <SavePng frames={frame ? [frame] : []} of={1} name={`${stemOf(face.name)}-changed`}
            fail={fail} />
        </div>
      </div>
      <div class="panel">
        <h2>{t('faces.concepts')}</h2>
        {texts.length === 0 && <p class="hint">{t('faces.concepts.none')}</p>}
        {texts.map((text) => (
          <Slider key={text} label={text} value={strength[text] ?? 0} min={-2} max={2} step={0.05}
            show={(v) => v.toFixed(2)}
            onChange={(v) => setStrength({ ...strength, [text]: v })} />
        ))}
        <div class="row">
          <button type="button" disabled={!Object.values(strength).some((v) => v !== 0)}
            onClick={() => setStrength({})}>{t('faces.reset')}</button>
        </div>
        {face.coded && (
          <Choice label={t('faces.onto')} value={seen} onChange={setOnto}
            options={ways.map((value) => ({ value, text: t(`faces.onto.${value}`) }))} />
        )}
      </div>
    </div>
  );
}

function Morph({ coder, look, fail, faces }: Part & { faces: Face[] }) {
  const [a, b] = faces;
  const [codes, setCodes] = useState<Float32Array[]>();
  useEffect(() => setCodes(a && b ? coder.morph(a.code, b.code, MORPH_STEPS) : undefined),
    [coder, a, b]);
  const frames = useFilm(coder, codes, look, fail);
  if (!b)
    return <p>{t('faces.wanted.two')}</p>;
  return (
    <div class="panel">
      <Film frames={frames} of={MORPH_STEPS} name="morph" toAndFro fail={fail} />
    </div>
  );
}

/** How codes are drawn: seed and spread. */
function Drawn({ seed, spread, onSeed, onSpread }: {
  seed: number; spread: number; onSeed: (seed: number) => void; onSpread: (v: number) => void;
}) {
  return (
    <>
      <Slider label={t('faces.seed')} value={seed} min={1} max={200} onChange={onSeed} />
      <Slider label={t('faces.spread')} value={spread} min={0} max={2} step={0.05}
        show={(v) => v.toFixed(2)} onChange={onSpread} />
      <p class="hint">{t('faces.spread.hint')}</p>
    </>
  );
}

function Walk({ coder, look, fail }: Part) {
  const [seed, setSeed] = useState(1);
  const [spread, setSpread] = useState(1);
  const [stops, setStops] = useState(8);
  const ask = useCallback(() => coder.walk({ seed, spread, stops, steps: WALK_STEPS }),
    [coder, seed, spread, stops]);
  const codes = useAnswer(ask, fail);
  const frames = useFilm(coder, codes, look, fail);
  return (
    <div class="split">
      <div class="panel">
        <Film frames={frames} of={WALK_STEPS} name={`walk-${seed}`} toAndFro={false} fail={fail} />
      </div>
      <div class="panel">
        <h2>{t('faces.walk')}</h2>
        <Slider label={t('faces.stops')} value={stops} min={2} max={24} onChange={setStops} />
        <Drawn seed={seed} spread={spread} onSeed={setSeed} onSpread={setSpread} />
      </div>
    </div>
  );
}

function Nobody({ coder, look, fail, onTake }: Part & { onTake: (face: Face) => void }) {
  const [seed, setSeed] = useState(1);
  const [spread, setSpread] = useState(1);
  const ask = useCallback(() => coder.sample({ seed, spread, count: GRID }),
    [coder, seed, spread]);
  const codes = useAnswer(ask, fail);
  const frames = useFilm(coder, codes, look, fail);
  const nameOf = (i: number) => t('faces.nobody.name', { n: i + 1, seed });
  return (
    <div class="split">
      <div class="panel">
        <div class="faces-grid">
          {(codes ?? []).map((code, i) => (
            <button key={i} type="button" aria-label={t('faces.take', { name: nameOf(i) })}
              onClick={() => onTake({ name: nameOf(i), code })}>
              <Shown frame={frames[i]} label="" hidden />
            </button>
          ))}
        </div>
        <div class="row">
          <SavePng frames={frames} of={GRID} name={`faces-${seed}`} fail={fail} />
        </div>
      </div>
      <div class="panel">
        <h2>{t('faces.nobody')}</h2>
        <p>{t(coder.hasCodes ? 'faces.nobody.codes' : 'faces.nobody.normal')}</p>
        <Drawn seed={seed} spread={spread} onSeed={setSeed} onSpread={setSpread} />
      </div>
    </div>
  );
}

/** The two faces that are worked on, each as the model makes it. */
function Two({ coder, faces, fail, onSwap, onClear }: {
  coder: AutoEncoder; faces: Face[]; fail: (error: unknown) => void;
  onSwap: () => void; onClear: () => void;
}) {
  return (
    <section class="panel" aria-label={t('faces.two')}>
      <div class="faces-two">
        {[0, 1].map((i) => <Small key={i} coder={coder} face={faces[i]} fail={fail} place={i} />)}
      </div>
      <div class="row">
        <button type="button" disabled={faces.length < 2} onClick={onSwap}>
          {t('faces.swap')}
        </button>
        <button type="button" disabled={!faces.length} onClick={onClear}>{t('faces.clear')}</button>
      </div>
    </section>
  );
}

function Small({ coder, face, fail, place }: {
  coder: AutoEncoder; face: Face | undefined; fail: (error: unknown) => void; place: number;
}) {
  const ask = useCallback(() => face?.coded
    ? coder.show(face.coded, face.code, { onto: 'face', size: 128 })
    : coder.decode(face!.code, { size: 128 }), [coder, face]);
  const frame = useAnswer(face && ask, fail);
  if (!face)
    return <div class="empty">{t(place ? 'faces.second' : 'faces.first')}</div>;
  return (
    <figure>
      <Shown frame={frame} label={face.name} hidden />
      <figcaption title={face.name}>{face.name}</figcaption>
    </figure>
  );
}

// ---- the page -----------------------------------------------------------------------------

const isModel = (file: File) => /\.(onnx|json)$/i.test(file.name);
const isPicture = (file: File) =>
  file.type.startsWith('image/') || /\.(jpe?g|png|webp|gif|avif|bmp)$/i.test(file.name);

/** A model, its faces, and what is wrong. */
function useModel() {
  const [coder, setCoder] = useState(kept.coder);
  const [faces, setFaces] = useState(kept.faces);
  const [busy, setBusy] = useState('');
  const [error, setError] = useState('');
  const fail = useCallback((e: unknown) => setError(wordsOf(e)), []);
  const hold = useCallback((next: Face[]) => {
    freeFaces(kept.faces.filter((face) => !next.includes(face)));
    kept.faces = next;
    setFaces(next);
  }, []);
  const openModel = async (files: File[]) => {
    setBusy(t('faces.opening'));
    const opened = await (await mien).autoencoder(modelFolder(files));
    hold([]);
    kept.coder?.free();
    kept.coder = opened;
    setCoder(opened);
  };
  const openPhoto = async (file: File, align: boolean) => {
    setBusy(t('faces.looking', { name: file.name }));
    const { bitmap } = await openPicture(file);
    try {
      const coded = await kept.coder!.encode(bitmap, { align });
      hold([...kept.faces, { name: file.name, code: coded.code, coded }].slice(-2));
    } catch (e) {
      throw new Error(`${file.name}: ${wordsOf(e)}`);
    } finally {
      bitmap.close();
    }
  };
  const onFiles = async (files: File[], align: boolean) => {
    setError('');
    try {
      const model = files.filter(isModel);
      if (model.length)
        await openModel(model);
      const photos = files.filter((file) => isPicture(file) && !isModel(file)).slice(0, 2);
      if (!model.length && !photos.length)
        throw new Error(t('faces.wrong', { name: files[0]?.name ?? '' }));
      if (photos.length && !kept.coder)
        throw new Error(t('faces.model.first'));
      for (const file of photos)
        await openPhoto(file, align);
    } catch (e) {
      fail(e);
    }
    setBusy('');
  };
  return { coder, faces, busy, error, setError, fail, hold, onFiles };
}

function Looks({ look, onLook, align, onAlign }: {
  look: Look; onLook: (look: Look) => void; align: boolean; onAlign: (align: boolean) => void;
}) {
  return (
    <section class="panel">
      <h2>{t('faces.look')}</h2>
      <Choice label={t('faces.size')} value={String(look.size) as typeof SIZES[number]}
        options={SIZES.map((value) => ({ value,
          text: value === '0' ? t('faces.size.own') : t('faces.pixels', { n: value }) }))}
        onChange={(value) => onLook({ ...look, size: Number(value) })} />
      <Switch label={t('faces.sharpen')} checked={look.sharpen}
        onChange={(sharpen) => onLook({ ...look, sharpen })} />
      <Slider label={t('faces.trim')} value={look.trim} min={0} max={0.3} step={0.01}
        show={(v) => `${Math.round(100 * v)} %`} onChange={(trim) => onLook({ ...look, trim })} />
      <Switch label={t('faces.align')} checked={align} onChange={onAlign}
        hint={t('faces.align.hint')} />
    </section>
  );
}

export function FacesPage() {
  const { coder, faces, busy, error, setError, fail, hold, onFiles } = useModel();
  const [mode, setMode] = useState<Mode>('sliders');
  const [look, setLook] = useState<Look>({ size: 256, sharpen: false, trim: 0 });
  const [align, setAlign] = useState<boolean>();
  const aligned = align ?? coder?.info.aligned ?? true;
  const take = (files: File[]) => void onFiles(files, aligned);
  const part = coder && { coder, look, fail };
  return (
    <div class="faces-page">
      <h1>{t('faces.title')}</h1>
      {error && <Notice kind="error" text={error} onClose={() => setError('')} />}
      <Drop label={t(coder ? 'faces.drop.photos' : 'faces.drop.model')} accept=""
        onFiles={take}>
        {!coder && <Choose label={t('faces.folder')} multiple folder onFiles={take} />}
      </Drop>
      {busy && <Progress label={busy} />}
      {!part && <How />}
      {part && (
        <>
          <p class="hint">{t('faces.model', { width: part.coder.info.width,
            units: part.coder.info.units, concepts: conceptsOf(part.coder).length })}</p>
          <div class="row faces-modes" role="group" aria-label={t('faces.modes')}>
            {MODES.map((one) => (
              <button key={one} type="button" aria-pressed={one === mode}
                onClick={() => setMode(one)}>{t(`faces.mode.${one}`)}</button>
            ))}
          </div>
          {mode === 'sliders' && <Sliders key={part.coder.held} {...part} face={faces[0]} />}
          {mode === 'morph' && <Morph {...part} faces={faces} />}
          {mode === 'walk' && <Walk {...part} />}
          {mode === 'nobody' && <Nobody {...part}
            onTake={(face) => hold([...faces, face].slice(-2))} />}
          <div class="split faces-below">
            <Two coder={part.coder} faces={faces} fail={fail} onClear={() => hold([])}
              onSwap={() => hold([...faces].reverse())} />
            <Looks look={look} onLook={setLook} align={aligned} onAlign={setAlign} />
          </div>
        </>
      )}
    </div>
  );
}
