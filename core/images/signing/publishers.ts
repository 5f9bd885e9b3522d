/** Whose signatures images must have: trust/images.yaml, read. */
import type { KeyObject } from 'node:crypto';
import { type Glob, matchesGlob } from '../../trust/policy/glob.ts';
import { fullRepository } from '../repository.ts';

/** A log by its name in checkpoints, and its key. */
export interface LogKey {
  readonly name: string;
  readonly key: KeyObject;
}

/** Certificates of one authority, DER. */
export type CertificateChain = readonly Buffer[];

/** Signers who have a certificate for minutes: who gave it, to whom, and who says when it was used. */
export interface Keyless {
  readonly issuer: string;
  readonly subject: Glob;
  readonly roots: readonly CertificateChain[];
  readonly logs: readonly LogKey[];
  /** The certificate that signs comes first. */
  readonly timestamps: readonly CertificateChain[];
  readonly certificateLogs: readonly LogKey[];
}

interface RuleOfAll {
  readonly name: string;
  readonly repositories: readonly { readonly text: string; readonly glob: Glob }[];
}

export interface KeyedRule extends RuleOfAll {
  readonly keys: readonly KeyObject[];
  /** Devices verify, too, what release.yaml carries. */
  readonly onDevice: boolean;
}

export interface KeylessRule extends RuleOfAll {
  readonly keyless: Keyless;
}

export type PublisherRule = KeyedRule | KeylessRule;

export interface Publishers {
  readonly rules: readonly PublisherRule[];
  /** What becomes of images that no rule names. */
  readonly others: 'refuse' | 'allow';
}

/** The first rule that names the repository decides. @param image any reference */
export function ruleFor({ rules }: Publishers, image: string): PublisherRule | undefined {
  const repository = fullRepository(image);
  return rules.find(({ repositories }) => repositories.some(({ glob }) => matchesGlob(glob, repository)));
}
