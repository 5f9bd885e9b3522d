/** What a device refuses of unsigned images before it pulls any, by the commit alone. */
import assert from 'node:assert/strict';
import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, test } from 'node:test';
import { desiredState } from '../../../core/desired/desired-state.ts';
import { digest, exampleFleet, repositoryOf, type Texts } from '../fleet/example-fleet.ts';

const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pem = publicKey.export({ format: 'pem', type: 'spki' }).toString();
const image = 'registry.example.com/web:1.0.0';
const lines = (...text: string[]) => ['apiVersion: towline/v1', ...text, ''].join('\n');
const rule = (keys: string, more = 'onDevice: true') =>
  `  - { name: vendor, repositories: ["registry.example.com/*"], keys: [${keys}], ${more} }`;
const asking = (text = rule('trust/keys/vendor.pub'), otherwise = 'refuse'): Texts => ({
  'trust/keys/vendor.pub': pem,
  'trust/images.yaml': lines(`default: ${otherwise}`, 'rules:', text),
});

function release(signed: string): Texts {
  const images = [`  web:`, `    image: ${image}`, `    digest: ${digest('a')}`, signed];
  return { 'apps/web/releases/1.0.0/release.yaml': lines('version: "1.0.0"', 'images:', ...images) };
}
const payload = Buffer.from(
  JSON.stringify({
    critical: {
      type: 'cosign container image signature',
      identity: { 'docker-reference': 'registry.example.com/web' },
      image: { 'docker-manifest-digest': digest('a') },
    },
  }),
);
const signature = sign('sha256', payload, privateKey).toString('base64');
const signed = release(
  `    signed: { by: vendor, payload: ${payload.toString('base64')}, signature: ${signature} }`,
);

async function codes(changes: Texts): Promise<string[]> {
  const { reader, commit } = repositoryOf({ ...exampleFleet, ...changes });
  const { state, problems } = await desiredState({ reader, commit, device: 'pump-1' });
  assert.equal(state === undefined, problems.length > 0);
  return problems.map(({ code, position }) => `${position.file} ${code}`);
}
const releaseFile = 'apps/web/releases/1.0.0/release.yaml';
const compose = 'apps/web/releases/1.0.0/compose.yaml';

describe('a device with trust/images.yaml', () => {
  test('takes a release with the publisher’s signature, by a key in a file or in place', async () => {
    assert.deepEqual(await codes({ ...asking(), ...signed }), []);
    const inPlace = rule(JSON.stringify(pem));
    assert.deepEqual(await codes({ ...asking(inPlace), ...signed }), []);
  });

  test('applies no commit with a release without it, or with the word of whoever wrote the release', async () => {
    assert.deepEqual(await codes(asking()), [`${releaseFile} IMAGE_UNSIGNED`]);
    assert.deepEqual(await codes({ ...asking(), ...release('    signed: { by: vendor }') }), [
      `${releaseFile} IMAGE_UNSIGNED`,
    ]);
    // Where root does not ask devices for it, that word is enough.
    const atTheDesk = asking(rule('trust/keys/vendor.pub', 'onDevice: false'));
    assert.deepEqual(await codes({ ...atTheDesk, ...release('    signed: { by: vendor }') }), []);
  });

  test('does not take an image past it: without a release, by its own digest, or mounted', async () => {
    const pinned = `image: registry.example.com/web@${digest('c')}`;
    const own = {
      ...asking(),
      'groups/eu.yaml': lines('priority: 10', 'apps: { web: {} }'),
      'apps/web/compose.yaml': `services: { web: { ${pinned} } }\n`,
    };
    assert.deepEqual(await codes(own), ['apps/web/compose.yaml IMAGE_UNSIGNED']);
    const text = String(exampleFleet[compose]);
    const mount = `{ type: image, source: "evil.example.com/x@${digest('e')}", target: /x }`;
    const mounting = text.replace('    configs:\n', `    volumes: [${mount}]\n    configs:\n`);
    assert.deepEqual(await codes({ ...asking(), ...signed, [compose]: mounting }), [
      `${compose} IMAGE_PUBLISHER_UNKNOWN`,
    ]);
  });

  test('applies no commit in which a rule means nothing: nobody turns it off by breaking it', async () => {
    const broken: readonly Texts[] = [
      { ...asking(), 'trust/keys/vendor.pub': undefined },
      { ...asking(), 'trust/keys/vendor.pub': 'no key\n' },
      asking('  - { name: vendor, repositories: ["**"] }'),
      asking(
        '  - { name: vendor, repositories: ["**"], keyless: { issuer: a, subject: b, roots: [trust/keys/x] } }',
      ),
    ];
    for (const changes of broken) {
      const [first, ...others] = await codes({ ...changes, ...signed });
      assert.match(first ?? '', /^trust\/images\.yaml TRUST_IMAGES$/);
      assert.ok(others.every(code => code.startsWith('trust/images.yaml')));
    }
    const outside = asking(rule('apps/web/vendor.pub'));
    assert.match((await codes({ ...outside, ...signed }))[0] ?? '', /^trust\/images\.yaml FLEET_SCHEMA$/);
  });
});
