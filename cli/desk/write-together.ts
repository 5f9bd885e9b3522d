/** Several files, all of them or none: what a disk or a folder refuses half-way is taken back. */
import { readFile, rm } from 'node:fs/promises';
import { bytesOf, modeOf, type NewContent } from '../../core/change/new-content.ts';
import { isMissing, writeDurably } from '../../core/io/file/durable-file.ts';

/** @param files by path, each whole, mode 0644 where nothing says otherwise; null: it is removed */
export async function writeTogether(files: ReadonlyMap<string, NewContent | null>): Promise<void> {
  const written: { readonly file: string; readonly before: Buffer | undefined }[] = [];
  try {
    for (const [file, content] of files) {
      const before = await contentOf(file);
      if (content === null) await rm(file, { force: true });
      else await writeDurably(file, bytesOf(content), { mode: modeOf(content) === '100755' ? 0o755 : 0o644 });
      written.push({ file, before });
    }
  } catch (error) {
    for (const { file, before } of written.reverse()) {
      if (before === undefined) await rm(file, { force: true });
      else await writeDurably(file, before, { mode: 0o644 });
    }
    throw error;
  }
}

async function contentOf(file: string): Promise<Buffer | undefined> {
  return await readFile(file).catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
}
