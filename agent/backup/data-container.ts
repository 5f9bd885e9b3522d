/** The helper: a container of the image that the package brings, in which volumes are read and written. */
import { messageOf } from '../../core/errors/cause.ts';
import { TowlineError } from '../../core/errors.ts';
import { TimeLimit } from '../../core/io/time-limit.ts';
import { label } from '../../core/plan/container/labels.ts';
import { members, number } from '../runtime/engine/answer-shape.ts';
import { isHelper } from '../runtime/engine/containers.ts';
import { containerDetails, made } from '../runtime/engine/engine-answers.ts';
import { readLastLines } from '../runtime/engine/log-reader.ts';
import { engineStatus, unlessGone } from '../runtime/engine/refusals.ts';
import type { HelperHost } from './data-room.ts';
import { helperImageId } from './helper-image.ts';

export interface HelperRun {
  /** Of the project, or of what else it is for: two with one name never run. */
  readonly name: string;
  /** Program and arguments, in the image. */
  readonly command: readonly string[];
  /** Absent: the engine gives one. */
  readonly hostname?: string;
  /** As the engine has it: `volume:/path:ro`, `/folder:/path`. */
  readonly binds: readonly string[];
  /** Capabilities beyond none, without `CAP_`. */
  readonly capabilities: readonly string[];
  readonly memoryBytes: number;
  /** `NAME=value`. */
  readonly environment?: readonly string[];
  /** Absent: it has no network. */
  readonly network?: string;
  /** In memory, at /tmp, bytes. Absent: it has no place to write to but what is bound. */
  readonly temporaryBytes?: number;
  readonly timeoutMs: number;
}

export interface HelperEnd {
  readonly exitCode: number;
  readonly outOfMemory: boolean;
  /** Its last lines, both streams. */
  readonly lines: readonly string[];
}

const ended = members({ StatusCode: number });
const mostLines = 200;
/** What it says is bounded on the engine's disk, too. */
const logSettings = { Type: 'json-file', Config: { 'max-size': '1m', 'max-file': '2' } };
const removalMs = 30_000;

function bodyOf({ owner, room }: HelperHost, run: HelperRun, image: string) {
  const {
    command,
    binds,
    capabilities,
    memoryBytes,
    environment = [],
    network = 'none',
    temporaryBytes,
  } = run;
  return {
    ...(run.hostname === undefined ? {} : { Hostname: run.hostname }),
    Image: image,
    Cmd: command,
    Env: environment,
    WorkingDir: '/',
    Labels: { [label.device]: owner.device, [label.fleet]: owner.fleet, [label.helper]: room.run },
    HostConfig: {
      Binds: binds,
      CapDrop: ['ALL'],
      CapAdd: capabilities,
      // What a label of SELinux forbids, or a program with the set-uid bit could do, is not asked of the engine.
      SecurityOpt: ['no-new-privileges', 'label=disable'],
      ReadonlyRootfs: true,
      NetworkMode: network,
      Memory: memoryBytes,
      PidsLimit: 64,
      LogConfig: logSettings,
      ...(temporaryBytes === undefined ? {} : { Tmpfs: { '/tmp': `size=${temporaryBytes}` } }),
    },
  };
}

type Labels = Readonly<Record<string, string>> | null;

const nameOf = ({ name }: Pick<HelperRun, 'name'>): string => `towline-helper-${name}`;

const removal = ({ engine }: HelperHost, container: string, signal: AbortSignal): Promise<void> =>
  unlessGone(
    engine.call(
      { method: 'DELETE', path: `/containers/${container}`, query: { force: true, v: true } },
      signal,
    ),
  );

/**
 * One of this device that is in the way was left by an agent that was killed, or could not be removed: it may still hold
 * volumes. @throws TowlineError BACKUP_HELPER where it is somebody else's
 */
export async function removeFormer(
  host: HelperHost,
  run: Pick<HelperRun, 'name'>,
  signal: AbortSignal,
): Promise<void> {
  const path = `/containers/${nameOf(run)}/json`;
  let labels: Labels;
  try {
    const { Config } = await host.engine.call({ method: 'GET', path, answer: containerDetails }, signal);
    labels = Config?.Labels ?? null;
  } catch (error) {
    if (engineStatus(error) === 404) return;
    throw error;
  }
  if (!isHelper(labels, host.owner.device))
    throw new TowlineError('BACKUP_HELPER', `a container of somebody else is called ${nameOf(run)}`);
  await removal(host, nameOf(run), signal);
}

async function create(host: HelperHost, run: HelperRun, signal: AbortSignal): Promise<string> {
  const image = await helperImageId(host.engine, host.room.helperImage, signal);
  const request = {
    method: 'POST',
    path: '/containers/create',
    query: { name: nameOf(run) },
    body: bodyOf(host, run, image),
    answer: made,
  } as const;
  try {
    return (await host.engine.call(request, signal)).Id;
  } catch (error) {
    if (engineStatus(error) !== 409) throw error;
    await removeFormer(host, run, signal);
    return (await host.engine.call(request, signal)).Id;
  }
}

/** @throws TowlineError BACKUP_HELPER where it does not even start */
async function start({ engine }: HelperHost, id: string, signal: AbortSignal): Promise<void> {
  try {
    await engine.call({ method: 'POST', path: `/containers/${id}/start` }, signal);
  } catch (cause) {
    if (engineStatus(cause) === undefined) throw cause;
    throw new TowlineError('BACKUP_HELPER', `the helper does not start: ${messageOf(cause)}`, { cause });
  }
}

async function endOf({ engine }: HelperHost, id: string, signal: AbortSignal): Promise<HelperEnd> {
  // Longer than any run: its own limit ends it.
  const timeoutMs = 2 ** 31 - 1;
  const wait = { method: 'POST', path: `/containers/${id}/wait`, answer: ended, timeoutMs } as const;
  const { StatusCode: exitCode } = await engine.call(wait, signal);
  const path = `/containers/${id}/json`;
  const { State } = await engine.call({ method: 'GET', path, answer: containerDetails }, signal);
  const lines = await readLastLines(engine, id, mostLines, signal);
  return {
    exitCode,
    outOfMemory: State.OOMKilled === true,
    lines: lines.map(({ text }) => text.toString('utf8')),
  };
}

/**
 * Runs a helper to its end, and removes it whatever happens.
 * @returns how it ended @throws TowlineError BACKUP_HELPER, BACKUP_TIMEOUT, ENGINE_…; the signal's reason
 */
export async function runHelper(host: HelperHost, run: HelperRun, signal: AbortSignal): Promise<HelperEnd> {
  using limit = new TimeLimit(run.timeoutMs);
  const either = AbortSignal.any([signal, limit.signal]);
  let id: string | undefined;
  try {
    id = await create(host, run, either);
    await start(host, id, either);
    return await endOf(host, id, either);
  } catch (error) {
    signal.throwIfAborted();
    if (!limit.signal.aborted) throw error;
    throw new TowlineError('BACKUP_TIMEOUT', `it took longer than ${run.timeoutMs / 1000} s`, {
      cause: error,
    });
  } finally {
    using removing = new TimeLimit(removalMs);
    // Where that is in vain the next one of this name, or the next agent, removes it.
    const removed =
      id === undefined ? removeFormer(host, run, removing.signal) : removal(host, id, removing.signal);
    await removed.catch(() => undefined);
  }
}
