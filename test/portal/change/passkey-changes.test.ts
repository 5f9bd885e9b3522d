/** A change from a gateway's page: signed by a passkey, pushed as its person's push, taken by a device; and who tries otherwise. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { formatPatch, readPatch } from '../../../core/change/patch-file.ts';
import { commitFingerprint } from '../../../core/trust/git/commit-fingerprint.ts';
import { waitUntil } from '../../../lab/fleet/wait-until.ts';
import { commandFolder } from '../../../lab/machine/programs.ts';
import type { Intent, Proposal } from '../../../portal/api/types.generated.ts';
import { command, sshFlags } from '../../gateway/rig/program.ts';
import { SoftPasskey } from '../../rig/soft-authenticator.ts';
import type { PortalClient } from '../rig/portal-client.ts';
import { portalOrigin } from '../rig/portal-gateway.ts';
import { assertionOf, PasskeyGateway, propose } from './passkey-gateway.ts';

const pause = (...devices: string[]): Intent => ({ intent: 'pause-device', devices });

/** A commit without the lines of its signature. */
const payloadOf = (raw: string) => Buffer.from(raw.replace(/^gpgsig [\s\S]*?\n(?! )/m, ''));
const wayOf = ({ ways }: Proposal, name: string) => ways.find(({ way }) => way === name);

describe('a change from a gateway’s page', () => {
  let rig: PasskeyGateway;
  let alice: PortalClient;
  before(async () => {
    rig = await PasskeyGateway.start();
    alice = await rig.made.loggedIn();
  });
  after(() => rig[Symbol.asyncDispose]());

  test('says of each way why it is closed, where the policy knows no passkey', async () => {
    const shown = await propose(alice, pause('pump-1'));
    assert.match(wayOf(shown, 'passkey')?.why ?? '', /names no page on which passkeys sign/);
    assert.match(wayOf(shown, 'local')?.why ?? '', /towline portal/);
    assert.equal(wayOf(shown, 'patch')?.open, true);
    assert.equal(shown.challenge, undefined);
    const refused = await alice.post(`/changes/${shown.id}/sign`, { way: 'passkey' });
    assert.equal(refused.code, 'PORTAL_WAY_CLOSED');
    await rig.settle();
    // Of another policy it would be another commit's ways.
    const moved = await alice.post(`/changes/${shown.id}/sign`, { way: 'passkey' });
    assert.equal(moved.json.state, 'moved');
  });

  test('is signed by a passkey, stands on main as it was shown, and a device follows it', async () => {
    const shown = await propose(alice, pause('pump-1'));
    assert.equal(wayOf(shown, 'passkey')?.open, true, JSON.stringify(shown.ways));
    assert.deepEqual(shown.needs, ['1 more of portal (alice)']);
    assert.equal(shown.devices.count, 1);
    const before = await rig.main();
    const done = await alice.post(`/changes/${shown.id}/sign`, assertionOf(rig.passkey, shown));
    assert.equal(done.status, 200, done.text);
    assert.ok(['pushed', 'trusted', 'done'].includes(String(done.json.state)), done.text);
    const main = await rig.main();
    assert.equal(done.json.signed, main);
    const git = path.join(rig.made.fleet.folder, 'state', 'fleet.git');
    const stock = (args: string[]) => command('git', ['--git-dir', git, ...args]);
    assert.equal((await stock(['rev-parse', `${main}^`])).stdout.trim(), before);
    const { stdout: raw } = await stock(['cat-file', 'commit', main]);
    assert.equal(commitFingerprint(payloadOf(raw)), shown.fingerprint, 'what was shown is what was signed');
    const signers = path.join(rig.made.fleet.folder, 'signers');
    await writeFile(signers, `alice namespaces="git" ${rig.passkey.keyLine}\n`);
    const verified = await stock(['-c', `gpg.ssh.allowedSignersFile=${signers}`, 'verify-commit', main]);
    assert.equal(verified.code, 0, verified.stderr);
    const device = await rig.deviceLooks();
    assert.deepEqual(device, { trusted: main, stopped: undefined });
    const audited = rig.made.fleet.audited().filter(({ action }) => action === 'git receive-pack fleet');
    const mine = audited.filter(({ message }) => String(message).includes('signed by a passkey'));
    assert.deepEqual([mine.at(-1)?.who, mine.at(-1)?.outcome], ['alice', 'allowed']);
    assert.match(String(mine.at(-1)?.message), /^Pause pump-1, signed by a passkey, from the portal$/);
    const after = await alice.api(`/changes/${shown.id}`);
    const steps = (after.json.progress as { step: string }[]).map(({ step }) => step);
    assert.deepEqual(steps.slice(0, 2), ['pushed', 'trusted']);
  });

  test('lies where its person can fetch it, byte for byte, until it is signed or dropped; devices are served none', async () => {
    const shown = await propose(alice, pause('pump-2'));
    const ref = `refs/towline/pending/${shown.id}`;
    const url = `ssh://towline@127.0.0.1:${rig.made.gateway.people}/fleet.git`;
    const env = { ...process.env, GIT_SSH_COMMAND: `ssh ${sshFlags(rig.made.fleet.operator).join(' ')}` };
    const cwd = rig.repository.path;
    const fetched = await command('git', ['fetch', '-q', url, `+${ref}:refs/pending`], { cwd, env });
    assert.equal(fetched.code, 0, fetched.stderr);
    const { stdout } = await command('git', ['cat-file', 'commit', 'refs/pending'], { cwd });
    assert.equal(commitFingerprint(Buffer.from(stdout)), shown.fingerprint);
    const advert = await rig.made.gateway
      .client(rig.device)
      .ask('/fleet.git/info/refs?service=git-upload-pack');
    assert.match(advert.body.toString(), /refs\/heads\/main/);
    assert.doesNotMatch(advert.body.toString(), /pending/);
    const mallory = await command('git', ['push', '-q', url, `refs/pending:${ref.replace(/.$/, 'x')}`], {
      cwd,
      env,
    });
    assert.match(mallory.stderr, /GATEWAY_PUSH_REF_FORBIDDEN/, 'nobody puts one there by hand');
    const patch = await alice.api(`/changes/${shown.id}/patch`);
    assert.equal(readPatch(patch.text).id, shown.commit);
    assert.equal(formatPatch(readPatch(patch.text)), patch.text);
    assert.equal((await alice.api(`/changes/${shown.id}`, { method: 'DELETE' })).status, 204);
    await waitUntil('the ref to go', async () => {
      const refs = await rig.refs('refs/towline/pending/');
      return refs.includes(ref) ? undefined : refs;
    });
    assert.equal((await alice.api(`/changes/${shown.id}`)).code, 'PORTAL_NOT_FOUND');
  });

  test('is by `towline show` what the page says it is, and by `towline sign` signed with her own key at a desk', async () => {
    const shown = await propose(alice, {
      intent: 'open-tunnel',
      device: 'pump-3',
      for: '1h',
      reason: 'INC-42',
    });
    const url = `ssh://towline@127.0.0.1:${rig.made.gateway.people}/fleet.git`;
    const { operator, folder, anchor } = rig.made.fleet;
    const env = { ...process.env, GIT_SSH_COMMAND: `ssh ${sshFlags(operator).join(' ')}` };
    const clone = path.join(folder, 'clone');
    assert.equal((await command('git', ['clone', '-q', url, clone], { env })).code, 0);
    const towline = (...args: string[]) =>
      command(path.join(commandFolder, 'towline'), [...args, '--anchor', anchor], { cwd: clone, env });
    const story = await towline('show', `pending/${shown.id}`, '--json');
    assert.equal(story.code, 0, story.stderr);
    const { fingerprint, needs } = JSON.parse(story.stdout);
    assert.deepEqual([fingerprint, needs], [shown.fingerprint, shown.needs]);
    const patch = await alice.api(`/changes/${shown.id}/patch`);
    assert.match(String(patch.headers['content-disposition']), /towline-[0-9a-f]{12}\.patch/);
    const file = path.join(folder, 'change.patch');
    await writeFile(file, patch.text);
    const signed = await towline('sign', file, '--yes', '--json', '--key', operator.file);
    assert.equal(signed.code, 0, signed.stderr);
    const { stdout: raw } = await command('git', ['cat-file', 'commit', await rig.main()], { cwd: clone });
    assert.equal(commitFingerprint(payloadOf(raw)), shown.fingerprint);
    const late = await alice.post(`/changes/${shown.id}/sign`, { way: 'request' });
    assert.equal(late.json.state, 'moved', 'it stands on another main now');
  });

  test('is not signed by anything but her own passkey, on this page, for these bytes', async () => {
    const [shown, another] = [await propose(alice, pause('pump-2')), await propose(alice, pause('pump-3'))];
    const before = await rig.main();
    const tries: [string, object][] = [
      ['an assertion for another change', assertionOf(rig.passkey, another)],
      ['another origin', assertionOf(rig.passkey, shown, { origin: 'https://evil.example' })],
      ['another rpId', assertionOf(rig.passkey, shown, { rpId: 'example.com' })],
      ['nobody verified', assertionOf(rig.passkey, shown, { flags: 0x01 })],
      ['nobody there', assertionOf(rig.passkey, shown, { flags: 0x04 })],
      ['a frame of another page', assertionOf(rig.passkey, shown, { crossOrigin: true })],
      ['a registration', assertionOf(rig.passkey, shown, { type: 'webauthn.create' })],
      ['a login', assertionOf(rig.passkey, shown, { challenge: Buffer.alloc(32, 7) })],
      ['a passkey of bob', assertionOf(rig.other, shown)],
      ['a passkey of nobody', assertionOf(new SoftPasskey(portalOrigin), shown)],
      ['no assertion', { way: 'passkey' }],
    ];
    for (const [what, body] of tries) {
      const answer = await alice.post(`/changes/${shown.id}/sign`, body);
      assert.equal(answer.code, 'PORTAL_SIGNATURE_REFUSED', `${what}: ${answer.text}`);
      assert.equal(answer.status, 403);
    }
    assert.equal(await rig.main(), before);
    assert.equal((await alice.api(`/changes/${shown.id}`)).json.state, 'shown', 'she may still sign it');
  });

  test('is closed to her passkey where the policy counts none: an assignment, a tunnel', async () => {
    const shown = await propose(alice, { intent: 'open-tunnel', device: 'pump-2', for: '1h' });
    assert.match(
      wayOf(shown, 'passkey')?.why ?? '',
      /your passkey is not enough for it: 1 more of root \(alice\)/,
    );
    const refused = await alice.post(`/changes/${shown.id}/sign`, assertionOf(rig.passkey, shown));
    assert.equal(refused.code, 'PORTAL_WAY_CLOSED');
  });

  test('is made anew where main moves between showing and signing, and what was signed before is worth nothing', async () => {
    const shown = await propose(alice, pause('pump-2'));
    const given = assertionOf(rig.passkey, shown);
    await rig.repository.git(['fetch', '-q', path.join(rig.made.fleet.folder, 'state', 'fleet.git'), 'main']);
    await rig.repository.git(['update-ref', 'refs/heads/main', await rig.main()]);
    await rig.made.commit({ 'docs/note.md': 'somebody was first\n' });
    const moved = await alice.post(`/changes/${shown.id}/sign`, given);
    assert.equal(moved.json.state, 'moved', moved.text);
    const next = (await alice.api(`/changes/${moved.json.successor}`)).json as unknown as Proposal;
    assert.equal(next.base, await rig.main());
    assert.equal((await alice.post(`/changes/${next.id}/sign`, given)).code, 'PORTAL_SIGNATURE_REFUSED');
    const done = await alice.post(`/changes/${next.id}/sign`, assertionOf(rig.passkey, next));
    assert.equal(done.json.signed, await rig.main(), done.text);
  });

  test('is signed once, whichever of two tabs comes first', async () => {
    const shown = await propose(alice, pause('pump-3'));
    const body = assertionOf(rig.passkey, shown);
    const answers = await Promise.all([1, 2, 3].map(() => alice.post(`/changes/${shown.id}/sign`, body)));
    assert.equal(answers.filter(({ status }) => status === 200).length, 1);
    for (const { status, code } of answers) if (status !== 200) assert.equal(code, 'PORTAL_CHANGE_STATE');
  });

  test('of another person is not there: not to look at, not to sign, not to take away, not to drop', async () => {
    const shown = await propose(alice, { intent: 'resume-device', devices: ['pump-3'] });
    const carol = await rig.made.loggedIn(rig.carol);
    for (const [suffix, asking] of [
      ['', {}],
      ['/patch', {}],
      ['/sign', { method: 'POST', body: assertionOf(rig.passkey, shown) }],
      ['', { method: 'DELETE' }],
    ] as const) {
      const answer = await carol.api(`/changes/${shown.id}${suffix}`, asking);
      assert.equal(answer.code, 'PORTAL_NOT_FOUND', suffix);
    }
    for (const id of ['x', '..', `${shown.id}%2f..`, `${shown.id}0`, 'A'.repeat(129)])
      assert.equal((await alice.api(`/changes/${id}`)).status, 404, id);
  });

  test('by who may ask and no more goes to a branch of theirs, never to main', async () => {
    const carol = await rig.made.loggedIn(rig.carol);
    const shown = await propose(carol, { intent: 'resume-device', devices: ['pump-1'] });
    assert.match(wayOf(shown, 'passkey')?.why ?? '', /`git\.fleet` of your operator file/);
    const before = await rig.main();
    const refused = await carol.post(
      `/changes/${shown.id}/sign`,
      assertionOf(rig.passkey, { ...shown, challenge: { challenge: '' } }),
    );
    assert.equal(refused.code, 'PORTAL_WAY_CLOSED');
    const asked = await carol.post(`/changes/${shown.id}/sign`, { way: 'request' });
    assert.equal(asked.status, 200, asked.text);
    assert.match(String(asked.json.request), /^requests\/carol\/resume-device-[0-9a-f]{12}$/);
    assert.deepEqual(await rig.refs('refs/heads/requests/carol'), [`refs/heads/${asked.json.request}`]);
    assert.equal(await rig.main(), before);
    const dave = await rig.made.loggedIn(rig.dave);
    const read = await propose(dave, { intent: 'resume-device', devices: ['pump-1'] });
    assert.deepEqual(
      read.ways.filter(({ open }) => open).map(({ way }) => way),
      ['patch'],
    );
    assert.equal((await dave.post(`/changes/${read.id}/sign`, { way: 'request' })).code, 'PORTAL_WAY_CLOSED');
  });

  test('of which there are many stays few: the oldest of one person gives way, at the gateway too', async () => {
    const dave = await rig.made.loggedIn(rig.dave);
    const first = await propose(dave, { intent: 'resume-device', devices: ['pump-1'] });
    const codes = new Set<string | undefined>();
    for (let count = 0; count < 12; count += 1) {
      const { status, code } = await dave.post('/changes', { intent: 'resume-device', devices: ['pump-1'] });
      if (status !== 201) codes.add(code);
    }
    const last = await propose(dave, { intent: 'resume-device', devices: ['pump-1'] });
    assert.deepEqual([...codes], [], 'each of them was made, one after the other');
    assert.equal((await dave.api(`/changes/${first.id}`)).code, 'PORTAL_NOT_FOUND');
    const refs = await rig.refs('refs/towline/pending/');
    assert.ok(refs.length <= 8 * 2, `${refs.length} pending commits at the gateway`);
    assert.ok(!refs.includes(`refs/towline/pending/${last.id}`), 'who only reads puts nothing there');
    const both = await Promise.all([1, 2, 3].map(() => dave.post('/changes', pause('pump-1'))));
    assert.ok(
      both.some(({ code }) => code === 'PORTAL_BUSY'),
      'one at a time',
    );
  });

  test('that asks for what no change is, too much, or out of the repository is refused', async () => {
    const tries: [unknown, number][] = [
      [{ intent: 'pause-device', devices: ['../trust/policy'] }, 400],
      [{ intent: 'pause-device', devices: [] }, 400],
      [{ intent: 'pause-device', devices: Array.from({ length: 1001 }, (_, at) => `pump-${at}`) }, 400],
      [{ intent: 'pause-device', devices: ['pump-1'], files: { 'trust/policy.yaml': '' } }, 400],
      [{ intent: 'promote-rollout', rollout: '../../trust/policy' }, 400],
      [{ intent: 'open-tunnel', device: 'pump-1', reason: 'x'.repeat(1001) }, 400],
      [{ intent: 'open-tunnel', device: 'pump-1', reason: 'x\n\nTowline-Ref: acme/main' }, 400],
      [{ intent: 'write-file', path: 'trust/policy.yaml' }, 400],
      [{ intent: 'pause-device', devices: ['pump-1'], app: 'x'.repeat(100_000) }, 413],
      ['pause', 400],
      [null, 400],
    ];
    for (const [intent, expected] of tries) {
      const { status, text } = await alice.post('/changes', intent);
      assert.equal(status, expected, `${JSON.stringify(intent).slice(0, 80)}: ${text}`);
    }
  });

  test('is not pushed by who lost the right to between showing and signing', async () => {
    const shown = await propose(alice, { intent: 'resume-device', devices: ['pump-2'] });
    const operator = await rig.repository.git(['show', 'main:operators/alice.yaml']);
    await rig.repository.git(['fetch', '-q', path.join(rig.made.fleet.folder, 'state', 'fleet.git'), 'main']);
    await rig.repository.git(['update-ref', 'refs/heads/main', await rig.main()]);
    await rig.made.commit({ 'operators/alice.yaml': operator.replace('fleet: write', 'fleet: read') });
    const before = await rig.main();
    const moved = await alice.post(`/changes/${shown.id}/sign`, assertionOf(rig.passkey, shown));
    const next = moved.json.state === 'moved' ? String(moved.json.successor) : shown.id;
    const answer = await alice.post(`/changes/${next}/sign`, assertionOf(rig.passkey, shown));
    assert.ok(['PORTAL_WAY_CLOSED', 'PORTAL_NOT_FOUND'].includes(answer.code ?? ''), answer.text);
    assert.equal(await rig.main(), before);
  });
});
