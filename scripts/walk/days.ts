/** What comes after the first day: a second release, a broken one, going back. */
import { healthy, saysOf } from './first-fleet.ts';
import { Page } from './page.ts';
import { telemetryUrl } from './real-machines.ts';
import type { Seat } from './seat.ts';

const operatorGuide = new Page('docs/guides/operator.md');
const rolledBack = new Page('docs/guides/rolled-back.md');

const release = operatorGuide.block('A release', 'towline release hello 1.1.0');
const looks = operatorGuide.block('How it goes', 'towline status --telemetry');
const goBack = rolledBack.line('git revert --no-edit HEAD && git push');

export interface Day {
  readonly alice: Seat;
  /** Somebody at the device. */
  readonly installer: Seat;
}

export const says = saysOf('pump-17', telemetryUrl);

/** The device reports this release as running. */
export async function runs({ alice, installer }: Day, version: string): Promise<void> {
  await installer.types('towline agent now');
  await alice.until(says, healthy(version));
  await installer.until(
    'docker ps --format "{{.Names}} {{.Image}}"',
    /hello-web-1[\s\S]*hello-worker-1|hello-worker-1[\s\S]*hello-web-1/,
  );
}

export async function secondRelease(day: Day): Promise<void> {
  await day.alice.does(release);
  await runs(day, '1.1.0');
}

/** One whose web never becomes healthy: the device goes back by itself, and says why. */
export async function brokenRelease({ alice, installer }: Day): Promise<void> {
  await alice.does(release, {
    words: { '1.1.0': '1.2.0', 'hello 1.1.0': 'hello 1.2.0' },
  });
  await installer.types('towline agent now');
  await alice.until(says, /^outcome: rolled-back/m);
  await alice.does(looks);
  await installer.until('docker exec hello-web-1 cat /www/version', /^1\.1\.0/);
}

export async function goingBack(day: Day): Promise<void> {
  await day.alice.does(goBack);
  await day.installer.types('towline agent now');
  await day.alice.until(says, /(?=[\s\S]*outcome: (?:unchanged|applied))(?=[\s\S]*release: 1\.1\.0)/);
}
