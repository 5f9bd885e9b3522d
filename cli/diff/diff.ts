/** `towline diff`: what becomes of devices between two commits, those with equal differences together. */
import type { Command } from 'commander';
import { chosenDevices } from '../../core/change/chosen-devices.ts';
import { type Fleet, layersOf } from '../../core/fleet/fleet.ts';
import { deviceChanges, deviceChangeWords } from '../../core/history/device-changes.ts';
import { AppContents, deviceFacts } from '../../core/history/device-facts.ts';
import type { ValueChange } from '../../core/history/value-changes.ts';
import { GitCatFileSource } from '../../core/io/git/git-object-source.ts';
import { ObjectReader } from '../../core/trust/git/object-reader.ts';
import { examples } from '../command/examples.ts';
import { standardTerminal, type Terminal } from '../command/terminal.ts';
import { loadKeptFleet } from '../desk/kept-fleet.ts';
import { readLimits } from '../desk/read-limits.ts';
import { openRepository, openSnapshot } from '../desk/repository.ts';
import { selectorOption } from '../desk/selector-option.ts';

interface DiffOptions {
  readonly repo: string;
  readonly selector?: string;
  readonly json?: boolean;
}

/** Devices with the same difference. */
interface Fold {
  readonly devices: string[];
  readonly changes: readonly ValueChange[];
}

interface Side {
  readonly fleet: Fleet;
  readonly contents: AppContents;
}

/** Of devices, and of changes of each. */
const [shownDevices, shownChanges] = [5, 40];

async function diff(from: string, to: string, options: DiffOptions): Promise<void> {
  const { gitDirectory } = await openRepository(options.repo);
  await using source = new GitCatFileSource(gitDirectory);
  const reader = new ObjectReader(source, readLimits);
  const sideOf = async (commit: string): Promise<Side> => {
    await using snapshot = await openSnapshot({ repo: options.repo, commit });
    const fleet = await loadKeptFleet(gitDirectory, snapshot);
    return { fleet, contents: new AppContents(reader, fleet.commit) };
  };
  const [before, after] = [await sideOf(from), await sideOf(to)];
  const folds = await foldedChanges(before, after, idsOf(before.fleet, after.fleet, options.selector));
  const terminal = standardTerminal();
  if (options.json === true) {
    const commits = { from: before.fleet.commit, to: after.fleet.commit };
    terminal.json({ ...commits, differences: folds });
  } else print(terminal, folds);
}

/** A selector is asked at the later commit. */
function idsOf(before: Fleet, after: Fleet, selector: string | undefined): readonly string[] {
  if (selector === undefined) return [...new Set([...before.devices.keys(), ...after.devices.keys()])].sort();
  return chosenDevices({ devices: [], selector }, after, `commit ${after.commit.slice(0, 12)}`);
}

async function foldedChanges(before: Side, after: Side, ids: readonly string[]): Promise<Fold[]> {
  const folds = new Map<string, Fold>();
  for (const id of ids) {
    const changes = deviceChanges(await factsOf(before, id), await factsOf(after, id));
    if (changes.length === 0) continue;
    const key = JSON.stringify(changes);
    const fold = folds.get(key);
    if (fold === undefined) folds.set(key, { devices: [id], changes });
    else fold.devices.push(id);
  }
  return [...folds.values()].sort((left, right) => right.devices.length - left.devices.length);
}

async function factsOf({ fleet, contents }: Side, id: string): Promise<object | undefined> {
  const layers = layersOf(fleet, id);
  return layers === undefined ? undefined : await deviceFacts(layers, contents);
}

function print(terminal: Terminal, folds: readonly Fold[]): void {
  if (folds.length === 0) terminal.line('nothing becomes different for any device');
  for (const { devices, changes } of folds) {
    const rest = devices.length - shownDevices;
    const names = `${devices.slice(0, shownDevices).join(', ')}${rest > 0 ? `, and ${rest} more` : ''}`;
    const title = devices.length === 1 ? names : `${devices.length} devices (${names})`;
    terminal.line(terminal.colour('bold', title));
    for (const change of changes.slice(0, shownChanges)) terminal.line(`  ${deviceChangeWords(change)}`);
    if (changes.length > shownChanges) terminal.line(`  and ${changes.length - shownChanges} more`);
  }
}

export function registerDiff(command: Command): void {
  command
    .argument('<commit>', 'a commit, branch or tag')
    .argument('<other-commit>', 'another')
    .addOption(selectorOption())
    .option('--repo <dir>', 'the fleet repository', '.')
    .option('--json', 'one JSON object instead of text')
    .addHelpText(
      'after',
      examples([
        ['towline diff HEAD~1 HEAD', 'what the newest commit changes, and for whom'],
        ['towline diff origin/main my-branch -l site=berlin', 'what a branch would change at a site'],
        ['towline release diff hello 1.4.2 1.5.0', 'what is in a release that a device would get'],
      ]),
    )
    .action(diff);
}
