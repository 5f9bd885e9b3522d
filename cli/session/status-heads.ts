/** What a device has said of its ledger in its signed statuses, as far back as its telemetry goes. */
import { isTowlineError } from '../../core/errors.ts';
import { GitCatFileSource } from '../../core/io/git/git-object-source.ts';
import type { DeviceKeys } from '../../core/recording/device-seals.ts';
import type { SaidHead } from '../../core/recording/ledger-check.ts';
import { CommitSegments } from '../../core/telemetry/commit-segments.ts';
import { type ReportQuestion, readDeviceReport } from '../../core/telemetry/device-report.ts';
import type { StatusFile } from '../../schemas/types.generated.ts';
import { telemetryPlace } from '../status/telemetry.ts';
import { TelemetryClone } from '../telemetry/telemetry-clone.ts';
import type { FleetOptions, RecordedFleet } from './recorded-fleet.ts';

const mostCommits = 2000;

export interface SaidHeads {
  /** One for each that was said. */
  readonly heads: readonly SaidHead[];
  /** Statuses that were read and are the device's own. */
  readonly statuses: number;
}

interface Said {
  readonly status: StatusFile;
  /** The key that has signed it. */
  readonly key: string;
}

/** @throws TowlineError CLI_GATEWAY_…, CLI_NO_TELEMETRY, CLI_USAGE */
export async function statusHeads(
  fleet: RecordedFleet,
  device: string,
  options: FleetOptions,
  signal: AbortSignal,
): Promise<SaidHeads> {
  const place = await telemetryPlace(options.telemetry, options.repo);
  const keys = await fleet.keys(device);
  await using clone = await TelemetryClone.open(place, [device], signal);
  while (await clone.deepen(signal));
  await using source = new GitCatFileSource(clone.directory);
  const segments = new CommitSegments(source);
  const newest = [...new Set(keys.keys.toReversed())];
  const all: Said[] = [];
  let at = (await clone.tips(signal)).get(device);
  for (let count = 0; at !== undefined && count < mostCommits; count += 1) {
    signal.throwIfAborted();
    const said = await readStatus({ source, tip: at, device, fleet: fleet.name }, newest);
    if (said !== undefined) all.push(said);
    const parent = await segments.parent(at);
    at = parent === 'cut' ? undefined : parent;
  }
  return headsOf(all.reverse(), keys);
}

/** Whichever key has signed it. */
async function readStatus(
  question: Omit<ReportQuestion, 'sshKey'>,
  keys: readonly string[],
): Promise<Said | undefined> {
  for (const key of keys) {
    const report = await readDeviceReport({ ...question, sshKey: key }).catch((error: unknown) => {
      if (isTowlineError(error)) return undefined;
      throw error;
    });
    if (report?.kind === 'said') return { status: report.status, key };
    if (report?.doubt !== 'forged') return undefined;
  }
  return undefined;
}

/** A status counts by the key that was the device's when it was made, or a newer one: behind one by a newer key an older one has said nothing. */
function headsOf(all: readonly Said[], { keys, placeAt }: DeviceKeys): SaidHeads {
  const heads = new Map<string, SaidHead>();
  let from = 0;
  let statuses = 0;
  for (const { status, key } of all) {
    const place = keys.indexOf(key, Math.max(from, placeAt(status.trusted.commit)));
    if (place < 0) continue;
    from = place;
    statuses += 1;
    const { recordings } = status;
    if (recordings !== undefined)
      heads.set(`${recordings.count} ${recordings.head}`, { ...recordings, place });
  }
  return { heads: [...heads.values()], statuses };
}
