import path from 'node:path';
import { messageOf } from '../../core/errors/cause.ts';
import { formatProblem, TowlineError } from '../../core/errors.ts';
import { readFleetFile } from '../../core/fleet/read-file.ts';
import { readBounded } from '../../core/io/file/durable-file.ts';
import type { AgentFile } from '../../schemas/types.generated.ts';

const maxConfigBytes = 256 * 1024;

/** agent.yaml with its defaults applied. */
export interface AgentConfig extends AgentFile {
  readonly stateDirectory: string;
  readonly runtimeDirectory: string;
  readonly engineSocket: string;
  readonly logLevel: NonNullable<AgentFile['logLevel']>;
  readonly parallelPulls: number;
  readonly helperImage: string;
  readonly backupDirectory: string;
}

/** @throws TowlineError AGENT_CONFIG with every problem of the file in its message */
export async function readAgentConfig(file: string): Promise<AgentConfig> {
  const bytes = await readBounded(file, maxConfigBytes).catch((cause: unknown) => {
    const message = messageOf(cause);
    throw new TowlineError('AGENT_CONFIG', `${file} cannot be read: ${message}`, { cause });
  });
  if (bytes === undefined) throw new TowlineError('AGENT_CONFIG', `${file} is not there`);
  const { file: checked, problems } = readFleetFile('agent', file, bytes);
  if (checked === undefined) throw new TowlineError('AGENT_CONFIG', problems.map(formatProblem).join('\n'));
  const { value } = checked;
  const stateDirectory = path.resolve(value.stateDirectory ?? '/var/lib/towline');
  return Object.freeze({
    ...value,
    stateDirectory,
    runtimeDirectory: path.resolve(value.runtimeDirectory ?? '/run/towline'),
    engineSocket: value.engineSocket ?? '/var/run/docker.sock',
    logLevel: value.logLevel ?? 'info',
    parallelPulls: value.parallelPulls ?? 3,
    helperImage: value.helperImage ?? '/usr/lib/towline/helper.tar',
    backupDirectory: path.resolve(value.backupDirectory ?? path.join(stateDirectory, 'backups')),
  });
}
