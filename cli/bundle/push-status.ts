/** What a device has exported, pushed to the gateway for it by the person's own ssh. */

import { FleetProblems, TowlineError } from '../../core/errors.ts';
import { loadFleet } from '../../core/fleet/load.ts';
import { DeviceSignature } from '../../core/telemetry/device-signature.ts';
import { telemetryRef } from '../../core/telemetry/telemetry-ref.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import { noSuchDevice } from '../../core/unknown-name.ts';
import { sshCommand } from '../desk/gateway-session.ts';
import { remoteOf } from '../desk/push-command.ts';
import { openRepository, openSnapshot } from '../desk/repository.ts';
import { assertGateway, type GatewayOptions, gatewayAddress } from '../tunnel/word/gateway-word.ts';
import { type PushedBranch, pushBranch } from './branch-push.ts';
import { ExportedStatus } from './exported-status.ts';
import { statusPieces } from './status-pieces.ts';

export interface PushedStatus {
  readonly device: string;
  readonly head: ObjectId;
  /** Commits that were not there yet. */
  readonly pushed: number;
}

/** @throws TowlineError BUNDLE_…, CLI_…, TELEMETRY_…; what the gateway refuses it with */
export async function pushStatus(
  input: AsyncIterable<Uint8Array>,
  options: GatewayOptions,
  signal: AbortSignal,
): Promise<PushedStatus> {
  const { gitDirectory } = await openRepository(options.repo);
  const address = assertGateway(await gatewayAddress(options, await remoteOf(gitDirectory)));
  await using status = await ExportedStatus.read(input, signal);
  const { device, head } = status;
  const { commits, base } = await status.line(await signatureOf(options.repo, device));
  const branch = { address, command: await sshCommand(options.repo), ref: telemetryRef(device) };
  return { device, head, pushed: await pushAll(branch, { status, commits, base }, signal) };
}

/** By the key that the fleet has for it, as this clone knows it. @throws TowlineError CLI_NO_SUCH_DEVICE, TELEMETRY_FORGED */
async function signatureOf(repo: string, device: string): Promise<DeviceSignature> {
  await using snapshot = await openSnapshot({ repo });
  const { fleet, problems } = await loadFleet(snapshot.files, snapshot.commit);
  if (fleet === undefined) throw new FleetProblems(problems);
  const found = fleet.devices.get(device);
  if (found === undefined) throw noSuchDevice(device, fleet.devices.keys(), 'in this fleet');
  return new DeviceSignature(device, found.value.keys?.ssh);
}

interface Line {
  readonly status: ExportedStatus;
  /** The oldest first. */
  readonly commits: readonly ObjectId[];
  readonly base: ObjectId | undefined;
}

/**
 * One push after another, each as large as a gateway takes it; what was cut off goes on where it was.
 * @returns how many commits went
 */
async function pushAll(
  branch: PushedBranch,
  { status, commits, base }: Line,
  signal: AbortSignal,
): Promise<number> {
  let left: readonly ObjectId[] = [];
  await pushBranch(
    branch,
    async tip => {
      left = commitsBehind(tip, { commits, base });
      return undefined;
    },
    signal,
  );
  let expected = left.length === commits.length ? base : commits[commits.length - left.length - 1];
  for await (const piece of statusPieces(status.source, left)) {
    await pushBranch(
      branch,
      async tip => {
        if (tip !== expected) throw notForward(tip);
        return piece;
      },
      signal,
    );
    expected = piece.head;
  }
  return left.length;
}

/** What the gateway has not. @throws TowlineError TELEMETRY_NOT_FORWARD */
function commitsBehind(
  tip: ObjectId | undefined,
  { commits, base }: Pick<Line, 'commits' | 'base'>,
): readonly ObjectId[] {
  if (tip === base) return commits;
  const at = tip === undefined ? -1 : commits.indexOf(tip);
  if (at < 0) throw notForward(tip);
  return commits.slice(at + 1);
}

function notForward(tip: ObjectId | undefined): TowlineError {
  const at = tip === undefined ? 'has nothing of the device' : `has the device's branch at ${tip}`;
  return new TowlineError(
    'TELEMETRY_NOT_FORWARD',
    `the gateway ${at}, from which these commits do not go on`,
  );
}
