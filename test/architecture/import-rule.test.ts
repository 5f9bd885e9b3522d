import assert from 'node:assert/strict';
import test from 'node:test';
import { importsOf } from '../../scripts/house/imports.ts';
import { violations } from './import-rule.ts';
import { sources } from './tree.ts';

const broken = (file: string, source: string) => violations(new Map([[file, source]]));

test('no file of this repository breaks the import rule', () => {
  const files = sources();
  assert.ok(files.size > 50, `only ${files.size} files were found`);
  assert.deepEqual(violations(files), []);
});

test('imports are found in every form: static, type, side effect, re-export, dynamic, over several lines', () => {
  const source = `
import type { A } from './a.ts';
import { type B, type C } from '../b.ts';
import { type D, e } from '../d.ts';
import './effect.ts';
export { f } from './f.ts';
export * from './g.ts';
import {
  h,
} from './h.ts';
const i = await import('./i.ts');
// import { j } from './j.ts';
/* import { k } from './k.ts'; */
`;
  const found = importsOf('core/plan/x.ts', source).map(
    ({ target, typeOnly }) => `${target}${typeOnly ? ' (type)' : ''}`,
  );
  assert.deepEqual(found, [
    'core/plan/a.ts (type)',
    'core/b.ts (type)',
    'core/d.ts',
    'core/plan/effect.ts',
    'core/plan/f.ts',
    'core/plan/g.ts',
    'core/plan/h.ts',
    'core/plan/i.ts',
  ]);
});

const forbidden: [string, string, string][] = [
  [
    'agent, gateway and cli do not import each other',
    'agent/trigger/loop.ts',
    "import { a } from '../../gateway/a.ts';",
  ],
  ['not even as types', 'cli/status/status.ts', "import type { A } from '../../agent/report/a.ts';"],
  ['core imports no program', 'core/plan/plan.ts', "import { a } from '../../cli/a.ts';"],
  ['schemas import nothing of ours', 'schemas/a.ts', "import { a } from '../core/errors.ts';"],
  ['programs import no script', 'agent/main.ts', "import { a } from '../scripts/machine/engine.ts';"],
  ['pure core touches no file', 'core/fleet/load.ts', "import { readFileSync } from 'node:fs';"],
  ['pure core touches no process', 'core/fleet/load.ts', "import { spawn } from 'node:child_process';"],
  ['pure core asks no clock', 'core/trust/walk.ts', 'const now = Date.now();'],
  ['pure core makes no date of now', 'core/trust/walk.ts', 'const now = new Date();'],
  ['pure core waits for nothing', 'core/trust/walk.ts', 'setTimeout(() => {}, 1);'],
  ['pure core takes no value of core/io', 'core/trust/walk.ts', "import { a } from '../io/durable-file.ts';"],
  ['pure core uses no client of the outside', 'core/compose/load/load.ts', "import Docker from 'dockerode';"],
  [
    'a room takes no value of an earlier room',
    'agent/apply/a.ts',
    "import { b } from '../runtime/runtime.ts';",
  ],
  ['a room knows no engine', 'agent/apply/a.ts', "import type { B } from '../runtime/engine/b.ts';"],
  [
    'nor does what runs the apps know of a later one',
    'agent/runtime/engine/a.ts',
    "import type { B } from '../../apply/b.ts';",
  ],
  ['a room knows nothing of a later one', 'agent/verify/a.ts', "import type { B } from '../apply/b.ts';"],
  ['a dynamic import counts too', 'agent/apply/a.ts', "await import('../source/b.ts');"],
];

for (const [name, file, source] of forbidden) {
  test(`the rule has teeth: ${name}`, () => {
    assert.equal(broken(file, source).length, 1, source);
  });
}

const permitted: [string, string][] = [
  ['agent/pass/reconcile.ts', "import { a } from '../apply/a.ts';"],
  ['agent/apply/a.ts', "import type { B } from '../runtime/runtime.ts';"],
  ['agent/apply/a.ts', "import type { TunnelController } from '../tunnel/controller.ts';"],
  ['core/io/file/durable-file.ts', "import { open } from 'node:fs/promises';"],
  ['core/trust/signature/signature.ts', "import { createHash } from 'node:crypto';"],
  ['core/trust/walk.ts', "import type { Clock } from '../io/clock.ts';"],
  ['core/trust/walk.ts', 'const at = new Date(timeSec * 1000);'],
  ['core/trust/walk.ts', '// Date.now() is not asked here'],
];

for (const [file, source] of permitted) {
  test(`the rule leaves alone: ${file}: ${source}`, () => {
    assert.deepEqual(broken(file, source), []);
  });
}
