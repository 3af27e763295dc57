// Snap: one picture from a camera, as a file. The camera is on only while it is shown.
import { useEffect, useRef, useState } from 'preact/hooks';

import { t } from '../text';
import { Notice, wordsOf } from './Notice';

interface Props {
  onTaken: (file: File) => void;
  onClose: () => void;
}

/** What is to be said of a camera that does not come. */
export function cameraWords(error: unknown): string {
  const name = error instanceof Error ? error.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError')
    return t('part.camera.denied');
  if (name === 'NotFoundError' || name === 'OverconstrainedError')
    return t('part.camera.none');
  return t('part.camera.failed', { error: wordsOf(error) });
}

export function Snap({ onTaken, onClose }: Props) {
  const video = useRef<HTMLVideoElement>(null);
  const [error, setError] = useState<string>();
  const [ready, setReady] = useState(false);
  useEffect(() => {
    let stream: MediaStream | undefined;
    let open = true;
    (async () => {
      try {
        if (!navigator.mediaDevices)
          throw new DOMException('', 'NotFoundError');
        stream = await navigator.mediaDevices.getUserMedia({
          video: { facingMode: 'environment', width: { ideal: 1920 } } });
        if (!open || !video.current)
          return stream.getTracks().forEach((track) => track.stop());
        video.current.srcObject = stream;
        await video.current.play();
        setReady(true);
      } catch (e) {
        if (open)
          setError(cameraWords(e));
      }
    })();
    return () => {
      open = false;
      stream?.getTracks().forEach((track) => track.stop());
    };
  }, []);
  const take = () => {
    const canvas = document.createElement('canvas');
    const from = video.current!;
    canvas.width = from.videoWidth;
    canvas.height = from.videoHeight;
    canvas.getContext('2d')!.drawImage(from, 0, 0);
    canvas.toBlob((blob) => {
      if (blob)
        onTaken(new File([blob], `${t('part.camera.file')}.png`, { type: blob.type }));
    });
  };
  return (
    <div class="panel snap">
      {error ? <Notice kind="error" text={error} />
        : <video ref={video} muted playsInline aria-label={t('part.camera.live')} />}
      <div class="row">
        <button type="button" class="main" disabled={!ready} onClick={take}>
          {t('part.camera.take')}
        </button>
        <button type="button" onClick={onClose}>{t('part.close')}</button>
      </div>
    </div>
  );
}
