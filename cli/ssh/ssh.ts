/** `towline ssh`: opens a device's tunnel, waits, comes in by the stock client, and closes what it opened. */
import { constants } from 'node:os';
import { type Command, Option } from 'commander';
import { messageOf } from '../../core/errors/cause.ts';
import { TowlineError } from '../../core/errors.ts';
import { remoteOptions } from '../change/options.ts';
import { RemoteMain } from '../change/remote-main.ts';
import { collect } from '../command/collect.ts';
import { examples } from '../command/examples.ts';
import { Terminal } from '../command/terminal.ts';
import type { SshAddress } from '../desk/gateway-session.ts';
import { type WaitOptions, waitOptions } from '../tunnel/change/options.ts';
import { askedOf, progressOf } from '../tunnel/open.ts';
import { arrivalExitCode } from '../tunnel/word/arrival.ts';
import { assertGateway, gatewayAddress } from '../tunnel/word/gateway-word.ts';
import { waitFor, waitingOf } from '../tunnel/word/wait.ts';
import { type Ended, runClient } from './client.ts';
import { type Destination, destinationOf } from './destination.ts';
import { clientDevice } from './fleet-clients.ts';
import { HeldSignals } from './held-signals.ts';
import { type OwnOpening, openFor, takeBack } from './own-opening.ts';
import { personSettings } from './person-settings.ts';

interface SshOptions extends WaitOptions {
  readonly for?: string;
  readonly reason?: string;
  readonly open: boolean;
  readonly keep?: boolean;
  readonly localForward?: readonly string[];
  readonly remoteCommand: boolean;
  readonly tty?: boolean;
}

async function ssh(text: string, command: readonly string[], options: SshOptions): Promise<void> {
  const destination = destinationOf(text);
  const main = await RemoteMain.open(options);
  const address = assertGateway(await gatewayAddress(options, main.remote));
  using signals = new HeldSignals(process);
  const opening = await openFor(
    main,
    { device: destination.device, mayOpen: options.open, asked: askedOf(options) },
    signals.signal,
  );
  const come = { main, address, destination, command, options, opening, signals };
  let ended: Ended | undefined;
  try {
    ended = await comeIn(come);
  } finally {
    if (opening.commit !== undefined && options.keep !== true) await leave(come);
  }
  if (signals.came !== undefined) process.exitCode = 128 + constants.signals[signals.came];
  else if (ended?.by !== undefined) process.exitCode = 128 + constants.signals[ended.by];
  else if (ended?.code !== undefined) process.exitCode = ended.code;
}

interface Come {
  readonly main: RemoteMain;
  readonly address: SshAddress;
  readonly destination: Destination;
  readonly command: readonly string[];
  readonly options: SshOptions;
  readonly opening: OwnOpening;
  readonly signals: HeldSignals;
}

/** @returns undefined: the device has not come; what is exited with is said. @throws the signal's reason */
async function comeIn(come: Come): Promise<Ended | undefined> {
  const { main, address, destination, command, options, opening, signals } = come;
  const { device, until, commit } = opening;
  if (commit !== undefined)
    progressOf(false)(`pushed ${commit.slice(0, 12)}: ${device.id} opens, until ${until}`);
  const person = await personSettings(options.repo, address, signals.signal);
  const waiting = await waitingOf({ ...options, wait: true }, main.remote);
  const wanted = { device, state: 'open', until, commit: commit ?? device.commit } as const;
  const found = await waitFor(waiting, wanted, progressOf(false), signals.signal);
  if (found.result !== 'done') {
    errors().line(`${device.id} ${found.result.replace('-', ' ')}: ${found.why}`);
    process.exitCode = arrivalExitCode[found.result];
    return undefined;
  }
  const { name, gateways } = device.layers.fleet.value;
  const client = clientDevice(device.id, device.file);
  if (destination.isHost && client.hostKeys.length === 0) {
    const message = `${device.path} has no hostKeys: which key is its sshd to show?`;
    throw new TowlineError('CLI_SSH', message, { position: { file: device.path } });
  }
  return await runClient(
    {
      fleet: { fleet: name, gateways, devices: [client], person },
      host: `${device.id}${destination.isHost ? '.host' : ''}`,
      user: destination.user,
      options: clientOptions(options),
      command,
    },
    child => signals.lend(child),
  );
}

function clientOptions({ localForward = [], remoteCommand, tty }: SshOptions): string[] {
  return [
    ...localForward.flatMap(forward => ['-L', forward]),
    ...(remoteCommand ? [] : ['-N']),
    ...(tty === undefined ? [] : [tty ? '-t' : '-T']),
  ];
}

async function leave({ main, address, options, opening, signals }: Come): Promise<void> {
  const say = (words: string) => {
    // Whoever has hung up reads nothing any more.
    if (signals.came !== 'SIGHUP') progressOf(false)(words);
  };
  try {
    say(await takeBack({ main, address, repo: options.repo, opening }));
  } catch (error) {
    const until = opening.until === undefined ? '' : `: it ends at ${opening.until}`;
    say(`${opening.device.id} could not be closed${until}; ${messageOf(error)}`);
  }
}

const errors = () => new Terminal(process.stderr, process.env);

export function registerSsh(command: Command): void {
  command
    .argument(
      '<destination>',
      'DEVICE, SERVICE@DEVICE, APP.SERVICE@DEVICE, or ACCOUNT@DEVICE.host for its own sshd',
    )
    .argument('[command...]', 'what runs there, after --; without: a shell, or the menu of the device')
    .option(
      '--for <duration>',
      'how long it is opened at most (default: `tunnels.maxDuration` of fleet.yaml)',
    )
    .option('--reason <text>', 'why: it stands in the history, the status and the audit log')
    .option('--no-open', 'only where it is open already')
    .option('--keep', 'leave it open when you go')
    .option('-L, --local-forward <forward>', 'as ssh has it; repeatable', collect)
    .option('-N, --no-remote-command', 'nothing runs there: with -L')
    .addOption(new Option('-t, --tty', 'a terminal, although a command is given'))
    .option('-T, --no-tty', 'no terminal');
  waitOptions(remoteOptions(command))
    .addHelpText(
      'after',
      examples([
        ['towline ssh web@pump-17 --reason INC-42', 'a shell in its container, and closed again afterwards'],
        ['towline ssh pump-17 -- logs web -f', 'what the device’s menu has, as a command'],
        ['towline ssh -N -L 8080:panel:8080 pump-17', 'a declared target, by its name and port'],
        ['towline ssh admin@pump-17.host', 'the device’s own sshd'],
      ]),
    )
    .action((destination: string, words: readonly string[], options: SshOptions) =>
      ssh(destination, words, options),
    );
}
