/** What the engine is given on loopback while a pull is under way: nothing to others, nothing else, nothing twice. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { OpenPull } from '../../../agent/images/image-endpoint.ts';
import { type PutImage, putImage } from '../../../lab/rig/oci-image.ts';
import { ImageRig, registryName } from './rig.ts';

const MB = 1_000_000;
let rig: ImageRig;
let web: PutImage;
let other: PutImage;

before(async () => {
  rig = await ImageRig.start();
  web = await putImage(rig.registry.address, 'pump/web', '1.0', [8 * MB, 100]);
  other = await putImage(rig.registry.address, 'pump/other', '1.0', [10]);
  rig.pin(
    [web, other].map(({ repository, digest }) => ({ image: `${registryName}/${repository}:1.0`, digest })),
  );
});
after(async () => await rig?.[Symbol.asyncDispose]());

const login = ({ credentials: { username, password } }: OpenPull) =>
  `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;

/** As an engine asks, by the name that it was given. */
function ask(pull: OpenPull, what: string, headers: Record<string, string> = {}, method = 'GET') {
  const [, address = '', name = ''] = /^([^/]+)\/(.*)@/.exec(pull.reference) ?? [];
  const authorization = login(pull);
  return fetch(`http://${address}/v2/${what.startsWith('/') ? what.slice(1) : `${name}/${what}`}`, {
    method,
    headers: { authorization, ...headers },
  });
}

const bytesOf = async (response: Response) => Buffer.from(await response.arrayBuffer());

test('a whole image, as an engine asks for it; another pull has another name and nothing of this one', async () => {
  await using pull = await rig.endpoint.open(rig.wanted('pump/web', web.digest));
  await using beside = await rig.endpoint.open(rig.wanted('pump/other', other.digest));
  assert.equal((await ask(pull, '/')).status, 200);
  const layers = web.layers.map(({ digest }) => `blobs/${digest}`);
  // Before its manifest was read nobody knows what belongs to it.
  assert.equal((await ask(pull, layers[0] ?? '')).status, 403);
  for (const digest of [web.digest, web.manifest.digest]) {
    const head = await ask(pull, `manifests/${digest}`, {}, 'HEAD');
    const answer = await ask(pull, `manifests/${digest}`);
    assert.deepEqual([head.status, answer.status], [200, 200]);
    assert.equal(head.headers.get('docker-content-digest'), digest);
    assert.equal(answer.headers.get('content-type'), head.headers.get('content-type'));
  }
  for (const { digest, bytes } of web.layers)
    assert.ok((await bytesOf(await ask(pull, `blobs/${digest}`))).equals(bytes));
  const rest = await ask(pull, layers[0] ?? '', { range: `bytes=${5 * MB}-` });
  assert.equal(rest.status, 206);
  assert.ok((await bytesOf(rest)).equals(web.layers[0]?.bytes.subarray(5 * MB) ?? Buffer.alloc(0)));
  assert.deepEqual(pull.grant.progress, { layers: 2, bytes: 8 * MB + 100, totalBytes: 8 * MB + 100 });
  for (const wanted of [
    `manifests/${other.digest}`,
    `blobs/${other.layers[0]?.digest}`,
    'manifests/1.0',
    'tags/list',
    '/_catalog',
    `/images.example.com_5000/pump/web/manifests/${web.digest}`,
  ])
    assert.equal((await ask(pull, wanted)).status, 403, wanted);
  assert.equal((await ask(beside, layers[0] ?? '')).status, 403);
  assert.equal((await ask(pull, 'blobs/uploads/', {}, 'POST')).status, 405);
});

test('who does not have the password of this start gets nothing, and after the pull there is nothing', async () => {
  const pull = await rig.endpoint.open(rig.wanted('pump/web', web.digest));
  const what = `manifests/${web.digest}`;
  for (const authorization of [
    '',
    'Basic',
    `Basic ${Buffer.from('towline:').toString('base64')}`,
    `${login(pull)}x`,
  ]) {
    const answer = await ask(pull, what, { authorization });
    assert.deepEqual([answer.status, answer.headers.get('www-authenticate')], [401, 'Basic realm="towline"']);
  }
  await pull[Symbol.asyncDispose]();
  await assert.rejects(ask(pull, what));
  await using again = await rig.endpoint.open(rig.wanted('pump/other', other.digest));
  assert.equal(login(again), login(pull));
  // A number that is over opens nothing.
  const [address = ''] = again.reference.split('/');
  const old = pull.reference.replace(/^[^/]+/, address);
  assert.equal((await ask({ ...again, reference: old }, what)).status, 403);
});

test('cut at every megabyte it goes on there: the engine sees one answer, and nothing comes twice', async () => {
  await using pull = await rig.endpoint.open(rig.wanted('pump/web', web.digest));
  for (const digest of [web.digest, web.manifest.digest]) await ask(pull, `manifests/${digest}`);
  const { relay } = rig;
  const before = relay.bytesDown;
  let cuts = 0;
  relay.onBytes = ({ bytesDown }) => {
    if (bytesDown - before < (cuts + 1) * MB || cuts >= 7) return;
    cuts += 1;
    relay.down();
    setTimeout(() => relay.up(), 50);
  };
  const [layer] = web.layers;
  const answer = await bytesOf(await ask(pull, `blobs/${layer?.digest}`));
  relay.onBytes = undefined;
  assert.ok(answer.equals(layer?.bytes ?? Buffer.alloc(0)));
  assert.equal(cuts, 7);
  // What was on its way when it was cut, and what TLS adds.
  const sent = relay.bytesDown - before;
  assert.ok(sent < 8 * MB + cuts * 512 * 1024, `${sent} bytes`);
  assert.ok(rig.told.includes('an image is waited for'));
});

test('no faster than it may be, also beside a pull without a limit', async () => {
  await using pull = await rig.endpoint.open(rig.wanted('pump/web', web.digest, { maxRateBytes: 4 * MB }));
  await using _beside = await rig.endpoint.open(rig.wanted('pump/other', other.digest));
  for (const digest of [web.digest, web.manifest.digest]) await ask(pull, `manifests/${digest}`);
  const begun = performance.now();
  await bytesOf(await ask(pull, `blobs/${web.layers[0]?.digest}`, { range: `bytes=${4 * MB}-` }));
  const ms = performance.now() - begun;
  assert.ok(ms > 900, `${ms} ms`);
});

test('what the gateway refuses is told at once, by its own code', async () => {
  const refused: string[] = [];
  const onRefused = ({ code, message }: { code: string; message: string }) =>
    refused.push(`${code} ${message}`);
  const strange = `sha256:${'0'.repeat(64)}`;
  await using pull = await rig.endpoint.open(rig.wanted('pump/web', strange, { onRefused }));
  await ask(pull, `manifests/${strange}`).catch(() => undefined);
  assert.match(refused[0] ?? '', /^ENGINE_REGISTRY_DENIED .*GATEWAY_IMAGE_FORBIDDEN/);
});
