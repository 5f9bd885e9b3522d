/** `towline device show`: one device as all files together have it, and which of them gave what. */

import type { Command } from 'commander';
import { fleetOf } from '../../core/change/fleet-of.ts';
import { layersOf } from '../../core/fleet/fleet.ts';
import { pointerOf } from '../../core/fleet/json-pointer.ts';
import { mergeDevice } from '../../core/fleet/merge.ts';
import { noSuchDevice } from '../../core/unknown-name.ts';
import { sayBehind } from '../change/behind.ts';
import { examples } from '../command/examples.ts';
import { standardTerminal } from '../command/terminal.ts';
import { openSnapshot, type SnapshotOptions } from '../desk/repository.ts';
import { snapshotOptions } from '../desk/snapshot-options.ts';
import { type DeviceRow, deviceRow, stateWords } from './device-row.ts';

interface ShowOptions extends SnapshotOptions {
  readonly json?: boolean;
}

async function show(id: string, options: ShowOptions): Promise<void> {
  await using snapshot = await openSnapshot(options);
  await sayBehind(options);
  const fleet = await fleetOf(snapshot);
  const row = deviceRow(fleet, id);
  const layers = layersOf(fleet, id);
  if (row === undefined || layers === undefined)
    throw noSuchDevice(id, fleet.devices.keys(), `at ${snapshot.name}`);
  const { provenance, windows } = mergeDevice(layers);
  const layerFiles = [layers.fleet, ...layers.groups, layers.device].map(({ path }) => path);
  const terminal = standardTerminal();
  if (options.json === true) {
    const { description } = layers.device.value;
    terminal.json({
      ...{ ...row, description, windows, layers: layerFiles },
      provenance: Object.fromEntries(provenance),
    });
    return;
  }
  terminal.line(`${id} of ${fleet.name}, from ${snapshot.name}: ${stateWords(row)}`);
  terminal.line(`files, the narrower one wins: ${layerFiles.join(' < ')}`);
  terminal.line();
  const values: readonly (readonly [pointer: string, value: string])[] = [
    ['/groups', row.groups.join(', ')],
    ...Object.entries(row.labels).map(([key, value]) => [pointerOf(['labels', key]), value] as const),
    ...row.apps.flatMap(app => appValues(app)),
    ...windows.map(window => ['/windows', JSON.stringify(window)] as const),
  ];
  terminal.table(
    ['VALUE', 'IS', 'FROM'],
    values.map(([pointer, value]) => [
      ...[pointer, value || '-'],
      pointer === '/groups' || pointer.endsWith('/pinned') ? row.file : (provenance.get(pointer) ?? '-'),
    ]),
  );
  terminal.line();
  terminal.line(`All that it gets, with variables and settings: towline render ${id}`);
}

function appValues({ app, release, pinned, paused }: DeviceRow['apps'][number]): [string, string][] {
  const at = (key: string) => pointerOf(['apps', app, key]);
  const why =
    pinned === undefined
      ? ''
      : [pinned.until && `until ${pinned.until}`, pinned.reason].filter(Boolean).join(': ');
  return [
    [at('release'), release ?? ''],
    ...(pinned === undefined ? [] : [[at('pinned'), why || 'without end'] satisfies [string, string]]),
    ...(paused ? [[at('paused'), 'true'] satisfies [string, string]] : []),
  ];
}

export function registerDeviceShow(device: Command): void {
  snapshotOptions(
    device
      .command('show')
      .description('Show one device: groups, labels, apps, windows, and which file gave each.')
      .argument('<id>', 'id of the device'),
  )
    .option('--json', 'one JSON object instead of text')
    .addHelpText('after', examples([['towline device show pump-4', 'what it is, and who says so']]))
    .action((id: string, options: ShowOptions) => show(id, options));
}
