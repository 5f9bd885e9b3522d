/** Lines of an asciicast, fit for the terminal of another: what is shown goes through `ShownOutput`, nothing else of them is kept. */
import type { ShownOutput } from '../terminal/shown-output.ts';
import { castOutput, castResize, readCastEvent, readCastHeader } from './asciicast.ts';

const sizePattern = /^([1-9]\d{0,3})x([1-9]\d{0,3})$/;
const longestSide = 1000;
const usual = { columns: 80, rows: 24 };

/** @param shown of this cast, from its first line on @returns undefined: nothing of it is shown */
export function shownCastLine(line: string, shown: ShownOutput): string | undefined {
  const header = readCastHeader(line);
  if (header !== undefined) {
    const [width, height] = [sideOf(header.columns, usual.columns), sideOf(header.rows, usual.rows)];
    return JSON.stringify({ version: 2, width, height });
  }
  const event = readCastEvent(line);
  if (event === undefined) return undefined;
  const atMs = event.atSec * 1000;
  if (event.kind === 'resize') {
    const [, columns, rows] = sizePattern.exec(event.data) ?? [];
    if (columns === undefined || rows === undefined) return undefined;
    return castResize(atMs, sideOf(Number(columns), usual.columns), sideOf(Number(rows), usual.rows));
  }
  const text = shown.filter(Buffer.from(event.data)).toString('utf8');
  return text === '' ? undefined : castOutput(atMs, text);
}

const sideOf = (asked: number, otherwise: number): number =>
  Number.isInteger(asked) && asked >= 1 && asked <= longestSide ? asked : otherwise;
