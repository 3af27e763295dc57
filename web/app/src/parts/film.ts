// film.ts: frames that are shown one after the other, saved as WebM by the browser's own encoder.

/** A picture as the library gives it. */
export interface Frame {
  data: Uint8ClampedArray<ArrayBuffer>;
  width: number;
  height: number;
}

/** Put a picture on a canvas of its size. */
export function putFrame(canvas: HTMLCanvasElement, frame: Frame) {
  if (canvas.width !== frame.width || canvas.height !== frame.height) {
    canvas.width = frame.width;
    canvas.height = frame.height;
  }
  canvas.getContext('2d')?.putImageData(
    new ImageData(frame.data, frame.width, frame.height), 0, 0);
}

/** A picture, or several in rows, as a PNG file. */
export async function pngOf(frames: readonly Frame[], columns = 1): Promise<Blob> {
  const [{ width, height }] = frames;
  const canvas = document.createElement('canvas');
  canvas.width = width * Math.min(columns, frames.length);
  canvas.height = height * Math.ceil(frames.length / columns);
  const context = canvas.getContext('2d')!;
  frames.forEach((frame, i) => context.putImageData(new ImageData(frame.data, width, height),
    (i % columns) * width, Math.floor(i / columns) * height));
  return new Promise((resolve, reject) => canvas.toBlob((blob) =>
    blob ? resolve(blob) : reject(new Error('PNG')), 'image/png'));
}

/** Whether this browser writes WebM. */
export const writesWebm = () =>
  typeof MediaRecorder === 'function' && MediaRecorder.isTypeSupported('video/webm');

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Frames as a WebM file; it takes as long as the film. */
export async function webmOf(frames: readonly Frame[], fps: number,
  progress: (share: number) => void): Promise<Blob> {
  const canvas = document.createElement('canvas');
  putFrame(canvas, frames[0]);
  const stream = canvas.captureStream(0);
  const [track] = stream.getVideoTracks() as CanvasCaptureMediaStreamTrack[];
  const recorder = new MediaRecorder(stream, { mimeType: 'video/webm',
    videoBitsPerSecond: 2_500_000 });
  const parts: Blob[] = [];
  recorder.ondataavailable = ({ data }) => parts.push(data);
  const ended = new Promise((resolve, reject) => {
    recorder.onstop = resolve;
    recorder.onerror = () => reject(new Error('WebM'));
  });
  recorder.start();
  for (let i = 0; i < frames.length; i++) {
    putFrame(canvas, frames[i]);
    track.requestFrame();
    progress((i + 1) / frames.length);
    await pause(1000 / fps);
  }
  recorder.stop();
  await ended;
  track.stop();
  return new Blob(parts, { type: 'video/webm' });
}
