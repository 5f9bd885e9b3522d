/** What a commit of the branch `audit` signs: whose log it is, how far it goes, and where it begins. */
import { TowlineError } from '../errors.ts';
import { type ChainPlace, isCount } from './audit-entry.ts';

export const auditRef = 'refs/heads/audit';

export interface AuditClaim {
  readonly fleet: string;
  /** The newest entry that stands in this commit. */
  readonly head: ChainPlace;
  /** Of a first commit: what came before it was not kept any longer. */
  readonly base?: ChainPlace;
}

/** Bytes of a message: what is longer is none of a gateway. */
const maxMessage = 1024;

export function claimMessage({ fleet, head, base }: AuditClaim): string {
  const place = ({ seq, hash }: ChainPlace) => `${seq} ${hash}`;
  return [
    `Audit of ${fleet} up to ${head.seq}`,
    '',
    `Towline-Audit: ${fleet}`,
    `Towline-Audit-Head: ${place(head)}`,
    ...(base === undefined ? [] : [`Towline-Audit-Base: ${place(base)}`]),
    '',
  ].join('\n');
}

/** @throws TowlineError AUDIT_MALFORMED where it is not, byte for byte, what a gateway writes */
export function readClaim(message: string): AuditClaim {
  const claim = message.length > maxMessage ? undefined : claimOf(message);
  if (claim === undefined || claimMessage(claim) !== message)
    throw new TowlineError('AUDIT_MALFORMED', 'a message that no gateway writes on this branch');
  return claim;
}

function claimOf(message: string): AuditClaim | undefined {
  const value = (name: string): string | undefined => new RegExp(`^${name}: (.+)$`, 'm').exec(message)?.[1];
  const fleet = value('Towline-Audit');
  const head = readPlace(value('Towline-Audit-Head') ?? '');
  const base = value('Towline-Audit-Base');
  if (fleet === undefined || head === undefined) return undefined;
  if (base === undefined) return { fleet, head };
  const from = readPlace(base);
  return from === undefined ? undefined : { fleet, head, base: from };
}

/** A place as people and machines pass it on: `1234 <64 hexadecimal digits>`, or with a colon between them. */
export function readPlace(text: string): ChainPlace | undefined {
  const [, digits = '', hash = ''] = /^(\d{1,15})[ :]([0-9a-f]{64})$/.exec(text.trim()) ?? [];
  const seq = Number(digits);
  return digits === '' || !isCount(seq) ? undefined : { seq, hash };
}
