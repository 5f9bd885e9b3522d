/** `towline gateway import` to a gateway that runs, whose registry is away: what it brings, and what a stick must not. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { generateKey } from 'openpgp';
import { seal } from '../../../core/bundle/seal.ts';
import { emptyTree, formatTimestamp, timestampRef } from '../../../core/trust/timestamp.ts';
import { commandFolder } from '../../../lab/machine/programs.ts';
import { makeSshKey, type SshKey } from '../../../lab/rig/keys.ts';
import {
  chunksOf,
  noise,
  type SampleImage,
  type SampleOptions,
  sample,
  sampleImage,
  written,
} from '../../core/bundle/sample-bundle.ts';
import { samplesOf } from '../../rig/every.ts';
import { guideLine } from '../../rig/guide-line.ts';
import { git, testDevice } from '../rig/gateway.ts';
import { type CommandResult, command, deviceFile, GatewayProgram, TestFleet } from '../rig/program.ts';

const pump = testDevice('pump-1');
const registry = 'registry.example.com:5000';
const segment = 'registry.example.com_5000';

function imageOf(version: string, seed = version): SampleImage {
  const layers = [noise(`${seed} one`, 300_000), noise(`${seed} two`, 200_000)];
  return sampleImage(`${registry}/pump/web:${version}`, { 'linux/amd64': layers });
}

describe('a bundle at a gateway without an uplink', { timeout: 240_000 }, () => {
  let fleet: TestFleet;
  let bot: SshKey;
  let gateway: GatewayProgram;

  before(async () => {
    fleet = await TestFleet.make([pump]);
    bot = await makeSshKey();
    const policy = await fleet.repository.git(['show', 'main:trust/policy.yaml']);
    const withBot = policy
      .replace('version: 1\n', 'version: 2\n')
      .replace('principals:\n', `principals:\n  bot:\n    ssh: ["${bot.publicKey}"]\n`);
    await fleet.repository.commit({
      files: { 'trust/policy.yaml': `${withBot}\n  timestamp:\n    principals: [bot]\n` },
      signer: fleet.operator,
    });
    await fleet.init();
    // Nobody listens there.
    appendFileSync(fleet.config, `registries:\n  "${registry}": { url: "http://127.0.0.1:1" }\n`);
    appendFileSync(fleet.config, 'registryCache: { maxBytes: 1200KiB }\n');
    gateway = await GatewayProgram.start(fleet.config);
  });
  after(async () => {
    await gateway[Symbol.asyncDispose]();
    await fleet[Symbol.asyncDispose]();
    await bot.remove();
  });

  const release = async (image: SampleImage, version: string, signer = fleet.operator) =>
    await fleet.repository.commit({
      files: {
        [`apps/web/releases/${version}/release.yaml`]: `apiVersion: towline/v1\nversion: "${version}"\nimages:\n  web: { image: "${image.image}", digest: "${image.digest}" }\n`,
        [`apps/web/releases/${version}/compose.yaml`]: `services:\n  web: { image: "${image.image}" }\n`,
        [`devices/${pump.id}.yaml`]: deviceFile(pump, [`apps: { web: { release: "${version}" } }`]),
      },
      signer,
    });
  const stamp = async (head: string, timeSec: number): Promise<string> => {
    const time = `${timeSec} +0000`;
    await fleet.repository.store('tree', '');
    const id = await fleet.repository.git(['commit-tree', '-S', emptyTree], {
      config: bot.gitConfig,
      environment: { ...bot.environment, GIT_AUTHOR_DATE: time, GIT_COMMITTER_DATE: time },
      input: formatTimestamp({ fleet: 'acme', head, timeSec }),
    });
    await fleet.repository.git(['update-ref', timestampRef, id]);
    return id;
  };
  /** As git writes it. */
  const commits = async (...revisions: string[]) => {
    const file = join(fleet.folder, 'commits.bundle');
    await fleet.repository.git(['bundle', 'create', '-q', file, ...revisions]);
    return readFileSync(file);
  };
  const bundle = async (options: Partial<SampleOptions> & { readonly revisions?: string[] } = {}) => {
    const { revisions = ['main'], images = [], contents } = options;
    const commit = await fleet.repository.head();
    const of = { fleet: 'acme', devices: [pump.id], commit, ...contents };
    return await written(sample({ ...options, images, commits: await commits(...revisions), contents: of }));
  };
  /** As the guide has it, but for where the file lies. */
  const run = (file: string, ...more: string[]) => {
    const [, ...words] = guideLine('air-gapped', 'towline gateway import', {
      '/media/stick/site-4.tlb': file,
    });
    return command(join(commandFolder, 'towline'), [...words, ...more, '--config', fleet.config]);
  };
  const bring = async (bytes: Uint8Array): Promise<CommandResult> => {
    const file = join(fleet.folder, 'stick.tlb');
    writeFileSync(file, bytes);
    return await run(file, '--json');
  };
  const state = (...path: string[]) => join(fleet.folder, 'state', ...path);
  const served = (ref = 'refs/heads/main') => git(['rev-parse', ref], { cwd: state('fleet.git') });
  const cached = () => readdirSync(state('registry', 'blobs')).sort();
  /** Nothing moved, and nothing was left. */
  const refused = async (code: string, bytes: Uint8Array) => {
    const before = [served(), cached().join()];
    const { code: exit, stderr } = await bring(bytes);
    assert.notEqual(exit, 0);
    assert.match(stderr, new RegExp(code));
    assert.deepEqual([served(), cached().join()], before);
    assert.equal(existsSync(state('import', 'incoming')), false);
  };

  test('moves main and the timestamp, and devices pull its images with the registry away', async () => {
    const image = imageOf('1.0.0');
    const head = await release(image, '1.0.0');
    const stated = await stamp(head, Math.floor(Date.now() / 1000));
    const bytes = await bundle({
      images: [image],
      revisions: ['main', timestampRef],
      contents: { timestamp: stated },
    });
    using client = gateway.client(pump);
    const manifest = `/v2/${segment}/pump/web/manifests/1.0.0`;
    assert.notEqual((await client.ask(manifest)).status, 200);
    const { code, stdout, stderr } = await bring(bytes);
    assert.equal(code, 0, stderr);
    const result = JSON.parse(stdout);
    assert.deepEqual([result.commit, result.main, result.timestamp], [head, 'moved', 'moved']);
    assert.deepEqual([result.blobs.kept, result.blobs.leftOut, result.unserved], [5, 0, []]);
    assert.deepEqual([served(), served(timestampRef)], [head, stated]);
    const pulled = await client.ask(manifest);
    assert.equal(pulled.status, 200, pulled.body.toString());
    assert.equal(pulled.headers['docker-content-digest'], image.digest);
    for (const { digest } of [...image.configs, ...image.layers]) {
      const blob = await client.ask(`/v2/${segment}/pump/web/blobs/${digest}`);
      assert.equal(blob.status, 200, digest);
      assert.ok(blob.body.equals(image.blobs.get(digest) ?? Buffer.alloc(0)));
    }
    const line = fleet.audited().findLast(({ action }) => action === 'import-bundle');
    const details = { commit: head, main: 'moved', ...result.blobs };
    assert.deepEqual([line?.outcome, line?.details], ['allowed', details]);
  });

  test('the same once more changes nothing, by standard input as well, and says so', async () => {
    const bytes = await bundle({ images: [imageOf('1.0.0')] });
    const child = spawn(
      join(commandFolder, 'towline'),
      ['gateway', 'import', '-', '--config', fleet.config],
      {
        stdio: ['pipe', 'pipe', 'inherit'],
      },
    );
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString('utf8');
    });
    child.stdin.end(bytes);
    assert.deepEqual(await once(child, 'close'), [0, null]);
    assert.match(said, /main was at [0-9a-f]{40} already/);
    assert.match(said, /images: 0 blobs were added \(0 bytes\), 5 were there/);
  });

  test('a damaged, an older and another fleet’s bundle, one of a fork and one that devices would not take are refused by code', async () => {
    const { repository, operator } = fleet;
    const first = await repository.git(['rev-parse', 'main~1']);
    const image = imageOf('2.0.0');
    const now = await repository.head();
    await refused('BUNDLE_FLEET', await bundle({ contents: { fleet: 'other' } }));
    await refused('BUNDLE_FORMAT', await bundle({ contents: { commit: first } }));
    await refused('BUNDLE_FORMAT', Buffer.alloc(4096, 'x'));
    const { publicKey } = await generateKey({
      ...{ type: 'ecc', curve: 'curve25519Legacy', userIDs: [{ name: pump.id }], format: 'armored' },
    });
    const sealed: Uint8Array[] = [];
    for await (const piece of seal(chunksOf(await bundle()), { keys: [publicKey], date: new Date() }))
      sealed.push(piece);
    await refused('BUNDLE_SEALED', Buffer.concat(sealed));
    await repository.setBranch(first);
    await refused('BUNDLE_OLDER', await bundle());
    await release(image, '2.0.0');
    await refused('BUNDLE_FORK', await bundle({ images: [image] }));
    await repository.setBranch(now);
    await repository.commit({ files: { 'devices/pump-2.yaml': deviceFile(testDevice('pump-2')) } });
    await refused('GATEWAY_PUSH_UNTRUSTED', await bundle({ images: [image] }));
    await repository.setBranch(now);
    const good = await release(image, '2.0.0');
    const bytes = await bundle({ images: [image] });
    for (const at of [700, Math.floor(bytes.length / 2), bytes.length - 600]) {
      const wrong = Buffer.from(bytes);
      wrong.writeUInt8(wrong.readUInt8(at) ^ 1, at);
      await refused('BUNDLE_DAMAGED', wrong);
    }
    await refused('BUNDLE_DAMAGED', bytes.subarray(0, bytes.length - 1));
    // From a commit on that this gateway has not.
    await repository.commit({ files: { 'groups/a.yaml': 'apiVersion: towline/v1\n' }, signer: operator });
    await refused('BUNDLE_PREREQUISITE', await bundle({ revisions: ['main', `^${good}`] }));
    await repository.setBranch(good);
    const line = fleet.audited().findLast(({ action }) => action === 'import-bundle');
    assert.deepEqual([line?.outcome, line?.code], ['refused', 'BUNDLE_PREREQUISITE']);
  });

  test('a gateway that is killed in the middle has changed nothing, and takes the whole afterwards', async () => {
    const image = imageOf('2.0.0');
    const bytes = await bundle({ images: [image] });
    const before = [served(), cached().join()];
    const child = spawn(
      join(commandFolder, 'towline'),
      ['gateway', 'import', '-', '--config', fleet.config],
      {
        stdio: ['pipe', 'ignore', 'pipe'],
      },
    );
    const closed = once(child, 'close');
    child.stdin.on('error', () => undefined).write(bytes.subarray(0, bytes.length - 1000));
    const incoming = state('import', 'incoming');
    for (let tries = 0; tries < 600; tries += 1) {
      if (existsSync(incoming) && readdirSync(incoming).length > 3) break;
      await wait(50);
    }
    assert.ok(readdirSync(incoming).length > 3, 'it is on its way');
    gateway.signal('SIGKILL');
    await gateway.ended();
    child.stdin.end();
    assert.notEqual((await closed)[0], 0);
    gateway = await GatewayProgram.start(fleet.config);
    assert.deepEqual([served(), cached().join(), existsSync(incoming)], [...before, false]);
    const { code, stderr } = await bring(bytes);
    assert.equal(code, 0, stderr);
    assert.equal(served(), await fleet.repository.head());
  });

  test('killed at any moment of the rest, it takes the same file again and is where it should be', async () => {
    const { repository } = fleet;
    // After the last byte was sent, milliseconds.
    const delays = samplesOf([80, 0, 20, 40, 60, 100, 120, 140, 160, 200, 240, 40]);
    for (const [count, delayMs] of delays.entries()) {
      const image = imageOf(`2.1.${count}`);
      const head = await release(image, `2.1.${count}`);
      const bytes = await bundle({ images: [image] });
      const args = ['gateway', 'import', '-', '--config', fleet.config];
      const child = spawn(join(commandFolder, 'towline'), args, { stdio: ['pipe', 'ignore', 'ignore'] });
      const closed = once(child, 'close');
      child.stdin.on('error', () => undefined).end(bytes);
      await Promise.race([once(child.stdin, 'finish'), closed]);
      await wait(delayMs);
      gateway.signal('SIGKILL');
      await gateway.ended();
      await closed;
      gateway = await GatewayProgram.start(fleet.config);
      const { code, stdout, stderr } = await bring(bytes);
      assert.equal(code, 0, stderr);
      const { blobs } = JSON.parse(stdout);
      assert.deepEqual([served(), blobs.kept + blobs.known, blobs.leftOut], [head, 5, 0], `${delayMs} ms`);
      assert.equal(existsSync(state('import', 'incoming')), false);
    }
    git(['fsck', '--strict'], { cwd: state('fleet.git') });
    assert.equal(served(), await repository.head());
  });

  test('what finds no room is left out and counted; of registries that are not behind it nothing can be pulled', async () => {
    const { repository } = fleet;
    const [large, foreign] = [
      sampleImage(`${registry}/pump/web:3.0.0`, { 'linux/amd64': [noise('large', 1_400_000)] }),
      sampleImage('elsewhere.example.com/pump/web:3.0.0', { 'linux/amd64': [noise('small', 1000)] }),
    ];
    await release(large, '3.0.0');
    const { code, stdout, stderr } = await bring(await bundle({ images: [large, foreign] }));
    assert.equal(code, 0, stderr);
    const { main, blobs, unserved } = JSON.parse(stdout);
    assert.deepEqual(
      [main, blobs.leftOut, blobs.leftOutBytes, unserved],
      ['moved', 1, 1_400_000, [foreign.image]],
    );
    assert.equal(served(), await repository.head());
  });

  test('where no gateway runs it says so', async () => {
    await gateway[Symbol.asyncDispose]();
    const { code, stderr } = await run(join(fleet.folder, 'stick.tlb'));
    assert.notEqual(code, 0);
    assert.match(stderr, /CLI_GATEWAY_UNREACHABLE/);
  });
});
