/** `towline maintenance list`: which windows hold for devices, which file says so, and what is paused. */

import type { Command } from 'commander';
import { chosenDevices } from '../../core/change/chosen-devices.ts';
import { fleetOf } from '../../core/change/fleet-of.ts';
import { layersOf } from '../../core/fleet/fleet.ts';
import { mergeDevice } from '../../core/fleet/merge.ts';
import type { Window } from '../../schemas/types.generated.ts';
import { sayBehind } from '../change/behind.ts';
import { examples } from '../command/examples.ts';
import { assertOwnOptions } from '../command/own-options.ts';
import { standardTerminal } from '../command/terminal.ts';
import { openSnapshot, type SnapshotOptions } from '../desk/repository.ts';
import { selectorOption } from '../desk/selector-option.ts';
import { snapshotOptions } from '../desk/snapshot-options.ts';
import { windowWords } from './window-words.ts';

interface ListOptions extends SnapshotOptions {
  readonly selector?: string;
  readonly json?: boolean;
}

interface Row {
  readonly device: string;
  readonly windows: readonly Window[];
  readonly from: string | null;
  readonly pausedBy: string | null;
}

async function list(devices: readonly string[], options: ListOptions): Promise<void> {
  await using snapshot = await openSnapshot(options);
  await sayBehind(options);
  const fleet = await fleetOf(snapshot);
  const { selector } = options;
  const isAll = devices.length === 0 && selector === undefined;
  const choice = { devices, ...(selector === undefined ? {} : { selector }) };
  const ids = isAll ? [...fleet.devices.keys()] : chosenDevices(choice, fleet, snapshot.name);
  const rows: Row[] = ids.flatMap(id => {
    const layers = layersOf(fleet, id);
    if (layers === undefined) return [];
    const { windows, provenance } = mergeDevice(layers);
    const [from, pausedBy] = ['/windows', '/paused'].map(pointer => provenance.get(pointer) ?? null);
    return [{ device: id, windows, from: from ?? null, pausedBy: pausedBy ?? null }];
  });
  const terminal = standardTerminal();
  if (options.json === true) {
    terminal.json({ fleet: fleet.name, devices: rows });
    return;
  }
  terminal.table(
    ['DEVICE', 'WINDOWS', 'FROM', 'PAUSED BY'],
    rows.map(({ device, windows, from, pausedBy }) => [
      ...[device, windows.map(windowWords).join('; ') || 'at any time'],
      ...[from ?? '-', pausedBy ?? '-'],
    ]),
  );
}

export function registerMaintenanceList(command: Command): void {
  snapshotOptions(
    command
      .command('list')
      .description('List the windows that hold for devices, and what is paused, with the files that say so.')
      .argument('[ids...]', 'ids of devices (default: all)')
      .addOption(selectorOption()),
  )
    .option('--json', 'one JSON object instead of text')
    .addHelpText('after', examples([['towline maintenance list -l group=stable', 'those of a group']]))
    .action(async (ids: string[], _options: ListOptions, verb: Command) => {
      assertOwnOptions(verb);
      await list(ids, verb.optsWithGlobals<ListOptions>());
    });
}
