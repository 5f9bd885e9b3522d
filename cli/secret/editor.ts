/** A plain text in the person's editor. It stands in memory only, and only while they look at it. */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, statfs, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { TowlineError } from '../../core/errors.ts';
import { maxSecretBytes } from '../../core/secrets/document.ts';

const tmpfs = 0x01021994;

/** A new folder that is on no disk; the caller removes it. @throws TowlineError SECRET_NOT_IN_MEMORY */
export async function memoryFolder(environment: NodeJS.ProcessEnv): Promise<string> {
  for (const folder of ['/dev/shm', environment.XDG_RUNTIME_DIR]) {
    if (folder === undefined) continue;
    const type = await statfs(folder).then(
      facts => facts.type >>> 0,
      () => undefined,
    );
    if (type === tmpfs) return mkdtemp(path.join(folder, 'towline-edit-'));
  }
  throw new TowlineError('SECRET_NOT_IN_MEMORY', 'neither /dev/shm nor $XDG_RUNTIME_DIR is a tmpfs');
}

function runEditor(file: string, environment: NodeJS.ProcessEnv): Promise<void> {
  const editor = environment.SOPS_EDITOR || environment.VISUAL || environment.EDITOR || 'vi';
  // The shell splits the words of $EDITOR, as git does; the file is a parameter and never a part of the command.
  const child = spawn('/bin/sh', ['-c', `${editor} "$1"`, 'sh', file], {
    stdio: 'inherit',
    env: environment,
  });
  return new Promise((resolve, reject) => {
    const fail = (why: string) => reject(new TowlineError('SECRET_EDITOR', `${editor}: ${why}`));
    child.once('error', ({ message }) => fail(message));
    child.once('close', code => (code === 0 ? resolve() : fail(`it ended with ${code ?? 'a signal'}`)));
  });
}

/**
 * Opens `text` in $SOPS_EDITOR, $VISUAL or $EDITOR (vi).
 * @param name what the file is called while it is edited: editors choose their syntax by it
 * @returns what the person left
 * @throws TowlineError SECRET_EDITOR, SECRET_NOT_IN_MEMORY
 */
export async function editInMemory(
  name: string,
  text: string,
  environment: NodeJS.ProcessEnv,
): Promise<string> {
  const folder = await memoryFolder(environment);
  // The terminal's interrupt is for the editor; this program must live on to remove the file.
  const ignore = () => undefined;
  process.on('SIGINT', ignore);
  try {
    const file = path.join(folder, name);
    await writeFile(file, text, { mode: 0o600, flag: 'wx' });
    await runEditor(file, environment);
    if ((await stat(file)).size > maxSecretBytes)
      throw new TowlineError('SECRET_EDITOR', `the file is larger than ${maxSecretBytes} bytes`);
    return await readFile(file, 'utf8');
  } finally {
    process.off('SIGINT', ignore);
    await rm(folder, { recursive: true, force: true });
  }
}
