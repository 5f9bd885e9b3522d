/** `npm run bench -- compose`: a Compose file of 20 services from bytes to model, and one that is hostile. */

import { parseDocument } from 'yaml';
import { checkForDevice } from '../core/compose/device/device-check.ts';
import { type ComposeInput, loadComposeProject } from '../core/compose/load/load.ts';
import { type BenchFigure, figure, inTurn } from './figure.ts';

const services = 20;
const repeats = 50;

function service(index: number): string[] {
  return [
    `  service${index}:`,
    '    <<: *defaults',
    `    image: registry.example.com/team/service${index}:1.4.2`,
    '    command: ["serve", "--port", "8080"]',
    '    environment:',
    '      LOG_LEVEL: $LOG_LEVEL',
    `      NAME: service${index}`,
    '      DATABASE: postgres://db/app',
    `    ports: ["${8000 + index}:8080", "127.0.0.1:${9000 + index}:9090/udp"]`,
    `    volumes: ["./conf/service${index}:/etc/service:ro", "data${index}:/data"]`,
    ...(index === 0 ? [] : [`    depends_on: {service${index - 1}: {condition: service_healthy}}`]),
    '    deploy: {resources: {limits: {cpus: "0.5", memory: 128m}}}',
    '    labels: {team: edge}',
  ];
}

function document(): Uint8Array {
  const lines = [
    'x-defaults: &defaults',
    '  restart: unless-stopped',
    '  healthcheck: {test: ["CMD", "true"], interval: 30s, retries: 3}',
    '  logging: {driver: json-file, options: {max-size: 10m, max-file: "3"}}',
    'services:',
    ...Array.from({ length: services }, (_, index) => service(index)).flat(),
    'volumes:',
    ...Array.from({ length: services }, (_, index) => `  data${index}: {}`),
    '',
  ];
  return new TextEncoder().encode(lines.join('\n'));
}

function bomb(): Uint8Array {
  const lines = ['x-0: &a0 {k: v}'];
  for (let level = 1; level < 10; level += 1) {
    lines.push(
      `x-${level}: &a${level} [${Array(9)
        .fill(`*a${level - 1}`)
        .join(', ')}]`,
    );
  }
  return new TextEncoder().encode([...lines, 'services: {web: {image: nginx}}', ''].join('\n'));
}

function input(bytes: Uint8Array): ComposeInput {
  return {
    files: path => (path === 'compose.yaml' ? bytes : undefined),
    composeFiles: ['compose.yaml'],
    projectName: 'bench',
    workingDirectory: '/project',
    environment: { LOG_LEVEL: 'info' },
    profiles: [],
    consistency: true,
  };
}

/** CPU time of one of them, the mean of several; milliseconds. */
function cpuMs(work: () => void, times: number): number {
  const before = process.cpuUsage();
  for (let time = 0; time < times; time += 1) work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / times;
}

function load(from: ComposeInput): void {
  const { model, positionOf } = loadComposeProject(from);
  if (model !== undefined) checkForDevice(model, {}, positionOf);
}

/** Figures of `core/compose`. */
export async function* bench(signal: AbortSignal): AsyncIterable<BenchFigure> {
  const project = input(document());
  const { problems } = loadComposeProject(project);
  if (problems.length > 0) throw new Error(problems.map(({ message }) => message).join('; '));
  const text = new TextDecoder().decode(document());
  const [normal, parsed] = await inTurn(
    async () => cpuMs(() => load(project), repeats),
    async () => cpuMs(() => void parseDocument(text, { merge: true }).toJS(), repeats),
  );
  const what = `a Compose file of ${services} services to its model, CPU time (peer: its YAML read, no more)`;
  yield figure(what, 'ms', normal, parsed, { of: 'ratio', is: '<=', limit: 4 });
  signal.throwIfAborted();
  const hostile = input(bomb());
  const [refused, plain] = await inTurn(
    async () => cpuMs(() => load(hostile), 5),
    async () => cpuMs(() => load(project), 5),
  );
  const bomb20 = `an alias bomb refused, CPU time (peer: the file of ${services} services)`;
  yield figure(bomb20, 'ms', refused, plain, { of: 'ratio', is: '<=', limit: 1 });
}
