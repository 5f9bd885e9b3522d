import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { GitCatFileSource } from '../../../core/io/git/git-object-source.ts';
import { ObjectReader } from '../../../core/trust/git/object-reader.ts';
import { emptyTree, formatTimestamp, timestampRef } from '../../../core/trust/timestamp.ts';
import { openAnchor } from '../../../core/trust/walk.ts';
import type { Signer } from '../../../lab/rig/keys.ts';
import { makePeople, makePolicedFleet, removePeople } from '../../rig/policed-fleet.ts';
import { git } from '../rig/gateway.ts';
import { ForgeRig } from './rig.ts';

test("the bot's newest timestamp comes from the forge; older, foreign and malformed ones and those of a time that has not come are left, and none is overwritten there", async () => {
  const now = Math.floor(Date.now() / 1000);
  const people = await makePeople();
  const { repository, anchor } = await makePolicedFleet(people, {}, now - 3600);
  await using rig = new ForgeRig();
  const programs = mkdtempSync(join(tmpdir(), 'towline-clock-'));
  const path = process.env.PATH;
  const keep = (answer: string): void =>
    writeFileSync(join(programs, 'timedatectl'), `#!/bin/sh\necho ${answer}\n`, { mode: 0o755 });
  process.env.PATH = `${programs}:${path}`;
  try {
    keep('yes');
    git(['fetch', '-q', repository.path, '+refs/heads/main:refs/heads/main'], { cwd: rig.fleetGit });
    await using source = new GitCatFileSource(rig.fleetGit);
    const trusted = await openAnchor(new ObjectReader(source), anchor);
    const service = await rig.open({ url: repository.path, pushStatus: true }, trusted);
    await repository.store('tree', '');
    const stamp = async (signer: Signer, timeSec: number, message?: string): Promise<string> => {
      const time = `${timeSec} +0000`;
      const id = await repository.git(['commit-tree', '-S', emptyTree], {
        config: signer.gitConfig,
        environment: { ...signer.environment, GIT_AUTHOR_DATE: time, GIT_COMMITTER_DATE: time },
        input: message ?? formatTimestamp({ fleet: 'acme', head: anchor, timeSec }),
      });
      await repository.git(['update-ref', timestampRef, id]);
      return id;
    };
    const served = () => rig.head(rig.fleetGit, timestampRef);
    const look = async () => {
      const state = await rig.look(service);
      assert.equal(state.trouble, undefined, state.trouble?.message);
      assert.equal(state.pushTrouble, undefined, state.pushTrouble?.message);
    };

    const first = await stamp(people.bot, now - 100);
    await look();
    assert.equal(served(), first);
    const second = await stamp(people.bot, now - 50);
    await look();
    assert.equal(served(), second);
    const bad = [
      await stamp(people.bot, Date.UTC(2099, 0) / 1000),
      await stamp(people.bot, now - 100),
      await stamp(people.mallory, now),
      await stamp(people.bot, now, 'hello\n'),
      await repository.head(),
    ];
    for (const id of bad) {
      await repository.git(['update-ref', timestampRef, id]);
      await look();
      assert.equal(served(), second);
      assert.equal(rig.head(repository.path, timestampRef), id);
    }
    // Where nobody keeps the clock it is taken; once somebody does, it does not stay for ever.
    keep('no');
    const ahead = await stamp(people.bot, Date.UTC(2099, 1) / 1000);
    await look();
    assert.equal(served(), ahead);
    keep('yes');
    const last = await stamp(people.bot, now);
    await look();
    assert.equal(served(), last);
  } finally {
    process.env.PATH = path;
    rmSync(programs, { recursive: true });
    await repository.remove();
    await removePeople(people);
  }
});
