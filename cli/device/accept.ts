/** `towline device accept`: compares fingerprints with the person at the device and writes its keys. */
import type { Command } from 'commander';
import { type FilesAt, textAt } from '../../core/change/changed-files.ts';
import type { Intent } from '../../core/change/intent.ts';
import {
  type SignedStatement,
  statementFingerprint,
  verifyStatement,
} from '../../core/enrolment/statement.ts';
import { statementSigners } from '../../core/enrolment/statement-signers.ts';
import { TowlineError } from '../../core/errors.ts';
import { noSuchDevice } from '../../core/unknown-name.ts';
import { makeChange } from '../change/make-change.ts';
import { examples } from '../command/examples.ts';
import type { Stop } from '../command/stop.ts';
import { standardTerminal } from '../command/terminal.ts';
import { openRepository } from '../desk/repository.ts';
import {
  changeOf,
  type PlaceOptions,
  placedJson,
  placedLine,
  placeOptions,
  sayShown,
  soundFleet,
} from './place-files.ts';
import { compareFingerprint, waitingStatement, withKeys } from './statements.ts';

interface AcceptOptions extends PlaceOptions {
  readonly telemetry?: string;
  readonly fingerprint?: string;
}

async function accept(device: string, options: AcceptOptions, signal: AbortSignal): Promise<void> {
  const { workTree } = await openRepository(options.repo);
  if (workTree === undefined)
    throw new TowlineError('CLI_NO_WORKING_TREE', `${options.repo} is bare: no file can be written`);
  let signed: SignedStatement | undefined;
  let isCompared = false;
  let place = '';
  const intend = async (at: FilesAt): Promise<Intent | undefined> => {
    const fleet = await soundFleet(at);
    const file = fleet.devices.get(device);
    if (file === undefined)
      throw noSuchDevice(
        device,
        fleet.devices.keys(),
        at.trusted === undefined ? 'in the working tree' : 'at main',
      );
    place = file.path;
    const [signer] = file.value.revoked === true ? [] : statementSigners(file.value);
    if (signer === undefined) {
      throw new TowlineError('ENROLMENT_NOT_EXPECTED', `${device} waits for no enrolment in ${options.repo}`);
    }
    signed ??= await waitingStatement(device, options, signal);
    const { keys } = signed.statement;
    if (file.value.keys?.ssh === keys.ssh && file.value.keys.tls === keys.tls) return undefined;
    verifyStatement(signed, { fleet: fleet.file.value.name, device, ...signer }, Date.now());
    if (!isCompared) await compareFingerprint(device, signed, options.fingerprint);
    isCompared = true;
    const text = withKeys(file, await textAt(at, file.path), keys);
    return { files: new Map([[file.path, text]]), message: `Accept ${device}` };
  };
  const made = await makeChange({ options: changeOf(options), name: `accept-${device}`, intend }, signal);
  if (signed === undefined) return;
  const fingerprint = statementFingerprint(signed.statement);
  const terminal = standardTerminal();
  if (sayShown(terminal, made, options.json)) return;
  const isThere = made.how === 'unchanged';
  const words = isThere
    ? `${device} has these keys already`
    : `${terminal.colour('green', 'accepted')} ${device}`;
  const next = made.how === 'written' || isThere ? `commit and push ${place}` : placedLine(terminal, made);
  if (options.json === true) terminal.json({ device, file: place, fingerprint, ...placedJson(made) });
  else terminal.line(`${words} (${fingerprint}): ${next}`);
}

export function registerDeviceAccept(device: Command, stop: Stop): void {
  const verb = device
    .command('accept')
    .description(
      'Write the keys that a device stated, first or new ones, after its fingerprint was compared.',
    )
    .argument('<id>', 'id of the device')
    .option('--telemetry <url>', 'the gateway’s telemetry repository (default: git config towline.telemetry)')
    .option('--fingerprint <text>', 'what the device shows (asked for on a terminal)');
  placeOptions(verb)
    .addHelpText(
      'after',
      examples([
        [
          'towline device accept pump-4 --fingerprint 4ZBC-QC60-S5BH-2XJ4-R06N',
          'as the person at the device read it out; the URL is remembered: git config towline.telemetry',
        ],
        [
          'towline device accept pump-4 --telemetry ssh://git@gateway.example.com:2222/telemetry.git',
          'asks for the fingerprint',
        ],
      ]),
    )
    .action((id: string, options: AcceptOptions) => accept(id, options, stop()));
}
