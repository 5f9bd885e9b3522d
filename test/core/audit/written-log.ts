/** An audit log in memory, as a gateway writes it, and as somebody who has the repository, or the key, too, may change it. */
import { claimMessage } from '../../../core/audit/audit-commit.ts';
import {
  type AuditFacts,
  type ChainPlace,
  chainedLine,
  chainStart,
} from '../../../core/audit/audit-entry.ts';
import { type KnownHead, verifyAudit } from '../../../core/audit/audit-verify.ts';
import { makeSignedCommit } from '../../../core/io/git/commit-write.ts';
import { type MadeObject, makeTrees } from '../../../core/io/git/object-write.ts';
import { makeSshPrivateKey, readSshPrivateKey, type SshKey } from '../../../core/io/openssh-key.ts';
import type { ObjectId } from '../../../core/trust/git/object-source.ts';
import { readSshPublicKey } from '../../../core/trust/signature/ssh-public-key.ts';
import { KeyRing } from '../../../core/trust/signature/trust-key.ts';

export const newKey = (): SshKey => readSshPrivateKey(makeSshPrivateKey('audit'));

export const factsAt = (at: number): AuditFacts => ({
  ...{ time: new Date(Date.UTC(2026, 10, 29) + at * 1000).toISOString(), type: 'login', what: 'login' },
  ...{ state: 'allowed', person: `person-${at}` },
});

/** Lines of a chain. @param base what the first follows */
export function chainOf(facts: readonly AuditFacts[], base: ChainPlace = chainStart('acme')) {
  let at = base;
  return facts.map(each => {
    const next = chainedLine(at, each);
    at = next;
    return next;
  });
}

export type Lines = ReturnType<typeof chainOf>;

export interface WrittenCommit {
  readonly lines: readonly string[];
  readonly head: ChainPlace;
  readonly base?: ChainPlace;
  readonly key?: SshKey;
  readonly fleet?: string;
  /** Behind the one before; else it is the first of a branch. */
  readonly isNext?: boolean;
}

export class WrittenLog {
  readonly key: SshKey;
  readonly #objects = new Map<ObjectId, MadeObject>();
  tip: ObjectId = '';

  constructor(key = newKey()) {
    this.key = key;
  }

  /** A log of so many commits over these lines, each with some more of them. */
  static of(lines: Lines, commits = 3, key = newKey()): WrittenLog {
    const log = new WrittenLog(key);
    const texts = lines.map(({ line }) => line);
    for (let count = 1; count <= commits; count += 1) {
      const end = Math.ceil((lines.length * count) / commits);
      const head = lines[end - 1];
      if (head !== undefined) log.commit({ lines: texts.slice(0, end), head, isNext: count > 1 });
    }
    return log;
  }

  commit({ lines, head, base, key = this.key, fleet = 'acme', isNext = false }: WrittenCommit): void {
    const first = (base?.seq ?? 0) + 1;
    const files = new Map([
      [`2026/11/29-${first}.ndjson`, Buffer.from(lines.map(line => `${line}\n`).join(''))],
    ]);
    const { root, objects } = makeTrees(files);
    const made = makeSignedCommit({
      ...{
        tree: root,
        parent: isNext ? this.tip : undefined,
        person: 'Gateway <gateway@acme>',
        timeMs: 0,
        key,
      },
      message: claimMessage({
        fleet,
        head: { seq: head.seq, hash: head.hash },
        ...(base === undefined ? {} : { base }),
      }),
    });
    for (const object of [...objects, made]) this.#objects.set(object.id, object);
    this.tip = made.id;
  }

  verify(known: readonly KnownHead[] = [], keys: readonly SshKey[] = [this.key], fleet = 'acme') {
    const owned = keys.map(({ publicLine }) => ({ principal: 'gateway', key: readSshPublicKey(publicLine) }));
    const source = { read: async (id: ObjectId) => this.#objects.get(id) };
    const signal = new AbortController().signal;
    return verifyAudit({ source, tip: this.tip, fleet, keys: new KeyRing(owned), known, signal });
  }
}
