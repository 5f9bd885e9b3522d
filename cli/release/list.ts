/** `towline release list`: the releases that there are, who made them, and who has them. */
import type { Command } from 'commander';
import type { Fleet } from '../../core/fleet/fleet.ts';
import { releasePath } from '../../core/fleet/paths.ts';
import { type CommitWord, commitJson, vouchedWords } from '../../core/history/line-reader.ts';
import { type Assignment, assignments, nobody, releasesOf } from '../../core/release/known-releases.ts';
import type { ReleaseFile } from '../../schemas/types.generated.ts';
import { examples } from '../command/examples.ts';
import type { Stop } from '../command/stop.ts';
import { standardTerminal } from '../command/terminal.ts';
import { openReleases } from './open-releases.ts';

interface ListOptions {
  readonly repo: string;
  readonly commit?: string;
  readonly json?: boolean;
}

interface Row {
  readonly app: string;
  readonly version: string;
  readonly release: ReleaseFile;
  readonly made: CommitWord | undefined;
  readonly assigned: Assignment;
}

/** Files that are named in a cell. */
const shownFiles = 4;

async function list(app: string | undefined, options: ListOptions, signal: AbortSignal): Promise<void> {
  await using opened = await openReleases(options);
  const { fleet } = opened;
  const apps = app === undefined ? [...fleet.apps.keys()] : [app];
  const made = await opened.made(apps, signal);
  const assigned = assignments(fleet);
  const rows: Row[] = [];
  for (const name of apps) rows.push(...(await rowsOf(name, { fleet, assigned, made })));
  const terminal = standardTerminal();
  if (options.json === true) {
    terminal.json({ fleet: fleet.name, commit: fleet.commit, releases: rows.map(rowJson) });
    return;
  }
  terminal.table(columns, rows.map(cellsOf));
}

interface Known {
  readonly fleet: Fleet;
  readonly assigned: ReadonlyMap<string, Assignment>;
  readonly made: (path: string) => Promise<CommitWord | undefined>;
}

/** Of one app, the newest first. */
async function rowsOf(app: string, { fleet, assigned, made }: Known): Promise<Row[]> {
  const rows: Row[] = [];
  for (const [version, { value: release }] of releasesOf(fleet, app)) {
    const to = assigned.get(`${app}/${version}`) ?? nobody;
    rows.push({ app, version, release, made: await made(releasePath(app, version)), assigned: to });
  }
  const timeOf = (row: Row) => row.made?.time ?? '~';
  return rows.sort((left, right) =>
    timeOf(left) < timeOf(right) ? 1 : timeOf(left) > timeOf(right) ? -1 : 0,
  );
}

const columns = ['APP', 'RELEASE', 'MADE', 'SIGNED BY', 'IMAGES', 'DEVICES', 'ASSIGNED BY', 'NOTES'];

function cellsOf({ app, version, release, made, assigned: { files, devices, pins } }: Row): string[] {
  const { withdrawn, notes, migration } = release;
  const pinned = pins.length === 0 ? '' : `, ${pins.length} pinned`;
  const more = files.length > shownFiles ? `, and ${files.length - shownFiles} more` : '';
  const notice = withdrawn === undefined ? (notes ?? '') : `withdrawn: ${withdrawn}`;
  const cells = [app, version, made?.time ?? 'not committed', made === undefined ? '' : vouchedWords(made)];
  return [
    ...cells,
    `${Object.keys(release.images).length}`,
    `${devices.length}${pinned}`,
    `${files.slice(0, shownFiles).join(', ')}${more}`,
    migration === undefined ? notice : `one-way migration${notice === '' ? '' : `; ${notice}`}`,
  ].map((cell, at) => (at < 7 ? cell || '-' : cell));
}

const rowJson = ({ app, version, release, made, assigned }: Row) => ({
  ...{ app, version, made: made === undefined ? null : commitJson(made) },
  images: Object.fromEntries(
    Object.entries(release.images).map(([service, { image, digest }]) => [service, { image, digest }]),
  ),
  assigned,
  ...(release.withdrawn === undefined ? {} : { withdrawn: release.withdrawn }),
  ...(release.notes === undefined ? {} : { notes: release.notes }),
  ...(release.breaking === undefined ? {} : { breaking: release.breaking }),
  ...(release.migration === undefined ? {} : { migration: release.migration }),
});

export function registerReleaseList(release: Command, stop: Stop): void {
  release
    .command('list')
    .description('List releases: when and by whom each was made, and which devices are to have it.')
    .argument('[app]', 'of this app alone')
    .option('--repo <dir>', 'the fleet repository', '.')
    .option('--commit <rev>', 'the commit to read (default: HEAD)')
    .option('--json', 'one JSON object instead of a table')
    .addHelpText(
      'after',
      examples([
        ['towline release list', 'of all apps'],
        ['towline release list hello --json', 'of one, for a script'],
      ]),
    )
    // `--repo` and `--json` are options of `release` too, which reads them wherever they stand.
    .action(
      async (app: string | undefined, _options: unknown, verb: Command) =>
        await list(app, verb.optsWithGlobals<ListOptions>(), stop()),
    );
}
