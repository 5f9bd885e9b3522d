/** Who takes back what devices have exported: by stock git, and what an attacker with such a key tries. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { stringify } from 'yaml';
import { makeStatusCommit } from '../../../agent/report/status-commit.ts';
import { sshKeyOf } from '../../../core/io/device-keys.ts';
import { objectId } from '../../../core/trust/git/object-hash.ts';
import { makeSshKey, type SshKey } from '../../../lab/rig/keys.ts';
import { statusFile } from '../fleet-status/rig.ts';
import { git, runGit, type TestDevice, testDevice } from '../rig/gateway.ts';
import { command, deviceFile, GatewayProgram, sshFlags, TestFleet } from '../rig/program.ts';
import { commit, pack, pushBody, pushStatus, refOf, status, zero } from '../rig/push.ts';

const [own, other, revoked] = [testDevice('pump-1'), testDevice('pump-2'), testDevice('pump-3')];
const ref = refOf(own);

/** A commit as the agent makes it. */
function signed(device: TestDevice, text: string, parent?: string, file = 'status.yaml') {
  return makeStatusCommit({
    parent,
    files: new Map([[file, Buffer.from(text)]]),
    message: 'status',
    device: device.id,
    fleet: 'acme',
    timeMs: Date.UTC(2026, 10, 29),
    key: sshKeyOf(device.keys),
  });
}

describe('a person who carries for a device', { timeout: 180_000 }, () => {
  let fleet: TestFleet;
  let gateway: GatewayProgram;
  let people: Readonly<Record<'bob' | 'carol', SshKey>>;

  before(async () => {
    fleet = await TestFleet.make([own, other, revoked]);
    people = { bob: await makeSshKey(), carol: await makeSshKey() };
    const file = (who: keyof typeof people, rights: string) =>
      `apiVersion: towline/v1\nsshKeys: ["${people[who].publicKey}"]\n${rights}\n`;
    await fleet.repository.commit({
      files: {
        'operators/bob.yaml': file('bob', 'bundles: [{ devices: [pump-1, pump-3] }]'),
        'operators/carol.yaml': file('carol', 'git: { fleet: write, telemetry: read }'),
        [`devices/${revoked.id}.yaml`]: deviceFile(revoked, ['revoked: true']),
      },
      signer: fleet.operator,
    });
    await fleet.init();
    appendFileSync(fleet.config, 'telemetry: { statusInterval: 1s }\n');
    gateway = await GatewayProgram.start(fleet.config);
  });
  after(async () => {
    await gateway[Symbol.asyncDispose]();
    await fleet[Symbol.asyncDispose]();
    await Promise.all([people.bob.remove(), people.carol.remove()]);
  });

  const sshArguments = (who: keyof typeof people) => sshFlags(people[who]);
  /** What stock git's client would send, byte by byte. */
  const send = async (who: keyof typeof people, body: Uint8Array) => {
    const to = ['-p', `${gateway.people}`, 'towline@127.0.0.1', "git-receive-pack 'telemetry.git'"];
    const child = spawn('ssh', [...sshArguments(who), ...to]);
    const said = { out: '', err: '' };
    child.stdout.on('data', (chunk: Buffer) => {
      said.out += chunk.toString('latin1');
    });
    child.stderr.on('data', (chunk: Buffer) => {
      said.err += chunk.toString('utf8');
    });
    child.stdin.on('error', () => undefined).end(body);
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, ...said };
  };
  const tip = (of = ref) => {
    const found = git(['for-each-ref', '--format=%(objectname)', of], { cwd: fleet.telemetryGit });
    return found === '' ? zero : found;
  };
  const url = () => `ssh://towline@127.0.0.1:${gateway.people}/telemetry.git`;

  test('pushes what the device has signed, in one line, by stock git out of a clone that begins somewhere', async () => {
    using client = gateway.client(own);
    const first = signed(own, 'one');
    const begun = await pushStatus(client, own, 'online');
    const second = signed(own, 'two', begun);
    const said = statusFile(own.id, { fleet: 'acme', trusted: { commit: fleet.anchor } });
    const last = signed(own, stringify(said), second.id);
    const clone = join(fleet.folder, 'carried.git');
    // Whoever carries reads nothing there: this clone is of who reads.
    const env = fleet.ssh();
    git(['init', '-q', '--bare', clone], {});
    const fetched = await command('git', ['-C', clone, 'fetch', '-q', '--depth=1', url(), `+${ref}:${ref}`], {
      env,
    });
    assert.equal(fetched.code, 0, fetched.stderr);
    const packed = pack(...second.objects, ...last.objects);
    const indexed = spawn('git', ['-C', clone, 'index-pack', '--stdin'], {
      stdio: ['pipe', 'ignore', 'inherit'],
    });
    indexed.stdin.end(packed);
    assert.deepEqual(await once(indexed, 'close'), [0, null]);
    const pushed = await command('git', ['-C', clone, 'push', url(), `${last.id}:${ref}`], {
      env: { ...env, GIT_SSH_COMMAND: `ssh ${sshArguments('bob').join(' ')}` },
    });
    assert.equal(pushed.code, 0, pushed.stderr);
    assert.equal(tip(), last.id);
    assert.equal(git(['rev-list', '--count', ref], { cwd: fleet.telemetryGit }), '3');
    const line = fleet.audited().find(({ action }) => action === `take-back ${own.id}`);
    assert.deepEqual([line?.who, line?.outcome, line?.details], ['bob', 'allowed', { commit: last.id }]);
    // Whoever follows telemetry hears of it as of any other push.
    const page = () => runGit(['show', 'fleet-status:README.md'], { cwd: fleet.telemetryGit }).stdout;
    for (let tries = 0; tries < 400 && !/pump-1.*web/.test(page()); tries += 1) await wait(50);
    assert.match(page(), /pump-1.*web/);
    // Another line, from the beginning, is none that the branch may go.
    const rewound = await send('bob', pushBody(last.id, first.id, ref, pack(...first.objects)));
    assert.match(rewound.out, /ng refs\/heads\/telemetry\/pump-1 GATEWAY_OLD_ID_STALE/);
    assert.equal(tip(), last.id);
  });

  test('sees the branches of those devices alone, and fetches none', async () => {
    using client = gateway.client(other);
    await pushStatus(client, other, 'secret');
    const { out } = await send('bob', Buffer.from('0000'));
    assert.match(out, new RegExp(`${tip()} ${ref}\\0`));
    assert.doesNotMatch(out, /pump-2/);
    const env = { ...fleet.ssh(), GIT_SSH_COMMAND: `ssh ${sshArguments('bob').join(' ')}` };
    const listed = await command('git', ['ls-remote', url()], { env });
    assert.notEqual(listed.code, 0);
    assert.match(listed.stderr, /GATEWAY_REPOSITORY_FORBIDDEN/);
  });

  test('who has not the right pushes nothing, whatever else they may', async () => {
    const before = tip();
    const made = signed(own, 'by carol', before);
    const { code, err } = await send('carol', pushBody(before, made.id, ref, pack(...made.objects)));
    assert.deepEqual([code, tip()], [1, before]);
    assert.match(err, /GATEWAY_REPOSITORY_FORBIDDEN carol may not write telemetry.git/);
  });

  test('pushes to no other device, no other ref, for no revoked device, and deletes nothing', async () => {
    const before = tip();
    const refused = async (code: string, to: string, device: TestDevice, from = zero, id?: string) => {
      const made = signed(device, 'x');
      const answer = await send('bob', pushBody(from, id ?? made.id, to, pack(...made.objects)));
      assert.equal(answer.code, 1, to);
      assert.match(answer.err, new RegExp(code), to);
    };
    await refused('GATEWAY_BUNDLE_FORBIDDEN', refOf(other), other, tip(refOf(other)));
    await refused('GATEWAY_BUNDLE_FORBIDDEN', refOf('pump-99'), own);
    await refused('GATEWAY_DEVICE_REVOKED', refOf(revoked), revoked);
    await refused('GATEWAY_BUNDLE_FORBIDDEN', `${ref}/x`, own);
    for (const name of ['refs/heads/main', 'refs/heads/fleet-status', 'refs/tags/pump-1'])
      await refused('GATEWAY_REF_FORBIDDEN', name, own);
    await refused('GATEWAY_REF_FORBIDDEN', ref, own, before, zero);
    const made = signed(own, 'y', before);
    const two = Buffer.concat([
      pushBody(before, made.id, ref, Buffer.alloc(0)).subarray(0, -4),
      pushBody(zero, made.id, refOf(other), pack(...made.objects)),
    ]);
    assert.match((await send('bob', two)).err, /GATEWAY_REQUEST_MALFORMED/);
    const refs = git(['for-each-ref', '--format=%(refname)'], { cwd: fleet.telemetryGit });
    assert.deepEqual([tip(), tip(refOf(revoked)), refs.includes('main')], [before, zero, false]);
    const line = fleet.audited().find(({ code }) => code === 'GATEWAY_BUNDLE_FORBIDDEN');
    assert.deepEqual([line?.who, line?.outcome], ['bob', 'refused']);
  });

  test('brings nothing that the device has not signed: not at the tip, not below it, not by a merge', async () => {
    const before = tip();
    const unsigned = status('x', [before]);
    const byOther = { ...signed(other, 'x', before) };
    const onUnsigned = signed(own, 'y', unsigned.id);
    const good = signed(own, 'z', before);
    const tree = good.objects.find(({ type }) => type === 'tree');
    const merge = commit(tree?.id ?? '', [before, byOther.id]);
    const mergeId = objectId(merge);
    const tries = [
      [unsigned.id, unsigned.objects],
      [byOther.id, byOther.objects],
      [onUnsigned.id, [...onUnsigned.objects, ...unsigned.objects]],
      [mergeId, [merge, ...good.objects, ...byOther.objects]],
    ] as const;
    for (const [id, objects] of tries) {
      const { code, out } = await send('bob', pushBody(before, id, ref, pack(...objects)));
      assert.deepEqual([code, tip()], [0, before], id);
      assert.match(out, /ng refs\/heads\/telemetry\/pump-1 TELEMETRY_FORGED/, id);
    }
  });

  test('forges no parent: it must be the tip, and be there', async () => {
    const before = tip();
    const made = signed(own, 'x', 'a'.repeat(40));
    const missing = await send('bob', pushBody(before, made.id, ref, pack(...made.objects)));
    assert.match(missing.out, /ng .* GATEWAY_PACK_REFUSED a{40} is missing/);
    const stale = signed(own, 'x', before);
    for (const old of [zero, made.id])
      assert.match(
        (await send('bob', pushBody(old, stale.id, ref, pack(...stale.objects)))).out,
        /ng .* GATEWAY_OLD_ID_STALE/,
      );
    assert.equal(tip(), before);
  });

  test('brings no more than a device may push at once', async () => {
    const before = tip();
    const large = signed(own, randomBytes(9_000_000).toString('base64'), before, 'large');
    const { code, err } = await send('bob', pushBody(before, large.id, ref, pack(...large.objects)));
    assert.deepEqual([code, tip()], [1, before]);
    assert.match(err, /GATEWAY_REQUEST_TOO_LARGE/);
  });

  test('what comes after an old key was replaced is not taken with the old one', async () => {
    const before = tip();
    const renewed = testDevice(own.id);
    await fleet.repository.commit({
      files: { [`devices/${own.id}.yaml`]: deviceFile(renewed) },
      signer: fleet.operator,
    });
    const from = gateway.lines.length;
    assert.equal((await fleet.push(gateway)).code, 0);
    await gateway.line('fleet in effect', from);
    const old = signed(own, 'old', before);
    const { out } = await send('bob', pushBody(before, old.id, ref, pack(...old.objects)));
    assert.match(out, /TELEMETRY_FORGED/);
    const made = signed(renewed, 'new', before);
    const answer = await send('bob', pushBody(before, made.id, ref, pack(...made.objects)));
    assert.match(answer.out, /ok refs\/heads\/telemetry\/pump-1/);
    assert.equal(tip(), made.id);
  });
});
