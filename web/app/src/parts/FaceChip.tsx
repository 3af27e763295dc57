// FaceChip: a face in a small square; a letter where there is no picture of it.
import { useEffect, useState } from 'preact/hooks';

import type { Box } from 'mien';

const SIDE = 96;

export function FaceChip({ chip, name, size = 56 }: {
  chip: Uint8Array<ArrayBuffer> | undefined; name: string; size?: number;
}) {
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    const made = chip && URL.createObjectURL(new Blob([chip], { type: 'image/jpeg' }));
    setUrl(made);
    return () => made && URL.revokeObjectURL(made);
  }, [chip]);
  return url && chip
    ? <img class="chip" src={url} alt="" width={size} height={size} />
    : <span class="chip" aria-hidden="true" style={{ width: size, height: size }}>
      {[...name.trim()][0] ?? '?'}</span>;
}

/** The square of a face in a picture, with some of what is around it, as JPEG. */
export async function chipOf(picture: ImageBitmap, box: Box): Promise<Uint8Array<ArrayBuffer>> {
  const side = Math.max(box.width, box.height) * 1.3;
  const canvas = new OffscreenCanvas(SIDE, SIDE);
  const context = canvas.getContext('2d');
  if (!context)
    throw new Error('no canvas');
  context.imageSmoothingQuality = 'high';
  const scale = SIDE / side;
  context.setTransform(scale, 0, 0, scale, SIDE / 2 - (box.x + box.width / 2) * scale,
    SIDE / 2 - (box.y + box.height / 2) * scale);
  context.drawImage(picture, 0, 0);
  const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.8 });
  return new Uint8Array(await blob.arrayBuffer());
}
