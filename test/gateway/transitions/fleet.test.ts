/** Releases and rollouts as transitions, out of really signed commits; forks, secrets, and the gateway itself. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { GitCatFileSource } from '../../../core/io/git/git-object-source.ts';
import { ObjectReader } from '../../../core/trust/git/object-reader.ts';
import { openAnchor, type TrustedState, walk } from '../../../core/trust/walk.ts';
import { FleetLoader } from '../../../gateway/fleet/fleet-loader.ts';
import { emptyFleetView, type FleetView } from '../../../gateway/fleet/fleet-view.ts';
import { FleetViewHolder } from '../../../gateway/fleet/fleet-view-holder.ts';
import { TunnelStarts } from '../../../gateway/fleet/tunnel-starts.ts';
import { GitRunner } from '../../../gateway/git/git-runner.ts';
import { FleetLooker } from '../../../gateway/transitions/fleet/fleet-looker.ts';
import { ForkLooker } from '../../../gateway/transitions/fleet/fork-looker.ts';
import { SecretLooker } from '../../../gateway/transitions/fleet/secret-looker.ts';
import { TransitionLedger } from '../../../gateway/transitions/ledger.ts';
import { ownLookers } from '../../../gateway/transitions/watch/own-lookers.ts';
import { type FleetRepository, makeFleetRepository } from '../../../lab/rig/fleet-repository.ts';
import { type GpgKey, makeGpgKey, makeSshKey, type SshKey } from '../../../lab/rig/keys.ts';
import { sealSecret } from '../../rig/secrets.ts';
import { minutes, never, ownFolder, quiet, SetClock } from '../notify/rig.ts';
import { helperCommand, testDevice } from '../rig/gateway.ts';
import { deviceFile, fleetFile } from '../rig/program.ts';

const digest = `sha256:${'0'.repeat(64)}`;
const releaseFile = (version: string, more = ''): string =>
  `apiVersion: towline/v1\nversion: ${version}\nimages: { web: { image: "r.example.com/web:1", digest: "${digest}" } }\n${more}`;
const rollout = (stage: number, more = ''): string =>
  [
    ...['apiVersion: towline/v1', 'app: hello', 'from: [1.4.2]', 'to: 1.5.0', `stage: ${stage}`],
    ...(stage > 0 ? ['since: 2026-07-01T00:00:00Z'] : []),
    ...['stages: [{ name: canary, percent: 10 }, { name: all, select: { all: true } }]', more, ''],
  ].join('\n');

let alice: SshKey;
let repository: FleetRepository;
let source: GitCatFileSource;
let trusted: TrustedState;
let anchor: string;
let view: FleetView;
const folder = ownFolder();
const clock = new SetClock();
const holder = new FleetViewHolder(emptyFleetView('0'.repeat(40)));
let loader: FleetLoader;
let ledger: TransitionLedger;
let looker: FleetLooker;

/** The head, walked to and loaded as the gateway does. */
async function follow(): Promise<void> {
  const head = await repository.head();
  const reader = new ObjectReader(source);
  const { trusted: reached, accepted, stopped } = await walk({ reader, trusted, head, signal: never });
  assert.equal(stopped, undefined);
  trusted = reached;
  const loaded = await loader.load(head, holder.current, accepted);
  assert.deepEqual(loaded.problems, []);
  assert.ok(loaded.view);
  view = loaded.view;
  holder.publish(view);
}

/** What a commit brings. */
async function change(files: Record<string, string | null>) {
  const commit = await repository.commit({ files, signer: alice });
  await follow();
  const { last } = ledger;
  await looker.look();
  const found = ledger.after(last, 100);
  return { commit, found, short: found.map(({ key, state }) => `${state} ${key.type} ${key.subject}`) };
}

before(async () => {
  alice = await makeSshKey();
  ({ repository, anchor } = await makeFleetRepository({
    signer: alice,
    files: {
      'fleet.yaml': fleetFile,
      'devices/pump-1.yaml': deviceFile(testDevice('pump-1'), ['apps: { hello: { release: 1.4.2 } }']),
      'apps/hello/app.yaml': 'apiVersion: towline/v1\n',
      'apps/hello/compose.yaml': 'services: { web: { image: "r.example.com/web:1" } }\n',
      'apps/hello/releases/1.4.2/release.yaml': releaseFile('1.4.2'),
    },
  }));
  source = new GitCatFileSource(repository.path);
  trusted = await openAnchor(new ObjectReader(source), anchor);
  loader = new FleetLoader(source, new TunnelStarts(path.join(folder.path, 'tunnels.json'), clock));
  ledger = await TransitionLedger.open(path.join(folder.path, 'transitions'), quiet);
  looker = new FleetLooker({ ledger, view: holder, source, clock });
  await follow();
  await looker.look();
});
after(async () => {
  await source[Symbol.asyncDispose]();
  await repository.remove();
  await alice.remove();
  folder[Symbol.dispose]();
});

test('releases that were there are not told of; one that is made is, with its notes, its commit and who vouched', async () => {
  assert.equal(ledger.last, 0);
  const { found, short, commit } = await change({
    'apps/hello/releases/1.5.0/release.yaml': releaseFile(
      '1.5.0',
      'notes: New meters.\nbreaking: Stop the press first.\n',
    ),
  });
  assert.deepEqual(short, ['happened release.made release/hello/1.5.0']);
  const [{ person, commit: made, words, data } = {}] = found;
  assert.deepEqual([person, made], ['alice', commit]);
  assert.equal(data?.notes, 'New meters.\n\nBefore you take it: Stop the press first.');
  assert.equal(words, 'New meters. Before you take it: Stop the press first.');
  const again = new FleetLooker({ ledger, view: holder, source, clock });
  const { last } = ledger;
  await again.look();
  assert.equal(ledger.last, last, 'not again after a restart');
  assert.deepEqual(
    view.assignedTo('hello').map(({ id }) => id),
    ['pump-1'],
  );
});

test('notes that change later make no new release, and one that is withdrawn at once is none', async () => {
  const files = {
    'apps/hello/releases/1.5.0/release.yaml': releaseFile('1.5.0', 'notes: Other words.\n'),
    'apps/hello/releases/1.5.1/release.yaml': releaseFile('1.5.1', 'withdrawn: a mistake\n'),
  };
  assert.deepEqual((await change(files)).short, []);
});

test('a rollout says its stages, when it is paused and goes on, and that it is complete', async () => {
  const file = 'rollouts/hello/r1.yaml';
  assert.deepEqual((await change({ [file]: rollout(0) })).short, []);
  const first = await change({ [file]: rollout(1) });
  assert.deepEqual(first.short, ['happened rollout.stage rollout/hello/r1']);
  assert.deepEqual([first.found[0]?.words, first.found[0]?.commit], ['stage 1 of 2, canary', first.commit]);
  assert.deepEqual((await change({ [file]: rollout(1, 'paused: true\nreason: pump-3 failed') })).short, [
    'open rollout.paused rollout/hello/r1',
  ]);
  assert.deepEqual((await change({ [file]: rollout(2) })).short, [
    'happened rollout.stage rollout/hello/r1',
    'resolved rollout.paused rollout/hello/r1',
  ]);
  assert.deepEqual((await change({ [file]: null })).short, ['happened rollout.complete rollout/hello/r1']);
  await change({ [file]: rollout(1) });
  assert.deepEqual((await change({ [file]: rollout(1, 'aborted: true') })).short, [
    'happened rollout.aborted rollout/hello/r1',
  ]);
  assert.deepEqual((await change({ [file]: null })).short, [], 'an aborted one is not complete');
});

test('a device that trusts another history is a fork at once, and what cannot be told is a word after an hour', async () => {
  const head = await repository.head();
  const other = await repository.commit({
    parents: [anchor],
    files: { 'README.md': 'x' },
    signer: alice,
    branch: null,
  });
  const reported = new Map([
    ['pump-1', head],
    ['pump-2', 'd'.repeat(40)],
  ]);
  const line = { has: (id: string) => id === head, follow: async () => true };
  const looking = {
    fleet: 'acme',
    anchor,
    ledger,
    view: holder,
    source,
    line,
    clock,
    trusted: () => reported,
  };
  const forks = new ForkLooker(looking);
  const open = () =>
    [...ledger.conditions].filter(({ key }) => key.type === 'trust.fork').map(({ key }) => key.subject);
  await forks.look(never);
  assert.deepEqual(open(), []);
  reported.set('pump-1', other);
  await forks.look(never);
  assert.deepEqual(open(), ['device/pump-1']);
  clock.pass(minutes(61));
  await forks.look(never);
  assert.deepEqual(open().sort(), ['device/pump-1', 'device/pump-2']);
  reported.clear();
  reported.set('pump-1', head);
  await forks.look(never);
  assert.deepEqual(open(), []);
});

test('main that is not trusted, and keys that wait to be accepted, are open as long as they are', async () => {
  const stop = {
    code: 'TRUST_THRESHOLD',
    commit: anchor,
    path: 'fleet.yaml',
    message: 'two of three',
  } as const;
  let stopped: ReturnType<Parameters<typeof ownLookers>[0]['stopped']> = {
    ...stop,
    vouched: [],
    missing: [],
  };
  let waiting = ['pump-7'];
  const given = { fleet: 'acme', stateDirectory: folder.path, ledger, clock };
  const lookers = ownLookers({ ...given, stopped: () => stopped, waiting: () => waiting });
  const look = async () => {
    for (const each of lookers.filter(({ name }) => ['main', 'enrolments', 'the disk'].includes(name)))
      await each.look(never);
    return [...ledger.conditions].map(({ key, words }) => `${key.type} ${key.subject} ${words ?? ''}`.trim());
  };
  assert.deepEqual(await look(), [
    'gateway.stopped gateway fleet.yaml: two of three',
    'enrolment.waiting device/pump-7',
  ]);
  stopped = undefined;
  waiting = [];
  assert.deepEqual(await look(), []);
});

test('a secret that a revoked key could read is due until it is made anew', async () => {
  await using cleanUp = new AsyncDisposableStack();
  // Keys of today are none before.
  clock.wallMs = Date.now() + minutes(1);
  const [lost, kept, other] = [await makeGpgKey(), await makeGpgKey(), await makeGpgKey()];
  for (const key of [lost, kept, other]) {
    cleanUp.defer(() => key.remove());
    await key.gpg(['--quick-add-key', key.fingerprint, 'cv25519', 'encr', '0']);
  }
  const runner = new GitRunner({ maxProcesses: 2, maxQueued: 8, helperCommand });
  cleanUp.defer(() => runner[Symbol.asyncDispose]());
  await runner.start();
  const keyOf = async (key: GpgKey) => indented(await key.publicKey());
  const device = async (id: string, key: GpgKey, more = '') =>
    `apiVersion: towline/v1\n${more}apps: { hello: { release: 1.4.2 } }\nkeys:\n${deviceKeys(id)}  openpgp: |\n${await keyOf(key)}\n`;
  const seal = async (...keys: GpgKey[]) =>
    await sealSecret(
      'secrets/hello.env',
      'TOKEN=first\n',
      await Promise.all(keys.map(key => key.publicKey())),
    );
  const secrets = new SecretLooker({
    ledger,
    view: holder,
    source,
    runner,
    fleetGit: repository.path,
    clock,
    log: quiet,
  });
  const due = async (files: Record<string, string | null>) => {
    await change(files);
    await secrets.look(never);
    return [...ledger.conditions].flatMap(({ key, code }) =>
      key.type === 'secret.due' ? `${key.subject} ${code}` : [],
    );
  };
  const files = {
    'apps/hello/app.yaml': 'apiVersion: towline/v1\nsecrets: [secrets/hello.env]\n',
    'secrets/hello.env': await seal(lost, kept),
    'devices/pump-1.yaml': deviceFile(testDevice('pump-1')),
    'devices/pump-2.yaml': await device('pump-2', lost),
    'devices/pump-3.yaml': await device('pump-3', kept),
  };
  assert.deepEqual(await due(files), []);
  assert.deepEqual(await due({ 'devices/pump-2.yaml': await device('pump-2', lost, 'revoked: true\n') }), [
    'secret/secrets/hello.env SECRET_READABLE_BY_REVOKED',
  ]);
  assert.deepEqual(await due({ 'secrets/hello.env': await seal(kept) }), []);
  // A key as long as the one before: this device cannot open it any more.
  assert.equal((await keyOf(other)).length, (await keyOf(kept)).length);
  assert.deepEqual(await due({ 'devices/pump-3.yaml': await device('pump-3', other) }), [
    'secret/secrets/hello.env SECRET_RECIPIENTS',
  ]);
  assert.equal(secrets.keys.reads, 3, 'each key is taken apart once');
});

const indented = (text: string): string =>
  text
    .trimEnd()
    .split('\n')
    .map(line => `    ${line}`)
    .join('\n');

function deviceKeys(id: string): string {
  const { keys } = testDevice(id).view.file;
  return `  tls: ${keys?.tls}\n  ssh: ${keys?.ssh}\n`;
}
