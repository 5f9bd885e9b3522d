import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describe, isStale } from '../../../../agent/apply/failure.ts';
import { namedIfFull, namedIfStale } from '../../../../agent/runtime/engine/refusals.ts';
import { TowlineError } from '../../../../core/errors.ts';

const refused = (status: number, message: string) =>
  new TowlineError('ENGINE_REFUSED', message, { details: { status } });
const notStarted = (message: string) => new TowlineError('ENGINE_START_FAILED', message);

for (const error of [
  refused(404, 'No such container: 12ab'),
  refused(409, 'Conflict. The container name "/web-app-1" is already in use by container "12ab"'),
  refused(403, 'endpoint with name web-app-1 already exists in network web_default'),
  refused(403, 'error while removing network: network web_default id 12ab has active endpoints'),
  notStarted('app does not start: network web_default is ambiguous (2 matches found on name)'),
  notStarted('app does not start: No such container: 12ab'),
]) {
  test(`a refusal that a new snapshot may mend is stale, and told as what it was: ${error.message}`, () => {
    const named = namedIfStale(error);
    assert.ok(isStale(named));
    assert.deepEqual([named.cause, named.message], [error, error.message]);
    assert.deepEqual(describe(named), { code: error.code, message: error.message });
  });
}

for (const error of [
  refused(400, 'invalid reference format'),
  refused(403, 'container rootfs is marked read-only'),
  refused(500, 'driver failed programming external connectivity'),
  notStarted('app does not start: exec: "/nothing": no such file or directory'),
  new TowlineError('ENGINE_UNREACHABLE', 'the engine does not answer (ECONNREFUSED)'),
  new Error('No such container'),
]) {
  test(`anything else stays what it is: ${error.message}`, () => {
    assert.equal(namedIfStale(error), error);
    assert.equal(isStale(error), false);
  });
}

const full = 'write /var/lib/docker/containers/12ab/hosts: no space left on device';

for (const error of [refused(500, full), notStarted(`app does not start: ${full}`)]) {
  test(`a full disk says nothing against what was to start: ${error.code}`, () => {
    const named = namedIfFull(error);
    assert.deepEqual(describe(named), { code: 'ENGINE_DISK_FULL', message: error.message });
  });
}

for (const error of [
  new Error(full),
  new TowlineError('ENGINE_HOOK_FAILED', full),
  refused(500, 'no such file'),
]) {
  test(`nor is anything else taken for one: ${error.message}`, () => {
    assert.equal(namedIfFull(error), error);
  });
}
