/** The page of verbs that look, typed line by line. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { makeRepository } from '../../../lab/rig/fleet-repository.ts';
import { addRelease, makeReleasedFleet, type TestFleet } from '../fleet.ts';
import { addKeys, report, type Telemetry } from '../status/reports.ts';
import { towline } from '../towline.ts';

/** Typed elsewhere, where there is a gateway, a device. */
const elsewhere = /^towline (?:now|agent|gateway) /;

let fleet: TestFleet;
let telemetry: Telemetry;
before(async () => {
  fleet = await makeReleasedFleet();
  const [key] = await addKeys(fleet);
  await fleet.write('apps/hello/config/more.conf', 'more\n');
  await addRelease(fleet, '1.1.0');
  await fleet.replace('groups/canary.yaml', 'release: 1.0.0', 'release: 1.1.0');
  await fleet.replace('groups/stable.yaml', 'release: 1.0.0', 'release: 1.1.0');
  await fleet.git('add', '.');
  await fleet.git('commit', '-qm', 'hello 1.1.0 for all');
  telemetry = await makeRepository();
  await report(telemetry, 'pump-1', key, { trusted: { commit: await fleet.git('rev-parse', 'HEAD') } });
  await fleet.git('config', 'towline.telemetry', telemetry.path);
});
after(async () => {
  await telemetry.remove();
  await fleet[Symbol.asyncDispose]();
});

const page = readFileSync(path.join(import.meta.dirname, '../../../docs/guides/looking.md'), 'utf8');
const lines = [...page.matchAll(/^```sh\n(.*?)^```/gms)].flatMap(([, text = '']) => text.trim().split('\n'));

/** What is said of it; of others that they end well. */
const says: Readonly<Record<string, RegExp>> = {
  'towline status': /^pump-1 +applied /m,
  'towline status --group-by label:site': /^berlin: 2 devices, /m,
  'towline diff HEAD~1 HEAD': / {2}hello: release 1\.0\.0 → 1\.1\.0$/m,
  'towline history pump-1': /^ {2}the device said: applied, /m,
  'towline release list': /^hello +1\.1\.0 .* 3 /m,
  'towline release show hello 1.1.0': /^assigned +3 devices /m,
  'towline release diff hello 1.0.0 1.1.0': /^ {2}config\/more\.conf: added$/m,
};

for (const line of lines.filter(one => !elsewhere.test(one))) {
  test(line, async () => {
    const { code, output, errors } = await towline(line.split(' ').slice(1), {}, fleet.directory);
    // No gateway answers here, and doctor finds that.
    assert.equal(code, line.startsWith('towline doctor') ? 2 : 0, output + errors);
    assert.match(output, says[line] ?? /./);
  });
}
