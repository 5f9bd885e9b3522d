/** Who has a volume mounted, as the files say it. */
import type { ComposeModel } from '../compose/value/model.ts';

/** Services of the model that see the volume of this key, by their own mounts or by those of another. */
export function volumeUsers({ services }: ComposeModel, key: string): ReadonlySet<string> {
  const users = new Set(
    Object.entries(services)
      .filter(([, { volumes = [] }]) =>
        volumes.some(({ type, source }) => type === 'volume' && source === key),
      )
      .map(([service]) => service),
  );
  for (let before = -1; before < users.size; ) {
    before = users.size;
    for (const [service, { volumes_from: sources = [] }] of Object.entries(services))
      if (sources.some(source => users.has(source.split(':')[0] ?? ''))) users.add(service);
  }
  return users;
}
