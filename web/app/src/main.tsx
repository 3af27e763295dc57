// main.tsx: the frame of every page: navigation, language and colours, and the page that the
// address names.
import { type ComponentType, render } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

import { lacking } from './lacking';
import { PAGES } from './pages/index';
import { LandingPage } from './pages/Landing';
import { Choice } from './parts/Choice';
import { Notice, wordsOf } from './parts/Notice';
import { usePlace } from './place';
import { THEMES, setSetting, setting, themeOf, wear } from './settings';
import './style.css';
import { type Language, currentLanguage, languageOf, speak, t } from './text';

const LANGUAGES = [{ value: 'en', text: 'English' }, { value: 'zh', text: '中文' }] as const;

/** What stands behind the # of the address: /photo. */
const pathOf = () => location.hash.replace(/^#/, '').replace(/[?].*$/, '') || '/';

function usePath() {
  const [path, setPath] = useState(pathOf);
  useEffect(() => {
    const follow = () => setPath(pathOf());
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);
  return path;
}

/** The page of a path, fetched when it is first shown. */
function Shown({ path }: { path: string }) {
  const [page, setPage] = useState<{ Component: ComponentType } | { error: string }>();
  useEffect(() => {
    const found = PAGES.find((one) => one.path === path);
    let current = true;
    document.title = found ? `${t(found.title)} · ${t('app.name')}` : t('app.name');
    setPage(undefined);
    if (path === '/')
      setPage({ Component: LandingPage });
    else if (!found)
      setPage({ error: t('app.nowhere', { path }) });
    else
      found.load().then((Component) => current && setPage({ Component }),
        (e) => current && setPage({ error: t('app.broken', { error: wordsOf(e) }) }));
    return () => {
      current = false;
    };
  }, [path]);
  if (!page)
    return <p class="hint">{t('app.loading')}</p>;
  return 'error' in page ? <Notice kind="error" text={page.error} /> : <page.Component />;
}

function Header({ path, onSpeak }: { path: string; onSpeak: (language: Language) => void }) {
  const [open, setOpen] = useState(false);
  const [theme, setTheme] = useState(themeOf(setting('theme')));
  useEffect(() => setOpen(false), [path]);
  return (
    <header class={open ? 'open' : ''}>
      <a class="brand" href="#/">
        <img src="./icon.svg" alt="" width="28" height="28" />
        <span>{t('app.name')}</span>
      </a>
      <button type="button" class="menu" aria-expanded={open} aria-controls="menu"
        onClick={() => setOpen(!open)}>{t('app.menu')}</button>
      <div id="menu">
        <nav aria-label={t('app.pages')}>
          {PAGES.map((page) => (
            <a key={page.path} href={`#${page.path}`}
              aria-current={page.path === path ? 'page' : undefined}>{t(page.title)}</a>
          ))}
        </nav>
        <div class="settings">
          <Choice label={t('app.language')} value={currentLanguage()} options={LANGUAGES}
            onChange={onSpeak} />
          <Choice label={t('app.theme')} value={theme}
            options={THEMES.map((value) => ({ value, text: t(`app.theme.${value}`) }))}
            onChange={(value) => {
              setTheme(value);
              setSetting('theme', value);
              wear(value);
            }} />
        </div>
      </div>
    </header>
  );
}

function App() {
  const path = usePath();
  const [language, setLanguage] = useState(currentLanguage);
  const [broken, setBroken] = useState('');
  const main = useRef<HTMLElement>(null);
  const first = useRef(true);
  useEffect(() => {
    if (!first.current) {
      main.current?.focus({ preventScroll: true });
      scrollTo(0, 0);
    }
    first.current = false;
  }, [path]);
  const change = (to: Language) => {
    speak(to).then(() => {
      setSetting('language', to);
      setLanguage(to);
      setBroken('');
    }, (e) => setBroken(wordsOf(e)));
  };
  const lacks = lacking();
  const { place } = usePlace();
  return (
    <div class="frame" key={language}>
      <a class="skip" href={`#${path}`} onClick={(e) => {
        e.preventDefault();
        main.current?.focus();
      }}>{t('app.skip')}</a>
      <Header path={path} onSpeak={change} />
      <main ref={main} tabIndex={-1}>
        {broken && <Notice kind="error" text={t('app.broken', { error: broken })} />}
        {lacks.length && path !== '/'
          ? <Notice kind="error" text={t('app.lacking', { what: lacks.join(', ') })} />
          : <Shown path={path} />}
      </main>
      <footer><p>{place === 'server' ? t('app.served', { host: location.host })
        : t('app.local')}</p></footer>
    </div>
  );
}

/** Keep the page for when there is no network; only where the browser allows it. */
function stay() {
  if (import.meta.env.PROD && 'serviceWorker' in navigator && isSecureContext)
    navigator.serviceWorker.register('./sw.js').catch(() => undefined);
}

wear(themeOf(setting('theme')));
const place = document.getElementById('app')!;
speak(languageOf(setting('language') ?? navigator.language)).then(() => {
  render(<App />, place);
  stay();
}).catch((e) => {
  place.textContent = `mien could not be loaded; please load the page again. (${wordsOf(e)})`;
});
