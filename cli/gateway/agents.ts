/** What `towline gateway agents` does: brings the files of a version to the gateway that runs on this machine. */
import { createReadStream } from 'node:fs';
import path from 'node:path';
import { messageOf } from '../../core/errors/cause.ts';
import { isErrorCode, TowlineError } from '../../core/errors.ts';
import { type Fields, fieldsOf } from '../../core/json.ts';
import { openPackageFolder } from '../agents/package-folder.ts';
import { standardTerminal } from '../command/terminal.ts';
import { askGateway, type ControlQuestion, stateFolder } from './control-socket.ts';
import { defaultConfig } from './next-step.ts';

export interface AgentsOptions {
  readonly config?: string;
  readonly json?: boolean;
}

/** @throws TowlineError CLI_GATEWAY_UNREACHABLE, AGENT_FOLDER_UNUSABLE; what the gateway refuses it with */
export async function bringAgents(
  folder: string,
  options: AgentsOptions,
  signal: AbortSignal,
): Promise<void> {
  const { version, files } = await openPackageFolder(folder);
  const socket = path.join(await stateFolder(options.config ?? defaultConfig), 'agents');
  const here = hereIn(await ask({ folder: socket, address: '/v1/agents' }, signal));
  const taken: string[] = [];
  for (const { sha256, path: place } of files) {
    if (here.has(sha256)) continue;
    const body = createReadStream(place);
    const answer = await ask({ folder: socket, address: `/v1/agents/${sha256}`, body }, signal);
    if (answer.taken === true) taken.push(sha256);
  }
  const known = files.length - taken.length;
  const terminal = standardTerminal();
  if (options.json === true) terminal.json({ version, taken, known });
  else terminal.line(`agent ${version}: ${taken.length} files were brought, ${known} were there`);
}

async function ask(question: ControlQuestion, signal: AbortSignal): Promise<Fields> {
  const { status, answer } = await askGateway(question, signal).catch((cause: unknown) => {
    signal.throwIfAborted();
    const message = `no gateway answers in ${question.folder}: ${messageOf(cause)}`;
    throw new TowlineError('CLI_GATEWAY_UNREACHABLE', message, { cause });
  });
  if (status === 200) return answer;
  const { code, message } = answer;
  const said = typeof message === 'string' ? message : 'it gave no reason';
  throw new TowlineError(isErrorCode(code) ? code : 'CLI_GATEWAY_REFUSED', said);
}

function hereIn({ files }: Fields): Set<string> {
  const all = Array.isArray(files) ? files.map(fieldsOf) : [];
  return new Set(
    all.flatMap(({ sha256, here }) => (here === true && typeof sha256 === 'string' ? [sha256] : [])),
  );
}
