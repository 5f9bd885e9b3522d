/** How a doctor ends: what it found, for a person or a program, and an archive where one is asked for. */
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
export async function tellFindings(findings: readonly Finding[], telling: Telling): Promise<0 | 1 | 2> {
  const { json, bundle, versions, parts } = telling;
  const say = (line: string) => process.stdout.write(`${line}\n`);
  const written =
    bundle === undefined
      ? undefined
      : await writeSupportArchive(bundle, { findings, versions, ...(await parts()) });
  const code = doctorExitCode(findings);
  if (json) {
    const archive = bundle === undefined ? {} : { bundle };
    const result = (['ok', 'warn', 'fail'] as const)[code];
    say(escapeJson(JSON.stringify({ result, versions, findings, ...archive }, undefined, 2)));
    return code;
  }
  for (const line of findingLines(findings)) say(line);
  say(findingCounts(findings));
  if (written !== undefined)
    say(printable(`wrote ${bundle}: ${written.join(', ')}; look through it before you send it`));
  return code;
}
