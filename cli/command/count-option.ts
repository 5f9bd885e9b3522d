/** An option that says how many. */
import { TowlineError } from '../../core/errors.ts';

const most = 10_000;

/** Of `--limit`. @throws TowlineError CLI_USAGE */
export function limitOf(text: string): number {
  const limit = Number(text);
  if (/^[1-9]\d{0,4}$/.test(text) && limit <= most) return limit;
  throw new TowlineError('CLI_USAGE', `--limit ${text} must be a number from 1 to ${most}`);
}
