/** One release: what it is made of, who is to have it, where it runs; what another has that it has not. */
import { TowlineError } from '../../../core/errors.ts';
import { releasePath } from '../../../core/fleet/paths.ts';
import { changeWords, type ValueChange } from '../../../core/history/value-changes.ts';
import { releaseDifference } from '../../../core/release/difference.ts';
import { type ReleaseFacts, releaseFacts } from '../../../core/release/release-facts.ts';
import { ObjectReader } from '../../../core/trust/git/object-reader.ts';
import type { ReleaseFile } from '../../../schemas/types.generated.ts';
import type { Release, ReleaseDiff, ReleaseImage } from '../../api/types.generated.ts';
import type { Model } from '../model.ts';
import { pageLimits } from '../page-limits.ts';
import type { Sight } from '../sight.ts';
import { assertApp, assigning, says, wants } from './app-pages.ts';
import { imageWants } from './image-wants.ts';
import { shownCommit } from './shown-commit.ts';

/** Devices that are named. */
const mostDevices = 1000;
/** Changes of one part that are told, and problems. */
const [mostChanges, mostProblems] = [500, 20];

export interface ReleaseName {
  readonly app: string;
  readonly version: string;
}

/** @throws TowlineError PORTAL_NOT_FOUND */
function fileOf({ seen }: Model, sight: Sight, { app, version }: ReleaseName): ReleaseFile {
  assertApp(seen.fleet, sight, app);
  const file = seen.fleet.apps.get(app)?.releases.get(version);
  if (file === undefined) throw new TowlineError('PORTAL_NOT_FOUND', 'there is no such release');
  return file.value;
}

const factsOf = ({ seen, home }: Model, app: string, release: ReleaseFile): Promise<ReleaseFacts> =>
  releaseFacts(
    { files: new ObjectReader(home.fleet.objects, pageLimits), commit: seen.commit },
    app,
    release,
  );

/** @throws TowlineError PORTAL_NOT_FOUND; what the repository throws; the signal's reason */
export async function releasePage(
  model: Model,
  sight: Sight,
  name: ReleaseName,
  signal: AbortSignal,
): Promise<Release> {
  const { app, version } = name;
  const release = fileOf(model, sight, name);
  const facts = await factsOf(model, app, release);
  const made = await model.madeBy(releasePath(app, version), signal);
  const { notes, withdrawn, breaking, migration, requires, images, variables = {} } = release;
  return {
    ...{ app, version, commit: model.seen.commit },
    ...(made === undefined ? {} : { made: shownCommit(made, sight) }),
    ...(notes === undefined ? {} : { notes }),
    ...(withdrawn === undefined ? {} : { withdrawn }),
    ...(breaking === undefined ? {} : { breaking }),
    ...(migration === undefined ? {} : { migration }),
    ...(requires === undefined ? {} : { requires: { ...requires } }),
    ...contentOf(facts, variables, sight),
    images: imagesOf(images, model),
    ...placesOf(model, sight, name),
  };
}

/** What stands in its files is for who reads the repository. */
function contentOf(
  facts: ReleaseFacts,
  variables: NonNullable<ReleaseFile['variables']>,
  sight: Sight,
): Pick<Release, 'variables' | 'secrets' | 'files' | 'problems' | 'composeHash'> {
  const { composeHash } = facts;
  const hash = composeHash === undefined ? {} : { composeHash };
  if (!sight.readsRepository) return { ...hash, variables: {}, secrets: [], files: [], problems: [] };
  return {
    ...hash,
    variables: Object.fromEntries(Object.entries(variables).map(([key, value]) => [key, String(value)])),
    secrets: [...facts.secrets],
    files: [...facts.files.keys()],
    problems: facts.problems.slice(0, mostProblems).map(({ message }) => message),
  };
}

function imagesOf(images: ReleaseFile['images'], { seen }: Model): ReleaseImage[] {
  return Object.entries(images).map(([service, { image, digest, platforms = {}, signed }]) => {
    const wanted = imageWants(seen.fleet, image);
    return {
      ...{ service, image, digest, platforms: Object.keys(platforms) },
      ...(signed === undefined ? {} : { signed: [signed.by, signed.subject].filter(Boolean).join(': ') }),
      ...(wanted === undefined ? {} : { wants: wanted }),
    };
  });
}

function placesOf(
  { seen }: Model,
  sight: Sight,
  { app, version }: ReleaseName,
): Pick<Release, 'wanted' | 'wantedCount' | 'pins' | 'assignedBy' | 'runs' | 'runsCount'> {
  const { rows } = sight;
  const wanted = rows.filter(wants(app, version)).map(({ row }) => row.id);
  const pins = rows.filter(({ row }) =>
    row.wanted.pins.some(pin => pin.app === app && pin.release === version),
  );
  const runs: Record<string, string[]> = {};
  const counts: Record<string, number> = {};
  for (const { row } of rows.filter(says(app, version))) {
    const state = row.facts?.word.apps.find(one => one.app === app)?.state ?? 'unknown';
    counts[state] = (counts[state] ?? 0) + 1;
    const named = runs[state] ?? [];
    runs[state] = named;
    if (named.length < mostDevices) named.push(row.id);
  }
  const files = assigning(seen.fleet, app, sight).filter(({ release }) => release === version);
  return {
    ...{ wanted: wanted.slice(0, mostDevices), wantedCount: wanted.length, runs, runsCount: counts },
    pins: pins.slice(0, mostDevices).map(({ row }) => row.id),
    assignedBy: files.slice(0, mostDevices).map(({ path }) => path),
  };
}

/** @throws TowlineError PORTAL_NOT_FOUND; what the repository throws */
export async function releaseDiff(
  model: Model,
  sight: Sight,
  { app, version }: ReleaseName,
  other: string,
): Promise<ReleaseDiff> {
  sight.assertReadsRepository();
  const [before, after] = [
    await factsOf(model, app, fileOf(model, sight, { app, version: other })),
    await factsOf(model, app, fileOf(model, sight, { app, version })),
  ];
  const { images, services, others, files, variables, secrets, requires, words } = releaseDifference(
    before,
    after,
  );
  const parts: readonly (readonly [string, readonly ValueChange[]])[] = [
    ['images', images],
    ...Object.entries(services).map(([name, changes]) => [`service ${name}`, changes] as const),
    ['networks, volumes and the rest', others],
    ['variables', variables],
    ['secrets, by name', secrets],
    ['requires', requires],
    ['for people', words],
  ];
  return {
    ...{ app, from: other, to: version, files: files.slice(0, mostChanges).map(change => ({ ...change })) },
    parts: parts.flatMap(([title, changes]) =>
      changes.length === 0 ? [] : [{ title, changes: changes.slice(0, mostChanges).map(shownChange) }],
    ),
    unread: [before, after].flatMap(({ release, problems }) =>
      problems
        .slice(0, 1)
        .map(({ message }) => `Compose files of ${release.version} cannot be read: ${message}`),
    ),
  };
}

const shownChange = (change: ValueChange) => ({ at: change.at, words: changeWords(change) });
