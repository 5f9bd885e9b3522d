/** An asciicast v2, as it comes: its size, and what was shown when. */
import type { ScreenSize } from './screen-size.ts';

export interface ShownPiece {
  /** Seconds since it began. */
  readonly at: number;
  /** What was shown, or the size that the screen got then. */
  readonly piece: string | ScreenSize;
}

const defaultSize: ScreenSize = { columns: 80, rows: 24 };
const longestSide = 1000;

const sideOf = (value: unknown, otherwise: number): number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 2 && value <= longestSide
    ? value
    : otherwise;

/** @returns undefined: it is no line of a recording, or says nothing that is shown */
export function readLine(line: string): ShownPiece | undefined {
  const value = parsed(line);
  if (Array.isArray(value)) {
    const [at, kind, data]: readonly unknown[] = value;
    if (typeof at !== 'number' || typeof data !== 'string') return undefined;
    if (kind === 'o') return { at, piece: data };
    const [columns, rows] = data.split('x').map(Number);
    return kind === 'r' ? { at, piece: sizeOf({ width: columns, height: rows }) } : undefined;
  }
  return typeof value === 'object' && value !== null ? { at: 0, piece: sizeOf(value) } : undefined;
}

function sizeOf(header: object): ScreenSize {
  return {
    columns: sideOf('width' in header ? header.width : undefined, defaultSize.columns),
    rows: sideOf('height' in header ? header.height : undefined, defaultSize.rows),
  };
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** Lines of a body, one after the other. */
export async function* linesOf(body: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string> {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  try {
    while (true) {
      const { done, value } = await reader.read();
      if (done) break;
      const lines = (rest + value).split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
    }
    if (rest !== '') yield rest;
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
