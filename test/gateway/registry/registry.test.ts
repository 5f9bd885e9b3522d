/** Images for devices, through the gateway, from a real registry. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { digestOf } from '../../../core/images/digest.ts';
import { type Registry, startRegistry } from '../../../lab/machine/registry.ts';
import { type PutImage, putBlob, putImage, putManifest } from '../../../lab/rig/oci-image.ts';
import { type TestDevice, type TestGateway, testDevice } from '../rig/gateway.ts';
import { type Answer, type Ask, TestClient } from '../rig/request.ts';
import { Between, gatewayBefore, pin } from './rig.ts';

const pump = testDevice('pump-r1');
const other = testDevice('pump-r2');
const revoked = testDevice('gone', true);
const devices = [pump, other, revoked];
const name = 'images.example.com:5000';
const segment = 'images.example.com_5000';

let registry: Registry;
let between: Between;
let gateway: TestGateway;
let web: PutImage;
let secret: PutImage;

const path = (what: string, repository = 'pump/web') => `/v2/${segment}/${repository}/${what}`;

async function ask(device: TestDevice | undefined, what: string, options: Ask = {}): Promise<Answer> {
  using client = new TestClient(gateway.port, device);
  return await client.ask(what, options);
}

/** What an OCI client reads of a refusal. */
function refusal({ body, status }: Answer): string {
  const { errors } = JSON.parse(body.toString()) as { errors: [{ code: string; detail: { code: string } }] };
  return `${status} ${errors[0].code} ${errors[0].detail.code}`;
}

before(async () => {
  registry = await startRegistry();
  between = await Between.open(registry.address);
  web = await putImage(registry.address, 'pump/web', '1.0', [3_000_000, 0, 100]);
  secret = await putImage(registry.address, 'other/secret', '1.0', [1000]);
  gateway = await gatewayBefore(between.address, name, devices);
  pin(gateway, devices, {
    [pump.id]: [{ image: `${name}/pump/web:1.0`, digest: web.digest }],
    [other.id]: [{ image: `${name}/other/secret:1.0`, digest: secret.digest }],
  });
});
after(async () => {
  await gateway?.[Symbol.asyncDispose]();
  await between?.[Symbol.asyncDispose]();
  await registry?.stop();
});

describe('the pull part of the OCI distribution specification', () => {
  test('end-1: there is a registry, for whom the fleet knows', async () => {
    const answer = await ask(pump, '/v2/');
    assert.equal(answer.status, 200);
    assert.equal(answer.headers['docker-distribution-api-version'], 'registry/2.0');
    assert.equal((await ask(pump, '/v2')).status, 200);
  });

  test('end-3: a manifest by digest and by tag, with its type and its digest; HEAD says the same', async () => {
    for (const reference of [web.digest, '1.0', web.digest.replace(':', '%3A')]) {
      const answer = await ask(pump, path(`manifests/${reference}`));
      assert.equal(answer.status, 200, answer.body.toString());
      assert.ok(answer.body.equals(web.index));
      const head = await ask(pump, path(`manifests/${reference}`), { method: 'HEAD' });
      assert.equal(head.body.length, 0);
      for (const { headers } of [answer, head]) {
        assert.equal(headers['docker-content-digest'], web.digest);
        assert.equal(headers['content-type'], 'application/vnd.oci.image.index.v1+json');
        assert.equal(headers['content-length'], String(web.index.length));
      }
    }
  });

  test('end-2: a blob, also an empty one; HEAD; what is not there', async () => {
    for (const { digest, bytes } of web.layers) {
      const head = await ask(pump, path(`blobs/${digest}`), { method: 'HEAD' });
      assert.deepEqual([head.status, head.headers['content-length']], [200, String(bytes.length)]);
      const answer = await ask(pump, path(`blobs/${digest}`));
      assert.equal(answer.status, 200);
      assert.equal(answer.headers['docker-content-digest'], digest);
      assert.ok(answer.body.equals(bytes));
    }
    assert.equal((await ask(pump, path(`blobs/${web.config}`))).status, 200);
  });

  test('a part of a blob: from, to, the last, outside, several', async () => {
    const [layer] = web.layers;
    assert.ok(layer !== undefined);
    const size = layer.bytes.length;
    const part = (range: string) => ask(pump, path(`blobs/${layer.digest}`), { headers: { range } });
    for (const [range, from, to] of [
      ['bytes=0-0', 0, 1],
      ['bytes=1000000-', 1_000_000, size],
      ['bytes=-5', size - 5, size],
      [`bytes=5-${size * 2}`, 5, size],
    ] as const) {
      const answer = await part(range);
      assert.equal(answer.status, 206, range);
      assert.equal(answer.headers['content-range'], `bytes ${from}-${to - 1}/${size}`);
      assert.ok(answer.body.equals(layer.bytes.subarray(from, to)), range);
    }
    const outside = await part(`bytes=${size}-`);
    assert.deepEqual([outside.status, outside.headers['content-range']], [416, `bytes */${size}`]);
    for (const range of ['bytes=0-1,5-6', 'bytes=9-2', 'bytes=-', 'items=0-1'])
      assert.equal((await part(range)).status, 200, range);
  });

  test('what is no name, no digest, no tag is said so', async () => {
    assert.match(refusal(await ask(pump, path('manifests/sha256:1234'))), /^400 DIGEST_INVALID/);
    assert.match(refusal(await ask(pump, path(`blobs/md5:${'0'.repeat(32)}`))), /^400 DIGEST_INVALID/);
    assert.match(refusal(await ask(pump, `/v2/A_B/manifests/1`)), /^400 NAME_INVALID/);
    assert.match(refusal(await ask(pump, path('manifests/.x'))), /^400 MANIFEST_INVALID/);
    // A manifest is no blob.
    assert.match(refusal(await ask(pump, path(`blobs/${web.digest}`))), /^404 BLOB_UNKNOWN/);
    const [layer] = web.layers;
    assert.match(refusal(await ask(pump, path(`manifests/${layer?.digest}`))), /^404 MANIFEST_UNKNOWN/);
  });

  test('a signature goes with what it signs, by its tag, and what it names', async () => {
    const payload = Buffer.from('{"critical":{}}');
    const digest = await putBlob(registry.address, 'pump/web', payload);
    const config = await putBlob(registry.address, 'pump/web', Buffer.from('{}'));
    const tag = `${web.digest.replace(':', '-')}.sig`;
    assert.match(refusal(await ask(pump, path(`manifests/${tag}`))), /^404 MANIFEST_UNKNOWN/);
    assert.match(refusal(await ask(pump, path(`blobs/${digest}`))), /^403 DENIED/);
    const { bytes } = await putManifest(registry.address, 'pump/web', tag, {
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest: config, size: 2 },
      layers: [
        { mediaType: 'application/vnd.dev.cosign.simplesigning.v1+json', digest, size: payload.length },
      ],
    });
    const answer = await ask(pump, path(`manifests/${tag}`));
    assert.ok(answer.body.equals(bytes));
    assert.ok((await ask(pump, path(`blobs/${digest}`))).body.equals(payload));
    assert.ok((await ask(pump, path(`manifests/${digestOf(bytes)}`))).body.equals(bytes));
    assert.match(
      refusal(await ask(pump, path(`manifests/${secret.digest.replace(':', '-')}.sig`))),
      /^403 DENIED/,
    );
  });

  test('referrers of what it may have, and what they name; where a registry has none, clients ask for the tag', async () => {
    const payload = Buffer.from('{"bundle":{}}');
    const digest = await putBlob(registry.address, 'pump/web', payload);
    const config = await putBlob(registry.address, 'pump/web', Buffer.from('{}'));
    const mediaType = 'application/vnd.oci.image.manifest.v1+json';
    const bundle = await putManifest(registry.address, 'pump/web', '', {
      schemaVersion: 2,
      mediaType,
      config: { mediaType: 'application/vnd.oci.empty.v1+json', digest: config, size: 2 },
      layers: [{ mediaType: 'application/json', digest, size: payload.length }],
    });
    const named = { mediaType, digest: bundle.digest, size: bundle.bytes.length };
    // As written by a client whose registry does not know the interface (OCI Distribution Specification 1.1, "Referrers Tag Schema").
    const index = {
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.index.v1+json',
      manifests: [named],
    };
    const fallback = web.digest.replace(':', '-');
    assert.match(refusal(await ask(pump, path(`referrers/${web.digest}`))), /^404 MANIFEST_UNKNOWN/);
    assert.match(refusal(await ask(pump, path(`manifests/${bundle.digest}`))), /^403 DENIED/);
    await putManifest(registry.address, 'pump/web', fallback, index);
    assert.equal((await ask(pump, path(`manifests/${fallback}`))).status, 200);
    assert.ok((await ask(pump, path(`blobs/${digest}`))).body.equals(payload));
    // One that knows it.
    between.fault = ({ url = '' }, response) => {
      if (!url.includes('/referrers/')) return false;
      response.setHeader('content-type', index.mediaType).end(JSON.stringify(index));
      return true;
    };
    const listed = await ask(pump, path(`referrers/${web.manifest.digest}?artifactType=application/json`));
    assert.deepEqual([listed.status, JSON.parse(listed.body.toString())], [200, index]);
    assert.equal(listed.headers['content-type'], index.mediaType);
    assert.ok((await ask(pump, path(`manifests/${bundle.digest}`))).body.equals(bundle.bytes));
    assert.match(refusal(await ask(pump, path(`referrers/${secret.digest}`))), /^403 DENIED/);
    between.fault = ({ url = '' }, response) =>
      url.includes('/referrers/') && response.end('{') !== undefined;
    assert.match(
      refusal(await ask(pump, path(`referrers/${web.digest}`))),
      /^502 UNKNOWN GATEWAY_REGISTRY_ANSWER/,
    );
    between.fault = () => false;
  });
});

describe('refused, with what an OCI client understands and a line in the audit log', () => {
  const audited = (code: string) => gateway.audited.filter(event => event.code === code).length;

  test('who is not known, or is no more', async () => {
    for (const [device, expected] of [
      [undefined, '403 UNAUTHORIZED GATEWAY_CERTIFICATE_MISSING'],
      [testDevice('stranger'), '403 UNAUTHORIZED GATEWAY_KEY_UNKNOWN'],
      [revoked, '403 DENIED GATEWAY_DEVICE_REVOKED'],
    ] as const) {
      for (const what of ['/v2/', path(`manifests/${web.digest}`), path(`blobs/${web.config}`)])
        assert.equal(refusal(await ask(device, what)), expected);
      assert.equal(audited(expected.split(' ')[2] ?? ''), 3);
    }
  });

  test('what no release of this device pins: another image, a layer of it, under another name, another tag', async () => {
    const denied = '403 DENIED GATEWAY_IMAGE_FORBIDDEN';
    const seen = between.seen.length;
    const wanted = [
      path(`manifests/${secret.digest}`, 'other/secret'),
      path(`manifests/${secret.digest}`),
      path(`blobs/${secret.layers[0]?.digest}`, 'other/secret'),
      path(`blobs/${secret.layers[0]?.digest}`),
      path('manifests/latest'),
      path('manifests/1.0', 'other/secret'),
      `/v2/elsewhere.example.com/pump/web/manifests/${web.digest}`,
      `/v2/pump/web/manifests/${web.digest}`,
    ];
    const before = audited('GATEWAY_IMAGE_FORBIDDEN');
    for (const what of wanted) assert.equal(refusal(await ask(pump, what)), denied, what);
    assert.equal(audited('GATEWAY_IMAGE_FORBIDDEN'), before + wanted.length);
    assert.equal(between.seen.length, seen, 'nobody was asked for it');
    // Nor where it is kept already.
    assert.equal((await ask(other, path(`manifests/${secret.digest}`, 'other/secret'))).status, 200);
    assert.equal(refusal(await ask(pump, path(`manifests/${secret.digest}`, 'other/secret'))), denied);
  });

  test('pushes, deletions, the catalogue, lists of tags', async () => {
    const before = audited('GATEWAY_REGISTRY_READ_ONLY');
    const asks: [string, string][] = [
      ['POST', path('blobs/uploads/')],
      ['POST', path(`blobs/uploads/?digest=${web.config}`)],
      ['PATCH', path('blobs/uploads/1234')],
      ['PUT', path('manifests/1.0')],
      ['DELETE', path(`manifests/${web.digest}`)],
      ['DELETE', path(`blobs/${web.config}`)],
      ['GET', '/v2/_catalog'],
      ['GET', path('tags/list')],
      ['GET', '/v2/_catalog?n=1000'],
      ['GET', path('blobs/uploads/1234')],
    ];
    for (const [method, what] of asks) {
      const body = method === 'PUT' || method === 'PATCH' ? Buffer.alloc(1000) : undefined;
      const answer = await ask(pump, what, body === undefined ? { method } : { method, body });
      assert.equal(refusal(answer), '405 UNSUPPORTED GATEWAY_REGISTRY_READ_ONLY', `${method} ${what}`);
    }
    assert.equal(audited('GATEWAY_REGISTRY_READ_ONLY'), before + asks.length);
  });
});

test('what is kept is served while the registry is down, and after a restart', async () => {
  const { folder } = gateway;
  await gateway.service.close(0);
  await gateway.runner[Symbol.asyncDispose]();
  between.fault = (_request, response) => response.destroy() !== undefined;
  gateway = await gatewayBefore(between.address, name, devices, { folder });
  pin(gateway, devices, { [pump.id]: [{ image: `${name}/pump/web:1.0`, digest: web.digest }] });
  for (const what of [web.digest, web.manifest.digest, '1.0'])
    assert.equal((await ask(pump, path(`manifests/${what}`))).status, 200, what);
  for (const { digest, bytes } of web.layers)
    assert.ok((await ask(pump, path(`blobs/${digest}`))).body.equals(bytes));
  const answer = await ask(pump, path(`manifests/${web.digest.replace(':', '-')}`));
  assert.equal(refusal(answer), '502 UNKNOWN GATEWAY_REGISTRY_UNREACHABLE');
});
