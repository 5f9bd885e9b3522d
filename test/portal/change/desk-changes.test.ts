import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, describe, test } from 'node:test';
import { DeskViewer } from '../../../cli/portal/desk-viewer.ts';
import type { Intent } from '../../../portal/api/types.generated.ts';
import { git } from '../../cli/towline.ts';
import { changeDesk } from './change-desk.ts';

const { signal } = new AbortController();
/** Words of a command line, as a shell takes them apart. */
const wordsOf = (command: string): string[] =>
  [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
/** Lines of a diff that say what changes. */
const changed = (diff: string) => diff.split('\n').filter(line => /^[+-](?![+-]{2} )/.test(line));

describe('a change from the page at a desk', () => {
  const ready = changeDesk();
  after(async () => (await ready)[Symbol.asyncDispose]());

  test('is the very change that its command makes: files, lines, and the plan of the planner', async () => {
    const { desk, room, viewer } = await ready;
    const intents: Intent[] = [
      { intent: 'pause-device', devices: ['pump-1', 'pump-3'] },
      { intent: 'pause-device', devices: ['pump-2'], app: 'hello' },
      { intent: 'open-tunnel', device: 'pump-1', for: '2h', reason: "alice's INC-42" },
      { intent: 'assign-release', app: 'hello', release: '1.1.0', group: 'canary' },
      { intent: 'assign-release', app: 'hello', release: '1.1.0', device: 'pump-4' },
      { intent: 'pin', device: 'pump-2', app: 'hello', release: '1.0.0', reason: 'a test' },
    ];
    for (const intent of intents) {
      const found = await room.propose(viewer, intent, signal);
      assert.equal(found.state, 'shown');
      const [, ...words] = wordsOf(found.command);
      const shown = JSON.parse(
        await desk.says(...words, '--yes', '--dry-run', '--json').catch(async () => {
          // The verb of tunnels has no --dry-run: what it pushes is looked at.
          return JSON.stringify({ files: found.files.map(({ path }) => path) });
        }),
      );
      assert.deepEqual(
        found.files.map(({ path }) => path),
        shown.files,
        found.command,
      );
      if (shown.diff === undefined) continue;
      assert.deepEqual(
        found.files.flatMap(({ diff }) => changed(diff)),
        changed(shown.diff),
        found.command,
      );
    }
    const [, , , assign] = intents;
    assert.ok(assign !== undefined);
    const found = await room.propose(viewer, assign, signal);
    assert.deepEqual(
      found.devices.plans.map(({ device }) => device),
      ['pump-1', 'pump-2'],
    );
    await desk.says('assign', 'hello', '1.1.0', '--group', 'canary', '--worktree', '--yes');
    for (const { device, plan, lines } of found.devices.plans) {
      const args = ['plan', device, '--worktree', '--base', 'HEAD', '--telemetry', desk.telemetry];
      const { plans } = JSON.parse(await desk.says(...args, '--json'));
      assert.deepEqual(JSON.parse(JSON.stringify({ ...plan, against: '' })), { ...plans[0], against: '' });
      const printed = (await desk.says(...args))
        .split('\n')
        .slice(4)
        .map(line => line.trim());
      assert.deepEqual(
        lines.slice(1).map(line => line.trim()),
        printed.filter(line => line !== ''),
      );
    }
    await desk.fleet.git('checkout', '-q', '.');
  });

  test('is signed by the person’s own key once they said yes: the shown bytes, and nothing else, are on main', async () => {
    const { desk, room, viewer, asked, home } = await ready;
    const found = await room.propose(viewer, { intent: 'pause-device', devices: ['pump-5'] }, signal);
    assert.deepEqual(found.needs.length, 1);
    assert.equal(found.ways.find(({ way }) => way === 'local')?.open, true);
    const done = await room.sign(viewer, found.id, { way: 'local' }, signal);
    const text = asked.at(-1) ?? '';
    assert.match(text, /Pause pump-5/);
    assert.ok(text.includes(found.fingerprint), 'what the terminal shows is what the page shows');
    assert.match(text, /devices\/.*pump-5\.yaml/);
    assert.ok(['pushed', 'trusted', 'done'].includes(done.state), done.state);
    assert.equal(done.signed, (await desk.head()).trim());
    const raw = await git(desk.origin, 'cat-file', 'commit', 'main');
    const unsigned = raw.replace(/^gpgsig [\s\S]*?\n(?! )/m, '');
    const bytes = Buffer.from(`${unsigned.trimEnd()}\n`);
    const hash = createHash('sha1').update(`commit ${bytes.length}\0`).update(bytes).digest('hex');
    assert.equal(hash, found.commit);
    assert.equal(home.fleet.current?.commit, done.signed, 'the page knows main of now at once');
    await desk.reports('pump-5', '1.0.0');
    const later = await room.get(viewer, found.id, signal);
    assert.deepEqual(later.progress?.map(({ step }) => step).slice(0, 2), ['pushed', 'trusted']);
  });

  test('to which they say no, or nothing, is not signed, and may be asked for again', async () => {
    const state = await ready;
    const { desk, room, viewer } = state;
    const before = await desk.head();
    const found = await room.propose(viewer, { intent: 'pause-device', devices: ['pump-1'] }, signal);
    for (const answer of ['n', '', undefined, 'yo']) {
      state.answer = () => answer;
      await assert.rejects(room.sign(viewer, found.id, { way: 'local' }, signal), {
        code: 'PORTAL_NOT_SIGNED',
      });
    }
    state.answer = () => 'y';
    assert.equal(await desk.head(), before);
    assert.equal((await room.get(viewer, found.id, signal)).state, 'shown');
    room.drop(viewer, found.id);
    await assert.rejects(room.get(viewer, found.id, signal), { code: 'PORTAL_NOT_FOUND' });
  });

  test('is shown anew, and signed again, where main has moved between showing and signing', async () => {
    const { desk, room, viewer, asked } = await ready;
    const found = await room.propose(viewer, { intent: 'pause-device', devices: ['pump-3'] }, signal);
    await desk.commits({ 'docs/note.md': 'somebody was first\n' });
    const questions = asked.length;
    const moved = await room.sign(viewer, found.id, { way: 'local' }, signal);
    assert.equal(moved.state, 'moved');
    assert.equal(asked.length, questions, 'nobody was asked to sign what was not shown');
    const next = await room.get(viewer, moved.successor ?? '', signal);
    assert.notEqual(next.commit, found.commit);
    assert.equal(next.base, (await desk.head()).trim());
    const done = await room.sign(viewer, next.id, { way: 'local' }, signal);
    assert.equal(done.signed, (await desk.head()).trim());
  });

  test('that main moves under while the person is asked is made anew, too, and theirs is not lost', async () => {
    const state = await ready;
    const { desk, room, viewer } = state;
    const found = await room.propose(viewer, { intent: 'resume-device', devices: ['pump-3'] }, signal);
    state.answer = async () => {
      await desk.commits({ 'docs/note.md': 'somebody was first again\n' });
      return 'y';
    };
    const moved = await room.sign(viewer, found.id, { way: 'local' }, signal);
    state.answer = () => 'y';
    assert.equal(moved.state, 'moved');
    assert.equal((await desk.atMain('docs/note.md')).trim(), 'somebody was first again');
    const done = await room.sign(viewer, moved.successor ?? '', { way: 'local' }, signal);
    assert.equal(done.signed, (await desk.head()).trim());
  });

  test('is signed once, however many tabs ask at the same time', async () => {
    const state = await ready;
    const { room, viewer, desk } = state;
    const found = await room.propose(viewer, { intent: 'pause-device', devices: ['pump-2'] }, signal);
    const tries = await Promise.allSettled(
      [1, 2, 3].map(() => room.sign(viewer, found.id, { way: 'local' }, signal)),
    );
    assert.equal(tries.filter(({ status }) => status === 'fulfilled').length, 1);
    for (const tried of tries)
      if (tried.status === 'rejected') assert.equal(tried.reason.code, 'PORTAL_CHANGE_STATE');
    const subject = await git(desk.origin, 'log', '-2', '--format=%s', 'main');
    assert.equal(subject.split('\n').filter(line => line === 'Pause pump-2').length, 1);
    await assert.rejects(room.sign(viewer, found.id, { way: 'local' }, signal), {
      code: 'PORTAL_CHANGE_STATE',
    });
  });

  test('that main has by then, by another page of the same person, is told, and not signed', async () => {
    const { room, viewer, asked } = await ready;
    const intent: Intent = { intent: 'resume-device', devices: ['pump-2'] };
    const [first, second] = [
      await room.propose(viewer, intent, signal),
      await room.propose(viewer, intent, signal),
    ];
    await room.sign(viewer, first.id, { way: 'local' }, signal);
    const questions = asked.length;
    const { state, refused } = await room.sign(viewer, second.id, { way: 'local' }, signal);
    assert.deepEqual([state, refused?.code], ['refused', 'PORTAL_NOTHING_TO_CHANGE']);
    assert.equal(asked.length, questions);
  });

  test('of somebody else is as good as none, also to who knows its id', async () => {
    const { room, viewer, home } = await ready;
    const found = await room.propose(viewer, { intent: 'pause-device', devices: ['pump-4'] }, signal);
    const mallory = new DeskViewer('mallory', home.fleet, signal);
    const code = { code: 'PORTAL_NOT_FOUND' };
    await assert.rejects(room.get(mallory, found.id, signal), code);
    await assert.rejects(room.sign(mallory, found.id, { way: 'local' }, signal), code);
    assert.throws(() => room.drop(mallory, found.id), code);
    await assert.rejects(
      room.get(viewer, found.id.replace(/.$/, found.id.endsWith('0') ? '1' : '0'), signal),
      code,
    );
  });

  test('goes as a branch to the forge with their approval, where it is asked for that way and they said yes', async () => {
    const state = await ready;
    const { desk, room, viewer, asked: questions } = state;
    const found = await room.propose(viewer, { intent: 'pause-device', devices: ['pump-4'] }, signal);
    state.answer = () => 'n';
    const refused = room.sign(viewer, found.id, { way: 'forge' }, signal);
    await assert.rejects(refused, { code: 'PORTAL_NOT_SIGNED' });
    assert.equal(await git(desk.origin, 'for-each-ref', 'refs/heads/changes'), '');
    state.answer = async () => {
      await desk.commits({ 'docs/note.md': 'somebody was first a third time\n' });
      return 'y';
    };
    const late = room.sign(viewer, found.id, { way: 'forge' }, signal);
    await assert.rejects(late, { code: 'PORTAL_CHANGE_STATE' });
    state.answer = () => 'y';
    const moved = await room.sign(viewer, found.id, { way: 'forge' }, signal);
    assert.equal(moved.state, 'moved', 'what was approved is what was shown');
    const asked = await room.sign(viewer, moved.successor ?? '', { way: 'forge' }, signal);
    assert.match(
      questions.at(-1) ?? '',
      /your approval:\n {2}Pause pump-4 {2}→ {2}the branch changes\/pause-device-/,
    );
    const branch = asked.request ?? '';
    assert.match(branch, /^changes\/pause-device-[0-9a-f]{12}$/);
    assert.match(await git(desk.origin, 'log', '-1', '--format=%B', branch), /^Pause pump-4\s*$/);
    const files = await git(desk.origin, 'diff', '--name-only', 'main', branch);
    assert.match(files, /^approvals\/\S*alice\S*$/m);
    assert.match(files, /pump-4\.yaml$/m);
    assert.doesNotMatch(await desk.atMain('devices/pump-4.yaml').catch(() => ''), /paused/);
  });

  test('that is none, or of what is not there, is refused in words', async () => {
    const { room, viewer } = await ready;
    const refusals: [Intent, string][] = [
      [{ intent: 'resume-device', devices: ['pump-4'] }, 'PORTAL_NOTHING_TO_CHANGE'],
      [{ intent: 'pause-device', devices: ['pump-99'] }, 'CLI_NO_SUCH_DEVICE'],
      [{ intent: 'pause-device', devices: ['pump-4'], app: 'nothing' }, 'CLI_USAGE'],
      [{ intent: 'open-tunnel', device: 'pump-4', for: '900d' }, 'CLI_USAGE'],
      [{ intent: 'open-tunnel', device: 'pump-4', reason: 'two\nlines' }, 'CLI_USAGE'],
      [{ intent: 'promote-rollout', rollout: '../trust/policy' }, 'ROLLOUT_UNKNOWN'],
      [{ intent: 'promote-rollout', rollout: 'hello/none' }, 'ROLLOUT_UNKNOWN'],
      [{ intent: 'assign-release', app: 'hello', release: '9.9.9', group: 'canary' }, 'CLI_USAGE'],
      [{ intent: 'assign-release', app: 'hello', release: '1.1.0' }, 'PORTAL_MALFORMED'],
      [
        { intent: 'assign-release', app: 'hello', release: '1.1.0', group: 'canary', device: 'pump-1' },
        'PORTAL_MALFORMED',
      ],
    ];
    for (const [intent, code] of refusals)
      await assert.rejects(room.propose(viewer, intent, signal), { code }, JSON.stringify(intent));
  });
});
