/** What a person at the device may tell the agent that runs: look now, hold, release. A socket that only its user can open. */

import { chmod, rm } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { type AskedRestore, parseAskedRestore } from '../../core/backup/asked-restore.ts';
import { errnoOf, messageOf } from '../../core/errors/cause.ts';
import { isTowlineError, TowlineError } from '../../core/errors.ts';
import { PeerWork } from '../../core/io/peer-work.ts';
import { withSocketPath } from '../../core/io/socket-path.ts';
import { isFields, readFields } from '../../core/json.ts';
import { timeWord } from '../../core/time-word.ts';

export interface ControlRequest {
  readonly verb: 'now' | 'status' | 'hold' | 'release' | 'export-status' | 'restore' | 'cancel-restore';
  /** With hold: until when, milliseconds since the epoch. */
  readonly untilMs?: number;
  /** With restore and cancel-restore. */
  readonly project?: string;
  /** With restore. */
  readonly restore?: AskedRestore;
}

export interface ControlAnswer {
  readonly ok: boolean;
  /** For people. */
  readonly message: string;
  /** Of what it is refused by. */
  readonly code?: string;
  /** With now: how the pass ended, what it exits with, and what went wrong. */
  readonly outcome?: string;
  readonly exitCode?: number;
  readonly errors?: readonly object[];
  /** With status: what was last said of the device, and for people in lines. */
  readonly status?: object;
  readonly lines?: readonly string[];
}

/** A hold in words. */
export function heldWords(untilMs: number | undefined): string {
  return untilMs === undefined
    ? 'Nothing is held any more'
    : `No project is touched before ${timeWord(untilMs)}`;
}

/** One part of a path. */
const projectForm = /^[a-z0-9][a-z0-9_.-]{0,199}$/;
const maxLineBytes = 4096;
/** A status has 64 KiB at most, and is told twice. */
const maxAnswerBytes = 512 * 1024;
const requestTimeoutMs = 10_000;
/** `now` is answered when its pass has ended. */
const answerTimeoutMs = 30 * 60_000;

/** Listens in the state directory, whose lock must be held: what another agent left there is removed. */
export async function listenForControl(
  stateDirectory: string,
  answer: (request: ControlRequest) => Promise<ControlAnswer>,
): Promise<AsyncDisposable> {
  const file = path.join(stateDirectory, 'control');
  await rm(file, { force: true });
  const sockets = new Set<net.Socket>();
  const server = net.createServer({ allowHalfOpen: true }, socket => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => socket.destroy());
    // Whoever can open it is this agent's own user: what fails is told to them, and to nobody else.
    const work = new PeerWork({ cut: () => socket.destroy(), failed: () => {} });
    work.run(() => serve(socket, answer));
  });
  server.maxConnections = 8;
  await withSocketPath(
    stateDirectory,
    'control',
    where =>
      new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(where, resolve);
      }),
  );
  await chmod(file, 0o600);
  return {
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>(resolve => server.close(() => resolve()));
      await rm(file, { force: true });
    },
  };
}

async function serve(
  socket: net.Socket,
  answer: (request: ControlRequest) => Promise<ControlAnswer>,
): Promise<void> {
  const timer = setTimeout(() => socket.destroy(), requestTimeoutMs);
  try {
    const request = parseRequest(await line(socket));
    clearTimeout(timer);
    const said = request === undefined ? { ok: false, message: 'not understood' } : await answer(request);
    socket.end(`${JSON.stringify(said)}\n`);
  } catch (error) {
    const code = isTowlineError(error) ? { code: error.code } : {};
    socket.end(`${JSON.stringify({ ok: false, message: messageOf(error), ...code })}\n`);
  } finally {
    clearTimeout(timer);
  }
}

async function line(socket: net.Socket, maxBytes = maxLineBytes): Promise<string> {
  let text = '';
  const pieces: AsyncIterable<Buffer> = socket.iterator({ destroyOnReturn: false });
  for await (const chunk of pieces) {
    text += chunk.toString('utf8');
    const end = text.indexOf('\n');
    if (end !== -1) return text.slice(0, end);
    if (text.length > maxBytes) throw new TowlineError('AGENT_CONTROL', 'a line that is too long');
  }
  return text;
}

const isBare = (verb: unknown): verb is 'now' | 'status' | 'release' | 'export-status' =>
  verb === 'now' || verb === 'status' || verb === 'release' || verb === 'export-status';

function parseRequest(text: string): ControlRequest | undefined {
  try {
    const { verb, untilMs, project, restore } = readFields(text);
    if (verb === 'hold') {
      return typeof untilMs === 'number' && Number.isSafeInteger(untilMs) ? { verb, untilMs } : undefined;
    }
    if (verb === 'restore' || verb === 'cancel-restore') {
      if (typeof project !== 'string' || !projectForm.test(project)) return undefined;
      if (verb === 'cancel-restore') return { verb, project };
      const asked = parseAskedRestore(restore);
      return asked === undefined ? undefined : { verb, project, restore: asked };
    }
    return isBare(verb) ? { verb } : undefined;
  } catch {
    return undefined;
  }
}

/** @throws what is no answer of an agent */
function parseAnswer(text: string): ControlAnswer {
  const { ok, message, code, outcome, exitCode, errors, status, lines } = readFields(text);
  if (typeof ok !== 'boolean' || typeof message !== 'string') throw new Error(`no answer: ${text}`);
  return {
    ok,
    message,
    ...(typeof code === 'string' ? { code } : {}),
    ...(typeof outcome === 'string' ? { outcome } : {}),
    ...(typeof exitCode === 'number' ? { exitCode } : {}),
    ...(Array.isArray(errors) ? { errors: errors.filter(isFields) } : {}),
    ...(isFields(status) ? { status } : {}),
    ...(Array.isArray(lines) ? { lines: lines.filter(line => typeof line === 'string') } : {}),
  };
}

/** @returns undefined when no agent listens @throws TowlineError AGENT_CONTROL */
export async function askAgent(
  stateDirectory: string,
  request: ControlRequest,
): Promise<ControlAnswer | undefined> {
  return withSocketPath(stateDirectory, 'control', async file => {
    const socket = net.connect({ path: file, allowHalfOpen: true });
    socket.setTimeout(answerTimeoutMs, () => socket.destroy(new Error('no answer')));
    try {
      await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
      socket.write(`${JSON.stringify(request)}\n`);
      const text = await line(socket, maxAnswerBytes);
      if (text === '') throw new Error('the agent stopped before it answered');
      return parseAnswer(text);
    } catch (error) {
      const code = errnoOf(error);
      if (code === 'ENOENT' || code === 'ECONNREFUSED') return undefined;
      const message = messageOf(error);
      throw new TowlineError('AGENT_CONTROL', message, { cause: error });
    } finally {
      socket.destroy();
    }
  });
}
