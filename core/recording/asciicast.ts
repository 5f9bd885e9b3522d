/** asciicast v2 (docs.asciinema.org/manual/asciicast/v2): what was shown and how large the window was, never what was typed. */
import { fieldsOf } from '../json.ts';

export interface CastStart {
  readonly startedMs: number;
  readonly columns: number;
  readonly rows: number;
  readonly title: string;
  readonly term?: string;
  readonly command?: string;
}

export interface CastEvent {
  /** Since the beginning, seconds. */
  readonly atSec: number;
  readonly kind: 'output' | 'resize';
  /** Of a resize: `80x24`. */
  readonly data: string;
}

export interface Cast {
  readonly columns: number;
  readonly rows: number;
  readonly title: string;
}

export function castHeader({ startedMs, columns, rows, title, term, command }: CastStart): string {
  return JSON.stringify({
    version: 2,
    width: columns,
    height: rows,
    timestamp: Math.floor(startedMs / 1000),
    title,
    ...(command === undefined ? {} : { command }),
    ...(term === undefined ? {} : { env: { TERM: term } }),
  });
}

export function castOutput(atMs: number, text: string): string {
  return JSON.stringify([seconds(atMs), 'o', text]);
}

export function castResize(atMs: number, columns: number, rows: number): string {
  return JSON.stringify([seconds(atMs), 'r', `${columns}x${rows}`]);
}

/** @returns undefined: it is none */
export function readCastHeader(line: string): Cast | undefined {
  const { version, width, height, title } = fieldsOf(parsed(line));
  if (version !== 2 || typeof width !== 'number' || typeof height !== 'number') return undefined;
  return { columns: width, rows: height, title: typeof title === 'string' ? title : '' };
}

/** @returns undefined: nothing to show */
export function readCastEvent(line: string): CastEvent | undefined {
  const value = parsed(line);
  if (!Array.isArray(value)) return undefined;
  const [atSec, kind, data]: readonly unknown[] = value;
  if (typeof atSec !== 'number' || !Number.isFinite(atSec) || typeof data !== 'string') return undefined;
  if (kind === 'o') return { atSec, kind: 'output', data };
  return kind === 'r' ? { atSec, kind: 'resize', data } : undefined;
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function seconds(ms: number): number {
  return Math.max(0, Math.round(ms)) / 1000;
}
