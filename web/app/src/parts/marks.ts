// marks.ts: boxes, points and names painted over a picture. All sizes are of the page, so
// that marks look alike on small and large pictures.
import type { Box } from 'mien';

export const COLOURS = { face: '#38d39f', known: '#ffd166', thing: '#6db7ff', chosen: '#ff6b81' };

/** A box with a name above it, or inside where there is no room. */
export function paintBox(
  context: CanvasRenderingContext2D, unit: number, box: Box, colour: string, name = '',
) {
  context.lineWidth = 4 * unit;
  context.strokeStyle = 'rgb(0 0 0 / 45%)';
  context.strokeRect(box.x, box.y, box.width, box.height);
  context.lineWidth = 2 * unit;
  context.strokeStyle = colour;
  context.strokeRect(box.x, box.y, box.width, box.height);
  if (name)
    paintName(context, unit, box, colour, name);
}

/** The size of the page's picture, in its pixels. */
function sizeOf(context: CanvasRenderingContext2D) {
  const { a, d } = context.getTransform();
  return { width: context.canvas.width / a, height: context.canvas.height / d };
}

/** Where names stand in what is being painted, so that none covers another. */
const taken = new WeakMap<CanvasRenderingContext2D, Box[]>();

/** Paint from nothing. */
export const clearNames = (context: CanvasRenderingContext2D) => taken.delete(context);

/** The place nearest to y that is free, at most one row up or down. */
function freeRow(names: readonly Box[], at: Box, most: number): number | undefined {
  const covers = (y: number) => names.some((name) => at.x < name.x + name.width &&
    name.x < at.x + at.width && y < name.y + name.height && name.y < y + at.height);
  return [at.y, at.y + at.height, at.y - at.height]
    .find((y) => y >= 0 && y + at.height <= most && !covers(y));
}

/** A name over or under a box, inside the picture and beside other names; where there is no
 * room near, none: what is found is listed beside the picture too. */
export function paintName(
  context: CanvasRenderingContext2D, unit: number, box: Box, colour: string, name: string,
  below = false,
) {
  const size = sizeOf(context);
  context.font = `600 ${13 * unit}px system-ui, sans-serif`;
  context.textBaseline = 'middle';
  const high = 20 * unit;
  const wide = context.measureText(name).width + 10 * unit;
  let y = below ? box.y + box.height + unit : box.y - high - unit;
  if (y < 0)
    y = Math.max(0, box.y + 2 * unit);
  if (y + high > size.height)
    y = Math.max(0, Math.min(size.height, box.y + box.height) - high - 2 * unit);
  const x = Math.max(0, Math.min(box.x - unit, size.width - wide));
  const names = taken.get(context) ?? [];
  const row = freeRow(names, { x, y, width: wide, height: high }, size.height);
  if (row === undefined)
    return;
  y = row;
  taken.set(context, [...names, { x, y, width: wide, height: high }]);
  context.fillStyle = colour;
  context.fillRect(x, y, wide, high);
  context.fillStyle = '#0c1512';
  context.fillText(name, x + 5 * unit, y + high / 2 + unit);
}

/** Points, such as the 68 of a face; smaller where the face is. */
export function paintPoints(
  context: CanvasRenderingContext2D, unit: number, points: readonly [number, number][],
  colour: string,
) {
  const across = points.map(([x]) => x);
  const wide = Math.max(...across) - Math.min(...across);
  const radius = Math.min(2.2 * unit, Math.max(0.7 * unit, wide / 70));
  context.fillStyle = colour;
  for (const [x, y] of points) {
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.fill();
  }
}
