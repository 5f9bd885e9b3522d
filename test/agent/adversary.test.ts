/**
 * Attacks on a running agent, by those who own the gateway and by those whose pull request somebody merged. Each ends
 * in its own code; the device still runs what it ran, and goes on once the attack is over.
 */
import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { after, afterEach, before, describe, test } from 'node:test';
import { encodePacket } from '../../core/io/git/pkt-line.ts';
import { AgentRig } from '../../lab/rig/agent-rig.ts';

interface Summary {
  readonly trusted: string;
  readonly stopped: { readonly code: string; readonly message: string } | null;
  readonly errors: readonly { readonly code: string; readonly message: string }[];
  readonly problems: readonly { readonly code: string; readonly message: string }[];
}

describe('an agent under attack', () => {
  let rig: AgentRig;
  let good: string;
  let running: Awaited<ReturnType<AgentRig['containers']>>;

  before(async () => {
    rig = await AgentRig.start();
    good = await rig.release('1.0', rig.images.one);
    const first = await rig.once();
    assert.equal(first.code, 0, first.stderr);
    running = await rig.containers();
    assert.equal(running.length, 2);
  });
  after(() => rig[Symbol.asyncDispose]());
  afterEach(async () => {
    rig.server.tamper = undefined;
    await rig.fleet.setBranch(good);
  });

  async function pass(exit: number): Promise<Summary> {
    const { code, stdout, stderr } = await rig.once();
    assert.equal(code, exit, `${stdout}\n${stderr}`);
    assert.deepEqual(await rig.containers(), running, 'it runs what it ran');
    assert.ok(!`${stdout}${stderr}`.includes('\u001b'), 'no terminal is painted on');
    return JSON.parse(stdout) as Summary;
  }

  const codesOf = ({ stopped, errors, problems }: Summary) =>
    [...(stopped === null ? [] : [stopped]), ...errors, ...problems].map(({ code }) => code);

  /** A signed commit on top of the good one whose root tree has one more entry, as it is written. */
  async function withEntry(mode: string, name: string, id?: string): Promise<string> {
    const blob = id ?? (await rig.fleet.store('blob', 'x'));
    const lines = (await rig.fleet.git(['ls-tree', good])).split('\n').map(line => {
      const [, entryMode = '', entryId = '', entryName = ''] = /^(\d+) \S+ (\S+)\t(.*)$/.exec(line) ?? [];
      return { mode: entryMode.replace(/^0/, ''), name: entryName, id: entryId };
    });
    const key = (entry: { mode: string; name: string }) => entry.name + (entry.mode === '40000' ? '/' : '');
    const entries = [...lines, { mode, name, id: blob }].sort((one, other) =>
      Buffer.compare(Buffer.from(key(one)), Buffer.from(key(other))),
    );
    const tree = entries.map(entry =>
      Buffer.concat([Buffer.from(`${entry.mode} ${entry.name}\0`), Buffer.from(entry.id, 'hex')]),
    );
    const id1 = await rig.fleet.store('tree', Buffer.concat(tree));
    const head = await rig.fleet.git(['commit-tree', '-S', '-p', good, id1], {
      input: 'x\n\nTowline-Ref: acme/main\n',
      config: rig.signer.gitConfig,
      environment: rig.signer.environment,
    });
    await rig.fleet.setBranch(head);
    return head;
  }

  describe('gateway', () => {
    const onPack = (change: (body: Buffer) => ReturnType<NonNullable<typeof rig.server.tamper>>) => {
      rig.server.tamper = (url, body) => (url.endsWith('/git-upload-pack') ? change(body) : body);
    };
    const next = () => rig.commit({ files: { 'README.md': `${Math.random()}\n` } });

    test('a pack that is cut', async () => {
      await next();
      onPack(body => ({ cutAt: Math.floor(body.length / 2), body }));
      assert.deepEqual(codesOf(await pass(6)), ['AGENT_ANSWER_CUT']);
    });

    test('a pack with a bit turned', async () => {
      await next();
      onPack(body => {
        const copy = Buffer.from(body);
        const at = copy.indexOf('PACK') + 60;
        copy[at] = (copy[at] ?? 0) ^ 4;
        return copy;
      });
      const codes = codesOf(await pass(6));
      assert.equal(codes.length, 1);
      assert.match(codes[0] ?? '', /^(GIT_PACK|AGENT_ANSWER)$/);
    });

    test('an endless pack', async () => {
      await next();
      const piece = encodePacket(Buffer.concat([Buffer.of(1), Buffer.alloc(60_000, 7)]));
      let sent = 0;
      onPack(() => ({
        stream: new Readable({
          read() {
            sent += piece.length;
            this.push(piece);
          },
        }),
      }));
      const codes = codesOf(await pass(6));
      assert.equal(codes.length, 1);
      assert.match(codes[0] ?? '', /^(AGENT_ANSWER_TOO_LARGE|GIT_PACK|GIT_PACK_TOO_LARGE|AGENT_ANSWER)$/);
      assert.ok(sent < 100 * 1024 * 1024, `${sent} bytes were taken`);
    });

    test('a pack bomb: little on the wire, much when unpacked', async () => {
      const id = await rig.fleet.store('blob', Buffer.alloc(200 * 1024 * 1024));
      await withEntry('100644', 'bomb', id);
      assert.deepEqual(codesOf(await pass(6)), ['GIT_PACK_TOO_LARGE']);
    });

    test('main that points to a tag', async () => {
      const commit = await next();
      const tag = `object ${commit}\ntype commit\ntag main\ntagger a <a@example.com> 1 +0000\n\nx\n`;
      const id = await rig.fleet.store('tag', tag);
      // git itself refuses such a ref: this gateway does not ask it.
      await rig.fleet.git(['update-ref', 'refs/tags/main', id]);
      rig.server.tamper = (url, body) =>
        url.includes('/info/refs')
          ? Buffer.from(body.toString('latin1').replaceAll(commit, id), 'latin1')
          : body;
      const summary = await pass(6).finally(() => rig.fleet.git(['update-ref', '-d', 'refs/tags/main']));
      assert.deepEqual(codesOf(summary), ['GIT_PACK']);
      assert.equal(summary.trusted, good);
    });

    test('two histories: the other one is signed as well, and goes nowhere here', async () => {
      await rig.commit({ parents: [rig.anchor], files: { 'README.md': 'another history\n' } });
      const summary = await pass(3);
      assert.deepEqual(codesOf(summary), ['TRUST_NOT_A_DESCENDANT']);
      assert.equal(summary.trusted, good);
    });

    test('main rewound', async () => {
      await rig.fleet.setBranch(rig.anchor);
      assert.deepEqual(codesOf(await pass(3)), ['TRUST_NOT_A_DESCENDANT']);
    });

    test('a commit nobody signed, and one that hides behind gpgsigx', async () => {
      await rig.fleet.commit({ files: { 'README.md': 'nobody\n' } });
      assert.deepEqual(codesOf(await pass(3)), ['TRUST_UNSIGNED']);
      await rig.fleet.setBranch(good);
      const signed = await rig.commit({ files: { 'README.md': 'signed\n' }, branch: null });
      const raw = `${await rig.fleet.git(['cat-file', 'commit', signed])}\n`;
      await rig.fleet.setBranch(await rig.fleet.store('commit', raw.replace('gpgsig ', 'gpgsigx ')));
      assert.deepEqual(codesOf(await pass(3)), ['TRUST_MALFORMED_OBJECT']);
    });

    test('an update withheld is silence; once it comes, it is taken', async () => {
      const kept = await rig.commit({ files: { 'README.md': 'withheld\n' }, branch: null });
      assert.equal((await pass(0)).trusted, good);
      await rig.fleet.setBranch(kept);
      assert.equal((await pass(0)).trusted, kept);
      good = kept;
    });
  });

  describe('malicious pull request, merged by a maintainer who did not look', () => {
    const trees: readonly [name: string, mode: string, entry: string][] = [
      ['a symbolic link', '120000', 'link'],
      ['a submodule', '160000', 'module'],
      ['a file named ..', '100644', '..'],
      ['a twin of another file but for case', '100644', 'FLEET.yaml'],
      ['a name in another Unicode form', '100644', 'cafe\u0301'],
      ['a control character in a name', '100644', 'a\u001b[2J'],
    ];
    for (const [name, mode, entry] of trees) {
      test(name, async () => {
        await withEntry(mode, entry);
        const summary = await pass(3);
        assert.deepEqual(codesOf(summary), ['TRUST_MALFORMED_OBJECT']);
        assert.equal(summary.trusted, good);
      });
    }

    test('a file of 100 MB', async () => {
      const id = await rig.fleet.store('blob', Buffer.alloc(100_000_000, 'towline'));
      await withEntry('100644', 'large', id);
      // The head that was fetched before is still refused beside it.
      assert.ok(codesOf(await pass(6)).includes('GIT_PACK_TOO_LARGE'));
    });

    test('an alias bomb, and control characters in a Compose file', async () => {
      const bomb = ['x-a: &a [l, l, l, l, l, l, l, l, l, l]'];
      for (let level = 1; level < 12; level += 1) {
        const [from, to] = [level - 1, level].map(index => String.fromCharCode(97 + index));
        bomb.push(`x-${to}: &${to} [${Array(10).fill(`*${from}`).join(', ')}]`);
      }
      const files = [
        `${bomb.join('\n')}\nservices: {}\n`,
        'services:\n  web:\n    image: "a\u0007\u001b[31m"\n',
      ];
      for (const content of files) {
        const head = await rig.commit({ files: { 'apps/web/releases/1.0/compose.yaml': content } });
        const began = performance.now();
        const summary = await pass(5);
        assert.ok(performance.now() - began < 120_000);
        assert.equal(summary.trusted, head, 'what an app says is judged after trust');
        const codes = codesOf(summary);
        assert.ok(codes.length > 0 && codes.every(code => /^(COMPOSE|FLEET)_/.test(code)), codes.join());
        good = await rig.commit({ tree: good, files: {} });
        assert.equal((await pass(0)).trusted, good);
      }
    });
  });

  test('after all of it an honest release is applied', async () => {
    await rig.release('2.0', rig.images.two);
    const { code, stdout } = await rig.once();
    assert.equal(code, 0, stdout);
    assert.notDeepEqual(await rig.containers(), running);
  });
});
