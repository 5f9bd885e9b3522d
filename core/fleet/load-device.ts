/** Reads only what decides over one device: fleet.yaml, the device's own file, its groups. */
import type { Apps } from '../../schemas/types.generated.ts';
import { agentName } from '../agents/agent-version.ts';
import type { Problem } from '../errors.ts';
import type { ObjectId } from '../trust/git/object-source.ts';
import { type DeviceLayers, inOrder } from './fleet.ts';
import { maxDevices, maxFilesOfAKind, maxRolloutsOfAnApp, maxYamlBytes } from './limits.ts';
import { inFileOrder, tooLargeProblem } from './load.ts';
import { fleetPath, groupPath, keyOf, nameFits, namePattern, placeOf } from './paths.ts';
import { readFleetFile } from './read-file.ts';
import type { RepositoryFile, RepositoryFiles } from './repository-files.ts';
import { retiredProblems } from './retired.ts';
import { pinProblems, problemsOfRollouts } from './rollout-check.ts';
import { byApp, type ReadRollouts, type Rollouts } from './rollout-files.ts';
import type { CheckedFile, FileKind } from './schema-check.ts';
import { targetProblems } from './tunnel.ts';

/** Of one commit. */
export interface Reading {
  readonly reader: RepositoryFiles;
  readonly commit: ObjectId;
  /** Where what is wrong goes. */
  readonly problems: Problem[];
}

/** Reads one file; what is wrong goes to `problems`. `absent` says what its not being there means. */
export async function readAt<Kind extends FileKind>(
  { reader, commit, problems }: Reading,
  kind: Kind,
  path: string,
  absent?: Problem,
): Promise<CheckedFile<Kind> | undefined> {
  let found: RepositoryFile | undefined;
  try {
    found = await reader.fileAt(commit, path, maxYamlBytes);
  } catch (error) {
    const tooLarge = tooLargeProblem(error, path);
    if (tooLarge === undefined) throw error;
    problems.push(tooLarge);
    return undefined;
  }
  if (found === undefined) {
    if (absent !== undefined) problems.push(absent);
    return undefined;
  }
  const read = readFleetFile(kind, path, found.bytes);
  problems.push(...read.problems);
  return read.file;
}

export interface DeviceQuestion {
  readonly reader: RepositoryFiles;
  readonly commit: ObjectId;
  readonly id: string;
  /** Which of several files with this id had it first; without it none of them counts. */
  readonly firstOf?: ((paths: readonly string[]) => Promise<string | undefined>) | undefined;
  /** Rollouts that were read of an earlier commit. */
  readonly kept?: ReadRollouts;
}

/** Finds a device's file by name alone: folders are listed, no other device's file is read. */
async function findDevice(
  { reader, commit, id, firstOf }: DeviceQuestion,
  problems: Problem[],
): Promise<string | undefined> {
  const found: string[] = [];
  let seen = 0;
  for await (const { path } of reader.list(commit, 'devices')) {
    seen += 1;
    if (seen > maxDevices * 2) {
      problems.push({ code: 'FLEET_TOO_LARGE', message: 'too many files', position: { file: 'devices' } });
      return undefined;
    }
    const place = placeOf(path);
    if (typeof place === 'object' && place.kind === 'device' && place.name === id) found.push(path);
  }
  found.sort();
  const first = found.length > 1 ? await firstOf?.(found) : undefined;
  const [path, other] = first === undefined ? found : [first];
  const position = { file: other ?? 'devices' };
  if (path === undefined) {
    problems.push({ code: 'FLEET_DEVICE_UNKNOWN', message: `there is no device "${id}"`, position });
  } else if (other !== undefined) {
    const message = `the id "${id}" stands in ${path} too`;
    problems.push({ code: 'FLEET_DEVICE_DUPLICATE', message, position });
  }
  return other === undefined ? path : undefined;
}

/** Rollouts of the apps that a device has, and of its agent: names alone are looked at to find them. */
async function rolloutsOf(
  { fleet, groups, device }: Omit<DeviceLayers, 'rollouts'>,
  reading: Reading,
  kept: ReadRollouts,
): Promise<Rollouts> {
  const given = [fleet, ...groups, device].map(({ value }): Apps => value.apps ?? {});
  const isThere = (app: string) =>
    given.findLast(apps => apps[app]?.absent !== undefined)?.[app]?.absent !== true;
  const apps = new Set(given.flatMap(each => Object.keys(each)).filter(isThere));
  if ([fleet, ...groups, device].some(({ value }) => value.agent !== undefined)) apps.add(agentName);
  const found = new Map<string, CheckedFile<'rollout'>>();
  const now: ReadRollouts = new Map();
  const countOf = new Map<string, number>();
  let seen = 0;
  for await (const { path, id } of reading.reader.list(reading.commit, 'rollouts')) {
    seen += 1;
    if (seen > maxFilesOfAKind) {
      const position = { file: 'rollouts' };
      reading.problems.push({ code: 'FLEET_TOO_LARGE', message: 'too many files', position });
      break;
    }
    const place = placeOf(path);
    if (typeof place !== 'object' || !apps.has(place.app ?? '') || !nameFits(place)) continue;
    const count = (countOf.get(place.app ?? '') ?? 0) + 1;
    countOf.set(place.app ?? '', count);
    if (count > maxRolloutsOfAnApp + 1) continue;
    const key = `${id} ${path}`;
    const file = kept.get(key) ?? (await readAt(reading, 'rollout', path));
    if (file === undefined) continue;
    now.set(key, file);
    found.set(keyOf(place), file);
  }
  kept.clear();
  for (const [key, file] of now) kept.set(key, file);
  return byApp(found);
}

/**
 * The layers of one device at a commit.
 * @returns the layers, or every problem that stands in the way
 * @throws TowlineError when an object is missing or malformed
 */
export async function loadDevice(
  question: DeviceQuestion,
): Promise<{ layers?: DeviceLayers; problems: Problem[] }> {
  const { reader, commit, id } = question;
  const problems: Problem[] = [];
  const reading: Reading = { reader, commit, problems };
  if (!namePattern.test(id)) {
    const message = `"${id}" cannot be a device's id`;
    return { problems: [{ code: 'FLEET_DEVICE_UNKNOWN', message, position: { file: 'devices' } }] };
  }
  const fleet = await readAt(reading, 'fleet', fleetPath, {
    code: 'FLEET_FILE_MISSING',
    message: 'there is no fleet.yaml in this commit',
    position: { file: fleetPath },
  });
  const path = await findDevice(question, problems);
  const device = path === undefined ? undefined : await readAt(reading, 'device', path);
  const groups: CheckedFile<'group'>[] = [];
  for (const [index, name] of (device?.value.groups ?? []).entries()) {
    const position = device?.locate(`/groups/${index}`) ?? { file: path ?? 'devices' };
    const absent: Problem = { code: 'FLEET_GROUP_UNKNOWN', message: `there is no group "${name}"`, position };
    const group = await readAt(reading, 'group', groupPath(name), absent);
    if (group !== undefined) groups.push(group);
  }
  for (const file of [fleet, ...groups, device])
    if (file !== undefined) problems.push(...targetProblems(file));
  for (const file of [fleet, ...groups]) if (file !== undefined) problems.push(...pinProblems(file, 'group'));
  if (device !== undefined) problems.push(...retiredProblems(device, id), ...pinProblems(device, 'device'));
  if (fleet === undefined || device === undefined || problems.length > 0)
    return { problems: inFileOrder(problems) };
  const files = { id, fleet, groups: inOrder(groups), device };
  const rollouts = await rolloutsOf(files, reading, question.kept ?? new Map());
  problems.push(...problemsOfRollouts(rollouts));
  return problems.length > 0
    ? { problems: inFileOrder(problems) }
    : { layers: { ...files, rollouts }, problems };
}
