/** What was and what is, side by side. */
import { canonicalJson } from '../canonical-json.ts';
import { atMost } from '../some-of.ts';

export type Maybe<Value> = Value | undefined;

export const isSame = (one: unknown, other: unknown) => canonicalJson(one) === canonicalJson(other);

/** Names of both, sorted, each with what it was and is: those that were first, for a branch may add as many as it likes. */
export function pairs<Value>(
  before: Readonly<Record<string, Value>>,
  after: Readonly<Record<string, Value>>,
): [name: string, was: Maybe<Value>, is: Maybe<Value>][] {
  const own = (all: Readonly<Record<string, Value>>, name: string) =>
    Object.hasOwn(all, name) ? all[name] : undefined;
  return [...new Set([...Object.keys(before).sort(), ...Object.keys(after).sort()])].map(name => [
    name,
    own(before, name),
    own(after, name),
  ]);
}

/** Of one kind: a branch that changes many things of it hides nothing of another. */
const most = 8;

export const mostOf = (words: readonly string[], what: string): readonly string[] =>
  atMost(words, most, ` ${what}`);

/** Whether what stays of a list stands in another order: the first that fits decides. */
export function isReordered(before: readonly string[], after: readonly string[]): boolean {
  const staying = (own: readonly string[], other: readonly string[]) =>
    own.filter(each => other.includes(each));
  return !isSame(staying(before, after), staying(after, before));
}
