/** What devices have sent, in a telemetry repository of a test. */
import { type SegmentPlace, segmentPath } from '../../../core/telemetry/record/segment-path.ts';
import type { Telemetry } from '../status/reports.ts';

export interface Told {
  readonly device: string;
  /** Private SSH key that signs it; none: nobody does. */
  readonly keyFile?: string;
  readonly files: readonly (readonly [SegmentPlace, Uint8Array])[];
  readonly timeMs: number;
}

/** One more commit on the device's branch. @returns its id */
export async function tell(telemetry: Telemetry, { device, keyFile, files, timeMs }: Told): Promise<string> {
  const branch = `telemetry/${device}`;
  const parent = await telemetry.head(branch).catch(() => undefined);
  const signer = { gitConfig: ['gpg.format=ssh', `user.signingkey=${keyFile}`], environment: {} };
  return await telemetry.commit({
    parents: parent === undefined ? [] : [parent],
    branch,
    message: 'telemetry',
    trailer: false,
    timeSec: Math.floor(timeMs / 1000),
    // Of the commit before nothing is kept.
    tree: await telemetry.git(['hash-object', '-t', 'tree', '-w', '--stdin'], { input: '' }),
    files: Object.fromEntries(files.map(([place, bytes]) => [segmentPath(place), bytes])),
    ...(keyFile === undefined ? {} : { signer }),
  });
}
