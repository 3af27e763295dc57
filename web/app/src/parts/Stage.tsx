// Stage: a picture, or a video as child, with marks painted over it in the picture's pixels.
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

import { clearNames } from './marks';

/** Paints in the picture's pixels; `unit` of them make one pixel of the page. */
export type Paint = (context: CanvasRenderingContext2D, unit: number) => void;

interface Props {
  /** The picture's size. */
  width: number;
  height: number;
  /** Said in place of what is seen. */
  label: string;
  paint: Paint;
  /** What lies under the marks, such as a video. */
  children?: ComponentChildren;
  /** Where the picture was pointed at, in its pixels. */
  onPoint?: (x: number, y: number) => void;
  class?: string;
}

export function Stage({ width, height, label, paint, children, onPoint, class: name }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const painter = useRef(() => {});
  painter.current = () => {
    const at = canvas.current;
    const context = at?.getContext('2d');
    if (!at || !context || !at.clientWidth)
      return;
    const dots = Math.max(1, Math.round(at.clientWidth * devicePixelRatio));
    if (at.width !== dots) {
      at.width = dots;
      at.height = Math.max(1, Math.round(dots * height / width));
    }
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, at.width, at.height);
    context.setTransform(at.width / width, 0, 0, at.height / height, 0, 0);
    clearNames(context);
    paint(context, width / at.clientWidth);
  };
  useEffect(() => painter.current(), [paint, width, height]);
  useEffect(() => {
    const watch = new ResizeObserver(() => painter.current());
    if (canvas.current)
      watch.observe(canvas.current);
    return () => watch.disconnect();
  }, []);
  return (
    <div class={`stage ${name ?? ''}`} style={{ aspectRatio: `${width} / ${height}`,
      maxWidth: `calc(75vh * ${width} / ${height})` }}>
      {children}
      <canvas ref={canvas} role="img" aria-label={label} onClick={onPoint && ((e) => {
        const box = e.currentTarget.getBoundingClientRect();
        onPoint((e.clientX - box.left) * width / box.width,
          (e.clientY - box.top) * height / box.height);
      })} />
    </div>
  );
}
