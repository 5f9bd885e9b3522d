/** The address of a desk's page: what opens it is in its fragment, which a browser sends nobody. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

export const addressWith = (origin: string, word: string) => `${origin}/#token=${word}`;

/** A browser has read the file by then, milliseconds. */
const readMs = 30_000;

/**
 * Opens the person's browser. Its arguments are to be seen by every user of the machine (`ps`): it is given a file of the person's own
 * that leads on.
 */
export async function showPage(address: string): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'towline-portal-'));
  const file = path.join(folder, 'portal.html');
  const page = `<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0; url=${address}"><title>Towline</title>\n`;
  await writeFile(file, page, { mode: 0o600 });
  const program = process.platform === 'darwin' ? 'open' : 'xdg-open';
  const child = spawn(program, [file], { stdio: 'ignore', detached: true });
  child.on('error', () => undefined);
  child.unref();
  setTimeout(() => rm(folder, { recursive: true, force: true }).catch(() => undefined), readMs).unref();
}
