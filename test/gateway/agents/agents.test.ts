/** Parts of agents at the device port: fixed files for whoever asks, and nothing else without a certificate. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdirSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { isTowlineError } from '../../../core/errors.ts';
import { makeState, type TestDevice, TestGateway, testDevice } from '../rig/gateway.ts';
import { codeOf, readAnswer, TestClient } from '../rig/request.ts';
import { listingView, type MadeFile, type MadeVersion, madeFile, piecesOf } from './rig.ts';

const pump = testDevice('pump-1');
const install = madeFile(5_000, 'i');
const agent = madeFile(300_000, 'a');
const newer = madeFile(200_000, 'b');
const never = () => new AbortController().signal;

async function listing(
  versions: Record<string, MadeVersion>,
  { chosen, folder, devices = [pump] }: { chosen?: string; folder?: string; devices?: TestDevice[] } = {},
) {
  const gateway = await TestGateway.start(devices, {}, folder ?? makeState());
  gateway.view.publish(await listingView(devices, versions, chosen));
  return gateway;
}
const bring = (gateway: TestGateway, { sha256, bytes }: MadeFile, sent = bytes) =>
  gateway.service.agents.take(sha256, piecesOf(sent), never());
const address = ({ sha256 }: MadeFile) => `/agents/sha256/${sha256}`;
const kept = ({ folder }: TestGateway) =>
  readdirSync(join(folder, 'agents')).filter(name => /^[0-9a-f]{64}$/.test(name));
const code = (name: string) => (error: unknown) => isTowlineError(error) && error.code === name;

describe('parts of agents', () => {
  test('are fetched without a certificate, whole or from where one was cut', async () => {
    await using gateway = await listing({ '0.1.0': { agent, install } });
    await bring(gateway, agent);
    using stranger = new TestClient(gateway.port, undefined);
    const whole = await stranger.ask(address(agent));
    assert.deepEqual([whole.status, whole.headers['accept-ranges']], [200, 'bytes']);
    assert.ok(whole.body.equals(agent.bytes));
    const rest = await stranger.ask(address(agent), { headers: { range: 'bytes=299990-' } });
    assert.deepEqual(
      [rest.status, rest.headers['content-range'], rest.body.length],
      [206, 'bytes 299990-299999/300000', 10],
    );
    const beyond = await stranger.ask(address(agent), { headers: { range: 'bytes=300000-' } });
    assert.deepEqual([beyond.status, beyond.headers['content-range']], [416, 'bytes */300000']);
    const head = await stranger.ask(address(agent), { method: 'HEAD' });
    assert.deepEqual([head.status, head.headers['content-length'], head.body.length], [200, '300000', 0]);
    using device = new TestClient(gateway.port, pump);
    assert.ok((await device.ask(address(agent))).body.equals(agent.bytes));
  });

  test('`/install` is the script of the version that fleet.yaml chooses, else of the newest', async () => {
    const other = madeFile(6_000, 'j');
    const versions = { '0.9.0': { agent, install }, '0.10.0': { agent: newer, install: other } };
    await using gateway = await listing(versions);
    using stranger = new TestClient(gateway.port, undefined);
    assert.equal(codeOf(await stranger.ask('/install')), 'GATEWAY_AGENT_MISSING');
    for (const file of [install, other]) await bring(gateway, file);
    assert.ok((await stranger.ask('/install')).body.equals(other.bytes));
    gateway.view.publish(await listingView([pump], versions, '0.9.0'));
    const chosen = await stranger.ask('/install');
    assert.deepEqual([chosen.status, chosen.headers['content-type']], [200, 'text/x-shellscript']);
    assert.ok(chosen.body.equals(install.bytes));
  });

  test('what root has not listed is not there, nor is anything else for who has no certificate', async () => {
    await using gateway = await listing({ '0.1.0': { agent } });
    await bring(gateway, agent);
    writeFileSync(join(gateway.folder, 'agents', newer.sha256), newer.bytes);
    using stranger = new TestClient(gateway.port, undefined);
    const asked = async (path: string, method = 'GET') => {
      const answer = await stranger.ask(path, { method });
      return [answer.status, codeOf(answer)];
    };
    assert.deepEqual(await asked(address(newer)), [404, 'GATEWAY_AGENT_UNLISTED']);
    assert.deepEqual(await asked('/install'), [404, 'GATEWAY_AGENT_UNLISTED']);
    for (const path of [
      `/agents/sha256/${agent.sha256.toUpperCase()}`,
      '/agents/sha256/incoming',
      '/agents/sha256/..%2Faudit.log',
      '/agents/sha256/control.socket',
    ])
      assert.deepEqual(await asked(path), [404, 'GATEWAY_AGENT_UNLISTED'], path);
    for (const path of [`${address(agent)}/`, '/agents/', '/agents/sha256', '/install/x', '/'])
      assert.deepEqual(await asked(path), [404, 'GATEWAY_ROUTE_UNKNOWN'], path);
    assert.deepEqual(await asked(address(agent), 'DELETE'), [404, 'GATEWAY_ROUTE_UNKNOWN']);
    for (const path of ['/v1/hints', '/fleet.git/info/refs?service=git-upload-pack'])
      assert.deepEqual(await asked(path), [403, 'GATEWAY_CERTIFICATE_MISSING'], path);
  });

  test('are kept only as they are listed: shorter, longer or other bytes leave nothing', async () => {
    await using gateway = await listing({ '0.1.0': { agent } });
    const wrong = [
      agent.bytes.subarray(1),
      Buffer.concat([agent.bytes, Buffer.of(1)]),
      Buffer.alloc(300_000),
    ];
    for (const bytes of wrong) await assert.rejects(bring(gateway, agent, bytes), code('AGENT_PART_DIFFERS'));
    await assert.rejects(bring(gateway, newer), code('GATEWAY_AGENT_UNLISTED'));
    const broken = async function* () {
      yield agent.bytes.subarray(0, 100);
      throw new Error('the line is cut');
    };
    await assert.rejects(gateway.service.agents.take(agent.sha256, broken(), never()), /the line is cut/);
    const begun = Promise.withResolvers<void>();
    const silent = async function* () {
      yield agent.bytes.subarray(0, 100);
      begun.resolve();
      await new Promise(() => undefined);
    };
    // Whoever says nothing more is cut off all the same, and the next one has the place.
    const cut = new AbortController();
    const held = gateway.service.agents.take(agent.sha256, silent(), cut.signal);
    const next = bring(gateway, newer);
    await begun.promise;
    cut.abort(new Error('an hour is over'));
    await assert.rejects(held, /an hour is over/);
    await assert.rejects(next, code('GATEWAY_AGENT_UNLISTED'));
    assert.deepEqual([kept(gateway), readdirSync(join(gateway.folder, 'agents', 'incoming'))], [[], []]);
    using stranger = new TestClient(gateway.port, undefined);
    assert.equal(codeOf(await stranger.ask(address(agent))), 'GATEWAY_AGENT_MISSING');
  });

  test('stay over a restart, go when they are damaged, and when main lists them no more', async () => {
    const folder = makeState();
    const versions = { '0.1.0': { agent }, '0.2.0': { agent: newer } };
    {
      await using gateway = await listing(versions, { folder });
      assert.equal(await bring(gateway, agent), true);
      assert.equal(await bring(gateway, agent), false, 'it was there');
      await bring(gateway, newer);
      await gateway.service.close(0);
      writeFileSync(join(folder, 'agents', newer.sha256), Buffer.alloc(newer.bytes.length));
      const again = await TestGateway.start([pump], {}, folder);
      try {
        assert.equal(kept(again).length, 2, 'before the first walk nobody knows what is listed');
        again.view.publish(await listingView([pump], versions));
        using stranger = new TestClient(again.port, undefined);
        assert.equal((await stranger.ask(address(agent))).status, 200);
        assert.equal(codeOf(await stranger.ask(address(newer))), 'GATEWAY_AGENT_MISSING');
        assert.deepEqual(kept(again), [agent.sha256]);
        again.view.publish(await listingView([pump], { '0.2.0': { agent: newer } }));
        await again.service.agents.close();
        assert.deepEqual(kept(again), []);
      } finally {
        await again.service.close(0);
        await again.runner.close();
      }
    }
  });
});

describe('strangers', () => {
  test('who take nothing wait for each other, and no device for them; who asks too often is told so', async () => {
    const large = madeFile(12_000_000, 'l');
    await using gateway = await listing({ '0.1.0': { agent: large } });
    await bring(gateway, large);
    const open: { client: TestClient; answer: Promise<IncomingMessage> }[] = [];
    const ask = () => {
      const client = new TestClient(gateway.port, undefined);
      const request = client.open(address(large));
      const answer = once(request, 'response').then(([found]) => found as IncomingMessage);
      answer.catch(() => undefined);
      request.on('error', () => undefined).end();
      open.push({ client, answer });
      return answer;
    };
    try {
      // All places of one address, none of which takes a byte.
      const served = await Promise.all(Array.from({ length: 8 }, ask));
      assert.deepEqual([...new Set(served.map(({ statusCode }) => statusCode))], [200]);
      const turned = Array.from({ length: 49 }, ask);
      const refused = await readAnswer(await Promise.race(turned));
      assert.deepEqual([refused.status, codeOf(refused)], [503, 'GATEWAY_BUSY']);
      using device = new TestClient(gateway.port, pump);
      assert.ok((await device.ask(address(large))).body.equals(large.bytes));
      // One leaves, and the next one is served.
      open[0]?.client[Symbol.dispose]();
      served[0]?.destroy();
      const next = await Promise.any(
        turned.map(each =>
          each.then(found => (found.statusCode === 200 ? found : Promise.reject(new Error('busy')))),
        ),
      );
      assert.equal(next.statusCode, 200);
      using often = new TestClient(gateway.port, undefined);
      let last = await often.ask(address(large), { method: 'HEAD' });
      for (let count = 0; count < 130 && last.status === 200; count += 1)
        last = await often.ask(address(large), { method: 'HEAD' });
      assert.equal(last.status, 429);
      assert.ok(Number(last.headers['retry-after']) > 0);
    } finally {
      for (const { client } of open) client[Symbol.dispose]();
    }
  });
});
