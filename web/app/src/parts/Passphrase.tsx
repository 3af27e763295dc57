// Passphrase: a secret typed into a form, and forgotten by it.
import { useState } from 'preact/hooks';

export function Passphrase({ label, button, isNew, keep = true, onGive }: {
  label: string; button: string; isNew: boolean;
  /** false: the browser is not to offer to keep it. */
  keep?: boolean;
  onGive: (text: string) => Promise<unknown>;
}) {
  const [text, setText] = useState('');
  const [busy, setBusy] = useState(false);
  return (
    <form class="row" onSubmit={async (e) => {
      e.preventDefault();
      setBusy(true);
      await onGive(text);
      setBusy(false);
      setText('');
    }}>
      <label class="choice">
        <span>{label}</span>
        <input type="password" value={text} onInput={(e) => setText(e.currentTarget.value)}
          autocomplete={!keep ? 'off' : isNew ? 'new-password' : 'current-password'} />
      </label>
      <button type="submit" class={isNew ? '' : 'main'} disabled={busy}>{button}</button>
    </form>
  );
}
