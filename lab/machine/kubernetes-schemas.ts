/** Schemas of the Kubernetes API (1.20), from the source package of Debian 12: kept in the cache, nothing is installed. */
import { copyFileSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { cachedFolder } from './cached-folder.ts';
import { DebianSuite } from './debian-suite.ts';

/** The OpenAPI document, as JSON. @throws Error where the package cannot be had */
export function kubernetesSwagger(): unknown {
  const folder = cachedFolder('kubernetes-swagger-bookworm', (made, scratch) => {
    const source = path.join(scratch, 'source');
    new DebianSuite('bookworm', scratch).unpackSource('kubernetes', source);
    copyFileSync(path.join(source, 'api/openapi-spec/swagger.json'), path.join(made, 'swagger.json'));
  });
  return JSON.parse(readFileSync(path.join(folder, 'swagger.json'), 'utf8'));
}
