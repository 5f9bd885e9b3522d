/**
 * Whether an audit log is what was signed, and all of it: the signature of each commit, the chain of all entries, and each signed
 * or known head against the entry that stands in its place. Since an entry carries the hash of all before it, a head that fits
 * shows that the log has only grown since. One piece, and a place for each commit, are held.
 */
import type { Commit } from '../trust/git/commit-object.ts';
import type { ObjectId, ObjectSource } from '../trust/git/object-source.ts';
import { checkSshSignature } from '../trust/signature/ssh-signature.ts';
import type { KeyRing } from '../trust/signature/trust-key.ts';
import { AuditChain, type AuditFault, AuditFaults } from './audit-chain.ts';
import { type AuditClaim, readClaim } from './audit-commit.ts';
import { type AuditEntry, type ChainPlace, chainStart } from './audit-entry.ts';
import { AuditLog } from './audit-log.ts';

export interface KnownHead extends ChainPlace {
  /** Whence it is known, for people: `--head`, `this clone`. */
  readonly from: string;
  /** It cannot be too old to be kept: a log that begins behind it was cut. */
  readonly isKept?: boolean;
}

export interface AuditQuestion {
  readonly source: ObjectSource;
  readonly tip: ObjectId;
  readonly fleet: string;
  /** Keys that fleet.yaml names. */
  readonly keys: KeyRing;
  readonly known: readonly KnownHead[];
  /** Hashes of which it is not known whose they are: some entry has to have each. */
  readonly hashes?: readonly string[];
  /** Each entry, in order, as it is read; what it says counts once the verdict has no faults. */
  readonly onEntry?: (entry: AuditEntry) => void;
  readonly signal: AbortSignal;
}

export interface AuditVerdict {
  /** Entries that were read. */
  readonly entries: number;
  readonly commits: number;
  /** What the first entry follows: what came before it was not kept. */
  readonly base: ChainPlace;
  /** Of the newest entry. */
  readonly head: ChainPlace;
  /** Of the newest entry. */
  readonly lastTime?: string;
  /** Known heads that are older than what is kept: nothing can be said of them. */
  readonly older: readonly KnownHead[];
  readonly faults: readonly AuditFault[];
  /** All of them; `faults` has the first. */
  readonly faultCount: number;
}

interface Signed extends AuditClaim {
  readonly commit: ObjectId;
}

/** @throws TowlineError TRUST_OBJECT_… where the repository itself is damaged */
export async function verifyAudit(question: AuditQuestion): Promise<AuditVerdict> {
  const faults = new AuditFaults();
  const log = new AuditLog(question.source);
  const claims = await signedClaims(log, question, faults);
  const start = chainStart(question.fleet);
  const base = claims.at(-1)?.base ?? start;
  const chain = new AuditChain(base, faults);
  const heads = new HeadCheck(claims, question.known, faults);
  const sought = new Set(question.hashes);
  heads.pass(base);
  sought.delete(base.hash);
  let entries = 0;
  let lastTime: string | undefined;
  for await (const { text, where } of log.lines(await piecesOf(log, question.tip, faults), question.signal)) {
    const added = chain.add(text, where);
    if (added === undefined) continue;
    entries += 1;
    lastTime = added.entry.time;
    heads.pass(added);
    sought.delete(added.hash);
    question.onEntry?.(added.entry);
  }
  for (const hash of sought)
    faults.add({ code: 'AUDIT_REWRITTEN', where: '--head', message: `no entry has the hash ${hash}` });
  const older = heads.finish(base, chain.at);
  return {
    ...{ entries, commits: claims.length, base, head: chain.at, older },
    ...(lastTime === undefined ? {} : { lastTime }),
    ...{ faults: faults.found, faultCount: faults.count },
  };
}

async function piecesOf(log: AuditLog, tip: ObjectId, faults: AuditFaults) {
  try {
    return await log.pieces(tip);
  } catch (error) {
    faults.take(error, { where: tip });
    return [];
  }
}

/** Newest first. */
async function signedClaims(log: AuditLog, question: AuditQuestion, faults: AuditFaults): Promise<Signed[]> {
  const claims: Signed[] = [];
  for await (const commit of log.commits(question.tip, question.signal)) {
    const where = `commit ${commit.id}`;
    checkSigned(commit, question.keys, faults);
    try {
      const claim = readClaim(commit.message);
      checkPlace(commit, { claim, after: claims.at(-1) }, question.fleet, faults);
      claims.push({ ...claim, commit: commit.id });
    } catch (error) {
      faults.take(error, { where });
    }
  }
  return claims;
}

function checkSigned({ id, signature, parents }: Commit, keys: KeyRing, faults: AuditFaults): void {
  const where = `commit ${id}`;
  if (parents.length > 1)
    faults.add({ code: 'AUDIT_MALFORMED', where, message: 'a merge, which no gateway makes' });
  if (signature === undefined) {
    faults.add({ code: 'AUDIT_UNSIGNED', where, message: 'it is not signed' });
    return;
  }
  const evidence = checkSshSignature(signature.armored, signature.payload, keys, 'git');
  if (!evidence.sound) faults.add({ code: 'AUDIT_UNSIGNED', where, message: evidence.message });
}

function checkPlace(
  { id, parents }: Commit,
  { claim, after }: { readonly claim: AuditClaim; readonly after: Signed | undefined },
  fleet: string,
  faults: AuditFaults,
): void {
  const where = `commit ${id}`;
  const malformed = (message: string) => faults.add({ code: 'AUDIT_MALFORMED', where, message });
  if (claim.fleet !== fleet) malformed(`it is of the fleet ${claim.fleet}`);
  if (claim.base !== undefined && parents.length > 0) malformed('it begins anew behind another commit');
  if (after !== undefined && after.head.seq <= claim.head.seq)
    faults.add({
      ...{ code: 'AUDIT_REORDERED', where, seq: claim.head.seq },
      message: `it goes up to entry ${claim.head.seq}, and ${after.commit}, which follows it, to ${after.head.seq}`,
    });
}

/** Heads in the order of their numbers, as the entries pass by. */
class HeadCheck {
  readonly #heads: (ChainPlace & { readonly what: string; readonly known?: KnownHead })[];
  readonly #faults: AuditFaults;
  #next = 0;

  /** @param claims newest first */
  constructor(claims: readonly Signed[], known: readonly KnownHead[], faults: AuditFaults) {
    const signed = claims.map(({ head, commit }) => ({ ...head, what: `commit ${commit}` }));
    const others = known.map(head => ({ seq: head.seq, hash: head.hash, what: head.from, known: head }));
    this.#heads = [...signed, ...others].sort((one, other) => one.seq - other.seq);
    this.#faults = faults;
  }

  pass({ seq, hash }: ChainPlace): void {
    for (
      let head = this.#heads[this.#next];
      head !== undefined && head.seq <= seq;
      head = this.#heads[this.#next]
    ) {
      // Of what is not there at all the chain has said so, or it is not kept any longer.
      if (head.seq === seq && head.hash !== hash) {
        const code = head.known === undefined ? 'AUDIT_CHANGED' : 'AUDIT_REWRITTEN';
        const message = `entry ${seq} is not the one whose hash ${head.what} has`;
        this.#faults.add({ code, seq, where: head.what, message });
      }
      this.#next += 1;
    }
  }

  /** @returns known heads that are older than the log */
  finish(base: ChainPlace, last: ChainPlace): KnownHead[] {
    for (const { seq, what } of this.#heads.slice(this.#next)) {
      const message = `${what} says that there are ${seq} entries, and the log ends with ${last.seq}`;
      this.#faults.add({ code: 'AUDIT_CUT', seq, where: what, message });
    }
    const signed = this.#heads.filter(({ known }) => known === undefined).at(-1);
    if (signed !== undefined && signed.seq < last.seq) {
      const message = `entries behind ${signed.seq} stand in no signed head`;
      this.#faults.add({ code: 'AUDIT_CHANGED', seq: signed.seq + 1, where: signed.what, message });
    }
    const before = this.#heads.flatMap(({ known }) =>
      known !== undefined && known.seq < base.seq ? [known] : [],
    );
    for (const { seq, from } of before.filter(({ isKept }) => isKept === true)) {
      const message = `${from} knows entry ${seq}, and the log begins behind entry ${base.seq}`;
      this.#faults.add({ code: 'AUDIT_CUT', seq, where: from, message });
    }
    return before.filter(({ isKept }) => isKept !== true);
  }
}
