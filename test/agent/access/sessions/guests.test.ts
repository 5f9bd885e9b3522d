/** Guests by a link, all the way: over HTTP to a gateway, which logs in at the agent's server, which knows the link's hash. */
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { ClientChannel } from 'ssh2';
import { GuestLinks } from '../../../../agent/access/sessions/guest-links.ts';
import { LiveSession } from '../../../../agent/access/sessions/live-session.ts';
import { Sessions } from '../../../../agent/access/sessions/sessions.ts';
import { makeDeviceKeys, tlsPublicKey } from '../../../../core/io/device-keys.ts';
import { createSystemClock } from '../../../../core/io/system-clock.ts';
import { DeviceLogin } from '../../../../gateway/access/device-login.ts';
import type { AuditEvent } from '../../../../gateway/admission/audit.ts';
import { FleetViewHolder } from '../../../../gateway/fleet/fleet-view-holder.ts';
import { GuestDesk } from '../../../../gateway/guests/guest-desk.ts';
import { nothingHere } from '../../../../gateway/plain-port/internal-routes.ts';
import { PlainPort } from '../../../../gateway/plain-port/plain-port.ts';
import { keyLine } from '../../../../lab/rig/access-change.ts';
import { AccessRig } from '../../../../lab/rig/access-rig.ts';
import { testDevice, viewOf } from '../../../gateway/rig/gateway.ts';
import { comes, quietLog, sessionStart } from '../../../rig/recorded-device.ts';
import { enter } from '../person-client.ts';

const utf8 = new TextDecoder();

describe('a guest cannot type or learn more', { timeout: 60_000 }, () => {
  let rig: AccessRig;
  let sessions: Sessions | undefined;
  let desk: GuestDesk;
  let port: PlainPort;
  let url: string;
  let live: LiveSession;
  const typed: Uint8Array[] = [];
  const said: string[] = [];
  const audits: AuditEvent[] = [];
  const logged: string[] = [];
  const log = {
    ...quietLog,
    info: (fields: object, words: string) => logged.push(JSON.stringify(fields) + words),
  };
  const keeper = (): Sessions => sessions ?? assert.fail();
  const trust = (share: boolean, more: object = {}) =>
    rig.use({ access: { share }, gatewayKeys: ['gateway'], ...more });
  const ask = (body: string, headers: Record<string, string> = {}, signal?: AbortSignal) =>
    fetch(`${url}/guest`, { method: 'POST', body, headers, ...(signal === undefined ? {} : { signal }) });
  let addresses = 0;
  /** Each from an address of its own, as a proxy on this machine says. */
  const elsewhere = () => {
    addresses += 1;
    return { 'x-forwarded-for': `203.0.113.${addresses}` };
  };
  const made = (forMs = 60_000) => {
    const { id, operator } = live.start;
    const words = keeper().share({ id, operator, forMs });
    return /#pump\.([\w-]{22})/.exec(words)?.[1] ?? assert.fail(words);
  };

  before(async () => {
    rig = await AccessRig.start({
      engine: 'none',
      keeper: access => {
        const recordings = async () => assert.fail('nothing is recorded');
        sessions = new Sessions({ access, device: 'pump', nowMs: () => Date.now(), recordings, log });
        return sessions;
      },
    });
    await trust(true);
    live = new LiveSession(sessionStart({ operator: 'alice', command: 'secret-command' }), {
      say: line => said.push(line),
      type: bytes => typed.push(bytes),
    });
    await keeper().begin(live);
    const tls = tlsPublicKey(makeDeviceKeys('pump'));
    const file = {
      apiVersion: 'towline/v1' as const,
      keys: { tls, ssh: await keyLine(rig.folder, 'device') },
    };
    const content = { ...testDevice('pump'), view: { id: 'pump', file, groups: [], labels: {} } };
    const login = await DeviceLogin.open({
      view: new FleetViewHolder(viewOf([content])),
      tunnels: {
        open: async device => (device === 'pump' ? connect(rig.port, '127.0.0.1') : assert.fail('no tunnel')),
      },
      keyFile: join(rig.folder, 'gateway'),
      log,
    });
    const audit = { write: (event: AuditEvent) => void audits.push(event) };
    desk = new GuestDesk({ login, audit, log, clock: createSystemClock() });
    port = new PlainPort(desk.routes, nothingHere);
    url = `http://127.0.0.1:${(await port.listen('127.0.0.1', 0)).port}`;
  });
  after(async () => {
    await desk.close();
    await port.close();
    await rig[Symbol.asyncDispose]();
  });

  test('who has the link sees the screen so far and as it goes on, without what a terminal would answer, and no name', async () => {
    await live.output(Buffer.from('before\r\n'));
    const token = made();
    const over = new AbortController();
    const answer = await ask(`pump.${token}`, elsewhere(), over.signal);
    assert.equal(answer.status, 200);
    const page = await ask(`pump.${token}`, { accept: 'application/x-ndjson', ...elsewhere() }, over.signal);
    const bodies: string[] = ['', ''];
    [answer, page].forEach(({ body }, at) => {
      const reader = body?.getReader();
      (async () => {
        for (let read = await reader?.read(); read?.done === false; read = await reader?.read())
          bodies[at] += utf8.decode(read.value);
      })().catch(() => {});
    });
    const curl = rig.spawn('curl', ['-N', '-sS', '-d', `pump.${token}`, `${url}/guest`]);
    let seen = '';
    curl.stdout?.on('data', (bytes: Buffer) => {
      seen += bytes.toString('utf8');
    });
    await comes(async () => said.filter(line => line === 'a guest looks on').length === 3);
    await live.output(Buffer.from('\u001b[6n\u001b]52;c;eA==\u0007\u001b[1mafter\u001b[0m\r\n'));
    live.resized(132, 50);
    await comes(async () => /after/.test(bodies[0] ?? '') && /132x50/.test(bodies[1] ?? ''));
    await comes(async () => seen.includes('\u001b[1mafter\u001b[0m\r\n'));
    curl.kill();
    assert.match(bodies[0] ?? '', /before\r\n/);
    for (const body of bodies) assert.doesNotMatch(body, /\[6n|52;c|alice|secret-command|web|api/);
    assert.match(
      keeper()
        .list()[0]
        ?.onlookers.map(({ name }) => name)
        .join() ?? '',
      /a guest,a guest/,
    );
    over.abort();
    await comes(async () => said.filter(line => line === 'a guest has left').length === 3);
    assert.equal(typed.length, 0);
    const lines = JSON.stringify(audits) + logged.join();
    assert.match(lines, /guest pump/);
    assert.ok(!lines.includes(token));
  });

  test('a page that knows nothing, and lets nothing of others in', async () => {
    const page = await fetch(`${url}/guest`);
    assert.match(
      page.headers.get('content-security-policy') ?? '',
      /default-src 'none'.*frame-ancestors 'none'/,
    );
    assert.equal(page.headers.get('referrer-policy'), 'no-referrer');
    assert.doesNotMatch(await page.text(), /pump|alice|https?:\/\//);
  });

  test('no, another, an expired, a withdrawn link, another device, a malformed one: one answer to all', async () => {
    const short = made(1000);
    const bodies = ['', 'x', `pump.${'A'.repeat(22)}`, `other.${made()}`, `pump.${made()}x`, 'p'.repeat(500)];
    const answers = await Promise.all(bodies.map(async body => await (await ask(body, elsewhere())).text()));
    await comes(async () => (await ask(`pump.${short}`, elsewhere())).status === 404);
    assert.deepEqual([...new Set(answers)], ['There is no such link, or not any more.\n']);
    const token = made();
    const watching = await ask(`pump.${token}`, elsewhere());
    await trust(false);
    await watching.text();
    assert.equal((await ask(`pump.${token}`, elsewhere())).status, 404);
    assert.throws(made, { code: 'ACCESS_SHARE_REFUSED' });
    await trust(true);
  });

  test('nobody but who has begun a session makes links of it', () => {
    const { id } = live.start;
    for (const wish of [
      { id, operator: 'bob' },
      { id: 'aaaaaaaa', operator: 'alice' },
    ])
      assert.throws(() => keeper().share({ ...wish, forMs: 1000 }), { code: 'ACCESS_SHARE_REFUSED' });
  });

  test('tries are limited: of an address at the gateway, of all at the device', async () => {
    const from = { 'x-forwarded-for': '198.51.100.7' };
    const wrong = () => ask(`pump.${'B'.repeat(22)}`, from);
    const statuses: number[] = [];
    for (let count = 0; count < 12; count += 1) statuses.push((await wrong()).status);
    assert.deepEqual(statuses.slice(-2), [429, 429]);
    assert.equal((await ask(`pump.${made()}`, { ...from, 'x-forwarded-for': '198.51.100.7' })).status, 429);
    let nowMs = 0;
    const links = new GuestLinks(() => nowMs);
    const token = links.make({ session: 's', untilMs: 1e9 }) ?? '';
    for (let count = 0; count < 30; count += 1) assert.equal(links.find(`${count}`), undefined);
    assert.equal(links.find(token), undefined);
    nowMs = 10_000;
    assert.equal(links.find(token)?.session, 's');
    links.forget('s');
    assert.equal(links.find(token), undefined);
  });

  test('a gateway that is somebody else’s gets no shell, no terminal, no channel and no second session out of it', async () => {
    await assert.rejects(enter(rig, 'guest+link', {}, 'stranger'));
    const { ssh } = await enter(rig, 'guest+link', {}, 'gateway');
    const refused = (begin: (done: (error?: Error) => void) => void) =>
      new Promise<boolean>(resolve => begin(error => resolve(error !== undefined)));
    assert.ok(await refused(done => ssh.forwardOut('127.0.0.1', 1, 'towline', 22, error => done(error))));
    const channel = await new Promise<ClientChannel>((resolve, reject) =>
      ssh.exec(made(), (error, opened) => (error ? reject(error) : resolve(opened))),
    );
    channel.write('echo typed\n');
    assert.ok(await refused(done => ssh.shell(error => done(error))));
    assert.ok(await refused(done => ssh.sftp(error => done(error))));
    ssh.end();
    for (const request of ['shell', 'pty'] as const) {
      const other = await enter(rig, 'guest+link', {}, 'gateway');
      const options = request === 'pty' ? { pty: true } : {};
      assert.ok(
        await refused(done =>
          request === 'shell'
            ? other.ssh.shell(false, error => done(error))
            : other.ssh.exec('x', options, error => done(error)),
        ),
      );
      other.ssh.end();
    }
    assert.equal(typed.length, 0);
  });
});
