/** `towline operator remove`: a person’s file goes, and with `--policy` what they sign counts no more. */
import type { Command } from 'commander';
import { type Document, isSeq } from 'yaml';
import type { FilesAt } from '../../core/change/changed-files.ts';
import { editedAt } from '../../core/change/edited-at.ts';
import { fleetOf } from '../../core/change/fleet-of.ts';
import type { Intent } from '../../core/change/intent.ts';
import { TowlineError } from '../../core/errors.ts';
import type { Fleet } from '../../core/fleet/fleet.ts';
import { operatorPath, policyPath } from '../../core/fleet/paths.ts';
import { unknownName } from '../../core/unknown-name.ts';
import { makeChange } from '../change/make-change.ts';
import { type ChangeOptions, changeOptions } from '../change/options.ts';
import { sayMade } from '../change/say-made.ts';
import { examples } from '../command/examples.ts';
import type { Stop } from '../command/stop.ts';
import { assertRolesWithout, keyFilesOf, rolesOf, withoutPrincipal } from './policy-roles.ts';

interface RemoveOptions extends ChangeOptions {
  readonly policy?: boolean;
}

interface Named {
  /** Files whose tunnel names them. */
  readonly tunnels: readonly string[];
  /** Of the policy; undefined: it does not know them. */
  readonly roles: readonly string[] | undefined;
}

async function remove(name: string, options: RemoveOptions, signal: AbortSignal): Promise<void> {
  let named: Named = { tunnels: [], roles: undefined };
  const intend = async (at: FilesAt): Promise<Intent> => {
    const fleet = await fleetOf(at);
    const roles = rolesOf(fleet, name);
    if (!fleet.operators.has(name) && (roles === undefined || options.policy !== true))
      throw new TowlineError('CLI_USAGE', unknownName('operator', name, fleet.operators.keys()));
    named = { tunnels: tunnelFiles(fleet, name), roles };
    const files = new Map<string, string | null>();
    if (fleet.operators.has(name)) files.set(operatorPath(name), null);
    for (const path of named.tunnels) {
      const after = await editedAt(at, path, document => notAllowed(document, name));
      if (after !== undefined) files.set(path, after);
    }
    if (options.policy === true && roles !== undefined) {
      assertRolesWithout(fleet, name);
      const after = await editedAt(at, policyPath, document => withoutPrincipal(document, name));
      if (after !== undefined) files.set(policyPath, after);
      for (const file of keyFilesOf(fleet, name)) files.set(file, null);
    }
    return { files, message: `${name} leaves`, question: lastQuestion(fleet, name) };
  };
  const made = await makeChange({ options, name: `remove-${name}`, intend }, signal);
  const { tunnels, roles } = named;
  const stays = roles !== undefined && options.policy !== true;
  sayMade(made, {
    json: options.json === true,
    done: `${name} comes in no more${roles !== undefined && !stays ? ', and what they sign counts no more' : ''}`,
    already: `${name} is gone already`,
    fields: { operator: name, tunnels, roles: roles ?? null, policy: options.policy === true },
    notes: [
      ...tunnels.map(path => `${path}: the tunnel is not for ${name} any more`),
      ...(stays
        ? [
            `trust/policy.yaml still has ${name}${roles.length === 0 ? '' : `, in ${roles.join(', ')}`}: what they sign counts. --policy takes them out; that needs root.`,
          ]
        : []),
      'Secrets that they could open: have each value changed, then `towline secret edit` and `towline secret rotate`.',
    ],
  });
}

/** A gateway that nobody may push to takes no change any more, this one’s opposite either. */
function lastQuestion({ operators }: Fleet, name: string): string | undefined {
  const writers = [...operators].filter(([, { value }]) => value.git?.fleet === 'write').map(([id]) => id);
  if (writers.length !== 1 || writers[0] !== name) return undefined;
  return `Nobody but ${name} may push to the gateway: unless main comes from a forge, nobody could change the fleet any more.`;
}

/** Files of fleet, groups and devices whose `tunnel.allow` names them. */
function tunnelFiles(fleet: Fleet, name: string): string[] {
  const files = [fleet.file, ...fleet.groups.values(), ...fleet.devices.values()];
  return files
    .filter(({ value: { tunnel } }) => typeof tunnel === 'object' && tunnel.allow?.includes(name))
    .map(({ path }) => path);
}

/** An empty list stays: without one, everyone might come in. */
function notAllowed(document: Document, name: string): void {
  const list = document.getIn(['tunnel', 'allow']);
  if (!isSeq(list)) return;
  const at = list.items.findIndex((_item, index) => list.get(index) === name);
  if (at !== -1) list.delete(at);
}

export function registerOperatorRemove(operator: Command, stop: Stop): void {
  const verb = operator
    .command('remove')
    .description('Take a person’s file away, and say what else names them.')
    .argument('<name>', 'by which the fleet knows them')
    .option('--policy', 'out of trust/policy.yaml, too: that needs root');
  changeOptions(verb)
    .addHelpText(
      'after',
      examples([
        ['towline operator remove bob --policy', 'he has left'],
        ['towline operator remove bob --policy --pr', 'where root is more than one person'],
      ]),
    )
    .action((name: string, options: RemoveOptions) => remove(name, options, stop()));
}
