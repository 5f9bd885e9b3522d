import type { ChangedPath } from '../git/change.ts';
import { noMode } from '../git/change.ts';
import type { ObjectReader } from '../git/object-reader.ts';
import type { ObjectId } from '../git/object-source.ts';
import type { Policy } from '../policy/policy.ts';
import { materialName, numbersOf } from '../signature/key-material.ts';
import { holderFile, operatorAt } from './claims.ts';
import { operatorKeys } from './named-keys.ts';

export interface LoginKeyQuestion {
  readonly reader: ObjectReader;
  readonly policy: Policy;
  /** The policy that the step brings. */
  readonly coming: Policy | undefined;
  readonly end: ObjectId;
  readonly change: readonly ChangedPath[];
}

/**
 * A passkey that logs in signs nothing, and one that signs logs nobody in: a login at an owned gateway would be a
 * signature. So no operator's passkey is a key of the policy, whoever they are, and no passkey of the policy a key of an
 * operator; root does not give it either.
 * @returns what stands against the step
 * @throws TowlineError what the reader throws.
 */
export async function loginKeyProblem(question: LoginKeyQuestion): Promise<string | undefined> {
  const { reader, policy, coming, end } = question;
  const after = coming ?? policy;
  if (after.walk < 2) return undefined;
  const signing = new Set(
    [...after.passkeys.values()].flat().map(({ key }) => materialName(numbersOf(key.publicKey))),
  );
  const all = new Set(after.keys.materials.map(({ material }) => material));
  for (const path of await pathsOf(question)) {
    const entry = await reader.entryAt(end, path);
    if (entry === undefined || entry.mode === '040000') continue;
    for (const { pointer, numbers } of operatorKeys(await holderFile(reader, entry.id)).keys) {
      const isLogin = pointer[0] === 'passkeys';
      if (numbers.some(each => (isLogin ? all : signing).has(materialName(each))))
        return `${path} has at /${pointer.join('/')} a key of the policy: a passkey logs in or signs, never both`;
    }
  }
  return undefined;
}

/** Files of operators that may say otherwise than before: all of them where the policy gains a key. */
async function pathsOf({ reader, policy, coming, end, change }: LoginKeyQuestion): Promise<string[]> {
  const known = new Set(policy.keys.materials.map(({ material }) => material));
  const gained = (coming?.keys.materials ?? []).some(({ material }) => !known.has(material));
  const asPasskey = (coming?.passkeys.size ?? 0) > 0;
  if (!gained && !asPasskey)
    return change
      .filter(({ path, newMode }) => newMode !== noMode && operatorAt(path) !== undefined)
      .map(({ path }) => path);
  const paths: string[] = [];
  for await (const { path } of reader.list(end, 'operators'))
    if (operatorAt(path) !== undefined) paths.push(path);
  return paths;
}
