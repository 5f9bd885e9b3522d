import { isList, isMapping, textOf, typeName, type Value } from './value.ts';

/** Whether two values are the same document. */
export function identical(a: Value, b: Value): boolean {
  if (isMapping(a) && isMapping(b)) {
    const keys = Object.keys(a);
    return (
      keys.length === Object.keys(b).length &&
      keys.every(key => key in b && identical(a[key] ?? null, b[key] ?? null))
    );
  }
  if (isList(a) && isList(b)) {
    return a.length === b.length && a.every((element, index) => identical(element, b[index] ?? null));
  }
  return typeName(a) === typeName(b) && textOf(a) === textOf(b);
}
