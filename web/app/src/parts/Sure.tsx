// Sure: a button for what cannot be undone, which asks first.
import { useState } from 'preact/hooks';

import { t } from '../text';

export function Sure({ button, question, yes, no = t('people.keep'), onYes }: {
  button: string; question: string; yes: string; no?: string; onYes: () => Promise<unknown>;
}) {
  const [asked, setAsked] = useState(false);
  if (!asked)
    return <button type="button" class="danger" onClick={() => setAsked(true)}>{button}</button>;
  return (
    <div class="row" role="group" aria-label={button}>
      <p>{question}</p>
      <button type="button" class="danger" onClick={async () => {
        await onYes();
        setAsked(false);
      }}>{yes}</button>
      <button type="button" onClick={() => setAsked(false)}>{no}</button>
    </div>
  );
}
