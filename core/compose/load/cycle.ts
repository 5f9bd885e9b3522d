import type { ComposeModel } from '../value/model.ts';

/** The services that a service starts after: its `depends_on`, which the model completes from links and namespaces. */
function dependenciesOf(model: ComposeModel, service: string): string[] {
  return Object.keys(model.services[service]?.depends_on ?? {})
    .filter(name => Object.hasOwn(model.services, name))
    .sort();
}

/** A circle of dependencies, its first service again at its end; undefined: there is none. */
export function findCycle(model: ComposeModel): string[] | undefined {
  const done = new Set<string>();
  for (const start of Object.keys(model.services).sort()) {
    const trail: { name: string; rest: string[] }[] = [];
    const open = new Set<string>();
    const enter = (name: string) => {
      trail.push({ name, rest: dependenciesOf(model, name) });
      open.add(name);
    };
    if (!done.has(start)) enter(start);
    for (let top = trail.at(-1); top !== undefined; top = trail.at(-1)) {
      const next = top.rest.shift();
      if (next === undefined) {
        trail.pop();
        open.delete(top.name);
        done.add(top.name);
      } else if (open.has(next)) {
        const names = trail.map(step => step.name);
        return [...names.slice(names.indexOf(next)), next];
      } else if (!done.has(next)) enter(next);
    }
  }
  return undefined;
}
