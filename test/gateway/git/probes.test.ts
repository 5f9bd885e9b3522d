/** What a device may learn of fleet.git by asking: main and the timestamp, and of nothing else whether it is there. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { connect } from 'node:tls';
import { delimiterPacket, encodePacket, flushPacket } from '../../../core/io/git/pkt-line.ts';
import { readFetchRequest } from '../../../gateway/git/fetch-request.ts';
import { commitFile, git, TestGateway, testDevice } from '../rig/gateway.ts';
import { codeOf, TestClient } from '../rig/request.ts';

const device = testDevice('pump-1');
const nobody = '1234567890'.repeat(4);

interface Asked {
  readonly status: number;
  readonly body: string;
}

/** Both protocols' bodies for one fetch of `want`. */
function bodies(want: string, ...lines: readonly string[]): Record<'0' | '2', Buffer> {
  const early = lines.filter(line => !line.startsWith('have '));
  const haves = lines.filter(line => line.startsWith('have '));
  const text = (words: readonly string[]) => words.map(line => encodePacket(`${line}\n`));
  return {
    0: Buffer.concat([
      encodePacket(`want ${want} multi_ack_detailed no-done side-band-64k ofs-delta agent=x\n`),
      ...text(early),
      flushPacket,
      ...text(haves),
      ...text(['done']),
    ]),
    2: Buffer.concat([
      encodePacket('command=fetch\n'),
      encodePacket('agent=git/2.39.5\n'),
      delimiterPacket,
      ...text(['thin-pack', 'ofs-delta', `want ${want}`, ...lines, 'done']),
      flushPacket,
    ]),
  };
}

async function ask(client: TestClient, version: '0' | '2', body: Buffer): Promise<Asked> {
  const headers = {
    'content-type': 'application/x-git-upload-pack-request',
    ...(version === '2' ? { 'git-protocol': 'version=2' } : {}),
  };
  const answer = await client.ask('/fleet.git/git-upload-pack', { method: 'POST', headers, body });
  return { status: answer.status, body: answer.body.toString('latin1') };
}

/** Objects of a draft, and the main that devices are served. */
function withDraft(gateway: TestGateway) {
  const cwd = join(gateway.folder, 'fleet.git');
  const draft = commitFile(gateway.folder, 'draft.txt', 'not yet', 'draft');
  git(['tag', '-a', '-m', 'internal', 'inside', gateway.service.refs.main ?? ''], { cwd });
  return {
    draft,
    tree: git(['rev-parse', `${draft}^{tree}`], { cwd }),
    blob: git(['rev-parse', `${draft}:draft.txt`], { cwd }),
    tag: git(['rev-parse', 'refs/tags/inside'], { cwd }),
  };
}

test('what a device says it has, and is not served, is answered as what is nowhere', async () => {
  await using gateway = await TestGateway.start([device], { fetchesPerMinute: 1000 });
  using client = new TestClient(gateway.port, device);
  const main = gateway.service.refs.main ?? '';
  const hidden = withDraft(gateway);
  for (const version of ['0', '2'] as const) {
    for (const word of ['have', 'shallow']) {
      const expected = await ask(client, version, bodies(main, `${word} ${nobody}`)[version]);
      assert.equal(expected.status, 200);
      for (const [kind, id] of Object.entries(hidden)) {
        const answer = await ask(client, version, bodies(main, `${word} ${id}`)[version]);
        assert.deepEqual(answer, expected, `version ${version}: ${word} of a ${kind}`);
      }
    }
    const known = await ask(client, version, bodies(main, `have ${main}`)[version]);
    assert.match(known.body, /ACK|PACK/);
    assert.notDeepEqual(known, await ask(client, version, bodies(main)[version]));
  }
});

test('words that ask about other refs, or that upload-pack does not offer here, never reach git', async () => {
  await using gateway = await TestGateway.start([device], { fetchesPerMinute: 1000 });
  using client = new TestClient(gateway.port, device);
  const main = gateway.service.refs.main ?? '';
  withDraft(gateway);
  const words = [
    'deepen-not refs/heads/draft',
    'deepen-not refs/heads/none',
    'deepen-since 1',
    'filter blob:none',
    'want-ref refs/heads/draft',
    'want-ref refs/heads/main',
    'packfile-uris https',
    'sideband-all',
    'wait-for-done',
    'server-option=x',
    'deepen 0',
    'deepen -1',
    'deepen 99999999999',
    'deepen 2147483648',
    'shallow HEAD',
    `have ${main.slice(0, 39)}`,
    `have ${main} x`,
    `have ${main.toUpperCase()}`,
    'object-info',
    'done now',
    '',
  ];
  for (const version of ['0', '2'] as const) {
    for (const word of words) {
      const answer = await ask(client, version, bodies(main, word)[version]);
      assert.equal(answer.status, 400, `version ${version}: ${word}`);
      assert.match(answer.body, /GATEWAY_REQUEST_MALFORMED/);
    }
  }
  assert.equal(gateway.service.cache.misses, 0);
});

test('a request is one command that ends: nothing after it, nothing within', () => {
  const fetch = [
    encodePacket('command=fetch\n'),
    delimiterPacket,
    encodePacket(`want ${nobody}\n`),
    encodePacket('done\n'),
  ];
  assert.equal(readFetchRequest(Buffer.concat([...fetch, flushPacket]), 2).command, 'fetch');
  const twice = [...fetch, flushPacket, ...fetch, flushPacket];
  for (const pieces of [
    fetch,
    twice,
    [...fetch, delimiterPacket, flushPacket],
    [...fetch, Buffer.from('0002'), flushPacket],
    [encodePacket('command=fetch\n'), encodePacket('server-option=x\n'), delimiterPacket, flushPacket],
    [encodePacket(`want ${nobody} allow-tip-sha1-in-want\n`), flushPacket, encodePacket('done\n')],
    [encodePacket(`want ${nobody}\n`), delimiterPacket, encodePacket('done\n')],
  ]) {
    const version = pieces === fetch || pieces[0]?.includes('command') ? 2 : 0;
    assert.throws(() => readFetchRequest(Buffer.concat(pieces), version), /./);
  }
});

test('tags of other branches do not come along', async () => {
  await using gateway = await TestGateway.start([device]);
  using client = new TestClient(gateway.port, device);
  const main = gateway.service.refs.main ?? '';
  withDraft(gateway);
  const plain = await ask(client, '2', bodies(main)['2']);
  assert.deepEqual(await ask(client, '2', bodies(main, 'include-tag')['2']), plain);
});

test('after main was set back by hand, what it was is not to be had, and not to be learnt', async () => {
  await using gateway = await TestGateway.start([device]);
  using client = new TestClient(gateway.port, device);
  const before = gateway.service.refs.main ?? '';
  const gone = commitFile(gateway.folder, 'secret.txt', 'oh');
  await gateway.service.refs.refresh();
  assert.equal((await ask(client, '2', bodies(gone)['2'])).status, 200);
  git(['update-ref', 'refs/heads/main', before], { cwd: join(gateway.folder, 'fleet.git') });
  await gateway.service.refs.refresh();
  assert.match((await ask(client, '2', bodies(gone)['2'])).body, /GATEWAY_OBJECT_FORBIDDEN/);
  const nowhere = await ask(client, '2', bodies(before, `have ${nobody}`)['2']);
  assert.deepEqual(await ask(client, '2', bodies(before, `have ${gone}`)['2']), nowhere);
});

test('a path that is none, and what is no HTTP, are answered with codes of ours', async () => {
  await using gateway = await TestGateway.start([device]);
  using client = new TestClient(gateway.port, device);
  for (const path of ['/%zz', '/fleet.git/%', '/fleet.git/info/refs%c0%af?service=git-upload-pack', '/%']) {
    const answer = await client.ask(path);
    assert.equal(answer.status, 400, path);
    assert.equal(codeOf(answer), 'GATEWAY_REQUEST_MALFORMED');
  }
  const { keys } = device;
  for (const [bytes, code] of [
    ['NONSENSE\r\n\r\n', 'GATEWAY_REQUEST_MALFORMED'],
    [`GET / HTTP/1.1\r\nHost: g\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 'GATEWAY_REQUEST_TOO_LARGE'],
  ] as const) {
    const socket = connect({
      host: '127.0.0.1',
      port: gateway.port,
      rejectUnauthorized: false,
      key: keys.tlsKey,
      cert: keys.tlsCertificate,
    });
    let said = '';
    socket.on('data', (chunk: Buffer) => {
      said += chunk.toString('latin1');
    });
    socket.on('error', () => undefined);
    socket.write(bytes);
    await new Promise(resolve => socket.once('close', resolve));
    assert.match(said, new RegExp(code));
  }
});
