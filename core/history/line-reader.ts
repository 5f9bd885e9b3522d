/** What a commit of main says, and who has signed it, by the policy in the commit before it. */
import { isTowlineError } from '../errors.ts';
import { timeWord } from '../time-word.ts';
import { changeBetween, noMode } from '../trust/git/change.ts';
import type { ObjectReader } from '../trust/git/object-reader.ts';
import type { ObjectId } from '../trust/git/object-source.ts';
import type { Policy } from '../trust/policy/policy.ts';
import { loadPolicy, type PolicyCache } from '../trust/policy/policy-load.ts';
import { checkApproval } from '../trust/step/approval.ts';
import { checkCommitSignature } from '../trust/step/commit-signature.ts';
import { trailersOf } from '../trust/step/trailers.ts';

export interface CommitWord {
  readonly commit: ObjectId;
  /** By the clock of who made it. */
  readonly time: string;
  /** The first line. */
  readonly subject: string;
  /** The message without its first line and its trailers. */
  readonly body: string;
  /** Whose key has signed it; undefined: of nobody whom the policy names. */
  readonly signed: string | undefined;
  /** Who has approved this very change. */
  readonly approved: readonly string[];
}

/** More of a message, and of its first line, is not shown, characters. */
const [maxMessage, maxSubject] = [4000, 200];
const approvalFile = /^approvals\//;

export class LineReader {
  readonly #reader: ObjectReader;
  readonly #policies: PolicyCache = new Map();

  constructor(reader: ObjectReader) {
    this.#reader = reader;
  }

  /** @throws TowlineError what the reader throws */
  async word(id: ObjectId): Promise<CommitWord> {
    const { committer, message, parents, signature } = await this.#reader.commit(id);
    const [parent] = parents;
    const policy = await this.#policyAt(parent ?? id);
    const evidence =
      policy === undefined || signature === undefined ? undefined : checkCommitSignature(signature, policy);
    const [subject = '', ...rest] = withoutTrailers(message.slice(0, maxMessage)).split('\n');
    return {
      commit: id,
      time: timeWord(committer.timeSec * 1000),
      subject: subject.slice(0, maxSubject),
      body: rest.join('\n').trim(),
      signed: evidence?.sound === true ? evidence.by.principal : undefined,
      approved: policy === undefined ? [] : await this.#approvedOr(id, parent, policy),
    };
  }

  async #policyAt(commit: ObjectId): Promise<Policy | undefined> {
    try {
      return await loadPolicy(this.#reader, commit, this.#policies);
    } catch (error) {
      if (isTowlineError(error)) return undefined;
      throw error;
    }
  }

  /** None where its files cannot be compared: a walk stops there, and what stands around it is told. */
  async #approvedOr(id: ObjectId, parent: ObjectId | undefined, policy: Policy): Promise<string[]> {
    try {
      return await this.#approved(id, parent, policy);
    } catch (error) {
      if (isTowlineError(error)) return [];
      throw error;
    }
  }

  /** Those whose approvals state this change; whether it is enough is the walk's to say. */
  async #approved(id: ObjectId, parent: ObjectId | undefined, policy: Policy): Promise<string[]> {
    if (parent === undefined) return [];
    const reader = this.#reader;
    const trees = [(await reader.commit(parent)).tree, (await reader.commit(id)).tree] as const;
    const all = await changeBetween(reader, ...trees);
    const isAdded = (path: string, mode: string) => approvalFile.test(path) && mode === noMode;
    const added = all.filter(({ path, oldMode }) => isAdded(path, oldMode));
    const change = all.filter(({ path, oldMode }) => !isAdded(path, oldMode));
    const context = { reader, policy, comingPolicy: undefined, isComingUnknown: false, change };
    const found: string[] = [];
    for (const file of added) {
      const approval = await checkApproval(file, { ...context, isBase: async () => true });
      if ('principal' in approval && approval.current.sound) found.push(approval.principal);
    }
    return [...new Set(found)].sort();
  }
}

/** `alice`, `alice, approved by bob`, `approved by bob and carol`, `nobody who is known` */
export function vouchedWords({ signed, approved }: Pick<CommitWord, 'signed' | 'approved'>): string {
  const others = approved.filter(name => name !== signed);
  const approvals = others.length === 0 ? '' : `approved by ${others.join(' and ')}`;
  return [signed, approvals].filter(Boolean).join(', ') || 'nobody who is known';
}

/** As `--json` has it. */
export const commitJson = ({ signed, approved, body, ...word }: CommitWord) => ({
  ...word,
  ...(body === '' ? {} : { body }),
  signed: signed ?? null,
  ...(approved.length === 0 ? {} : { approved }),
});

/** What stands in front of the block of trailers, if it has one. */
function withoutTrailers(message: string): string {
  const text = message.trimEnd();
  if (trailersOf(`${text}\n`).length === 0) return text;
  const at = text.lastIndexOf('\n\n');
  return at < 0 ? '' : text.slice(0, at).trimEnd();
}
