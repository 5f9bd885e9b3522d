/** `towline device list`: devices as the repository has them. What they say of themselves is `towline status`. */

import type { Command } from 'commander';
import { chosenDevices } from '../../core/change/chosen-devices.ts';
import { fleetOf } from '../../core/change/fleet-of.ts';
import { sayBehind } from '../change/behind.ts';
import { examples } from '../command/examples.ts';
import { standardTerminal } from '../command/terminal.ts';
import { openSnapshot, type SnapshotOptions } from '../desk/repository.ts';
import { selectorOption } from '../desk/selector-option.ts';
import { snapshotOptions } from '../desk/snapshot-options.ts';
import { appWords, deviceRow, labelWords, stateWords } from './device-row.ts';

interface ListOptions extends SnapshotOptions {
  readonly selector?: string;
  readonly json?: boolean;
}

async function list(devices: readonly string[], options: ListOptions): Promise<void> {
  await using snapshot = await openSnapshot(options);
  await sayBehind(options);
  const fleet = await fleetOf(snapshot);
  const isAll = devices.length === 0 && options.selector === undefined;
  const { selector } = options;
  const choice = { devices, ...(selector === undefined ? {} : { selector }) };
  const ids = isAll ? [...fleet.devices.keys()] : chosenDevices(choice, fleet, snapshot.name);
  const rows = ids.map(id => deviceRow(fleet, id)).filter(row => row !== undefined);
  const terminal = standardTerminal();
  if (options.json === true) {
    terminal.json({ fleet: fleet.name, devices: rows });
    return;
  }
  terminal.table(
    ['DEVICE', 'FILE', 'GROUPS', 'LABELS', 'APPS', 'STATE'],
    rows.map(row => [
      ...[row.device, row.file, row.groups.join(',') || '-', labelWords(row)],
      ...[row.apps.map(appWords).join('; ') || '-', stateWords(row)],
    ]),
  );
}

export function registerDeviceList(device: Command): void {
  snapshotOptions(
    device
      .command('list')
      .description(
        'List devices as the repository has them: groups, labels, apps, pins, who is paused or gone.',
      )
      .argument('[ids...]', 'ids of devices (default: all)')
      .addOption(selectorOption()),
  )
    .option('--json', 'one JSON object instead of text')
    .addHelpText(
      'after',
      examples([
        ['towline device list', 'all of them'],
        ['towline device list -l group=canary --json', 'those of a group, for a script'],
      ]),
    )
    .action((ids: string[], options: ListOptions) => list(ids, options));
}
