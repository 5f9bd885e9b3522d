/**
 * The bytes that a publisher signs, and which image they name. Sources: containers/image "simple signing"; in-toto
 * Statement v1 in a DSSE envelope (its pre-authentication encoding), as cosign 3 signs; an index itself.
 */
import { fieldsIn, fieldsOf } from '../../json.ts';
import { digestOf } from '../digest.ts';

/** Of what is signed; release.yaml carries it. */
export const maxPayloadBytes = 16_384;
const maxSubjects = 64;
const statementType = 'application/vnd.in-toto+json';
/** What cosign states of an image that it signs; the same key may state other things of it, such as what is in it. */
const signPredicate = 'https://sigstore.dev/cosign/sign/v1';
const simpleTypes = ['cosign container image signature', 'atomic container signature'];

export interface NamedImage {
  /** Any of them. */
  readonly digests: readonly string[];
  /** As the signer writes it; undefined: it names none. */
  readonly repository: string | undefined;
}

/** What a DSSE envelope's signature is over. */
export function preAuthentication(type: string, payload: Uint8Array): Buffer {
  const head = `DSSEv1 ${Buffer.byteLength(type)} ${type} ${payload.length} `;
  return Buffer.concat([Buffer.from(head), payload]);
}

function statementOf(bytes: Buffer): NamedImage | undefined {
  const [head = ''] = /^DSSEv1 \d{1,9} [!-~]{1,200} \d{1,9} /.exec(bytes.toString('latin1', 0, 256)) ?? [];
  const body = bytes.subarray(head.length);
  if (head === '' || !preAuthentication(statementType, body).equals(bytes)) return undefined;
  const { subject, predicateType } = fieldsIn(body);
  if (predicateType !== signPredicate || !Array.isArray(subject) || subject.length > maxSubjects)
    return undefined;
  const digests = subject.flatMap(one => {
    const { sha256 } = fieldsOf(fieldsOf(one).digest);
    return typeof sha256 === 'string' ? [`sha256:${sha256}`] : [];
  });
  return { digests, repository: undefined };
}

function simpleSigningOf(bytes: Buffer): NamedImage | undefined {
  const critical = fieldsOf(fieldsIn(bytes).critical);
  const digest = fieldsOf(critical.image)['docker-manifest-digest'];
  const repository = fieldsOf(critical.identity)['docker-reference'];
  if (!simpleTypes.includes(String(critical.type)) || typeof digest !== 'string') return undefined;
  return {
    digests: [digest],
    repository: typeof repository === 'string' && repository !== '' ? repository : undefined,
  };
}

/**
 * @param bytes whose signature was verified
 * @returns undefined: they name no image
 */
export function readSignedPayload(bytes: Buffer): NamedImage | undefined {
  if (bytes.length > maxPayloadBytes) return undefined;
  if (bytes.toString('latin1', 0, 6) === 'DSSEv1') return statementOf(bytes);
  const simple = simpleSigningOf(bytes);
  if (simple !== undefined) return simple;
  // A signature over the index, or the manifest, itself.
  if (fieldsIn(bytes).schemaVersion !== 2) return undefined;
  return { digests: [digestOf(bytes)], repository: undefined };
}
