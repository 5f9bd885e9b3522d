import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  formatSignedStatement,
  parseSignedStatement,
  signStatement,
  statementFingerprint,
} from '../../core/enrolment/statement.ts';
import { parseToken, tokenKey } from '../../core/enrolment/token.ts';
import {
  makeDeviceKeys,
  readDeviceKeys,
  sshKeyOf,
  sshPublicKey,
  tlsPublicKey,
} from '../../core/io/device-keys.ts';
import { waitUntil } from '../../lab/fleet/wait-until.ts';
import { codeOf, TestClient } from '../gateway/rig/request.ts';
import { EnrollingFleet, fingerprintIn, telemetryUrl } from './enrolling-fleet.ts';

describe('a device comes into the fleet', () => {
  let fleet: EnrollingFleet;
  const device = (id: string) => fleet.rig.device(id);
  const clientOf = async (id: string) => {
    const keys = await readDeviceKeys(path.join(device(id).state, 'keys'));
    return new TestClient(fleet.rig.gateway.ports.devices, {
      id,
      keys,
      view: { id, file: { apiVersion: 'towline/v1' }, groups: [], labels: {} },
    });
  };
  const mainOf = (client: TestClient) => client.ask('/fleet.git/info/refs?service=git-upload-pack');
  const enrolmentRef = (id: string) => `refs/heads/enrolment/${id}`;
  const telemetryGit = (...args: string[]) =>
    fleet.rig.workspace.run('git', [
      '--git-dir',
      path.join(fleet.rig.gateway.state, 'telemetry.git'),
      ...args,
    ]);
  const statementOf = async (id: string) =>
    parseSignedStatement(await telemetryGit('cat-file', 'blob', `${enrolmentRef(id)}:statement-1.json`));
  /** What an attacker who owns the gateway does: another statement where the device's was. */
  const forge = async (id: string, text: string) => {
    const { workspace, gateway } = fleet.rig;
    const options = { directory: path.join(gateway.state, 'telemetry.git'), input: text };
    const blob = (await workspace.run('git', ['hash-object', '-w', '--stdin'], options)).trim();
    const input = `100644 blob ${blob}\tstatement-1.json\n`;
    const tree = (await workspace.run('git', ['mktree'], { ...options, input })).trim();
    const identity = ['-c', 'user.name=m', '-c', 'user.email=m@example.com'];
    const commit = (await telemetryGit(...identity, 'commit-tree', tree, '-m', 'forged')).trim();
    await telemetryGit('update-ref', enrolmentRef(id), commit);
  };

  before(async () => {
    fleet = await EnrollingFleet.start(['lake', 'shore']);
  });
  after(() => fleet?.stop());

  test('token by standard input, fingerprint, accept, push: then its app runs', async () => {
    const lake = device('lake');
    const { operator, gateway } = fleet.rig;
    const token = await fleet.token('lake', '--group', 'canary');
    const stated = await fleet.enroll(lake, ['-', '--no-wait'], token);
    assert.equal(stated.code, 0, stated.stderr);
    const fingerprint = fingerprintIn(stated);
    const script = await fleet.enroll(lake, ['-', '--no-wait', '--json'], token);
    const said = { fleet: 'demo-fleet', device: 'lake', fingerprint, state: 'waiting' };
    assert.deepEqual(JSON.parse(script.stdout), { ...said, configuration: lake.config });

    await test('while it waits it fetches main, and every other door is shut', async () => {
      using client = await clientOf('lake');
      assert.equal((await mainOf(client)).status, 200);
      const doors = [
        ['GET', '/telemetry.git/info/refs?service=git-receive-pack'],
        ['POST', '/telemetry.git/git-receive-pack'],
        ['GET', '/v1/hints'],
      ] as const;
      for (const [method, door] of doors) {
        const headers = { 'content-type': 'application/x-git-receive-pack-request' };
        const answer = await client.ask(door, method === 'POST' ? { method, headers } : {});
        assert.deepEqual([door, answer.status, codeOf(answer)], [door, 403, 'GATEWAY_DEVICE_WAITING']);
      }
      const headers = { connection: 'upgrade', upgrade: 'towline-ssh' };
      const tunnel = await client.ask('/v1/tunnel', { headers });
      assert.deepEqual([tunnel.status, codeOf(tunnel)], [403, 'GATEWAY_DEVICE_WAITING']);
    });

    await test('a fingerprint that differs in one letter is refused, and the file stays', async () => {
      const wrong = fingerprint.replace(/^./, letter => (letter === '7' ? '8' : '7'));
      const refused = await fleet.accept('lake', wrong);
      assert.notEqual(refused.code, 0);
      assert.match(refused.stderr, /ENROLMENT_FINGERPRINT/);
      assert.equal(await operator.git('status', '--porcelain'), '');
    });

    await test('waiting, with the token in a file, shows it to nobody; acceptance ends it', async () => {
      const ended = fleet.enroll(lake, ['--token-file', fleet.tokenFile(lake, token)]);
      await sleep(2_000);
      const commands = readdirSync('/proc')
        .filter(name => /^[0-9]+$/.test(name))
        .map(pid => {
          try {
            return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
          } catch {
            return '';
          }
        });
      assert.ok(commands.some(line => line.includes('--token-file') && line.includes('enroll')));
      assert.ok(!commands.some(line => line.includes(token)));
      const accepted = await fleet.accept('lake', fingerprint.toLowerCase().replaceAll('-', ' '));
      assert.equal(accepted.code, 0, accepted.stderr);
      operator.edit(
        'devices/lake.yaml',
        [['variables', 'HTTP_PORT'], lake.httpPort],
        [['hostKeys'], [lake.sshd.hostKey]],
      );
      assert.doesNotMatch(operator.read('devices/lake.yaml'), /enrolment/);
      await fleet.publish('Accept lake');
      const { code, stdout, stderr } = await ended;
      assert.equal(code, 0, stderr);
      assert.match(stdout, /^Accepted/m);
    });

    assert.equal(await lake.pass(), 0, lake.program.lastWords());
    const services = await fleet.rig.view.services('lake');
    assert.deepEqual(
      services.map(({ service, state }) => [service, state]),
      [
        ['web', 'running'],
        ['worker', 'running'],
      ],
    );
    assert.equal((await telemetryGit('for-each-ref', enrolmentRef('lake'))).trim(), '');
    const secret = Buffer.from(parseToken(token).oneTimeKey).toString('base64');
    rmSync(path.join(lake.folder, 'token'));
    for (const folder of [gateway.folder, lake.folder]) {
      for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
        if (!entry.isFile()) continue;
        const text = readFileSync(path.join(entry.parentPath, entry.name), 'latin1');
        assert.ok(!text.includes(token) && !text.includes(secret), entry.name);
      }
    }
    const audit = readFileSync(path.join(gateway.state, 'audit.log'), 'utf8');
    assert.match(audit, /"action":"enrol","from":"[^"]+","outcome":"allowed","who":"lake"/);
  });

  test('a gateway that swaps the keys, or invents a device, is found out at accept', async () => {
    const shore = device('shore');
    const token = await fleet.token('shore', '--group', 'canary');
    const stated = await fleet.enroll(shore, ['-', '--no-wait'], token);
    const fingerprint = fingerprintIn(stated);
    const { statement } = await statementOf('shore');
    const own = makeDeviceKeys('mallory');
    const keys = { ...statement.keys, tls: tlsPublicKey(own), ssh: sshPublicKey(own) };
    const swapped = signStatement({ ...statement, keys }, sshKeyOf(own).privateKey);
    const honest = await telemetryGit('rev-parse', enrolmentRef('shore'));

    await forge('shore', formatSignedStatement(swapped));
    assert.match((await fleet.accept('shore', fingerprint)).stderr, /ENROLMENT_SIGNATURE/);
    // Even with the token in wrong hands there is what the device shows.
    await forge(
      'shore',
      formatSignedStatement(signStatement({ ...statement, keys }, tokenKey(parseToken(token)))),
    );
    assert.match((await fleet.accept('shore', fingerprint)).stderr, /ENROLMENT_FINGERPRINT/);
    await forge('ghost', formatSignedStatement(swapped));
    const ghost = await fleet.accept('ghost', statementFingerprint(swapped.statement));
    assert.match(ghost.stderr, /CLI_NO_SUCH_DEVICE/);
    assert.equal(await fleet.rig.operator.git('status', '--porcelain'), '');

    await telemetryGit('update-ref', enrolmentRef('shore'), honest.trim());
    const twin = path.join(shore.folder, 'twin');
    const second = await fleet.enroll(shore, ['-', '--no-wait'], token, twin);
    assert.match(second.stderr, /ENROLMENT_TWICE/);
    assert.match((await fleet.enroll(shore, ['-', '--no-wait'], token)).stderr, /ENROLMENT_TWICE/);
    assert.match((await fleet.accept('shore', fingerprint)).stderr, /ENROLMENT_TWICE/);
    using client = await clientOf('shore');
    assert.equal((await mainOf(client)).status, 403);

    // A new token is the way on, and the old one is dead.
    await fleet.enrolled(shore, '--renew');
    const late = await fleet.enroll(shore, ['-', '--no-wait'], token, twin);
    assert.match(late.stderr, /ENROLMENT_SIGNATURE/);
    assert.equal((await mainOf(client)).status, 200);
  });

  test('a device changes its keys: a person accepts, and the old ones are dead', async () => {
    using old = await clientOf('lake');
    const rotate = (...args: string[]) =>
      fleet.rig.workspace.try('towline', [
        'agent',
        'rotate-keys',
        '--config',
        device('lake').config,
        ...args,
      ]);
    const stated = await rotate('--no-wait');
    assert.equal(stated.code, 0, stated.stderr);
    const script = JSON.parse((await rotate('--no-wait', '--json')).stdout);
    assert.deepEqual([script.state, script.fingerprint], ['waiting', fingerprintIn(stated)]);
    assert.equal((await mainOf(old)).status, 200);
    const accepted = await fleet.accept('lake', fingerprintIn(stated));
    assert.equal(accepted.code, 0, accepted.stderr);
    await fleet.publish('New keys of lake');
    const refused = await waitUntil('the old key to be refused', async () => {
      const answer = await mainOf(old).catch(() => undefined);
      return answer?.status === 403 ? answer : undefined;
    });
    assert.equal(codeOf(refused), 'GATEWAY_KEY_UNKNOWN');
    const ended = await rotate();
    assert.equal(ended.code, 0, ended.stderr);
    using renewed = await clientOf('lake');
    assert.equal((await mainOf(renewed)).status, 200);
    assert.deepEqual(
      readdirSync(device('lake').state).filter(name => name.startsWith('keys')),
      ['keys'],
    );
    assert.equal(await device('lake').pass(), 0, device('lake').program.lastWords());
    const status = await fleet.rig.telemetry.status('lake');
    assert.equal(status?.trusted.commit, await fleet.rig.operator.git('rev-parse', 'HEAD'));
  });

  test('a replaced device keeps its id and its history; the keys of the old one are dead at once', async () => {
    const lake = device('lake');
    using old = await clientOf('lake');
    const commits = await fleet.rig.telemetry.count('lake');
    rmSync(lake.state, { recursive: true });
    await fleet.enrolled(lake, '--renew');
    const refused = await waitUntil('the old key to be refused', async () => {
      const answer = await mainOf(old).catch(() => undefined);
      return answer?.status === 403 ? answer : undefined;
    });
    assert.equal(codeOf(refused), 'GATEWAY_KEY_UNKNOWN');
    assert.equal(await lake.pass(), 0, lake.program.lastWords());
    assert.ok((await fleet.rig.telemetry.count('lake')) > commits);
    assert.equal((await fleet.towline('status', '--telemetry', telemetryUrl)).code, 0);
  });

  test('a revoked device gets no new token, and its keys can enrol nowhere', async () => {
    fleet.rig.operator.edit('devices/shore.yaml', [['revoked'], true]);
    await fleet.publish('South was stolen');
    using client = await clientOf('shore');
    const refused = await waitUntil('shore to be refused', async () => {
      const answer = await mainOf(client).catch(() => undefined);
      return answer?.status === 403 ? answer : undefined;
    });
    assert.equal(codeOf(refused), 'GATEWAY_DEVICE_REVOKED');
    const renewed = await fleet.towline('device', 'add', 'shore', '--renew');
    assert.match(renewed.stderr, /CLI_USAGE .*revoked/);
    const rotated = await fleet.rig.workspace.try('towline', [
      ...['agent', 'rotate-keys', '--no-wait', '--config', device('shore').config],
    ]);
    assert.match(rotated.stderr, /ENROLMENT_NOT_EXPECTED/);
  });
});
