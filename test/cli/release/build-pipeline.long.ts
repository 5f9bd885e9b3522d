/** Publishers' signatures: made by the real cosign of two Debian suites at a real registry, asked for by trust/images.yaml. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { parse } from 'yaml';
import { digestOf } from '../../../core/images/digest.ts';
import { Cosign, type CosignKey } from '../../../lab/machine/cosign.ts';
import { commandFolder } from '../../../lab/machine/programs.ts';
import { type Registry, startRegistry } from '../../../lab/machine/registry.ts';
import { putBlob, putManifest } from '../../../lab/rig/oci-image.ts';
import { pushIndex } from '../../rig/pushed-images.ts';
import { makeFleet, type TestFleet } from '../fleet.ts';
import { run, towline } from '../towline.ts';

const page = readFileSync(path.join(import.meta.dirname, '../../../docs/guides/build-pipeline.md'), 'utf8');
/** The block of the page that has these words, as it is written. */
const blockWith = (words: string): string => {
  const blocks = [...page.matchAll(/^```\w+\n(.*?)^```/gms)].map(([, text = '']) => text);
  const found = blocks.find(text => text.includes(words));
  assert.ok(found, words);
  return found;
};

describe('publishers’ signatures', () => {
  let registry: Registry;
  let cosign: Cosign;
  let vendor: CosignKey;
  let other: CosignKey;
  before(async () => {
    registry = await startRegistry();
    cosign = new Cosign();
    [vendor, other] = await Promise.all([cosign.makeKey('vendor'), cosign.makeKey('other')]);
  });
  after(async () => {
    cosign.remove();
    await registry.stop();
  });

  const web = (digest: string) => `${registry.address}/hello/web@${digest}`;
  const worker = (digest: string) => `${registry.address}/hello/worker@${digest}`;

  /** A fleet whose root asks for the vendor's signature of all that the registry has. */
  async function askingFleet(): Promise<TestFleet> {
    const fleet = await makeFleet(['--registry', registry.address]);
    await fleet.write('trust/keys/vendor.pub', await readFile(vendor.publicFile, 'utf8'));
    const named = `name: vendor, repositories: ["${registry.address}/hello/*"], keys: [trust/keys/vendor.pub]`;
    const lines = ['apiVersion: towline/v1', 'default: refuse', `rules: [{ ${named} }]`, ''];
    await fleet.write('trust/images.yaml', lines.join('\n'));
    await fleet.replace('trust/policy.yaml', 'version: 1', 'version: 2');
    return fleet;
  }
  const release = ({ directory }: TestFleet, version: string, ...more: string[]) =>
    towline(['release', 'hello', version, '--repo', directory, ...more]);
  const push = async (version: string, layer = gzipSync(randomBytes(64))) => {
    const pushed = [];
    for (const name of ['web', 'worker'])
      pushed.push(await pushIndex(registry.address, `hello/${name}`, version, { layer }));
    return pushed as [string, string];
  };
  const imagesOf = async ({ directory }: TestFleet, version: string) =>
    parse(await readFile(path.join(directory, `apps/hello/releases/${version}/release.yaml`), 'utf8')).images;

  test('of both of cosign’s schemes are checked, as the page has it, and stand in the release so that devices verify them alone', async () => {
    await using fleet = await makeFleet(['--registry', registry.address]);
    const type = async (words: string, directory: string, more: Record<string, string> = {}) => {
      const environment = { ...more, VERSION: '1.0.0', COSIGN_PASSWORD: 'a password', HOME: fleet.folder };
      const PATH = `${path.dirname(cosign.program('trixie'))}:${commandFolder}:${process.env.PATH}`;
      const done = await run('sh', ['-euc', blockWith(words)], { ...environment, PATH }, directory);
      assert.equal(done.code, 0, done.errors);
      return done.output;
    };
    await type('generate-key-pair', fleet.directory);
    const asked = blockWith('default: refuse').replace('registry.example.com', registry.address);
    await fleet.write('trust/images.yaml', asked);
    await fleet.replace('trust/policy.yaml', 'version: 1', 'version: 2');
    await fleet.git('add', '--all');
    await fleet.git('commit', '-q', '-m', 'Ask for signatures');
    const origin = path.join(fleet.folder, 'origin.git');
    await fleet.git('clone', '-q', '--bare', fleet.directory, origin);
    await fleet.git('remote', 'add', 'origin', origin);
    const [first, second] = await push('1.0.0');
    const key = { file: path.join(fleet.folder, 'cosign.key') };
    await Promise.all([
      type('cosign sign', fleet.folder, { IMAGE: `${registry.address}/hello/web`, DIGEST: first }),
      cosign.sign('sid', key, worker(second), { password: 'a password' }),
    ]);
    const made = { output: await type('towline release', fleet.directory) };
    assert.match(await fleet.git('ls-remote', 'origin', 'refs/heads/release-1.0.0'), /^[0-9a-f]{40}/);
    assert.match(made.output, /SIGNED BY\nweb .* acme\nworker .* acme\n/);
    const images = await imagesOf(fleet, '1.0.0');
    for (const { signed } of [images.web, images.worker])
      assert.deepEqual(Object.keys(signed), ['by', 'key', 'payload', 'signature']);
    assert.match(Buffer.from(images.web.signed.payload, 'base64').toString(), /"docker-manifest-digest"/);
    assert.match(
      Buffer.from(images.worker.signed.payload, 'base64').toString(),
      /^DSSEv1 28 application\/vnd/,
    );
    const checked = await towline(['validate', fleet.directory, '--worktree']);
    assert.equal(checked.code, 0, checked.output);
    // Neither the registry nor its word is needed any more: the release alone says it, and nobody can say it otherwise.
    await fleet.replace(
      'apps/hello/releases/1.0.0/release.yaml',
      images.web.signed.signature,
      images.worker.signed.signature,
    );
    const forged = await towline(['validate', fleet.directory, '--worktree']);
    assert.match(
      forged.output,
      /^apps\/hello\/releases\/1\.0\.0\/release\.yaml:\d+:\d+ IMAGE_SIGNATURE_KEY .*hello\/web@.* signed by none of the keys of rule "acme"/m,
    );
  });

  test('that are not there, by another key, of another digest or repository have codes of their own, and nothing is written', async () => {
    await using fleet = await askingFleet();
    const refused = async (version: string, said: RegExp) => {
      const made = await release(fleet, version);
      assert.equal(made.code, 1, made.output);
      assert.match(made.errors, said);
    };
    const layer = gzipSync(randomBytes(64));
    const [none] = await push('2.0.0', layer);
    await refused(
      '2.0.0',
      /^IMAGE_UNSIGNED .*hello\/web:2\.0\.0 \(sha256:[0-9a-f]{64}\) has no signature at its registry/,
    );
    await cosign.sign('trixie', other, web(none));
    await refused(
      '2.0.0',
      /^IMAGE_SIGNATURE_KEY .*hello\/web:2\.0\.0 is signed by none of the keys of rule "vendor"/,
    );
    // What the vendor has signed of the newest is put under the tag of another digest by somebody who may push.
    const tagOf = (digest: string) => `${digest.replace(':', '-')}.sig`;
    const manifestOf = async (repository: string, digest: string) => {
      const headers = { accept: 'application/vnd.oci.image.manifest.v1+json' };
      const url = `http://${registry.address}/v2/${repository}/manifests/${tagOf(digest)}`;
      return JSON.parse(await (await fetch(url, { headers })).text());
    };
    const signedWeb = await pushIndex(registry.address, 'hello/web', 'signed', { architectures: ['arm64'] });
    await cosign.sign('trixie', vendor, web(signedWeb));
    await putManifest(registry.address, 'hello/web', tagOf(none), await manifestOf('hello/web', signedWeb));
    await refused(
      '2.0.0',
      new RegExp(
        `^IMAGE_SIGNATURE_DIGEST the signature is of ${signedWeb}, .*hello/web:2.0.0 is pinned to ${none}`,
      ),
    );
    // The same image elsewhere, signed there under its name.
    const copied = await pushIndex(registry.address, 'elsewhere/web', '2.0.0', { layer });
    assert.equal(copied, none);
    await cosign.sign('trixie', vendor, `${registry.address}/elsewhere/web@${copied}`);
    const moved = await manifestOf('elsewhere/web', copied);
    for (const { digest } of [moved.config, ...moved.layers]) {
      const url = `http://${registry.address}/v2/hello/web/blobs/uploads/?mount=${digest}&from=elsewhere/web`;
      assert.equal((await fetch(url, { method: 'POST' })).status, 201);
    }
    await putManifest(registry.address, 'hello/web', tagOf(none), moved);
    await refused(
      '2.0.0',
      /^IMAGE_SIGNATURE_REPOSITORY the signature is of "[^"]*\/elsewhere\/web", not of .*hello\/web:2\.0\.0/,
    );
    // Many that are none before the publisher's: a few are looked at.
    const blob = Buffer.from('{}');
    await putBlob(registry.address, 'hello/web', blob);
    const none500 = Array(500).fill({ ...moved.layers[0], digest: digestOf(blob), size: blob.length });
    const many = { ...moved, layers: [...none500, ...moved.layers] };
    await putManifest(registry.address, 'hello/web', tagOf(none), many);
    await refused('2.0.0', /^IMAGE_SIGNATURE_KEY /);
    assert.equal(await fleet.git('status', '--porcelain', 'apps'), '');
  });
});
