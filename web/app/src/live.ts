// live.ts: a camera for a page: asked for, switched, paused, and off as soon as nobody looks.
//
// The camera of a phone's back is taken where there is one. While the tab is hidden the camera
// is off, and it stays off until the person turns it on again.
import type { RefObject } from 'preact';
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';

import { cameraWords } from './parts/Snap';
import { setting, setSetting } from './settings';

export type LiveState = 'off' | 'asking' | 'on' | 'paused' | 'hidden';

/**
 * What is done with a frame; the next one is taken when it is done. What comes of it is shown
 * only while it is wanted: not if the camera went off meanwhile.
 */
export type EachFrame =
  (frame: ImageBitmap, seconds: number, wanted: () => boolean) => Promise<void>;

export interface Live {
  video: RefObject<HTMLVideoElement>;
  state: LiveState;
  /** Of what is seen, in its pixels; undefined before the first frame. */
  size?: { width: number; height: number };
  error?: string;
  cameras: { id: string; name: string }[];
  /** The one that is on. */
  camera?: string;
  start: (camera?: string) => void;
  stop: () => void;
  pause: (paused: boolean) => void;
  /** Say what went wrong elsewhere; the camera goes off. */
  fail: (error: string) => void;
}

/** Ask for a camera: the one of an id, else the rear one, else any. */
async function open(camera?: string): Promise<MediaStream> {
  if (!navigator.mediaDevices)
    throw new DOMException('', 'NotFoundError');
  const size = { width: { ideal: 1280 }, height: { ideal: 720 } };
  const rear = { facingMode: { ideal: 'environment' }, ...size };
  const ask = (video: MediaTrackConstraints) => navigator.mediaDevices.getUserMedia({ video });
  if (!camera)
    return ask(rear);
  return ask({ deviceId: { exact: camera }, ...size }).catch((e: unknown) => {
    if (e instanceof DOMException && e.name === 'OverconstrainedError')
      return ask(rear); // it was taken away
    throw e;
  });
}

/** The cameras that may be chosen; they have names once one was allowed. */
async function listed() {
  const all = await navigator.mediaDevices.enumerateDevices();
  return all.filter((d) => d.kind === 'videoinput' && d.deviceId)
    .map((d, i) => ({ id: d.deviceId, name: d.label || `${i + 1}` }));
}

/** Wait for the next frame of a video. */
const nextFrame = (video: HTMLVideoElement) => new Promise<void>((resolve) => {
  if ('requestVideoFrameCallback' in video)
    video.requestVideoFrameCallback(() => resolve());
  else
    requestAnimationFrame(() => resolve());
});

/** A frame, made smaller where it is large. */
function take(video: HTMLVideoElement, most: number): Promise<ImageBitmap> {
  const { videoWidth: width, videoHeight: height } = video;
  const share = most / Math.max(width, height);
  return share >= 1 ? createImageBitmap(video) : createImageBitmap(video, {
    resizeWidth: Math.round(width * share), resizeHeight: Math.round(height * share),
    resizeQuality: 'medium',
  });
}

/** Hand frame after frame to `each`, until `current` says that this is over. */
async function run(
  video: HTMLVideoElement, most: number, each: () => EachFrame, current: () => boolean,
) {
  for (;;) {
    await nextFrame(video);
    if (!current())
      return;
    if (!video.videoWidth)
      continue;
    const frame = await take(video, most);
    try {
      if (current())
        await each()(frame, performance.now() / 1000, current);
    } finally {
      frame.close();
    }
  }
}

/** A frame, kept to be shown with the marks that were found in it. */
export function keepFrame(on: HTMLCanvasElement, frame: ImageBitmap) {
  if (on.width !== frame.width || on.height !== frame.height)
    Object.assign(on, { width: frame.width, height: frame.height });
  on.getContext('2d')?.drawImage(frame, 0, 0);
}

const release = (stream?: MediaStream) => stream?.getTracks().forEach((track) => track.stop());

/** A camera whose frames are handed to `each`, their longer side at most `most` pixels. */
export function useLive(each: EachFrame, most = 640): Live {
  const video = useRef<HTMLVideoElement>(null);
  const stream = useRef<MediaStream>();
  const turn = useRef(0); // another number: what was begun before is over
  const work = useRef(each);
  work.current = each;
  const [state, setState] = useState<LiveState>('off');
  const [size, setSize] = useState<Live['size']>();
  const [error, setError] = useState<string>();
  const [cameras, setCameras] = useState<Live['cameras']>([]);
  const [camera, setCamera] = useState<string>();

  const end = useCallback((next: LiveState, why?: string) => {
    turn.current++;
    release(stream.current);
    stream.current = undefined;
    if (video.current)
      video.current.srcObject = null;
    setState(next);
    setError(why);
  }, []);

  const go = useCallback(() => {
    const mine = ++turn.current;
    const current = () => turn.current === mine;
    run(video.current!, most, () => work.current, current).catch((e: unknown) => {
      if (current())
        end('off', e instanceof Error ? e.message : String(e));
    });
  }, []);

  const start = useCallback(async (wanted?: string) => {
    end('asking');
    const mine = turn.current;
    try {
      const made = await open(wanted ?? setting('camera'));
      if (turn.current !== mine || !video.current)
        return release(made);
      stream.current = made;
      const [track] = made.getVideoTracks();
      track.onended = () => end('off', cameraWords(new DOMException('', 'NotFoundError')));
      video.current.srcObject = made;
      await video.current.play();
      const all = await listed();
      if (turn.current !== mine)
        return undefined;
      setCameras(all);
      setCamera(track.getSettings().deviceId);
      if (wanted)
        setSetting('camera', wanted);
      setState('on');
      return go();
    } catch (e) {
      if (turn.current === mine)
        end('off', cameraWords(e));
    }
    return undefined;
  }, []);

  const pause = useCallback((paused: boolean) => {
    if (!stream.current || !video.current)
      return;
    setState(paused ? 'paused' : 'on');
    if (paused) {
      turn.current++;
      video.current.pause();
    } else {
      video.current.play().catch(() => undefined); // the camera went off meanwhile
      go();
    }
  }, []);

  useEffect(() => {
    const look = () => document.hidden && stream.current && end('hidden');
    const measure = () => setSize({ width: video.current!.videoWidth,
      height: video.current!.videoHeight });
    const shown = video.current;
    document.addEventListener('visibilitychange', look);
    shown?.addEventListener('resize', measure);
    return () => {
      document.removeEventListener('visibilitychange', look);
      shown?.removeEventListener('resize', measure);
      turn.current++;
      release(stream.current);
    };
  }, []);
  return {
    video, state, size, error, cameras, camera, start, pause,
    stop: () => end('off'), fail: (why) => end('off', why),
  };
}
