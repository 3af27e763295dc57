// Progress: how far something is, 0..1; without a value, that it goes on.
interface Props {
  label: string;
  value?: number;
}

export function Progress({ label, value }: Props) {
  return (
    <label class="progress">
      <span>{label}</span>
      {value === undefined ? <progress /> : <progress value={value} max={1} />}
    </label>
  );
}
