/** What the agent that runs here says of itself: whether one does, its version, its walk, what is wrong by its own word. */

import { checkSchema } from '../../core/fleet/schema-check.ts';
import type { Check, Finding } from '../../core/io/doctor/finding.ts';
import { newestWalk } from '../../core/trust/policy/walk-version.ts';
import { version } from '../../core/version.ts';
import type { StatusFile } from '../../schemas/types.generated.ts';
import { askAgent } from '../trigger/control.ts';

export const agentCheck = (stateDirectory: string): Check => ({
  id: 'agent.runs',
  look: async () => {
    const answer = await askAgent(stateDirectory, { verb: 'status' });
    const id = 'agent.runs';
    if (answer === undefined) {
      const remedy =
        'systemctl start towline-agent; where it does not stay, journalctl -u towline-agent says why.';
      return [{ id, level: 'fail', message: `no agent runs with ${stateDirectory}`, remedy }];
    }
    const runs: Finding = { id, level: 'ok', message: 'the agent runs' };
    const status = statusOf(answer.status);
    return status === undefined ? [runs] : [runs, ...statusFindings(status)];
  },
});

function statusOf(value: object | undefined): StatusFile | undefined {
  const path = 'status.yaml';
  const { file } = checkSchema('status', {
    path,
    value,
    locate: () => ({ file: path }),
    source: () => undefined,
  });
  return file?.value;
}

export function statusFindings({ agent, trusted, stopped, conditions, followed }: StatusFile): Finding[] {
  const findings: Finding[] = [];
  const isOnTrial = agent.update?.phase === 'trying';
  const level = agent.version === version || isOnTrial ? 'ok' : 'warn';
  findings.push({
    ...{ id: 'version.agent', level },
    message: `the agent that runs is ${agent.version} (walk ${agent.walk ?? 1}), what is installed is ${version} (walk ${newestWalk})`,
    ...(level === 'ok' ? {} : { remedy: 'systemctl restart towline-agent' }),
  });
  findings.push(...updateFindings(agent));
  findings.push(
    stopped === undefined
      ? {
          id: 'policy.walk',
          level: 'ok',
          message: `its own walk trusts ${trusted.commit}${followed === undefined ? '' : ', the head of main'}`,
        }
      : {
          ...{ id: 'policy.walk', level: 'fail' },
          message: `its own walk stops at ${trusted.commit}: ${stopped.code} ${stopped.message}`,
          remedy: 'At a desk: towline trust explain COMMIT, then towline trust mend.',
        },
  );
  for (const { type, status, reason, message } of conditions) {
    if (status) continue;
    const words = message.startsWith(reason) ? message : `${reason} ${message}`;
    const remedy = 'docs/reference/errors.md has the code and its remedy.';
    findings.push({
      id: `condition.${type}`,
      level: type === 'Ready' ? 'fail' : 'warn',
      message: words,
      remedy,
    });
  }
  return findings;
}

/** How it comes to the version that its fleet wants. */
function updateFindings({ update }: StatusFile['agent']): Finding[] {
  if (update === undefined) return [];
  const { version, phase, code, message } = update;
  const why = [code, message].filter(word => word !== undefined).join(': ');
  const finding = {
    id: 'agent.update',
    message: `agent ${version} is ${phase}${why === '' ? '' : `: ${why}`}`,
  };
  if (code === undefined) return [{ ...finding, level: 'ok' }];
  const remedy = 'docs/reference/errors.md has the code and its remedy.';
  return [{ ...finding, level: 'warn', remedy }];
}
