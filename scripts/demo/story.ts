/**
 * What happens in the demo, as steps that wait for the facts and give them back: the demo shows them, the
 * end-to-end test asserts them. A step that does not see its fact in time throws.
 */

import type { RunningService } from '../../lab/fleet/engine-view.ts';
import { publish, release } from '../../lab/fleet/publish.ts';
import { brokenRelease, secondRelease } from '../../lab/fleet/releases.ts';
import type { StoryFleet } from '../../lab/fleet/story-fleet.ts';
import { waitUntil } from '../../lab/fleet/wait-until.ts';
import type { RunResult } from '../../lab/fleet/workspace.ts';
import type { StatusFile } from '../../schemas/types.generated.ts';

export type ByDevice<Fact> = ReadonlyMap<string, Fact>;

async function forEachDevice<Fact>(
  rig: StoryFleet,
  look: (id: string) => Promise<Fact>,
): Promise<ByDevice<Fact>> {
  return new Map(await Promise.all(rig.devices.map(async ({ id }) => [id, await look(id)] as const)));
}

/** Containers of each device now. */
export function runningServices(rig: StoryFleet): Promise<ByDevice<RunningService[]>> {
  return forEachDevice(rig, id => rig.view.services(id));
}

/** Waits until each device's newest status fits. */
export function statusesWhen(
  rig: StoryFleet,
  what: string,
  fits: (status: StatusFile) => boolean,
  timeoutMs = 180_000,
): Promise<ByDevice<StatusFile>> {
  return forEachDevice(rig, id => {
    let last: StatusFile | undefined;
    return waitUntil(
      `${id} to report ${what}`,
      async () => {
        last = await rig.telemetry.status(id);
        return last !== undefined && fits(last) ? last : undefined;
      },
      { timeoutMs, intervalMs: 300, seen: () => last ?? rig.device(id).program.lastWords() },
    );
  });
}

/** Waits until each device reports that everything of this commit is healthy. */
export function appliedEverywhere(rig: StoryFleet, commit: string): Promise<ByDevice<StatusFile>> {
  const what = `that ${commit.slice(0, 10)} is applied and healthy`;
  return statusesWhen(
    rig,
    what,
    ({ trusted, projects }) =>
      trusted.commit === commit && projects.length > 0 && projects.every(({ state }) => state === 'healthy'),
  );
}

export interface Rollout {
  readonly commit: string;
  readonly before: ByDevice<RunningService[]>;
  readonly after: ByDevice<RunningService[]>;
  readonly statuses: ByDevice<StatusFile>;
}

/** A release that changes one of two services. */
export async function changeOneService(rig: StoryFleet): Promise<Rollout> {
  const before = await runningServices(rig);
  await release(rig, secondRelease);
  const commit = await publish(rig, `hello ${secondRelease}`);
  const statuses = await appliedEverywhere(rig, commit);
  return { commit, before, after: await runningServices(rig), statuses };
}

export interface Refusal {
  /** The commit that nobody signed. */
  readonly commit: string;
  readonly before: ByDevice<RunningService[]>;
  readonly after: ByDevice<RunningService[]>;
  readonly statuses: ByDevice<StatusFile>;
}

/** A commit that nobody signed, pushed past the hook that would have stopped it. */
export async function pushUnsigned(rig: StoryFleet): Promise<Refusal> {
  const before = await runningServices(rig);
  rig.operator.edit('fleet.yaml', [['variables', 'GREETING'], 'Hello from nobody']);
  rig.operator.edit('groups/canary.yaml', [['variables', 'GREETING'], 'Hello from nobody']);
  const commit = await rig.operator.commit('Who wrote this?', { signed: false });
  await rig.operator.push({ unchecked: true });
  const statuses = await statusesWhen(
    rig,
    `that it refuses ${commit.slice(0, 10)}`,
    status => status.stopped?.commit === commit,
  );
  return { commit, before, after: await runningServices(rig), statuses };
}

/** The person gets the fleet past the bad commit: a merge that devices accept as a step from the last good one. */
export async function mend(rig: StoryFleet): Promise<{ commit: string; statuses: ByDevice<StatusFile> }> {
  const { operator } = rig;
  const result = await operator.shell('towline', ['trust', 'mend']);
  if (result.code !== 0) throw new Error(`${result.command}: exit ${result.code}`);
  const commit = await operator.git('rev-parse', 'HEAD');
  await operator.push();
  const statuses = await statusesWhen(
    rig,
    `that it trusts ${commit.slice(0, 10)}`,
    status => status.trusted.commit === commit && status.stopped === undefined,
  );
  return { commit, statuses };
}

/** A release whose `web` never becomes healthy. */
export async function releaseBroken(rig: StoryFleet): Promise<Rollout> {
  const before = await runningServices(rig);
  await release(rig, brokenRelease);
  const commit = await publish(rig, `hello ${brokenRelease}`);
  const statuses = await statusesWhen(
    rig,
    `that it went back from ${commit.slice(0, 10)}`,
    ({ trusted, projects }) =>
      trusted.commit === commit && projects.some(({ state }) => state === 'rolled-back'),
  );
  return { commit, before, after: await runningServices(rig), statuses };
}

/** A tunnel to a device, opened by a commit; then plain ssh runs a command there. */
export async function openTunnel(
  rig: StoryFleet,
  id: string,
  command: readonly string[],
): Promise<RunResult> {
  const { operator } = rig;
  const { sshd } = rig.device(id);
  operator.edit(
    `devices/${id}.yaml`,
    [['tunnel'], { state: 'open', reason: 'the demo' }],
    [['access', 'targets'], [{ name: 'ssh', host: sshd.host, port: sshd.port }]],
  );
  await publish(rig, `Open a tunnel to ${id}`);
  await waitUntil(`${id} to report an open tunnel`, async () =>
    (await rig.telemetry.status(id))?.tunnel.state === 'open' ? true : undefined,
  );
  return operator.shell('ssh', ['-F', operator.sshConfig, '-J', 'gateway', `${id}.host`, ...command]);
}

/** Closes it again, by a commit. */
export async function closeTunnel(rig: StoryFleet, id: string): Promise<void> {
  rig.operator.edit(`devices/${id}.yaml`, [['tunnel'], 'closed']);
  await publish(rig, `Close the tunnel to ${id}`);
  await waitUntil(`${id} to report a closed tunnel`, async () =>
    (await rig.telemetry.status(id))?.tunnel.state === 'closed' ? true : undefined,
  );
}
