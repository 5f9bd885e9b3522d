/** Which conditions a device's signed status says are open. Pure: one status in, all of its conditions out. */
import type { StatusFile } from '../../schemas/types.generated.ts';
import { boundedWords } from './bounded-words.ts';
import { troublesOf } from './device-summary.ts';

type Project = StatusFile['projects'][number];

/** Of one device: `subject` is it or one of its apps. */
export interface DeviceCondition {
  readonly subject: string;
  readonly type: SaidType;
  /** Error code. */
  readonly code?: string;
  readonly app?: string;
  readonly release?: string;
  /** Of the fleet's repository. */
  readonly commit?: string;
  /** As `boundedWords` leaves them. */
  readonly words?: string;
}

export interface SaidConditions {
  readonly open: readonly DeviceCondition[];
  /** Subjects of which it says nothing now, such as an app that is being brought on: what was open of them stays so. */
  readonly unsaid: ReadonlySet<string>;
}

const diskCodes: ReadonlySet<string> = new Set(['AGENT_DISK_FULL', 'ENGINE_DISK_FULL']);
/** Of an app that is on its way, or whose engine does not answer, nobody knows yet. */
const underWay: ReadonlySet<Project['state']> = new Set(['progressing', 'unknown']);
const codeIn = (text = ''): string | undefined => /^(?:[^:]{1,80}: )?([A-Z]+_[A-Z_]+)\b/.exec(text)?.[1];

/** What a device's reports may open. */
export const saidTypes = [
  'device.failed',
  'device.set-aside',
  'device.rolled-back',
  'device.degraded',
  'device.backup',
  'device.disk',
  'device.clock',
  'device.stale',
  'device.stopped',
  'tunnel.open',
] as const;
export type SaidType = (typeof saidTypes)[number];

export function saidConditions(status: StatusFile): SaidConditions {
  const subject = `device/${status.device}`;
  const { projects } = status;
  const unsaid = projects.filter(({ state }) => underWay.has(state)).map(({ app }) => `${subject}/${app}`);
  const open = [
    ...projects.flatMap(project => appConditions(`${subject}/${project.app}`, project)),
    ...ownConditions(subject, status),
    ...tunnelConditions(subject, status),
  ];
  if (status.tunnel.state === 'connecting') unsaid.push(`${subject}#tunnel.open`);
  return { open, unsaid: new Set(unsaid) };
}

/** The gravest alone: who was set aside went back, and one message is enough. */
function appConditions(subject: string, project: Project): DeviceCondition[] {
  const type = appCondition(project);
  if (type === undefined) return [];
  const { app, lastWords, wanted, release, backupFailing } = project;
  const { message, code = codeIn(message) } =
    type === 'device.backup' ? { message: project.message, ...backupFailing } : { message: project.message };
  const tried = wanted?.release ?? release;
  const words = [message, lastWords].filter(Boolean).join(' | ');
  return [
    {
      ...{ subject, type, app, words: boundedWords(words) },
      ...(code === undefined ? {} : { code }),
      ...(tried === undefined ? {} : { release: tried }),
    },
  ];
}

function appCondition({ state, setAside, wanted, message, backupFailing }: Project): SaidType | undefined {
  if (state === 'failed') return 'device.failed';
  if (state === 'rolled-back') return 'device.rolled-back';
  if (setAside !== undefined && setAside === wanted?.digest && !underWay.has(state))
    return 'device.set-aside';
  // An update that waits for its backup: what runs is well.
  const waits = backupFailing !== undefined && codeIn(message) === backupFailing.code;
  if (state === 'degraded' && !waits) return 'device.degraded';
  return backupFailing === undefined || underWay.has(state) ? undefined : 'device.backup';
}

function ownConditions(subject: string, status: StatusFile): DeviceCondition[] {
  const { stopped, conditions, outcome, projects } = status;
  const found: DeviceCondition[] = [];
  if (stopped !== undefined) {
    const { code, commit, message } = stopped;
    const at = commit === undefined ? {} : { commit };
    found.push({ subject, type: 'device.stopped', code, words: boundedWords(message), ...at });
  }
  const failing = conditions.filter(({ status: holds }) => !holds);
  const disk = failing.find(({ reason }) => diskCodes.has(reason));
  const full = projects.find(({ message }) => diskCodes.has(codeIn(message) ?? ''));
  if (disk !== undefined) found.push(said(subject, 'device.disk', disk));
  else if (full !== undefined)
    found.push(
      said(subject, 'device.disk', { reason: codeIn(full.message) ?? '', message: full.message ?? '' }),
    );
  const clock = failing.find(({ type }) => type === 'ClockSynchronised');
  if (clock !== undefined) found.push(said(subject, 'device.clock', clock));
  const stale = failing.find(({ type }) => type === 'Fresh');
  if (stale !== undefined || outcome === 'stale')
    found.push(said(subject, 'device.stale', stale ?? { reason: 'AGENT_STALE', message: 'it is stale' }));
  return [...found, ...failedAsWhole(subject, status)];
}

/** It failed, and no app of it says so: a file with an error, an engine that does not answer. */
function failedAsWhole(subject: string, status: StatusFile): DeviceCondition[] {
  const isApps = status.projects.some(({ state }) => state === 'failed');
  if (status.outcome !== 'failed' || isApps) return [];
  const [trouble] = troublesOf(status);
  const { code, message = 'its last pass failed' } = trouble ?? {};
  if (code !== undefined && diskCodes.has(code)) return [];
  return [said(subject, 'device.failed', { reason: code ?? '', message })];
}

function tunnelConditions(subject: string, { tunnel }: StatusFile): DeviceCondition[] {
  if (tunnel.state !== 'open') return [];
  const until = tunnel.until === undefined ? '' : ` until ${tunnel.until}`;
  const words = boundedWords(`${tunnel.reason ?? 'open'}${until}`);
  return [{ subject, type: 'tunnel.open', words }];
}

function said(
  subject: string,
  type: SaidType,
  { reason, message }: { readonly reason: string; readonly message: string },
): DeviceCondition {
  const code = codeIn(reason);
  return { subject, type, words: boundedWords(message), ...(code === undefined ? {} : { code }) };
}
