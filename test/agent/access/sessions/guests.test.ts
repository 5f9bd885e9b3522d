/** Guests by a link, all the way: over HTTP to a gateway, which logs in at the agent's server, which knows the link's hash. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { ClientChannel } from 'ssh2';
import { GuestLinks } from '../../../../agent/access/sessions/guest-links.ts';
import { GuestRig } from '../../../rig/guest-rig.ts';
import { comes } from '../../../rig/recorded-device.ts';
import { enter } from '../person-client.ts';

const utf8 = new TextDecoder();

describe('a guest cannot type or learn more', { timeout: 60_000 }, () => {
  let guests: GuestRig;
  const keeper = () => guests.keeper;
  const made = (forMs?: number) => guests.link(forMs);
  const ask = (body: string, headers: Record<string, string> = {}, signal?: AbortSignal) =>
    fetch(`${guests.url}/guest`, {
      method: 'POST',
      body,
      headers,
      ...(signal === undefined ? {} : { signal }),
    });
  let addresses = 0;
  /** Each from an address of its own, as a proxy on this machine says. */
  const elsewhere = () => {
    addresses += 1;
    return { 'x-forwarded-for': `203.0.113.${addresses}` };
  };
  before(async () => {
    guests = await GuestRig.start();
  });
  after(() => guests[Symbol.asyncDispose]());

  test('who has the link sees the screen so far and as it goes on, without what a terminal would answer, and no name', async () => {
    const { live, said, typed, rig, url } = guests;
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
    const lines = JSON.stringify(guests.audits) + guests.logged.join();
    assert.match(lines, /guest pump/);
    assert.ok(!lines.includes(token));
  });

  test('a page that knows nothing, and lets nothing of others in', async () => {
    const page = await fetch(`${guests.url}/guest`);
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
    await guests.trust(false);
    await watching.text();
    assert.equal((await ask(`pump.${token}`, elsewhere())).status, 404);
    assert.throws(made, { code: 'ACCESS_SHARE_REFUSED' });
    await guests.trust(true);
    // A gateway that may log in here no more brings nobody, and those whom it has brought go.
    const brought = await ask(`pump.${made()}`, elsewhere());
    assert.equal(brought.status, 200);
    await guests.trust(true, []);
    await brought.text();
    await guests.trust(true);
  });

  test('nobody but who has begun a session makes links of it', () => {
    const { id } = guests.live.start;
    for (const wish of [
      { id, operator: 'bob' },
      { id: 'aaaaaaaa', operator: 'alice' },
    ])
      assert.throws(() => keeper().share({ ...wish, forMs: 1000 }), { code: 'ACCESS_SHARE_REFUSED' });
  });

  test('wrong ones of an address are limited at the gateway; a device finds a right one whatever was tried, until it expires', async () => {
    const from = { 'x-forwarded-for': '198.51.100.7' };
    const wrong = () => ask(`pump.${'B'.repeat(22)}`, from);
    // At once: one more may be tried each six seconds.
    const answers = await Promise.all(Array.from({ length: 12 }, wrong));
    assert.deepEqual(answers.map(({ status }) => status).sort(), [
      ...Array.from({ length: 10 }, () => 404),
      429,
      429,
    ]);
    assert.equal((await ask(`pump.${made()}`, { ...from, 'x-forwarded-for': '198.51.100.7' })).status, 429);
    let nowMs = 0;
    const links = new GuestLinks(() => nowMs);
    const [token = '', short = ''] = [1e9, 20].map(untilMs => links.make({ session: 's', untilMs }));
    for (let count = 0; count < 300; count += 1) assert.equal(links.find(`${count}`), undefined);
    assert.equal(links.find(token)?.session, 's');
    nowMs = 20;
    assert.equal(links.find(short), undefined);
    links.forget('s');
    assert.equal(links.find(token), undefined);
  });

  test('a gateway that is somebody else’s gets no shell, no terminal, no channel and no second session out of it', async () => {
    const { rig, typed } = guests;
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
