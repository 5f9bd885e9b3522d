/** `towline agents list`: versions that root has listed, who is to run and who runs which, and what the gateway has of them. */
import type { Command } from 'commander';
import { listedFiles } from '../../core/agents/listed-files.ts';
import { compareVersions } from '../../core/agents/version-order.ts';
import { isTowlineError } from '../../core/errors.ts';
import { type Fleet, layersOf } from '../../core/fleet/fleet.ts';
import { rolledOut } from '../../core/rollout/rolled-out.ts';
import { byCommit } from '../../core/rollout/when.ts';
import { someOf } from '../../core/some-of.ts';
import type { StatusFile } from '../../schemas/types.generated.ts';
import { examples } from '../command/examples.ts';
import type { Stop } from '../command/stop.ts';
import { standardTerminal } from '../command/terminal.ts';
import { loadKeptFleet } from '../desk/kept-fleet.ts';
import { remoteOf } from '../desk/push-command.ts';
import { openRepository, openSnapshot } from '../desk/repository.ts';
import { lastSaid } from '../status/last-said.ts';
import { type GatewayOptions, gatewayAddress } from '../tunnel/word/gateway-word.ts';
import { filesAt, type GatewayFiles } from './gateway-files.ts';

interface ListOptions extends GatewayOptions {
  readonly json?: boolean;
}

interface Row {
  readonly version: string;
  readonly listed: boolean;
  readonly platforms: readonly string[];
  readonly bytes: number;
  /** Devices whose files, and rollouts, say this one. */
  readonly wanted: readonly string[];
  /** Devices that last said they run it. */
  readonly running: readonly string[];
  /** Files that the gateway has, of how many; undefined: nobody could be asked. */
  readonly atGateway: { readonly here: number; readonly of: number } | undefined;
}

async function list(options: ListOptions, signal: AbortSignal): Promise<void> {
  const { gitDirectory } = await openRepository(options.repo);
  await using snapshot = await openSnapshot({ repo: options.repo });
  const fleet = await loadKeptFleet(gitDirectory, snapshot);
  const { repo, telemetry } = options;
  const { reported, trouble } = await lastSaid({ repo, telemetry, fleetOf: async () => fleet }, signal);
  const asked = await gatewayWord(options, gitDirectory, signal);
  const rows = rowsOf(fleet, reported, asked.files);
  const terminal = standardTerminal();
  const troubles = [trouble, asked.trouble].filter(word => word !== undefined);
  if (options.json === true) {
    const chosen = fleet.file.value.agent?.version ?? null;
    terminal.json({ fleet: fleet.name, commit: fleet.commit, chosen, versions: rows, troubles });
    return;
  }
  terminal.table(['VERSION', 'LISTED', 'PLATFORMS', 'WANTED', 'RUNNING', 'GATEWAY'], rows.map(cellsOf));
  if (fleet.agents.size === 0) terminal.line('root has listed no version: towline agents add FOLDER');
  for (const word of troubles) terminal.line(word);
}

async function gatewayWord(
  options: ListOptions,
  gitDirectory: string,
  signal: AbortSignal,
): Promise<{ readonly files?: GatewayFiles; readonly trouble?: string }> {
  const address = await gatewayAddress(options, await remoteOf(gitDirectory));
  if (address === undefined) return {};
  try {
    return { files: await filesAt({ repo: options.repo, address }, signal) };
  } catch (error) {
    if (options.gateway !== undefined || !isTowlineError(error)) throw error;
    return { trouble: `the gateway could not be asked: ${error.code} ${error.message}` };
  }
}

/** Listed ones, those that somebody wants, and those that somebody runs; the newest first. */
function rowsOf(
  fleet: Fleet,
  reported: ReadonlyMap<string, StatusFile>,
  files: GatewayFiles | undefined,
): Row[] {
  const wanted = Map.groupBy(fleet.devices.keys(), id => versionOf(fleet, id) ?? '');
  const running = Map.groupBy(reported.keys(), id => reported.get(id)?.agent.version ?? '');
  const versions = new Set([...fleet.agents.keys(), ...wanted.keys(), ...running.keys()]);
  versions.delete('');
  return [...versions]
    .sort((left, right) => compareVersions(right, left))
    .map(version => {
      const file = fleet.agents.get(version);
      const parts = listedFiles(file === undefined ? new Map() : new Map([[version, file]]));
      const here = [...parts.keys()].filter(sha256 => files?.here.has(sha256)).length;
      return {
        version,
        listed: file !== undefined,
        platforms: Object.keys(file?.value.platforms ?? {}),
        bytes: [...parts.values()].reduce((sum, { bytes }) => sum + bytes, 0),
        wanted: wanted.get(version) ?? [],
        running: running.get(version) ?? [],
        atGateway: files === undefined ? undefined : { here, of: parts.size },
      };
    });
}

function versionOf(fleet: Fleet, id: string): string | undefined {
  const layers = layersOf(fleet, id);
  return layers && rolledOut(layers, byCommit).agent?.release;
}

function cellsOf({ version, listed, platforms, wanted, running, atGateway }: Row): string[] {
  const devices = (ids: readonly string[]) => (ids.length === 0 ? '-' : `${ids.length}: ${someOf(ids)}`);
  const { here = 0, of = 0 } = atGateway ?? {};
  const kept = here === of ? 'all' : `${here} of ${of} files`;
  return [
    version,
    listed ? 'yes' : 'no',
    platforms.join(', ') || '-',
    devices(wanted),
    devices(running),
    atGateway === undefined ? '?' : of === 0 ? '-' : kept,
  ];
}

export function registerAgentsList(agents: Command, stop: Stop): void {
  agents
    .command('list')
    .description(
      'Show the versions that root has listed, which devices want and run which, and what the gateway has.',
    )
    .option('--repo <dir>', 'the fleet repository', '.')
    .option('--gateway <url>', 'the gateway’s SSH port (default: that of telemetry, else of the remote)')
    .option('--telemetry <url>', 'where devices say what they run (default: git config towline.telemetry)')
    .option('--json', 'one JSON object with every device')
    .addHelpText(
      'after',
      examples([
        ['towline agents list', 'who is behind, and whether its gateway could serve them'],
        [`towline agents list --json | jq '.versions[].running'`, 'for a program'],
      ]),
    )
    .action((options: ListOptions) => list(options, stop()));
}
