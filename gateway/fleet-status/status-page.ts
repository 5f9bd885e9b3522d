/** README.md of the branch fleet-status: the fleet as a table that any forge renders. */
import type { ErrorCode } from '../../core/errors.ts';
import { code } from '../../core/shown-markdown.ts';
import { someOf } from '../../core/some-of.ts';
import { supportOfAll } from '../../core/support/judge.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import type { DeviceRow } from './device-row.ts';

/** What may be shown to who reads the page at a forge: no words of a commit. */
export interface StoppedMain {
  readonly code: ErrorCode;
  readonly commit: ObjectId;
}

export interface StatusPage {
  readonly fleet: string;
  /** The gateway's own trusted commit. */
  readonly commit: ObjectId;
  /** Why it trusts no newer one, where main has newer ones. */
  readonly stopped: StoppedMain | undefined;
  /** How far the audit log goes: who has this page holds the gateway to it. */
  readonly auditHead?: { readonly seq: number; readonly hash: string } | undefined;
  /** In the order of `sortRows`. */
  readonly rows: readonly DeviceRow[];
  /** Wall clock, milliseconds since the epoch. */
  readonly nowMs: number;
}

/** A forge renders half a megabyte of Markdown at most. */
const maxRows = 1000;

/** What a person should look at comes first. */
export function sortRows<Row extends DeviceRow>(rows: readonly Row[]): Row[] {
  return [...rows].sort((a, b) => a.rank - b.rank || (a.id < b.id ? -1 : 1));
}

/** The same input gives the same bytes. */
export function statusPage({ fleet, commit, stopped, auditHead, rows, nowMs }: StatusPage): string {
  const shown = rows.slice(0, maxRows);
  const more = rows.length - shown.length;
  return [
    `# ${fleet}`,
    '',
    `${rows.length} ${rows.length === 1 ? 'device' : 'devices'}: ${counts(rows)}. The gateway trusts main up to \`${commit.slice(0, 12)}\`.`,
    '',
    ...(stopped === undefined
      ? []
      : [
          `❌ **main is not trusted**: \`${stopped.code}\` at \`${stopped.commit}\`; devices stop there. \`towline trust mend\` gets past it.`,
          '',
        ]),
    '| device | outcome | trusted commit | wanted | runs | since | last report | tunnel | why |',
    '|---|---|---|---|---|---|---|---|---|',
    ...shown.map(({ text }) => text),
    '',
    ...(more > 0 ? [`${more} more, in no worse order than these, stand in \`status/\`.`, ''] : []),
    ...supportLines(rows, nowMs),
    'The gateway writes this page. A row is what the device said, in a commit signed by the key that the fleet names',
    "for it, at a time by the device's clock. What is not signed so is not shown.",
    ...(auditHead === undefined ? [] : ['', `Audit log up to \`${auditHead.seq}:${auditHead.hash}\`.`]),
    '',
  ].join('\n');
}

/** Sentences that are shown, at most. */
const maxSentences = 20;

/** A sentence each, and whom it is about: what runs there is well, and nobody mends it any more. */
function supportLines(rows: readonly DeviceRow[], nowMs: number): string[] {
  const found = supportOfAll(
    rows.map(({ id, support }) => [id, support] as const),
    nowMs,
  );
  if (found.size === 0) return [];
  const lines = [...found].map(([sentence, devices]) => `- ${sentence}: ${someOf(devices.map(code))}`);
  const left = lines.length - maxSentences;
  return [...lines.slice(0, maxSentences), ...(left > 0 ? [`- and ${left} more`] : []), ''];
}

function counts(rows: readonly DeviceRow[]): string {
  const found = new Map<string, number>();
  for (const { word } of rows) found.set(word, (found.get(word) ?? 0) + 1);
  const words = [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([word, count]) => `${count} ${word}`);
  return words.length === 0 ? 'none' : words.join(', ');
}
