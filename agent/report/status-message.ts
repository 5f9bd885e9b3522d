import type { StatusFile } from '../../schemas/types.generated.ts';

const maxLines = 40;

/** What a person reads in `git log` of the telemetry branch. Plain text, without control characters. */
export function statusMessage(status: StatusFile, logSegments: number): string {
  const lines = [subject(status), ''];
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
  if (logSegments > 0) lines.push(`${logSegments} log ${logSegments === 1 ? 'segment' : 'segments'}`);
  if (status.lost?.logLines !== undefined) lines.push(`${status.lost.logLines} log lines were dropped`);
  const shown = lines.length > maxLines ? [...lines.slice(0, maxLines), '…'] : lines;
  return `${shown.map(oneLine).join('\n')}\n\nTrusted: ${status.trusted.commit}\n`;
}

function subject(status: StatusFile): string {
  const apps = status.projects.map(({ app, release }) => (release === undefined ? app : `${app} ${release}`));
  const what = apps.length === 0 ? 'no apps' : apps.join(', ');
  const stopped = status.stopped === undefined ? '' : `, main refused: ${status.stopped.code}`;
  const line = `${status.device}: ${status.outcome} (${what})${stopped}`;
  return line.length > 100 ? `${line.slice(0, 99)}…` : line;
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
