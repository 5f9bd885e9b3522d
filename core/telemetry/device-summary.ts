/** What a person is told of a device: the same words in `towline status` and on the gateway's page. */
import type { StatusFile } from '../../schemas/types.generated.ts';
import { formatBytes, percentOf } from '../plan/quantity.ts';
import type { DeviceReport } from './device-report.ts';

type Project = StatusFile['projects'][number];

/** In one word: how the last pass went, or why nothing is said of one. */
export type Standing = StatusFile['outcome'] | 'not shown' | 'never seen' | 'no keys';

export interface AppStanding {
  readonly app: string;
  /** What runs. */
  readonly release: string | undefined;
  readonly state: Project['state'];
  /** What comes ahead, as `nextWords` has it. */
  readonly next: string | undefined;
}

/** One reason why not all is well, or not yet. */
export interface Trouble {
  /** An error code, where there is one. */
  readonly code?: string;
  /** The commit that is not trusted. */
  readonly commit?: string;
  readonly app?: string;
  /** The release that is tried, or has failed. */
  readonly release?: string;
  readonly failed?: boolean;
  /** In the device's words. */
  readonly message: string;
}

/** @param report undefined: there is none */
export function standingOf(report: DeviceReport | undefined, hasKeys: boolean): Standing {
  if (report === undefined) return hasKeys ? 'never seen' : 'no keys';
  return report.kind === 'said' ? report.status.outcome : 'not shown';
}

/** Older agents said of a dead one what they had seen last. */
function engineIsSilent({ conditions }: StatusFile): boolean {
  return conditions.some(
    ({ type, status, reason }) =>
      !status && (type === 'EngineAnswers' || (type === 'Ready' && reason === 'ENGINE_UNREACHABLE')),
  );
}

export function appsOf(status: StatusFile): AppStanding[] {
  const silent = engineIsSilent(status);
  return status.projects.map(({ app, release, state, next }) => ({
    app,
    release,
    state: silent ? 'unknown' : state,
    next: next === undefined ? undefined : nextWords(next),
  }));
}

/** "1.6.0 downloading 40 % of 210 MiB" */
export function nextWords({ release, state, bytes, totalBytes }: NonNullable<Project['next']>): string {
  const named = release === undefined ? state : `${release} ${state}`;
  if (state !== 'downloading' || totalBytes === undefined) return named;
  return `${named} ${percentOf(bytes ?? 0, totalBytes)} % of ${formatBytes(totalBytes)}`;
}

/** Since when it runs what it runs: since the newest of its apps. */
export function runsSince({ projects }: StatusFile): string | undefined {
  return projects
    .flatMap(({ since }) => since ?? [])
    .reduce<string | undefined>(
      (newest, since) => (newest === undefined || since > newest ? since : newest),
      undefined,
    );
}

export function troublesOf(status: StatusFile): Trouble[] {
  const { stopped, projects, conditions } = status;
  const troubles: Trouble[] = [];
  if (stopped !== undefined) {
    const { code, commit, message } = stopped;
    troubles.push({ code, message, ...(commit === undefined ? {} : { commit }) });
  }
  troubles.push(...projects.flatMap(nextTrouble), ...projects.flatMap(backupTrouble));
  const ready = conditions.find(({ type }) => type === 'Ready');
  if (ready === undefined || ready.status) return troubles;
  const said = engineIsSilent(status) ? [] : projects.flatMap(troubleOf);
  if (said.length > 0) return [...troubles, ...said];
  const { reason, message } = ready;
  return [...troubles, { message, ...(/^[A-Z]+_[A-Z_]+$/.test(reason) ? { code: reason } : {}) }];
}

const codeIn = (message: string): string | undefined => /^([A-Z]+_[A-Z_]+): /.exec(message)?.[1];

/** What comes ahead waits and is no trouble, unless something is wrong with it. */
function nextTrouble({ app, next }: Project): Trouble[] {
  const { release, message = '' } = next ?? {};
  const code = codeIn(message);
  return code === undefined ? [] : [{ app, code, message, ...(release === undefined ? {} : { release }) }];
}

/** Where the app itself does not say so: it may be as well as ever. */
function backupTrouble({ app, message: told = '', backupFailing }: Project): Trouble[] {
  if (backupFailing === undefined || codeIn(told) === backupFailing.code) return [];
  const { code, message = code } = backupFailing;
  return [{ app, code, message }];
}

function troubleOf(project: Project): Trouble[] {
  const { app, state, message, wanted, setAside } = project;
  if (message === undefined || state === 'healthy') return message === undefined ? [] : [{ app, message }];
  const code = codeIn(message);
  const release = wanted?.release;
  return [
    {
      app,
      message,
      ...(code === undefined ? {} : { code }),
      ...(release === undefined ? {} : { release }),
      ...(wanted !== undefined && wanted.digest === setAside ? { failed: true } : {}),
    },
  ];
}
