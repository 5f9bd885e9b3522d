/** Rules of trust/images.yaml for repositories of which no release has an image: mistyped, most likely. */
import type { Problem } from '../errors.ts';
import type { Fleet } from '../fleet/fleet.ts';
import { fullRepository } from '../images/repository.ts';
import { matchesGlob, parseGlob } from '../trust/policy/glob.ts';

export function unusedPublisherWarnings({ images: file, apps }: Fleet): Problem[] {
  if (file === undefined) return [];
  const released = [...apps.values()].flatMap(({ releases }) =>
    [...releases.values()].flatMap(({ value }) => Object.values(value.images)),
  );
  const repositories = new Set(released.map(({ image }) => fullRepository(image)));
  return file.value.rules.flatMap(({ repositories: named }, rule) =>
    named.flatMap((text, index): Problem[] => {
      const glob = parseGlob(text);
      if ([...repositories].some(repository => matchesGlob(glob, repository))) return [];
      const message = `no release has an image of ${text}`;
      const position = file.locate(`/rules/${rule}/repositories/${index}`);
      return [{ code: 'TRUST_IMAGES_UNUSED', message, position }];
    }),
  );
}
