/** `towline ssh-config`: an OpenSSH configuration for the fleet, so that ssh, scp, sftp, rsync and git know its devices. */
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import type { Command } from 'commander';
import { writeDurably } from '../../core/io/file/durable-file.ts';
import { remoteOptions } from '../change/options.ts';
import { RemoteMain, type RemoteOptions } from '../change/remote-main.ts';
import { examples } from '../command/examples.ts';
import type { Stop } from '../command/stop.ts';
import { standardTerminal } from '../command/terminal.ts';
import { makeFolder } from '../desk/folder.ts';
import { assertGateway, gatewayAddress } from '../tunnel/word/gateway-word.ts';
import { clientFiles, gatewayAlias } from './client-files.ts';
import { clientDevices } from './fleet-clients.ts';
import { personSettings } from './person-settings.ts';

interface SshConfigOptions extends RemoteOptions {
  readonly gateway?: string;
  readonly telemetry?: string;
  readonly write?: boolean;
  readonly out?: string;
  readonly fetch: boolean;
  readonly json?: boolean;
}

async function sshConfig(options: SshConfigOptions, signal: AbortSignal): Promise<void> {
  const main = await RemoteMain.open(options);
  const address = assertGateway(await gatewayAddress(options, main.remote));
  await using look = options.fetch ? await main.look(signal) : await main.walk(signal);
  const { fleet, gateways, devices } = await clientDevices(look);
  const person = await personSettings(options.repo, address, signal);
  const folder = path.resolve(options.out ?? path.join(homedir(), '.ssh', 'towline'));
  const place = (end: string) => path.join(folder, `${fleet}.${end}`);
  const knownHosts = place('known_hosts');
  const files = clientFiles({ fleet, gateways, devices, person, knownHosts });
  const terminal = standardTerminal();
  const head = `# The fleet ${fleet} at ${look.trusted.commit}. Made by towline ssh-config.\n`;
  if (options.write !== true) {
    if (options.json === true) terminal.json({ fleet, commit: look.trusted.commit, ...files });
    else terminal.lines(`${head}${files.config}`.trimEnd());
    return;
  }
  await makeFolder(folder);
  await writeDurably(knownHosts, head + files.knownHosts, { mode: 0o644 });
  await writeDurably(place('conf'), head + files.config, { mode: 0o644 });
  const included = await isIncluded(folder, place('conf'));
  if (options.json === true) {
    const counted = { devices: devices.length, gateway: gatewayAlias(fleet), included };
    terminal.json({ fleet, commit: look.trusted.commit, config: place('conf'), knownHosts, ...counted });
    return;
  }
  const count = `${devices.length} ${devices.length === 1 ? 'device' : 'devices'} behind ${gatewayAlias(fleet)}`;
  terminal.line(`${terminal.colour('green', 'wrote')} ${place('conf')}: ${count}`);
  if (!included) terminal.line(`At the top of ~/.ssh/config, once: Include "${path.join(folder, '*.conf')}"`);
}

/** As far as a look at its lines can say. */
async function isIncluded(folder: string, file: string): Promise<boolean> {
  const text = await readFile(path.join(homedir(), '.ssh', 'config'), 'utf8').catch(() => '');
  const short = (name: string) => name.replace(`${homedir()}/.ssh/`, '').replace(`${homedir()}/`, '~/');
  const names = [path.join(folder, '*.conf'), path.join(folder, '*'), file];
  return text.split('\n').some(line => {
    const [word = '', ...values] = line
      .trim()
      .replaceAll('"', '')
      .split(/[\s=]+/);
    return (
      word.toLowerCase() === 'include' &&
      values.some(value => names.some(name => [name, short(name)].includes(value)))
    );
  });
}

export function registerSshConfig(command: Command, stop: Stop): void {
  remoteOptions(command)
    .option(
      '--gateway <url>',
      'the gateway’s SSH port, ssh://gw.acme.com:2222 (default: that of telemetry, else of the remote)',
    )
    .option('--telemetry <url>', 'the gateway’s telemetry repository (default: git config towline.telemetry)')
    .option('--write', 'into ~/.ssh/towline, with the keys that gateway and devices must show')
    .option('--out <dir>', 'with --write: another folder')
    .option('--no-fetch', 'of main as it was fetched last')
    .option('--json', 'one JSON object instead of text')
    .addHelpText(
      'after',
      examples([
        [
          'towline ssh-config --write',
          'then ssh web@pump-17, scp, sftp, rsync, git; again after devices were added',
        ],
        ['towline ssh-config', 'look at it first'],
        [
          'towline ssh-config --write --out ./ssh && ssh -F ssh/acme.conf web@pump-17',
          'beside everything else',
        ],
      ]),
    )
    .action((options: SshConfigOptions) => sshConfig(options, stop()));
}
