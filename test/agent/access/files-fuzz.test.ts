/** Whatever a client sends as SFTP or scp, and whatever a container says of its files. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { ByteInput } from '../../../agent/access/files/byte-input.ts';
import { FileRefusal, type FilesAsked } from '../../../agent/access/files/container-files.ts';
import { readEntries, readFacts } from '../../../agent/access/files/file-facts.ts';
import { absolutePath, escapedPath } from '../../../agent/access/files/file-path.ts';
import { readScpCommand } from '../../../agent/access/files/scp-command.ts';
import { maxPacketBytes, sftpMessages } from '../../../agent/access/files/sftp-packet.ts';
import { SftpSession } from '../../../agent/access/files/sftp-session.ts';
import { fuzzed } from '../../fuzz/fuzzed.ts';
import { mutated } from '../../fuzz/mutation.ts';
import { fieldBytes, payload, uint32 } from '../../rig/ssh-packets.ts';

/** In `npm test`. */
const usual = { ms: 1_000 };

const facts = { mode: 0o100644, size: 3, uid: 0, gid: 0, accessed: 1, modified: 1 };
/** One file at every path, that can neither be read nor written. */
const files: FilesAsked = {
  home: async () => '/home',
  facts: async () => facts,
  list: async () => [{ ...facts, name: 'a' }],
  link: async () => '/x',
  make: async () => {},
  empty: async () => {},
  makeFolder: async () => {},
  remove: async () => {},
  removeFolder: async () => {},
  rename: async () => {},
  makeLink: async () => {},
  change: async () => {},
  read: async () => Promise.reject(new FileRefusal(3, 'no')),
  write: async () => Promise.reject(new FileRefusal(3, 'no')),
  close: () => {},
  drop: () => {},
  shell: undefined,
};

function message(type: number, ...fields: readonly (string | number | Buffer)[]): Buffer {
  const body = payload(type, ...fields);
  return Buffer.concat([uint32(body.length), body]);
}

const none = fieldBytes(0);
const offset = Buffer.alloc(8);
const valid = Buffer.concat([
  message(1, 3),
  message(16, 1, '.'),
  message(3, 2, '/etc/passwd', 1, none),
  message(5, 3, 'h1', offset, 32_768),
  message(3, 4, '/x', 26, none),
  message(6, 5, 'h2', offset, 'data'),
  message(8, 6, 'h2'),
  message(10, 7, 'h2', 15, offset, 1, 1, 0o755, 1, 1),
  message(4, 8, 'h2'),
  message(11, 9, '/'),
  message(12, 10, 'h3'),
  message(13, 11, '../../x'),
  message(200, 12, 'posix-rename@openssh.com', '/a', '/b'),
  message(20, 13, '/a', '/b'),
]);

const usualSession = { files, signal: new AbortController().signal, done: () => {} };

async function* pieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

describe('files of containers, fuzzed', () => {
  test('each message of SFTP has one answer, however wrong it is; what is none ends the session', async () => {
    const property = fc.asyncProperty(
      mutated(valid),
      fc.integer({ min: 1, max: 200 }),
      async (bytes, size) => {
        const session = new SftpSession({ ...usualSession, listed: { entries: 0 } });
        try {
          for await (const one of sftpMessages(pieces(bytes, size))) {
            assert.ok(one.length <= maxPacketBytes);
            const answer = await session.answer(one);
            assert.equal(answer.readUInt32BE(0), answer.length - 4);
          }
        } catch (error) {
          assert.ok(error instanceof RangeError, String(error));
        }
        await session.close();
      },
    );
    await fuzzed('SFTP', property, usual);
  });

  test('folders that are open hold so much of all sessions together, and no more', async () => {
    const listed = { entries: 0 };
    const large = { ...files, list: async () => Array(60_000).fill({ ...facts, name: 'a' }) };
    const session = () => new SftpSession({ ...usualSession, files: large, listed });
    const [one, other] = [session(), session()];
    const opened = async (by: SftpSession) =>
      (await by.answer(message(11, 1, '/').subarray(4))).readUInt8(4) === 102;
    assert.ok(await opened(one));
    assert.ok(!(await opened(one)));
    assert.ok(!(await opened(other)));
    await one.close();
    assert.ok(await opened(other));
    await other.close();
    assert.equal(listed.entries, 0);
  });

  test('commands, lines and paths are read without harm', async () => {
    const word = fc.oneof(
      fc.constantFrom('scp', '-t', '-f', '-rp', '--', '~/x', "'a b'", '"', '\\', '/x'),
      fc.string({ maxLength: 10 }),
    );
    const binary = fc.uint8Array({ maxLength: 60 }).map(bytes => Buffer.from(bytes).toString('latin1'));
    const property = fc.asyncProperty(fc.array(word, { maxLength: 6 }), binary, async (words, text) => {
      const command = readScpCommand(words.join(' '));
      assert.ok(command === undefined || command.paths.length > 0);
      const path = absolutePath(text, '/home');
      assert.match(path, /^\//);
      assert.ok(!path.split('/').some(part => part === '..' || part === '.'));
      assert.match(escapedPath(path), /^[\x21-\x7e]+$/);
      readFacts(text);
      for (const { name } of readEntries(`81a4 3 0 0 1 1 ${text}/\n`)) assert.ok(name !== '');
      const input = new ByteInput(pieces(Buffer.from(text, 'latin1'), 7));
      await input.line(40).catch((error: unknown) => assert.ok(error instanceof RangeError));
      await input.some(10);
    });
    await fuzzed('names of files', property, usual);
  });
});
