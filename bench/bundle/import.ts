/** A device that a bundle is carried to: the agent's program as it ships, with nothing but its own folder. */
import { copyFileSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { stringify } from 'yaml';
import { makeDeviceKeys, writeDeviceKeys } from '../../core/io/device-keys.ts';
import type { Desk, Measured } from './desk.ts';

/** Neither a gateway nor an engine is there: what is measured is the bundle, and the walk through its commits. */
export async function importBundle(desk: Desk, file: string): Promise<Measured> {
  const stateDirectory = path.join(desk.folder, 'state');
  mkdirSync(stateDirectory, { mode: 0o700 });
  const keys = path.join(stateDirectory, 'keys');
  await writeDeviceKeys(keys, makeDeviceKeys('pump-1'));
  copyFileSync(path.join(desk.folder, 'keys/openpgp'), path.join(keys, 'openpgp'));
  const config = path.join(desk.folder, 'agent.yaml');
  const agent = {
    ...{ apiVersion: 'towline/v1', fleet: 'acme', device: 'pump-1', anchor: await desk.anchor() },
    gateways: [{ address: '127.0.0.1:1', tlsPins: [`sha256:${'A'.repeat(43)}=`] }],
    ...{ stateDirectory, engineSocket: path.join(desk.folder, 'no-engine.sock') },
  };
  writeFileSync(config, stringify(agent));
  const words = ['import', file, '--config', config];
  const measured = await desk.measure('agent', words, [0, 5]);
  const kept = readdirSync(path.join(stateDirectory, 'import')).filter(name => name.startsWith('b-'));
  if (kept.length !== 1) throw new Error(`nothing was imported: ${kept.length}`);
  rmSync(stateDirectory, { recursive: true });
  return measured;
}
