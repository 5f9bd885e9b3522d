/**
 * VictoriaLogs, one real receiver for Loki's push, `_bulk`, OTLP logs and syslog. No Debian package has it, the source of
 * Debian's victoria-metrics in trixie does: it is built from there, with Debian's Go and Debian's Go packages, into a cache
 * folder outside of the repository. About 90 s of CPU, 180 MB of downloads and 800 MB of disk while it is built; 13 MB stay.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { cachedFolder } from './cached-folder.ts';
import { DebianSuite } from './debian-suite.ts';
import { canInstall, requireCommands } from './packages.ts';

/** What the program imports beside Go's own library; without cgo it needs no zstd of the system. */
const goPackages = [
  ...['easyproto', 'metrics', 'metricsql'].map(name => `golang-github-victoriametrics-${name}-dev`),
  ...['bytebufferpool', 'fastjson', 'fastrand', 'fasttemplate', 'histogram', 'quicktemplate'].map(
    name => `golang-github-valyala-${name}-dev`,
  ),
  ...['cespare-xxhash', 'golang-snappy', 'klauspost-compress'].map(name => `golang-github-${name}-dev`),
  'golang-golang-x-sys-dev',
];
const go = { packages: ['golang-1.24-go', 'golang-1.24-src'], root: 'usr/lib/go-1.24' };
const importPath = 'github.com/VictoriaMetrics/VictoriaMetrics';
const buildTimeoutMs = 1_800_000;

/** Path of the program, built if it is not there yet. @throws Error where it cannot be built, with what was said */
export function victoriaLogs(): string {
  const folder = cachedFolder('victoria-logs', (made, scratch) => {
    if (!canInstall())
      throw new Error('VictoriaLogs is built from Debian packages: run this as root on Debian');
    requireCommands(['tar', 'xz', 'dpkg']);
    console.error('building VictoriaLogs, once: some minutes …');
    copyFileSync(build(scratch), path.join(made, 'victoria-logs'));
  });
  return path.join(folder, 'victoria-logs');
}

function build(folder: string): string {
  const suite = new DebianSuite('trixie', path.join(folder, 'apt'));
  const root = path.join(folder, 'root');
  suite.unpack([...go.packages, ...goPackages], root);
  const goPath = path.join(root, 'usr/share/gocode');
  const source = path.join(goPath, 'src', importPath);
  suite.unpackSource('victoriametrics', source);
  // Debian's packages stand in for what upstream brought along, of which its source package has removed most.
  rmSync(path.join(source, 'vendor'), { recursive: true, force: true });
  leavePagesOut(path.join(source, 'app/vlselect/main.go'));
  const program = path.join(folder, 'victoria-logs');
  compile({ root: path.join(root, go.root), goPath, source, cache: path.join(folder, 'cache') }, program);
  return program;
}

/** Debian's source has no web pages, and Debian's Disable-vmui.patch takes out the line that embeds them. */
function leavePagesOut(file: string): void {
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replace('//go:embed vmui\n', ''));
}

interface Compilation {
  readonly root: string;
  readonly goPath: string;
  readonly source: string;
  readonly cache: string;
}

function compile({ root, goPath, source, cache }: Compilation, program: string): void {
  const result = spawnSync(
    path.join(root, 'bin/go'),
    ['build', '-trimpath', '-ldflags=-s -w', '-o', program, './app/victoria-logs'],
    {
      cwd: source,
      encoding: 'utf8',
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: buildTimeoutMs,
      env: {
        ...{ PATH: process.env.PATH, HOME: process.env.HOME, GOROOT: root, GOPATH: goPath, GOCACHE: cache },
        // Without modules Go takes packages from GOPATH alone, where Debian puts them, and asks no network.
        ...{ GO111MODULE: 'off', GOTOOLCHAIN: 'local', GOPROXY: 'off', CGO_ENABLED: '0' },
      },
    },
  );
  if (result.status !== 0) throw new Error(`go build failed: ${result.stderr?.trim().slice(-2000)}`);
}
