// Notice: what went wrong, or is worth knowing; read aloud when it appears.
import { t } from '../text';

interface Props {
  text: string;
  kind?: 'error' | 'remark';
  /** With it, the notice can be put away. */
  onClose?: () => void;
}

export function Notice({ text, kind = 'remark', onClose }: Props) {
  return (
    <div class={`notice ${kind}`} role={kind === 'error' ? 'alert' : 'status'}>
      <p>{text}</p>
      {onClose && (
        <button type="button" class="plain" aria-label={t('part.close')} onClick={onClose}>
          ×
        </button>
      )}
    </div>
  );
}

/** What an error says. */
export const wordsOf = (error: unknown) => error instanceof Error ? error.message : String(error);
