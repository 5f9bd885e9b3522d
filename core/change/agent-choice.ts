/** Which of the listed agents the fleet, a group or a device runs; or that nobody chooses one there any more. */
import type { Document } from 'yaml';
import { TowlineError } from '../errors.ts';
import { unlistedProblems } from '../fleet/agent-versions.ts';
import { type Fleet, layersOf } from '../fleet/fleet.ts';
import { mergeDevice } from '../fleet/merge.ts';
import { agentVersionPath } from '../fleet/paths.ts';
import { type FilesAt, withChanges } from './changed-files.ts';
import { manyQuestion } from './device-edits.ts';
import { editedAt } from './edited-at.ts';
import { fleetOf } from './fleet-of.ts';
import type { Intent } from './intent.ts';
import { type TargetOptions, type Targets, targetsOf } from './targets.ts';
import { wholeCheck } from './whole-check.ts';

export interface AgentChoosing {
  /** undefined: these files choose none any more. */
  readonly version: string | undefined;
  readonly targets: TargetOptions;
  /** Of a device's own file: until when (an instant), and why. */
  readonly pin: { readonly until?: string; readonly reason?: string };
  readonly nowMs: number;
}

export interface IntendedAgent {
  /** undefined: it is so already. */
  readonly intent: Intent | undefined;
  readonly targets: Targets;
  /** Those for whom the files come to another version, or to none. */
  readonly devices: readonly string[];
}

/**
 * @param place as messages name it: `main`
 * @throws TowlineError AGENT_VERSION_UNLISTED, CLI_USAGE, CLI_NO_SUCH_DEVICE; FleetProblems
 */
export async function intendAgent(
  { version, targets: asked, pin, nowMs }: AgentChoosing,
  at: FilesAt,
  place = 'main',
): Promise<IntendedAgent> {
  const fleet = await fleetOf(at);
  const targets = targetsOf(fleet, asked, place);
  if (version !== undefined) assertListed(fleet, version);
  const isPin = pin.until !== undefined || pin.reason !== undefined;
  if (isPin && (targets.kind !== 'device' || version === undefined))
    throw new TowlineError('CLI_USAGE', '--until and --reason are for a version in a device’s own file');
  const files = new Map<string, string>();
  for (const path of targets.paths) {
    const after = await editedAt(at, path, document => choose(document, version, isPin ? pin : undefined));
    if (after !== undefined) files.set(path, after);
  }
  if (files.size === 0) return { intent: undefined, targets, devices: [] };
  const changed = await fleetOf(withChanges(at, files));
  const devices = targets.devices.filter(id => versionOf(fleet, id) !== versionOf(changed, id));
  const why = pin.reason === undefined ? '' : `: ${pin.reason}`;
  const message = `${version === undefined ? 'No agent chosen' : `Agent ${version}`} for ${targets.words}${why}`;
  const check = wholeCheck(new Date(nowMs));
  return { intent: { files, message, question: manyQuestion(devices), check }, targets, devices };
}

function choose(document: Document, version: string | undefined, pin: AgentChoosing['pin'] | undefined) {
  if (version === undefined) {
    document.deleteIn(['agent']);
    return;
  }
  document.setIn(['agent', 'version'], version);
  // A pin that is over would take the new version away with it.
  if (pin === undefined) document.deleteIn(['agent', 'pinned']);
  else document.setIn(['agent', 'pinned'], document.createNode(pin));
}

function assertListed({ agents }: Fleet, version: string): void {
  const [problem] = unlistedProblems(version, agents, () => ({ file: agentVersionPath(version) }));
  if (problem !== undefined) throw new TowlineError('AGENT_VERSION_UNLISTED', problem.message);
}

function versionOf(fleet: Fleet, id: string): string | undefined {
  const layers = layersOf(fleet, id);
  return layers && mergeDevice(layers).agent?.release;
}
