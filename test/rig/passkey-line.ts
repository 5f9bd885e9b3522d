/** A fleet in memory whose people sign at a portal, too: alice from a clone, carol by a passkey alone, dora by both. */
import { createHash } from 'node:crypto';
import {
  approvalPath,
  formatApprovalFile,
  formatStatement,
} from '../../core/trust/step/approval-statement.ts';
import { MemoryKey, type MemorySigner } from '../../lab/rig/memory-repository.ts';
import { MemoryLine } from './memory-line.ts';
import { SoftPasskey } from './soft-authenticator.ts';

export const pump = 'devices/eu/pump.yaml';
export const pumpText = 'apiVersion: towline/v1\ntunnel: { state: closed }\npaused: false\n';
export const narrowRule =
  '{ paths: ["devices/**"], only: [/paused, /tunnel/state], roles: [portal], passkeys: true }';

/** When its first commit was made, seconds since the epoch. */
export const startSec = Date.UTC(2026, 10, 28, 12) / 1000;

export interface PasskeyPeople {
  readonly alice: MemoryKey;
  readonly bob: MemoryKey;
  readonly dora: MemoryKey;
  readonly carol: SoftPasskey;
  readonly doraPasskey: SoftPasskey;
}

export interface PasskeyPolicy {
  readonly version?: number;
  readonly walk?: number;
  readonly webauthn?: string;
  /** Before the one that gives devices to `deploy`. */
  readonly rules?: readonly string[];
  readonly roles?: readonly string[];
  /** name: what stands in the braces. */
  readonly principals?: Readonly<Record<string, string>>;
}

export function makePasskeyPeople(): PasskeyPeople {
  const [alice, bob, dora] = [new MemoryKey(), new MemoryKey(), new MemoryKey()];
  return { alice, bob, dora, carol: new SoftPasskey(), doraPasskey: new SoftPasskey() };
}

export function passkeyPolicy(people: PasskeyPeople, options: PasskeyPolicy = {}): string {
  const { version = 1, walk = 2, rules = [narrowRule] } = options;
  const { webauthn = `{ origins: ["${people.carol.origin}"] }` } = options;
  const principals = {
    alice: `ssh: ["${people.alice.publicKey}"]`,
    bob: `ssh: ["${people.bob.publicKey}"]`,
    carol: `passkeys: ["${people.carol.line}"]`,
    dora: `ssh: ["${people.dora.publicKey}"], passkeys: ["${people.doraPasskey.line}"]`,
    ...options.principals,
  };
  const roles = options.roles ?? [
    'root: { principals: [alice] }',
    'deploy: { principals: [alice, bob, dora] }',
    'portal: { principals: [alice, carol, dora] }',
  ];
  return [
    ...['apiVersion: towline/v1', 'fleet: acme', `version: ${version}`, `walk: ${walk}`],
    ...(webauthn === '' ? [] : [`webauthn: ${webauthn}`]),
    'principals:',
    ...Object.entries(principals).map(([name, body]) => `  ${name}: { ${body} }`),
    'roles:',
    ...roles.map(role => `  ${role}`),
    'rules:',
    ...rules.map(rule => `  - ${rule}`),
    '  - { paths: ["devices/**", "groups/**", "rollouts/**", "apps/**"], roles: [deploy] }',
    '',
  ].join('\n');
}

export function passkeyLine(
  people: PasskeyPeople,
  options: PasskeyPolicy = {},
  files: Readonly<Record<string, string>> = {},
): MemoryLine {
  const all = { 'trust/policy.yaml': passkeyPolicy(people, options), [pump]: pumpText, ...files };
  return new MemoryLine('acme', all, people.alice);
}

/** The file of an approval of this change of the pump, on top of the line's anchor. */
export function approvalOf(
  { repository, anchor }: MemoryLine,
  { signer, principal, after }: { signer: MemorySigner; principal: string; after: string },
): Readonly<Record<string, string>> {
  const [oldId, newId] = [repository.store('blob', pumpText), repository.store('blob', after)];
  const sha256 = createHash('sha256').update(after).digest('hex');
  const statement = formatStatement({
    ...{ fleet: 'acme', base: anchor, policyVersion: 1, nonce: '4'.repeat(32) },
    ...{ timeSec: startSec, expiresSec: startSec + 3600 },
    changes: [{ path: pump, oldMode: '100644', oldId, newMode: '100644', newId, sha256 }],
  });
  const file = formatApprovalFile(statement, signer.sign(statement, 'towline-approval'));
  return { [approvalPath(statement, principal)]: file.toString() };
}
