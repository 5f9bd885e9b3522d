/** By what somebody has shown who they are: for as long as it stands in their operator file, they are. */
import type { OperatorFile } from '../../schemas/types.generated.ts';

export type Proof =
  /** Wire form of the key, base64. */
  | { readonly by: 'ssh'; readonly key: string }
  /** Line of the operator's file. */
  | { readonly by: 'passkey'; readonly line: string }
  | { readonly by: 'oidc'; readonly iss: string; readonly sub: string };

/** A person of the fleet, as its current commit has them. */
export interface Person {
  readonly name: string;
  readonly file: OperatorFile;
}

/** Who is who now, asked anew each time. */
export interface People {
  named(name: string): Person | undefined;
  /** @param key wire form, base64: of one operator alone */
  withSshKey(key: string): Person | undefined;
  all(): Iterable<Person>;
}

/** Whether this still proves that it is this person. */
export function stillProves(people: People, name: string, proof: Proof): boolean {
  const person = people.named(name);
  if (person === undefined) return false;
  switch (proof.by) {
    case 'ssh':
      return people.withSshKey(proof.key)?.name === name;
    case 'passkey':
      return person.file.passkeys?.includes(proof.line) === true;
    case 'oidc':
      return person.file.oidc?.some(({ iss, sub }) => iss === proof.iss && sub === proof.sub) === true;
  }
}
