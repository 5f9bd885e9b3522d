import assert from 'node:assert/strict';
import { test } from 'node:test';
import { maxStatusWeight, readDeviceReport } from '../../../core/telemetry/device-report.ts';
import { yamlWeight } from '../../../core/telemetry/yaml-weight.ts';
import { testDevice } from '../rig/gateway.ts';
import { refOf } from '../rig/push.ts';
import { StatusRig, statusFile } from './rig.ts';

const device = testDevice('pump-1');
/** As long as any status may be. */
const length = 64 * 1024;
const filled = (piece: string, before = '') =>
  (before + piece.repeat(Math.ceil(length / piece.length))).slice(0, length);

/** Half a second and more each, before they were weighed. */
const costly: Record<string, string> = {
  'ends of what did not begin': filled('}'),
  'lists in a list': filled('[],', '['),
  'lists in lists': filled('['),
  'maps in maps': filled('{a: '),
  'lists in lists by dashes': filled('- '),
  'keys of keys': filled('? '),
  'keys in one line': filled(': '),
  'a key in each line': Array.from({ length: 6000 }, (_, at) => `k${at}: 1`).join('\n'),
  'empty items': filled('- \n'),
  comments: filled('#\n'),
  aliases: filled('*a,', 'a: &a x\nb: ['),
  anchors: filled('k: &a 1\n'),
  tags: filled('! '),
  tabs: filled('\t\n'),
  'wrong escapes': filled('\\z', '"'),
  'many texts': filled('"a" '),
  'projects that are none': filled('- {app: a}\n', 'apiVersion: towline/v1\nprojects:\n'),
};

/** The longest beginning that is not too heavy. */
function lightest(text: string): string {
  let end = text.length;
  while (yamlWeight(Buffer.from(text.slice(0, end))) > maxStatusWeight) end = Math.floor(end * 0.98);
  return text.slice(0, end);
}

test('a status that is signed, and made to be costly to read, is read in no time or not at all', async () => {
  await using rig = await StatusRig.start([device]);
  const objects = new Map<string, Awaited<ReturnType<typeof rig.object>>>();
  const costOf = async (text: string) => {
    await rig.say(device, text);
    const tip = rig.gateway.service.telemetry.tip(refOf(device)) ?? '';
    const source = {
      read: async (id: string) => {
        const known = objects.get(id) ?? (await rig.object(id));
        objects.set(id, known);
        return known;
      },
    };
    const question = { source, tip, device: 'pump-1', fleet: 'test', sshKey: device.view.file.keys?.ssh };
    let best = Number.POSITIVE_INFINITY;
    let kind = '';
    for (let round = 0; round < 4; round += 1) {
      const start = process.threadCpuUsage();
      const said = await readDeviceReport(question);
      const { user, system } = process.threadCpuUsage(start);
      best = Math.min(best, (user + system) / 1000);
      kind = said.kind === 'said' ? said.kind : said.doubt;
    }
    return { best, kind };
  };
  for (const [name, text] of Object.entries(costly)) {
    const { best, kind } = await costOf(text);
    assert.equal(kind, 'unreadable', name);
    assert.ok(best < 50, `${name}: ${best} ms`);
    // As much of it as is read: some 30 ms where nothing else runs.
    const read = await costOf(lightest(text));
    assert.ok(read.best < 100, `${name}, short: ${read.best} ms`);
  }
});

test('the status of a device with two hundred services is shown', async () => {
  await using rig = await StatusRig.start([device]);
  const services = Array.from({ length: 10 }, (_, at) => ({
    name: `service-${at}`,
    state: 'running' as const,
    health: 'healthy' as const,
    restarts: 3,
  }));
  const projects = Array.from({ length: 20 }, (_, at) => ({
    app: `app-${at}`,
    project: `app-${at}`,
    release: '2026.07.01',
    state: 'healthy' as const,
    services,
  }));
  await rig.say(device, statusFile('pump-1', { projects }));
  await rig.run();
  assert.match(rig.row('pump-1'), /✅ unchanged/);
});
