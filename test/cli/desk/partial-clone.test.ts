/** A clone made with --filter whose objects cannot be fetched is told so; one with all that is needed works. */
import assert from 'node:assert/strict';
import { rename } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { makeFleet } from '../fleet.ts';
import { git, towline } from '../towline.ts';

test('a partial clone is called that, with what completes it', async () => {
  await using fleet = await makeFleet();
  const origin = path.join(fleet.folder, 'origin.git');
  const clone = path.join(fleet.folder, 'clone');
  await git(fleet.folder, 'clone', '-q', '--bare', fleet.directory, origin);
  await git(origin, 'config', 'uploadpack.allowFilter', 'true');
  await git(origin, 'config', 'uploadpack.allowAnySHA1InWant', 'true');
  await git(fleet.folder, 'clone', '-q', '--no-checkout', '--filter=blob:none', `file://${origin}`, clone);
  await rename(origin, `${origin}.away`);
  const told = await towline(['validate', clone]);
  assert.match(told.errors, /^(?:GIT_PARTIAL_CLONE|TRUST_OBJECT_MISSING) /);
  assert.match(told.errors, /git fetch --refetch --no-filter origin/);
  assert.doesNotMatch(told.errors, /SHA-256/);
  await rename(`${origin}.away`, origin);
  await git(clone, 'fetch', '-q', '--refetch', '--no-filter', 'origin');
  await rename(origin, `${origin}.away`);
  const complete = await towline(['validate', clone]);
  assert.equal(complete.code, 0, complete.errors);
});
