/** `npm run soak -- --lab TIME`: programs as they ship, a lab, and a report of what came of it. */
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { parseDuration } from '../core/duration.ts';
import { messageOf } from '../core/errors/cause.ts';
import { bundle } from '../scripts/bundle.ts';
import { SoakRecord } from './lab-soak/record.ts';
import { writeReport } from './lab-soak/report.ts';

export interface LabSoakOptions {
  /** `24h`, `8h`, `5m`. */
  readonly time: string;
  readonly devices: number;
  readonly seed: number;
  readonly folder: string;
  /** Whether it goes on with what was recorded there. */
  readonly part: boolean;
  /** Whether nothing runs, and the report is written anew of what was recorded. */
  readonly again: boolean;
}

const timeForm = /^(?:\d+(?:ms|s|m|h|d))+$/;

/**
 * @param signal ends what happens; devices are then waited for, until `hurry`
 * @returns the exit status: 0 nothing was missed, 1 a bar was, 2 the question is wrong
 */
export async function soakLab(
  options: LabSoakOptions,
  signal: AbortSignal,
  hurry: AbortSignal,
): Promise<number> {
  const { time, devices, seed, part } = options;
  const folder = path.resolve(options.folder);
  if (!timeForm.test(time) || devices < 1 || devices > 32) {
    console.error('--lab: a time such as 8h; --devices: 1 to 32');
    return 2;
  }
  if (options.again) {
    const verdict = writeReport(folder, new SoakRecord(path.join(folder, 'record.ndjson')).entries);
    console.log(`${verdict}: ${path.join(folder, 'README.md')}`);
    return verdict === 'red' ? 1 : 0;
  }
  if (existsSync(path.join(folder, 'record.ndjson')) && !part) {
    console.error(`${folder} has a record of a soak: --part goes on with it; else name another folder`);
    return 2;
  }
  mkdirSync(folder, { recursive: true });
  // Before anything looks where the programs are.
  const programs = path.join(folder, 'programs');
  await bundle(programs);
  process.env.TOWLINE_PROGRAMS = programs;
  const { soakInLab } = await import('./lab-soak/soak-run.ts');
  const say = (line: string) => console.log(`${new Date().toISOString()} ${line}`);
  const name = `soak-${process.pid}`;
  try {
    const question = { durationMs: parseDuration(time), seed, devices, folder, name, say, hurry };
    const verdict = await soakInLab(question, signal);
    say(`${verdict}: ${path.join(folder, 'README.md')}`);
    return verdict === 'red' ? 1 : 0;
  } catch (error) {
    say(messageOf(error));
    return 1;
  }
}
