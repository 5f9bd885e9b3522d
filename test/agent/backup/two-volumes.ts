/** An app with two volumes that must go together, which notes with what data it starts; looked at from outside. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, renameSync, rmdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { backupsOf } from '../../../agent/backup/backup-folder.ts';
import type { DesiredProject } from '../../../core/desired/state.ts';
import { label } from '../../../core/plan/container/labels.ts';
import { makeDesired, makeProject } from '../../../lab/rig/desired.ts';
import type { DeviceRig } from '../../../lab/rig/device-rig.ts';

const keys = ['data', 'more'] as const;
/** What it starts with is noted, then it does what the release does. */
const starts = 'read a </data/row; read b </more/row; echo "$a $b" >>/seen/starts';

export interface ReleaseOptions {
  readonly backup?: Partial<NonNullable<DesiredProject['backup']>>;
  /** It spoils the data, and is never healthy. */
  readonly spoils?: boolean;
}

export class TwoVolumes {
  readonly #rig: DeviceRig;
  readonly #image: string;

  constructor(rig: DeviceRig, image: string) {
    this.#rig = rig;
    this.#image = image;
  }

  release(number: string, { backup = {}, spoils = false }: ReleaseOptions = {}): DesiredProject {
    const volume = (source: string) => ({
      type: 'volume' as const,
      source,
      target: `/${source}`,
      volume: {},
    });
    const spoil = spoils ? '; echo spoilt >/data/row; echo spoilt >/more/row' : '';
    const made = makeProject(this.#rig.project, {
      services: {
        app: {
          image: this.#image,
          environment: { RELEASE: number },
          command: ['/bin/sh', '-c', `${starts}${spoil}; while :; do sleep 1; done`],
          init: true,
          restart: 'always',
          stop_grace_period: '1s',
          volumes: [...keys, 'seen'].map(volume),
          ...(spoils
            ? { healthcheck: { test: ['CMD', '/bin/sh', '-c', 'exit 1'], interval: '200ms', retries: 1 } }
            : {}),
        },
      },
      volumes: { data: {}, more: {}, seen: {} },
      update: { stablePeriodMs: 0, healthTimeoutMs: 20_000 },
      backup: { volumes: [...keys], ...backup },
    });
    return { ...made, release: number };
  }

  /** A volume is exchanged by moving this folder. */
  async place(key: string): Promise<string> {
    const at = `/volumes/${this.#rig.project}_${key}`;
    const { Mountpoint } = await this.#rig.engine.call<{ Mountpoint: string }>(
      { method: 'GET', path: at },
      this.#rig.signal,
    );
    return Mountpoint;
  }

  /** As the app would write. */
  async write(row: string): Promise<void> {
    for (const key of keys) writeFileSync(path.join(await this.place(key), 'row'), `${row}\n`);
  }

  /** Of each volume, or `-` where the folder is not there at this moment. */
  async rows(): Promise<string[]> {
    const rows: string[] = [];
    for (const key of keys) {
      const place = await this.place(key);
      rows.push(existsSync(place) ? readFileSync(path.join(place, 'row'), 'utf8').trim() : '-');
    }
    return rows;
  }

  /** With what it has started since this was asked last: each time `data more`. */
  async starts(): Promise<string[]> {
    const file = path.join(await this.place('seen'), 'starts');
    const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').filter(Boolean) : [];
    writeFileSync(file, '');
    return lines;
  }

  /** Release 1 with a row `one`, kept before release 2, which has made it `two`. @returns the backup's id */
  async twoReleases(): Promise<string> {
    await this.#rig.pass([this.release('1')]);
    await this.write('one');
    const { outcome } = await this.#rig.pass([this.release('2')]);
    assert.equal(outcome.outcome, 'applied', JSON.stringify(outcome));
    await this.write('two');
    await this.starts();
    const { backups } = await backupsOf(this.#rig.room.backupDirectory, this.#rig.project);
    const [{ id = '' } = {}] = backups;
    assert.notEqual(id, '');
    return id;
  }

  asked(number: string, backup: string): DesiredProject {
    return { ...this.release(number), restore: { backup, migrate: true } };
  }

  /** As the helper does it, up to so many renames. */
  async exchangeByHand(renames: number): Promise<void> {
    const note = await this.#rig.store.restores.of(this.#rig.project);
    assert.ok(note !== undefined && note !== 'damaged' && note.phase === 'unpacked');
    let left = renames;
    for (const [index, { aside, fresh }] of note.volumes.entries()) {
      const volume = await this.place(keys[index] ?? '');
      const of = (name: string) => path.join(path.dirname(path.dirname(volume)), name, '_data');
      const moves = [
        [volume, of(aside)],
        [of(fresh), volume],
      ] as const;
      for (const [from, to] of moves) {
        if (left-- <= 0) return;
        if (existsSync(to)) rmdirSync(to);
        renameSync(from, to);
      }
    }
  }

  /** What an engine does when it comes up: it starts what it may start by itself, whoever has stopped it. */
  async comeUp(): Promise<void> {
    for (const { Id, Labels } of await this.#rig.containers()) {
      if (Labels?.[label.helper] !== undefined) continue;
      const { HostConfig } = await this.#rig.inspect(Id);
      // One whose volume has no folder does not start.
      if (HostConfig.RestartPolicy?.Name === 'always')
        await this.#rig.post(`/containers/${Id}/start`).catch(() => undefined);
    }
  }

  /** Nothing is left to do, nothing lies beside, nobody helps, it runs as it is meant to. */
  async assertSettled(project: DesiredProject, row: string, when: string): Promise<void> {
    const rig = this.#rig;
    assert.deepEqual(await this.rows(), [row, row], when);
    const { steps } = await rig.plan([project]);
    assert.deepEqual(
      steps.map(({ kind }) => kind),
      [],
      when,
    );
    const { State, HostConfig } = await rig.inspect(`${rig.project}-app-1`);
    assert.deepEqual([State.Status, HostConfig.RestartPolicy?.Name], ['running', 'always'], when);
    await rig.runtime().observe(makeDesired(rig.device, [project]), rig.signal);
    const names = (await rig.containers()).map(({ Labels }) => Labels?.[label.helper] ?? '');
    assert.deepEqual(names, [''], when);
    assert.deepEqual((await rig.observe([rig.project])).beside ?? [], [], when);
    assert.equal(await rig.store.restores.of(rig.project), undefined, when);
  }
}
