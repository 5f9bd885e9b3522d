/** What the families say that an agent sends of itself. Of an app's own metrics nobody here knows. */
const help: ReadonlyMap<string, string> = new Map([]);

export function helpOf(name: string): string | undefined {
  return help.get(name);
}
