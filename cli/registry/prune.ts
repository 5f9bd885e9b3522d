/** `towline registry prune`: manifests that the fleet once released and that nothing of it needs any more, listed or removed. */

import type { Command } from 'commander';
import { FleetProblems, TowlineError } from '../../core/errors.ts';
import type { Fleet } from '../../core/fleet/fleet.ts';
import { loadFleet } from '../../core/fleet/load.ts';
import type { PinnedImage } from '../../core/images/digest.ts';
import { GitCatFileSource } from '../../core/io/git/git-object-source.ts';
import { type ImageReference, parseReference } from '../../core/io/registry/reference.ts';
import { assignedImagesAt } from '../../core/rollout/assigned-images.ts';
import { someOf } from '../../core/some-of.ts';
import { ObjectReader } from '../../core/trust/git/object-reader.ts';
import type { StatusFile } from '../../schemas/types.generated.ts';
import { collect } from '../command/collect.ts';
import { examples } from '../command/examples.ts';
import type { Stop } from '../command/stop.ts';
import { standardTerminal } from '../command/terminal.ts';
import { openRepository, openSnapshot } from '../desk/repository.ts';
import { askTerminal } from '../init/answers.ts';
import { readReports, reportedBy } from '../status/reports.ts';
import { openTelemetry, telemetryPlace } from '../status/telemetry.ts';
import { type Prunable, presentOf } from './prunable.ts';
import { RegistryManifests } from './registry-manifests.ts';
import { type PastRelease, releaseHistory } from './release-history.ts';
import { namedImages, repositoryOf, unneeded } from './unneeded.ts';

interface PruneOptions {
  readonly repo: string;
  readonly telemetry?: string;
  readonly insecure: readonly string[];
  readonly delete?: boolean;
  readonly ignoreSilent?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
}

const unusedMs = 30 * 86_400_000;

export function registerPrune(registry: Command, stop: Stop): void {
  registry
    .command('prune')
    .argument(
      '[repositories...]',
      'of these alone, such as registry.example.com/pump/web (default: all that were released)',
    )
    .description('list images that no release, no device and no way back needs for 30 days, or remove them')
    .option('--delete', 'remove them from their registries')
    .option('--yes', 'do not ask before')
    .option('--ignore-silent', 'also where devices have not said what they run')
    .option('--repo <dir>', 'the fleet repository', '.')
    .option('--telemetry <url>', 'where telemetry is (default: git config towline.telemetry)')
    .option('--insecure <registry>', 'ask this registry without TLS; may be repeated', collect, [])
    .option('--json', 'one JSON object instead of text')
    .addHelpText(
      'after',
      examples([
        ['towline registry prune', 'what could go'],
        ['towline registry prune --delete registry.example.com/pump/web', 'it goes, after a question'],
      ]),
    )
    .action(async (repositories: string[], options: PruneOptions) => prune(repositories, options, stop()));
}

async function prune(
  repositories: readonly string[],
  options: PruneOptions,
  signal: AbortSignal,
): Promise<void> {
  const { gitDirectory } = await openRepository(options.repo);
  await using snapshot = await openSnapshot({ repo: options.repo });
  const { fleet, problems } = await loadFleet(snapshot.files, snapshot.commit);
  if (fleet === undefined) throw new FleetProblems(problems);
  const history = await releaseHistory(gitDirectory, snapshot.commit);
  const statuses = await statusesOf(fleet, options, signal);
  const needed = await neededBy(statuses, history, gitDirectory);
  const wanted = new Set(repositories.map(name => repositoryOf(parseReference(name))));
  const beforeMs = Date.now() - unusedMs;
  const candidates = unneeded(history, needed, beforeMs).filter(
    ({ reference }) => wanted.size === 0 || wanted.has(repositoryOf(reference)),
  );
  const registry = new RegistryManifests(options.insecure, signal);
  const all = [...needed, ...history.flatMap(({ images }) => images)];
  const found = await presentOf(candidates, all, registry);
  const silent = silentOf(fleet, statuses, beforeMs);
  const removed = options.delete === true ? await remove(found, silent, { options, registry }) : undefined;
  show({ found, silent, removed }, options.json === true);
}

async function statusesOf(
  fleet: Fleet,
  { telemetry, repo }: PruneOptions,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, StatusFile>> {
  await using opened = await openTelemetry(await telemetryPlace(telemetry, repo), signal);
  return reportedBy(await readReports({ directory: opened.directory, fleet, signal }));
}

/** What devices run, go back to, and were told by the commit that they trust. */
async function neededBy(
  statuses: ReadonlyMap<string, StatusFile>,
  history: readonly PastRelease[],
  gitDirectory: string,
): Promise<PinnedImage[]> {
  await using source = new GitCatFileSource(gitDirectory);
  const needed: PinnedImage[] = [];
  for (const [id, status] of statuses) {
    const { commit } = status.trusted;
    needed.push(...namedImages(status, history));
    needed.push(...(await assignedImagesAt({ reader: new ObjectReader(source), commit, id })));
  }
  return needed;
}

/**
 * With keys, not revoked, and without a signed word of late: what was said before a release was taken away says nothing of
 * whether that one came, by a bundle perhaps, and runs.
 */
function silentOf(fleet: Fleet, statuses: ReadonlyMap<string, StatusFile>, beforeMs: number): string[] {
  const hasSaid = (id: string) => Date.parse(statuses.get(id)?.time ?? '') >= beforeMs;
  return [...fleet.devices]
    .filter(([id, { value }]) => value.keys !== undefined && value.revoked !== true && !hasSaid(id))
    .map(([id]) => id);
}

async function remove(
  found: readonly Prunable[],
  silent: readonly string[],
  { options, registry }: { readonly options: PruneOptions; readonly registry: RegistryManifests },
): Promise<number> {
  if (found.length === 0) return 0;
  if (silent.length > 0 && options.ignoreSilent !== true)
    throw new TowlineError('REGISTRY_DEVICES_SILENT', `nothing is known of ${someOf(silent)}`);
  if (options.yes !== true) {
    const answer = await askTerminal(`Remove ${found.length} images? Type yes`, 'no');
    if (answer === undefined) throw new TowlineError('CLI_USAGE', 'nobody can be asked here: --yes');
    if (answer !== 'yes') return 0;
  }
  let count = 0;
  for (const { reference, children } of found) {
    // The index first: cut off in between, nothing leads to what is left.
    for (const digest of [reference.digest, ...children]) {
      const one: ImageReference = { ...reference, digest };
      if (await registry.remove(one)) count += 1;
    }
    if (options.json !== true)
      standardTerminal().line(`removed ${repositoryOf(reference)}@${reference.digest}`);
  }
  return count;
}

function show(
  {
    found,
    silent,
    removed,
  }: {
    readonly found: readonly Prunable[];
    readonly silent: readonly string[];
    readonly removed: number | undefined;
  },
  isJson: boolean,
): void {
  const terminal = standardTerminal();
  const rows = found.map(({ reference, releases, sinceMs, children }) => ({
    repository: repositoryOf(reference),
    digest: reference.digest ?? '',
    releases,
    unusedSince: new Date(sinceMs).toISOString(),
    manifests: 1 + children.length,
  }));
  if (isJson) {
    terminal.json({ images: rows, silent, ...(removed === undefined ? {} : { removed }) });
    return;
  }
  if (silent.length > 0) terminal.line(`not known what they run: ${someOf(silent)}`);
  if (removed !== undefined) {
    terminal.line(
      `${removed} manifests were removed; their layers go when the registry collects its garbage`,
    );
    return;
  }
  if (rows.length === 0) terminal.line('nothing can go');
  else
    terminal.table(
      ['REPOSITORY', 'DIGEST', 'RELEASES', 'UNUSED SINCE'],
      rows.map(row => [
        row.repository,
        row.digest.slice(0, 19),
        row.releases.join(', '),
        row.unusedSince.slice(0, 10),
      ]),
    );
}
