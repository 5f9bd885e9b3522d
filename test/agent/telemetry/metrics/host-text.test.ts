/** Files of real systems as they were read there: x86-64 and arm64, cgroup v1 and v2. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  readIoStat,
  readLegacy,
  readUnified,
} from '../../../../agent/telemetry/metrics/containers/cgroup-text.ts';
import {
  readOffset,
  readSynchronised,
  readTracking,
} from '../../../../agent/telemetry/metrics/host/clock-state.ts';
import { readMounts } from '../../../../agent/telemetry/metrics/host/mounts.ts';
import { readOsRelease } from '../../../../agent/telemetry/metrics/host/os-release.ts';
import {
  diskSamples,
  isDisk,
  networkSamples,
  readLoad,
  readMeminfo,
  readNetDev,
  readProcStat,
} from '../../../../agent/telemetry/metrics/host/proc-text.ts';
import { readMillidegrees } from '../../../../agent/telemetry/metrics/host/temperatures.ts';
import { type Sample, seriesKey } from '../../../../agent/telemetry/metrics/series/sample.ts';

const shown = (samples: readonly Sample[]): Record<string, number> =>
  Object.fromEntries(samples.map(sample => [seriesKey(sample).replaceAll('"', ''), sample.value]));

test('CPU seconds are told by CPU and mode, and guests, who are in user already, are not told twice', () => {
  const arm64 = [
    'cpu  81342 1210 40121 9123412 3321 0 812 0 55 0',
    'cpu0 20342 310 10121 2280853 821 0 512 7 55 0',
    'cpu3 2 0 1 4 0 0 0 0 0 0',
    'cpu64 1 1 1 1 1 1 1 1',
    'intr 9831231 0 0 12',
    'ctxt 18823412',
    'btime 1764374400',
    'processes 41230',
    '',
  ].join('\n');
  const samples = shown(readProcStat(arm64));
  assert.equal(Object.keys(samples).length, 17);
  assert.equal(samples['node_cpu_seconds_total{cpu=0,mode=user}'], 203.42);
  assert.equal(samples['node_cpu_seconds_total{cpu=0,mode=steal}'], 0.07);
  assert.equal(samples['node_cpu_seconds_total{cpu=3,mode=idle}'], 0.04);
  assert.equal(samples['node_boot_time_seconds{}'], 1_764_374_400);
});

test('memory, load and network are told, and what a container has of its own is left to the containers', () => {
  assert.deepEqual(
    shown(
      readMeminfo(
        'MemTotal:        3884384 kB\nMemAvailable:    2801204 kB\nHugePages_Total:       0\nBroken\n',
      ),
    ),
    { 'node_memory_MemTotal_bytes{}': 3_977_609_216, 'node_memory_MemAvailable_bytes{}': 2_868_432_896 },
  );
  assert.deepEqual(shown(readLoad('0.42 0.31 1.24 2/411 90211\n')), {
    'node_load1{}': 0.42,
    'node_load5{}': 0.31,
    'node_load15{}': 1.24,
  });
  const counts = readNetDev(
    [
      'Inter-|   Receive                                                |  Transmit',
      ' face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed',
      '    lo: 1300 12 0 0 0 0 0 0 1300 12 0 0 0 0 0 0',
      'enp3s0:123456789012 4 1 2 0 0 0 0 987 8 3 4 0 0 0 0',
      'eth0:1: 7 1 0 0 0 0 0 0 8 1 0 0 0 0 0 0',
      'veth1a2b: 5 1 0 0 0 0 0 0 8 1 0 0 0 0 0 0',
    ].join('\n'),
  );
  assert.deepEqual(
    counts.map(({ name }) => name),
    ['lo', 'enp3s0', 'eth0:1', 'veth1a2b'],
  );
  const samples = shown(networkSamples(counts));
  assert.equal(samples['node_network_receive_bytes_total{device=enp3s0}'], 123_456_789_012);
  assert.equal(samples['node_network_transmit_drop_total{device=enp3s0}'], 4);
  assert.deepEqual(
    Object.keys(samples).filter(key => /veth|lo}/.test(key)),
    [],
  );
});

test('disks are whole disks, and count in sectors of 512 bytes whatever theirs are', () => {
  const names = [
    'sda',
    'nvme0n1',
    'mmcblk0',
    'mmcblk0boot0',
    'vda',
    'loop7',
    'ram0',
    'zram0',
    'dm-0',
    'md127',
    'sr0',
  ];
  assert.deepEqual(names.filter(isDisk), ['sda', 'nvme0n1', 'mmcblk0', 'vda', 'md127']);
  const stat =
    '   12016     3270  1011402     7482    21170    18204  1532034    31100        0    24152    40182        0        0        0        0     2310     1599\n';
  const samples = shown(
    diskSamples(
      new Map([
        ['mmcblk0', stat],
        ['sda', 'no numbers'],
      ]),
    ),
  );
  assert.equal(samples['node_disk_read_bytes_total{device=mmcblk0}'], 1_011_402 * 512);
  assert.equal(samples['node_disk_io_time_seconds_total{device=mmcblk0}'], 24.152);
  assert.equal(Object.keys(samples).length, 5);
});

test('a disk is asked for once by the path that people know; what another machine holds never is', () => {
  const text = [
    '21 26 0:19 / /sys rw,nosuid shared:7 - sysfs sysfs rw',
    '26 1 179:2 / / ro,relatime shared:1 - ext4 /dev/mmcblk0p2 rw',
    '27 26 179:2 /var/lib/towline /var/lib/towline rw,relatime shared:2 - ext4 /dev/mmcblk0p2 rw',
    '28 26 179:1 / /boot/firm\\040ware rw,relatime - vfat /dev/mmcblk0p1 rw',
    '29 26 0:44 / /mnt/nas rw,relatime shared:9 - nfs4 nas:/export rw,hard',
    '30 26 0:45 / /mnt/share rw - cifs //nas/share rw',
    '31 26 0:46 / /mnt/sshfs rw - fuse.sshfs pi@nas: rw',
    '32 26 7:1 / /snap/core/1 ro - squashfs /dev/loop1 ro',
    '33 26 0:50 / /var/lib/docker/overlay2/x/merged rw - overlay overlay rw',
    '34 26 0:24 / /run rw - tmpfs tmpfs rw',
    'not a mount at all - ext4',
  ].join('\n');
  assert.deepEqual(readMounts(text), [
    { device: '/dev/mmcblk0p2', mountpoint: '/', type: 'ext4' },
    { device: '/dev/mmcblk0p1', mountpoint: '/boot/firm ware', type: 'vfat' },
  ]);
  assert.deepEqual(readMounts('1 0 0:30 / / rw - overlay overlay rw\n'), [
    { device: 'overlay', mountpoint: '/', type: 'overlay' },
  ]);
});

test('a sensor that says nonsense says nothing', () => {
  assert.equal(readMillidegrees('48750\n'), 48.75);
  assert.equal(readMillidegrees('-12500'), -12.5);
  for (const text of ['', 'N/A', '-274000', '9999999', '12.5', '1e3'])
    assert.equal(readMillidegrees(text), undefined);
});

test('os-release is read in a shell’s quotes, without what a terminal would obey', () => {
  assert.deepEqual(
    readOsRelease(
      '# comment\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\nVERSION_ID="12"\nHOME_URL=x\n',
    ),
    { id: 'debian', versionId: '12', prettyName: 'Debian GNU/Linux 12 (bookworm)' },
  );
  assert.deepEqual(readOsRelease('ID=\'poky\'\nPRETTY_NAME="A \\"b\\" \u001b[31mé"\n'), {
    id: 'poky',
    versionId: undefined,
    prettyName: 'A "b" [31mé',
  });
  assert.deepEqual(readOsRelease('garbage'), { id: undefined, versionId: undefined, prettyName: undefined });
});

test('what timedatectl says of the clock is read; what it does not say is not made up', () => {
  assert.equal(readSynchronised('NTPSynchronized=yes\n'), true);
  assert.equal(readSynchronised('NTPSynchronized=no\n'), false);
  assert.equal(readSynchronised('Failed to connect to bus'), undefined);
  const tracking = (offset: string, leap: string) =>
    `7F000001,127.0.0.1,2,1795931149.780113573,${offset},-0.000431386,0.331656724,458.953,-837.811,985.937,0.000360652,0.001037328,0.3,${leap}\n`;
  assert.deepEqual(readTracking(tracking('-1.250341296', 'Normal')), { isSet: true, offset: -1.250341296 });
  assert.deepEqual(readTracking(tracking('0.000000000', 'Not synchronised')), { isSet: false });
  assert.equal(readTracking('506 Cannot talk to daemon\n'), undefined);
  const status = (offset: string) =>
    `       Server: 10.0.0.1 (ntp)\n      Version: 4\n       Offset: ${offset}\n        Delay: 14.1ms\n`;
  assert.equal(readOffset(status('+1.250ms')), 0.00125);
  assert.equal(readOffset(status('-812us')), -0.000812);
  assert.equal(readOffset(status('+1min 2.5s')), 62.5);
  assert.equal(readOffset(status('-3h 1min 4s')), -10_864);
  assert.equal(readOffset(status('n/a')), undefined);
  assert.equal(readOffset('nothing'), undefined);
});

test('a control group of v2 tells what its container has used, the working set without inactive pages of files', () => {
  const usage = readUnified({
    'cpu.stat':
      'usage_usec 4502113\nuser_usec 3001000\nsystem_usec 1501113\nnr_periods 10\nnr_throttled 4\nthrottled_usec 250000\n',
    'memory.current': '52428800\n',
    'memory.stat': 'anon 20971520\nfile 25165824\nkernel 1000\ninactive_anon 0\ninactive_file 18874368\n',
    'memory.events': 'low 0\nhigh 0\nmax 3\noom 1\noom_kill 1\n',
    'io.stat':
      '8:0 rbytes=1048576 wbytes=4096 rios=10 wios=1 dbytes=0 dios=0\n253:1 \n259:0 rbytes=1 wbytes=2 rios=1 wios=1\n',
    'pids.current': '7\n',
  });
  assert.deepEqual(usage, {
    cpu: {
      totalSeconds: 4.502113,
      userSeconds: 3.001,
      systemSeconds: 1.501113,
      throttling: { periods: 10, throttled: 4, seconds: 0.25 },
    },
    memory: {
      usageBytes: 52_428_800,
      workingSetBytes: 33_554_432,
      rssBytes: 20_971_520,
      cacheBytes: 25_165_824,
    },
    outOfMemory: 1,
    disk: { read: 1_048_577, written: 4098 },
    processes: 7,
  });
  assert.deepEqual(readIoStat(''), { read: 0, written: 0 });
});

test('the controllers of v1 tell the same, by the sums over the group', () => {
  const usage = readLegacy({
    'cpuacct.usage': '4502113000\n',
    'cpuacct.stat': 'user 300\nsystem 150\n',
    'cpu.stat': 'nr_periods 0\nnr_throttled 0\nthrottled_time 0\n',
    'memory.usage_in_bytes': '52428800\n',
    'memory.stat':
      'cache 1\nrss 2\ninactive_file 3\ntotal_cache 25165824\ntotal_rss 20971520\ntotal_inactive_file 60000000\n',
    'memory.oom_control': 'oom_kill_disable 0\nunder_oom 0\noom_kill 2\n',
    'blkio.throttle.io_service_bytes':
      '8:0 Read 4096\n8:0 Write 8192\n8:0 Sync 0\n8:0 Total 12288\nTotal 12288\n',
    'pids.current': undefined,
  });
  assert.equal(usage.cpu?.totalSeconds, 4.502113);
  assert.equal(usage.cpu?.userSeconds, 3);
  assert.deepEqual(usage.memory, {
    usageBytes: 52_428_800,
    workingSetBytes: 0,
    rssBytes: 20_971_520,
    cacheBytes: 25_165_824,
  });
  assert.deepEqual(usage.disk, { read: 4096, written: 8192 });
  assert.equal(usage.outOfMemory, 2);
  assert.equal('processes' in usage, false);
});
