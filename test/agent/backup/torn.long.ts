/** A file that is written to while it is read: half of a transaction. It writes as fast as it can. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { databaseContext } from '../../../lab/machine/database-image.ts';
import { makeProject } from '../../../lab/rig/desired.ts';
import { DeviceRig } from '../../../lab/rig/device-rig.ts';

/**
 * Two accounts at both ends of one file, of which one is debited and the other credited in the same transaction. What ran
 * before and is put back says what it finds: whole is 0.
 */
const accounts = `
sql() { sqlite3 -cmd '.timeout 5000' /data/db "$1"; }
trap 'exit 0' TERM INT
if [ "$RELEASE" = 2 ]; then exit 1; fi
if [ -e /data/made ]; then
  if [ "$(sql 'SELECT (SELECT n FROM front) + (SELECT n FROM rear)' 2>&1)" = 0 ]; then echo 1; else echo 0; fi >/acks/whole
  touch /tmp/well
  while :; do sleep 1 & wait $!; done
fi
sql 'CREATE TABLE front (n INTEGER); INSERT INTO front VALUES (0); CREATE TABLE filling (bytes BLOB);
  WITH RECURSIVE many (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM many WHERE n < 48)
  INSERT INTO filling SELECT randomblob(1000000) FROM many;
  CREATE TABLE rear (n INTEGER); INSERT INTO rear VALUES (0)'
touch /data/made /tmp/well
while :; do echo 'BEGIN; UPDATE front SET n = n - 1; UPDATE rear SET n = n + 1; COMMIT;'; sleep 0.005; done |
  sqlite3 -cmd 'PRAGMA synchronous=OFF' /data/db &
wait $!`;

test('SQLite: what `live` keeps while somebody writes is torn, and what `stop` keeps is whole', async () => {
  for (const mode of ['live', 'stop'] as const) {
    await using rig = await DeviceRig.start();
    const image = await rig.images.keptOf('sqlite:1', databaseContext('sqlite'));
    const volume = (key: string) => ({ type: 'volume', source: key, target: `/${key}`, volume: {} }) as const;
    const release = (number: 1 | 2) =>
      makeProject(rig.project, {
        services: {
          app: {
            image,
            command: ['/bin/sh', '-c', accounts],
            environment: { RELEASE: String(number) },
            healthcheck: { test: ['CMD', '/bin/test', '-e', '/tmp/well'], interval: '500ms', retries: 100 },
            volumes: [volume('data'), volume('acks')],
          },
        },
        volumes: { data: {}, acks: {} },
        update: { stablePeriodMs: 0, healthTimeoutMs: 60_000 },
        backup: { volumes: ['data'], mode, onRollback: 'restore' },
      });
    const first = await rig.pass([release(1)]);
    assert.equal(first.outcome.outcome, 'applied', JSON.stringify(first.outcome));
    const { outcome } = await rig.pass([release(2)]);
    assert.equal(outcome.outcome, 'rolled-back', JSON.stringify(outcome));
    const isWhole = mode === 'stop' ? 1 : 0;
    const script = `read whole </acks/whole; [ "$whole" = ${isWhole} ]`;
    assert.equal(await rig.exec(`${rig.project}-app-1`, ['/bin/sh', '-c', script]), 0, mode);
  }
});
