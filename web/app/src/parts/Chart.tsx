// Chart: the panels of a figure as the library gives it: ranges, ticks, points, lines, bars, boxes.
import type { Axis, Figure, Layer, Panel } from 'mien/tables';
import { useEffect, useId, useRef, useState } from 'preact/hooks';

import { t } from '../text';
import './Chart.css';

type Drawing = Figure['figure'];
type Place = (value: number) => number;

const INKS = 8;
const LETTER = 6.6; // pixels of a letter of a tick, about

/** From numbers of an axis to pixels. */
function placeOf(axis: Axis, from: number, to: number): Place {
  const scale = (v: number) => axis.log ? Math.log10(v) : v;
  const [lo, hi] = [scale(axis.from), scale(axis.to)];
  return (v) => from + (scale(v) - lo) / (hi - lo) * (to - from);
}

const short = (v: number) => v.toFixed(1);

/** A text, or as much of it as has room. */
function cut(text: string, room: number) {
  const most = Math.max(1, Math.floor(room / LETTER));
  return text.length <= most ? text : `${text.slice(0, Math.max(1, most - 1))}…`;
}

/** Points of a layer where both numbers are there. */
function pairsOf(layer: Layer, x: Place, y: Place): ([number, number] | undefined)[] {
  const [xs, ys] = [layer.x ?? [], layer.y ?? []];
  return ys.map((v, i) => {
    const u = xs[i];
    const at = u === null || u === undefined || v === null ? undefined : [x(u), y(v)];
    return at && at.every(Number.isFinite) ? at as [number, number] : undefined;
  });
}

/** A path through points, broken where one is missing. */
function linePath(layer: Layer, x: Place, y: Place) {
  let path = '';
  let pen = false;
  for (const at of pairsOf(layer, x, y)) {
    if (at)
      path += `${!pen ? 'M' : layer.kind === 'steps' ? `H${short(at[0])}L` : 'L'}` +
        `${short(at[0])} ${short(at[1])}`;
    pen = Boolean(at);
  }
  return path;
}

/** Bars from the foot of the panel. */
function barsPath({ x: edges = [], y: heights = [] }: Layer, x: Place, y: Place, foot: number) {
  return heights.map((h, i) => h ? `M${short(x(edges[2 * i] ?? 0))} ${short(foot)}V${short(y(h))}` +
    `H${short(x(edges[2 * i + 1] ?? 0))}V${short(foot)}Z` : '').join('');
}

/** Quartiles, median, whiskers, and what lies beyond them. */
function Box({ layer, x, y }: { layer: Layer; x: Place; y: Place }) {
  const [low, q1, middle, q3, high, ...beyond] = (layer.y ?? []).map((v) => y(v ?? NaN));
  const at = x(layer.x?.[0] ?? 0);
  const half = Math.min(x(0.3) - x(0), 40);
  const [left, right] = [short(at - half), short(at + half)];
  if (low === undefined || q1 === undefined || middle === undefined || q3 === undefined ||
      high === undefined)
    return null;
  return (
    <>
      <path class="box" d={`M${left} ${short(q1)}H${right}V${short(q3)}H${left}Z` +
        `M${short(at)} ${short(q1)}V${short(low)}M${short(at)} ${short(q3)}V${short(high)}` +
        `M${short(at - half / 2)} ${short(low)}h${short(half)}` +
        `M${short(at - half / 2)} ${short(high)}h${short(half)}`} />
      <path class="middle" d={`M${left} ${short(middle)}H${right}`} />
      <path class="points" stroke-width={4}
        d={beyond.map((v) => `M${short(at)} ${short(v)}h0`).join('')} />
    </>
  );
}

function LayerView({ layer, x, y, foot, small }: {
  layer: Layer; x: Place; y: Place; foot: number; small: boolean;
}) {
  const many = layer.y?.length ?? 0;
  if (layer.kind === 'points')
    return (
      <path class="points" stroke-width={small || many > 2000 ? 2.6 : many > 200 ? 4.4 : 7}
        stroke-opacity={many > 200 ? 0.6 : 0.9} d={pairsOf(layer, x, y).map((at) => at
          ? `M${short(at[0])} ${short(at[1])}h0` : '').join('')} />
    );
  if (layer.kind === 'bars')
    return <path class="bars" d={barsPath(layer, x, y, foot)} />;
  if (layer.kind === 'box')
    return <Box layer={layer} x={x} y={y} />;
  if (layer.kind === 'hline' || layer.kind === 'vline')
    return null;
  return <path class="line" d={linePath(layer, x, y)} />;
}

/** What all names begin with, such as the "kind " of "kind red". */
function sharedBy(names: readonly string[]) {
  const first = names[0] ?? '';
  const shared = first.slice(0, first.indexOf(' ') + 1);
  return names.length > 1 && names.every((name) => name.startsWith(shared)) ? shared : '';
}

/** Of ticks or names so many that they do not meet. */
function along(axis: Axis, length: number) {
  if (axis.names?.length) {
    const room = length / (axis.names.length + 0.2) - 6;
    const from = sharedBy(axis.names).length;
    return axis.names.map((name, at) => ({ at, text: cut(name.slice(from), room), whole: name }));
  }
  const widest = Math.max(1, ...axis.ticks.map((tick) => tick.text.length)) * LETTER + 10;
  const each = Math.max(1, Math.ceil(widest * axis.ticks.length / length));
  return axis.ticks.filter((_, i) => i % each === 0).map((tick) => ({ ...tick, whole: tick.text }));
}

/** The colour of each layer: lines and points in turn, boxes by their place. */
const inkOf = (layers: readonly Layer[], i: number) =>
  (layers[i]?.kind === 'box' ? layers[i]?.x?.[0] ?? 0 : i) % INKS;

function PanelView({ panel, small }: { panel: Panel; small: boolean }) {
  const [width, setWidth] = useState(0);
  const figure = useRef<HTMLElement>(null);
  const clip = useId();
  useEffect(() => {
    const watch = new ResizeObserver(([entry]) => entry && setWidth(entry.contentRect.width));
    if (figure.current)
      watch.observe(figure.current);
    return () => watch.disconnect();
  }, []);
  const xName = panel.x.name || sharedBy(panel.x.names ?? []).trim();
  const height = small ? Math.max(96, width * 0.8)
    : Math.min(380, Math.max(210, width * 0.56));
  const wide = Math.max(0, ...panel.y.ticks.map((tick) => tick.text.length)) * LETTER;
  const left = Math.ceil((small ? 6 : 10 + wide) + (panel.y.name ? 18 : 0));
  const foot = height - (small ? 4 : 20) - (xName ? 18 : 0);
  const right = width - 10;
  const x = placeOf(panel.x, left, right);
  const y = placeOf(panel.y, foot, 8);
  const across = small ? [] : along(panel.x, right - left);
  const up = small ? [] : panel.y.ticks;
  const named = panel.layers.filter((layer) => layer.name);
  const label = [panel.title, t('chart.axes', { x: xName || '–', y: panel.y.name || '–' }),
    ...named.map((layer) => layer.name)].filter(Boolean).join('; ');
  return (
    <figure ref={figure}>
      {(panel.title || named.length > 0) && (
        <figcaption>
          {panel.title && <strong>{panel.title}</strong>}
          {panel.layers.map((layer, i) => layer.name && (
            <span key={i} class={`key ${layer.kind}`}
              style={{ '--own': `var(--ink-${inkOf(panel.layers, i)})` }}>{layer.name}</span>
          ))}
        </figcaption>
      )}
      {width > 0 && (
        <svg viewBox={`0 0 ${width} ${height}`} height={height} role="img" aria-label={label}>
          <clipPath id={clip}>
            <rect x={left} y={8} width={Math.max(0, right - left)} height={Math.max(0, foot - 8)} />
          </clipPath>
          {across.map((tick) => (
            <g key={tick.at}>
              <title>{tick.whole}</title>
              {!panel.x.names && (
                <line class="grid" x1={x(tick.at)} x2={x(tick.at)} y1={8} y2={foot} />
              )}
              <text x={x(tick.at)} y={foot + 15} text-anchor="middle">{tick.text}</text>
            </g>
          ))}
          {up.map((tick) => (
            <g key={tick.at}>
              <line class="grid" x1={left} x2={right} y1={y(tick.at)} y2={y(tick.at)} />
              <text x={left - 6} y={y(tick.at) + 4} text-anchor="end">{tick.text}</text>
            </g>
          ))}
          <g clip-path={`url(#${clip})`}>
            {panel.layers.map((layer, i) => (
              <g key={i} style={{ '--own': `var(--ink-${inkOf(panel.layers, i)})` }}>
                <LayerView layer={layer} x={x} y={y} foot={foot} small={small} />
              </g>
            ))}
          </g>
          <path class="frame" d={`M${left} 8V${foot}H${right}`} />
          {xName && (
            <text class="name" x={(left + right) / 2} y={height - 4} text-anchor="middle">
              {cut(xName, right - left)}
            </text>
          )}
          {panel.y.name && (
            <text class="name" text-anchor="middle"
              transform={`translate(13 ${(foot + 8) / 2}) rotate(-90)`}>
              {cut(panel.y.name, foot - 8)}
            </text>
          )}
        </svg>
      )}
    </figure>
  );
}

export function Chart({ figure, label }: { figure: Drawing; label: string }) {
  const small = figure.columns > 3;
  const panels = (
    <div class={small ? 'chart many' : 'chart'} style={{ '--across': figure.columns }}>
      {figure.panels.map((panel) => (
        <PanelView key={`${panel.row} ${panel.column}`} panel={panel} small={small} />
      ))}
    </div>
  );
  return small
    ? <div class="scroll" tabIndex={0} role="region" aria-label={label}>{panels}</div>
    : <div role="group" aria-label={label}>{panels}</div>;
}
