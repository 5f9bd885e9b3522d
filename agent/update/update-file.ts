/** What the agent remembers of its updates: `versions/update.json`, two copies. Lost, nothing is known to be set aside. */
import path from 'node:path';
import { CheckedFile } from '../../core/io/file/checked-file.ts';
import { fieldsOf, isFields } from '../../core/json.ts';

/** Never tried again: another digest of the same version is another version. */
export interface SetAside {
  readonly digest: string;
  readonly code: string;
  readonly reason: string;
  /** By the device's clock, milliseconds since the epoch. */
  readonly atMs: number;
}

export interface UpdateMemory {
  /** Slots: what is or was on trial, and what ran before it. */
  readonly to?: string;
  readonly from?: string;
  readonly version?: string;
  readonly digest?: string;
  readonly phase: 'none' | 'staged' | 'trying' | 'committed' | 'refused';
  /** How often `digest` was tried without a verdict: fetched, or put on trial. */
  readonly attempts: number;
  /** Why the last one came to nothing, where that says nothing against the version. */
  readonly code?: string;
  readonly message?: string;
  /** When `attempts` counted the last one, by the device's clock, milliseconds since the epoch. */
  readonly triedAtMs?: number;
  /** When the trial began, by the machine's uptime, seconds. */
  readonly begunSec?: number;
  /** What the version before it could do: the new one must not be held to more. */
  readonly asked?: { readonly whole: boolean; readonly reported: boolean };
  readonly setAside: readonly SetAside[];
}

export const noUpdate: UpdateMemory = { phase: 'none', attempts: 0, setAside: [] };

/** The newest of them; an older one would be found wanting anew. */
const maxSetAside = 32;
const phases = ['none', 'staged', 'trying', 'committed', 'refused'] as const;

export function updateFile(folder: string): CheckedFile<UpdateMemory> {
  return new CheckedFile(path.join(folder, 'update.json'), parse);
}

export function setAside(memory: UpdateMemory, aside: SetAside): UpdateMemory {
  const others = memory.setAside.filter(({ digest }) => digest !== aside.digest);
  return { ...memory, setAside: [...others, aside].slice(-maxSetAside) };
}

function parse(json: unknown): UpdateMemory | undefined {
  const fields = fieldsOf(json);
  const phase = phases.find(each => each === fields.phase);
  if (phase === undefined) return undefined;
  const text = (name: string) => (typeof fields[name] === 'string' ? { [name]: fields[name] } : {});
  const number = (name: string) => (typeof fields[name] === 'number' ? { [name]: fields[name] } : {});
  const asked = fieldsOf(fields.asked);
  return {
    ...text('to'),
    ...text('from'),
    ...text('version'),
    ...text('digest'),
    ...text('code'),
    ...text('message'),
    ...number('triedAtMs'),
    ...number('begunSec'),
    ...(isFields(fields.asked)
      ? { asked: { whole: asked.whole === true, reported: asked.reported === true } }
      : {}),
    phase,
    attempts: typeof fields.attempts === 'number' ? fields.attempts : 0,
    setAside: Array.isArray(fields.setAside) ? fields.setAside.flatMap(parseAside) : [],
  };
}

function parseAside(json: unknown): SetAside[] {
  const { digest, code, reason, atMs } = fieldsOf(json);
  if (typeof digest !== 'string' || typeof code !== 'string' || typeof reason !== 'string') return [];
  return [{ digest, code, reason, atMs: typeof atMs === 'number' ? atMs : 0 }];
}
