/** A branch of a real repository, and what `towline review plan` says of it. */
import assert from 'node:assert/strict';
import { parseReview } from '../../../cli/review/read-document.ts';
import type { ReviewFile } from '../../../schemas/types.generated.ts';
import { addRelease, type TestFleet } from '../fleet.ts';
import { towline } from '../towline.ts';

export const [base, head] = ['refs/heads/main', 'refs/heads/change'];

/** On a branch, signed or not. */
export async function commit(fleet: TestFleet, message = 'A change'): Promise<void> {
  await fleet.git('add', '--all');
  await fleet.git('-c', 'core.hooksPath=/dev/null', 'commit', '-q', '-m', message);
}

export async function branch(fleet: TestFleet): Promise<void> {
  await fleet.git('checkout', '-q', '-b', 'change');
}

export async function plan(fleet: TestFleet, ...options: string[]) {
  const args = ['review', 'plan', '--repo', fleet.directory, '--base', base, '--head', head];
  return await towline([...args, ...options]);
}

export async function reviewed(fleet: TestFleet): Promise<ReviewFile> {
  const { code, output, errors } = await plan(fleet, '--json');
  assert.equal(code, 0, errors);
  return parseReview(Buffer.from(output));
}

export async function addDevices(fleet: TestFleet, count: number): Promise<void> {
  for (let at = 10; at < 10 + count; at += 1)
    await fleet.write(`devices/berlin/pump-${at}.yaml`, 'apiVersion: towline/v1\ngroups: [stable]\n');
}

/** `hello` 1.1.0 with other images, in a group. */
export async function release(fleet: TestFleet, group = 'stable'): Promise<void> {
  await addRelease(fleet, '1.1.0');
  const file = 'apps/hello/releases/1.1.0/release.yaml';
  await fleet.replace(file, '0'.repeat(64), '1'.repeat(64));
  await fleet.replace(`groups/${group}.yaml`, '1.0.0', '1.1.0');
}
