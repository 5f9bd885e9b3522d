/** A push of a gateway's page of which git had no time to report: what it has done is what is told. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { OverlaySource } from '../../../core/change/overlay-source.ts';
import { createSystemClock } from '../../../core/io/system-clock.ts';
import type { AuditEvent } from '../../../gateway/admission/audit.ts';
import { FleetView } from '../../../gateway/fleet/fleet-view.ts';
import { FleetViewHolder } from '../../../gateway/fleet/fleet-view-holder.ts';
import { GitRunner } from '../../../gateway/git/git-runner.ts';
import type { PeopleGitRequest } from '../../../gateway/people/people-git.ts';
import { GatewayChanges } from '../../../gateway/portal/push-home.ts';
import type { Viewer } from '../../../portal/home/viewer.ts';
import { git, temporaryFolder } from '../../cli/towline.ts';
import { helperCommand } from '../../gateway/rig/gateway.ts';

const file = { apiVersion: 'towline/v1', sshKeys: [], git: { fleet: 'write' } } as const;
const viewer: Viewer & { readonly from: string } = {
  ...{ name: 'alice', by: 'passkey', from: '127.0.0.1', signal: new AbortController().signal },
  reads: () => true,
  readsAll: () => true,
  readsRepository: () => true,
  pushes: () => 'all',
  operator: undefined,
};

const view = () =>
  new FleetView({
    ...{ commit: 'a'.repeat(40), fleet: undefined, devices: [], desiredTunnel: () => undefined },
    operators: [{ name: 'alice', file: { ...file, sshKeys: [...file.sshKeys] } }],
  });

test('is taken where main is that very commit, and has moved where it is another', async () => {
  const folder = await temporaryFolder();
  const runner = new GitRunner({ maxProcesses: 1, maxQueued: 1, helperCommand });
  const audited: AuditEvent[] = [];
  const fleetGit = path.join(folder.path, 'fleet.git');
  await git(folder.path, 'init', '-q', '--bare', '-b', 'main', fleetGit);
  const tree = (await git(fleetGit, 'write-tree')).trim();
  const made: string[] = [];
  for (const name of ['base', 'ours', 'theirs'])
    made.push((await git(fleetGit, 'commit-tree', '-m', name, tree)).trim());
  const [base = '', ours = '', theirs = ''] = made;
  let does = async (): Promise<void> => undefined;
  const changes = await GatewayChanges.open({
    settings: { fleetGit, fleet: 'acme', upstream: undefined },
    main: { trusted: undefined, stopped: undefined, files: new Map() },
    // Killed before its report.
    git: {
      run: async ({ stream }: PeopleGitRequest) => {
        stream.resume();
        await does();
        return 128;
      },
    },
    runner,
    view: new FleetViewHolder(view()),
    audit: { write: event => audited.push(event) },
    objects: new OverlaySource({ read: async () => undefined }, []),
    portal: { origin: 'https://portal.acme.example' },
    log: { warn: () => undefined },
    clock: createSystemClock(),
  });
  const pushed = { viewer, ref: 'refs/heads/main', base, commit: ours, objects: [], what: 'Pause pump-1' };
  const { signal } = new AbortController();
  const answer = async (main: string) => {
    await git(fleetGit, 'update-ref', 'refs/heads/main', base);
    does = async () => {
      await git(fleetGit, 'update-ref', 'refs/heads/main', main);
    };
    return await changes.push(pushed, signal);
  };
  assert.equal((await answer(ours)).outcome, 'taken');
  assert.equal((await answer(theirs)).outcome, 'moved');
  await assert.rejects(() => answer(base), { code: 'CLI_PUSH_REFUSED' });
  const told = audited.filter(({ outcome }) => outcome !== 'allowed');
  assert.deepEqual(
    told.map(({ details, code }) => details?.taken ?? code),
    [true, false, 'CLI_PUSH_REFUSED'],
  );
  await runner.close();
  await folder.remove();
});
