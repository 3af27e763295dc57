// Drop: files that are dropped on the page, pasted, chosen, or taken with a camera.
import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

import { t } from '../text';
import { foldersOf } from './folder';

interface Props {
  label: string;
  onFiles: (files: File[]) => void;
  /** As <input accept>; default: pictures. */
  accept?: string;
  /** With it, a second button opens the camera of a phone. */
  camera?: string;
  /** More buttons beside the first. */
  children?: ComponentChildren;
}

/** One input and the button that opens it; of a folder all files are given. */
export function Choose({ label, accept, multiple, capture, folder = false, onFiles, main }: {
  label: string; accept?: string; multiple?: boolean; capture?: 'environment';
  folder?: boolean; onFiles: (files: File[]) => void; main?: boolean;
}) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button type="button" class={main ? 'main' : ''} onClick={() => input.current?.click()}>
        {label}
      </button>
      <input ref={(at) => {
        input.current = at;
        at?.toggleAttribute('webkitdirectory', folder);
      }} type="file" hidden accept={accept} multiple={multiple} capture={capture}
        aria-label={label} onChange={(e) => {
          const files = [...e.currentTarget.files ?? []];
          e.currentTarget.value = '';
          if (files.length)
            onFiles(files);
        }} />
    </>
  );
}

export function Drop({ label, onFiles, accept = 'image/*', camera, children }: Props) {
  const [over, setOver] = useState(false);
  const given = useRef(onFiles);
  given.current = onFiles;
  useLayoutEffect(() => {
    const take = (list: DataTransfer | null) => {
      const files = [...list?.files ?? []];
      if (files.length)
        given.current(files);
      return files.length > 0;
    };
    const on = {
      paste: (e: ClipboardEvent) => {
        if (take(e.clipboardData))
          e.preventDefault();
      },
      dragover: (e: DragEvent) => {
        e.preventDefault();
        setOver(true);
      },
      dragleave: (e: DragEvent) => {
        if (!e.relatedTarget)
          setOver(false);
      },
      drop: (e: DragEvent) => {
        e.preventDefault();
        setOver(false);
        const inside = foldersOf(e.dataTransfer);
        if (inside)
          void inside.then((files) => given.current(files), () => undefined);
        else
          take(e.dataTransfer);
      },
    };
    for (const [name, listener] of Object.entries(on))
      addEventListener(name, listener as EventListener);
    return () => {
      for (const [name, listener] of Object.entries(on))
        removeEventListener(name, listener as EventListener);
    };
  }, []);
  return (
    <div class={`drop${over ? ' over' : ''}`}>
      <p>{label}</p>
      <div class="row">
        <Choose label={t('part.choose')} accept={accept} multiple onFiles={onFiles} main />
        {camera && (
          <Choose label={camera} accept="image/*" capture="environment" onFiles={onFiles} />
        )}
        {children}
      </div>
    </div>
  );
}
