/** `towline portal`: whose it is, what another user or page gets of it, and how it ends. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { eventually } from '../../../lab/rig/eventually.ts';
import { testDevice } from '../../gateway/rig/gateway.ts';
import { deviceFile } from '../../gateway/rig/program.ts';
import { DeskPortal } from '../../portal/rig/desk-portal.ts';
import { clientOf, loggedInAt, wordOf } from '../../portal/rig/portal-program.ts';

const pump = testDevice('pump-1');

describe('towline portal', () => {
  let desk: DeskPortal;
  let address: URL;
  before(async () => {
    desk = await DeskPortal.make({ 'devices/pump-1.yaml': deviceFile(pump) });
    address = await desk.start();
  });
  after(() => desk[Symbol.asyncDispose]());

  test('is on this machine alone, with a word in the address that no browser sends', () => {
    assert.equal(address.hostname, '127.0.0.1');
    assert.match(address.hash, /^#token=[A-Za-z0-9_-]{43}$/);
    const listening = readFileSync(`/proc/${desk.program.pid}/net/tcp`, 'utf8');
    const port = Number(address.port).toString(16).toUpperCase().padStart(4, '0');
    assert.match(listening, new RegExp(`0100007F:${port} 00000000:0000 0A`));
    assert.doesNotMatch(listening, new RegExp(`00000000:${port} 00000000:0000 0A`));
  });

  test('shows the person their fleet, and no cookie is set', async () => {
    const client = await loggedInAt(address);
    const { json, headers } = await client.api('/me');
    assert.deepEqual([json.name, json.by, json.kind, json.fleet], ['alice', 'desk', 'desk', 'acme']);
    assert.equal(headers['set-cookie'], undefined);
    const { json: list } = await client.api('/devices');
    assert.match(JSON.stringify(list.rows), /"id":"pump-1"/);
  });

  test('the word of the address is good once', async () => {
    const again = await clientOf(address).post('/login/token', { token: wordOf(address) });
    assert.equal(again.code, 'PORTAL_LOGIN_REFUSED');
    for (const token of ['', 'x', 'a'.repeat(43), null, 7])
      assert.equal((await clientOf(address).post('/login/token', { token })).code, 'PORTAL_LOGIN_REFUSED');
  });

  test('another user of this machine reaches it, and is told nothing', () => {
    const ask = `fetch('${address.origin}/api/v1/devices').then(async r => console.log(r.status, await r.text()))`;
    // As nobody: what it has open, and its arguments, are the person's own.
    const { stdout } = spawnSync(process.execPath, ['-e', ask], { uid: 65534, gid: 65534, encoding: 'utf8' });
    assert.match(stdout, /^401 .*PORTAL_LOGIN_NEEDED/);
    assert.doesNotMatch(stdout, /pump-1/);
    const guess = `fetch('${address.origin}/api/v1/login/token',{method:'POST',headers:{'content-type':'application/json',origin:'${address.origin}'},body:'{"token":"${'a'.repeat(43)}"}'}).then(async r => console.log(r.status, await r.text()))`;
    const guessed = spawnSync(process.execPath, ['-e', guess], { uid: 65534, gid: 65534, encoding: 'utf8' });
    assert.match(guessed.stdout, /^403 .*PORTAL_LOGIN_REFUSED/);
  });

  test('a name that leads here is answered nowhere (DNS rebinding), and another page’s requests neither', async () => {
    const client = await clientOf(address);
    const rebound = await client.ask('/', { headers: { host: `evil.example:${address.port}` } });
    assert.equal(rebound.code, 'PORTAL_FOREIGN_HOST');
    const local = await client.ask('/', { headers: { host: `localhost:${address.port}` } });
    assert.equal(local.code, 'PORTAL_FOREIGN_HOST');
    const other = await client.post('/login/token', { token: 'x' }, { origin: 'http://127.0.0.1:1' });
    assert.equal(other.code, 'PORTAL_FOREIGN_ORIGIN');
  });

  test('what is committed elsewhere is shown once it is fetched', async () => {
    const address = new URL((JSON.parse(desk.program.said[0] ?? '') as { address: string }).address);
    await desk.program.stop();
    await desk.repository.commit({
      signer: desk.operator,
      files: { 'devices/pump-2.yaml': deviceFile(testDevice('pump-2')) },
    });
    desk.program.said.length = 0;
    const next = await desk.start();
    assert.notEqual(next.href, address.href);
    const client = await loggedInAt(next);
    let rows = '';
    while (!rows.includes('pump-2')) rows = (await client.api('/devices')).text;
  });

  test('Ctrl-C ends it, and what is open', async () => {
    const client = await loggedInAt(await startedAgain(desk));
    const stream = await client.open('/api/v1/live?ids=pump-1');
    const cut = new Promise<void>(resolve =>
      stream
        .once('close', resolve)
        .on('error', () => {})
        .resume(),
    );
    assert.equal(await desk.program.stop('SIGINT'), 130);
    await cut;
  });

  test('hands the browser a file of the person’s own: arguments are to be seen by every user', async () => {
    const programs = join(desk.folder, 'programs');
    mkdirSync(programs);
    const record = join(desk.folder, 'opened');
    writeFileSync(
      join(programs, 'xdg-open'),
      `#!/bin/sh\necho "$@" > ${record}.new && mv ${record}.new ${record}\n`,
    );
    chmodSync(join(programs, 'xdg-open'), 0o755);
    desk.program.said.length = 0;
    const opened = await desk.start([], { PATH: `${programs}:${process.env.PATH}` });
    await eventually(() => readdirSync(desk.folder).includes('opened'));
    const file = readFileSync(record, 'utf8').trim();
    assert.doesNotMatch(file, /token|127\.0\.0\.1/);
    assert.equal(statSync(file).mode & 0o077, 0);
    assert.equal(statSync(join(file, '..')).mode & 0o077, 0);
    assert.ok(readFileSync(file, 'utf8').includes(opened.href));
    await desk.program.stop();
  });

  test('shows what it has where nothing answers, and says so', async () => {
    await desk.repository.remove();
    desk.program.said.length = 0;
    const client = await loggedInAt(await desk.start());
    let rows = '';
    while (!rows.includes('pump-2')) rows = (await client.api('/devices')).text;
    await eventually(() => desk.program.complaints.some(line => line.startsWith('main cannot be looked at')));
    const { json } = await client.api('/overview');
    assert.match(JSON.stringify(json.unreached), /"why":"CLI_/);
  });
});

async function startedAgain(desk: DeskPortal): Promise<URL> {
  await desk.program.stop();
  desk.program.said.length = 0;
  return await desk.start();
}
