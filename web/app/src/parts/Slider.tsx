// Slider: a number between two others, shown beside it.
interface Props {
  label: string;
  value: number;
  min: number;
  max: number;
  step?: number;
  /** As it is shown; default: the number itself. */
  show?: (value: number) => string;
  onChange: (value: number) => void;
}

export function Slider({ label, value, min, max, step = 1, show = String, onChange }: Props) {
  return (
    <label class="slider">
      <span>{label}</span>
      <input type="range" min={min} max={max} step={step} value={value}
        aria-valuetext={show(value)} onInput={(e) => onChange(Number(e.currentTarget.value))} />
      <output>{show(value)}</output>
    </label>
  );
}
