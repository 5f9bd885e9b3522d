/** How a gateway that was just made is started here. */
import { access } from 'node:fs/promises';
import path from 'node:path';

export const defaultConfig = '/etc/towline/gateway.yaml';
export const defaultState = '/var/lib/towline-gateway';

const unit = 'towline-gateway.service';
const unitFolders = [
  'etc/systemd/system',
  'usr/local/lib/systemd/system',
  'usr/lib/systemd/system',
  'lib/systemd/system',
];

/**
 * By the unit that deploy/install.sh put here, where it starts this very gateway: files made as root are root's, and the
 * unit's user could not read them.
 * @param root of the file system
 */
export async function startLines(
  config: string,
  state: string,
  root: string = '/',
): Promise<readonly string[]> {
  const inForeground = [`towline gateway --config ${config}`];
  if (config !== defaultConfig || state !== defaultState) return inForeground;
  const found = await Promise.all(unitFolders.map(folder => exists(path.join(root, folder, unit))));
  if (!found.includes(true)) return inForeground;
  return [`chown -R towline-gateway: ${state}`, 'systemctl enable --now towline-gateway'];
}

const exists = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );
