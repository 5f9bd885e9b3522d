/** A device's status as it stands on the branch: its own bytes, unless containers speak in it. */
import { createHash } from 'node:crypto';
import { stringify } from 'yaml';
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import type { StatusFile } from '../../schemas/types.generated.ts';

export interface ShownStatus {
  readonly blob: ObjectId;
  /** What telemetry.git does not have yet. */
  readonly text?: string;
}

/** What containers said last may be anything, and the branch goes to a forge: it stays where devices report to. */
export function shownStatus(status: StatusFile, blob: ObjectId): ShownStatus {
  if (status.projects.every(({ lastWords }) => lastWords === undefined)) return { blob };
  const projects = status.projects.map(({ lastWords: _lastWords, ...project }) => project);
  const text = stringify({ ...status, projects });
  return { blob: blobId(text), text };
}

export function blobId(text: string): ObjectId {
  return createHash('sha1')
    .update(`blob ${Buffer.byteLength(text)}\0`)
    .update(text)
    .digest('hex');
}
