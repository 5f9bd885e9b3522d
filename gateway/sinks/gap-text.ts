/** What is missing, told by protocols that have lines of text and nothing else. */
import type { GapReason, GapRecord } from '../../core/telemetry/record/record.ts';

const reasons: Readonly<Record<GapReason, string>> = {
  rotated: 'the engine had removed them before they were read',
  rate: 'the limit of the service was reached',
  budget: 'the byte budget of the device was spent',
  spool: 'the spool of the device was full',
  clock: 'they were stamped in the future',
  unreadable: 'they could not be read',
};

export function gapText({ reason, lines, bytes }: GapRecord): string {
  const count = lines === undefined ? 'log lines are missing' : `${lines} log lines are missing`;
  const size = bytes === undefined ? '' : ` (${bytes} bytes)`;
  return `${count}${size}: ${reasons[reason]}`;
}
