import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { parse } from 'yaml';
import { type EnrolOptions, enrol } from '../../../agent/enrolment/enrol.ts';
import { readTokenText } from '../../../agent/enrolment/token-text.ts';
import {
  parseSignedStatement,
  statementFingerprint,
  verifyStatement,
} from '../../../core/enrolment/statement.ts';
import { type EnrolmentToken, tokenPublicKey } from '../../../core/enrolment/token.ts';
import { isTowlineError, TowlineError } from '../../../core/errors.ts';
import { readDeviceKeys } from '../../../core/io/device-keys.ts';
import type { Dialler, DialRequest } from '../../../core/io/https/dialler.ts';

const code = (expected: string) => (error: unknown) => isTowlineError(error) && error.code === expected;
const signal = new AbortController().signal;

function makeToken(device = 'pump-17'): EnrolmentToken {
  const gateways = [
    { address: 'gw.example.com:8443', tlsPins: [`sha256:${'A'.repeat(43)}=`], sshHostKeys: [] },
  ];
  const { privateKey } = generateKeyPairSync('ed25519');
  const oneTimeKey = privateKey.export({ format: 'der', type: 'pkcs8' });
  return {
    fleet: 'acme',
    device,
    gateways,
    anchor: 'a'.repeat(40),
    oneTimeKey,
    expiresMs: Date.now() + 60_000,
  };
}

describe('towline agent enroll', () => {
  let folder: string;
  let said: string[];
  let sent: string[];
  let answers: (readonly [status: number, body: object] | TowlineError)[];
  const options = (token: EnrolmentToken, more: Partial<EnrolOptions> = {}): EnrolOptions => ({
    token,
    configFile: path.join(folder, 'agent.yaml'),
    settings: { stateDirectory: path.join(folder, 'state') },
    dial: (): Dialler => ({
      async request(request: DialRequest) {
        sent.push(Buffer.from(request.body as Uint8Array).toString());
        const answer = answers.shift() ?? [200, { state: 'accepted' }];
        if (answer instanceof TowlineError) throw answer;
        const [status, body] = answer;
        const chunks = [Buffer.from(JSON.stringify(body))];
        return {
          status,
          headers: {},
          body: (async function* () {
            yield* chunks;
          })(),
        };
      },
      upgrade: () => Promise.reject(new Error('no upgrade')),
      use: () => undefined,
      close: async () => undefined,
    }),
    clock: { now: Date.now, monotonic: () => 0, sleep: async () => undefined },
    say: line => void said.push(line),
    wait: true,
    ...more,
  });

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'towline-enrol-'));
    said = [];
    sent = [];
    answers = [[200, { state: 'waiting' }]];
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test('a clock at 1970 enrols, and says so', async () => {
    const token = makeToken();
    const clock = { now: () => 12_000, monotonic: () => 0, sleep: async () => undefined };
    const { fingerprint, state } = await enrol(options(token, { clock }), signal);
    assert.equal(state, 'accepted');
    assert.match(said.join('\n'), /The clock says 1970-01-01T00:00:12.000Z: it was not set yet/);
    assert.ok(said.includes(`fingerprint  ${fingerprint}`));
    const signed = parseSignedStatement(sent[0] ?? '');
    assert.equal(statementFingerprint(signed.statement), fingerprint);
    const expected = {
      fleet: 'acme',
      device: 'pump-17',
      key: tokenPublicKey(token),
      expiresMs: token.expiresMs,
    };
    verifyStatement(signed, expected, Date.now());
  });

  test('waiting goes on while the gateway is away or busy, and ends where a person must act', async () => {
    const away = new TowlineError('AGENT_GATEWAY_UNREACHABLE', 'away');
    answers = [[200, { state: 'waiting' }], away, [429, { code: 'GATEWAY_RATE_LIMITED', message: 'later' }]];
    assert.equal((await enrol(options(makeToken()), signal)).state, 'accepted');
    assert.equal(sent.length, 4);
    answers = [
      [200, { state: 'waiting' }],
      [409, { code: 'ENROLMENT_TWICE', message: 'two' }],
    ];
    await assert.rejects(enrol(options(makeToken()), signal), code('ENROLMENT_TWICE'));
  });

  test('once more with the same token states the same keys, private and mode 0600', async () => {
    const token = makeToken();
    answers = [
      [200, { state: 'waiting' }],
      [200, { state: 'waiting' }],
    ];
    const first = await enrol(options(token, { wait: false }), signal);
    const second = await enrol(options(token, { wait: false }), signal);
    assert.equal(first.fingerprint, second.fingerprint);
    assert.equal(sent[0], sent[1]);
    const keys = path.join(folder, 'state', 'keys');
    await readDeviceKeys(keys);
    for (const name of ['tls.key', 'ssh', 'openpgp'])
      assert.equal(statSync(path.join(keys, name)).mode & 0o777, 0o600);
  });

  test('a newer token keeps anchor and settings, brings its gateways; another device’s file is left alone', async () => {
    await enrol(options(makeToken()), signal);
    const newer = { ...makeToken(), anchor: 'b'.repeat(40) };
    const gateways = newer.gateways.map(gateway => ({ ...gateway, address: 'gw2.example.com:8443' }));
    await enrol(options({ ...newer, gateways }), signal);
    const file = parse(readFileSync(path.join(folder, 'agent.yaml'), 'utf8'));
    assert.deepEqual([file.anchor, file.gateways[0].address], ['a'.repeat(40), 'gw2.example.com:8443']);
    await assert.rejects(enrol(options(makeToken('pump-18')), signal), code('AGENT_CONFIG'));
  });

  test('a token comes from the command line, a file, or standard input; too long or none is refused', async () => {
    const input = async function* (text: string) {
      yield text;
    };
    const file = path.join(folder, 'token');
    writeFileSync(file, 'towline1_abc\n');
    const read = (word: string | undefined, from: string | undefined, text = '') =>
      readTokenText({ word, file: from, input: input(text) });
    assert.equal(await read('towline1_abc', undefined), 'towline1_abc');
    assert.equal(await read(undefined, file), 'towline1_abc');
    assert.equal(await read('-', undefined, ' towline1_abc\n'), 'towline1_abc');
    await assert.rejects(read(undefined, undefined), code('ENROLMENT_TOKEN_MALFORMED'));
    await assert.rejects(read(undefined, `${file}.not`), code('ENROLMENT_TOKEN_MALFORMED'));
    await assert.rejects(read('-', undefined, 'x'.repeat(70_000)), code('ENROLMENT_TOKEN_MALFORMED'));
  });
});
