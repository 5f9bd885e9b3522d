/** What a device has said of its ledger in its signed statuses, as far back as its telemetry goes. */
import { isTowlineError } from '../../core/errors.ts';
import { GitCatFileSource } from '../../core/io/git/git-object-source.ts';
import type { LedgerHead } from '../../core/recording/ledger-entry.ts';
import { CommitSegments } from '../../core/telemetry/commit-segments.ts';
import { readDeviceReport } from '../../core/telemetry/device-report.ts';
import { telemetryPlace } from '../status/telemetry.ts';
import { TelemetryClone } from '../telemetry/telemetry-clone.ts';
import type { FleetOptions, RecordedFleet } from './recorded-fleet.ts';

const mostCommits = 2000;

export interface SaidHeads {
  /** One for each that was said, newest first. */
  readonly heads: readonly LedgerHead[];
  /** Statuses that were read and are the device's own. */
  readonly statuses: number;
}

/** @throws TowlineError CLI_GATEWAY_…, CLI_NO_TELEMETRY, CLI_USAGE */
export async function statusHeads(
  fleet: RecordedFleet,
  device: string,
  options: FleetOptions,
  signal: AbortSignal,
): Promise<SaidHeads> {
  const place = await telemetryPlace(options.telemetry, options.repo);
  await using clone = await TelemetryClone.open(place, [device], signal);
  while (await clone.deepen(signal));
  await using source = new GitCatFileSource(clone.directory);
  const segments = new CommitSegments(source);
  const said = new Map<string, LedgerHead>();
  let statuses = 0;
  let at = (await clone.tips(signal)).get(device);
  for (let count = 0; at !== undefined && count < mostCommits; count += 1) {
    signal.throwIfAborted();
    const question = { source, tip: at, device, fleet: fleet.name, sshKey: fleet.sshKey(device) };
    const report = await readDeviceReport(question).catch((error: unknown) => {
      if (isTowlineError(error)) return undefined;
      throw error;
    });
    if (report?.kind === 'said') {
      statuses += 1;
      const { recordings } = report.status;
      if (recordings !== undefined) said.set(`${recordings.count} ${recordings.head}`, recordings);
    }
    const parent = await segments.parent(at);
    at = parent === 'cut' ? undefined : parent;
  }
  return { heads: [...said.values()], statuses };
}
