/** Copying files into and out of a container: SFTP, and scp as it was before. What is done is put out as a session's lines. */
import { messageOf } from '../../../core/errors/cause.ts';
import { printable } from '../../../core/shown-text.ts';
import { EnteredSession, type SessionPlace } from '../containers/entered-session.ts';
import { runningCommand } from '../containers/running-command.ts';
import { hangUp } from '../engine/hang-up.ts';
import { ContainerFiles } from './container-files.ts';
import { serveScp } from './scp.ts';
import type { ScpCommand } from './scp-command.ts';
import { sftpMessages } from './sftp-packet.ts';
import { type SftpOptions, SftpSession } from './sftp-session.ts';

const failed = 1;

/** Until it is over. @returns the exit code for the person */
export async function serveFiles(place: SessionPlace, scp: ScpCommand | undefined): Promise<number> {
  const { channel, entered, rooms } = place;
  const session = new EnteredSession(place, { command: scp === undefined ? 'sftp' : scp.words });
  const refused = entered.hasShell ? await session.begin() : 'the image of this container has no shell';
  if (refused !== undefined) {
    if (!entered.hasShell) await session.over({});
    await channel.warn(`towline: ${refused}`);
    return failed;
  }
  const gone = new AbortController();
  channel.stream.once('close', () => gone.abort(new Error('the person is gone')));
  if (channel.stream.destroyed) gone.abort(new Error('the person is gone'));
  const signal = AbortSignal.any([session.signal, gone.signal]);
  const { container, user } = entered;
  const { id } = session.live.start;
  const files = new ContainerFiles(rooms.exec, { container, user, id }, signal);
  const done = (words: string) => session.live.output(Buffer.from(`${printable(words)}\r\n`));
  // Whatever waits for the person or the container goes on no more.
  signal.addEventListener('abort', () => files.drop(), { once: true });
  const work =
    scp === undefined
      ? sftp(place, { files, signal, done, listed: rooms.listed })
      : serveScp({ channel, files, signal, done, scp });
  const exitCode = await work.catch(async (error: unknown) => {
    if (!signal.aborted) await channel.warn(`towline: ${messageOf(error)}`);
    return signal.aborted ? undefined : failed;
  });
  files.close();
  const { shell } = files;
  const course =
    signal.aborted && shell !== undefined
      ? await hangUp(rooms.exec, { container, user, id, exec: shell })
      : 'over';
  const leftRunning = course !== 'over';
  if (leftRunning && shell !== undefined) {
    await rooms.left.begin(runningCommand(place, session.live, shell.id));
    rooms.left.left(id, course === 'unknown');
  }
  await session.over({ exitCode, leftRunning });
  return exitCode ?? failed;
}

async function sftp({ channel }: SessionPlace, serving: SftpOptions): Promise<number> {
  const session = new SftpSession(serving);
  try {
    for await (const message of sftpMessages(channel.input())) {
      await channel.write(await session.answer(message));
      serving.signal.throwIfAborted();
    }
    return 0;
  } finally {
    await session.close();
  }
}
