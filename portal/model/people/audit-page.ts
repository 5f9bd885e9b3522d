/** The fleet's audit log, the newest first: read backwards, piece by piece, each line's place in the chain compared. */
import { type AuditEntry, readEntryLine } from '../../../core/audit/audit-entry.ts';
import { AuditLog } from '../../../core/audit/audit-log.ts';
import { entryDetails } from '../../../core/audit/entry-details.ts';
import type { Audit, AuditLine, AuditQuery } from '../../api/types.generated.ts';
import { askedMoment } from '../asked-moment.ts';
import type { Model } from '../model.ts';
import type { Sight } from '../sight.ts';

/** Pieces that are read for one page. */
const mostPieces = 60;

interface Read {
  readonly entry: AuditEntry;
  readonly hash: string;
}

/** @throws TowlineError PORTAL_MALFORMED, AUDIT_MALFORMED; the signal's reason */
export async function auditPage(
  { home }: Model,
  sight: Sight,
  query: AuditQuery,
  signal: AbortSignal,
): Promise<Audit> {
  const command = 'towline audit verify';
  const tip = await home.audit.tip(signal);
  if (tip === undefined) return { entries: [], verified: 'none', command };
  const isAsked = askedEntries(query, home.clock.now());
  const log = new AuditLog(home.audit.objects);
  const { before = Number.POSITIVE_INFINITY } = query;
  const pieces = (await log.pieces(tip)).filter(({ firstSeq }) => firstSeq < before);
  const entries: AuditLine[] = [];
  let isChained = true;
  let newer: Read | undefined;
  let oldest: number | undefined;
  for (const piece of pieces.toReversed().slice(0, mostPieces)) {
    const read: Read[] = [];
    for await (const { text } of log.lines([piece], signal)) read.push(readEntryLine(text));
    for (const one of read.reverse()) {
      if (newer !== undefined && newer.entry.prev !== one.hash) isChained = false;
      newer = one;
      const { entry } = one;
      if (entry.seq >= before) continue;
      oldest = entry.seq;
      if (isAsked(entry) && isSeen(entry, sight)) entries.push(lineOf(entry, sight));
      if (entries.length >= query.limit) break;
    }
    if (entries.length >= query.limit) break;
  }
  return {
    ...{ entries, command, verified: isChained ? 'chain' : 'none' },
    ...(oldest === undefined || oldest <= 1 ? {} : { before: oldest }),
  };
}

/** Who does not read all is told of their devices, and of nothing that names another one. */
const isSeen = (entry: AuditEntry, sight: Sight): boolean =>
  sight.readsAll || (entry.device !== undefined && sight.reads(entry.device) && !isOfFleet.has(entry.type));

/** Such entries may name any device in their words. */
const isOfFleet: ReadonlySet<string> = new Set(['push', 'rollout', 'release', 'trust', 'gateway', 'login']);

function lineOf(entry: AuditEntry, sight: Sight): AuditLine {
  const { seq, time, type, what, state, device, person, from } = entry;
  // Where a person sits is nobody's to know who reads some devices.
  const { from: _from, ...rest } = entry;
  return {
    ...{ seq, time, type, what, details: entryDetails(rest) },
    ...(state === undefined ? {} : { state }),
    ...(device === undefined ? {} : { device }),
    ...(person === undefined ? {} : { person }),
    ...(from === undefined || !sight.readsAll ? {} : { from }),
  };
}

function askedEntries(
  { device, person, type, since, until }: AuditQuery,
  nowMs: number,
): (entry: AuditEntry) => boolean {
  const types = (type ?? '').split(',').filter(Boolean);
  const fromMs = since === undefined ? 0 : askedMoment(since, nowMs);
  const untilMs = until === undefined ? Number.POSITIVE_INFINITY : askedMoment(until, nowMs);
  return entry => {
    if (device !== undefined && entry.device !== device) return false;
    if (person !== undefined && entry.person !== person) return false;
    if (types.length > 0 && !types.includes(entry.type)) return false;
    const timeMs = Date.parse(entry.time);
    return timeMs >= fromMs && timeMs < untilMs;
  };
}
