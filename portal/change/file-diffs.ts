/** What a change does to files, in unified diffs. */
import { createTwoFilesPatch } from 'diff';
import type { Changes, FilesAt } from '../../core/change/changed-files.ts';
import { bytesOf } from '../../core/change/new-content.ts';
import { maxProjectFileBytes } from '../../core/fleet/limits.ts';
import type { FileDiff } from '../api/types.generated.ts';

/** Shown whole, count. Of more it is said that they are there. */
const mostFiles = 100;
/** Of one file, characters. */
const mostCharacters = 64 * 1024;
/** For one file: what is more than that is no diff for a person. */
const mostEdits = 5_000;

/** By path. @throws TowlineError what the reader throws */
export async function fileDiffs({ files, commit }: FilesAt, changes: Changes): Promise<FileDiff[]> {
  const found: FileDiff[] = [];
  for (const [path, content] of [...changes].sort(([left], [right]) => (left < right ? -1 : 1))) {
    if (found.length >= mostFiles) {
      found.push({ path, diff: `# changed; diffs of the first ${mostFiles} files alone are shown\n` });
      continue;
    }
    const before = (await files.fileAt(commit, path, maxProjectFileBytes))?.bytes;
    const after = content === null ? undefined : bytesOf(content);
    found.push({ path, diff: diffOf(path, before, after) });
  }
  return found;
}

/** @param before undefined: the file is new. @param after undefined: it goes */
export function diffOf(path: string, before: Uint8Array | undefined, after: Uint8Array | undefined): string {
  const [old, now] = [textOf(before), textOf(after)];
  if (old === undefined || now === undefined) return '# no text: its bytes are others\n';
  const names = [
    before === undefined ? '/dev/null' : `a/${path}`,
    after === undefined ? '/dev/null' : `b/${path}`,
  ];
  const [from = '', to = ''] = names;
  const options = { context: 3, maxEditLength: mostEdits };
  const patch = createTwoFilesPatch(from, to, old, now, undefined, undefined, options);
  if (patch === undefined) return '# too much of it is other for a diff: take the patch\n';
  // What the library begins with is of no tool's format.
  const text = patch.replace(/^=+\n/, '').replace(/^(---|\+\+\+) (.*)\t$/gm, '$1 $2');
  return text.length <= mostCharacters
    ? text
    : `${text.slice(0, mostCharacters)}\n# cut here: take the patch to see all of it\n`;
}

/** @returns undefined: it is no text */
function textOf(bytes: Uint8Array | undefined): string | undefined {
  if (bytes === undefined) return '';
  const buffer = Buffer.from(bytes);
  const text = buffer.toString('utf8');
  return buffer.includes(0) || !Buffer.from(text, 'utf8').equals(buffer) ? undefined : text;
}
