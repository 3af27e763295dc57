// ConsentFields: on what ground a person is known, what for, and until when.
import { BASES, type Consent, dayText } from '../person';
import { t } from '../text';
import { Choice } from './Choice';

/** What stands there at first: a year from today. */
export const newConsent = (): Consent =>
  ({ basis: 'agreed', purpose: '', date: dayText(), expiry: dayText(365) });

export function ConsentFields({ value, onChange }: {
  value: Consent; onChange: (value: Consent) => void;
}) {
  return (
    <div class="consent">
      <Choice label={t('consent.basis')} value={value.basis}
        options={BASES.map((basis) => ({ value: basis, text: t(`consent.${basis}`) }))}
        onChange={(basis) => onChange({ ...value, basis })} />
      <label class="choice">
        <span>{t('consent.purpose')}</span>
        <input type="text" value={value.purpose} maxLength={200}
          placeholder={t('consent.example')}
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
