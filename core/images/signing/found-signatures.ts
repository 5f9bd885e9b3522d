/**
 * Signatures as registries have them. Sources: cosign's SIGNATURE_SPEC (a manifest under the tag `sha256-….sig`, a layer
 * each); Sigstore's bundle format (a layer of a manifest that refers to the image).
 */
import { type Fields, fieldsIn, fieldsOf } from '../../json.ts';
import { digestPattern } from '../digest.ts';
import type { Descriptor } from '../manifest.ts';
import type { Evidence } from './judge.ts';
import { maxPayloadBytes, preAuthentication } from './signed-payload.ts';

/** Looked at of one image; what comes later counts for nothing. */
export const maxSignatures = 32;
const maxBundleBytes = 262_144;
const maxSignatureBytes = 1024;
const simpleLayer = 'application/vnd.dev.cosign.simplesigning.v1+json';
const bundleLayer =
  /^application\/vnd\.dev\.sigstore\.bundle(?:\.v0\.\d{1,2})?\+json(?:;version=0\.\d{1,2})?$/;
const annotationPrefix = /^dev\.(?:cosignproject\.cosign|sigstore\.cosign)\//;

export interface SignatureLayer extends Descriptor {
  readonly kind: 'simple' | 'bundle';
  /** signature, certificate, chain, bundle, rfc3161timestamp: of a simple one. */
  readonly notes: Fields;
}

export interface FoundSignature extends Evidence {
  /** A bundle of Sigstore, as JSON has it: what proves who has signed, where no key is known. */
  readonly bundle: Fields;
}

const listOf = (value: unknown): Fields[] =>
  Array.isArray(value) ? value.slice(0, maxSignatures).map(fieldsOf) : [];

function descriptorOf({ digest, size }: Fields, most: number): Descriptor[] {
  const isOne = typeof digest === 'string' && digestPattern.test(digest);
  return isOne && typeof size === 'number' && Number.isSafeInteger(size) && size > 0 && size <= most
    ? [{ digest, size }]
    : [];
}

/** Digests of the manifests that refer to an image. */
export function readReferrers(bytes: Buffer): string[] {
  return listOf(fieldsIn(bytes).manifests).flatMap(one =>
    descriptorOf(one, Number.MAX_SAFE_INTEGER).map(({ digest }) => digest),
  );
}

/** Layers of a manifest that are signatures, within bounds. */
export function readSignatureLayers(bytes: Buffer): SignatureLayer[] {
  return listOf(fieldsIn(bytes).layers).flatMap(layer => {
    const type = String(layer.mediaType);
    const kind = type === simpleLayer ? 'simple' : bundleLayer.test(type) ? 'bundle' : undefined;
    if (kind === undefined) return [];
    const notes = Object.entries(fieldsOf(layer.annotations)).filter(([name]) => annotationPrefix.test(name));
    const named = Object.fromEntries(
      notes.map(([name, value]) => [name.replace(annotationPrefix, ''), value]),
    );
    const most = kind === 'simple' ? maxPayloadBytes : maxBundleBytes;
    return descriptorOf(layer, most).map(found => ({ ...found, kind, notes: named }));
  });
}

/** Base64 of so many bytes at most; anything else is none. */
function bytesOf(text: unknown, most: number): Buffer {
  return typeof text === 'string' && text.length <= most * 2 ? Buffer.from(text, 'base64') : Buffer.alloc(0);
}

const der = (pem: string) => pem.replace(/-----[A-Z ]+-----|\s/g, '');

/** Rekor's own bundle, which cosign keeps beside a simple signature, as an entry of Sigstore's. */
function entriesOf(text: unknown): object[] {
  if (typeof text !== 'string') return [];
  const { SignedEntryTimestamp, Payload } = fieldsIn(Buffer.from(text));
  const { body, integratedTime, logIndex, logID } = fieldsOf(Payload);
  if (typeof body !== 'string') return [];
  const { kind, apiVersion } = fieldsIn(Buffer.from(body, 'base64'));
  const entry = {
    logIndex: String(logIndex),
    logId: { keyId: Buffer.from(String(logID), 'hex').toString('base64') },
    kindVersion: { kind, version: apiVersion },
    integratedTime: String(integratedTime),
    inclusionPromise: { signedEntryTimestamp: SignedEntryTimestamp },
    canonicalizedBody: body,
  };
  return [entry];
}

function simpleBundle({ digest, notes }: SignatureLayer): Fields {
  const { signature, certificate, chain, bundle, rfc3161timestamp } = notes;
  const { SignedRFC3161Timestamp: stamp } = fieldsIn(Buffer.from(String(rfc3161timestamp)));
  const pems = `${certificate}${chain ?? ''}`.match(
    /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g,
  );
  return {
    mediaType: 'application/vnd.dev.sigstore.bundle+json;version=0.1',
    verificationMaterial: {
      ...(pems === null
        ? {}
        : { x509CertificateChain: { certificates: pems.map(pem => ({ rawBytes: der(pem) })) } }),
      tlogEntries: entriesOf(bundle),
      ...(stamp === undefined
        ? {}
        : { timestampVerificationData: { rfc3161Timestamps: [{ signedTimestamp: stamp }] } }),
    },
    messageSignature: {
      messageDigest: {
        algorithm: 'SHA2_256',
        digest: Buffer.from(digest.slice(7), 'hex').toString('base64'),
      },
      signature,
    },
  };
}

/**
 * @param bytes of the layer, which hash to its digest
 * @param manifest of the image: a bundle may be over that itself
 */
export function readFoundSignature(layer: SignatureLayer, bytes: Buffer, manifest: Buffer): FoundSignature[] {
  const found = layer.kind === 'simple' ? simpleSignature(layer, bytes) : bundleSignature(bytes, manifest);
  return found.signature.length > 0 && found.payload.length > 0 ? [found] : [];
}

function simpleSignature(layer: SignatureLayer, payload: Buffer): FoundSignature {
  return {
    payload,
    signature: bytesOf(layer.notes.signature, maxSignatureBytes),
    bundle: simpleBundle(layer),
  };
}

function bundleSignature(bytes: Buffer, manifest: Buffer): FoundSignature {
  const bundle = fieldsIn(bytes);
  const envelope = fieldsOf(bundle.dsseEnvelope);
  if (bundle.dsseEnvelope === undefined) {
    const { signature } = fieldsOf(bundle.messageSignature);
    return { payload: manifest, signature: bytesOf(signature, maxSignatureBytes), bundle };
  }
  const [signed = {}] = listOf(envelope.signatures);
  const type = typeof envelope.payloadType === 'string' ? envelope.payloadType : '';
  const payload = preAuthentication(type, bytesOf(envelope.payload, maxPayloadBytes));
  return { payload, signature: bytesOf(signed.sig, maxSignatureBytes), bundle };
}
