/** Labels by which Towline and docker compose know whose a thing is: no Compose file sets one. */
import type { PositionLookup } from '../compose/value/fault.ts';
import type { ComposeModel } from '../compose/value/model.ts';
import type { Problem } from '../errors.ts';

const reserved = /^(?:io\.towline|com\.docker\.compose)(?:\.|$)/i;

type Path = readonly (string | number)[];

/** Every map of labels in a model, and where it stands. */
function labelMaps(
  model: ComposeModel,
): { readonly labels: Record<string, string> | undefined; readonly at: Path }[] {
  const shared = (['networks', 'volumes', 'configs', 'secrets'] as const).flatMap(section =>
    Object.entries(model[section] ?? {}).map(([name, definition]) => ({
      labels: definition?.labels,
      at: [section, name, 'labels'],
    })),
  );
  const services = Object.entries(model.services).flatMap(([name, service]) => [
    { labels: service.labels, at: ['services', name, 'labels'] },
    { labels: service.deploy?.labels, at: ['services', name, 'deploy', 'labels'] },
    ...(service.volumes ?? []).map((mount, index) => ({
      labels: mount.volume?.labels,
      at: ['services', name, 'volumes', index, 'volume', 'labels'],
    })),
  ]);
  return [...services, ...shared];
}

/** @param model as its files say it: Towline's own labels are not there yet */
export function reservedLabelProblems(model: ComposeModel, positionOf: PositionLookup): Problem[] {
  return labelMaps(model).flatMap(({ labels, at }) =>
    Object.keys(labels ?? {})
      .filter(label => reserved.test(label))
      .map(label => ({
        code: 'COMPOSE_LABEL_RESERVED' as const,
        message: `label ${label} says whose a thing is, and Towline writes it`,
        position: positionOf([...at, label]),
      })),
  );
}
