/** `towline review plan` and the comment of it, of a branch that gives a thousand devices another release. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compare } from '../../cli/review/compared.ts';
import { reviewText } from '../../cli/review/fitted.ts';
import { commentText } from '../../cli/review/markdown/comment-text.ts';
import { reviewOf } from '../../cli/review/review-document.ts';
import { makeDeviceKeys, sshPublicKey } from '../../core/io/device-keys.ts';
import { type Bench, type BenchFigure, figure, median } from '../figure.ts';
import { git } from '../simulator/simulated-fleet.ts';

const size = 1_000;
const rounds = 5;
/** Milliseconds of CPU. */
const limits = { same: 1_500, named: 10_000 };

/** How much devices differ in what decides over them. */
type Kind = 'same' | 'named';

const compose = (kind: Kind) => `services:
  web:
    image: example.com/web:\${TOWLINE_RELEASE}
    ports: ["\${PORT}:80"]
    environment: { GREETING: "\${GREETING}"${kind === 'named' ? ', DEVICE: "$TOWLINE_DEVICE", SITE: "$SITE"' : ''} }
    volumes: ["data:/data"]
    depends_on: [worker]
  worker:
    image: example.com/worker:\${TOWLINE_RELEASE}
    volumes: ["data:/data"]
volumes: { data: {} }
`;

const release = (version: string, digit: string) => `apiVersion: towline/v1
version: ${version}
images:
  web: { image: "example.com/web:${version}", digest: "sha256:${digit.repeat(64)}" }
  worker: { image: "example.com/worker:${version}", digest: "sha256:${digit.repeat(64)}" }
`;

const group = (version: string) =>
  `apiVersion: towline/v1\nvariables: { PORT: "8080", GREETING: hello, SITE: none }\napps: { hello: { release: ${version} } }\n`;

const appFiles = (kind: Kind, version: string, digit: string): [string, string][] => {
  const folder = `apps/hello/releases/${version}`;
  return [
    [`${folder}/compose.yaml`, compose(kind)],
    [`${folder}/app.yaml`, 'apiVersion: towline/v1\n'],
    [`${folder}/release.yaml`, release(version, digit)],
  ];
};

function deviceFile(kind: Kind, index: number): string {
  const own = kind === 'named' ? `variables: { SITE: "site ${index}" }\n` : '';
  return `apiVersion: towline/v1\ngroups: [g${index % 4}]\nlabels: { serial: "s${index}" }\n${own}`;
}

function firstFiles(kind: Kind): [string, string][] {
  const root = sshPublicKey(makeDeviceKeys('root'));
  return [
    [
      'fleet.yaml',
      'apiVersion: towline/v1\nname: bench\ngateways:\n  - address: 127.0.0.1:8443\n    tlsPins: ["sha256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="]\n',
    ],
    [
      'trust/policy.yaml',
      `apiVersion: towline/v1\nfleet: bench\nversion: 1\nprincipals: { alice: { ssh: ["${root}"] } }\nroles: { root: { principals: [alice] } }\n`,
    ],
    ...appFiles(kind, '1.4.2', '1'),
    ...[0, 1, 2, 3].map((at): [string, string] => [`groups/g${at}.yaml`, group('1.4.2')]),
    ...Array.from({ length: size }, (_, at): [string, string] => [
      `devices/d${at % 50}/pump-${at}.yaml`,
      deviceFile(kind, at),
    ]),
  ];
}

function commit(ref: string, files: readonly [string, string][], from?: string): string {
  const head = `commit ${ref}\ncommitter B <b@example.com> 1700000000 +0000\ndata 1\nx\n`;
  const entries = files.map(
    ([path, text]) => `M 100644 inline ${path}\ndata ${Buffer.byteLength(text)}\n${text}\n`,
  );
  return `${head}${from === undefined ? '' : `from ${from}\n`}${entries.join('')}`;
}

/** Main, and a branch by which all groups but one have the next release. */
function makeRepository(folder: string, kind: Kind): void {
  git(folder, ['init', '-q', '--bare', '-b', 'main']);
  const branch: [string, string][] = [
    ...appFiles(kind, '1.5.0', '2'),
    ...[0, 1, 2].map((at): [string, string] => [`groups/g${at}.yaml`, group('1.5.0')]),
  ];
  const stream = [
    commit('refs/heads/main', firstFiles(kind)),
    commit('refs/heads/change', branch, 'refs/heads/main'),
  ];
  git(folder, ['fast-import', '--quiet'], stream.join(''));
}

async function measured(kind: Kind, work: string, signal: AbortSignal): Promise<BenchFigure> {
  const folder = mkdtempSync(join(tmpdir(), 'towline-bench-'));
  try {
    makeRepository(folder, kind);
    const spentMs: number[] = [];
    for (let turn = -1; turn < rounds; turn += 1) {
      const before = process.cpuUsage();
      const options = { repo: folder, base: 'refs/heads/main', head: 'refs/heads/change' };
      const review = await reviewOf(await compare(options, signal), signal);
      const text = commentText(review);
      const { user, system } = process.cpuUsage(before);
      if (turn >= 0) spentMs.push((user + system) / 1000);
      const [plan] = review.plans;
      if (review.plans.length !== 1 || plan?.devices.count !== 750)
        throw new Error(`not folded: ${review.plans.length} plans`);
      if (reviewText(review).length > 20_000 || text.length > 10_000) throw new Error('not short');
    }
    const bar = { of: 'ours', is: '<=', limit: limits[kind] } as const;
    return figure(work, 'CPU ms', median(spentMs), null, bar);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export const bench: Bench = async function* (signal) {
  yield await measured('same', `plan and comment, ${size} devices of four groups`, signal);
  yield await measured('named', `the same, each with its name and a variable of its own in Compose`, signal);
};
