/** The signatures of an image at its registry against trust/images.yaml. */
import { TowlineError } from '../../core/errors.ts';
import type { PinnedImage } from '../../core/images/digest.ts';
import {
  type FoundSignature,
  maxSignatures,
  readFoundSignature,
  readReferrers,
  readSignatureLayers,
} from '../../core/images/signing/found-signatures.ts';
import {
  judgeKeyed,
  type SignatureProblem,
  type Signed,
  unnamedProblem,
} from '../../core/images/signing/judge.ts';
import { type PublisherRule, type Publishers, ruleFor } from '../../core/images/signing/publishers.ts';
import type { RegistryClient } from '../../core/io/registry/client.ts';
import { parseReference } from '../../core/io/registry/reference.ts';

/** Told rather than others, where no signature fits: it was the publisher who signed. */
const telling: readonly SignatureProblem['code'][] = [
  'IMAGE_SIGNATURE_REPOSITORY',
  'IMAGE_SIGNATURE_DIGEST',
  'IMAGE_SIGNATURE_EXPIRED',
  'IMAGE_SIGNATURE_MALFORMED',
];

/** What is signed of the digest, cosign's tag first, then what refers to it. */
async function* foundSignatures(
  client: RegistryClient,
  { image, digest }: PinnedImage,
  index: Buffer,
): AsyncGenerator<FoundSignature> {
  const reference = parseReference(image);
  const tag = `${digest.replace(':', '-')}.sig`;
  const referring = await client.referrers(reference, digest);
  const places = [
    { tag, digest: undefined },
    ...(referring === undefined ? [] : readReferrers(referring)).map(one => ({
      tag: undefined,
      digest: one,
    })),
  ];
  let count = 0;
  for (const place of places) {
    // What is listed may be gone.
    const bytes = await client.found({ ...reference, ...place });
    for (const layer of bytes === undefined ? [] : readSignatureLayers(bytes)) {
      count += 1;
      if (count > maxSignatures) return;
      yield* readFoundSignature(layer, await client.smallBlob(reference, layer), index);
    }
  }
}

/** @returns what release.yaml has of it, or what is wrong with it */
async function judge(
  rule: PublisherRule,
  pinned: PinnedImage,
  found: FoundSignature,
): Promise<Signed | SignatureProblem> {
  const by = rule.name;
  if (!('keys' in rule)) {
    const { judgeKeyless } = await import('./keyless.ts');
    const judged = judgeKeyless(rule, pinned, found);
    return 'code' in judged ? judged : { by, ...judged };
  }
  const judged = judgeKeyed(rule, pinned, found);
  if ('code' in judged || !rule.onDevice) return 'code' in judged ? judged : { by, ...judged };
  const [payload, signature] = [found.payload.toString('base64'), found.signature.toString('base64')];
  return { by, ...judged, payload, signature };
}

/**
 * @param index the manifest that the digest names
 * @returns undefined: nobody asks for a signature of it
 * @throws TowlineError IMAGE_UNSIGNED, IMAGE_PUBLISHER_UNKNOWN, IMAGE_SIGNATURE_…; what the client throws
 */
export async function checkedSignature(
  client: RegistryClient,
  publishers: Publishers,
  pinned: PinnedImage,
  index: Buffer,
): Promise<Signed | undefined> {
  const { image } = pinned;
  const refuse = ({ code, message }: SignatureProblem) => new TowlineError(code, message);
  const rule = ruleFor(publishers, image);
  if (rule === undefined) {
    const problem = unnamedProblem(publishers, image);
    if (problem !== undefined) throw refuse(problem);
    return undefined;
  }
  let problem: SignatureProblem | undefined;
  for await (const found of foundSignatures(client, pinned, index)) {
    const judged = await judge(rule, pinned, found);
    if (!('code' in judged)) return judged;
    if (problem === undefined || telling.includes(judged.code)) problem = judged;
  }
  throw refuse(
    problem ?? {
      code: 'IMAGE_UNSIGNED',
      message: `${image} (${pinned.digest}) has no signature at its registry, and rule "${rule.name}" in trust/images.yaml asks for one`,
    },
  );
}
