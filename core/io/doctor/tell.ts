/** How a doctor ends: what it found, for a person or a program, and an archive where one is asked for. */
import { lstat, open } from 'node:fs/promises';
import { messageOf } from '../../errors/cause.ts';
import { Redactor } from '../../redaction/redactor.ts';
import { escapeJson, printable } from '../../shown-text.ts';
import { doctorExitCode, type Finding, findingCounts, findingLines } from './finding.ts';
import { type SupportParts, writeSupportArchive } from './support-archive.ts';

export interface Telling {
  readonly json: boolean;
  /** Where the archive goes; undefined: none is made. */
  readonly bundle: string | undefined;
  readonly versions: Readonly<Record<string, string>>;
  readonly parts: () => Promise<Omit<SupportParts, 'findings' | 'versions'>>;
}

/** @returns the exit code */
export async function tellFindings(found: readonly Finding[], telling: Telling): Promise<0 | 1 | 2> {
  const { json, bundle, versions } = telling;
  const say = (line: string) => process.stdout.write(`${line}\n`);
  const shown = found.map(withoutLogins);
  const archive = bundle === undefined ? undefined : await archived(shown, bundle, telling);
  const findings = archive === undefined || 'names' in archive ? shown : [...shown, archive];
  const code = doctorExitCode(findings);
  if (json) {
    const result = (['ok', 'warn', 'fail'] as const)[code];
    const written = archive !== undefined && 'names' in archive ? { bundle } : {};
    say(escapeJson(JSON.stringify({ result, versions, findings, ...written }, undefined, 2)));
    return code;
  }
  for (const line of findingLines(findings)) say(line);
  say(findingCounts(findings));
  if (archive !== undefined && 'names' in archive)
    say(printable(`wrote ${bundle}: ${archive.names.join(', ')}; look through it before you send it`));
  return code;
}

const logins = new Redactor({ patterns: ['url-password'] });

/** An address of git may have a password or a token in it, and findings go to monitoring. */
const withoutLogins = ({ message, ...finding }: Finding): Finding => ({
  ...finding,
  message: logins.hide(message),
});

/** What was found is told even where it cannot be written. */
async function archived(
  findings: readonly Finding[],
  bundle: string,
  { versions, parts }: Telling,
): Promise<{ readonly names: readonly string[] } | Finding> {
  try {
    await assertNoOther(bundle);
    return { names: await writeSupportArchive(bundle, { findings, versions, ...(await parts()) }) };
  } catch (error) {
    const message = `${bundle} is not written: ${messageOf(error)}`;
    return { id: 'bundle', level: 'fail', message, remedy: 'Name another file, where you may write.' };
  }
}

/** One made before is written over; what is no archive is somebody’s file. */
async function assertNoOther(file: string): Promise<void> {
  const found = await lstat(file).catch(() => undefined);
  if (found === undefined) return;
  const begin = found.isFile() ? await firstBytes(file) : undefined;
  if (begin?.equals(gzipMagic) !== true) throw new Error('something else is there');
}

const gzipMagic = Buffer.from([0x1f, 0x8b]);

async function firstBytes(file: string): Promise<Buffer> {
  const handle = await open(file, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(2), 0, 2, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}
