/** What `/livez` and `/healthz` say: whether devices are served, and whether a person should look. */
import { version } from '../../core/version.ts';
import type { AuditTrail } from '../audit/audit-trail.ts';
import type { FleetViewHolder } from '../fleet/fleet-view-holder.ts';
import type { MainWatch } from '../fleet/main-watch.ts';
import type { GitRunner } from '../git/git-runner.ts';

export interface HealthSources {
  readonly view: FleetViewHolder;
  readonly main: Pick<MainWatch, 'isLate'>;
  readonly git: Pick<GitRunner, 'isSlow'>;
  readonly audit: Pick<AuditTrail, 'isDown'>;
  /** What each part says of itself. */
  readonly states: () => readonly object[];
}

export class GatewayHealth {
  readonly #sources: HealthSources;

  constructor(sources: HealthSources) {
    this.#sources = sources;
  }

  get live(): boolean {
    return this.#sources.view.current.fleet !== undefined;
  }

  get state(): { readonly ok: boolean } & Readonly<Record<string, unknown>> {
    const { main, git, audit, states } = this.#sources;
    const ok = this.live && !main.isLate && !git.isSlow && !audit.isDown;
    return Object.assign({ ok, version }, ...states());
  }
}
