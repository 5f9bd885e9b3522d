/**
 * Signatures of images at a registry, by a key and by a certificate. Real: cosign of two suites, the registry, certificates and timestamps (OpenSSL).
 * Made here, for lack of a way out: who gave the certificate (Fulcio, and a login behind it), and the log's word (Rekor).
 */
import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { checkedSignature } from '../../../cli/release/check-signature.ts';
import type { Problem } from '../../../core/errors.ts';
import { readPublishers } from '../../../core/fleet/publishers.ts';
import { carriedProblem } from '../../../core/images/signing/judge.ts';
import type { Publishers } from '../../../core/images/signing/publishers.ts';
import { RegistryClient } from '../../../core/io/registry/client.ts';
import { parseReference } from '../../../core/io/registry/reference.ts';
import { Cosign, type CosignKey, type CosignSuite } from '../../../lab/machine/cosign.ts';
import { type Registry, startRegistry } from '../../../lab/machine/registry.ts';
import { putImage, putManifest } from '../../../lab/rig/oci-image.ts';
import { SigningAuthority } from '../../../lab/rig/signing-authority.ts';
import { repositoryOf } from '../../core/fleet/example-fleet.ts';

const issuer = 'https://token.actions.githubusercontent.com';
const workflow = 'https://github.com/acme/pump/.github/workflows/release.yml@refs/tags';
const subject = `${workflow}/v1.0.0`;

describe('what cosign has signed', () => {
  let registry: Registry;
  let cosign: Cosign;
  let authority: SigningAuthority;
  let key: CosignKey;
  let timestamps: string;
  let certificate: string;
  const log = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  before(async () => {
    registry = await startRegistry();
    cosign = new Cosign();
    authority = new SigningAuthority();
    await authority.make();
    [timestamps, key] = await Promise.all([authority.serveTimestamps(), cosign.makeKey('signer')]);
    certificate = await authority.certify(key.publicFile, { subject, issuer });
  });
  after(async () => {
    authority.remove();
    cosign.remove();
    await registry.stop();
  });

  const pem = (name: string) => JSON.stringify(readFileSync(authority.at(name), 'utf8'));
  async function askedBy(rule: string): Promise<Publishers> {
    const named = `{ name: acme, repositories: ["${registry.address}/**"], ${rule} }`;
    const text = ['apiVersion: towline/v1', 'default: refuse', `rules: [${named}]`, ''].join('\n');
    const problems: Problem[] = [];
    const publishers = await readPublishers({ ...repositoryOf({ 'trust/images.yaml': text }), problems });
    assert.deepEqual(problems, []);
    assert.ok(publishers);
    return publishers;
  }
  const asking = (change: { subject?: string; issuer?: string; when?: string; roots?: string } = {}) => {
    const said = [
      `issuer: ${change.issuer ?? issuer}`,
      `subject: "${change.subject ?? `${workflow}/*`}"`,
      `roots: [${change.roots ?? pem('root.pem')}]`,
      change.when ?? `timestamps: [${pem('timestamps.pem')}]`,
    ];
    return askedBy(`keyless: { ${said.join(', ')} }`);
  };

  /** An image, signed. @param more of cosign's options */
  async function signed(suite: CosignSuite, name: string, more: readonly string[] = []) {
    const { digest } = await putImage(registry.address, name, '1.0', [100]);
    await cosign.sign(suite, key, `${registry.address}/${name}@${digest}`, { more });
    return { image: `${registry.address}/${name}:1.0`, digest };
  }
  const certified = (suite: CosignSuite, name: string, { by = certificate, stamped = true } = {}) => {
    const chain = ['--certificate', by, '--certificate-chain', authority.at('root.pem')];
    return signed(suite, name, [...chain, ...(stamped ? ['--timestamp-server-url', timestamps] : [])]);
  };

  async function check(publishers: Publishers, { image, digest }: { image: string; digest: string }) {
    const { signal } = new AbortController();
    const client = new RegistryClient({
      credentials: async () => undefined,
      insecure: [],
      timeoutMs: 30_000,
      signal,
    });
    const { bytes } = await client.manifest({ ...parseReference(image), tag: undefined, digest });
    return await checkedSignature(client, publishers, { image, digest }, bytes);
  }

  test('by a key is taken from its older tag and its newer bundle, and goes along for devices', async () => {
    const pemOf = (one: KeyObject) => JSON.stringify(one.export({ format: 'pem', type: 'spki' }));
    const own = JSON.stringify(readFileSync(key.publicFile, 'utf8'));
    const publishers = await askedBy(`keys: [${pemOf(log.publicKey)}, ${own}], onDevice: true`);
    for (const suite of ['trixie', 'sid'] as const) {
      const pinned = await signed(suite, `keyed/${suite}`);
      const found = await check(publishers, pinned);
      assert.deepEqual(Object.keys(found ?? {}), ['by', 'key', 'payload', 'signature']);
      assert.equal(carriedProblem(publishers, pinned, found), undefined);
      const other = await putImage(registry.address, `keyed/${suite}`, '1.1', [100]);
      const code = carriedProblem(publishers, { ...pinned, digest: other.digest }, found)?.code;
      assert.equal(code, 'IMAGE_SIGNATURE_DIGEST');
      await assert.rejects(check(publishers, other), { code: 'IMAGE_UNSIGNED' });
      const stranger = await askedBy(`keys: [${pemOf(log.publicKey)}]`);
      await assert.rejects(check(stranger, pinned), { code: 'IMAGE_SIGNATURE_KEY' });
      // A key is no certificate.
      await assert.rejects(check(await asking(), pinned), { code: 'IMAGE_SIGNATURE_IDENTITY' });
    }
  });

  const acme = { by: 'acme', issuer, subject };
  for (const suite of ['trixie', 'sid'] as const)
    test(`by a certificate is of whom the rule names, by subject, issuer, root, and a time at which it was valid: cosign of ${suite}`, async () => {
      const image = await certified(suite, `pump/${suite}`);
      assert.deepEqual(await check(await asking(), image), acme);
      const refused: readonly (readonly [said: RegExp, change: Parameters<typeof asking>[0]])[] = [
        [/it is signed by "https:\/\/github\.com\/acme\/pump/, { subject: 'https://github.com/acme/*' }],
        // A part of the subject, and a pattern of the library's, are not the subject.
        [/it is signed by/, { subject: 'acme' }],
        [/it is signed by/, { subject: '.+' }],
        [/it is signed by/, { issuer: `${issuer}.evil.example` }],
        [/certificate/, { roots: pem('tsa.pem') }],
        [/timestamp/, { when: `timestamps: [${pem('root.pem')}]` }],
      ];
      for (const [message, change] of refused)
        await assert.rejects(check(await asking(change), image), {
          code: 'IMAGE_SIGNATURE_IDENTITY',
          message,
        });
    });

  test('by a certificate that was not valid then is told so; without anybody who says when, it counts for nothing', async () => {
    const short = await authority.certify(key.publicFile, { subject, issuer, days: 0 });
    for (const suite of ['trixie', 'sid'] as const) {
      const image = await certified(suite, `short/${suite}`, { by: short });
      await assert.rejects(check(await asking(), image), { code: 'IMAGE_SIGNATURE_EXPIRED' });
    }
    const untimed = await certified('trixie', 'untimed', { stamped: false });
    await assert.rejects(check(await asking(), untimed), {
      code: 'IMAGE_SIGNATURE_IDENTITY',
      message: /timestamp/,
    });
  });

  test('by a certificate may have a log say when: the entry is of this signature, and signed by the log that the rule names', async () => {
    const image = await certified('trixie', 'logged', { stamped: false });
    const place = `http://${registry.address}/v2/logged/manifests/${image.digest.replace(':', '-')}.sig`;
    const headers = { accept: 'application/vnd.oci.image.manifest.v1+json' };
    const manifest = JSON.parse(await (await fetch(place, { headers })).text());
    const [layer] = manifest.layers;
    const signature = layer.annotations['dev.cosignproject.cosign/signature'];
    const body = (of: string) => ({
      apiVersion: '0.0.1',
      kind: 'hashedrekord',
      spec: {
        data: { hash: { algorithm: 'sha256', value: layer.digest.slice(7) } },
        signature: { content: of, publicKey: { content: readFileSync(certificate).toString('base64') } },
      },
    });
    /** As Rekor promises: its signature over the entry, its keys in order. */
    async function note(entry: object, by = log) {
      const der = log.publicKey.export({ format: 'der', type: 'spki' });
      const promised = {
        body: Buffer.from(JSON.stringify(entry)).toString('base64'),
        integratedTime: Math.floor(Date.now() / 1000),
        logID: createHash('sha256').update(der).digest('hex'),
        logIndex: 7,
      };
      const SignedEntryTimestamp = sign('sha256', Buffer.from(JSON.stringify(promised)), by.privateKey);
      const bundle = { SignedEntryTimestamp: SignedEntryTimestamp.toString('base64'), Payload: promised };
      const annotations = { ...layer.annotations, 'dev.sigstore.cosign/bundle': JSON.stringify(bundle) };
      const tag = `${image.digest.replace(':', '-')}.sig`;
      await putManifest(registry.address, 'logged', tag, {
        ...manifest,
        layers: [{ ...layer, annotations }],
      });
    }
    const logKey = JSON.stringify(log.publicKey.export({ format: 'pem', type: 'spki' }));
    const publishers = await asking({ when: `logs: [{ name: rekor.example.com, key: ${logKey} }]` });
    const refused = { code: 'IMAGE_SIGNATURE_IDENTITY' };
    await assert.rejects(check(publishers, image), refused);
    await note(body(signature));
    assert.deepEqual(await check(publishers, image), acme);
    await note(body(signature), generateKeyPairSync('ec', { namedCurve: 'P-256' }));
    await assert.rejects(check(publishers, image), refused);
    await note(body(Buffer.from('another').toString('base64')));
    await assert.rejects(check(publishers, image), refused);
  });
});
