// folder.ts: the files of folders that are dropped on a page.

const entriesOf = (folder: FileSystemDirectoryEntry) =>
  new Promise<FileSystemEntry[]>((resolve, reject) => {
    const reader = folder.createReader();
    const all: FileSystemEntry[] = [];
    const more = () => reader.readEntries((some) => {
      all.push(...some);
      if (some.length)
        more();
      else
        resolve(all);
    }, reject);
    more();
  });

const fileOf = (entry: FileSystemFileEntry) =>
  new Promise<File>((resolve, reject) => entry.file(resolve, reject));

/** Files of an entry; of a folder those that lie in it, not deeper. */
async function filesOf(entry: FileSystemEntry): Promise<File[]> {
  if (entry.isFile)
    return [await fileOf(entry as FileSystemFileEntry)];
  const inside = await entriesOf(entry as FileSystemDirectoryEntry);
  return Promise.all(inside.filter((one) => one.isFile)
    .map((one) => fileOf(one as FileSystemFileEntry)));
}

/** What was dropped, where a folder is among it; undefined: plain files. Asked at once: the list
 * is empty after the event. */
export function foldersOf(list: DataTransfer | null): Promise<File[]> | undefined {
  const entries = [...list?.items ?? []].filter((item) => item.kind === 'file')
    .map((item) => item.webkitGetAsEntry?.()).filter((entry) => !!entry);
  if (!entries.some((entry) => entry.isDirectory))
    return undefined;
  return Promise.all(entries.map(filesOf)).then((all) => all.flat());
}
