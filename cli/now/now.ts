/** `towline now`: asks the gateway to ring at devices, so that they look at main at once. `towline agent now` is at a device. */
import type { Command } from 'commander';
import { chosenDevices } from '../../core/change/chosen-devices.ts';
import { TowlineError } from '../../core/errors.ts';
import { fieldsIn } from '../../core/json.ts';
import { examples } from '../command/examples.ts';
import { exitCode } from '../command/exit-code.ts';
import type { Stop } from '../command/stop.ts';
import { standardTerminal } from '../command/terminal.ts';
import { gatewaySession, type SshAddress, sshCommand } from '../desk/gateway-session.ts';
import { loadKeptFleet } from '../desk/kept-fleet.ts';
import { remoteOf } from '../desk/push-command.ts';
import { openRepository, openSnapshot } from '../desk/repository.ts';
import { selectorOption } from '../desk/selector-option.ts';
import { assertGateway, type GatewayOptions, gatewayAddress } from '../tunnel/word/gateway-word.ts';

interface NowOptions extends GatewayOptions {
  readonly selector?: string;
  readonly json?: boolean;
}

interface Word {
  readonly device: string;
  readonly state: string;
  readonly retryAfterSec?: number;
  readonly code?: string;
}

/** Of one question: the gateway takes no more. */
const mostNamed = 500;

async function now(named: readonly string[], options: NowOptions, signal: AbortSignal): Promise<void> {
  const { repo, selector } = options;
  if (named.length === 0 && selector === undefined)
    throw new TowlineError('CLI_USAGE', 'which devices? Name them, or select them by -l');
  const { gitDirectory } = await openRepository(repo);
  const devices = await devicesOf(gitDirectory, named, options);
  const address = assertGateway(await gatewayAddress(options, await remoteOf(gitDirectory)));
  const words: Word[] = [];
  for (let at = 0; at < devices.length; at += mostNamed)
    words.push(...(await ring({ repo, address, devices: devices.slice(at, at + mostNamed) }, signal)));
  const terminal = standardTerminal();
  if (options.json === true) terminal.json({ devices: words });
  else for (const word of words) terminal.line(`${word.device}: ${sayingOf(word)}`);
  if (words.length < devices.length || words.some(({ state }) => state !== 'rung'))
    process.exitCode = exitCode.problems;
}

async function devicesOf(
  gitDirectory: string,
  named: readonly string[],
  { repo, selector }: NowOptions,
): Promise<readonly string[]> {
  await using snapshot = await openSnapshot({ repo });
  const fleet = await loadKeptFleet(gitDirectory, snapshot);
  const choice = { devices: named, ...(selector === undefined ? {} : { selector }) };
  return chosenDevices(choice, fleet, snapshot.name);
}

/** @throws TowlineError CLI_GATEWAY_UNREACHABLE, CLI_GATEWAY_REFUSED; the signal's reason */
async function ring(
  {
    repo,
    address,
    devices,
  }: { readonly repo: string; readonly address: SshAddress; readonly devices: readonly string[] },
  signal: AbortSignal,
): Promise<Word[]> {
  const words: Word[] = [];
  const onLine = (line: string) => {
    const word = wordOf(line);
    if (word !== undefined && words.length < devices.length) words.push(word);
  };
  const command = await sshCommand(repo);
  const run = ['now', ...devices].join(' ');
  const { code, complaint } = await gatewaySession({ address, command, run, onLine }, signal);
  signal.throwIfAborted();
  if (code === 0) return words;
  const isRefused = /^towline: |Permission denied|Host key verification failed|IDENTIFICATION HAS CHANGED/m;
  const why = /only git .*are served here/.test(complaint) ? 'it is too old for this question' : complaint;
  throw new TowlineError(
    isRefused.test(complaint) ? 'CLI_GATEWAY_REFUSED' : 'CLI_GATEWAY_UNREACHABLE',
    `${address.host}: ${why || 'the connection ended'}`,
  );
}

/** @param line of the gateway's; undefined: what is no word of it */
export function wordOf(line: string): Word | undefined {
  if (line.length > 1024) return undefined;
  const { device, state, retryAfterSec, code } = fieldsIn(Buffer.from(line));
  if (typeof device !== 'string' || typeof state !== 'string') return undefined;
  return {
    ...{ device, state },
    ...(typeof retryAfterSec === 'number' ? { retryAfterSec } : {}),
    ...(typeof code === 'string' ? { code } : {}),
  };
}

function sayingOf({ state, retryAfterSec, code }: Word): string {
  if (state === 'rung') return 'listens, and was told to look';
  if (state === 'not-listening') return 'does not listen now: it looks when its schedule says so';
  if (state === 'too-often') return `was not told: too often; again in ${retryAfterSec ?? 'some'} s`;
  return `was not told: ${code ?? state}`;
}

export function registerNow(command: Command, stop: Stop): void {
  command
    .argument('[devices...]', 'these')
    .addOption(selectorOption())
    .option('--repo <dir>', 'the fleet repository', '.')
    .option('--gateway <url>', 'the gateway’s SSH port (default: that of telemetry, else of the remote)')
    .option('--telemetry <url>', 'the gateway’s telemetry repository (default: git config towline.telemetry)')
    .option('--json', 'one JSON object instead of text')
    .addHelpText(
      'after',
      [
        '',
        'For whoever may push to main, or reaches the device. At a device itself it is `towline agent now`.',
        examples([
          ['towline now pump-17', 'do not wait for its schedule'],
          ['towline now -l site=berlin', 'all of a site'],
          ['git push && towline now pump-17 && towline status pump-17 --wait', 'and see how it went'],
        ]),
      ].join('\n'),
    )
    .action((devices: readonly string[], options: NowOptions) => now(devices, options, stop()));
}
