import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { command } from './rig/program.ts';

const hook = `import { registerHooks } from 'node:module';
registerHooks({ resolve: (name, context, next) => (/^simple-git$|\\/served\\/portal\\.ts$/.test(name) && console.log('loaded'), next(name, context)) });`;

/** What a program says when it imports this file of the gateway: `loaded` when simple-git, or the portal, is among it. */
async function importing(file: string): Promise<string> {
  const program = `await import(${JSON.stringify(join(import.meta.dirname, '../../gateway', file))});`;
  const { code, stdout, stderr } = await command(process.execPath, [
    ...[
      '--disable-warning=ExperimentalWarning',
      '--import',
      `data:text/javascript,${encodeURIComponent(hook)}`,
    ],
    ...['--input-type=module', '--eval', program],
  ]);
  assert.equal(code, 0, stderr);
  return stdout.trim();
}

test('simple-git is loaded by what mirrors a forge, and not by a gateway without one', async () => {
  assert.equal(await importing('upstream/upstream-service.ts'), 'loaded');
  assert.equal(await importing('run-gateway.ts'), '');
});

test('the portal is loaded by its part of the gateway, and not by a gateway without one', async () => {
  assert.equal(await importing('portal/portal-part.ts'), 'loaded');
});
