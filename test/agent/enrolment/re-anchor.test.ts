import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { runReAnchor } from '../../../agent/program/re-anchor-verb.ts';
import { formatToken } from '../../../core/enrolment/token.ts';
import { isTowlineError } from '../../../core/errors.ts';

const [old, first, later] = ['1', '2', '3'].map(digit => digit.repeat(40)) as [string, string, string];
const gateways = [{ address: 'gw:8443', tlsPins: [`sha256:${'A'.repeat(43)}=`], sshHostKeys: [] }];
let folder: string;
let config: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'towline-re-anchor-'));
  config = path.join(folder, 'agent.yaml');
  const state = path.join(folder, 'state');
  const text = { apiVersion: 'towline/v1', fleet: 'acme', device: 'pump-1', anchor: old, gateways };
  writeFileSync(config, JSON.stringify({ ...text, stateDirectory: state }));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function tokenFor(anchor: string, key = generateKeyPairSync('ed25519').privateKey): string {
  const oneTimeKey = key.export({ type: 'pkcs8', format: 'der' });
  const expiresMs = Date.now() + 3_600_000;
  return formatToken({ fleet: 'acme', device: 'pump-1', gateways, anchor, oneTimeKey, expiresMs });
}

const reAnchor = (word: string) => runReAnchor([word, '--config', config, '--json']);
const anchorNow = () =>
  /anchor: "?([0-9]{40})/.exec(readFileSync(config, 'utf8').replace(/"anchor":/, 'anchor:'))?.[1];

test('a token that has re-anchored a device does not do it again, however it is written', async () => {
  const { privateKey } = generateKeyPairSync('ed25519');
  const token = tokenFor(first, privateKey);
  await reAnchor(token);
  assert.equal(anchorNow(), first);
  await reAnchor(later);
  for (const again of [token, tokenFor(first, privateKey)]) {
    await assert.rejects(reAnchor(again), (error: unknown) => isTowlineError(error, 'ENROLMENT_TOKEN_USED'));
    assert.equal(anchorNow(), later);
  }
  await reAnchor(tokenFor(first));
  assert.equal(anchorNow(), first, 'a new token does');
});

test('what was cut off before its end is done by the same token', async () => {
  const { privateKey } = generateKeyPairSync('ed25519');
  const token = tokenFor(first, privateKey);
  await reAnchor(token);
  const file = path.join(folder, 'state', 're-anchored.json');
  writeFileSync(file, readFileSync(file, 'utf8').replace('"done"', '"begun"'));
  await reAnchor(token);
  await assert.rejects(reAnchor(token), (error: unknown) => isTowlineError(error, 'ENROLMENT_TOKEN_USED'));
});

test('a damaged list of used tokens makes none of them good again', async () => {
  const token = tokenFor(first);
  await reAnchor(token);
  writeFileSync(path.join(folder, 'state', 're-anchored.json'), '{');
  await assert.rejects(reAnchor(token), (error: unknown) => isTowlineError(error, 'AGENT_STATE_GARBAGE'));
  await reAnchor(later);
  assert.equal(anchorNow(), later, 'a commit needs no token');
});
