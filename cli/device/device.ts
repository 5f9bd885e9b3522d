/** `towline device`: devices of the fleet, and their keys. */
import type { Command } from 'commander';
import { examples } from '../command/examples.ts';
import type { Stop } from '../command/stop.ts';
import { registerDeviceAccept } from './accept.ts';
import { registerDeviceAdd } from './add.ts';
import { registerDeviceGroup } from './group.ts';
import { registerDeviceLabel } from './label.ts';
import { registerDeviceList } from './list.ts';
import { registerDeviceMove } from './move.ts';
import { registerDevicePause } from './pause.ts';
import { registerDeviceRegistryKey } from './registry-key.ts';
import { registerDeviceReplace } from './replace.ts';
import { registerDeviceRetire } from './retire.ts';
import { registerDeviceRevoke } from './revoke.ts';
import { registerDeviceShow } from './show.ts';

export function registerDevice(device: Command, stop: Stop): void {
  registerDeviceAdd(device, stop);
  registerDeviceAccept(device, stop);
  registerDeviceReplace(device, stop);
  registerDeviceRegistryKey(device);
  registerDeviceList(device);
  registerDeviceShow(device);
  registerDeviceMove(device, stop);
  registerDeviceLabel(device, stop);
  registerDeviceGroup(device, stop);
  registerDevicePause(device, stop);
  registerDeviceRevoke(device, stop);
  registerDeviceRetire(device, stop);
  device.addHelpText(
    'after',
    examples([
      ['towline device add pump-4 --folder berlin --group stable', 'at your desk: its file, and a token'],
      ['towline agent enroll --token-file token', 'at the device: shows a fingerprint'],
      ['towline device accept pump-4', 'at your desk: asks for that fingerprint'],
      ['towline device replace pump-4', 'its hardware is gone: other hardware, with its apps and their data'],
      ['towline device list -l site=berlin', 'who is there, and what they have'],
      ['towline device retire pump-4', 'it leaves the fleet'],
    ]),
  );
}
