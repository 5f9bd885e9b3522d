/** `towline rollout abort`: every device goes back to what it is assigned. */

import type { Command } from 'commander';
import type { Fleet } from '../../core/fleet/fleet.ts';
import { membersOf } from '../../core/rollout/members.ts';
import type { KeyedRollout } from '../../core/rollout/named-rollout.ts';
import { someOf } from '../../core/some-of.ts';
import { type ChangeOptions, changeOptions } from '../change/options.ts';
import { sayMade } from '../change/say-made.ts';
import { examples } from '../command/examples.ts';
import type { Stop } from '../command/stop.ts';
import { changeRollout } from './rollout-change.ts';

interface AbortOptions extends ChangeOptions {
  readonly reason?: string;
}

interface Back {
  /** Of open stages. */
  readonly devices: readonly string[];
  /** What it has brought changes data so that no earlier release reads it: who has it stays on it. */
  readonly isOneWay: boolean;
}

function backFrom(fleet: Fleet, rollout: KeyedRollout): Back {
  const { app, to, stage } = rollout.file.value;
  const devices = [...membersOf(fleet, rollout)].flatMap(([id, member]) =>
    member.kind === 'takes' && member.stage <= stage ? [id] : [],
  );
  return { devices, isOneWay: fleet.apps.get(app)?.releases.get(to)?.value.migration === 'one-way' };
}

async function abort(name: string, { reason, ...options }: AbortOptions, signal: AbortSignal): Promise<void> {
  let back: Back = { devices: [], isOneWay: false };
  const { made, rollout } = await changeRollout(
    {
      ...{ name, options, verb: 'abort' },
      edit: (found, fleet) => {
        if (found.file.value.aborted === true) return undefined;
        back = backFrom(fleet, found);
        return { aborted: true, ...(reason === undefined ? {} : { reason }) };
      },
      question: ({ key }) => `${key} is aborted: ${backWords(back)}.`,
      message: ({ key }) => `Rollout ${key} is aborted${reason === undefined ? '' : `\n\n${reason}`}`,
    },
    signal,
  );
  const { key } = rollout;
  const stays = back.isOneWay ? back.devices : [];
  const note = `by a one-way migration those that run ${rollout.file.value.to} already stay on it: ${someOf(stays)}`;
  sayMade(made, {
    json: options.json === true,
    done: `${key} is aborted, ${backWords(back)}`,
    already: `${key} is aborted already`,
    fields: { rollout: key, devices: back.devices, stays },
    notes: stays.length === 0 ? [] : [note],
    shown: [`${key}: ${backWords(back)}`],
  });
}

function backWords({ devices, isOneWay }: Back): string {
  if (devices.length === 0) return 'no device had it';
  const count = `${devices.length} ${devices.length === 1 ? 'device' : 'devices'}`;
  const how = isOneWay ? 'cannot go back' : 'go back';
  return `${count} ${devices.length === 1 && !isOneWay ? 'goes back' : how}: ${someOf(devices)}`;
}

export function registerRolloutAbort(rollout: Command, stop: Stop): void {
  const command = rollout
    .command('abort')
    .description(
      'Take a rollout back: every device goes back to what it is assigned. For ever: begin another one then.',
    )
    .argument('<rollout>', 'name, or app/name');
  changeOptions(command)
    .option('--reason <text>', 'for people; it stands in the file')
    .addHelpText(
      'after',
      examples([
        ['towline rollout abort hello-1.5 --dry-run', 'who would go back, and who cannot'],
        ['towline rollout abort hello-1.5 --yes --reason INC-42', 'without a question'],
      ]),
    )
    .action((name: string, options: AbortOptions) => abort(name, options, stop()));
}
