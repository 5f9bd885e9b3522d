/** What `towline gateway import` does: streams a bundle to the gateway that runs on this machine, which alone writes where it keeps things. */
import path from 'node:path';
import { messageOf } from '../../core/errors/cause.ts';
import { isErrorCode, TowlineError } from '../../core/errors.ts';
import { fieldsOf } from '../../core/json.ts';
import { formatBytes } from '../../core/plan/quantity.ts';
import { bytesOf } from '../bundle/input.ts';
import { standardTerminal } from '../command/terminal.ts';
import { askGateway, stateFolder } from './control-socket.ts';
import { defaultConfig } from './next-step.ts';

export interface ImportOptions {
  readonly config?: string;
  readonly json?: boolean;
}

/** @throws TowlineError CLI_GATEWAY_UNREACHABLE, CLI_USAGE; what the gateway refuses it with */
export async function importBundle(file: string, options: ImportOptions, signal: AbortSignal): Promise<void> {
  const folder = path.join(await stateFolder(options.config ?? defaultConfig), 'import');
  const question = { folder, address: '/v1/import', body: await bytesOf(file, signal) };
  const { status, answer } = await askGateway(question, signal).catch((cause: unknown) => {
    signal.throwIfAborted();
    const message = `no gateway answers in ${folder}: ${messageOf(cause)}`;
    throw new TowlineError('CLI_GATEWAY_UNREACHABLE', message, { cause });
  });
  if (status !== 200) throw refusedBy(answer);
  const terminal = standardTerminal();
  if (options.json === true) terminal.json(answer);
  else for (const line of linesOf(answer)) terminal.line(line);
}

function refusedBy({ code, message }: ReturnType<typeof fieldsOf>): TowlineError {
  const said = typeof message === 'string' ? message : 'it gave no reason';
  return new TowlineError(isErrorCode(code) ? code : 'CLI_GATEWAY_REFUSED', said);
}

function linesOf(answer: ReturnType<typeof fieldsOf>): string[] {
  const { commit, main, timestamp, blobs, agents, unserved } = answer;
  const { kept, keptBytes, known, leftOut, leftOutBytes } = fieldsOf(blobs);
  const others = Array.isArray(unserved) ? unserved : [];
  const left = Number(leftOut);
  return [
    main === 'moved' ? `main is at ${String(commit)} now` : `main was at ${String(commit)} already`,
    ...(timestamp === 'moved' ? ['a newer timestamp was taken'] : []),
    ...(timestamp === 'refused' ? ['its timestamp was not taken: devices would not take it'] : []),
    `images: ${String(kept)} blobs were added (${formatBytes(Number(keptBytes))}), ${String(known)} were there`,
    ...(Number(agents) > 0 ? [`agents: ${String(agents)} parts were added`] : []),
    ...(left === 0
      ? []
      : [
          `there is no room for ${left} more (${formatBytes(Number(leftOutBytes))}): raise registryCache.maxBytes`,
        ]),
    ...(others.length === 0
      ? []
      : [`no device pulls these here, their registries are not behind this gateway: ${others.join(', ')}`]),
  ];
}
