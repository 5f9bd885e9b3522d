/** Images of a project against trust/images.yaml, before anything of it is pulled. */
import type { PositionLookup } from '../compose/value/fault.ts';
import type { ComposeModel, ServiceModel } from '../compose/value/model.ts';
import type { Problem } from '../errors.ts';
import type { CheckedFile } from '../fleet/schema-check.ts';
import { carriedProblem, type Signed } from '../images/signing/judge.ts';
import type { Publishers } from '../images/signing/publishers.ts';

interface Named {
  readonly image: string;
  readonly signed: Signed | undefined;
  readonly position: Problem['position'];
}

/** What a service runs, and what it mounts: no release has a signature of those. */
function imagesOf(
  name: string,
  { image, volumes = [] }: ServiceModel,
  release: CheckedFile<'release'> | undefined,
  positionOf: PositionLookup,
): Named[] {
  const entry = Object.entries(release?.value.images ?? {}).find(([service]) => service === name)?.[1];
  const position =
    release === undefined || entry === undefined
      ? positionOf(['services', name, 'image'])
      : release.locate(`/images/${name}`, 'key');
  const mounted = volumes.flatMap(({ type, source }, index): Named[] =>
    type === 'image' && source !== undefined
      ? [
          {
            image: source,
            signed: undefined,
            position: positionOf(['services', name, 'volumes', index, 'source']),
          },
        ]
      : [],
  );
  return [...(image === undefined ? [] : [{ image, signed: entry?.signed, position }]), ...mounted];
}

/** @param model with images as `repository@sha256:…` */
export function signatureProblems(
  model: ComposeModel,
  publishers: Publishers | undefined,
  release: CheckedFile<'release'> | undefined,
  positionOf: PositionLookup,
): Problem[] {
  if (publishers === undefined) return [];
  return Object.entries(model.services)
    .flatMap(([name, service]) => imagesOf(name, service, release, positionOf))
    .flatMap(({ image, signed, position }): Problem[] => {
      const digest = image.slice(image.indexOf('@') + 1);
      const problem = carriedProblem(publishers, { image, digest }, signed);
      return problem === undefined ? [] : [{ ...problem, position }];
    });
}
