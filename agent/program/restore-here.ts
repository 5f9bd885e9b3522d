/** A restore that a person at the device asks for: noted, carried out by a pass, and how it ended. */

import { asideId, restoreStamp } from '../../core/backup/restore-note.ts';
import { isErrorCode, TowlineError } from '../../core/errors.ts';
import { printable, shownJson } from '../../core/shown-text.ts';
import { cancelRestore, noteRestore } from '../backup/asked-restore.ts';
import { type BackupsOfApp, chosenBackup } from '../backup/chosen-backup.ts';
import { agentExitCode } from '../pass/exit-code.ts';
import { ProjectStore } from '../projects/project-store.ts';
import { askAgent, type ControlAnswer, type ControlRequest } from '../trigger/control.ts';
import type { AgentConfig } from './config.ts';
import type { RunOnce } from './run-once.ts';
import { lockState } from './state-lock.ts';

export interface RestoreHere {
  readonly config: AgentConfig;
  readonly configFile: string;
  readonly of: BackupsOfApp;
  /** Id of the backup, `latest` or `aside`. */
  readonly word: string;
  readonly migrate: boolean;
  readonly json: boolean;
}

/** How it stands when the pass has ended. */
interface RestoreEnd {
  readonly app: string;
  readonly backup: string;
  /** `begun`: put back, and the app is not healthy with it yet; `asked`: it waits; `none`: it came to nothing. */
  readonly state: 'done' | 'begun' | 'asked' | 'none';
  /** What was there before, by its name. */
  readonly aside?: string;
  readonly code?: string;
  readonly message?: string;
}

/** @returns undefined where no agent runs @throws TowlineError by the agent's code, AGENT_CONTROL */
async function told(stateDirectory: string, request: ControlRequest): Promise<ControlAnswer | undefined> {
  const answer = await askAgent(stateDirectory, request);
  if (answer === undefined || answer.ok) return answer;
  throw new TowlineError(isErrorCode(answer.code) ? answer.code : 'AGENT_CONTROL', answer.message);
}

/**
 * With `--json`: `{restore, outcome, errors}`, or what `--once --json` says with `restore` beside it.
 * @returns the exit code @throws TowlineError RESTORE_…, BACKUP_MANIFEST, AGENT_…
 */
export async function restoreHere(
  { config, configFile, of, word, migrate, json }: RestoreHere,
  once: RunOnce,
): Promise<number> {
  const { stateDirectory, fleet, device } = config;
  const { project, app } = of;
  const record = await new ProjectStore({ stateDirectory }).record(project);
  const backup = await chosenBackup(of, { word, migrate, record, owner: { fleet, device } });
  const stamp = restoreStamp(Date.now());
  const restore = { backup, migrate, stamp };
  const noted = await told(stateDirectory, { verb: 'restore', project, restore });
  if (noted === undefined) await noteAlone(stateDirectory, project, restore);
  const ended = () => endOf(config, of, restore);
  if (!json)
    process.stdout.write(`${printable(`Backup ${backup} is put back in place of the data of ${app}.`)}\n`);
  const answer = noted === undefined ? undefined : await told(stateDirectory, { verb: 'now' });
  if (answer === undefined)
    await once({ configFile, json, beside: async () => ({ restore: await ended() }) });
  const end = await ended();
  if (answer !== undefined) {
    const { outcome = null, errors = [], message } = answer;
    process.stdout.write(`${json ? shownJson({ restore: end, outcome, errors }) : printable(message)}\n`);
  }
  if (!json) process.stdout.write(`${printable(endWords(end))}\n`);
  return end.state === 'done' ? agentExitCode.done : agentExitCode.failed;
}

/** While no agent runs, and none can begin. */
async function noteAlone(
  stateDirectory: string,
  project: string,
  restore: Parameters<typeof noteRestore>[2],
): Promise<void> {
  await using _lock = await lockState(stateDirectory);
  await noteRestore(new ProjectStore({ stateDirectory }).restores, project, restore);
}

/** By what is durable: the agent may be another process. */
async function endOf(
  { stateDirectory }: AgentConfig,
  { app, project }: BackupsOfApp,
  { backup, stamp }: { readonly backup: string; readonly stamp: string },
): Promise<RestoreEnd> {
  const store = new ProjectStore({ stateDirectory });
  const note = await store.restores.of(project);
  if (note !== undefined && note !== 'damaged' && note.stamp === stamp) {
    const { code, message } = note.tries ?? {};
    const why = code === undefined || message === undefined ? {} : { code, message };
    return { app, backup, state: note.phase === 'asked' ? 'asked' : 'begun', ...why };
  }
  const { restored } = await store.record(project);
  if (restored?.stamp !== stamp) return { app, backup, state: 'none' };
  const aside = restored.state === 'begun' ? { aside: asideId(stamp) } : {};
  return { app, backup, state: restored.state, ...aside };
}

function endWords({ app, backup, state, aside, message }: RestoreEnd): string {
  if (state === 'done') return `${app} is healthy with backup ${backup}.`;
  if (state === 'none') return `Nothing was put back: ${app} runs with the data that it had, or is not here.`;
  if (state === 'asked') {
    const why = message === undefined ? '' : `: ${message}`;
    return `Backup ${backup} waits${why}. It is tried again; \`towline agent backup cancel ${app}\` takes it back.`;
  }
  const back =
    aside === undefined ? '' : ` \`towline agent backup restore ${app} aside\` brings back what was there.`;
  return `${app} has backup ${backup} and is not healthy yet.${back}`;
}

/** With `--json`: `{app, cancelled}`. @throws TowlineError RESTORE_UNDER_WAY, AGENT_… */
export async function cancelHere(config: AgentConfig, of: BackupsOfApp, json: boolean): Promise<number> {
  const { stateDirectory } = config;
  const { app, project } = of;
  const answer = await told(stateDirectory, { verb: 'cancel-restore', project });
  const cancelled =
    answer === undefined ? await cancelAlone(stateDirectory, project) : answer.message !== 'nothing';
  const words = cancelled
    ? `The restore of ${app} is taken back.`
    : `No restore of ${app} waits that was asked for here.`;
  process.stdout.write(`${json ? shownJson({ app, cancelled }) : printable(words)}\n`);
  return 0;
}

async function cancelAlone(stateDirectory: string, project: string): Promise<boolean> {
  await using _lock = await lockState(stateDirectory);
  return await cancelRestore(new ProjectStore({ stateDirectory }).restores, project);
}
