/** A fleet with several people: what the adversary suite attacks. */
import { type Files, type FleetRepository, makeRepository } from '../../lab/rig/fleet-repository.ts';
import { makeSshKey, type SshKey } from '../../lab/rig/keys.ts';
import { type TestWalk, walkFrom } from './trust-walk.ts';

export interface People {
  readonly alice: SshKey;
  readonly bob: SshKey;
  /** May open and close tunnels, nothing else. */
  readonly carol: SshKey;
  /** Signs timestamps, nothing else. */
  readonly bot: SshKey;
  readonly mallory: SshKey;
}

export async function makePeople(): Promise<People> {
  const [alice, bob, carol, bot, mallory] = await Promise.all([1, 2, 3, 4, 5].map(() => makeSshKey()));
  if (!(alice && bob && carol && bot && mallory)) throw new Error('no keys');
  return { alice, bob, carol, bot, mallory };
}

export async function removePeople(people: People): Promise<void> {
  for (const key of Object.values(people)) await key.remove();
}

export interface PolicyOptions {
  readonly version?: number;
  /** Default: the policy says none, which means 1. */
  readonly walk?: number;
  readonly fleet?: string;
  readonly principals?: Readonly<Record<string, string>>;
  readonly roles?: readonly string[];
  /** Before those that are always there. */
  readonly rules?: readonly string[];
}

/** Whose keys a policy names. */
export type PolicyKeys = Readonly<Record<'alice' | 'bob' | 'carol' | 'bot', { readonly publicKey: string }>>;

/** Root needs two; deploy one of them; carol changes tunnels. */
export function policyText(people: PolicyKeys, options: PolicyOptions = {}): string {
  const { alice, bob, carol, bot } = people;
  const keys = { alice: alice.publicKey, bob: bob.publicKey, carol: carol.publicKey, bot: bot.publicKey };
  const principals = Object.entries(options.principals ?? keys).map(
    ([name, key]) => `  ${name}: { ssh: ["${key}"] }`,
  );
  const roles = options.roles ?? [
    'root: { principals: [alice, bob], threshold: 2 }',
    'deploy: { principals: [alice, bob] }',
    'tunnels: { principals: [carol] }',
    'timestamp: { principals: [bot] }',
  ];
  return [
    'apiVersion: towline/v1',
    `fleet: ${options.fleet ?? 'acme'}`,
    `version: ${options.version ?? 1}`,
    ...(options.walk === undefined ? [] : [`walk: ${options.walk}`]),
    'principals:',
    ...principals,
    'roles:',
    ...roles.map(role => `  ${role}`),
    'rules:',
    ...(options.rules ?? []).map(rule => `  - ${rule}`),
    '  - { paths: ["devices/**"], only: ["/tunnel"], roles: [tunnels, deploy] }',
    '  - { paths: ["apps/**", "devices/**"], roles: [deploy] }',
    '',
  ].join('\n');
}

export const device = 'apiVersion: towline/v1\ngroups: [eu]\ntunnel: closed\n';

export interface PolicedFleet {
  readonly repository: FleetRepository;
  readonly anchor: string;
  readonly walk: TestWalk;
}

export async function makePolicedFleet(
  people: People,
  files: Files = {},
  timeSec?: number,
): Promise<PolicedFleet> {
  const repository = await makeRepository();
  const anchor = await repository.commit({
    parents: [],
    signer: people.alice,
    message: 'First commit',
    files: {
      'trust/policy.yaml': policyText(people),
      'devices/eu/pump.yaml': device,
      'apps/web/compose.yaml': 'services: {}\n',
      ...files,
    },
    ...(timeSec === undefined ? {} : { timeSec }),
  });
  return { repository, anchor, walk: walkFrom(repository, anchor, {}, repository) };
}
