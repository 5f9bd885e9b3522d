/** The images that a service needs: the one it runs, and those that it mounts. */
import type { ServiceModel } from '../compose/model.ts';
import { asList, asObject, asText } from './json-access.ts';

/** References, its own first. */
export function serviceImages(service: ServiceModel): string[] {
  const mounted = asList(service.volumes).flatMap(item => {
    const { type, source } = asObject(item);
    return type === 'image' ? [asText(source) ?? ''] : [];
  });
  return [...new Set([asText(service.image) ?? '', ...mounted])];
}
