/** What a volume holds comes back from its backup as it was: compared entry by entry. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { backupsOf } from '../../../agent/backup/backup-folder.ts';
import { requireCommands } from '../../../lab/machine/packages.ts';
import { makeProject } from '../../../lab/rig/desired.ts';
import { DeviceRig } from '../../../lab/rig/device-rig.ts';

let rig: DeviceRig;
before(async () => {
  requireCommands(['python3', 'tar', 'zstd']);
  rig = await DeviceRig.start();
});
after(async () => rig[Symbol.asyncDispose]());

const python = (script: string, ...words: string[]): string =>
  execFileSync('python3', ['-c', script, ...words], { encoding: 'utf8', maxBuffer: 1 << 26 });

/** An entry of each kind. ACL: version 2, owner rwx, user 4000 rw-, group r-x, mask rwx, others ---. */
const fill = String.raw`
import os, socket, struct, sys
os.chdir(sys.argv[1])
def put(name, data=b'x'):
    with open(name, 'wb') as f: f.write(data)
put('plain', b'precious'); os.chmod('plain', 0o4751)
put('empty', b'')
put('line\nbreak'); put(' -rf'); put('\u00e4\u00f6'); put(b'\xff\xfe'); put('n' * 255)
put('high'); os.chown('high', 4000000000, 4000000001)
put('first'); os.link('first', 'second')
os.symlink('../outside', 'link'); os.lchown('link', 77, 78)
os.mkfifo('pipe'); os.mknod('null', 0o20666, os.makedev(1, 3))
with open('sparse', 'wb') as f:
    f.seek(5 << 30); f.write(b'middle'); f.truncate(10 << 30)
os.setxattr('plain', 'user.note', b'kept\x00bytes')
put('capable'); os.setxattr('capable', 'security.capability', struct.pack('<5I', 0x02000001, 1 << 10, 0, 0, 0))
acl = struct.pack('<I', 2) + b''.join(struct.pack('<HHI', *e) for e in
  [(1, 7, 0xffffffff), (2, 6, 4000), (4, 5, 0xffffffff), (16, 7, 0xffffffff), (32, 0, 0xffffffff)])
put('acl'); os.setxattr('acl', 'system.posix_acl_access', acl)
os.mkdir('heirs'); put('heirs/none'); os.setxattr('heirs', 'system.posix_acl_default', acl); put('heirs/one')
os.makedirs('deep/' * 40); os.chmod('deep', 0o2750)
os.utime('plain', ns=(1, 1234567890123456789)); os.utime('deep', ns=(1, 987654321000000001))
`;

/** All that a backup is to keep, as lines. */
const describe = `
import hashlib, os, stat, sys
root = os.fsencode(sys.argv[1]); links = {}
def say(p):
    s = os.lstat(p); rel = os.path.relpath(p, root)
    what = [rel, oct(s.st_mode), s.st_uid, s.st_gid, s.st_rdev if stat.S_ISCHR(s.st_mode) else 0, s.st_mtime_ns]
    if stat.S_ISLNK(s.st_mode): what.append(os.readlink(p))
    if stat.S_ISREG(s.st_mode):
        h = hashlib.sha256()
        f = os.open(p, os.O_RDONLY); at = 0
        while True:
            try: at = os.lseek(f, at, os.SEEK_DATA)
            except OSError: break
            data = os.pread(f, 1 << 20, at); h.update(b'%d:' % at + data); at += len(data)
            if not data: break
        os.close(f)
        what += [s.st_size, h.hexdigest(), links.setdefault(s.st_ino, rel)]
    if not stat.S_ISLNK(s.st_mode):
        what += [(n, os.getxattr(p, n)) for n in sorted(os.listxattr(p)) if n != 'security.selinux']
    print(ascii(what))
say(root)
for folder, dirs, files in os.walk(root):
    dirs.sort()
    for name in sorted(dirs + files): say(os.path.join(folder, name))
`;

test('links, holes, owners, times, attributes and odd names are in a backup; a socket is not', async () => {
  const worker = await rig.images.kept('worker');
  const release = (number: string) =>
    makeProject(rig.project, {
      services: {
        app: {
          image: worker,
          environment: { RELEASE: number },
          volumes: [{ type: 'volume', source: 'data', target: '/data', volume: {} }],
        },
      },
      volumes: { data: {} },
      update: { stablePeriodMs: 0 },
      backup: { volumes: ['data'] },
    });
  await rig.pass([release('1')]);
  const volume = `/volumes/${rig.project}_data`;
  const { Mountpoint: place } = await rig.engine.call<{ Mountpoint: string }>(
    { method: 'GET', path: volume },
    rig.signal,
  );
  python(fill, place);
  python('import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])', path.join(place, 'socket'));
  const { outcome } = await rig.pass([release('2')]);
  assert.equal(outcome.outcome, 'applied', JSON.stringify(outcome));
  const [manifest] = (await backupsOf(rig.room.backupDirectory, rig.project)).backups;
  assert.ok(manifest !== undefined);
  const file = path.join(rig.room.backupDirectory, rig.project, manifest.id, 'data.tar.zst');
  // 10 GiB of holes are none in a file.
  assert.ok(statSync(file).size < 100_000, String(statSync(file).size));
  const folder = mkdtempSync(path.join(tmpdir(), 'towline-content-'));
  try {
    const how = ['--xattrs', '--xattrs-include=*', '--numeric-owner', '--same-owner', '-p'];
    execFileSync('tar', ['--zstd', '-xf', file, ...how, '-C', folder]);
    rmSync(path.join(place, 'socket'));
    const lines = (of: string) => python(describe, of).split('\n');
    // The folder itself: its time is that of the socket's end.
    assert.deepEqual(lines(folder).slice(1), lines(place).slice(1));
    assert.ok(statSync(path.join(folder, 'sparse')).blocks < 1_000);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
