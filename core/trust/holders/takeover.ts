import type { ChangedPath } from '../git/change.ts';
import type { ListedFile, ObjectReader } from '../git/object-reader.ts';
import type { ObjectId } from '../git/object-source.ts';
import type { Policy } from '../policy/policy.ts';
import { type Requirement, requirementAsIfChanged, rootRequirement } from '../policy/requirement.ts';
import {
  type Claim,
  claimsAt,
  claimsOfChange,
  claimsTheSame,
  isHolderPath,
  operatorAt,
  without,
} from './claims.ts';
import type { ChangedHolder, HolderIndex } from './holder-index.ts';
import { ReservedKeys } from './reserved-keys.ts';

export interface TakeoverQuestion {
  readonly reader: ObjectReader;
  readonly policy: Policy;
  /** The policy that the step brings. */
  readonly coming: Policy | undefined;
  readonly from: ObjectId;
  readonly to: ObjectId;
  readonly change: readonly ChangedPath[];
  /** Whether that is all that differs between the two, or some of it. */
  readonly isWhole: boolean;
  readonly holders: HolderIndex;
}

/**
 * What a step needs beyond the vouchers of the paths that it changes, because files of devices or operators gain an id
 * or a key in it that others have, or let go of what is revoked.
 *
 * A file that has the claim before and after the step must be vouched for as if that value had changed there; an id,
 * as if the file were removed. One that has it on one side alone changes in this step: its own vouchers are asked for
 * anyway, so that moving a file, or exchanging keys, is what it was.
 * @throws TowlineError what the reader throws.
 */
export async function takeoverRequirements(question: TakeoverQuestion): Promise<Requirement[]> {
  const { reader, policy, from, to, holders } = question;
  if (policy.walk < 2) return [];
  const changed = await changedHolders(reader, question.change);
  const found = changed.flatMap(file => revokedRequirements(policy, file));
  const gains = changed.flatMap(file => gainsOf(file).map(claim => ({ path: file.path, claim })));
  if (gains.length > 0) {
    const table = await holders.at(reader, from);
    const after = new Map(changed.map(file => [file.path, file.after]));
    const reserved = await ReservedKeys.read(question);
    for (const gain of gains) {
      const others = table.holdersOf(gain.claim.name).filter(path => {
        const now = after.get(path);
        return (
          path !== gain.path && (now === undefined || now.all.some(({ name }) => name === gain.claim.name))
        );
      });
      for (const path of others) found.push(...(await holderRequirements(question, path, gain)));
      const owner = reserved.ownerOf(gain.claim, operatorAt(gain.path));
      if (owner !== undefined) found.push(rootOf(policy, gain, `the key there is that of ${owner}`));
    }
  }
  if (question.isWhole) await holders.note(reader, from, to, changed);
  return found;
}

async function changedHolders(
  reader: ObjectReader,
  change: readonly ChangedPath[],
): Promise<ChangedHolder[]> {
  const changed: ChangedHolder[] = [];
  for (const entry of change.filter(({ path }) => isHolderPath(path))) {
    if (await claimsTheSame(reader, entry)) continue;
    changed.push({ path: entry.path, ...(await claimsOfChange(reader, entry)) });
  }
  return changed;
}

interface Gain {
  readonly path: string;
  readonly claim: Claim;
}

/** Keys count as gained, too, where they become revoked: that reaches whoever else has them. */
function gainsOf({ before, after }: ChangedHolder): Claim[] {
  const isRevoking = after.revoked && !before.revoked;
  return isRevoking ? [...after.all] : without(after, before);
}

/** `revoked` is for ever, for the keys that stand beside it. */
function revokedRequirements(policy: Policy, { path, before, after }: ChangedHolder): Requirement[] {
  if (!before.revoked) return [];
  const isAsBefore =
    after.revoked && without(before, after).length === 0 && without(after, before).length === 0;
  if (isAsBefore) return [];
  return [{ ...rootRequirement(policy, path), because: 'its keys are revoked, which only root changes' }];
}

async function holderRequirements(
  { reader, policy, from }: TakeoverQuestion,
  path: string,
  gain: Gain,
): Promise<Requirement[]> {
  const entry = await reader.entryAt(from, path);
  if (entry === undefined || entry.mode === '040000') return [];
  const file: ListedFile = { path, mode: entry.mode, id: entry.id };
  const { all } = await claimsAt(reader, path, entry.id);
  const found: Requirement[] = [];
  for (const { pointer } of all.filter(({ name }) => name === gain.claim.name)) {
    const what = pointer === undefined ? 'id' : 'key';
    const needed = await requirementAsIfChanged(reader, file, policy, pointer);
    found.push({ ...needed, because: `${gain.path} takes its ${what}` });
  }
  return found;
}

function rootOf(policy: Policy, { path, claim }: Gain, because: string): Requirement {
  const pointer = claim.pointer === undefined ? {} : { pointer: `/${claim.pointer.join('/')}` };
  return { ...rootRequirement(policy, path), ...pointer, because };
}
