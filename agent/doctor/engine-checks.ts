/** Whether the engine answers this user, and has room. */
import { access, constants, stat } from 'node:fs/promises';
import { errnoOf } from '../../core/errors/cause.ts';
import type { Check, Finding } from '../../core/io/doctor/finding.ts';
import { diskCheck } from '../../core/io/doctor/machine-checks.ts';
import { createEngine } from '../runtime/engine/engine.ts';
import { engineInfo, engineVersion } from '../runtime/engine/engine-machine.ts';

export interface EngineFound {
  /** Undefined: it did not say. */
  version?: string;
}

/** @param found is told what the engine says of itself */
export function engineChecks(socket: string, found: EngineFound): Check[] {
  const engine = createEngine(socket);
  const look = async (signal: AbortSignal): Promise<readonly Finding[]> => {
    const rights = await socketFinding(socket);
    if (rights.level === 'fail') return [rights];
    const { Version } = await engine.call({ method: 'GET', path: '/version', answer: engineVersion }, signal);
    found.version = Version;
    const answers: Finding = { id: 'engine.answers', level: 'ok', message: `the engine answers: ${Version}` };
    const { DockerRootDir } = await engine.call({ method: 'GET', path: '/info', answer: engineInfo }, signal);
    // From inside of a container, or over a socket of another machine, it is out of our sight.
    const isHere =
      DockerRootDir !== undefined && (await stat(DockerRootDir).catch(() => undefined)) !== undefined;
    const room = isHere
      ? await diskCheck('engine.disk.free', 'images and volumes', DockerRootDir).look(signal)
      : [];
    return [rights, answers, ...room];
  };
  return [{ id: 'engine.answers', look }];
}

async function socketFinding(socket: string): Promise<Finding> {
  const id = 'engine.socket';
  try {
    await access(socket, constants.R_OK | constants.W_OK);
    return { id, level: 'ok', message: `this user may use ${socket}` };
  } catch (error) {
    const isMissing = errnoOf(error) === 'ENOENT';
    const message = isMissing ? `there is no ${socket}` : `this user may not use ${socket}`;
    const remedy = isMissing
      ? 'Start the engine: systemctl start docker. Or name its socket in agent.yaml, as `engineSocket`.'
      : 'Run it as the user of the agent or as root; that user is in the group of the socket, mostly `docker`.';
    return { id, level: 'fail', message, remedy };
  }
}
