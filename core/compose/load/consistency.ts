/** The last phase: references between services and what they share. Source: compose-go's documented consistency rules. */
import type { ErrorCode, Problem } from '../../errors.ts';
import { suggestion } from '../../nearest.ts';
import { type Path, type PositionLookup, pathText, printable } from '../value/fault.ts';
import type { ComposeModel, ServiceModel } from '../value/model.ts';
import { findCycle } from './cycle.ts';

export interface ProjectNames {
  /** Services that no active profile names. */
  readonly disabled: ReadonlySet<string>;
  readonly models: ReadonlySet<string>;
}

interface Checking {
  readonly model: ComposeModel;
  readonly names: ProjectNames;
  readonly refuse: (path: Path, code: ErrorCode, message: string) => void;
  /** What may have been meant by a name that is none of `names`. */
  readonly meant: (name: string, names: Iterable<string>) => string;
}

/** Names are compared letter by letter: a project may have a thousand of them, and use them all wrongly. */
const maxSuggestions = 20;

type Rule = (name: string, service: ServiceModel, checking: Checking) => void;

const references: Rule = (name, service, { model, names, refuse, meant }) => {
  const need = (section: 'networks' | 'volumes' | 'configs' | 'secrets', source: string, keys: Path) => {
    if (Object.hasOwn(model[section] ?? {}, source)) return;
    const kind = section.replace(/s$/, '');
    const near = meant(source, Object.keys(model[section] ?? {}));
    refuse(
      ['services', name, ...keys],
      'COMPOSE_REFERENCE',
      `the project defines no ${kind} \`${printable(source)}\`${near}`,
    );
  };
  for (const network of Object.keys(service.networks ?? {})) need('networks', network, ['networks', network]);
  for (const [index, { type, source }] of (service.volumes ?? []).entries()) {
    if (type === 'volume' && source !== undefined) need('volumes', source, ['volumes', index]);
  }
  for (const [index, { source = '' }] of (service.configs ?? []).entries())
    need('configs', source, ['configs', index]);
  for (const [index, { source = '' }] of (service.secrets ?? []).entries())
    need('secrets', source, ['secrets', index]);
  for (const [index, { source = '' }] of (service.build?.secrets ?? []).entries()) {
    need('secrets', source, ['build', 'secrets', index]);
  }
  for (const used of Object.keys(service.models ?? {})) {
    if (names.models.has(used)) continue;
    refuse(
      ['services', name, 'models', used],
      'COMPOSE_REFERENCE',
      `the project defines no model \`${printable(used)}\`${meant(used, names.models)}`,
    );
  }
};

const dependencies: Rule = (name, service, { model, names, refuse, meant }) => {
  for (const [other, condition] of Object.entries(service.depends_on ?? {})) {
    if (Object.hasOwn(model.services, other)) continue;
    if (names.disabled.has(other) && condition?.required === false) continue;
    const why = names.disabled.has(other)
      ? 'no active profile starts it'
      : `the project does not define it${meant(other, Object.keys(model.services))}`;
    const message = `needs service \`${printable(other)}\`: ${why}`;
    refuse(['services', name, 'depends_on', other], 'COMPOSE_REFERENCE', message);
  }
};

const networking: Rule = (name, service, { refuse }) => {
  const both = service.network_mode !== undefined && Object.keys(service.networks ?? {}).length > 0;
  if (both)
    refuse(
      ['services', name, 'network_mode'],
      'COMPOSE_CONSISTENCY',
      '`network_mode` and `networks` exclude each other',
    );
};

const healthTest: Rule = (name, service, { refuse }) => {
  const kind = service.healthcheck?.test?.[0];
  if (kind === undefined || ['CMD', 'CMD-SHELL', 'NONE'].includes(kind)) return;
  const message = 'the test must begin with CMD, CMD-SHELL or NONE';
  refuse(['services', name, 'healthcheck', 'test'], 'COMPOSE_CONSISTENCY', message);
};

const image: Rule = (name, service, { refuse }) => {
  if (service.image !== undefined || service.build !== undefined || service.provider !== undefined) return;
  refuse(['services', name], 'COMPOSE_CONSISTENCY', 'has neither `image` nor `build`');
};

const replicas: Rule = (name, service, { refuse }) => {
  const { scale } = service;
  const deployed = service.deploy?.replicas;
  const key: Path = scale === undefined ? ['deploy', 'replicas'] : ['scale'];
  const count = scale ?? deployed ?? 1;
  const contradict = (message: string) => refuse(['services', name, ...key], 'COMPOSE_CONSISTENCY', message);
  if (scale !== undefined && deployed !== undefined && scale !== deployed)
    contradict('`scale` and `deploy.replicas` differ');
  if (count < 0) contradict('must be 0 or more');
  if (count > 1 && service.container_name !== undefined)
    contradict('`container_name` allows one container only');
};

const limits: Rule = (name, service, { refuse }) => {
  const { limits: most, reservations: least } = service.deploy?.resources ?? {};
  const pairs = [
    ['cpus', most, most?.cpus, 'limits.cpus'],
    ['mem_limit', most, most?.memory, 'limits.memory'],
    ['mem_reservation', least, least?.memory, 'reservations.memory'],
    ['pids_limit', most, most?.pids, 'limits.pids'],
  ] as const;
  for (const [key, section, deployed, attribute] of pairs) {
    const own = service[key];
    if (own === undefined || section === undefined || own === deployed) continue;
    const message = `differs from \`deploy.resources.${attribute}\``;
    refuse(['services', name, key], 'COMPOSE_CONSISTENCY', message);
  }
};

const mounts: Rule = (name, service, { refuse }) => {
  const targets = new Map<string, Path>();
  const mount = (target: string, path: Path) => {
    const before = targets.get(target);
    if (before === undefined) targets.set(target, path);
    else
      refuse(
        path,
        'COMPOSE_CONSISTENCY',
        `target \`${printable(target)}\` is mounted as ${pathText(before)} already`,
      );
  };
  for (const [index, entry] of (service.tmpfs ?? []).entries()) {
    mount(entry.split(':', 1)[0] ?? '', ['services', name, 'tmpfs', index]);
  }
  for (const [index, volume] of (service.volumes ?? []).entries()) {
    mount(volume.target ?? '', ['services', name, 'volumes', index]);
  }
};

const rules: readonly Rule[] = [
  image,
  references,
  dependencies,
  networking,
  healthTest,
  replicas,
  limits,
  mounts,
];

function checkContainerNames({ model, refuse }: Checking): void {
  const names = new Map<string, string>();
  for (const [name, service] of Object.entries(model.services)) {
    const own = service.container_name ?? '';
    const other = names.get(own);
    if (own !== '' && other !== undefined) {
      const message = `service \`${printable(other)}\` has this name already`;
      refuse(['services', name, 'container_name'], 'COMPOSE_CONSISTENCY', message);
    }
    names.set(own, name);
  }
}

/** All contradictions of a model: references to nothing, circles, attributes that exclude each other. */
export function checkConsistency(
  model: ComposeModel,
  names: ProjectNames,
  positionOf: PositionLookup,
): Problem[] {
  const problems: Problem[] = [];
  let suggested = 0;
  const checking: Checking = {
    model,
    names,
    meant: (name, known) => {
      suggested += 1;
      return suggested > maxSuggestions ? '' : suggestion(name, known);
    },
    refuse: (path, code, message) =>
      problems.push({
        position: positionOf(path),
        code,
        message: `${pathText(path)}: ${message}`,
      }),
  };
  for (const [name, service] of Object.entries(model.services)) {
    for (const rule of rules) rule(name, service, checking);
  }
  checkContainerNames(checking);
  for (const [name, secret] of Object.entries(model.secrets ?? {})) {
    if (secret.external === true || secret.file !== undefined || secret.environment !== undefined) continue;
    checking.refuse(['secrets', name], 'COMPOSE_CONSISTENCY', 'needs `file` or `environment`');
  }
  const cycle = findCycle(model);
  if (cycle !== undefined) {
    const [from = '', to = ''] = cycle;
    const circle = cycle.map(name => printable(name)).join(' → ');
    checking.refuse(
      ['services', from, 'depends_on', to],
      'COMPOSE_CYCLE',
      `services depend on each other in a circle: ${circle}`,
    );
  }
  return problems;
}
