import type { Download } from '../../core/plan/downloads.ts';

/** How a download is, for people. */
export interface DownloadState extends Pick<Download, 'app' | 'project' | 'release' | 'sinceMs'> {
  readonly state: 'waiting' | 'downloading' | 'there' | 'refused';
  readonly reason: string;
  readonly code: string | undefined;
  /** That are there, of all; undefined: the release does not say. */
  readonly bytes: number | undefined;
  readonly totalBytes: number | undefined;
}
