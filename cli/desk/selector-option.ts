/** Devices that a verb is for: `-l`, by labels, by group, all. */
import { Option } from 'commander';

/** The option of every verb that is for many devices. Given twice, both hold: of the last alone, more devices might be meant. */
export const selectorOption = (): Option =>
  new Option(
    '-l, --selector <terms>',
    'all devices with these labels or of a group: site=berlin,group=canary; or `all`',
  ).argParser((terms: string, before: string | undefined) =>
    before === undefined ? terms : `${before},${terms}`,
  );
