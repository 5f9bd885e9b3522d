/**
 * What Debian's Node (20.19, on machines that no Node ships for) lacks of the language's library, before anything of a program runs.
 * A Node that has it keeps its own. test/scripts/package/debian-node.test.ts looks for names that are newer still.
 */
/** For the parts of the command, beside them. Agent and gateway have it in their file. */
export const olderNodeFile = 'older-node.mjs';

export const olderNode = `Promise.withResolvers ??= function () {
  let resolve, reject;
  const promise = new this((yes, no) => { resolve = yes; reject = no; });
  return { promise, resolve, reject };
};
Map.groupBy ??= (items, keyOf) => {
  const groups = new Map();
  let index = 0;
  for (const item of items) {
    const key = keyOf(item, index++);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
};
Object.groupBy ??= (items, keyOf) => {
  const groups = Object.create(null);
  let index = 0;
  for (const item of items) (groups[keyOf(item, index++)] ??= []).push(item);
  return groups;
};
globalThis.AsyncDisposableStack ??= class AsyncDisposableStack {
  #undo = [];
  disposed = false;
  defer(undo) {
    this.#undo.push(undo);
  }
  use(value) {
    const dispose = value?.[Symbol.asyncDispose] ?? value?.[Symbol.dispose];
    if (dispose !== undefined) this.defer(() => dispose.call(value));
    else if (value != null) throw new TypeError('the value cannot be disposed of');
    return value;
  }
  adopt(value, undo) {
    this.defer(() => undo(value));
    return value;
  }
  move() {
    const next = new AsyncDisposableStack();
    next.#undo = this.#undo;
    this.#undo = [];
    this.disposed = true;
    return next;
  }
  async disposeAsync() {
    this.disposed = true;
    const undo = this.#undo.splice(0).reverse();
    const failed = [];
    for (const one of undo) {
      try {
        await one();
      } catch (error) {
        failed.push(error);
      }
    }
    if (failed.length > 0) throw failed[0];
  }
  [Symbol.asyncDispose]() {
    return this.disposeAsync();
  }
};
URL.parse ??= (text, base) => (URL.canParse(text, base) ? new URL(text, base) : null);
`;
