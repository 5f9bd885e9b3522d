/** Signers without a key that lasts: a bundle of Sigstore against the authorities and logs of trust/images.yaml. */
import { bundleFromJSON } from '@sigstore/bundle';
import { toSignedEntity, toTrustMaterial, Verifier } from '@sigstore/verify';
import { messageOf } from '../../core/errors/cause.ts';
import type { PinnedImage } from '../../core/images/digest.ts';
import type { FoundSignature } from '../../core/images/signing/found-signatures.ts';
import { payloadProblem, type SignatureProblem } from '../../core/images/signing/judge.ts';
import { keyDigest } from '../../core/images/signing/public-key.ts';
import type { CertificateChain, Keyless, KeylessRule, LogKey } from '../../core/images/signing/publishers.ts';
import { type Fields, fieldsOf } from '../../core/json.ts';
import { matchesGlob } from '../../core/trust/policy/glob.ts';

export interface Signer {
  readonly issuer: string;
  readonly subject: string;
}

type Root = Parameters<typeof toTrustMaterial>[0];

const logOf = ({ name, key }: LogKey): Root['tlogs'][number] => ({
  baseUrl: name,
  // SHA-256. RSA is a matter of encoding here: the key comes as SubjectPublicKeyInfo, whatever it is.
  hashAlgorithm: 1,
  publicKey: { rawBytes: key.export({ format: 'der', type: 'spki' }), keyDetails: 5, validFor: undefined },
  logId: { keyId: Buffer.from(keyDigest(key).slice('sha256:'.length), 'hex') },
  checkpointKeyId: undefined,
  operator: '',
});

const authorityOf = (chain: CertificateChain): Root['certificateAuthorities'][number] => ({
  subject: undefined,
  uri: '',
  certChain: { certificates: chain.map(rawBytes => ({ rawBytes })) },
  validFor: undefined,
  operator: '',
});

function verifierOf({ roots, logs, timestamps, certificateLogs }: Keyless): Verifier {
  const material = toTrustMaterial({
    mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
    certificateAuthorities: roots.map(authorityOf),
    tlogs: logs.map(logOf),
    ctlogs: certificateLogs.map(logOf),
    timestampAuthorities: timestamps.map(authorityOf),
  });
  return new Verifier(material, {
    tlogThreshold: Math.min(logs.length, 1),
    ctlogThreshold: Math.min(certificateLogs.length, 1),
    timestampThreshold: 1,
  });
}

/** Without the word of logs and authorities that the rule does not ask. */
function askedOf(bundle: Fields, { logs, timestamps }: Keyless): Fields {
  const material = fieldsOf(bundle.verificationMaterial);
  const { timestampVerificationData, ...rest } = material;
  return {
    ...bundle,
    verificationMaterial: {
      ...rest,
      tlogEntries: logs.length > 0 ? (material.tlogEntries ?? []) : [],
      ...(timestamps.length > 0 && timestampVerificationData !== undefined
        ? { timestampVerificationData }
        : {}),
    },
  };
}

function causes(error: unknown): string {
  return error instanceof Error ? `${error.message}\n${causes(error.cause)}` : '';
}

function whyNot(error: unknown, image: string, rule: string): SignatureProblem {
  // The words of @sigstore/verify for it, which has no code of its own.
  if (/certificate is not valid or expired/.test(causes(error)))
    return {
      code: 'IMAGE_SIGNATURE_EXPIRED',
      message: `${image}: its certificate was not valid when it was signed`,
    };
  const message = `${image} is not signed as rule "${rule}" in trust/images.yaml asks: ${messageOf(error)}`;
  return { code: 'IMAGE_SIGNATURE_IDENTITY', message };
}

/** @returns who has signed, or what is wrong */
export function judgeKeyless(
  { name, keyless }: KeylessRule,
  pinned: PinnedImage,
  found: FoundSignature,
): SignatureProblem | Signer {
  const { image } = pinned;
  let signer: ReturnType<Verifier['verify']>;
  try {
    const bundle = bundleFromJSON(askedOf(found.bundle, keyless));
    const { $case } = bundle.verificationMaterial.content;
    if ($case === 'publicKey') throw new Error('it is signed by a key without a certificate');
    signer = verifierOf(keyless).verify(toSignedEntity(bundle, found.payload));
  } catch (error) {
    return whyNot(error, image, name);
  }
  // Compared here: the library takes a subject for a pattern, and a part of one for the whole.
  const { subjectAlternativeName: subject = '', extensions } = signer.identity ?? {};
  const issuer = extensions?.issuer ?? '';
  if (issuer !== keyless.issuer || !matchesGlob(keyless.subject, subject)) {
    const who = `${JSON.stringify(subject.slice(0, 300))} of ${JSON.stringify(issuer.slice(0, 300))}`;
    return whyNot(new Error(`it is signed by ${who}`), image, name);
  }
  return payloadProblem(found.payload, pinned) ?? { issuer, subject };
}
