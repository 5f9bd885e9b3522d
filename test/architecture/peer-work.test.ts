/**
 * No promise that a peer's input set off is let go: where nobody waits for it, core/io/peer-work.ts does. Biome's
 * noFloatingPromises finds a promise that stands alone in a statement; here stands what it lets pass.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { sources } from './tree.ts';

const place = 'core/io/peer-work.ts';
const program = /^(?:agent|gateway|core)\//;

function withoutComments(source: string): string {
  return source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1');
}

/** `void` before an expression: the way to let a promise go without a word. As a type it is followed by none. */
const letGo = /\bvoid\s+[A-Za-z_$(#'"`[!]/g;
const listens = String.raw`(?:\.(?:on|once|addListener|prependListener|prependOnceListener|addEventListener)\(\s*[^,()]+,|\b(?:setTimeout|setInterval|setImmediate|nextTick|queueMicrotask|create(?:Secure)?Server)\((?:\s*\{[^{}]*\},)?)\s*`;
/** What emitters and timers call and do not wait for. */
const asyncListener = new RegExp(`${listens}(?:async\\b)`, 'g');
/** The same where an arrow hands on what an async method of this file returns. */
const handsOn = new RegExp(`${listens}(?:\\([^()]*\\)|\\w+)\\s*=>\\s*(?:this\\.)?(#?\\w+)\\(`, 'g');
const asyncNames = /\basync\s+(?:function\s+)?\*?\s*(#?\w+)\s*[(<]/g;

function loosePromises(file: string, source: string): string[] {
  const code = withoutComments(source);
  const names = new Set([...code.matchAll(asyncNames)].map(([, name]) => name));
  const found = [...code.matchAll(letGo), ...code.matchAll(asyncListener)].map(([text]) => text);
  const handed = [...code.matchAll(handsOn)].filter(([, name]) => names.has(name)).map(([text]) => text);
  return [...found, ...handed].map(text => `${file}: ${text.replace(/\s+/g, ' ')}`);
}

describe('promises that nobody waits for', () => {
  test('are in no program but in the one place', () => {
    const found = [...sources()].flatMap(([file, source]) =>
      program.test(file) && file !== place ? loosePromises(file, source) : [],
    );
    assert.deepEqual(found, []);
  });

  for (const form of [
    'void this.#run();',
    'else void relay(a, b);',
    "ssh.on('tcpip', (accept, reject, info) => void this.#reach(accept));",
    'return void (await x);',
    "socket.on('data', async chunk => {});",
    "socket.once(\n  'close',\n  async () => {},\n);",
    "signal.addEventListener('abort', async () => {});",
    'setInterval(async () => {}, 1000);',
    'createServer(async socket => {});',
    "async #run() {}\nemitter.on('x', () => this.#run());",
    "async function serve(x) {}\nserver.on('connection', socket => serve(socket));".replace(
      'socket =>',
      '(socket) =>',
    ),
    'async #look() {}\nsetTimeout(() => this.#look(), 5);',
  ]) {
    test(`are found: ${form.replace(/\s+/g, ' ')}`, () => {
      assert.notDeepEqual(loosePromises('x.ts', form), []);
    });
  }

  for (const form of [
    'const f = (): void => {};',
    'new Promise<void>(resolve => resolve());',
    'function f(x: () => void | undefined): void {}',
    "ssh.on('x', work.listener(() => this.#reach()));",
    "async #run() {}\nemitter.on('x', () => this.#stop());",
    '// void this.#run();',
  ]) {
    test(`are not seen in: ${form.replace(/\s+/g, ' ')}`, () => {
      assert.deepEqual(loosePromises('x.ts', form), []);
    });
  }
});
