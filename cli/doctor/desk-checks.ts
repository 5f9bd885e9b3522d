/** What a person’s clone needs: an anchor, a walk that reaches its head, hooks, telemetry, gateways that show what is pinned. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { isTowlineError } from '../../core/errors.ts';
import type { Fleet } from '../../core/fleet/fleet.ts';
import { type Check, type Finding, failed } from '../../core/io/doctor/finding.ts';
import { nameCheck } from '../../core/io/doctor/machine-checks.ts';
import { connectPinned, parseAddress } from '../../core/io/https/pinned-connection.ts';
import type { Policy } from '../../core/trust/policy/policy.ts';
import { newestWalk } from '../../core/trust/policy/walk-version.ts';
import { listRefs } from '../desk/gateway-git.ts';
import { git } from '../desk/git.ts';
import { walkToHead } from '../desk/own-walk.ts';
import { remembered } from '../desk/remembered.ts';
import { hookMark } from '../init/hook-scripts.ts';
import { lastSaid } from '../status/last-said.ts';

const connectTimeoutMs = 10_000;

export const programCheck = (program: string, word: string, isNeeded: boolean): Check => ({
  id: `version.${program}`,
  look: async signal => {
    const id = `version.${program}`;
    try {
      const { stdout, stderr } = await promisify(execFile)(program, [word], { signal, maxBuffer: 64 * 1024 });
      return [{ id, level: 'ok', message: `${stdout}${stderr}`.split('\n')[0] ?? program }];
    } catch {
      signal.throwIfAborted();
      const remedy = `Install it: apt-get install ${program === 'ssh' ? 'openssh-client' : program}`;
      return [{ id, level: isNeeded ? 'fail' : 'warn', message: `${program} cannot be started`, remedy }];
    }
  },
});

export const walkCheck = (repo: string): Check => ({
  id: 'policy.walk',
  look: async signal => {
    const id = 'policy.walk';
    if ((await remembered(repo, 'anchor')) === undefined) {
      const message = 'this clone does not know which commit to trust first';
      return [
        { id, level: 'fail', message, remedy: 'Ask who made the fleet: towline trust hooks --anchor COMMIT' },
      ];
    }
    const trusted = await walkToHead(repo, signal);
    return [{ id, level: 'ok', message: `your own walk reaches HEAD, ${trusted.commit.slice(0, 12)}` }];
  },
});

export function policyFindings({ walk, version }: Policy): Finding[] {
  const id = 'policy.version';
  const message = `policy version ${version}, walk ${walk}; this towline knows walk ${newestWalk}`;
  if (walk === newestWalk) return [{ id, level: 'ok', message }];
  const isOld = walk > newestWalk;
  const remedy = isOld
    ? 'Install a newer towline.'
    : 'Once every agent knows it: set `walk` in trust/policy.yaml, docs/trust.md says what it brings.';
  return [{ id, level: isOld ? 'fail' : 'warn', message, remedy }];
}

export const hooksCheck = (workTree: string): Check => ({
  id: 'hooks.installed',
  look: async signal => {
    const id = 'hooks.installed';
    const folder = await git(['rev-parse', '--git-path', 'hooks'], { directory: workTree, signal });
    const missing: string[] = [];
    for (const name of ['commit-msg', 'pre-push']) {
      const text = await readFile(path.resolve(workTree, folder, name), 'utf8').catch(() => '');
      if (!text.includes(hookMark)) missing.push(name);
    }
    if (missing.length === 0) return [{ id, level: 'ok', message: `the hooks are in ${folder}` }];
    const message = `towline’s hooks are not there: ${missing.join(', ')}`;
    return [{ id, level: 'warn', message, remedy: 'towline trust hooks' }];
  },
});

export const behindCheck = (gitDirectory: string): Check => ({
  id: 'main.behind',
  look: async signal => {
    const id = 'main.behind';
    const words = ['rev-list', '--count', '--end-of-options', 'HEAD..refs/remotes/origin/main'];
    const count = await git(words, { directory: gitDirectory, signal }).catch(() => undefined);
    if (count === undefined) return [];
    if (count === '0')
      return [{ id, level: 'ok', message: 'HEAD has all of origin/main, as it was fetched last' }];
    return [
      { id, level: 'warn', message: `origin/main is ${count} commits ahead of HEAD`, remedy: 'git pull' },
    ];
  },
});

/** Its SSH port, as whoever reads telemetry comes in. */
export const telemetryCheck = (repo: string, gitDirectory: string): Check => ({
  id: 'telemetry.reached',
  look: async signal => {
    const id = 'telemetry.reached';
    const place = await remembered(repo, 'telemetry');
    if (place === undefined) {
      const remedy = 'git config towline.telemetry ssh://git@GATEWAY:2222/telemetry.git';
      return [{ id, level: 'warn', message: 'this clone does not know where telemetry is', remedy }];
    }
    await listRefs({ place, refs: ['refs/heads/telemetry/none'], directory: gitDirectory }, signal);
    return [{ id, level: 'ok', message: `${place} answers, and lets you in` }];
  },
});

/** Of each gateway that fleet.yaml names. */
export function gatewayChecks({ file }: Fleet): Check[] {
  return file.value.gateways.flatMap(({ address, tlsPins }): Check[] => [
    nameCheck(parseAddress(address).host),
    {
      id: 'gateway.pin',
      look: async signal => {
        const gateway = { address, tlsPins, sshHostKeys: [] };
        const own = { key: undefined, certificate: undefined, proxy: undefined, session: undefined };
        const socket = await connectPinned(
          { ...own, gateway, connectTimeoutMs, onSession: () => {} },
          signal,
        );
        socket.destroy();
        return [{ id: 'gateway.pin', level: 'ok', message: `${address} shows a key that fleet.yaml pins` }];
      },
    },
  ]);
}

/** Which agents devices run, where somebody has said where telemetry is. */
export const agentsCheck = (repo: string, fleet: Fleet, policy: Policy | undefined): Check => ({
  id: 'version.agents',
  look: async signal => {
    const id = 'version.agents';
    const { reported, trouble } = await lastSaid(
      { repo, telemetry: undefined, fleetOf: async () => fleet },
      signal,
    );
    if (trouble !== undefined || reported.size === 0) return [];
    const counts = new Map<string, number>();
    const behind: string[] = [];
    for (const [device, { agent }] of reported) {
      counts.set(agent.version, (counts.get(agent.version) ?? 0) + 1);
      if ((agent.walk ?? 1) < (policy?.walk ?? 1)) behind.push(device);
    }
    const message = [...counts]
      .sort()
      .map(([one, count]) => `${count} of ${one}`)
      .join(', ');
    if (behind.length === 0) return [{ id, level: 'ok', message: `agents: ${message}` }];
    const names = `${behind.slice(0, 8).join(', ')}${behind.length > 8 ? `, and ${behind.length - 8} more` : ''}`;
    const remedy = 'Update their agents: until then they stop at the commit that raised the walk.';
    return [
      {
        id,
        level: 'fail',
        message: `agents: ${message}; the policy’s walk is not known to ${names}`,
        remedy,
      },
    ];
  },
});

/** What is thrown where no repository can be opened, as a finding. */
export function repositoryFinding(error: unknown): Finding {
  if (!isTowlineError(error)) throw error;
  return failed('repository', error);
}
