/** Entries of a while, by kind, by person and by device: counted as they pass, and held up to a bound. */
import { type AuditEntry, auditTypes } from '../../core/audit/audit-entry.ts';
import { entryDetails } from '../../core/audit/entry-details.ts';
import type { ReportTable } from './report-page.ts';

/** Rows of one table. */
export const mostRows = 2000;
/** Of names that are counted: a gateway that is somebody else's may tell of any number. */
const mostNames = 20_000;

const titles: Readonly<Record<string, string>> = {
  release: 'Releases',
  rollout: 'Rollouts',
  device: 'Devices: failures, and back',
  trust: 'Trust',
  tunnel: 'Tunnels',
  session: 'Sessions',
  enrolment: 'Enrolments',
  login: 'Logins at the gateway',
  push: 'Pushes',
  port: 'Ports of devices',
  guest: 'Guests',
  certificate: 'Certificates',
  bundle: 'Bundles',
  secret: 'Secrets',
  refusal: 'Refusals',
  gateway: 'The gateway itself',
};

class Counts {
  readonly #counts = new Map<string, Map<string, number>>();

  add(name: string, what: string): void {
    const own = this.#counts.get(name) ?? new Map<string, number>();
    if (this.#counts.size >= mostNames && !this.#counts.has(name)) return;
    this.#counts.set(name, own);
    if (own.has(what) || own.size < 100) own.set(what, (own.get(what) ?? 0) + 1);
  }

  rows(): string[][] {
    const sorted = [...this.#counts].sort(([one], [other]) => (one < other ? -1 : 1));
    return sorted.map(([name, own]) => [
      name,
      [...own].map(([what, count]) => `${what}: ${count}`).join(', '),
    ]);
  }
}

export class ReportTables {
  readonly #rows = new Map<string, string[][]>();
  readonly #counts = new Map<string, number>();
  readonly #people = new Counts();
  readonly #releases = new Counts();
  entries = 0;

  add(entry: AuditEntry): void {
    const { type, time, what, state = '', device = '', person = '' } = entry;
    this.entries += 1;
    this.#counts.set(type, (this.#counts.get(type) ?? 0) + 1);
    const rows = this.#rows.get(type) ?? [];
    this.#rows.set(type, rows);
    if (rows.length < mostRows)
      rows.push([`${time.slice(0, 19)}Z`, what, state, device, person, entryDetails(entry)]);
    if (person !== '') this.#people.add(person, `${type}${state === '' ? '' : ` ${state}`}`);
    if (type === 'release' && device !== '')
      this.#releases.add(
        device,
        `${entry.app ?? ''} ${entry.release ?? ''} ${what.replace('release.', '')}`.trim(),
      );
  }

  tables(): ReportTable[] {
    const kinds = [...new Set([...auditTypes, ...this.#rows.keys()])];
    const overview = kinds.flatMap(type => {
      const count = this.#counts.get(type) ?? 0;
      return count === 0 ? [] : [[titles[type] ?? type, String(count)]];
    });
    const head = ['Time', 'What', 'State', 'Device', 'Person', 'Details'];
    const about = 'How often each did what.';
    return [
      { title: 'Overview', head: ['Kind', 'Entries'], rows: overview },
      { title: 'Who did what', about, ...cut(['Person', 'Entries'], this.#people.rows()) },
      {
        title: 'Releases per device',
        ...cut(['Device', 'App, release and what became of it'], this.#releases.rows()),
      },
      ...kinds.flatMap(type => {
        const rows = this.#rows.get(type);
        const leftOut = (this.#counts.get(type) ?? 0) - (rows?.length ?? 0);
        return rows === undefined ? [] : [{ title: titles[type] ?? type, head, rows, leftOut }];
      }),
    ];
  }
}

function cut(
  head: readonly string[],
  rows: readonly string[][],
): Pick<ReportTable, 'head' | 'rows' | 'leftOut'> {
  return { head, rows: rows.slice(0, mostRows), leftOut: Math.max(0, rows.length - mostRows) };
}
