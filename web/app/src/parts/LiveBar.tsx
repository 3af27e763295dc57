// LiveBar: on, off, pause, and which camera; what is to be said of it; its picture.
import type { Live } from '../live';
import { t } from '../text';
import { Choice } from './Choice';
import { Notice } from './Notice';
import './LiveBar.css';

/** Buttons of a camera. */
export function LiveBar({ live }: { live: Live }) {
  const { state, cameras, camera } = live;
  const on = state === 'on' || state === 'paused';
  const others = cameras.filter(({ id }) => id !== camera);
  return (
    <div class="row live-bar">
      {on ? (
        <>
          <button type="button" class={state === 'paused' ? 'main' : ''}
            onClick={() => live.pause(state === 'on')}>
            {t(state === 'paused' ? 'part.live.on' : 'part.live.pause')}
          </button>
          <button type="button" onClick={live.stop}>{t('part.live.stop')}</button>
        </>
      ) : (
        <button type="button" class="main" disabled={state === 'asking'}
          onClick={() => live.start()}>
          {t(state === 'asking' ? 'part.live.asking' : 'part.live.start')}
        </button>
      )}
      {on && others.length === 1 && (
        <button type="button" onClick={() => live.start(others[0].id)}>
          {t('part.live.other')}
        </button>
      )}
      {on && others.length > 1 && camera && (
        <Choice label={t('part.live.which')} value={camera} onChange={live.start}
          options={cameras.map(({ id, name }) => ({ value: id, text: name }))} />
      )}
    </div>
  );
}

/** The video of a camera, on a stage; what is said while there is none. */
export function LiveVideo({ live }: { live: Live }) {
  return (
    <>
      <video ref={live.video} muted playsInline aria-hidden="true" />
      {(live.state === 'off' || live.state === 'hidden') &&
        <p class="live-hint">{t('part.live.hint')}</p>}
    </>
  );
}

/** Why no camera is on, where that is to be said. */
export function LiveNotice({ live }: { live: Live }) {
  if (live.error)
    return <Notice kind="error" text={live.error} />;
  return live.state === 'hidden' ? <Notice text={t('part.live.hidden')} /> : null;
}
