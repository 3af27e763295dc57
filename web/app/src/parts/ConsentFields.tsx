// ConsentFields: on what ground a person is known, what for, and until when.
import { type Consent, dayText } from '../person';
import type { Terms } from '../store';
import { t } from '../text';
import { Choice } from './Choice';

/** What stands there at first. */
export const newConsent = ({ bases, purpose = '', days }: Terms): Consent =>
  ({ basis: bases[0]!, purpose, date: dayText(), expiry: dayText(days) });

export function ConsentFields({ value, terms, onChange }: {
  value: Consent; terms: Terms; onChange: (value: Consent) => void;
}) {
  return (
    <div class="consent">
      <Choice label={t('consent.basis')} value={value.basis}
        options={terms.bases.map((basis) => ({ value: basis, text: t(`consent.${basis}`) }))}
        onChange={(basis) => onChange({ ...value, basis })} />
      <label class="choice">
        <span>{t('consent.purpose')}</span>
        <input type="text" value={value.purpose} maxLength={200}
          readOnly={terms.purpose !== undefined} placeholder={t('consent.example')}
          onInput={(e) => onChange({ ...value, purpose: e.currentTarget.value })} />
      </label>
      <label class="choice">
        <span>{t('consent.expiry')}</span>
        <input type="date" value={value.expiry} min={dayText()}
          onInput={(e) => onChange({ ...value, expiry: e.currentTarget.value })} />
      </label>
    </div>
  );
}
