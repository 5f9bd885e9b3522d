/** What devices said of themselves last: the newest commit of each telemetry branch, by the one reader of reports. */
import { isTowlineError } from '../../core/errors.ts';
import type { Fleet } from '../../core/fleet/fleet.ts';
import { GitCatFileSource } from '../../core/io/git/git-object-source.ts';
import type { Reported } from '../../core/status/reported.ts';
import { type DeviceReport, readDeviceReport } from '../../core/telemetry/device-report.ts';
import { telemetryRef, telemetryRefs } from '../../core/telemetry/telemetry-ref.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import type { StatusFile } from '../../schemas/types.generated.ts';
import { git } from '../desk/git.ts';

export interface ReportsOptions {
  /** A repository with telemetry branches. */
  readonly directory: string;
  readonly fleet: Fleet;
  /** Of these alone; all unless some are named. */
  readonly devices?: readonly string[];
  /** What was read before, with the same keys: a branch that has not moved is not read again. */
  readonly knownOf?: (device: string, tip: ObjectId) => Reported | undefined;
  readonly signal: AbortSignal;
}

/** git compares each ref with each pattern. */
const mostPatterns = 100;

interface Branch {
  readonly device: string;
  readonly tip: ObjectId;
}

/** git processes that read side by side. */
const readers = 4;
/** For one device, milliseconds: git answers in one. */
const deviceTimeoutMs = 5_000;
/** After so many devices that took too long, each reader gives up on those that are left. */
const maxLate = 3;

/**
 * The newest report of each device, sorted by device. One that cannot be read holds up no other.
 * @throws TowlineError CLI_GIT; the signal's reason
 */
export async function readReports(options: ReportsOptions): Promise<Reported[]> {
  const branches = await listBranches(options);
  const found: Reported[] = [];
  const unread = branches.filter(({ device, tip }) => {
    const known = options.knownOf?.(device, tip);
    const isRead = known?.commit === tip && known.doubt === undefined;
    if (isRead) found.push(known);
    return !isRead;
  });
  const waiting = unread[Symbol.iterator]();
  const count = Math.min(readers, unread.length);
  const read = await Promise.all(Array.from({ length: count }, () => readInTurn(waiting, options)));
  return [...found, ...read.flat()].sort((left, right) => (left.device < right.device ? -1 : 1));
}

/** Of each device, what its key has signed. */
export const reportedBy = (reports: readonly Reported[]): Map<string, StatusFile> =>
  new Map(
    reports.flatMap(({ device, doubt, status }) =>
      doubt === undefined && status !== undefined ? [[device, status] as const] : [],
    ),
  );

async function listBranches({ directory, devices = [], signal }: ReportsOptions): Promise<Branch[]> {
  const isNamed = devices.length > 0 && devices.length <= mostPatterns;
  const patterns = isNamed ? devices.map(telemetryRef) : [telemetryRefs];
  const wanted = devices.length === 0 || isNamed ? undefined : new Set(devices);
  const listed = await git(['for-each-ref', '--format=%(objectname) %(refname)', ...patterns], {
    directory,
    signal,
  });
  return listed
    .split('\n')
    .filter(line => line !== '')
    .map(line => ({ tip: line.slice(0, 40), device: line.slice(41 + telemetryRefs.length) }))
    .filter(({ device }) => wanted?.has(device) ?? true);
}

/** One reader takes branches until there are none left; where git hangs, it is ended and begun anew. */
async function readInTurn(waiting: Iterator<Branch>, options: ReportsOptions): Promise<Reported[]> {
  const reports: Reported[] = [];
  let late = 0;
  let source: GitCatFileSource | undefined;
  try {
    for (let next = waiting.next(); next.done !== true; next = waiting.next()) {
      options.signal.throwIfAborted();
      const { device, tip } = next.value;
      if (late >= maxLate) {
        reports.push(unreadable(next.value, 'not read: the repository answers too slowly'));
        continue;
      }
      source ??= new GitCatFileSource(options.directory);
      const report = await within(readDeviceReport(questionOf(next.value, options.fleet, source)));
      if (report === undefined) {
        late += 1;
        source.kill();
        source = undefined;
        reports.push(unreadable(next.value, `not read within ${deviceTimeoutMs / 1000} s`));
      } else if (report.kind === 'said') {
        reports.push({ device, commit: tip, status: report.status, doubt: undefined });
      } else reports.push(unreadable(next.value, report.why));
    }
  } finally {
    source?.kill();
  }
  return reports;
}

function questionOf({ device, tip }: Branch, fleet: Fleet, source: GitCatFileSource) {
  const sshKey = fleet.devices.get(device)?.value.keys?.ssh;
  return { source, tip, device, fleet: fleet.name, sshKey };
}

function unreadable({ device, tip }: Branch, doubt: string): Reported {
  return { device, commit: tip, status: undefined, doubt };
}

/** @returns undefined when it took too long. */
async function within(reading: Promise<DeviceReport>): Promise<DeviceReport | undefined> {
  const read = reading.catch((error: unknown): DeviceReport => {
    if (isTowlineError(error, 'TRUST_OBJECT_SOURCE'))
      return { kind: 'doubtful', doubt: 'unreadable', why: error.message };
    throw error;
  });
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>(resolve => {
    timer = setTimeout(() => resolve(undefined), deviceTimeoutMs);
  });
  try {
    return await Promise.race([read, late]);
  } finally {
    clearTimeout(timer);
  }
}
