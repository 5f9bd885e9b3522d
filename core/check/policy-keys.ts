/** Keys of the policy that no device can trust: it would refuse the commit that brings them. */
import { messageOf } from '../errors/cause.ts';
import type { Problem } from '../errors.ts';
import type { Fleet } from '../fleet/fleet.ts';
import { type KeyKind, readTrustable } from './trustable-key.ts';

export async function policyKeyProblems({ policy, policyKeys }: Fleet): Promise<Problem[]> {
  const problems: Problem[] = [];
  if (policy === undefined) return problems;
  for (const [name, { openpgp = [], ssh = [] }] of Object.entries(policy.value.principals)) {
    const named = [
      ...openpgp.map((path, index) => ({ kind: 'openpgp', text: policyKeys.get(path), index }) as const),
      ...ssh.map((text, index) => ({ kind: 'ssh', text, index }) as const),
    ];
    for (const { kind, text, index } of named) {
      const pointer = `/principals/${name}/${kind}/${index}`;
      const why = await whyNot(kind, text);
      if (why === undefined) continue;
      const message = `no device can trust this key of ${name}: ${why}`;
      problems.push({ code: 'TRUST_POLICY_KEY', message, position: policy.locate(pointer) });
    }
  }
  return problems;
}

async function whyNot(kind: KeyKind, text: string | undefined): Promise<string | undefined> {
  if (text === undefined) return 'the file does not exist';
  return readTrustable(kind, text).then(() => undefined, messageOf);
}
