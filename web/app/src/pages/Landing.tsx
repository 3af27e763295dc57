// Landing: what there is, and that nothing leaves the page.
import { PAGES } from './index';
import { t } from '../text';

export function LandingPage() {
  return (
    <>
      <section class="hero">
        <h1>{t('landing.title')}</h1>
        <p class="lead">{t('landing.lead')}</p>
      </section>
      <ul class="cards">
        {PAGES.map((page) => (
          <li key={page.path}>
            <a class="card" href={`#${page.path}`}>
              <h2>{t(page.title)}</h2>
              <p>{t(page.about)}</p>
            </a>
          </li>
        ))}
      </ul>
      <section class="facts">
        <h2>{t('landing.how')}</h2>
        <ul>
          <li>{t('landing.local')}</li>
          <li>{t('landing.offline')}</li>
          <li>{t('landing.limits')}</li>
        </ul>
      </section>
    </>
  );
}
