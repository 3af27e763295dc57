// Switch: on or off, with a line on what it is worth.
import { useId } from 'preact/hooks';

interface Props {
  label: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
  hint?: string;
}

export function Switch({ label, checked, onChange, hint }: Props) {
  const id = useId();
  return (
    <div class="switch">
      <label>
        <input type="checkbox" role="switch" checked={checked} aria-describedby={hint && id}
          onChange={(e) => onChange(e.currentTarget.checked)} />
        <span>{label}</span>
      </label>
      {hint && <p id={id} class="hint">{hint}</p>}
    </div>
  );
}
