// settings.ts: what was chosen, kept in the browser where it allows that.

/** A setting, or undefined. */
export function setting(name: string): string | undefined {
  try {
    return localStorage.getItem(`mien.${name}`) ?? undefined;
  } catch {
    return undefined; // refused: settings last as long as the page
  }
}

/** Keep a setting. */
export function setSetting(name: string, value: string) {
  try {
    localStorage.setItem(`mien.${name}`, value);
  } catch {
    // as above
  }
}

export const THEMES = ['auto', 'light', 'dark'] as const;
export type Theme = typeof THEMES[number];

export const themeOf = (value: string | undefined): Theme =>
  THEMES.find((theme) => theme === value) ?? 'auto';

const dark = matchMedia('(prefers-color-scheme: dark)');

/** Show the page in a theme, from now on; style.css reads the attribute. */
export function wear(theme: Theme) {
  const show = () => {
    const system = dark.matches ? 'dark' : 'light';
    document.documentElement.dataset.theme = theme === 'auto' ? system : theme;
  };
  dark.onchange = show;
  show();
}
