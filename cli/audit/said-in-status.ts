/** Whether a device has said what an entry says of it: by the same rules by which the gateway told it. */
import type { AuditEntry } from '../../core/audit/audit-entry.ts';
import { releaseSteps } from '../../core/telemetry/release-steps.ts';
import { saidConditions, saidTypes } from '../../core/telemetry/said-conditions.ts';
import type { StatusFile } from '../../schemas/types.generated.ts';

const conditions: ReadonlySet<string> = new Set(saidTypes);

export type Told = Pick<AuditEntry, 'what' | 'state' | 'app' | 'release' | 'code'>;

/** @returns what does not fit, for a person; undefined: it says so, or nothing can be said of such an entry */
export function contradiction(told: Told, status: StatusFile): string | undefined {
  const { what, state, app, release, code } = told;
  if (what.startsWith('release.')) {
    const isSaid = releaseSteps(status).some(
      step => step.type === what && step.app === app && step.release === release,
    );
    return isSaid ? undefined : `it does not say ${what} of ${app ?? 'no app'} ${release ?? ''}`.trimEnd();
  }
  if (!conditions.has(what)) return undefined;
  const subject = ['device', status.device, ...(app === undefined ? [] : [app])].join('/');
  const said = saidConditions(status).open.find(each => each.type === what && each.subject === subject);
  if (state === 'resolved') return said === undefined ? undefined : `it still says ${what}`;
  if (said === undefined) return `it does not say ${what}${app === undefined ? '' : ` of ${app}`}`;
  if (said.release !== release) return `it says ${what} of ${said.release ?? 'no release'}, not ${release}`;
  return said.code === code ? undefined : `it says ${said.code ?? 'no code'}, not ${code ?? 'none'}`;
}
