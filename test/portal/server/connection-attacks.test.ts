/** Attacks on what a connection holds here: by who reads nothing, closes nothing, or says everything at once. */
import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { after, before, describe, test } from 'node:test';
import { eventually } from '../../../lab/rig/eventually.ts';
import { route } from '../../../portal/route/route.ts';
import type { Endpoint } from '../../../portal/server/endpoint.ts';
import { routeEndpoint } from '../../../portal/server/route-endpoint.ts';
import { ServedPortal } from '../rig/served-portal.ts';

const large = 'x'.repeat(16 * 1024 * 1024);

describe('a connection of the portal', () => {
  let portal: ServedPortal;
  let asked = 0;
  const sockets: Socket[] = [];
  const small: Endpoint['answer'] = async exchange => {
    asked += 1;
    await exchange.json({ body: exchange.body ?? null });
  };
  const endpoints: Endpoint[] = [
    { method: 'GET', path: '/large', open: true, answer: exchange => exchange.json({ large }) },
    { method: 'GET', path: '/small', open: true, answer: small },
    { method: 'GET', path: '/devices', answer: small },
    { method: 'POST', path: '/login', open: true, answer: small },
  ];
  const content = new Readable({ read() {} });
  const file = route({
    ...{ method: 'GET', path: '/people' },
    handle: () => ({ kind: 'file', content, mediaType: 'text/plain' }),
  });
  before(async () => {
    portal = await ServedPortal.start({ endpoints: [...endpoints, routeEndpoint(file)] });
  });
  after(async () => {
    for (const socket of sockets) socket.destroy();
    await portal[Symbol.asyncDispose]();
  });

  const opened = (): Socket => {
    const socket = connect({ port: portal.port, host: '127.0.0.1', allowHalfOpen: true });
    socket.on('error', () => undefined);
    sockets.push(socket);
    return socket;
  };
  const head = (line: string, ...more: readonly string[]) =>
    [`${line} HTTP/1.1`, `Host: ${new URL(portal.origin).host}`, ...more, '', ''].join('\r\n');

  test('that asks on before it has read what it asked for first leaves nothing behind when it is gone', async () => {
    for (let round = 0; round < 4; round += 1) {
      const socket = opened();
      const many = Array.from({ length: 20 }, () => head('GET /api/v1/small')).join('');
      socket.pause();
      socket.write(head('GET /api/v1/large') + many);
      await eventually(() => portal.server.answers > 0 || socket.destroyed);
      await eventually(
        () => asked >= 20 * (round + 1) || portal.server.connections === 0 || socket.destroyed,
      );
      socket.destroy();
      await eventually(() => portal.server.connections === 0);
    }
    assert.equal(portal.server.answers, 0);
    assert.equal((await portal.client().api('/small')).status, 200);
  });

  test('that was refused ends, also where the other side does not close it', async () => {
    const lines = [
      'no HTTP at all\r\n\r\n',
      head('GET /api/v1/terminals/x', 'Connection: upgrade', 'Upgrade: websocket'),
      head('POST /api/v1/login', 'Content-Length: 5', 'Transfer-Encoding: chunked'),
      head('GET /api/v1/small', 'Content-Length: 1000'),
    ];
    const answers = lines.map(line => {
      const told: Buffer[] = [];
      opened()
        .on('data', (bytes: Buffer) => told.push(bytes))
        .write(line);
      return told;
    });
    await eventually(() => answers.every(told => told.length > 0));
    for (const told of answers) assert.match(Buffer.concat(told).toString('latin1'), /^HTTP\/1\.1 4\d\d /);
    await eventually(() => portal.server.connections === 0);
  });

  test('of strangers who send slowly takes no place of who is logged in', async () => {
    const client = portal.logIn('alice');
    for (let from = 0; from < 30; from += 1) {
      const post = head(
        'POST /api/v1/login',
        ...[`Origin: ${portal.origin}`, 'Content-Type: application/json', 'Content-Length: 100'],
        `X-Forwarded-For: 192.0.2.${from}`,
      );
      for (let at = 0; at < 16; at += 1) opened().write(post);
    }
    await eventually(() => portal.server.answers > 100);
    let last = 0;
    await eventually(() => {
      const now = portal.server.answers;
      const isSame = now === last;
      last = now;
      return isSame;
    });
    assert.equal((await client.api('/devices')).status, 200);
    for (const socket of sockets) socket.destroy();
    await eventually(() => portal.server.answers === 0);
  });

  test('that names two hosts is answered nothing', async () => {
    const socket = opened();
    let answer = '';
    socket.on('data', (bytes: Buffer) => {
      answer += bytes.toString('latin1');
    });
    socket.write(head('GET /api/v1/small', 'Host: evil.example'));
    await eventually(() => answer !== '');
    assert.match(answer, /^HTTP\/1\.1 4\d\d /);
    socket.destroy();
  });

  test('that asks for the head of a file alone leaves nothing open', async () => {
    const { status } = await portal.logIn('alice').api('/people', { method: 'HEAD' });
    assert.equal(status, 200);
    await eventually(() => content.destroyed);
  });

  test('smuggles nothing: what a proxy might read otherwise is no request', async () => {
    const post = (...lines: readonly string[]) =>
      head('POST /api/v1/login', ...[`Origin: ${portal.origin}`, 'Content-Type: application/json'], ...lines);
    const chunks = '2\r\n{}\r\n0\r\n\r\n';
    const odd = [
      `${post('Content-Length: 2', 'Transfer-Encoding: chunked')}${chunks}`,
      `${post('Transfer-Encoding:', ' chunked')}${chunks}`,
      `${post('Transfer-Encoding: xchunked')}${chunks}`,
      `${post('Transfer-Encoding: chunked, identity')}${chunks}`,
      `${post('Content-Length: 2', 'Content-Length: 3')}{}`,
      `${post('Content-Length: +2')}{}`,
      `${post('Content-Length : 2')}{}`,
      `${post('X-Folded: a', ' Content-Length: 2')}{}`,
      `${post('Content-Length: 2').replaceAll('\r', '')}{}`,
      `${post('Transfer-Encoding: chunked')}2;${'a'.repeat(20_000)}\r\n{}\r\n0\r\n\r\n`,
      `${post('Transfer-Encoding: chunked')}2;a\n{}\r\n0\r\n\r\n`,
    ];
    const before = asked;
    for (const text of odd) {
      const told: Buffer[] = [];
      const socket = opened().on('data', (bytes: Buffer) => told.push(bytes));
      socket.write(text);
      await eventually(() => told.length > 0 || socket.destroyed);
      assert.match(Buffer.concat(told).toString('latin1'), /^HTTP\/1\.1 400 /, text.slice(0, 300));
      socket.destroy();
    }
    assert.equal(asked, before);
  });
});
