/** What a device would download ahead: beside its plan, which nothing of it changes. */

import type { StatusFile } from '../../../schemas/types.generated.ts';
import type { DesiredState } from '../../desired/state.ts';
import type { Download } from '../downloads.ts';
import type { Applied } from '../observed-as-applied.ts';
import { formatBytes } from '../quantity.ts';

/** Of what came next at the base only what the device says is there; without its word, all. */
export function baseOf(state: Applied, status: StatusFile | undefined): Applied {
  if (status === undefined) return state;
  const isThere = (project: string, release: string) =>
    status.projects.some(
      ({ project: name, next }) => name === project && next?.release === release && next.state === 'there',
    );
  return { ...state, next: (state.next ?? []).filter(({ project, release }) => isThere(project, release)) };
}

/** When anything begins is the device's affair; here is what it does then. */
export const atOnce = (desired: DesiredState): DesiredState => ({
  ...desired,
  settings: { ...desired.settings, windows: [], downloadJitterMs: 0 },
});

/** One line each: "pump: downloads 1.6.0 ahead: 2 images, 210 MiB — next in groups/north.yaml" */
export function aheadWords(downloads: readonly Download[]): string[] {
  return downloads.map(({ project, release, state, reason, code, steps, missingBytes = 0 }) => {
    const what = `${project}: ${state === 'due' ? 'downloads' : 'next is'} ${release ?? 'its images'}`;
    if (state !== 'due') return `${what}: ${[code, reason].filter(Boolean).join(' ')}`;
    const images = `${steps.length} ${steps.length === 1 ? 'image' : 'images'}`;
    return `${what} ahead: ${images}${missingBytes === 0 ? '' : `, ${formatBytes(missingBytes)}`} — ${reason}`;
  });
}

export const aheadJson = ({ would: _would, steps, ...download }: Download) => ({
  ...download,
  images: steps.map(({ image }) => image),
});
