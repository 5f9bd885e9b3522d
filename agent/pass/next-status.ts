/** What is said of images that come ahead. */
import { timeWord } from '../../core/time-word.ts';
import type { StatusFile } from '../../schemas/types.generated.ts';
import type { DownloadState } from '../apply/download-state.ts';

type Project = StatusFile['projects'][number];
type Condition = StatusFile['conditions'][number];

const longestMessage = 500;
/** So many apps say what comes next, those first whose images are not there: what says too much is not read at all. */
const longestList = 16;
/** Of all apps together. */
const longestCondition = 2000;

/** In tenths of the whole: not each megabyte is news. */
function tenths(bytes: number, totalBytes: number): number {
  return Math.ceil((Math.floor((10 * bytes) / Math.max(1, totalBytes)) * totalBytes) / 10);
}

function nextOf(download: DownloadState): NonNullable<Project['next']> {
  const { release, state, sinceMs, bytes, totalBytes, code, reason } = download;
  const words = [code, reason].filter(word => word !== undefined && word !== '').join(': ');
  const isThere = state === 'there';
  return {
    ...(release === undefined ? {} : { release }),
    state,
    since: timeWord(sinceMs),
    ...(state === 'downloading' && bytes !== undefined && totalBytes !== undefined
      ? { bytes: tenths(bytes, totalBytes) }
      : {}),
    ...(totalBytes === undefined ? {} : { totalBytes }),
    ...(isThere || words === '' ? {} : { message: words.slice(0, longestMessage) }),
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
  const firsts = projects.map(({ project: name }) => {
    const own = downloads.filter(({ project }) => project === name);
    return own.find(({ state }) => state !== 'there') ?? own.at(-1);
  });
  const known = firsts.filter(first => first !== undefined);
  const isThere = (download: DownloadState) => download.state === 'there';
  const shown = new Set(
    [...known.filter(each => !isThere(each)), ...known.filter(isThere)].slice(0, longestList),
  );
  return projects.map(({ next: _before, ...project }, index) => {
    const first = firsts[index];
    return first === undefined || !shown.has(first) ? project : { ...project, next: nextOf(first) };
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
