/** `towline release show`: all that is known of one release, and where it runs. */
import type { Command } from 'commander';
import { releasePath } from '../../core/fleet/paths.ts';
import { type CommitWord, commitJson, vouchedWords } from '../../core/history/line-reader.ts';
import { type Assignment, assignments, nobody, releaseOf } from '../../core/release/known-releases.ts';
import { type ReleaseFacts, releaseFacts } from '../../core/release/release-facts.ts';
import type { StatusFile } from '../../schemas/types.generated.ts';
import { examples } from '../command/examples.ts';
import type { Stop } from '../command/stop.ts';
import { standardTerminal, type Terminal } from '../command/terminal.ts';
import { lastSaid } from '../status/last-said.ts';
import { openReleases } from './open-releases.ts';

interface ShowOptions {
  readonly repo: string;
  readonly commit?: string;
  readonly telemetry?: string;
  readonly json?: boolean;
}

interface Shown {
  readonly app: string;
  readonly facts: ReleaseFacts;
  readonly made: CommitWord | undefined;
  readonly assigned: Assignment;
  /** State → devices, by what they have signed; undefined: nobody was asked. */
  readonly runs: ReadonlyMap<string, readonly string[]> | undefined;
  readonly trouble: string | undefined;
}

/** Devices that are named in a line. */
const shownDevices = 8;

async function show(app: string, version: string, options: ShowOptions, signal: AbortSignal): Promise<void> {
  await using opened = await openReleases(options);
  const { fleet, files } = opened;
  const release = releaseOf(fleet, app, version);
  const facts = await releaseFacts({ files, commit: fleet.commit }, app, release);
  const made = await (await opened.made([app], signal))(releasePath(app, version));
  const { repo, telemetry } = options;
  const { reported, trouble } = await lastSaid({ repo, telemetry, fleetOf: async () => fleet }, signal);
  const shown: Shown = {
    ...{ app, facts, made, trouble },
    assigned: assignments(fleet).get(`${app}/${version}`) ?? nobody,
    runs: reported.size === 0 ? undefined : runningIn(reported, app, version),
  };
  const terminal = standardTerminal();
  if (options.json === true) terminal.json(shownJson(shown));
  else print(terminal, shown);
}

function runningIn(
  reported: ReadonlyMap<string, StatusFile>,
  app: string,
  version: string,
): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const [device, { projects }] of reported) {
    const project = projects.find(one => one.app === app && one.release === version);
    if (project !== undefined) found.set(project.state, [...(found.get(project.state) ?? []), device]);
  }
  return found;
}

function print(terminal: Terminal, { app, facts, made, assigned, runs, trouble }: Shown): void {
  const { release, composeHash, files, secrets, problems } = facts;
  const { version, notes, withdrawn, breaking, migration, requires, variables = {}, images } = release;
  const line = (name: string, value: string | undefined) =>
    value === undefined || value === '' ? undefined : terminal.line(`${name.padEnd(11)}${value}`);
  terminal.line(terminal.colour('bold', `${app} ${version}`));
  line('withdrawn', withdrawn);
  line(
    'made',
    made === undefined
      ? 'not committed yet'
      : `${made.time}, commit ${made.commit.slice(0, 12)}: ${made.subject}`,
  );
  line('signed by', made === undefined ? undefined : vouchedWords(made));
  line('notes', notes);
  line('breaking', breaking);
  line('migration', migration);
  line('requires', requires === undefined ? undefined : JSON.stringify(requires));
  line(
    'variables',
    Object.entries(variables)
      .map(([name, value]) => `${name}=${value}`)
      .join(', '),
  );
  line('secrets', secrets.join(', '));
  line('compose', composeHash ?? `cannot be read: ${problems[0]?.message ?? ''}`);
  line('files', [...files.keys()].join(', '));
  line(
    'assigned',
    `${names(assigned.devices)}${assigned.files.length === 0 ? '' : `, by ${assigned.files.join(', ')}`}`,
  );
  line('pinned', assigned.pins.length === 0 ? undefined : names(assigned.pins));
  for (const [state, devices] of runs ?? []) line(`runs`, `${state}: ${names(devices)}`);
  if (runs?.size === 0) line('runs', 'nowhere, by what devices have signed');
  line('runs', trouble);
  terminal.line();
  terminal.table(
    ['SERVICE', 'IMAGE', 'DIGEST', 'PLATFORMS', 'SIGNED BY'],
    Object.entries(images).map(([service, { image, digest, platforms = {}, signed }]) => [
      ...[service, image, digest, Object.keys(platforms).join(', ') || '-'],
      [signed?.by, signed?.subject].filter(word => word !== undefined).join(': ') || '-',
    ]),
  );
}

function names(devices: readonly string[]): string {
  if (devices.length === 0) return 'no device';
  const rest = devices.length - shownDevices;
  const count = `${devices.length} ${devices.length === 1 ? 'device' : 'devices'}`;
  return `${count} (${devices.slice(0, shownDevices).join(', ')}${rest > 0 ? `, and ${rest} more` : ''})`;
}

function shownJson({ app, facts, made, assigned, runs, trouble }: Shown): object {
  const { apiVersion: _api, ...release } = facts.release;
  return {
    app,
    ...release,
    made: made === undefined ? null : commitJson(made),
    compose: facts.composeHash ?? null,
    files: [...facts.files.keys()],
    secrets: facts.secrets,
    assigned,
    ...(runs === undefined ? {} : { runs: Object.fromEntries(runs) }),
    ...(trouble === undefined ? {} : { trouble }),
  };
}

export function registerReleaseShow(release: Command, stop: Stop): void {
  release
    .command('show')
    .description(
      'Show one release: images, files, what it requires, who signed it, where it is to run and runs.',
    )
    .argument('<app>', 'folder in apps/')
    .argument('<version>', 'name of the release')
    .option('--repo <dir>', 'the fleet repository', '.')
    .option('--commit <rev>', 'the commit to read (default: HEAD)')
    .option('--telemetry <url>', 'the gateway’s telemetry repository (default: git config towline.telemetry)')
    .option('--json', 'one JSON object instead of text')
    .addHelpText(
      'after',
      examples([['towline release show hello 1.1.0', 'and on which devices it is healthy']]),
    )
    // `--repo` and others are options of `release` too, which reads them wherever they stand.
    .action(
      async (app: string, version: string, _options: unknown, verb: Command) =>
        await show(app, version, verb.optsWithGlobals<ShowOptions>(), stop()),
    );
}
