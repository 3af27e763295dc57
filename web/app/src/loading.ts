// loading.ts: how far the networks are, as a page shows it.
import { useCallback, useState } from 'preact/hooks';

export interface Loading {
  /** 0..1, or undefined where no size is known. */
  share?: number;
  files: string[];
}

/** The state of a load, and what is given to prepare as its progress. */
export function useLoading() {
  const [loading, setLoading] = useState<Loading>();
  const load = useCallback(async <T,>(
    prepare: (progress: (s: { file: string; loaded: number; total: number }) => void) => Promise<T>,
  ) => {
    const files = new Map<string, { loaded: number; total: number }>();
    try {
      return await prepare((state) => {
        files.set(state.file, state);
        const all = [...files.values()];
        const total = all.reduce((sum, one) => sum + one.total, 0);
        const loaded = all.reduce((sum, one) => sum + one.loaded, 0);
        setLoading({
          files: [...files.keys()],
          share: all.every((one) => one.total > 0) ? Math.min(1, loaded / total) : undefined,
        });
      });
    } finally {
      setLoading(undefined);
    }
  }, []);
  return { loading, load };
}
