/** What publishers sign, and what of it counts; and that no bytes do more than be refused. */
import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { fullRepository } from '../../../../core/images/repository.ts';
import {
  maxSignatures,
  readFoundSignature,
  readReferrers,
  readSignatureLayers,
} from '../../../../core/images/signing/found-signatures.ts';
import { carriedProblem } from '../../../../core/images/signing/judge.ts';
import { isSignedBy, readCertificates, readPublicKey } from '../../../../core/images/signing/public-key.ts';
import type { Publishers } from '../../../../core/images/signing/publishers.ts';
import {
  maxPayloadBytes,
  preAuthentication,
  readSignedPayload,
} from '../../../../core/images/signing/signed-payload.ts';
import { parseGlob } from '../../../../core/trust/policy/glob.ts';
import { fuzzed } from '../../../fuzz/fuzzed.ts';
import { mutatedText } from '../../../fuzz/mutation.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const other = `sha256:${'b'.repeat(64)}`;
const image = 'registry.example.com/pump/web:1.0';
const type = 'application/vnd.in-toto+json';
const simple = (
  of: string,
  repository = 'registry.example.com/pump/web',
  kind = 'cosign container image signature',
) =>
  JSON.stringify({
    critical: {
      identity: { 'docker-reference': repository },
      image: { 'docker-manifest-digest': of },
      type: kind,
    },
    optional: null,
  });
const statement = (of: string, predicateType = 'https://sigstore.dev/cosign/sign/v1') =>
  JSON.stringify({
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ digest: { sha256: of.slice(7) } }],
    predicateType,
    predicate: {},
  });

const keys = {
  'P-256': generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  Ed25519: generateKeyPairSync('ed25519'),
  'RSA of 2048 bits': generateKeyPairSync('rsa', { modulusLength: 2048 }),
};
const signed = (key: KeyObject, payload: string | Buffer) => {
  const bytes = Buffer.from(payload);
  const signature = sign(key.asymmetricKeyType === 'ed25519' ? null : 'sha256', bytes, key);
  return { by: 'vendor', payload: bytes.toString('base64'), signature: signature.toString('base64') };
};
const asking = (trusted: readonly KeyObject[], others: Publishers['others'] = 'refuse'): Publishers => {
  const text = 'registry.example.com/pump/*';
  const repositories = [{ text, glob: parseGlob(text) }];
  return { others, rules: [{ name: 'vendor', repositories, keys: trusted, onDevice: true }] };
};
const { publicKey, privateKey } = keys['P-256'];
const vendor = asking([publicKey]);
const codeOf = (carried: Parameters<typeof carriedProblem>[2], publishers = vendor, pinned = image) =>
  carriedProblem(publishers, { image: pinned, digest }, carried)?.code;

describe('an image with the signature that its release carries', () => {
  for (const [name, pair] of Object.entries(keys)) {
    test(`is taken where the key of the rule, ${name}, signed its digest and repository`, () => {
      const publishers = asking([publicKey, pair.publicKey]);
      assert.equal(codeOf(signed(pair.privateKey, simple(digest)), publishers), undefined);
      const envelope = preAuthentication(type, Buffer.from(statement(digest)));
      assert.equal(codeOf(signed(pair.privateKey, envelope), publishers), undefined);
    });
  }

  const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const envelope = (text: string, named = type) =>
    signed(privateKey, preAuthentication(named, Buffer.from(text)));
  const refused: readonly [name: string, code: string, carried: Parameters<typeof carriedProblem>[2]][] = [
    ['without any', 'IMAGE_UNSIGNED', undefined],
    ['with the word of a rule alone', 'IMAGE_UNSIGNED', { by: 'vendor' }],
    ['with that of another rule', 'IMAGE_UNSIGNED', { ...signed(privateKey, simple(digest)), by: 'others' }],
    ['by another key', 'IMAGE_SIGNATURE_KEY', signed(stranger, simple(digest))],
    [
      'by the key, over other bytes',
      'IMAGE_SIGNATURE_KEY',
      { ...signed(privateKey, simple(other)), payload: Buffer.from(simple(digest)).toString('base64') },
    ],
    ['of another digest', 'IMAGE_SIGNATURE_DIGEST', signed(privateKey, simple(other))],
    ['of another digest in an envelope', 'IMAGE_SIGNATURE_DIGEST', envelope(statement(other))],
    [
      'of another repository',
      'IMAGE_SIGNATURE_REPOSITORY',
      signed(privateKey, simple(digest, 'ghcr.io/pump/web')),
    ],
    [
      'of a repository that begins like it',
      'IMAGE_SIGNATURE_REPOSITORY',
      signed(privateKey, simple(digest, 'registry.example.com/pump/web2')),
    ],
    [
      'of something else than an image',
      'IMAGE_SIGNATURE_MALFORMED',
      signed(privateKey, simple(digest, '', 'blob')),
    ],
    [
      'that says what is in it, not that it may run',
      'IMAGE_SIGNATURE_MALFORMED',
      envelope(statement(digest, 'https://spdx.dev/Document')),
    ],
    [
      'of an envelope of another type',
      'IMAGE_SIGNATURE_MALFORMED',
      envelope(statement(digest), 'text/plain'),
    ],
    ['of no JSON', 'IMAGE_SIGNATURE_MALFORMED', signed(privateKey, '{')],
    [
      'of far too much',
      'IMAGE_SIGNATURE_MALFORMED',
      signed(privateKey, simple(digest) + ' '.repeat(maxPayloadBytes)),
    ],
  ];
  for (const [name, code, carried] of refused)
    test(`${name} is refused: ${code}`, () => assert.equal(codeOf(carried), code));

  test('is taken where the signature is over the index itself', () => {
    const index = JSON.stringify({ schemaVersion: 2, manifests: [] });
    const named = readSignedPayload(Buffer.from(index));
    assert.match(named?.digests[0] ?? '', /^sha256:[0-9a-f]{64}$/);
    const pinned = { image, digest: named?.digests[0] ?? '' };
    assert.equal(carriedProblem(vendor, pinned, signed(privateKey, index)), undefined);
    assert.equal(codeOf(signed(privateKey, index)), 'IMAGE_SIGNATURE_DIGEST');
  });

  test('of a repository that no rule names is refused or taken, as the file says', () => {
    const elsewhere = 'registry.example.com/sump/web:1';
    assert.equal(codeOf(undefined, vendor, elsewhere), 'IMAGE_PUBLISHER_UNKNOWN');
    assert.equal(codeOf(undefined, asking([publicKey], 'allow'), elsewhere), undefined);
    // A name within a path is no registry.
    const inside = 'evil.example.com/registry.example.com/pump/web:1';
    assert.equal(codeOf(undefined, vendor, inside), 'IMAGE_PUBLISHER_UNKNOWN');
  });
});

describe('names of repositories', () => {
  for (const [given, full] of [
    ['nginx:1.27', 'docker.io/library/nginx'],
    ['index.docker.io/library/nginx', 'docker.io/library/nginx'],
    ['registry-1.docker.io/nginx', 'docker.io/library/nginx'],
    ['acme/web@sha256:00', 'docker.io/acme/web'],
    ['Docker.IO/acme/web', 'docker.io/acme/web'],
    ['Registry.Example.com/pump/web:1', 'registry.example.com/pump/web'],
    ['HUB/pump/web:1', 'hub/pump/web'],
    ['localhost/web:2', 'localhost/web'],
    ['127.0.0.1:5000/a/b:2@sha256:00', '127.0.0.1:5000/a/b'],
  ] as const)
    test(`${given} is ${full}`, () => assert.equal(fullRepository(given), full));
});

describe('keys of publishers', () => {
  const pem = (key: KeyObject) => key.export({ format: 'pem', type: 'spki' }).toString();
  test('are P-256, Ed25519 and RSA of 2048 bits and more; all else is told', () => {
    for (const pair of Object.values(keys)) assert.ok(readPublicKey(pem(pair.publicKey)).asymmetricKeyType);
    const weak = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey;
    assert.throws(() => readPublicKey(pem(weak)), /RSA of 1024 bits/);
    const curve = generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).publicKey;
    assert.throws(() => readPublicKey(pem(curve)), /its curve is secp256k1/);
    const secret = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
    assert.throws(() => readPublicKey(secret), /no PEM of one PUBLIC KEY/);
    assert.throws(() => readPublicKey(pem(publicKey) + pem(publicKey)), /no PEM of one PUBLIC KEY/);
    assert.throws(() => readCertificates(pem(publicKey)), /no PEM of a CERTIFICATE/);
  });
});

describe('signatures at a registry', () => {
  const layer = {
    mediaType: 'application/vnd.dev.cosign.simplesigning.v1+json',
    digest,
    size: 240,
    annotations: { 'dev.cosignproject.cosign/signature': 'AAAA', 'dev.sigstore.cosign/certificate': 'x' },
  };
  const manifest = (one: object, count = 1) =>
    Buffer.from(JSON.stringify({ schemaVersion: 2, layers: Array(count).fill({ ...layer, ...one }) }));

  test('are counted and measured before they are fetched', () => {
    assert.equal(readSignatureLayers(manifest({})).length, 1);
    assert.equal(readSignatureLayers(manifest({}, 10_000)).length, maxSignatures);
    for (const one of [{ size: 1e9 }, { size: -1 }, { digest: 'sha256:../x' }, { mediaType: 'text/plain' }])
      assert.deepEqual(readSignatureLayers(manifest(one)), [], JSON.stringify(one));
    const many = { manifests: Array(10_000).fill({ digest, size: 3 }) };
    assert.equal(readReferrers(Buffer.from(JSON.stringify(many))).length, maxSignatures);
  });

  test('whatever the bytes are, they are read or refused', async () => {
    const bundle = JSON.stringify({
      mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
      verificationMaterial: { publicKey: { hint: 'x' } },
      dsseEnvelope: {
        payload: Buffer.from(statement(digest)).toString('base64'),
        payloadType: type,
        signatures: [{ sig: 'AAAA' }],
      },
    });
    const texts = [bundle, simple(digest), statement(digest), manifest({}).toString()];
    const [known] = readSignatureLayers(manifest({}));
    assert.ok(known);
    await fuzzed(
      'signatures of images',
      fc.property(mutatedText(...texts), text => {
        const bytes = Buffer.from(text);
        readReferrers(bytes);
        readSignedPayload(bytes);
        readSignedPayload(preAuthentication(type, bytes));
        for (const one of [known, ...readSignatureLayers(bytes)])
          for (const kind of ['simple', 'bundle'] as const)
            for (const found of readFoundSignature({ ...one, kind }, bytes, bytes))
              assert.equal(isSignedBy(publicKey, found.payload, found.signature), false);
        const carried = { by: 'vendor', payload: text, signature: text };
        assert.equal(codeOf(carried), 'IMAGE_SIGNATURE_KEY');
        for (const read of [readPublicKey, readCertificates]) assert.throws(() => read(text), Error);
      }),
      { ms: 500 },
    );
  });
});
