/** `towline session verify`: that none of the recordings is missing, cut, changed or another's. */
import type { Command } from 'commander';
import { TowlineError } from '../../core/errors.ts';
import { examples } from '../command/examples.ts';
import { exitCode } from '../command/exit-code.ts';
import type { Stop } from '../command/stop.ts';
import { standardTerminal } from '../command/terminal.ts';
import { findRecording } from './find-recording.ts';
import { withFleetOptions } from './fleet-options.ts';
import { type FleetOptions, RecordedFleet } from './recorded-fleet.ts';
import { statusHeads } from './status-heads.ts';
import { type VerifiedDevice, verifyDevice } from './verify-device.ts';

interface VerifyOptions extends FleetOptions {
  readonly all?: boolean;
  readonly device?: string;
  readonly json?: boolean;
}

async function verify(id: string | undefined, options: VerifyOptions, signal: AbortSignal): Promise<void> {
  const { all = false, device, json = false } = options;
  if ([id !== undefined, all, device !== undefined && id === undefined].filter(Boolean).length !== 1)
    throw new TowlineError('CLI_USAGE', 'what? the id of a session, --device DEVICE, or --all');
  const fleet = await RecordedFleet.open(options);
  const asked = await askedOf(fleet, { id, ...options }, signal);
  const verified: VerifiedDevice[] = [];
  for (const { device: one, recording } of asked) {
    const said = await statusHeads(fleet, one, options, signal);
    const only = recording === undefined ? {} : { only: recording };
    verified.push(await verifyDevice(fleet, { device: one, ...said, ...only }, signal));
  }
  const terminal = standardTerminal();
  if (json) terminal.json({ devices: verified });
  else for (const one of verified) show(one, terminal);
  const isFaulty = verified.some(
    ({ fault, recordings }) => fault !== undefined || recordings.some(({ state }) => state === 'fault'),
  );
  process.exitCode = isFaulty ? exitCode.problems : exitCode.ok;
}

async function askedOf(
  fleet: RecordedFleet,
  { id, device }: { readonly id: string | undefined; readonly device?: string },
  signal: AbortSignal,
): Promise<readonly { readonly device: string; readonly recording?: string }[]> {
  if (id !== undefined) return [await findRecording(fleet, id, device, signal)];
  if (device !== undefined) return [{ device: fleet.known(device) }];
  return [...(await fleet.devices(signal)).keys()].map(one => ({ device: one }));
}

function show(verified: VerifiedDevice, terminal: ReturnType<typeof standardTerminal>): void {
  const { device, count, gone, statuses, fault, recordings } = verified;
  const older = gone === 0 ? '' : `, ${gone} of them not kept any more`;
  terminal.line(
    terminal.colour('bold', `${device}: ${count} entries${older}, against ${statuses} signed statuses`),
  );
  if (fault !== undefined) terminal.line(`  ${terminal.colour('red', fault.code)} ${fault.message}`);
  for (const { recording, state, fault: own } of recordings) {
    if (own !== undefined)
      terminal.line(`  ${recording}  ${terminal.colour('red', own.code)} ${own.message}`);
    else terminal.line(`  ${recording}  ${state === 'open' ? 'sound so far: it goes on' : 'sound'}`);
  }
}

export function registerVerify(session: Command, stop: Stop): void {
  withFleetOptions(
    session
      .command('verify')
      .description(
        'Check recordings against their chain, their device’s key and its signed statuses. Needs no key.',
      )
      .argument('[id]', 'of a session or a recording'),
  )
    .option('--all', 'all devices that you read')
    .option('--device <device>', 'all recordings of this device; with an id, where it is')
    .option('--json', 'one JSON object')
    .addHelpText(
      'after',
      examples([
        ['towline session verify k3j9x2ab', 'one session'],
        ['towline session verify --all', 'every recording there is; exits with 1 where something is wrong'],
      ]),
    )
    .action((id: string | undefined, options: VerifyOptions) => verify(id, options, stop()));
}
