// text.ts: what the app says, in the language that was chosen. A key is one of en.json's, so
// that tsc finds one that is missing; tests hold the other languages to the same keys.
import type english from './messages/en.json';

export type Key = keyof typeof english;

const FILES = {
  en: () => import('./messages/en.json'),
  zh: () => import('./messages/zh.json'),
};
export type Language = keyof typeof FILES;

let messages: Partial<Record<string, string>> = {};
let language: Language = 'en';

export const currentLanguage = () => language;

/** The language of a tag such as zh-CN; English where there is none. */
export const languageOf = (tag: string | null | undefined): Language =>
  tag?.toLowerCase().startsWith('zh') ? 'zh' : 'en';

/** Say everything in a language from now on. */
export async function speak(which: Language): Promise<void> {
  messages = (await FILES[which]()).default;
  language = which;
  document.documentElement.lang = which === 'zh' ? 'zh-Hans' : 'en';
}

/** A message; {name} in it stands for values.name. */
export function t(key: Key, values: Record<string, string | number> = {}): string {
  const text = messages[key];
  if (text === undefined) {
    console.error(`no message ${key} in ${language}`);
    return key;
  }
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** A message whose key is put together, such as 'expression.happy'; the rest if there is none. */
export function tOf(group: string, name: string): string {
  return messages[`${group}.${name}`] ?? name;
}
