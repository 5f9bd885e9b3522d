/** What a device has said after each of some commits: the first status, signed by its key, of when it trusted that or a later one. */
import { loadDevice } from '../../core/fleet/load-device.ts';
import { GitCatFileSource } from '../../core/io/git/git-object-source.ts';
import { readDeviceReport } from '../../core/telemetry/device-report.ts';
import { telemetryRef } from '../../core/telemetry/telemetry-ref.ts';
import { ObjectReader } from '../../core/trust/git/object-reader.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import type { StatusFile } from '../../schemas/types.generated.ts';
import { git } from '../desk/git.ts';
import { readLimits } from '../desk/read-limits.ts';
import { remembered } from '../desk/remembered.ts';
import { TelemetryClone } from '../telemetry/telemetry-clone.ts';

export interface Answer {
  /** The device's clock. */
  readonly time: string;
  readonly outcome: StatusFile['outcome'];
  /** Of its branch. */
  readonly commit: ObjectId;
}

export interface AnswerQuestion {
  readonly repo: string;
  readonly telemetry?: string;
  readonly gitDirectory: string;
  readonly device: string;
  readonly head: ObjectId;
  /** The newest first. */
  readonly commits: readonly ObjectId[];
}

/** Statuses that are read, and commits of main that are put in order. */
const [mostRead, mostOfLine] = [500, 20_000];

/**
 * None where nobody has said where telemetry is.
 * @throws TowlineError what telemetry that cannot be read throws; the signal's reason
 */
export async function answersOf(
  question: AnswerQuestion,
  signal: AbortSignal,
): Promise<ReadonlyMap<ObjectId, Answer>> {
  const { gitDirectory, head, commits, repo } = question;
  const place = question.telemetry ?? (await remembered(repo, 'telemetry')) ?? '';
  if (place === '') return new Map();
  const ask = (args: readonly string[], directory: string) => git(args, { directory, signal });
  const listed = await ask(['rev-list', '--first-parent', `--max-count=${mostOfLine}`, head], gitDirectory);
  /** From the newest on. */
  const places = new Map(listed.split('\n').map((commit, at) => [commit, at] as const));
  const said = await statuses(question, place, signal);
  const found = new Map<ObjectId, Answer>();
  for (const commit of commits) {
    const at = places.get(commit) ?? 0;
    const answer = said.find(({ trusted }) => (places.get(trusted) ?? Number.POSITIVE_INFINITY) <= at);
    if (answer !== undefined) found.set(commit, answer.answer);
  }
  return found;
}

interface Said {
  readonly trusted: ObjectId;
  readonly answer: Answer;
}

/** The oldest first. */
async function statuses(
  { gitDirectory, device, head }: AnswerQuestion,
  place: string,
  signal: AbortSignal,
): Promise<Said[]> {
  await using clone = await TelemetryClone.open(place, [device], signal);
  const { directory } = clone;
  const ref = telemetryRef(device);
  const form = ['rev-list', '--first-parent', `--max-count=${mostRead}`, '--ignore-missing'];
  const listed = await git([...form, '--end-of-options', ref], { directory, signal }).catch(() => '');
  await using fleetSource = new GitCatFileSource(gitDirectory);
  const reader = new ObjectReader(fleetSource, readLimits);
  const { layers } = await loadDevice({ reader, commit: head, id: device });
  if (layers === undefined) return [];
  await using source = new GitCatFileSource(directory);
  const known = { source, device, fleet: layers.fleet.value.name, sshKey: layers.device.value.keys?.ssh };
  const said: Said[] = [];
  for (const tip of listed.split('\n').filter(line => line !== '')) {
    signal.throwIfAborted();
    const report = await readDeviceReport({ ...known, tip });
    if (report.kind !== 'said') continue;
    const { time, outcome, trusted } = report.status;
    said.push({ trusted: trusted.commit, answer: { time, outcome, commit: tip } });
  }
  return said.reverse();
}
