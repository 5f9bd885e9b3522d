/** That a lab is there: a file below /run, written before anything else of it, so that what is cut off can be removed. */
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { errnoOf } from '../../core/errors/cause.ts';
import { TowlineError } from '../../core/errors.ts';
import { writeDurably } from '../../core/io/file/durable-file.ts';
import { type Fields, fieldsIn, fieldsOf } from '../../core/json.ts';
import type { LabFile } from '../../schemas/types.generated.ts';
import { startOf } from '../machine/processes.ts';
import { parseLabFile } from './lab-file.ts';
import { defaultFolder, runFolder, stateFolder } from './lab-places.ts';

/** A process of this machine: the number alone may be another's by now. */
export interface KnownProcess {
  readonly pid: number;
  /** When it began, in the kernel's ticks since boot. */
  readonly started: string;
}

export interface LabState {
  readonly name: string;
  readonly folder: string;
  readonly file: LabFile;
  /** `making` until `up` has ended well. */
  readonly phase: 'making' | 'up';
  readonly madeAt: string;
  /** Who runs `up`. */
  readonly maker: KnownProcess;
  /** First process of the lab; undefined before it is there. */
  readonly init?: KnownProcess;
}

const fileOf = (name: string): string => path.join(stateFolder(name), 'lab.json');

export const knownProcess = (pid: number): KnownProcess => ({ pid, started: startOf(pid) });

export const isAlive = ({ pid, started }: KnownProcess): boolean =>
  started !== '' && startOf(pid) === started;

/** @throws TowlineError LAB_EXISTS */
export function claimName(name: string): void {
  mkdirSync(runFolder, { recursive: true, mode: 0o755 });
  try {
    mkdirSync(stateFolder(name), { mode: 0o700 });
  } catch (cause) {
    if (errnoOf(cause) !== 'EEXIST') throw cause;
    throw new TowlineError('LAB_EXISTS', `the lab ${name} is there already`, { cause });
  }
}

/** Of a lab of which nothing was made yet. */
export const releaseName = (name: string): void =>
  rmSync(stateFolder(name), { recursive: true, force: true });

export const writeState = (state: LabState): Promise<void> =>
  writeDurably(fileOf(state.name), `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });

function processIn(value: unknown): KnownProcess | undefined {
  const { pid, started } = fieldsOf(value);
  return typeof pid === 'number' && typeof started === 'string' ? { pid, started } : undefined;
}

function stateIn(name: string, fields: Fields): LabState {
  const { folder, phase, madeAt } = fields;
  const init = processIn(fields.init);
  return {
    name,
    folder: typeof folder === 'string' && path.isAbsolute(folder) ? folder : defaultFolder(name),
    file: parseLabFile('lab.json', Buffer.from(JSON.stringify(fields.file ?? {}))),
    phase: phase === 'up' ? 'up' : 'making',
    madeAt: typeof madeAt === 'string' ? madeAt : '',
    maker: processIn(fields.maker) ?? { pid: 0, started: '' },
    ...(init === undefined ? {} : { init }),
  };
}

/** @returns undefined where nobody has claimed the name, or nothing of it was written down yet */
export function readState(name: string): LabState | undefined {
  try {
    return stateIn(name, fieldsIn(readFileSync(fileOf(name))));
  } catch {
    return undefined;
  }
}

/** Names that are claimed, sorted: of labs, and of what is left of them. */
export function claimedNames(): string[] {
  try {
    return readdirSync(runFolder).sort();
  } catch {
    return [];
  }
}
