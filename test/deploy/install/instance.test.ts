import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

const unit = (name: string): string =>
  readFileSync(path.join(import.meta.dirname, '../../../deploy/systemd', name), 'utf8').replace(
    /^(#.*\n)+/,
    '',
  );

test('the unit of another agent on the machine differs in its configuration and folders, and in nothing else', () => {
  const own = unit('towline-agent.service')
    .replaceAll('Description=Towline agent\n', 'Description=Towline agent %i\n')
    .replaceAll('/etc/towline/agent.yaml', '/etc/towline/%i.yaml')
    .replaceAll('StateDirectory=towline\n', 'StateDirectory=towline-%i\n')
    .replaceAll(
      'RuntimeDirectory=towline towline-logins\n',
      'RuntimeDirectory=towline-%i towline-%i-logins\n',
    );
  assert.equal(unit('towline-agent@.service'), own);
  assert.ok((own.match(/%i/g)?.length ?? 0) >= 6);
});
