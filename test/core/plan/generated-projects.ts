/** Projects that fast-check makes up, and changes of them. */
import fc from 'fast-check';
import type { BackupMode, BackupSettings } from '../../../core/backup/settings.ts';
import type { DesiredProject } from '../../../core/desired/state.ts';
import { makeProject, type Services } from '../../../lab/rig/desired.ts';

const arbitraryService = fc.record({
  present: fc.integer({ min: 0, max: 4 }).map(value => value > 0),
  tag: fc.constantFrom('1', '2'),
  level: fc.constantFrom('info', 'debug'),
  restart: fc.constantFrom(undefined, 'always', 'on-failure'),
  port: fc.constantFrom('', '', '8001', '8002', '8003'),
  network: fc.constantFrom('default', 'back', 'both', 'shared'),
  config: fc.boolean(),
  data: fc.boolean(),
  named: fc.constantFrom('', '', 'fixed'),
  depends: fc.array(fc.record({ on: fc.boolean(), restart: fc.boolean() }), { minLength: 4, maxLength: 4 }),
});

const names = ['a', 'b', 'c', 'd'];

const arbitraryParts = fc.record({
  services: fc.array(arbitraryService, { minLength: 4, maxLength: 4 }),
  label: fc.constantFrom('x', 'y'),
  content: fc.constantFrom('x', 'y'),
  volume: fc.boolean(),
  backup: fc.constantFrom(undefined, 'stop' as const, 'stop' as const, 'live' as const),
  strategy: fc.constantFrom(
    'recreate' as const,
    'stop-first' as const,
    'handover' as const,
    'rolling' as const,
  ),
});

type Parts = typeof arbitraryParts extends fc.Arbitrary<infer Value> ? Value : never;

/** Services beside the others, which all wait for them: a one-shot, and one that is healthy and whose volumes they have. */
const awaited = {
  set_up: { condition: 'service_completed_successfully', required: true, restart: false },
  store: { condition: 'service_healthy', required: true, restart: false },
};

type Awaited = keyof typeof awaited;

function projectOf(
  { services, label, content, volume, strategy, backup }: Parts,
  beside: readonly Awaited[] = [],
): DesiredProject {
  const taken = new Set<string>();
  const free = (name: string) => name !== '' && !taken.has(name) && taken.add(name) !== undefined;
  const made: Services = {};
  for (const [index, one] of services.entries()) {
    const name = names[index] ?? '';
    if (!one.present && index > 0) continue;
    const shares = one.network === 'shared' && index > 0;
    const depends = one.depends
      .map(({ on, restart }, other) => ({ on, restart, service: names[other] ?? '', other }))
      .filter(({ on, other, service }) => on && other < index && made[service] !== undefined)
      .map(({ service, restart }) => [service, { condition: 'service_started', required: true, restart }]);
    depends.push(...beside.map(other => [other, awaited[other]]));
    made[name] = {
      image: `image:${one.tag}`,
      environment: { LEVEL: one.level },
      ...(one.restart === undefined ? {} : { restart: one.restart }),
      ...(one.config ? { configs: [{ source: 'app', target: '/etc/app' }] } : {}),
      ...(!shares && free(one.port) ? { ports: [{ target: 80, published: one.port, protocol: 'tcp' }] } : {}),
      ...(free(one.named) ? { container_name: one.named } : {}),
      ...(volume && one.data ? { volumes: [{ type: 'volume', source: 'data', target: '/data' }] } : {}),
      ...(depends.length === 0 ? {} : { depends_on: Object.fromEntries(depends) }),
      ...(beside.includes('store') ? { volumes_from: ['store'] } : {}),
      ...(shares ? { network_mode: 'service:a' } : {}),
      ...(one.network === 'back' ? { networks: { back: null } } : {}),
      ...(one.network === 'both' ? { networks: { back: null, default: null } } : {}),
    };
  }
  for (const name of beside) made[name] = { image: `image:${services[0]?.tag}` };
  const project = makeProject('shop', {
    services: made,
    networks: { back: { labels: { label } } },
    volumes: volume ? { data: {} } : {},
    configs: { app: { content } },
    update: { strategy },
  });
  return backup === undefined || !volume ? project : { ...project, backup: settingsOf(backup) };
}

const settingsOf = (mode: BackupMode): BackupSettings => ({
  ...{ volumes: ['data'], mode, beforeUpgrade: true, schedule: '0 3 * * *', keep: { number: 3 } },
  ...{ required: true, timeoutMs: 60_000, onRollback: 'keep' },
});

export const arbitraryProject = arbitraryParts.map(parts => projectOf(parts));

/** Two states of which only some services differ. */
export const arbitraryChange = (beside: readonly Awaited[] = []) =>
  fc
    .tuple(arbitraryParts, arbitraryParts, fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }))
    .map(([before, other, changed]): [DesiredProject, DesiredProject] => {
      const services = before.services.map(
        (one, index) => (changed[index] ? other.services[index] : one) ?? one,
      );
      const label = changed[3] ? before.label : other.label;
      return [projectOf(before, beside), projectOf({ ...before, label, services }, beside)];
    });

export function randomOf(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return below => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
