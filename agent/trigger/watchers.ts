/** What asks for a pass besides the schedules and the gateway's hints: the engine's events, a person at the device. */

import type { Clock } from '../../core/io/clock.ts';
import { writeDurably } from '../../core/io/file/durable-file.ts';
import type { ProgramLog } from '../../core/log.ts';
import type { StatusFile } from '../../schemas/types.generated.ts';
import { passAnswer } from '../pass/pass-answer.ts';
import type { PassFacts } from '../pass/pass-facts.ts';
import { statusWords } from '../pass/status-words.ts';
import type { ProjectStore } from '../projects/project-store.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { type ControlAnswer, type ControlRequest, heldWords, listenForControl } from './control.ts';
import { exportedFile, exportedWords } from './exported-file.ts';
import type { Watcher } from './loop.ts';

/** Events come in bunches, and a container that crashes again and again makes one each time. */
const settleMs = 1000;

export function engineWatcher(runtime: Pick<Runtime, 'watch'>, clock: Clock): Watcher {
  return (ring, signal) => {
    let settling = false;
    const onChange = (): void => {
      if (settling) return;
      settling = true;
      clock.sleep(settleMs, signal).then(
        () => {
          settling = false;
          ring('engine');
        },
        () => undefined,
      );
    };
    return runtime.watch(onChange, signal);
  };
}

/** What a person at the device may ask of the agent. */
export interface Controlled {
  /** The next pass that begins: how it ended. */
  nextPass(): Promise<PassFacts>;
  /** The status of the last pass; undefined before the first has ended. */
  readonly lastStatus: StatusFile | undefined;
  /** What it remembers, where a hold and restores are noted. */
  readonly store: Pick<ProjectStore, 'hold' | 'restores'>;
  /** What waits to be said, as a bundle of git. */
  exportStatus(): Promise<{ readonly commits: number; readonly bundle: Buffer }>;
}

async function exportAnswer(agent: Controlled, stateDirectory: string): Promise<ControlAnswer> {
  const { commits, bundle } = await agent.exportStatus();
  await writeDurably(exportedFile(stateDirectory), bundle);
  return { ok: true, message: exportedWords(commits) };
}

/** The next pass carries it out, which comes at once. */
async function restoreAnswer({ store }: Controlled, request: ControlRequest): Promise<ControlAnswer> {
  const { cancelRestore, noteRestore } = await import('../backup/asked-restore.ts');
  const { project = '', restore } = request;
  if (restore !== undefined) await noteRestore(store.restores, project, restore);
  else if (!(await cancelRestore(store.restores, project))) return { ok: true, message: 'nothing' };
  return { ok: true, message: 'noted' };
}

function statusAnswer(status: StatusFile | undefined): ControlAnswer {
  if (status === undefined) return { ok: true, message: 'The first pass has not ended yet' };
  return { ok: true, message: status.outcome, status, lines: statusWords(status) };
}

/** A socket that cannot be made is said; the agent runs without it. */
export function controlWatcher(
  agent: Controlled,
  stateDirectory: string,
  log: Pick<ProgramLog, 'info' | 'warn'>,
): Watcher {
  return async (ring, signal) => {
    const answer = async (request: ControlRequest): Promise<ControlAnswer> => {
      const { verb, untilMs } = request;
      log.info(request, 'told at the device');
      if (verb === 'now') {
        const ended = agent.nextPass();
        ring('now');
        return { ok: true, ...passAnswer(await ended) };
      }
      if (verb === 'export-status') return await exportAnswer(agent, stateDirectory);
      if (verb === 'status') return statusAnswer(agent.lastStatus);
      if (verb === 'restore' || verb === 'cancel-restore') {
        const said = await restoreAnswer(agent, request);
        ring('poll');
        return said;
      }
      await agent.store.hold(untilMs);
      ring('poll');
      return { ok: true, message: `${heldWords(untilMs)}.` };
    };
    try {
      await using _socket = await listenForControl(stateDirectory, answer);
      if (signal.aborted) return;
      await new Promise(resolve => signal.addEventListener('abort', resolve, { once: true }));
    } catch (error) {
      log.warn({ error: String(error) }, 'the agent cannot be told anything at the device');
    }
  };
}
