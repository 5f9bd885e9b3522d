/** A registry, or what is before it, that goes wrong: nobody gets what does not fit, and nothing of it stays. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdirSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { digestOf } from '../../../core/images/digest.ts';
import { ociImage, ociIndex } from '../../../core/images/manifest.ts';
import { type Registry, startRegistry } from '../../../lab/machine/registry.ts';
import { eventually } from '../../../lab/rig/eventually.ts';
import { type PutImage, putImage, putManifest } from '../../../lab/rig/oci-image.ts';
import { type TestGateway, testDevice } from '../rig/gateway.ts';
import { TestClient } from '../rig/request.ts';
import { Between, gatewayBefore, pin } from './rig.ts';

const pump = testDevice('pump-r1');
const name = 'images.example.com';
const MB = 1_000_000;

let registry: Registry;
let between: Between;
let gateway: TestGateway;
let count = 0;

before(async () => {
  registry = await startRegistry();
  between = await Between.open(registry.address);
  const file = { registryCache: { maxBytes: '10MiB' } };
  gateway = await gatewayBefore(between.address, name, [pump], { file });
});
afterEach(() => {
  between.fault = () => false;
  between.mangle = piece => piece;
});
after(async () => {
  await gateway?.[Symbol.asyncDispose]();
  await between?.[Symbol.asyncDispose]();
  await registry?.stop();
});

/** An image that nobody has asked for yet, and its manifests read. */
async function fresh(...sizes: number[]): Promise<PutImage> {
  const image = await putImage(registry.address, `pump/web-${++count}`, '1', sizes);
  pin(gateway, [pump], { [pump.id]: [{ image: `${name}/${image.repository}:1`, digest: image.digest }] });
  using client = new TestClient(gateway.port, pump);
  for (const digest of [image.digest, image.manifest.digest])
    assert.equal((await client.ask(`/v2/${name}/${image.repository}/manifests/${digest}`)).status, 200);
  return image;
}

const blobPath = ({ repository, layers }: PutImage, index = 0) =>
  `/v2/${name}/${repository}/blobs/${layers[index]?.digest}`;

interface Begun {
  readonly status: number;
  readonly body: Promise<Buffer>;
  readonly bytes: () => number;
  stop(): void;
}

/** @returns when the head has come. `body` fails where the connection is cut before its end. */
async function begin(path: string, headers: Record<string, string> = {}): Promise<Begun> {
  const client = new TestClient(gateway.port, pump);
  const request = client.open(path, { headers });
  const answered = once(request, 'response') as Promise<[IncomingMessage]>;
  request.end();
  const [incoming] = await answered;
  const pieces: Buffer[] = [];
  incoming.on('data', (piece: Buffer) => pieces.push(piece));
  const body = new Promise<Buffer>((resolve, reject) => {
    incoming.once('end', () => resolve(Buffer.concat(pieces)));
    incoming.once('error', reject);
  }).finally(() => client[Symbol.dispose]());
  body.catch(() => undefined);
  const bytes = () => pieces.reduce((sum, { length }) => sum + length, 0);
  return { status: incoming.statusCode ?? 0, body, bytes, stop: () => client[Symbol.dispose]() };
}

const kept = () => readdirSync(join(gateway.folder, 'registry/blobs'));
const coming = () => readdirSync(join(gateway.folder, 'registry/incoming'));

test('wrong, short, endless and wrongly announced bytes: never whole, never kept, and right once the registry is', async () => {
  const faults: Record<string, () => void> = {
    'the last byte is another': () => {
      between.mangle = (piece, at) => {
        const changed = Buffer.from(piece);
        if (at + piece.length >= 3 * MB) changed[piece.length - 1] = ~(piece.at(-1) ?? 0) & 255;
        return changed;
      };
    },
    'it ends before': () => {
      between.fault = ({ url = '' }, response) => {
        if (!url.includes('/blobs/')) return false;
        response.write(Buffer.alloc(MB));
        response.end();
        return true;
      };
    },
    'it never ends': () => {
      between.fault = ({ url = '' }, response) => {
        if (!url.includes('/blobs/')) return false;
        const more = () => {
          while (!response.destroyed && response.write(Buffer.alloc(100_000)));
        };
        response.on('drain', more);
        more();
        return true;
      };
    },
    'it is cut': () => {
      between.fault = ({ url = '' }, response) => {
        if (!url.includes('/blobs/')) return false;
        response.writeHead(200, { 'content-length': 3 * MB });
        response.write(Buffer.alloc(MB), () => response.destroy());
        return true;
      };
    },
    'another length is announced': () => {
      between.fault = ({ url = '' }, response) => {
        if (!url.includes('/blobs/')) return false;
        response.writeHead(200, { 'content-length': 5 });
        response.end('12345');
        return true;
      };
    },
  };
  for (const [what, makeWrong] of Object.entries(faults)) {
    const image = await fresh(3 * MB);
    makeWrong();
    const { status, body, bytes } = await begin(blobPath(image));
    if (status === 200) await assert.rejects(body, what);
    else assert.equal(status, 502, what);
    assert.ok(status !== 200 || bytes() < 3 * MB, what);
    await eventually(() => coming().length === 0);
    assert.ok(!kept().includes(image.layers[0]?.digest.slice(7) ?? ''), what);
    between.fault = () => false;
    between.mangle = piece => piece;
    const again = await begin(blobPath(image));
    assert.ok((await again.body).equals(image.layers[0]?.bytes ?? Buffer.alloc(0)), what);
  }
});

test('a manifest that is another, too long, or of another algorithm is none', async () => {
  const image = await fresh(10);
  const { repository } = image;
  const other = await putImage(registry.address, repository, '2', [10]);
  const strange = await putImage(registry.address, repository, '3', [10]);
  const index = { schemaVersion: 2, mediaType: ociIndex };
  const described = { mediaType: ociImage, size: image.manifest.bytes.length };
  const of = (digest: string) =>
    Buffer.from(JSON.stringify({ ...index, manifests: [{ ...described, digest }] }));
  const foreign = ['sha512', 'md5', 'sha256+b64', 'SHA256'].map(name => of(`${name}:${'ab'.repeat(32)}`));
  const ask = async (digest: string) => {
    pin(gateway, [pump], { [pump.id]: [{ image: `${name}/${repository}:1`, digest }] });
    using client = new TestClient(gateway.port, pump);
    const { status, body } = await client.ask(`/v2/${name}/${repository}/manifests/${digest}`);
    return `${status} ${body}`;
  };
  between.mangle = piece => Buffer.from(piece.toString().replace('linux', 'minix'));
  assert.match(await ask(other.digest), /^502 .*hashes to/);
  for (const bytes of foreign) {
    between.fault = (_request, response) => response.end(bytes) !== undefined;
    assert.match(await ask(digestOf(bytes)), /^502 .*is no manifest that devices can use/);
  }
  between.fault = (_request, response) => {
    const more = () => {
      while (!response.destroyed && response.write(Buffer.alloc(100_000)));
    };
    response.on('drain', more);
    more();
    return true;
  };
  assert.match(await ask(strange.digest), /^502 .*longer than/);
});

test('manifests that lead round in a circle, or ever deeper, lead to nothing, and each is asked for once', async () => {
  const image = await fresh(10);
  const { repository } = image;
  const index = { schemaVersion: 2, mediaType: ociIndex };
  const described = (digest: string, bytes: Buffer) => ({ mediaType: ociIndex, digest, size: bytes.length });
  const tag = image.digest.replace(':', '-');
  // What is attached to it names it: the one circle that digests allow.
  const back = { ...index, manifests: [described(image.digest, image.index)] };
  await putManifest(registry.address, repository, `${tag}.sig`, back);
  const ask = async (what: string) => {
    using client = new TestClient(gateway.port, pump);
    return (await client.ask(`/v2/${name}/${repository}/${what}`)).status;
  };
  assert.equal(await ask(`manifests/${tag}.sig`), 200);
  const nobody = `sha256:${'0'.repeat(64)}`;
  const asked = between.seen.length;
  for (const what of [`blobs/${nobody}`, `manifests/${nobody}`]) assert.equal(await ask(what), 403);
  assert.equal(between.seen.length, asked, 'all of it is known');
  const layer = `blobs/${image.layers[0]?.digest}`;
  assert.equal(await ask(layer), 200);
  // One below another: the layer at the end is deeper than anybody needs.
  let top = { digest: image.manifest.digest, bytes: image.manifest.bytes };
  for (let depth = 0; depth < 6; depth += 1) {
    const below = {
      ...index,
      manifests: [described(top.digest, top.bytes)],
      annotations: { depth: `${depth}` },
    };
    top = await putManifest(registry.address, repository, '', below);
  }
  pin(gateway, [pump], { [pump.id]: [{ image: `${name}/${repository}:1`, digest: top.digest }] });
  const before = between.seen.length;
  assert.equal(await ask(layer), 403);
  assert.equal(between.seen.length, before + 4);
});

test('who comes while it comes is fed along; a part waits for the whole; the registry is asked once', async () => {
  const image = await fresh(3 * MB);
  let goOn = () => {};
  between.fault = ({ url = '' }, response) => {
    if (!url.includes('/blobs/')) return false;
    const bytes = image.layers[0]?.bytes ?? Buffer.alloc(0);
    response.writeHead(200);
    response.write(bytes.subarray(0, MB));
    goOn = () => response.end(bytes.subarray(MB));
    return true;
  };
  const asked = between.seen.length;
  const first = await begin(blobPath(image));
  const second = await begin(blobPath(image));
  let isHere = false;
  const part = begin(blobPath(image), { range: 'bytes=10-19' }).then(begun => {
    isHere = true;
    return begun;
  });
  // All that has come but what is held back.
  await eventually(() => first.bytes() === MB && second.bytes() === MB);
  assert.equal(isHere, false);
  goOn();
  for (const { body } of [first, second])
    assert.ok((await body).equals(image.layers[0]?.bytes ?? Buffer.alloc(0)));
  const { status, body } = await part;
  assert.equal(status, 206);
  assert.ok((await body).equals(image.layers[0]?.bytes.subarray(10, 20) ?? Buffer.alloc(0)));
  assert.equal(between.seen.length, asked + 1);
});

test('what is kept stays within its bounds: the oldest goes, what is being sent does not, what is too large never comes', async () => {
  const [one, two] = [await fresh(6 * MB), await fresh(6 * MB)];
  const sent = await begin(blobPath(two));
  await sent.body;
  pin(gateway, [pump], {
    [pump.id]: [one, two].map(({ repository, digest }) => ({ image: `${name}/${repository}:1`, digest })),
  });
  await (await begin(blobPath(one))).body;
  const names = (image: PutImage) => image.layers.map(({ digest }) => digest.slice(7));
  assert.ok(kept().includes(names(one)[0] ?? ''));
  await eventually(() => !kept().includes(names(two)[0] ?? ''));
  const large = await fresh(11 * MB);
  const { status, body } = await begin(blobPath(large));
  assert.deepEqual([status, /GATEWAY_IMAGE_TOO_LARGE/.test(String(await body))], [507, true]);
});

test('a kept file that is not as long as it was is brought again', async () => {
  const image = await fresh(MB);
  await (await begin(blobPath(image))).body;
  writeFileSync(join(gateway.folder, 'registry/blobs', image.layers[0]?.digest.slice(7) ?? ''), 'short');
  const cut = await begin(blobPath(image));
  await assert.rejects(cut.body);
  assert.ok((await (await begin(blobPath(image))).body).equals(image.layers[0]?.bytes ?? Buffer.alloc(0)));
});

test('a device that is revoked while it pulls is cut', async () => {
  const image = await fresh(3 * MB);
  between.fault = ({ url = '' }, response) => {
    if (!url.includes('/blobs/')) return false;
    response.writeHead(200);
    response.write(Buffer.alloc(MB));
    return true;
  };
  const { body, bytes } = await begin(blobPath(image));
  await eventually(() => bytes() === MB);
  pin(gateway, [testDevice(pump.id, true, pump.keys)], {});
  await assert.rejects(body);
});
