/** Options of a verb that has verbs below it: commander takes them there, too, whether the verb below knows them or not. */
import type { Command } from 'commander';
import { TowlineError } from '../../core/errors.ts';

/** What was typed must not be passed over in silence. @throws TowlineError CLI_USAGE for an option of the verb above alone */
export function assertOwnOptions(verb: Command): void {
  const { parent } = verb;
  const own = new Set(verb.options.map(option => option.attributeName()));
  const foreign = parent?.options.find(option => {
    const name = option.attributeName();
    return !own.has(name) && parent.getOptionValueSource(name) === 'cli';
  });
  if (foreign === undefined) return;
  throw new TowlineError('CLI_USAGE', `${foreign.long ?? foreign.short} is no option of ${verb.name()}`);
}
