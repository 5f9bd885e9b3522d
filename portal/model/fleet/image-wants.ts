/** What trust/images.yaml asks of an image, in words. */
import type { Fleet } from '../../../core/fleet/fleet.ts';
import { fullRepository } from '../../../core/images/repository.ts';
import { matchesGlob, parseGlob } from '../../../core/trust/policy/glob.ts';

/** @returns undefined: nothing is asked of any image */
export function imageWants({ images }: Fleet, image: string): string | undefined {
  if (images === undefined) return undefined;
  const { rules, default: others } = images.value;
  const repository = fullRepository(image);
  const rule = rules.find(({ repositories }) =>
    repositories.some(text => matchesGlob(parseGlob(text), repository)),
  );
  if (rule === undefined)
    return others === 'refuse' ? 'no rule names it: it is refused' : 'no rule names it: it is allowed';
  const { name, keys, keyless, onDevice } = rule;
  const by =
    keyless === undefined ? `one of ${keys?.length ?? 0} keys` : `${keyless.subject}, by ${keyless.issuer}`;
  return `rule ${name}: signed by ${by}${onDevice === true ? '; devices verify it, too' : ''}`;
}
