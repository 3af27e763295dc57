// Histogram: pairs by distance, of one person and of two, and where a threshold lies.
interface Props {
  label: string;
  histogram: { most: number; same: number[]; different: number[] };
  threshold: number;
  sameText: string;
  differentText: string;
}

const WIDE = 300;
const HIGH = 96;

/** Bars, the tallest as high as there is room. */
function Bars({ counts, name }: { counts: number[]; name: string }) {
  const most = Math.max(1, ...counts);
  const wide = WIDE / counts.length;
  return (
    <g class={name}>
      {counts.map((n, i) => n > 0 && (
        <rect key={i} x={i * wide} width={wide} y={HIGH - n / most * HIGH}
          height={n / most * HIGH} />
      ))}
    </g>
  );
}

export function Histogram({ label, histogram, threshold, sameText, differentText }: Props) {
  const at = Math.min(1, threshold / histogram.most) * WIDE;
  return (
    <figure class="histogram">
      <svg viewBox={`0 0 ${WIDE} ${HIGH + 18}`} role="img" aria-label={label}>
        <Bars counts={histogram.different} name="different" />
        <Bars counts={histogram.same} name="same" />
        <line class="threshold" x1={at} x2={at} y1={0} y2={HIGH} />
        <line class="axis" x1={0} x2={WIDE} y1={HIGH} y2={HIGH} />
        {[0, 0.5, 1].map((v) => (
          <text key={v} x={v / histogram.most * WIDE} y={HIGH + 14}
            text-anchor={v ? 'middle' : 'start'}>{v}</text>
        ))}
      </svg>
      <figcaption>
        <span class="same">{sameText}</span> <span class="different">{differentText}</span>
      </figcaption>
    </figure>
  );
}
