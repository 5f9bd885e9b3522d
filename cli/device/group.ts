/** `towline device group`: the groups that devices are in. */

import type { Command } from 'commander';
import { type Document, isSeq } from 'yaml';
import { TowlineError } from '../../core/errors.ts';
import type { Fleet } from '../../core/fleet/fleet.ts';
import { someOf } from '../../core/some-of.ts';
import { unknownName } from '../../core/unknown-name.ts';
import { changeDevices } from '../change/change-devices.ts';
import { type ChangeOptions, changeOptions } from '../change/options.ts';
import { sayMade } from '../change/say-made.ts';
import { examples } from '../command/examples.ts';
import type { Stop } from '../command/stop.ts';
import { selectorOption } from '../desk/selector-option.ts';

interface GroupOptions extends ChangeOptions {
  readonly selector?: string;
}

interface Moves {
  readonly into: readonly string[];
  readonly outOf: readonly string[];
}

async function group(
  words: readonly string[],
  { selector, ...options }: GroupOptions,
  signal: AbortSignal,
): Promise<void> {
  const isMove = (word: string) => word.startsWith('+') || word.endsWith('-');
  const moves: Moves = {
    into: words.filter(word => word.startsWith('+')).map(word => word.slice(1)),
    outOf: words.filter(word => !word.startsWith('+') && word.endsWith('-')).map(word => word.slice(0, -1)),
  };
  const asked = [...moves.into.map(name => `+${name}`), ...moves.outOf.map(name => `-${name}`)].join(' ');
  if (asked === '') throw new TowlineError('CLI_USAGE', 'which group? +NAME into it, -NAME out of it');
  const devices = words.filter(word => !isMove(word));
  const { made, chosen, changed } = await changeDevices(
    {
      ...{ options, verb: 'group', devices, selector },
      edit: ({ file, fleet }, document) => {
        assertGroups(fleet, moves);
        regroup(document, file.value.groups ?? [], moves);
      },
      message: ids => `Groups of ${ids}: ${asked}`,
    },
    signal,
  );
  sayMade(made, {
    json: options.json === true,
    done: `${someOf(changed)}: ${asked}`,
    already: `so it is already with ${someOf(chosen)}: ${asked}`,
    fields: { devices: changed },
  });
}

/** @throws TowlineError CLI_USAGE */
function assertGroups({ groups }: Fleet, { into, outOf }: Moves): void {
  const unknown = [...into, ...outOf].find(name => !groups.has(name));
  if (unknown !== undefined)
    throw new TowlineError('CLI_USAGE', unknownName('group', unknown, groups.keys()));
}

/** Into first: a list in which nothing is left would go, with what stands beside it. */
function regroup(document: Document, before: readonly string[], { into, outOf }: Moves): void {
  for (const name of new Set(into)) {
    if (before.includes(name)) continue;
    if (document.has('groups')) document.addIn(['groups'], name);
    else document.set('groups', document.createNode([name]));
  }
  for (const name of outOf) {
    const list = document.get('groups');
    if (!isSeq(list)) return;
    const at = list.items.findIndex((_item, index) => list.get(index) === name);
    if (at !== -1) list.delete(at);
    if (list.items.length === 0) document.delete('groups');
  }
}

/** `-stable` is a group here; to commander it is a cluster of short options. */
function takesGroups(command: Command): Command {
  const parse = command.parseOptions.bind(command);
  const isGroup = (word: string) => /^-[a-z0-9][a-z0-9-]*[a-z0-9]$/.test(word);
  command.parseOptions = argv => parse(argv.map(word => (isGroup(word) ? `${word.slice(1)}-` : word)));
  return command;
}

export function registerDeviceGroup(device: Command, stop: Stop): void {
  const verb = device
    .command('group')
    .description('Put devices into groups, and take them out of others.')
    .argument('<words...>', 'ids of devices, +NAME into a group, -NAME out of one')
    .addOption(selectorOption());
  takesGroups(changeOptions(verb))
    .addHelpText(
      'after',
      examples([
        ['towline device group pump-4 +canary -stable', 'it goes ahead of the others'],
        ['towline device group -l site=lisbon +south --yes', 'all of a site'],
      ]),
    )
    .action((words: string[], options: GroupOptions) => group(words, options, stop()));
}
