import assert from 'node:assert/strict';
import { createHmac, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createSystemClock } from '../../../core/io/system-clock.ts';
import type { AuditEvent } from '../../../gateway/admission/audit.ts';
import { PlainPort } from '../../../gateway/plain-port/plain-port.ts';
import { noWebhook, WebhookDesk } from '../../../gateway/upstream/webhook-desk.ts';

const secret = 'a secret of some length';
const body = '{"ref":"refs/heads/main","after":"../../etc/passwd"}';
const hex = (text: string | Uint8Array, key = secret) => createHmac('sha256', key).update(text).digest('hex');

class Rig implements AsyncDisposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'towline-webhook-'));
  readonly file = join(this.folder, 'secret');
  readonly audited: AuditEvent[] = [];
  woken = 0;
  port = 0;
  #port: PlainPort | undefined;

  async open(): Promise<this> {
    writeFileSync(this.file, `${secret}\n`);
    const desk = await WebhookDesk.open({
      secretFile: this.file,
      wake: () => {
        this.woken += 1;
      },
      audit: { write: event => this.audited.push(event) },
      clock: createSystemClock(),
    });
    this.#port = new PlainPort(desk.routes, noWebhook);
    ({ port: this.port } = await this.#port.listen('127.0.0.1', 0));
    return this;
  }

  async post(
    forge: string,
    headers: Record<string, string>,
    content: string | Uint8Array = body,
  ): Promise<number> {
    const url = `http://127.0.0.1:${this.port}/v1/webhook/${forge}`;
    const answer = await fetch(url, { method: 'POST', headers, body: Buffer.from(content) });
    await answer.arrayBuffer();
    return answer.status;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#port?.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

test("each forge's own signature wakes the mirror, again and again", async () => {
  await using rig = await new Rig().open();
  const good: [string, Record<string, string>][] = [
    ['github', { 'x-hub-signature-256': `sha256=${hex(body)}`, 'x-github-event': 'push' }],
    ['gitea', { 'x-gitea-signature': hex(body) }],
    ['gitlab', { 'x-gitlab-token': secret }],
  ];
  for (const [forge, headers] of [...good, ...good]) assert.equal(await rig.post(forge, headers), 202, forge);
  assert.equal(rig.woken, 6);
  assert.deepEqual(rig.audited, []);
});

test("GitHub's published example has the signature that we compute", () => {
  // docs.github.com, "Validating webhook deliveries".
  assert.equal(
    hex('Hello, World!', "It's a Secret to Everybody"),
    '757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17',
  );
});

test('a signature that is missing, wrong, of another forge or of another body is refused and audited', async () => {
  await using rig = await new Rig().open();
  const bad: [string, Record<string, string>][] = [
    ['github', {}],
    ['github', { 'x-hub-signature-256': `sha256=${hex(`${body} `)}` }],
    ['github', { 'x-hub-signature-256': `sha256=${hex(body, 'another secret, of length')}` }],
    ['github', { 'x-hub-signature-256': `sha256=${hex(body).toUpperCase()}` }],
    ['github', { 'x-hub-signature-256': hex(body) }],
    ['github', { 'x-hub-signature': `sha1=${createHmac('sha1', secret).update(body).digest('hex')}` }],
    ['github', { 'x-hub-signature-256': 'sha256=' }],
    ['github', { 'x-gitlab-token': secret }],
    ['gitea', { 'x-hub-signature-256': `sha256=${hex(body)}` }],
    ['gitea', { 'x-gitea-signature': hex(body).slice(1) }],
    ['gitea', { 'x-gitea-signature': '' }],
    ['gitlab', {}],
    ['gitlab', { 'x-gitlab-token': `${secret}\u00e9` }],
    ['gitlab', { 'x-gitlab-token': '' }],
    ['gitlab', { 'x-gitlab-token': hex(body) }],
  ];
  for (const [forge, headers] of bad)
    assert.equal(await rig.post(forge, headers), 403, JSON.stringify(headers));
  assert.equal(rig.woken, 0);
  assert.equal(rig.audited.length, bad.length);
  assert.ok(rig.audited.every(({ code, from }) => code === 'GATEWAY_WEBHOOK_REFUSED' && from !== undefined));
  assert.ok(!JSON.stringify(rig.audited).includes(secret));
});

test('what the body says does not matter: binary, empty and malformed bodies with a good signature only wake', async () => {
  await using rig = await new Rig().open();
  const bodies = [
    randomBytes(100_000),
    Buffer.alloc(0),
    Buffer.from('{'.repeat(50_000)),
    Buffer.from('\0\0'),
  ];
  for (const content of bodies) {
    assert.equal(await rig.post('github', { 'x-hub-signature-256': `sha256=${hex(content)}` }, content), 202);
  }
  assert.equal(rig.woken, bodies.length);
});

test('other addresses, other methods and too large bodies are refused', async () => {
  await using rig = await new Rig().open();
  assert.equal(await rig.post('bitbucket', { 'x-gitlab-token': secret }), 404);
  assert.equal(await rig.post('../metrics', {}), 404);
  assert.equal((await fetch(`http://127.0.0.1:${rig.port}/v1/webhook/github`)).status, 405);
  const socket = connect(rig.port, '127.0.0.1').on('error', () => undefined);
  let answer = '';
  socket.on('data', (chunk: Buffer) => {
    answer += chunk.toString('latin1');
  });
  socket.write(
    `POST /v1/webhook/gitlab HTTP/1.1\r\nHost: x\r\nX-Gitlab-Token: ${secret}\r\nTransfer-Encoding: chunked\r\n\r\n`,
  );
  const piece = Buffer.concat([Buffer.from('100000\r\n'), Buffer.alloc(1024 * 1024), Buffer.from('\r\n')]);
  for (let sent = 0; sent < 25; sent += 1) socket.write(piece);
  // One byte too many, and no more: what is sent after the answer is reset, and a reset may overtake the answer.
  socket.write('1\r\nx\r\n');
  await new Promise(resolve => socket.on('close', resolve));
  assert.match(answer, /^HTTP\/1.1 413 /);
  assert.equal(rig.woken, 0);
});

test('too many are told to wait, and a new secret counts at once', async () => {
  await using rig = await new Rig().open();
  writeFileSync(rig.file, 'another secret, of length');
  assert.equal(await rig.post('gitlab', { 'x-gitlab-token': secret }), 403);
  assert.equal(await rig.post('gitlab', { 'x-gitlab-token': 'another secret, of length' }), 202);
  const statuses: number[] = [];
  for (let count = 0; count < 150; count += 1)
    statuses.push(await rig.post('gitlab', { 'x-gitlab-token': secret }));
  assert.equal(statuses.at(-1), 429);
});

test('a secret that is missing or short is an error of the configuration', async () => {
  await using rig = await new Rig().open();
  const options = { wake: () => undefined, audit: { write: () => undefined }, clock: createSystemClock() };
  writeFileSync(rig.file, 'short\n');
  for (const secretFile of [rig.file, join(rig.folder, 'none')]) {
    await assert.rejects(WebhookDesk.open({ ...options, secretFile }), { code: 'GATEWAY_CONFIG_INVALID' });
  }
});
