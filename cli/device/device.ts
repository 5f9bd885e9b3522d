/** `towline device`: devices of the fleet, and their keys. */
import type { Command } from 'commander';
import { examples } from '../command/examples.ts';
import type { Stop } from '../command/stop.ts';
import { registerDeviceAccept } from './accept.ts';
import { registerDeviceAdd } from './add.ts';
import { registerDeviceRegistryKey } from './registry-key.ts';
import { registerDeviceRetire } from './retire.ts';

export function registerDevice(device: Command, stop: Stop): void {
  registerDeviceAdd(device, stop);
  registerDeviceAccept(device, stop);
  registerDeviceRegistryKey(device);
  registerDeviceRetire(device);
  device.addHelpText(
    'after',
    examples([
      ['towline device add pump-4 --folder berlin --group stable', 'at your desk: its file, and a token'],
      ['towline agent enroll --token-file token', 'at the device: shows a fingerprint'],
      ['towline device accept pump-4', 'at your desk: asks for that fingerprint'],
      ['towline device retire pump-4', 'it leaves the fleet'],
    ]),
  );
}
