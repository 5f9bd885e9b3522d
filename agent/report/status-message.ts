/** What a person reads in `git log` of the telemetry branch. Plain text, without control characters. */
import type { StatusFile } from '../../schemas/types.generated.ts';
import type { Piece } from '../telemetry/collector.ts';
import { counted, piecesWords } from './pieces-words.ts';

type Project = StatusFile['projects'][number];

const maxLines = 40;
const longestSubject = 100;

export interface Said {
  readonly status: StatusFile;
  /** What was said of the projects before: what has changed stands in the first line. */
  readonly before: StatusFile['projects'];
  /** How long the pass took, milliseconds. */
  readonly tookMs?: number | undefined;
  /** What the commit brings besides. */
  readonly pieces: readonly Pick<Piece, 'path' | 'class' | 'records'>[];
}

/** Of a commit that says how the device is. */
export function statusMessage(said: Said): string {
  const { status, pieces } = said;
  const lines = [`${status.device}: ${subject(said)}`, ''];
  for (const project of status.projects) {
    const release = project.release === undefined ? '' : ` ${project.release}`;
    lines.push(`${project.app}${release}: ${project.state}${explained(project.message)}`);
    for (const service of project.services) {
      const health = service.health === undefined ? '' : `, ${service.health}`;
      const restarts =
        service.restarts === undefined || service.restarts === 0 ? '' : `, ${service.restarts} restarts`;
      lines.push(`  ${service.name}: ${service.state}${health}${restarts}`);
    }
  }
  for (const { type, status: holds, reason, message } of status.conditions) {
    if (!holds && type !== 'TunnelOpen') lines.push(`not ${type}: ${reason} ${message}`);
  }
  if (status.tunnel.state !== 'closed')
    lines.push(`tunnel ${status.tunnel.state}${explained(status.tunnel.reason)}`);
  if (pieces.length > 0) lines.push(piecesWords(pieces));
  if (status.lost?.logLines !== undefined) lines.push(`${counted(status.lost.logLines, 'log line')} dropped`);
  return told(lines, status);
}

/** Of a commit that brings segments and repeats the status. */
export function segmentsMessage({ status, pieces }: Pick<Said, 'status' | 'pieces'>): string {
  return told([`${status.device}: ${piecesWords(pieces)}`], status);
}

function told(lines: readonly string[], { trusted }: StatusFile): string {
  const [first = '', ...rest] = lines;
  const head = first.length > longestSubject ? `${first.slice(0, longestSubject - 1)}…` : first;
  const shown = rest.length >= maxLines ? [...rest.slice(0, maxLines - 1), '…'] : rest;
  return `${[head, ...shown].map(oneLine).join('\n').trimEnd()}\n\nTrusted: ${trusted.commit}\n`;
}

/** What is new of the apps; where nothing is, how the pass went. */
function subject({ status, before, tookMs }: Said): string {
  const stopped = status.stopped === undefined ? '' : `, main refused: ${status.stopped.code}`;
  const known = new Map(before.map(project => [project.project, project]));
  const news = status.projects.flatMap(project => newsOf(project, known.get(project.project)) ?? []);
  if (news.length === 0) {
    const apps = status.projects.map(({ app, release }) =>
      release === undefined ? app : `${app} ${release}`,
    );
    return `${status.outcome} (${apps.length === 0 ? 'no apps' : apps.join(', ')})${stopped}`;
  }
  const took = tookMs === undefined ? '' : ` in ${seconds(tookMs)}`;
  return `${news.map(({ words, health }) => `${words}${took}${health}`).join('; ')}${stopped}`;
}

interface News {
  readonly words: string;
  readonly health: string;
}

function newsOf(now: Project, before: Project | undefined): News | undefined {
  const { app, release, state, services } = now;
  if (state === 'rolled-back' && before?.state !== 'rolled-back') {
    const [wanted = 'the update', back = 'what ran before'] = [now.wanted?.release, release];
    return { words: `${app} ${wanted} failed, back to ${back}`, health: '' };
  }
  if (state !== 'healthy') return undefined;
  if (before?.digest === now.digest || now.digest === undefined) return undefined;
  const old = before?.digest === undefined ? undefined : (before.release ?? 'unreleased');
  const to = release ?? 'unreleased';
  const words =
    old === undefined ? `${app} ${to}` : old === to ? `${app} ${to} changed` : `${app} ${old} → ${to}`;
  const well = services.filter(isWell).length;
  return { words, health: services.length === 0 ? '' : `, ${well} of ${services.length} healthy` };
}

/** A job that has ended well is well. */
function isWell({ state, health, exitCode }: Project['services'][number]): boolean {
  if (state === 'exited') return exitCode === 0;
  return state === 'running' && (health === undefined || health === 'healthy');
}

function seconds(ms: number): string {
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const whole = Math.round(ms / 1000);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

function explained(message: string | undefined): string {
  return message === undefined || message === '' ? '' : ` – ${message}`;
}

function oneLine(line: string): string {
  return line
    .replace(/\p{Cc}+/gu, ' ')
    .slice(0, 300)
    .trimEnd();
}
