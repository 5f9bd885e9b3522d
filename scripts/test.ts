/**
 * `npm test [-- PATH… | node's test options]`: brings what the tests need, runs them, stops what it started.
 * Without a path: all of them. `npm run test:long` is the tests that have a short form, as a whole.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { ensureEngine } from '../lab/machine/engine.ts';
import { EngineWatch } from '../lab/machine/engine-watch.ts';
import { OwnEngine } from '../lab/machine/own-engine.ts';
import { requireCommands } from '../lab/machine/packages.ts';
import { victoriaLogs } from '../lab/machine/victoria-logs.ts';
import { makeTestHome } from '../lab/rig/home.ts';
import { bundle } from './bundle.ts';
import { ensureNativeAddon } from './native-addon.ts';
import { runWithAgain } from './test/run-again.ts';

const root = path.dirname(import.meta.dirname);
/** What test files start. The shells are those that completion is written for: it is asked in each of them. */
const testCommands = [
  ...['git', 'gpg', 'ssh', 'ssh-keygen', 'sshd', 'docker-registry', 'busybox'],
  ...['bash', 'zsh', 'fish'],
];
/**
 * Hundreds of processes read the same modules: without it each strips the types of all of them and compiles them. By the
 * bytes of a module, so an edit is seen; below node_modules, so `npm ci` begins it anew.
 */
const compileCache = path.join(root, 'node_modules/.cache/towline-test');
/** Some run from a folder of their own, and leave there what nobody reads again. */
const maxCacheBytes = 200_000_000;
/** What tries every place of something by `test/rig/every.ts`, and a few of them in `npm test`; and what is long altogether. */
const longTests = [
  'test/agent/bundle/import.test.ts',
  'test/agent/bundle/killed-import.test.ts',
  'test/agent/source/damaged-answers.test.ts',
  'test/agent/source/killed-turn-over.test.ts',
  'test/agent/source/turn-over.test.ts',
  'test/agent/report/damaged-reports.test.ts',
  'test/agent/telemetry/killed-spool.test.ts',
  'test/agent/telemetry/logs/containers.test.ts',
  'test/agent/apply/adoption-way-back.test.ts',
  'test/agent/apply/killed.test.ts',
  'test/agent/apply/followers.test.ts',
  'test/agent/apply/handover.test.ts',
  'test/agent/apply/handover-killed.test.ts',
  'test/agent/backup/killed-restore.test.ts',
  'test/agent/backup/engine-killed-restore.test.ts',
  'test/agent/apply/generated.test.ts',
  'test/agent/runtime/engine/engine-validation.test.ts',
  'test/core/bundle/bundle.test.ts',
  'test/core/trust/merge/merge-buttons.test.ts',
  'test/core/rollout/simulated-fleet.test.ts',
  'test/cli/rollout/killed-step.test.ts',
  'test/gateway/rollout/killed-bot.test.ts',
  'test/gateway/bundles/import.test.ts',
  'test/gateway/notify/killed.test.ts',
  'test/gateway/sinks/delivery/delivery.test.ts',
  'test/gateway/ssh/through.test.ts',
  'test/gateway/hostile-devices.test.ts',
  'test/agent/backup/full-disk.test.ts',
  'test/agent/backup/sigkill.test.ts',
  // Runbooks typed line by line, what takes minutes by itself, peers that are compared with: `npm test` does without.
  'test/**/*.long.ts',
];
/** Of one test. A file has twice that: its tests run one after the other, and the runner bounds each, not all of them. */
const testTimeoutMs = 300_000;
/** A million records through each sink. */
const longTestTimeoutMs = 3_600_000;
/** Of all. It takes 13 to 25 minutes, and thrice that on a machine whose cores have others' work to do. */
const allTimeoutMs = 75 * 60_000;
const allLongTimeoutMs = 24 * 3_600_000;

/** Of some 600 files that run at once. Who names files sees them red at once. */
const maxAgain = 24;

/** What the house is held to `npm run check` has tried. */
const shortTests = ['test/!(architecture)/**/*.test.ts'];

function runnerOptions(given: readonly string[], timeoutMs: number): string[] {
  const chosen = given.some(argument => argument.startsWith('--test-reporter'));
  const reporter = process.stdout.isTTY ? 'spec' : path.join(import.meta.dirname, 'test/reporter.ts');
  return [
    '--test',
    '--disable-warning=ExperimentalWarning',
    // More than cores: files wait for an engine, a gateway and each other's processes. Of four on two cores one in nine
    // seconds of the processors was nobody's.
    `--test-concurrency=${availableParallelism() + 4}`,
    `--test-timeout=${timeoutMs}`,
    ...(chosen ? [] : [`--test-reporter=${reporter}`]),
    ...given,
  ];
}

function boundCompileCache(): void {
  if (!existsSync(compileCache)) return;
  let bytes = 0;
  for (const name of readdirSync(compileCache, { recursive: true, encoding: 'utf8' })) {
    bytes += statSync(path.join(compileCache, name), { throwIfNoEntry: false })?.size ?? 0;
  }
  if (bytes > maxCacheBytes) rmSync(compileCache, { recursive: true, force: true, maxRetries: 3 });
}

/** What ships, made for this run, with `bin/towline` for shells. */
async function bundlePrograms(folder: string): Promise<void> {
  await bundle(folder);
  mkdirSync(path.join(folder, 'bin'));
  symlinkSync('../towline.cjs', path.join(folder, 'bin/towline'));
}

/** Debian 13's client, which some files need: where the mirror has much to do that takes minutes, and a file has less. */
async function fetchOpenSsh(given: readonly string[]): Promise<void> {
  const paths = given.filter(argument => !argument.startsWith('-'));
  if (paths.length > 0 && !paths.some(name => name.includes('interop'))) return;
  const module = JSON.stringify(path.join(root, 'lab/machine/openssh.ts'));
  // A process of its own, for it waits for programs. Where it cannot be had, the tests say so.
  const fetching = `import(${module}).then(({ trixieOpenSsh }) => trixieOpenSsh())`;
  await once(spawn(process.execPath, ['-e', fetching], { stdio: 'ignore' }), 'exit');
}

async function main(given: readonly string[]): Promise<number> {
  requireCommands(testCommands);
  // What ships has it; without it the tests pass, more slowly.
  ensureNativeAddon();
  boundCompileCache();
  await using cleanUp = new AsyncDisposableStack();
  const home = makeTestHome();
  cleanUp.defer(() => home.remove());
  const programs = mkdtempSync(path.join(tmpdir(), 'towline-programs-'));
  cleanUp.defer(() => rmSync(programs, { recursive: true, force: true }));
  const fetched = fetchOpenSsh(given);
  await bundlePrograms(programs);
  const engine = await ensureEngine();
  cleanUp.defer(() => engine.stop());
  await fetched;
  const isLong = given.includes('--long');
  const words = given.filter(argument => argument !== '--long');
  const options = words.filter(word => word.startsWith('-'));
  const paths = words.filter(word => !word.startsWith('-'));
  // Minutes, once: a file of tests has less.
  if (isLong && (paths.length === 0 || paths.some(name => name.includes('sinks')))) victoriaLogs();
  const takesLong = isLong || paths.some(name => name.endsWith('.long.ts'));
  const timeoutMs = takesLong ? longTestTimeoutMs : testTimeoutMs;
  const say = (text: string) => void process.stderr.write(text);
  // A signal ends the tests (`runFiles`); what is cleaned up after them is not broken off by another one.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
  const watch = engine instanceof OwnEngine ? new EngineWatch(engine, say) : undefined;
  if (watch !== undefined) cleanUp.defer(() => watch.stop());
  return await runWithAgain({
    arguments: runnerOptions(options, timeoutMs),
    files: paths.length > 0 ? paths : isLong ? longTests : shortTests,
    absences: async () => (await watch?.absences()) ?? [],
    maxAgain: paths.length > 0 ? 0 : maxAgain,
    directory: root,
    fileLimitMs: 3 * timeoutMs,
    deadline: Date.now() + (takesLong ? allLongTimeoutMs : allTimeoutMs),
    say,
    environment: {
      ...home.environment,
      NODE_COMPILE_CACHE: compileCache,
      TOWLINE_PROGRAMS: programs,
      ...(isLong ? { TOWLINE_LONG_TESTS: '1' } : {}),
      TOWLINE_ENGINE_SOCKET: engine.socket,
      DOCKER_HOST: `unix://${engine.socket}`,
    },
  });
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(`npm test: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
