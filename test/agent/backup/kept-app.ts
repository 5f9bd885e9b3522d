/** An app of one service with a volume, which two processes describe alike. */
import type { BackupSettings } from '../../../core/backup/settings.ts';
import type { DesiredProject } from '../../../core/desired/state.ts';
import { makeProject } from '../../../lab/rig/desired.ts';

export interface Kept {
  readonly project: string;
  readonly image: string;
  readonly release: number;
  readonly backup: Partial<BackupSettings>;
}

export function keptApp({ project, image, release, backup }: Kept): DesiredProject {
  return makeProject(project, {
    services: {
      app: {
        image,
        environment: { RELEASE: String(release) },
        stop_grace_period: '1s',
        volumes: [{ type: 'volume', source: 'data', target: '/data', volume: {} }],
      },
    },
    volumes: { data: {} },
    update: { stablePeriodMs: 0 },
    backup: { volumes: ['data'], ...backup },
  });
}
