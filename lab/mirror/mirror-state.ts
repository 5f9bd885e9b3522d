/** What a lab was mirrored from, beside it: for the one who tries a branch there. */
import { readBounded, writeDurably } from '../../core/io/file/durable-file.ts';
import { type Fields, fieldsIn, isFields } from '../../core/json.ts';
import type { ImageChoice } from './image-choice.ts';
import type { StandIn } from './stand-ins.ts';

export interface MirrorState {
  /** Folder of production's repository. */
  readonly repository: string;
  /** Of production. */
  readonly commit: string;
  readonly engine: boolean;
  readonly images: ImageChoice;
  readonly standIns: readonly StandIn[];
}

const maxBytes = 16 * 1024 * 1024;

export const writeMirror = (file: string, state: MirrorState): Promise<void> =>
  writeDurably(file, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });

const isText = (value: unknown): value is string => typeof value === 'string';
const isStandIn = (value: unknown): value is StandIn =>
  isFields(value) && isText(value.device) && Array.isArray(value.standsFor) && value.standsFor.every(isText);

function choiceOf({ kind, from }: Fields): ImageChoice | undefined {
  if (kind === 'stand-ins' || kind === 'there') return { kind };
  return kind === 'copy' && isText(from) ? { kind, from } : undefined;
}

/** @returns undefined: it is the mirror of nothing */
export async function readMirror(file: string): Promise<MirrorState | undefined> {
  const bytes = await readBounded(file, maxBytes);
  if (bytes === undefined) return undefined;
  const { repository, commit, engine, images, standIns } = fieldsIn(bytes);
  const choice = isFields(images) ? choiceOf(images) : undefined;
  if (!isText(repository) || !isText(commit) || choice === undefined) return undefined;
  if (!Array.isArray(standIns) || !standIns.every(isStandIn)) return undefined;
  return { repository, commit, engine: engine === true, images: choice, standIns };
}
