import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openFilesAllowed, openFilesNeeded } from '../../../gateway/limits/open-files.ts';
import { testDevice } from '../rig/gateway.ts';
import { deviceFile, GatewayProgram, TestFleet } from '../rig/program.ts';

const message = 'this process may open fewer files than its fleet needs: raise LimitNOFILE or ulimit -n';

test('GATEWAY_OPEN_FILES_FEW: a fleet larger than the open files of the process is told at the start and when it grows', async () => {
  const devices = Array.from({ length: 10 }, (_, index) => testDevice(`pump-${index}`));
  await using fleet = await TestFleet.make(devices);
  await fleet.init();
  const needed = openFilesNeeded(devices.length);
  {
    await using few = await GatewayProgram.start(fleet.config, false, needed - 1);
    const { code, allowed, devices: count, needed: said } = await few.line(message);
    assert.deepEqual([code, allowed, count, said], ['GATEWAY_OPEN_FILES_FEW', needed - 1, 10, needed]);
  }
  await using enough = await GatewayProgram.start(fleet.config, false, needed);
  assert.equal(
    enough.lines.some(line => line.code === 'GATEWAY_OPEN_FILES_FEW'),
    false,
  );
  const one = testDevice('pump-10');
  await fleet.repository.commit({
    signer: fleet.operator,
    files: { 'devices/pump-10.yaml': deviceFile(one) },
  });
  assert.equal((await fleet.push(enough)).code, 0);
  assert.equal((await enough.line(message)).devices, 11);
});

test('what the process may open is read from the kernel; where it cannot be known nothing is said', () => {
  const folder = mkdtempSync(join(tmpdir(), 'towline-limits-'));
  const read = (text: string) => {
    writeFileSync(join(folder, 'limits'), text);
    return openFilesAllowed(join(folder, 'limits'));
  };
  assert.equal(
    read('Max open files            1024                 524288               files     \n'),
    1024,
  );
  assert.equal(
    read('Max open files            unlimited            unlimited            files\n'),
    Number.POSITIVE_INFINITY,
  );
  assert.equal(read('garbage'), undefined);
  assert.equal(openFilesAllowed(join(folder, 'nothing')), undefined);
  assert.ok((openFilesAllowed() ?? 0) > 0);
  rmSync(folder, { recursive: true });
});
