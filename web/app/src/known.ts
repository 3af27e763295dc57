// known.ts: who is enrolled, and what is read of a face, for the pages that show both.
import { useEffect, useState } from 'preact/hooks';

import { wordsOf } from './parts/Notice';
import { gallery, people } from './store_local';
import { tOf } from './text';

/** Who is enrolled, and how they are told apart. */
export type Known = Awaited<ReturnType<typeof people>>;
const NOBODY: Known = { profiles: [], options: { rule: 'nearest' }, locked: 0 };

/** Who is enrolled, read again when that changes; undefined until it is known. */
export function useKnown(failed?: (text: string) => void) {
  const [known, setKnown] = useState<Known>();
  useEffect(() => {
    const look = () => void people().then(setKnown, (e) => {
      setKnown(NOBODY);
      failed?.(wordsOf(e));
    });
    look();
    return gallery.watch(look);
  }, []);
  return known;
}

/** The surest of some names with their probabilities. */
export const surest = (all: Record<string, number>) =>
  Object.entries(all).sort((a, b) => b[1] - a[1])[0][0];

/** What was guessed of a face, in words. */
export const guessesOf = ({ age, gender, expression }: {
  age?: number; gender?: { value: string }; expression?: Record<string, number>;
}) => [age?.toFixed(0), gender && tOf('gender', gender.value),
  expression && tOf('expression', surest(expression))];
