/** A gap, as a line among the lines: for receivers that know lines only. */
import type { GapReason, GapRecord } from '../../core/telemetry/record/record.ts';

const why: { readonly [Reason in GapReason]: string } = {
  rotated: 'the engine had removed them before they were read',
  rate: 'more than the rate that the service may write',
  budget: 'more than the device may send in a day',
  spool: 'more than the device could keep while it was offline',
  clock: 'stamped in the future',
  unreadable: 'they could not be read',
};

export function gapText({ lines, bytes, reason }: GapRecord): string {
  const size = bytes === undefined ? '' : ` (${bytes} bytes)`;
  const what = lines === undefined ? 'lines are' : lines === 1 ? '1 line is' : `${lines} lines are`;
  return `towline: ${what} missing here${size}: ${why[reason]}`;
}
