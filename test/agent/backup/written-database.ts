/** A real database that an app writes to without a pause, and what it has acknowledged. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { backupsOf } from '../../../agent/backup/backup-folder.ts';
import type { BackupSettings } from '../../../core/backup/settings.ts';
import type { DesiredProject } from '../../../core/desired/state.ts';
import { type Database, databaseContext } from '../../../lab/machine/database-image.ts';
import { makeProject } from '../../../lab/rig/desired.ts';
import type { DeviceRig } from '../../../lab/rig/device-rig.ts';
import { eventually } from '../../../lab/rig/eventually.ts';

/** Shell functions: the server starts and ends, a row is in or is not, all rows, another schema. */
const dialects: Readonly<Record<Database, string>> = {
  sqlite: `
sql() { sqlite3 -cmd '.timeout 5000' /data/db "$1"; }
begin() { :; }
create() { sql 'PRAGMA journal_mode=WAL; CREATE TABLE rows (n INTEGER PRIMARY KEY)' >/dev/null; }
end() { :; }
put() { sql "INSERT OR IGNORE INTO rows VALUES ($1)"; }
all() { sql 'SELECT n FROM rows ORDER BY n'; }
migrate() { sql 'ALTER TABLE rows RENAME TO entries; INSERT INTO entries VALUES (-1)'; }`,
  redis: `
begin() {
  redis-server --dir /data --appendonly yes --appendfsync always --save '' >/dev/null &
  server=$!
  until [ "$(redis-cli ping 2>/dev/null)" = PONG ]; do sleep 0.05; done
}
end() { redis-cli shutdown >/dev/null; wait $server; }
create() { redis-cli ZADD rows 0 0 >/dev/null; }
put() { [ "$(redis-cli EXISTS rows)" = 1 ] && case "$(redis-cli ZADD rows $1 $1)" in 0|1) ;; *) return 1 ;; esac; }
all() { redis-cli ZRANGE rows 1 -1; }
migrate() { redis-cli RENAME rows entries; redis-cli ZADD entries -1 -1; }`,
  postgres: `
sql() { psql -h /tmp -d postgres -qAt -v ON_ERROR_STOP=1 -c "$1"; }
begin() {
  [ -e /data/pg/PG_VERSION ] || initdb -D /data/pg -A trust --no-sync >/dev/null
  rm -f /data/pg/postmaster.pid
  pg_ctl -D /data/pg -w -l /tmp/log -o '-k /tmp -c listen_addresses= -c full_page_writes=on' start >/dev/null
}
create() { sql 'CREATE TABLE rows (n INTEGER PRIMARY KEY)'; }
end() { pg_ctl -D /data/pg -w -m fast stop >/dev/null; }
put() { sql "INSERT INTO rows VALUES ($1) ON CONFLICT DO NOTHING"; }
all() { sql 'SELECT n FROM rows ORDER BY n'; }
migrate() { sql 'ALTER TABLE rows RENAME TO entries; INSERT INTO entries VALUES (-1)'; }`,
};

/** Release 2 changes the schema, which release 1 cannot read, and ends with an error. */
const app = `
stop=0
trap 'stop=1' TERM INT
begin
if [ "$RELEASE" = 2 ]; then migrate; end; exit 1; fi
[ -e /data/made ] || { create && touch /data/made; }
touch /tmp/well
n=$(tail -n 1 /acks/acked 2>/dev/null || echo 0)
while [ $stop = 0 ]; do
  if [ -e /acks/hold ]; then all >/acks/rows.new && mv /acks/rows.new /acks/rows; sleep 0.1; continue; fi
  if put $((n + 1)); then n=$((n + 1)); echo $n >>/acks/acked; else sleep 0.1; fi
done
end`;

const patient = { interval: '500ms', timeout: '10s', retries: 100 };

export class WrittenDatabase {
  readonly #rig: DeviceRig;
  readonly #image: string;
  readonly #dialect: string;

  static async make(rig: DeviceRig, database: Database): Promise<WrittenDatabase> {
    const image = await rig.images.keptOf(`${database}:1`, databaseContext(database));
    return new WrittenDatabase(rig, image, dialects[database]);
  }

  private constructor(rig: DeviceRig, image: string, dialect: string) {
    this.#rig = rig;
    this.#image = image;
    this.#dialect = dialect;
  }

  release(number: 1 | 2, backup: Partial<BackupSettings>): DesiredProject {
    const volume = (source: string, target: string) =>
      ({ type: 'volume', source, target, volume: {} }) as const;
    return makeProject(this.#rig.project, {
      services: {
        app: {
          image: this.#image,
          command: ['/bin/sh', '-c', `${this.#dialect}\n${app}`],
          environment: { RELEASE: String(number) },
          stop_grace_period: '2m',
          healthcheck: { test: ['CMD', '/bin/test', '-e', '/tmp/well'], ...patient },
          volumes: ['data', 'acks', 'dump'].map(key => volume(key, `/${key}`)),
        },
      },
      volumes: { data: {}, acks: {}, dump: {} },
      update: { stablePeriodMs: 0, healthTimeoutMs: 120_000 },
      backup: { volumes: ['data'], onRollback: 'restore', ...backup },
    });
  }

  /** Rows whose writing the database has confirmed. */
  async acknowledged(): Promise<number[]> {
    return this.written('acked');
  }

  /** Until so many more are. */
  async goesOn(more: number): Promise<void> {
    const folder = await this.#folder();
    const before = numbers(folder, 'acked').length;
    await eventually(() => numbers(folder, 'acked').length >= before + more);
  }

  /** @returns the exit code of a command of the shell in the app's container */
  shell(script: string): Promise<number> {
    return this.#rig.exec(`${this.#rig.project}-app-1`, ['/bin/sh', '-c', `${this.#dialect}\n${script}`]);
  }

  /** Puts the dump that the newest backup has where the app finds it: `/acks/dump`. */
  async takeDump(): Promise<void> {
    const { project, room } = this.#rig;
    const [newest] = (await backupsOf(room.backupDirectory, project)).backups;
    assert.ok(newest !== undefined, 'there is a backup');
    const archive = path.join(room.backupDirectory, project, newest.id, 'dump.tar.zst');
    const { status, stdout, stderr } = spawnSync('tar', ['--zstd', '-xOf', archive, './dump']);
    assert.equal(status, 0, String(stderr));
    writeFileSync(path.join(await this.#folder(), 'dump'), stdout);
  }

  /** Numbers of lines that the app has written to `/acks/name`. */
  async written(name: string): Promise<number[]> {
    return numbers(await this.#folder(), name);
  }

  /** All that the database has, while nobody writes, and what is acknowledged by then. */
  async held(): Promise<{ rows: number[]; acknowledged: number[] }> {
    const folder = await this.#folder();
    const [hold, rows] = [path.join(folder, 'hold'), path.join(folder, 'rows')];
    rmSync(rows, { force: true });
    writeFileSync(hold, '');
    await eventually(() => existsSync(rows));
    const found = { rows: numbers(folder, 'rows'), acknowledged: numbers(folder, 'acked') };
    rmSync(hold);
    return found;
  }

  /** Of the volume with what is acknowledged, which is in no backup. */
  async #folder(): Promise<string> {
    const place = `/volumes/${this.#rig.project}_acks`;
    const volume = { method: 'GET', path: place } as const;
    return (await this.#rig.engine.call<{ Mountpoint: string }>(volume, this.#rig.signal)).Mountpoint;
  }
}

function numbers(folder: string, name: string): number[] {
  const file = path.join(folder, name);
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  return text.split('\n').slice(0, -1).map(Number);
}
