/** The files of a release of the app `web`: two services, quick to judge. */
import { stringify } from 'yaml';
import type { PushedImage } from '../machine/images.ts';

/** @param more attributes of the service `web` */
export function webRelease(
  version: string,
  digests: Readonly<Record<'web' | 'worker', PushedImage>>,
  more: Record<string, unknown>,
): Record<string, string> {
  const entries = Object.entries(digests).map(([service, each]) => [
    service,
    { image: `${each.repository}:latest`, digest: each.digest },
  ]);
  const folder = `apps/web/releases/${version}`;
  return {
    [`${folder}/compose.yaml`]: stringify({
      services: {
        web: { image: `${digests.web.repository}:latest`, stop_grace_period: '1s', ...more },
        worker: { image: `${digests.worker.repository}:latest`, stop_grace_period: '1s' },
      },
    }),
    [`${folder}/app.yaml`]: stringify({
      apiVersion: 'towline/v1',
      update: { healthTimeout: '8s', stablePeriod: '500ms' },
    }),
    [`${folder}/release.yaml`]: stringify({
      apiVersion: 'towline/v1',
      version,
      images: Object.fromEntries(entries),
    }),
  };
}
