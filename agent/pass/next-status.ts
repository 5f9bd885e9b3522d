/** What is said of images that come ahead. */
import { timeWord } from '../../core/time-word.ts';
import type { StatusFile } from '../../schemas/types.generated.ts';
import type { DownloadState } from '../apply/download-state.ts';

type Project = StatusFile['projects'][number];
type Condition = StatusFile['conditions'][number];

const longestMessage = 500;
/** So many apps say why they wait or are refused; of others the code stands: a status is read up to 64 KiB. */
const wholeMessages = 16;
/** Of all apps together. */
const longestCondition = 2000;

/** In tenths of the whole: not each megabyte is news. */
function tenths(bytes: number, totalBytes: number): number {
  return Math.ceil((Math.floor((10 * bytes) / Math.max(1, totalBytes)) * totalBytes) / 10);
}

/** Empty where there is nothing to say. */
function wordsOf({ state, code, reason }: DownloadState): string {
  if (state === 'there') return '';
  return [code, reason].filter(word => word !== undefined && word !== '').join(': ');
}

function nextOf(download: DownloadState, words: string): NonNullable<Project['next']> {
  const { release, state, sinceMs, bytes, totalBytes } = download;
  return {
    ...(release === undefined ? {} : { release }),
    state,
    since: timeWord(sinceMs),
    ...(state === 'downloading' && bytes !== undefined && totalBytes !== undefined
      ? { bytes: tenths(bytes, totalBytes) }
      : {}),
    ...(totalBytes === undefined ? {} : { totalBytes }),
    ...(words === '' ? {} : { message: words.slice(0, longestMessage) }),
  };
}

/**
 * An update that waits for its window comes before what comes after it, until its images are there.
 * @param downloads undefined: nobody has asked yet, what was said stands
 */
export function withNext(
  projects: readonly Project[],
  downloads: readonly DownloadState[] | undefined,
): Project[] {
  if (downloads === undefined) return [...projects];
  let said = 0;
  return projects.map(({ next: _before, ...project }) => {
    const own = downloads.filter(download => download.project === project.project);
    const first = own.find(({ state }) => state !== 'there') ?? own.at(-1);
    if (first === undefined) return project;
    const words = wordsOf(first);
    if (words !== '') said += 1;
    return { ...project, next: nextOf(first, said > wholeMessages ? (first.code ?? '') : words) };
  });
}

/** Undefined where nothing comes ahead, or it is on its way. */
export function downloadedCondition(downloads: readonly DownloadState[] = []): Condition | undefined {
  const type = 'Downloaded';
  const failed = downloads.filter(({ code }) => code !== undefined);
  const [first] = failed;
  if (first?.code !== undefined) {
    const message = failed
      .map(({ app, release, reason }) => `${[app, release].filter(Boolean).join(' ')}: ${reason}`)
      .join('; ');
    return { type, status: false, reason: first.code, message: message.slice(0, longestCondition) };
  }
  const isThere = downloads.length > 0 && downloads.every(({ state }) => state === 'there');
  return isThere
    ? { type, status: true, reason: type, message: 'what comes next is on the disk' }
    : undefined;
}
