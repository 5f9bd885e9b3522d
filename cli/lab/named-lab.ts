/** Which lab is meant: the one of `--name`, or the only one that there is. */
import type { Command } from 'commander';
import { TowlineError } from '../../core/errors.ts';
import type { Lab } from '../../lab/sites/lab.ts';

export interface NameOptions {
  readonly name?: string;
}

export const nameOption = (command: Command): Command =>
  command.option('--name <lab>', 'which lab (default: the one that there is)');

const form = /^[a-z0-9]([a-z0-9-]{0,14}[a-z0-9])?$/;

/** @throws TowlineError CLI_USAGE */
export function assertLabName(name: string): string {
  if (form.test(name)) return name;
  throw new TowlineError(
    'CLI_USAGE',
    `--name ${name}: lower-case letters, digits and dashes, up to 16 characters`,
  );
}

/** @throws TowlineError CLI_USAGE where there are several; LAB_UNKNOWN where there is none */
export async function nameOf({ name }: NameOptions): Promise<string> {
  if (name !== undefined) return assertLabName(name);
  const { claimedNames } = await import('../../lab/sites/lab-state.ts');
  const [first, ...others] = claimedNames();
  if (first === undefined) throw new TowlineError('LAB_UNKNOWN', 'there is no lab on this machine');
  if (others.length === 0) return first;
  throw new TowlineError('CLI_USAGE', `there are several labs: --name ${[first, ...others].join(' or ')}`);
}

/** @throws TowlineError CLI_USAGE, LAB_UNKNOWN */
export async function openLab(options: NameOptions): Promise<Lab> {
  const name = await nameOf(options);
  return (await import('../../lab/sites/lab.ts')).Lab.open(name);
}
