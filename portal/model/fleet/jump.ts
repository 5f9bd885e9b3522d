/** Whatever has such a name, of what this viewer sees. */
import { ObjectReader } from '../../../core/trust/git/object-reader.ts';
import type { Hit, Hits } from '../../api/types.generated.ts';
import type { Model } from '../model.ts';
import { pageLimits } from '../page-limits.ts';
import { seenReports } from '../rollouts.ts';
import type { Sight } from '../sight.ts';
import { seenApps } from './app-pages.ts';

/** Hits; of one kind; commits of main that are looked at. */
const [mostHits, mostOfKind, mostCommits] = [20, 12, 200];

const screens: readonly (readonly [name: string, path: string])[] = [
  ...([
    ['overview', '/'],
    ['devices', '/devices'],
    ['apps', '/apps'],
    ['rollouts', '/rollouts'],
    ['upgrades', '/upgrades'],
    ['audit', '/audit'],
    ['enrolments', '/enrolments'],
    ['people', '/people'],
    ['sessions', '/sessions'],
  ] as const),
];

/** @throws TowlineError PORTAL_NOT_READY; what main's history throws; the signal's reason */
export async function jump(model: Model, sight: Sight, q: string, signal: AbortSignal): Promise<Hits> {
  const text = q.trim().toLowerCase();
  if (text === '') return { hits: [] };
  const kinds = [
    deviceHits(sight, text),
    appHits(model, sight, text),
    await rolloutHits(model, sight, { text, signal }),
    peopleHits(model, sight, text),
    await commitHits(model, sight, { text, signal }),
    named(screens, text).map(([name, path]): Hit => ({ kind: 'screen', name, path })),
  ];
  const hits = kinds.flatMap(found => found.slice(0, mostOfKind));
  return {
    hits: hits.toSorted((left, right) => rankOf(left, text) - rankOf(right, text)).slice(0, mostHits),
  };
}

/** What is called so comes first, then what begins so. */
const rankOf = ({ name }: Hit, text: string): number =>
  name === text ? 0 : name.toLowerCase().startsWith(text) ? 1 : 2;

function named<Entry extends readonly [name: string, ...unknown[]]>(
  entries: Iterable<Entry>,
  text: string,
): Entry[] {
  const found = [...entries].filter(([name]) => name.toLowerCase().includes(text));
  const begins = ([name]: Entry) => Number(!name.toLowerCase().startsWith(text));
  return found.sort((left, right) => begins(left) - begins(right));
}

function deviceHits(sight: Sight, text: string): Hit[] {
  const devices = sight.rows.map(seen => [seen.row.id, seen] as const);
  return named(devices, text)
    .slice(0, mostOfKind)
    .map(([name, { row, reads }]) => ({
      ...{ kind: 'device', name, path: `/devices/${name}` },
      ...(reads ? { more: row.standing } : {}),
    }));
}

function appHits({ seen }: Model, sight: Sight, text: string): Hit[] {
  const { fleet } = seen;
  const apps = [...seenApps(fleet, sight)].filter(app => fleet.apps.has(app)).sort();
  const releases = apps.flatMap(app =>
    [...(fleet.apps.get(app)?.releases.keys() ?? [])].map(
      version => [`${app} ${version}`, app, version] as const,
    ),
  );
  return [
    ...named(
      apps.map(app => [app] as const),
      text,
    ).map(([app]): Hit => ({ kind: 'app', name: app, path: `/apps/${app}` })),
    ...named(releases, text).map(
      ([name, app, version]): Hit => ({ kind: 'release', name, path: `/apps/${app}/releases/${version}` }),
    ),
  ];
}

interface Question {
  readonly text: string;
  readonly signal: AbortSignal;
}

async function rolloutHits(model: Model, sight: Sight, { text, signal }: Question): Promise<Hit[]> {
  const reports = seenReports(await model.rollouts.reports(model.seen, signal), sight);
  return named(
    reports.map(({ key }) => [key] as const),
    text,
  ).map(([key]) => ({
    ...{ kind: 'rollout', name: key, path: `/rollouts/${key}` },
  }));
}

function peopleHits({ seen }: Model, sight: Sight, text: string): Hit[] {
  if (!sight.readsRepository) return [];
  return named(seen.fleet.operators, text).map(([name]) => ({ kind: 'person', name, path: '/people' }));
}

/** By the beginning of its id. */
async function commitHits({ seen, home }: Model, sight: Sight, { text, signal }: Question): Promise<Hit[]> {
  if (!sight.readsRepository || !/^[0-9a-f]{4,40}$/.test(text)) return [];
  const reader = new ObjectReader(home.fleet.objects, pageLimits);
  const hits: Hit[] = [];
  let at: string | undefined = seen.commit;
  for (let looked = 0; at !== undefined && looked < mostCommits; looked += 1) {
    signal.throwIfAborted();
    const { parents, message } = await reader.commit(at);
    if (at.startsWith(text)) {
      const [subject = ''] = message.split('\n');
      hits.push({ kind: 'commit', name: at.slice(0, 12), path: '/audit', more: subject.slice(0, 100) });
    }
    [at] = parents;
  }
  return hits;
}
