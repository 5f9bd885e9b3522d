import type { PolicyFile } from '../../../schemas/types.generated.ts';
import { policy as validatePolicy } from '../../../schemas/validate.generated.js';
import { messageOf } from '../../errors/cause.ts';
import { TowlineError } from '../../errors.ts';
import type { PasskeyRules } from '../../webauthn/assertion.ts';
import { plainValue, readPlainYaml } from '../git/yaml-node.ts';
import type { KeyRing, TrustKey } from '../signature/trust-key.ts';
import { parseGlob } from './glob.ts';
import { type Passkeys, passkeyRuleProblem, readWebauthn } from './passkey-rules.ts';
import type { Role, Rule } from './rule.ts';
import { firstWalk, newestWalk, statedWalk } from './walk-version.ts';

export const policyPath = 'trust/policy.yaml';
/** Signs freshness and nothing else. */
export const timestampRole = 'timestamp';
export const rootRole = 'root';

export interface Policy {
  readonly fleet: string;
  readonly version: number;
  /** Version of the rules by which the steps after it are judged. */
  readonly walk: number;
  /** Line time as root sets it, at the step that brings this value; seconds since the epoch. */
  readonly timeSec?: number;
  /** Whether signatures need the trailer that names main. */
  readonly intent: 'main' | 'any';
  /** Keys that count wherever their principal does: no passkeys. */
  readonly principals: ReadonlyMap<string, readonly TrustKey[]>;
  readonly passkeys: Passkeys;
  /** On which pages passkeys sign; there wherever somebody has one. */
  readonly webauthn?: PasskeyRules;
  /** All of them, passkeys too. */
  readonly keys: KeyRing;
  readonly roles: ReadonlyMap<string, Role>;
  readonly rules: readonly Rule[];
}

/** What the file says, names resolved, keys not read yet. */
export type PolicyText = Omit<Policy, 'principals' | 'passkeys' | 'keys'> & Pick<PolicyFile, 'principals'>;

/**
 * @param knownWalk The newest walk that the reader knows; older ones are asked for by tests alone.
 * @throws TowlineError TRUST_POLICY_INVALID, TRUST_WALK_UNKNOWN
 */
export function parsePolicy(bytes: Uint8Array, knownWalk = newestWalk): PolicyText {
  const file = readPolicyFile(bytes, knownWalk);
  const { fleet, version, principals, walk = firstWalk, intent = 'main', time } = file;
  const roles = new Map<string, Role>();
  for (const [name, role] of Object.entries(file.roles)) {
    for (const principal of role.principals) {
      if (!Object.hasOwn(file.principals, principal))
        throw invalid(`role ${name} names ${principal}, who is no principal`);
    }
    roles.set(name, { name, principals: new Set(role.principals), threshold: role.threshold ?? 1 });
  }
  assertTimestampRole(roles);
  const rules = (file.rules ?? []).map((rule, index): Rule => {
    for (const role of rule.roles) {
      if (!roles.has(role)) throw invalid(`rule ${index + 1} names role ${role}, which does not exist`);
      if (role === timestampRole) throw invalid(`rule ${index + 1} lets the role timestamp change files`);
    }
    if (rule.change !== undefined && walk < 2)
      throw invalid(`rule ${index + 1} has \`change\`, which is a word of walk 2`);
    return readRule(rule, index + 1, walk);
  });
  const webauthn = readWebauthn(file, walk);
  if (typeof webauthn === 'string') throw invalid(webauthn);
  assertPasskeysOfWalk(file, walk);
  const reset = time === undefined ? {} : { timeSec: readTime(time, walk) };
  const pages = webauthn === undefined ? {} : { webauthn };
  return { fleet, version, walk, ...reset, intent, principals, roles, rules, ...pages };
}

/** @throws TowlineError TRUST_POLICY_INVALID, TRUST_POLICY_PASSKEY */
function readRule(
  { paths, only, change, passkeys, roles }: NonNullable<PolicyFile['rules']>[number],
  number: number,
  walk: number,
): Rule {
  const rule: Rule = {
    number,
    paths,
    globs: paths.map(parseGlob),
    roles,
    ...(only === undefined ? {} : { only: only.map(parsePointer) }),
    ...(change === undefined ? {} : { change }),
    ...(passkeys === true ? { passkeys } : {}),
  };
  if (passkeys === undefined) return rule;
  if (walk < 2) throw invalid(`rule ${number} has \`passkeys\`, which is a word of walk 2`);
  const problem = passkeys ? passkeyRuleProblem(rule) : undefined;
  if (problem === undefined) return rule;
  throw new TowlineError('TRUST_POLICY_PASSKEY', problem, { position: { file: policyPath } });
}

/** What walk 1 does not know it refuses, as any word that it does not know. */
function assertPasskeysOfWalk({ principals }: PolicyFile, walk: number): void {
  if (walk >= 2) return;
  const [name] = Object.entries(principals).find(([, { passkeys }]) => passkeys !== undefined) ?? [];
  if (name !== undefined) throw invalid(`${name} has \`passkeys\`, which is a word of walk 2`);
}

function readPolicyFile(bytes: Uint8Array, knownWalk: number): PolicyFile {
  let value: unknown;
  try {
    value = plainValue(readPlainYaml(bytes));
  } catch (cause) {
    throw invalid(`it has ${messageOf(cause)}`, cause);
  }
  const walk = statedWalk(value);
  if (walk > knownWalk) {
    const message = `the policy asks for walk ${walk}; this program knows ${knownWalk}`;
    throw new TowlineError('TRUST_WALK_UNKNOWN', message, { position: { file: policyPath } });
  }
  if (!validatePolicy(value)) {
    const [first] = validatePolicy.errors ?? [];
    throw invalid(`${first?.instancePath || '/'} ${first?.message ?? 'does not satisfy the schema'}`);
  }
  return value;
}

function readTime(text: string, walk: number): number {
  if (walk < 2) throw invalid('`time` is a word of walk 2');
  const timeMs = Date.parse(text);
  if (Number.isNaN(timeMs)) throw invalid(`time ${text} is no moment`);
  return Math.floor(timeMs / 1000);
}

/** A bot whose key does nothing else is worth nothing to a thief. */
function assertTimestampRole(roles: ReadonlyMap<string, Role>): void {
  const bots = roles.get(timestampRole)?.principals ?? new Set<string>();
  for (const role of roles.values()) {
    const both = [...role.principals].find(principal => role.name !== timestampRole && bots.has(principal));
    if (both !== undefined) throw invalid(`${both} has the role timestamp and the role ${role.name}`);
  }
}

/** RFC 6901. */
export function parsePointer(pointer: string): readonly string[] {
  return pointer
    .split('/')
    .slice(1)
    .map(token => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

export function formatPointer(tokens: readonly string[]): string {
  return tokens.map(token => `/${token.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

function invalid(message: string, cause?: unknown): TowlineError {
  return new TowlineError('TRUST_POLICY_INVALID', message, {
    position: { file: policyPath },
    ...(cause === undefined ? {} : { cause }),
  });
}
