/** docs/guides/network.md: its ports are those of the programs, its options those of the verbs. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { makeProgram } from '../../../cli/program.ts';
import { gatewayListens } from '../../../core/firewall/gateway-facts.ts';
import { readFleetFile } from '../../../core/fleet/read-file.ts';
import { gatewaySettings } from '../../../gateway/settings.ts';
import { forbidden, forbiddenBetween } from './tries.ts';

const page = readFileSync(path.resolve(import.meta.dirname, '../../../docs/guides/network.md'), 'utf8');

test('the ports of the page and of the rules are those that a gateway has by default', () => {
  const { listen } = gatewaySettings({ apiVersion: 'towline/v1', fleet: 'acme', anchor: '0'.repeat(40) });
  for (const name of ['devices', 'people', 'internal'] as const) {
    const { host, port } = listen[name];
    assert.equal(gatewayListens[name], `${host}:${port}`);
    assert.match(page, new RegExp(`^\\| gateway \\| ${port}/tcp \\| \`listen\\.${name}\` \\|`, 'm'));
  }
});

test('the egress that the page shows is taken, and the count of tries is the one of the tests', () => {
  const [, text = ''] = /```yaml\n([\s\S]*?)```/.exec(page) ?? [];
  assert.ok(Array.isArray(parse(text).egress));
  const { problems } = readFleetFile(
    'app',
    'apps/a/app.yaml',
    Buffer.from(`apiVersion: towline/v1\n${text}`),
  );
  assert.deepEqual(problems, []);
  assert.ok(page.includes(` ${forbidden.length + forbiddenBetween.length} other connections`));
});

test('the options that the page types are there', async () => {
  const program = await makeProgram({ quiet: true, words: ['firewall', 'device'] });
  const firewall = program.commands.find(command => command.name() === 'firewall');
  const known = (firewall?.commands ?? []).flatMap(({ options }) => options.map(({ long }) => long));
  const typed = page.match(/(?<=\btowline firewall [^\n`]*|`)--[a-z-]+/g) ?? [];
  assert.ok(typed.length > 10);
  assert.deepEqual(
    typed.filter(option => !known.includes(option)),
    [],
  );
});
