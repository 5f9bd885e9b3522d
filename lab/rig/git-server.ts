/** A gateway of sorts: HTTPS with a pinned key around `git http-backend`, with ETags, and a hand in every answer. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { Readable } from 'node:stream';
import type { GatewayAddress } from '../../core/fleet/gateway-address.ts';
import { makeDeviceKeys, tlsPublicKey } from '../../core/io/device-keys.ts';
import type { Dialler } from '../../core/io/https/dialler.ts';
import { createDialler } from '../../core/io/https/https-dialler.ts';
import { tlsPin } from '../../core/io/https/tls-pins.ts';

export interface Seen extends Answer {
  readonly method: string;
  readonly url: string;
  readonly requestBody: Buffer;
}

export interface GitServer {
  readonly gateway: GatewayAddress;
  readonly dialler: Dialler;
  readonly seen: Seen[];
  /** Changes an answer before it is sent: to other bytes, a part of them, or a stream that need not end. */
  tamper:
    | ((
        url: string,
        body: Buffer,
      ) => Buffer | { readonly cutAt: number; readonly body: Buffer } | { readonly stream: Readable })
    | undefined;
  /** Closes every connection without an answer. */
  down: boolean;
  /** Answers by URL that are given again instead of asking git. */
  replay: ReadonlyMap<string, Answer> | undefined;
  /** Files by URL, parts of which may be asked for. */
  readonly files: Map<string, Buffer>;
  /** Tells every device that holds a stream of hints to look. @returns how many do */
  hint(): number;
  /** Asks every device that holds a stream of telemetry hints for what is new. @returns how many do */
  ask(): number;
  close(): Promise<void>;
}

/** Serves `/<name>.git` for each entry: name → path of a bare repository. */
export async function startGitServer(repositories: Readonly<Record<string, string>>): Promise<GitServer> {
  const keys = makeDeviceKeys('gateway');
  const device = makeDeviceKeys('device');
  const seen: Seen[] = [];
  const tls = { key: keys.tlsKey, cert: keys.tlsCertificate, requestCert: true, rejectUnauthorized: false };
  const hearers = new Set<ServerResponse>();
  const asked = new Set<ServerResponse>();
  const server = https.createServer(tls, async (request, response) => {
    const url = request.url ?? '';
    if (control.down) {
      request.socket.destroy();
      return;
    }
    if (url === '/v1/hints' || url === '/v1/telemetry-hints') {
      const streams = url === '/v1/hints' ? hearers : asked;
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(': \n\n');
      streams.add(response);
      response.on('close', () => streams.delete(response));
      return;
    }
    const file = control.files.get(url);
    if (file !== undefined) {
      serveFile(url, file, control, { range: request.headers.range, response });
      return;
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const requestBody = Buffer.concat(chunks);
    const name = /^\/([a-z]+)\.git\//.exec(url)?.[1] ?? '';
    const folder = repositories[name];
    const recorded = control.replay?.get(url);
    const answer =
      recorded !== undefined
        ? recorded
        : folder === undefined
          ? { status: 404, type: 'text/plain', body: Buffer.from('no such repository\n') }
          : await backend(
              folder,
              name,
              request.method ?? 'GET',
              url,
              request.headers['content-type'] ?? '',
              requestBody,
            );
    const etag = `"${createHash('sha1').update(answer.body).digest('hex')}"`;
    const unchanged = request.method === 'GET' && request.headers['if-none-match'] === etag;
    seen.push({
      method: request.method ?? '',
      url,
      status: unchanged ? 304 : answer.status,
      requestBody,
      type: answer.type,
      body: answer.body,
    });
    if (unchanged) {
      response.writeHead(304, { etag }).end();
      return;
    }
    const sent = control.tamper?.(url, answer.body) ?? answer.body;
    response.writeHead(answer.status, {
      'content-type': answer.type,
      ...(request.method === 'GET' ? { etag } : {}),
    });
    if (Buffer.isBuffer(sent)) response.end(sent);
    else if ('stream' in sent) {
      response.on('close', () => sent.stream.destroy());
      sent.stream.pipe(response);
    } else response.write(sent.body.subarray(0, sent.cutAt), () => request.socket.destroy());
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const gateway = {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    tlsPins: [tlsPin(Buffer.from(tlsPublicKey(keys), 'base64'))],
    sshHostKeys: [],
  };
  const log = { debug: () => {}, warn: () => {} };
  const dialler = createDialler({
    gateways: [gateway],
    key: device.tlsKey,
    certificate: device.tlsCertificate,
    log,
  });
  const control: GitServer = {
    gateway,
    dialler,
    seen,
    tamper: undefined,
    down: false,
    replay: undefined,
    files: new Map(),
    hint() {
      for (const response of hearers) response.write('event: look\n\n');
      return hearers.size;
    },
    ask() {
      for (const response of asked) response.write('event: flush\ndata:\n\n');
      return asked.size;
    },
    async close() {
      await dialler.close();
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    },
  };
  return control;
}

/** As a gateway serves what has a hash, or as `tamper` has it. */
function serveFile(
  url: string,
  file: Buffer,
  { seen, tamper }: GitServer,
  { range, response }: { readonly range: string | undefined; readonly response: ServerResponse },
): void {
  const [, first] = /^bytes=(\d+)-/.exec(range ?? '') ?? [];
  const from = Number(first ?? 0);
  const body = file.subarray(from);
  const status = first === undefined ? 200 : 206;
  const type = 'application/octet-stream';
  seen.push({ method: 'GET', url, status, type, body, requestBody: Buffer.alloc(0) });
  const sent = tamper?.(url, body) ?? body;
  const length = Buffer.isBuffer(sent) ? sent.length : body.length;
  const part =
    first === undefined ? {} : { 'content-range': `bytes ${from}-${file.length - 1}/${file.length}` };
  response.writeHead(status, { 'content-type': type, 'content-length': length, ...part });
  if (Buffer.isBuffer(sent)) response.end(sent);
  else if ('stream' in sent) sent.stream.pipe(response);
  else response.write(sent.body.subarray(0, sent.cutAt), () => response.destroy());
}

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: Buffer;
}

function backend(
  folder: string,
  name: string,
  method: string,
  url: string,
  contentType: string,
  input: Buffer,
): Promise<Answer> {
  const { pathname, searchParams } = new URL(url, 'https://gateway');
  const child = spawn('git', ['-c', 'http.receivepack=true', '-c', 'safe.directory=*', 'http-backend'], {
    env: {
      ...process.env,
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_TRANSLATED: path.join(folder, pathname.slice(`/${name}.git`.length)),
      REQUEST_METHOD: method,
      QUERY_STRING: searchParams.toString(),
      CONTENT_TYPE: contentType,
      CONTENT_LENGTH: String(input.length),
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'http.receivepack',
      GIT_CONFIG_VALUE_0: 'true',
    },
  });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => void chunks.push(chunk));
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', () => {
      const output = Buffer.concat(chunks);
      const split = output.indexOf('\r\n\r\n');
      const head = output.toString('latin1', 0, split);
      resolve({
        status: Number(/^Status: (\d+)/im.exec(head)?.[1] ?? 200),
        type: /^Content-Type: (.*)$/im.exec(head)?.[1]?.trim() ?? 'text/plain',
        body: output.subarray(split + 4),
      });
    });
  });
}
