/** Whether an image has the signature that trust/images.yaml asks for: at the desk, in the pull request and on the device. */
import type { ReleaseFile } from '../../../schemas/types.generated.ts';
import type { ErrorCode } from '../../errors.ts';
import type { PinnedImage } from '../digest.ts';
import { fullRepository } from '../repository.ts';
import { isSignedBy, keyDigest } from './public-key.ts';
import { type KeyedRule, type Publishers, ruleFor } from './publishers.ts';
import { readSignedPayload } from './signed-payload.ts';

export type Signed = NonNullable<ReleaseFile['images'][string]['signed']>;

export interface SignatureProblem {
  readonly code: ErrorCode;
  readonly message: string;
}

/** What was signed, and by which bytes. */
export interface Evidence {
  readonly payload: Buffer;
  readonly signature: Buffer;
}

/** @param payload whose signature was verified */
export function payloadProblem(
  payload: Buffer,
  { image, digest }: PinnedImage,
): SignatureProblem | undefined {
  const named = readSignedPayload(payload);
  if (named === undefined)
    return { code: 'IMAGE_SIGNATURE_MALFORMED', message: `what is signed of ${image} names no image` };
  if (!named.digests.includes(digest)) {
    const message = `the signature is of ${named.digests[0] ?? 'no digest'}, ${image} is pinned to ${digest}`;
    return { code: 'IMAGE_SIGNATURE_DIGEST', message };
  }
  const { repository } = named;
  if (repository === undefined || fullRepository(repository) === fullRepository(image)) return undefined;
  const message = `the signature is of ${JSON.stringify(repository.slice(0, 200))}, not of ${image}`;
  return { code: 'IMAGE_SIGNATURE_REPOSITORY', message };
}

/** @returns the key of the rule that has signed, or what is wrong */
export function judgeKeyed(
  { name, keys }: KeyedRule,
  pinned: PinnedImage,
  { payload, signature }: Evidence,
): SignatureProblem | { readonly key: string } {
  // Nothing of it is read before its signature is known to be the publisher's.
  const key = keys.find(one => isSignedBy(one, payload, signature));
  if (key === undefined) {
    const message = `${pinned.image} is signed by none of the keys of rule "${name}" in trust/images.yaml`;
    return { code: 'IMAGE_SIGNATURE_KEY', message };
  }
  return payloadProblem(payload, pinned) ?? { key: keyDigest(key) };
}

const unsigned = (image: string, rule: string, why: string): SignatureProblem => ({
  code: 'IMAGE_UNSIGNED',
  message: `${image}: ${why} rule "${rule}" in trust/images.yaml asks for`,
});

/** An image that no rule names. */
export function unnamedProblem({ others }: Publishers, image: string): SignatureProblem | undefined {
  if (others === 'allow') return undefined;
  const message = `no rule in trust/images.yaml names ${fullRepository(image)}`;
  return { code: 'IMAGE_PUBLISHER_UNKNOWN', message };
}

/**
 * By what a release carries alone. Where a rule is not `onDevice`, that it was checked is the word of whoever signed the
 * release.
 */
export function carriedProblem(
  publishers: Publishers,
  pinned: PinnedImage,
  signed: Signed | undefined,
): SignatureProblem | undefined {
  const { image } = pinned;
  const rule = ruleFor(publishers, image);
  if (rule === undefined) return unnamedProblem(publishers, image);
  if (signed?.by !== rule.name) return unsigned(image, rule.name, 'its release has no signature that');
  if (!('keys' in rule) || !rule.onDevice) return undefined;
  const { payload, signature } = signed;
  if (payload === undefined || signature === undefined)
    return unsigned(image, rule.name, 'its release does not carry the signature that');
  const evidence = { payload: Buffer.from(payload, 'base64'), signature: Buffer.from(signature, 'base64') };
  const judged = judgeKeyed(rule, pinned, evidence);
  return 'code' in judged ? judged : undefined;
}
