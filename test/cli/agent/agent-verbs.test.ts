import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type Ran, temporaryFolder, towline } from '../towline.ts';

const [old, fresh] = ['1'.repeat(40), '2'.repeat(40)];

describe('a verb of `agent` that is asked for JSON, at a device whose agent does not run', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let config = '';
  before(async () => {
    folder = await temporaryFolder();
    config = path.join(folder.path, 'agent.yaml');
    const pin = `sha256:${'A'.repeat(43)}=`;
    const gateways = `gateways:\n  - address: gw:8443\n    tlsPins: ["${pin}"]\n`;
    const state = `stateDirectory: ${path.join(folder.path, 'state')}\n`;
    await writeFile(
      config,
      `apiVersion: towline/v1\nfleet: acme\ndevice: pump-1\nanchor: "${old}"\n${gateways}${state}`,
    );
  });
  after(() => folder.remove());
  const agent = (...words: string[]): Promise<Ran> => towline(['agent', ...words, '--config', config]);

  test('`hold` and `release` say until when', async () => {
    const held = await agent('hold', '--for', '2h', '--json');
    assert.equal(held.code, 0, held.errors);
    const { heldUntil, ...rest } = JSON.parse(held.output);
    assert.deepEqual(rest, { agentRuns: false });
    assert.ok(Math.abs(Date.parse(heldUntil) - Date.now() - 7_200_000) < 600_000);
    const released = await agent('--json', 'release');
    assert.equal(released.code, 0, released.errors);
    assert.deepEqual(JSON.parse(released.output), { heldUntil: null, agentRuns: false });
  });

  test('`now` exits 5, with a code and a remedy of its own', async () => {
    const { code, output, errors } = await agent('now', '--json');
    assert.equal(code, 5);
    assert.equal(output, '');
    const { error } = JSON.parse(errors);
    assert.equal(error.code, 'AGENT_NOT_RUNNING');
    assert.match(error.remedy, /systemctl start towline-agent.*towline agent --once/);
  });

  test('a stateDirectory that cannot be made is refused at once, as a configuration', async () => {
    const other = path.join(folder.path, 'other.yaml');
    const text = await readFile(config, 'utf8');
    await writeFile(other, text.replace(/^stateDirectory: .*$/m, 'stateDirectory: /proc/towline/state'));
    const { code, errors } = await towline(['agent', 'hold', '--json', '--config', other]);
    assert.equal(code, 2, errors);
    assert.equal(JSON.parse(errors).error.code, 'AGENT_CONFIG');
  });

  test('`re-anchor` says both commits', async () => {
    const { code, output, errors } = await agent('re-anchor', fresh, '--json');
    assert.equal(code, 0, errors);
    const said = { fleet: 'acme', device: 'pump-1', anchor: fresh, before: old };
    assert.deepEqual(JSON.parse(output), said);
    assert.match(await readFile(config, 'utf8'), new RegExp(`anchor: "?${fresh}`));
  });

  test('`rotate-keys` without keys fails with one JSON object', async () => {
    const { code, output, errors } = await agent('rotate-keys', '--no-wait', '--json');
    assert.equal(code, 2, errors);
    assert.equal(output, '');
    assert.equal(JSON.parse(errors).error.code, 'AGENT_KEYS');
  });
});
