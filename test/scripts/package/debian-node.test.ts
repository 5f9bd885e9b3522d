/** What ships runs on Debian's Node 20.19, too: nothing newer is in it. test/scripts/package/debian-node.long.ts runs it there. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { runInNewContext } from 'node:vm';
import { olderNode } from '../../../scripts/bundle/older-node.ts';
import { bundled } from '../../deploy/bundled.ts';

/** Of Node's modules, by name in an import: it fails before anything runs. */
const newerExports = new Set([
  ...['createZstdCompress', 'createZstdDecompress', 'zstdCompress', 'zstdDecompress', 'zstdCompressSync'],
  ...['zstdDecompressSync', 'getCACertificates', 'setDefaultCACertificates', 'enableCompileCache'],
  ...['flushCompileCache', 'registerHooks', 'stripTypeScriptTypes', 'findPackageJSON', 'glob', 'globSync'],
  ...['mkdtempDisposableSync', 'getCallSites', 'diff', 'setTraceSigInt', 'postMessageToThread', 'locks'],
  ...['isMarkedAsUntransferable', 'argon2', 'argon2Sync', 'encapsulate', 'decapsulate'],
]);
/** Modules that came later. */
const newerModules = new Set(['node:sqlite', 'node:sea', 'node:ffi', 'node:quic']);
/** Of the language's library; each may stand behind a question whether it is there (`?.`, `typeof`), and is listed then. */
const newerNames =
  /\b(?:Promise\.try|RegExp\.escape|Array\.fromAsync|Error\.isError|Iterator\.(?:from|concat|prototype)|Math\.(?:sumPrecise|f16round)|Float16Array|Atomics\.pause)\b|new DisposableStack|new SuppressedError|\.(?:union|symmetricDifference|isSubsetOf|isSupersetOf|isDisjointFrom)\(|\.values\(\)\.(?:map|filter|toArray|some|every|find|take|drop|reduce|flatMap|forEach)\(|\bprocess\.execve\b|new (?:WebSocket|EventSource|CloseEvent)\(/g;

describe('what ships, on an older Node', () => {
  let folder: string;
  let sources: Map<string, string>;
  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'towline-older-'));
    await bundled(folder);
    const names = readdirSync(folder).filter(name => /\.m?js$/.test(name));
    sources = new Map(names.map(name => [name, readFileSync(path.join(folder, name), 'utf8')]));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  test("takes nothing of Node's modules that 20.19 has not got", () => {
    const found: string[] = [];
    for (const [file, source] of sources) {
      for (const [, names = '', from = ''] of source.matchAll(/import\s*\{([^{}]*)\}\s*from\s*"([^"]+)"/g)) {
        if (newerModules.has(from)) found.push(`${file}: ${from}`);
        const imported = names.split(',').map(name => name.trim().split(/\s/)[0] ?? '');
        const newer = imported.filter(name => newerExports.has(name) && !from.startsWith('.'));
        found.push(...newer.map(name => `${file}: ${name} of ${from}`));
      }
    }
    assert.deepEqual(found, []);
  });

  test('uses no name of the language that 20.19 has not got, but those that it brings', () => {
    const found = [...sources].flatMap(([file, source]) =>
      [...source.matchAll(newerNames)].map(([name]) => `${file}: ${name}`),
    );
    assert.deepEqual(found, []);
  });

  test('brings what is missing there, which does what the newer Node does', async () => {
    const missing = `delete Promise.withResolvers; delete Map.groupBy; delete Object.groupBy; delete URL.parse;
      delete globalThis.AsyncDisposableStack;`;
    const script = `${missing}${olderNode}
      ({ Promise, Map, Object, URL, AsyncDisposableStack: globalThis.AsyncDisposableStack });`;
    const old = runInNewContext(script, { URL: class extends URL {} });
    const { promise, resolve } = old.Promise.withResolvers();
    resolve(7);
    assert.equal(await promise, 7);
    const words = ['one', 'two', 'three'];
    const sizes = old.Map.groupBy(words, (word: string) => word.length);
    assert.equal(JSON.stringify([...sizes]), JSON.stringify([...Map.groupBy(words, word => word.length)]));
    assert.equal(
      JSON.stringify(old.Object.groupBy(words, (word: string) => word.length)),
      '{"3":["one","two"],"5":["three"]}',
    );
    assert.equal(old.URL.parse('no url'), null);
    assert.equal(old.URL.parse('/b', 'https://a').href, 'https://a/b');

    for (const Stack of [AsyncDisposableStack, old.AsyncDisposableStack]) {
      const done: string[] = [];
      const stack = new Stack();
      stack.defer(() => done.push('first'));
      stack.use({ [Symbol.asyncDispose]: async () => done.push('second') });
      assert.equal(stack.use(undefined), undefined);
      const moved = stack.move();
      moved.adopt('third', (value: string) => done.push(value));
      await stack.disposeAsync().catch(() => undefined);
      assert.equal(done.length, 0);
      await moved.disposeAsync();
      await moved.disposeAsync();
      assert.equal(`${done}`, 'third,second,first');
      const failing = new Stack();
      failing.defer(() => done.push('after the failure'));
      failing.defer(() => Promise.reject(new Error('cannot')));
      await assert.rejects(failing.disposeAsync(), /cannot/);
      assert.equal(done.at(-1), 'after the failure');
    }
  });
});
