import type { DesiredProject } from '../../core/desired/state.ts';
import { makeProject } from '../../lab/rig/desired.ts';

/** A service with a volume that is kept before each of its releases. */
export function keptApp(project: string, image: string, release: number): DesiredProject {
  return makeProject(project, {
    services: {
      app: {
        image,
        environment: { RELEASE: String(release) },
        volumes: [{ type: 'volume', source: 'data', target: '/data', volume: {} }],
      },
    },
    volumes: { data: {} },
    update: { stablePeriodMs: 0 },
    backup: { volumes: ['data'], timeoutMs: 600_000 },
  });
}
