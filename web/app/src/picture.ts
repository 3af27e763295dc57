// picture.ts: files of a person's choice to pictures that the library can read.
import { t } from './text';

/** More pixels are not read: the browser makes such a picture smaller first. */
const MOST_PIXELS = 16e6;
/** A page with many pictures has all of them in memory, four bytes a pixel. */
const ALL_PIXELS = 120e6;
const LEAST_PIXELS = 1.5e6;

/** How many pixels the next picture may have beside those that are open. */
export function roomBeside(open: readonly Picture[]): number {
  const used = open.reduce((sum, { bitmap }) => sum + bitmap.width * bitmap.height, 0);
  return Math.min(MOST_PIXELS, Math.max(LEAST_PIXELS, (ALL_PIXELS - used) / 6));
}

export interface Picture {
  name: string;
  bitmap: ImageBitmap;
  /** The file's own size; the bitmap is smaller where it has too many pixels. */
  width: number;
  height: number;
}

/** A file as an upright picture; fails with words for the person. */
export async function openPicture(file: File, most = MOST_PIXELS): Promise<Picture> {
  if (file.size === 0)
    throw new Error(t('picture.empty', { name: file.name }));
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(file, { imageOrientation: 'from-image' });
  } catch {
    throw new Error(t('picture.corrupt', { name: file.name }));
  }
  const { width, height } = bitmap;
  const share = Math.sqrt(most / (width * height));
  if (share >= 1)
    return { name: file.name, bitmap, width, height };
  try {
    const small = await createImageBitmap(bitmap, {
      resizeWidth: Math.max(1, Math.floor(width * share)),
      resizeHeight: Math.max(1, Math.floor(height * share)), resizeQuality: 'medium',
    });
    return { name: file.name, bitmap: small, width, height };
  } catch {
    throw new Error(t('picture.huge', { name: file.name, megapixels: megapixels(width, height) }));
  } finally {
    bitmap.close();
  }
}

const megapixels = (width: number, height: number) => (width * height / 1e6).toFixed(1);

/** What is to be said of a picture that was made smaller; undefined for others. */
export function shrunk(picture: Picture): string | undefined {
  const { width, height } = picture.bitmap;
  return width === picture.width && height === picture.height ? undefined
    : t('picture.shrunk', { name: picture.name, from: megapixels(picture.width, picture.height),
      to: megapixels(width, height) });
}
